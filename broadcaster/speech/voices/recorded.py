"""A person's own recording in place of speech: decoded, looked over for flaws and mixed to mono, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from broadcaster.speech.decode.decoder import open_sound
from broadcaster.speech.voices.recording_faults import Flaw, FlawFinder, FlawKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.decode.decoder import DecodedSound

    Mono = npt.NDArray[np.int16]
    Channels = npt.NDArray[np.int16]  # (frames, channels)

T = TypeVar("T")

_SIDED = (FlawKind.ONE_SIDED, FlawKind.OPPOSED)


def read_recording(path: Path, take: Callable[[int, Iterator[Mono]], T]) -> tuple[T, tuple[Flaw, ...]]:
    """Return what `take(rate, blocks)` makes of a recording as 16-bit mono, and the recording's flaws, by time.

    Both stereo channels are mixed. If one is dead, or is inverted and would cancel the other, for more than half of
    the recording (a wrong cable is wrong from beginning to end), that is known only at its end: `take` is called
    again, with the louder channel alone. Raise RenderError if the file cannot be read.
    """
    with open_sound(path) as sound:
        finder = FlawFinder(sound.rate, sound.channels)
        taken = take(sound.rate, _mixed(sound, finder))
        flaws = finder.flaws(cut_off=sound.cut_off)
        if 2 * sum(flaw.frames for flaw in flaws if flaw.kind in _SIDED) <= finder.frames:
            return taken, flaws
    with open_sound(path) as sound:
        return take(sound.rate, (block[:, finder.louder_channel] for block in _blocks(sound))), flaws


def _mixed(sound: DecodedSound, finder: FlawFinder) -> Iterator[Mono]:
    import numpy as np

    for block in _blocks(sound):
        finder.add(block)
        yield block[:, 0] if sound.channels == 1 else np.rint(block.mean(axis=1, dtype=np.float32)).astype(np.int16)


def _blocks(sound: DecodedSound) -> Iterator[Channels]:
    import numpy as np

    return (np.frombuffer(block, "<i2").reshape(-1, sound.channels) for block in sound.blocks())
