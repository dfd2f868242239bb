"""Numbers with commas and no space that are no decimals: thôn 3,4 (two villages), ngày 5,6/9 (two days)."""

from __future__ import annotations

import itertools
import re

from .dates import DateWords
from .quantities import POINTS_AHEAD, shipped_units
from .result import Doubt
from .text import WORD_END, TextView, TokenReading

_LIST = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{1,3})+(?![0-9]|[.,/:%-][0-9]|%)")
_DAYS = re.compile(r"([0-9]{1,2}(?:,[0-9]{1,2})+)/(0?[1-9]|1[0-2])(?:/([12][0-9]{3}))?(?![0-9]|[/.,-][0-9])")
_DAYS_OF_MONTH = re.compile(r" tháng [0-9]")
_NO_NAME = re.compile(r" (?:hệ|chỉ|tỷ|tỉ|tham|dân|tổng|trị|doanh|điểm|đa|ẩn|biến|hằng|mẫu|tử|sĩ|quân|tần|cơ) số $")
_MEASURE_AHEAD = re.compile(
    rf" (?:tấn|tạ|yến|lít|mét|sào|cân|ký|lần|giờ|mẫu|công|thước|tuổi|độ|ki lô|héc ta){WORD_END}"
)
_LAST_DAY = 31


def read_list(view: TextView, pos: int) -> TokenReading | None:
    """Read numbers in order after a word that names things by number, with no unit after them."""
    if days := _DAYS.match(view.text, pos):
        return _days(view, days)
    found = _LIST.match(view.text, pos)
    if not found or not _names(view, found):
        return None
    numbers = [int(part) for part in found.group().split(",")]
    if not _in_order(numbers):
        return TokenReading(found.end(), view.numerals.written(found.group()), Doubt.GUESSED, numeric=True)
    return TokenReading(
        found.end(), ", ".join(_said(view, pos, found.end(), number) for number in numbers), numeric=True
    )


def _in_order(numbers: list[int]) -> bool:
    return all(before < after for before, after in itertools.pairwise(numbers))


def _names(view: TextView, found: re.Match[str]) -> bool:
    """Return whether the word before names things by number, and nothing after makes an amount of it."""
    if not view.cued(found.start(), "names.numbered", "names.listed") or _NO_NAME.search(
        view.left(found.start()) + " "
    ):
        return False
    text, end = view.text, found.end()
    measured = (
        shipped_units().pattern.match(text, end) or POINTS_AHEAD.match(text, end) or _MEASURE_AHEAD.match(text, end)
    )
    return not measured


def _said(view: TextView, pos: int, end: int, number: int) -> str:
    date_words = DateWords(view)
    if view.after(pos, " tháng"):
        return date_words.month(number).removeprefix("tháng ")
    if view.after(pos, " ngày") and _DAYS_OF_MONTH.match(view.text, end):
        return date_words.day(number)
    return "tư" if number == 4 and view.after(pos, " thứ") else view.numerals.cardinal(number)


def _days(view: TextView, found: re.Match[str]) -> TokenReading | None:
    """Read 3,4,5/7 where days are expected."""
    days = [int(day) for day in found[1].split(",")]
    if not _in_order([0, *days, _LAST_DAY + 1]) or not view.cued(found.start(), "dates.date"):
        return None
    date_words = DateWords(view)
    *first, last = [date_words.day(day) for day in days]
    year = f" {date_words.year(found[3])}" if found[3] else ""
    return TokenReading(found.end(), f"{', '.join(first)} và {last} {date_words.month(found[2])}{year}", numeric=True)
