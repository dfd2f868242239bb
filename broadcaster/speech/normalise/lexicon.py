"""The lexicon: what is written, how it is said, and next to which words that applies.

A station's own entries take precedence over the shipped ones; among entries that fit, the longest is used. Of the
shipped tables, lexicon.tsv and communes.tsv have one reading for each abbreviation; what has more is in ambiguous.tsv,
and what no neighbour decides is warned of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from .data import rows
from .letters import UPPER, is_syllable
from .result import Doubt
from .text import TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KEY = re.compile(r"[^\W\d_]+|[0-9]+|\S")
SHIPPED = ("ambiguous.tsv", "communes.tsv", "lexicon.tsv")
"""The shipped tables, in the order in which their entries are tried."""
CASELESS = ("highland.tsv", "foreign.tsv")
"""The shipped tables of two columns whose entries are written in any letter case."""
STATION = "station"
"""In place of a table's name, for a station's own entries."""

_AFTER = {
    "NAME": rf"\s*(?=[{UPPER}])",
    "NUMBER": r"\s*(?=[0-9])",
    "PLACE": rf"\s*(?=[{UPPER}][^\W\d_]+\s+[{UPPER}]|[{UPPER}][a-zà-ỹ]+)",
    "PERSON": rf"\s*(?=[{UPPER}][^\W\d_]+\s+[{UPPER}])",
}
_BEFORE = {
    "COUNT": r"[0-9]+(?:[.,][0-9]+)*",
    "CODE": r"mã(?: (?:thẻ|đối tượng|quyền lợi|nhóm|bhyt|thẻ bhyt))?(?: (?:là|số))?"
    r"(?: [a-zđ]{2} (?:,|và|hoặc|và mã|hoặc mã|-|/))*",
}


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One line of the lexicon. `left` and `right`: patterns of what must come before and after it, "" for anything."""

    written: str
    spoken: str
    left: str = ""
    right: str = ""
    guess: bool = False  # another reading is possible
    shy: bool = False  # is also a Vietnamese syllable: not an abbreviation among words in capitals
    caseless: bool = False
    table: str = STATION  # the shipped table that it is from

    def fits(self, view: TextView, pos: int) -> bool:
        """Return whether this entry matches at `pos`."""
        end = pos + len(self.written)
        found = view.text[pos:end]
        if found != self.written and not (self.caseless and found.lower() == self.written.lower()):
            return False
        if _runs_on(view, pos, end) or (self.is_last_resort and view.char(end).isdigit()):
            return False
        if self.shy and among_capitals(view, pos, end):
            return False
        return self._beside(view, pos, end)

    @property
    def is_last_resort(self) -> bool:
        """Whether this is the likeliest reading where no neighbour decides: a letter code (NK4300) is none of it."""
        return self.guess and not self.left and not self.right

    def _beside(self, view: TextView, pos: int, end: int) -> bool:
        if self.left and not _compiled(self.left).search(view.left(pos) + " "):
            return False
        return not self.right or bool(_compiled(self.right).match(view.text, end))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: a text needs few of the hundreds."""
    return re.compile(pattern)


def _runs_on(view: TextView, pos: int, end: int) -> bool:
    """Return whether the token continues to the left or right of `pos:end`."""
    before, first, last, after = view.char(pos - 1), view.char(pos), view.char(end - 1), view.char(end)
    if (before.isalpha() and first.isalpha()) or (before.isdigit() and first.isdigit()):
        return True
    if last.isalpha() and (after.isalpha() or (after == "'" and view.char(end + 1).isalpha())):
        return True
    return last.isdigit() and (after.isdigit() or (after in ".," and after != "" and view.char(end + 1).isdigit()))


_NEIGHBOUR = re.compile(r"[ \-,]*([^\W\d_]+)")
_NEIGHBOUR_LEFT = re.compile(r"([^\W\d_]+)[ \-,]*$")


def among_capitals(view: TextView, pos: int, end: int) -> bool:
    """Return whether a neighbouring word of `pos:end` is in capitals: then the line is a heading."""
    before = _NEIGHBOUR_LEFT.search(view.text[max(0, pos - 16) : pos])
    after = _NEIGHBOUR.match(view.text, end)
    return any(is_capital_word(found.group(1)) for found in (before, after) if found)


def is_capital_word(word: str) -> bool:
    """Return whether `word` is a Vietnamese syllable in capitals."""
    return len(word) > 1 and word.isupper() and is_syllable(word)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries by what they begin with (a run of letters or digits, or one sign), the longest first."""

    by_key: Mapping[str, tuple[LexiconEntry, ...]]

    def find(self, view: TextView, pos: int) -> TokenReading | None:
        """Return how the token at `pos` is said."""
        found = _KEY.match(view.text, pos)
        key = found.group() if found else ""
        for entry in self.by_key.get(key) or self.by_key.get(key.lower(), ()):
            if entry.fits(view, pos):
                doubt = Doubt.GUESSED if entry.guess else None
                return TokenReading(pos + len(entry.written), entry.spoken, doubt, by=entry.table)
        return None

    def names(self) -> dict[str, str]:
        """Return the entries that apply in any context, as written → spoken."""
        entries = (entry for group in self.by_key.values() for entry in group)
        return {entry.written: entry.spoken for entry in entries if not entry.left and not entry.right}


def _index(entries: list[LexiconEntry]) -> Lexicon:
    by_key: dict[str, list[LexiconEntry]] = {}
    for entry in entries:
        found = _KEY.match(entry.written)
        if not found:
            continue
        key = found.group()
        for form in {key, key.lower(), key.upper(), key.capitalize()} if entry.caseless else {key}:
            by_key.setdefault(form, []).append(entry)
    return Lexicon({key: tuple(sorted(group, key=lambda entry: -len(entry.written))) for key, group in by_key.items()})


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """Read the shipped lexicon."""
    entries = [entry for table in SHIPPED for row in rows(table, 5) for entry in _entries(table, row)]
    names = [
        entry
        for table in CASELESS
        for written, spoken in rows(table, 2)
        for entry in _entries(table, (written, spoken, "", "", "caseless"))
    ]
    return _index(entries + names)


def _entries(table: str, row: tuple[str, ...]) -> list[LexiconEntry]:
    """Return the entry of a row, and where it has a sign that people put spaces around (KT-XH), that form too."""
    spaced = _JOINT.sub(r" \g<0> ", row[0])
    return [_entry(table, form, row) for form in dict.fromkeys((row[0], spaced))]


_JOINT = re.compile(r"(?<=[^\W\d_])[-&](?=[^\W\d_])")


def _entry(table: str, written: str, row: tuple[str, ...]) -> LexiconEntry:
    _written, spoken, left, right, flags = row
    shy = written.isupper() and written.isalpha() and is_syllable(written)
    return LexiconEntry(
        written,
        spoken,
        rf" (?:{_expand(left, _BEFORE)}) $" if left else "",
        _expand(right, _AFTER),
        guess="guess" in flags,
        shy=(shy or "shy" in flags) and "bold" not in flags,
        caseless="caseless" in flags,
        table=table,
    )


def _expand(written: str, macros: Mapping[str, str]) -> str:
    for macro, pattern in macros.items():
        written = written.replace(macro, pattern)
    return written


def station_lexicon(entries: Mapping[str, str], say: Callable[[str], str]) -> Lexicon:
    """Index a station's own entries. `say` reads their spoken side, so that no digit or abbreviation is left in it.

    An entry also matches with its first letter a capital, and in capitals throughout.
    """
    built: list[LexiconEntry] = []
    for written, spoken in entries.items():
        token = " ".join(written.split())
        if token:
            forms = {token: None, token[0].upper() + token[1:]: None, token.upper(): None}
            built += [LexiconEntry(form, say(spoken)) for form in forms]
    return _index(built)
