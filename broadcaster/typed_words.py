"""Words as people type them: folded, so that letter case, tone marks and the kind of dash do not matter."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from broadcaster.i18n import N_
from broadcaster.models import BulletinClass, Order
from broadcaster.weekdays import NAMES, VIETNAMESE_NAMES, VIETNAMESE_SHORT_NAMES, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

ORDER_WORDS = {Order.ROTATE: "lần lượt", Order.ALL: "phát hết"}
CLASS_WORDS = {
    BulletinClass.NORMAL: "thông thường",
    BulletinClass.PRIORITY: "ưu tiên",
    BulletinClass.EMERGENCY: "khẩn cấp",
}
ORDERS_ALLOWED = N_("lần lượt (rotate), phát hết (all)")
CLASSES_ALLOWED = N_("thông thường (normal), ưu tiên (priority), khẩn cấp (emergency)")

_BETWEEN_ITEMS = re.compile(r"[,;\n]|\s(?:và|va|and)\s", re.IGNORECASE)
_DATE_BEGINS = re.compile(
    r"(?:ngày |ngay )?(?:\d{1,2} ?(?:[-/.]|tháng|thang) ?\d|\d{4}[-/.]\d)", re.IGNORECASE | re.ASCII
)
_SIGNS = str.maketrans("đ–—−‐‑’′”″", "d-----''\"\"")


def fold(text: str) -> str:
    """Return a text in lower case, without marks, with single spaces: "  Thứ  Hai" is "thu hai"."""
    letters = unicodedata.normalize("NFD", text.casefold())
    # Signs that are not seen come along from Word and from chats.
    bare = "".join(c for c in letters if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join(bare.translate(_SIGNS).split())


def split_list(text: str) -> list[str]:
    """Return the items of a list, parted by commas, semicolons, line ends or "và".

    A day of the week before a date is part of it: "thứ bảy, 15/5/2027" is one item.
    """
    items: list[str] = []
    for part in filter(None, map(str.strip, _BETWEEN_ITEMS.split(text))):
        if items and _DATE_BEGINS.match(part) and parse_weekday(items[-1]) is not None:
            items[-1] = f"{items[-1]}, {part}"
        else:
            items.append(part)
    return items


def parse_list(texts: Iterable[str], parse: Callable[[str], T | None]) -> tuple[list[T], list[str]]:
    """Parse texts of one or more items (`split_list`). Return the values, and every item that is not valid."""
    parsed = [(item, parse(item)) for text in texts for item in split_list(text)]
    return [value for _item, value in parsed if value is not None], [item for item, value in parsed if value is None]


def parse_class(text: str) -> BulletinClass | None:
    """Return the class of "ưu tiên", "uu tien" or "priority"."""
    return _CLASSES.get(fold(text))


def parse_yes_no(text: str) -> bool | None:
    """Return the answer "có", "y" or "đồng ý", "không", "ko" or "no"."""
    return _ANSWERS.get(fold(text))


def parse_order(text: str) -> Order | None:
    """Return the order of "lần lượt" or "rotate", "phát hết" or "all"."""
    return _ORDERS.get(fold(text))


_CLASSES = {fold(word): key for key, name in CLASS_WORDS.items() for word in (name, key.value)}
_ANSWERS = dict.fromkeys(("y", "yes", "c", "co", "u", "dong y"), True) | dict.fromkeys(
    ("n", "no", "k", "ko", "khong"), False
)
_ORDERS = {fold(word): key for key, name in ORDER_WORDS.items() for word in (name, key.value)}

# ---- weekdays ---------------------------------------------------------------------------------------------------

_WEEKDAYS = {
    word: number
    for number, words in enumerate(zip(VIETNAMESE_SHORT_NAMES, WEEKDAYS, NAMES, strict=True), start=1)
    for word in map(fold, words)
}
_SPELT_WEEKDAYS = {
    fold(spelt): fold(short)
    # the longest first: "thu bay" begins with "thu ba"
    for spelt, short in sorted(
        zip(VIETNAMESE_NAMES, VIETNAMESE_SHORT_NAMES, strict=True), key=lambda pair: -len(pair[0])
    )
}
_GROUPS = {
    **dict.fromkeys(("all", "daily", "every day", "hang ngay", "moi ngay", "ca tuan"), frozenset(range(1, 8))),
    **dict.fromkeys(("cuoi tuan", "weekend"), frozenset({6, 7})),
    **dict.fromkeys(("ngay thuong", "weekdays"), frozenset(range(1, 6))),
}
_THU = re.compile(r"\b(?:thu|t) ?([2-7])(?!\d)")
_FIRST_WORDS = re.compile(r"(\w+(?: nhat)?),? ?(.*)", re.ASCII)


def parse_weekdays(text: str) -> frozenset[int] | None:
    """Return the ISO weekdays of "t2-t6", "T2,4,6", "T2 T4", "thứ 2, CN", "mon-fri", "hằng ngày"; Monday is 1."""
    if (group := _GROUPS.get(fold(text))) is not None:
        return group
    words = _short(text)
    if words is None:
        return None
    days: set[int] = set()
    for part in re.split(r" ?[,;] ?| va | ", words):
        ends = part.split("-")
        # In "T2,4,6" and "T2-6" a bare number is read like the first one; alone it would be ambiguous.
        numbers = [_WEEKDAYS.get(f"t{end}" if end.isdigit() and re.match(r"t\d", words) else end) for end in ends]
        if len(ends) > 2 or None in numbers:
            return None
        days |= _round_the_week(numbers[0] or 0, numbers[-1] or 0)
    return frozenset(days)


def parse_weekday(text: str) -> int | None:
    """Return the one ISO weekday of "thứ hai", "T2", "CN" or "monday"; Monday is 1."""
    words = _short(text)
    return None if words is None else _WEEKDAYS.get(words)


def leading_weekday(text: str) -> tuple[int | None, str]:
    """Return the weekday that a text begins with and what follows, folded: "Thứ Hai, 17/5" is (1, "17/5")."""
    words = _short(text)
    found = _FIRST_WORDS.fullmatch(words or "")
    number = _WEEKDAYS.get(found[1]) if found else None
    return (number, found[2]) if found and number else (None, fold(text))


def _short(text: str) -> str | None:
    """Return a text with each weekday as "t2" … "cn"; None for a "thứ" without its number: it is not a Thursday."""
    words = fold(text)
    for spelt, short in _SPELT_WEEKDAYS.items():
        words = words.replace(spelt, short)
    words = re.sub(r" ?(?:-|\bden\b) ?", "-", _THU.sub(r"t\1", words))
    has_mark = "ư" in unicodedata.normalize("NFC", text.casefold()).replace("ứ", "ư")
    return None if "thu" in words and has_mark else words


def _round_the_week(first: int, last: int) -> set[int]:
    """Return the days from the first to the last, past Sunday if the last comes before the first ("t7-t2")."""
    return {(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)}
