"""Preview: sound for the person at the desk, now, on a device that is opened for it alone.

Who may hear it where, and what of it is entered: `listening`.
"""

from __future__ import annotations

import math
import time
import wave
from array import array
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, FILE
from broadcaster.playout.sound.make_output import make_output
from broadcaster.playout.sound.output import Progress, Segment, State, open_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from broadcaster.playout.sound.output import Output
    from broadcaster.station.folder import Station

AHEAD = timedelta(milliseconds=300)
_LOOK_EVERY_S = 0.05
_LOST_AFTER_S = 10.0
_TEST_NOTES_HZ = (523.25, 659.25, 783.99)
_NOTE_S = 0.6


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """What was played, where, and how long of it came out."""

    device: str
    seconds: float
    whole: bool
    folder: Path | None = None  # where "file" wrote it


def play_preview(
    station: Station,
    segment: Segment,
    devices: Iterable[str],
    watch: Callable[[Progress], None] = lambda _p: None,
    opened: Callable[[str], None] = lambda _device: None,
) -> PreviewResult:
    """Play a segment now, on the first of the devices that works, and wait for its end.

    `opened` is called with that device's name before anything sounds. Raises PlayoutError where no device takes it or
    the one that did is lost. Ctrl-C ends the sound with a short fade.
    """
    output = _open_first(station, devices)
    try:
        opened(output.device)
        output.play([segment], station.now() + AHEAD)
        progress = _wait(output, segment, watch)
    except KeyboardInterrupt:
        watch(output.stop())
        raise
    finally:
        output.close()
    if progress.state is State.LOST:
        raise PlayoutError(
            _("{device}: the sound was lost: {reason}").format(device=output.device, reason=progress.reason)
        )
    folder = listening_folder(station) if output.device == FILE else None
    return PreviewResult(
        output.device, progress.played_frames / CLIP_RATE, progress.played_frames >= segment.frames, folder
    )


def listening_folder(station: Station) -> Path:
    """Return where the output "file" writes what is played off the air."""
    return station.state_folder / "listened"


def _open_first(station: Station, names: Iterable[str]) -> Output:
    def make(name: str) -> Output:
        folder, extra = listening_folder(station), station.settings.output.latency
        return make_output(name, clock=station.now, folder=folder, extra=extra)

    try:
        return open_first(names, make)
    except PlayoutError as error:
        todo = _("see: broadcaster device list")
        raise PlayoutError(f"{error}; {todo}") from None


def _wait(output: Output, segment: Segment, watch: Callable[[Progress], None]) -> Progress:
    deadline = time.monotonic() + segment.frames / CLIP_RATE + _LOST_AFTER_S
    while True:
        progress = output.progress()
        watch(progress)
        if progress.state in (State.ENDED, State.LOST):
            return progress
        if time.monotonic() > deadline:
            raise PlayoutError(_("{device}: the sound does not come to its end").format(device=output.device))
        time.sleep(_LOOK_EVERY_S)


def write_test_tone(path: Path) -> Segment:
    """Write three rising notes, 1.8 s in all, as a clip's WAV, and return it ready to be played."""
    frames = array("h")
    for pitch in _TEST_NOTES_HZ:
        frames.extend(_note(pitch))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(CLIP_RATE)
        file.writeframes(frames.tobytes())
    return Segment(path, len(frames))


def _note(pitch: float) -> Iterable[int]:
    """Return a note at half of full scale, faded in and out over 20 ms so that it does not click."""
    count, fade = round(_NOTE_S * CLIP_RATE), round(0.02 * CLIP_RATE)
    for index in range(count):
        level = 16_000 * min(1.0, index / fade, (count - index) / fade)
        yield round(level * math.sin(2 * math.pi * pitch * index / CLIP_RATE))
