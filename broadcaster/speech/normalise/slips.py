"""Forgotten tone marks: "diên tích" is meant to be "diện tích". They are warned of, and read as they are written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .data import rows
from .letters import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]+")


class Slip(NamedTuple):
    """Where two syllables stand of which one seems to lack its tone mark, and the word that seems to be meant."""

    start: int
    end: int
    right: str


@lru_cache(maxsize=1)
def _slips() -> Mapping[str, Mapping[str, str]]:
    """Return the words that seem to be meant by their two syllables, of which one lacks its tone mark."""
    words = [word for (word,) in rows("compounds.tsv", 1)]
    slips: dict[str, dict[str, str]] = {}
    for word in words:
        first, second = word.split()
        for typed in ((bare(first), second), (first, bare(second))):
            if " ".join(typed) not in words:
                slips.setdefault(typed[0], {})[typed[1]] = word
    return slips


def find_slips(text: str) -> Iterator[Slip]:
    """Yield the words of two syllables in which a tone mark was forgotten, in the order of the text."""
    slips, start, before = _slips(), 0, ""
    for found in _WORD.finditer(text):
        typed = found.group()
        beside = before and found.start() == start + len(before) + 1 and text[found.start() - 1] in " \n"
        if beside and (right := slips[before.lower()].get(typed.lower())) and not before.isupper():
            yield Slip(start, found.end(), right)
        start, before = found.start(), typed if typed.lower() in slips else ""
