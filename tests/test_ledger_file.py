"""The ledger's file: guarded against every change, refused where it is no ledger, whole after it was closed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from ledgers import FIRST, SECOND, entry, ids, make_older, plan

from broadcaster.errors import RecordError
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.schema import DiskFullError


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    """Return a path in a folder of its own, whose name has to be quoted in an address."""
    folder = tmp_path / "Xã Đông Thạnh #1 100%"
    folder.mkdir()
    return folder / "broadcaster.db"


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
def test_no_statement_changes_a_row(ledger: Ledger, ledger_path: Path, statement: str, recursive: str) -> None:
    ledger.append([plan(FIRST), entry(Kind.CUED, FIRST), entry(Kind.PLAYED, FIRST)])
    before = list(ledger.rows())
    stranger = sqlite3.connect(ledger_path, isolation_level=None)
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
def test_a_ledger_without_its_guards_does_not_open(ledger_path: Path, statement: str, read_only: bool) -> None:
    Ledger.open(ledger_path).close()
    stranger = sqlite3.connect(ledger_path)
    stranger.executescript(statement)
    stranger.close()
    with pytest.raises(RecordError, match="guards"):
        Ledger.open(ledger_path, read_only=read_only)


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


def test_a_ledger_of_a_newer_version_is_refused(ledger_path: Path) -> None:
    Ledger.open(ledger_path).close()
    connection = sqlite3.connect(ledger_path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'flying', '')"
    )
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="newer"):
        Ledger.open(ledger_path)


def test_settings_of_the_file(ledger_path: Path) -> None:
    with Ledger.open(ledger_path) as plain, Ledger.open(ledger_path, checkpoints=True) as daemon:
        ask = {name: [one._connection.execute(f"PRAGMA {name}").fetchone()[0] for one in (plain, daemon)] for name in
               ("journal_mode", "synchronous", "wal_autocheckpoint", "busy_timeout")}  # fmt: skip
    full, ten_seconds = 2, 10_000
    assert ask == {
        "journal_mode": ["wal"] * 2,
        "synchronous": [full] * 2,
        "wal_autocheckpoint": [0, 1000],
        "busy_timeout": [ten_seconds] * 2,
    }


def test_looking_into_a_ledger_of_an_older_version_does_not_update_it(ledger_path: Path) -> None:
    with Ledger.open(ledger_path) as ledger:
        ledger.append([plan(FIRST)])
    connection = sqlite3.connect(ledger_path)
    later = (
        *("approvals", "schedule_changes", "runs", "clock_steps", "devices"),
        *("frozen_plans", "frozen_occurrences", "activities", "clips", "script_changes"),
    )
    make_older(connection, 2)
    views = "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name"
    with Ledger.open(ledger_path, read_only=True) as reader:
        assert ids(list(reader.rows())) == [FIRST.id]
    assert connection.execute(views).fetchall() == [("as_run",), ("orders",), ("plan",)]
    Ledger.open(ledger_path).close()
    assert [name for (name,) in connection.execute(views)] == sorted([*later, "as_run", "orders", "plan"])
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


def test_a_closed_ledger_is_one_file(ledger_path: Path) -> None:
    with Ledger.open(ledger_path) as ledger:
        ledger.append([plan(FIRST)])
    assert [file.name for file in ledger_path.parent.iterdir()] == [ledger_path.name]
    ledger.close()  # a second time does nothing
    with pytest.raises(RecordError):
        ledger.head()


def test_read_only_writes_nothing(ledger: Ledger, ledger_path: Path) -> None:
    ledger.append([plan(FIRST)])
    with Ledger.open(ledger_path, read_only=True) as reader:
        assert len(list(reader.rows())) == 1
        with pytest.raises(RecordError):
            reader.append([plan(SECOND)])


def test_a_copy_beside_which_nothing_can_be_written_opens(ledger_path: Path) -> None:
    """Such as on a disc: SQLite's helper files cannot be made, here because a folder has the name of one."""
    with Ledger.open(ledger_path) as ledger:
        ledger.append([plan(FIRST)])
    ledger_path.with_name(f"{ledger_path.name}-shm").mkdir()
    with Ledger.open(ledger_path, read_only=True) as reader:
        assert reader.head().seq == 1
    ledger_path.with_name(f"{ledger_path.name}-wal").write_bytes(b"rows that must not be overlooked")
    with pytest.raises(RecordError):
        Ledger.open(ledger_path, read_only=True)


def test_a_full_disk_has_its_own_error(ledger: Ledger) -> None:
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError):
        ledger.append([entry(Kind.ORDER, reason="x" * 100_000)])
    assert ledger.append([entry(Kind.ORDER)])[0].seq == 1
