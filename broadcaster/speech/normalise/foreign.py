"""Words that are no Vietnamese syllable and stand in no table: Kdun, Szeged. They are warned of."""

from __future__ import annotations

import re

from .letters import is_syllable
from .result import Doubt
from .text import TextView, TokenReading

_RUN = re.compile(r"[^\W\d_]{2,}")
_CLUSTER = re.compile("[bcdđghklmnprstx][bcdđghklmnpqrstvx]", re.IGNORECASE)
INITIAL_SOUNDS = {
    "b": "bờ", "c": "cờ", "d": "dờ", "đ": "đờ", "g": "gờ", "h": "hờ", "k": "cờ", "l": "lờ", "m": "mờ", "n": "nờ",
    "p": "pờ", "r": "rờ", "s": "sờ", "t": "tờ", "x": "xờ",
}  # fmt: skip
"""How a consonant sounds that stands alone before a syllable: H'Hen, Kdun."""


def read_foreign(view: TextView, pos: int) -> TokenReading | None:
    """Leave an unknown word to the voice; a consonant before a syllable, as in names of the highlands, is parted."""
    found = _RUN.match(view.text, pos)
    if not found or is_syllable(found.group()):
        return None
    word = found.group() if found.group()[1:].islower() else found.group().lower()
    return TokenReading(found.end(), _parted(word) or word, Doubt.FOREIGN)


def _parted(word: str) -> str:
    rest = word[1:]
    if not _CLUSTER.match(word) or not is_syllable(rest):
        return ""
    sounds = f"{INITIAL_SOUNDS[word[0].lower()]} {rest}"
    return sounds.title() if word[0].isupper() else sounds
