"""Split a sentence where a speaker would pause: for pauses of our own, and for services that limit a request."""

from __future__ import annotations

import re
from datetime import timedelta

CLAUSE_PAUSE = timedelta(milliseconds=300)
"""What the offline voices leave between clauses: less than between sentences, and time for most of an echo to pass."""

_CLAUSE_END = re.compile(r"(?<=[.!?…;:,–—])\s+")
_MARKS = ".!?…;:,–—"


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a sentence, each with the mark that ends it."""
    return [clause for clause in _CLAUSE_END.split(text.strip()) if clause]


def split_clauses(text: str, limit: int) -> list[str]:
    """Return `text` in pieces of at most `limit` characters, none empty; only spaces are lost.

    It is split at the ends of clauses; inside a clause only if that is too long, then between words; inside a word only
    if that is too long.
    """
    pieces: list[str] = []
    for clause in clauses_of(text):
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
