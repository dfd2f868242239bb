"""When a number or a letter that no rule knows may well be read otherwise: then a person should look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .result import Doubt

if TYPE_CHECKING:
    from .text import TextView

_LIST_LIKE = re.compile(r"([1-9]),([1-9])")
_LONG = 7  # digits without a point: more likely the number of something than an amount
_SURE_MIX = re.compile(r"[0-9]{1,3}[a-eA-EG][0-9]{0,2}")  # class 10A1, house 5a, 4G
_SHORT_FOR_WORDS = frozenset("KĐCTQPHN")  # clause, article, force of wind, month, district, ward, commune, days
_END_NUMBER = re.compile(r"(?<![0-9.,/])([0-9]+)$")
_BEGIN_NUMBER = re.compile(r" ?([0-9]+)(?![0-9]|[.,/:][0-9]| ?(?:h|g|giờ)(?![^\W_]))")
_NUMBER_REACH = 12  # digits


def number_doubt(view: TextView, pos: int, token: str) -> Doubt | None:
    """Return the doubt about a number without a unit: 7140202 may be a code, "1,2" two numbers."""
    if token.isdigit():
        is_plain = token[0] == "0" or view.near(pos, "phones.sum")
        return Doubt.GUESSED if len(token) >= _LONG and not is_plain else None
    pair = _LIST_LIKE.fullmatch(token)
    in_order = pair is not None and pair[1] < pair[2]
    return Doubt.GUESSED if in_order and not view.near(pos, "doubts.amount") else None


def mixed_doubt(token: str) -> Doubt | None:
    """Return the doubt about a number with one letter: 5h, 12q."""
    return None if _SURE_MIX.fullmatch(token) else Doubt.GUESSED


def label_doubt(view: TextView, pos: int, letter: str) -> Doubt | None:
    """Return the doubt about one letter before a number: Đ4 after "cầu" is a name, elsewhere it may be an article."""
    if letter not in _SHORT_FOR_WORDS or view.cued(pos, "names.numbered", "slashes.house", "doubts.named"):
        return None
    return Doubt.GUESSED


def letter_doubt(view: TextView, pos: int) -> Doubt | None:
    """Return the doubt about a small consonant that stands alone, or before a number, and names no item."""
    letter = view.text[pos]
    alone = letter.islower() and letter not in "aăâeêioôơuưy"
    return Doubt.GUESSED if alone and not view.cued(pos, "doubts.item") else None


def span_doubt(text: str, number_end: int, end: int) -> Doubt | None:
    """Return the doubt about a dash between numbers of which the second is no greater: 21-18."""
    first = _END_NUMBER.search(text[max(0, number_end - _NUMBER_REACH) : number_end])
    second = _BEGIN_NUMBER.match(text, end)
    return Doubt.GUESSED if first and second and int(first[1]) >= int(second[1]) else None
