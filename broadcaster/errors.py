"""The exceptions of this program.

Their messages are in the user's language. `cli.main` turns each kind into lines of output and an exit code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a person's input: where it is, what was found, what to do."""

    what: str
    todo: str = ""
    path: Path | None = None
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Return `file:line: key: what; what to do`, without the parts that are not known."""
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        head = ": ".join(part for part in (place, self.key, self.what) if part)
        return f"{head}; {self.todo}" if self.todo else head


class BroadcasterError(Exception):
    """Base of all expected errors; the message is one or more lines for a person."""

    exit_code = 1


class InputError(BroadcasterError):
    """A person's file or argument is wrong; `problems` has every mistake found, not only the first."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class RenderError(BroadcasterError):
    """A script could not be made into a clip."""


class PlayoutError(BroadcasterError):
    """The sound could not be played on air."""


class ClipError(PlayoutError):
    """A clip's file could not be played: no fault of the device."""


class RecordError(BroadcasterError):
    """The ledger, the play history, could not be read, written or trusted."""
