"""One line at the foot of a terminal that says what is on and what is next, drawn over itself."""

from __future__ import annotations

import logging
import shutil
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from broadcaster.cli.show import say
from broadcaster.i18n import _
from broadcaster.office.wording import length, when_exactly

if TYPE_CHECKING:
    from broadcaster.playout.waiting import Status


class LiveLine:
    """The line, on stderr. Drawn with returns and blanks alone: an old Windows console knows no more.

    Where nobody looks at stderr nothing is drawn.
    """

    def __init__(self) -> None:
        self._shown = ""
        self._told = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()

    def show(self, status: Status) -> bool:
        """Draw the status; the run goes on."""
        if sys.stderr.isatty():
            self._draw(status_line(status))
        return True

    def tell_starts(self, status: Status) -> bool:
        """Draw the status, and leave a line behind for every play that begins."""
        if status.on_air is not None and status.started is not None and status.on_air.id != self._told:
            self._told = status.on_air.id
            self.clear()
            text = _("   {time}  on the air: {scripts} ({device})")
            scripts = ", ".join(status.on_air.scripts)
            time = f"{status.started + timedelta(milliseconds=500):%H:%M:%S}"
            say(text.format(time=time, scripts=scripts, device=status.device))
        return self.show(status)

    def clear(self) -> None:
        """Make room for something else."""
        if self._shown:
            sys.stderr.write(f"\r{'':{len(self._shown)}}\r")
            sys.stderr.flush()
        self._shown = ""

    def _draw(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]  # a line that wraps cannot be drawn over
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


def status_line(status: Status) -> str:
    """Return what is on the air and what is next, in one line."""
    if status.on_air is not None and status.started is not None and status.ends is not None:
        gone, whole = status.now - status.started, status.ends - status.started
        return _("ON AIR {scripts}  {gone} / {whole}  ({device})").format(
            scripts=", ".join(status.on_air.scripts), gone=length(gone), whole=length(whole), device=status.device
        )
    coming = status.on_air or status.next
    if coming is None:
        return _("nothing is planned for the next two days")
    return _("next: {scripts} at {time}, in {span}").format(
        scripts=", ".join(coming.scripts),
        time=when_exactly(coming.start),
        span=length(max(timedelta(), coming.start - status.now)),
    )
