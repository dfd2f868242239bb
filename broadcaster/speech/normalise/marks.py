"""Letters with a sign or a point in them: blood groups (O+, AB-, Rh-), PM2.5, room A1.2."""

from __future__ import annotations

import re

from .letters import spell
from .result import Doubt
from .text import WORD_END, TextView, TokenReading

_BLOOD = re.compile(rf"(AB|A|B|O){WORD_END}")
_RHESUS = re.compile(r"Rh ?\(?([+-])\)?(?![^\W_])")
_SIGN = re.compile(r"\(?([+-])\)?(?![^\W_])")
_GROUP_LEFT = re.compile(r"(?:AB|A|B|O)[+-](?:,| và| hoặc) $")
_GROUP_REACH = 12  # characters
_POINTED = re.compile(rf"([A-ZĐ]{{1,4}})([0-9]{{1,3}})([.,])([0-9]{{1,2}})(?![.,/-]?[0-9]){WORD_END}")
_DUST = "PM"
_COARSE_DUST = re.compile(rf"PM(10?){WORD_END}(?![.,][0-9])")


def read_mark(view: TextView, pos: int) -> TokenReading | None:
    """Read a blood group with its sign, the Rhesus factor, or letters and a number with a point."""
    if rhesus := _RHESUS.match(view.text, pos):
        return TokenReading(rhesus.end(), f"{spell('Rh')} {'dương' if rhesus[1] == '+' else 'âm'}")
    if coarse := _COARSE_DUST.match(view.text, pos):
        return TokenReading(coarse.end(), f"{spell(_DUST)} {view.numerals.whole(coarse[1])}")
    if found := _POINTED.match(view.text, pos):
        return _pointed(view, found)
    group = _BLOOD.match(view.text, pos)
    sign = _SIGN.match(view.text, group.end()) if group else None
    if not group or not sign or not _is_blood(view, pos, sign[1]):
        return None
    return TokenReading(sign.end(), f"{spell(group[1])} {'cộng' if sign[1] == '+' else 'trừ'}")


def _is_blood(view: TextView, pos: int, sign: str) -> bool:
    """Return whether a sign after A, B, AB or O belongs to it: a plus always does, a minus may be a dash."""
    near = view.text[max(0, pos - _GROUP_REACH) : pos]
    return sign == "+" or " máu " in view.left(pos) + " " or bool(_GROUP_LEFT.search(near))


def _pointed(view: TextView, found: re.Match[str]) -> TokenReading | None:
    letters, whole, point, part = found.groups()
    if letters == _DUST:
        return TokenReading(found.end(), f"{spell(letters)} {view.numerals.decimal(whole, part)}")
    if point == ",":
        return None
    words = f"{spell(letters)} {view.numerals.whole(whole)} chấm {view.numerals.whole(part)}"
    return TokenReading(found.end(), words, Doubt.SPELLED if len(letters) > 1 else None)
