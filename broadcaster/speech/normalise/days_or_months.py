"""T2 to T7: a day of the week beside other days and times of day, a month where one is due; S: and C: before hours."""

from __future__ import annotations

import re

from .dates import DateWords
from .result import Doubt
from .text import WORD_END, TextView, TokenReading

_WEEKDAY = re.compile(r"T\.?([2-7])" + WORD_END)
_DAYS = re.compile(r"T[2-7](?:[-,][2-7]){2,5}(?![0-9]|[-.,/][0-9])")
_PART_OF_DAY = re.compile(r"([SC]) ?: ?(?=[0-9]{1,2} ?(?:[hg:]|giờ))")
_PARTS_OF_DAY = {"S": "sáng", "C": "chiều"}
_MONTHS_LEFT = re.compile(r" tháng (?:t [0-9]+ (?:, |và |- |đến ))*$")
_LARVA = re.compile("T([1-6])" + WORD_END)
_MONTH = re.compile(r"T\.? ?(0?[1-9]|1[0-2])(?:([/.-])((?:19|20)[0-9]{2}))?(?![0-9]|[.,/-][0-9])" + WORD_END)
_DAY_AHEAD = re.compile(
    r"T\.?[2-7](?: ?[-,] ?(?:T\.?[2-7]|CN|[2-7]\b)| ?(?:và|đến) (?:T\.?[2-7]|CN|chủ nhật)"
    r"|,? ?\(?(?:ngày )?[0-9]{1,2}/(?:0?[1-9]|1[0-2])(?![0-9])| (?:hằng|hàng|mỗi) tuần| tuần (?:này|sau|tới|trước|qua)"
    r"| (?:được )?(?:nghỉ|trực)(?!\w))"
)
_DAY_LEFT = re.compile(
    r" (?:t ?[2-7] (?:-|,|và|đến) |sáng |trưa |chiều |tối |đêm |vào |[0-9]{1,2} (?:h|g|giờ)(?: ?[0-9]{2})?(?: phút)? )$"
)
_DATE_LEFT = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4})? ?\($")
_DATE_REACH = 13  # characters
_YEAR_AHEAD = re.compile(r" năm [0-9]{4}")
_LINE = 60  # characters on both sides that make a row of days
_DAYS_IN_ROW = re.compile(r"\b(?:T([2-7])|(CN|[Cc]hủ nhật))(?![0-9]|\w)")
_MONTHS_IN_ROW = re.compile(r"\b(?:T(?:1|8|9|1[0-2])|[Tt]háng)(?![0-9]|\w)")
_LEAST_ROW = 3


def read_month_or_weekday(view: TextView, pos: int) -> TokenReading | None:
    """T5 is a day of the week beside what is a day, else the month of May, of larvae the age; a guess if untold."""
    if part := _PART_OF_DAY.match(view.text, pos):
        return TokenReading(part.end(), f"{_PARTS_OF_DAY[part[1]]} ")
    if view.text[pos] != "T":
        return None
    if days := _DAYS.match(view.text, pos):
        return TokenReading(days.end(), f"thứ {', '.join(_day(view, day) for day in days.group()[1::2])}")
    if (larva := _LARVA.match(view.text, pos)) and view.near(pos, "months.larva"):
        return TokenReading(larva.end(), f"tuổi {view.numerals.cardinal(int(larva[1]))}", numeric=True)
    found = None if _MONTHS_LEFT.search(view.left(pos) + " ") else _WEEKDAY.match(view.text, pos)
    if found and not view.cued(pos, "months.month") and _is_weekday(view, pos, found.end()):
        return TokenReading(found.end(), f"thứ {_day(view, found[1])}", numeric=True)
    month = _MONTH.match(view.text, pos)
    return _month(view, pos, month) if month else None


def _day(view: TextView, day: str) -> str:
    return "tư" if day == "4" else view.numerals.whole(day)


def _is_weekday(view: TextView, pos: int, end: int) -> bool:
    if _DAY_AHEAD.match(view.text, pos) or _DAY_LEFT.search(view.left(pos) + " "):
        return True
    dated = _DATE_LEFT.search(view.text[max(0, pos - _DATE_REACH) : pos])
    return bool(dated and view.char(end) == ")") or _in_row(view.text, pos)


def _in_row(text: str, pos: int) -> bool:
    """Return whether days from T2 on, or a Sunday, stand in the line: T2 đ/c Hùng, T3 đ/c Lan, T4 đ/c Cường."""
    line = text[max(0, pos - _LINE) : pos].rpartition("\n")[2] + text[pos : pos + _LINE].partition("\n")[0]
    if _MONTHS_IN_ROW.search(line):
        return False
    days = {day or sunday for day, sunday in _DAYS_IN_ROW.findall(line)}
    return len(days) >= _LEAST_ROW and ("2" in days or any(day.isalpha() for day in days))


def _month(view: TextView, pos: int, found: re.Match[str]) -> TokenReading:
    date_words = DateWords(view)
    words = date_words.month(found[1])
    if view.after(pos, " tháng"):
        words = words.removeprefix("tháng ")
    if found[3]:
        return TokenReading(found.end(), f"{words} {date_words.year(found[3])}", numeric=True)
    only = not 2 <= int(found[1]) <= 7
    listed = _MONTHS_LEFT.search(view.left(pos) + " ")
    told = only or listed or view.cued(pos, "months.month") or _YEAR_AHEAD.match(view.text, found.end())
    return TokenReading(found.end(), words, None if told else Doubt.GUESSED, numeric=True)
