"""Numbers with units: money, percentages, sizes, temperatures, kilometre posts; slashes that mean "per"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .data import rows
from .doubts import mixed_doubt, number_doubt
from .letters import is_sayable, spell
from .numbers import Numerals
from .result import Doubt
from .text import WORD_END, TextView, TokenReading, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3}){1,5}(?![0-9]|[.,][0-9])")
_SIDES = re.compile(rf"[0-9]+(?:[.,][0-9]+)?(?:[cdm]?m)(?: ?[xX×] ?[0-9]+(?:[.,][0-9]+)?(?:[cdm]?m)){{1,2}}{WORD_END}")
_SIDE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)([cdm]?m)")
_SIZE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)((?: ?[xX×*] ?[0-9]+(?:[.,][0-9]+)?)+)(?![0-9])")
_POST = re.compile(r"(?:[Kk][Mm]|[Kk]) ?([0-9]{1,4}) ?\+ ?([0-9]{1,4})" + WORD_END)
_POST_PLAIN = re.compile(r"[Kk][Mm] ?(?:số )?([0-9]{1,4})(?![0-9]|[.,][0-9])" + WORD_END)
_MILLIONS = re.compile(r"([0-9]+)(?:tr|TR|Tr)([0-9]{1,3})" + WORD_END)
_THOUSANDS_AS_DECIMAL = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_MONEY_WORD = re.compile(r" ?(?:đồng|đ|VNĐ|VND|vnđ)" + WORD_END)
POINTS_AHEAD = re.compile(r" (?:điểm|triệu|tỷ|nghìn|ngàn|tỉ)" + WORD_END)
"""Matches a word after which a point or comma in the number before it parts decimals."""


_QUOTED = 80  # characters: how far back an opening quote is looked for
_QUOTE = re.compile(r"(?<![^\s(])'")
_SOME = re.compile(r" ?/ ?([0-9]{1,3})(?= [^\W\d_])")
_COUNTED_UNIT = re.compile(r"[0-9] ?([^\W\d_][^\s]*)$")
_UNIT_REACH = 12  # characters
_IN_HOURS = re.compile(r" ?/ ?([0-9]{1,2}) ?(?:h|giờ)" + WORD_END)


class ShortForm(NamedTuple):
    """What a short form after a slash stands for (đ/th), and whether it may stand for something else."""

    spoken: str
    guess: bool


class PerWhat(NamedTuple):
    """What the slashes after an amount say: their end, the words after a space, and whether they are in doubt."""

    end: int
    words: str
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """The units of the shipped table: one pattern for all of them, and the words for each."""

    pattern: re.Pattern[str]
    per: re.Pattern[str]
    names: dict[str, str]
    money: frozenset[str]
    after_slash: Mapping[str, ShortForm]

    def suffix(self, text: str, end: int) -> tuple[int, str, str]:
        """Return the end, words and sign of the unit at `end`; the sign is empty if there is none."""
        found = self.pattern.match(text, end)
        if not found:
            return end, "", ""
        sign = found.group(1)
        return found.end(), self.names[sign], sign

    def unit_before(self, text: str, end: int) -> str:
        """Return the words of the unit that ends at `end`, right after a number; empty if there is none."""
        found = _COUNTED_UNIT.search(text[max(0, end - _UNIT_REACH) : end])
        return self.names.get(found.group(1), "") if found else ""

    def per_what(self, text: str, end: int, *, physical: bool) -> PerWhat:
        """Return the words of the slashes at `end`: "đồng/người/tháng", "km/h"."""
        if found := _IN_HOURS.match(text, end):
            return PerWhat(found.end(), f" trong {Numerals().cardinal(int(found.group(1)))} giờ")
        if found := _SOME.match(text, end):
            number = int(found.group(1))
            return PerWhat(found.end(), " một" if number == 1 else f" trên {Numerals().cardinal(number)}")
        spoken, doubt = "", None
        while found := self.per.match(text, end):
            sign = found.group(1)
            joint = "trên" if physical and sign in self.names else "một"
            words, unsure = self._counted(sign)
            spoken, doubt, end = f"{spoken} {joint} {words}", doubt or unsure, found.end()
        return PerWhat(end, spoken, doubt)

    def _counted(self, sign: str) -> tuple[str, Doubt | None]:
        """Return the words for what stands after a slash, and whether they are in doubt."""
        if short := self.after_slash.get(sign):
            return short.spoken, Doubt.GUESSED if short.guess else None
        if sign in self.names or is_sayable(sign):
            return self.names.get(sign) or sign.lower(), None
        return spell(sign), Doubt.SPELLED


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Read the shipped table of units."""
    names: dict[str, str] = {}
    loose: list[str] = []
    tight: list[str] = []
    shorts: dict[str, ShortForm] = {}
    for sign, spoken, kind in rows("units.tsv", 3):
        if "per" in kind:
            shorts[sign] = ShortForm(spoken, "guess" in kind)
            continue
        names[sign] = spoken
        (tight if "tight" in kind else loose).append(sign)
    money = frozenset(sign for sign, _, kind in rows("units.tsv", 3) if "money" in kind)
    pattern = re.compile(rf"\s?((?<=[0-9])(?:{_any(tight)})|(?:{_any(loose)}))")
    per = re.compile(rf" ?/ ?({_any(loose + list(shorts))}|[hls]{WORD_END}|[a-zà-ỹđ]{{2,8}}{WORD_END})")
    return Units(pattern, per, names, money, shorts)


def _any(signs: list[str]) -> str:
    longest_first = sorted(signs, key=len, reverse=True)
    return "|".join(re.escape(sign) + (WORD_END if sign[-1].isalnum() else "") for sign in longest_first)


_TIME_UNITS = frozenset(
    ["h", "s", "ngày", "tháng", "năm", "quý", "tuần", "giờ", "phút", "giây", "người", "hộ", "lần", "lượt"]
)
_PHYSICAL = frozenset(
    [
        "km",
        "mg",
        "g",
        "μg",
        "mcg",
        "mmol",
        "ml",
        "l",
        "kg",
        "m",
        "km²",
        "số",
        "tấn",
        "tạ",
        "Mb",
        "Gb",
        "Mbps",
        "MB",
        "lít",
        "m2",
        "m3",
    ]
)


def read_quantity(view: TextView, pos: int) -> TokenReading | None:
    """Read a number and the unit after it."""
    units = shipped_units()
    words, end, doubt = _number(view, pos)
    after, unit, sign = units.suffix(view.text, end)
    if sign == "'" and _QUOTE.search(view.text[max(0, pos - _QUOTED) : pos]):
        sign = ""  # it closes a quote
    if sign:
        physical = sign in _PHYSICAL and not _per_time(view.text, after, sign)
        after, per, unsure = units.per_what(view.text, after, physical=physical)
        if unit.startswith("nghìn"):
            unit = unit.replace("nghìn", view.numerals.thousand)
        return TokenReading(after, f"{words} {unit}{per}", doubt or unsure, numeric=True)
    return TokenReading(end, words, doubt or _amount_doubt(view, pos, end), numeric=True)


def _amount_doubt(view: TextView, pos: int, end: int) -> Doubt | None:
    return None if POINTS_AHEAD.match(view.text, end) else number_doubt(view, pos, view.text[pos:end])


def _per_time(text: str, end: int, sign: str) -> bool:
    """Speeds are "trên giờ"; amounts a day are "một ngày"."""
    return bool(re.match(r" ?/ ?(?:ngày|tháng|năm|quý|tuần|người|hộ|vụ|lần)" + WORD_END, text[end : end + 10])) or (
        sign in ("tấn", "tạ", "kg") and bool(re.match(r" ?/ ?(?:ha|sào|h)" + WORD_END, text[end : end + 6]))
    )


def _number(view: TextView, pos: int) -> tuple[str, int, Doubt | None]:
    text = view.text
    if (spaced := _SPACED.match(text, pos)) and (
        spaced.group().count(" ") > 1 or _MONEY_WORD.match(text, spaced.end())
    ):
        return view.numerals.whole(spaced.group().replace(" ", "")), spaced.end(), None
    found = _NUMBER.match(text, pos)
    if found is None:
        return "", pos, None
    token, end = found.group(), found.end()
    if token[0] == "0" and token.isdigit() and view.after(pos, " đề án"):
        return view.numerals.label(token), end, None
    if _THOUSANDS_AS_DECIMAL.fullmatch(token) and _MONEY_WORD.match(text, end):
        return view.numerals.whole(token.replace(",", "")), end, Doubt.GUESSED
    return view.numerals.written(token, _point(view, pos, token, end)), end, None


def _point(view: TextView, pos: int, token: str, end: int) -> str:
    """Return the word for a point: "chấm" in a section or version number, "phẩy" in an amount."""
    if "." not in token:
        return "phẩy"
    if view.cued(pos, "quantities.section") and not POINTS_AHEAD.match(view.text, end):
        return "chấm"
    plain = not shipped_units().pattern.match(view.text, end) and not POINTS_AHEAD.match(view.text, end)
    return "chấm" if token.endswith(".0") and plain else "phẩy"


def read_size(view: TextView, pos: int) -> TokenReading | None:
    """3x4   0,4 x 0,6 m   10×15cm   2mx3m."""
    if measured := _SIDES.match(view.text, pos):
        names = shipped_units().names
        each = [f"{view.numerals.written(side)} {names[unit]}" for side, unit in _SIDE.findall(measured.group())]
        return TokenReading(measured.end(), " nhân ".join(each))
    found = _SIZE.match(view.text, pos)
    if not found:
        return None
    sides = [view.numerals.written(side) for side in _NUMBER.findall(found.group())]
    end, unit, _ = shipped_units().suffix(view.text, found.end())
    return TokenReading(end, " ".join(filter(None, (" nhân ".join(sides), unit))))


def read_short_millions(view: TextView, pos: int) -> TokenReading | None:
    """1tr5 is one million and five hundred thousand."""
    found = _MILLIONS.match(view.text, pos)
    if not found:
        return None
    amount = int(found.group(1)) * 10**6 + int(found.group(2).ljust(3, "0")) * 1000
    end, per, doubt = shipped_units().per_what(view.text, found.end(), physical=False)
    return TokenReading(end, f"{view.numerals.cardinal(amount)} đồng{per}", doubt)


_SHORT_LENGTH = re.compile(r"([0-9]{1,3})(m|kg|km|l|ha|lít|cân|yến|tạ|tấn)([0-9]{1,2})" + WORD_END)
_POWER = re.compile(r"k?m[23]")


def read_short_length(view: TextView, pos: int) -> TokenReading | None:
    """1m65   2kg5   1l5; 3m2 is an area, unless a height or a depth comes before it."""
    found = _SHORT_LENGTH.match(view.text, pos)
    if not found:
        return None
    whole, unit, part = found.groups()
    if _POWER.fullmatch(unit + part) and not view.cued(pos, "quantities.length"):
        return None
    name = shipped_units().names.get(unit, unit)
    return TokenReading(found.end(), f"{view.numerals.whole(whole)} {name} {view.numerals.label(part)}", numeric=True)


def read_post(view: TextView, pos: int) -> TokenReading | None:
    """Km12+300   Km 5."""
    if found := _POST.match(view.text, pos):
        kilometres, metres = (view.numerals.whole(part.lstrip("0") or "0") for part in found.groups())
        return TokenReading(found.end(), f"ki lô mét {kilometres} cộng {metres}", numeric=True)
    if found := _POST_PLAIN.match(view.text, pos):
        return TokenReading(found.end(), f"ki lô mét {view.numerals.whole(found.group(1))}", numeric=True)
    return None


_PLATE = re.compile(
    r"([0-9]{2}) ?-? ?([A-ZĐ][A-Z]?)([0-9]?)[ -]{1,3}([0-9]{3}\.?[0-9]{2}|[0-9]{4})(?![0-9]|[.,/-][0-9])"
)
_PLATE_TIGHT = re.compile(r"([0-9]{2})([A-ZĐ][A-Z]?)()([0-9]{5})(?![0-9])")
_MIXED = re.compile(r"([0-9]+)((?:[A-Za-zĐđ]{1,4}[0-9]*){1,4})" + WORD_END)
_RUNS = re.compile(r"[0-9]+|[^\W\d_]+")


def read_plate(view: TextView, pos: int) -> TokenReading | None:
    """29A-123.45   29-B1 123.45."""
    found = _PLATE.match(view.text, pos) or _PLATE_TIGHT.match(view.text, pos)
    if not found:
        return None
    province, series, digit, number = found.groups()
    words = [view.numerals.whole(province), spell(series)] + ([view.numerals.whole(digit)] if digit else [])
    return TokenReading(found.end(), f"{' '.join(words)}, {view.numerals.digits(number.replace('.', ''))}")


def read_amount(view: TextView, pos: int) -> TokenReading | None:
    """Read any other number: an amount with its unit, or a number with letters that are not a unit."""
    amount = read_quantity(view, pos)
    if (
        amount
        and amount.end < len(view.text)
        and view.text[amount.end].isalpha()
        and view.text[amount.end - 1].isdigit()
    ):
        return read_mixed(view, pos) or amount
    return amount


_MONEY_FIRST = re.compile(r"([$€£₫]) ?(?=[0-9])")


def read_money_first(view: TextView, pos: int) -> TokenReading | None:
    """Read $100: the sign is said after the number."""
    found = _MONEY_FIRST.match(view.text, pos)
    if not found:
        return None
    words, end, doubt = _number(view, found.end())
    names = shipped_units().names
    return TokenReading(end, f"{words} {names.get(found.group(1), 'bảng Anh')}", doubt, numeric=True)


def read_mixed(view: TextView, pos: int) -> TokenReading | None:
    """10A1   5a   4G: a number with letters that are not a unit."""
    found = _MIXED.match(view.text, pos)
    if not found:
        return None
    spoken, doubt = say_runs(view, found.group())
    return TokenReading(found.end(), spoken, doubt or mixed_doubt(found.group()))


def say_runs(view: TextView, token: str) -> tuple[str, Doubt | None]:
    """Return the words of letters and numbers written without a gap."""
    spoken: list[str] = []
    doubt = None
    for run in _RUNS.findall(token):
        if run.isdigit():
            spoken.append(view.numerals.whole(run) if run[0] != "0" and len(run) < 4 else view.numerals.digits(run))
            continue
        spoken.append(spell(run))
        doubt = doubt if len(run) == 1 else Doubt.SPELLED
    return " ".join(spoken), doubt


_TIMES = frozenset(["ngày", "tháng", "năm", "quý", "tuần", "giờ", "phút", "giây"])
_TIMED = re.compile(r"(?<!ngày)(?<!tháng)(?<!thứ) [0-9]+(?:[.,/-][0-9]+)* [^\W\d_]+$")  # 8 giờ/ngày, not ngày/tháng
_EVERY = (" ngày", " tuần", " tháng", " quý", " năm")
_COUNT_LEFT = re.compile(
    r" [0-9]+(?:[.,/-][0-9]+)* (?:(?:kg|g|ml|lít|tấn|tạ|yến|bao|gói|chai|con|cây) [^\W\d_]+ )?(?:[^\W\d_]+ ){1,2}$"
)
_NEXT_WORD = re.compile(r" ?([dck]?m[23]|[^\W\d_]+)")


def read_per(view: TextView, pos: int) -> TokenReading | None:
    """Read the slash of "đồng/tháng", "2 lần/ngày", "triệu đồng/người/năm"."""
    found = _NEXT_WORD.match(view.text, pos + 1)
    if not found or found.group(1).lower() not in words_of("quantities.per"):
        return None
    word, left = found.group(1), view.left(pos)
    if left.rpartition(" ")[2] in _TIMES and word not in ("lần", "lượt", "kỳ", "đợt") and not _TIMED.search(left):
        goes_on = left.split()[-2:-1] == ["/"] and word in _TIMES and "đồng" in left
        return TokenReading(pos + 1, " một ") if goes_on else None
    chained = "/" in left.split()[-3:] and "đồng" in left
    counted = view.cued(pos, "quantities.money") or bool(_COUNT_LEFT.search(left + " "))
    if not counted and not chained and word not in _TIMES and not left.endswith(_EVERY):
        return None
    units = shipped_units().names
    return (
        TokenReading(found.end(), f" một {units.get(word, word)}") if word in units else TokenReading(pos + 1, " một ")
    )
