"""Emergency bulletins that want the output: tried again in time, aired by others, refused by the device."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from desks import HALF_A_MINUTE, a_desk, plays, tick_until
from stations import NOTHING_IN_FORCE, Maker, at

from broadcaster.errors import PlayoutError
from broadcaster.models import Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rows import play_of, played_row
from broadcaster.playout.sound.output import Output
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import in_words
from broadcaster.records.ledger import Entry, Ledger, Row

URGENT = 'class = "emergency"'


def half_a_minute_and(maker: Maker, *emergencies: tuple[str, str]) -> None:
    """Plan `a` for 05:30, and for ten seconds later these emergency bulletins: slot, script."""
    maker.script("dai", HALF_A_MINUTE)
    urgent = (maker.slot("05:30:10", script, URGENT, id_=id_) for id_, script in emergencies)
    maker.campaign(maker.slot("05:30", "dai", id_="a") + "".join(urgent))


def test_an_emergency_without_a_clip_is_tried_again_after_a_second(maker: Maker, ledger: Ledger) -> None:
    """Its clip comes half a second after it was looked for."""
    half_a_minute_and(maker, ("khan", "bai-1"))
    station = maker.render()
    maker.lose_clip("bai-1")
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:09.5")

    maker.clock.now = at("2027-05-03 05:30:09.600")
    desk.tick()
    assert desk.next_instant() == at("2027-05-03 05:30:10.600")
    maker.render()
    desk.clips.look_again()
    maker.clock.now = at("2027-05-03 05:30:10.100")
    desk.tick()
    assert plays(ledger) == []
    maker.clock.now = at("2027-05-03 05:30:10.600")
    desk.tick()

    (stopped,) = plays(ledger)
    assert (stopped.slot, stopped.outcome, stopped.heard_s) == ("a", Outcome.PREEMPTED, 10.6)


@pytest.mark.parametrize("others", [[], [("d", "bai-2")]])
def test_an_emergency_that_another_process_aired_stops_nothing_and_the_next_one_does(
    maker: Maker, ledger: Ledger, others: list[tuple[str, str]]
) -> None:
    half_a_minute_and(maker, ("c", "bai-1"), *others)
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:09")
    emergency = next(o for o in desk.horizon.upcoming.values() if o.slot == "c")
    with closing(Ledger.open(ledger.path)) as other:
        other.append(
            [played_row(play_of(emergency, NOTHING_IN_FORCE, Outcome.SKIPPED, in_words("by hand")), maker.clock.now)]
        )

    maker.clock.now = at("2027-05-03 05:30:09.600")
    desk.tick()
    on_air = desk.status().on_air
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert on_air is not None
    assert on_air.slot == ("d" if others else "a")
    outcomes = {play.slot: play.outcome for play in plays(ledger)}
    assert outcomes["a"] is (Outcome.PREEMPTED if others else Outcome.AIRED)
    assert outcomes["c"] is Outcome.SKIPPED
    assert outcomes.get("d", Outcome.AIRED) is Outcome.AIRED


class OnlyOnce(SilentOutput):
    """A device that dies when it is to play a second time."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock)
        self.plays = 0

    def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
        self.plays += 1
        if self.plays > 1:
            raise PlayoutError("the stream died")
        super().play(segments, at)  # type: ignore[arg-type]


def test_an_emergency_that_the_device_refuses_is_tried_on_one_opened_anew_a_second_later(
    maker: Maker, ledger: Ledger
) -> None:
    half_a_minute_and(maker, ("khan", "bai-1"))
    made: list[datetime] = []

    def make(_name: str) -> Output:
        made.append(maker.clock.now)
        return OnlyOnce(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:30:09.600", step=0.1)
    tick_until(desk, maker.clock, "2027-05-03 05:31", step=0.1)

    stopped, emergency = plays(ledger)
    assert (stopped.outcome, stopped.heard_s) == (Outcome.PREEMPTED, 9.6)
    assert (emergency.outcome, emergency.lateness_s) == (Outcome.AIRED, 0.6)
    assert made == [at("2027-05-03 05:29:55"), at("2027-05-03 05:30:10.600")]


def test_what_ended_while_the_row_of_an_emergency_was_written_aired_whole(
    maker: Maker, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing may wait for another program's lock for seconds."""
    half_a_minute_and(maker, ("khan", "bai-1"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:09.5")
    append = ledger.append

    def slowly(entries: Sequence[Entry]) -> list[Row]:
        maker.clock.now += timedelta(minutes=1)
        return append(entries)

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "append", slowly)
        maker.clock.now = at("2027-05-03 05:30:10")
        desk.tick()

    (whole,) = plays(ledger)
    assert (whole.slot, whole.outcome, whole.reason) == ("a", Outcome.AIRED, "")
    assert whole.heard_s == pytest.approx(whole.scripts[0].seconds, abs=0.001)
