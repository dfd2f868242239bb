"""Rows that are there and that no query finds: what hides them is found, and they go on in the next file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ledgers import DAYS, START, day_rows, make_older, small_ledger
from tamperings import hide_by_type, leave_out, schema_in_hand, set_sql, sql_of

from broadcaster.errors import RecordError
from broadcaster.records.damage import find_damage
from broadcaster.records.file_check import integrity
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.quick_check import quick_check
from broadcaster.records.rescue import rescue
from broadcaster.records.schema import reading
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import BreakKind, Fault

if TYPE_CHECKING:
    from pathlib import Path

NOW = START + timedelta(days=DAYS, hours=2)
COLUMNS = ("at", "kind", "occurrence", "actor", "body", "prev_hash", "hash")
FORCED = ("ledger_planned_hour", "ledger_played_hour")
"""The indexes by which reports and lists read, whatever SQLite would choose itself."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_ledger(tmp_path / "broadcaster.db")


def outcomes(path: Path) -> int:
    with Ledger.open(path, read_only=True) as ledger:
        return len(ledger.played(START, START + timedelta(days=DAYS)))


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT * FROM ledger ORDER BY seq").fetchall()


# ---- values of another type ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_of_another_type_is_found_in_every_column(path: Path, column: str) -> None:
    hide_by_type(path, column, [4, 8])
    found = verify(path).breaks
    types = [(broken.seq, dict(broken.facts)) for broken in found if broken.kind is BreakKind.OTHER_TYPE]
    assert types == [(4, {"column": column}), (8, {"column": column})]
    assert not [broken for broken in found if broken.kind is BreakKind.CHANGED], "no byte has changed"
    assert not verify(path).chain_ok


def test_a_row_whose_time_is_no_text_is_told_in_one_line(path: Path) -> None:
    hide_by_type(path, "at", [4])
    with pytest.raises(RecordError, match="row 4 of the play history is damaged"):
        outcomes(path)


def test_types_are_looked_at_where_the_table_is_no_longer_strict(path: Path) -> None:
    hide_by_type(path, "kind", [4])
    set_sql(path, "ledger", sql_of(path, "ledger").removesuffix(" STRICT"))
    assert {(broken.seq, broken.kind) for broken in verify(path).breaks} == {
        (0, BreakKind.NOT_AS_SHIPPED),
        (4, BreakKind.OTHER_TYPE),
    }


def test_rows_of_another_type_go_on_as_they_were_written(path: Path) -> None:
    before = rows(path)
    hide_by_type(path, "kind", [4, 8, 12, len(before)])
    assert outcomes(path) < DAYS
    assert "4" in find_damage(path)
    done = rescue(path, NOW)
    assert done is not None
    assert (done.good.seq, done.saved) == (len(before), 0)
    assert rows(path)[:-1] == before
    assert outcomes(path) == DAYS
    assert verify(path).chain_ok


# ---- indexes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", ["ledger_kind", "ledger_occurrence", "ledger_cued", "ledger_played", *FORCED])
def test_an_index_that_leaves_rows_out_is_found(path: Path, index: str) -> None:
    if index == "ledger_kind":  # it has no condition to add to
        honest = sql_of(path, index)
        set_sql(path, index, f"{honest} WHERE seq <> 4")
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(f"REINDEX {index}")
        set_sql(path, index, honest)
    else:
        with closing(sqlite3.connect(path)) as database:
            of = "planned" if "planned" in index else "cued" if "cued" in index else "played"
            (seq,) = database.execute("SELECT max(seq) FROM ledger WHERE kind = ?", (of,)).fetchone()
        leave_out(path, index, seq)
    report = verify(path)
    assert [(broken.kind, broken.facts["name"]) for broken in report.breaks] == [(BreakKind.INDEX_DIFFERS, index)]
    assert report.counts == {Fault.INDEX: 1}
    assert not report.chain_ok
    assert index in find_damage(path)


def test_what_an_index_hid_is_there_after_the_next_start(path: Path) -> None:
    before = rows(path)
    leave_out(path, "ledger_played_hour", 4)
    assert outcomes(path) == DAYS - 1
    done = rescue(path, NOW)
    assert done is not None
    assert done.good.seq == len(before)
    assert outcomes(path) == DAYS
    assert verify(path).chain_ok


def test_the_check_at_start_keeps_to_its_patience(path: Path) -> None:
    """What is found quickly is found anyway; the look into the indexes is given up first."""
    with Ledger.open(path, checkpoints=True) as ledger:
        ledger.append([Entry(Kind.ORDER, "a", NOW, None, {"n": "x" * 200}) for _ in range(20_000)])
    leave_out(path, "ledger_played_hour", 4)
    assert find_damage(path, timedelta()) == ""
    with reading(path) as connection:
        assert integrity(connection, timedelta()) == []
        assert integrity(connection) != []
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TRIGGER ledger_no_delete")
    assert "ledger_no_delete" in find_damage(path, timedelta())


# ---- objects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["orders", "json_each"])
def test_a_trigger_that_swallows_rows_is_found_and_left_behind(path: Path, name: str) -> None:
    with Ledger.open(path, checkpoints=True) as ledger:
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END")
        head = ledger.head()
        with pytest.raises(RecordError, match="was not taken"):
            ledger.append(day_rows(DAYS)[:1])
        assert ledger.head() == head
    with pytest.raises(RecordError, match=rf"lost its guards \({name}\)"):
        Ledger.open(path)
    seen = quick_check(path)
    assert seen is not None
    assert name in seen.faults[0]
    assert name in find_damage(path)
    assert rescue(path, NOW) is not None
    with Ledger.open(path) as ledger:
        assert len(ledger.append(day_rows(DAYS)[1:])) == 3
    assert verify(path).chain_ok


def test_a_view_that_was_redefined_together_with_its_migration_is_found(path: Path) -> None:
    """It looks like a file of an older version, but for a view that no older version has."""
    with closing(sqlite3.connect(path)) as database:
        make_older(database, 3)
        database.execute("CREATE VIEW runs AS SELECT 'daemon_started' AS event")
        database.commit()
    assert ("runs", BreakKind.TOO_MANY) in {(b.facts.get("name"), b.kind) for b in verify(path).breaks}
    with pytest.raises(RecordError, match=r"lost its guards \(runs\)"):
        Ledger.open(path)
    assert rescue(path, NOW) is not None
    assert verify(path).ok


def test_a_gap_among_the_migrations_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'views'")
        database.commit()
    assert "_sqlite_migrations" in {broken.facts.get("name") for broken in verify(path).breaks}


def test_an_index_on_the_pages_of_another_is_found(path: Path) -> None:
    with schema_in_hand(path) as database:
        database.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name LIKE 'idx%')"
            " WHERE name = 'ledger_played'"
        )
    assert (BreakKind.NOT_AS_SHIPPED, "ledger_played") in {(b.kind, b.facts.get("name")) for b in verify(path).breaks}


def test_a_schema_that_sqlite_does_not_understand_costs_no_row(path: Path) -> None:
    before = rows(path)
    with schema_in_hand(path) as database:
        database.execute("UPDATE sqlite_master SET tbl_name = 'x' WHERE name = 'ledger_no_update'")
    with pytest.raises(RecordError, match="malformed"):
        verify(path)
    done = rescue(path, NOW)
    assert done is not None
    assert done.good.seq == len(before)
    assert rows(path)[:-1] == before
    assert verify(path).chain_ok


def test_a_newer_file_is_not_judged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'x', '')")
        database.commit()
    with pytest.raises(RecordError, match="newer version"):
        verify(path)


def test_other_text_encodings_are_found(tmp_path: Path, path: Path) -> None:
    """The same rows in UTF-16: made by another hand."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as database, closing(sqlite3.connect(path)) as ours:
        database.execute("PRAGMA encoding = 'UTF-16le'")
        for (statement,) in ours.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
            if "TRIGGER" not in statement:
                database.execute(statement)
        for name in ("ledger", "_sqlite_migrations"):
            found = ours.execute(f"SELECT * FROM {name}").fetchall()
            database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})", found)
        database.commit()
    assert "encoding UTF-16le" in {broken.facts.get("name") for broken in verify(other).breaks}
