"""How fast a voice speaks: syllables a minute, as they can be counted in a finished clip.

Counted are the syllables as they are said: Vietnamese writes a space between them, and "2027" has seven. The time is
that in which the voice speaks: from the first sound of a sentence to its last, less every pause of 0.2 s or more,
whether the program makes it or the voice does (at a comma). Pauses between sentences and paragraphs, chimes, music and
recordings are not in it: by a stopwatch a text takes longer, by its pauses.

A pause is where the sound stays more than 40 dB below the sentence's peak. Shorter ones belong to speech: "p" and "t"
close the mouth for a tenth of a second.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from broadcaster.speech.voices.base import has_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.speech.voices.base import Pcm

_QUIET_DB = -40.0  # below the peak of the sentence
_FRAMES_A_SECOND = 100
_SHORTEST_PAUSE = 20  # frames: phoneticians' usual 0.2 s

ESPEAK_RATES = (
    (131, 80),
    (140, 90),
    (155, 100),
    (170, 110),
    (186, 120),
    (201, 130),
    (218, 140),
    (233, 150),
    (264, 170),
    (309, 200),
    (341, 220),
    (374, 240),
)
"""Syllables a minute, and what eSpeak NG counts as words a minute for them: `benchmarks/speech_rate.py`, version 1.52,
northern voice. The library takes no less than 80."""


def syllables_in(text: str) -> int:
    """Return how many syllables a text in spoken words has."""
    return sum(map(has_words, text.split()))


def speaking_seconds(pcm: Pcm) -> float:
    """Return the seconds in which one sentence of sound is spoken; 0 for silence."""
    import numpy as np

    samples = np.abs(np.frombuffer(pcm.samples, "<i2").astype(np.int32))
    if not samples.any():
        return 0.0
    size = pcm.rate // _FRAMES_A_SECOND
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size).max(axis=1)
    heard = np.flatnonzero(frames > samples.max() * 10 ** (_QUIET_DB / 20))
    gaps = np.diff(heard) - 1
    return float(heard[-1] - heard[0] + 1 - gaps[gaps >= _SHORTEST_PAUSE].sum()) / _FRAMES_A_SECOND


def along(points: Sequence[tuple[float, float]], value: float) -> float:
    """Return the answer to `value` on the line through rising `points` (value, answer); beyond them the last one."""
    if value <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return points[-1][1]


# ---- how rates were counted before --------------------------------------------------------------------------------

_BY_WORDS = re.compile(r"@(?:\d+\.[\d.]+|[0-9a-f]{12}-[0-9a-f]{4}|1)@(?P<rate>\d+)")
"""The end of a voice's name with its version, as it lies beside clips from before rates counted syllables."""


def spoken_by_words(version: str, rate: int) -> bool:
    """Return whether a clip's voice spoke at that rate when rates were in words as the engines count them."""
    found = _BY_WORDS.search(version)
    return found is not None and found.end() == len(version) and int(found["rate"]) == rate


def rate_of_words(words: int) -> int:
    """Return about how many syllables a minute eSpeak NG said for what it counts as words a minute."""
    return round(along([(setting, rate) for rate, setting in ESPEAK_RATES], words))
