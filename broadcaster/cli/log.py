"""`broadcaster log` and `broadcaster reconcile`: what was really played, alone and held against the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.ids import complete_script
from broadcaster.cli.show import Cell, Styled, length, say, show_csv, show_json, show_table, when, when_exactly
from broadcaster.cli.window import Asked, Window, read_window, with_window
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Outcome
from broadcaster.records.play import from_body
from broadcaster.records.reconcile import Ruling, reconcile_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.records.ledger import Row
    from broadcaster.records.play import Play
    from broadcaster.records.reconcile import Reconciliation, Verdict
    from broadcaster.station import Station

SHOWN_DAYS = 7

OUTCOMES = {
    Outcome.AIRED: (N_("aired"), "green"),
    Outcome.CUT: (N_("cut short"), "red"),
    Outcome.MISSED: (N_("missed"), "red"),
    Outcome.BLOCKED: (N_("blocked"), "yellow"),
    Outcome.PREEMPTED: (N_("preempted"), "yellow"),
    Outcome.SKIPPED: (N_("skipped"), "yellow"),
    Outcome.FAILED: (N_("failed"), "red"),
}
_CSV = (
    "seq",
    "occurrence",
    "campaign",
    "slot",
    "class",
    "planned_start",
    "planned_end",
    "started",
    "ended",
    "lateness_s",
    "heard_s",
    "outcome",
    "reason",
    "scripts",
    "titles",
    "repeat",
    "source",
    "device",
    "clock",
    "origin",
    "ordered_by",
)


@command(
    help=N_(
        "Show what was really played: the last seven days, or the days that you name; one line an occurrence, also for "
        "what did not play, with the reason."
    ),
    examples=["log", "log --day yesterday", "log --month 5/2027 --csv", "log --script thong-diep-1 --outcome missed"],
)
@with_window
@option("--script", "script_id", metavar="ID", shell_complete=complete_script, help=N_("Only plays of this script."))
@option("--outcome", type=click.Choice([str(o) for o in Outcome]), help=N_("Only plays that ended so."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@option("--csv", "as_csv", is_flag=True, help=N_("Write CSV."))
@pass_station
def log(
    station: Station, *, asked: Asked, script_id: str | None, outcome: str | None, as_json: bool, as_csv: bool
) -> None:
    """Show the as-run log."""
    if as_json and as_csv:
        raise InputError(Problem(_("--json and --csv cannot both be written"), _("give one")))
    window = _window(station, asked)
    with station.ledger(read_only=True) as ledger:
        rows = [row for row in ledger.played(window.start, window.end) if _fits(row, script_id, outcome)]
    if as_json:
        show_json([{"seq": row.seq, "occurrence": row.occurrence, **row.body} for row in rows])
    elif as_csv:
        show_csv(_CSV, [_csv_row(row) for row in rows])
    elif rows:
        show_plays(rows, station)
    else:
        say(_nothing(window))


def _window(station: Station, asked: Asked) -> Window:
    today = station.now().date()
    week = (today - timedelta(days=SHOWN_DAYS - 1), today)
    return read_window(asked, today, station.settings.timezone, week, past=True)


def _nothing(window: Window) -> str:
    text = _("The play history holds nothing from {first} to {last}.")
    return text.format(first=when(window.start), last=when(window.end))


def _fits(row: Row, script_id: str | None, outcome: str | None) -> bool:
    scripts = {script["id"] for script in row.body["scripts"]}
    return (script_id is None or script_id in scripts) and outcome in (None, row.body["outcome"])


def _csv_row(row: Row) -> list[str]:
    scripts = row.body["scripts"]
    values: dict[str, Any] = {
        **row.body,
        "seq": row.seq,
        "occurrence": row.occurrence,
        "scripts": ", ".join(script["id"] for script in scripts),
        "titles": "; ".join(script["title"] for script in scripts),
    }
    return [str(values.get(column, "")) for column in _CSV]


def show_plays(rows: Sequence[Row], station: Station) -> None:
    """Write `played` rows as a table, times in the station's zone."""
    plays = [from_body(row.occurrence or "", row.body) for row in rows]
    columns = (_("planned"), _("started"), _("late"), _("heard"), _("outcome"), _("scripts"), _("reason"), _("device"))
    show_table(columns, [_play_row(play, station) for play in plays], right=(2, 3))


def _play_row(play: Play, station: Station) -> list[Cell]:
    zone = station.settings.timezone
    return [
        when(play.planned_start.astimezone(zone)),
        when_exactly(play.started.astimezone(zone)) if play.started else "",
        lateness(play.lateness_s),
        length(timedelta(seconds=play.heard_s)) if play.heard_s else "",
        Styled(_(OUTCOMES[play.outcome][0]), OUTCOMES[play.outcome][1]),
        "; ".join(dict.fromkeys(script.title or script.id for script in play.scripts)),
        play.reason,
        play.device,
    ]


def lateness(seconds: float | None) -> str:
    """Return how late a play began: "0.0 s", "1:05"; empty where it did not begin."""
    if seconds is None:
        return ""
    return f"{seconds:.1f} s" if abs(seconds) < 60 else length(timedelta(seconds=seconds))


_RULING_COLOURS = {
    Ruling.ON_TIME: "green",
    Ruling.LATE: "yellow",
    Ruling.TO_COME: "dim",
    Ruling.BLOCKED: "yellow",
    Ruling.PREEMPTED: "yellow",
    Ruling.SKIPPED: "yellow",
}


@command(
    help=N_(
        "Hold the plan against what was played: one verdict for every planned occurrence, and totals that add up. "
        "Leaves with 1 where an occurrence has no record."
    ),
    examples=["reconcile", "reconcile --month 5/2027", "reconcile --from 1/5 --to 7/5 --json"],
)
@with_window
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def reconcile(station: Station, *, asked: Asked, as_json: bool) -> int:
    """Show the verdicts of a window."""
    window = _window(station, asked)
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, station.now())
    if as_json:
        show_json(reconciliation_to_json(found))
    elif found.verdicts or found.unplanned:
        show_reconciliation(found)
    else:
        say(_nothing(window))
    return 1 if found.totals[Ruling.NO_RECORD] else 0


def reconciliation_to_json(found: Reconciliation) -> dict[str, Any]:
    """Return a reconciliation as JSON holds it."""
    return {
        "planned": found.planned,
        "totals": {str(ruling): count for ruling, count in found.totals.items()},
        "verdicts": [
            {
                "occurrence": verdict.occurrence.id,
                "verdict": str(verdict.ruling),
                "lateness_s": verdict.lateness_s,
                "reason": verdict.reason,
            }
            for verdict in found.verdicts
        ],
        "unplanned": [play.occurrence for play in found.unplanned],
    }


def show_reconciliation(found: Reconciliation) -> None:
    """Write every verdict, then the totals."""
    columns = (_("planned"), _("verdict"), _("late"), _("scripts"), _("slot"), _("reason"))
    show_table(columns, [_verdict_row(verdict) for verdict in found.verdicts], right=(2,))
    say()
    show_totals(found)


def show_totals(found: Reconciliation) -> None:
    """Write how many occurrences had each verdict; the numbers add up to what was planned."""
    say(_("Planned: {count}").format(count=found.planned))
    for ruling, count in found.totals.items():
        if count:
            say(f"  {_(ruling.words)}: {count}")
    if found.unplanned:
        say(_("Played without being planned: {count}").format(count=len(found.unplanned)))


def _verdict_row(verdict: Verdict) -> list[Cell]:
    occurrence = verdict.occurrence
    return [
        when(occurrence.start),
        Styled(_(verdict.ruling.words), _RULING_COLOURS.get(verdict.ruling, "red")),
        lateness(verdict.lateness_s),
        ", ".join(occurrence.scripts),
        f"{occurrence.campaign}/{occurrence.slot}",
        verdict.reason,
    ]
