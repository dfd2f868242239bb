"""Words that are no Vietnamese syllable and stand in no table: Kdun, Szeged. They are warned of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .letters import is_syllable, tone_moved
from .result import Doubt
from .text import TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Mapping

_RUN = re.compile(r"[^\W\d_]{2,}")
_CLUSTER = re.compile("[bcdđghklmnprstx][bcdđghklmnpqrstvx]", re.IGNORECASE)
INITIAL_SOUNDS = {
    "b": "bờ", "c": "cờ", "d": "dờ", "đ": "đờ", "g": "gờ", "h": "hờ", "k": "cờ", "l": "lờ", "m": "mờ", "n": "nờ",
    "p": "pờ", "r": "rờ", "s": "sờ", "t": "tờ", "x": "xờ",
}  # fmt: skip
"""How a consonant sounds that stands alone before a syllable: H'Hen, Kdun."""


def read_foreign(view: TextView, pos: int, names: Mapping[str, str]) -> TokenReading | None:
    """Leave an unknown word to the voice; a consonant before a syllable, as in names of the highlands, is parted.

    In odd letter case (TeL) it may be one of `names`.
    """
    found = _RUN.match(view.text, pos)
    if not found or is_syllable(found.group()):
        return None
    word = found.group()
    if not word[1:].islower():
        word = word.lower()
        if word in names:
            return TokenReading(found.end(), names[word], Doubt.GUESSED)
    return TokenReading(found.end(), as_heard(word), Doubt.FOREIGN)


def as_heard(word: str) -> str:
    """Return `word`, with the sound of a consonant that stands before a syllable: Kdun is "Cờ Dun"."""
    rest = tone_moved(word[1:])
    if not _CLUSTER.match(word) or not is_syllable(rest):
        return word
    sounds = f"{INITIAL_SOUNDS[word[0].lower()]} {rest}"
    return sounds.title() if word[0].isupper() else sounds
