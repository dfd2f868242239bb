"""Linear filters over long clips: frequency responses turned into FIR kernels and applied block by block.

Everything works on mono float32 arrays, full scale 1.0, at `CLIP_RATE`. A response is given as a function of the
frequency in Hz; numpy alone has no recursive filter, and a kernel of a third of a second holds all that ours ring.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]
    Response = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.complex128]]

TAPS = 16_384
_BLOCK = 65_536


def biquad(b: tuple[float, float, float], a: tuple[float, float, float], rate: int) -> Response:
    """Return the frequency response of a second-order section with coefficients for `rate`."""

    def response(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
        import numpy as np

        delay = np.exp(-2j * np.pi * hertz / rate)
        above = b[0] + b[1] * delay + b[2] * delay**2
        below = a[0] + a[1] * delay + a[2] * delay**2
        quotient: npt.NDArray[np.complex128] = above / below
        return quotient

    return response


def kernel(response: Response, taps: int = TAPS) -> npt.NDArray[np.float32]:
    """Return the causal FIR kernel of a minimum-phase `response`, `taps` long, its end faded out."""
    import numpy as np

    size = 4 * taps
    hertz = np.fft.rfftfreq(size, 1 / CLIP_RATE).astype(np.float64)
    impulse = np.fft.irfft(response(hertz), size)[:taps]
    fade = taps // 8
    impulse[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return impulse.astype(np.float32)


def convolve(samples: Samples, impulse: Samples, delay: int = 0) -> Samples:
    """Return `samples` filtered by `impulse`, as long as before, its first `delay` samples dropped (overlap-add)."""
    import numpy as np

    spectrum = np.fft.rfft(impulse, _BLOCK)
    step = _BLOCK - len(impulse) + 1
    filtered = np.zeros(len(samples) + len(impulse) - 1, np.float32)
    for start in range(0, len(samples), step):
        part = samples[start : start + step]
        block = np.fft.irfft(np.fft.rfft(part, _BLOCK) * spectrum, _BLOCK)
        end = min(start + len(part) + len(impulse) - 1, len(filtered))
        filtered[start:end] += block[: end - start]
    return filtered[delay : delay + len(samples)]


@cache
def horn_kernel(preset: str) -> Samples:
    """Return what shapes every clip: no rumble below 120 Hz, and for "horn" a lift of 4 dB around 3 kHz.

    A horn loudspeaker cannot play what lies below, and it costs level; 2–4 kHz is where consonants are told apart.
    """
    cut = _high_pass(120.0, 0.5412), _high_pass(120.0, 1.3066)  # a Butterworth of the fourth order
    parts = (*cut, _peak(2900.0, 0.9, 4.0)) if preset == "horn" else cut

    def response(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
        import numpy as np

        product = np.ones(len(hertz), np.complex128)
        for part in parts:
            product *= part(hertz)
        return product

    return kernel(response)


def _high_pass(hertz: float, quality: float) -> Response:
    """Return a high-pass of the second order (R. Bristow-Johnson's cookbook)."""
    import math

    turn = 2 * math.pi * hertz / CLIP_RATE
    cosine, alpha = math.cos(turn), math.sin(turn) / (2 * quality)
    return biquad(((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2), (1 + alpha, -2 * cosine, 1 - alpha), CLIP_RATE)


def _peak(hertz: float, quality: float, decibels: float) -> Response:
    """Return a bell of `decibels` around `hertz` (the same cookbook)."""
    import math

    turn = 2 * math.pi * hertz / CLIP_RATE
    cosine, alpha = math.cos(turn), math.sin(turn) / (2 * quality)
    gain = 10 ** (decibels / 40)
    above = (1 + alpha * gain, -2 * cosine, 1 - alpha * gain)
    return biquad(above, (1 + alpha / gain, -2 * cosine, 1 - alpha / gain), CLIP_RATE)
