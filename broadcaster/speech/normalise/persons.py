"""Persons: short titles before a name (a. Tú, ô. Nam, A/C), and initials inside one (Đặng T. Hoa)."""

from __future__ import annotations

import re
from functools import lru_cache

from .letters import NAMES, UPPER, spell
from .result import Doubt
from .text import TextView, TokenReading, words_of

_TITLES = {"a": "anh", "c": "chị", "ô": "ông", "b": "bà"}
_OPENERS = "Các|Mọi|Những|Bà|Ông|Đề|Mời|Khi|Trong|Theo|Nếu|Để|Từ|Nơi|Ai|Hãy|Xin|Kính|Yêu|Chúng|Toàn|Tất|Việc|Nước|Trẻ"
_NAME = rf"(?=(?!(?:{_OPENERS})(?![a-zà-ỹđ]))[{UPPER}][a-zà-ỹđ]+)"
_SMALL = re.compile(rf"([acôb])\. ?{_NAME}")
_TIGHT = re.compile(rf"([ACBÔ])\.{_NAME}")
_SPACED = re.compile(rf"([ABC])\. {_NAME}")
_MISTER = re.compile(rf"Ô\. ?{_NAME}")
_NAMELESS = re.compile(rf"[aôAÔ](?:[.…] *)+(?=[^\s.…{UPPER}]|[{UPPER}](?![a-zà-ỹđ]))")
_PERSON_LEFT = re.compile(r" (?:[abcô] \.|anh|chị|ông|bà)(?: [^\W\d_]+){1,4} ,$")
_PAIR = re.compile(r"(?:[Aa]/[Cc]|[ÔôOo]/[Bb])(?![^\W_]|[./]\w)")
_INITIAL = re.compile(rf"([{UPPER}])\.[ ]{_NAME}")
_LAST = re.compile(rf"([{UPPER}])(\.?)(?=(\s+[^\W\d_{UPPER}]|[,;)])|\s)")
_LETTERS = re.compile(rf"[{UPPER}](?:\.[{UPPER}]){{1,3}}(?![^\W_])(?:\.(?= ?[(,;]| [^\W\d_{UPPER}]))?")
_STAND_INS = frozenset("ABCXYZ")  # given to persons without a name: Nguyễn A
_MIDDLE_NAME_LEFT = re.compile(rf"(?:[{UPPER}][a-zà-ỹđ]+|Ng\.) (?:Văn|Thị) $")
_NAME_REACH = 24  # characters: a surname and what may stand between it and an initial


def _surnames() -> str:
    return "|".join(word.capitalize() for word in words_of("persons.surname"))


@lru_cache(maxsize=1)
def _surname_ahead() -> re.Pattern[str]:
    return re.compile(rf"(?:{_surnames()}) [{UPPER}]")


@lru_cache(maxsize=1)
def _after_surname() -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s(\"])(?:{_surnames()}|Ng\.) (?:[{UPPER}]\. )?$")


def read_person(view: TextView, pos: int) -> TokenReading | None:
    """Read a short title, or an initial in a name, which ends no sentence."""
    if view.text[pos + 1 : pos + 2] not in (".", "…", "/"):
        return None
    if pair := _PAIR.match(view.text, pos):
        return TokenReading(pair.end(), "anh chị" if pair.group()[0] in "Aa" else "ông bà")
    return _initial(view, pos) or _title(view, pos)


def _title(view: TextView, pos: int) -> TokenReading | None:
    """Read a. and b. after words that persons follow, Ô. also before a surname; A.Hùng without a gap is a guess.

    Where persons are expected and no name comes (mời a. 3), the stop is not said: after it a number's first word
    gets a capital, and would be a name.
    """
    expected = view.cued(pos, "persons.before") or bool(_PERSON_LEFT.search(view.left(pos)))
    if (small := _SMALL.match(view.text, pos)) and expected:
        return TokenReading(small.end(), f"{_TITLES[small[1]]} ")
    if (mister := _MISTER.match(view.text, pos)) and (expected or _surname_ahead().match(view.text, mister.end())):
        return TokenReading(mister.end(), "ông ")
    if expected and (nameless := _NAMELESS.match(view.text, pos)):
        return TokenReading(nameless.end(), f"{NAMES[view.text[pos].lower()]} ", Doubt.GUESSED)
    tight = _TIGHT.match(view.text, pos)
    if not tight and view.after(pos, " gặp", " gọi", " hỏi", " liên hệ"):
        tight = _SPACED.match(view.text, pos)
    return TokenReading(tight.end(), f"{_TITLES[tight[1].lower()]} ", Doubt.GUESSED) if tight else None


def _initial(view: TextView, pos: int) -> TokenReading | None:
    """Read T. in Đặng T. Hoa, and L.V.T after a title; in Nguyễn Văn A. it is the last name, and a sentence may end."""
    left = view.text[max(0, pos - _NAME_REACH) : pos]
    found = _INITIAL.match(view.text, pos)
    if found and found[1] not in _STAND_INS and _after_surname().search(left):
        return TokenReading(pos + 2, NAMES[found[1].lower()])
    letters = _LETTERS.match(view.text, pos)
    if letters and view.cued(pos, "persons.title"):
        return TokenReading(letters.end(), spell(letters.group().replace(".", "")))
    last = _LAST.match(view.text, pos)
    if not last:
        return None
    named = (last[3] or last[1] in _STAND_INS) and _after_surname().search(left)
    if not named and not _MIDDLE_NAME_LEFT.search(left):
        return None
    return TokenReading(last.end(2) if last[3] else pos + 1, NAMES[last[1].lower()])
