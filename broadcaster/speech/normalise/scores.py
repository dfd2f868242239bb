"""Scores of matches (2-1, 25:18), by the words around them or by two teams; three numbers in a row (NPK 16-16-8)."""

from __future__ import annotations

import re
from functools import lru_cache

from .letters import UPPER
from .text import WORD_END, TextView, TokenReading, words_of

_SCORE = re.compile(r"([0-9]{1,3}) ?[-:] ?([0-9]{1,3})(?![0-9]|[.,/%:-][0-9]|%)")
_TRIPLE = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{1,2})(?![0-9]|[.,-][0-9]|%)")
_WON = re.compile(r" (?<!chiến )(?<!hướng )(?<!chỉ )(?<!tiếp )(?:thắng|thua|hòa|hoà|dẫn|gỡ|hiệp|hiệp đấu|luân lưu) ")
_SCORES_LEFT = re.compile(r" [0-9]+-[0-9]+ (?:, |và |; )$")
_TEAMS = "đội|xã|thôn|lớp|trường|khối|tổ|phường|huyện|tỉnh|xóm|bản|ấp|làng|buôn|khu|chi đoàn|đoàn|hội|câu lạc bộ|clb"
_TEAM_LEFT = re.compile(rf" ({_TEAMS})(?: [^\W_]+){{1,4}} $")
_TEAM_AHEAD = re.compile(rf" ?({_TEAMS}) (?=[{UPPER}0-9])", re.IGNORECASE)


def read_score(view: TextView, pos: int) -> TokenReading | None:
    """Read a score (tỷ số 2-1, đội A 2-1 đội B) and three numbers in a row."""
    if triple := _TRIPLE.match(view.text, pos):
        return TokenReading(triple.end(), _said(view, triple))
    found = _SCORE.match(view.text, pos)
    if not found or not (_is_told(view, found) or _is_between_teams(view, found)):
        return None
    return TokenReading(found.end(), _said(view, found))


def _said(view: TextView, found: re.Match[str]) -> str:
    return ", ".join(view.numerals.whole(points) for points in found.groups())


def _is_told(view: TextView, found: re.Match[str]) -> bool:
    """Return whether the clause speaks of a match, and nothing is counted after the numbers: thắng 2-1."""
    if view.near(found.start(), "scores.told"):
        return True
    left = view.left(found.start()) + " "
    if _SCORES_LEFT.search(left) and any(f" {word} " in left for word in words_of("scores.told")):
        return True
    return bool(_WON.search(left)) and not _counted_ahead().match(view.text, found.end())


@lru_cache(maxsize=1)
def _counted_ahead() -> re.Pattern[str]:
    return re.compile(rf" ?(?:{'|'.join(words_of('scores.counted'))}){WORD_END}")


def _is_between_teams(view: TextView, found: re.Match[str]) -> bool:
    """Return whether the numbers stand between two of a kind: xã Tân An 3-0 xã Bình Minh."""
    left = _TEAM_LEFT.search(view.left(found.start()) + " ")
    right = _TEAM_AHEAD.match(view.text, found.end())
    return left is not None and right is not None and left[1] == right[1].lower()
