"""Why one occurrence plays, played or does not play: every decision, from the line of its file to the last row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.models import Order, Outcome
from broadcaster.office.forecast import ProspectState
from broadcaster.office.running_desk import running_desk
from broadcaster.office.why.frozen_steps import steps_about
from broadcaster.office.why.history import rows_about
from broadcaster.office.why.place import place_of
from broadcaster.office.why.steps import Step, StepKind, step
from broadcaster.records.kinds import Kind
from broadcaster.records.play_rows import from_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from broadcaster.models import Campaign, Clip, Slot
    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.records.ledger import Row
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


def explain_occurrence(station: Station, forecast: Forecast, id_: str) -> tuple[Step, ...]:
    """Return the steps for one occurrence of the forecast's day: the verdict first, then what led to it."""
    prospect = next((found for found in forecast.prospects if found.occurrence.id == id_), None)
    rows = rows_about(station, id_)
    played = next((row for row in rows if row.kind == Kind.PLAYED), None)
    steps = [_ended(played, station.settings.timezone) if played else _not_ended(station, id_, prospect, rows)]
    if prospect:
        steps += _planned(forecast, prospect)
        steps += _held(station, forecast.in_force, forecast.campaigns[prospect.occurrence.campaign])
        steps += _judged(station, forecast, prospect, past=played is not None)
    else:
        steps.append(step("plan", StepKind.NO_FILE_PLANS_IT))
    steps += steps_about(station, id_)
    return (*steps, *(_history(row, station.settings.timezone) for row in rows))


# ---- the verdict -------------------------------------------------------------------------------------------------


def _ended(row: Row, zone: tzinfo) -> Step:
    play = from_body(row.occurrence or "", row.body)
    if play.started is None:
        return step("verdict", StepKind.DID_NOT_AIR, good=False, play=play)
    aired = play.outcome is Outcome.AIRED and not play.is_unheard
    good = None if aired and play.muted else aired  # a part of it nobody heard
    return step("verdict", StepKind.BEGAN, good=good, play=play, started=play.started.astimezone(zone))


def _not_ended(station: Station, id_: str, prospect: Prospect | None, rows: Sequence[Row]) -> Step:
    last = rows[-1].kind if rows else None
    if last == Kind.WITHDRAWN:
        return step("verdict", StepKind.TAKEN_OUT, good=False)
    desk = running_desk(station)
    if desk and desk.on_air == id_:
        return step("verdict", StepKind.ON_AIR, good=True)
    if desk and id_ in desk.due:
        return step("verdict", StepKind.HELD_UP, good=False, due=desk.due[id_])
    if last == Kind.CUED:
        return step("verdict", StepKind.CUED)
    if prospect is None:
        return step("verdict", StepKind.NOT_PLANNED_NOW, good=False)
    if prospect.begins < station.now():
        return _passed_while_running(station, prospect, rows) if desk else _passed()
    if prospect.will_sound:
        ready = None if prospect.state is ProspectState.NOT_RENDERED else True
        return step("verdict", StepKind.WILL_AIR, good=ready, prospect=prospect)
    return step("verdict", StepKind.WILL_NOT_AIR, good=False, prospect=prospect)


def _passed() -> Step:
    return step("verdict", StepKind.TIME_PASSED, good=False)


def _passed_while_running(station: Station, prospect: Prospect, rows: Sequence[Row]) -> Step:
    """Return why something has no outcome although its time has come and a desk runs."""
    if not any(row.kind == Kind.PLANNED for row in rows):
        return step("verdict", StepKind.TAKEN_UP_LATE, good=False)
    until = prospect.begins + prospect.grace
    if station.now() <= until:
        return step("verdict", StepKind.STILL_DUE, until=until)
    return step("verdict", StepKind.NO_OUTCOME_YET, good=False)


# ---- what plans it -----------------------------------------------------------------------------------------------


def _planned(forecast: Forecast, prospect: Prospect) -> Iterator[Step]:
    occurrence = prospect.occurrence
    campaign = forecast.campaigns[occurrence.campaign]
    slot = next(slot for slot in campaign.slots if slot.id == occurrence.slot)
    yield step(
        "plan",
        StepKind.PLANNED_BY,
        good=True,
        place=place_of(campaign, slot),
        slot=slot.id,
        title=campaign.title,
        source=campaign.source,
    )
    yield step(
        "days",
        StepKind.DAY_FITS,
        good=True,
        day=occurrence.start.date(),
        start=slot.start or campaign.start,
        end=slot.end or campaign.end,
        weekdays=slot.days,
    )
    yield _turn(slot, occurrence.scripts)


def _held(station: Station, content: Content, campaign: Campaign) -> Iterator[Step]:
    """Yield that the campaign's file is not what is in force, where that is so."""
    for file in content.held:
        if file.path == campaign.path:
            yield step("plan", StepKind.LAST_GOOD, file=file, root=station.root)
    for folder in content.away:
        if folder.path == campaign.path.parent:
            yield step("plan", StepKind.FOLDER_AWAY, folder=folder, root=station.root)


def _turn(slot: Slot, scripts: tuple[str, ...]) -> Step:
    if slot.order is Order.ALL or len(slot.scripts) == 1:
        return step("turn", StepKind.SAYS_ALL, good=True, scripts=scripts, repeat=slot.repeat)
    total = len(slot.scripts)
    return step(
        "turn", StepKind.SAYS_IN_TURN, good=True, total=total, order=slot.order, scripts=scripts, repeat=slot.repeat
    )


# ---- how it is judged --------------------------------------------------------------------------------------------


def _judged(station: Station, forecast: Forecast, prospect: Prospect, *, past: bool) -> Iterator[Step]:
    """Yield rules, approval, clips and device; a `past` occurrence is judged as it would be today."""
    if past:
        yield step("now", StepKind.AS_OF_TODAY)
    yield _rules(station, forecast, prospect)
    yield _approval(station, prospect)
    yield from _clips(forecast, prospect)
    if prospect.state in (ProspectState.WAITS, ProspectState.PREEMPTED):
        yield step("wait", StepKind.WAITS, prospect=prospect)
    yield step("device", StepKind.DEVICES, devices=_devices(station, prospect), group=prospect.occurrence.group)


def _devices(station: Station, prospect: Prospect) -> tuple[str, ...]:
    """Return the devices of the loudspeakers that hear it; none where station.toml has no such group."""
    group = prospect.occurrence.group
    if not group:
        return station.settings.output.devices
    return station.settings.groups[group].devices if group in station.settings.groups else ()


def _rules(station: Station, forecast: Forecast, prospect: Prospect) -> Step:
    if prospect.breach:
        return step("rules", StepKind.RULE_FORBIDS, good=False, rule=prospect.breach.rule, prospect=prospect)
    heard = {"", prospect.occurrence.group}
    day = tuple(o for o in forecast.by_day()[prospect.occurrence.start.date()] if o.occurrence.group in heard)
    limit = station.settings.rules_of(prospect.occurrence.group).minutes_per_day
    return step("rules", StepKind.RULES_ALLOW, good=True, prospects=day, limit=limit)


def _approval(station: Station, prospect: Prospect) -> Step:
    if not station.settings.approval.required:
        return step("approval", StepKind.APPROVAL_NOT_REQUIRED)
    if prospect.unapproved:
        return step("approval", StepKind.NOT_APPROVED, good=False, prospect=prospect)
    return step("approval", StepKind.APPROVED, good=True)


def _clips(forecast: Forecast, prospect: Prospect) -> Iterator[Step]:
    for id_ in dict.fromkeys(prospect.occurrence.scripts):
        if id_ not in forecast.scripts:
            yield step("clip", StepKind.SCRIPT_MISSING, good=False, id=id_)
        elif gap := forecast.scripts[id_].unfinished:
            yield step("clip", StepKind.SCRIPT_UNFINISHED, good=False, id=id_, gap=gap)
        elif id_ in forecast.clips:
            yield _clip(id_, forecast.clips[id_])
        else:
            yield step("clip", StepKind.CLIP_NOT_RENDERED, good=False, id=id_)


# ---- what the play history has -----------------------------------------------------------------------------------


def _history(row: Row, zone: tzinfo) -> Step:
    return step(
        "history",
        StepKind.HISTORY_ROW,
        seq=row.seq,
        at=row.at.astimezone(zone),
        actor=row.actor,
        event=row.kind,
        play=from_body(row.occurrence or "", row.body) if row.kind == Kind.PLAYED else None,
        reason=row.body.get("reason"),
    )


def _clip(id_: str, clip: Clip) -> Step:
    """Read a clip as the desk does before it airs; a file that is damaged or not ours to read is no clip."""
    from broadcaster.speech.clip_store import verify_clip

    try:
        verify_clip(clip)
    except RenderError as error:
        return step("clip", StepKind.CLIP_DAMAGED, good=False, id=id_, error=error)
    return step("clip", StepKind.CLIP_READY, good=True, clip=clip)
