"""Signs, bullets, numbered headings, and the pauses that they stand for."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from .letters import NAMES, UPPER
from .quantities import read_per, shipped_units
from .result import Doubt
from .roman import to_int
from .text import WORD_END, Spoken, View

if TYPE_CHECKING:
    from collections.abc import Callable

_BULLET = re.compile(
    r"(?:[*•●○◦▪▫■□◆◇►▶➢➤✓✔☑★☆→⇒·‣⁃❖✦✅👉📌🔹🔸]+[ ]*(?=\S)|[-+]+(?:[ ]+|(?=[^\W\d_])))+"
    r"|(?:-|\+(?![0-9]))(?=\S)(?![0-9]+(?:[.,][0-9]+)? ?[°%])"
)
_RULE = re.compile(r"[-=_*~.…]{3,}[ ]*(?=\n|\Z)")
_SECTION = re.compile(
    rf"(\(?)([0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{0,4}})(?:\.\)?|\)|/(?= |[{UPPER}][a-zà-ỹ])|:(?= )|-(?= ))[ ]*"
    r"(?=[^\W0-9_]|[\"(\[]|\n|\Z)"
)
_SECTION_BARE = re.compile(rf"([0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{1,4}})[ ]+(?=[{UPPER}][a-zà-ỹđ]*(?:[ ,:.]|\Z))")
_SECTION_SPACED = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){0,4})[.)/] +(?=\S)")
_ROMAN_HEAD = re.compile(r"\(?([IVX]{1,5})(?:\.{1,4}(?![0-9vV.])|[)]|[/-](?= ))[ ]*(?=\S)")
_ROMAN_SECTION = re.compile(r"([IVX]{1,5})\.([0-9]{1,2}(?:\.[0-9]{1,2}){0,3})[.)]?[ ]+(?=\S)")
_LETTER_HEAD = re.compile(r"\(?([a-oq-zđA-EG])(?:\.?\)|/(?= )|\.(?= ))[ ]*(?=\S)")
_LETTER_NUMBER_HEAD = re.compile(r"\(?([a-zđA-Z])\.?([0-9]{1,2})(?:\)|\.)[ ]*(?=[^\W0-9_])")


def read_line_head(view: View, pos: int) -> Spoken | None:
    """Read what stands at the head of a line: a bullet (nothing is said), a rule, "3.1.", "II.", "a)"."""
    text, numerals = view.text, view.numerals
    if found := _RULE.match(text, pos):
        return Spoken(found.end(), "")
    if found := _BULLET.match(text, pos):
        return Spoken(found.end(), "")
    if found := _SECTION.match(text, pos) or _SECTION_SPACED.match(text, pos):
        return Spoken(found.end(), f"{_section(view, found.groups()[-1])}. ")
    if found := _SECTION_BARE.match(text, pos):
        return Spoken(found.end(), f"{_section(view, found.group(1))}. ")
    if found := _ROMAN_SECTION.match(text, pos):
        roman, rest = found.groups()
        return Spoken(found.end(), f"{numerals.cardinal(to_int(roman))} chấm {_section(view, rest)}. ")
    if found := _ROMAN_HEAD.match(text, pos):
        return Spoken(found.end(), f"{numerals.cardinal(to_int(found.group(1)))}. ")
    if found := _LETTER_NUMBER_HEAD.match(text, pos):
        letter, number = found.groups()
        return Spoken(found.end(), f"{NAMES[letter.lower()]} {numerals.whole(number)}. ")
    if found := _LETTER_HEAD.match(text, pos):
        return Spoken(found.end(), f"{_letter(found.group(1))}. ")
    return None


def _letter(letter: str) -> str:
    """Return the name of an item's letter; "i" has its full name, for a capital I with a stop is the numeral one."""
    return _SHORT_I if letter in "iI" else NAMES[letter.lower()]


_SHORT_I = "i ngắn"
_I_HEAD = re.compile(r"[iI](?=[^\w\n]{0,8}[.…])")


def read_short_i(view: View, pos: int) -> Spoken | None:
    """Read an "i" with a stop, alone at the head of a line, that is no numeral."""
    found = _I_HEAD.match(view.text, pos)
    line = view.text[max(0, pos - _LINE_HEAD) : pos].rpartition("\n")[2]
    return None if not found or any(map(str.isalnum, line)) else Spoken(pos + 1, _SHORT_I)


_LINE_HEAD = 40  # signs: nobody puts more than a few before the first letter of a line


def _section(view: View, token: str) -> str:
    return " chấm ".join(view.numerals.cardinal(int(part)) for part in token.split("."))


_ENDING = re.compile(r"\.?/\.")
_DOTS = re.compile(r"(?:\.[ ]?){2,}\.?|…[.…]*")
_ETC = re.compile(r"[vV](?:\.[ ]?|,[ ]?)?[vV](?:\.{1,4}|…|\b)(?!\w)")
_SENTENCE_AHEAD = re.compile(rf"\s*(?:\Z|\"?[{UPPER}])|[ ]*\n[ ]*[\n0-9*•+-]")
_SPELLED_SIGNS = {
    "&": "và", "@": "a còng", "≥": "lớn hơn hoặc bằng", "≤": "nhỏ hơn hoặc bằng", "≧": "lớn hơn hoặc bằng",
    "≦": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "≈": "xấp xỉ", "≠": "khác", "×": "nhân", "∞": "vô cùng", "√": "căn",
    "°": "độ", "%": "phần trăm", "‰": "phần nghìn", "$": "đô la", "€": "ơ rô", "₫": "đồng", "£": "bảng Anh",
    "¥": "yên", "§": "mục",
}  # fmt: skip
_PAUSES = frozenset("()[]{}|;–→⇒")
_KEPT = frozenset(",.;:!?")


def read_sign(view: View, pos: int) -> Spoken | None:
    """Read one sign in the middle of a line."""
    text, sign = view.text, view.text[pos]
    if sign in "./" and (found := _ENDING.match(text, pos)):
        return Spoken(found.end(), ".")
    if sign in ".…" and (found := _DOTS.match(text, pos)):
        return _dots(view, pos, found)
    if sign in _KEPT:
        return Spoken(pos + 1, sign)
    if sign in _ASKED and (spoken := _ASKED[sign](view, pos)):
        return spoken
    if sign in _PAUSES:
        return Spoken(pos + 1, ", ")
    if sign in _SPELLED_SIGNS:
        return Spoken(pos + 1, f" {_SPELLED_SIGNS[sign]} ")
    return _odd_sign(view, pos)


def _odd_sign(view: View, pos: int) -> Spoken:
    """Leave a sign out that has no words; one that counts or is money is worth a look."""
    sign = view.text[pos]
    value = unicodedata.numeric(sign, None)
    if sign.isdigit() and value is not None:
        return Spoken(pos + 1, f" {view.numerals.cardinal(int(value))} ")
    odd = unicodedata.category(sign) in ("Sc", "Sm")
    return Spoken(pos + 1, " ", Doubt.DROPPED if odd else None)


def _dots(view: View, pos: int, found: re.Match[str]) -> Spoken:
    """After a comma dots go on with the list; before a new sentence they end this one; elsewhere they are a pause."""
    end = found.end()
    last = bool(_SENTENCE_AHEAD.match(view.text, end))
    if view.text[max(0, pos - 2) : pos].rstrip().endswith((",", ";")):
        return Spoken(end, " vân vân." if last else " vân vân, ")
    return Spoken(end, ". " if last else ", ")


_IN_BRACKETS = re.compile(r"\(\s*(?:(?i:bằng chữ|viết bằng chữ)\s*:?)?\s*([^()\n]{2,120})\)")


def _said_twice(view: View, pos: int) -> Spoken | None:
    """Leave out brackets that only say the number before them in words: "05 (năm) bộ"."""
    found = _IN_BRACKETS.match(view.text, pos)
    if not found or not 0 <= view.number_end <= pos <= view.number_end + 1:
        return None
    inside = found.group(1).lower().rstrip(" ./").removesuffix(" chẵn").strip()
    return Spoken(found.end(), " ") if inside == view.number_words.strip() else None


def _beside_number(view: View, pos: int) -> Spoken | None:
    """~500 is "about", unless the word stands there; 2 * 3 is a product, 2~3 a span."""
    if not re.match(" ?[0-9]", view.text[pos + 1 : pos + 3]):
        return None
    after_number = 0 <= view.number_end <= pos <= view.number_end + 1
    if view.text[pos] == "*":
        return Spoken(pos + 1, " nhân " if after_number else " ")
    if after_number:
        return Spoken(pos + 1, " đến ")
    return Spoken(pos + 1, "" if view.after(pos, " khoảng", " chừng", " gần", " hơn") else " khoảng ")


def _percent(view: View, pos: int) -> Spoken:
    end, per = shipped_units().per_what(view.text, pos + 1, physical=False)
    return Spoken(end, f" phần trăm{per} ")


_SPAN_AHEAD = re.compile(
    rf" ?(?:[+-]?[0-9]|(?:[IVX]+|T[2-7]|CN|[Tt]hứ|ngày|tháng|[Cc]hủ nhật|hết){WORD_END}|[Kk][Mm] ?[0-9])"
)
_LONGEST_UNIT = 10  # letters of a counted word and its spaces
_WEEKDAY_AHEAD = re.compile(" ?(?:[Tt]hứ|[Cc]hủ nhật)")


_PARTS_OF_DAY = frozenset(("sáng", "trưa", "chiều", "tối", "đêm"))


def _same_count(text: str, number_end: int, pos: int) -> bool:
    """Say whether only spaces, or the same counted word as after the next number, stand between a number and a dash."""
    between = text[number_end:pos].strip(" ")
    if not between or between in _PARTS_OF_DAY:
        return True
    return between.isalpha() and bool(
        re.match(rf" ?[0-9]+(?:[.,][0-9]+)? {between}{WORD_END}", text[pos + 1 : pos + 24])
    )


def _dash(view: View, pos: int) -> Spoken:
    """From … to between two numbers, nothing inside a word, a pause between words."""
    text = view.text
    if view.char(pos + 1) == ">":
        return Spoken(pos + 2, ", ")
    if (
        0 <= view.number_end <= pos <= view.number_end + _LONGEST_UNIT
        and _same_count(text, view.number_end, pos)
        and _SPAN_AHEAD.match(text, pos + 1)
    ):
        return Spoken(pos + 1, " đến ")
    if view.cued(pos, "layout.weekday") and _WEEKDAY_AHEAD.match(text, pos + 1):
        return Spoken(pos + 1, " đến ")
    before, after = view.char(pos - 1), view.char(pos + 1)
    if after.isdigit() and not before.isalnum():
        lowered = view.after(pos, " giảm", " hạ")
        return Spoken(pos + 1, ("" if lowered else "âm ") if before in ' (:"' else ", ")
    if before.isalnum() and after.isalnum():
        return Spoken(pos + 1, " ")
    return Spoken(pos + 1, ", ")


def _slash(view: View, pos: int) -> Spoken:
    if spoken := read_per(view, pos):
        return spoken
    text = view.text
    before, after = text[:pos][-1:], view.char(pos + 1)
    if text[pos - 2 : pos] == "và" and text[pos + 1 : pos + 5] == "hoặc":
        return Spoken(pos + 1, " ")
    if before.isdigit() and after.isdigit():
        return Spoken(pos + 1, " trên ")
    return Spoken(pos + 1, ", ")


def _arithmetic(view: View, pos: int) -> Spoken:
    sign = view.text[pos]
    longer = {
        ">=": "lớn hơn hoặc bằng",
        "<=": "nhỏ hơn hoặc bằng",
        "->": "",
        "=>": "",
        "+-": "cộng trừ",
        "+/": "cộng trừ",
    }
    pair = view.text[pos : pos + 2]
    if pair in longer:
        size = 3 if pair == "+/" and view.char(pos + 2) == "-" else 2
        return Spoken(pos + size, f" {longer[pair]} " if longer[pair] else ", ")
    words = {"+": "cộng", "=": "bằng", "<": "nhỏ hơn", ">": "lớn hơn"}[sign]
    ahead = re.match(r" ?[0-9]", view.text[pos + 1 : pos + 3])
    before = view.text[max(0, pos - 2) : pos].rstrip(" ")[-1:]
    said = bool(ahead) or (sign in "+=" and before.isalnum() and bool(view.text[pos + 1 : pos + 3].strip()))
    return Spoken(pos + 1, f" {words} " if said else " ")


_ASKED: dict[str, Callable[[View, int], Spoken | None]] = {
    "-": _dash,
    "/": _slash,
    "%": _percent,
    "(": _said_twice,
    "~": _beside_number,
    "*": _beside_number,
    "÷": _beside_number,
    **dict.fromkeys("+=<>", _arithmetic),
}


def read_etc(view: View, pos: int) -> Spoken | None:
    """v.v. in all its forms; the point is kept where the sentence ends there."""
    found = _ETC.match(view.text, pos)
    if not found or view.char(pos - 1).isalnum():
        return None
    end = found.end()
    stop = bool(_SENTENCE_AHEAD.match(view.text, end)) and found.group()[-1] in ".…"
    return Spoken(end, "vân vân." if stop else "vân vân")


_RUN_OF_STOPS = re.compile(r"[ ]*([,.;:!?](?:[ ]*[,.;:!?])*)")
_SPACES = re.compile(r" {2,}")
_LINE_EDGES = re.compile(r"[ ]*\n[ ,;:.!?]*")
_EMPTY_LINES = re.compile(r"\n{3,}")
_GLUED = re.compile(r"([,;:.!?])(?=[^\W_])")
_HEAD_STOPS = " ,;:.!?\n"


def _strongest(found: re.Match[str]) -> str:
    stops = found.group(1)
    if len(stops) == 1:
        return stops
    for stop in "?!.;:,":
        if stop in stops:
            return stop
    return stops


def tidy(spoken: str) -> str:
    """Return `spoken` with one space between words, one stop between clauses, and no line that begins with a stop."""
    spoken = _RUN_OF_STOPS.sub(_strongest, _SPACES.sub(" ", spoken))
    spoken = _LINE_EDGES.sub("\n", spoken)
    spoken = _GLUED.sub(r"\1 ", spoken)
    spoken = _EMPTY_LINES.sub("\n\n", spoken)
    return spoken.lstrip(_HEAD_STOPS).rstrip(" \n,")
