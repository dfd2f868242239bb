"""Numbers of cards, books, files and accounts, and the letters in front of them: digit by digit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .letters import spell
from .numbers import Numerals
from .phones import MONEY_AHEAD, cut_groups, say_groups
from .text import WORD_END, TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG = re.compile(r"[0-9]{9,}(?![0-9]|[.,][0-9]| ?/ ?[0-9])")
_GROUPED_ID = re.compile(r"[0-9]{3,6}(?:[ .-][0-9]{2,6}){1,5}(?![0-9]|[.,/-][0-9])")
_ID_RUN = re.compile(r"[0-9]{4,}(?:-[0-9]{3})?(?![0-9]|[.,/][0-9])")
_SET_LENGTH_LEFT = re.compile(r" mã(?: [^\W\d_]+){0,2} [0-9]+ (?:chữ )?số $")
_PAPER = re.compile(rf"([A-ZĐ]{{1,3}}) ?([0-9]{{5,8}}[A-Z]?){WORD_END}")
_SERIAL = re.compile(r"(?:[A-ZĐ]{1,3}(?=[0-9])|[A-ZĐ]{1,2}(?=[ .-]))(?:[ .-]?[0-9]{1,15}[A-Z]?){1,8}" + WORD_END)


def read_serial(view: TextView, pos: int) -> TokenReading | None:
    """Read the letters and digits of a card or a file one by one: GD 4 01 0123456789, H26.48.12-260505-0012."""
    found = _SERIAL.match(view.text, pos)
    if not found or not view.cued(pos, "phones.serial") or sum(sign.isdigit() for sign in found.group()) < 4:
        return None
    groups = re.findall("[A-ZĐ]+|[0-9]+", found.group())
    spoken = [
        spell(group) if group.isalpha() else ", ".join(Numerals.digits(part) for part in cut_groups(group))
        for group in groups
    ]
    return TokenReading(found.end(), ", ".join(spoken))


def read_paper(view: TextView, pos: int, names: Mapping[str, str]) -> TokenReading | None:
    """Read the number of a certificate or a banknote: số BX 123456; not of what is named before it: số TK 123456."""
    found = _PAPER.match(view.text, pos)
    if not found or not view.cued(pos, "phones.paper") or (found[1] in names and view.after(pos, " số")):
        return None
    letters, digits = found.groups()
    words = ", ".join(Numerals.digits(part) for part in cut_groups(digits.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    last = f" {spell(digits[-1])}" if digits[-1].isalpha() else ""
    return TokenReading(found.end(), f"{spell(letters)}, {words}{last}")


def read_identifier(view: TextView, pos: int) -> TokenReading | None:
    """Read the number of a card, a book or an account, recognised by the word before it or by its length."""
    text = view.text
    if view.cued(pos, "phones.id") or _SET_LENGTH_LEFT.search(view.left(pos) + " "):
        found = _GROUPED_ID.match(text, pos) or _ID_RUN.match(text, pos)
        if found and not MONEY_AHEAD.match(text, found.end()):
            return TokenReading(found.end(), say_groups(found.group()))
    found = _LONG.match(text, pos)
    if found and (len(found.group()) > 9 or found.group()[0] == "0") and not MONEY_AHEAD.match(text, found.end()):
        return TokenReading(found.end(), say_groups(found.group()))
    return None
