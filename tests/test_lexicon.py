from __future__ import annotations

import tomllib
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.speech.station_lexicon import LexiconLine, add_entry, read_entries, read_lexicon, remove_entry

if TYPE_CHECKING:
    from pathlib import Path

HAND_MADE = """# Từ của xã ta

TDP = "tổ dân phố"
"T&T" = "tê và tê"  # cửa hàng vật tư

# hỏi anh Nam rồi
'HTX' = 'hợp tác xã'
"""
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "lexicon.toml"
    made.write_text(HAND_MADE, encoding="utf-8")
    return made


def problems(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_lexicon(path)
    return [str(problem).replace(str(path), "") for problem in error.value.problems]


def test_a_station_without_a_lexicon_has_an_empty_one(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path / "lexicon.toml") == {}
    assert read_entries(tmp_path / "lexicon.toml") == ()


def test_it_is_read_with_its_comments(path: Path) -> None:
    assert read_lexicon(path) == {"TDP": "tổ dân phố", "T&T": "tê và tê", "HTX": "hợp tác xã"}
    assert read_entries(path)[1] == LexiconLine("T&T", "tê và tê", "cửa hàng vật tư")
    assert read_entries(path)[0].comment == ""


def test_an_added_entry_stands_at_the_end_and_nothing_else_changes(path: Path) -> None:
    add_entry(path, "QL1A", "quốc lộ một a", "đường qua xã")
    assert path.read_text(encoding="utf-8") == HAND_MADE + 'QL1A = "quốc lộ một a"  # đường qua xã\n'


def test_the_first_entry_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    add_entry(path, "Đ/c", "đồng chí")
    assert path.read_text(encoding="utf-8") == '"Đ/c" = "đồng chí"\n'


def test_a_changed_entry_stays_in_its_place_with_its_comment(path: Path) -> None:
    add_entry(path, "T&T", "tê en tê")
    assert path.read_text(encoding="utf-8") == HAND_MADE.replace("tê và tê", "tê en tê")
    add_entry(path, "T&T", "tê và tê", "đổi lại")
    assert path.read_text(encoding="utf-8") == HAND_MADE.replace("cửa hàng vật tư", "đổi lại")


def test_a_removed_entry_takes_its_comment_along_and_no_other(path: Path) -> None:
    remove_entry(path, "T&T")
    assert path.read_text(encoding="utf-8") == HAND_MADE.replace('"T&T" = "tê và tê"  # cửa hàng vật tư\n', "")


def test_removing_what_is_not_there_names_what_is_near(path: Path) -> None:
    with pytest.raises(InputError, match='did you mean "TDP"'):
        remove_entry(path, "TDPP")
    assert path.read_text(encoding="utf-8") == HAND_MADE


@pytest.mark.parametrize(("written", "spoken"), [("", "a"), ("A", " "), ("A\nB", "a"), ("A", "a\nb"), ("A\0", "a")])
def test_an_entry_that_is_no_line_of_text_is_refused(path: Path, written: str, spoken: str) -> None:
    with pytest.raises(InputError):
        add_entry(path, written, spoken)
    assert path.read_text(encoding="utf-8") == HAND_MADE


def test_a_wrong_file_is_not_made_worse(path: Path) -> None:
    path.write_text(HAND_MADE + "BHXH = 5\n", encoding="utf-8")
    with pytest.raises(InputError, match=":8: BHXH"):
        add_entry(path, "A", "a")
    with pytest.raises(InputError):
        remove_entry(path, "TDP")
    assert path.read_text(encoding="utf-8") == HAND_MADE + "BHXH = 5\n"


def test_every_mistake_is_told_with_its_line(path: Path) -> None:
    path.write_text('A = "a"\nB = 5\nT.P = "thành phố"\nC = ""\nD = ["d"]\n', encoding="utf-8")
    assert problems(path) == [
        ':2: B: is not a valid entry; allowed: TDP = "tổ dân phố"',
        ':3: T.P: is not one entry; put what is written in quotes: "T.P" = "…"',
        ':4: C: is not a valid entry; allowed: TDP = "tổ dân phố"',
        ':5: D: is not a valid entry; allowed: TDP = "tổ dân phố"',
    ]


def test_broken_toml_is_told_with_its_line(path: Path) -> None:
    path.write_text('A = "a"\nTĐP = "tổ dân phố"\n', encoding="utf-8")
    (problem,) = problems(path)
    assert problem.startswith(":2: not valid TOML")


def test_letters_and_marks_apart_are_the_same_word(path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Đ/c Hoà")
    assert decomposed != "Đ/c Hoà"
    add_entry(path, decomposed, unicodedata.normalize("NFD", "đồng chí Hoà"))
    assert read_lexicon(path)["Đ/c Hoà"] == "đồng chí Hoà"
    add_entry(path, "Đ/c Hoà", "đồng chí Hòa")
    remove_entry(path, decomposed)
    assert path.read_text(encoding="utf-8") == HAND_MADE


def test_the_same_word_twice_in_two_forms_is_a_mistake(path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "ố") for form in ("NFC", "NFD"))
    path.write_text(f'"{composed}" = "a"\n"{decomposed}" = "b"\n', encoding="utf-8")
    (problem,) = problems(path)
    assert "is there twice" in problem


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(WORDS, st.tuples(WORDS, st.text(max_size=12)), max_size=6))
def test_whatever_is_added_is_read_back_and_whatever_is_removed_is_gone(
    tmp_path: Path, words: dict[str, tuple[str, str]]
) -> None:
    path = tmp_path / "any.toml"
    path.unlink(missing_ok=True)
    nfc = {unicodedata.normalize("NFC", key): value for key, value in words.items()}
    for written, (spoken, comment) in nfc.items():
        add_entry(path, written, spoken, comment)
    expected = {written: unicodedata.normalize("NFC", spoken) for written, (spoken, _) in nfc.items()}
    assert read_lexicon(path) == expected
    if path.exists():
        assert len(tomllib.loads(path.read_text(encoding="utf-8"))) == len(expected)
    for written in expected:
        remove_entry(path, written)
    assert read_lexicon(path) == {}
