"""The plan: pure, the same however a window is cut, right on the odd days of every zone's clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadcaster.models import Boundary, BulletinClass, Campaign, Occurrence, Order, Slot, YearDay
from broadcaster.schedule.plan import expand, rotate, rotation_cycle
from broadcaster.schedule.timetable import read_campaign

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NEW_YORK = ZoneInfo("America/New_York")
ABC = ("a", "b", "c")
ALL_YEAR = YearDay(1, 1), YearDay(12, 31)


def campaign(
    *slots: Slot,
    start: Boundary = ALL_YEAR[0],
    end: Boundary = ALL_YEAR[1],
    name: str = "dot",
    versions: tuple[str, ...] = (),
) -> Campaign:
    return Campaign(name, "Đợt", Path(f"{name}.toml"), start, end, slots, source="1/CV", versions=versions)


def days(made: Campaign, first: date, last: date, zone: ZoneInfo = VIETNAM) -> list[Occurrence]:
    """The plan of whole days, both inclusive."""
    start = datetime.combine(first, time(), zone)
    return expand([made], start, datetime.combine(last + timedelta(days=1), time(), zone), zone)


def script_on(turn: int, times: int, scripts: int) -> int:
    """Which script, from 0, is on at that turn."""
    return rotate(turn, rotation_cycle(times, scripts)) % scripts


def written(plan: list[Occurrence]) -> list[str]:
    return [f"{found.start:%Y-%m-%d %H:%M%z} {'+'.join(found.scripts)}" for found in plan]


# ---- what an occurrence carries ---------------------------------------------------------------------------------


def test_an_occurrence_carries_what_its_slot_says() -> None:
    slot = Slot(
        "sang",
        (time(5, 30),),
        ABC,
        order=Order.ALL,
        repeat=2,
        gap=timedelta(seconds=20),
        bulletin_class=BulletinClass.PRIORITY,
    )
    (found,) = days(campaign(slot), date(2027, 5, 1), date(2027, 5, 1))
    assert found == Occurrence(
        "dot",
        "sang",
        datetime(2027, 5, 1, 5, 30, tzinfo=VIETNAM),
        ABC,
        2,
        timedelta(seconds=20),
        BulletinClass.PRIORITY,
        "1/CV",
    )
    assert found.id == "dot/sang@2027-05-01T05:30+07:00"


def test_seconds_are_planned_to_the_second() -> None:
    (found,) = days(campaign(Slot("s", (time(5, 30, 15),), ABC)), date(2027, 5, 1), date(2027, 5, 1))
    assert found.id == "dot/s@2027-05-01T05:30:15+07:00"


def test_the_window_has_its_start_and_not_its_end() -> None:
    made = campaign(Slot("s", (time(5), time(6)), ABC))
    five, six = (datetime(2027, 5, 1, hour, tzinfo=VIETNAM) for hour in (5, 6))
    assert [found.start for found in expand([made], five, six, VIETNAM)] == [five]
    assert expand([made], six, six, VIETNAM) == expand([made], six, five, VIETNAM) == []


def test_the_window_may_be_given_in_another_zone() -> None:
    made = campaign(Slot("s", (time(5, 30),), ABC))
    start = datetime(2027, 4, 30, 22, tzinfo=UTC)
    (found,) = expand([made], start, start + timedelta(hours=1), VIETNAM)
    assert found.start == datetime(2027, 5, 1, 5, 30, tzinfo=VIETNAM)
    assert found.start.tzinfo is VIETNAM


def test_what_is_due_at_once_comes_by_class_then_id() -> None:
    at = (time(5),)
    slots = [
        Slot("a-b", at, ABC),
        Slot("a", at, ABC),
        Slot("z", at, ABC, bulletin_class=BulletinClass.EMERGENCY),
        Slot("b", at, ABC, bulletin_class=BulletinClass.PRIORITY),
    ]
    plan = days(campaign(*slots), date(2027, 5, 1), date(2027, 5, 1))
    assert [found.slot for found in plan] == ["z", "b", "a-b", "a"]  # "-" sorts before the "@" of an id
    assert plan == sorted(plan, key=lambda found: (found.start, found.bulletin_class.rank, found.id))


# ---- which days -------------------------------------------------------------------------------------------------


def test_days_of_the_week_and_exceptions() -> None:
    slot = Slot("s", (time(5),), ABC, days=frozenset({1, 3}), exceptions=frozenset({date(2027, 5, 5)}))
    plan = days(campaign(slot), date(2027, 5, 1), date(2027, 5, 14))
    assert [found.start.day for found in plan] == [3, 10, 12]  # 3 May 2027 is a Monday


def test_a_yearly_campaign_comes_back_and_one_with_a_year_does_not() -> None:
    slot = Slot("s", (time(5),), ABC)
    yearly = days(campaign(slot, start=YearDay(5, 31), end=YearDay(5, 31)), date(2026, 1, 1), date(2028, 12, 31))
    once = days(campaign(slot, start=date(2027, 5, 30), end=date(2027, 5, 31)), date(2026, 1, 1), date(2028, 12, 31))
    assert [found.start.date() for found in yearly] == [date(year, 5, 31) for year in (2026, 2027, 2028)]
    assert [found.start.date() for found in once] == [date(2027, 5, 30), date(2027, 5, 31)]


def test_a_campaign_over_the_new_year_rotates_on() -> None:
    made = campaign(Slot("s", (time(5),), ABC), start=YearDay(12, 30), end=YearDay(1, 2))
    plan = days(made, date(2027, 1, 1), date(2028, 12, 31))
    assert written(plan) == [
        "2027-01-01 05:00+0700 c",
        "2027-01-02 05:00+0700 a",
        "2027-12-30 05:00+0700 a",
        "2027-12-31 05:00+0700 b",
        "2028-01-01 05:00+0700 c",
        "2028-01-02 05:00+0700 a",
        "2028-12-30 05:00+0700 a",
        "2028-12-31 05:00+0700 b",
    ]


def test_29_february() -> None:
    made = campaign(Slot("s", (time(5),), ABC), start=YearDay(2, 28), end=YearDay(2, 29))
    plan = days(made, date(2027, 1, 1), date(2028, 12, 31))
    assert [found.start.date() for found in plan] == [date(2027, 2, 28), date(2028, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("start", "end", "own", "expected"),
    [
        (YearDay(5, 1), YearDay(5, 31), (YearDay(5, 30), None), [date(2027, 5, 30), date(2027, 5, 31)]),
        (YearDay(5, 1), YearDay(5, 31), (None, YearDay(5, 2)), [date(2027, 5, 1), date(2027, 5, 2)]),
        (YearDay(5, 1), YearDay(5, 31), (date(2027, 5, 9), date(2027, 5, 9)), [date(2027, 5, 9)]),
        (YearDay(5, 1), YearDay(5, 31), (date(2026, 5, 9), date(2026, 5, 9)), []),
        (date(2026, 12, 1), date(2027, 1, 31), (YearDay(1, 31), YearDay(1, 31)), [date(2027, 1, 31)]),
        (YearDay(12, 1), YearDay(1, 31), (YearDay(12, 31), YearDay(1, 1)), [date(2027, 1, 1), date(2027, 12, 31)]),
    ],
)
def test_a_slots_own_range_narrows_the_campaign(
    start: Boundary, end: Boundary, own: tuple[Boundary | None, Boundary | None], expected: list[date]
) -> None:
    made = campaign(Slot("s", (time(5),), ABC, start=own[0], end=own[1]), start=start, end=end)
    plan = days(made, date(2027, 1, 1), date(2027, 12, 31))
    assert [found.start.date() for found in plan] == expected


# ---- rotation ---------------------------------------------------------------------------------------------------


def test_the_next_script_comes_next_time() -> None:
    made = campaign(Slot("s", (time(17), time(5)), ABC), start=YearDay(5, 1), end=YearDay(5, 31))
    assert written(days(made, date(2027, 5, 1), date(2027, 5, 2))) == [
        "2027-05-01 05:00+0700 a",
        "2027-05-01 17:00+0700 b",
        "2027-05-02 05:00+0700 c",
        "2027-05-02 17:00+0700 a",
    ]


def test_rotation_counts_the_slots_own_days_from_its_own_first() -> None:
    slot = Slot("s", (time(5),), ABC, frozenset({1}), start=YearDay(5, 8), exceptions=frozenset({date(2027, 5, 17)}))
    plan = days(campaign(slot, start=YearDay(5, 1), end=YearDay(5, 31)), date(2027, 5, 1), date(2027, 5, 31))
    assert written(plan) == ["2027-05-10 05:00+0700 a", "2027-05-24 05:00+0700 b", "2027-05-31 05:00+0700 c"]


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 5))
def test_rotation_is_fair_over_the_times_of_day(times: int, scripts: int, block: int) -> None:
    period = times * scripts
    turns = range(block * period, (block + 1) * period)
    pairs = Counter((turn % times, script_on(turn, times, scripts)) for turn in turns)
    assert pairs == {(at, script): 1 for at in range(times) for script in range(scripts)}


@given(st.integers(1, 6), st.integers(3, 9))
def test_no_script_comes_twice_running(times: int, scripts: int) -> None:
    order = [script_on(turn, times, scripts) for turn in range(4 * times * scripts)]
    assert all(first != second for first, second in pairwise(order))


def test_where_nothing_is_in_the_way_the_list_is_simply_gone_through() -> None:
    assert [script_on(turn, 2, 5) for turn in range(10)] == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert [script_on(turn, 2, 6) for turn in range(14)] == [0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 0, 2, 3]


# ---- odd clocks -------------------------------------------------------------------------------------------------


def test_a_time_that_does_not_exist_moves_forward() -> None:
    plan = days(campaign(Slot("s", (time(2, 30),), ("a",))), date(2027, 3, 13), date(2027, 3, 15), NEW_YORK)
    assert written(plan) == ["2027-03-13 02:30-0500 a", "2027-03-14 03:30-0400 a", "2027-03-15 02:30-0400 a"]


def test_two_times_that_become_one_air_once() -> None:
    slot = Slot("s", (time(2, 30), time(3, 30)), ABC)
    plan = days(
        campaign(slot, start=YearDay(3, 14), end=YearDay(3, 15)), date(2027, 3, 14), date(2027, 3, 15), NEW_YORK
    )
    assert written(plan) == ["2027-03-14 03:30-0400 b", "2027-03-15 02:30-0400 c", "2027-03-15 03:30-0400 a"]


def test_a_moved_time_is_sorted_where_it_lands() -> None:
    slots = Slot("a", (time(2, 30),), ("x",)), Slot("b", (time(3),), ("x",))
    plan = days(campaign(*slots), date(2027, 3, 14), date(2027, 3, 14), NEW_YORK)
    assert [found.slot for found in plan] == ["b", "a"]


def test_a_time_that_comes_twice_airs_the_first_time() -> None:
    made = campaign(Slot("s", (time(1, 30),), ("a",)))
    assert written(days(made, date(2027, 11, 7), date(2027, 11, 7), NEW_YORK)) == ["2027-11-07 01:30-0400 a"]
    second = datetime(2027, 11, 7, 1, 30, tzinfo=NEW_YORK, fold=1)
    assert expand([made], second, second + timedelta(hours=1), NEW_YORK) == []


def test_a_day_that_a_country_left_out() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    plan = days(campaign(Slot("s", (time(6),), ("a",))), date(2011, 12, 29), date(2012, 1, 1), apia)
    assert [f"{found.start:%d.%m.}" for found in plan] == ["29.12.", "31.12.", "01.01."]


def test_what_falls_on_a_day_that_a_country_left_out_airs_the_next_day_though_the_window_begins_there() -> None:
    apia = ZoneInfo("Pacific/Apia")
    left_out = date(2011, 12, 30)
    made = campaign(Slot("s", (time(6),), ("a",)), start=left_out, end=left_out)
    assert written(days(made, date(2011, 12, 31), date(2011, 12, 31), apia)) == ["2011-12-31 06:00+1400 a"]


# ---- properties -------------------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [
        "Asia/Ho_Chi_Minh",
        "America/New_York",
        "Africa/Cairo",  # clocks go forward at midnight
        "Australia/Lord_Howe",  # by half an hour
        "America/St_Johns",
        "Pacific/Apia",
    ]
).map(ZoneInfo)
YEAR_DAYS = st.dates(date(2028, 1, 1), date(2028, 12, 31)).map(lambda day: YearDay(day.month, day.day))
DATES = st.dates(date(2026, 10, 1), date(2028, 4, 1))
RANGES = (
    st.tuples(YEAR_DAYS, YEAR_DAYS)
    | st.tuples(DATES, DATES).map(lambda pair: (min(pair), max(pair)))
    | st.just(ALL_YEAR)
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0)) | st.sampled_from(
    [time(), time(23, 59), time(2, 30)]
)
VERSIONS = st.just(()) | st.lists(st.sampled_from(["vi", "hmong", "tay"]), max_size=3, unique=True).map(tuple)
SLOTS = st.builds(
    lambda at, scripts, weekdays, order, rank, own, off, versions: Slot(
        "s",
        tuple(at),
        ABC[:scripts],
        frozenset(weekdays),
        order,
        bulletin_class=rank,
        start=own[0] if own else None,
        end=own[1] if own else None,
        exceptions=frozenset(off),
        versions=versions,
    ),
    st.lists(TIMES, min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.sets(st.integers(1, 7), min_size=1),
    st.sampled_from(Order),
    st.sampled_from(BulletinClass),
    st.none() | RANGES,
    st.sets(DATES, max_size=5),
    VERSIONS,
)
CAMPAIGNS = st.lists(st.tuples(SLOTS, RANGES, VERSIONS), min_size=1, max_size=3).map(
    lambda made: [
        campaign(slot, start=r[0], end=r[1], name=f"c{number}", versions=versions)
        for number, (slot, r, versions) in enumerate(made)
    ]
)
INSTANTS = st.datetimes(datetime(2026, 12, 1), datetime(2028, 3, 15), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
EVERY_HOUR = Slot("s", tuple(time(hour, 30) for hour in range(24)), ABC)


@given(CAMPAIGNS, st.tuples(INSTANTS, INSTANTS, INSTANTS), ZONES)
@example(  # cut between the two passes of the hour that comes twice
    [campaign(EVERY_HOUR)],
    tuple(datetime(2027, 11, 7, hour, 45, tzinfo=UTC) for hour in (4, 5, 6)),
    NEW_YORK,
)
def test_any_cut_of_a_window_gives_the_whole(
    campaigns: list[Campaign], instants: tuple[datetime, datetime, datetime], zone: ZoneInfo
) -> None:
    start, cut, end = sorted(instants)
    whole = expand(campaigns, start, end, zone)
    assert expand(campaigns, start, cut, zone) + expand(campaigns, cut, end, zone) == whole
    assert all(start <= found.start.astimezone(UTC) < end for found in whole)
    assert len({found.id for found in whole}) == len(whole)
    assert whole == sorted(whole, key=lambda found: (found.start, found.bulletin_class.rank, found.id))


def naive(made: Campaign, day: date) -> list[Occurrence]:
    """A day's plan by walking back to the season's first day, in a zone whose clock never changes."""
    (slot,) = made.slots

    def inside(today: date) -> bool:
        own = (slot.start or made.start, slot.end or made.end)
        return all(within(today, *edges) for edges in ((made.start, made.end), own))

    def opens(today: date) -> bool:
        firsts = [
            edge.in_year(today.year) if isinstance(edge, YearDay) else edge
            for edge in (made.start, slot.start or made.start)
        ]
        return today in firsts or not inside(today - timedelta(days=1))

    def airs(today: date) -> bool:
        return today.isoweekday() in slot.days and today not in slot.exceptions

    if not inside(day) or not airs(day):
        return []
    before, back = 0, day
    while not opens(back):
        back -= timedelta(days=1)
        before += airs(back)
    found = []
    for number, at in enumerate(sorted(slot.at)):
        turn = script_on(before * len(slot.at) + number, len(slot.at), len(slot.scripts))
        chosen = slot.scripts if slot.order is Order.ALL else (slot.scripts[turn],)
        words = slot.versions or made.versions or ("vi",)
        scripts = tuple(script if word == "vi" else f"{script}.{word}" for script in chosen for word in words)
        begin = datetime.combine(day, at, VIETNAM)
        found.append(
            Occurrence(made.id, slot.id, begin, scripts, bulletin_class=slot.bulletin_class, source=made.source)
        )
    return found


def within(day: date, start: Boundary, end: Boundary) -> bool:
    first = start.in_year(day.year) if isinstance(start, YearDay) else start
    last = end.in_year(day.year) if isinstance(end, YearDay) else end
    if isinstance(start, YearDay) and last < first:
        return day >= first or day <= last
    return first <= day <= last


@given(SLOTS, RANGES, DATES)
def test_the_plan_of_a_day_is_what_a_patient_clerk_would_find(
    slot: Slot, edges: tuple[Boundary, Boundary], day: date
) -> None:
    made = campaign(slot, start=edges[0], end=edges[1])
    assert days(made, day, day) == naive(made, day)


# ---- the sample -------------------------------------------------------------------------------------------------


def test_the_sample_airs_morning_and_evening_all_may_and_every_message_at_both() -> None:
    plan = days(read_campaign(SAMPLE), date(2027, 1, 1), date(2027, 12, 31))
    assert {found.start.month for found in plan} == {5}
    by_day = {day: [f for f in plan if f.start.day == day] for day in range(1, 32)}
    for today in by_day.values():
        assert {time(5, 30), time(17)} <= {found.start.time() for found in today}
    assert min(map(len, (by_day[day] for day in range(15, 26)))) > max(map(len, (by_day[day] for day in range(1, 15))))
    rotating = Counter((found.start.hour, *found.scripts) for found in plan if found.slot == "thong-diep")
    assert len(rotating) == 2 * 6
    assert max(rotating.values()) - min(rotating.values()) <= 1


def test_a_slot_is_for_its_own_loudspeakers_and_else_for_those_of_its_campaign() -> None:
    slots = Slot("a", (time(6),), ("m",)), Slot("b", (time(7),), ("m",), group="xa-b")
    for own, wanted in (("", ["", "xa-b"]), ("xa-a", ["xa-a", "xa-b"])):
        plan = days(replace(campaign(*slots), group=own), date(2027, 5, 3), date(2027, 5, 3))
        assert [found.group for found in plan] == wanted
