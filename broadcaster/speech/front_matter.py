"""Change a script's front matter and leave every other line as its author wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.speech.script import FENCE

if TYPE_CHECKING:
    from datetime import date


def with_valid_until(text: str, day: date) -> str:
    """Return the text (LF) of a valid script with that `valid_until`; comments and order are kept."""
    import tomlkit

    lines = text.split("\n")
    first, last = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    head = tomlkit.parse("\n".join([*lines[first + 1 : last], ""]))
    if "valid_until" in head:
        head["valid_until"] = tomlkit.date(day.isoformat())
        changed = tomlkit.dumps(head).removesuffix("\n").split("\n")
    else:
        place = _end_of_keys(lines, first, last)
        changed = [*lines[first + 1 : place], f"valid_until = {day.isoformat()}", *lines[place:last]]
    return "\n".join([*lines[: first + 1], *changed, *lines[last:]])


def _end_of_keys(lines: list[str], first: int, last: int) -> int:
    """Return the line before which a top-level key can be inserted: ahead of the first table and the blanks above."""
    table = next((number for number in range(first + 1, last) if lines[number].lstrip().startswith("[")), last)
    while table > first + 1 and not lines[table - 1].strip():
        table -= 1
    return table
