"""Judged cases: every line of tests/cases/reading/*.tsv, compared in small letters and without punctuation."""

from __future__ import annotations

import re

import pytest
from reading_cases import accepted_readings, is_accepted, judged, plain

from broadcaster.speech.normalise import read


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
