"""Times of day: 5h30, 17 giờ 30, 20:15, 7g30, 24/24h."""

from __future__ import annotations

import re

from .text import WORD_END, TextView, TokenReading

_HOUR, _MINUTE = "([01]?[0-9]|2[0-4])", "([0-5][0-9])"
_CLOCK = re.compile(rf"{_HOUR}:{_MINUTE}(?::{_MINUTE})?(?![0-9]|[:.,][0-9])(?: ?[hH]{WORD_END})?")
_LETTER = re.compile(
    rf"{_HOUR} ?(?:[hHgG][.:]?{_MINUTE}|[hH]([0-9])|[hHgG] {_MINUTE})(?![0-9])(?: ?(?:phút|ph|p){WORD_END}|')?(?! ?')"
)
_SHORT = re.compile(rf"([0-9]{{1,3}})(?:p|ph|')([0-5]?[0-9]) ?(?:s|giây|\"|'')?{WORD_END}")
_WORD = re.compile(rf"{_HOUR}\s+giờ\s+([0-5]?[0-9])(?:\s+phút{WORD_END}|')?(?![0-9]|[.,:/%][0-9]|%)")
_HOURS = re.compile(rf"([0-9]{{1,3}}) ?[hH]{WORD_END}")
_HOURS_BY_G = re.compile(rf"{_HOUR} ?g(?=\s*(?:sáng|trưa|chiều|tối|đêm|ngày|[-–] ?[0-9]{{1,2}} ?g){WORD_END})")
_BARE_HOUR_BY_G = re.compile(rf"{_HOUR} ?g{WORD_END}(?!/)")
_AHEAD_OF_AN_HOUR = re.compile(  # a weight in grams has none of these before it
    rf"(?:(?:^|[^\w])(?:lúc|hồi|hạn chót|(?:sáng|trưa|chiều|tối|đêm):?)|{_HOUR} ?[gGhH](?:{_MINUTE})? ?[-–]) ?$",
    re.IGNORECASE,
)
_ROUND_CLOCK = re.compile(rf"24 ?([hH]|giờ)? ?[/x] ?(24|7)(?![0-9/])(?: ?(?:[hH]|giờ){WORD_END})?")
_NOT_MINUTES = re.compile(r"\s*(?:người|hộ|ngày [0-9]+ đêm|tuần|phút|%|giờ|lần|km|triệu)" + WORD_END)


def _said(view: TextView, hour: str, minute: str | None, second: str | None = None) -> str:
    cardinal = view.numerals.cardinal
    words = f"{cardinal(int(hour))} giờ"
    if minute and int(minute):
        words += f" {cardinal(int(minute))} phút"
    if second and int(second):
        words += f" {cardinal(int(second))} giây"
    return words


def read_time(view: TextView, pos: int) -> TokenReading | None:
    """Read a time of day, or a length in hours ("36h")."""
    text = view.text
    if (found := _ROUND_CLOCK.match(text, pos)) and (spoken := _round_the_clock(view, pos, found)):
        return spoken
    if (
        (found := _CLOCK.match(text, pos))
        and not view.cued(pos, "names.numbered")
        and not view.near(pos, "times.ratio")
    ):
        return TokenReading(found.end(), _said(view, *found.groups()), numeric=True)
    if (found := _LETTER.match(text, pos)) and _is_clock(text, found):
        return TokenReading(found.end(), _said(view, found[1], found[2] or found[3] or found[4]), numeric=True)
    if found := _SHORT.match(text, pos):
        minutes, seconds = (view.numerals.cardinal(int(part)) for part in found.groups())
        return TokenReading(found.end(), f"{minutes} phút {seconds} giây", numeric=True)
    if (found := _WORD.match(text, pos)) and _means_minutes(text, found):
        return TokenReading(found.end(), _said(view, *found.groups()), numeric=True)
    if found := _HOURS_BY_G.match(text, pos) or _bare_hour_by_g(text, pos) or _HOURS.match(text, pos):
        return TokenReading(found.end(), _said(view, found.group(1), None), numeric=True)
    return None


def _bare_hour_by_g(text: str, pos: int) -> re.Match[str] | None:
    found = _BARE_HOUR_BY_G.match(text, pos)
    return found if found and _AHEAD_OF_AN_HOUR.search(text, max(0, pos - 20), pos) else None


def _is_clock(text: str, found: re.Match[str]) -> bool:
    """Return whether the minutes belong to the hour; after a gap they may count something: đến 17h 30 hộ đã nộp."""
    return found[4] is None or not _NOT_MINUTES.match(text, found.end())


def _means_minutes(text: str, found: re.Match[str]) -> bool:
    """17 giờ 30 → phút; without "phút" it needs two digits that count nothing after them."""
    if "phút" in found.group() or found.group().endswith("'"):
        return True
    return len(found.group(2)) == 2 and not _NOT_MINUTES.match(text, found.end())


def _round_the_clock(view: TextView, pos: int, found: re.Match[str]) -> TokenReading | None:
    """24/7 is not 24 July, unless the context says so."""
    hours = " giờ" if re.search("[hH]$|giờ$", found.group()) else ""
    if found[2] == "7" and not found[1] and view.cued(pos, "times.day"):
        return None
    cardinal = view.numerals.cardinal
    first = " giờ" if found[1] and not hours else ""
    return TokenReading(found.end(), f"{cardinal(24)}{first} trên {cardinal(int(found[2]))}{hours}", numeric=True)
