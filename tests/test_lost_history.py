"""A history that is harmed in real life: a real desk, killed and stopped, and what people do to its file."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from desk_process import heartbeat, running_desk
from stations import Maker
from waiting import GIVE_UP, wait_for

from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.station_lock import is_running
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from commands import RunCommand

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station with an airing in each half hour of the year."""
    maker = Maker(tmp_path, SimulatedClock(datetime.now(UTC))).settings('[rules]\nhours = ["00:00-23:59"]')
    maker.script("bai-1")
    hours = " ".join(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))
    maker.campaign(maker.slot(hours), dates='from = "01-01"\nto = "12-31"').render()
    return maker


def path_of(maker: Maker) -> Path:
    return maker.root / "broadcaster.db"


def rows(maker: Maker, *kinds: Kind) -> list[Row]:
    if not path_of(maker).exists():
        return []
    with Ledger.open(path_of(maker), read_only=True) as ledger:
        return list(ledger.rows(kinds or None))


def fill(maker: Maker, count: int = 2000) -> None:
    """Make the history some hundred pages long."""
    with maker.open().ledger(daemon=True) as ledger:
        now = datetime.now(UTC)
        ledger.append([Entry(Kind.ORDER, "Lan", now, None, {"n": n, "x": "y" * 100}) for n in range(count)])


def said(broadcaster: RunCommand, maker: Maker) -> list[dict[str, Any]]:
    """Return what `now` says is the matter with the history, which `check` says too."""
    found: list[dict[str, Any]] = broadcaster("now", "--json", station=maker.root).json["conditions"]
    page = broadcaster("check", station=maker.root).out
    assert all(condition["text"] in page and condition["todo"] in page for condition in found)
    return found


def logged(maker: Maker) -> str:
    return (maker.root / "state" / "broadcaster.log").read_text("utf-8")


def test_the_log_deleted_after_a_kill_is_said_everywhere(broadcaster: RunCommand, maker: Maker) -> None:
    with running_desk(maker) as process:
        process.send_signal(signal.SIGTERM)
        process.wait(GIVE_UP)
    with closing(sqlite3.connect(path_of(maker))) as keeps_the_log, maker.open().ledger() as ledger:
        keeps_the_log.execute("SELECT 1 FROM ledger").fetchone()
        (order,) = ledger.append([Entry(Kind.ORDER, "Lan", datetime.now(UTC), None, {})])
        whole = path_of(maker).read_bytes()
    path_of(maker).write_bytes(whole)
    for part in ("-wal", "-shm"):
        path_of(maker).with_name(f"broadcaster.db{part}").unlink(missing_ok=True)

    (before,) = said(broadcaster, maker)
    assert before["kind"] == "history harmed"
    with running_desk(maker):
        (mark,) = rows(maker, Kind.LEDGER_DAMAGED)
        (after,) = said(broadcaster, maker)

    assert (mark.body["harm"], mark.body["last"]["hash"]) == ("shortened", order.hash)
    assert after["kind"] == "history replaced"
    assert "the last rows are missing" in after["text"]
    assert after["text"] in logged(maker)
    assert after["todo"] in logged(maker)
    assert verify(path_of(maker)).chain_ok


def test_a_file_deleted_under_the_desk_is_back_with_all_its_rows(broadcaster: RunCommand, maker: Maker) -> None:
    with running_desk(maker) as process:
        before = rows(maker)
        path_of(maker).unlink()
        wait_for(lambda: rows(maker, Kind.LEDGER_DAMAGED))
        process.send_signal(signal.SIGTERM)
        assert process.wait(GIVE_UP) == 0

    assert rows(maker)[: len(before)] == before
    assert [row.kind for row in rows(maker)[len(before) :]] == ["ledger_damaged", "daemon_stopped"]
    (found,) = said(broadcaster, maker)
    assert "deleted or exchanged while the desk had it open" in found["text"]
    assert found["text"] in logged(maker)
    assert verify(path_of(maker)).chain_ok


def test_twenty_kilobytes_overwritten_are_found_and_the_rest_goes_on(broadcaster: RunCommand, maker: Maker) -> None:
    fill(maker)
    with running_desk(maker) as process:
        process.send_signal(signal.SIGTERM)
        process.wait(GIVE_UP)
    count = len(rows(maker))
    with path_of(maker).open("rb+") as file:
        file.seek(path_of(maker).stat().st_size // 3)
        file.write(b"\xa5" * 20_480)
    (before,) = said(broadcaster, maker)
    assert (before["kind"], "is damaged" in before["text"]) == ("history harmed", True)

    with running_desk(maker):
        (mark,) = rows(maker, Kind.LEDGER_DAMAGED)
        (after,) = said(broadcaster, maker)

    assert mark.body["rows"] + mark.body["saved"] + mark.body["lost"] == count
    assert 0 < mark.body["lost"] < 200
    assert (maker.root / mark.body["file"]).exists()
    assert mark.body["file"] in after["text"]
    assert verify(path_of(maker)).chain_ok


def test_a_copy_of_the_one_file_has_the_plan_of_the_desk_at_rest(maker: Maker, tmp_path: Path) -> None:
    copy = tmp_path / "copied" / "broadcaster.db"
    copy.parent.mkdir()

    def copied() -> bool:
        shutil.copyfile(path_of(maker), copy)
        try:
            with closing(sqlite3.connect(copy)) as database:
                count = database.execute("SELECT count(*) FROM ledger").fetchone()[0]
        except sqlite3.DatabaseError:  # no table yet, or copied while the desk wrote
            return False
        return bool(count == len(rows(maker)))

    with running_desk(maker):
        wait_for(copied)
    assert verify(copy).chain_ok


def test_a_first_start_that_was_killed_leaves_no_alarm(broadcaster: RunCommand, maker: Maker) -> None:
    with closing(sqlite3.connect(path_of(maker), isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE x (a)")
        database.execute("DROP TABLE x")
        database.execute("VACUUM")
    assert said(broadcaster, maker) == []
    with running_desk(maker):
        assert said(broadcaster, maker) == []
    assert rows(maker)[0].kind == "history_begun"
    assert not list(maker.root.glob("broadcaster-*"))


# ---- does it run? ----------------------------------------------------------------------------------------------


def test_now_knows_at_once_that_the_desk_is_gone(broadcaster: RunCommand, maker: Maker) -> None:
    for number in (signal.SIGKILL, signal.SIGINT):
        with running_desk(maker) as process:
            assert broadcaster("now", "--json", station=maker.root).json["running"]
            process.send_signal(number)
            process.wait(GIVE_UP)
            assert not broadcaster("now", "--json", station=maker.root).json["running"]


def test_a_state_folder_deleted_under_the_desk_leaves_it_running_alone(broadcaster: RunCommand, maker: Maker) -> None:
    with running_desk(maker) as process:
        (maker.root / "state").rename(maker.root / "deleted")  # at once, while the desk writes into it
        wait_for(lambda: is_running(maker.open()))
        second = broadcaster("run", "--output", "silent", station=maker.root)
        assert (second.code, "another daemon" in second.err) == (1, True)
        wait_for(lambda: heartbeat(maker).get("pid") == process.pid)
        assert broadcaster("now", "--json", station=maker.root).json["running"]


# ---- crashes ---------------------------------------------------------------------------------------------------


def test_a_crash_of_python_itself_is_in_the_log_and_in_the_history_of_the_next_run(maker: Maker) -> None:
    with running_desk(maker) as process:
        process.send_signal(signal.SIGSEGV)
        process.wait(GIVE_UP)
    with running_desk(maker):
        (stopped,) = rows(maker, Kind.DAEMON_STOPPED)
    assert stopped.body["why"] == {"kind": "crashed", "error": "Fatal Python error: Segmentation fault"}
    assert "playout/daemon.py" in logged(maker)
