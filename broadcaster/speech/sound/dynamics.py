"""Control of level over time: the gentle compressor of the horn preset, and the look-ahead limiter.

Both compute a gain 100 or 1000 times a second and interpolate linearly. Mono float32 at `CLIP_RATE`, full
scale 1.0, changed in place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.loudness import CELL, STEP, gated_loudness

if TYPE_CHECKING:
    from broadcaster.speech.sound.filters import Samples
    from broadcaster.speech.sound.loudness import Levels

_RATIO = 2.0
_BELOW_MEAN_DB = 6.0  # compression begins this far below the mean level of all that is not silence
_COMPRESSOR_RELEASE = 20  # steps of 10 ms
_QUIET = 1e-4  # -80 dBFS: a pause, not a soft word
_LOOK_AHEAD = 5  # cells of 1 ms: the time in which the limiter's gain comes down
_LIMITER_RELEASE = 60  # cells
_CHUNK = CLIP_RATE  # samples whose gain is interpolated at once
_ROUNDS = 8
_SETTLED = 0.01  # LU


def compress(samples: Samples) -> None:
    """Compress loud words 2:1, in place, so that soft words carry as far as loud ones.

    The threshold follows the clip's mean level, so the result does not depend on the level of the input.
    """
    import numpy as np

    levels = _levels(samples)
    heard = levels[levels > _QUIET]
    if not len(heard):
        return
    threshold = float(np.sqrt(np.mean(heard**2))) * 10 ** (-_BELOW_MEAN_DB / 20)
    gains = with_release(np.maximum(levels / threshold, 1.0) ** (1 / _RATIO - 1), _COMPRESSOR_RELEASE)
    apply_gains(samples, at_borders(gains), STEP)


def _levels(samples: Samples) -> Levels:
    """Return the level (RMS) of every 10 ms; the last step may be shorter."""
    import numpy as np

    levels = np.zeros(-(-len(samples) // STEP))
    whole = len(samples) // STEP
    rows = samples[: whole * STEP].reshape(-1, STEP)
    levels[:whole] = np.sqrt(np.einsum("ij,ij->i", rows, rows) / STEP)
    if whole < len(levels):
        levels[-1] = np.sqrt(np.mean(np.square(samples[whole * STEP :])))
    return levels


def with_release(gains: Levels, release: int) -> Levels:
    """Return gains that rise slowly after a reduction, by one `release`th of the way at each value, to avoid pumping.

    Each reduction is the largest of the earlier ones, decayed since: in logarithms, a running maximum along a slope.
    """
    import numpy as np

    if float(np.min(gains, initial=1.0)) >= 1.0:
        return gains
    slope = np.arange(len(gains), dtype=np.float64) * -math.log1p(-1 / release)
    with np.errstate(divide="ignore"):
        logs = np.log(1.0 - gains)
    smooth: Levels = 1.0 - np.exp(np.maximum.accumulate(logs + slope) - slope)
    return smooth


def at_borders(gains: Levels) -> Levels:
    """Return gains at the borders of cells, so that the gain inside a cell never exceeds the cell's own."""
    import numpy as np

    lower: Levels = np.minimum(np.append(gains, 1.0), np.insert(gains, 0, 1.0))
    return lower


def apply_gains(samples: Samples, borders: Levels, cell: int) -> None:
    """Multiply samples, in place, by a gain interpolated linearly between borders that are `cell` samples apart."""
    import numpy as np

    along = np.arange(cell, dtype=np.float32) / np.float32(cell)
    borders = borders.astype(np.float32)
    step = _CHUNK // cell
    for first in range(0, len(borders) - 1, step):
        here = borders[first : first + step + 1]
        curve = (here[:-1, None] + np.diff(here)[:, None] * along).ravel()
        part = samples[first * cell : first * cell + len(curve)]
        part *= curve[: len(part)]


# ---- limiter -----------------------------------------------------------------------------------------------------


def limiter_gains(peaks: Samples, gain: float, ceiling: float) -> Levels:
    """Return the gain of every cell, `gain` included, that keeps cells with these true peaks below `ceiling`.

    The gain begins to fall 5 ms before a peak and is low in the neighbouring cells too, so that interpolated values
    also stay below what the peak allows.
    """
    import numpy as np

    wanted = ceiling / np.maximum(peaks.astype(np.float64) * gain, ceiling)
    lowest = with_release(_sliding_minimum(wanted, _LOOK_AHEAD), _LIMITER_RELEASE)
    window = np.hanning(2 * _LOOK_AHEAD + 1)[1:-1]
    smooth: Levels = np.convolve(np.pad(lowest, _LOOK_AHEAD - 1, mode="edge"), window / window.sum(), "valid")
    smooth *= gain
    return smooth


def _sliding_minimum(values: Levels, reach: int) -> Levels:
    import numpy as np

    padded = np.pad(values, reach, constant_values=1.0)
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    lowest: Levels = views.min(axis=1)
    return lowest


def gains_for_loudness(peaks: Samples, powers: Levels, target: float, ceiling: float) -> Levels:
    """Return the limiter gains that bring sound with these true peaks and K-weighted powers to `target` LUFS.

    Limiting takes away a little loudness, which more gain restores; a few rounds settle it. They are cheap: they work
    on 100 powers a second and do not touch the samples.
    """
    import numpy as np

    per_step = STEP // CELL
    loudness = gated_loudness(powers)
    decibels = target - loudness
    gains = np.ones(len(peaks))
    for _round in range(_ROUNDS):
        gains = limiter_gains(peaks, 10 ** (decibels / 20), ceiling)
        whole = len(powers) * per_step
        in_steps = np.square(np.pad(gains, (0, max(0, whole - len(gains))), mode="edge")[:whole])
        missing = target - gated_loudness(powers * in_steps.reshape(-1, per_step).mean(axis=1))
        if abs(missing) <= _SETTLED:
            break
        decibels += missing
    return gains
