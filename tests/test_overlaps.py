"""What cuts what is on the air, and which rules keep whole days quiet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.models import BulletinClass, Occurrence
from broadcaster.rules_settings import RulesSettings
from broadcaster.schedule.rules import DAY_RULES, Overlap, check, find_overlaps

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
LENGTHS = {f"m{number}": number * MINUTE for number in range(1, 11)}
NORMAL, PRIORITY, EMERGENCY = BulletinClass.NORMAL, BulletinClass.PRIORITY, BulletinClass.EMERGENCY


def at(clock: str, script: str = "m1", rank: BulletinClass = NORMAL) -> Occurrence:
    start = datetime.combine(date(2027, 5, 3), time.fromisoformat(clock), ZONE)
    return Occurrence("dot", f"s{clock[:2]}{clock[3:5]}", start, (script,), bulletin_class=rank)


@pytest.mark.parametrize(
    ("first", "second", "cut"),
    [
        (NORMAL, EMERGENCY, True),
        (PRIORITY, EMERGENCY, True),
        (EMERGENCY, EMERGENCY, False),
        (NORMAL, NORMAL, False),
        (NORMAL, PRIORITY, False),
        (EMERGENCY, NORMAL, False),
    ],
)
def test_only_an_emergency_cuts_and_never_another_one(
    first: BulletinClass, second: BulletinClass, *, cut: bool
) -> None:
    assert Overlap(at("06:00", rank=first), at("06:01", rank=second), MINUTE).is_cut is cut


@pytest.mark.parametrize("later", ["06:08", "09:00"])  # before and after the end of what is on the air
def test_of_several_emergencies_the_first_cuts_what_is_on_the_air(later: str) -> None:
    playing, first, second = at("06:00", "m10"), at("06:04", "m1", EMERGENCY), at(later, "m1", EMERGENCY)
    found = find_overlaps([second, first], LENGTHS, on_air=(playing, playing.start + 10 * MINUTE))
    assert found == [Overlap(playing, first, timedelta())]
    assert found[0].is_cut


def test_what_ends_as_an_emergency_begins_is_not_cut() -> None:
    playing, alarm = at("06:00", "m10"), at("06:10", "m1", EMERGENCY)
    assert find_overlaps([alarm], LENGTHS, on_air=(playing, playing.start + 10 * MINUTE)) == []


def test_an_emergency_long_after_what_is_on_the_air_cuts_nothing_of_it() -> None:
    playing, waiting, alarm = at("06:00", "m10"), at("06:05", "m1"), at("09:00", "m1", EMERGENCY)
    found = find_overlaps([waiting, alarm], LENGTHS, on_air=(playing, playing.start + 10 * MINUTE))
    assert found == [Overlap(playing, waiting, 5 * MINUTE)]


def test_an_emergency_that_is_on_the_air_lets_the_next_one_wait() -> None:
    playing, alarm = at("06:00", "m10", EMERGENCY), at("06:04", "m1", EMERGENCY)
    found = find_overlaps([alarm], LENGTHS, on_air=(playing, playing.start + 10 * MINUTE))
    assert found == [Overlap(playing, alarm, 6 * MINUTE)]


@pytest.mark.parametrize(
    ("rules", "quiet"),
    [
        (RulesSettings(quiet_days=frozenset({date(2027, 5, 3)})), True),
        (RulesSettings(days=("tue",)), True),
        (RulesSettings(hours=dict.fromkeys(RulesSettings().hours, ((time(9), time(10)),))), False),
        (RulesSettings(minutes_per_day=1), False),
    ],
)
def test_rules_that_keep_a_whole_day_quiet_are_told_from_those_that_do_not(
    rules: RulesSettings, *, quiet: bool
) -> None:
    (breach,) = check([at("06:00", "m5")], LENGTHS, rules, {}).values()
    assert (breach.rule in DAY_RULES) is quiet


def test_a_public_holiday_keeps_a_whole_day_quiet() -> None:
    first_of_may = at("06:00")
    holiday = Occurrence("dot", "s", first_of_may.start - timedelta(days=2), ("m1",))  # Saturday, 1 May
    (breach,) = check([holiday], LENGTHS, RulesSettings(quiet_holidays="all"), {}).values()
    assert breach.rule in DAY_RULES
