"""Linear filters over sound of any length: frequency responses turned into FIR kernels and applied block by block.

Everything works on mono float32 arrays, full scale 1.0, at `CLIP_RATE`. numpy has no recursive filters; a kernel of a
sixth of a second covers the whole response of the filters here.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]
    Response = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.complex128]]

BLOCK = CLIP_RATE // 2
"""Samples that are filtered at once."""

_TAPS = 8_192
_FFT = 32_768  # a block and the kernel's tail fit in it

_RUMBLE_HZ = 120.0
_BUTTERWORTH_8 = (0.50980, 0.60134, 0.89998, 2.56292)  # Q of the four sections
_PRESENCE = (2_900.0, 0.9, 4.0)  # Hz, Q, dB


def biquad(b: tuple[float, float, float], a: tuple[float, float, float]) -> Response:
    """Return the frequency response of a second-order section, from its coefficients at `CLIP_RATE`."""

    def response(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
        import numpy as np

        delay = np.exp(-2j * np.pi * hertz / CLIP_RATE)
        quotient: npt.NDArray[np.complex128] = (b[0] + b[1] * delay + b[2] * delay**2) / (
            a[0] + a[1] * delay + a[2] * delay**2
        )
        return quotient

    return response


def kernel(*responses: Response) -> Samples:
    """Return the FIR kernel of causal filters in series, its end faded out."""
    import numpy as np

    size = 4 * _TAPS  # so long that what wraps around from its end is negligible
    hertz = np.fft.rfftfreq(size, 1 / CLIP_RATE).astype(np.float64)
    product = math.prod((response(hertz) for response in responses), start=np.ones(len(hertz), np.complex128))
    impulse = np.fft.irfft(product, size)[:_TAPS]
    fade = _TAPS // 8
    impulse[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return impulse.astype(np.float32)


class BlockFilter:
    """Filters sound that comes in pieces, by overlap-add."""

    def __init__(self, impulse: Samples) -> None:
        import numpy as np

        self._spectrum = np.fft.rfft(impulse, _FFT)
        self._tail = np.zeros(_FFT - BLOCK, np.float32)

    def __call__(self, part: Samples) -> Samples:
        """Return the next `part` filtered, as long as it is."""
        import numpy as np

        blocks = [self._block(part[start : start + BLOCK]) for start in range(0, len(part), BLOCK)]
        return np.concatenate(blocks) if blocks else part

    def _block(self, part: Samples) -> Samples:
        import numpy as np

        whole = np.fft.irfft(np.fft.rfft(part, _FFT) * self._spectrum, _FFT).astype(np.float32, copy=False)
        whole[: len(self._tail)] += self._tail
        self._tail = whole[len(part) : len(part) + len(self._tail)]
        return whole[: len(part)]


def shaping_filter(preset: str) -> BlockFilter:
    """Return what removes DC and everything below 120 Hz; for "horn" it also raises the range around 3 kHz by 4 dB.

    Horn loudspeakers cannot play low frequencies, which cost level; consonants are distinguished around 3 kHz.
    """
    return BlockFilter(_shape_kernel(preset))


@cache
def _shape_kernel(preset: str) -> Samples:
    cut = [_high_pass(_RUMBLE_HZ, quality) for quality in _BUTTERWORTH_8]
    return kernel(*cut, *([_peak(*_PRESENCE)] if preset == "horn" else []))


def _high_pass(hertz: float, quality: float) -> Response:
    """Return a second-order high-pass (R. Bristow-Johnson's cookbook)."""
    cosine, alpha = _turn(hertz, quality)
    return biquad(((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2), (1 + alpha, -2 * cosine, 1 - alpha))


def _peak(hertz: float, quality: float, decibels: float) -> Response:
    """Return a peaking filter of `decibels` around `hertz` (the same cookbook)."""
    cosine, alpha = _turn(hertz, quality)
    gain = 10 ** (decibels / 40)
    above = (1 + alpha * gain, -2 * cosine, 1 - alpha * gain)
    return biquad(above, (1 + alpha / gain, -2 * cosine, 1 - alpha / gain))


def _turn(hertz: float, quality: float) -> tuple[float, float]:
    angle = 2 * math.pi * hertz / CLIP_RATE
    return math.cos(angle), math.sin(angle) / (2 * quality)
