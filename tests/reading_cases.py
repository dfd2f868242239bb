"""The judged cases of reading: tests/cases/reading/*.tsv, and how a reading is held against what was judged right."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parent / "cases" / "reading"


class Case(NamedTuple):
    """One judged sentence: its kind, how it is written, and the answers that are right."""

    kind: str
    written: str
    accepted: str


def plain(text: str) -> str:
    """Return `text` in small letters, without signs, one space between words."""
    words = re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFC", text).lower())
    return " ".join(words.split())


def judged(*paths: Path) -> list[Case]:
    """Return the cases of `paths`, or of all files in tests/cases/reading; a written \\n is a line break."""
    cases = []
    for path in paths or sorted(CASES.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "category\t")):
                kind, written, accepted = line.split("\t")
                cases.append(Case(kind, written.replace("\\n", "\n"), accepted))
    return cases


def parts(accepted: str) -> list[str]:
    """Return the words of an answer, its braces and its bars. Raises ValueError where a brace has no partner."""
    found = re.findall(r"[{|}]|\w+", unicodedata.normalize("NFC", accepted).lower())
    depth = 0
    for part in found:
        depth += {"{": 1, "}": -1}.get(part, 0)
        if depth < 0:
            break
    if depth:
        raise ValueError(f"a brace without its partner in: {accepted}")
    return found


def accepted_readings(accepted: str) -> re.Pattern[str]:
    """Return what matches every right answer in plain words, each followed by a space.

    ``a | b`` is one answer or the other. ``{a|b}`` is a choice inside an answer, ``{a|}`` may be left out, and a choice
    may hold choices. Raises ValueError where a brace has no partner.
    """
    marks = {"{": "(?:", "}": ")", "|": "|"}
    return re.compile("".join(marks.get(part, f"{part} ") for part in parts(accepted)))


def is_accepted(spoken: str, accepted: str) -> bool:
    """Return whether `spoken` is one of the right answers."""
    return accepted_readings(accepted).fullmatch("".join(f"{word} " for word in plain(spoken).split())) is not None
