"""What `broadcaster schedule check` found, as it writes it in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.script.reading_tables import warning_to_json
from broadcaster.office.conflicts import (
    BlockedSlot,
    CutSlot,
    GivenUpSlot,
    StrayMove,
    UnfinishedSlot,
    WaitingSlot,
    is_note,
)
from broadcaster.office.wording_forecast import conflict_text

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.errors import Problem
    from broadcaster.office.check_schedule import ScheduleCheck
    from broadcaster.office.check_texts import TextWarning
    from broadcaster.office.conflicts import Conflict

CONFLICTS = {
    BlockedSlot: "blocked",
    WaitingSlot: "waits",
    GivenUpSlot: "given up",
    CutSlot: "cut",
    UnfinishedSlot: "unfinished",
    StrayMove: "moved",
}
"""What stands in a slot's way, by the names that programs know."""


def check_to_json(found: ScheduleCheck, root: Path) -> dict[str, Any]:
    """Return what the check found; files as seen from the station's folder."""
    return {
        "occurrences": found.planned,
        "not_rendered": found.not_rendered,
        "problems": [_problem(each, root) for each in found.problems],
        "findings": [_conflict(each) for each in found.conflicts],
        "warnings": [_warning(each, root) for each in found.warnings],
        "not_read": [_problem(each, root) for each in found.not_read],
    }


def _problem(problem: Problem, root: Path) -> dict[str, Any]:
    return {
        "file": _file(problem.path, root) if problem.path else None,
        "line": problem.line,
        "key": problem.key or None,
        "text": problem.what,
        "todo": problem.todo or None,
    }


def _file(path: Path, root: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _conflict(found: Conflict) -> dict[str, Any]:
    slot, other = _slots(found)
    return {
        "kind": CONFLICTS[type(found)],
        "slot": slot,
        "other": other,
        "rule": found.breach.rule if isinstance(found, BlockedSlot) else None,
        "count": found.count,
        "start": found.start.isoformat(),
        "wrong": not is_note(found),
        "text": conflict_text(found),
    }


def _slots(found: Conflict) -> tuple[str, str | None]:
    """Return the slot that suffers, and the one that is in its way."""
    if isinstance(found, BlockedSlot | UnfinishedSlot):
        return found.slot, None
    if isinstance(found, StrayMove):
        return found.slot, found.origin
    return (found.first, found.second) if isinstance(found, CutSlot) else (found.second, found.first)


def _warning(found: TextWarning, root: Path) -> dict[str, Any]:
    line = found.remark.line or None
    return {"file": _file(found.script.path, root), "line": line, **warning_to_json(found.remark.warning)}
