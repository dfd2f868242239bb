"""How much of a sound a recogniser of Vietnamese understands: part of `voices.py`.

The recogniser is that of the package viet-asr (Apache-2.0): its model, trained on people, lies inside the wheel, and
nothing is fetched. It reads people well, also by telephone, and machines that do not sound like people badly: a figure
for eSpeak NG compares eSpeak with itself, and says little about a human ear, which gets used to a voice.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr
import vietasr

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Sound = npt.NDArray[np.float64]

_RATE = 16_000
_AROUND = np.zeros(_RATE // 4)
_TONES = "\u0300\u0301\u0309\u0303\u0323"  # as combining marks
Syllable = tuple[str, str]
"""Its letters without a tone, and its tone: "hoà" and "hòa" are the same."""


@cache
def _recogniser() -> Any:
    return vietasr.Pipeline.preset("transcribe")


def understood(sound: Sound, rate: int) -> list[Syllable]:
    """Return the syllables that the recogniser took a sound for."""
    plain = soxr.resample(sound, rate, _RATE)
    loud = np.concatenate([_AROUND, plain * 0.7 / max(1e-9, np.abs(plain).max()), _AROUND])
    return syllables(_recogniser().transcribe((loud * 32767).astype(np.int16)).text)


def syllables(text: str) -> list[Syllable]:
    found = []
    for word in re.findall(r"\w+", unicodedata.normalize("NFC", text.lower())):
        letters = unicodedata.normalize("NFD", word)
        tone = "".join(mark for mark in letters if mark in _TONES)
        found.append(("".join(letter for letter in letters if letter not in _TONES), tone))
    return found


def errors(said: Sequence[Any], heard: Sequence[Any]) -> int:
    """Return how many syllables were put in, left out or taken for others, at least."""
    row = list(range(len(heard) + 1))
    for at, one in enumerate(said, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (one != other))
    return row[-1]
