"""Sounds for the tests of the mix, made of their samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from broadcaster.models import CLIP_RATE
from broadcaster.speech.voices import Pcm

Samples = npt.NDArray[np.float64]


def pcm(samples: npt.NDArray[np.floating], rate: int = CLIP_RATE) -> Pcm:
    """Return a sound with these samples, from -1 to 1."""
    return Pcm(np.rint(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes(), rate)


def voice(seconds: float, seed: int = 1, level: float = 0.1, rate: int = 22_050) -> Pcm:
    """Return something with the shape of speech: vowels with overtones, syllable after syllable."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    pitch = 2 * np.pi * np.cumsum(130 + 20 * np.sin(2 * np.pi * 0.7 * at)) / rate
    tone = sum(np.sin(pitch * n + n * n) / n for n in range(1, 30))
    syllables = (
        np.clip(np.sin(2 * np.pi * 3.1 * at) + 0.4, 0, None) ** 2
        * rng.uniform(0.4, 1.0, len(at) // rate + 1)[(at).astype(int)]
    )
    return pcm(level * tone * syllables + rng.normal(0, 0.001, len(at)), rate)


def tone(seconds: float, hertz: float = 1000.0, level: float = 0.1) -> Pcm:
    """Return a sine."""
    return pcm(level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * CLIP_RATE)) / CLIP_RATE))


def silence(seconds: float) -> Pcm:
    """Return nothing but noughts."""
    return Pcm(bytes(round(seconds * CLIP_RATE) * 2), CLIP_RATE)


class Sound(Protocol):
    """What has 16-bit samples."""

    @property
    def samples(self) -> bytes: ...


def samples(sound: Sound | bytes) -> Samples:
    """Return the samples of a sound, from -1 to 1."""
    data = sound if isinstance(sound, bytes) else sound.samples
    return np.frombuffer(data, "<i2") / 32_768


def sounding(data: Samples, floor: float = 1e-3) -> list[tuple[float, float]]:
    """Return where there is sound, as (from, to) in seconds; gaps under 50 ms do not count."""
    at = np.flatnonzero(np.abs(data) > floor)
    ends = np.flatnonzero(np.diff(at) > 0.05 * CLIP_RATE)
    starts = np.concatenate([[at[0]], at[ends + 1]])
    stops = np.concatenate([at[ends], [at[-1]]])
    return [(start / CLIP_RATE, stop / CLIP_RATE) for start, stop in zip(starts, stops, strict=True)]
