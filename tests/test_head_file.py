"""What the last row was, remembered outside the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from ledgers import START, day_rows, slot

from broadcaster.records.head_file import HeadFiles, KnownHead
from broadcaster.records.ledger import Ledger

FIRST = KnownHead(12, "ab" * 32, START, "clock_untrusted", START + timedelta(days=9))
SECOND = KnownHead(7, "cd" * 32, START + timedelta(days=1, milliseconds=5))


@pytest.fixture
def heads(tmp_path: Path) -> HeadFiles:
    return HeadFiles(tmp_path / "near.head", tmp_path / "state" / "head")


def test_what_was_written_last_is_read_even_where_its_number_is_lower(heads: HeadFiles) -> None:
    assert heads.read() is None
    heads.write(FIRST)
    assert heads.read() == FIRST
    heads.write(SECOND)
    assert heads.read() == SECOND


def test_either_place_may_be_deleted(heads: HeadFiles) -> None:
    for path in heads.paths:
        heads.write(FIRST)
        path.unlink()
        assert heads.read() == FIRST


def test_the_line_is_always_of_one_length_so_that_nothing_of_a_longer_one_stays(heads: HeadFiles) -> None:
    sizes = set()
    for known in (FIRST, KnownHead(10**15, "ef" * 32, START + timedelta(microseconds=1)), SECOND):
        heads.write(known)
        sizes |= {path.stat().st_size for path in heads.paths}
        assert heads.read() == known
    assert sizes == {256}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"seq": 1}',
        f'{{"seq": 0, "hash": "{"a" * 64}", "at": "2027-05-03T05:30:00+07:00"}}',
        '{"seq": 1, "hash": "short", "at": "2027-05-03T05:30:00+07:00"}',
        f'{{"seq": 1, "hash": "{"a" * 64}", "at": "2027-05-03T05:30:00"}}',
        f'{{"seq": 1, "hash": "{"a" * 64}", "at": "yesterday"}}',
    ],
)
def test_what_is_torn_is_none_and_the_other_place_holds(heads: HeadFiles, text: str) -> None:
    heads.write(FIRST)
    heads.paths[0].write_text(text)
    assert heads.read() == FIRST
    heads.paths[1].write_text(text)
    assert heads.read() is None


def test_a_place_that_cannot_be_written_stops_no_append(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    heads = HeadFiles(tmp_path / "a-file" / "head", tmp_path / "head")
    with Ledger.open(tmp_path / "broadcaster.db", heads=heads) as ledger:
        rows = ledger.append(day_rows(0)[:1])
    assert heads.read() == KnownHead(1, rows[0].hash, rows[0].at, "planned")


def test_each_append_is_remembered(tmp_path: Path) -> None:
    heads = HeadFiles(tmp_path / "head")
    with Ledger.open(tmp_path / "broadcaster.db", heads=heads) as ledger:
        for number in range(3):
            last = ledger.append(day_rows(number))[-1]
            assert heads.read() == replace(last.known, until=slot(number).start)
        ledger.append([])
    assert heads.read() == replace(last.known, until=slot(2).start)
