"""Tables of plays and of a reconciliation, as several commands print them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.cli.show import Cell, Styled, say, show_table
from broadcaster.i18n import _
from broadcaster.models import Outcome
from broadcaster.office.wording import (
    ORIGINS,
    group_text,
    lateness,
    length,
    outcome_text,
    play_reason,
    when,
    when_exactly,
)
from broadcaster.records.reconcile import Ruling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from broadcaster.records.play_rows import Play
    from broadcaster.records.reconcile import Reconciliation, Verdict
    from broadcaster.station.folder import Station


_OUTCOME_COLOURS = {
    Outcome.AIRED: "green",
    Outcome.BLOCKED: "yellow",
    Outcome.PREEMPTED: "yellow",
    Outcome.SKIPPED: "yellow",
}


def _outcome(play: Play) -> Styled:
    colour = "yellow" if play.is_unheard else _OUTCOME_COLOURS.get(play.outcome, "red")
    return Styled(outcome_text(play), colour)


def show_play_table(plays: Sequence[Play], station: Station) -> None:
    """Write plays as a table, times in the station's zone."""
    columns: tuple[str, ...] = (
        _("planned"), _("started"), _("late"), _("heard"), _("outcome"), _("scripts"), _("reason"), _("device"),
    )  # fmt: skip
    rows = [play_row(play, station) for play in plays]
    if any(play.group for play in plays):  # most stations have no groups
        columns = (*columns, _("loudspeakers"))
        rows = [[*row, group_text(play.group)] for row, play in zip(rows, plays, strict=True)]
    show_table(columns, rows, right=(2, 3))


def play_row(play: Play, station: Station) -> list[Cell]:
    """Return the cells of one play, without its group of loudspeakers."""
    zone = station.settings.timezone
    return [
        when(play.planned_start.astimezone(zone)),
        when_exactly(play.started.astimezone(zone)) if play.started else "",
        lateness(play.lateness_s),
        length(timedelta(seconds=play.heard_s)) if play.heard_s else "",
        _outcome(play),
        "; ".join(dict.fromkeys(script.title or script.id for script in play.scripts)),
        play_reason(play),
        play.device,
    ]


_RULING_COLOURS = {
    Ruling.ON_TIME: "green",
    Ruling.LATE: "yellow",
    Ruling.TO_COME: "dim",
    Ruling.BLOCKED: "yellow",
    Ruling.PREEMPTED: "yellow",
    Ruling.SKIPPED: "yellow",
}


def reconciliation_to_json(found: Reconciliation) -> dict[str, Any]:
    """Return a reconciliation as values for JSON."""
    return {
        "planned": found.planned,
        "totals": {str(ruling): count for ruling, count in found.totals.items()},
        "verdicts": [
            {
                "occurrence": verdict.occurrence.id,
                "verdict": str(verdict.ruling),
                "lateness_s": verdict.lateness_s,
                "reason": verdict.reason,
                "device": verdict.play.device or None if verdict.play else None,
            }
            for verdict in found.verdicts
        ],
        "unplanned": [
            {
                "occurrence": play.occurrence,
                "origin": str(play.origin),
                "outcome": str(play.outcome),
                "ordered_by": play.ordered_by,
                "reason": play.reason,
                "replaces": play.replaces or None,
                "device": play.device or None,
            }
            for play in found.unplanned
        ],
        "withdrawn": [
            {"occurrence": each.occurrence, "at": each.at.isoformat(), "actor": each.actor, "reason": each.reason}
            for each in found.withdrawn
        ],
    }


def show_reconciliation(found: Reconciliation, zone: ZoneInfo) -> None:
    """Write every verdict, the plays that nobody planned with who ordered them, then the totals; hours in `zone`."""
    columns = (_("planned"), _("verdict"), _("late"), _("scripts"), _("slot"), _("reason"), _("device"))
    show_table(columns, [_verdict_row(verdict, zone) for verdict in found.verdicts], right=(2,))
    if found.unplanned:
        say()
        say(_("Not in the plan:"))
        others = (
            _("ordered"),
            _("what"),
            _("outcome"),
            _("ordered by"),
            _("scripts"),
            _("reason"),
            _("replaces"),
            _("device"),
        )
        show_table(others, [_unplanned_row(play, zone) for play in found.unplanned])
    say()
    show_totals(found)


def _unplanned_row(play: Play, zone: ZoneInfo) -> list[Cell]:
    return [
        when(play.planned_start.astimezone(zone)),
        _(ORIGINS[play.origin]),
        _outcome(play),
        play.ordered_by,
        ", ".join(script.id for script in play.scripts),
        play.reason,
        play.replaces,
        play.device,
    ]


def show_totals(found: Reconciliation) -> None:
    """Write how many occurrences had each verdict; the numbers add up to what was planned."""
    say(_("Planned: {count}").format(count=found.planned))
    for ruling, count in found.totals.items():
        if count:
            words = _(ruling.words)
            say(f"  {words}: {count}")
    if found.unplanned:
        say(_("Not in the plan: {count}").format(count=len(found.unplanned)))
    if found.withdrawn:
        say(_("Taken out of the plan before their hour: {count}").format(count=len(found.withdrawn)))


def _verdict_row(verdict: Verdict, zone: ZoneInfo) -> list[Cell]:
    occurrence = verdict.occurrence
    return [
        when(occurrence.start.astimezone(zone)),
        Styled(_(verdict.ruling.words), _RULING_COLOURS.get(verdict.ruling, "red")),
        lateness(verdict.lateness_s),
        ", ".join(occurrence.scripts),
        occurrence.slot_name,
        verdict.reason,
        verdict.play.device if verdict.play else "",
    ]
