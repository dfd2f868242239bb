"""Times of day and lengths of time, as Vietnamese officers write them. For what is not valid: None."""

from __future__ import annotations

import re
from datetime import time, timedelta

from broadcaster.tomlfile import parse_duration
from broadcaster.typed_words import fold


def _same(*hours: int) -> dict[int, int]:
    return {hour: hour for hour in hours}


def _afternoon(*hours: int) -> dict[int, int]:
    return {hour: hour + 12 for hour in hours}


_PARTS_OF_THE_DAY = {
    # The hours that are said with each part of the day, and which hour of 24 is meant. What is not here is either
    # never said ("8h chiều") or means one hour to some people and another to others ("12h sáng").
    "rang sang": _same(*range(7)),
    "sang": _same(*range(12)),
    "trua": _same(10, 11, 12, 13, 14) | _afternoon(1, 2),
    "chieu": _same(*range(12, 20)) | _afternoon(*range(1, 8)),
    "toi": _same(*range(17, 24)) | _afternoon(*range(5, 12)),
    "dem": _same(*range(6), *range(20, 24)) | _afternoon(*range(8, 12)),
    "am": _same(*range(12)) | {12: 0},
    "pm": _same(*range(12, 24)) | _afternoon(*range(1, 12)),
}
_SAME_PARTS = {"khuya": "dem", "sang som": "sang", "sa": "am", "ch": "pm", "a.m.": "am", "p.m.": "pm"}
_PART = "|".join(sorted(map(re.escape, (*_PARTS_OF_THE_DAY, *_SAME_PARTS)), key=len, reverse=True))
_CLOCK = re.compile(
    rf"(?:luc )?(?:({_PART}) )?"
    r"(\d{1,2})(?:[:.](\d{2})| ?(?:h|gio|g) ?(?:(\d{2}|\d(?= ?(?:phut|p(?!m)|')))|ruoi|kem (\d{1,2}))?)(?::(\d{2}))?"
    rf" ?(?:phut|p|')?(?: ?({_PART}))?",
    re.ASCII,
)
_BARE_HOUR = re.compile(rf"(\d{{1,2}}) ?({_PART})", re.ASCII)
_LENGTH_WORDS = re.compile(r"(\d+(?:[.,]\d+)?) ?(gio|tieng|phut|giay|hours?|minutes?|seconds?|'|\") ?", re.ASCII)
_LENGTH_UNITS = {"g": "h", "t": "h", "h": "h", "p": "m", "m": "m", "s": "s", "'": "m", '"': "s"}


def parse_clock(text: str) -> time | None:
    """Return the time of day of "5h30", "17:00", "17:00:30", "17 giờ 5 phút", "5 giờ rưỡi", "sáng 5h30", "5:30 PM"."""
    words = fold(text)
    if bare := _BARE_HOUR.fullmatch(words):
        return _time(int(bare[1]), bare[2])
    found = _CLOCK.fullmatch(words)
    if not found or (found[1] and found[7]):
        return None
    minute = 30 if "ruoi" in words else int(found[3] or found[4] or 0)
    if found[6] and not (found[3] or found[4]):
        return None
    at = _time(int(found[2]), found[1] or found[7], minute, int(found[6] or 0))
    return _earlier(at, int(found[5])) if found[5] else at


def _time(hour: int, part: str | None, minute: int = 0, second: int = 0) -> time | None:
    meant = _PARTS_OF_THE_DAY[_SAME_PARTS.get(part, part)].get(hour) if part else hour
    if meant is None or meant > 23 or minute > 59 or second > 59:
        return None
    return time(meant, minute, second)


def _earlier(at: time | None, minutes: int) -> time | None:
    """Return the time so many minutes before a full hour: "6 giờ kém 15" is 5:45."""
    if at is None or not 0 < minutes < 60 or at.hour == 0:
        return None
    return time(at.hour - 1, 60 - minutes)


def split_moment(text: str) -> tuple[str, time] | None:
    """Return the day, as it was typed, and the time of "15/5 5h30", "hôm qua 17:00", "15/5 sáng 5h30"; else None."""
    words = text.replace("T", " ", 1).split() if re.match(r"\s*\d{4}-", text) else text.split()
    for number in range(1, len(words)):
        if (at := parse_clock(" ".join(words[number:]))) is not None:
            return " ".join(words[:number]), at
    return None


def parse_length(text: str) -> timedelta | None:
    """Return the length of "20s", "1m30s", "20 giây", "1,5 giây", "1 phút 30 giây"."""
    words = fold(text)
    spelt = _LENGTH_WORDS.findall(words)
    if spelt and "".join(_LENGTH_WORDS.split(words)[::3]) == "":
        words = "".join(number + ("s" if unit == "giay" else _LENGTH_UNITS[unit[0]]) for number, unit in spelt)
    return parse_duration(words.replace(" ", "").replace(",", "."))
