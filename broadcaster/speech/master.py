"""The last step of every clip: shaped for the loudspeaker, brought to its loudness, held below the ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from broadcaster.settings import MixSettings
    from broadcaster.speech.filters import Samples
    from broadcaster.speech.mix import Mixed

TRUE_PEAK = -1.0
"""dBTP that no clip exceeds."""

_CEILING = -1.3  # what the limiter aims at: rounding, and meters that interpolate otherwise, stay within the difference
_ROUNDS = 5
_CLOSE_ENOUGH = 0.1  # LU
_SHORTEST = CLIP_RATE // 2  # loudness is measured in blocks of 400 ms: every clip holds one
_FULL_SCALE = 32_767


def master(data: bytes, settings: MixSettings) -> Mixed:
    """Return 16-bit samples at `CLIP_RATE` as a finished clip."""
    from broadcaster.speech.dynamics import compress
    from broadcaster.speech.filters import convolve, horn_kernel

    samples = convolve(_padded(data), horn_kernel(settings.preset))
    if settings.preset == "horn":
        samples = compress(samples)
    return _measured(to_loudness(samples, settings.loudness))


def _padded(data: bytes) -> Samples:
    import numpy as np

    samples = np.zeros(max(len(data) // 2, _SHORTEST), np.float32)
    samples[: len(data) // 2] = np.frombuffer(data, "<i2")
    samples /= np.float32(_FULL_SCALE)
    return samples


def _measured(samples: Samples) -> Mixed:
    """Measure what will be written, not what led to it."""
    import numpy as np

    from broadcaster.speech.loudness import integrated, true_peak
    from broadcaster.speech.mix import Mixed

    whole = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype("<i2")
    heard = whole.astype(np.float32) / np.float32(32_768)
    return Mixed(whole.tobytes(), round(integrated(heard), 2), round(true_peak(heard), 2))


def to_loudness(samples: Samples, target: float) -> Samples:
    """Return the samples at `target` LUFS below the ceiling; silence stays as it is.

    Limiting takes a little loudness away, which a little more gain gives back: some rounds settle it.
    """
    import numpy as np

    from broadcaster.speech.dynamics import limit
    from broadcaster.speech.loudness import SILENCE, integrated

    loudness = integrated(samples)
    if loudness <= SILENCE:
        return samples
    ceiling = 10 ** (_CEILING / 20)
    gain = target - loudness
    limited = samples
    for _round in range(_ROUNDS):
        limited = limit(samples * np.float32(10 ** (gain / 20)), ceiling)
        missing = target - integrated(limited)
        if abs(missing) <= _CLOSE_ENOUGH:
            break
        gain += missing
    return limited
