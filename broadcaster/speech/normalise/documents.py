"""Document numbers (1676/QĐ-TTg, 158/2025/NĐ-CP, 28-NQ/TW) and the codes in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .data import rows
from .letters import UPPER, spell
from .result import Doubt
from .text import WORD_END, TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Mapping

_ATOM = (
    rf"(?:TTg|TTr|CTrPH|CTr|QyĐ|QyC|QĐi|ThU"
    rf"|[{UPPER}](?:[{UPPER}]|[a-zđ](?=[{UPPER}-])){{0,14}}[0-9]{{0,2}}|[{UPPER}][a-zđ]{{1,2}})"
)
_CODE = rf"(?:{_ATOM}(?:(?: ?- ?|[/&.,]){_ATOM}){{0,6}}){WORD_END}"
_NUMBERED = re.compile(rf"([0-9]{{1,6}})([a-zA-Z]?)((?:[/.-](?:19|20)[0-9]{{2}})?) ?([/-]) ?({_CODE})")
_BLANK = re.compile(rf"/ ?({_CODE})")
_STANDALONE = re.compile(rf"{_ATOM}(?:[-/&]{_ATOM}){{1,6}}{WORD_END}")
_YEARED = re.compile(r"([0-9]{1,5})/((?:19|20)[0-9]{2})(?![0-9]|[/.,-][0-9]|/[^\W\d_])")
_PARTS = re.compile(r"[^\W\d_]+|[0-9]+|&")


@dataclass(frozen=True, slots=True)
class DocumentCodes:
    """The meaning of document codes: `first` for the kind of document, `later` for the body that issued it.

    `party` has the kinds that differ in numbers of the Party (05-TT/TU), `alone` those where no body follows (14/SL).
    """

    first: Mapping[str, str]
    later: Mapping[str, str]
    party: Mapping[str, str]
    alone: Mapping[str, str]

    @classmethod
    def load(cls) -> DocumentCodes:
        """Read the shipped table."""
        tables: dict[str, dict[str, str]] = {"kind": {}, "body": {}, "party": {}, "alone": {}}
        for code, kind, spoken in rows("codes.tsv", 3):
            tables[kind][code] = spoken
        return cls(tables["kind"], tables["body"], tables["party"], tables["alone"])

    def knows(self, code: str) -> bool:
        """Return whether `code` is a kind of document."""
        return code in self.first

    def say(self, view: TextView, written: str, names: Mapping[str, str], *, party: bool = False) -> tuple[str, bool]:
        """Return the words of a code such as "QĐ-TTg", and whether every part is known; `names`: abbreviations.

        A part may end in a number: QH15 is the fifteenth National Assembly. `party`: the number is one of the Party's.
        """
        spoken: list[str] = []
        sure = True
        parts = _joined(written, self, names)
        kinds = self.party if party else self.alone if len(parts) == 1 else {}
        for at, part in enumerate(parts):
            letters = part.rstrip("0123456789")
            words = (at == 0 and kinds.get(letters)) or self._part(letters, names, first=at == 0)
            sure = sure and bool(words)
            spoken.append(words or spell(letters))
            if letters != part:
                spoken.append(view.numerals.label(part[len(letters) :]))
        return " ".join(spoken), sure

    def _part(self, part: str, names: Mapping[str, str], *, first: bool) -> str:
        if part == "&":
            return "và"
        tables = (self.first, self.later) if first else (self.later, self.first)
        for table in (*tables, names):
            if part in table:
                return table[part]
        return ""


@lru_cache(maxsize=1)
def shipped_codes() -> DocumentCodes:
    """Read the shipped table once."""
    return DocumentCodes.load()


def _joined(written: str, codes: DocumentCodes, names: Mapping[str, str]) -> list[str]:
    """Split a code at its dashes; a pair that is one name (VH-XH) stays together, the kind of a document alone."""
    parts = [part for part in re.split(r" ?- ?|[/.,]|(&)", written) if part]
    out = [parts.pop(0)] if len(parts) > 1 and codes.knows(parts[0]) else []
    while parts:
        for size in range(min(4, len(parts)), 0, -1):
            for joint in ("-", "", "&"):
                name = joint.join(part for part in parts[:size] if part != "&" or joint != "&")
                if size == 1 or name in names or name in codes.later:
                    break
            else:
                continue
            break
        out.append(name)
        parts = parts[size:]
    return out


def read_document(view: TextView, pos: int, codes: DocumentCodes, names: Mapping[str, str]) -> TokenReading | None:
    """Read the number of a document at `pos`, with its year and its code."""
    found = _NUMBERED.match(view.text, pos)
    if not found:
        return _numbered_by_year(view, pos)
    number, letter, year, joint, code = found.groups()
    first = _PARTS.match(code)
    if first is None or not _is_code(view, pos, joint, code, codes, first.group()):
        return _numbered_by_year(view, pos)
    if joint == "/" and code.isalpha() and view.after(pos, " mẫu số", " mẫu"):
        return TokenReading(found.end(), f"{view.numerals.label(number)} {spell(code)}")
    spoken, sure = codes.say(view, code, names, party=joint == "-" and "/" in code)
    words = [view.numerals.label(number), spell(letter)]
    if year:
        words += ["năm", view.numerals.cardinal(int(year[1:]))]
    words.append(spoken)
    return TokenReading(found.end(), " ".join(filter(None, words)), None if sure else Doubt.SPELLED)


def _is_code(view: TextView, pos: int, joint: str, code: str, codes: DocumentCodes, first: str) -> bool:
    """Return whether a code is a document's. A dash joins many things (Covid-19-TW), so the kind must then be known."""
    if joint == "-":
        return codes.knows(first)
    return sum(letter.isupper() for letter in code) > 1 or codes.knows(first) or view.after(pos, " số")


def _numbered_by_year(view: TextView, pos: int) -> TokenReading | None:
    """Nghị định 158/2025."""
    found = _YEARED.match(view.text, pos)
    if not found or not view.cued(pos, "documents.document", "documents.term"):
        return None
    words = f"{view.numerals.label(found.group(1))} năm {view.numerals.cardinal(int(found.group(2)))}"
    return TokenReading(found.end(), words)


def read_blank(view: TextView, pos: int, codes: DocumentCodes, names: Mapping[str, str]) -> TokenReading | None:
    """Read the code of a document that has no number yet: "Số: …/QĐ-UBND"."""
    found = _BLANK.match(view.text, pos)
    if (
        not found
        or "-" not in found.group()
        or view.char(pos - 1).isalnum()
        or not codes.knows(found.group(1).partition("-")[0])
    ):
        return None
    spoken, sure = codes.say(view, found.group(1), names)
    return TokenReading(found.end(), spoken, None if sure else Doubt.SPELLED)


def read_code(view: TextView, pos: int, codes: DocumentCodes, names: Mapping[str, str]) -> TokenReading | None:
    """Read a compound of capitals without a number: NĐ-CP, TT-BTTTT, HĐND-UBND."""
    found = _STANDALONE.match(view.text, pos)
    if not found:
        return None
    written = found.group()
    if "-" not in written or not codes.knows(re.split("[-/&]", written, maxsplit=1)[0]):
        return None
    spoken, sure = codes.say(view, written, names)
    return TokenReading(found.end(), spoken) if sure else None
