"""A horn loudspeaker on a hill, its echoes and the noise of a village: what `voices.py` sends every voice through.

`through_horn(sound, rate, place, snr)` passes mono sound (float, full scale 1.0) through a band of 300–4000 Hz, adds
echoes that come 200–600 ms late, and noise with the long-term spectrum of people talking, `snr` dB below the speech.

What the numbers stand for: horns of public address lose what lies outside about 300–4000 Hz; a second horn 70–200 m
farther away, or a hillside half as far behind, is heard 200–600 ms later. Levels and delays are of three made-up
places: the figures compare voices and settings with each other, and say nothing of a certain commune.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

if TYPE_CHECKING:
    import numpy.typing as npt

    Sound = npt.NDArray[np.float64]

BAND = (300.0, 4000.0)  # Hz


@dataclass(frozen=True)
class Place:
    """Echoes as (milliseconds late, dB below the direct sound), and the seed of its noise."""

    name: str
    echoes: tuple[tuple[float, float], ...]
    seed: int


PLACES = (
    Place("two horns", ((210, -10), (430, -16)), 1),
    Place("a hillside", ((340, -11), (380, -14), (590, -17)), 2),
    Place("a valley", ((200, -13), (290, -13), (410, -14), (520, -16), (600, -17)), 3),
)


def through_horn(sound: Sound, rate: int, place: Place, snr: float) -> Sound:
    """Return what is heard at a place; the end is longer by the last echo."""
    heard = signal.sosfilt(signal.butter(4, BAND, "bandpass", fs=rate, output="sos"), sound)
    late = round(max(delay for delay, _level in place.echoes) * rate / 1000)
    whole = np.pad(heard, (0, late))
    for delay, level in place.echoes:
        at = round(delay * rate / 1000)
        whole[at : at + len(heard)] += heard * 10 ** (level / 20)
    speech = np.sqrt(np.mean(heard[np.abs(heard) > 0.02 * np.abs(heard).max(initial=0.0)] ** 2))
    noise = village(len(whole), rate, place.seed)
    return np.asarray(whole + noise * speech * 10 ** (-snr / 20), np.float64)


def village(frames: int, rate: int, seed: int) -> Sound:
    """Return noise of mean square 1 in the horn's band, falling by 6 dB an octave above 500 Hz as speech does."""
    white = np.random.default_rng(seed).standard_normal(frames)
    slope = signal.sosfilt(signal.butter(1, 500, "lowpass", fs=rate, output="sos"), white)
    noise = signal.sosfilt(signal.butter(2, BAND, "bandpass", fs=rate, output="sos"), slope)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), np.float64)
