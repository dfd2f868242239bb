"""Files that are edited under a running desk: what is to come changes, what has begun does not."""

from __future__ import annotations

from desks import HALF_A_MINUTE, LostBeforeSound, a_desk, kinds, plays, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import in_words
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content


def test_an_edit_withdraws_what_is_to_come_and_leaves_the_past(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 17:00"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 06:00")

    maker.campaign(maker.slot("18:00"))
    desk.adopt(read_content(station, desk.content), in_words("the files were edited: schedules/thu"))

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
    desk.adopt(read_content(station, desk.content), in_words("edited"))

    assert ledger.head().seq == rows


def test_what_is_taken_out_while_it_waits_for_the_last_seconds_does_not_air(maker: Maker, ledger: Ledger) -> None:
    """Both are due in four seconds; `a` is cued, `b` waits behind it."""
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.campaign(maker.slot("05:30", "bai-1", id_="a"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
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
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [play.scripts[0].id for play in plays(ledger)] == ["bai-1", "bai-3"]


def test_what_is_cued_airs_though_it_is_taken_out_of_the_files(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 06:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.campaign(maker.slot("06:30"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
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
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_an_edit_of_something_else_leaves_what_waits_its_reason(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:40")  # the last moment of its grace

    maker.campaign("# a comment\n" + maker.slot("05:30"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:40:01")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (
        Outcome.FAILED,
        "no clip from 03/05/2027 05:29:55 to 03/05/2027 05:40:00: bai-1: the clip is not rendered yet",
    )


def test_after_an_edit_the_new_text_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []

    maker.script("bai-1", "Bài này đã được sửa.")
    desk.adopt(read_content(station, desk.content), in_words("edited"))
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
    desk.adopt(read_content(station, desk.content), in_words("edited"))

    assert desk.status().now.isoformat() == "2027-05-03T07:00:00+09:00"


def test_a_rule_is_asked_again_after_the_files_were_edited(maker: Maker, ledger: Ledger) -> None:
    """What waits was allowed; while something else plays, the day is made a quiet one."""
    maker.script("dai", HALF_A_MINUTE)
    maker.campaign(maker.slot("05:30", "dai", id_="a") + maker.slot("05:30", "bai-1", id_="b"))
    station = maker.render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")

    maker.settings('[rules]\nquiet_days = ["2027-05-03"]')
    desk.adopt(read_content(station, desk.content), in_words("edited"))
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
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:35")

    (play,) = plays(ledger)
    assert play.planned_start == at("2027-05-03 05:30")
    assert (play.outcome, play.reason) == (Outcome.BLOCKED, "2027-05-03 is a quiet day")


def test_a_mistake_in_the_lexicon_is_told_and_what_was_ready_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = a_desk(station, ledger)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []

    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    content = read_content(station, desk.content)
    desk.adopt(content, in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert [problem.path for problem in content.problems] == [maker.root / "lexicon.toml"]
    assert play.outcome is Outcome.AIRED
