"""Reads the segments of a play from their files, some seconds before they are needed, in memory that stays small."""

from __future__ import annotations

import os
import threading
import wave
import weakref
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from broadcaster.errors import ClipError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.os_reasons import os_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FRAME_BYTES = 2
"""Mono, 16 bits: what clips are. The sound system spreads it over the channels that the device has."""
READ_AHEAD = 10 * CLIP_RATE
"""Frames in memory while a clip plays: how long a disk may take to wake up, or to serve somebody else."""
_PIECE = CLIP_RATE


@dataclass(frozen=True, slots=True)
class _ClipFile:
    """A clip's open file: a clip that is deleted or replaced while it plays is heard whole."""

    path: Path
    file: BinaryIO
    start: int  # bytes before the first sample

    def read(self, first: int, frames: int) -> bytes:
        """Return `frames` frames from `first` on; ClipError where they cannot be read."""
        try:
            self.file.seek(self.start + first * FRAME_BYTES)
            samples = self.file.read(frames * FRAME_BYTES)
        except OSError as error:
            raise _unreadable(self.path, error) from None
        if len(samples) < frames * FRAME_BYTES:
            raise _unreadable(self.path, EOFError())
        return samples


def open_clip(path: Path, frames: int, files: ExitStack) -> _ClipFile:
    """Open a clip and look at all but its samples; `files` closes it.

    Raise ClipError where the file is missing, is not mono 16-bit sound at `CLIP_RATE`, or has not `frames` frames.
    """
    try:
        file = files.enter_context(path.open("rb"))
        header = wave.open(file)  # noqa: SIM115 - `files` closes the file; the header needs no closing
        start = file.tell()
        size = os.fstat(file.fileno()).st_size - start
    except (OSError, EOFError, wave.Error) as error:
        raise _unreadable(path, error) from None
    kind = (header.getnchannels(), header.getsampwidth(), header.getframerate())
    if kind != (1, FRAME_BYTES, CLIP_RATE):
        found = f"{kind[0]} × {kind[1] * 8} bit, {kind[2]} Hz"
        raise ClipError(_("{path}: not a clip of ours ({found})").format(path=path, found=found))
    there = min(header.getnframes(), size // FRAME_BYTES)
    if there != frames:
        text = _("{path}: the clip has {found} frames instead of {expected}")
        raise ClipError(text.format(path=path, found=there, expected=frames))
    return _ClipFile(path, file, start)


def _unreadable(path: Path, error: Exception) -> ClipError:
    reason = os_reason(error) if isinstance(error, OSError) else str(error) or _("it ends too early")
    return ClipError(_("{path}: the clip cannot be read: {reason}").format(path=path, reason=reason))


class SegmentReader:
    """Clips and silences one after the other, taken in pieces of any size.

    One thread reads ahead, another takes; `take` waits for what was not read yet.
    """

    def __init__(self, parts: Iterable[tuple[Path | None, int]]) -> None:
        """Open every clip of `parts` (its file, or None for silence, and its frames); ClipError where one is bad."""
        files = ExitStack()
        weakref.finalize(self, files.close)
        opened: dict[Path, _ClipFile] = {}
        ordered: list[tuple[_ClipFile | None, int]] = []
        for path, frames in parts:
            if path is not None and path not in opened:
                opened[path] = open_clip(path, frames, files)
            ordered.append((None if path is None else opened[path], frames))
        self.left = sum(frames for _clip, frames in ordered)
        self._unread = self.left
        self._pieces = _pieces(ordered)
        self._buffer: deque[memoryview] = deque()
        self._buffered = 0
        self._changed = threading.Condition()

    def read_ahead(self, frames: int = READ_AHEAD) -> None:
        """Read until `frames` frames are in memory, or all that is left. Raises ClipError. For one thread only."""
        while self._unread and self._buffered < frames:
            piece = next(self._pieces)
            with self._changed:
                size = len(piece) // FRAME_BYTES
                self._buffer.append(memoryview(piece))
                self._buffered += size
                self._unread -= size
                self._changed.notify_all()

    def take(self, count: int) -> bytes:
        """Return the next `count` frames; fewer at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._buffered >= count or not self._unread)
            taken = []
            missing = min(count, self._buffered) * FRAME_BYTES
            self._buffered -= missing // FRAME_BYTES
            self.left -= missing // FRAME_BYTES
            while missing:
                piece = self._buffer.popleft()
                if len(piece) > missing:
                    self._buffer.appendleft(piece[missing:])
                taken.append(piece[:missing])
                missing -= len(taken[-1])
        return b"".join(taken)


def _pieces(parts: list[tuple[_ClipFile | None, int]]) -> Iterator[bytes]:
    for clip, frames in parts:
        for first in range(0, frames, _PIECE):
            count = min(_PIECE, frames - first)
            yield bytes(count * FRAME_BYTES) if clip is None else clip.read(first, count)
