"""`broadcaster log` and `broadcaster reconcile`: what was really played, alone and held against the plan."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.ids import complete_campaign, complete_script
from broadcaster.cli.show import Cell, Styled, length, say, show_json, show_table, when, when_exactly
from broadcaster.cli.window import Asked, Window, read_window, with_window
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Outcome
from broadcaster.records.play import Origin, from_body
from broadcaster.records.reconcile import Ruling, Scope, reconcile_window
from broadcaster.records.report import Filter, as_run, follow, to_csv, to_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from broadcaster.records.ledger import Row
    from broadcaster.records.play import Play
    from broadcaster.records.reconcile import Reconciliation, Verdict
    from broadcaster.records.report import AsRun
    from broadcaster.station import Station

SHOWN_DAYS = 7
LOOK_EVERY_S = 0.2
"""How often `log --follow` asks whether something was written."""

OUTCOMES = {
    Outcome.AIRED: (N_("aired"), "green"),
    Outcome.CUT: (N_("cut short"), "red"),
    Outcome.MISSED: (N_("missed"), "red"),
    Outcome.BLOCKED: (N_("blocked"), "yellow"),
    Outcome.PREEMPTED: (N_("preempted"), "yellow"),
    Outcome.SKIPPED: (N_("skipped"), "yellow"),
    Outcome.FAILED: (N_("failed"), "red"),
}
ORIGINS = {
    Origin.PLAN: N_("plan"),
    Origin.SAY: N_("said at once"),
    Origin.EMERGENCY: N_("emergency"),
    Origin.MAKE_GOOD: N_("make-good"),
    Origin.TEST: N_("test"),
}


@command(
    help=N_(
        "Show what was really played: the last seven days, or the days that you name; one line an occurrence, also for "
        "what did not play, with the reason."
    ),
    examples=[
        "log",
        "log --day yesterday",
        "log --month 5/2027 --csv",
        "log --script thong-diep-1 --outcome missed",
        "log --by Hòa --source 1192/BHXH-TT",
        "log --follow",
    ],
)
@with_window
@option("--script", "script_id", metavar="ID", shell_complete=complete_script, help=N_("Only plays of this script."))
@option("--outcome", type=click.Choice([str(o) for o in Outcome]), help=N_("Only plays that ended so."))
@option("--by", metavar=N_("PERSON"), help=N_("Only plays that this person ordered; a part of the name will do."))
@option("--source", metavar=N_("LETTER"), help=N_("Only what this letter ordered, such as 1192/BHXH-TT."))
@option("--follow", "-f", "following", is_flag=True, help=N_("Stay, and show each play as it ends, until Ctrl-C."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON; with --follow one line a play."))
@option("--csv", "as_csv", is_flag=True, help=N_("Write CSV that a spreadsheet opens."))
@pass_station
def log(
    station: Station,
    *,
    asked: Asked,
    script_id: str | None,
    outcome: str | None,
    by: str | None,
    source: str | None,
    following: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show the as-run log."""
    if as_json and as_csv:
        raise InputError(Problem(_("--json and --csv cannot both be written"), _("give one")))
    window = _window(station, asked)
    ended = Outcome(outcome) if outcome else None
    wanted = Filter((window.start, window.end), script_id, ended, by, source)
    with station.ledger(read_only=True) as ledger:
        last = ledger.head().seq
        # What is appended while we read is left to the tail, so that nothing is shown twice.
        lines = [line for line in as_run(ledger, wanted) if line.row.seq <= last]
        coming = follow(ledger, wanted, last, _wait) if following else iter(())
        if as_csv:
            _write_csv(chain(lines, coming))
        elif as_json and not following:
            show_json([{"seq": line.row.seq, "occurrence": line.row.occurrence, **line.row.body} for line in lines])
        elif as_json:
            for text in to_json_lines(chain(lines, coming)):
                say(text)
        else:
            _show_lines(lines, coming, station, window)


def _wait() -> bool:
    """Wait until it is time to look again."""
    time.sleep(LOOK_EVERY_S)
    return True


def _write_csv(lines: Iterable[AsRun]) -> None:
    sys.stdout.flush()
    for data in to_csv(lines):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _show_lines(lines: Sequence[AsRun], coming: Iterable[AsRun], station: Station, window: Window) -> None:
    if lines:
        _show_table([line.play for line in lines], station)
    else:
        say(_nothing(window))
    for line in coming:
        say("  ".join(str(cell) for cell in _play_row(line.play, station) if str(cell)))


def _window(station: Station, asked: Asked) -> Window:
    today = station.now().date()
    week = (today - timedelta(days=SHOWN_DAYS - 1), today)
    return read_window(asked, today, station.settings.timezone, week, past=True)


def _nothing(window: Window) -> str:
    text = _("The play history holds nothing from {first} to {last}.")
    return text.format(first=when(window.start), last=when(window.end))


def show_plays(rows: Sequence[Row], station: Station) -> None:
    """Write `played` rows as a table, times in the station's zone."""
    _show_table([from_body(row.occurrence or "", row.body) for row in rows], station)


def _show_table(plays: Sequence[Play], station: Station) -> None:
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
    tenths = round(seconds, 1) + 0.0  # and never "-0.0"
    return f"{tenths:.1f} s" if abs(seconds) < 60 else length(timedelta(seconds=seconds))


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
    examples=[
        "reconcile",
        "reconcile --month 5/2027",
        "reconcile --month 5/2027 --source 1192/BHXH-TT",
        "reconcile --from 1/5 --to 7/5 --campaign thang-5 --json",
    ],
)
@with_window
@option("--campaign", metavar="ID", shell_complete=complete_campaign, help=N_("Only this campaign."))
@option("--source", metavar=N_("LETTER"), help=N_("Only what this letter ordered, such as 1192/BHXH-TT."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def reconcile(station: Station, *, asked: Asked, campaign: str | None, source: str | None, as_json: bool) -> int:
    """Show the verdicts of a window."""
    window = _window(station, asked)
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, station.now(), scope=Scope(campaign, source))
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
        "unplanned": [
            {
                "occurrence": play.occurrence,
                "origin": str(play.origin),
                "outcome": str(play.outcome),
                "ordered_by": play.ordered_by,
                "reason": play.reason,
                "replaces": play.replaces,
            }
            for play in found.unplanned
        ],
        "withdrawn": [
            {"occurrence": each.occurrence, "at": each.at.isoformat(), "actor": each.actor, "reason": each.reason}
            for each in found.withdrawn
        ],
    }


def show_reconciliation(found: Reconciliation) -> None:
    """Write every verdict, the plays that nobody planned with who ordered them, then the totals."""
    columns = (_("planned"), _("verdict"), _("late"), _("scripts"), _("slot"), _("reason"))
    show_table(columns, [_verdict_row(verdict) for verdict in found.verdicts], right=(2,))
    if found.unplanned:
        say()
        say(_("Not in the plan:"))
        others = (_("ordered"), _("what"), _("outcome"), _("ordered by"), _("scripts"), _("reason"), _("replaces"))
        show_table(others, [_unplanned_row(play) for play in found.unplanned])
    say()
    show_totals(found)


def _unplanned_row(play: Play) -> list[Cell]:
    return [
        when(play.planned_start),
        _(ORIGINS[play.origin]),
        Styled(_(OUTCOMES[play.outcome][0]), OUTCOMES[play.outcome][1]),
        play.ordered_by,
        ", ".join(script.id for script in play.scripts),
        play.reason,
        play.replaces,
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
