"""Linear filters over long clips: frequency responses turned into FIR kernels and applied block by block.

Everything works on mono float32 arrays, full scale 1.0, at `CLIP_RATE`. numpy has no recursive filters; a kernel of a
sixth of a second covers the whole response of the filters here.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]
    Response = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.complex128]]

BLOCK = CLIP_RATE // 2
"""Samples in each filtered block except the last: a multiple of every step in which levels are measured."""

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


def filter_blocks(samples: Samples, impulse: Samples) -> Iterator[tuple[int, Samples]]:
    """Yield the start and the filtered samples of each block of `BLOCK` (the last may be shorter), by overlap-add.

    Each block may be written over `samples` as soon as it is yielded.
    """
    import numpy as np

    spectrum = np.fft.rfft(impulse, _FFT)
    tail = np.zeros(_FFT - BLOCK, np.float32)
    for start in range(0, len(samples), BLOCK):
        part = samples[start : start + BLOCK]
        whole = np.fft.irfft(np.fft.rfft(part, _FFT) * spectrum, _FFT).astype(np.float32, copy=False)
        whole[: len(tail)] += tail
        tail = whole[BLOCK:]
        yield start, whole[: len(part)]


def shape(samples: Samples, preset: str) -> None:
    """Remove DC and everything below 120 Hz, in place; for "horn" also raise the range around 3 kHz by 4 dB.

    Horn loudspeakers cannot play low frequencies, which cost level; consonants are distinguished around 3 kHz.
    """
    for start, block in filter_blocks(samples, _shape_kernel(preset)):
        samples[start : start + len(block)] = block


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
