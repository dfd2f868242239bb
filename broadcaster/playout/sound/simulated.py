"""The two outputs that need no device, for rehearsals and tests: "silent" only keeps time, "file" writes WAV files."""

from __future__ import annotations

import wave
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, FILE, SILENT
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.segment_reader import FRAME_BYTES, SegmentReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.playout.sound.output import Clock, Segment

_CHUNK = CLIP_RATE


class SilentOutput:
    """Keeps time and makes no sound. Time is what `clock` says, so a month can pass in a second."""

    def __init__(self, clock: Clock) -> None:
        self.device = SILENT
        self._clock = clock
        self._progress = Progress(State.WAITING)
        self._start: datetime | None = None

    def open(self) -> None:
        """Do nothing: silence is always there."""

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Begin to count at `at`."""
        self.progress()
        self._start = max(at, self._clock().astimezone(at.tzinfo))
        self._progress = Progress(State.WAITING, total_frames=sum(segment.frames for segment in segments))

    def progress(self) -> Progress:
        """Return how far the play is by the clock."""
        if self._start is not None and self._progress.state is not State.ENDED:
            self._progress = self._at(self._clock(), self._start)
            if self._progress.state is State.ENDED:
                self._finish(self._progress)
        return self._progress

    def stop(self) -> Progress:
        """End the play at the present instant."""
        progress = self.progress()
        if self._start is not None and progress.state is not State.ENDED:
            ended = self._clock().astimezone(self._start.tzinfo)
            self._progress = replace(progress, state=State.ENDED, ended=ended)
            self._finish(self._progress)
        return self._progress

    def close(self) -> None:
        """End what still plays."""
        self.stop()

    def _at(self, now: datetime, start: datetime) -> Progress:
        total = self._progress.total_frames
        length = timedelta(seconds=total / CLIP_RATE)
        if now < start:
            return self._progress
        if now >= start + length:
            return Progress(State.ENDED, total, total, start, start + length)
        return Progress(State.PLAYING, int((now - start).total_seconds() * CLIP_RATE), total, start)

    def _finish(self, progress: Progress) -> None:
        """Do what this output does when a play is over: nothing here."""


class FileOutput(SilentOutput):
    """Writes what would have been heard: a WAV file a play in `folder`, named by the time of its first sample."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(clock)
        self.device = FILE
        self._folder = folder
        self._sound = SegmentReader(())

    def open(self) -> None:
        """Make the folder."""
        try:
            make_folder(self._folder)
        except OSError as error:
            text = _("{path}: the folder cannot be made: {reason}")
            raise PlayoutError(text.format(path=self._folder, reason=error.strerror)) from None

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Begin to count at `at`; the clips are opened now, so that a bad one is known before its time."""
        sound = SegmentReader((segment.path, segment.frames) for segment in segments)
        super().play(segments, at)
        self._sound = sound

    def _finish(self, progress: Progress) -> None:
        if progress.started is None:
            return
        path = _free_name(self._folder, progress.started)
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            _write(temporary, self._sound, progress.played_frames)
            temporary.replace(path)
        except PlayoutError as error:
            self._progress = replace(progress, state=State.LOST, reason=str(error))
        except OSError as error:
            text = _("{path}: cannot be written: {reason}").format(path=path, reason=error.strerror)
            self._progress = replace(progress, state=State.LOST, reason=text)


def _free_name(folder: Path, start: datetime) -> Path:
    """Return a name that sorts by time and that every file system takes: `2027-05-01T053000.000+0700.wav`."""
    stem = f"{start:%Y-%m-%dT%H%M%S}.{start.microsecond // 1000:03}{start:%z}"
    path, number = folder / f"{stem}.wav", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.wav"
    return path


def _write(path: Path, sound: SegmentReader, frames: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(FRAME_BYTES)
        file.setframerate(CLIP_RATE)
        while count := min(frames, sound.left, _CHUNK):
            sound.read_ahead(count)
            samples = sound.take(count)
            file.writeframesraw(samples)
            frames -= len(samples) // FRAME_BYTES
