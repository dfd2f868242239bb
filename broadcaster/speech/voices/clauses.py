"""Split a sentence where a speaker would pause, for services that limit the length of a request."""

from __future__ import annotations

import re

_CLAUSE_END = re.compile(r"(?<=[.!?…;:,–—])\s+")
_MARKS = ".!?…;:,–—"


def split_clauses(text: str, limit: int) -> list[str]:
    """Return `text` in pieces of at most `limit` characters, none empty; only spaces are lost.

    It is split at the ends of clauses; inside a clause only if that is too long, then between words; inside a word only
    if that is too long.
    """
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(text.strip()):
        for part in _fit(clause, limit):
            _append(pieces, part, limit, joins=part is clause)
    return pieces


def _append(pieces: list[str], part: str, limit: int, *, joins: bool) -> None:
    """Add `part`, joined to the last piece if both fit in one."""
    if joins and pieces and len(pieces[-1]) + 1 + len(part) <= limit:
        pieces[-1] += f" {part}"
    else:
        pieces.append(part)


def _fit(clause: str, limit: int) -> list[str]:
    if len(clause) <= limit:
        return [clause] if clause else []
    lines: list[str] = []
    for word in clause.split():
        for start in range(0, len(word), limit):
            _append(lines, word[start : start + limit], limit, joins=start == 0)
    return lines


def ends_clause(text: str) -> bool:
    """Return whether a clause ends after `text`."""
    return text.rstrip("\"'”’») ").endswith(tuple(_MARKS))
