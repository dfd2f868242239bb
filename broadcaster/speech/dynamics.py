"""Level over time: the gentle compressor of the horn preset, and the look-ahead limiter.

Mono float32 at `CLIP_RATE`, full scale 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.filters import convolve
from broadcaster.speech.loudness import oversampled_peaks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.filters import Samples

_STEP = CLIP_RATE // 100  # the compressor hears in steps of 10 ms
_RATIO = 2.0
_ABOVE_MEAN_DB = -6.0  # compression begins this far from the mean level of what is not silence
_RELEASE_STEPS = 20
_LOOK_AHEAD = CLIP_RATE // 200  # 5 ms: as long as the limiter's gain takes to come down
_QUIET = 1e-4


def compress(samples: Samples) -> Samples:
    """Return `samples` with loud words brought 2:1 towards the soft ones; a whisper must carry as far as a call.

    The threshold follows the clip's own mean level, so the result does not depend on how loud the voice came.
    """
    import numpy as np

    levels = _levels(samples)
    heard = levels[levels > _QUIET]
    if not len(heard):
        return samples
    threshold = float(np.sqrt(np.mean(heard**2))) * 10 ** (_ABOVE_MEAN_DB / 20)
    over = np.maximum(levels / threshold, 1.0)
    gains = _released(over ** (1 / _RATIO - 1))
    places = (np.arange(len(gains)) + 0.5) * _STEP
    curve = np.interp(np.arange(len(samples)), places, gains).astype(np.float32)
    shaped: Samples = samples * curve
    return shaped


def _levels(samples: Samples) -> npt.NDArray[np.float64]:
    """Return the level (RMS) of every 10 ms."""
    import numpy as np

    steps = -(-len(samples) // _STEP)
    padded = np.zeros(steps * _STEP, np.float32)
    padded[: len(samples)] = samples
    levels: npt.NDArray[np.float64] = np.sqrt(np.square(padded).reshape(steps, _STEP).mean(axis=1, dtype=np.float64))
    return levels


def _released(gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Let a gain that went down come up again slowly: no pumping between syllables."""
    rest = 1.0
    smooth = gains.copy()
    for at, gain in enumerate(gains):
        rest = min(gain, rest + (1.0 - rest) / _RELEASE_STEPS)
        smooth[at] = rest
    return smooth


def limit(samples: Samples, ceiling: float) -> Samples:
    """Return `samples` with no true peak above `ceiling` (linear), turned down smoothly from 5 ms ahead of a peak."""
    import numpy as np

    peaks = oversampled_peaks(samples)
    if float(np.max(peaks, initial=0.0)) <= ceiling:
        return samples
    wanted = (ceiling / np.maximum(peaks, ceiling)).astype(np.float32)
    window = 2 * _LOOK_AHEAD + 1
    lowest = _sliding_minimum(wanted, window)
    # Every gain that the window averages is at most what the peak in its middle allows, so the average is too.
    bell = np.hanning(window + 2)[1:-1].astype(np.float32)
    padded = np.pad(lowest - 1.0, (_LOOK_AHEAD, _LOOK_AHEAD))
    gains = convolve(padded, bell / bell.sum(), _LOOK_AHEAD)[_LOOK_AHEAD : _LOOK_AHEAD + len(samples)] + 1.0
    limited: Samples = samples * gains.astype(np.float32)
    return limited


def _sliding_minimum(values: Samples, window: int) -> Samples:
    """Return the minimum of the `window` values around each, in a few passes that double the reach."""
    import numpy as np

    half = window // 2
    lowest = np.pad(values, (half, half), constant_values=1.0)
    reach = 1
    while reach < window:
        hop = min(reach, window - reach)
        lowest = np.minimum(lowest[:-hop], lowest[hop:])
        reach += hop
    return lowest
