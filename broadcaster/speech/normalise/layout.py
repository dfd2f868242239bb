"""Signs, bullets, numbered headings, and the pauses that they become."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from .letters import NAMES, UPPER
from .quantities import read_per, shipped_units
from .result import Doubt
from .roman import to_int
from .spans import read_arrow, read_dash
from .text import TextView, TokenReading

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


def read_line_head(view: TextView, pos: int) -> TokenReading | None:
    """Read the start of a line: a bullet (nothing is said), a horizontal rule, "3.1.", "II.", "a)"."""
    text, numerals = view.text, view.numerals
    if found := _RULE.match(text, pos):
        return TokenReading(found.end(), "")
    if found := _BULLET.match(text, pos):
        return TokenReading(found.end(), "")
    if found := _SECTION.match(text, pos) or _SECTION_SPACED.match(text, pos):
        return TokenReading(found.end(), f"{_section(view, found.groups()[-1])}. ")
    if found := _SECTION_BARE.match(text, pos):
        return TokenReading(found.end(), f"{_section(view, found.group(1))}. ")
    if found := _ROMAN_SECTION.match(text, pos):
        roman, rest = found.groups()
        return TokenReading(found.end(), f"{numerals.cardinal(to_int(roman))} chấm {_section(view, rest)}. ")
    if found := _ROMAN_HEAD.match(text, pos):
        return TokenReading(found.end(), f"{numerals.cardinal(to_int(found.group(1)))}. ")
    if found := _LETTER_NUMBER_HEAD.match(text, pos):
        letter, number = found.groups()
        return TokenReading(found.end(), f"{NAMES[letter.lower()]} {numerals.whole(number)}. ")
    if found := _LETTER_HEAD.match(text, pos):
        return TokenReading(found.end(), f"{_letter(found.group(1))}. ")
    return None


def _letter(letter: str) -> str:
    """Return the name of an item's letter; "i" gets its full name, because "I." is the numeral one."""
    return _SHORT_I if letter in "iI" else NAMES[letter.lower()]


_SHORT_I = "i ngắn"
_I_HEAD = re.compile(r"[iI](?=[^\w\n]{0,8}[.…])")


def read_short_i(view: TextView, pos: int) -> TokenReading | None:
    """Read an "i" with a full stop at the start of a line that is not a numeral."""
    found = _I_HEAD.match(view.text, pos)
    line = view.text[max(0, pos - _LINE_HEAD) : pos].rpartition("\n")[2]
    return None if not found or any(map(str.isalnum, line)) else TokenReading(pos + 1, _SHORT_I)


_LINE_HEAD = 40  # signs before the first letter of a line; real texts have only a few


def _section(view: TextView, token: str) -> str:
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
_PAUSES = frozenset("()[]{}|;–")
_KEPT = frozenset(",.;:!?")


def read_sign(view: TextView, pos: int) -> TokenReading | None:
    """Read one sign in the middle of a line."""
    text, sign = view.text, view.text[pos]
    if sign in "./" and (found := _ENDING.match(text, pos)):
        return TokenReading(found.end(), ".")
    if sign in ".…" and (found := _DOTS.match(text, pos)):
        return _dots(view, pos, found)
    if sign in _KEPT:
        return TokenReading(pos + 1, sign)
    if sign in _BY_SIGN and (spoken := _BY_SIGN[sign](view, pos)):
        return spoken
    if sign in _PAUSES:
        return TokenReading(pos + 1, ", ")
    if sign in _SPELLED_SIGNS:
        return TokenReading(pos + 1, f" {_SPELLED_SIGNS[sign]} ")
    return _odd_sign(view, pos)


def _odd_sign(view: TextView, pos: int) -> TokenReading:
    """Leave out a sign that has no words; warn if it counts something or is money."""
    sign = view.text[pos]
    value = unicodedata.numeric(sign, None)
    if sign.isdigit() and value is not None:
        return TokenReading(pos + 1, f" {view.numerals.cardinal(int(value))} ")
    odd = unicodedata.category(sign) in ("Sc", "Sm")
    return TokenReading(pos + 1, " ", Doubt.DROPPED if odd else None)


def _dots(view: TextView, pos: int, found: re.Match[str]) -> TokenReading:
    """After a comma, dots continue the list; before a new sentence they end this one; elsewhere they are a pause."""
    end = found.end()
    last = bool(_SENTENCE_AHEAD.match(view.text, end))
    if view.text[max(0, pos - 2) : pos].rstrip().endswith((",", ";")):
        return TokenReading(end, " vân vân." if last else " vân vân, ")
    return TokenReading(end, ". " if last else ", ")


_OUTCOMES = {"(-)": "âm tính", "(+)": "dương tính"}
_IN_BRACKETS = re.compile(r"\(\s*(?:(?i:bằng chữ|viết bằng chữ)\s*:?)?\s*([^()\n]{2,120})\)")


def _brackets(view: TextView, pos: int) -> TokenReading | None:
    """Read the outcome of a test: HIV (-); leave out brackets that only repeat a number in words: "05 (năm) bộ"."""
    if view.text[pos : pos + 3] in _OUTCOMES:
        return TokenReading(pos + 3, f" {_OUTCOMES[view.text[pos : pos + 3]]} ")
    found = _IN_BRACKETS.match(view.text, pos)
    if not found or not 0 <= view.number_end <= pos <= view.number_end + 1:
        return None
    inside = found.group(1).lower().rstrip(" ./").removesuffix(" chẵn").strip()
    return TokenReading(found.end(), " ") if inside == view.number_words.strip() else None


def _beside_number(view: TextView, pos: int) -> TokenReading | None:
    """~500 is "about", unless that word precedes it; 2 * 3 is a product, 2~3 a range."""
    if not re.match(" ?[0-9]", view.text[pos + 1 : pos + 3]):
        return None
    after_number = 0 <= view.number_end <= pos <= view.number_end + 1
    if view.text[pos] == "*":
        return TokenReading(pos + 1, " nhân " if after_number else " ")
    if after_number:
        return TokenReading(pos + 1, " đến ")
    return TokenReading(pos + 1, "" if view.after(pos, " khoảng", " chừng", " gần", " hơn") else " khoảng ")


def _percent(view: TextView, pos: int) -> TokenReading:
    end, per, doubt = shipped_units().per_what(view.text, pos + 1, physical=False)
    return TokenReading(end, f" phần trăm{per} ", doubt)


_MONEY_LEFT = re.compile("[0-9](?:đ|k|%)$")
_MONEY_AHEAD = re.compile(r"[0-9][0-9.,]*(?:đ|k|%)(?!\w)")


def _slash(view: TextView, pos: int) -> TokenReading:
    if spoken := read_per(view, pos):
        return spoken
    text = view.text
    before, after = view.char(pos - 1), view.char(pos + 1)
    if text[pos - 2 : pos] == "và" and text[pos + 1 : pos + 5] == "hoặc":
        return TokenReading(pos + 1, " ")
    if (before.isdigit() and after.isdigit()) or (
        _MONEY_LEFT.search(text[:pos][-2:]) and _MONEY_AHEAD.match(text, pos + 1)
    ):
        return TokenReading(pos + 1, " trên ")
    return TokenReading(pos + 1, ", ")


def _arithmetic(view: TextView, pos: int) -> TokenReading:
    sign = view.text[pos]
    if arrow := read_arrow(view, pos):
        return arrow
    longer = {
        ">=": "lớn hơn hoặc bằng",
        "<=": "nhỏ hơn hoặc bằng",
        "+-": "cộng trừ",
        "+/": "cộng trừ",
    }
    pair = view.text[pos : pos + 2]
    if pair in longer:
        size = 3 if pair == "+/" and view.char(pos + 2) == "-" else 2
        return TokenReading(pos + size, f" {longer[pair]} ")
    words = {"+": "cộng", "=": "bằng", "<": "nhỏ hơn", ">": "lớn hơn"}[sign]
    ahead = re.match(r" ?[0-9]", view.text[pos + 1 : pos + 3])
    before = view.text[max(0, pos - 2) : pos].rstrip(" ")[-1:]
    is_spoken = bool(ahead) or (sign in "+=" and before.isalnum() and bool(view.text[pos + 1 : pos + 3].strip()))
    return TokenReading(pos + 1, f" {words} " if is_spoken else ", " if sign == ">" else " ")


_BY_SIGN: dict[str, Callable[[TextView, int], TokenReading | None]] = {
    "-": read_dash,
    **dict.fromkeys("→⇒➔➜⟶", read_arrow),
    "/": _slash,
    "%": _percent,
    "(": _brackets,
    "~": _beside_number,
    "*": _beside_number,
    "÷": _beside_number,
    **dict.fromkeys("+=<>", _arithmetic),
}


def read_etc(view: TextView, pos: int) -> TokenReading | None:
    """v.v. in all its forms; the full stop is kept if the sentence ends there."""
    found = _ETC.match(view.text, pos)
    if not found or view.char(pos - 1).isalnum():
        return None
    end = found.end()
    stop = bool(_SENTENCE_AHEAD.match(view.text, end)) and found.group()[-1] in ".…"
    return TokenReading(end, "vân vân." if stop else "vân vân")


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
    """Return `spoken` with one space between words, one stop between clauses, and no stop at the start of a line."""
    spoken = _RUN_OF_STOPS.sub(_strongest, _SPACES.sub(" ", spoken))
    spoken = _LINE_EDGES.sub("\n", spoken)
    spoken = _GLUED.sub(r"\1 ", spoken)
    spoken = _EMPTY_LINES.sub("\n\n", spoken)
    return spoken.lstrip(_HEAD_STOPS).rstrip(" \n,")
