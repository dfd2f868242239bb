"""`broadcaster run`: the desk, in the foreground."""

from __future__ import annotations

import logging

from broadcaster.cli.air.live_line import LiveLine, LogAbove
from broadcaster.cli.frame import command, open_station_in_force, option
from broadcaster.i18n import N_
from broadcaster.office.run_log import log_to_files
from broadcaster.office.run_settings import with_output

log = logging.getLogger(__name__)


@command(
    help=N_(
        "Run the desk: play every occurrence of the plan at its time, until Ctrl-C. Edits of scripts and schedules "
        "take effect within two seconds. What was played, and what was not, is written into the play history."
    ),
    examples=["run", "run --output file"],
)
@option(
    "--output",
    metavar=N_("DEVICE"),
    help=N_('Use this output, not those of station.toml: a device\'s name, "file" or "silent".'),
)
@option("--trust-clock", is_flag=True, help=N_("Air although the clock shows a time before the last record."))
def run(output: str | None, *, trust_clock: bool) -> None:
    """Run the daemon in the foreground, with a line of what is on where somebody looks."""
    from broadcaster.playout import daemon
    from broadcaster.playout.ballast import make_room

    station = open_station_in_force(with_output(output))
    with LiveLine() as line:
        full_disk = make_room(station)
        with log_to_files(station.state_folder, LogAbove(line)):
            if full_disk:
                log.critical("%s", full_disk)
            daemon.run(station, line.show, trust_clock=trust_clock)
