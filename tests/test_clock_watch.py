"""When the computer's clock is believed: steps, sleeps, and a program that stood still are told apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from stations import at

from broadcaster.playout.clock_watch import BUILD_DATE, Change, ClockDoubt, ClockWatch, Elapsed
from broadcaster.records.play_rows import ClockState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Computer:
    """A computer whose clock can be set and that can sleep."""

    def __init__(self, now: str = "2027-05-03 05:00") -> None:
        self.now = at(now)
        self.counters = Elapsed(100.0, 500.0)
        self.watch = ClockWatch(lambda: self.now, lambda: self.counters)

    def live(self, seconds: float) -> Change:
        """Let time pass, look, and take over what was seen."""
        self.now += timedelta(seconds=seconds)
        self.counters = Elapsed(self.counters.awake + seconds, self.counters.real + seconds)
        return self.look()

    def sleep(self, seconds: float) -> Change:
        self.now += timedelta(seconds=seconds)
        self.counters = self.counters._replace(real=self.counters.real + seconds)
        return self.look()

    def set_by(self, step: timedelta) -> Change:
        self.now += step
        return self.look()

    def look(self) -> Change:
        change = self.watch.look()
        self.watch.take(change)
        return change


@pytest.fixture
def computer() -> Computer:
    """Return a computer whose desk has been running for an hour; it is six o'clock."""
    computer = Computer()
    computer.watch.start(at("2027-05-02 22:00"), at("2027-05-03 04:59"))
    computer.live(3600)
    computer.live(0.5)
    return computer


def test_ntp_and_delays_are_no_step(computer: Computer) -> None:
    computer.now += timedelta(seconds=1.9)
    assert not computer.live(10).is_step


def test_a_sleep_is_no_step_and_a_step_is_no_sleep(computer: Computer) -> None:
    asleep = computer.sleep(3600)
    assert (asleep.slept, asleep.halted, asleep.is_step) == (HOUR, timedelta(), False)
    stepped = computer.set_by(HOUR)
    assert (stepped.slept, stepped.step) == (timedelta(), HOUR)
    assert computer.live(11).halted == timedelta(seconds=11)


def test_a_step_is_seen_once_it_is_taken_and_until_then_again(computer: Computer) -> None:
    computer.now += HOUR
    assert computer.watch.look().step == computer.watch.look().step == HOUR
    computer.look()
    assert not computer.live(0.5).is_step


@pytest.mark.parametrize("step", [3 * DAY, 366 * DAY, 3652 * DAY, 7 * HOUR])
def test_a_jump_forward_that_is_taken_back_is_never_believed(computer: Computer, step: timedelta) -> None:
    computer.set_by(step)
    assert computer.watch.doubt is ClockDoubt.AHEAD
    computer.live(60)
    assert computer.watch.doubt is ClockDoubt.AHEAD
    computer.set_by(-step)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_jump_forward_is_believed_when_it_has_stayed(computer: Computer) -> None:
    computer.set_by(3 * DAY)
    computer.live(299)
    assert computer.watch.doubt is ClockDoubt.AHEAD
    computer.live(1)
    computer.live(0.5)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_jump_that_was_believed_can_still_be_taken_back(computer: Computer) -> None:
    computer.set_by(366 * DAY)
    computer.live(600)
    computer.live(0.5)
    assert computer.watch.doubt is ClockDoubt.NONE
    computer.set_by(-366 * DAY)
    assert computer.watch.doubt is ClockDoubt.NONE
    assert computer.watch.state is ClockState.TRUSTED


def test_a_jump_that_was_taken_back_is_doubted_again_when_it_comes_again(computer: Computer) -> None:
    """It was wrong for a quarter of an hour, and believed; whoever set it right took it for wrong."""
    computer.set_by(2 * DAY)
    computer.live(900)
    computer.live(0.5)
    computer.set_by(-2 * DAY)
    computer.live(900)
    computer.set_by(2 * DAY)
    assert computer.watch.doubt is ClockDoubt.AHEAD
    computer.set_by(-2 * DAY)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_minute_to_and_fro_unsettles_nothing(computer: Computer) -> None:
    for step in (timedelta(minutes=1), -timedelta(minutes=1), 3 * DAY, -3 * DAY):
        computer.set_by(step)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_clock_set_back_by_days_is_not_believed(computer: Computer) -> None:
    computer.set_by(-10 * DAY)
    assert computer.watch.doubt is ClockDoubt.BEHIND
    assert computer.watch.state is ClockState.UNTRUSTED
    computer.live(3600)
    assert computer.watch.doubt is ClockDoubt.BEHIND
    computer.set_by(10 * DAY)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_zone_that_is_set_right_is_believed_at_once() -> None:
    """The hardware clock has local time, as on every computer that also runs Windows: seven hours ahead at first."""
    computer = Computer("2027-05-03 12:25")
    computer.watch.start(at("2027-05-02 22:00"), at("2027-05-02 22:00"))
    computer.live(15)
    computer.set_by(-7 * HOUR)
    assert computer.watch.doubt is ClockDoubt.NONE


@pytest.mark.parametrize(
    ("now", "last", "doubt"),
    [
        ("2027-05-03 05:00", "2027-05-02 22:00", ClockDoubt.NONE),
        ("2027-05-03 05:00", "2027-05-03 16:59", ClockDoubt.NONE),  # within a zone's error
        ("2027-05-03 05:00", "2027-05-03 17:01", ClockDoubt.BEHIND),
        ("2020-01-01 00:00", None, ClockDoubt.BEHIND),  # before this program was made: a dead battery
        ("2037-05-03 05:00", "2027-05-02 22:00", ClockDoubt.AHEAD),
        ("2027-06-02 21:00", "2027-05-02 22:00", ClockDoubt.NONE),
    ],
)
def test_what_is_believed_at_a_start(now: str, last: str | None, doubt: ClockDoubt) -> None:
    computer = Computer(now)
    computer.watch.start(at(last) if last else None, at(last) if last else None)
    assert computer.watch.doubt is doubt


def test_a_dead_battery_set_right_is_believed_at_once() -> None:
    computer = Computer("2020-01-01 00:00")
    computer.watch.start(at("2027-05-02 22:00"), at("2027-05-02 22:00"))
    computer.set_by(at("2027-05-03 05:25") - computer.now)
    assert computer.watch.doubt is ClockDoubt.NONE


def test_a_person_can_have_any_clock_believed() -> None:
    now = BUILD_DATE - DAY
    watch = ClockWatch(lambda: now, lambda: Elapsed(1, 1), trust=True)
    watch.start(at("2027-05-02 22:00"), None)
    assert (watch.doubt, watch.state) == (ClockDoubt.NONE, ClockState.UNTRUSTED)


@pytest.mark.parametrize(("lived", "passed"), [(0.5, False), (299, False), (300, True)])
def test_what_passed_before_the_start_is_over_when_the_clock_has_settled(lived: float, *, passed: bool) -> None:
    computer = Computer()
    computer.watch.start(at("2027-05-02 22:00"), at("2027-05-02 22:00"))
    computer.live(lived)
    assert computer.watch.passed(at("2027-05-03 04:00")) == passed


def test_what_was_lived_through_is_over_at_once_and_what_is_to_come_is_not() -> None:
    computer = Computer()
    computer.watch.start(None, None)
    computer.live(60)
    assert computer.watch.passed(at("2027-05-03 05:00:30"))
    assert not computer.watch.passed(at("2027-05-03 05:01:30"))


def test_an_earlier_instant_has_another_time_after_the_clock_was_set(computer: Computer) -> None:
    then = computer.counters
    computer.live(60)
    computer.set_by(-7 * HOUR)
    assert computer.watch.at(then) == computer.now - timedelta(seconds=60)
    assert isinstance(computer.watch.at(then), datetime)
