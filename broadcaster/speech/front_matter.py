"""Where a script's front matter stands, and how it is changed with every other line left as its author wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

FENCE = "+++"


def fences(lines: Sequence[str]) -> list[int]:
    """Return the places of the two lines that the front matter stands between; fewer where a text has no such lines."""
    return [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]


def body_of(text: str) -> str:
    """Return what stands below the front matter of a valid script (LF), as it was written."""
    lines = text.split("\n")
    return "\n".join(lines[fences(lines)[1] + 1 :])


def with_valid_until(text: str, day: date) -> str:
    """Return the text (LF) of a valid script with that `valid_until`; comments and order are kept."""
    import tomlkit

    lines = text.split("\n")
    first, last = fences(lines)
    head = tomlkit.parse("\n".join([*lines[first + 1 : last], ""]))
    if "valid_until" in head:
        head["valid_until"] = tomlkit.date(day.isoformat())
        changed = tomlkit.dumps(head).removesuffix("\n").split("\n")
    else:
        place = _end_of_keys(lines, first, last)
        changed = [*lines[first + 1 : place], f"valid_until = {day.isoformat()}", *lines[place:last]]
    return "\n".join([*lines[: first + 1], *changed, *lines[last:]])


def with_recording(text: str, name: str) -> str:
    """Return the text (LF) of a valid script with that `recording`, "" for none; comments and order are kept."""
    import tomlkit

    lines = text.split("\n")
    first, last = fences(lines)
    head = tomlkit.parse("\n".join([*lines[first + 1 : last], ""]))
    if "recording" in head and not name:
        del head["recording"]
        changed = tomlkit.dumps(head).removesuffix("\n").split("\n")
    elif "recording" in head:
        head["recording"] = name
        changed = tomlkit.dumps(head).removesuffix("\n").split("\n")
    elif name:
        place = _end_of_keys(lines, first, last)
        changed = [*lines[first + 1 : place], f'recording = "{name}"', *lines[place:last]]
    else:
        return text
    return "\n".join([*lines[: first + 1], *changed, *lines[last:]])


def _end_of_keys(lines: list[str], first: int, last: int) -> int:
    """Return the line before which a top-level key can be inserted: ahead of the first table and the blanks above."""
    table = next((number for number in range(first + 1, last) if lines[number].lstrip().startswith("[")), last)
    while table > first + 1 and not lines[table - 1].strip():
        table -= 1
    return table
