"""How tables and sentences fit on a narrow terminal: no word, time or number is broken.

A column is made narrower down to its longest word, and not below what can be read with comfort. Columns for which there
is no room go on below the first ones, indented: a row then takes two lines or more.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP, INDENT = 2, 4
COMFORT = 19
"""How narrow a column of words may become, in letters, even where its longest word is shorter."""
_LEAD = re.compile(r" *(?:[^\w\s] )?")
"""What stands before a sentence: blanks, and a mark such as `✓`."""
_COMMAND = re.compile(r"""(?<=: )(?:& )?(?:\S+ (?:-P )?-m (?:broadcaster|pip)|"[^"]*"|\S*\bbroadcaster) [^;]*""")
_TIE = "\0"
"""Stands for a blank at which no line is broken: no text that is shown has it."""


@dataclass(frozen=True, slots=True)
class Band:
    """Columns that stand side by side: their numbers and widths, and how far they are indented."""

    columns: tuple[int, ...]
    widths: tuple[int, ...]
    indent: int


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes; combining marks take none."""
    if text.isascii():
        return len(text)
    return len(text) - sum(map(bool, map(unicodedata.combining, text)))


def bands(texts: Sequence[Sequence[str]], room: int) -> list[Band]:
    """Return how to lay out rows of cells, the headings among them, in `room` columns of a terminal."""
    columns = range(len(texts[0]))
    wanted = [max(width(row[column]) for row in texts) for column in columns]
    words = [max((width(word) for row in texts for word in row[column].split()), default=0) for column in columns]
    least = [max(words[column], min(wanted[column], COMFORT)) for column in columns]
    found: list[Band] = []
    group: list[int] = []
    for column in columns:
        indent = INDENT if found else 0
        if group and sum(least[each] + GAP for each in group) + least[column] > room - indent:
            found.append(_band(group, least, wanted, room, indent))
            group = []
        group.append(column)
    found.append(_band(group, least, wanted, room, INDENT if found else 0))
    return found


def _band(group: Sequence[int], least: Sequence[int], wanted: Sequence[int], room: int, indent: int) -> Band:
    """Share out the room that is left among the columns that want more, those that want little first."""
    widths = {column: min(least[column], room - indent) for column in group}
    left = room - indent - sum(widths.values()) - GAP * (len(group) - 1)
    short = sorted((column for column in group if wanted[column] > widths[column]), key=lambda each: wanted[each])
    for number, column in enumerate(short):
        more = min(wanted[column] - widths[column], max(0, left) // (len(short) - number))
        widths[column] += more
        left -= more
    return Band(tuple(group), tuple(widths[column] for column in group), indent)


def wrapped(text: str, room: int) -> list[str]:
    """Return a text as lines of at most `room` columns, broken between words; at least one line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= room:
            lines[-1] = longer
            continue
        *full, last = _pieces(word, room)
        lines += [*full, last]
    return lines[1:] if lines[0] == "" and len(lines) > 1 else lines


def fitted(text: str, room: int) -> list[str]:
    """Return a sentence as lines of at most `room` columns, broken between words, each below where its words begin.

    Longer than that is only what cannot be broken: a word, or a command, which people copy whole.
    """
    if width(text) <= room:
        return [text]
    start = _LEAD.match(text)
    lead = start[0] if start else ""
    words = _COMMAND.sub(lambda found: found[0].replace(" ", _TIE), text)[len(lead) :].split(" ")
    lines = [lead + words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if width(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(" " * width(lead) + word)
    return [line.replace(_TIE, " ") for line in lines]


def _pieces(word: str, room: int) -> Iterator[str]:
    """Yield a word in pieces, where it is wider than any line can be."""
    while width(word) > room:
        yield word[:room]
        word = word[room:]
    yield word


def pad(text: str, room: int, *, right: bool) -> str:
    """Return a text with blanks on one side."""
    blanks = " " * (room - width(text))
    return blanks + text if right else text + blanks
