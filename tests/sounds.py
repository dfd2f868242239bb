"""Clips for the tests of what plays them."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from pathlib import Path

    from pulse import Samples


def noise(seconds: float, seed: int = 1) -> Samples:
    """Return noise without one silent sample: any two stretches of it differ, so that a place in it can be found."""
    samples = np.random.default_rng(seed).integers(500, 12_000, round(seconds * CLIP_RATE))
    signs = np.random.default_rng(seed + 1).choice([-1, 1], len(samples))
    return (samples * signs).astype("<i2")


def write_wav(path: Path, samples: Samples, *, rate: int = CLIP_RATE, channels: int = 1) -> Path:
    """Write samples as a 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def read_wav(path: Path) -> Samples:
    """Read a clip's samples."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")
