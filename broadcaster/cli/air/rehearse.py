"""`broadcaster rehearse`: the plan of some days, played in simulated time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import command, option, pass_station, with_json
from broadcaster.cli.progress import progress_bar
from broadcaster.cli.records.play_tables import reconciliation_to_json, show_reconciliation
from broadcaster.cli.script.render_progress import render_all
from broadcaster.cli.show import hint, show_json
from broadcaster.cli.window_options import with_window
from broadcaster.i18n import N_, _
from broadcaster.office.rehearse import rehearse_window
from broadcaster.office.window import TypedWindow, read_window
from broadcaster.office.wording import short_date

if TYPE_CHECKING:
    from datetime import date, datetime

    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Play some days of the plan in fast simulated time: a month within a minute, through the "
        "same desk, into a separate play history. Shows what will air, what a rule will block, and "
        "what has to wait."
    ),
    examples=["rehearse --from 2027-05-01 --to 2027-05-31", "rehearse --month 5/2027 --output file"],
)
@with_window
@option(
    "--output",
    type=click.Choice(("silent", "file")),
    default="silent",
    help=N_('"file" writes every play as WAV, "silent" only keeps time.'),
)
@with_json
@pass_station
def rehearse(station: Station, *, typed: TypedWindow, output: str, as_json: bool) -> int:
    """Render what is missing, rehearse, and compare the plan with the result."""
    window = read_window(typed, station.now().date(), station.settings.timezone, _next_month(station))
    render_all(station, "rehearse")
    with progress_bar(counted=False, quiet=as_json) as show:

        def tell(now: datetime) -> None:
            gone, whole = now - window.start, window.end - window.start
            show(gone.total_seconds(), whole.total_seconds(), short_date(now.date()))

        result = rehearse_window(station, window, output, tell)
    if as_json:
        show_json(reconciliation_to_json(result.reconciliation))
    else:
        show_reconciliation(result.reconciliation, station.settings.timezone)
        hint(_("The rehearsal's own play history: {folder}").format(folder=result.folder))
    return 0 if result.all_aired else 1


def _next_month(station: Station) -> tuple[date, date]:
    today = station.now().date()
    return today, today + timedelta(days=30)
