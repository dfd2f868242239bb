"""Explanations in sentences of the user's language: a sentence for each step and each reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.office.why.slot_silence import SilenceKind
from broadcaster.office.why.steps import StepKind
from broadcaster.office.wording import (
    ORDERS,
    day_name,
    lateness,
    length,
    outcome_text,
    pause_text,
    play_reason,
    short_date,
    span_text,
    weekdays_text,
    when,
    when_exactly,
)
from broadcaster.office.wording_forecast import breach_text, due_text, minutes_on_air, prospect_text
from broadcaster.office.wording_frozen import month_text
from broadcaster.office.wording_history import editor_text
from broadcaster.office.wording_in_force import away_text, held_text
from broadcaster.records.kinds import Kind
from broadcaster.schedule.timetable import boundary_text
from broadcaster.station.approval import objection_text
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broadcaster.models import Clip
    from broadcaster.office.facts import Facts
    from broadcaster.office.why.slot_silence import NearbySlot, SilenceReason
    from broadcaster.office.why.steps import Step
    from broadcaster.records.play_rows import Play


def step_text(step: Step) -> str:
    """Return a step as a sentence."""
    if step.kind in _SENTENCES:
        return _(_SENTENCES[step.kind]).format(**step.facts)
    return _WORDED[step.kind](step.facts)


_SENTENCES: Mapping[StepKind, str] = {
    StepKind.TAKEN_OUT: N_("It was taken out of the plan before its time."),
    StepKind.ON_AIR: N_("It is on the air now."),
    StepKind.CUED: N_("It was made ready and has no outcome yet: it is tried again, or it was cut off."),
    StepKind.NOT_PLANNED_NOW: N_("It is planned no more, and has no outcome."),
    StepKind.TIME_PASSED: N_(
        "Its time has passed without an outcome: the desk is not running. It enters one at its next start."
    ),
    StepKind.TAKEN_UP_LATE: N_(
        "Its time had passed before the desk took it up: it came into the files later, or no desk had run before."
    ),
    StepKind.NO_OUTCOME_YET: N_(
        "The desk is running, but has not entered an outcome yet; what keeps it from that is in state/broadcaster.log."
    ),
    StepKind.NO_FILE_PLANS_IT: N_("No file plans it now: it was edited, or never came from a file."),
    StepKind.AS_OF_TODAY: N_("By today's files and rules:"),
    StepKind.APPROVAL_NOT_REQUIRED: N_("The station asks for no approval."),
    StepKind.APPROVED: N_("Its texts are approved, as far as they must be."),
    StepKind.SCRIPT_MISSING: N_("Script {id}: there is no such file, or it has mistakes."),
    StepKind.SCRIPT_UNFINISHED: N_("Script {id}: still to be written: {gap}"),
    StepKind.CLIP_DAMAGED: N_("Clip of {id}: {error}; the running desk makes it again, or broadcaster script render."),
    StepKind.CLIP_NOT_RENDERED: N_(
        "Clip of {id}: not rendered; the running desk makes it, or broadcaster script render."
    ),
    StepKind.NEARBY_SLOTS: N_("The slots whose times come nearest, and what kept them from it:"),
    StepKind.NO_SUCH_SLOT: N_('No file has the slot "{name}" now.'),
    StepKind.AIRED_THEN_UNTIL: N_("Until then it was planned at that time."),
    StepKind.NEVER_AIRED_THEN: N_("At that time it was not planned before that either."),
    StepKind.BEFORE: N_("Before it: {id}"),
    StepKind.AFTER: N_("After it: {id}"),
    StepKind.NOTHING_AROUND: N_("Nothing at all is planned within a week of it."),
}
"""Sentences that take their facts as they are."""


# ---- the verdict -------------------------------------------------------------------------------------------------


def _did_not_air(facts: Facts) -> str:
    play: Play = facts["play"]
    text = _("It did not air; outcome: {outcome}{reason}.")
    return text.format(outcome=outcome_text(play), reason=_reason(play))


def _began(facts: Facts) -> str:
    play: Play = facts["play"]
    text = _(
        "It began on {when}, {late} after its time, and {heard} was heard on {device}; outcome: {outcome}{reason}."
    )
    return text.format(
        when=when_exactly(facts["started"]),
        late=lateness(play.lateness_s),
        heard=length(timedelta(seconds=play.heard_s)),
        device=play.device or "?",
        outcome=outcome_text(play),
        reason=_reason(play),
    )


def _reason(play: Play) -> str:
    reason = play_reason(play)
    return f": {reason}" if reason else ""


def _still_due(facts: Facts) -> str:
    text = _("Its time has come, and the desk is running: it begins, or has its outcome, by {until}.")
    return text.format(until=when_exactly(facts["until"]))


def _held_up(facts: Facts) -> str:
    return _("It is {state}.").format(state=due_text(facts["due"]))


def _will_air(facts: Facts) -> str:
    prospect = facts["prospect"]
    return _("It will air on {when}: {state}.").format(
        when=when_exactly(prospect.begins), state=prospect_text(prospect)
    )


def _will_not_air(facts: Facts) -> str:
    return _("It will not air: {state}.").format(state=prospect_text(facts["prospect"]))


# ---- what was done after the freeze ------------------------------------------------------------------------------


def _frozen(facts: Facts, text: str) -> str:
    by = facts["by"] or _("somebody, by hand in the file")
    reason = facts["reason"] or _("no reason given")
    month, moment = month_text(facts["month"]), when(facts["at"])
    return text.format(id=facts["id"], month=month, by=by, when=moment, row=facts["seq"], reason=reason)


def _taken_out_of_frozen(facts: Facts) -> str:
    text = _("{id} was taken out of the frozen plan of {month} on {when} by {by} (row {row}): {reason}.")
    return _frozen(facts, text)


def _slot_taken_out(facts: Facts) -> str:
    version = facts["version"]
    if version.reason:
        text = _('"{name}" was taken out on {when} by {by} (change {number}): {reason}.')
    else:
        text = _('"{name}" was taken out on {when} by {by} (change {number}).')
    by = editor_text(version)
    return text.format(name=facts["name"], when=when(facts["at"]), by=by, number=version.number, reason=version.reason)


def _put_into_frozen(facts: Facts) -> str:
    text = _("{id} is not in the frozen plan of {month}: put in on {when} by {by} (row {row}): {reason}.")
    return _frozen(facts, text)


# ---- what plans it -----------------------------------------------------------------------------------------------


def _planned_by(facts: Facts) -> str:
    source = _(", ordered by {source}").format(source=facts["source"]) if facts["source"] else ""
    text = _('{place} plans it: slot "{slot}" of "{title}"{source}.')
    return text.format(place=facts["place"], slot=facts["slot"], title=facts["title"], source=source)


def _day_fits(facts: Facts) -> str:
    text = _("{day} is in {span}, is one of its weekdays ({days}), and is neither left out nor paused.")
    span = span_text(facts["start"], facts["end"])
    return text.format(day=day_name(facts["day"]), span=span, days=weekdays_text(facts["weekdays"]))


def _says_all(facts: Facts) -> str:
    text = _("It says {scripts}, {count} times in a row.") if facts["repeat"] > 1 else _("It says {scripts}.")
    return text.format(scripts=", ".join(facts["scripts"]), count=facts["repeat"])


def _says_in_turn(facts: Facts) -> str:
    text = _("Of its {total} scripts ({order}) it is the turn of {scripts}, said {count} times.")
    scripts, order = ", ".join(facts["scripts"]), _(ORDERS[facts["order"]])
    return text.format(total=facts["total"], order=order, scripts=scripts, count=facts["repeat"])


# ---- how it is judged --------------------------------------------------------------------------------------------


def _rule_forbids(facts: Facts) -> str:
    text = _("A rule forbids it ({rule}): {text}.")
    return text.format(rule=facts["rule"], text=breach_text(facts["prospect"].breach))


def _rules_allow(facts: Facts) -> str:
    text = _("No rule forbids it; that day has {minutes} minutes in all.")
    if facts["limit"] is not None:
        text = _("No rule forbids it; that day has {minutes} minutes in all, of {limit} allowed.")
    return text.format(minutes=minutes_on_air(facts["prospects"]), limit=facts["limit"])


def _clip_ready(facts: Facts) -> str:
    clip: Clip = facts["clip"]
    text = _("Clip of {id}: ready, {length}, spoken by {voice}, {loudness:.1f} LUFS ({file}).")
    return text.format(
        id=clip.script, length=length(clip.length), voice=clip.voice, loudness=clip.loudness, file=clip.path.name
    )


def _waits(facts: Facts) -> str:
    text = _("Before it something else has the output: {text}.")
    return text.format(text=prospect_text(facts["prospect"]))


def _devices(facts: Facts) -> str:
    if not facts["devices"]:
        return _('Device: none; there is no group "{group}" in station.toml.').format(group=facts["group"])
    if facts["group"]:
        text = _("Device of the loudspeaker group {group}: the first of these that works ({devices}).")
        return text.format(group=facts["group"], devices=", ".join(facts["devices"]))
    text = _("Device: the first of these that works ({devices}).")
    return text.format(devices=", ".join(facts["devices"]))


# ---- what the play history has -----------------------------------------------------------------------------------


def _history_row(facts: Facts) -> str:
    text = _("Play history, row {seq}, {when}, {actor}: {what}{reason}.")
    reason = f" ({facts['reason']})" if facts["reason"] else ""
    moment = when_exactly(facts["at"])
    return text.format(seq=facts["seq"], when=moment, actor=facts["actor"], what=_event(facts), reason=reason)


def _event(facts: Facts) -> str:
    if facts["event"] == Kind.PLAYED:
        play = facts["play"]
        return _("outcome: {outcome}").format(outcome=outcome_text(play) if play else "")
    return _(_EVENTS[facts["event"]]) if facts["event"] in _EVENTS else str(facts["event"])


_EVENTS: Mapping[str, str] = {
    Kind.PLANNED: N_("entered into the plan"),
    Kind.WITHDRAWN: N_("taken out of the plan"),
    Kind.CUED: N_("made ready, the device open"),
    Kind.RELEASED: N_("let go before its first sample"),
    Kind.CUED_AGAIN: N_("made ready again"),
}


# ---- why nothing is planned --------------------------------------------------------------------------------------


def _nothing_planned(facts: Facts) -> str:
    return _("Nothing is planned for {when}.").format(when=when(facts["moment"]))


def nearby_text(nearby: NearbySlot) -> str:
    """Return a nearby slot and what keeps it from airing, in a line."""
    text = _("{slot} at {at} ({place}): {reasons}.")
    away = _("it airs then, {away} min away").format(away=round(nearby.distance / timedelta(minutes=1)))
    reasons = "; ".join(map(reason_text, nearby.reasons)) or away
    return text.format(slot=nearby.slot, place=nearby.place, at=format_time(nearby.at), reasons=reasons)


def reason_text(reason: SilenceReason) -> str:
    """Return why a slot does not air at a moment, as a clause."""
    return _REASONS[reason.kind](reason.facts)


def _other_times(facts: Facts) -> str:
    times = ", ".join(map(format_time, facts["times"]))
    return _("its times are {times}, not {at}").format(times=times, at=format_time(facts["at"]))


def _out_of_range(facts: Facts) -> str:
    span = span_text(facts["start"], facts["end"])
    return _("{day} is not in its days, {span}").format(day=short_date(facts["day"]), span=span)


def _other_weekdays(facts: Facts) -> str:
    text = _("{day} is not one of its weekdays ({days})")
    return text.format(day=day_name(facts["day"]), days=weekdays_text(facts["weekdays"]))


def _left_out(facts: Facts) -> str:
    return _("{owner} leaves out {day} (except)").format(owner=_owner(facts), day=short_date(facts["day"]))


def _paused(facts: Facts) -> str:
    return _("{owner} is paused: {days}").format(owner=_owner(facts), days=pause_text(facts["days"]))


def _owner(facts: Facts) -> str:
    return _("the campaign") if facts["owner"] == "campaign" else _("the slot")


_REASONS: Mapping[SilenceKind, Callable[[Facts], str]] = {
    SilenceKind.OTHER_TIMES: _other_times,
    SilenceKind.OUT_OF_RANGE: _out_of_range,
    SilenceKind.OTHER_WEEKDAYS: _other_weekdays,
    SilenceKind.LEFT_OUT: _left_out,
    SilenceKind.PAUSED: _paused,
    SilenceKind.AIRING_MOVED: lambda facts: _("this one airing was moved to {at} {day}: {slot}").format(
        at=format_time(facts["at"]), day=boundary_text(facts["day"]), slot=facts["slot"]
    ),
    SilenceKind.AIRING_TAKEN_OUT: lambda _facts: _("this one airing was taken out (except)"),
}

_WORDED: Mapping[StepKind, Callable[[Facts], str]] = {
    StepKind.BEGAN: _began,
    StepKind.DID_NOT_AIR: _did_not_air,
    StepKind.STILL_DUE: _still_due,
    StepKind.HELD_UP: _held_up,
    StepKind.LAST_GOOD: lambda facts: held_text(facts["file"], facts["root"]),
    StepKind.FOLDER_AWAY: lambda facts: away_text(facts["folder"], facts["root"]),
    StepKind.WILL_AIR: _will_air,
    StepKind.WILL_NOT_AIR: _will_not_air,
    StepKind.TAKEN_OUT_OF_FROZEN: _taken_out_of_frozen,
    StepKind.PUT_INTO_FROZEN: _put_into_frozen,
    StepKind.SLOT_TAKEN_OUT: _slot_taken_out,
    StepKind.PLANNED_BY: _planned_by,
    StepKind.DAY_FITS: _day_fits,
    StepKind.SAYS_ALL: _says_all,
    StepKind.SAYS_IN_TURN: _says_in_turn,
    StepKind.RULE_FORBIDS: _rule_forbids,
    StepKind.RULES_ALLOW: _rules_allow,
    StepKind.NOT_APPROVED: lambda facts: objection_text(facts["prospect"].unapproved),
    StepKind.CLIP_READY: _clip_ready,
    StepKind.WAITS: _waits,
    StepKind.DEVICES: _devices,
    StepKind.HISTORY_ROW: _history_row,
    StepKind.NOTHING_PLANNED: _nothing_planned,
    StepKind.NEARBY_SLOT: lambda facts: nearby_text(facts["nearby"]),
    StepKind.SLOT_DOES_NOT_AIR: lambda facts: reason_text(facts["reason"]),
}
"""Sentences whose facts are put into words first."""
