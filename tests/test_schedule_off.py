"""Days off, single airings that fall out, pauses, and scripts that weigh more than others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.models import Campaign, DayRange, Occurrence, Slot, YearDay
from broadcaster.schedule.plan import expand, spread
from broadcaster.schedule.season import airing_days, days_off, merge
from broadcaster.schedule.timetable import parse_campaign, parse_exception, parse_pause, show_pause, show_skip
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ABC = ("a", "b", "c")
HEAD = 'title = "Mẫu"\nfrom = "05-01"\nto = "05-31"\n'  # lines 1 to 3
SLOT = '[[slot]]\nid = "sang"\nat = ["05:30", "17:00"]\nscripts = ["a", "b"]\n'  # lines 4 to 7 behind HEAD


def may(*slots: Slot, exceptions: frozenset[date] = frozenset(), pauses: tuple[DayRange, ...] = ()) -> Campaign:
    edges = YearDay(5, 1), YearDay(5, 31)
    return Campaign("m", "Mẫu", Path("m.toml"), *edges, slots, exceptions=exceptions, pauses=pauses)


def plan(campaign: Campaign, first: int = 1, last: int = 31) -> list[Occurrence]:
    start = datetime(2027, 5, first, tzinfo=ZONE)
    return expand([campaign], start, datetime(2027, 5, last, tzinfo=ZONE) + timedelta(days=1), ZONE)


def told(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_campaign(Path("mau.toml"), text)
    return [str(problem).removeprefix("mau.toml") for problem in error.value.problems]


# ---- the plan ---------------------------------------------------------------------------------------------------


def test_a_single_airing_falls_out_with_its_script_and_nothing_else_changes() -> None:
    slot = Slot("s", (time(5), time(17)), ABC)
    whole = plan(may(slot))
    skips = frozenset({(date(2027, 5, 3), time(17)), (date(2027, 5, 9), time(5))})
    left = plan(may(replace(slot, skips=skips)))
    assert [found for found in whole if (found.start.date(), found.start.time()) not in skips] == left
    assert len(left) == len(whole) - 2


def test_after_a_day_off_or_a_pause_the_list_goes_on_where_it_stopped() -> None:
    slot = Slot("s", (time(5),), ABC)
    off = plan(
        may(replace(slot, exceptions=frozenset({date(2027, 5, 2)}), pauses=((date(2027, 5, 4), date(2027, 5, 5)),)))
    )
    assert [(found.start.day, *found.scripts) for found in off][:4] == [(1, "a"), (3, "b"), (6, "c"), (7, "a")]


def test_a_campaign_falls_silent_as_a_whole() -> None:
    slots = Slot("s", (time(5),), ABC), Slot("t", (time(6),), ABC)
    campaign = may(*slots, exceptions=frozenset({date(2027, 5, 2)}), pauses=((date(2027, 5, 4), date.max),))
    assert [(found.start.day, found.slot) for found in plan(campaign)] == [(1, "s"), (1, "t"), (3, "s"), (3, "t")]


def test_a_pause_without_end_lasts_over_the_years() -> None:
    campaign = may(Slot("s", (time(5),), ABC), pauses=((date(2027, 5, 4), date.max),))
    assert list(airing_days(campaign, campaign.slots[0], date(2028, 1, 1), date(2030, 12, 31))) == []


DAYS = st.dates(date(2027, 4, 20), date(2027, 6, 10))
RANGES = st.tuples(DAYS, DAYS | st.just(date.max)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(RANGES, max_size=6))
def test_merged_days_are_the_same_days_and_neither_overlap_nor_touch(days: list[DayRange]) -> None:
    merged = merge(days)
    window = [date(2027, 4, 10) + timedelta(days=n) for n in range(80)]
    for day in window:
        assert any(a <= day <= b for a, b in merged) == any(a <= day <= b for a, b in days)
    assert all((after[0] - before[1]).days > 1 for before, after in pairwise(merged))


@given(
    st.sets(st.integers(1, 7), min_size=1),
    st.sets(DAYS, max_size=4),
    st.lists(RANGES, max_size=3),
    st.lists(RANGES, max_size=2),
    st.integers(1, 31),
)
def test_days_before_are_counted_as_a_patient_clerk_would(
    week: set[int], off: set[date], pauses: list[DayRange], all_pauses: list[DayRange], cut: int
) -> None:
    slot = Slot("s", (time(5),), ABC, days=frozenset(week), exceptions=frozenset(off), pauses=tuple(pauses))
    campaign = may(slot, pauses=tuple(all_pauses))
    silent = days_off(campaign, slot)
    season = [date(2027, 5, n) for n in range(1, 32)]
    airs = [d for d in season if d.isoweekday() in week and not any(a <= d <= b for a, b in silent)]
    expected = [(day, number) for number, day in enumerate(airs) if day.day >= cut]
    assert list(airing_days(campaign, slot, date(2027, 5, cut), date(2027, 5, 31))) == expected


# ---- weights ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "round_"),
    [
        ([1, 1, 1], "abc"),
        ([2, 2], "ab"),
        ([2, 1, 1], "abac"),
        ([1, 2, 1], "babc"),
        ([3, 1, 1], "abaca"),
        ([3, 2, 1], "ababac"),
    ],
)
def test_a_heavier_script_comes_more_often_and_evenly(weights: list[int], round_: str) -> None:
    assert "".join("abc"[number] for number in spread(weights)) == round_


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_at_every_turn_each_has_had_its_share_to_within_one(weights: list[int]) -> None:
    order = spread(weights)
    used = Counter[int]()
    for turn, number in enumerate(order, start=1):
        used[number] += 1
        assert all(abs(used[n] - turn * weight / sum(weights)) < 1 for n, weight in enumerate(weights))
    assert [used[n] * sum(weights) for n in range(len(weights))] == [w * len(order) for w in weights]


@given(st.integers(1, 4), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_weights_are_fair_over_the_times_of_day(times: int, weights: list[int]) -> None:
    slot = Slot("s", tuple(time(5 + n) for n in range(times)), ABC[: len(weights)], weights=tuple(weights))
    days = len(spread(weights))
    found = Counter((o.start.hour, o.scripts[0]) for o in plan(may(slot), 1, days) if days <= 31)
    shares = Counter(spread(weights))
    assert all(found[5 + n, ABC[s]] == share for n in range(times) for s, share in shares.items())


# ---- reading and writing ----------------------------------------------------------------------------------------


def test_everything_that_silences_is_read() -> None:
    text = HEAD + 'except = ["2027-05-19"]\npaused = [["2027-05-27"]]\n' + SLOT
    text += 'except = [2027-05-07, "2027-05-08 17:00", 2027-05-09T05:30:00]\npaused = [[2027-05-03, "2027-05-05"]]\n'
    campaign = parse_campaign(Path("mau.toml"), text + "weights = { a = 2 }\n")
    (slot,) = campaign.slots
    assert (campaign.exceptions, campaign.pauses) == ({date(2027, 5, 19)}, ((date(2027, 5, 27), date.max),))
    assert slot.exceptions == {date(2027, 5, 7)}
    assert slot.skips == {(date(2027, 5, 8), time(17)), (date(2027, 5, 9), time(5, 30))}
    assert slot.pauses == ((date(2027, 5, 3), date(2027, 5, 5)),)
    assert slot.weights == (2, 1)


OTHER_TIMES = "the slot's times are 05:30, 17:00: write one of them there, or take it out"
PAUSES = 'allowed: a first and a last day, [["2027-05-03", "2027-05-05"]], or [["2027-05-03"]] without an end'
OFF = 'allowed: dates such as ["2027-05-07"], single airings such as ["2027-05-07 17:00"]'
INSIDE = "allowed: inside the campaign, 05-01 to 05-31"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('except = ["2027-05-07 25:00"]', f':8: slot.except: found "2027-05-07 25:00"; {OFF}'),
        ('except = ["2027-05-07T24:00"]', f':8: slot.except: found "2027-05-07T24:00"; {OFF}'),
        ("except = [2027-05-07T17:00:00Z]", f":8: slot.except: found 2027-05-07 17:00:00+00:00; {OFF}"),
        (
            'except = ["2027-05-07 17:30"]',
            f':8: slot.except: found "2027-05-07 17:30"; {OTHER_TIMES}',
        ),
        ('except = ["2027-06-07 17:00"]', f":8: slot.except: found 2027-06-07; {INSIDE}"),
        ('paused = ["2027-05-03"]', f':8: slot.paused: found "2027-05-03"; {PAUSES}'),
        ("paused = [[]]", f":8: slot.paused: found []; {PAUSES}"),
        (
            'paused = [["2027-05-05", "2027-05-03"]]',
            f':8: slot.paused: found ["2027-05-05", "2027-05-03"]; {PAUSES}',
        ),
        (
            'paused = [["2027-06-05", "2027-06-13"]]',
            f':8: slot.paused: found ["2027-06-05", "2027-06-13"]; {INSIDE}',
        ),
        ("weights = 2", ":8: slot.weights: found 2; allowed: [weights]"),
        ("weights = { a = 0 }", ":8: slot.weights.a: found 0; allowed: a whole number from 1 to 20"),
        ("weights = { a = true }", ":8: slot.weights.a: found true; allowed: a whole number from 1 to 20"),
        ("weights = { c = 2 }", ":8: slot.weights.c: unknown key; allowed keys: a, b"),
        (
            'weights = { a = 2 }\norder = "all"',
            ':8: slot.weights: weights count only where scripts take turns (order = "rotate")',
        ),
    ],
)
def test_a_mistake_is_told_exactly(line: str, message: str) -> None:
    assert told(HEAD + SLOT + line + "\n") == [message]


def test_mistakes_at_the_head_are_told_likewise() -> None:
    text = HEAD + 'except = ["2027-05-07 17:00", "2027-06-01"]\npaused = [["2026-06-02", "2027-04-30"]]\n' + SLOT
    assert told(text) == [
        ':4: except: found "2027-05-07 17:00"; allowed: dates such as ["2027-05-07"]',
        f":4: except: found 2027-06-01; {INSIDE}",
        f':5: paused: found ["2026-06-02", "2027-04-30"]; {INSIDE}',
    ]


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.times().map(lambda at: at.replace(microsecond=0)))
def test_single_airings_are_written_as_they_are_read(day: date, at: time) -> None:
    assert parse_exception(show_skip((day, at))) == (day, at)


@given(RANGES)
def test_pauses_are_written_as_they_are_read(pause: DayRange) -> None:
    assert parse_pause(show_pause(pause)) == pause
