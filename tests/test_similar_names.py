"""What is meant by a name that is not there: the file's, the title's, the slot's, else the nearest."""

from __future__ import annotations

import pytest

from broadcaster.script_ids import todo_for_missing
from broadcaster.similar_names import as_id, did_you_mean

KNOWN = ("chu-de", "thong-diep-1", "thong-diep-1.hmong", "thang-5")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chu-de.md", "chu-de"),
        ("scripts/chu-de.md", "chu-de"),
        (r"scripts\chu-de.MD", "chu-de"),
        ("scripts/thong-diep-1.hmong.md", "thong-diep-1.hmong"),
        ("Chủ đề", "chu-de"),
        ("Thông điệp 1", "thong-diep-1"),
        ("Thang-5 ", "thang-5"),
        ("thang-5/thong-diep", "thang-5"),
        ("schedules/thang-5.toml", "thang-5"),
        ("chu-dee", "chu-de"),
    ],
)
def test_what_was_meant_is_named(typed: str, meant: str) -> None:
    assert did_you_mean(typed, KNOWN, "{known}") == f'did you mean "{meant}"?'


@pytest.mark.parametrize("typed", ["", ".", "/", "…", "zzzzzzzzz", ".md"])
def test_what_is_like_nothing_lists_what_there_is(typed: str) -> None:
    assert did_you_mean(typed, KNOWN, "{known}") == ", ".join(KNOWN)


def test_the_ending_of_a_file_is_no_version_to_make() -> None:
    assert todo_for_missing("chu-de.md", KNOWN) == 'did you mean "chu-de"?'
    assert todo_for_missing("chu-de.hmong", KNOWN) == "make it: broadcaster script new chu-de.hmong"


@pytest.mark.parametrize(
    ("text", "id_"), [("Buổi sáng – Đài xã", "buoi-sang-dai-xa"), ("  ", ""), ("x" * 70, "x" * 64)]
)
def test_a_title_as_an_id(text: str, id_: str) -> None:
    assert as_id(text) == id_
