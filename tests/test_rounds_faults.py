"""One thing fails in the daemon's rounds, whatever it is: the day ends as it would have ended without."""

from __future__ import annotations

import errno
import logging
import random
import sqlite3
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desks import HALF_A_MINUTE
from mornings import Morning, locked
from stations import at

from broadcaster.models import Outcome
from broadcaster.playout.heartbeat import heartbeat_path
from broadcaster.playout.made_clips import MadeClips
from broadcaster.playout.rounds import Rounds
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play
from broadcaster.records.verify import verify

# ---- one write fails --------------------------------------------------------------------------------------------


def _sqlite(code: int, text: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


ROW_ERRORS = {
    "locked": _sqlite(sqlite3.SQLITE_BUSY, "database is locked"),
    "full": _sqlite(sqlite3.SQLITE_FULL, "database or disk is full"),
    "I/O": _sqlite(sqlite3.SQLITE_IOERR, "disk I/O error"),
    "permission": _sqlite(sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
}
FILE_ERRORS = {
    "locked": PermissionError(errno.EACCES, "used by another process"),  # as Windows tells of an open file
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "I/O": OSError(errno.EIO, "Input/output error"),
    "permission": PermissionError(errno.EACCES, "Permission denied"),
}


@dataclass
class Writes:
    """Counts every write of a row or a file; the one of number `fails` raises `error`, once.

    What another process writes does not count: a clip is made while `by_others`.
    """

    fails: int = -1
    error: str = ""
    by_others: bool = False
    done: list[str] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        insert, mkstemp = Ledger._insert, tempfile.mkstemp

        def counted_insert(ledger: Ledger, *arguments: object) -> object:
            self.count("row", ROW_ERRORS)
            return insert(ledger, *arguments)  # type: ignore[arg-type]

        def counted_mkstemp(**arguments: object) -> object:
            self.count("file", FILE_ERRORS)
            return mkstemp(**arguments)  # type: ignore[call-overload]

        monkeypatch.setattr(Ledger, "_insert", counted_insert)
        monkeypatch.setattr(tempfile, "mkstemp", counted_mkstemp)

    def count(self, what: str, errors: dict[str, sqlite3.OperationalError] | dict[str, OSError]) -> None:
        if self.by_others:
            return
        self.done.append(what)
        if len(self.done) - 1 == self.fails:
            raise errors[self.error]


class Lost(SilentOutput):
    """A device that is lost at three seconds past half past five."""

    def progress(self) -> Progress:
        progress = super().progress()
        lost = progress.state is State.PLAYING and progress.started == at("2027-05-03 05:30") and self._clock() >= LOST
        return (
            Progress(State.LOST, progress.played_frames, 1, progress.started, None, "unplugged") if lost else progress
        )


LOST = at("2027-05-03 05:30:03")


def a_full_morning(root: Path, writes: Writes, monkeypatch: pytest.MonkeyPatch) -> Morning:
    """Live through an edit, an emergency, a clip that is late, a lost device, a sleep, and a stop with a new start."""
    root.mkdir()
    morning = Morning(root)
    morning.outputs = lambda _name, **given: Lost(given["clock"])
    morning.clock.now = at("2027-05-03 05:27")
    maker = morning.maker.script("dai", HALF_A_MINUTE).script("bao").script("tre")
    slots = (
        maker.slot("05:28", "dai", id_="dai")
        + maker.slot("05:28:10", "bao", 'class = "emergency"', id_="khan")
        + maker.slot("05:29:30", "tre", id_="tre")
        + maker.slot("05:30 05:32:30", "dai", id_="hai")
    )
    maker.campaign(slots)
    maker.render()
    with pytest.MonkeyPatch.context() as patch:
        writes.install(patch)
        with morning.on_duty() as rounds:
            maker.lose_clip("tre")
            rounds.desk.clips.look_again()
            morning.live(rounds, "2027-05-03 05:27:20", idle=2)
            maker.campaign(slots + maker.slot("05:33", id_="them"))
            morning.live(rounds, "2027-05-03 05:29:40", idle=2)
            writes.by_others = True
            maker.render()
            writes.by_others = False
            morning.rendering.ended = True
            morning.live(rounds, "2027-05-03 05:31", idle=2)
            morning.sleep(60)
            morning.live(rounds, "2027-05-03 05:32:40", idle=2)
        morning.live_without_a_desk(5)
        with morning.on_duty() as rounds:
            morning.live(rounds, "2027-05-03 05:34", idle=2)
    return morning


def outcome(play: Play) -> tuple[str, Outcome]:
    return play.occurrence, play.outcome


def seconds(play: Play) -> tuple[float, float]:
    return play.heard_s, play.lateness_s or 0.0


def test_a_day_in_which_one_write_fails_ends_as_the_day_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chance: random.Random, thorough: bool
) -> None:
    without = Writes()
    good = a_full_morning(tmp_path / "good", without, monkeypatch)
    expected = {play.occurrence: play for play in good.plays()}
    assert Counter(play.outcome for play in expected.values()) == {
        Outcome.AIRED: 3,
        Outcome.PREEMPTED: 1,
        Outcome.CUT: 2,
    }
    rows = [number for number, what in enumerate(without.done) if what == "row"]
    files = [number for number, what in enumerate(without.done) if what == "file"]
    tries = [(number, error) for number in rows + files for error in ROW_ERRORS]
    if not thorough:
        numbers = chance.sample(rows, 12) + chance.sample(files, 4)
        tries = [(number, chance.choice(list(ROW_ERRORS))) for number in numbers]
    for number, error in tries:
        morning = a_full_morning(tmp_path / f"{number}-{error}".replace("/", ""), Writes(number, error), monkeypatch)
        plays = {play.occurrence: play for play in morning.plays()}
        told = f"write {number} ({without.done[number]}), {error}"
        assert set(map(outcome, plays.values())) == set(map(outcome, expected.values())), told
        for id_, play in plays.items():
            assert seconds(play) == pytest.approx(seconds(expected[id_]), abs=2.5), told
        assert _kinds(morning) == _kinds(good), told
        assert verify(morning.path).ok, told


def _kinds(morning: Morning) -> Counter[str]:
    kinds = Counter(kind for kind, _body in morning.rows())
    kinds.pop("disk_full", None)
    return kinds


# ---- what was seen to fail --------------------------------------------------------------------------------------


def test_days_slept_through_are_entered_though_the_first_row_after_them_fails(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        morning.sleep(5 * 24 * 3600)
        with locked(morning.path):
            morning.live(rounds, "2027-05-08 05:31:30")
        morning.live(rounds, "2027-05-08 05:37")

    assert [(play.planned_start.day, play.outcome) for play in morning.plays()] == [
        (3, Outcome.AIRED),
        *((day, Outcome.MISSED) for day in (4, 5, 6, 7)),
        (8, Outcome.AIRED),
    ]
    assert all("the computer slept from 03/05/2027" in play.reason for play in morning.plays()[1:5])


def test_a_clock_step_inside_a_lock_is_entered_when_it_is_over(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        with locked(morning.path):
            morning.clock.now -= timedelta(days=40)
            morning.live(rounds, "2027-03-24 05:32")
        morning.live(rounds, "2027-03-24 05:33")
        assert rounds.held

    assert [kind for kind, _body in morning.rows(Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED)] == [
        "clock_step",
        "clock_untrusted",
    ]


def test_a_start_with_a_locked_history_begins_when_it_is_free(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    with locked(morning.path), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "open", _already_open(Ledger.open(morning.path, busy_timeout=timedelta(milliseconds=1))))
        morning.with_clips = False  # they are there, and nobody could enter others
        duty = morning.on_duty()
        rounds = duty.__enter__()
        morning.live(rounds, "2027-05-03 05:28")
    morning.live(rounds, "2027-05-03 05:31")
    duty.__exit__(None, None, None)

    assert morning.outcomes() == [Outcome.AIRED]


def _already_open(ledger: Ledger) -> object:
    def opened(*_arguments: object, **_options: object) -> Ledger:
        return ledger

    return opened


def test_a_disk_that_stays_full_ends_nothing(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> object:
        raise ROW_ERRORS["full"]

    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "_insert", full)
            morning.live(rounds, "2027-05-03 05:32")
        morning.live(rounds, "2027-05-03 05:34")

    (play,) = morning.plays()
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, pytest.approx(120.5, abs=1))
    since = "the play history could not be written from 03/05/2027 05:29:55 to 03/05/2027 05:32:0"
    assert play.reason.startswith(since)
    assert len(morning.rows(Kind.DISK_FULL)) == 1


@pytest.mark.parametrize(
    ("of", "duty"),
    [
        (Rounds, "_watch_files"),
        (Rounds, "_sync"),
        (MadeClips, "round"),
        (Rounds, "_take_checkpoint"),
        (Rounds, "_heartbeat"),
    ],
)
def test_a_duty_that_fails_keeps_no_other_from_being_done_and_is_told_once(
    morning: Morning, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, of: type, duty: str
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    with morning.on_duty() as rounds:
        monkeypatch.setattr(of, duty, broken)
        rounds._duties._due.clear()
        with caplog.at_level(logging.WARNING):
            morning.live(rounds, "2027-05-03 05:31")

    assert morning.outcomes() == [Outcome.AIRED]
    assert sum("a mistake of ours" in (record.exc_text or "") for record in caplog.records) == 1


def test_a_computer_that_stood_still_over_an_hour_says_so(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        morning.live_without_a_desk(11 * 60)
        morning.live(rounds, "2027-05-03 05:42")

    (play,) = morning.plays()
    assert play.outcome is Outcome.MISSED
    assert play.reason == (
        "the program stood still from 03/05/2027 05:29:50 to 03/05/2027 05:40:50: stopped, or on an overloaded computer"
    )


def test_started_late_says_since_when_nobody_ran(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    morning.live_without_a_desk(5 * 60)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:33")

    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    assert play.reason == "the program was off from 03/05/2027 05:26:00 to 03/05/2027 05:31:00"
    assert isinstance(play.started, datetime)


def test_a_history_locked_at_the_start_only_explains_nothing_later(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    with ExitStack() as duty:
        with locked(morning.path):
            rounds = duty.enter_context(morning.on_duty())
            morning.live(rounds, "2027-05-03 05:27")
        morning.live(rounds, "2027-05-03 05:29:50")
        morning.maker.lose_clip("bai-1")
        morning.live(rounds, "2027-05-03 05:40:10")

    (play,) = morning.plays()
    assert (play.outcome, play.why.kind) == (Outcome.FAILED, "no_clip")


@pytest.mark.parametrize("bulletin_class", ["normal", "emergency"])
def test_what_is_over_keeps_nothing_waiting(morning: Morning, bulletin_class: str) -> None:
    """What had the output ends while the history is locked: the lock is why nothing follows."""
    second = morning.maker.slot("05:30:03", "bai-1", f'class = "{bulletin_class}"', "hai")
    morning.maker.campaign(morning.maker.slot("05:30", "dai") + second)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:01")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:41")
        morning.live(rounds, "2027-05-03 05:42")

    assert [(play.outcome, str(play.why.kind)) for play in morning.plays()] == [
        (Outcome.AIRED, "text"),
        (Outcome.MISSED, "history"),
    ]


def test_what_ended_while_the_program_stood_still_kept_nothing_waiting_since(morning: Morning) -> None:
    morning.maker.campaign(morning.maker.slot("05:30", "dai") + morning.maker.slot("05:30:03", id_="hai"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:04")
        morning.live_without_a_desk(60)
        morning.live(rounds, "2027-05-03 05:31:30")

    assert [str(play.why.kind) for play in morning.plays()] == ["text", "halted"]


def test_a_clip_that_is_there_again_explains_nothing_since(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.maker.lose_clip("bai-1")
        rounds.desk.clips.look_again()
        morning.live(rounds, "2027-05-03 05:30:10")
        morning.maker.render()
        morning.rendering.ended = True
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:41")
        morning.live(rounds, "2027-05-03 05:42")

    (play,) = morning.plays()
    assert (play.outcome, str(play.why.kind)) == (Outcome.MISSED, "history")


def test_what_a_killed_run_knew_of_a_locked_history_is_known_to_the_next(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:38")
        sign_of_life = heartbeat_path(morning.maker.open()).read_bytes()
    heartbeat_path(morning.maker.open()).write_bytes(sign_of_life)  # as a kill at 05:38 leaves it
    morning.live_without_a_desk(150)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:46")

    (play,) = morning.plays()
    assert (play.outcome, str(play.why.kind)) == (Outcome.MISSED, "history")
    assert (play.why.facts["from"][11:16], play.why.facts["to"][11:16]) == ("05:29", "05:37")  # its last sign of life
