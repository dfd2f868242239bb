"""Control of level over time: the gentle compressor of the horn preset, and the look-ahead limiter.

Both compute a gain 100 or 1000 times a second and interpolate linearly. Mono float32 at `CLIP_RATE`, full
scale 1.0, changed in place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from broadcaster.speech.sound.loudness import CELL, STEP, gated_loudness
from broadcaster.speech.sound.samples import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.speech.sound.filters import Samples
    from broadcaster.speech.sound.loudness import Levels

_RATIO = 2.0
_BELOW_MEAN_DB = 6.0  # compression begins this far below the mean level of all that is not silence
_COMPRESSOR_RELEASE = 20  # steps of 10 ms
_QUIET = 1e-4  # -80 dBFS: a pause, not a soft word
_LOOK_AHEAD = 5  # cells of 1 ms: the time in which the limiter's gain comes down
_LIMITER_RELEASE = 60  # cells
LIMITER_BLOCK = CHUNK // CELL
"""Cells whose gains are computed at once."""

_ROUNDS = 8
_SETTLED = 0.01  # LU


def compressor_gains(powers: Levels) -> Levels | None:
    """Return a gain for every 10 ms of sound with these mean squares; None for silence, which needs none.

    Loud words are compressed 2:1, so that soft words carry as far as loud ones. The threshold follows the clip's mean
    level, so the result does not depend on the level of the input.
    """
    import numpy as np

    levels = np.sqrt(powers)
    heard = levels[levels > _QUIET]
    if not len(heard):
        return None
    threshold = float(np.sqrt(np.mean(heard**2))) * 10 ** (-_BELOW_MEAN_DB / 20)
    return with_release(np.maximum(levels / threshold, 1.0) ** (1 / _RATIO - 1), _COMPRESSOR_RELEASE)


def with_release(gains: Levels, release: int, before: float = 1.0) -> Levels:
    """Return gains that rise slowly after a reduction, by one `release`th of the way at each value, to avoid pumping.

    `before` is the gain before the first one. Each reduction is the largest of the earlier ones, decayed since: in
    logarithms, a running maximum along a slope.
    """
    import numpy as np

    if min(float(np.min(gains, initial=1.0)), before) >= 1.0:
        return gains
    slope = np.arange(len(gains) + 1, dtype=np.float64) * -math.log1p(-1 / release)
    with np.errstate(divide="ignore"):
        logs = np.log(1.0 - np.insert(gains, 0, before))
    smooth: Levels = 1.0 - np.exp(np.maximum.accumulate(logs + slope) - slope)
    return smooth[1:]


def at_borders(gains: Levels, before: float = 1.0, after: float = 1.0) -> Levels:
    """Return gains at the borders of cells, so that the gain inside a cell never exceeds the cell's own.

    `before` and `after` are the gains of the cells around these.
    """
    import numpy as np

    lower: Levels = np.minimum(np.append(gains, after), np.insert(gains, 0, before))
    return lower


def apply_gains(samples: Samples, borders: Levels, cell: int) -> None:
    """Multiply samples, in place, by a gain interpolated linearly between borders that are `cell` samples apart."""
    import numpy as np

    along = np.arange(cell, dtype=np.float32) / np.float32(cell)
    borders = borders.astype(np.float32)
    curve = (borders[:-1, None] + np.diff(borders)[:, None] * along).ravel()
    samples *= curve[: len(samples)]


# ---- limiter -----------------------------------------------------------------------------------------------------


def limiter_gains(peaks: Samples, gain: float, ceiling: float) -> Levels:
    """Return the gain of every cell, `gain` included, that keeps cells with these true peaks below `ceiling`.

    The gain begins to fall 5 ms before a peak and is low in the neighbouring cells too, so that interpolated values
    also stay below what the peak allows.
    """
    import numpy as np

    return np.concatenate(
        [np.zeros(0), *Limiter(lambda first, last: peaks[first:last], len(peaks)).gains(gain, ceiling)]
    )


ReadPeaks = Callable[[int, int], "Samples"]
"""Returns the true peaks of the cells from the first number up to the second."""


class Limiter:
    """Computes the gains of so many cells, whose true peaks `read` returns, block by block."""

    def __init__(self, read: ReadPeaks, cells: int) -> None:
        self._read = read
        self._cells = cells

    def gains(self, gain: float, ceiling: float) -> Iterator[Levels]:
        """Yield the gains of `LIMITER_BLOCK` cells at a time (see `limiter_gains`)."""
        import numpy as np

        window = np.hanning(2 * _LOOK_AHEAD + 1)[1:-1]
        window /= window.sum()
        reach, before = _LOOK_AHEAD - 1, 1.0
        for first in range(0, self._cells, LIMITER_BLOCK):
            last = min(first + LIMITER_BLOCK, self._cells)
            start, end = max(0, first - reach), min(self._cells, last + reach)
            lowest = with_release(self._lowest(start, end, gain, ceiling), _LIMITER_RELEASE, before)
            before = float(lowest[last - reach - 1 - start]) if last < self._cells else 1.0
            padding = reach - (first - start), reach - (end - last)
            smooth: Levels = np.convolve(np.pad(lowest, padding, mode="edge"), window, "valid")
            yield smooth * gain

    def _lowest(self, first: int, last: int, gain: float, ceiling: float) -> Levels:
        """Return for each of these cells the lowest gain that the peaks within 5 ms of it allow."""
        import numpy as np

        start, end = max(0, first - _LOOK_AHEAD), min(self._cells, last + _LOOK_AHEAD)
        wanted = ceiling / np.maximum(self._read(start, end).astype(np.float64) * gain, ceiling)
        padding = _LOOK_AHEAD - (first - start), _LOOK_AHEAD - (end - last)
        padded = np.pad(wanted, padding, constant_values=1.0)
        lowest: Levels = np.lib.stride_tricks.sliding_window_view(padded, 2 * _LOOK_AHEAD + 1).min(axis=1)
        return lowest

    def borders(self, gain: float, ceiling: float) -> Iterator[Levels]:
        """Yield the gains at the borders of `LIMITER_BLOCK` cells at a time, for `apply_gains`."""
        before = 1.0
        blocks = self.gains(gain, ceiling)
        block = next(blocks, None)
        while block is not None:
            following = next(blocks, None)
            yield at_borders(block, before, 1.0 if following is None else float(following[0]))
            before, block = float(block[-1]), following

    def gain_for(self, target: float, powers: Levels, ceiling: float) -> float:
        """Return the gain that brings sound with these K-weighted powers to `target` LUFS, limiting included.

        Limiting takes away a little loudness, which more gain restores; a few rounds settle it. They are cheap: they
        work on 100 powers a second and do not touch the samples.
        """
        import numpy as np

        decibels = target - gated_loudness(powers)
        gain = 1.0
        for _round in range(_ROUNDS):
            gain = 10 ** (decibels / 20)
            reduced = np.concatenate([_mean_squares(block) for block in self.gains(gain, ceiling)])[: len(powers)]
            missing = target - gated_loudness(powers * np.pad(reduced, (0, len(powers) - len(reduced)), mode="edge"))
            if abs(missing) <= _SETTLED:
                break
            decibels += missing
        return gain


def _mean_squares(gains: Levels) -> Levels:
    """Return the mean square of the gains of each step; the last may have fewer cells."""
    import numpy as np

    per_step = STEP // CELL
    whole: Levels = (
        np.square(np.pad(gains, (0, -len(gains) % per_step), mode="edge")).reshape(-1, per_step).mean(axis=1)
    )
    return whole
