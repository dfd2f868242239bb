"""The desk and the clock: one that is set, a computer that sleeps, a time that is not believed."""

from __future__ import annotations

import pytest
from desks import FIVE_SECONDS, HALF_A_MINUTE, a_desk, kinds, plays, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import ReasonKind, reason
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content


def test_a_clock_set_back_while_something_is_cued_waits_for_the_new_time(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")

    maker.clock.now = at("2027-05-03 05:20")
    desk.clock_moved()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.started) == (Outcome.AIRED, at("2027-05-03 05:30"))
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_a_clock_set_while_something_plays_does_not_disturb_it(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:05")

    maker.clock.now = at("2027-05-03 05:30:08")
    desk.clock_moved()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.started) == (Outcome.AIRED, at("2027-05-03 05:30"))


def test_a_clock_set_back_over_an_airing_does_not_air_it_again(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:40")

    maker.clock.now = at("2027-05-03 05:20")
    desk.clock_moved()
    desk.sync()
    tick_until(desk, maker.clock, "2027-05-03 05:50")

    assert len(plays(ledger)) == 1


class Asleep(SilentOutput):
    """A device whose computer sleeps: it counts its own time, in which nothing has passed."""

    def progress(self) -> Progress:
        return Progress(State.WAITING)


def test_a_computer_asleep_over_a_time_airs_late_within_the_grace_and_misses_beyond_it(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30 05:50"))
    outputs = iter([Asleep(maker.clock), SilentOutput(maker.clock)])
    desk = a_desk(maker.render(), ledger, lambda _name: next(outputs))
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")

    maker.clock.now = at("2027-05-03 05:55")
    desk.clock_moved()
    tick_until(desk, maker.clock, "2027-05-03 05:56")

    first, second = plays(ledger)
    assert first.outcome is Outcome.MISSED
    assert second.outcome is Outcome.AIRED
    assert second.lateness_s == pytest.approx(300, abs=1)


def test_what_ended_while_the_computer_slept_kept_nothing_waiting_after_its_end(maker: Maker, ledger: Ledger) -> None:
    """`a` had the output for five seconds; `b` waited for five minutes, most of them for the computer."""
    maker.script("bai", FIVE_SECONDS)
    maker.campaign(maker.slot("05:30", "bai", id_="a") + maker.slot("05:30:01", "bai", id_="b"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:02")

    maker.clock.now = at("2027-05-03 05:35")
    desk.troubles.lasted(reason(ReasonKind.ASLEEP), at("2027-05-03 05:30:30"), maker.clock.now)
    tick_until(desk, maker.clock, "2027-05-03 05:36")

    first, second = plays(ledger)
    assert (first.outcome, second.outcome) == (Outcome.AIRED, Outcome.AIRED)
    assert second.why.kind is ReasonKind.ASLEEP


class Believed:
    """Says whether an instant is over: none, until the clock is believed."""

    def __init__(self) -> None:
        self.yes = False

    def __call__(self, _instant: object) -> bool:
        return self.yes


def a_desk_that_doubts(maker: Maker, ledger: Ledger) -> tuple[Desk, Believed]:
    """Return a desk with its plan whose clock is not believed yet."""
    believed, station = Believed(), maker.open()
    make = lambda _name: SilentOutput(maker.clock)  # noqa: E731
    desk = Desk(station, ledger, read_content(station), make, lambda _ids: None, passed=believed)
    desk.begin()
    return desk, believed


def test_nothing_is_given_up_or_aired_too_late_by_a_clock_that_is_not_believed_yet(
    maker: Maker, ledger: Ledger
) -> None:
    """It waits for its clip, and by the clock its grace is over; but that clock may be set back."""
    maker.campaign(maker.slot("05:30"))
    desk, believed = a_desk_that_doubts(maker, ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:41")
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:42")
    assert kinds(ledger, "thu/sang@2027-05-03T05:30+07:00") == ["planned"]
    believed.yes = True
    desk.tick()

    assert [play.outcome for play in plays(ledger)] == [Outcome.FAILED]


def test_what_waited_too_long_by_a_clock_that_is_not_believed_is_no_reason_to_wake(
    maker: Maker, ledger: Ledger
) -> None:
    """`b` waited behind `a` for longer than its grace; next comes `c`."""
    maker.settings('[airing]\ngrace = "10s"').script("dai", HALF_A_MINUTE)
    slots = (("05:30", "dai", "a"), ("05:30:01", "bai-1", "b"), ("06:30", "bai-2", "c"))
    maker.campaign("".join(maker.slot(clock, script, id_=id_) for clock, script, id_ in slots)).render()
    desk, believed = a_desk_that_doubts(maker, ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert [play.slot for play in plays(ledger)] == ["a"]
    assert desk.next_instant() == at("2027-05-03 06:29:55")
    believed.yes = True
    desk.tick()

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [
        ("a", Outcome.AIRED),
        ("b", Outcome.PREEMPTED),
    ]


def test_a_rule_blocks_at_once_also_by_a_clock_that_is_not_believed_yet(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nquiet_days = ["2027-05-03"]').campaign(maker.slot("05:30")).render()
    desk, _believed = a_desk_that_doubts(maker, ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    assert [play.outcome for play in plays(ledger)] == [Outcome.BLOCKED]
