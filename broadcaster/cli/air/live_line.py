"""One line at the foot of a terminal that says what is on and what is next, drawn over itself."""

from __future__ import annotations

import logging
import shutil
import sys
from typing import TYPE_CHECKING, Self

from broadcaster.cli.show import say
from broadcaster.office.wording_now import start_text, status_text
from broadcaster.printable import one_line

if TYPE_CHECKING:
    from broadcaster.playout.desk_state import Status


class LiveLine:
    """The line, on stderr: drawn with carriage returns and spaces only, which an old Windows console understands too.

    Nothing is drawn where stderr is not a terminal.
    """

    def __init__(self) -> None:
        self._shown = ""
        self._last_started = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()

    def show(self, status: Status) -> bool:
        """Draw the status; return True: the run goes on."""
        if sys.stderr.isatty():
            self._draw(status_text(status))
        return True

    def tell_starts(self, status: Status) -> bool:
        """Draw the status, and write a lasting line above it for every play that begins."""
        started = start_text(status)
        if started and status.on_air is not None and status.on_air.id != self._last_started:
            self._last_started = status.on_air.id
            self.clear()
            say(started)
        return self.show(status)

    def clear(self) -> None:
        """Take the line off the screen, to make room for something else."""
        if self._shown:
            sys.stderr.write(f"\r{'':{len(self._shown)}}\r")
            sys.stderr.flush()
        self._shown = ""

    def _draw(self, text: str) -> None:
        text = one_line(text)[: shutil.get_terminal_size().columns - 1]  # a line that wraps cannot be drawn over
        if text != self._shown:
            self.clear()
            sys.stderr.write(text)
            sys.stderr.flush()
        self._shown = text


class LogAbove(logging.StreamHandler):  # type: ignore[type-arg]  # a type argument is no base class at run time
    """Writes log lines to stderr, above the live line."""

    def __init__(self, line: LiveLine) -> None:
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        """Clear the live line, which its next round draws again, and write."""
        self._line.clear()
        super().emit(record)
