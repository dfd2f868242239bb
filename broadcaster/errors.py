"""The error tree, and nothing else.

Messages arrive here already in the user's language. `cli.main` turns each family into lines and an exit code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in something a person wrote: where it is, what was found, what to do."""

    what: str
    todo: str = ""
    path: Path | None = None
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Return `file:line: key: what; what to do`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        head = ": ".join(part for part in (place, self.key, self.what) if part)
        return f"{head}; {self.todo}" if self.todo else head


class BroadcasterError(Exception):
    """Anything that went wrong and that a person can be told in a line."""

    exit_code = 1


class InputError(BroadcasterError):
    """A person's file or argument is wrong; carries every problem found, not only the first."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class RenderError(BroadcasterError):
    """A script could not be made into a clip."""


class PlayoutError(BroadcasterError):
    """The sound could not be put on the air."""


class RecordError(BroadcasterError):
    """The ledger could not be read, written or trusted."""
