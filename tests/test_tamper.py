"""Three thousand tamperings by an administrator of the computer: every one is found with a checkpoint kept elsewhere.

What is found without one is counted, and stands in docs/kiem-toan.md as a table, which --thorough holds against what
happens here: 170 of each kind, always the same. A usual run draws others each day, by its seed. Then kill −9 during
writes, and readers that hold the file open.
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
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledgers import DAYS, START, chain_again, small_ledger, tampering
from tamperings import KINDS

from broadcaster.errors import RecordError
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.checkpoint import ReceivedCheckpoint, Signature, make, read, take
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.signed_note import Signer
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import VerifyReport

GUIDE = Path(__file__).parents[1] / "docs" / "kiem-toan.md"
EACH, SAMPLE = 170, 10
"""Tamperings of each kind with --thorough, and in a usual run."""

KILLS, KILLS_IN_ALL = 20, 200
WRITER = Path(__file__).with_name("ledger_writer.py")

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
    """Return how many of each kind are found in the file alone, as the guide says; with a checkpoint it is all."""
    text = GUIDE.read_text("utf-8")
    begin = re.search(r"^\| việc làm .*\n\|[-|]+\n", text, re.MULTILINE)
    assert begin, "the guide has its table"
    lines = [line.strip("| ").split(" | ") for line in text[begin.end() :].split("\n\n", 1)[0].splitlines()]
    assert {held for _name, _alone, held in lines} == {"có"}
    found = {"có": EACH, "không": 0}
    return {name: found[alone] if alone in found else int(alone.removesuffix(f"/{EACH}")) for name, alone, _ in lines}


def is_told(report: VerifyReport) -> bool:
    """Whether somebody who reads the report learns that something is not as it should be."""
    return not report.ok or bool(report.remarks)


@pytest.mark.timeout(1800)
def test_every_tampering_is_found_with_a_checkpoint(
    history: tuple[Path, Path, ReceivedCheckpoint], tmp_path: Path, chance: random.Random, thorough: bool
) -> None:
    original, older, checkpoint = history
    rows = checkpoint.checkpoint.head.seq
    untouched = verify(original, checkpoints=[checkpoint])
    assert not is_told(untouched)
    told = told_in_guide()
    assert list(told) == [hands.__doc__ for hands in KINDS]
    alone: dict[str, int] = {}
    for hands in KINDS:
        seeds = range(EACH) if thorough else [chance.randrange(10**9) for _ in range(SAMPLE)]
        alone[hands.__doc__ or ""] = 0
        for seed in seeds:
            path = fresh_copy(original, tmp_path)
            hands(path, random.Random(f"{hands.__name__} {seed}"), rows, older)
            assert is_told(verify(path, checkpoints=[checkpoint])), (hands.__name__, seed)
            alone[hands.__doc__ or ""] += is_told(verify(path))
    if thorough:
        assert alone == told


def fresh_copy(original: Path, folder: Path) -> Path:
    """Return a copy of a ledger at a path at which another may have been."""
    path = folder / "broadcaster.db"
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)
    return shutil.copy(original, path)


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
