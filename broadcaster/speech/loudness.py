"""How loud a clip is: integrated loudness (ITU-R BS.1770-4, EBU R 128) and true peak.

Mono float32 at `CLIP_RATE`, full scale 1.0. Checked in the tests against pyloudnorm and ffmpeg, which share no line
with this.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.filters import biquad, convolve, kernel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.filters import Samples

SILENCE = -70.0
"""LUFS of what the absolute gate lets nothing through of, and dBTP of digital silence."""

_STEP = CLIP_RATE // 10
_BLOCKS = 4  # gating blocks of 400 ms, a new one every 100 ms
_OFFSET = -0.691
_RELATIVE_GATE = -10.0
_PHASES = 4
_PHASE_TAPS = 32

# ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the RLB high-pass, at 48 kHz
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_RLB = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@cache
def _weighting() -> Samples:
    shelf, rlb = biquad(*_SHELF, CLIP_RATE), biquad(*_RLB, CLIP_RATE)
    return kernel(lambda hertz: shelf(hertz) * rlb(hertz))


def integrated(samples: Samples) -> float:
    """Return the integrated loudness in LUFS; `SILENCE` where nothing passes the gate.

    What is shorter than one gating block is measured as one block of its own length.
    """
    import numpy as np

    if not len(samples):
        return SILENCE
    weighted = convolve(samples, _weighting())
    powers = _block_powers(weighted)
    loud = powers[powers > _power(SILENCE)]
    if not len(loud):
        return SILENCE
    gate = _loudness(float(np.mean(loud))) + _RELATIVE_GATE
    kept = loud[loud > _power(gate)]
    return _loudness(float(np.mean(kept)))


def _block_powers(weighted: Samples) -> npt.NDArray[np.float64]:
    """Return the mean square of every gating block that is whole."""
    import numpy as np

    steps = len(weighted) // _STEP
    if steps < _BLOCKS:
        return np.array([np.mean(np.square(weighted, dtype=np.float64))])
    squares = np.square(weighted[: steps * _STEP]).reshape(steps, _STEP).mean(axis=1, dtype=np.float64)
    sums = np.cumsum(np.concatenate([[0.0], squares]))
    powers: npt.NDArray[np.float64] = (sums[_BLOCKS:] - sums[:-_BLOCKS]) / _BLOCKS
    return powers


def _loudness(power: float) -> float:
    return _OFFSET + 10 * math.log10(power)


def _power(loudness: float) -> float:
    return float(10 ** ((loudness - _OFFSET) / 10))


def decibels(level: float) -> float:
    """Return a level in dB below full scale, `SILENCE` at the least."""
    return max(SILENCE, 20 * math.log10(level)) if level > 0 else SILENCE


def true_peak(samples: Samples) -> float:
    """Return the true peak in dBTP: the highest level between and on the samples, at four times the rate."""
    import numpy as np

    return decibels(float(np.max(oversampled_peaks(samples), initial=0.0)))


def oversampled_peaks(samples: Samples) -> Samples:
    """Return for every sample the highest level from it up to the next one, as a converter would draw it."""
    import numpy as np

    peaks = np.abs(samples)
    for phase in _interpolators():
        between = convolve(samples, phase, _PHASE_TAPS // 2 - 1)
        np.maximum(peaks, np.abs(between), out=peaks)
    return peaks


@cache
def _interpolators() -> tuple[Samples, ...]:
    """Return the filters that give the signal a quarter, a half and three quarters of a sample later."""
    import numpy as np

    places = np.arange(_PHASE_TAPS) - (_PHASE_TAPS // 2 - 1)
    window = np.kaiser(_PHASE_TAPS * _PHASES, 6.0)
    filters = []
    for phase in range(1, _PHASES):
        taps = np.sinc(places - 1 + (_PHASES - phase) / _PHASES)
        filters.append((taps * window[_PHASES - phase :: _PHASES]).astype(np.float32))
    return tuple(filters)
