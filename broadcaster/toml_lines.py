"""Which lines of a TOML text hold what: `tomllib` tells the values alone, and people need the lines of mistakes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""The names from the top of a file down to a key; a number is the place of a table in its array, from 0."""

_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_TOKEN = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|"(?:[^"\\\n]|\\.)*"|#[^\n]*|[\[\]{}\n]''' + r"""|'{3}.*?'{3,5}|'[^'\n]*'""", re.DOTALL
)


def statements(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each header and each `key = value` of a valid TOML text: its first line, its last, and itself.

    A value may span lines (a list, a long text); what looks like a key inside a value is not one. Takes linear time.
    """
    begin, first, line, depth = 0, 1, 1, 0
    for token in _TOKEN.finditer(text + "\n"):
        mark = token[0]
        depth += (mark in "[{") - (mark in "]}")
        if mark == "\n" and not depth:
            statement = text[begin : token.start()].strip()
            if statement and not statement.startswith("#"):
                yield first, line, statement
            begin, first = token.end(), line + 1
        line += mark.count("\n")


def is_comment(line: str) -> bool:
    """Return whether a line of a file, maybe its first, is a comment."""
    return line.removeprefix("\ufeff").lstrip().startswith("#")


def key_of(statement: str) -> str:
    """Return the key of a statement; "" for a header."""
    return "" if statement.startswith("[") else statement.partition("=")[0].strip().strip("\"'")


def lines_of(text: str) -> list[str]:
    """Split a text at line feeds only and keep them; `splitlines` would also split inside values."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def key_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Yield every key path of a valid TOML text with its line, tables of an array numbered from 0."""
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, _last, statement in statements(text):
        if header := _HEADER.match(statement):
            table = _header_path(header, counts)
            yield table, line
        elif key := _KEY.match(statement):
            yield (*table, *_key_parts(key[1])), line


def _header_path(header: re.Match[str], counts: dict[KeyPath, int]) -> KeyPath:
    """Return the path of `[a.b]` or of the next `[[a.b]]`; `counts` has the last number of each array."""
    *parents, last = _key_parts(header[2])
    path: KeyPath = ()
    for part in parents:
        path = (*path, part)
        path = (*path, counts[path]) if path in counts else path
    path = (*path, last)
    if header[1] == "[":
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path])


def _key_parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]
