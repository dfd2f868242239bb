"""One line at the foot of a terminal that says what is on and what is next, drawn over itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from broadcaster.cli.drawn_line import DrawnLine
from broadcaster.cli.show import say
from broadcaster.office.wording_now import start_text, status_text

if TYPE_CHECKING:
    from broadcaster.playout.desk_state import Status


class LiveLine(DrawnLine):
    """The line of a desk."""

    def __init__(self) -> None:
        super().__init__()
        self._last_started = ""

    def show(self, status: Status) -> bool:
        """Draw the status; return True: the run goes on."""
        self.draw(status_text(status))
        return True

    def tell_starts(self, status: Status) -> bool:
        """Draw the status, and write a lasting line above it for every play that begins."""
        started = start_text(status)
        if started and status.on_air is not None and status.on_air.id != self._last_started:
            self._last_started = status.on_air.id
            self.clear()
            say(started)
        return self.show(status)


class LogAbove(logging.StreamHandler):  # type: ignore[type-arg]  # a type argument is no base class at run time
    """Writes log lines to stderr, above the live line."""

    def __init__(self, line: LiveLine) -> None:
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        """Clear the live line, which its next round draws again, and write."""
        self._line.clear()
        super().emit(record)
