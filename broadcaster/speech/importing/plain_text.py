"""Lines of a text: which one is the rest of the one before it, and which begins a paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broadcaster.speech.line_heads import begins_item

if TYPE_CHECKING:
    from collections.abc import Iterable

_NARROWEST, _WIDEST = 50, 100  # characters of the longest line in a text that was wrapped by hand or by an editor
_ENDS = (".", "!", "?", "…", ":", ";", "”", '"')


def joined(lines: Iterable[str]) -> list[str]:
    """Return the paragraphs of a text: wrapped lines put together, "" between what a blank line parts.

    Word saves a paragraph as one line; editors wrap at a width. A line is the rest of the one before it where it
    begins with a small letter, where the one before it ends with a comma or a dash, or where its first word had no room
    there in a text that keeps within such a width.
    """
    stripped = [" ".join(line.split()) for line in lines]
    width = max(map(len, stripped), default=0)
    paragraphs: list[str] = []
    last = ""  # the line before this one, "" where none is
    for line in stripped:
        if line and last and _goes_on(last, line, width):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        last = line
    return paragraphs


def _goes_on(last: str, line: str, width: int) -> bool:
    if begins_item(line) or line[0] in "[#" or last[0] in "[#" or set(last) <= set("-_=*~. "):
        return False
    if line[0].islower() or line[0] in ",.;:)”" or last.endswith((",", " -", " –")):
        return True
    no_room = len(last) + 1 + len(line.split(" ", 1)[0]) > width
    return _NARROWEST <= width <= _WIDEST and no_room and not last.endswith(_ENDS) and not re.search(r"[.!?]\W*$", last)


def hand_broken(text: str) -> list[str]:
    """Return the lines of a paragraph that was broken by hand, a title in capitals that was set in several as one."""
    lines = [line for line in joined(text.split("\n")) if line]
    ends = any(line.endswith((".", "!", "?", "…", ":", ";")) for line in lines[:-1])
    is_title = not ends and not any(map(begins_item, lines)) and all(line == line.upper() for line in lines)
    return [" ".join(lines)] if len(lines) > 1 and is_title else lines
