"""The last step for every clip: filter for the loudspeaker, set the loudness, limit the peaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.samples import CHUNK, floats_of, integers_of
from broadcaster.speech.sound.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from broadcaster.settings import MixSettings
    from broadcaster.speech.sound.filters import Samples
    from broadcaster.speech.sound.loudness import Levels
    from broadcaster.speech.sound.mix import Track

TRUE_PEAK = -1.0
"""dBTP that no clip exceeds."""

_CEILING = -1.3  # the limiter's target, with a margin for rounding and for meters that interpolate differently
_CLOSE_ENOUGH = 0.2  # LU
_ATTEMPTS = 3
_MOST_GAIN = 40.0  # dB: anything softer than that is noise
_SHORTEST = CLIP_RATE // 2
_BLOCK_STEP = CLIP_RATE // 10


@dataclass(frozen=True, slots=True)
class Mastered:
    """The measured levels of a finished clip."""

    loudness: float  # LUFS
    true_peak: float  # dBTP


Write = Callable[["Iterator[bytes]"], None]
"""Writes the samples of a clip, 16-bit little-endian; called again, it replaces what it wrote before."""


def master(laid: Track, settings: MixSettings, folder: Path, write: Write) -> Mastered:
    """Hand what was laid out to `write` as a finished clip, and return its measured levels.

    `folder` has room for temporary files. Silence is left silent. Sound that cannot reach the loudness below the
    ceiling (a single click) gets as near as possible: each attempt corrects the one before it.
    """
    from broadcaster.speech.sound.loudness import SILENCE

    with _ShapedSound(folder, settings.preset) as shaped:
        shaped.fill(laid)
        aim, ceiling = settings.loudness, _CEILING
        for _attempt in range(_ATTEMPTS):
            meters = _Meters()
            write(meters.watch(shaped.at_loudness(aim, ceiling)))
            mastered = meters.result()
            missing, over = settings.loudness - mastered.loudness, max(0.0, mastered.true_peak - TRUE_PEAK)
            if mastered.loudness <= SILENCE or (abs(missing) <= _CLOSE_ENOUGH and not over):
                break
            aim, ceiling = aim + missing, ceiling - over
    return mastered


def clip_frames(laid: Track) -> int:
    """Return the length, in frames, to which what was laid out is padded.

    Loudness is measured in blocks of 400 ms, one every 100 ms; meters differ on a block that the end cuts short.
    """
    return max(_SHORTEST, -(-laid.frames // _BLOCK_STEP) * _BLOCK_STEP)


class _ShapedSound:
    """Sound after the filter for the loudspeaker, on disk, and what brings it to a loudness from there."""

    def __init__(self, folder: Path, preset: str) -> None:
        import numpy as np

        self._folder = folder
        self._preset = preset
        self._spool = Spool(folder, np.float32)
        self._compressor: Levels | None = None
        self._powers: Levels = np.zeros(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.__exit__(kind, error, trace)

    def fill(self, laid: Track) -> None:
        """Filter and measure what was laid out."""
        from broadcaster.speech.sound.dynamics import compressor_gains
        from broadcaster.speech.sound.filters import shaping_filter
        from broadcaster.speech.sound.loudness import PowerMeter, StepPowers

        filtered, steps = shaping_filter(self._preset), StepPowers()
        for block in _padded(laid):
            shaped = filtered(block)
            steps.add(shaped)
            self._spool.append(shaped)
        if self._preset == "horn":
            self._compressor = compressor_gains(steps.powers())
        meter = PowerMeter()
        for block in self._blocks():
            meter.add(block)
        self._powers = meter.powers()

    def _blocks(self) -> Iterator[Samples]:
        """Yield the sound, compressed where the preset says so."""
        from broadcaster.speech.sound.dynamics import apply_gains, at_borders
        from broadcaster.speech.sound.loudness import STEP

        borders = None if self._compressor is None else at_borders(self._compressor)
        for first in range(0, len(self._spool), CHUNK):
            block = self._spool.read(first, first + CHUNK).copy()
            if borders is not None:
                apply_gains(block, borders[first // STEP : -(-(first + len(block)) // STEP) + 1], STEP)
            yield block

    def at_loudness(self, aim: float, ceiling: float) -> Iterator[Samples]:
        """Yield the sound limited to `ceiling` (dB) and as near to the loudness `aim` (LUFS) as that allows."""
        from broadcaster.speech.sound.dynamics import Limiter, apply_gains
        from broadcaster.speech.sound.loudness import CELL, SILENCE, gated_loudness

        loudness = gated_loudness(self._powers)
        if loudness <= SILENCE:
            yield from self._blocks()
            return
        highest = 10 ** (ceiling / 20)
        gain = min(aim - loudness, _MOST_GAIN)
        with self._cell_peaks(highest / 10 ** ((gain + 6) / 20)) as peaks:  # 6 dB above the final gain
            limiter = Limiter(peaks.read, len(peaks))
            found = limiter.gain_for(loudness + gain, self._powers, highest)
            for block, borders in zip(self._blocks(), limiter.borders(found, highest), strict=True):
                apply_gains(block, borders, CELL)
                yield block

    def _cell_peaks(self, floor: float) -> Spool:
        import numpy as np

        from broadcaster.speech.sound.loudness import CellPeaks

        spool, cells = Spool(self._folder, np.float32), CellPeaks(floor)
        for block in self._blocks():
            spool.append(cells.add(block))
        spool.append(cells.rest())
        return spool


class _Meters:
    """Measures a clip on its way to its file, as it is after rounding to 16 bits."""

    def __init__(self) -> None:
        from broadcaster.speech.sound.loudness import PowerMeter, TruePeakMeter

        self._power = PowerMeter()
        self._peak = TruePeakMeter()

    def watch(self, blocks: Iterator[Samples]) -> Iterator[bytes]:
        """Yield the samples in 16 bits."""
        for block in blocks:
            whole = integers_of(block)
            rounded = floats_of(whole)
            self._power.add(rounded)
            self._peak.add(rounded)
            yield whole.tobytes()

    def result(self) -> Mastered:
        """Return what was measured."""
        from broadcaster.speech.sound.loudness import gated_loudness

        return Mastered(round(gated_loudness(self._power.powers()), 2), round(self._peak.true_peak(), 2))


def _padded(laid: Track) -> Iterator[Samples]:
    """Yield what was laid out, and the silence that fills it up."""
    import numpy as np

    for part in laid.segments():
        yield floats_of(np.frombuffer(part.raw_data, "<i2"))
    yield np.zeros(clip_frames(laid) - laid.frames, np.float32)
