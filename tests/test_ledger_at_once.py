"""Several at one ledger at once: processes, threads, readers, and one that is killed."""

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
