"""The desk's output: the first configured device that can be opened, with one play at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.group_settings import no_group_text
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.output import MakeOutput, Output, Progress, Segment, State, open_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.models import Clip, Occurrence
    from broadcaster.settings import Settings


class Player:
    """Keeps the output open while something plays or is about to play."""

    def __init__(self, make_output: MakeOutput) -> None:
        self._make_output = make_output
        self._output: Output | None = None
        self._devices: tuple[str, ...] = ()

    def open(self, devices: Sequence[str]) -> str:
        """Open the first of these devices that can be opened, unless one is open; return the device's name.

        One that is open for other loudspeakers is closed. Raises PlayoutError with the reason of each where none can
        be opened.
        """
        if self._devices != tuple(devices):
            self.close()
        if self._output is None:
            self._output = open_first(devices, self._make_output)
            self._devices = tuple(devices)
        return self._output.device

    def play(self, occurrence: Occurrence, clips: Sequence[Clip]) -> None:
        """Start an occurrence at its time on the open device; raise PlayoutError if that fails."""
        if self._output is not None:
            self._output.play(segments_of(occurrence, clips), occurrence.start)

    def progress(self) -> Progress:
        """Return how far the play is."""
        return self._output.progress() if self._output else Progress(State.WAITING)

    def stop(self) -> Progress:
        """End the play with a short fade; return how far it got."""
        return self._output.stop() if self._output else Progress(State.WAITING)

    def close(self) -> None:
        """Close the device, if one is open."""
        if self._output is not None:
            self._output.close()
            self._output = None


def devices_for(occurrence: Occurrence, settings: Settings) -> tuple[str, ...]:
    """Return the devices of the loudspeakers that hear an occurrence; raise PlayoutError for a group that is not there.

    It then airs nowhere: on `[output]` everybody would hear what was meant for some.
    """
    if not occurrence.group:
        return settings.output.devices
    group = settings.groups.get(occurrence.group)
    if group is None:
        raise PlayoutError(no_group_text(occurrence.group))
    return group.devices


def segments_of(occurrence: Occurrence, clips: Sequence[Clip]) -> list[Segment]:
    """Return the segments of an occurrence: its clips in order, with repeats and with the gaps between them."""
    by_script = {clip.script: clip for clip in clips}
    gap = Segment(None, round(occurrence.gap.total_seconds() * CLIP_RATE))
    segments: list[Segment] = []
    for script in occurrence.items:
        clip = by_script[script]
        segments += [Segment(clip.path, clip.frames), gap]
    return segments[:-1]
