"""May through the real daemon, in simulated time, with faults drawn from a seed: other faults each day."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from faults.course import Course
from faults.driver import Month, live_through, plan_month, runs
from faults.judge import Judge
from faults.plan_of_faults import Fault, Kind
from faults.village import DEVICES, ZONE

DAYS, DAYS_IN_ALL = 4, 31
"""How many days of May are lived through; the second with --thorough."""
OFF, LOST, AIRED = (
    "thu/sang@2027-05-03T05:30+07:00",
    "thu/chieu@2027-05-03T14:00+07:00",
    "thu/dai@2027-05-03T06:00+07:00",
)


@pytest.mark.parametrize("part", range(2))
def test_days_with_faults_are_as_they_should_be(
    tmp_path: Path, request: pytest.FixtureRequest, part: int, thorough: bool
) -> None:
    seed, days = f"{request.config.option.hypothesis_seed} {part}", DAYS_IN_ALL if thorough else DAYS
    month = plan_month(seed, tmp_path / "station", date(2027, 5, 17), days)
    live_through(month)

    assert list(Judge(month).complaints()) == [], "\n".join(map(str, month.course.faults))
    assert runs(month.events) > sum(fault.kind in (Kind.KILL, Kind.POWER_CUT) for fault in month.course.faults) / 2


# ---- the judge itself ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """Return a day that was lived through: nobody ran at 05:30, and at 14:00 no loudspeaker was there."""

    def at(hour: str) -> datetime:
        return datetime.fromisoformat(f"2027-05-03T{hour}").replace(tzinfo=ZONE)

    faults = [
        Fault(Kind.KILL, at("05:20:03"), timedelta(minutes=30)),
        Fault(Kind.DEVICE, at("13:59:07"), timedelta(minutes=4), what=DEVICES),
    ]
    month = Month("", tmp_path_factory.mktemp("day") / "station", date(2027, 5, 3), 1, Course(faults))
    live_through(month)
    return month


def test_what_was_so_has_no_complaint(day: Month) -> None:
    judge = Judge(day)

    assert list(judge.complaints()) == []
    found = {
        id_: (judge.plays[id_]["outcome"], judge.plays[id_].get("why", {}).get("kind")) for id_ in (OFF, LOST, AIRED)
    }
    assert found == {OFF: ("missed", "off"), LOST: ("failed", "no_device"), AIRED: ("aired", None)}


def say(judge: Judge, occurrence: str, **facts: object) -> None:
    judge.plays[occurrence] = {**judge.plays[occurrence], **facts}


def hear_twice(judge: Judge) -> None:
    judge.by_occurrence[AIRED] *= 2


LIES: dict[str, Callable[[Judge], object]] = {
    "a missed one is said to have aired": lambda judge: say(judge, OFF, outcome="aired", heard_s=9.1, why={"kind": ""}),
    "an aired one is said to have been missed": lambda judge: say(judge, AIRED, outcome="missed"),
    "more was heard than was": lambda judge: say(judge, AIRED, heard_s=150.0),
    "another reason": lambda judge: say(judge, OFF, why={**judge.plays[OFF]["why"], "kind": "halted"}),
    "another reason of a failure": lambda judge: say(judge, LOST, why={**judge.plays[LOST]["why"], "kind": "no_clip"}),
    "from another time on": lambda judge: say(
        judge, OFF, why={**judge.plays[OFF]["why"], "from": "2027-05-03T03:20:00+07:00"}
    ),
    "until another time": lambda judge: say(
        judge, LOST, why={**judge.plays[LOST]["why"], "to": "2027-05-03T14:00:20+07:00"}
    ),
    "no outcome": lambda judge: judge.plays.pop(AIRED),
    "an outcome of what nobody planned": lambda judge: judge.plays.setdefault(
        "thu/sang@2027-05-03T05:31+07:00", judge.plays[OFF]
    ),
    "heard twice": hear_twice,
}


@pytest.mark.parametrize("lie", LIES)
def test_the_judge_finds_out_what_is_not_so(day: Month, lie: str) -> None:
    judge = Judge(day)
    judge.plays = deepcopy(judge.plays)
    LIES[lie](judge)

    assert list(judge.complaints()) != []
