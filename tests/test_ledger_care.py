"""The care of the history's file while the desk runs, in fake time with a real file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledgers import DAYS, day_rows, small_ledger
from stations import Maker, at

from broadcaster.errors import RecordError
from broadcaster.playout.ballast import Ballast
from broadcaster.playout.ledger_care import (
    FOLD_AT_LEAST_EVERY,
    FOLD_EVERY,
    MEND_AGAIN_AFTER,
    READ_EVERY,
    LedgerCare,
    mend_at_start,
)
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.approvals import Approval, Approvals, Decision, Standing
from broadcaster.records.damage import is_blank
from broadcaster.records.file_places import FilePlaces
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.schema import DiskFullError
from broadcaster.records.verify import verify
from broadcaster.station.folder import Station

NOW = at("2027-05-14 08:00")
on_unix = pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")


class Duty:
    """A history in care; time passes when a test says so."""

    def __init__(self, root: Path) -> None:
        self.station: Station = Maker(root, SimulatedClock(NOW)).settings().open()
        self.path = small_ledger(self.station.ledger_path)
        self.lived = 1000.0
        self.ledger = self.station.ledger(daemon=True)
        self.care = LedgerCare(self.station, self.ledger, lambda: self.lived)

    def write(self, **body: object) -> None:
        self.ledger.append([Entry(Kind.ORDER, "Lan", NOW, None, body)])

    def live(self, seconds: float, *, busy: bool = False) -> None:
        """Let time pass, with a round before and two after: a file that is away is looked at twice."""
        self.care.round(busy=busy)
        self.lived += seconds
        self.care.round(busy=busy)
        self.care.round(busy=busy)

    def copied(self) -> int:
        """Return how many rows a copy of the one file has."""
        copy = self.path.with_name("copy.db")
        shutil.copyfile(self.path, copy)
        with closing(sqlite3.connect(copy)) as database:
            return int(database.execute("SELECT max(seq) FROM ledger").fetchone()[0])

    def marks(self) -> list[dict[str, object]]:
        return [dict(row.body) for row in self.ledger.rows([Kind.LEDGER_DAMAGED])]


@pytest.fixture
def duty(tmp_path: Path) -> Iterator[Duty]:
    duty = Duty(tmp_path)
    yield duty
    duty.ledger.close()


def tear(path: Path) -> None:
    """Write noise over all but the first page."""
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


# ---- a copy of the one file ------------------------------------------------------------------------------------


def test_a_copy_of_the_file_has_all_rows_when_the_desk_is_at_rest(duty: Duty) -> None:
    duty.live(FOLD_EVERY)
    duty.write(n=1)
    before = duty.copied()
    assert before == duty.ledger.head().seq - 1
    duty.live(FOLD_EVERY)
    assert duty.copied() == duty.ledger.head().seq


def test_a_copy_lacks_no_more_than_the_last_hour_however_busy_the_desk_is(duty: Duty) -> None:
    duty.live(FOLD_EVERY, busy=True)
    duty.write(n=1)
    duty.live(FOLD_EVERY, busy=True)
    assert duty.copied() == duty.ledger.head().seq - 1
    duty.live(FOLD_AT_LEAST_EVERY, busy=True)
    assert duty.copied() == duty.ledger.head().seq


def test_rows_of_a_command_are_folded_in_too(duty: Duty) -> None:
    duty.live(FOLD_EVERY)
    with Ledger.open(duty.path) as other:
        other.append([Entry(Kind.ORDER, "Lan", NOW, None, {})])
        duty.live(FOLD_EVERY)
        assert duty.copied() == other.head().seq


def test_a_reader_that_does_not_let_go_is_not_waited_for(duty: Duty) -> None:
    duty.live(FOLD_EVERY)
    with closing(sqlite3.connect(duty.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT max(seq) FROM ledger").fetchone()
        duty.write(n=1)
        assert not duty.ledger.fold_log()
        reader.execute("COMMIT")
    assert duty.ledger.fold_log()


def test_a_stop_leaves_all_rows_in_the_file(duty: Duty) -> None:
    duty.write(n=1)
    duty.care.stop()
    assert duty.copied() == duty.ledger.head().seq


# ---- harm while the desk runs ----------------------------------------------------------------------------------


@on_unix
@pytest.mark.parametrize("part", ["", "-wal", "-shm"])
def test_a_file_that_is_deleted_is_put_back_and_the_desk_goes_on(duty: Duty, part: str) -> None:
    duty.live(1)
    duty.write(n=1)
    before = list(duty.ledger.rows())
    duty.path.with_name(duty.path.name + part).unlink()
    duty.live(1)
    (mark,) = duty.marks()
    assert (mark["harm"], mark["lost"], mark["rows"]) == ("moved", 0, len(before))
    duty.write(n=2)
    duty.live(MEND_AGAIN_AFTER)
    with Ledger.open(duty.path, read_only=True) as others:
        assert list(others.rows())[: len(before)] == before
        assert others.head() == duty.ledger.head()
    assert len(duty.marks()) == 1
    assert verify(duty.path).chain_ok


def test_damage_is_found_by_reading_at_rest(duty: Duty, caplog: pytest.LogCaptureFixture) -> None:
    duty.live(FOLD_EVERY)
    tear(duty.path)
    duty.live(READ_EVERY, busy=True)
    assert not list(duty.path.parent.glob("*-damaged-*"))
    duty.live(0)
    assert list(duty.path.parent.glob("*-damaged-*.db"))
    assert [mark["harm"] for mark in duty.marks()] == ["damaged"]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    duty.write(n=1)
    assert verify(duty.path).chain_ok


def test_an_error_that_comes_from_damage_is_mended_and_another_is_not(duty: Duty) -> None:
    duty.live(FOLD_EVERY)
    tear(duty.path)
    with pytest.raises(RecordError) as found, Ledger.open(duty.path, read_only=True) as fresh:
        list(fresh.rows())
    assert duty.care.mend(found.value)
    assert not duty.care.mend(found.value)  # not again at once
    duty.lived += MEND_AGAIN_AFTER
    for other in (RecordError("x"), DiskFullError("full")):
        assert not duty.care.mend(other)
    assert len(duty.marks()) == 1


def test_what_was_read_by_number_is_read_again_in_the_new_file(duty: Duty) -> None:
    """The new file may have fewer rows: an approval there must not hide behind the number of the last one read."""
    approvals = Approvals()
    for number in range(30):
        duty.write(n=number)
    duty.ledger.append([approved("cũ")])
    approvals.follow(duty.ledger)
    duty.live(FOLD_EVERY)
    tear(duty.path)
    duty.live(READ_EVERY)
    assert duty.ledger.head().seq < 30
    duty.ledger.append([approved("mới")])
    approvals.follow(duty.ledger)
    assert approvals.verdict("bai-1", "mới").standing is Standing.APPROVED


def approved(digest: str) -> Entry:
    return Approval("bai-1", digest, "Bài 1", Decision.APPROVED).entry("Lan", NOW)


def test_trouble_that_lasts_is_told_once(duty: Duty, caplog: pytest.LogCaptureFixture) -> None:
    duty.live(1)
    duty.ledger.close()
    duty.path.unlink()
    duty.path.mkdir()  # nothing can be opened there
    for _round in range(5):
        duty.live(1)
    assert len({record.getMessage() for record in caplog.records}) == len(caplog.records) <= 2
    duty.path.rmdir()


# ---- harm before the start -------------------------------------------------------------------------------------


def test_a_full_disk_at_the_start_takes_the_ballast(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    duty.write(n=1)
    duty.ledger.close()
    for part in ("", "-wal", "-shm"):
        duty.path.with_name(duty.path.name + part).unlink(missing_ok=True)
    duty.station.state_folder.mkdir(exist_ok=True)
    ballast = duty.station.state_folder / "ballast"
    Ballast(ballast).fill()
    open_ledger = Ledger.open

    def full(path: Path, **options: object) -> Ledger:
        if ballast.exists():
            raise DiskFullError("full")
        return open_ledger(path, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("broadcaster.records.rescue.Ledger.open", full)
        mend_at_start(duty.station)
    with duty.station.ledger(daemon=True) as ledger:
        assert [row.kind for row in ledger.rows()] == ["history_begun", "ledger_damaged"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")
def test_a_disk_that_takes_nothing_at_the_start_is_told_as_that(duty: Duty) -> None:
    import resource
    import signal

    duty.write(n=1)
    for part in ("", "-wal"):  # as a power cut leaves them: without SQLite's shared memory
        path = duty.path.with_name(duty.path.name + part)
        path.with_suffix(path.suffix + ".cut").write_bytes(path.read_bytes())
    duty.ledger.close()
    for part in ("", "-wal"):
        path = duty.path.with_name(duty.path.name + part)
        path.with_suffix(path.suffix + ".cut").replace(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(RecordError, match="the play history cannot be used"):
            mend_at_start(duty.station)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    mend_at_start(duty.station)
    with duty.station.ledger(daemon=True) as ledger:
        assert [row.body for row in ledger.rows([Kind.ORDER])][-1:] == [{"n": 1}]


def test_the_newest_whole_backup_is_gone_on_from(duty: Duty) -> None:
    from broadcaster.records.daily_backup import make_daily_backup

    made, report = make_daily_backup(duty.path, duty.station.daily_backup_folder, NOW.date(), keep=3)
    duty.ledger.append(day_rows(DAYS))
    duty.ledger.close()
    for part in ("", "-wal", "-shm"):
        duty.path.with_name(duty.path.name + part).unlink(missing_ok=True)
    shutil.copy(made.path, made.path.with_name(f"broadcaster-{NOW.date() + timedelta(days=1)}-not-whole.db"))
    mend_at_start(duty.station)
    with duty.station.ledger(daemon=True) as ledger:
        (mark,) = ledger.rows([Kind.LEDGER_DAMAGED])
    assert (mark.body["source"], mark.body["rows"], mark.body["lost"]) == (made.path.name, report.rows, 4)


# ---- others in the same process ----------------------------------------------------------------------------------

_APPEND_AND_LEAVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
with Ledger.open(Path(sys.argv[1])) as ledger:
    ledger.append([Entry(Kind.ORDER, "Hòa", datetime.now(UTC), None, {"order": "stop"})])
"""


def test_who_reads_the_history_in_the_desks_process_takes_no_lock_from_it(duty: Duty) -> None:
    """Else the next command to leave takes itself for the last one, and deletes the log under the running desk."""
    duty.write(n=1)  # the log is there, and the desk holds its lock
    with duty.station.past() as ledger:
        assert ledger is not None
    places = FilePlaces(duty.path)
    subprocess.run([sys.executable, "-c", _APPEND_AND_LEAVE, str(duty.path)], check=True)
    assert [places.have_moved() for _look in range(2)] == [False, False]


def test_a_file_that_is_no_database_is_not_blank_however_small(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    for content in (b"x", b"x" * 600, b"x" * 100_000):
        path.write_bytes(content)
        assert not is_blank(path)
    path.write_bytes(b"")
    assert is_blank(path)
