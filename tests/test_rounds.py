"""The daemon's rounds in fake time: a morning with real files and a real ledger, in which one thing fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta

import pytest
from mornings import Morning, locked
from stations import at

from broadcaster.errors import PlayoutError
from broadcaster.models import Outcome
from broadcaster.playout.ballast import SIZE
from broadcaster.playout.heartbeat import heartbeat_path, planned_until, read_heartbeat, seen_alive
from broadcaster.playout.rounds import Rounds
from broadcaster.reasons import ReasonKind
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import ClockState
from broadcaster.records.schema import DiskFullError
from broadcaster.records.verify import verify

# ---- an ordinary morning ---------------------------------------------------------------------------------------


def test_an_ordinary_morning_from_start_to_stop(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")

    kinds = [kind for kind, _body in morning.rows()]
    assert kinds == [
        "history_begun",
        "clip_made",
        "clip_made",
        "daemon_started",
        "planned",
        "planned",
        "plan_frozen",
        "cued",
        "played",
        "daemon_stopped",
    ]
    (play,) = morning.plays()
    assert (play.outcome, play.started, play.clock) == (Outcome.AIRED, at("2027-05-03 05:30"), ClockState.TRUSTED)
    assert verify(morning.path).ok


def test_what_a_rule_forbids_is_entered_when_it_is_due_and_not_when_its_grace_is_over(morning: Morning) -> None:
    morning.maker.settings('[rules]\nquiet_days = ["2027-05-03"]')
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30")

        assert morning.outcomes() == [Outcome.BLOCKED]


def test_the_timer_is_set_to_the_cues_of_the_next_two_days(morning: Morning) -> None:
    with morning.on_duty():
        assert morning.timer.instants == [at("2027-05-03 05:29:55"), at("2027-05-04 05:29:55")]


def test_the_sign_of_life_says_what_is_on_and_how_far_the_plan_is_entered(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:01")
        beat = read_heartbeat(morning.maker.open())

    assert beat["on_air"] == "thu/sang@2027-05-03T05:30+07:00"
    assert seen_alive(beat) is not None
    assert planned_until(beat) == at("2027-05-05 05:25")


def test_the_first_checkpoint_of_a_month_is_taken_once(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        first = (morning.maker.root / "checkpoints" / "2027-05.txt").read_text("utf-8")
        morning.live(rounds, "2027-05-03 06:26:30")

    assert [path.name for path in (morning.maker.root / "checkpoints").glob("*.txt")] == ["2027-05.txt"]
    assert (morning.maker.root / "checkpoints" / "2027-05.txt").read_text("utf-8") == first


# ---- files ------------------------------------------------------------------------------------------------------


def test_an_edit_is_taken_up_when_the_file_has_been_quiet_for_a_look(morning: Morning) -> None:
    maker = morning.maker
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        maker.campaign(maker.slot("05:30") + maker.slot("05:32", id_="them"))
        morning.live(rounds, "2027-05-03 05:26:00.5")
        assert len(morning.rows(Kind.PLANNED)) == 2  # it may still be being saved
        morning.live(rounds, "2027-05-03 05:26:01")
        assert len(morning.rows(Kind.PLANNED)) == 4
        morning.live(rounds, "2027-05-03 05:33")

    (change,) = morning.rows(Kind.SCHEDULE_CHANGED)
    assert change[1]["changed"] == ["schedules/thu"]
    assert morning.outcomes() == [Outcome.AIRED, Outcome.AIRED]


def test_a_mistake_in_a_file_is_entered_and_what_was_good_goes_on(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        (morning.maker.root / "schedules" / "thu.toml").write_text("title = \n", "utf-8")
        morning.live(rounds, "2027-05-03 05:31")

    ((_kind, body),) = morning.rows(Kind.SCHEDULE_CHANGED)
    assert [problem for problem in body["problems"] if "thu.toml:1" in problem]  # type: ignore[attr-defined]
    assert (morning.rows(Kind.WITHDRAWN), morning.outcomes()) == ([], [Outcome.AIRED])


def test_what_was_edited_while_nobody_ran_is_entered_at_the_start(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        morning.maker.campaign(morning.maker.slot("05:28"))
        morning.live(rounds, "2027-05-03 05:26:02")
    morning.maker.campaign(morning.maker.slot("05:27"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")

    changes = morning.rows(Kind.SCHEDULE_CHANGED)
    assert [body["how"] for _kind, body in changes] == ["by hand", "by hand"]
    assert [play.planned_start for play in morning.plays()] == [at("2027-05-03 05:27")]


def test_a_script_without_a_clip_is_asked_for_and_airs_when_its_batch_has_ended(morning: Morning) -> None:
    maker = morning.maker
    with morning.on_duty() as rounds:
        maker.script("moi", "Thông báo mới.")
        maker.campaign(maker.slot("05:30", "moi"))
        morning.live(rounds, "2027-05-03 05:26")
        assert morning.rendering.asked == ["moi"]
        maker.render()
        morning.rendering.ended = True
        morning.live(rounds, "2027-05-03 05:31")

    assert [(play.outcome, play.scripts[0].id) for play in morning.plays()] == [(Outcome.AIRED, "moi")]


# ---- the clock --------------------------------------------------------------------------------------------------


def test_an_hour_of_sleep_is_no_step_of_the_clock_and_explains_what_was_missed(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        morning.sleep(3600)
        morning.live(rounds, "2027-05-03 06:27")

    assert morning.rows(Kind.CLOCK_STEP) == []
    (play,) = morning.plays()
    assert play.outcome is Outcome.MISSED
    assert play.reason == "the computer slept from 03/05/2027 05:26:00 to 03/05/2027 06:26:00"
    assert morning.timer.nudges == 1


def test_an_hour_that_the_clock_was_set_over_is_missed_when_the_clock_has_stayed_so(morning: Morning) -> None:
    morning.clock.now = at("2027-05-03 05:20")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        morning.clock.now += timedelta(hours=1)
        morning.live(rounds, "2027-05-03 06:30:59")
        assert rounds.held
        assert morning.plays() == []
        morning.live(rounds, "2027-05-03 06:31:02")
        assert not rounds.held

    assert [body["seconds"] for _kind, body in morning.rows(Kind.CLOCK_STEP)] == [3600.0]
    (play,) = morning.plays()
    assert play.outcome is Outcome.MISSED
    assert play.reason == "the clock was set forward from 03/05/2027 05:26:00 to 03/05/2027 06:26:00"


def test_a_clock_before_the_last_row_holds_the_desk_until_it_is_set_right(morning: Morning) -> None:
    morning.maker.render()
    morning.with_clips = False  # who made them under that clock would enter that it is behind
    with closing(Ledger.open(morning.path)) as ledger:
        ledger.append([Entry(Kind.ALIVE, "daemon", at("2027-05-04 05:20"), None, {})])
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        assert rounds.held
        assert morning.outcomes() == []
        morning.clock.now = at("2027-05-04 05:21")
        morning.live(rounds, "2027-05-04 05:31")

    assert len(morning.rows(Kind.CLOCK_UNTRUSTED)) == 1
    assert morning.outcomes() == [Outcome.AIRED]


@pytest.mark.parametrize(
    ("last", "off"), [("2027-05-03 05:20", {"off_since": "2027-05-03T05:20:00.000+07:00"}), ("2027-05-03 05:40", {})]
)
def test_a_start_says_since_when_nobody_ran_but_not_by_a_clock_that_is_behind(
    morning: Morning, last: str, off: dict[str, str]
) -> None:
    with closing(Ledger.open(morning.path)) as ledger:
        ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", at(last), None, {})])
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")

    _before, (_kind, body) = morning.rows(Kind.DAEMON_STARTED)
    assert {key: value for key, value in body.items() if key == "off_since"} == off


def test_a_person_can_have_an_untrusted_clock_believed_and_the_row_says_so(morning: Morning) -> None:
    with closing(Ledger.open(morning.path)) as ledger:
        ledger.append([Entry(Kind.ALIVE, "daemon", at("2027-06-01 05:20"), None, {})])
    with morning.on_duty(trust_clock=True) as rounds:
        morning.live(rounds, "2027-05-03 05:31")

    (play,) = morning.plays()
    assert (play.outcome, play.clock) == (Outcome.AIRED, ClockState.UNTRUSTED)


# ---- one thing fails ----------------------------------------------------------------------------------------------


def test_an_intent_that_cannot_be_written_lets_nothing_sound_until_it_is(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:30:10")
            assert rounds.desk.status().started is None
        morning.live(rounds, "2027-05-03 05:31")

    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(10, abs=1)
    assert play.heard_s == pytest.approx(play.scripts[0].seconds, abs=0.01)


def test_an_outcome_that_cannot_be_written_is_written_in_a_later_round_and_once(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:01")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:31")
        morning.live(rounds, "2027-05-03 05:32")

    (play,) = morning.plays()
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)
    assert verify(morning.path).ok


def test_a_full_disk_takes_the_ballast_and_the_record_goes_on(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        ballast = morning.maker.root / "state" / "ballast"
        assert ballast.stat().st_size == SIZE
        morning.live(rounds, "2027-05-03 05:29")
        pages = full_disk(rounds)
        morning.live(rounds, "2027-05-03 05:29:55")
        assert not ballast.exists()
        rounds.desk.ledger._connection.execute(f"PRAGMA max_page_count = {pages}")
        morning.live(rounds, "2027-05-03 05:31")

    assert morning.outcomes() == [Outcome.AIRED]


def full_disk(rounds: Rounds) -> int:
    """Let the play history's file grow no more, so that SQLite says what it says of a full disk."""
    connection = rounds.desk.ledger._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (most,) = connection.execute("PRAGMA max_page_count").fetchone()
    (now,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {now}")
    with suppress(DiskFullError):
        while True:
            rounds.desk.ledger.append([Entry(Kind.ORDER, "test", at("2027-05-03 05:29"), None, {"fills": "x" * 500})])
    return int(most)


def test_a_sign_of_life_that_cannot_be_written_silences_nothing(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")
        heartbeat_path(morning.maker.open()).unlink()
        heartbeat_path(morning.maker.open()).mkdir()
        morning.live(rounds, "2027-05-03 05:31")
        heartbeat_path(morning.maker.open()).rmdir()

    assert morning.outcomes() == [Outcome.AIRED]


def test_a_device_that_is_away_at_its_time_is_tried_until_it_is_back(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = unplugged(morning, at("2027-05-03 05:29"), at("2027-05-03 05:34"))
    monkeypatch.setattr("broadcaster.playout.sound.simulated.SilentOutput.open", away)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:35")

    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    assert play.reason == "no output from 03/05/2027 05:29:55 to 03/05/2027 05:34:00: the cable is out"
    assert play.lateness_s == pytest.approx(240, abs=2)


def unplugged(morning: Morning, since: datetime, until: datetime) -> Callable[[object], None]:
    def away(_output: object) -> None:
        if since <= morning.clock.now < until:
            raise PlayoutError("the cable is out")

    return away


def test_a_stop_in_the_middle_is_cut_with_what_was_heard(morning: Morning) -> None:
    morning.maker.campaign(morning.maker.slot("05:30", "dai"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:03")

    (play,) = morning.plays()
    assert (play.outcome, play.reason) == (Outcome.CUT, "the end of the test")
    assert play.heard_s == pytest.approx(3, abs=0.2)
    ((_kind, stopped),) = morning.rows(Kind.DAEMON_STOPPED)
    assert stopped == {"reason": "the end of the test", "planned_until": "2027-05-05T05:25:00+07:00"}


def test_what_an_edit_enters_for_the_present_minute_is_late_because_of_the_edit(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:40:20")
        morning.maker.campaign(morning.maker.slot("05:30") + morning.maker.slot("05:40", id_="them"))
        morning.live(rounds, "2027-05-03 05:42")
    play = morning.plays()[-1]
    assert (play.slot, play.outcome, play.why.kind) == ("them", Outcome.AIRED, ReasonKind.ENTERED)
    assert str(play.why.facts["at"])[:19] in ("2027-05-03T05:40:20", "2027-05-03T05:40:21")
