"""Dashes and arrows: "to" between two ends of a range, "minus" in a sum, a sign before a number, or a pause."""

from __future__ import annotations

import re

from .doubts import span_doubt
from .quantities import shipped_units
from .text import WORD_END, TextView, TokenReading

_SPAN_AHEAD = re.compile(
    rf" ?(?:[+-]?[0-9]|(?:[IVX]+|T[2-7]|CN|[Tt]hứ|ngày|tháng|[Cc]hủ nhật|hết|mùng|mồng){WORD_END}|[Kk][Mm] ?[0-9])"
)
_PART_OF_DAY_AHEAD = re.compile(rf" ?(?:rạng )?(?:sáng|trưa|chiều|tối|đêm){WORD_END}")
_LONGEST_UNIT = 10  # letters of a counted word and its spaces
_WEEKDAY_AHEAD = re.compile(" ?(?:[Tt]hứ|[Cc]hủ nhật|CN)")
_PARTS_OF_DAY = frozenset(("sáng", "trưa", "chiều", "tối", "đêm"))
_NUMBER_AHEAD = re.compile(r" ?[0-9]+(?:[.,][0-9]+)*")
_LABEL_LEFT = re.compile(r"([^\W\d_]+)\.? ?([0-9]+) ?$")
_LABEL_AHEAD = re.compile(r" ?([^\W\d_]+)\.? ?([0-9]+)(?![0-9]|[.,/][0-9])")
_LABEL_REACH = 24  # characters: a word and its number
_ROADS = frozenset(("ql", "đt", "tl", "hl", "lộ"))
_SUM_LEFT = re.compile(r"[×=*÷][^\n;:=]{0,30}$|[0-9] ?[xX] ?[0-9][^\n;:=]{0,24}$|\+ ?[0-9][^\n;:=]{0,20}$")
_SUM_AHEAD = re.compile(r" ?[0-9][0-9.,]* ?[^\W\d_]{0,6}%? ?[=×÷]")
_SUM_REACH = 40  # characters: how far back a sign of arithmetic is looked for
_BELOW_AHEAD = re.compile(r"[-–—] ?< ?(?=[0-9])")
_ARROWS = frozenset("→⇒➔➜⟶")
_COUNT_LEFT = re.compile(r"[0-9][^\n.,;:→>]{0,24}$|\bnay $")  # an arrow also joins counts with what is counted between
_LETTER_LEFT = re.compile(r" (?:điểm|mục|tiết|phụ lục|nhóm|dãy|lô|khu|biểu|mẫu|tổ|đội|dãy nhà|phòng) ([a-zđ])$")
_LETTER_AHEAD = re.compile(rf" ?([a-zđA-ZĐ]){WORD_END}")
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_VOLTAGES = re.compile(r"/[0-9]+(?:[.,][0-9]+)? ?[kK]?V")
_COMPARABLE = frozenset(("phút", "giờ", "giây", "tuổi"))


def read_arrow(view: TextView, pos: int) -> TokenReading | None:
    """Read an arrow (→ ->): "to" between the two ends of a range, else a pause."""
    text = view.text
    size = 1 if text[pos] in _ARROWS else 2
    if size == 2 and text[pos : pos + 2] not in ("->", "=>"):
        return None
    end = pos + size
    joined = _joins_numbers(view, pos, end) or _joins_names(view, pos, end) or _joins_counts(text, pos, end)
    return TokenReading(end, " đến " if joined else ", ")


def read_dash(view: TextView, pos: int) -> TokenReading | None:
    """Read a dash: "to" in a range, "minus" in a sum, nothing inside a word, a pause between words."""
    if arrow := read_arrow(view, pos):
        return arrow
    text, end = view.text, pos + 1
    if 0 <= view.number_end <= pos <= view.number_end + _LONGEST_UNIT and (below := _BELOW_AHEAD.match(text, pos)):
        return TokenReading(below.end(), " đến dưới ")
    if _is_minus(view, pos):
        return TokenReading(end, " trừ ")
    if _joins_numbers(view, pos, end):
        joint = " đến " if _comparable(text, view.number_end, end) else ", "
        return TokenReading(end, joint, span_doubt(text, view.number_end, end))
    if _joins_names(view, pos, end):
        return TokenReading(end, " đến ")
    before, after = view.char(pos - 1), view.char(end)
    if after.isdigit() and not before.isalnum():
        said = view.after(pos, " giảm", " hạ", " âm", " trừ") and not text[max(0, pos - 2) : pos].startswith(":")
        return TokenReading(end, ("" if said else "âm ") if before in ' (:"' else ", ")
    if before.isalnum() and after.isalnum():
        return TokenReading(end, " ")
    return TokenReading(end, ", ")


def _joins_numbers(view: TextView, pos: int, end: int) -> bool:
    """Return whether a number, or something counted, ends right before `pos` and another begins at `end`."""
    near = 0 <= view.number_end <= pos <= view.number_end + _LONGEST_UNIT
    return near and _same_count(view.text, view.number_end, pos, end) and bool(_SPAN_AHEAD.match(view.text, end))


def _joins_counts(text: str, pos: int, end: int) -> bool:
    """Return whether something counted stands on both sides of an arrow: 135 hộ (2021) → 15 hộ."""
    counted = _SPAN_AHEAD.match(text, end) or _PART_OF_DAY_AHEAD.match(text, end)
    return bool(counted) and bool(_COUNT_LEFT.search(text[max(0, pos - _LABEL_REACH) : pos]))


def _joins_names(view: TextView, pos: int, end: int) -> bool:
    """Return whether days of the week, or names with numbers or letters, stand on both sides: thứ 2 - thứ 6."""
    return _joins_labels(view.text, pos, end) or _joins_weekdays(view, pos, end) or _joins_letters(view, pos, end)


def _same_count(text: str, number_end: int, pos: int, end: int) -> bool:
    """Return whether number and sign are separated only by spaces, or by the word counted after the next number too."""
    between = text[number_end:pos].strip(" ")
    if not between or between in _PARTS_OF_DAY:
        return True
    return between.isalpha() and bool(re.match(rf" ?[0-9]+(?:[.,][0-9]+)? {between}{WORD_END}", text[end : end + 23]))


def _comparable(text: str, number_end: int, end: int) -> bool:
    """Return whether the two numbers are of one kind: 30W-100V are two things, 500g-1kg is a range."""
    ahead = _NUMBER_AHEAD.match(text, end)
    left = shipped_units().unit_before(text, number_end)
    right = shipped_units().suffix(text, ahead.end())[1] if ahead else ""
    if left and ahead and _VOLTAGES.match(text, ahead.end()):
        return False
    kinds = {"time" if name in _COMPARABLE else name.rpartition(" ")[2] for name in (left, right) if name}
    return len(kinds) < 2


def _joins_labels(text: str, pos: int, end: int) -> bool:
    """Return whether both sides are the same word with a number, the second one greater: Điều 78 - Điều 82."""
    left = _LABEL_LEFT.search(text[max(0, pos - _LABEL_REACH) : pos])
    right = _LABEL_AHEAD.match(text, end)
    if not left or not right or left.group(1).lower() != right.group(1).lower():
        return False
    return left.group(1).lower() not in _ROADS and int(left.group(2)) < int(right.group(2))


def _joins_letters(view: TextView, pos: int, end: int) -> bool:
    """Return whether two letters in order name the ends of a range: điểm a - d."""
    left, right = _LETTER_LEFT.search(view.left(pos)), _LETTER_AHEAD.match(view.text, end)
    if not left or not right:
        return False
    return _LETTERS.find(left[1]) < _LETTERS.find(right[1].lower())


def _joins_weekdays(view: TextView, pos: int, end: int) -> bool:
    return view.cued(pos, "layout.weekday") and bool(_WEEKDAY_AHEAD.match(view.text, end))


def _is_minus(view: TextView, pos: int) -> bool:
    """Return whether a dash with a gap on both sides stands in a sum: 3.000.000đ × 22% - 66.000đ = ..."""
    text = view.text
    if view.char(pos - 1) != " " or view.char(pos + 1) != " " or not _NUMBER_AHEAD.match(text, pos + 1):
        return False
    counted = 0 <= view.number_end <= pos <= view.number_end + _LONGEST_UNIT
    in_sum = _SUM_LEFT.search(text[max(0, pos - _SUM_REACH) : pos]) or _SUM_AHEAD.match(text, pos + 1)
    return counted and bool(in_sum)
