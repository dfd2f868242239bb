"""Figures, laws and telephone numbers in a text: what somebody has to answer for when it goes out on the air."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMOUNT = r"[0-9]+(?:[.,][0-9]+)*"
_NO_NUMBER_BEFORE = r"(?<![0-9.,/])"
_WORD_END = r"(?![^\W_])"
_FIGURE = re.compile(
    rf"{_NO_NUMBER_BEFORE}(?:{_AMOUNT} ?(?:[%‰]|phần (?:trăm|nghìn){_WORD_END})"
    rf"|{_AMOUNT} ?(?:(?:nghìn|ngàn|triệu|tỷ|tỉ|trăm) ?)*(?:đồng|đ|vnđ|vnd|₫|usd|đô la){_WORD_END}"
    rf"|{_AMOUNT} ?(?:nghìn|ngàn|triệu|tỷ|tỉ){_WORD_END}(?! (?:người|hộ|lượt|cây|con|tấn))"
    rf"|{_AMOUNT} ?(?:k|tr[0-9]?){_WORD_END}"
    r"|(?<!thọ )(?<!hưởng dương )[0-9]{1,3} tuổi\b(?! (?:trẻ|già))"
    r"|[0-9]{1,2} năm (?:đóng|tham gia|công tác)\b)"
    rf"|\$ ?{_AMOUNT}|\btuổi [0-9]{{1,3}}(?![0-9])"
    r"|\b(?:đóng|tham gia)(?: đủ| ít nhất| từ| tối thiểu)? [0-9]{1,2} năm\b",
    re.IGNORECASE,
)
_NUMBER_OF_LETTER = (
    r"[0-9]{1,5}(?:/[12][0-9]{3})?/[A-ZĐ][A-ZĐa-z]*[0-9]*(?:-[A-ZĐ][A-ZĐa-z0-9]*)*"
    r"|[0-9]{1,4}-[A-ZĐ]{2}[A-ZĐa-z]*/[A-ZĐ]{2,}"
    r"|(?<=Nghị định )[0-9]{1,4}/[12][0-9]{3}|(?<=Nghị định số )[0-9]{1,4}/[12][0-9]{3}"
)
_LAW = re.compile(
    rf"(?<![\w/])(?:{_NUMBER_OF_LETTER})"
    r"|\b(?:Bộ luật|Luật) (?=[A-ZĐ]\w+)\w+(?: (?!số |năm |quy |này )[a-zà-ỹđ]+){0,3}"
)
_NO_DATE = r"(?![0-9]{1,2}([./-])[0-9]{1,2}\1[12][0-9]{3}(?![0-9]))"
_PHONE = re.compile(
    rf"(?<![\w.,/+-]){_NO_DATE}(?:\(?\+84\)?[ .]?|\(0[0-9]{{2,3}}\) ?|0)[0-9]{{1,4}}(?:[ .-]?[0-9]{{2,4}}){{1,3}}"
    r"(?![\w/]|[.,][0-9])"
    r"|(?<![\w.,/-])1[89]00(?:[ .-]?[0-9]{2,4}){1,3}(?![\w/]|[.,][0-9])"
)
_OTHER_NUMBER = re.compile(
    r"(?:\bmã\b|số thuế|CMND|CCCD|STK|tài khoản|\bthẻ\b|sổ BHXH|căn cước|biên lai)[^.;,!?]{0,16}$", re.IGNORECASE
)
_DIGITS = (8, 11)  # of a telephone number
_DATED = re.compile(
    r"\s*,?\s*ngày (?P<d>[0-9]{1,2})(?:/|-|\.| tháng )(?P<m>[0-9]{1,2})(?:/|-|\.| năm )(?P<y>[12][0-9]{3})",
    re.IGNORECASE,
)
_YEAR_IN_NUMBER = re.compile(r"/([12][0-9]{3})/")
_NAMED_YEAR = re.compile(r"(?: số \S+)? năm (?P<y>[12][0-9]{3})\b")


class FactKind(StrEnum):
    """What somebody has to answer for."""

    FIGURE = "figure"  # a share, a sum of money, an age, years of contribution
    LAW = "law"  # a law or a letter, by its number or its name
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure, law or telephone number: where it stands in the text, and of a law when it is of, as "2021-05-07"."""

    kind: FactKind
    text: str
    start: int
    end: int
    dated: str = ""  # an ISO date, or a year alone; "" where the text does not say


def facts_in(text: str) -> list[Fact]:
    """Return what somebody has to answer for in a text in NFC, in its order; none stands inside another."""
    found = sorted([*_phones(text), *_laws(text), *_figures(text)], key=lambda fact: (fact.start, -fact.end))
    kept: list[Fact] = []
    for fact in found:
        if not kept or fact.start >= kept[-1].end:
            kept.append(fact)
    return kept


def _figures(text: str) -> Iterator[Fact]:
    for found in _FIGURE.finditer(text):
        yield Fact(FactKind.FIGURE, found.group(), *found.span())


def _laws(text: str) -> Iterator[Fact]:
    for found in _LAW.finditer(text):
        yield Fact(FactKind.LAW, found.group(), *found.span(), dated=_date_of(text, found))


def _date_of(text: str, found: re.Match[str]) -> str:
    if day := _DATED.match(text, found.end()):
        return f"{day['y']}-{int(day['m']):02}-{int(day['d']):02}"
    year = _YEAR_IN_NUMBER.search(found.group()) or _NAMED_YEAR.match(text, found.end())
    return year[1] if year else ""


def _phones(text: str) -> Iterator[Fact]:
    for found in _PHONE.finditer(text):
        is_other = _OTHER_NUMBER.search(text[max(0, found.start() - 40) : found.start()])
        if _DIGITS[0] <= len(digits_of(found.group())) <= _DIGITS[1] and not is_other:
            yield Fact(FactKind.PHONE, found.group(), *found.span())


def digits_of(text: str) -> str:
    """Return a telephone number's digits alone: "1900.90.68" → "19009068", "+84 912…" → "0912…"."""
    digits = re.sub(r"[^0-9]", "", text)
    return f"0{digits[2:]}" if text.lstrip(" (").startswith("+84") else digits


def comparable(text: str) -> str:
    """Return a figure in the one form in which it is compared: "330.000 đồng" and "330.000đ" are the same."""
    short = re.sub(r"\s+", "", text.casefold())
    for long, sign in (("phầntrăm", "%"), ("vnđ", "đ"), ("vnd", "đ"), ("đồng", "đ"), ("₫", "đ"), ("ngàn", "nghìn")):
        short = short.replace(long, sign)
    return short
