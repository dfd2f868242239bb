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

    _Date = tuple[re.Match[str], int, int, str | None]

_NUMBER, _YEAR = "([0-9]{1,2})", "((?:19|20)[0-9]{2})"
_END = r"(?![0-9]|[/.-][0-9]|/[^\W\d_])"
_START = r"(?<![0-9/.,-])"

_DATE = re.compile(rf"{_START}{_NUMBER} ?/ ?{_NUMBER} ?/ ?{_YEAR}{_END}")
_DATE_BY_DASH = re.compile(rf"{_START}{_NUMBER} ?([.-]) ?{_NUMBER} ?\2 ?{_YEAR}{_END}")
_DAY_MONTH = re.compile(rf"{_START}{_NUMBER}/{_NUMBER}(?![0-9]|[/.][0-9]|-[0-9]{{1,2}}(?![0-9/])|/[^\W\d_])")
_DAY_MONTH_BY_DASH = re.compile(rf"(?<=\bngày ){_NUMBER}-{_NUMBER}{_END}", re.IGNORECASE)
_SHORT_YEAR = re.compile(rf"{_START}{_NUMBER}/{_NUMBER}/[0-9]{{2}}{_END}")
_DAYS = re.compile(rf"{_START}{_NUMBER} ?(?:-|và|đến|tới|,) ?{_NUMBER}/{_NUMBER}(?:/{_YEAR})?{_END}")
_FRACTION = re.compile(
    r" ?(?:hộ|thôn|xã|ấp|bản|tổ|khu|người|em|cháu|phiếu|đại biểu|điểm|đảng viên|hội viên|trường|lớp|huyện|tỉnh|hồ sơ|"
    r"phường|cơ sở|đơn vị|chi bộ|thành viên|%)(?![^\W_])"
)
_SHORT_MONTHS = {"hai": 2, "tư": 4, "sáu": 6, "chín": 9, "mười một": 11}  # no other lacks a day
_IN_WORDS = re.compile(
    rf"(?P<named>\bngày )?{_START}\b(?P<d>[0-9]{{1,2}}) tháng (?P<m>[0-9]{{1,2}}|{'|'.join(_SHORT_MONTHS)})\b"
    rf"(?: năm (?P<y>{_YEAR[1:-1]})\b)?(?! (?:ngày|tuần|tuổi)\b)",
    re.IGNORECASE,
)
_DAY_LEFT = re.compile(r"\bngày [0-9]{1,2} $", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\btháng {_NUMBER}(?:[/.-]| năm ){_YEAR}{_END}", re.IGNORECASE)
_CLOCK = re.compile(rf"{_START}{_NUMBER} ?[hg]([0-9]{{2}})(?![0-9])(?!\w)", re.IGNORECASE)
_CLOCK_IN_WORDS = re.compile(rf"{_START}{_NUMBER} giờ ([0-9]{{2}}) phút", re.IGNORECASE)
_CLOCK_BY_COLON = re.compile(rf"\b(?:lúc|hồi|từ) {_NUMBER}:([0-9]{{2}})(?![0-9:])", re.IGNORECASE)
_CLOCK_AFTER = re.compile(rf"(?<=[0-9]:[0-9]{{2}}) ?(?:-|đến|tới) ?{_NUMBER}:([0-9]{{2}})(?![0-9:])")
_DATE_LEFT = re.compile(r"[0-9]{1,2}/[0-9]{1,2} ?(?:,|;|-|và|đến|tới) ?(?:ngày )?$")
_LIST_LEFT = (" ,", " và")
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


def _written_dates(view: TextView) -> Iterator[_Date]:
    """Yield what is written as a date, with its day, month and year; of two days of one month, the last."""
    yield from _of_one_year(view)
    yield from _in_words(view)
    yield from _of_any_year(view)
    for found in _DAYS.finditer(view.text):
        if found[4] or _announced(view, found.start()):
            yield found, int(found[2]), int(found[3]), found[4]


def _of_one_year(view: TextView) -> Iterator[_Date]:
    """Yield 31/11/2026, 31-11-2026 and 31.11.2026."""
    yield from ((found, int(found[1]), int(found[2]), found[3]) for found in _DATE.finditer(view.text))
    for found in _DATE_BY_DASH.finditer(view.text):
        day, month = int(found[1]), int(found[3])
        if _may_be_day(day, month) or view.cued(found.start(), "dates.day"):
            yield found, day, month, found[4]


def _in_words(view: TextView) -> Iterator[_Date]:
    """Yield "ngày 31 tháng 4", and "31 tháng tư" where a day is expected."""
    for found in _IN_WORDS.finditer(view.text):
        day, month = int(found["d"]), _SHORT_MONTHS.get(found["m"].lower()) or int(found["m"])
        if found["named"] or (_may_be_day(day, month) and _stands_like_a_day(view, found.start("d"))):
            yield found, day, month, found["y"]


def _of_any_year(view: TextView) -> Iterator[_Date]:
    """Yield 31/4 and 31-4, also with a year of two digits."""
    for found in _DAY_MONTH.finditer(view.text):
        if view.after(found.start(), " ngày") or _looks_like_date(view, found):
            yield found, int(found[1]), int(found[2]), None
    for found in _DAY_MONTH_BY_DASH.finditer(view.text):
        if _may_be_day(int(found[1]), int(found[2])) and not view.after(found.start(), " từ ngày"):
            yield found, int(found[1]), int(found[2]), None
    for found in _SHORT_YEAR.finditer(view.text):
        if _announced(view, found.start()):
            yield found, int(found[1]), int(found[2]), None


def _may_be_day(day: int, month: int) -> bool:
    """Return whether these are numbers that some day and some month have."""
    return 1 <= day <= 31 and 1 <= month <= 12


def _stands_like_a_day(view: TextView, pos: int) -> bool:
    """Return whether "31 tháng 4" at `pos` is announced as a day, or goes on a list of days."""
    return _announced(view, pos) or view.after(pos, *_LIST_LEFT)


def _announced(view: TextView, pos: int) -> bool:
    """Return whether the words before `pos` announce a date: "ngày", "từ", "hạn chót là"."""
    return view.cued(pos, "dates.date") or bool(_DEADLINE_LEFT.search(view.left(pos)))


def _looks_like_date(view: TextView, found: re.Match[str]) -> bool:
    """Return whether what is before 31/4 announces a date, and nothing behind it makes it a share of something."""
    if not _may_be_day(int(found[1]), int(found[2])) or _FRACTION.match(view.text, found.end()):
        return False
    first = _DATE_LEFT.search(view.text, max(0, found.start() - 16), found.start())
    return _announced(view, found.start()) or bool(first and _announced(view, first.start()))


def _if_impossible(
    text: str, found: re.Match[str], day: int, month: int, year: str | None = None
) -> Iterator[tuple[int, int]]:
    """Yield where a date is if it does not exist; of one without a year 29 February does."""
    last = 30 if moon_follows(text, found.end()) else monthrange(int(year or 2000), min(max(month, 1), 12))[1]
    if not 1 <= month <= 12 or not 1 <= day <= last:
        yield found.span()


def _months(view: TextView) -> Iterator[tuple[int, int]]:
    for found in _MONTH_YEAR.finditer(view.text):
        day_before = _DAY_LEFT.search(view.text, max(0, found.start() - 10), found.start())
        if not 1 <= int(found[1]) <= 12 and not day_before:
            yield found.span()


def _times(view: TextView) -> Iterator[tuple[int, int]]:
    for pattern in (_CLOCK, _CLOCK_BY_COLON, _CLOCK_AFTER, _HALF_HOUR, _HOUR):
        for found in pattern.finditer(view.text):
            if not _is_time(*map(int, found.groups())):
                yield found.start(1), found.end()
    for found in _CLOCK_IN_WORDS.finditer(view.text):  # 25 giờ 30 phút is a length
        if int(found[2]) > 59:
            yield found.span()


def _is_time(hour: int, minute: int = 0) -> bool:
    """Return whether there is such a time of day; 24:00 is one."""
    return minute <= 59 and (hour < 24 or (hour == 24 and not minute))
