"""What an auditor should look at, in sentences: each kind with what it may mean, and what it need not mean."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.wording import length, short_date, when, when_exactly
from broadcaster.printable import one_line
from broadcaster.records.anomaly import AnomalyKind
from broadcaster.records.as_run import ALWAYS
from broadcaster.records.kinds import DESK
from broadcaster.settings import DEFAULT_TIMEZONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from broadcaster.records.anomaly import Anomaly, Review

SHOWN = 50
"""How many of one kind a page lists; the others are counted."""
_ROWS_SHOWN = 6

TITLES: Mapping[AnomalyKind, str] = {
    AnomalyKind.NO_CUE: N_("Outcomes without a cue"),
    AnomalyKind.LATE_ENTRY: N_("Outcomes entered long after their hour"),
    AnomalyKind.FEW_MINUTES: N_("Days with far fewer minutes than planned"),
    AnomalyKind.LATE_START: N_("Late starts"),
    AnomalyKind.NEAR_EDIT: N_("Edits within an hour of air"),
    AnomalyKind.LATE_FREEZE: N_("Plans frozen late"),
    AnomalyKind.FROZEN_EDIT: N_("Taken out of a frozen plan without a reason"),
    AnomalyKind.FROZEN_CHANGED: N_("Other scripts, repeats or loudspeakers than in a frozen plan, without a reason"),
    AnomalyKind.SAME_PERSON: N_("Written and approved by the same person"),
    AnomalyKind.DEVICE_CHANGED: N_("Other devices than before"),
    AnomalyKind.CLOCK: N_("The computer's clock"),
    AnomalyKind.SILENCE: N_("Hours without a sign of life"),
}

MEANINGS: Mapping[AnomalyKind, tuple[str, str]] = {
    AnomalyKind.NO_CUE: (
        N_(
            "The desk writes a cue before every sound; an outcome without one may have been written by another program."
        ),
        N_("The cue may lie among rows that were lost when the file came to harm; audit verify names such a break."),
    ),
    AnomalyKind.LATE_ENTRY: (
        N_("What is said to have aired and was entered hours later may have been added afterwards."),
        N_(
            "What was missed while the computer was off is entered at its next start; so is what was on the air when "
            "the power failed."
        ),
    ),
    AnomalyKind.FEW_MINUTES: (
        N_("The commune may have heard much less than the plan says."),
        N_("A power cut, a broken amplifier or an emergency bulletin does the same; the outcomes give the reasons."),
    ),
    AnomalyKind.LATE_START: (
        N_("The computer was off, asleep or overloaded, or another item had the output."),
        N_("A late item was still played from its beginning; its reason stands in the row."),
    ),
    AnomalyKind.NEAR_EDIT: (
        N_("Somebody may have taken out, put in or changed an item when few could still notice."),
        N_("News, a funeral or a storm are put in and taken out at short notice; ask for the reason."),
    ),
    AnomalyKind.LATE_FREEZE: (
        N_("What was taken out of the month's plan before it was frozen is not in it."),
        N_("The computer was off on the first day, or the station or this version of the program was new then."),
    ),
    AnomalyKind.FROZEN_EDIT: (
        N_("The plan may have been thinned out so that all of what is left airs."),
        N_("Whoever edits a file by hand is asked for no reason; ask who did it, and why."),
    ),
    AnomalyKind.FROZEN_CHANGED: (
        N_("What the frozen plan promised may have given way to something else, or was said less often."),
        N_("Whoever edits a file by hand is asked for no reason; ask who did it, and why."),
    ),
    AnomalyKind.SAME_PERSON: (
        N_("Nobody else may have read the text before it aired."),
        N_("A station with one officer may allow it: [approval] four_eyes in station.toml."),
    ),
    AnomalyKind.DEVICE_CHANGED: (
        N_("The plays may have gone to something that is not the commune's loudspeakers."),
        N_("A sound card that was plugged in again, or replaced, has another name."),
    ),
    AnomalyKind.CLOCK: (
        N_("A clock that is set makes a play look on time that was not."),
        N_("A computer that was off for long, or has an old battery, is set right at its start."),
    ),
    AnomalyKind.SILENCE: (
        N_("The program was killed, or rows of that time are gone."),
        N_("A power cut, a computer that slept or was switched off without shutting down look the same."),
    ),
}
"""What each kind may mean, and what may be behind it all the same."""

_OUTCOMES = {
    "aired": N_("aired"),
    "cut": N_("cut short"),
    "missed": N_("missed"),
    "blocked": N_("blocked"),
    "preempted": N_("preempted"),
    "skipped": N_("skipped"),
    "failed": N_("failed"),
    "unknown": N_("unknown"),
}

_LINES: Mapping[AnomalyKind, str] = {
    AnomalyKind.NO_CUE: N_("{occurrence}: {outcome}, {heard} heard, no cue"),
    AnomalyKind.LATE_ENTRY: N_("{count} × {outcome}, planned {first} to {last}, entered {entered}"),
    AnomalyKind.FEW_MINUTES: N_("{day}: {heard} heard of {planned_length} planned; aired whole: {aired} of {planned}"),
    AnomalyKind.LATE_START: N_("{occurrence}: {late} late"),
    AnomalyKind.LATE_FREEZE: N_("{month}: frozen {late} after the month began ({actor})"),
    AnomalyKind.FROZEN_EDIT: N_("{month}: {count} occurrences taken out, no reason given ({actor})"),
    AnomalyKind.FROZEN_CHANGED: N_(
        "{month}: {count} occurrences say something else, or elsewhere, no reason given ({actor})"
    ),
    AnomalyKind.SAME_PERSON: N_("{actor}: {script} ({title})"),
    AnomalyKind.DEVICE_CHANGED: N_("from {before} to {after}"),
}

_EDITS = {
    "edited": N_("{actor} edited {names} before {occurrences}"),
    "withdrawn": N_("{occurrences} was taken out ({actor})"),
    "added": N_("{occurrences} was put in ({actor})"),
}


def anomaly_text(anomaly: Anomaly) -> str:
    """Return one unusual thing as a sentence."""
    facts = anomaly.facts
    if anomaly.kind is AnomalyKind.CLOCK:
        return _clock_text(facts)
    if anomaly.kind is AnomalyKind.SILENCE:
        ended = _("a start of the program") if facts["started"] else _("another row of the program")
        text = _("nothing from {since} to {until}, ended by {ended}")
        return text.format(since=when(facts["since"]), until=when(facts["until"]), ended=ended)
    if anomaly.kind is AnomalyKind.NEAR_EDIT:
        return _(_EDITS[facts["what"]]).format(**_shown(facts))
    return _(_LINES[anomaly.kind]).format(**_shown(facts))


def _clock_text(facts: Mapping[str, Any]) -> str:
    if facts["seconds"] is None:
        text = _("the clock was not believed, it was behind") if facts["doubt"] == "behind" else ""
        return text or _("the clock was not believed, it was far ahead")
    step = length(_span(abs(facts["seconds"])))
    return (_("set forward by {step}") if facts["seconds"] > 0 else _("set back by {step}")).format(step=step)


def _shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts as the sentences show them."""
    shown = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in facts.items()}
    if "actor" in facts:
        shown["actor"] = _("the desk") if facts["actor"] == DESK else facts["actor"] or _("somebody (by hand)")
    shown |= {name: when(facts[name]) for name in ("first", "last", "entered") if name in facts}
    if "outcome" in facts:
        shown["outcome"] = _(_OUTCOMES.get(facts["outcome"], str(facts["outcome"])))
    if "heard_s" in facts:
        shown["heard"] = length(_span(facts["heard_s"]))
    if "planned_s" in facts:
        shown |= {"planned_length": length(_span(facts["planned_s"])), "day": short_date(facts["day"])}
    if "seconds" in facts:
        shown["late"] = length(_span(facts["seconds"]))
    return shown


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def rows_text(rows: Sequence[int]) -> str:
    """Return the numbers of rows, spans of them drawn together: "7, 9–12"; of many only the first."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [f"{first}" if first == last else f"{first}–{last}" for first, last in spans]
    return ", ".join(shown[:_ROWS_SHOWN]) + (" …" if len(shown) > _ROWS_SHOWN else "")


# ---- the page ----------------------------------------------------------------------------------------------------


def page(found: Review, station: str, at: datetime) -> str:
    """Return all of it as a page of Markdown, in the active language."""
    lines = [_("# What an auditor should look at"), "", *_heading(found, station, at), ""]
    if not found.anomalies:
        lines += [_("Nothing unusual was found. That what was entered was true is not proven by this."), ""]
    for kind, group in groupby(found.anomalies, key=lambda anomaly: anomaly.kind):
        lines += _section(kind, list(group))
    return "\n".join(lines)


def unreadable_page(reason: str) -> str:
    """Return the page of a history that cannot be read."""
    text = _("The play history cannot be read row by row: {reason}. Look closely: broadcaster audit verify")
    return "\n".join([_("# What an auditor should look at"), "", text.format(reason=one_line(reason)), ""])


def _heading(found: Review, station: str, at: datetime) -> Iterator[str]:
    zone = at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else ZoneInfo(found.zone or DEFAULT_TIMEZONE)
    yield _("- Station: {name}").format(name=_cell(station or found.station) or "-")
    yield _("- Made: {at}").format(at=when_exactly(at.astimezone(zone)))
    yield _("- Time zone: {zone}").format(zone=zone.key)
    yield _("- Rows: {rows}").format(rows=found.head.seq)
    if found.window != ALWAYS:
        yield _("- From {first} to {last}").format(first=when(found.window[0]), last=when(found.window[1]))
    yield ""
    yield _(
        "Nothing on this page proves a fault: each kind has innocent causes, which are named. The numbers are those of "
        "the rows in the table ledger (so-cai.csv)."
    )


def _section(kind: AnomalyKind, group: Sequence[Anomaly]) -> Iterator[str]:
    may, may_not = MEANINGS[kind]
    title = _(TITLES[kind])
    yield f"## {title} ({len(group)})"
    yield ""
    yield _("It may mean: {text}").format(text=_(may))
    yield ""
    yield _("It need not: {text}").format(text=_(may_not))
    yield ""
    yield _("| when | rows | what |")
    yield "|---|---|---|"
    for anomaly in group[:SHOWN]:
        yield f"| {when_exactly(anomaly.at)} | {rows_text(anomaly.rows)} | {_cell(anomaly_text(anomaly))} |"
    yield ""
    if (more := len(group) - SHOWN) > 0:
        text = ngettext(
            "… and {count} more: broadcaster audit review --json",
            "… and {count} more: broadcaster audit review --json",
            more,
        )
        yield text.format(count=more)
        yield ""


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
