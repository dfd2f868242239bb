"""What the desk does not air, and the reason that it writes."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from desks import HALF_A_MINUTE, a_desk, kinds, plays, run_through, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.reasons import in_words
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content


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


@pytest.mark.parametrize("since", ["2027-05-03 05:59", "2027-05-03 05:59:59.500"])
def test_what_is_planned_for_the_first_minute_of_the_allowed_hours_airs(
    maker: Maker, ledger: Ledger, since: str
) -> None:
    """It is cued before that minute, by a desk that was there, and by one that was started just then."""
    maker.settings('[rules]\nhours = ["06:00-21:00"]').campaign(maker.slot("06:00"))
    station = maker.render()
    maker.clock.now = at(since)

    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 06:01")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


@pytest.mark.parametrize(("late", "outcome"), [(1, Outcome.AIRED), (1.001, Outcome.BLOCKED)])
def test_what_begins_up_to_a_second_late_is_on_time_for_the_allowed_hours(
    maker: Maker, ledger: Ledger, late: float, outcome: Outcome
) -> None:
    """By the plan it ends in the last second that is allowed."""
    maker.settings('[rules]\nhours = ["05:00-12:46"]').campaign("")
    station = maker.render()
    clip = station.renderer().find(station.scripts()[0]["bai-1"])
    assert clip is not None
    start = at("2027-05-03 12:46") - timedelta(seconds=math.ceil(clip.length.total_seconds()))
    maker.campaign(maker.slot(f"{start:%H:%M:%S}"))

    maker.clock.now = start + timedelta(seconds=late)
    desk = a_desk(station, ledger)
    desk.tick()
    tick_until(desk, maker.clock, "2027-05-03 12:47")

    assert [play.outcome for play in plays(ledger)] == [outcome]


def test_an_emergency_is_above_the_hours(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["06:00-21:00"]')
    maker.campaign(maker.slot("05:30", more='class = "emergency"'))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    assert play.outcome is Outcome.AIRED


def test_a_script_without_a_clip_fails_and_others_go_on(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:31", "bai-2", id_="b"))
    station = maker.render()
    maker.lose_clip("bai-1")
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
    maker.lose_clip("bai-1")

    tick_until(a_desk(station, ledger), maker.clock, "2027-05-03 05:31")

    outcomes = {play.slot: play for play in plays(ledger)}
    assert outcomes["b"].outcome is Outcome.AIRED
    assert outcomes["a"].outcome is Outcome.FAILED
    assert outcomes["a"].reason.endswith("05:30:10: bai-1: the clip is not rendered yet")


def test_a_clip_that_comes_late_takes_no_minutes_from_what_waits_already(maker: Maker, ledger: Ledger) -> None:
    """30 s, 20 s and 15 s are more than a minute; but the first had no clip and had failed before the others' turn."""
    maker.settings('[rules]\nminutes_per_day = 1\n[airing]\ngrace = "30s"')
    for name, seconds in (("bai-1", 30), ("bai-2", 20), ("bai-3", 15)):
        maker.script(name, f"Mở đầu.\n\n[nghỉ {seconds // 2}s]\n\n[nghỉ {seconds - seconds // 2}s]\n\nXin hết.")
    slots = (("05:29", "bai-1", "a"), ("05:30", "bai-2", "b"), ("05:30", "bai-3", "c"))
    maker.campaign("".join(maker.slot(clock, script, id_=id_) for clock, script, id_ in slots))
    station = maker.render()
    maker.lose_clip("bai-1")
    desk = a_desk(station, ledger)

    tick_until(desk, maker.clock, "2027-05-03 05:30:05")
    maker.render()
    desk.clips.look_again()
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


def test_a_clip_that_can_neither_be_read_nor_deleted_is_the_trouble_of_its_own_item(
    maker: Maker, ledger: Ledger
) -> None:
    maker.settings('[airing]\ngrace = "30s"')
    maker.campaign(maker.slot("05:30", id_="a") + maker.slot("05:31", "bai-2", id_="b"))
    station = maker.render()
    (clip,) = (maker.root / "audio").glob("bai-1-*.wav")
    desk = a_desk(station, ledger)
    clip.unlink()
    clip.mkdir()

    tick_until(desk, maker.clock, "2027-05-03 05:32")

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [("a", Outcome.FAILED), ("b", Outcome.AIRED)]


def test_a_day_of_too_many_minutes_loses_its_later_items(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30 06:30 07:30", "dai"))

    outcomes = [play.outcome for play in run_through(maker, ledger, "2027-05-03 08:00")]

    assert outcomes == [Outcome.AIRED, Outcome.BLOCKED, Outcome.BLOCKED]


def test_what_is_taken_out_after_its_time_still_counts_against_the_minutes_of_its_day(
    maker: Maker, ledger: Ledger
) -> None:
    """It waits for its clip, and is too much beside what aired before it."""
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", HALF_A_MINUTE).script("muon", HALF_A_MINUTE)
    first = maker.slot("05:20", "dai", id_="a")
    station = maker.campaign(first + maker.slot("05:30", "muon", id_="b")).render()
    maker.lose_clip("muon")
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    maker.campaign(first)
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:35")

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [("a", Outcome.AIRED), ("b", Outcome.BLOCKED)]


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
    desk.adopt(read_content(desk.station), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 06:32")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.BLOCKED]


def test_an_edited_limit_is_in_force_for_what_was_allowed_and_waits(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30", "dai", id_="b"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")

    maker.settings("[rules]\nminutes_per_day = 1")
    desk.adopt(read_content(desk.station), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:31:30")

    assert [(play.slot, play.outcome) for play in plays(ledger)] == [("a", Outcome.AIRED), ("b", Outcome.BLOCKED)]


def test_an_edited_grace_is_in_force_for_what_waits_already(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert plays(ledger) == []  # it has no clip, and ten minutes to get one

    maker.settings('[airing]\ngrace = "10s"')
    desk.adopt(read_content(desk.station), in_words("edited"))
    desk.tick()

    (play,) = plays(ledger)
    assert (play.outcome, play.why.facts["text"]) == (Outcome.FAILED, "bai-1: the clip is not rendered yet")


def test_every_day_has_its_own_minutes(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nminutes_per_day = 1").script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30 06:30", "dai"))

    outcomes = [(play.planned_start.day, play.outcome) for play in run_through(maker, ledger, "2027-05-07 08:00")]

    assert outcomes == [(day, outcome) for day in range(3, 8) for outcome in (Outcome.AIRED, Outcome.BLOCKED)]


def test_at_midnight_the_minutes_of_the_new_day_are_counted(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nhours = ["00:00-24:00"]\nminutes_per_day = 1').script("dai", HALF_A_MINUTE)
    maker.clock.now = at("2027-05-03 23:00")
    maker.campaign(maker.slot("00:00", "dai", id_="a") + maker.slot("00:00", "dai", id_="b"))

    first, second = run_through(maker, ledger, "2027-05-04 00:30")

    assert first.planned_start == second.planned_start == at("2027-05-04 00:00")
    assert {(play.slot, play.outcome) for play in (first, second)} == {("a", Outcome.AIRED), ("b", Outcome.BLOCKED)}


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
