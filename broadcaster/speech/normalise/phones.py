"""Telephone numbers, hotlines, short codes and long identifiers: digit by digit, with a pause between groups."""

from __future__ import annotations

import re

from .letters import spell
from .numbers import Numerals
from .quantities import shipped_units
from .text import WORD_END, TextView, TokenReading, words_of

_GAP = r"(?: ?[.-] ?| )?"
_NOT_MORE = r"(?![0-9]|[.,/-][0-9])"
_AREA = re.compile(rf"\( ?(?:\+?84|0[0-9]{{1,4}}) ?\){_GAP}[0-9](?:{_GAP}[0-9]){{5,9}}{_NOT_MORE}")
_ABROAD = re.compile(rf"\+[0-9]{{1,3}}{_GAP}(?:\(0\){_GAP})?[0-9](?:{_GAP}[0-9]){{6,10}}{_NOT_MORE}")
_HOME = re.compile(rf"0[1-9](?:{_GAP}[0-9]){{7,9}}(?![0-9]|[,/][0-9])")
_SERVICE = re.compile(rf"1[89]00(?:{_GAP}[0-9xX]){{4,6}}(?![0-9xX]|[,/][0-9])")
_MASKED = re.compile(r"0[1-9][0-9]{0,8}(?:[ .-]?[xX*]{2,6}){1,2}[ .-]?[0-9]{0,6}(?![0-9])" + WORD_END)
_UNBROKEN = re.compile(r"1[89]00[0-9]{4,}")
_UP_TO = re.compile(r" ?(?:-|đến|tới) ?[0-9]+")
_NEXT_WORD = re.compile(r" ([^\W\d_]+[23]?)")
_NOT_MONEY = re.compile(r" ?(?:đồng (?:thời|loạt|chí|bào)|đ/c)" + WORD_END, re.IGNORECASE)
_YEARS = re.compile(r"1[89]00 ?- ?[12][0-9]{3}(?![0-9])")
_SHORT = re.compile(rf"[0-9]{{3,6}}{WORD_END}(?![.,/%-][0-9]|%| (?:hộ|người|cuộc|lượt|khách|số|thuê bao)\b)")
_ANY = re.compile(rf"\(?\+?[0-9]{{2,}}(?:{_GAP}\(?[0-9]+\)?)*(?![0-9/:%])")
_BEGINS = re.compile(r"\(? ?\+?[0-9]")
_LONG = re.compile(r"[0-9]{9,}(?![0-9]|[.,][0-9])")
_GROUPED_ID = re.compile(r"[0-9]{3,6}(?:[ .-][0-9]{2,6}){1,5}(?![0-9]|[.,/-][0-9])")
_ID_RUN = re.compile(r"[0-9]{4,}(?![0-9]|[.,/][0-9])")

_EMERGENCY = frozenset(["111", "112", "113", "114", "115", "116", "117", "118", "119", "1022", "156", "195"])
_AFTER_LIST = re.compile(r" (?:111|112|113|114|115) (?:, |và |hoặc |hay |; |- |/ )$")
_OTHERS_BEFORE = re.compile(r" 11[1-5] (?:\S+ ){1,6}$")
_BRACKET_AHEAD = re.compile(r" ?\(")
_MONEY_AHEAD = re.compile(r" ?(?:đồng|đ|vnđ|vnd|usd|triệu|tỷ|nghìn|người|hộ)" + WORD_END, re.IGNORECASE)
_LONGEST_SERVICE = 10  # digits of an 1800 or 1900 line
_BIG_GROUP = 5  # digits said without a pause


def say_groups(token: str) -> str:
    """Return the digits of `token` in words, with a comma at each gap; long runs without a gap are split in threes."""
    groups = re.findall("[0-9xX]+|\\+", token.replace("*", "x"))
    spoken: list[str] = []
    for group in groups:
        if group == "+":
            spoken.append("cộng")
        else:
            spoken += [" ".join(_sign(sign) for sign in part) for part in _cut(group)]
    return ", ".join(spoken).replace("cộng, ", "cộng ")


def _sign(sign: str) -> str:
    return Numerals.digits(sign) if sign.isdigit() else "ích"


def _cut(group: str) -> list[str]:
    """Split a long group in threes; a single digit left over joins its neighbours: 0912345678 → 0912 345 678."""
    if len(group) <= _BIG_GROUP:
        return [group]
    if group.startswith(("1800", "1900")):
        return [group[:4], *([group[4:]] if len(group) <= _LONGEST_SERVICE else _cut(group[4:]))]
    head = len(group) % 3 or 3
    if head < 3 and len(group) > head:
        head += 3 if head == 1 else 0
    return [group[:head], *(group[at : at + 3] for at in range(head, len(group), 3))]


def read_phone(view: TextView, pos: int) -> TokenReading | None:
    """Read what must be a telephone number, judged by its form or the word before it."""
    text = view.text
    if not _BEGINS.match(text, pos):
        return None
    for shape in (_AREA, _ABROAD, _HOME, _MASKED):
        if found := shape.match(text, pos):
            return TokenReading(found.end(), say_groups(found.group()))
    if (found := _SERVICE.match(text, pos)) and not _YEARS.match(text, pos) and not _is_amount(view, pos):
        return TokenReading(found.end(), say_groups(found.group()))
    if view.cued(pos, "phones.line") and (found := _ANY.match(text, pos)) and _is_line(view, pos, found):
        return TokenReading(found.end(), say_groups(found.group()))
    return _short_code(view, pos)


def _is_amount(view: TextView, pos: int) -> bool:
    """Return whether the digits of a service number are an amount: 19000000 đồng, 18001234 hộ, tổng chi 19005000.

    Never if written with gaps. Always if money follows; if people or things follow, only without a call before them.
    """
    run = _UNBROKEN.match(view.text, pos)
    if not run:
        return False
    up_to = _UP_TO.match(view.text, run.end())
    end = up_to.end() if up_to else run.end()
    counted = _is_counted(view.text, end) and not view.cued(pos, "phones.line", "phones.call")
    return view.cued(pos, "phones.sum") or _is_money(view.text, end) or counted


def _is_money(text: str, end: int) -> bool:
    units = shipped_units()
    return units.suffix(text, end)[2] in units.money and not _NOT_MONEY.match(text, end)


def _is_counted(text: str, end: int) -> bool:
    word = _NEXT_WORD.match(text, end)
    return word is not None and word.group(1) in words_of("phones.counted")


def _is_line(view: TextView, pos: int, found: re.Match[str]) -> bool:
    """Return whether it is a telephone number: not money, nor three digits after ĐT, a road (đường tỉnh 429)."""
    digits = sum(sign.isdigit() for sign in found.group())
    road = digits == 3 and view.after(pos, " đt")
    money = _MONEY_AHEAD.match(view.text, found.end()) and not _NOT_MONEY.match(view.text, found.end())
    return digits >= 3 and not road and not money


def _short_code(view: TextView, pos: int) -> TokenReading | None:
    found = _SHORT.match(view.text, pos)
    if found and len(found.group()) == 4 and found.group()[0] in "56789" and view.cued(pos, "phones.text"):
        return TokenReading(found.end(), Numerals.digits(found.group()))
    if not found or found.group() not in _EMERGENCY:
        return None
    if view.cued(pos, "phones.call") or _AFTER_LIST.search(view.left(pos) + " "):
        return TokenReading(found.end(), Numerals.digits(found.group()))
    if _BRACKET_AHEAD.match(view.text, found.end()) and _OTHERS_BEFORE.search(view.left(pos) + " "):
        return TokenReading(found.end(), Numerals.digits(found.group()))
    return None


_SERIAL = re.compile(r"(?:[A-ZĐ]{1,3}(?=[0-9])|[A-ZĐ]{1,2}(?=[ .-]))(?:[ .-]?[0-9]{1,15}[A-Z]?){1,8}" + WORD_END)


def read_serial(view: TextView, pos: int) -> TokenReading | None:
    """Read the letters and digits of a card or a file one by one: GD 4 01 0123456789, H26.48.12-260505-0012."""
    found = _SERIAL.match(view.text, pos)
    if not found or not view.cued(pos, "phones.serial") or sum(sign.isdigit() for sign in found.group()) < 4:
        return None
    groups = re.findall("[A-ZĐ]+|[0-9]+", found.group())
    spoken = [
        spell(group) if group.isalpha() else ", ".join(Numerals.digits(part) for part in _cut(group))
        for group in groups
    ]
    return TokenReading(found.end(), ", ".join(spoken))


def read_identifier(view: TextView, pos: int) -> TokenReading | None:
    """Read the number of a card, a book or an account, recognised by the word before it or by its length."""
    text = view.text
    if view.cued(pos, "phones.id"):
        found = _GROUPED_ID.match(text, pos) or _ID_RUN.match(text, pos)
        if found and not _MONEY_AHEAD.match(text, found.end()):
            return TokenReading(found.end(), say_groups(found.group()))
    found = _LONG.match(text, pos)
    if found and (len(found.group()) > 9 or found.group()[0] == "0") and not _MONEY_AHEAD.match(text, found.end()):
        return TokenReading(found.end(), say_groups(found.group()))
    return None
