"""Capitals that are said letter by letter because of what is around them: messages and seeds."""

from __future__ import annotations

import re

from .letters import spell
from .numbers import Numerals
from .text import WORD_END, TextView, TokenReading

_TOKEN = re.compile(rf"(?=[0-9]*[A-ZĐ])[A-ZĐ0-9]{{1,6}}{WORD_END}")
_MESSAGE_LEFT = re.compile(
    r"\b(?i:soạn|cú pháp|nhắn|tin nhắn)(?: (?:tin|tin nhắn|theo|cú pháp|nội dung|là))*[\s:\"'<\[(]*"
    r"(?:[A-ZĐ0-9]{1,12}[\s\"'\]>]+){0,5}$"
)
_MESSAGE_AHEAD = re.compile(r"[^.\n]{0,40}?\b(?:gửi|về|tới|đến)(?: (?:đến|tới|về|số|đầu số|tổng đài))* ?[0-9]{3,6}\b")
_MESSAGE_REACH = 48  # characters: the words of a message before the one that is read
_VARIETY = re.compile(rf"(?!VN )([A-ZĐ]{{1,4}})( ?)([0-9]{{1,6}})((?:-[0-9A-Z]{{1,4}})?){WORD_END}")
_VARIETY_LEFT = re.compile(
    r" (?:giống|lúa|ngô|bắp|sắn|mía|lạc|khoai|đậu|nếp|keo|lai|cà phê|bạch đàn|cao su)(?: [^\W\d_]{1,6}){0,2} "
    r"(?:[a-zđ]{1,4} [0-9]\S* (?:- \w+ )?(?:(?:giá )?[0-9.,-]+ (?:đ|k|đồng) (?:/ kg )?)?(?:, |và |hoặc |hay |; ))*$"
)
_MONTH_LIKE = re.compile(r"T(?:0?[1-9]|1[0-2])")


def read_spelt(view: TextView, pos: int) -> TokenReading | None:
    """Read a word of a message to be sent, or the name of a seed."""
    return _message(view, pos) or _variety(view, pos)


def _message(view: TextView, pos: int) -> TokenReading | None:
    """Read what stands between "soạn" and "gửi 8079"."""
    found = _TOKEN.match(view.text, pos)
    if not found or not _MESSAGE_LEFT.search(view.text[max(0, pos - _MESSAGE_REACH) : pos]):
        return None
    return TokenReading(found.end(), _each(found.group())) if _MESSAGE_AHEAD.match(view.text, found.end()) else None


def _variety(view: TextView, pos: int) -> TokenReading | None:
    """Read OM 5451 and BC15 after the name of a crop: numbers of three digits and more one by one."""
    found = _VARIETY.match(view.text, pos)
    if not found or _MONTH_LIKE.fullmatch(found.group()) or not _VARIETY_LEFT.search(view.left(pos) + " "):
        return None
    letters, _, number, part = found.groups()
    words = view.numerals.label(number) if len(number) < 3 else Numerals.digits(number)
    return TokenReading(found.end(), " ".join(filter(None, (spell(letters), words, _each(part.lstrip("-"))))))


def _each(token: str) -> str:
    return " ".join(Numerals.digits(sign) if sign.isdigit() else spell(sign) for sign in token)
