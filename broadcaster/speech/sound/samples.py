"""Conversion between 16-bit samples, as sound is stored, and floats, as it is processed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.sound.filters import Samples

CHUNK = 10 * CLIP_RATE
"""Samples that are worked on at once, however long the sound is."""

_FULL_SCALE = 32_768


def floats_of(whole: npt.NDArray[Any]) -> Samples:
    """Return 16-bit samples as float32, full scale 1.0."""
    import numpy as np

    return whole.astype(np.float32) / np.float32(_FULL_SCALE)


def integers_of(samples: Samples) -> npt.NDArray[np.int16]:
    """Return float samples rounded to 16 bits; what exceeds full scale is cut off."""
    import numpy as np

    scaled = np.rint(samples * np.float32(_FULL_SCALE))
    whole: npt.NDArray[np.int16] = np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    return whole
