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


def accepted_readings(accepted: str) -> re.Pattern[str]:
    """Return what matches every right answer in plain words, each followed by a space.

    ``a | b`` is one answer or the other. ``{a|b}`` is a choice inside an answer, ``{a|}`` may be left out, and a choice
    may hold choices. Raises ValueError where a brace has no partner.
    """
    marks = {"{": "(?:", "}": ")", "|": "|"}
    parts = re.findall(r"[{|}]|\w+", unicodedata.normalize("NFC", accepted).lower())
    depth = 0
    for part in parts:
        depth += {"{": 1, "}": -1}.get(part, 0)
        if depth < 0:
            break
    if depth:
        raise ValueError(f"a brace without its partner in: {accepted}")
    return re.compile("".join(marks.get(part, f"{part} ") for part in parts))


def is_accepted(spoken: str, accepted: str) -> bool:
    return accepted_readings(accepted).fullmatch("".join(f"{word} " for word in plain(spoken).split())) is not None


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
    assert is_accepted(spoken, accepted), f"{plain(spoken)} is none of: {accepted}"


@pytest.mark.parametrize(("kind", "written", "accepted"), judged())
def test_is_read_once(kind: str, written: str, accepted: str) -> None:
    spoken = read(written).spoken
    assert read(spoken).spoken == spoken


@pytest.mark.parametrize(
    ("accepted", "right", "wrong"),
    [
        ("Ngày 3, tháng 5.", ["ngày 3 tháng 5"], ["ngày 3", "ngày 3 tháng 5 năm"]),
        ("hai cân | hai ký", ["hai cân", "Hai ký."], ["hai", "hai cân hai ký"]),
        ("giá {một|mỗi} cân", ["giá một cân", "giá mỗi cân"], ["giá cân", "giá một mỗi cân"]),
        ("ngày {mùng|mồng|} ba", ["ngày mùng ba", "ngày mồng ba", "ngày ba"], ["ngàymùng ba"]),
        ("{từ|} năm giờ", ["từ năm giờ", "năm giờ"], ["từnăm giờ"]),
        ("hai {cân|tạ} | ba", ["hai cân", "hai tạ", "ba"], ["hai ba", "hai cân ba"]),
        ("{ba {mươi|chục}|rưỡi} phút", ["ba mươi phút", "ba chục phút", "rưỡi phút"], ["ba phút", "mươi phút"]),
        ("", ["", "..."], ["không"]),
    ],
)
def test_choices_in_an_answer(accepted: str, right: list[str], wrong: list[str]) -> None:
    assert [is_accepted(spoken, accepted) for spoken in right] == [True] * len(right)
    assert [is_accepted(spoken, accepted) for spoken in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("accepted", ["ngày {mùng ba", "ngày mùng} ba", "ngày }mùng{ ba"])
def test_a_brace_needs_its_partner(accepted: str) -> None:
    with pytest.raises(ValueError, match="brace"):
        accepted_readings(accepted)


def test_every_answer_is_words_and_well_formed() -> None:
    for _, _, accepted in judged():
        accepted_readings(accepted)
        assert not re.search(r"\d", accepted), accepted
