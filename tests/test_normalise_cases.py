"""Judged cases: every line of tests/cases/reading/*.tsv, compared in small letters and without punctuation."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from broadcaster.speech.normalise import read

CASES = Path(__file__).parent / "cases" / "reading"


def plain(text: str) -> str:
    words = re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFC", text).lower())
    return " ".join(words.split())


def judged() -> list[tuple[str, str, str]]:
    """Return (kind, written, accepted) of every case; a written \\n is a line break."""
    cases = []
    for path in sorted(CASES.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "category\t")):
                kind, written, accepted = line.split("\t")
                cases.append((kind, written.replace("\\n", "\n"), accepted))
    return cases


@pytest.mark.parametrize(("kind", "written", "accepted"), judged())
def test_is_read_as_judged(kind: str, written: str, accepted: str) -> None:
    spoken = read(written).spoken
    assert plain(spoken) in [plain(reading) for reading in accepted.split(" | ")]


@pytest.mark.parametrize(("kind", "written", "accepted"), judged())
def test_is_read_once(kind: str, written: str, accepted: str) -> None:
    spoken = read(written).spoken
    assert read(spoken).spoken == spoken
