"""Crashes of the desk: none is lost, whatever ends it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from stations import Maker, at

from broadcaster.errors import RecordError
from broadcaster.playout.crash_log import CrashLog, enter_crash
from broadcaster.playout.daemon import run
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger

NOW = at("2027-05-03 05:00")


@pytest.fixture
def crashes(tmp_path: Path) -> CrashLog:
    return CrashLog(tmp_path / "crash.log")


def test_an_exception_leaves_its_traceback_in_the_log_and_its_type_in_the_history(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    station = Maker(tmp_path, SimulatedClock(NOW)).settings().open()

    def watch(_status: object) -> bool:
        raise ZeroDivisionError("in the third round")

    with pytest.raises(ZeroDivisionError):
        run(station, watch)

    with station.ledger(read_only=True) as ledger:
        (stopped,) = ledger.rows([Kind.DAEMON_STOPPED])
    assert stopped.body["why"] == {"kind": "crashed", "error": "ZeroDivisionError"}
    (logged,) = [record for record in caplog.records if "crash_log" in record.name]
    assert logged.exc_info is not None
    assert "in the third round" in caplog.text
    assert "Traceback" in caplog.text


def test_an_ordinary_stop_names_no_error(tmp_path: Path) -> None:
    station = Maker(tmp_path, SimulatedClock(NOW)).settings().open()
    run(station, lambda _status: False)
    with station.ledger(read_only=True) as ledger:
        (stopped,) = ledger.rows([Kind.DAEMON_STOPPED])
    assert stopped.body["why"] == {"kind": "ended"}


def test_an_error_that_is_told_in_a_sentence_has_no_traceback(
    crashes: CrashLog, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RecordError), crashes:
        raise RecordError("the history is in use")
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [("the history is in use", None)]


def test_a_thread_that_crashes_is_logged(crashes: CrashLog, caplog: pytest.LogCaptureFixture) -> None:
    before = threading.excepthook
    with crashes:
        thread = threading.Thread(target=lambda: 1 // 0, name="watchdog")
        thread.start()
        thread.join()
    assert threading.excepthook is before
    assert "watchdog" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_what_a_crash_of_python_left_is_logged_entered_and_told_once(
    crashes: CrashLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "Fatal Python error: Bus error\n\nCurrent thread 0x1:\n  File x.py\n"
    (tmp_path / "crash.log").write_text(text)
    with crashes:
        assert crashes.last == text.strip()
    assert "File x.py" in caplog.text
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        enter_crash(ledger, NOW, crashes.last)
        enter_crash(ledger, NOW, "")
        (stopped,) = ledger.rows()
    assert stopped.body["why"] == {"kind": "crashed", "error": "Fatal Python error: Bus error"}
    with CrashLog(tmp_path / "crash.log") as again:
        assert again.last == ""


def test_a_history_that_cannot_be_written_keeps_no_desk_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger.open(tmp_path / "broadcaster.db")
    ledger.close()
    enter_crash(ledger, NOW, "Fatal Python error: Bus error")
    assert "cannot be used" in caplog.text


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "crash.log").mkdir()
    with CrashLog(tmp_path / "crash.log") as crashes:
        assert crashes.last == ""
