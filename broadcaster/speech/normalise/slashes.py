"""What a slash between two numbers means: a house number, a fraction, a count out of a total; ratios with a colon."""

from __future__ import annotations

import re
from functools import lru_cache

from .dates import dates_expected, moon_ahead, valid_day_month
from .letters import UPPER, spell
from .quantities import shipped_units
from .result import Doubt
from .text import WORD_END, TextView, TokenReading, words_of

_PAIR = re.compile(r"([0-9]{1,7})/([0-9]{1,7})(?![0-9]|/[0-9]|\.[0-9]{3}(?![0-9])|,[0-9]+(?![0-9]|/))")
_CHAIN = re.compile(r"[0-9]{1,5}[A-Za-z]?(?:/[0-9]{1,5}[A-Za-z]?){1,5}" + WORD_END)
_DECIMALS = re.compile(r"([0-9]+(?:[.,][0-9]+)*)/([0-9]+(?:[.,][0-9]+)*)(?![0-9]|/[0-9])")
_NO_HOUSE = re.compile(r"[0-9]+(?:[gkml]/|G/[0-9]G)")  # 25g/16 lít   4G/5G
_STREET_AHEAD = re.compile(r"\s+(?:đường|phố|ngõ|hẻm|Đường|Phố|đ\.|Đ\.|quốc lộ|QL|khu phố|tỉnh lộ)")
_NAME_AHEAD = re.compile(rf"\s+[{UPPER}][^\W\d_]+\s+[{UPPER}]")
_PARTS_OF_WHOLE = frozenset({2, 3, 4, 5, 6, 8})
_HUNDREDS = frozenset({10, 100, 1000})
_SENTENCE = 120  # characters: how far back the numbers of a share are looked for
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_SHARE_AHEAD = re.compile(
    rf" (?:số (?:hộ|người|tiền|dân|học sinh|thôn|xã|phiếu|cử tri|nhân khẩu)|tổng|diện tích){WORD_END}"
)
_COUNT = re.compile(
    r"(?<!ngày )(?<!tháng )(?<!mùng )(?<!mồng )(?<!thứ )(?<![0-9.,/:-])([0-9]+) (?=[^\W\d_])", re.IGNORECASE
)
_RATIO = re.compile(r"[0-9]+(?:[.,][0-9]+)*(?::[0-9]+(?:[.,][0-9]+)*){1,3}(?![0-9:])")
_QUOTIENT = re.compile(r"([0-9]+(?:[.,][0-9]+)*) ?: ?(?=[0-9]+(?:[.,][0-9]+)* ?=)")


def read_slash(view: TextView, pos: int) -> TokenReading | None:
    """Read 3/4, 12/15, 12/5 đường Trần Phú, 120/80; a pair that is a date is left to the date rules."""
    if valid_day_month(view.text, pos) and (moon_ahead(view.text, pos) or view.after(pos, " giỗ tổ")):
        return None
    if house := _house(view, pos):
        return house
    found = _PAIR.match(view.text, pos)
    if not found:
        return _decimals(view, pos)
    upper, lower = int(found.group(1)), int(found.group(2))
    dated = valid_day_month(view.text, pos)
    ratio = view.cued(pos, "times.ratio")
    if dated and not ratio and not _is_part(view, found, upper, lower):
        return None
    doubt = Doubt.GUESSED if dated and not ratio and not _is_surely_part(view, found) else None
    end, unit, _ = shipped_units().suffix(view.text, found.end())
    return TokenReading(end, " ".join(filter(None, (_ratio(view, found, upper, lower), unit))), doubt, numeric=True)


def read_ratio(view: TextView, pos: int) -> TokenReading | None:
    """Read 1:100, 1:2:3, and the quotient of a sum: 120 : 4 = 30; what is a time of day has been read before."""
    if found := _QUOTIENT.match(view.text, pos):
        return TokenReading(found.end(), f"{view.numerals.written(found.group(1))} chia ", numeric=True)
    found = _RATIO.match(view.text, pos)
    if not found or view.cued(pos, "names.numbered"):
        return None
    words = " trên ".join(view.numerals.written(part) for part in found.group().split(":"))
    return TokenReading(found.end(), words, None if view.near(pos, "times.ratio") else Doubt.GUESSED, numeric=True)


@lru_cache(maxsize=1)
def _counted_ahead() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{'|'.join(words_of('slashes.counted'))}){WORD_END}", re.IGNORECASE)


def _is_part(view: TextView, found: re.Match[str], upper: int, lower: int) -> bool:
    """Return whether a pair is a fraction; one that could be a date only if the context says fraction, not date."""
    padded = "0" in (found.group(1)[0], found.group(2)[0])
    if upper > lower or padded:
        return False
    if dates_expected(view, found.start()):
        told = _SHARE_AHEAD.match(view.text, found.end()) or _counts_before(view, found)
        return not view.after(found.start(), " ngày") and bool(told)
    return view.cued(found.start(), "slashes.part", "slashes.weak") or _is_surely_part(view, found)


def _is_surely_part(view: TextView, found: re.Match[str]) -> bool:
    """Return whether what is counted follows, or the numbers stand before: "một phần ba (1/3)", "10 hộ, 9 hộ: 9/10"."""
    pos, end = found.span()
    if dates_expected(view, pos):
        return False
    if view.cued(pos, "slashes.part") or _counted_ahead().match(view.text, end):
        return True
    words = " phần ".join(view.numerals.whole(part) for part in found.groups())
    return (
        bool(shipped_units().suffix(view.text, end)[2]) or view.after(pos, f" {words}") or _counts_before(view, found)
    )


def _counts_before(view: TextView, found: re.Match[str]) -> bool:
    """Return whether both numbers of a pair stand before it in its sentence."""
    before = view.text[max(0, found.start() - _SENTENCE) : found.start()]
    clause = _SENTENCE_END.split(before)[-1]
    counts = _COUNT.findall(clause)
    return all(part in counts for part in found.groups())


def _ratio(view: TextView, found: re.Match[str], upper: int, lower: int) -> str:
    pos = found.start()
    words = [view.numerals.whole(part) for part in found.groups()]
    scale = view.cued(pos, "slashes.scale") or re.match(r"\s+điểm", view.text[found.end() :][:6])
    part = (
        upper < lower
        and not scale
        and (
            lower in _PARTS_OF_WHOLE or (upper == 1 and (lower <= 10 or lower in _HUNDREDS or view.after(pos, " vòng")))
        )
    )
    if not part:
        return " trên ".join(words)
    words[1] = "tư" if lower == 4 else words[1]
    return " phần ".join(words)


def _house(view: TextView, pos: int) -> TokenReading | None:
    found = _CHAIN.match(view.text, pos)
    if not found:
        return None
    if _NO_HOUSE.match(found.group()):
        return None
    end = found.end()
    named = view.cued(pos, "slashes.house") or bool(_STREET_AHEAD.match(view.text, end))
    long = found.group().count("/") > 1 or bool(re.search("[A-Za-z]", found.group()))
    guessed = not named and not long and view.cued(pos, "slashes.at") and bool(_NAME_AHEAD.match(view.text, end))
    if not (named or long or guessed):
        return None
    if view.after(pos, " số") and re.match(r"\s+(?:hộ|thôn|xã)", view.text[end:][:8]):
        return None
    return TokenReading(end, say_chain(view, found.group()), Doubt.GUESSED if guessed else None)


def say_chain(view: TextView, token: str) -> str:
    """Return the words of a house number: 12/5A → mười hai trên năm a."""
    parts = []
    for part in token.split("/"):
        digits = part.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        parts.append(" ".join(filter(None, (view.numerals.whole(digits), spell(part[len(digits) :])))))
    return " trên ".join(parts)


def _decimals(view: TextView, pos: int) -> TokenReading | None:
    """1.250/1.300 hộ   2,5/3."""
    found = _DECIMALS.match(view.text, pos)
    if not found:
        return None
    words = [view.numerals.written(part) for part in found.groups()]
    return TokenReading(found.end(), " trên ".join(words), numeric=True)
