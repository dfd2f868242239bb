"""The ledger: append-only, chained, durable, and quick to ask."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import tampering

from broadcaster.errors import RecordError
from broadcaster.models import Occurrence
from broadcaster.records.canonical_json import canonical
from broadcaster.records.ledger import AlreadyRecordedError, Entry, Kind, Ledger, Row
from broadcaster.records.play_rows import planned_from_body, planned_to_body
from broadcaster.records.schema import DiskFullError
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANOI = timezone(timedelta(hours=7))
DAY = datetime(2027, 5, 1, tzinfo=HANOI)
FIRST = Occurrence("thang-5", "sang", DAY + timedelta(hours=5, minutes=30), ("thong-diep-1", "thong-diep-2"), repeat=2)
SECOND = Occurrence("thang-5", "chieu", DAY + timedelta(hours=17), ("thong-diep-3",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "Xã Đông Thạnh #1 100%"
    folder.mkdir()
    return folder / "broadcaster.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as opened:
        yield opened


def entry(kind: Kind, occurrence: Occurrence | None = None, at: datetime = DAY, **body: object) -> Entry:
    return Entry(kind, "daemon", at, occurrence.id if occurrence else None, body)


def plan(occurrence: Occurrence, at: datetime = DAY) -> Entry:
    return Entry(Kind.PLANNED, "daemon", at, occurrence.id, planned_to_body(occurrence))


# ---- append --------------------------------------------------------------------------------------------------------


def test_rows_come_back_as_they_were_appended(ledger: Ledger) -> None:
    at = datetime(2027, 5, 1, 5, 0, 0, 123456, tzinfo=HANOI)
    rows = ledger.append([Entry(Kind.ORDER, "Nguyễn Thị Hòa", at, None, {"order": "stop", "reason": "lũ\nlớn"})])
    assert list(ledger.rows()) == rows
    assert rows[0].at.isoformat() == "2027-05-01T05:00:00.123000+07:00"
    assert rows[0].body == {"order": "stop", "reason": "lũ\nlớn"}
    assert rows[0].actor == "Nguyễn Thị Hòa"


def test_each_hash_binds_the_row_to_the_one_before(ledger: Ledger) -> None:
    rows = ledger.append([entry(Kind.DAEMON_STARTED), plan(FIRST), entry(Kind.ORDER, order="stop")])
    previous = "0" * 64
    for row, body in zip(rows, ["{}", canonical(planned_to_body(FIRST)), '{"order":"stop"}'], strict=True):
        columns = [
            previous,
            str(row.seq),
            "2027-05-01T00:00:00.000+07:00",
            row.kind,
            row.occurrence or "",
            "daemon",
            body,
        ]
        assert row.hash == hashlib.sha256("".join(f"{column}\n" for column in columns).encode()).hexdigest()
        assert row.prev_hash == previous
        previous = row.hash
    assert [row.seq for row in rows] == [1, 2, 3]
    assert (ledger.head().seq, ledger.head().hash) == (3, previous)


@pytest.mark.skipif(not shutil.which("sqlite3") or not shutil.which("sha256sum"), reason="needs sqlite3 and sha256sum")
def test_a_hash_can_be_checked_by_hand(ledger: Ledger, path: Path) -> None:
    row = ledger.append([plan(FIRST), entry(Kind.ORDER, order="stop", reason="mưa đá")])[1]
    query = f"select prev_hash, seq, at, kind, ifnull(occurrence, ''), actor, body from ledger where seq = {row.seq}"
    shown = subprocess.run(["sqlite3", "-separator", "\n", path, query], capture_output=True, check=True)
    summed = subprocess.run(["sha256sum"], input=shown.stdout, capture_output=True, check=True)
    assert summed.stdout.decode().split()[0] == row.hash


def test_all_entries_are_appended_or_none(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), entry(Kind.CUED, FIRST)])
    with pytest.raises(AlreadyRecordedError):
        ledger.append([plan(SECOND), entry(Kind.CUED, FIRST), entry(Kind.DISK_FULL)])
    assert [row.kind for row in ledger.rows()] == ["planned", "cued"]
    assert ledger.append([plan(SECOND)])[0].seq == 3
    assert ledger.append([]) == []


@pytest.mark.parametrize("kind", [Kind.CUED, Kind.PLAYED])
def test_an_occurrence_is_cued_once_and_ends_once(ledger: Ledger, kind: Kind) -> None:
    ledger.append([plan(FIRST), entry(kind, FIRST)])
    with pytest.raises(AlreadyRecordedError, match="thang-5/sang@2027-05-01T05:30"):
        ledger.append([entry(kind, FIRST)])


def test_what_has_its_outcome_is_not_cued_planned_or_withdrawn(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), entry(Kind.PLAYED, FIRST)])
    for late in (entry(Kind.CUED, FIRST), plan(FIRST), entry(Kind.WITHDRAWN, FIRST)):
        with pytest.raises(AlreadyRecordedError):
            ledger.append([late])


def test_nothing_is_withdrawn_after_its_hour(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), plan(SECOND)])
    ledger.append([entry(Kind.WITHDRAWN, FIRST, at=FIRST.start - timedelta(seconds=1))])
    with pytest.raises(AlreadyRecordedError):
        ledger.append([entry(Kind.WITHDRAWN, SECOND, at=SECOND.start.astimezone(UTC))])


@pytest.mark.parametrize(
    "wrong",
    [
        Entry(Kind.PLAYED, "daemon", DAY),
        Entry(Kind.CUED, "daemon", DAY, "thang-5/sang"),
        Entry(Kind.PLANNED, "daemon", DAY, "thang-5/sang@2027-05-01T05:30"),
        Entry(Kind.ORDER, "", DAY),
        Entry(Kind.ORDER, "  ", DAY),
        Entry(Kind.ORDER, "Hòa\nđồng", DAY),
        Entry(Kind.ORDER, "Hòa", DAY.replace(tzinfo=None)),
        Entry(Kind.ORDER, "Hòa", DAY, ""),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"at": DAY}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"seconds": float("nan")}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"text": "\ud800"}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {1: "a"}),  # type: ignore[dict-item]
    ],
)
def test_an_entry_that_is_not_whole_is_refused(ledger: Ledger, wrong: Entry) -> None:
    with pytest.raises(RecordError):
        ledger.append([wrong])
    assert ledger.head().seq == 0


@pytest.mark.parametrize("occurrence", ["", "a\nb"])
def test_an_order_names_an_occurrence_on_one_line_or_none(ledger: Ledger, occurrence: str) -> None:
    with pytest.raises(RecordError, match="one line of text, or none"):
        ledger.append([Entry(Kind.ORDER, "Hòa", DAY, occurrence)])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_is_refused_before_it_is_written(number: float) -> None:
    with pytest.raises(RecordError, match="not fit for the play history"):
        canonical({"seconds": number})


def test_whatever_else_sqlite_refuses_is_told_with_its_reason(ledger: Ledger, path: Path) -> None:
    """Even where SQLite has taken everything back by itself."""
    stranger = sqlite3.connect(path)
    stranger.execute(
        "CREATE TRIGGER foreign_guard BEFORE INSERT ON ledger BEGIN SELECT RAISE(ROLLBACK, 'not today'); END"
    )
    stranger.close()
    with pytest.raises(RecordError) as refused:
        ledger.append([entry(Kind.ORDER)])
    assert str(refused.value) == "the play history refused a row (order): not today"


def test_a_row_without_its_occurrence_is_refused_with_an_example_that_would_do(ledger: Ledger) -> None:
    example = "thang-5/sang@2027-05-01T05:30+07:00"
    with pytest.raises(RecordError) as refused:
        ledger.append([entry(Kind.CUED)])
    assert str(refused.value) == f"cued: needs an occurrence, such as {example}"
    assert ledger.append([Entry(Kind.CUED, "daemon", DAY, example)])[0].occurrence == example


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_a_canonical_body_is_one_line_and_stands_for_itself(body: dict[str, object]) -> None:
    try:
        text = canonical(body)
    except RecordError:
        assert any("\ud800" <= letter <= "\udfff" for letter in json.dumps(body, ensure_ascii=False))
        return
    assert "\n" not in text
    assert canonical(json.loads(text)) == text
    assert canonical(dict(reversed(body.items()))) == text


def test_numbers_are_written_to_the_thousandth() -> None:
    assert canonical({"b": 0.1 + 0.2, "a": -0.0001, "c": 12, "d": (1.23456,)}) == '{"a":0.0,"b":0.3,"c":12,"d":[1.235]}'


# ---- guards --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET actor = 'x' WHERE seq = 1",
        "UPDATE ledger SET seq = 9 WHERE seq = 3",
        "DELETE FROM ledger WHERE seq = 3",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT seq, at, kind, NULL, 'x', body, hash, hash FROM ledger WHERE seq = 3",
        "INSERT OR REPLACE INTO ledger SELECT 4, at, kind, occurrence, 'x', body, hash, hash FROM ledger WHERE seq = 3",
        "INSERT OR IGNORE INTO ledger SELECT seq, at, kind, NULL, 'x', body, prev_hash, hash FROM ledger WHERE seq = 2",
        "INSERT INTO ledger SELECT 7, at, 'order', NULL, 'x', body, hash, hash FROM ledger WHERE seq = 3",
        "INSERT INTO ledger SELECT NULL, at, 'order', NULL, 'x', body, hash, hash FROM ledger WHERE seq = 3",
        "INSERT INTO ledger SELECT 4, at, 'order', NULL, 'x', body, hash, hash FROM ledger WHERE seq = 2",
        "REPLACE INTO ledger SELECT 4, at, 'cued', occurrence, 'x', body, hash, hash FROM ledger WHERE seq = 3",
    ],
)
@pytest.mark.parametrize("recursive", ["on", "off"])
def test_no_statement_changes_a_row(ledger: Ledger, path: Path, statement: str, recursive: str) -> None:
    ledger.append([plan(FIRST), entry(Kind.CUED, FIRST), entry(Kind.PLAYED, FIRST)])
    before = list(ledger.rows())
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(statement)
    stranger.close()
    assert list(ledger.rows()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER ledger_no_delete",
        "DROP INDEX ledger_played",
        "DROP TRIGGER ledger_no_update; CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT 1; END",
        "CREATE TRIGGER helper AFTER INSERT ON ledger BEGIN SELECT 1; END",
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_a_ledger_without_its_guards_does_not_open(path: Path, statement: str, read_only: bool) -> None:
    Ledger.open(path).close()
    stranger = sqlite3.connect(path)
    stranger.executescript(statement)
    stranger.close()
    with pytest.raises(RecordError, match="guards"):
        Ledger.open(path, read_only=read_only)


def test_other_files_are_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "a.db", tmp_path / "b.db"
    text.write_text("not a database, but long enough to look like one at first sight\n" * 20)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    for path in (text, other):
        with pytest.raises(RecordError):
            Ledger.open(path, read_only=True)
    with pytest.raises(RecordError):
        Ledger.open(text)
    for arguments in ({"read_only": True}, {"create": False}):
        with pytest.raises(RecordError, match="there is no play history yet"):
            Ledger.open(tmp_path / "none.db", **arguments)
    assert not (tmp_path / "none.db").exists()


def test_a_ledger_of_a_newer_version_is_refused(path: Path) -> None:
    Ledger.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'flying', '')"
    )
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="newer"):
        Ledger.open(path)


def test_settings_of_the_file(path: Path) -> None:
    with Ledger.open(path) as plain, Ledger.open(path, checkpoints=True) as daemon:
        ask = {name: [one._connection.execute(f"PRAGMA {name}").fetchone()[0] for one in (plain, daemon)] for name in
               ("journal_mode", "synchronous", "wal_autocheckpoint", "busy_timeout")}  # fmt: skip
    full, ten_seconds = 2, 10_000
    assert ask == {
        "journal_mode": ["wal"] * 2,
        "synchronous": [full] * 2,
        "wal_autocheckpoint": [0, 1000],
        "busy_timeout": [ten_seconds] * 2,
    }


def test_looking_into_a_ledger_of_an_older_version_does_not_update_it(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([plan(FIRST)])
    connection = sqlite3.connect(path)
    connection.executescript("DROP VIEW approvals; DELETE FROM _sqlite_migrations WHERE name = 'approvals'")
    views = "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name"
    with Ledger.open(path, read_only=True) as reader:
        assert ids(list(reader.rows())) == [FIRST.id]
    assert connection.execute(views).fetchall() == [("as_run",), ("orders",), ("plan",)]
    Ledger.open(path).close()
    assert connection.execute(views).fetchall() == [("approvals",), ("as_run",), ("orders",), ("plan",)]
    connection.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux which files are open")
def test_a_file_that_is_refused_is_let_go_of(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(RecordError) as refused:
        Ledger.open(other, read_only=True)
    assert "is not a play history" in str(refused.value)
    assert other not in [file.resolve() for file in Path("/proc/self/fd").iterdir()]


def test_a_closed_ledger_is_one_file(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([plan(FIRST)])
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    ledger.close()  # a second time does nothing
    with pytest.raises(RecordError):
        ledger.head()


def test_read_only_writes_nothing(ledger: Ledger, path: Path) -> None:
    ledger.append([plan(FIRST)])
    with Ledger.open(path, read_only=True) as reader:
        assert len(list(reader.rows())) == 1
        with pytest.raises(RecordError):
            reader.append([plan(SECOND)])


def test_a_copy_beside_which_nothing_can_be_written_opens(path: Path) -> None:
    """Such as on a disc: SQLite's helper files cannot be made, here because a folder has the name of one."""
    with Ledger.open(path) as ledger:
        ledger.append([plan(FIRST)])
    path.with_name(f"{path.name}-shm").mkdir()
    with Ledger.open(path, read_only=True) as reader:
        assert reader.head().seq == 1
    path.with_name(f"{path.name}-wal").write_bytes(b"rows that must not be overlooked")
    with pytest.raises(RecordError):
        Ledger.open(path, read_only=True)


def test_a_full_disk_has_its_own_error(ledger: Ledger) -> None:
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError):
        ledger.append([entry(Kind.ORDER, reason="x" * 100_000)])
    assert ledger.append([entry(Kind.ORDER)])[0].seq == 1


# ---- questions -----------------------------------------------------------------------------------------------------


def ids(rows: list[Row]) -> list[str | None]:
    return [row.occurrence for row in rows]


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


def test_a_damaged_row_is_told_by_its_number(ledger: Ledger, path: Path) -> None:
    ledger.append([plan(FIRST), entry(Kind.ORDER)])
    with tampering(path) as stranger:
        stranger.execute("UPDATE ledger SET at = 'yesterday' WHERE seq = 2")
    with pytest.raises(RecordError, match="row 2 of the play history is damaged"):
        list(ledger.rows())


def test_last_at_is_the_last_row_s(ledger: Ledger) -> None:
    assert ledger.last_at() is None
    ledger.append([entry(Kind.ORDER, at=DAY + timedelta(hours=1)), entry(Kind.CLOCK_STEP, at=DAY)])
    assert ledger.last_at() == DAY


def test_data_version_tells_of_other_writers(ledger: Ledger, path: Path) -> None:
    before = ledger.data_version()
    ledger.append([plan(FIRST)])
    assert ledger.data_version() == before
    with Ledger.open(path) as other:
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


def test_views_read_well(ledger: Ledger, path: Path) -> None:
    withdrawn = Occurrence("thang-5", "trua", DAY + timedelta(hours=11), ("a",))
    ledger.append([plan(FIRST), plan(SECOND), plan(withdrawn), entry(Kind.WITHDRAWN, withdrawn)])
    ledger.append([plan(withdrawn), entry(Kind.WITHDRAWN, withdrawn), entry(Kind.PLAYED, FIRST, outcome="missed")])
    ledger.append([Entry(Kind.ORDER, "Hòa", DAY, SECOND.id, {"order": "skip", "reason": "mất điện"})])
    connection = sqlite3.connect(path)
    assert connection.execute('SELECT start, state, scripts, repeat FROM "plan" ORDER BY start').fetchall() == [
        ("2027-05-01 05:30:00+07:00", "missed", "thong-diep-1, thong-diep-2", 2),
        ("2027-05-01 11:00:00+07:00", "withdrawn", "a", 1),
        ("2027-05-01 17:00:00+07:00", "planned", "thong-diep-3", 1),
    ]
    found = connection.execute('SELECT at, actor, "order", reason, occurrence FROM orders').fetchall()
    assert found == [("2027-05-01 00:00:00.000+07:00", "Hòa", "skip", "mất điện", SECOND.id)]
    connection.close()


# ---- many at once --------------------------------------------------------------------------------------------------

WRITER = """
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from broadcaster.records.ledger import Entry, Kind, Ledger
ledger = Ledger.open(Path(sys.argv[1]), busy_timeout=timedelta(minutes=1))
for number in range(int(sys.argv[2])):
    row, = ledger.append([Entry(Kind.ORDER, sys.argv[3], datetime.now(timezone.utc), None, {"number": number})])
    print(row.seq, row.hash, flush=True)
"""


def start_writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(count), name], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )


def test_processes_append_at_once_from_the_first_moment(path: Path) -> None:
    writers = [start_writer(path, 60, name) for name in ("một", "hai", "ba")]
    acknowledged = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with Ledger.open(path, read_only=True) as ledger:
        rows = list(ledger.rows())
    assert sorted(acknowledged) == sorted(f"{row.seq} {row.hash}" for row in rows)
    for name in ("một", "hai", "ba"):
        assert [row.body["number"] for row in rows if row.actor == name] == list(range(60))
    assert verify(path).ok


def test_no_lock_is_held_while_what_makes_a_new_ledger_is_imported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OtherProgram(MetaPathFinder):
        """Writes at the moment at which the library is looked for, and does not wait for a lock."""

        wrote = False

        def find_spec(self, fullname: str, *_more: object) -> None:
            if fullname == "sqlite_utils":
                with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
                    db.execute("CREATE TABLE other (n)")
                    db.execute("DROP TABLE other")
                self.wrote = True

    other = OtherProgram()
    monkeypatch.delitem(sys.modules, "sqlite_utils", raising=False)
    monkeypatch.setattr(sys, "meta_path", [other, *sys.meta_path])
    with Ledger.open(path) as ledger:
        ledger.append([plan(FIRST)])
    assert other.wrote
    assert verify(path).ok


def test_threads_may_share_a_ledger(ledger: Ledger, path: Path) -> None:
    def work() -> None:
        for number in range(20):
            ledger.append([entry(Kind.ORDER, number=number)])
            list(ledger.rows(after_seq=ledger.head().seq - 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.head().seq == 80
    assert verify(path).ok


def test_an_open_reader_does_not_delay_an_append(ledger: Ledger, path: Path) -> None:
    ledger.append([entry(Kind.ORDER, number=number) for number in range(100)])
    reader = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    cursor = reader.execute("SELECT * FROM ledger")
    cursor.fetchone()
    with Ledger.open(path, checkpoints=True, busy_timeout=timedelta(0)) as daemon:  # no patience: a wait would fail
        for number in range(50):
            daemon.append([entry(Kind.ORDER, number=number)])
    assert len(cursor.fetchall()) == 99
    reader.close()
    assert ledger.head().seq == 150


def test_who_appends_has_the_ledger_to_himself_from_the_first_look_on(ledger: Ledger, path: Path) -> None:
    """Somebody else tries to come in between the look at the last row and the insert."""
    tried: list[str] = []
    with Ledger.open(path, busy_timeout=timedelta(0)) as other:

        def try_to_come_in_between(statement: str) -> None:
            if statement.startswith("INSERT") and not tried:
                with pytest.raises(RecordError, match="locked") as refused:
                    other.append([entry(Kind.ORDER, order="theirs")])
                tried.append(str(refused.value))

        ledger._connection.set_trace_callback(try_to_come_in_between)
        ledger.append([entry(Kind.ORDER, order="ours")])
        ledger._connection.set_trace_callback(None)
        assert len(tried) == 1
        other.append([entry(Kind.ORDER, order="theirs")])
    assert [row.body["order"] for row in ledger.rows()] == ["ours", "theirs"]


def test_a_locked_ledger_says_so(ledger: Ledger, path: Path) -> None:
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with Ledger.open(path, busy_timeout=timedelta(0)) as hasty, pytest.raises(RecordError, match="locked"):
        hasty.append([plan(FIRST)])
    stranger.close()


def test_nothing_to_append_waits_for_nobody(ledger: Ledger, path: Path) -> None:
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with Ledger.open(path, busy_timeout=timedelta(0)) as hasty:
        assert hasty.append([]) == []
    stranger.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX word")
def test_no_acknowledged_row_is_lost_under_kill(path: Path) -> None:
    acknowledged: list[str] = []
    for kill in range(30):
        writer = start_writer(path, 100_000, "daemon")
        assert writer.stdout is not None
        acknowledged += [writer.stdout.readline().strip() for _line in range(1 + 7 * kill % 40)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.communicate()[0].splitlines()
    with Ledger.open(path) as ledger:
        kept = {f"{row.seq} {row.hash}" for row in ledger.rows()}
    whole = {line for line in acknowledged if len(line.partition(" ")[2]) == 64}
    assert len(whole) >= 30
    assert whole <= kept
    assert verify(path).ok
