"""Edits of the station's files that the daemon's rounds see while they cannot be entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest
from mornings import Morning, locked

from broadcaster.records.kinds import Kind
from broadcaster.station.content import read_content

P = ParamSpec("P")
R = TypeVar("R")


def test_an_edit_saved_while_the_history_is_locked_is_adopted_when_it_is_free(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:25:10")
        with locked(morning.path):
            morning.maker.campaign(morning.maker.slot("05:35"))
            morning.live(rounds, "2027-05-03 05:26")
        morning.live(rounds, "2027-05-03 05:36")

    assert [play.planned_start.minute for play in morning.plays()] == [35]
    changed = [body["changed"] for _kind, body in morning.rows(Kind.SCHEDULE_CHANGED)]
    assert changed == [["schedules/thu"]]


def test_an_edit_that_cannot_be_entered_is_read_once_not_at_every_round(morning: Morning) -> None:
    read = Counter[str]()
    with morning.on_duty() as rounds, pytest.MonkeyPatch.context() as patch:
        morning.live(rounds, "2027-05-03 05:25:10")
        patch.setattr("broadcaster.playout.file_watch.read_content", counting(read, read_content))
        with locked(morning.path):
            morning.maker.campaign(morning.maker.slot("05:35"))
            morning.live(rounds, "2027-05-03 05:26")
            assert read == {"read_content": 1}
            morning.maker.campaign(morning.maker.slot("05:34"))
            morning.live(rounds, "2027-05-03 05:27")
            assert read == {"read_content": 2}
        morning.live(rounds, "2027-05-03 05:36")

    assert [play.planned_start.minute for play in morning.plays()] == [34]


def counting(times: Counter[str], function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that counts its calls under its name."""

    def counted(*args: P.args, **others: P.kwargs) -> R:
        times[function.__name__] += 1
        return function(*args, **others)

    return counted
