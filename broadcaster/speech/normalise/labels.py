"""A letter with a number that stands for a word: wind c13, clause K2 Đ6, load 3T5, current 63A, pipe Ø21."""

from __future__ import annotations

import re

from .result import Doubt
from .text import WORD_END, TextView, TokenReading

_LEVEL = re.compile(rf"[cC]([0-9]{{1,2}})((?:(?: ?- ?|,)[cC]?[0-9]{{1,2}})*){WORD_END}")
_NEXT_LEVEL = re.compile(r"([-,]) ?[cC]?([0-9]{1,2})")
_HIGHEST_WIND = 17
_CLAUSE = re.compile(rf"([KkĐđ])\.? ?([0-9]{{1,3}}){WORD_END}")
_CLAUSE_AHEAD = re.compile(rf",? ?[KkĐđ]\.? ?[0-9]{{1,3}}{WORD_END}")
_CLAUSE_LEFT = re.compile(r" (?:k|khoản|đ|điều) (?:\. )?[0-9]+ (?:, )?$| điểm [a-zđ] (?:, )?$")
_LAW_AHEAD = re.compile(
    r",? (?:của )?(?:bộ luật|luật|nghị định|thông tư|nghị quyết|quyết định|hiến pháp|pháp lệnh|điều lệ|quy chế|"
    rf"quy định|nđ|tt|nq|qđ){WORD_END}",
    re.IGNORECASE,
)
_LAW_LEFT = re.compile(r" (?:luật|nghị định|thông tư|nđ|nghị quyết|quyết định) ")
_CLAUSE_NAMES = {"k": "khoản", "đ": "điều"}
_LOAD = re.compile(rf"([0-9]{{1,3}}(?:,[0-9]{{1,2}})?)T([0-9]{{0,2}}){WORD_END}")
_LOAD_LEFT = re.compile(r" (?:xe|tải|trọng|cầu|cẩu|ben|cấm|phà|container|công ten nơ) ")
_AGED_LEFT = re.compile(r" (?:cháu|bé|em|ông|bà|anh|chị|nam|nữ|trẻ|trẻ em|từ đủ|dưới|trên|cụ) $")
_DAYS_NIGHTS = re.compile(rf"([0-9]{{1,2}})N ?/? ?([0-9]{{1,2}})Đ{WORD_END}")
_AGE = re.compile(rf"([0-9]{{2,3}})t([0-9]{{1,2}})(?:th)?{WORD_END}")
_PILLS = re.compile(rf"([0-9]{{1,2}}) ?v{WORD_END}")
_HEADS = re.compile(rf"([0-9]+(?:[.,][0-9]+)?)c(?=/(?:m2|m3|kg|ha|hộ|ổ|lứa|sào|khóm|cây|lá|lồng){WORD_END})")
_POINTS = re.compile(rf"([0-9]{{1,2}}(?:,[0-9]{{1,2}})?)đ{WORD_END}(?!/)")
_MONTHS_OF_YEAR = re.compile(r"/([12][0-9]{3})(?![0-9])")
_MONTHS_AHEAD = re.compile(rf" (?:đầu|cuối|năm|qua|vừa qua|gần đây|liền){WORD_END}")
_AMPERE = re.compile(rf"([0-9]{{1,4}}(?:,[0-9]{{1,2}})?)A{WORD_END}")
_DIAMETER = re.compile(r"[ØøΦφ] ?(?=[0-9])")


def read_level(view: TextView, pos: int) -> TokenReading | None:
    """Read the force of a wind: giật c13, gió c7-8."""
    found = _LEVEL.match(view.text, pos)
    if not found or not view.near(pos, "labels.wind") or int(found[1]) > _HIGHEST_WIND:
        return None
    words = f"cấp {view.numerals.whole(found[1])}"
    for sign, number in _NEXT_LEVEL.findall(found[2]):
        words += f"{' đến' if sign == '-' else ','} {view.numerals.whole(number)}"
    return TokenReading(found.end(), words)


def read_clause(view: TextView, pos: int) -> TokenReading | None:
    """Read K2 Đ6 as khoản 2 điều 6, beside one another or a law."""
    found = _CLAUSE.match(view.text, pos)
    if not found:
        return None
    end = found.end()
    beside = _CLAUSE_AHEAD.match(view.text, end) or _LAW_AHEAD.match(view.text, end)
    pointed = view.text[pos : pos + 2] == "Đ." and _LAW_LEFT.search(view.left(pos) + " ")
    if not beside and not pointed and not _CLAUSE_LEFT.search(view.left(pos) + " "):
        return None
    return TokenReading(end, f"{_CLAUSE_NAMES[found[1].lower()]} {view.numerals.whole(found[2])}")


def read_diameter(view: TextView, pos: int) -> TokenReading | None:
    """Read the sign of a diameter: Ø21."""
    found = _DIAMETER.match(view.text, pos)
    return TokenReading(found.end(), "phi ") if found else None


def read_load(view: TextView, pos: int) -> TokenReading | None:
    """Read 3T5, 10T as tons, 6T đầu năm as months, cháu 18T as an age, and 63A as amperes near what is electric."""
    if (found := _AMPERE.match(view.text, pos)) and _is_electric(view, pos):
        return TokenReading(found.end(), f"{view.numerals.written(found[1])} am pe")
    found = _LOAD.match(view.text, pos)
    if not found:
        return None
    number, part = found.groups()
    left = view.left(pos) + " "
    is_load = bool(_LOAD_LEFT.search(left))
    if not part and (year := _MONTHS_OF_YEAR.match(view.text, found.end())):
        of_year = f"tháng năm {view.numerals.cardinal(int(year[1]))}"
        return TokenReading(year.end(), f"{view.numerals.written(number)} {of_year}")
    if not part and not is_load and _MONTHS_AHEAD.match(view.text, found.end()):
        return TokenReading(found.end(), f"{view.numerals.written(number)} tháng")
    if not part and not is_load and _AGED_LEFT.search(left):
        return TokenReading(found.end(), f"{view.numerals.written(number)} tuổi", Doubt.GUESSED)
    words = f"{view.numerals.written(number)} tấn" + (f" {view.numerals.label(part)}" if part else "")
    return TokenReading(found.end(), words, None if is_load else Doubt.GUESSED)


def read_pair(view: TextView, pos: int) -> TokenReading | None:
    """Read 3N2Đ as days and nights, 61t6th as an age, 500c/m2 as animals, 2v as pills where medicine is taken."""
    whole = view.numerals.whole
    if found := _DAYS_NIGHTS.match(view.text, pos):
        return TokenReading(found.end(), f"{whole(found[1])} ngày {whole(found[2])} đêm")
    if found := _AGE.match(view.text, pos):
        return TokenReading(found.end(), f"{whole(found[1])} tuổi {whole(found[2])} tháng")
    if found := _HEADS.match(view.text, pos):
        return TokenReading(found.end(), f"{view.numerals.written(found[1])} con", numeric=True)
    found = _PILLS.match(view.text, pos)
    if not found or not view.cued(pos, "labels.pills"):
        return None
    return TokenReading(found.end(), f"{whole(found[1])} viên", numeric=True)


def read_points(view: TextView, pos: int) -> TokenReading | None:
    """Read 23,5đ as points: nothing costs so little; a whole number only where points are spoken of."""
    found = _POINTS.match(view.text, pos)
    told = view.near(pos, "labels.points") or " điểm " in view.left(pos)
    if not found or not (told or "," in found[1]):
        return None
    return TokenReading(found.end(), f"{view.numerals.written(found[1])} điểm", None if told else Doubt.GUESSED)


def _is_electric(view: TextView, pos: int) -> bool:
    return view.near(pos, "labels.electric") and not view.cued(pos, "names.numbered", "slashes.house")
