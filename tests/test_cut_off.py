"""A desk that is killed while it plays knows afterwards how much was heard, and says before that that it ended."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from desks import HALF_A_MINUTE
from stations import NOTHING_IN_FORCE, ZONE, Maker, at

from broadcaster.files import replace_file
from broadcaster.models import Occurrence, Outcome
from broadcaster.office.check_readiness import check_readiness
from broadcaster.office.now import look_around
from broadcaster.office.wording_check import finding_text
from broadcaster.office.wording_conditions import condition_text, condition_todo
from broadcaster.playout.heartbeat import heartbeat_path, read_heartbeat
from broadcaster.playout.rounds import Rounds
from broadcaster.playout.rows import cued_row, planned_row, play_of
from broadcaster.playout.station_lock import only_one
from broadcaster.records.ledger import Ledger
from broadcaster.records.verify import verify
from broadcaster.station.conditions import ConditionKind

if TYPE_CHECKING:
    from commands import RunCommand
    from mornings import Morning

    from broadcaster.station.folder import Station

ID = "thu/sang@2027-05-03T05:30+07:00"


@pytest.fixture
def killed(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> Morning:
    """Return a morning whose desk was killed 12 s into a play of half a minute: nothing is done after it."""
    morning.maker.script("bai-1", HALF_A_MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(Rounds, "stop", lambda _rounds, _why: None)
        with morning.on_duty() as rounds:
            morning.live(rounds, "2027-05-03 05:30:12")
    return morning


def start_again(killed: Morning) -> None:
    killed.live_without_a_desk(60)
    with killed.on_duty():
        pass


def test_the_outcome_says_how_much_was_heard_for_certain(killed: Morning) -> None:
    start_again(killed)
    (play,) = killed.plays()
    assert play.outcome is Outcome.CUT
    assert play.started == at("2027-05-03 05:30")
    assert 9 <= play.heard_s <= 12
    assert play.ended is not None
    assert timedelta(seconds=9) <= play.ended - play.started <= timedelta(seconds=12)
    assert f"at least {int(play.heard_s)}s of " in play.reason
    assert verify(killed.path).ok


def test_a_sign_of_life_about_something_else_says_nothing_of_this_play(killed: Morning) -> None:
    station = killed.maker.open()
    other = read_heartbeat(station) | {"on_air": "thu/khac@2027-05-03T05:30+07:00"}
    replace_file(heartbeat_path(station), json.dumps(other).encode())
    start_again(killed)
    (play,) = killed.plays()
    assert (play.outcome, play.heard_s, play.started) == (Outcome.CUT, 0.0, None)
    assert "0–100" in play.reason


@pytest.mark.parametrize("odd", [{"heard_s": None}, {"heard_s": "x"}, {"started": "x"}, {"ends": None}, {"at": 5}])
def test_a_sign_of_life_that_is_garbled_says_nothing(killed: Morning, odd: dict[str, object]) -> None:
    station = killed.maker.open()
    replace_file(heartbeat_path(station), json.dumps(read_heartbeat(station) | odd).encode())
    start_again(killed)
    assert "0–100" in killed.plays()[0].reason


def test_before_the_next_start_now_and_check_say_so(killed: Morning) -> None:
    killed.live_without_a_desk(10)
    station = killed.maker.open()
    (found,) = [each for each in look_around(station).conditions if each.kind is ConditionKind.DESK_CUT_OFF]
    told = condition_text(found)
    assert told.startswith(f"Desk: it ended while {ID} was on the air; at ")
    assert "of it had aired." in told
    assert "broadcaster run" in condition_todo(found)
    assert told in [finding_text(each) for each in check_readiness(station).findings]
    heartbeat_path(station).unlink()
    (found,) = [each for each in look_around(station).conditions if each.kind is ConditionKind.DESK_CUT_OFF]
    assert condition_text(found) == f"Desk: it ended while {ID} was about to air or on the air."


def test_what_was_let_go_was_not_cut_off(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:58")
    kinds = [found.kind for found in look_around(morning.maker.open()).conditions]
    assert ConditionKind.DESK_CUT_OFF not in kinds


@pytest.fixture
def cued(maker: Maker) -> tuple[Station, Occurrence]:
    """Return a station whose history knows of something only that it was about to air, a minute ago."""
    station = maker.open()
    start = datetime.now(ZONE).replace(microsecond=0) - timedelta(minutes=1)
    occurrence = Occurrence("thu", "sang", start, ("bai-1",))
    with Ledger.open(station.ledger_path) as ledger:
        ledger.append([planned_row(occurrence, start - timedelta(hours=1))])
        ledger.append([cued_row(play_of(occurrence, NOTHING_IN_FORCE, Outcome.AIRED), start - timedelta(seconds=5))])
    return station, occurrence


def test_of_what_is_on_the_air_nobody_says_that_the_desk_ended(
    broadcaster: RunCommand, cued: tuple[Station, Occurrence]
) -> None:
    station, _occurrence = cued
    with only_one(station):
        assert broadcaster("log", station=station.root).err == ""
        assert "it ended" not in broadcaster("now", station=station.root).out


def test_the_log_of_that_day_says_so_too(broadcaster: RunCommand, cued: tuple[Station, Occurrence]) -> None:
    station, occurrence = cued
    told = f"Desk: it ended while {occurrence.id} was about to air or on the air.\n"
    assert broadcaster("log", station=station.root).err == told
    assert broadcaster("log", "--day", "2/5/2025", station=station.root).err == ""
