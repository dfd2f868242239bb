"""`broadcaster check`: one page before the day begins, each line with what to do, and a verdict for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import command, pass_station_in_force, with_json
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_
from broadcaster.office.check_findings import Level
from broadcaster.office.check_readiness import check_readiness
from broadcaster.office.wording_check import finding_text, todo_text, verdict_text

if TYPE_CHECKING:
    from broadcaster.office.check_readiness import ReadinessCheck
    from broadcaster.station.folder import Station

_MARKS = {Level.GOOD: "✓", Level.UNKNOWN: "?", Level.WARNING: "!", Level.BAD: "✗"}


@command(
    help=N_(
        "Check everything that must be right for the next 7 days to play, on one page: files, clips, approvals, rules, "
        "voices, what is due and what failed since yesterday, play history, clock, desk, device, disk, sleep. Each "
        "line says what to do. Leaves with 0 (ready), 1 (somebody should look) or 2 (something will not play)."
    ),
    examples=["check", "check --json"],
)
@with_json
@pass_station_in_force
def check(station: Station, *, as_json: bool) -> int:
    """Check the station and the computer."""
    found = check_readiness(station)
    if as_json:
        show_json(_to_json(found))
    else:
        _show(found)
    return found.exit_code


def _show(check: ReadinessCheck) -> None:
    for finding in check.findings:
        say(f"{_MARKS[finding.level]} {finding_text(finding)}")
        if todo := todo_text(finding):
            say(f"    → {todo}")
    say()
    say(verdict_text(check))


def _to_json(check: ReadinessCheck) -> dict[str, Any]:
    findings = [
        {
            "about": finding.about,
            "kind": str(finding.kind),
            "level": str(finding.level),
            "text": finding_text(finding),
            "todo": todo_text(finding) or None,
        }
        for finding in check.findings
    ]
    return {"exit": check.exit_code, "verdict": verdict_text(check), "findings": findings}
