"""A clock that is set, or a computer that slept, under a running desk."""

from __future__ import annotations

import pytest
from desks import HALF_A_MINUTE, a_desk, kinds, plays, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.ledger import Ledger


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
