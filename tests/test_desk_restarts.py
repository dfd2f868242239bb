"""A desk that was stopped or killed, or a computer that was off: what was missed, and what is never said twice."""

from __future__ import annotations

import pytest
from desks import HALF_A_MINUTE, a_desk, kinds, plays, run_through, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import in_words
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content


def test_a_stop_cuts_what_plays_and_says_why(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    desk = a_desk(maker.render(), ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:30:12")
    desk.stop(in_words("stopped by SIGTERM"))

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.CUT, "stopped by SIGTERM")
    assert play.heard_s == pytest.approx(12, abs=0.6)


def test_a_stop_while_it_is_cued_and_silent_lets_it_go_and_it_airs_after_a_start_in_time(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")
    desk.stop(in_words("stopped by SIGTERM"))
    assert (plays(ledger), desk.status().on_air) == ([], None)

    maker.clock.now = at("2027-05-03 05:33")
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, pytest.approx(180.5, abs=0.01))
    assert play.reason == "the program was off from 03/05/2027 05:29:57 to 03/05/2027 05:33:00"
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "released", "cued_again", "played"]


def test_what_was_let_go_is_missed_where_the_start_comes_too_late(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")
    desk.stop(in_words("stopped by SIGTERM"))

    maker.clock.now = at("2027-05-03 06:00")
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 06:01")

    (play,) = plays(ledger)
    assert (play.outcome, play.started) == (Outcome.MISSED, None)


def test_what_was_let_go_and_killed_at_its_second_try_is_cut_and_never_aired_again(
    maker: Maker, ledger: Ledger
) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")
    desk.stop(in_words("stopped by SIGTERM"))
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:30:10")  # and never heard of again

    maker.clock.now = at("2027-05-03 05:31")
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.CUT
    assert "0–100" in play.reason


def test_killed_while_playing_is_a_cut_at_the_next_start_and_is_not_aired_again(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    station = maker.render()
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:30:12")  # and never heard of again

    maker.clock.now = at("2027-05-03 05:31")
    desk = a_desk(station, ledger)
    assert list(desk.horizon.upcoming) == ["thu/sang@2027-05-04T05:30+07:00", "thu/sang@2027-05-05T05:30+07:00"]
    tick_until(desk, maker.clock, "2027-05-03 05:40")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.CUT
    assert "0–100" in play.reason
    assert (play.device, play.scripts[0].voice) == ("silent", "silent")


def test_back_within_the_grace_plays_whole_and_late(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    a_desk(station, ledger)

    maker.clock.now = at("2027-05-03 05:39")
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:41")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(540, abs=1)
    assert "off from 03/05/2027 05:00:00 to 03/05/2027 05:39:00" in play.reason


def test_off_for_days_gives_every_occurrence_its_row(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 17:00"))
    station = maker.render()
    a_desk(station, ledger)

    maker.clock.now = at("2027-05-10 12:00")
    desk = Desk(station, ledger, read_content(station), lambda _name: SilentOutput(maker.clock), lambda _ids: None)
    desk.begin()
    desk.tick()

    assert len(plays(ledger)) == 15  # two a day from the 3rd to the 9th, one on the morning of the 10th
    assert {play.outcome for play in plays(ledger)} == {Outcome.MISSED}
    assert all("off from" in play.reason for play in plays(ledger))


def test_nothing_of_the_time_before_the_first_start_is_planned(maker: Maker, ledger: Ledger) -> None:
    maker.clock.now = at("2027-05-03 12:00")
    maker.campaign(maker.slot("05:30 17:00"))

    (play,) = run_through(maker, ledger, "2027-05-03 18:00")

    assert play.planned_start == at("2027-05-03 17:00")
