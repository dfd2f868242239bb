"""What a desk does while its records, its clips or its devices fail: nothing that can air stays silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import FIVE_SECONDS, HALF_A_MINUTE, a_desk, kinds, plays, tick_until
from mornings import locked
from stations import NOTHING_IN_FORCE, Maker, at

from broadcaster.errors import RecordError
from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rows import play_of, played_row
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import NO_REASON, in_words
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content

URGENT = 'class = "emergency"'


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a play history that waits for nobody: a lock is an error at once."""
    with Ledger.open(tmp_path / "broadcaster.db", busy_timeout=timedelta(milliseconds=1)) as ledger:
        yield ledger


@contextmanager
def cannot_write(desk: Desk) -> Iterator[None]:
    with locked(desk.ledger.path):
        yield


def tick_through(desk: Desk, clock: SimulatedClock, until: str) -> int:
    """Tick along as the daemon does, which tries again; return how many ticks failed."""
    failed = 0
    while clock.now < at(until):
        clock.now += timedelta(seconds=0.5)
        try:
            desk.tick()
        except RecordError:
            failed += 1
    return failed


# ---- started, entered or stopped at an awkward moment --------------------------------------------------------------


@pytest.mark.parametrize("before", [0.0, 0.25, 0.5, 0.99])
def test_started_within_a_second_before_its_time_it_airs(maker: Maker, ledger: Ledger, before: float) -> None:
    maker.campaign(maker.slot("05:30 17:00"))
    station = maker.render()
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:29")  # and killed

    maker.clock.now = at("2027-05-03 05:30") - timedelta(seconds=before)
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:31")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]
    assert ledger.unresolved(at("2027-05-03 12:00")) == []


@pytest.mark.parametrize("more", ["", URGENT])
def test_what_is_entered_for_the_present_minute_airs(maker: Maker, ledger: Ledger, more: str) -> None:
    maker.campaign(maker.slot("17:00"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:20")

    maker.campaign(maker.slot("05:30", more=more) + maker.slot("17:00", id_="chieu"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.slot) == (Outcome.AIRED, "sang")
    assert play.lateness_s == pytest.approx(20.5, abs=0.5)


def test_what_ended_just_before_a_stop_is_aired_and_not_cut(maker: Maker, ledger: Ledger) -> None:
    maker.script("bai", FIVE_SECONDS).campaign(maker.slot("05:30", "bai"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:02")

    maker.clock.now = at("2027-05-03 05:31")
    desk.stop(in_words("stopped"))

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]


# ---- judge, then preempt --------------------------------------------------------------------------------------


def five_items_and_an_emergency(maker: Maker, emergency: str) -> None:
    maker.script("bai", FIVE_SECONDS).script("bao", FIVE_SECONDS, emergency)
    normal = maker.slot("05:30 05:30:30 05:31 05:31:30 05:32", "bai", id_="thuong")
    maker.campaign(normal + maker.slot("05:30:01", "bao", URGENT, id_="khan"))


def test_an_emergency_without_a_clip_silences_nothing(maker: Maker, ledger: Ledger) -> None:
    five_items_and_an_emergency(maker, "")
    station = maker.render()
    maker.lose_clip("bao")

    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:45")

    outcomes = [(play.slot, play.outcome) for play in plays(ledger)]
    assert outcomes == [("thuong", Outcome.AIRED)] * 5 + [("khan", Outcome.FAILED)]


def test_an_emergency_whose_text_has_expired_silences_nothing(maker: Maker, ledger: Ledger) -> None:
    five_items_and_an_emergency(maker, "valid_until = 2027-05-02")

    tick_until(a_desk(maker.render(), ledger), maker.clock, "2027-05-03 05:33")

    outcomes = {(play.slot, play.outcome) for play in plays(ledger)}
    assert outcomes == {("thuong", Outcome.AIRED), ("khan", Outcome.BLOCKED)}


def test_an_emergency_whose_clip_comes_then_takes_the_output(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).script("bao")
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:05", "bao", URGENT, id_="khan"))
    station = maker.render()
    maker.lose_clip("bao")
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    first, second = plays(ledger)
    assert (first.outcome, first.heard_s) == (Outcome.PREEMPTED, pytest.approx(10, abs=1.5))
    assert first.reason == "gave way to the emergency bulletin thu/khan@2027-05-03T05:30:05+07:00"
    assert second.outcome is Outcome.AIRED
    assert second.reason.startswith("no clip from")


# ---- records that cannot be written ----------------------------------------------------------------------------


def test_an_emergency_that_cannot_be_entered_stops_nothing_until_it_can(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).script("bao")
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:05", "bao", URGENT, id_="khan"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:03")
    with cannot_write(desk):
        assert tick_through(desk, maker.clock, "2027-05-03 05:30:12")
        assert desk.status().on_air is not None
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    first, second = plays(ledger)
    assert (first.outcome, first.heard_s) == (Outcome.PREEMPTED, pytest.approx(12.5, abs=0.6))
    assert (second.outcome, second.lateness_s) == (Outcome.AIRED, pytest.approx(7.5, abs=0.6))


def test_what_was_cut_while_nothing_could_be_written_keeps_what_was_heard(maker: Maker, ledger: Ledger) -> None:
    """The intent of the emergency stands; then the history is locked, and the outcome of what it stopped must wait."""
    maker.script("dai", HALF_A_MINUTE).script("bao")
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:10", "bao", URGENT, id_="khan"))
    desk = a_desk(maker.render(), ledger)
    append = ledger.append

    def only_intents(entries: object) -> object:
        rows = append(entries)  # type: ignore[arg-type]
        if rows and rows[0].kind == "cued" and "khan" in (rows[0].occurrence or ""):
            stack.enter_context(locked(ledger.path))
        return rows

    from contextlib import ExitStack

    with ExitStack() as stack:
        ledger.append = only_intents  # type: ignore[method-assign, assignment]
        tick_through(desk, maker.clock, "2027-05-03 05:30:12")
    ledger.append = append  # type: ignore[method-assign]
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    first, second = plays(ledger)
    assert (first.slot, first.outcome, first.heard_s) == ("a", Outcome.PREEMPTED, pytest.approx(9.6, abs=0.6))
    assert (second.slot, second.outcome) == ("khan", Outcome.AIRED)


class Unplugged(SilentOutput):
    """A device that is lost for a minute while it plays."""

    def __init__(self, clock: SimulatedClock, since: str) -> None:
        super().__init__(clock)
        self.since = at(since)

    def progress(self) -> Progress:
        progress = super().progress()
        away = self.since <= self._clock() < self.since + timedelta(minutes=1)
        lost = away and progress.state is State.PLAYING
        return replace(progress, state=State.LOST, reason="unplugged") if lost else progress


def test_a_lost_device_and_a_history_that_cannot_be_written_do_not_mute_the_desk(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30 06:00 17:00", "dai"))
    desk = a_desk(maker.render(), ledger, lambda _name: Unplugged(maker.clock, "2027-05-03 05:30:05"))
    tick_until(desk, maker.clock, "2027-05-03 05:30:03")
    with cannot_write(desk):
        assert tick_through(desk, maker.clock, "2027-05-03 05:30:20")
    for until in ("2027-05-03 06:05", "2027-05-03 17:05"):
        maker.clock.now = at(until) - timedelta(minutes=6)
        tick_until(desk, maker.clock, until)

    assert [play.outcome for play in plays(ledger)] == [Outcome.CUT, Outcome.AIRED, Outcome.AIRED]
    assert plays(ledger)[0].heard_s == pytest.approx(5, abs=0.6)
    assert plays(ledger)[0].reason == "unplugged"


def test_what_was_missed_while_nothing_could_be_written_is_taken_down_once(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    maker.clock.now = at("2027-05-03 06:00")
    with cannot_write(desk):
        assert tick_through(desk, maker.clock, "2027-05-03 06:00:02") == 4
        assert [play.outcome for play in desk.status().unwritten] == [Outcome.MISSED]
    desk.tick()

    assert [play.outcome for play in plays(ledger)] == [Outcome.MISSED]
    assert desk.status().unwritten == ()


def test_what_ended_while_nothing_could_be_written_is_shown_with_its_outcome(maker: Maker, ledger: Ledger) -> None:
    maker.script("bai", FIVE_SECONDS).campaign(maker.slot("05:30", "bai"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:03")
    with cannot_write(desk):
        assert tick_through(desk, maker.clock, "2027-05-03 05:30:15")
        (play,) = desk.status().unwritten

    assert (play.outcome, play.why, play.lateness_s) == (Outcome.AIRED, NO_REASON, 0)


def test_a_device_that_was_opened_for_what_could_not_be_entered_stays_open_when_the_clock_is_set(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30"))
    opened: list[str] = []

    def make(name: str) -> SilentOutput:
        opened.append(name)
        return SilentOutput(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    with cannot_write(desk):
        assert tick_through(desk, maker.clock, "2027-05-03 05:29:56")
    maker.clock.now = at("2027-05-03 05:29:55.500")
    desk.clock_moved()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]
    assert opened == ["silent"]


def test_what_cannot_be_entered_is_shown_as_delayed_from_its_time_on(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    shown = []
    with cannot_write(desk):
        for until in ("2027-05-03 05:29:57", "2027-05-03 05:30", "2027-05-03 05:30:02"):
            assert tick_through(desk, maker.clock, until)
            shown.append([(each.why, each.until) for each in desk.status().delayed])

    assert shown == [[], [], [(NO_REASON, at("2027-05-03 05:40"))]]


def test_an_edit_that_cannot_be_entered_changes_nothing_until_it_can(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    before = desk.content
    maker.campaign(maker.slot("05:45"))
    with cannot_write(desk), pytest.raises(RecordError):
        desk.adopt(read_content(station, desk.content), in_words("edited"))
    assert desk.content is before
    assert [occurrence.start.minute for occurrence in desk.horizon.upcoming.values()] == [30, 30]

    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:50")
    assert [play.planned_start.minute for play in plays(ledger)] == [45]


def test_an_outcome_that_another_process_wrote_is_passed_over(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 05:40"))
    station = maker.render()
    desk = a_desk(station, ledger)
    with closing(Ledger.open(ledger.path)) as other:
        first = next(iter(desk.horizon.upcoming.values()))
        other.append(
            [played_row(play_of(first, NOTHING_IN_FORCE, Outcome.SKIPPED, in_words("by hand")), maker.clock.now)]
        )

    tick_until(desk, maker.clock, "2027-05-03 05:41")

    assert [play.outcome for play in plays(ledger)] == [Outcome.SKIPPED, Outcome.AIRED]


def test_two_desks_that_come_to_the_same_item_let_it_sound_once(maker: Maker, ledger: Ledger) -> None:
    """The lock of the first was deleted with `state/`: what both write looks alike."""
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    first = a_desk(station, ledger)
    with closing(Ledger.open(ledger.path)) as other:
        second = a_desk(station, other)
        heard: set[Desk] = set()
        while maker.clock.now < at("2027-05-03 05:30:10"):
            maker.clock.now += timedelta(seconds=0.5)
            for desk in (first, second):
                desk.tick()
                heard |= {desk} if desk.status().on_air else set()

    assert heard == {first}
    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]


def test_an_intent_that_came_through_though_an_error_was_told_airs_once(
    maker: Maker, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk took the row, and the confirmation was lost: the second try finds its own row."""
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    append = ledger.append

    def half_told(entries: object) -> object:
        monkeypatch.setattr(ledger, "append", append)
        append(entries)  # type: ignore[arg-type]
        raise RecordError("disk I/O error")

    tick_until(desk, maker.clock, "2027-05-03 05:29:50")
    monkeypatch.setattr(ledger, "append", half_told)
    with suppress(RecordError):
        tick_until(desk, maker.clock, "2027-05-03 05:29:56")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


# ---- late, and inside the rules --------------------------------------------------------------------------------


def test_a_late_item_ends_inside_the_allowed_hours_or_does_not_air(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["05:00-12:46"]').script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("12:45", "dai", id_="a") + maker.slot("12:45:10", "dai", id_="b"))
    station = maker.render()

    maker.clock.now = at("2027-05-03 12:44")
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 12:50")

    outcomes = {play.slot: play for play in plays(ledger)}
    assert outcomes["a"].outcome is Outcome.AIRED
    assert outcomes["b"].outcome is Outcome.BLOCKED
    assert "is outside the hours allowed on 2027-05-03 (05:00-12:46)" in outcomes["b"].reason


def test_a_late_emergency_is_above_the_hours(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["05:00-12:46"]').script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("12:45", "dai", URGENT, id_="a") + maker.slot("12:45:10", "dai", URGENT, id_="b"))
    station = maker.render()

    maker.clock.now = at("2027-05-03 12:44")
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 12:50")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.AIRED]


def test_the_minutes_of_what_had_no_clip_are_counted_when_it_comes(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", "[nghỉ 10s]\n\n" * 5 + "Xin hết.")
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:40", "dai", id_="b"))
    station = maker.render()
    maker.lose_clip("dai")
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:05")
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:50")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.BLOCKED]
