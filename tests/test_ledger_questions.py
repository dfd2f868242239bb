"""What a ledger can be asked: its plan, its plays, what has no outcome, and its views."""

from __future__ import annotations

import sqlite3
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledgers import DAY, FIRST, SECOND, entry, ids, plan, tampering

from broadcaster.errors import RecordError
from broadcaster.models import Occurrence
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import planned_from_body

if TYPE_CHECKING:
    from collections.abc import Callable


# ---- questions -----------------------------------------------------------------------------------------------------


def test_the_plan_in_force(ledger: Ledger) -> None:
    ledger.append([plan(SECOND), plan(FIRST)])
    assert [planned_from_body(row.body) for row in ledger.planned(DAY, DAY + timedelta(days=1))] == [FIRST, SECOND]
    ledger.append([entry(Kind.WITHDRAWN, FIRST)])
    assert ids(ledger.planned(DAY, DAY + timedelta(days=1))) == [SECOND.id]
    changed = Occurrence("thang-5", "sang", FIRST.start, ("ban-tin",))
    ledger.append([plan(changed)])
    assert planned_from_body(ledger.planned(DAY, DAY + timedelta(days=1))[0].body) == changed


def test_of_two_plans_for_one_occurrence_the_later_is_in_force(ledger: Ledger) -> None:
    changed = Occurrence("thang-5", "sang", FIRST.start, ("ban-tin",))
    ledger.append([plan(FIRST), plan(changed)])
    (row,) = ledger.planned(DAY, DAY + timedelta(days=1))
    assert planned_from_body(row.body) == changed


@pytest.mark.parametrize(
    ("start", "end", "found"), [(0, 1, 1), (0, 0, 0), (-1, 0, 0), (1, 2, 0), (-0.5, 0.5, 1), (0.5, 9, 0)]
)
def test_a_window_takes_its_start_and_leaves_its_end(ledger: Ledger, start: float, end: float, found: int) -> None:
    ledger.append([plan(FIRST), entry(Kind.PLAYED, FIRST)])
    window = [(FIRST.start + timedelta(seconds=seconds)).astimezone(UTC) for seconds in (start, end)]
    assert len(ledger.planned(*window)) == len(ledger.played(*window)) == found


def test_what_has_no_outcome(ledger: Ledger) -> None:
    withdrawn = Occurrence("thang-5", "trua", DAY + timedelta(hours=11), ("a",))
    ledger.append([plan(SECOND), plan(FIRST), plan(withdrawn), entry(Kind.WITHDRAWN, withdrawn)])
    evening = DAY + timedelta(hours=20)
    assert ids(ledger.unresolved(evening)) == [FIRST.id, SECOND.id]
    assert ids(ledger.unresolved(SECOND.start)) == [FIRST.id]
    assert ids(ledger.unresolved(evening, since=SECOND.start)) == [SECOND.id]
    ledger.append([entry(Kind.CUED, FIRST), entry(Kind.CUED, SECOND)])
    for _time in ("once", "and again, from where it looked last"):
        assert ids(ledger.cued_without_outcome()) == [FIRST.id, SECOND.id]
    ledger.append([entry(Kind.PLAYED, FIRST, outcome="aired")])
    assert ids(ledger.cued_without_outcome()) == ids(ledger.unresolved(evening)) == [SECOND.id]
    (played,) = ledger.rows([Kind.PLAYED], occurrence=FIRST.id)
    assert played.body == {"outcome": "aired"}


def test_a_cue_that_is_the_very_first_row_has_no_outcome_either(ledger: Ledger) -> None:
    ledger.append([entry(Kind.CUED, FIRST)])
    assert ids(ledger.cued_without_outcome()) == [FIRST.id]


def test_rows_by_kind_place_and_occurrence(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), entry(Kind.ORDER, FIRST), entry(Kind.CUED, FIRST), plan(SECOND), entry(Kind.ORDER)])
    assert [row.seq for row in ledger.rows([Kind.ORDER, Kind.CUED])] == [2, 3, 5]
    assert [row.seq for row in ledger.rows(after_seq=3)] == [4, 5]
    assert [row.seq for row in ledger.rows([Kind.ORDER], after_seq=2)] == [5]
    assert [row.seq for row in ledger.rows(occurrence=FIRST.id)] == [1, 2, 3]
    assert [row.seq for row in ledger.rows([Kind.CUED, Kind.PLANNED], occurrence=FIRST.id)] == [1, 3]
    assert list(ledger.rows([])) == []


def test_rows_come_whole_however_many(ledger: Ledger) -> None:
    ledger.append([entry(Kind.ORDER, number=number) for number in range(2345)])
    assert [row.body["number"] for row in ledger.rows()] == list(range(2345))


def test_plays_come_whole_however_many_share_an_hour(ledger: Ledger) -> None:
    numbers = range(2500, 0, -1)
    slots = [Occurrence("say-now", f"lan-{number}", DAY + timedelta(hours=number % 3), ("a",)) for number in numbers]
    appended = ledger.append([entry(Kind.PLAYED, slot) for slot in slots])
    expected = sorted(appended, key=lambda row: (row.occurrence or "").rpartition("@")[2])
    assert ledger.played(DAY, DAY + timedelta(days=1)) == expected
    assert len(ledger.played(DAY, DAY + timedelta(hours=1))) == sum(slot.start == DAY for slot in slots)


def test_a_play_that_is_the_very_first_row_belongs_to_the_window_that_begins_with_it(ledger: Ledger) -> None:
    ledger.append([entry(Kind.PLAYED, FIRST)])
    assert ids(ledger.played(FIRST.start, FIRST.start + timedelta(seconds=1))) == [FIRST.id]


def test_plays_can_be_asked_for_by_what_their_bodies_hold(ledger: Ledger) -> None:
    third = Occurrence("thang-5", "toi", DAY + timedelta(hours=19), ("thong-diep-3",))
    ledger.append([entry(Kind.PLAYED, FIRST, outcome="aired", source="1192"), entry(Kind.PLAYED, SECOND, source="7")])
    ledger.append([entry(Kind.PLAYED, third, outcome="missed", source="1192")])
    day = (DAY, DAY + timedelta(days=1))
    assert ids(list(ledger.each_played(*day, ['"source":"1192"']))) == [FIRST.id, third.id]
    assert ids(list(ledger.each_played(*day, ['"source":"1192"', '"outcome":"aired"']))) == [FIRST.id]
    assert list(ledger.each_played(DAY, SECOND.start, ['"source":"7"'])) == []


def test_a_damaged_row_is_told_by_its_number(ledger: Ledger, ledger_path: Path) -> None:
    ledger.append([plan(FIRST), entry(Kind.ORDER)])
    with tampering(ledger_path) as stranger:
        stranger.execute("UPDATE ledger SET at = 'yesterday' WHERE seq = 2")
    with pytest.raises(RecordError, match="row 2 of the play history is damaged"):
        list(ledger.rows())


def test_last_at_is_the_last_row_s(ledger: Ledger) -> None:
    assert ledger.last_at() is None
    ledger.append([entry(Kind.ORDER, at=DAY + timedelta(hours=1)), entry(Kind.CLOCK_STEP, at=DAY)])
    assert ledger.last_at() == DAY


def test_data_version_tells_of_other_writers(ledger: Ledger, ledger_path: Path) -> None:
    before = ledger.data_version()
    ledger.append([plan(FIRST)])
    assert ledger.data_version() == before
    with Ledger.open(ledger_path) as other:
        other.append([entry(Kind.ORDER)])
    assert ledger.data_version() != before


@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: ledger.planned(DAY, DAY),
        lambda ledger: ledger.played(DAY, DAY),
        lambda ledger: ledger.unresolved(DAY),
        lambda ledger: ledger.cued_without_outcome(),
        lambda ledger: ledger.last_at(),
        lambda ledger: list(ledger.rows([Kind.ORDER, Kind.APPROVAL], after_seq=5)),
        lambda ledger: list(ledger.rows(occurrence="x")),
    ],
)
def test_no_question_reads_the_whole_table(ledger: Ledger, ask: Callable[[Ledger], object]) -> None:
    statements: list[str] = []
    ledger._connection.set_trace_callback(statements.append)
    ask(ledger)
    ledger._connection.set_trace_callback(None)
    steps = [step[3] for query in statements for step in ledger._connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert steps
    assert not [step for step in steps if "_hour" in step and "<expr>>? AND <expr><?" not in step]
    assert not [step for step in steps if step.startswith("USE TEMP B-TREE")]
    whole = [step for step in steps if step.startswith("SCAN") or "USING INTEGER PRIMARY KEY (rowid>?)" in step]
    assert not whole or "LIMIT 1" in statements[0]


# ---- views ---------------------------------------------------------------------------------------------------------


def test_views_read_well(ledger: Ledger, ledger_path: Path) -> None:
    withdrawn = Occurrence("thang-5", "trua", DAY + timedelta(hours=11), ("a",))
    ledger.append([plan(FIRST), plan(SECOND), plan(withdrawn), entry(Kind.WITHDRAWN, withdrawn)])
    ledger.append([plan(withdrawn), entry(Kind.WITHDRAWN, withdrawn), entry(Kind.PLAYED, FIRST, outcome="missed")])
    ledger.append([Entry(Kind.ORDER, "Hòa", DAY, SECOND.id, {"order": "skip", "reason": "mất điện"})])
    connection = sqlite3.connect(ledger_path)
    assert connection.execute('SELECT start, state, scripts, repeat FROM "plan" ORDER BY start').fetchall() == [
        ("2027-05-01 05:30:00+07:00", "missed", "thong-diep-1, thong-diep-2", 2),
        ("2027-05-01 11:00:00+07:00", "withdrawn", "a", 1),
        ("2027-05-01 17:00:00+07:00", "planned", "thong-diep-3", 1),
    ]
    found = connection.execute('SELECT at, actor, "order", reason, occurrence FROM orders').fetchall()
    assert found == [("2027-05-01 00:00:00.000+07:00", "Hòa", "skip", "mất điện", SECOND.id)]
    connection.close()
