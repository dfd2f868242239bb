"""`broadcaster log`: what was really played."""

from __future__ import annotations

import sys
import time
from itertools import chain
from typing import TYPE_CHECKING

from broadcaster.cli.complete import complete_script
from broadcaster.cli.filter_options import with_group, with_source
from broadcaster.cli.frame import command, option, pass_station_even_if_wrong
from broadcaster.cli.option_types import WordChoice
from broadcaster.cli.records.past_window import nothing_text, past_window
from broadcaster.cli.records.play_tables import play_row, show_play_table
from broadcaster.cli.show import hint, say, show_json
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.find import find_hearers
from broadcaster.office.present_conditions import cut_off_plays
from broadcaster.office.wording import OUTCOMES
from broadcaster.office.wording_conditions import condition_text
from broadcaster.records.as_run import Filter, as_run, to_csv, to_json, to_json_lines
from broadcaster.records.frozen_changes import start_of
from broadcaster.records.play_rows import NO_LOUDSPEAKER
from broadcaster.records.tail import PlayTail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from broadcaster.office.window import TypedWindow, Window
    from broadcaster.records.as_run import AsRun
    from broadcaster.station.folder import Station

LOOK_EVERY_S = 0.2
"""How often `log --follow` asks whether something was written."""


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
@option("--outcome", type=WordChoice(OUTCOMES, {NO_LOUDSPEAKER: NO_LOUDSPEAKER}), help=N_("Only plays that ended so."))
@option("--by", metavar=N_("PERSON"), help=N_("Only plays that this person ordered; a part of the name will do."))
@with_source
@with_group
@option("--follow", "-f", "following", is_flag=True, help=N_("Stay, and show each play as it ends, until Ctrl-C."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON; with --follow one line a play."))
@option("--csv", "as_csv", is_flag=True, help=N_("Write CSV that a spreadsheet opens."))
@pass_station_even_if_wrong
def log(
    station: Station,
    *,
    typed: TypedWindow,
    script_id: str | None,
    outcome: str | None,
    by: str | None,
    source: str | None,
    group: str | None,
    following: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show the as-run log."""
    if as_json and as_csv:
        raise InputError(Problem(_("--json and --csv cannot both be written"), _("give one")))
    window = past_window(station, typed)
    wanted = Filter((window.start, window.end), script_id, outcome, by, source, find_hearers(station, group))
    with station.ledger(read_only=True) as ledger:
        last = ledger.head().seq
        # What is appended while we read is left to the tail, so that nothing is shown twice.
        lines = [line for line in as_run(ledger, wanted) if line.row.seq <= last]
        tail = PlayTail(ledger, last, lambda: station.ledger(read_only=True), _tell_new_file)
        coming = tail.follow(wanted, _wait) if following else iter(())
        if as_csv:
            _write_csv(chain(lines, coming))
        elif as_json and not following:
            show_json([to_json(line) for line in lines])
        elif as_json:
            for text in to_json_lines(chain(lines, coming)):
                say(text)
        else:
            _tell_cut_off(station, window)
            _show_lines(lines, coming, station, window)


def _tell_new_file() -> None:
    hint(_("Another file lies in the place of the play history; the log goes on in it."))


def _tell_cut_off(station: Station, window: Window) -> None:
    """Say of what the window has no outcome, because the desk ended while it was on the air."""
    for found in cut_off_plays(station):
        if window.start <= start_of(found.facts["occurrence"]) < window.end:
            hint(condition_text(found))


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
        show_play_table([line.play for line in lines], station)
    else:
        say(nothing_text(window))
    for line in coming:
        say("  ".join(str(cell) for cell in play_row(line.play, station) if str(cell)))
