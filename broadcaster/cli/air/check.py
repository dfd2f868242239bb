"""`broadcaster check`: one page before the day begins, each line with what to do, and a verdict for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_
from broadcaster.office.check_computer import check_computer
from broadcaster.office.check_station import Level, check_station
from broadcaster.office.check_verdict import verdict, worst

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

_MARKS = {Level.GOOD: "✓", Level.UNKNOWN: "?", Level.MIND: "!", Level.BAD: "✗"}


@command(
    help=N_(
        "Check everything that must be right for the next 7 days to play, on one page: files, clips, approvals, rules, "
        "play history, clock, device, disk, sleep. Each line says what to do. Leaves with 0 (ready), 1 (somebody "
        "should look) or 2 (something will not play)."
    ),
    examples=["check", "check --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def check(station: Station, *, as_json: bool) -> int:
    """Check the station and the computer."""
    found = [*check_station(station), *check_computer(station)]
    code = worst(found)
    if as_json:
        items = [{"about": f.about, "level": str(f.level), "text": f.text, "todo": f.todo or None} for f in found]
        show_json({"exit": code, "verdict": verdict(found), "findings": items})
        return code
    for finding in found:
        say(f"{_MARKS[finding.level]} {finding.text}")
        if finding.todo:
            say("    → " + finding.todo)
    say()
    say(verdict(found))
    return code
