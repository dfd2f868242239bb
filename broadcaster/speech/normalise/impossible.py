"""Days and times of day that do not exist, such as 31/11/2026 or 25h00: slips of the pen that a person must look at.

They are read as they are written. What only may be a day is left out: 30/45 hộ is a fraction, 25:20 a score, and the
second month of the lunar calendar may have a thirtieth day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING

from .dates import moon_follows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .text import TextView

_NUMBER, _YEAR = "([0-9]{1,2})", "((?:19|20)[0-9]{2})"
_END = r"(?![0-9]|[/.-][0-9]|/[^\W\d_])"
_START = r"(?<![0-9/.,-])"

_DATE = re.compile(rf"{_START}{_NUMBER}/{_NUMBER}/{_YEAR}{_END}")
_DATE_BY_DASH = re.compile(rf"{_START}{_NUMBER}([.-]){_NUMBER}\2{_YEAR}{_END}")
_DAY_MONTH = re.compile(rf"{_START}{_NUMBER}/{_NUMBER}{_END}")
_SHORT_YEAR = re.compile(rf"{_START}{_NUMBER}/{_NUMBER}/[0-9]{{2}}{_END}")
_DAYS = re.compile(rf"{_START}{_NUMBER} ?(?:-|và|đến|tới|,) ?{_NUMBER}/{_NUMBER}(?:/{_YEAR})?{_END}")
_FRACTION = re.compile(
    r" ?(?:hộ|thôn|xã|ấp|bản|tổ|khu|người|em|cháu|phiếu|đại biểu|điểm|đảng viên|hội viên|trường|lớp|huyện|tỉnh|hồ sơ|"
    r"phường|cơ sở|đơn vị|chi bộ|thành viên|%)(?![^\W_])"
)
_IN_WORDS = re.compile(rf"\bngày {_NUMBER} tháng {_NUMBER}\b(?: năm {_YEAR}\b)?", re.IGNORECASE)
_DAY_LEFT = re.compile(r"\bngày [0-9]{1,2} $", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\btháng {_NUMBER}(?:/| năm ){_YEAR}{_END}", re.IGNORECASE)
_CLOCK = re.compile(rf"{_START}{_NUMBER} ?[hg]([0-9]{{2}})(?![0-9])(?!\w)", re.IGNORECASE)
_CLOCK_IN_WORDS = re.compile(rf"{_START}{_NUMBER} giờ ([0-9]{{2}}) phút", re.IGNORECASE)
_CLOCK_BY_COLON = re.compile(rf"\b(?:lúc|hồi|từ) {_NUMBER}:([0-9]{{2}})(?![0-9:])", re.IGNORECASE)
_CLOCK_AFTER = re.compile(rf"(?<=[0-9]:[0-9]{{2}}) ?(?:-|đến|tới) ?{_NUMBER}:([0-9]{{2}})(?![0-9:])")
_DEADLINE_LEFT = re.compile(r" hạn(?: [^\W\d_]+){0,3}$")
_HOUR = re.compile(rf"\b(?:lúc|hồi) {_NUMBER} ?(?:h|g|giờ)(?! ?[0-9])(?!\w)", re.IGNORECASE)
_HALF_HOUR = re.compile(rf"\b(?:lúc|hồi) {_NUMBER} giờ ([0-9]{{2}})(?![0-9]|[.,/][0-9])", re.IGNORECASE)


def find_impossible(view: TextView) -> list[tuple[int, int]]:
    """Return where a day, a month or a time of day is written that does not exist, in the order of the text."""
    if not any(map(str.isdigit, view.text)):
        return []
    return list(_outermost({*_dates(view), *_months(view), *_times(view)}))


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans that no other one holds, in the order of the text."""
    reached = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            yield start, end
            reached = end


def _dates(view: TextView) -> Iterator[tuple[int, int]]:
    for found, day, month, year in _written_dates(view):
        yield from _if_impossible(view.text, found, day, month, year)


def _written_dates(view: TextView) -> Iterator[tuple[re.Match[str], str, str, str | None]]:
    """Yield what is written as a date, with its day, month and year; of two days of one month, the last."""
    text = view.text
    yield from ((found, found[1], found[2], found[3]) for found in _DATE.finditer(text))
    yield from ((found, found[1], found[2], found[3]) for found in _IN_WORDS.finditer(text))
    for found in _DATE_BY_DASH.finditer(text):
        if view.cued(found.start(), "dates.day"):
            yield found, found[1], found[3], found[4]
    for found in _DAY_MONTH.finditer(text):
        if view.after(found.start(), " ngày") or _looks_like_date(view, found):
            yield found, found[1], found[2], None
    for found in _SHORT_YEAR.finditer(text):
        if _announced(view, found.start()):
            yield found, found[1], found[2], None
    for found in _DAYS.finditer(text):
        if found[4] or _announced(view, found.start()):
            yield found, found[2], found[3], found[4]


def _announced(view: TextView, pos: int) -> bool:
    """Return whether the words before `pos` announce a date: "ngày", "từ", "hạn chót là"."""
    return view.cued(pos, "dates.date") or bool(_DEADLINE_LEFT.search(view.left(pos)))


def _looks_like_date(view: TextView, found: re.Match[str]) -> bool:
    """Return whether a word before 31/4 announces a date, and none behind it makes it a share of something."""
    day, month = map(int, found.groups())
    return (
        1 <= month <= 12
        and day <= 31
        and _announced(view, found.start())
        and not _FRACTION.match(view.text, found.end())
    )


def _if_impossible(
    text: str, found: re.Match[str], day: str, month: str, year: str | None = None
) -> Iterator[tuple[int, int]]:
    """Yield where a date is if it does not exist; of one without a year 29 February does."""
    last = 30 if moon_follows(text, found.end()) else monthrange(int(year or 2000), min(max(int(month), 1), 12))[1]
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= last:
        yield found.span()


def _months(view: TextView) -> Iterator[tuple[int, int]]:
    for found in _MONTH_YEAR.finditer(view.text):
        day_before = _DAY_LEFT.search(view.text, max(0, found.start() - 10), found.start())
        if not 1 <= int(found[1]) <= 12 and not day_before:
            yield found.span()


def _times(view: TextView) -> Iterator[tuple[int, int]]:
    for pattern in (_CLOCK, _CLOCK_BY_COLON, _CLOCK_AFTER):
        for found in pattern.finditer(view.text):
            hour, minute = int(found[1]), int(found[2])
            if minute > 59 or hour > 24 or (hour == 24 and minute):
                yield found.start(1), found.end()
    for found in _HOUR.finditer(view.text):
        if int(found[1]) > 24:
            yield found.start(1), found.end()
    for found in _HALF_HOUR.finditer(view.text):
        if int(found[2]) > 59 or int(found[1]) > 24:
            yield found.start(1), found.end()
    for found in _CLOCK_IN_WORDS.finditer(view.text):  # 25 giờ 30 phút is a length
        if int(found[2]) > 59:
            yield found.span()
