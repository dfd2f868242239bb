"""Conversion between 16-bit samples, as sound is stored, and floats, as it is processed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.voices.base import Pcm

if TYPE_CHECKING:
    from broadcaster.speech.sound.filters import Samples

_FULL_SCALE = 32_768
_CHUNK = CLIP_RATE


def samples_of(sound: Pcm, at_least: int = 0) -> Samples:
    """Return a sound as float32, full scale 1.0; padded with silence to `at_least` so many samples."""
    import numpy as np

    whole = np.frombuffer(sound.samples, "<i2")
    samples = np.zeros(max(len(whole), at_least), np.float32)
    samples[: len(whole)] = whole
    samples /= np.float32(_FULL_SCALE)
    return samples


def round_samples(samples: Samples) -> None:
    """Round samples, in place, to 16-bit values, so that measurements match what will be written."""
    import numpy as np

    for start in range(0, len(samples), _CHUNK):
        part = samples[start : start + _CHUNK]
        part *= np.float32(_FULL_SCALE)
        np.rint(part, out=part)
        np.clip(part, -_FULL_SCALE, _FULL_SCALE - 1, out=part)
        part /= np.float32(_FULL_SCALE)


def pcm_of(samples: Samples) -> Pcm:
    """Return samples at `CLIP_RATE` in 16 bits. Overwrites `samples`, to save memory on long programmes.

    The integers are written over the first half of the floats, which has been read by then.
    """
    import numpy as np

    round_samples(samples)
    whole = samples.view("<i2")[: len(samples)]
    for start in range(0, len(samples), _CHUNK):
        part = samples[start : start + _CHUNK] * np.float32(_FULL_SCALE)
        whole[start : start + len(part)] = part
    return Pcm(whole.tobytes(), CLIP_RATE)
