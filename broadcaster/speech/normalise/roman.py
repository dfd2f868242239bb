"""Roman numerals: quý II, khóa XV, thế kỷ XXI, Chương I, II và III."""

from __future__ import annotations

import re

from .result import Doubt
from .text import WORD_END, TextView, TokenReading, words_of

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_SHAPE = "(?=[IVXL]+)(?!L(?![IVX]))(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"  # to 99: C, D, L and M alone are letters
_ROMAN = re.compile(rf"{_SHAPE}{WORD_END}(?!['&]|-[^\W\d_IVX])")
_ITEM = re.compile(r"(?:i{1,3}|iv|vi{0,3}|ix|x)(?=\))")
_LIST_TAIL = re.compile(r"(?: [ivxl]+ (?:,|và|-|đến|hoặc|;))+$")
_SURE = re.compile("[IVX]{2,}")
_YEAR_AHEAD = re.compile(r" ?[/-] ?((?:19|20)[0-9]{2})(?![0-9])")


def to_int(roman: str) -> int:
    """Return the value of a Roman numeral in capitals."""
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < nextone else value for value, nextone in zip(values, [*values[1:], 0], strict=True))


def read_roman(view: TextView, pos: int) -> TokenReading | None:
    """Read a Roman numeral if a counted noun or a list of numerals precedes it, or if it cannot be anything else."""
    found = _ROMAN.match(view.text, pos)
    if not found:
        return None
    number, end = to_int(found.group()), found.end()
    if (year := _YEAR_AHEAD.match(view.text, end)) and (view.cued(pos, "roman.counted") or _is_listed(view.left(pos))):
        words = f"{view.numerals.cardinal(number)} năm {view.numerals.cardinal(int(year.group(1)))}"
        return TokenReading(year.end(), words, numeric=True)
    if view.cued(pos, "roman.counted", "roman.king") or _is_listed(view.left(pos)):
        return TokenReading(end, _said(view, pos, number), numeric=True)
    if _SURE.fullmatch(found.group()):
        return TokenReading(end, view.numerals.cardinal(number), Doubt.GUESSED, numeric=True)
    return None


def read_roman_item(view: TextView, pos: int) -> TokenReading | None:
    """Read the numeral of an item inside a sentence: gồm (i) làm cầu; (ii) lắp đèn."""
    found = _ITEM.match(view.text, pos)
    if not found or view.char(pos - 1) != "(" or (len(found.group()) == 1 and "(ii)" not in view.text):
        return None
    return TokenReading(found.end(), view.numerals.cardinal(to_int(found.group().upper())))


def _is_listed(left: str) -> bool:
    """Return whether `left` ends in a counted noun followed by Roman numerals: "chương i , ii và"."""
    noun = _LIST_TAIL.sub("", left)
    return noun != left and noun.endswith(tuple(f" {word}" for word in words_of("roman.counted")))


def _said(view: TextView, pos: int, number: int) -> str:
    if view.after(pos, " thứ") and number in (1, 4):
        return "nhất" if number == 1 else "tư"
    return view.numerals.cardinal(number)
