"""What the check of the ledger finds, and what it honestly cannot."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ledgers import make_older, tampering
from plain_rows import DAYS, START, cued, planned, played, slot

from broadcaster.errors import RecordError
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, row_hash
from broadcaster.records.ledger_queries import COLUMNS
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import SHOWN, BreakKind, Fault, VerifyReport

if TYPE_CHECKING:
    from pathlib import Path

CHAIN = {Fault.CONTENT, Fault.LINK, Fault.GAP}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of some days: plans, cues, outcomes and orders."""
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(slot(0))])
        for day in range(DAYS):
            ledger.append([planned(slot(day + 1)), cued(slot(day)), played(slot(day))])
            at = slot(day).start + timedelta(hours=1)
            ledger.append([Entry(Kind.ORDER, "Hòa", at, None, {"order": "stop", "reason": f"lần {day}"})])
    return path


def faults(report: VerifyReport) -> set[Fault]:
    return set(report.counts)


# ---- a whole ledger ------------------------------------------------------------------------------------------------


def test_a_whole_ledger_is_whole_and_the_limits_are_said(path: Path) -> None:
    report = verify(path)
    assert report.ok
    assert report.chain_ok
    assert not report.breaks
    assert report.rows == report.head.seq == 1 + 4 * DAYS
    assert report.first_at < report.last_at
    assert str(report.rows) in summary_text(report)
    assert "cannot see a cut-off tail or a full rewrite" in summary_text(report)


def test_an_empty_ledger_is_whole(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "new.db").close()
    report = verify(tmp_path / "new.db")
    assert report.ok
    assert (report.rows, report.head.seq, report.head.hash) == (0, 0, "0" * 64)
    assert "empty" in summary_text(report)


def test_a_copy_alone_is_enough_and_stays_as_it_is(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "bản sao.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    before = copy.read_bytes()
    assert verify(copy).ok
    assert copy.read_bytes() == before


def test_it_reads_while_the_daemon_writes(path: Path) -> None:
    with Ledger.open(path, checkpoints=True) as daemon:
        daemon.append([cued(slot(DAYS))])
        assert verify(path).rows == 2 + 4 * DAYS
        daemon.append([played(slot(DAYS))])
        assert verify(path).ok


def test_what_is_no_ledger_is_said(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with pytest.raises(RecordError):
        verify(other)
    other.write_bytes(b"no database " * 500)
    with pytest.raises(RecordError):
        verify(other)


def test_progress_is_told(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append([Entry(Kind.ORDER, "Hòa", START + timedelta(days=60), None, {}) for _ in range(10_000)])
    heard: list[int] = []
    verify(path, progress=heard.append)
    assert heard == [10_000]


# ---- tampering -----------------------------------------------------------------------------------------------------

Hands = Callable[[sqlite3.Connection, random.Random, int], None]


def change(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    column, value = rng.choice(
        [
            ("at", "2027-05-02T00:00:00.000+07:00"),
            ("kind", "approval"),
            ("occurrence", "thang-5/chieu@2027-05-01T17:00+07:00"),
            ("occurrence", ""),
            ("actor", "ai đó"),
            ("body", '{"order":"go"}'),
            ("body", "{ }"),
            ("body", '{"order":"stop"}\n'),
            ("prev_hash", "f" * 64),
            ("hash", "f" * 64),
        ]
    )
    db.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (value, rng.randint(1, last)))


def change_and_hash_again(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    seq = rng.randint(1, last - 1)
    _seq, at, kind, occurrence, _actor, body, prev, _hash = db.execute(
        f"SELECT {COLUMNS} FROM ledger WHERE seq = ?", (seq,)
    ).fetchone()
    digest = row_hash(prev, seq, at, kind, occurrence, "ai đó", body)
    db.execute("UPDATE ledger SET actor = 'ai đó', hash = ? WHERE seq = ?", (digest, seq))


def delete(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    db.execute("DELETE FROM ledger WHERE seq = ?", (rng.randint(1, last - 1),))


def delete_and_close_the_gap(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    seq = rng.randint(1, last - 1)
    db.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
    for after in range(seq + 1, last + 1):
        db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (after - 1, after))


def insert(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    seq = rng.randint(1, last)
    for after in range(last, seq - 1, -1):
        db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (after + 1, after))
    (prev,) = db.execute("SELECT prev_hash FROM ledger WHERE seq = ?", (seq + 1,)).fetchone()
    values = ("2027-05-03T00:00:00.000+07:00", "order", None, "ai đó", "{}")
    record = (seq, *values, prev, row_hash(prev, seq, *values))
    db.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record)


def swap(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    one, two = rng.sample(range(1, last + 1), 2)
    for old, new in ((one, -1), (two, one), (-1, two)):
        db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))


def behead(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    db.execute("DELETE FROM ledger WHERE seq <= ?", (rng.randint(1, last - 1),))


def move_text_between_columns(db: sqlite3.Connection, rng: random.Random, last: int) -> None:
    """The hashed lines stay letter for letter the same."""
    seq = rng.randint(1, last)
    kind, occurrence, actor = db.execute("SELECT kind, occurrence, actor FROM ledger WHERE seq = ?", (seq,)).fetchone()
    db.execute(
        "UPDATE ledger SET kind = ?, occurrence = ?, actor = '', body = substr(body, 1) WHERE seq = ?",
        (f"{kind}\n{occurrence or ''}", actor, seq),
    )


@pytest.mark.parametrize(
    "hands",
    [
        change,
        change_and_hash_again,
        delete,
        delete_and_close_the_gap,
        insert,
        swap,
        behead,
        move_text_between_columns,
    ],
)
def test_every_tampering_inside_is_found(path: Path, tmp_path: Path, hands: Hands) -> None:
    rng = random.Random(hands.__name__)
    last = verify(path).rows
    for number in range(25):
        copy = tmp_path / f"{number}.db"
        shutil.copy(path, copy)
        with tampering(copy) as db:
            hands(db, rng, last)
        report = verify(copy)
        assert faults(report) & CHAIN, number
        assert not report.chain_ok
        assert "not as it was written" in summary_text(report)
        assert all(1 <= broken.seq <= last + 1 for broken in report.breaks)


def test_the_first_break_is_where_the_row_is(path: Path) -> None:
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 17")
    report = verify(path)
    assert [(broken.seq, broken.fault) for broken in report.breaks] == [(17, Fault.CONTENT)]
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq IN (20, 21)")
    assert [(broken.seq, broken.fault) for broken in verify(path).breaks if broken.fault in CHAIN] == [
        (17, Fault.CONTENT),
        (22, Fault.GAP),
        (22, Fault.LINK),
    ]


def test_many_breaks_are_counted_and_the_first_are_shown(path: Path) -> None:
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó'")
    report = verify(path)
    assert report.counts[Fault.CONTENT] == report.rows
    assert [broken.seq for broken in report.breaks] == list(range(1, SHOWN + 1))


def test_a_cut_off_tail_and_a_full_rewrite_are_beyond_a_chain(path: Path) -> None:
    """The promise ends here; if this ever finds something, the sentence that tells the limit has to change."""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq > 30")
    assert verify(path).chain_ok
    with tampering(path) as db:
        prev = "0" * 64
        rows = db.execute("SELECT seq, at, kind, occurrence, body FROM ledger").fetchall()
        for seq, at, kind, occurrence, body in rows:
            digest = row_hash(prev, seq, at, kind, occurrence, "ai đó", body)
            db.execute("UPDATE ledger SET actor = 'ai đó', prev_hash = ?, hash = ? WHERE seq = ?", (prev, digest, seq))
            prev = digest
    assert verify(path).chain_ok


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DROP TRIGGER ledger_no_delete", "ledger_no_delete"),
        ("DROP INDEX ledger_played", "ledger_played"),
        ("DROP VIEW as_run; CREATE VIEW as_run AS SELECT 1 AS outcome", "as_run"),
        ("CREATE TRIGGER quiet AFTER INSERT ON ledger BEGIN SELECT 1; END", "quiet"),
        ("ALTER TABLE ledger ADD COLUMN note TEXT", "ledger"),
    ],
)
def test_a_changed_shape_is_found(path: Path, statement: str, name: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.close()
    report = verify(path)
    (broken,) = (found for found in report.breaks if found.facts.get("name") == name)
    assert (broken.seq, broken.fault) == (0, Fault.SCHEMA)
    assert not report.chain_ok


def test_a_copy_from_an_older_version_is_whole_as_it_was_then(path: Path) -> None:
    connection = sqlite3.connect(path)
    make_older(connection, 2)
    assert verify(path).ok
    connection.execute("DROP TRIGGER ledger_no_delete")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name <> 'ledger'")
    connection.commit()
    connection.close()
    assert Fault.SCHEMA in verify(path).counts


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("CREATE TABLE notes (a)", "notes"),
        ("CREATE VIEW mine AS SELECT * FROM as_run", "mine"),
        ("CREATE TABLE json_each (key, value)", "json_each"),
        ("CREATE VIRTUAL TABLE json_each USING rtree (id, low, high)", "json_each"),
        ("CREATE TRIGGER orders BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END", "orders"),
        ("CREATE TRIGGER watch AFTER INSERT ON _sqlite_migrations BEGIN SELECT 1; END", "watch"),
        ("ANALYZE", "sqlite_stat1"),
    ],
)
def test_what_does_not_belong_in_the_file_is_found_whatever_its_name(path: Path, statement: str, name: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.close()
    report = verify(path)
    assert name in {found.facts["name"] for found in report.breaks if found.kind is BreakKind.TOO_MANY}
    assert not report.chain_ok
    assert "in the file as a whole" in summary_text(report)


def test_a_torn_page_is_found(path: Path) -> None:
    data = bytearray(path.read_bytes())
    leaf_of_a_table = 0x0D
    pages = [
        number
        for number in range(1, len(data) // 4096)
        if data[number * 4096] == leaf_of_a_table and b"daemon" in data[number * 4096 + 2048 : number * 4096 + 4096]
    ]
    assert pages
    for number in pages:
        torn = data.copy()
        torn[number * 4096 + 2048 : number * 4096 + 4096] = bytes(2048)
        path.write_bytes(torn)
        assert _is_found_out(path)


def _is_found_out(path: Path) -> bool:
    try:
        return not verify(path).chain_ok
    except RecordError:  # too torn to be read at all
        return True
