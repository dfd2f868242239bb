"""Mistakes of people, written to stderr: one a line, with the file as it is seen from here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.cli.show import hint
from broadcaster.i18n import _
from broadcaster.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.errors import Problem


def tell_problems(problems: Iterable[Problem]) -> None:
    """Write mistakes to stderr, one a line, each with its file as seen from here."""
    for problem in problems:
        text = problem_text(problem)
        hint(one_line(text if problem.path else _("Error: {message}").format(message=text)))


def tell_notes(problems: Iterable[Problem]) -> None:
    """Write to stderr what is no mistake and should be known, one a line."""
    for problem in problems:
        hint(_("Note: {finding}").format(finding=one_line(problem_text(problem))))


def problem_text(problem: Problem) -> str:
    """Return a problem as a line, with its file as seen from here."""
    path, line = problem.path, str(problem)
    return line.replace(str(path), _as_seen_from_here(path), 1) if path else line


def _as_seen_from_here(path: Path) -> str:
    """Return the path below this folder, or the whole path if it is elsewhere."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):  # the last: a link to itself, before Python 3.13
        return str(path)


def told(problems: Iterable[Problem]) -> int:
    """Write mistakes found beside the answer to stderr; return the exit code: 2 where there are some."""
    listed = list(problems)
    tell_problems(listed)
    return 2 if listed else 0
