"""When a checkpoint leaves the computer by itself, what the commands say of it, and what the check shows."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledgers import add_forbidden_row, small_ledger
from stations import Maker, at

from broadcaster.office.audit import take_checkpoint
from broadcaster.office.check_copies import check_copies
from broadcaster.office.check_findings import FindingKind, Level
from broadcaster.office.send_copies import send_copies
from broadcaster.office.wording_check import finding_text, todo_text
from broadcaster.office.wording_copies import _TEXTS, _TODOS
from broadcaster.playout.background_command import FIRST_AFTER, LOOK_EVERY, BackgroundCommand, Errand
from broadcaster.playout.background_copies import is_sent
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records import checkpoint
from broadcaster.records.copies import CopyTarget, TargetKind, newest_checkpoint, targets
from broadcaster.records.signed_note import Signer
from broadcaster.uplink.outbox import send_waiting
from broadcaster.uplink.send_error import SendFailureKind

if TYPE_CHECKING:
    from commands import RunCommand

NOW = at("2027-05-14 08:00")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "usb"


@pytest.fixture
def maker(tmp_path: Path, stick: Path) -> Maker:
    small_ledger(tmp_path / "broadcaster.db")
    maker = Maker(tmp_path, SimulatedClock(NOW))
    return maker.settings(f'[copies]\nfolder = "{stick.as_posix()}"\n')


# ---- when --------------------------------------------------------------------------------------------------------


def test_one_a_day_is_taken_and_sent(maker: Maker, stick: Path) -> None:
    stick.mkdir()
    station = maker.open()
    assert not is_sent(station)
    take_checkpoint(station)
    assert not is_sent(station)  # it lies here only
    take_and_send(maker)
    assert is_sent(station)
    maker.clock.now += timedelta(hours=23, minutes=59)
    assert is_sent(station)
    maker.clock.now += timedelta(minutes=1)
    assert not is_sent(station)


def take_and_send(maker: Maker) -> None:
    assert send_copies(maker.open(), daily=True).failed == ()


def test_a_history_with_a_row_that_cannot_be_is_no_reason_to_send_nothing(maker: Maker, stick: Path) -> None:
    stick.mkdir()
    add_forbidden_row(maker.root / "broadcaster.db", NOW - timedelta(hours=3))
    take_and_send(maker)
    (sent,) = stick.rglob("*.txt")
    assert "\nbroken 1 from " in sent.read_text("utf-8")


def test_daily_takes_no_other_checkpoint_on_the_same_day(maker: Maker, stick: Path) -> None:
    stick.mkdir()
    for _time in range(3):
        take_and_send(maker)
        maker.clock.now += timedelta(hours=1)
    assert len(list((maker.root / "checkpoints").glob("*.txt"))) == 1


def test_there_is_nothing_to_send_of_no_history(maker: Maker) -> None:
    (maker.root / "broadcaster.db").unlink()
    assert is_sent(maker.open())


def test_strangers_and_checkpoints_of_tomorrow_are_not_the_newest(maker: Maker) -> None:
    station = maker.open()
    taken = take_checkpoint(station)
    folder = maker.root / checkpoint.FOLDER
    head = taken.checkpoint.head
    stranger = Signer.new("commune-broadcaster/khac-00000000")
    (folder / "khac.txt").write_text(checkpoint.make(stranger, head, NOW), "utf-8")
    (folder / "hong.txt").write_bytes(b"\xff")
    maker.clock.now = NOW + timedelta(days=2)
    take_checkpoint(station)
    newest = newest_checkpoint(maker.root, NOW)
    assert newest is not None
    assert newest.path == taken.path


def test_what_is_secret_in_an_address_is_no_part_of_where_it_went(maker: Maker) -> None:
    maker.settings('[copies]\nwebhook = "https://xa.vn:8443/nhan/bi-mat?token=abc"\n')
    assert targets(maker.open().settings.copies) == (CopyTarget(TargetKind.WEBHOOK, "https://xa.vn:8443"),)


# ---- the command -------------------------------------------------------------------------------------------------


def test_the_command_says_where_it_went_and_where_not(maker: Maker, stick: Path, broadcaster: RunCommand) -> None:
    result = broadcaster("audit", "send", station=maker.root)
    assert result.code == 1
    assert f"Not sent: {stick}: the folder is not there ({stick}); plug the disk in" in result.err
    stick.mkdir()
    result = broadcaster("audit", "send", "--daily", station=maker.root)
    assert (result.code, result.out.strip()) == (0, f"Sent: {stick}")
    result = broadcaster("audit", "send", "--daily", station=maker.root)
    assert (result.code, result.err.strip()) == (0, "There was nothing to send.")


def test_every_failure_has_its_words() -> None:
    assert set(_TEXTS) == set(_TODOS) == set(SendFailureKind)


# ---- the check ---------------------------------------------------------------------------------------------------


def shown(maker: Maker) -> list[tuple[FindingKind, Level]]:
    return [(found.kind, found.level) for found in check_copies(maker.open())]


def test_the_check_says_what_waits_since_when_and_why(maker: Maker, stick: Path, broadcaster: RunCommand) -> None:
    take_checkpoint(maker.open())
    assert shown(maker) == [(FindingKind.COPY_WAITING, Level.GOOD)]  # not tried yet
    send_waiting(maker.open(), "daemon")
    (found,) = check_copies(maker.open())
    assert (found.kind, found.level) == (FindingKind.COPY_WAITING, Level.WARNING)
    assert finding_text(found) == (
        f"Copies: the newest checkpoint has not gone to {stick} since 2027-05-14 08:00: "
        f"the folder is not there ({stick})."
    )
    assert todo_text(found).startswith("plug the disk in")
    shutil.rmtree(maker.root / "state")
    assert shown(maker) == [(FindingKind.COPY_WAITING, Level.GOOD)]  # still known to wait
    stick.mkdir()
    send_waiting(maker.open(), "daemon")
    (found,) = check_copies(maker.open())
    assert finding_text(found) == "Copies: the newest checkpoint, of 2027-05-14, has gone to all 1 places."
    maker.settings()
    assert shown(maker) == [(FindingKind.NO_COPIES, Level.GOOD)]


# ---- in the background -------------------------------------------------------------------------------------------


class Counter:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def errand(is_done: Callable[[object], bool], *arguments: str) -> Errand:
    return Errand("an errand", arguments or ("config",), is_done, "errand.log", 100.0)


def run_out(command: BackgroundCommand, maker: Maker) -> None:
    process = command._process
    assert process is not None
    process.wait()
    command.round(maker.open(), at_rest=True)


def test_an_errand_runs_in_a_process_when_the_desk_is_at_rest(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    (maker.root / "state").mkdir(exist_ok=True)
    time, done = Counter(), []
    command = BackgroundCommand(errand(lambda _station: bool(done), "config"), time)
    command.round(maker.open(), at_rest=True)
    assert command._process is None  # the desk has just started
    time.now = FIRST_AFTER
    command.round(maker.open(), at_rest=False)
    assert command._process is None
    command.round(maker.open(), at_rest=True)
    run_out(command, maker)
    assert "an errand: " in caplog.text
    done.append(True)
    time.now += LOOK_EVERY
    command.round(maker.open(), at_rest=True)
    assert command._process is None
    command.close()


def test_an_errand_that_fails_is_told_and_tried_again(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    (maker.root / "state").mkdir(exist_ok=True)
    time = Counter()
    command = BackgroundCommand(errand(lambda _station: False, "audit", "send", "--daily"), time)
    time.now = FIRST_AFTER
    command.round(maker.open(), at_rest=True)
    run_out(command, maker)
    assert "an errand failed (exit code 1)" in caplog.text
    command.round(maker.open(), at_rest=True)
    assert command._process is None
    time.now += 100.0
    command.round(maker.open(), at_rest=True)
    assert command._process is not None
    command.close()
    assert command._process is None


def test_a_question_that_cannot_be_answered_stops_no_desk(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    time = Counter()
    (maker.root / "broadcaster.db").write_bytes(b"no database" * 1000)
    command = BackgroundCommand(errand(lambda _station: is_sent(maker.open())), time)
    time.now = FIRST_AFTER
    command.round(maker.open(), at_rest=True)
    assert "an errand failed" in caplog.text


def test_an_errand_at_work_is_ended_with_the_desk(maker: Maker) -> None:
    (maker.root / "state").mkdir(exist_ok=True)
    time = Counter()
    command = BackgroundCommand(errand(lambda _station: False), time)
    time.now = FIRST_AFTER
    command.round(maker.open(), at_rest=True)
    process = command._process
    assert isinstance(process, subprocess.Popen)
    command.close()
    assert process.returncode is not None
