"""Two thousand tamperings by an administrator of the computer: every one is found with a checkpoint kept elsewhere.

Which of them the chain finds by itself is counted, and stands in docs/kiem-toan.md as a table, which is held against
what happens here. A sample of them is tried, all with --thorough. Then kill −9 during writes, and readers that hold the
file open.
"""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledgers import COLUMNS, DAYS, START, chain_again, small_ledger, tampering

from broadcaster.errors import RecordError
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.checkpoint import ReceivedCheckpoint, Signature, make, read, take
from broadcaster.records.ledger import Entry, Kind, Ledger, row_hash
from broadcaster.records.signed_note import Signer
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Fault

GUIDE = Path(__file__).parents[1] / "docs" / "kiem-toan.md"
EACH, SAMPLE = 170, 17
"""Tamperings of each of the kinds below, and how many of them are tried in a usual run."""

KILLS, KILLS_IN_ALL = 20, 200
WRITER = Path(__file__).with_name("ledger_writer.py")

Hands = Callable[[Path, random.Random, int, Path], None]
"""Is given the ledger, chance, the number of rows that the checkpoint covers, and an older copy of the ledger."""


# ---- what a person with all rights can do -------------------------------------------------------------------------


def change(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một ô của một bản ghi"""
    column, value = chance.choice(
        [
            ("at", "2027-05-02T00:00:00.000+07:00"),
            ("kind", "approval"),
            ("occurrence", "thang-5/chieu@2027-05-01T17:00+07:00"),
            ("actor", "ai đó"),
            ("body", '{"outcome":"aired"}'),
            ("hash", chance.randbytes(32).hex()),
        ]
    )
    with tampering(path) as db:
        db.execute(f"UPDATE ledger SET {column} = ? WHERE seq = ?", (value, chance.randint(1, rows)))


def change_and_hash(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một bản ghi và tính lại mã băm của nó"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        at, kind, occurrence, body, prev = db.execute(
            "SELECT at, kind, occurrence, body, prev_hash FROM ledger WHERE seq = ?", (seq,)
        ).fetchone()
        digest = row_hash(prev, seq, at, kind, occurrence, "ai đó", body)
        db.execute("UPDATE ledger SET actor = 'ai đó', hash = ? WHERE seq = ?", (digest, seq))


def delete(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một bản ghi, để lại chỗ trống"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq = ?", (chance.randint(1, rows - 1),))


def delete_and_close_up(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một bản ghi rồi đánh lại số thứ tự"""
    seq = chance.randint(1, rows - 1)
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
        shift(db, seq, -1)


def insert(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """chèn thêm một bản ghi"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        shift(db, seq - 1, 1)
        (prev,) = db.execute("SELECT prev_hash FROM ledger WHERE seq = ?", (seq + 1,)).fetchone()
        values = ("2027-05-03T00:00:00.000+07:00", "order", None, "ai đó", "{}")
        record = (seq, *values, prev, row_hash(prev, seq, *values))
        db.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record)


def swap(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """đổi chỗ hai bản ghi"""
    one, two = chance.sample(range(1, rows + 1), 2)
    with tampering(path) as db:
        for old, new in ((one, -1), (two, one), (-1, two)):
            db.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (new, old))


def behead(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa phần đầu"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq <= ?", (chance.randint(1, rows - 1),))


def truncate(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """cắt bỏ phần cuối"""
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq >= ?", (chance.randint(2, rows),))


def rewrite(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """sửa một bản ghi rồi tính lại cả chuỗi mã băm"""
    seq = chance.randint(1, rows)
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = ?", (seq,))
        chain_again(db, seq)


def delete_and_rewrite(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """xóa một lệnh của con người, đánh lại số, tính lại cả chuỗi"""
    with tampering(path) as db:
        orders = db.execute("SELECT seq FROM ledger WHERE kind = 'order' AND seq <= ?", (rows,)).fetchall()
        (seq,) = chance.choice(orders)
        db.execute("DELETE FROM ledger WHERE seq = ?", (seq,))
        shift(db, seq, -1)
        chain_again(db, seq)


def roll_back(path: Path, _chance: random.Random, _rows: int, older: Path) -> None:
    """đưa một bản sao cũ vào thay"""
    shutil.copy(older, path)


def replace_file(path: Path, chance: random.Random, _rows: int, _older: Path) -> None:
    """thay bằng một tệp khác do chính chương trình tạo ra"""
    path.unlink()
    small_ledger(path, chance.randint(1, DAYS + 3))
    with Ledger.open(path, checkpoints=True) as ledger:
        at = START + timedelta(days=DAYS + 9)
        ledger.append([Entry(Kind.ORDER, "ai đó", at, None, {"n": n}) for n in range(chance.randint(1, 9))])
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = ? WHERE seq = 1", (f"máy {chance.random()}",))
        chain_again(db)


def drop_guards(path: Path, chance: random.Random, rows: int, _older: Path) -> None:
    """gỡ trigger rồi sửa, không lắp lại"""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in {chance.choice(names), "ledger_no_update"}:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = ?", (chance.randint(1, rows),))
        chain_again(db)


def shift(db: sqlite3.Connection, after: int, by: int) -> None:
    """Give all rows after one a new number."""
    db.execute("UPDATE ledger SET seq = -seq WHERE seq > ?", (after,))
    db.execute("UPDATE ledger SET seq = -seq + ? WHERE seq < 0", (by,))


KINDS: tuple[Hands, ...] = (
    change, change_and_hash, delete, delete_and_close_up, insert, swap, behead,
    truncate, rewrite, delete_and_rewrite, roll_back, replace_file, drop_guards,
)  # fmt: skip


# ---- found --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, ReceivedCheckpoint]:
    """A ledger, an older copy of it, and the checkpoint that the auditor took home."""
    folder = tmp_path_factory.mktemp("history")
    older = small_ledger(folder / "older.db", DAYS - 3)
    path = small_ledger(folder / "broadcaster.db")
    with Ledger.open(path, read_only=True) as ledger:
        taken = take(folder, "xã", ledger.head(), START + timedelta(days=DAYS))
    return path, older, read(taken.note, taken.key)


def told_in_guide() -> dict[str, int]:
    """Return how many tamperings of each kind the chain finds by itself, by the guide; with a checkpoint it is all."""
    text = GUIDE.read_text("utf-8")
    begin = re.search(r"^\| việc làm .*\n\|[-|]+\n", text, re.MULTILINE)
    assert begin, "the guide has its table"
    lines = [line.strip("| ").split(" | ") for line in text[begin.end() :].split("\n\n", 1)[0].splitlines()]
    assert {held for _name, _alone, held in lines} == {"có"}
    found = {"có": EACH, "không": 0}
    return {name: found[alone] if alone in found else int(alone.removesuffix(f"/{EACH}")) for name, alone, _ in lines}


@pytest.mark.timeout(900)
def test_every_tampering_is_found_with_a_checkpoint(
    history: tuple[Path, Path, ReceivedCheckpoint], tmp_path: Path, chance: random.Random, thorough: bool
) -> None:
    original, older, checkpoint = history
    rows = checkpoint.checkpoint.head.seq
    untouched = verify(original, checkpoints=[checkpoint])
    assert untouched.ok
    told = told_in_guide()
    assert list(told) == [hands.__doc__ for hands in KINDS]
    for hands in KINDS:
        numbers = range(EACH) if thorough else chance.sample(range(EACH), SAMPLE)
        alone = 0
        for number in numbers:
            path = tmp_path / "broadcaster.db"
            for name in ("", "-wal", "-shm"):
                path.with_name(path.name + name).unlink(missing_ok=True)
            shutil.copy(original, path)
            hands(path, random.Random(f"{hands.__name__} {number}"), rows, older)
            report = verify(path, checkpoints=[checkpoint])
            assert not report.chain_ok or Fault.CHECKPOINT in report.counts, (hands.__name__, number)
            alone += not report.chain_ok
        in_all = told[hands.__doc__ or ""]
        missed = len(numbers) - alone
        assert alone <= in_all, hands.__name__
        assert missed <= EACH - in_all, hands.__name__


def test_what_an_administrator_signs_anew_is_found_by_the_key_that_was_noted(
    history: tuple[Path, Path, ReceivedCheckpoint], tmp_path: Path
) -> None:
    """History rewritten, a new key pair, a new checkpoint: all of it fits, except the key on last year's paper."""
    original, _older, checkpoint = history
    path = shutil.copy(original, tmp_path / "broadcaster.db")
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 5")
        chain_again(db)
    assert checkpoint.key is not None
    forger = Signer.new(checkpoint.key.name)
    forged = make(forger, verify(path).head, START)
    assert verify(path, checkpoints=[read(forged, forger.verifier)]).ok
    assert read(forged, checkpoint.key).signature is Signature.OTHER
    assert not verify(path, checkpoints=[read(forged, checkpoint.key)]).ok


def test_what_comes_after_the_checkpoint_can_be_cut_off_unseen(
    history: tuple[Path, Path, ReceivedCheckpoint], tmp_path: Path
) -> None:
    """The promise ends here; if this ever finds something, the sentences that tell the limit have to change."""
    original, _older, checkpoint = history
    path = shutil.copy(original, tmp_path / "broadcaster.db")
    with Ledger.open(path, checkpoints=True) as ledger:
        ledger.append([Entry(Kind.ORDER, "Hòa", START + timedelta(days=DAYS), None, {}) for _ in range(4)])
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq > (SELECT max(seq) - 2 FROM ledger)")
    report = verify(path, checkpoints=[checkpoint])
    assert report.ok
    assert "2 later rows are bound by the chain alone" in summary_text(report)


def test_a_swapped_database_is_found_or_refused(history: tuple[Path, Path, ReceivedCheckpoint], tmp_path: Path) -> None:
    _original, _older, checkpoint = history
    for number, data in enumerate((b"", b"x" * 5000, b"SQLite format 3\0" + bytes(4080))):
        path = tmp_path / f"{number}.db"
        path.write_bytes(data)
        with contextlib.suppress(RecordError):  # it is no play history, and that is said
            assert not verify(path, checkpoints=[checkpoint]).ok


# ---- kill −9 ------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(900)
def test_no_acknowledged_row_is_lost_by_kill(tmp_path: Path, chance: random.Random, thorough: bool) -> None:
    path, acknowledged = tmp_path / "broadcaster.db", 0
    kills = KILLS_IN_ALL if thorough else KILLS
    for _kill in range(kills):
        writer = subprocess.Popen([sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE)
        assert writer.stdout
        assert writer.stdout.readline()  # it writes; now it dies at some moment of its writing
        time.sleep(chance.uniform(0.0, 0.05))
        writer.kill()
        answers = writer.stdout.read().split(b"\n")
        writer.stdout.close()
        writer.wait()
        whole = [int(answer) for answer in answers[:-1]]  # the last may be cut off in the middle
        acknowledged = max([acknowledged, *whole])
        with Ledger.open(path, read_only=True) as ledger:
            assert ledger.head().seq >= acknowledged
    report = verify(path)
    assert report.chain_ok
    assert report.rows >= acknowledged >= kills


# ---- readers ------------------------------------------------------------------------------------------------------


def test_a_reader_that_stays_open_neither_stops_nor_sees_the_writer(tmp_path: Path) -> None:
    path = small_ledger(tmp_path / "broadcaster.db")
    with closing(sqlite3.connect(path)) as reader, Ledger.open(path, checkpoints=True) as daemon:
        cursor = reader.execute("SELECT * FROM ledger")
        cursor.fetchone()  # a transaction is open from here to the end
        rows = daemon.head().seq
        for number in range(300):
            daemon.append([Entry(Kind.ORDER, "a", START + timedelta(days=30), None, {"n": number})])
        assert daemon.head().seq == rows + 300
        assert 1 + len(cursor.fetchall()) == rows
    assert verify(path).chain_ok


def test_checks_and_exports_run_while_the_daemon_writes(tmp_path: Path) -> None:
    path = small_ledger(tmp_path / "broadcaster.db")
    over, reports = threading.Event(), []

    def read_on() -> None:
        while not over.is_set():
            reports.append(verify(path))

    reader = threading.Thread(target=read_on)
    with Ledger.open(path, checkpoints=True) as daemon:
        reader.start()
        for number in range(300):
            daemon.append([Entry(Kind.ORDER, "a", START + timedelta(days=30), None, {"n": number})])
        over.set()
        reader.join()
    assert reports
    assert all(report.chain_ok for report in reports)
