"""The desk airs what is due, on the one output, and shows it: in simulated time, on real files, clips and ledger."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from desks import FIVE_SECONDS, HALF_A_MINUTE, Slow, a_desk, kinds, plays, run_through, tick_until
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import ReasonKind, reason
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.verify import verify
from broadcaster.station.content import read_content

# ---- on the air ------------------------------------------------------------------------------------------------


def test_an_occurrence_airs_at_its_instant_with_intent_before_and_outcome_after(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    assert play.outcome is Outcome.AIRED
    assert play.started == at("2027-05-03 05:30")
    assert play.lateness_s == 0
    assert play.heard_s == pytest.approx(play.scripts[0].seconds, abs=0.001)
    assert (play.scripts[0].id, play.scripts[0].title, play.source) == ("bai-1", "Bài bai-1", "1192/BHXH-TT")
    assert play.scripts[0].voice == "silent"
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_the_intent_is_written_before_the_first_sample(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    cued = next(iter(ledger.rows([Kind.CUED])))
    assert play.started is not None
    assert cued.at < play.started


def test_repeats_and_gaps_are_played_and_counted(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1 bai-2", 'order = "all"\nrepeat = 2\ngap = "20s"'))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    one, two = (script.seconds for script in play.scripts)
    assert play.heard_s == pytest.approx(2 * one + 2 * two + 3 * 20, abs=0.01)


def test_two_at_once_share_the_output_by_class(maker: Maker, ledger: Ledger) -> None:
    first = maker.slot("05:30", "bai-1", id_="thuong")
    maker.campaign(first + maker.slot("05:30", "bai-2", 'class = "priority"', id_="uu-tien"))

    urgent, normal = run_through(maker, ledger, "2027-05-03 06:00")

    assert (urgent.slot, urgent.lateness_s) == ("uu-tien", 0)
    assert normal.outcome is Outcome.AIRED
    assert normal.lateness_s == pytest.approx(urgent.heard_s, abs=0.1)
    assert urgent.occurrence in normal.reason


def test_of_those_that_wait_the_higher_class_goes_first_though_it_came_later(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE)
    slots = maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:01", "bai-1", id_="b")
    maker.campaign(slots + maker.slot("05:30:10", "bai-2", 'class = "priority"', id_="c"))

    assert [play.slot for play in run_through(maker, ledger, "2027-05-03 06:00")] == ["a", "c", "b"]


def test_what_waits_longer_than_its_grace_is_preempted(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[airing]\ngrace = "10s"').script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:01", "bai-1", id_="b"))

    long, short = run_through(maker, ledger, "2027-05-03 06:00")

    assert (long.outcome, short.outcome) == (Outcome.AIRED, Outcome.PREEMPTED)
    assert long.occurrence in short.reason
    assert short.started is None


def test_an_emergency_stops_what_plays_and_begins_at_its_instant(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE)
    urgent = maker.slot("05:30:10", "bai-1", 'class = "emergency"', id_="khan")
    maker.campaign(maker.slot("05:30", "dai", id_="dai") + urgent)

    stopped, emergency = run_through(maker, ledger, "2027-05-03 06:00")

    assert stopped.outcome is Outcome.PREEMPTED
    assert 9 < stopped.heard_s <= 10
    assert emergency.occurrence in stopped.reason
    assert (emergency.outcome, emergency.lateness_s) == (Outcome.AIRED, 0)


def test_an_emergency_stops_what_plays_just_early_enough_for_the_stop(maker: Maker, ledger: Ledger) -> None:
    """Stopping takes up to 0.4 s: 0.401 s before its time nothing happens yet, 0.4 s before it the output is free."""
    maker.script("dai", HALF_A_MINUTE)
    urgent = maker.slot("05:30:10", "bai-1", 'class = "emergency"', id_="khan")
    maker.campaign(maker.slot("05:30", "dai", id_="dai") + urgent)
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:09")
    assert desk.next_instant() == at("2027-05-03 05:30:09.600")

    maker.clock.now = at("2027-05-03 05:30:09.599")
    desk.tick()
    assert plays(ledger) == []
    maker.clock.now = at("2027-05-03 05:30:09.600")
    desk.tick()

    (stopped,) = plays(ledger)
    assert (stopped.outcome, stopped.heard_s) == (Outcome.PREEMPTED, 9.6)


def test_an_emergency_does_not_stop_another(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE)
    first = maker.slot("05:30", "dai", 'class = "emergency"', id_="a")
    maker.campaign(first + maker.slot("05:30:10", "bai-1", 'class = "emergency"', id_="b"))

    long, short = run_through(maker, ledger, "2027-05-03 06:00")

    assert (long.outcome, long.heard_s) == (Outcome.AIRED, pytest.approx(long.scripts[0].seconds, abs=0.001))
    assert short.lateness_s == pytest.approx(long.heard_s - 10, abs=0.01)
    assert long.occurrence in short.reason


@pytest.mark.parametrize(
    ("late", "reason"), [(0, ""), (1, ""), (1.001, "the start took long: the computer or the output was slow")]
)
def test_more_than_a_second_late_needs_a_reason(maker: Maker, ledger: Ledger, late: float, reason: str) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Slow(maker.clock, late))

    tick_until(desk, maker.clock, "2027-05-03 05:32", step=7)

    (play,) = plays(ledger)
    assert (play.lateness_s, play.reason) == (late, reason)
    assert play.started is not None
    assert play.ended is not None
    assert (play.ended - play.started).total_seconds() == pytest.approx(play.heard_s, abs=0.002)


@pytest.mark.parametrize(("lost", "then"), [("bai-1", ["c"]), ("", ["b", "c"])])
def test_of_two_emergencies_the_first_that_can_sound_stops_what_plays_and_only_once(
    maker: Maker, ledger: Ledger, lost: str, then: list[str]
) -> None:
    """Both are due ten seconds after `a` began; once the first of them has no clip."""
    maker.script("dai", HALF_A_MINUTE)
    urgent = (
        maker.slot("05:30:10", script, 'class = "emergency"', id_=id_)
        for script, id_ in (("bai-1", "b"), ("bai-2", "c"))
    )
    station = maker.campaign(maker.slot("05:30", "dai", id_="a") + "".join(urgent)).render()
    if lost:
        maker.lose_clip(lost)

    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:31")

    stopped, first, *others = plays(ledger)
    assert (stopped.slot, stopped.outcome) == ("a", Outcome.PREEMPTED)
    assert (first.outcome, first.lateness_s) == (Outcome.AIRED, 0)
    assert [play.slot for play in (first, *others)] == then


# ---- what the desk shows ---------------------------------------------------------------------------------------


def test_what_is_cued_shows_when_it_will_end_and_has_not_started(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:40", "bai-2", id_="b"))
    desk = a_desk(maker.render(), ledger)
    length = desk.clips.verified("bai-1").length

    tick_until(desk, maker.clock, "2027-05-03 05:29:57")

    status = desk.status()
    assert status.on_air is not None
    assert (status.on_air.slot, status.started, status.ends) == ("a", None, at("2027-05-03 05:30") + length)
    assert (status.now, status.device) == (at("2027-05-03 05:29:57"), "silent")
    assert status.next is not None
    assert (status.next.slot, status.next.start) == ("b", at("2027-05-03 05:40"))
    assert desk.next_instant() == at("2027-05-03 05:30") + length


def test_what_plays_shows_when_it_began_and_who_waits(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE)
    slots = maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:10", "bai-1", id_="b")
    maker.campaign(slots + maker.slot("05:30:11", "bai-2", 'class = "priority"', id_="c"))
    desk = a_desk(maker.render(), ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:30:12")

    status = desk.status()
    assert status.started == at("2027-05-03 05:30")
    assert status.ends == at("2027-05-03 05:30") + desk.clips.verified("dai").length
    assert [occurrence.slot for occurrence in status.waiting] == ["c", "a", "b"]
    assert status.next is not None
    assert status.next.slot == "c"


def test_what_is_delayed_shows_why_and_until_when_it_is_tried(maker: Maker, ledger: Ledger) -> None:
    """`a` plays, `b` should have begun, and `c` is to begin in four seconds."""
    maker.settings('[airing]\ngrace = "60s"').script("dai", HALF_A_MINUTE)
    slots = (("05:30", "dai", "a"), ("05:30:05", "bai-1", "b"), ("05:30:14", "bai-2", "c"))
    maker.campaign("".join(maker.slot(clock, script, id_=id_) for clock, script, id_ in slots))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")

    (delayed,) = desk.status().delayed

    assert (delayed.occurrence.slot, delayed.until) == ("b", at("2027-05-03 05:31:05"))
    assert delayed.why == reason(ReasonKind.BUSY, with_="thu/a@2027-05-03T05:30+07:00")


def test_who_has_the_output_shows_in_the_very_round_that_gave_it_to_him(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    a_desk(station, ledger)
    maker.clock.now = at("2027-05-03 05:33")
    desk = a_desk(station, ledger)

    desk.tick()

    (delayed,) = desk.status().delayed
    assert delayed.occurrence.slot == "b"
    assert delayed.why == reason(ReasonKind.BUSY, with_="thu/a@2027-05-03T05:30+07:00")


def test_what_cannot_be_cued_shows_before_its_time(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:57")

    (delayed,) = desk.status().delayed

    assert (delayed.why.kind, delayed.until) == (ReasonKind.NO_CLIP, at("2027-05-03 05:40"))
    assert delayed.why.facts["text"] == "bai-1: the clip is not rendered yet"


def test_next_is_what_comes_first_also_where_an_emergency_is_planned_for_later(maker: Maker, ledger: Ledger) -> None:
    slots = maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:40", "bai-2", id_="b")
    maker.campaign(slots + maker.slot("17:00", "bai-1", 'class = "emergency"', id_="c"))
    desk = a_desk(maker.render(), ledger)

    before = desk.status().next
    tick_until(desk, maker.clock, "2027-05-03 05:30:01")
    meanwhile = desk.status().next

    assert before is not None
    assert meanwhile is not None
    assert (before.slot, meanwhile.slot) == ("a", "b")


def test_the_end_is_counted_from_the_first_sample_that_was_heard(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Slow(maker.clock, 2))

    tick_until(desk, maker.clock, "2027-05-03 05:30:03")

    status = desk.status()
    assert status.started == at("2027-05-03 05:30:02")
    assert status.ends == at("2027-05-03 05:30:02") + desk.clips.verified("bai-1").length


def test_an_amplifier_that_warms_up_is_given_its_time(maker: Maker, ledger: Ledger) -> None:
    text = (maker.root / "station.toml").read_text("utf-8")
    (maker.root / "station.toml").write_text(text.replace("[output]", '[output]\nwarm_up = "3s"'), "utf-8")
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)
    assert desk.next_instant() == at("2027-05-03 05:29:52")  # 5 s of lead, and 3 s before that


def test_what_has_no_clip_is_tried_again_after_a_second(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    maker.clock.now = at("2027-05-03 05:29:55")
    desk.tick()
    assert desk.next_instant() == at("2027-05-03 05:29:56")


def test_an_idle_desk_shows_what_is_next_and_nothing_else(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("17:00", "bai-2", id_="b"))
    desk = a_desk(maker.render(), ledger)
    status = desk.status()
    assert status.next is not None
    assert (status.on_air, status.next.slot, status.waiting) == (None, "a", ())
    assert desk.next_instant() == at("2027-05-03 05:29:55")  # 5 s before, as station.toml has it by default


# ---- whatever happens ------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 59), min_size=1, max_size=6, unique=True),
    kills=st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 1500)), max_size=4),
)
def test_every_planned_occurrence_gets_one_outcome_and_none_airs_twice(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], kills: list[tuple[int, int]]
) -> None:
    """Kill the desk after some seconds and start it again after some more, as often as it pleases."""
    maker = Maker(tmp_path_factory.mktemp("station"), SimulatedClock(at("2027-05-03 05:00"))).settings()
    maker.script("bai-1", FIVE_SECONDS)
    maker.campaign(maker.slot(" ".join(f"05:{minute:02}" for minute in minutes)))
    station = maker.render()
    begun: list[Sequence[object]] = []

    class Counted(SilentOutput):
        def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
            begun.append((at,))
            super().play(segments, at)  # type: ignore[arg-type]

    with closing(Ledger.open(maker.root / "broadcaster.db")) as ledger:
        end = at("2027-05-03 06:30")
        for alive, dead in [*kills, (7200, 0)]:
            desk = Desk(station, ledger, read_content(station), lambda _name: Counted(maker.clock), lambda _ids: None)
            desk.begin()
            stop = min(maker.clock.now + timedelta(seconds=alive), end)
            while maker.clock.now < stop:
                desk.tick()
                upcoming = desk.next_instant() or stop
                maker.clock.now = min(stop, max(upcoming, maker.clock.now + timedelta(milliseconds=1)))
            maker.clock.now += timedelta(seconds=dead)

        desk.tick()
        planned = [row.occurrence for row in ledger.planned(at("2027-05-03 05:00"), at("2027-05-03 06:00"))]
        assert sorted(planned) == sorted(play.occurrence for play in plays(ledger) if play.planned_start < end)
        assert len(begun) == len(set(begun))
    assert verify(maker.root / "broadcaster.db").ok
