"""Telephone numbers, hotlines and short codes: digit by digit, with a pause between groups."""

from __future__ import annotations

import re

from .numbers import Numerals
from .quantities import shipped_units
from .text import WORD_END, TextView, TokenReading, words_of

_GAP = r"(?: ?[.-] ?| )?"
_NOT_MORE = r"(?![0-9]|[.,-][0-9])"
_AREA = re.compile(
    rf"\( ?(?:\+?84(?:[ -]?[0-9]{{1,3}})?|0[0-9]{{1,4}}) ?\){_GAP}[0-9](?:{_GAP}[0-9]){{5,9}}{_NOT_MORE}"
)
_ABROAD = re.compile(rf"\+[0-9]{{1,3}}{_GAP}(?:\(0\){_GAP})?[0-9](?:{_GAP}[0-9]){{6,10}}{_NOT_MORE}")
_HOME = re.compile(rf"0[1-9](?:{_GAP}[0-9]){{7,9}}(?![0-9]|,[0-9])")
_SERVICE = re.compile(rf"1[89]00(?:{_GAP}[0-9xX]){{4,6}}(?![0-9xX]|[,/][0-9])(?:(?<=[0-9])|{WORD_END})")
_MASKED = re.compile(
    r"0[1-9][0-9]{0,8}(?:[ .-][0-9]{1,4}){0,2}(?:[ .-]?[xX*]{2,6}){1,2}(?:[ .-]?[0-9]{1,6})?(?![0-9])" + WORD_END
)
_OTHER = re.compile(rf" ?/ ?(?={_GAP}[0-9(])")
_EXTENSION = re.compile(rf"[0-9]{{2,4}}(?:{_GAP}[0-9]{{2,4}}){{0,2}}(?![0-9/]|[.,][0-9])")
_DIAL = re.compile(r"\*[0-9][0-9*]{1,14}#")
_UNBROKEN = re.compile(r"1[89]00[0-9]{4,}")
_UP_TO = re.compile(r" ?(?:-|đến|tới) ?[0-9]+")
_NEXT_WORD = re.compile(r" ([^\W\d_]+[23]?)")
_NOT_MONEY = re.compile(r" ?(?:đồng (?:thời|loạt|chí|bào)|đ/c)" + WORD_END, re.IGNORECASE)
_YEARS = re.compile(r"1[89]00 ?- ?[12][0-9]{3}(?![0-9])")
_SHORT = re.compile(rf"[0-9]{{3,6}}{WORD_END}(?![.,/%-][0-9]|%| (?:hộ|người|cuộc|lượt|khách|số|thuê bao)\b)")
_ANY = re.compile(rf"\(?\+?[0-9]{{2,}}(?:{_GAP}\(?[0-9]+\)?)*(?![0-9/:%])")
_BEGINS = re.compile(r"\(? ?\+?[0-9]")

_EMERGENCY = frozenset(["111", "112", "113", "114", "115", "116", "117", "118", "119", "1022", "156", "195"])
_EMERGENCIES = re.compile(r"[0-9]{3,4}(?:/[0-9]{3,4})+(?![0-9/])")
_AFTER_PHONE = re.compile(r"(?<![0-9])(?:0[1-9]|1[89]00)[0-9. ()-]{5,14}(?:,|;|/| và| hoặc| hay) ?(?:gọi |số )?$")
_PHONE_REACH = 32  # characters: a telephone number and the word after it
_MESSAGE = re.compile(r" (?:soạn|cú pháp|nhắn) ")
_AFTER_LIST = re.compile(r" (?:111|112|113|114|115) (?:, |và |hoặc |hay |; |- |/ )$")
_OTHERS_BEFORE = re.compile(r" 11[1-5] (?:\S+ ){1,6}$")
_BRACKET_AHEAD = re.compile(r" ?\(")
MONEY_AHEAD = re.compile(r" ?(?:đồng|đ|vnđ|vnd|usd|triệu|tỷ|nghìn|người|hộ)" + WORD_END, re.IGNORECASE)
"""Matches what makes an amount of the digits before it."""
_LONGEST_SERVICE = 10  # digits of an 1800 or 1900 line
_BIG_GROUP = 5  # digits said without a pause


def say_groups(token: str) -> str:
    """Return the digits of `token` in words, with a comma at each gap; long runs without a gap are split in threes."""
    groups = re.findall("[0-9]+|[xX]+|[*]+|\\+", token)
    spoken: list[str] = []
    for group in groups:
        if group == "+":
            spoken.append("cộng")
        else:
            spoken += [" ".join(_sign(sign) for sign in part) for part in cut_groups(group)]
    return ", ".join(spoken).replace("cộng, ", "cộng ")


def _sign(sign: str) -> str:
    return Numerals.digits(sign) if sign.isdigit() else {"*": "sao"}.get(sign, "ích")


def cut_groups(group: str) -> list[str]:
    """Split a long group in threes; a single digit left over joins its neighbours: 0912345678 → 0912 345 678."""
    if len(group) <= _BIG_GROUP:
        return [group]
    if group.startswith(("1800", "1900")):
        return [group[:4], *([group[4:]] if len(group) <= _LONGEST_SERVICE else cut_groups(group[4:]))]
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
            return _with_others(text, found)
    if (found := _SERVICE.match(text, pos)) and not _YEARS.match(text, pos) and not _is_amount(view, pos):
        return TokenReading(found.end(), say_groups(found.group()))
    if view.cued(pos, "phones.line") and (found := _ANY.match(text, pos)) and _is_line(view, pos, found):
        return TokenReading(found.end(), say_groups(found.group()))
    return _short_code(view, pos)


def _with_others(text: str, found: re.Match[str]) -> TokenReading:
    """Read a telephone number with those after a slash: 0912 345 678/0987 654 321, 0204 3666 888/889."""
    words, end = [say_groups(found.group())], found.end()
    while other := _OTHER.match(text, end):
        number = next(filter(None, (shape.match(text, other.end()) for shape in (_AREA, _HOME, _EXTENSION))), None)
        if not number:
            break
        words.append(say_groups(number.group()))
        end = number.end()
    return TokenReading(end, ", hoặc ".join(words))


def read_dial(view: TextView, pos: int) -> TokenReading | None:
    """Read what is dialled: *101#."""
    found = _DIAL.match(view.text, pos)
    if not found:
        return None
    signs = " ".join(_sign(sign) for sign in found.group()[:-1])
    return TokenReading(found.end(), f"{signs} thăng")


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
    money = MONEY_AHEAD.match(view.text, found.end()) and not _NOT_MONEY.match(view.text, found.end())
    return digits >= 3 and not road and not money


def _short_code(view: TextView, pos: int) -> TokenReading | None:
    if several := _emergencies(view, pos):
        return several
    found = _SHORT.match(view.text, pos)
    if not found:
        return None
    spoken = TokenReading(found.end(), Numerals.digits(found.group()))
    if view.cued(pos, "phones.text") and _is_text_line(view, pos, found.group()):
        return spoken
    return spoken if found.group() in _EMERGENCY and _is_emergency(view, pos, found.end()) else None


def _is_text_line(view: TextView, pos: int, number: str) -> bool:
    """Return whether text messages go to `number`."""
    return (len(number) == 4 and number[0] in "56789") or bool(_MESSAGE.search(view.left(pos) + " "))


def _is_emergency(view: TextView, pos: int, end: int) -> bool:
    left = view.left(pos) + " "
    if view.cued(pos, "phones.call") or _AFTER_LIST.search(left):
        return True
    if _AFTER_PHONE.search(view.text[max(0, pos - _PHONE_REACH) : pos]):
        return not _is_counted(view.text, end)
    return bool(_BRACKET_AHEAD.match(view.text, end) and _OTHERS_BEFORE.search(left))


def _emergencies(view: TextView, pos: int) -> TokenReading | None:
    """Read 113/114/115."""
    found = _EMERGENCIES.match(view.text, pos)
    numbers = found.group().split("/") if found else []
    if not found or not _EMERGENCY.issuperset(numbers):
        return None
    if len(numbers) < 3 and not view.cued(pos, "phones.call", "phones.line"):
        return None
    return TokenReading(found.end(), ", ".join(map(Numerals.digits, numbers)))
