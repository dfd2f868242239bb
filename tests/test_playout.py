"""The desk, in simulated time, on real files, real clips and a real ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stations import Maker, at

from broadcaster.errors import PlayoutError
from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock, play_through
from broadcaster.playout.sound.output import Output, Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.records.approvals import Approval, Decision
from broadcaster.records.ledger import Kind, Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.records.verify import verify
from broadcaster.station.content import read_content
from broadcaster.station.folder import Station

FIVE_SECONDS = "[nghỉ 5s]\n\nTham gia bảo hiểm xã hội."
HALF_A_MINUTE = "\n\n".join(["Tham gia bảo hiểm xã hội là đầu tư cho tương lai.", *["[nghỉ 10s]"] * 3, "Xin hết."])


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00"))).settings().script("bai-1").script("bai-2")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "broadcaster.db")) as ledger:
        yield ledger


def run_through(maker: Maker, ledger: Ledger, until: str) -> list[Play]:
    play_through(maker.render(), ledger, maker.clock, at(until), "silent", maker.root / "aired")
    return plays(ledger)


def plays(ledger: Ledger) -> list[Play]:
    return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]


def kinds(ledger: Ledger, occurrence: str) -> list[str]:
    return [row.kind for row in ledger.rows(occurrence=occurrence)]


def a_desk(
    station: Station, ledger: Ledger, make: Callable[[str], Output] | None = None, asked: list[str] | None = None
) -> Desk:
    """Return a desk that has its plan; `asked` collects the scripts whose clips it asks for."""
    wanted: list[str] = [] if asked is None else asked
    make = make or (lambda _name: SilentOutput(station.clock))
    desk = Desk(station, ledger, read_content(station), make, wanted.extend)
    desk.horizon.resume(None, ledger.last_at())
    desk.sync()
    return desk


def tick_until(desk: Desk, clock: SimulatedClock, until: str, step: float = 0.5) -> None:
    while clock.now < at(until):
        clock.now += timedelta(seconds=step)
        desk.tick()


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


class Slow(SilentOutput):
    """A device that begins some seconds late."""

    def __init__(self, clock: SimulatedClock, late: float) -> None:
        super().__init__(clock)
        self.late = timedelta(seconds=late)

    def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
        super().play(segments, at + self.late)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("late", "reason"), [(0, ""), (0.999, ""), (1, "nothing could be aired within the grace period")]
)
def test_a_second_late_needs_a_reason(maker: Maker, ledger: Ledger, late: float, reason: str) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Slow(maker.clock, late))

    tick_until(desk, maker.clock, "2027-05-03 05:32", step=7)

    (play,) = plays(ledger)
    assert (play.lateness_s, play.reason) == (late, reason)
    assert play.started is not None
    assert play.ended is not None
    assert (play.ended - play.started).total_seconds() == pytest.approx(play.heard_s, abs=0.002)


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


# ---- what does not air -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings_text", "matter", "word"),
    [
        ('[rules]\nhours = ["06:00-21:00"]', "", "06:00"),
        ('[rules]\nquiet_days = ["2027-05-03"]', "", "quiet"),
        ("", "valid_until = 2027-05-02", "2027"),
    ],
)
def test_a_rule_blocks_and_is_named(maker: Maker, ledger: Ledger, settings_text: str, matter: str, word: str) -> None:
    maker.settings(settings_text).script("bai-1", matter=matter).campaign(maker.slot("05:30"))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    assert play.outcome is Outcome.BLOCKED
    assert word in play.reason
    assert kinds(ledger, play.occurrence) == ["planned", "played"]


def test_an_emergency_is_above_the_hours(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["06:00-21:00"]')
    maker.campaign(maker.slot("05:30", more='class = "emergency"'))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    assert play.outcome is Outcome.AIRED


def test_a_script_without_a_clip_fails_and_others_go_on(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:31", "bai-2", id_="b"))
    station = maker.render()
    for path in (maker.root / "audio").glob("bai-1-*"):
        path.unlink()
    asked: list[str] = []
    desk = a_desk(station, ledger, asked=asked)

    tick_until(desk, maker.clock, "2027-05-03 05:45")

    outcomes = {play.slot: play for play in plays(ledger)}
    assert outcomes["b"].outcome is Outcome.AIRED
    assert outcomes["b"].lateness_s == 0
    assert outcomes["a"].outcome is Outcome.FAILED
    assert "bai-1" in outcomes["a"].reason
    assert set(asked) == {"bai-1"}


def test_a_clip_that_comes_within_the_grace_airs_late(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:32")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:34")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(120, abs=2)


def test_the_planned_end_is_counted_from_the_planned_start_however_late_it_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:32")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:32:01")
    (occurrence,) = desk.status().waiting
    began = desk.status().started
    assert began is not None
    assert desk.next_instant() == began + desk.clips.verified("bai-1").length
    tick_until(desk, maker.clock, "2027-05-03 05:34")

    (play,) = plays(ledger)
    assert play.occurrence == occurrence.id
    length = timedelta(milliseconds=round(1000 * play.scripts[0].seconds))
    assert play.planned_end == at("2027-05-03 05:30") + length


def test_an_item_whose_grace_ends_exactly_now_still_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 06:30"))
    station = maker.render()
    a_desk(station, ledger)

    maker.clock.now = at("2027-05-03 05:40")  # ten minutes: the default grace
    desk = a_desk(station, ledger)
    desk.tick()
    tick_until(desk, maker.clock, "2027-05-03 05:41")
    maker.clock.now = at("2027-05-03 06:40:00.001")
    a_desk(station, ledger).tick()

    assert [(play.outcome, play.lateness_s) for play in plays(ledger)] == [
        (Outcome.AIRED, 600),
        (Outcome.MISSED, None),
    ]


def test_what_failed_by_itself_is_not_put_down_to_what_played_meanwhile(maker: Maker, ledger: Ledger) -> None:
    """It has no clip; then something else has the output, over the end of its grace."""
    maker.settings('[airing]\ngrace = "10s"').script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30:05", "dai", id_="b"))
    station = maker.render()
    for path in (maker.root / "audio").glob("bai-1-*"):
        path.unlink()

    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:31")

    outcomes = {play.slot: play for play in plays(ledger)}
    assert outcomes["b"].outcome is Outcome.AIRED
    assert (outcomes["a"].outcome, outcomes["a"].reason) == (Outcome.FAILED, "bai-1: the clip is not rendered yet")


def test_a_clip_that_comes_late_takes_no_minutes_from_what_waits_already(maker: Maker, ledger: Ledger) -> None:
    """30 s, 20 s and 15 s are more than a minute; but the first had no clip and had failed before the others' turn."""
    maker.settings('[rules]\nminutes_per_day = 1\n[airing]\ngrace = "30s"')
    for name, seconds in (("bai-1", 30), ("bai-2", 20), ("bai-3", 15)):
        maker.script(name, f"Mở đầu.\n\n[nghỉ {seconds // 2}s]\n\n[nghỉ {seconds - seconds // 2}s]\n\nXin hết.")
    slots = (("05:29", "bai-1", "a"), ("05:30", "bai-2", "b"), ("05:30", "bai-3", "c"))
    maker.campaign("".join(maker.slot(clock, script, id_=id_) for clock, script, id_ in slots))
    station = maker.render()
    for path in (maker.root / "audio").glob("bai-1-*"):
        path.unlink()
    desk = a_desk(station, ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:30:05")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [
        ("a", Outcome.FAILED),
        ("b", Outcome.AIRED),
        ("c", Outcome.AIRED),
    ]


def test_a_damaged_clip_never_airs_and_is_thrown_away(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    (clip,) = (maker.root / "audio").glob("bai-1-*.wav")
    sound = bytearray(clip.read_bytes())
    sound[-100] ^= 1
    clip.write_bytes(sound)
    asked: list[str] = []
    desk = a_desk(station, ledger, asked=asked)

    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    assert not clip.exists()
    assert asked[0] == "bai-1"
    assert plays(ledger) == []


def test_a_day_of_too_many_minutes_loses_its_later_items(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30 06:30 07:30", "dai"))

    outcomes = [play.outcome for play in run_through(maker, ledger, "2027-05-03 08:00")]

    assert outcomes == [Outcome.AIRED, Outcome.BLOCKED, Outcome.BLOCKED]


def test_a_clip_that_is_made_after_the_plan_was_judged_counts_by_its_real_length(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30 06:30", "dai"))
    desk = a_desk(maker.open(), ledger)  # nothing is rendered, so the day has no minutes yet

    tick_until(desk, maker.clock, "2027-05-03 05:20", step=60)
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:32")
    tick_until(desk, maker.clock, "2027-05-03 06:32")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.BLOCKED]


def test_an_edited_rule_is_in_force_for_the_days_that_were_judged_before(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 06:30"))
    desk = a_desk(maker.render(), ledger)
    desk.sync()

    tick_until(desk, maker.clock, "2027-05-03 05:35")
    maker.settings('[rules]\nhours = ["05:00-06:00"]')
    desk.adopt(read_content(desk.station), "edited")
    tick_until(desk, maker.clock, "2027-05-03 06:32")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.BLOCKED]


def test_at_midnight_the_minutes_of_the_new_day_are_counted(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["00:00-24:00"]\nminutes_per_day = 1').script("dai", HALF_A_MINUTE)
    maker.clock.now = at("2027-05-03 23:00")
    maker.campaign(maker.slot("00:00", "dai", id_="a") + maker.slot("00:00", "dai", id_="b"))

    first, second = run_through(maker, ledger, "2027-05-04 00:30")

    assert first.planned_start == second.planned_start == at("2027-05-04 00:00")
    assert {(play.slot, play.outcome) for play in (first, second)} == {("a", Outcome.AIRED), ("b", Outcome.BLOCKED)}


# ---- the device ------------------------------------------------------------------------------------------------


class Flaky(SilentOutput):
    """A silent output that is not there until `back`, and is lost after `lasts` seconds of a play."""

    def __init__(self, clock: SimulatedClock, back: datetime, lasts: float = 1e9) -> None:
        super().__init__(clock)
        self.time = clock
        self.back = back
        self.lasts = lasts

    def open(self) -> None:
        if self.time.now < self.back:
            raise PlayoutError("the cable is out")

    def progress(self) -> Progress:
        progress = super().progress()
        if progress.state is State.PLAYING and progress.played_frames > self.lasts * 48_000:
            return Progress(State.LOST, progress.played_frames, progress.total_frames, progress.started, None, "cable")
        return progress


def test_a_device_that_comes_back_within_the_grace_airs_late_and_whole(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-03 05:33")))

    tick_until(desk, maker.clock, "2027-05-03 05:35")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(180, abs=2)
    assert play.heard_s == pytest.approx(play.scripts[0].seconds, abs=0.001)
    assert "the cable is out" in play.reason


def test_a_device_that_stays_away_fails_the_occurrence(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-04 00:00")))

    tick_until(desk, maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.FAILED, "the cable is out")
    assert play.started is None


def test_the_next_device_is_taken_when_the_first_is_gone(maker: Maker, ledger: Ledger) -> None:
    text = (
        (maker.root / "station.toml").read_text("utf-8").replace('["silent"]\n[speech]', '["usb", "silent"]\n[speech]')
    )
    (maker.root / "station.toml").write_text(text, "utf-8")
    maker.campaign(maker.slot("05:30"))

    def make(name: str) -> Output:
        return Flaky(maker.clock, at("2028-01-01 00:00")) if name == "usb" else SilentOutput(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    (play,) = plays(ledger)
    assert (play.outcome, play.device, play.lateness_s) == (Outcome.AIRED, "silent", 0)


def test_a_device_lost_in_mid_speech_is_a_cut_and_never_said_again(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-01 00:00"), lasts=10))

    tick_until(desk, maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.CUT, "cable")
    assert play.heard_s == pytest.approx(10, abs=1)
    assert play.ended == at("2027-05-03 05:30:10.500")  # the first look after ten seconds


class Counted(SilentOutput):
    """Counts how often it was opened and closed."""

    def __init__(self, clock: SimulatedClock, log: list[str]) -> None:
        super().__init__(clock)
        self.log = log

    def open(self) -> None:
        self.log.append("open")

    def close(self) -> None:
        self.log.append("close")


def test_the_device_is_held_while_anything_waits_and_let_go_of_then(maker: Maker, ledger: Ledger) -> None:
    """`b` waits for its clip after `a` has ended, and airs a minute late on the same open device."""
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    for path in (maker.root / "audio").glob("bai-2-*"):
        path.unlink()
    log: list[str] = []
    desk = a_desk(station, ledger, lambda _name: Counted(maker.clock, log))

    tick_until(desk, maker.clock, "2027-05-03 05:31")
    desk.clock_moved()  # nothing that is cued and silent: nothing to judge anew
    assert log == ["open"]
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.AIRED]
    assert log == ["open", "close"]


def test_a_stop_lets_go_of_the_device_also_while_nothing_plays(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    for path in (maker.root / "audio").glob("bai-2-*"):
        path.unlink()
    log: list[str] = []
    desk = a_desk(station, ledger, lambda _name: Counted(maker.clock, log))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    desk.stop("stopped by SIGTERM")

    assert log == ["open", "close"]
    assert [play.slot for play in plays(ledger)] == ["a"]  # `b` is still to come, when the desk is back


class LostBeforeSound(SilentOutput):
    """A device that is lost while what is cued is still silent."""

    def progress(self) -> Progress:
        return Progress(State.LOST, reason="cable")


def test_a_device_that_is_always_lost_before_the_first_sample_fails_the_occurrence(
    maker: Maker, ledger: Ledger
) -> None:
    maker.settings('[airing]\ngrace = "10s"').campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: LostBeforeSound(maker.clock))

    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason, play.started) == (Outcome.FAILED, "cable", None)


def test_once_cued_an_approval_is_not_asked_again(maker: Maker, ledger: Ledger) -> None:
    """The device is lost before the first sample, and somebody takes the approval back before the next try."""
    maker.settings("[approval]\nrequired = true").campaign(maker.slot("05:30"))
    station = maker.render()
    script = station.scripts()[0]["bai-1"]
    yes = Approval("bai-1", script.digest, script.title, Decision.APPROVED)
    ledger.append([yes.entry("Lan", maker.clock.now)])
    outputs = iter([LostBeforeSound(maker.clock), SilentOutput(maker.clock)])
    desk = a_desk(station, ledger, lambda _name: next(outputs))

    tick_until(desk, maker.clock, "2027-05-03 05:29:56")
    ledger.append([replace(yes, decision=Decision.REVOKED, reason="sai").entry("Minh", maker.clock.now)])
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_a_device_lost_before_the_first_sample_is_asked_again_after_a_second(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    made: list[datetime] = []

    def make(_name: str) -> Output:
        made.append(maker.clock.now)
        return LostBeforeSound(maker.clock) if len(made) == 1 else SilentOutput(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:30:30", step=0.25)

    # cued 5 s ahead, lost at the next tick, and opened anew one second after that
    assert made == [at("2027-05-03 05:29:55"), at("2027-05-03 05:29:56.250")]
    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


# ---- stops, kills and absences ---------------------------------------------------------------------------------


def test_a_stop_cuts_what_plays_and_says_why(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    desk = a_desk(maker.render(), ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:30:12")
    desk.stop("stopped by SIGTERM")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.CUT, "stopped by SIGTERM")
    assert play.heard_s == pytest.approx(12, abs=0.6)


def test_a_stop_while_it_is_cued_and_silent_is_missed_and_not_cut(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:29:57")
    desk.stop("stopped by SIGTERM")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.MISSED, "stopped by SIGTERM")
    assert (play.started, play.heard_s) == (None, 0)


def test_killed_while_playing_is_a_cut_at_the_next_start_and_is_not_aired_again(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    station = maker.render()
    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:30:12")  # and never heard of again

    maker.clock.now = at("2027-05-03 05:31")
    desk = a_desk(station, ledger)
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
    before = a_desk(station, ledger)

    maker.clock.now = at("2027-05-10 12:00")
    desk = Desk(station, ledger, read_content(station), lambda _name: SilentOutput(maker.clock), lambda _ids: None)
    desk.horizon.resume(before.horizon.end, ledger.last_at())
    desk.horizon.sync(desk.content)
    desk.tick()

    assert len(plays(ledger)) == 15  # two a day from the 3rd to the 9th, one on the morning of the 10th
    assert {play.outcome for play in plays(ledger)} == {Outcome.MISSED}
    assert all("off from" in play.reason for play in plays(ledger))


def test_nothing_of_the_time_before_the_first_start_is_planned(maker: Maker, ledger: Ledger) -> None:
    maker.clock.now = at("2027-05-03 12:00")
    maker.campaign(maker.slot("05:30 17:00"))

    (play,) = run_through(maker, ledger, "2027-05-03 18:00")

    assert play.planned_start == at("2027-05-03 17:00")


# ---- edits -----------------------------------------------------------------------------------------------------


def test_an_edit_withdraws_what_is_to_come_and_leaves_the_past(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 17:00"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 06:00")

    maker.campaign(maker.slot("18:00"))
    desk.adopt(read_content(station, desk.content), "the files were edited: schedules/thu")

    withdrawn = [row.occurrence for row in ledger.rows([Kind.WITHDRAWN])]
    # what the horizon held: two days from 05:00
    assert withdrawn == [f"thu/sang@2027-05-{hour}+07:00" for hour in ("03T17:00", "04T05:30", "04T17:00")]
    assert [play.planned_start for play in plays(ledger)] == [at("2027-05-03 05:30")]
    assert {o.start.hour for o in desk.horizon.upcoming.values()} == {18}


def test_a_mistake_in_a_file_leaves_the_last_good_version_in_force_also_over_a_restart(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    good = read_content(station)
    (maker.root / "schedules" / "thu.toml").write_text("title = ", "utf-8")

    edited, restarted = read_content(station, good), read_content(station)

    assert edited.campaigns == good.campaigns == restarted.campaigns
    assert [(problem.path, problem.line) for problem in edited.problems] == [(maker.root / "schedules/thu.toml", 1)]


def test_an_edit_that_only_adds_a_comment_changes_no_plan(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    rows = ledger.head().seq

    maker.campaign("# a comment\n" + maker.slot("05:30"))
    desk.adopt(read_content(station, desk.content), "edited")

    assert ledger.head().seq == rows


def test_what_is_taken_out_while_it_waits_for_the_last_seconds_does_not_air(maker: Maker, ledger: Ledger) -> None:
    """Both are due in four seconds; `a` is cued, `b` waits behind it."""
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.campaign(maker.slot("05:30", "bai-1", id_="a"))
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [("a", Outcome.AIRED)]
    assert kinds(ledger, "thu/b@2027-05-03T05:30+07:00") == ["planned", "withdrawn"]


def test_what_is_changed_while_it_waits_for_the_last_seconds_airs_as_changed(maker: Maker, ledger: Ledger) -> None:
    maker.script("bai-3")
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-3", id_="b"))
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [play.scripts[0].id for play in plays(ledger)] == ["bai-1", "bai-3"]


def test_what_is_cued_airs_though_it_is_taken_out_of_the_files(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 06:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.campaign(maker.slot("06:30"))
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_what_is_cued_gets_its_outcome_though_it_is_taken_out_and_its_device_lost(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 06:30"))
    station = maker.render()
    outputs = iter([LostBeforeSound(maker.clock), SilentOutput(maker.clock)])
    desk = a_desk(station, ledger, lambda _name: next(outputs))
    tick_until(desk, maker.clock, "2027-05-03 05:29:55")

    maker.campaign(maker.slot("06:30"))
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_an_edit_of_something_else_leaves_what_waits_its_reason(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:40")  # the last moment of its grace

    maker.campaign("# a comment\n" + maker.slot("05:30"))
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:40:01")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (Outcome.FAILED, "bai-1: the clip is not rendered yet")


def test_after_an_edit_the_new_text_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []

    maker.script("bai-1", "Bài này đã được sửa.")
    desk.adopt(read_content(station, desk.content), "edited")
    assert desk.clips.missing(desk.horizon.upcoming.values()) == ["bai-1"]
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert play.scripts[0].text_digest == station.scripts()[0]["bai-1"].digest


def test_after_an_edit_of_the_time_zone_the_desk_speaks_of_times_there(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    desk = a_desk(station, ledger)

    text = (maker.root / "station.toml").read_text("utf-8")
    (maker.root / "station.toml").write_text(text.replace("[station]", '[station]\ntimezone = "Asia/Tokyo"'), "utf-8")
    desk.adopt(read_content(station, desk.content), "edited")

    assert desk.status().now.isoformat() == "2027-05-03T07:00:00+09:00"


def test_a_rule_is_asked_again_after_the_files_were_edited(maker: Maker, ledger: Ledger) -> None:
    """What waits was allowed; while something else plays, the day is made a quiet one."""
    maker.script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30", "bai-1", id_="b"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")

    maker.settings('[rules]\nquiet_days = ["2027-05-03"]')
    desk.adopt(read_content(station, desk.content), "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    first, second = plays(ledger)
    assert first.outcome is Outcome.AIRED
    assert (second.outcome, second.reason) == (Outcome.BLOCKED, "2027-05-03 is a quiet day")


def test_what_is_taken_out_of_the_files_after_its_time_is_still_under_the_rules(maker: Maker, ledger: Ledger) -> None:
    """It waits for its clip, and can no longer be withdrawn: its hour has come."""
    maker.campaign(maker.slot("05:30 06:30"))
    station = maker.open()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    maker.settings('[rules]\nquiet_days = ["2027-05-03"]').campaign(maker.slot("06:30"))
    desk.adopt(read_content(station, desk.content), "edited")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:35")

    (play,) = plays(ledger)
    assert play.planned_start == at("2027-05-03 05:30")
    assert (play.outcome, play.reason) == (Outcome.BLOCKED, "2027-05-03 is a quiet day")


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
        end, planned_until = at("2027-05-03 06:30"), None
        for alive, dead in [*kills, (7200, 0)]:
            desk = Desk(station, ledger, read_content(station), lambda _name: Counted(maker.clock), lambda _ids: None)
            desk.horizon.resume(planned_until, ledger.last_at())
            desk.horizon.sync(desk.content)
            planned_until = desk.horizon.end
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


# ---- clocks ----------------------------------------------------------------------------------------------------


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
    desk.horizon.sync(desk.content)
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


def test_a_lesser_voice_is_bettered_but_not_within_the_hour_before_it_airs(maker: Maker, ledger: Ledger) -> None:
    text = (maker.root / "station.toml").read_text("utf-8")
    worse = text.replace('voices = ["silent"]', 'voices = ["piper:not-installed", "silent"]')
    (maker.root / "station.toml").write_text(worse, "utf-8")
    maker.script("bai-3").campaign(
        maker.slot("05:30", "bai-1", id_="a")
        + maker.slot("05:59:59", "bai-2", id_="b")
        + maker.slot("06:00", "bai-3", id_="c")
    )
    desk = a_desk(maker.render(), ledger)

    plan = list(desk.horizon.upcoming.values())
    assert desk.clips.missing(plan) == []
    assert desk.clips.in_lesser_voices(plan, maker.clock.now) == ["bai-3"]  # it is 05:00


def test_a_mistake_in_the_lexicon_is_told_and_what_was_ready_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []

    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    content = read_content(station, desk.content)
    desk.adopt(content, "edited")
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert [problem.path for problem in content.problems] == [maker.root / "lexicon.toml"]
    assert play.outcome is Outcome.AIRED


def test_a_device_that_refuses_a_play_is_opened_anew(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    opened: list[Output] = []

    class Broken(SilentOutput):
        def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
            raise PlayoutError("the stream died")

    def make(_name: str) -> Output:
        opened.append(Broken(maker.clock) if not opened else SilentOutput(maker.clock))
        return opened[-1]

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s, len(opened)) == (Outcome.AIRED, 0, 2)
