"""Dates, parts of dates, and ranges of them; days of the week; the lunar calendar."""

from __future__ import annotations

import re
from calendar import monthrange

from .result import Doubt
from .text import WORD_END, TextView, TokenReading

_D, _M, _Y = "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2])", "([12][0-9]{3})"
_END = r"(?![0-9]|[/.,-][0-9]|/[^\W\d_])"

_FULL = re.compile(rf"{_D} ?([/.-]) ?{_M} ?\2 ?{_Y}(?![0-9]|/[^\W\d_])")
_SHORT_YEAR = re.compile(rf"{_D}([/.-]){_M}\2([0-9]{{2}}){_END}")
_DAY_MONTH = re.compile(rf"{_D}/{_M}(?![0-9]|[/.][0-9]|,[0-9]+(?![0-9]|/)|/[^\W\d_])")
_NAMED_YEAR = re.compile(rf"{_D}/{_M}/(?=(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý) )")
_DAY_MONTH_ODD = re.compile(rf"{_D}[.-]{_M}{_END}{WORD_END}")
_MONTH_YEAR = re.compile(rf"{_M} ?([/.-]) ?{_Y}{_END}")
_DAYS_MONTH = re.compile(rf"{_D} ?- ?{_D} ?([/.]) ?{_M}(?: ?\3 ?{_Y})?{_END}")
_MONTHS_YEAR = re.compile(rf"{_M} ?- ?{_M} ?/ ?{_Y}{_END}")
_MONTH_YEAR_SPAN = re.compile(rf"{_M}/{_Y} ?- ?{_M}/{_Y}{_END}")
_DASHED_YEARS = re.compile(rf"{_Y} ?[-/] ?{_Y}{_END}")
_NAMED_YEAR_RIGHT = re.compile(r"(?:/| năm )(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý) ")
_MOON = re.compile(r"\s*(?:năm \S+ )?\(?(?:âm lịch|ÂL|AL\b|Âm lịch)")

_MONTH_LEFT = re.compile(r" tháng (?:[0-9]+ (?:, |và |đến |tới |- |hoặc |; )?)*$")
_DAY_WORD_LEFT = re.compile(r" ngày (?:[0-9]+ (?:, |và |đến |tới |- |hoặc |đến hết |; ))*$")
_WEEKDAY_LEFT = re.compile(r" (?:thứ (?:[0-9] (?:, |và |đến |- |hoặc |; ))*|t (?:[2-7] (?:, |và |- |đến ))+)$")
_DATE_AHEAD = re.compile(rf" ?(?:-|đến(?: hết)?(?: ngày)?|tới) ?{_D}(?:/{_M}{_END}| tháng [0-9])")
_COUNTED = re.compile(
    r"\s*(?:lần|buổi|viên|bữa|ca|phiên|giờ|tiếng|công|lượt|chuyến|cữ|ly|cốc|gói|liều|tuổi|đêm|nghìn|ngàn|triệu|%|đồng|"
    r"tháng tuổi|hộ|người|trường hợp|hồ sơ|ngày|tuần|kg|suất)" + WORD_END
)
_MONTHLY = re.compile(r"\s*(?:hằng|hàng|mỗi|của|trong|các) tháng")
_DASHED_BEFORE = re.compile(r" (?:ngày|lễ|dịp|mừng|tết) (?:[0-9]+[.-][0-9]+ (?:và |, |hoặc |đến ))+$")
_SCALE_LEFT = re.compile(r" (?:tỷ lệ|tỉ lệ|bản đồ) (?:1/[0-9]+ (?:, |; |và |hoặc ))*$")
_DATES_LEFT = re.compile(r" (?:[0-9]+/[0-9,/]+|ngày [0-9]+(?: , [0-9]+)*) (?:, |và |; |hoặc |- |đến |tới )$")
_MAY_DAY = (30, 4, 1, 5)
_VICTORIES = frozenset((("30", "4"), ("7", "5"), ("07", "5"), ("07", "05"), ("30", "04")))


class DateWords:
    """The words for days, months and years in the region of a text; `moon`: of the lunar calendar."""

    def __init__(self, view: TextView) -> None:
        self._cardinal = view.numerals.cardinal

    def day(self, day: str | int) -> str:
        """Return "mùng năm", "mười lăm"."""
        number = int(day)
        return f"mùng {self._cardinal(number)}" if number <= 10 else self._cardinal(number)

    def month(self, month: str | int, *, moon: bool = False) -> str:
        """Return "tháng tư"."""
        number = int(month)
        named = {4: "tư"} | ({1: "giêng", 12: "chạp"} if moon else {})
        return f"tháng {named.get(number) or self._cardinal(number)}"

    def year(self, year: str | int) -> str:
        """Return the words of a year, with "năm"."""
        return f"năm {self._cardinal(int(year))}"

    def date(self, day: str, month: str, year: str | None = None, *, moon: bool = False) -> str:
        """Return the words of a day of a month, with its year if there is one."""
        words = f"{self.day(day)} {self.month(month, moon=moon)}"
        return f"{words} {self.year(year)}" if year else words


def _possible(day: str, month: str, year: str | None = None) -> bool:
    return int(day) <= monthrange(int(year or 2000), int(month))[1]


def read_span(view: TextView, pos: int) -> TokenReading | None:
    """15-25/5   01-15/5/2026   4-6/2026   5/2025-6/2026   2021-2025."""
    text, date_words = view.text, DateWords(view)
    if found := _MONTH_YEAR_SPAN.match(text, pos):
        months = [f"{date_words.month(m)} {date_words.year(y)}" for m, y in (found.group(1, 2), found.group(3, 4))]
        return TokenReading(found.end(), _after_month(view, pos, " đến ".join(months)), numeric=True)
    if found := _MONTHS_YEAR.match(text, pos):
        first, second, year = found.groups()
        words = f"{date_words.month(first)} đến {date_words.month(second)} {date_words.year(year)}"
        return TokenReading(found.end(), _after_month(view, pos, words), numeric=True)
    if (found := _DAYS_MONTH.match(text, pos)) and _possible(*found.group(2, 4, 5)):
        first, last, _, month, year = found.groups()
        words = f"{date_words.day(first)} đến {date_words.date(last, month, year, moon=_moon(text, found.end()))}"
        doubt = None if int(first) < int(last) else Doubt.GUESSED
        return TokenReading(found.end(), _after_first(view, pos, words), doubt, numeric=True)
    if found := _DASHED_YEARS.match(text, pos):
        return _years(view, found)
    return None


def _years(view: TextView, found: re.Match[str]) -> TokenReading | None:
    first, last = (int(year) for year in found.groups())
    if last < first:
        return None
    joint = " đến " if "-" in found.group() else ", "
    return TokenReading(
        found.end(), f"{view.numerals.cardinal(first)}{joint}{view.numerals.cardinal(last)}", numeric=True
    )


def _after_month(view: TextView, pos: int, words: str) -> str:
    return words.removeprefix("tháng ") if view.after(pos, " tháng") else words


def _moon(text: str, end: int) -> bool:
    return bool(_MOON.match(text, end))


def read_date(view: TextView, pos: int) -> TokenReading | None:
    """29/12/2020   5.11.2025   21-11-2019   01/5   tháng 5/2026."""
    text, date_words = view.text, DateWords(view)
    if (found := _FULL.match(text, pos)) and _possible(*found.group(1, 3, 4)):
        day, _, month, year = found.groups()
        words = date_words.date(day, month, year, moon=_moon(text, found.end()))
        return TokenReading(found.end(), words, numeric=True)
    if (found := _NAMED_YEAR.match(text, pos)) and _possible(*found.groups()):
        return TokenReading(found.end(), f"{date_words.date(*found.groups(), moon=True)} năm ")
    if (found := _SHORT_YEAR.match(text, pos)) and _possible(*found.group(1, 3)):
        return _short_year(view, found)
    if (found := _MONTH_YEAR.match(text, pos)) and _plausible_month_year(view, pos, found):
        month, _, year = found.groups()
        words = f"{date_words.month(month)} {date_words.year(year)}"
        return TokenReading(found.end(), _after_month(view, pos, words), numeric=True)
    return None


def _plausible_month_year(view: TextView, pos: int, found: re.Match[str]) -> bool:
    if found.group(2) != "/" and not view.after(pos, " tháng"):
        return False
    return not view.cued(pos, "dates.term") and not _SCALE_LEFT.search(view.left(pos) + " ")


def _short_year(view: TextView, found: re.Match[str]) -> TokenReading | None:
    """21/11/19: only where a date is expected; years up to 40 belong to this century."""
    if not view.cued(found.start(), "dates.date"):
        return None
    day, _, month, short = found.groups()
    year = int(short) + (2000 if int(short) <= 40 else 1900)
    return TokenReading(found.end(), DateWords(view).date(day, month, str(year)), Doubt.GUESSED, numeric=True)


def read_day_month(view: TextView, pos: int) -> TokenReading | None:
    """15/5 unless the context makes it a fraction or house number; 30-4 and 5.11 only if the context says day."""
    text, date_words = view.text, DateWords(view)
    if (found := _DAY_MONTH.match(text, pos)) and _possible(*found.groups()):
        words = date_words.date(*found.groups(), moon=_moon(text, found.end()))
        if (feast := _may_day(view, found)) is not None:
            return feast
        doubt = Doubt.GUESSED if _may_be_part(view, found) else None
        return TokenReading(found.end(), _after_first(view, pos, words), doubt, numeric=True)
    found = _DAY_MONTH_ODD.match(text, pos)
    if not found or not _possible(*found.groups()):
        return None
    victory = found.groups() in _VICTORIES and view.cued(pos, "dates.victory")
    if not victory and not view.cued(pos, "dates.day") and not _DASHED_BEFORE.search(view.left(pos) + " "):
        return None
    if (
        view.after(pos, " từ ngày")
        or _COUNTED.match(text, found.end())
        or _MONTHLY.match(text, found.end())
        or re.match(" tháng", text[found.end() :][:6])
    ):
        return None
    doubt = None if int(found.group(1)) > int(found.group(2)) else Doubt.GUESSED
    return TokenReading(found.end(), date_words.date(*found.groups()), doubt, numeric=True)


def _after_first(view: TextView, pos: int, words: str) -> str:
    """Return the words of a day without "mùng" where that is written before it."""
    return words.removeprefix("mùng ") if view.after(pos, " mùng", " mồng") else words


def _may_be_part(view: TextView, found: re.Match[str]) -> bool:
    """Return whether nothing tells that a pair such as 2/5 is a day, and not a part."""
    day, month = found.groups()
    if int(day) > int(month) or "0" in (day[0], month[0]) or _moon(view.text, found.end()):
        return False
    return not dates_expected(view, found.start()) and not _DATES_LEFT.search(view.left(found.start()) + " ")


def _may_day(view: TextView, found: re.Match[str]) -> TokenReading | None:
    """30/4 - 1/5 are two holidays in a row, unless the words say that it is a range."""
    second = re.compile(rf" ?- ?{_D}/{_M}{_END}").match(view.text, found.end())
    if not second or not view.cued(found.start(), "dates.feast"):
        return None
    if (*map(int, found.groups()), *map(int, second.groups())) != _MAY_DAY:
        return None
    date_words = DateWords(view)
    return TokenReading(second.end(), f"{date_words.date(*found.groups())}, {date_words.date(*second.groups())}")


def dates_expected(view: TextView, pos: int) -> bool:
    """Return whether the words before `pos` announce a date."""
    return view.cued(pos, "dates.date")


def valid_day_month(text: str, pos: int) -> bool:
    """Return whether there is a possible day and month at `pos`, as in 15/5."""
    found = _DAY_MONTH.match(text, pos)
    return bool(found) and _possible(*found.groups()) if found else False


def moon_follows(text: str, end: int) -> bool:
    """Return whether the date that ends at `end` belongs to the lunar calendar: "âm lịch", or a year with a name."""
    return _moon(text, end) or bool(_NAMED_YEAR_RIGHT.match(text, end))


def moon_ahead(text: str, pos: int) -> bool:
    """Return whether the day and month at `pos` belong to the lunar calendar, as in 10/3 âm lịch."""
    found = _DAY_MONTH.match(text, pos)
    return bool(found) and _moon(text, found.end()) if found else False


_NUMBER = re.compile(r"[0-9]{1,2}(?![0-9]|[.,/][0-9])")
_ORDINALS = {1: "nhất", 4: "tư"}


def read_named(view: TextView, pos: int) -> TokenReading | None:
    """Read the number of "ngày 5", "tháng 4", "thứ 4", "lần thứ 1", and of the days before a date: "từ 1 đến 10/5"."""
    found = _NUMBER.match(view.text, pos)
    if not found or not int(found.group()):
        return None
    number, end, left = int(found.group()), found.end(), view.left(pos) + " "
    if _WEEKDAY_LEFT.search(left):
        return TokenReading(end, _ordinal(view, left, number), numeric=True)
    if _is_month(view, left, number, end):
        words = DateWords(view).month(number, moon=_moon(view.text, end)).removeprefix("tháng ")
        return TokenReading(end, words, numeric=True)
    if _is_day(view, left, number, end):
        return TokenReading(end, _after_first(view, pos, DateWords(view).day(number)), numeric=True)
    return None


def _ordinal(view: TextView, left: str, number: int) -> str:
    if left.endswith(" thứ ") and number in _ORDINALS:
        return _ORDINALS[number]
    return "tư" if number == 4 else view.numerals.cardinal(number)


def _is_month(view: TextView, left: str, number: int, end: int) -> bool:
    if number > 12 or not _MONTH_LEFT.search(left):
        return False
    return not _COUNTED.match(view.text, end)


def _is_day(view: TextView, left: str, number: int, end: int) -> bool:
    if number > 31:
        return False
    if _DAY_WORD_LEFT.search(left):
        return not _COUNTED.match(view.text, end)
    return bool(_DATE_AHEAD.match(view.text, end))
