"""The last of what a child process wrote to stderr: always read, so that it never waits, and never much kept."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import BinaryIO

KEPT_BYTES = 1 << 16
KEPT_LINES = 40
"""Of a process that crashed: so many before the line that names the crash, and all that follows it."""
RECENT_SECONDS = 5.0
"""What was written longer ago has nothing to do with why a process ends now: sound libraries chatter as they open."""
LONGEST_WORDS = 200
_CHUNK = 1 << 16
_CRASHES = ("Fatal Python error: ", "Windows fatal exception: ")
_ABORTED = "Fatal Python error: Aborted"


class StderrTail:
    """Reads `pipe` to its end in a thread of its own."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._kept = b""
        self._written_at = 0.0
        self._thread = threading.Thread(target=self._read, name="child stderr", daemon=True)
        self._thread.start()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until all was read; a process that the child started may hold the pipe open, hence the limit."""
        self._thread.join(seconds)

    def lines(self) -> list[str]:
        """Return the last lines: `KEPT_LINES`, and what Python says of a crash, which is longer with each release."""
        lines = self._kept.decode("utf-8", "replace").strip().splitlines()
        crash = _find_crash(lines)
        return lines[-KEPT_LINES:] if crash is None else lines[max(crash - KEPT_LINES, 0) :]

    def last_words(self) -> str:
        """Return the line that best says why the process ended, "" where nothing was written of late."""
        recent = time.monotonic() - self._written_at <= RECENT_SECONDS
        words = [line.strip() for line in self.lines() if line.strip()] if recent else []
        return choose_words(words)[:LONGEST_WORDS]

    def _read(self) -> None:
        with self._pipe, contextlib.suppress(OSError):
            while data := self._pipe.read(_CHUNK):
                self._kept = (self._kept + data)[-KEPT_BYTES:]
                self._written_at = time.monotonic()


def choose_words(lines: list[str]) -> str:
    """Return the line of `lines` that says why: the last, or, of a crash, the one that names it.

    A library that aborts says why first; after a crash Python adds where it was and what was loaded.
    """
    crash = _find_crash(lines)
    if crash is None:
        return lines[-1] if lines else ""
    if lines[crash] == _ABORTED and crash > 0:
        return lines[crash - 1]
    return lines[crash]


def _find_crash(lines: list[str]) -> int | None:
    return next((place for place, line in enumerate(lines) if line.startswith(_CRASHES)), None)
