"""How far apart the six tones of a voice are, in semitones: part of `voices.py`.

Each syllable of a set such as "ma mà má mả mã mạ" is said in a frame; its pitch, from where its voicing begins until
the frame's first voiceless sound, is sampled at eleven points (Praat's autocorrelation, 50–500 Hz). The span is the
highest point of all six less the lowest. The distance of two tones is the root mean square between their contours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import parselmouth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Sound = npt.NDArray[np.float64]
    Speak = Callable[[str], tuple[Sound, int]]

_STEP = 0.005  # seconds
_GAP = 0.06  # a shorter break, as of a creak, does not end a syllable
_SHORTEST = 0.08
_POINTS = np.linspace(0.1, 0.95, 11)


@dataclass(frozen=True)
class Tones:
    """Means over the sets, in semitones; `pair` is the one that was closest, on any set."""

    span: float
    closest: float
    pair: str


def measure_tones(speak: Speak, frame: str, sets: Sequence[Sequence[str]]) -> Tones:
    spans, closest = [], []
    for syllables in sets:
        contours = {each: contour(*speak(frame.format(each.capitalize()))) for each in syllables}
        heights = np.concatenate(list(contours.values()))
        spans.append(heights.max() - heights.min())
        distances = {
            f"{one}–{other}": float(np.sqrt(np.mean((contours[one] - contours[other]) ** 2)))
            for one, other in combinations(syllables, 2)
        }
        closest.append(min(distances.items(), key=lambda found: found[1]))
    pair, _least = min(closest, key=lambda found: found[1])
    return Tones(float(np.mean(spans)), float(np.mean([least for _pair, least in closest])), pair)


def contour(sound: Sound, rate: int) -> Sound:
    """Return the pitch of the first syllable at eleven points, in semitones above 100 Hz."""
    pitch = parselmouth.Sound(sound, rate).to_pitch_ac(time_step=_STEP, pitch_floor=50, pitch_ceiling=500)
    hertz = pitch.selected_array["frequency"]
    voiced = np.flatnonzero(hertz > 0)
    runs = np.split(voiced, np.flatnonzero(np.diff(voiced) > _GAP / _STEP) + 1)
    first = next(run for run in runs if len(run) * _STEP >= _SHORTEST)
    heights = 12 * np.log2(hertz[first] / 100)
    return np.asarray(np.interp(_POINTS, np.linspace(0, 1, len(heights)), heights), np.float64)
