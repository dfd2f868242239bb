"""Places on the map, as a weather bulletin gives them: 18,5N-108,2E   20°54'B   17,0-19,5°N."""

from __future__ import annotations

import re

from .text import WORD_END, TextView, TokenReading

_NUMBER = r"[0-9]{1,3}(?:[.,][0-9]{1,5})?"
_FINER = r"""(?: ?([0-9]{1,2}) ?')?(?: ?([0-9]{1,2}(?:[.,][0-9]{1,3})?) ?(?:"|''))?"""
_SIDE = rf"(N|S|E|W|B|Đ|VB|KĐ){WORD_END}"
_DEGREES = re.compile(rf"(?:({_NUMBER}) ?°? ?- ?)?({_NUMBER}) ?(?:°|độ ?(?=VB|KĐ)){_FINER} ?{_SIDE}")
_BARE = re.compile(rf"(?:({_NUMBER}) ?- ?)?([0-9]{{1,3}}[.,][0-9]{{1,2}})()() ?([NE]){WORD_END}")
_SIDES = {
    "N": ("vĩ", "Bắc"), "B": ("vĩ", "Bắc"), "VB": ("vĩ", "Bắc"), "S": ("vĩ", "Nam"),
    "E": ("kinh", "Đông"), "Đ": ("kinh", "Đông"), "KĐ": ("kinh", "Đông"), "W": ("kinh", "Tây"),
}  # fmt: skip
_JOINT = re.compile(r" ?[-;,/]? ?(?=[0-9])")


def read_coordinates(view: TextView, pos: int) -> TokenReading | None:
    """Read a latitude or longitude, or a range of one; what joins the two becomes a short pause."""
    found = _match(view.text, pos)
    if not found:
        return None
    first, degrees, minutes, seconds, side = found.groups()
    span = f"{view.numerals.written(first)} đến " if first else ""
    words = f"{span}{view.numerals.written(degrees)} độ"
    for part, unit in ((minutes, "phút"), (seconds, "giây")):
        words += f" {view.numerals.written(part)} {unit}" if part else ""
    circle, direction = _SIDES[side]
    named = view.after(pos, " tuyến", " vĩ độ", " kinh độ")
    words += f" {direction}" if named else f" {circle} {direction}"
    joint = _JOINT.match(view.text, found.end())
    if joint and _match(view.text, joint.end()):
        return TokenReading(joint.end(), f"{words}, ")
    return TokenReading(found.end(), words)


def _match(text: str, pos: int) -> re.Match[str] | None:
    return _DEGREES.match(text, pos) or _BARE.match(text, pos)
