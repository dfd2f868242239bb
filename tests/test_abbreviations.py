"""The shipped tables of abbreviations: what has two meanings is decided by its neighbours or warned of."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources

import pytest

from broadcaster.speech import normalise
from broadcaster.speech.normalise import Doubt, read
from broadcaster.speech.normalise.data import rows
from broadcaster.speech.normalise.letters import spell
from broadcaster.speech.normalise.lexicon import SHIPPED

TABLES = (*SHIPPED, "codes.tsv")
ROWS = {table: list(rows(table, 5)) for table in SHIPPED}


def lines(table: str) -> list[str]:
    return resources.files(normalise).joinpath(table).read_text(encoding="utf-8").splitlines()


def meanings() -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of ambiguous.tsv by what is written, without codes that are said letter by letter."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in ROWS["ambiguous.tsv"]:
        if row[1] != spell(row[0]):
            found[row[0]].append(row)
    return found


def words(spoken: str) -> set[str]:
    return set(spoken.casefold().split())


def doubts(text: str) -> list[tuple[Doubt, str]]:
    return [(warning.kind, warning.token) for warning in read(text).warnings]


# ---- the tables


@pytest.mark.parametrize("table", TABLES)
def test_every_abbreviation_stands_in_a_group_that_names_its_source(table: str) -> None:
    group = ""
    for line in lines(table):
        if line.startswith("# Group: "):
            name, _, source = line.removeprefix("# Group: ").partition(". Source: ")
            group = name if source.strip() else ""
            assert group, line
        elif line and not line.startswith("#"):
            assert group, f"{line} has no group with a source"


@pytest.mark.parametrize("table", ["communes.tsv", "lexicon.tsv"])
def test_what_has_one_meaning_is_written_once(table: str) -> None:
    written = [row[0] for row in ROWS[table]]
    assert sorted(set(written)) == sorted(written)


def test_no_abbreviation_stands_in_two_tables() -> None:
    by_table = {table: {row[0] for row in ROWS[table]} for table in ("communes.tsv", "lexicon.tsv")}
    by_table["ambiguous.tsv"] = set(meanings())
    for table, written in by_table.items():
        others = set().union(*(by_table[other] for other in by_table if other != table))
        assert written & others == set(), table


@pytest.mark.parametrize(("written", "readings"), meanings().items())
def test_what_has_two_meanings_needs_a_neighbour_or_is_a_guess(written: str, readings: list[tuple[str, ...]]) -> None:
    last_resorts = [row for row in readings if not row[2] and not row[3]]
    assert len(last_resorts) <= 1
    assert readings[-len(last_resorts) :] == last_resorts or not last_resorts, "what is tried last stands last"
    if len({row[1] for row in readings}) > 1:
        assert all("guess" in row[4] for row in last_resorts)


@pytest.mark.parametrize("written", [written for written in meanings() if len(written.strip(".")) > 1])
def test_what_nothing_decides_is_warned_of(written: str) -> None:
    reading = read(f"Thấy {written} nhé.")
    if len({row[1] for row in meanings()[written]}) > 1:
        assert reading.warnings, reading.spoken


def test_no_document_code_has_two_meanings_in_one_place() -> None:
    places = [row[:2] for row in rows("codes.tsv", 3)]
    assert sorted(set(places)) == sorted(places)


def test_what_a_code_means_beside_a_document_is_no_sure_reading_in_a_text() -> None:
    """BCT made the circular of a ministry, and is the Politburo in a speech: without a neighbour it is a guess."""
    bodies = {code: spoken for code, kind, spoken in rows("codes.tsv", 3) if kind == "body" and len(code) > 2}
    sure = {row[0]: row[1] for row in (*ROWS["communes.tsv"], *ROWS["lexicon.tsv"]) if not row[2] and not row[3]}
    both = {code: (words(spoken), words(sure[code])) for code, spoken in bodies.items() if code in sure}
    assert [code for code, (one, other) in both.items() if not (one <= other or other <= one)] == []


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("BHXH - BHYT", "Bảo hiểm xã hội, bảo hiểm y tế"),
        ("Sở GD & ĐT họp.", "Sở giáo dục và đào tạo họp."),
        ("Phòng KT - HT xã.", "Phòng kinh tế hạ tầng xã."),
    ],
)
def test_spaces_around_the_joint_of_an_abbreviation_make_no_difference(text: str, spoken: str) -> None:
    assert read(text).spoken == spoken
    assert doubts(text) == []


# ---- neighbours


@pytest.mark.parametrize(
    "text",
    [
        "Làm việc giờ HC.",
        "Huân chương KC hạng Ba.",
        "Đình dựng từ TK XV.",
        "Nộp vào số TK 123456.",
        "NK 2025-2030",
        "Tổ TK&VV thôn 2.",
        "Rà soát HN, HCN năm nay.",
        "Thửa đất HCN rộng 5m.",
        "Lũ trên BĐII.",
        "Bản sao giấy KS.",
        "Chốt KS đầu cầu.",
        "Các hộ KK được vay vốn.",
        "Hộ kinh doanh tự KK thuế.",
        "Trẻ có mã TE.",
        "Thân nhân LS. Mời bà con.",
        "SV các trường ĐH, CĐ.",
        "Đại biểu dự ĐH Đảng bộ xã.",
    ],
)
def test_a_neighbour_decides_without_a_warning(text: str) -> None:
    assert doubts(text) == []


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Nhờ BTC xem lại.", (Doubt.GUESSED, "BTC")),
        ("Bà con xem HCN nhé.", (Doubt.GUESSED, "HCN")),
        ("Bà con xem KC nhé.", (Doubt.SPELLED, "KC")),
        ("Bà con xem TK nhé.", (Doubt.GUESSED, "TK")),
    ],
)
def test_without_one_there_is_a_warning(text: str, doubt: tuple[Doubt, str]) -> None:
    assert doubts(text) == [doubt]


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("05-TT/TU", "không năm thông tri tỉnh ủy"),
        ("05/2026/TT-BYT", "không năm năm hai nghìn không trăm hai mươi sáu thông tư bộ y tế"),
        ("14/SL", "mười bốn sắc lệnh"),
        ("14/SL-UBND", "mười bốn sao lục ủy ban nhân dân"),
    ],
)
def test_where_a_code_stands_in_a_number_decides(number: str, spoken: str) -> None:
    assert read(f"số {number}").spoken == f"số {spoken}"
