"""Words, capitals and abbreviations: what is in the lexicon, what is a word, and what must be spelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .doubts import label_doubt, letter_doubt
from .foreign import INITIAL_SOUNDS, as_heard, read_foreign
from .letters import NAMES, has_tone, is_pronounceable, is_sayable, is_syllable, spell
from .lexicon import among_capitals
from .quantities import say_runs, shipped_units
from .result import Doubt
from .roman import to_int
from .text import WORD_END, TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Mapping

_RUN = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"([^\W\d_]{1,8})-?([0-9]{1,6}(?:[A-Za-zĐđ]{0,3}[0-9]{0,6}){0,3})" + WORD_END)
_FORM = re.compile(r"([A-ZĐ]{1,5})([0-9]{1,4}[a-zA-Z]?)?((?:[-/][A-ZĐ]{1,6}[0-9]{0,3}){1,4})" + WORD_END)
_SERIES = re.compile(rf"([A-ZĐ]{{1,2}})[0-9]{{1,3}}-\1[0-9]{{1,3}}{WORD_END}")
_COUNTED = re.compile(rf"([0-9]{{1,3}})([A-ZĐ]{{2,6}}){WORD_END}")
_MINORITY = re.compile(r"([A-Za-zĐđ])'(?=[^\W\d_]{2})")
_GREEK = {"α": "an pha", "β": "bê ta", "γ": "gam ma", "μ": "mi cờ rô", "π": "pi", "Ω": "ôm"}
_BETWEEN_NUMBERS = re.compile(r"[xX] ?(?:(?:rộng|cao|dài|sâu|dày) )?[0-9]")
_JOINED = re.compile(r"([A-ZĐ]{2,})([a-zà-ỹđ]{2,})" + WORD_END)
_STOP_WITHIN = re.compile(r"\.(?:[0-9]|[^\W\d_](?![^\W\d_]))")


def read_form(view: TextView, pos: int) -> TokenReading | None:
    """Read the code of a form: TK1-TS, D03-TS, C12-TS."""
    found = _FORM.match(view.text, pos)
    if not found or not found.group(2) or _SERIES.match(view.text, pos):
        return None
    spoken = [_form_part(view, part) for part in re.split("[-/]", found.group())]
    return TokenReading(found.end(), " ".join(spoken))


def _form_part(view: TextView, part: str) -> str:
    return view.numerals.cardinal(to_int(part)) if re.fullmatch("[IVX]+", part) else say_runs(view, part)[0]


def read_letters_and_digits(view: TextView, pos: int, names: Mapping[str, str]) -> TokenReading | None:
    """Read letters followed by a number: VTV1, B12, BHXH15, H5N1."""
    found = _CODE.match(view.text, pos)
    if not found:
        return None
    letters, rest = found.groups()
    if not letters.isupper() or (len(letters) > 1 and is_syllable(letters) and has_tone(letters)):
        return None
    number, doubt = say_runs(view, rest)
    if letters in names and len(letters) > 2 and len(rest) < 4:
        return TokenReading(found.end(), f"{names[letters]} {number}", doubt)
    doubt = (
        Doubt.SPELLED if len(letters) > 1 else doubt or (label_doubt(view, pos, letters) if rest.isdigit() else None)
    )
    return TokenReading(found.end(), f"{spell(letters)} {number}", doubt)


def read_counted(view: TextView, pos: int, names: Mapping[str, str]) -> TokenReading | None:
    """Read a number with an abbreviation of what it counts: 3HCV."""
    found = _COUNTED.match(view.text, pos)
    if not found or shipped_units().pattern.match(view.text, found.end(1)) or found[2] not in names:
        return None
    return TokenReading(found.end(), f"{view.numerals.whole(found[1])} {names[found[2]]}")


def read_single(view: TextView, pos: int) -> TokenReading | None:
    """Read a single letter by its name: viêm gan B, điểm đ khoản 2; the stop of lô A.3 ends no sentence."""
    letter = view.text[pos]
    if view.char(pos + 1).isalpha():
        return None
    if minority := _MINORITY.match(view.text, pos):
        name = INITIAL_SOUNDS.get(letter.lower(), NAMES.get(letter.lower(), letter))
        return TokenReading(minority.end(), f"{name} ")
    if letter in "xX" and ((_BETWEEN_NUMBERS.match(view.text, pos) and _counts(view, pos)) or _in_formula(view, pos)):
        return TokenReading(pos + 1, "nhân")
    if letter in _GREEK:
        return TokenReading(pos + 1, _GREEK[letter])
    name = NAMES.get(letter.lower(), "")
    if name and _STOP_WITHIN.match(view.text, pos + 1):
        return TokenReading(pos + 2, name, letter_doubt(view, pos))
    if not name or letter in "yY" or (name == letter.lower()):
        return None
    return TokenReading(pos + 1, name, letter_doubt(view, pos))


def _counts(view: TextView, pos: int) -> bool:
    """Return whether a number or a counted thing comes right before `pos`: 45 học viên x 2 lớp."""
    return 0 <= view.number_end >= pos - 1 or bool(_COUNTED_BEFORE.search(view.left(pos) + " "))


def _in_formula(view: TextView, pos: int) -> bool:
    """Return whether an x stands between words after or before an equals sign: số nộp = số nước x đơn giá."""
    if view.char(pos - 1) != " " or view.char(pos + 1) != " ":
        return False
    line = (
        view.text[max(0, pos - _FORMULA) : pos].rpartition("\n")[2] + view.text[pos : pos + _FORMULA].partition("\n")[0]
    )
    return "=" in line


_FORMULA = 60  # characters: how far an equals sign is looked for
_COUNTED_BEFORE = re.compile(r" [0-9]+(?:[.,][0-9]+)? (?:[^\W\d_]+ |/ ){1,4}$")


def read_capitals(view: TextView, pos: int, names: Mapping[str, str]) -> TokenReading | None:
    """Read a run of letters with capitals that no other rule covers."""
    found = _RUN.match(view.text, pos)
    if not found:
        return None
    token, end = found.group(), found.end()
    if token.isupper():
        known = "" if is_syllable(token) else names.get(token, "")
        if known:
            return TokenReading(end, known)
        return (has_tone(token) and read_foreign(view, pos, names)) or _all_capitals(view, pos, end, token)
    if joined := _JOINED.match(view.text, pos):
        return _joined(joined, names)
    if not is_sayable(token):
        known = names.get(token.upper(), "") if len(token) > _LEAST_CERTAIN else ""
        return TokenReading(end, known or spell(token), Doubt.GUESSED if known else Doubt.SPELLED)
    if not re.search(r"[^\W\d_a-z]{2}", token) or sum(letter.isupper() for letter in token) < 2:
        return None
    if re.search(_TWO_CAPITALS, token):
        return TokenReading(end, spell(token), Doubt.SPELLED)
    return None


_SHORT_WORD = 3  # letters: so short a syllable alone in capitals may be an abbreviation
_LEAST_CERTAIN = 2  # letters: shorter ones have too many meanings
_TWO_CAPITALS = re.compile("[A-ZĐĂÂÊÔƠƯ]{2}")


def _all_capitals(view: TextView, pos: int, end: int, token: str) -> TokenReading:
    small = token.lower()
    if is_syllable(token):
        short = token.isascii() and 1 < len(token) <= _SHORT_WORD and not among_capitals(view, pos, end)
        return TokenReading(end, small, Doubt.GUESSED if short else None)
    if is_pronounceable(token):
        return TokenReading(
            end, small, None if not token.isascii() or among_capitals(view, pos, end) else Doubt.FOREIGN
        )
    if all(letter in NAMES for letter in small):
        return TokenReading(end, spell(token), Doubt.SPELLED)
    return TokenReading(end, small, Doubt.FOREIGN)


def _joined(joined: re.Match[str], names: Mapping[str, str]) -> TokenReading:
    """BHXHtỉnh: a space is missing."""
    capitals, rest = joined.groups()
    if capitals in names:
        known = names.get(rest, rest if is_syllable(rest) else "")
        return TokenReading(joined.end(), f"{names[capitals]} {known or spell(rest)}", None if known else Doubt.SPELLED)
    if is_pronounceable(capitals + rest):
        return TokenReading(joined.end(), as_heard((capitals + rest).lower()), Doubt.FOREIGN)
    return TokenReading(joined.end(), spell(capitals + rest), Doubt.SPELLED)
