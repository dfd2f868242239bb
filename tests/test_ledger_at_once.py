"""Several at one ledger at once: processes, threads, readers, and one that is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from ledgers import FIRST, entry, plan

from broadcaster.errors import RecordError
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.verify import verify

WRITER = """
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
ledger = Ledger.open(Path(sys.argv[1]), busy_timeout=timedelta(minutes=1))
for number in range(int(sys.argv[2])):
    row, = ledger.append([Entry(Kind.ORDER, sys.argv[3], datetime.now(timezone.utc), None, {"number": number})])
    print(row.seq, row.hash, flush=True)
"""


def start_writer(path: Path, count: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(count), name], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )


def test_processes_append_at_once_from_the_first_moment(ledger_path: Path) -> None:
    writers = [start_writer(ledger_path, 60, name) for name in ("một", "hai", "ba")]
    acknowledged = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with Ledger.open(ledger_path, read_only=True) as ledger:
        rows = list(ledger.rows())
    assert sorted(acknowledged) == sorted(f"{row.seq} {row.hash}" for row in rows)
    for name in ("một", "hai", "ba"):
        assert [row.body["number"] for row in rows if row.actor == name] == list(range(60))
    assert verify(ledger_path).ok


def test_no_lock_is_held_while_what_makes_a_new_ledger_is_imported(
    ledger_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OtherProgram(MetaPathFinder):
        """Writes at the moment at which the library is looked for, and does not wait for a lock."""

        wrote = False

        def find_spec(self, fullname: str, *_more: object) -> None:
            if fullname == "sqlite_utils":
                with closing(sqlite3.connect(ledger_path, isolation_level=None, timeout=0)) as db:
                    db.execute("CREATE TABLE other (n)")
                    db.execute("DROP TABLE other")
                self.wrote = True

    other = OtherProgram()
    monkeypatch.delitem(sys.modules, "sqlite_utils", raising=False)
    monkeypatch.setattr(sys, "meta_path", [other, *sys.meta_path])
    with Ledger.open(ledger_path) as ledger:
        ledger.append([plan(FIRST)])
    assert other.wrote
    assert verify(ledger_path).ok


def test_threads_may_share_a_ledger(ledger: Ledger, ledger_path: Path) -> None:
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
    assert verify(ledger_path).ok


def test_an_open_reader_does_not_delay_an_append(ledger: Ledger, ledger_path: Path) -> None:
    ledger.append([entry(Kind.ORDER, number=number) for number in range(100)])
    reader = sqlite3.connect(f"{ledger_path.as_uri()}?mode=ro", uri=True)
    cursor = reader.execute("SELECT * FROM ledger")
    cursor.fetchone()
    no_patience = timedelta(0)  # a wait would fail
    with Ledger.open(ledger_path, checkpoints=True, busy_timeout=no_patience) as daemon:
        for number in range(50):
            daemon.append([entry(Kind.ORDER, number=number)])
    assert len(cursor.fetchall()) == 99
    reader.close()
    assert ledger.head().seq == 150


def test_who_appends_has_the_ledger_to_himself_from_the_first_look_on(ledger: Ledger, ledger_path: Path) -> None:
    """Somebody else tries to come in between the look at the last row and the insert."""
    tried: list[str] = []
    with Ledger.open(ledger_path, busy_timeout=timedelta(0)) as other:

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


def test_a_locked_ledger_says_so(ledger: Ledger, ledger_path: Path) -> None:
    stranger = sqlite3.connect(ledger_path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with Ledger.open(ledger_path, busy_timeout=timedelta(0)) as hasty, pytest.raises(RecordError, match="locked"):
        hasty.append([plan(FIRST)])
    stranger.close()


def test_nothing_to_append_waits_for_nobody(ledger: Ledger, ledger_path: Path) -> None:
    stranger = sqlite3.connect(ledger_path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with Ledger.open(ledger_path, busy_timeout=timedelta(0)) as hasty:
        assert hasty.append([]) == []
    stranger.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX word")
def test_no_acknowledged_row_is_lost_under_kill(ledger_path: Path) -> None:
    acknowledged: list[str] = []
    for kill in range(30):
        writer = start_writer(ledger_path, 100_000, "daemon")
        assert writer.stdout is not None
        acknowledged += [writer.stdout.readline().strip() for _line in range(1 + 7 * kill % 40)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.communicate()[0].splitlines()
    with Ledger.open(ledger_path) as ledger:
        kept = {f"{row.seq} {row.hash}" for row in ledger.rows()}
    whole = {line for line in acknowledged if len(line.partition(" ")[2]) == 64}
    assert len(whole) >= 30
    assert whole <= kept
    assert verify(ledger_path).ok
