"""The clock that was set while no desk ran, and a history that says whose it is: what a start finds and enters."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from mornings import Morning, locked
from stations import at

from broadcaster.models import Outcome
from broadcaster.playout.clock_facts import ClockFacts
from broadcaster.records.keys import present_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.play_rows import ClockState
from broadcaster.records.verify import verify

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST, SECOND = ClockFacts("6f0c2a10"), ClockFacts("b1d85e77")


@pytest.fixture
def morning(morning: Morning) -> Morning:
    """Let the desk of a morning run for a minute, on a computer that tells one start from another."""
    morning.clock_facts = FIRST
    morning.maker.campaign(morning.maker.slot("05:30 08:30"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    return morning


def rows(morning: Morning, *kinds: Kind) -> list[Row]:
    with closing(Ledger.open(morning.path, read_only=True)) as ledger:
        return list(ledger.rows(kinds or None))


def steps(morning: Morning) -> list[dict[str, Any]]:
    return [dict(row.body) for row in rows(morning, Kind.CLOCK_STEP)]


def last_start(morning: Morning) -> dict[str, Any]:
    return dict(rows(morning, Kind.DAEMON_STARTED)[-1].body)


def start_anew(morning: Morning, facts: ClockFacts = SECOND) -> None:
    """Start the computer: its counters begin again."""
    morning.clock_facts = facts
    morning.elapsed = morning.elapsed._replace(awake=20.0, real=20.0)


# ---- the same start of the computer ----------------------------------------------------------------------------


def test_a_clock_set_back_while_the_desk_was_off_is_found_to_the_second(morning: Morning) -> None:
    morning.live_without_a_desk(6 * 3600)
    morning.clock.now -= 3 * HOUR  # 08:26, after the last row
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 08:31")

    (step,) = steps(morning)
    assert step == {"seconds": -10800.0, "found": "counters"}
    assert last_start(morning)["clock"] == {"same_boot": True, "synchronised": None, "off_s": 21600.0}
    (play,) = (play for play in morning.plays() if play.planned_start == at("2027-05-03 08:30"))
    assert (play.outcome, play.clock) == (Outcome.AIRED, ClockState.UNTRUSTED)
    assert verify(morning.path).ok


def test_the_step_stands_before_what_is_done_by_the_new_clock(morning: Morning) -> None:
    morning.live_without_a_desk(6 * 3600)
    morning.clock.now -= 3 * HOUR
    before = len(rows(morning))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 08:31")
    assert [row.kind for row in rows(morning)][before : before + 2] == ["clock_step", "daemon_started"]


@pytest.mark.parametrize("seconds", [0.5, 3600, 20 * 86400])
def test_a_clock_that_nobody_touched_is_no_step_however_long_it_was(morning: Morning, seconds: float) -> None:
    morning.live_without_a_desk(seconds)
    with morning.on_duty() as rounds:
        assert not rounds.held
    assert steps(morning) == []
    assert last_start(morning)["clock"]["off_s"] == seconds


def test_a_sleep_while_the_desk_was_off_is_no_step(morning: Morning) -> None:
    morning.sleep(7200)
    with morning.on_duty():
        pass
    assert steps(morning) == []
    assert last_start(morning)["clock"]["off_s"] == 7200


def test_a_clock_set_forward_while_the_desk_was_off_is_believed_when_it_has_stayed(morning: Morning) -> None:
    morning.live_without_a_desk(60)
    morning.clock.now = at("2027-05-04 12:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-04 12:04:58")
        assert rounds.held
        morning.live(rounds, "2027-05-04 12:06")
        assert not rounds.held

    (step,) = steps(morning)
    assert step["found"] == "counters"
    assert step["seconds"] == (at("2027-05-04 12:00") - at("2027-05-03 05:27")).total_seconds()
    missed = morning.plays()
    assert [(play.planned_start.day, play.planned_start.hour) for play in missed] == [(3, 5), (3, 8), (4, 5), (4, 8)]
    assert {play.why.kind.value for play in missed} == {"clock_set"}, "nobody was off for those hours"


def test_a_jump_that_is_taken_back_soon_after_the_start_costs_nothing(morning: Morning) -> None:
    morning.live_without_a_desk(60)
    morning.clock.now += 3 * DAY
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-06 05:28")
        assert rounds.held
        morning.clock.now -= 3 * DAY
        morning.live(rounds, "2027-05-03 05:31")
    assert [step["seconds"] for step in steps(morning)] == [259200.0, -259200.0]
    assert [play.outcome for play in morning.plays()] == [Outcome.AIRED]


def test_a_step_is_entered_once_over_several_starts(morning: Morning) -> None:
    morning.live_without_a_desk(3600)
    morning.clock.now -= 0.5 * HOUR
    for _start in range(3):
        with morning.on_duty() as rounds:
            rounds.round()
        morning.live_without_a_desk(10)
    assert [step["seconds"] for step in steps(morning)] == [-1800.0]


def test_a_step_of_a_clock_that_was_never_believed_is_measured_from_the_last_that_was(morning: Morning) -> None:
    morning.clock.now += 3652 * DAY
    with morning.on_duty() as rounds:
        rounds.round()
        assert rounds.held
    morning.clock.now -= 3652 * DAY
    with morning.on_duty():
        pass
    assert steps(morning) == [], "what was never entered is not to be taken back"


def test_a_step_that_the_running_desk_entered_is_not_found_again_after_a_kill(morning: Morning) -> None:
    station = morning.maker.render()
    with morning.on_duty() as rounds:
        morning.clock.now -= 0.5 * HOUR
        rounds.round()
        beat = (station.state_folder / "heartbeat.json").read_bytes()
    (station.state_folder / "heartbeat.json").write_bytes(beat)  # the one before the stop
    with morning.on_duty():
        pass
    assert [step["seconds"] for step in steps(morning)] == [-1800.0]


def test_a_locked_history_delays_the_row_and_loses_no_step(morning: Morning) -> None:
    morning.live_without_a_desk(6 * 3600)
    morning.clock.now -= 3 * HOUR
    with locked(morning.path):
        duty = morning.on_duty()
        rounds = duty.__enter__()
        morning.live(rounds, "2027-05-03 08:27")
    morning.live(rounds, "2027-05-03 08:31")
    duty.__exit__(None, None, None)
    assert [step["seconds"] for step in steps(morning)] == [-10800.0]
    assert Outcome.AIRED in morning.outcomes()


# ---- after a restart of the computer ---------------------------------------------------------------------------


def test_after_a_restart_a_clock_behind_the_last_sign_of_life_was_set_back(morning: Morning) -> None:
    start_anew(morning)
    morning.clock.now = at("2027-05-03 05:10")
    with morning.on_duty():
        pass
    (step,) = steps(morning)
    assert (step["found"], step["at_least"]) == ("sign of life", True)
    assert step["seconds"] == pytest.approx(-16 * 60, abs=1)
    assert last_start(morning)["clock"] == {"same_boot": False, "synchronised": None}


def test_without_a_sign_of_life_the_last_row_tells(morning: Morning) -> None:
    shutil.rmtree(morning.maker.root / "state")
    morning.clock.now = at("2027-05-03 05:10")
    with morning.on_duty():
        pass
    (step,) = steps(morning)
    assert (step["found"], step["at_least"]) == ("last row", True)
    assert last_start(morning)["clock"] == {"same_boot": None, "synchronised": None}


@pytest.mark.parametrize("synchronised", [True, False, None])
def test_after_a_restart_the_row_says_what_the_network_clock_says(
    morning: Morning, *, synchronised: bool | None
) -> None:
    start_anew(morning, ClockFacts("b1d85e77", synchronised))
    morning.clock.now = at("2027-05-03 08:26")
    with morning.on_duty():
        pass
    assert steps(morning) == [], "whether it was set cannot be known"
    assert last_start(morning)["clock"] == {"same_boot": False, "synchronised": synchronised}


def test_counters_that_are_behind_are_of_another_start_whatever_the_id_says(morning: Morning) -> None:
    start_anew(morning, FIRST)
    morning.clock.now = at("2027-05-03 08:26")
    with morning.on_duty():
        pass
    assert steps(morning) == []
    assert last_start(morning)["clock"]["same_boot"] is False


@pytest.mark.parametrize("clock", ["null", "[]", '{"at": "yesterday"}', '{"at": "2027-05-03T05:00:00+07:00"}'])
def test_a_sign_of_life_that_says_nothing_of_the_clock_is_no_obstacle(morning: Morning, clock: str) -> None:
    path = morning.maker.root / "state" / "heartbeat.json"
    path.write_text(f'{{"at": "2027-05-03T05:26:00+07:00", "clock": {clock}}}', "utf-8")
    with morning.on_duty():
        pass
    assert last_start(morning)["clock"]["same_boot"] is None


# ---- whose history it is ---------------------------------------------------------------------------------------


def test_a_history_of_an_older_version_gets_its_row_at_the_start_of_the_desk(morning: Morning) -> None:
    morning.path.unlink()
    shutil.rmtree(morning.maker.root / "state")
    (morning.maker.root / "broadcaster.head").unlink()
    with closing(Ledger.open(morning.path)) as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", at("2027-05-01 05:00")) for _number in range(3)])
    with morning.on_duty():
        pass
    with morning.on_duty():
        pass
    (begun,) = rows(morning, Kind.HISTORY_BEGUN)
    (started, *_later) = rows(morning, Kind.DAEMON_STARTED)
    assert begun.seq == started.seq - 1
    assert begun.body["key"] == present_key(morning.maker.root / "keys")
    report = verify(morning.path)
    assert report.ok
    assert report.whose.identity is not None
    assert report.whose.identity.since == begun.seq


def test_a_new_history_was_not_off_before_it_began(morning: Morning) -> None:
    morning.path.unlink()
    shutil.rmtree(morning.maker.root / "state")
    (morning.maker.root / "broadcaster.head").unlink(missing_ok=True)
    morning.maker.open().ledger(daemon=True).close()
    with morning.on_duty():
        pass
    assert "off_since" not in last_start(morning)


def test_a_lost_key_and_a_new_name_are_rows_at_the_start(morning: Morning) -> None:
    settings = morning.maker.root / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace("Xã thử nghiệm", "Xã mới"), "utf-8")
    old = present_key(morning.maker.root / "keys")
    shutil.rmtree(morning.maker.root / "keys")
    before = len(rows(morning))
    with morning.on_duty():
        pass
    new = present_key(morning.maker.root / "keys")
    entered = [(row.kind, row.body) for row in rows(morning)[before : before + 2]]
    assert entered == [
        ("key_changed", {"old": old, "new": new}),
        ("station_renamed", {"old": "Xã thử nghiệm", "new": "Xã mới"}),
    ]


def test_a_key_that_goes_while_the_desk_runs_is_entered_before_the_next_checkpoint(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        shutil.rmtree(morning.maker.root / "keys")
        shutil.rmtree(morning.maker.root / "checkpoints")
        morning.live(rounds, "2027-05-03 06:30", idle=10)
    (changed,) = rows(morning, Kind.KEY_CHANGED)
    assert changed.body["new"] == present_key(morning.maker.root / "keys")
    assert list((morning.maker.root / "checkpoints").iterdir()) != []


def test_a_key_that_cannot_be_kept_is_entered_once(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = morning.maker.root / "keys"
    shutil.rmtree(keys)

    def refuse(*_arguments: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as full:
        full.setattr("broadcaster.station.own_history.take_key", refuse)
        with morning.on_duty() as rounds:
            for _round in range(5):
                rounds.round()
            full.undo()
            rounds.round()
    (changed,) = rows(morning, Kind.KEY_CHANGED)
    assert changed.body["new"] == present_key(keys)


# ---- a clock far ahead that the run before did not believe -------------------------------------------------------


def stopped_while_held(morning: Morning, facts: ClockFacts) -> None:
    """Let the clock be set forward by seven hours at 05:27, and the desk be stopped half a minute later."""
    morning.clock_facts = facts
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:27")
        morning.clock.now += 7 * HOUR
        morning.live(rounds, "2027-05-03 12:27:30")
        assert rounds.held


@pytest.mark.parametrize("facts", [ClockFacts(), FIRST], ids=["start not known", "same start"])
def test_a_start_does_not_believe_what_the_run_before_did_not(morning: Morning, facts: ClockFacts) -> None:
    stopped_while_held(morning, facts)
    morning.live_without_a_desk(40)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 12:28:30")
        assert rounds.held
        morning.live(rounds, "2027-05-03 12:35")

    (early, late) = morning.plays()
    assert [play.outcome for play in (early, late)] == [Outcome.MISSED, Outcome.MISSED]
    assert [str(play.why.kind) for play in (early, late)] == ["clock_set", "clock_set"]
    assert early.why.facts == {"from": "2027-05-03T05:27:00.500+07:00", "to": "2027-05-03T12:27:00.500+07:00"}
    assert [step["seconds"] for step in steps(morning)] == [25200.0]
    assert verify(morning.path).ok


@pytest.mark.parametrize("facts", [ClockFacts(), FIRST], ids=["start not known", "same start"])
def test_a_clock_that_is_set_right_before_the_next_start_misses_nothing(morning: Morning, facts: ClockFacts) -> None:
    stopped_while_held(morning, facts)
    morning.live_without_a_desk(40)
    morning.clock.now -= 7 * HOUR
    with morning.on_duty() as rounds:
        assert not rounds.held
        morning.live(rounds, "2027-05-03 05:31")
    assert [play.outcome for play in morning.plays()] == [Outcome.AIRED]
    assert verify(morning.path).ok


def test_a_clock_a_year_ahead_enters_nothing_of_that_year(morning: Morning) -> None:
    morning.clock_facts = ClockFacts()
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:27")
        morning.clock.now += 366 * DAY
        morning.live(rounds, "2028-05-03 05:27:30")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2028-05-03 05:40")
    passed_over = [play for play in morning.plays() if play.planned_start.year == 2027]
    assert {play.planned_start.day for play in passed_over} == {3, 4}  # two days are planned ahead
    assert {str(play.why.kind) for play in passed_over} == {"clock_set"}
