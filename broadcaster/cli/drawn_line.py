"""One line at the foot of a terminal, drawn over itself."""

from __future__ import annotations

import shutil
import sys
from typing import Self

from broadcaster.printable import one_line


class DrawnLine:
    """The line, on stderr: drawn with carriage returns and spaces only, which an old Windows console understands too.

    Nothing is drawn where stderr is not a terminal.
    """

    def __init__(self) -> None:
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()

    def draw(self, text: str) -> None:
        """Draw a text in the place of what is there."""
        if not sys.stderr.isatty():
            return
        text = one_line(text)[: shutil.get_terminal_size().columns - 1]  # a line that wraps cannot be drawn over
        if text != self._shown:
            over = " " * max(0, len(self._shown) - len(text))
            sys.stderr.write(f"\r{text}{over}")
            sys.stderr.flush()
        self._shown = text

    def clear(self) -> None:
        """Take the line off the screen, to make room for something else."""
        if self._shown:
            sys.stderr.write(f"\r{'':{len(self._shown)}}\r")
            sys.stderr.flush()
        self._shown = ""
