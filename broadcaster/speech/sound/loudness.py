"""Measure loudness: integrated loudness (ITU-R BS.1770-4, EBU R 128) and true peak.

Mono float32 at `CLIP_RATE`, full scale 1.0. The tests compare with pyloudnorm, scipy and ffmpeg, which are independent
of this code.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.filters import BLOCK, BlockFilter, biquad, kernel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.sound.filters import Samples

    Levels = npt.NDArray[np.float64]

SILENCE = -70.0
"""LUFS of sound that is entirely below the absolute gate, and dBTP of digital silence."""

STEP = CLIP_RATE // 100
"""Samples in each step of `weighted_powers`: 10 ms."""

CELL = CLIP_RATE // 1000
"""Samples in each cell of `cell_peaks`: 1 ms."""

_HOP, _WINDOW = 10, 40  # steps: a new gating block every 100 ms, each 400 ms long
_OFFSET = -0.691
_RELATIVE_GATE = -10.0

# ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the RLB high-pass, at 48 kHz
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_RLB = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

_TAPS = 32  # of each interpolator; the recommendation asks for 12
_BEFORE = _TAPS // 2 - 1
_AFTER = _TAPS // 2
_AROUND = 2  # cells on either side whose samples reach into a cell's peak
_ROWS = 512  # cells interpolated at once


# ---- loudness ----------------------------------------------------------------------------------------------------


def integrated(samples: Samples) -> float:
    """Return the integrated loudness in LUFS; `SILENCE` if nothing passes the gate."""
    return gated_loudness(weighted_powers(samples))


def weighted_powers(samples: Samples) -> Levels:
    """Return the K-weighted mean square of every whole step of 10 ms (of all the samples if there are fewer)."""
    meter = PowerMeter()
    meter.add(samples)
    return meter.powers()


class PowerMeter:
    """Measures the K-weighted powers of sound that comes in pieces."""

    def __init__(self) -> None:
        self._filter = BlockFilter(_weighting())
        self._steps = StepPowers()

    def add(self, samples: Samples) -> None:
        """Measure the next samples."""
        self._steps.add(self._filter(samples))

    def powers(self) -> Levels:
        """Return the mean square of every whole step so far, of all the samples if there are fewer than one step."""
        import numpy as np

        powers, rest = self._steps.powers(), self._steps.rest
        return powers if len(powers) else np.array([float(np.mean(rest)) if len(rest) else 0.0])


class StepPowers:
    """The mean square of every 10 ms of sound that comes in pieces; `rest`: the squares of a step that is not whole."""

    def __init__(self) -> None:
        import numpy as np

        self.rest = np.zeros(0, np.float32)
        self._powers: list[Samples] = []

    def add(self, samples: Samples) -> None:
        """Measure the next samples."""
        import numpy as np

        squares = np.concatenate([self.rest, np.square(samples)])
        whole = len(squares) // STEP * STEP
        self._powers.append(squares[:whole].reshape(-1, STEP).mean(axis=1))
        self.rest = squares[whole:]

    def powers(self) -> Levels:
        """Return the powers of the whole steps so far."""
        import numpy as np

        return np.concatenate([np.zeros(0), *self._powers])


@cache
def _weighting() -> Samples:
    return kernel(biquad(*_SHELF), biquad(*_RLB))


def gated_loudness(powers: Levels) -> float:
    """Return the integrated loudness from the powers of 10 ms steps.

    Sound shorter than one gating block is measured as one block of its length.
    """
    import numpy as np

    sums = np.cumsum(np.concatenate([[0.0], powers]))
    blocks = (sums[_WINDOW:] - sums[:-_WINDOW])[::_HOP] / _WINDOW if len(powers) >= _WINDOW else sums[-1:] / len(powers)
    loud = blocks[blocks > _power(SILENCE)]
    if not len(loud):
        return SILENCE
    gate = _loudness(float(np.mean(loud))) + _RELATIVE_GATE
    return _loudness(float(np.mean(loud[loud > _power(gate)])))


def _loudness(power: float) -> float:
    return _OFFSET + 10 * math.log10(power)


def _power(loudness: float) -> float:
    return float(10 ** ((loudness - _OFFSET) / 10))


# ---- true peak ---------------------------------------------------------------------------------------------------


def true_peak(samples: Samples) -> float:
    """Return the true peak in dBTP: the highest level at and between the samples, at four times the rate."""
    meter = TruePeakMeter()
    meter.add(samples)
    return meter.true_peak()


class TruePeakMeter:
    """Measures the true peak of sound that comes in pieces."""

    def __init__(self) -> None:
        self._cells = CellPeaks(0.0)
        self._highest = 0.0

    def add(self, samples: Samples) -> None:
        """Measure the next samples."""
        # Cells that cannot exceed the highest sample, even between samples, need no interpolation.
        self._cells.floor = max(self._highest, _highest(samples))
        self._see(self._cells.add(samples))

    def true_peak(self) -> float:
        """Return the true peak of all that was added, in dBTP."""
        self._see(self._cells.rest())
        return max(SILENCE, 20 * math.log10(self._highest)) if self._highest else SILENCE

    def _see(self, peaks: Samples) -> None:
        self._highest = max(self._highest, _highest(peaks))


def _highest(samples: Samples) -> float:
    import numpy as np

    return max(float(np.max(samples, initial=0.0)), -float(np.min(samples, initial=0.0)))


class CellPeaks:
    """Yields `cell_peaks` of sound that comes in pieces. What lies around a cell is needed for it: it comes later."""

    def __init__(self, floor: float) -> None:
        import numpy as np

        self.floor = floor
        self._samples = np.zeros(0, np.float32)  # whose cells are not known yet, and `_before` cells before those
        self._before = 0

    def add(self, samples: Samples) -> Samples:
        """Take the next samples; return the peaks of the cells that are known now."""
        import numpy as np

        self._samples = np.concatenate([self._samples, samples])
        known = len(self._samples) // CELL - _AROUND
        return self._peaks(known) if known > self._before else np.zeros(0, np.float32)

    def rest(self) -> Samples:
        """Return the peaks of the last cells: there are no more samples."""
        return self._peaks(-(-len(self._samples) // CELL))

    def _peaks(self, known: int) -> Samples:
        peaks = cell_peaks(self._samples, self.floor)[self._before : known]
        kept = max(0, known - _AROUND)
        self._samples, self._before = self._samples[kept * CELL :], known - kept
        return peaks


def cell_peaks(samples: Samples, floor: float) -> Samples:
    """Return the true peak of every millisecond (the last may be shorter).

    Exact above `floor`; below it the highest sample is returned, which saves most of the work.
    """
    import numpy as np

    cells = -(-len(samples) // CELL)
    peaks = np.zeros(cells, np.float32)
    for start in range(0, len(samples), BLOCK):
        block = np.abs(samples[start : start + BLOCK])
        block = np.pad(block, (0, -len(block) % CELL))
        peaks[start // CELL : (start + len(block)) // CELL] = block.reshape(-1, CELL).max(axis=1)
    near = np.pad(peaks, 1)
    highest_around = np.maximum(np.maximum(near[:-2], near[2:]), peaks)
    rising = np.flatnonzero(highest_around * _most_gain() > floor)
    for first in range(0, len(rising), _ROWS):
        rows = rising[first : first + _ROWS]
        peaks[rows] = np.maximum(peaks[rows], _between(samples, rows))
    return peaks


def _between(samples: Samples, cells: npt.NDArray[np.intp]) -> Samples:
    """Return the highest interpolated level between the samples of each of these cells."""
    import numpy as np

    reach = np.arange(-_BEFORE, CELL + _AFTER)
    places = cells[:, None] * CELL + reach
    inside = (places >= 0) & (places < len(samples))
    around = np.where(inside, samples[np.clip(places, 0, len(samples) - 1)], np.float32(0))
    windows = np.lib.stride_tricks.sliding_window_view(around, _TAPS, axis=1)
    highest: Samples = np.abs(windows @ _interpolators()).max(axis=(1, 2))
    return highest


@cache
def _interpolators() -> Samples:
    """Return, as columns, the filters that interpolate a quarter, a half and three quarters of a sample later."""
    import numpy as np

    distance = np.arange(-_BEFORE, _AFTER + 1)[:, None] - np.array([0.25, 0.5, 0.75])
    window = np.i0(6.0 * np.sqrt(np.maximum(0.0, 1 - (distance / (_TAPS / 2)) ** 2))) / np.i0(6.0)
    taps = np.sinc(distance) * window
    columns: Samples = (taps / taps.sum(axis=0)).astype(np.float32)
    return columns


@cache
def _most_gain() -> float:
    """Return the largest possible ratio of an interpolated value to the highest sample around it."""
    import numpy as np

    return float(np.abs(_interpolators()).sum(axis=0).max())
