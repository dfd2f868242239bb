"""What may air when, and who waits for whom."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_words import Breach, check

from broadcaster.models import BulletinClass, Occurrence
from broadcaster.rules_settings import Hours, RulesSettings
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import Overlap, find_overlaps
from broadcaster.schedule.timetable import read_campaign
from broadcaster.weekdays import WEEKDAYS

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
SATURDAY = datetime(2027, 5, 1, tzinfo=ZONE)
NO_LIMIT = {"hours": dict.fromkeys(WEEKDAYS, ((time(), time.max),))}
LENGTHS = {"half": timedelta(seconds=30), **{f"m{number}": number * MINUTE for number in range(1, 61)}}
NORMAL, PRIORITY, EMERGENCY = BulletinClass.NORMAL, BulletinClass.PRIORITY, BulletinClass.EMERGENCY


def at(clock: str, script: str = "m1", rank: BulletinClass = NORMAL, day: int = 1, slot: str = "s") -> Occurrence:
    """One airing on that day of May 2027; 1 May is a Saturday."""
    start = datetime.combine(date(2027, 5, day), time.fromisoformat(clock), ZONE)
    return Occurrence("dot", slot, start, (script,), bulletin_class=rank)


def hours(*spans: str) -> dict[str, tuple[Hours, ...]]:
    made = tuple((time.fromisoformat(span[:5]), time.fromisoformat(span[6:])) for span in spans)
    return dict.fromkeys(WEEKDAYS, made)


def breach(occurrence: Occurrence, rules: RulesSettings, **valid_until: date) -> Breach | None:
    return check([occurrence], LENGTHS, rules, valid_until).get(occurrence.id)


# ---- hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "script", "fits"),
    [
        ("05:00", "m1", True),
        ("04:59:59", "m1", False),
        ("06:59", "m1", True),  # ends with the hours
        ("06:59:01", "m1", False),
        ("07:00", "unknown", True),  # no length: only its start is known
        ("12:00", "m1", False),
        ("12:00", "unknown", False),
        ("08:30", "m60", True),  # spans that touch are one
        ("09:30", "m60", False),
    ],
)
def test_start_and_end_lie_inside_the_hours(clock: str, script: str, *, fits: bool) -> None:
    rules = RulesSettings(hours=hours("09:00-10:00", "05:00-07:00", "08:00-09:00"))
    assert (breach(at(clock, script), rules) is None) == fits


def test_the_gap_between_two_spans_is_not_jumped() -> None:
    rules = RulesSettings(hours=hours("05:00-06:00", "06:30-08:00"))
    assert breach(at("05:50", "m60"), rules) == Breach(
        "hours", "05:50:00 to 06:50:00 is outside the hours allowed on 2027-05-01 (05:00-06:00, 06:30-08:00)"
    )


def test_each_weekday_has_its_own_hours() -> None:
    rules = RulesSettings(hours=hours("05:00-21:00") | {"sun": ()})
    assert breach(at("05:30", day=1), rules) is None
    assert breach(at("05:30", day=2), rules) == Breach(
        "hours", "05:30:00 to 05:31:00 is outside the hours allowed on 2027-05-02 (none)"
    )


def test_across_midnight_both_days_must_allow_it() -> None:
    late = at("23:45", "m30", day=1)
    all_day = NO_LIMIT["hours"]
    assert breach(late, RulesSettings(hours=all_day)) is None
    assert breach(late, RulesSettings(hours=all_day | {"sun": ((time(), time(0, 15)),)})) is None
    assert breach(late, RulesSettings(hours=all_day | {"sun": ((time(), time(0, 14)),)})) == Breach(
        "hours", "23:45:00 to 00:15:00 is outside the hours allowed on 2027-05-02 (00:00-00:14)"
    )
    assert breach(late, RulesSettings(hours=all_day | {"sun": ((time(5), time(21)),)})) is not None
    assert breach(late, RulesSettings(hours=all_day | {"sat": ((time(5), time(23, 59)),)})) is not None
    assert breach(at("23:30", "m30"), RulesSettings(hours=all_day | {"sun": ()})) is None


# ---- days -------------------------------------------------------------------------------------------------------


def test_a_quiet_day_is_quiet_to_its_last_moment() -> None:
    rules = RulesSettings(quiet_days=frozenset({date(2027, 5, 2)}), **NO_LIMIT)
    quiet = Breach("quiet_days", "2027-05-02 is a quiet day")
    assert breach(at("05:30", day=2), rules) == quiet
    assert breach(at("23:30", "m60", day=1), rules) == quiet
    assert breach(at("23:30", "m30", day=1), rules) is None
    assert breach(at("00:00", day=3), rules) is None


def test_a_quiet_day_is_touched_by_the_least_that_reaches_into_it() -> None:
    rules = RulesSettings(quiet_days=frozenset({date(2027, 5, 2)}), **NO_LIMIT)
    late = at("23:30", "half an hour and a little")
    lengths = {"half an hour and a little": 30 * MINUTE + timedelta(microseconds=1)}
    assert check([late], lengths, rules, {})[late.id].rule == "quiet_days"


def test_the_midnight_after_a_quiet_day_is_free_also_for_what_has_no_length_yet() -> None:
    rules = RulesSettings(quiet_days=frozenset({date(2027, 5, 2)}), **NO_LIMIT)
    assert breach(at("00:00", "unknown", day=3), rules) is None


def test_the_last_valid_day_is_a_good_one() -> None:
    rules = RulesSettings()
    assert breach(at("20:00", day=2), rules, m1=date(2027, 5, 2)) is None
    assert breach(at("05:00", day=3), rules, m1=date(2027, 5, 2)) == Breach(
        "expired", 'script "m1" was valid until 2027-05-02'
    )
    assert breach(at("05:00", day=3), rules, other=date(2027, 5, 2)) is None
    assert check([at("05:00")], LENGTHS, rules, {"m1": None}) == {}


def test_one_expired_script_of_several_blocks_the_whole() -> None:
    both = Occurrence("dot", "s", SATURDAY + timedelta(hours=6), ("m1", "m2"))
    assert check([both], LENGTHS, RulesSettings(), {"m2": date(2027, 4, 30)})[both.id].rule == "expired"


# ---- minutes ----------------------------------------------------------------------------------------------------


def test_the_later_ones_of_a_day_are_blocked() -> None:
    rules = RulesSettings(minutes_per_day=10)
    plan = [at("12:00", "m4"), at("18:00", "m4"), at("06:00", "m4"), at("19:00", "m2"), at("06:00", "m1", day=2)]
    assert check(plan, LENGTHS, rules, {}) == {
        plan[1].id: Breach("minutes_per_day", "the day has used 8m of the 10m allowed, this takes 4m")
    }


def test_repeats_and_gaps_count() -> None:
    twice = Occurrence("dot", "s", SATURDAY + timedelta(hours=6), ("m4",), repeat=2, gap=MINUTE)
    assert check([twice], LENGTHS, RulesSettings(minutes_per_day=9), {}) == {}
    assert check([twice], LENGTHS, RulesSettings(minutes_per_day=8), {})[twice.id].text.endswith("this takes 9m")


def test_of_two_at_once_the_higher_class_gets_the_minutes() -> None:
    plan = [at("06:00", "m4", slot="a"), at("06:00", "m4", PRIORITY, slot="b")]
    assert list(check(plan, LENGTHS, RulesSettings(minutes_per_day=5), {})) == [plan[0].id]


def test_a_priority_programme_has_its_minutes_before_normal_items_of_the_morning() -> None:
    plan = [at("06:00", "m4"), at("07:00", "m4"), at("08:00", "m2"), at("18:00", "m4", PRIORITY)]
    kept = "the day has used 4m of the 10m allowed and keeps 4m for its priority programmes, this takes 4m"
    assert check(plan, LENGTHS, RulesSettings(minutes_per_day=10), {}) == {plan[1].id: Breach("minutes_per_day", kept)}
    whole_day = [at("06:00", "m1"), at("18:00", "m10", PRIORITY)]
    assert list(check(whole_day, LENGTHS, RulesSettings(minutes_per_day=10), {})) == [whole_day[0].id]


def test_minutes_are_kept_for_what_may_air_and_fits_only() -> None:
    rules = RulesSettings(minutes_per_day=10, quiet_days=frozenset({date(2027, 5, 2)}))
    forbidden, too_long = at("03:00", "m10", PRIORITY), at("19:00", "m20", PRIORITY)
    other_day = at("18:00", "m10", PRIORITY, day=2)
    plan = [at("06:00", "m5"), at("07:00", "m5"), forbidden, too_long, other_day]
    assert {id_: found.rule for id_, found in check(plan, LENGTHS, rules, {}).items()} == {
        forbidden.id: "hours",
        too_long.id: "minutes_per_day",
        other_day.id: "quiet_days",
    }


def test_minutes_that_were_kept_are_free_when_their_programme_is_over() -> None:
    plan = [at("06:00", "m4", PRIORITY), at("07:00", "m4"), at("08:00", "m2"), at("09:00", "half")]
    rules = RulesSettings(minutes_per_day=10)
    assert list(check(plan, LENGTHS, rules, {})) == [plan[3].id]


def test_of_priority_programmes_the_later_ones_are_blocked() -> None:
    plan = [at("06:00", "m6", PRIORITY), at("07:00", "m6", PRIORITY), at("08:00", "m4", PRIORITY)]
    assert list(check(plan, LENGTHS, RulesSettings(minutes_per_day=10), {})) == [plan[1].id]


def test_what_is_blocked_uses_no_minutes() -> None:
    rules = RulesSettings(minutes_per_day=5, quiet_days=frozenset({date(2027, 5, 2)}))
    plan = [at("04:00", "m5"), at("06:00", "m6"), at("07:00", "m5")]
    assert {id_: found.rule for id_, found in check(plan, LENGTHS, rules, {}).items()} == {
        plan[0].id: "hours",
        plan[1].id: "minutes_per_day",
    }


def test_a_session_goes_on_until_half_an_hour_is_silent() -> None:
    rules = RulesSettings(minutes_per_session=10)
    plan = [at("06:00", "m4"), at("06:33", "m4"), at("06:50", "m4"), at("07:07", "m4"), at("07:50", "m4")]
    assert check(plan, LENGTHS, rules, {}) == {
        plan[2].id: Breach("minutes_per_session", "the session has used 8m of the 10m allowed, this takes 4m")
    }


def test_a_session_goes_on_half_an_hour_after_its_last_item() -> None:
    plan = [at("06:00", "m4"), at("06:33", "m4"), at("07:05", "m4")]  # 28 minutes after 06:37
    assert list(check(plan, LENGTHS, RulesSettings(minutes_per_session=10), {})) == [plan[2].id]


def test_each_session_has_minutes_of_its_own() -> None:
    plan = [at("06:00", "m6"), at("08:00", "m4"), at("08:05", "m4")]
    assert check(plan, LENGTHS, RulesSettings(minutes_per_session=10), {}) == {}


def test_a_short_item_inside_a_long_one_does_not_end_the_session_early() -> None:
    """The session ends with the long one, at 06:20: 06:45 belongs to it, and 06:50 is half an hour later."""
    plan = [at("06:00", "m20"), at("06:05", "m1"), at("06:45", "m1"), at("06:50", "m1")]
    breaches = check(plan, LENGTHS, RulesSettings(minutes_per_session=21), {})
    assert {id_: found.rule for id_, found in breaches.items()} == {plan[2].id: "minutes_per_session"}


def test_a_session_does_not_end_at_midnight_but_the_day_does() -> None:
    plan = [at("23:50", "m5"), at("00:00", "m5", day=2)]
    assert list(check(plan, LENGTHS, RulesSettings(minutes_per_session=9, **NO_LIMIT), {})) == [plan[1].id]
    assert check(plan, LENGTHS, RulesSettings(minutes_per_day=9, **NO_LIMIT), {}) == {}


def test_an_emergency_is_above_all_but_its_expiry() -> None:
    rules = RulesSettings(
        hours=dict.fromkeys(WEEKDAYS, ()),
        quiet_days=frozenset({date(2027, 5, 1)}),
        minutes_per_day=1,
        minutes_per_session=1,
    )
    alarm = at("02:00", "m60", EMERGENCY)
    assert breach(alarm, rules) is None
    assert breach(alarm, rules, m60=date(2027, 4, 30)) == Breach("expired", 'script "m60" was valid until 2027-04-30')


def test_an_emergency_takes_no_minutes_from_the_others() -> None:
    plan = [at("06:00", "m60", EMERGENCY), at("08:00", "m5")]
    assert check(plan, LENGTHS, RulesSettings(minutes_per_day=5, minutes_per_session=5), {}) == {}


CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
PLANS = st.lists(
    st.builds(
        at, CLOCK, st.sampled_from(["half", "m1", "m5", "m20"]), st.sampled_from(BulletinClass), st.integers(1, 3)
    ),
    unique_by=lambda found: found.id,
    max_size=30,
)


@given(PLANS, st.integers(1, 30), st.randoms())
def test_no_day_goes_over_and_the_order_given_does_not_matter(
    plan: list[Occurrence], limit: int, random: Random
) -> None:
    rules = RulesSettings(minutes_per_day=limit)
    breaches = check(plan, LENGTHS, rules, {})
    shuffled = list(plan)
    random.shuffle(shuffled)
    assert check(shuffled, LENGTHS, rules, {}) == breaches
    counted = [found for found in plan if found.bulletin_class is not EMERGENCY]
    for day in {found.start.date() for found in counted}:
        aired = sum(
            (found.length(LENGTHS) for found in counted if found.start.date() == day and found.id not in breaches),
            timedelta(),
        )
        assert aired <= limit * MINUTE
        for blocked in (found for found in counted if found.start.date() == day and found.id in breaches):
            within = breaches[blocked.id].rule == "minutes_per_day"
            assert not within or aired + blocked.length(LENGTHS) > limit * MINUTE


# ---- overlaps ---------------------------------------------------------------------------------------------------


def test_what_is_due_while_something_plays_waits_for_its_end() -> None:
    first, second, third = at("06:00", "m5"), at("06:02", "m5"), at("06:10", "m1")
    assert find_overlaps([second, third, first], LENGTHS) == [Overlap(first, second, 3 * MINUTE)]


def test_waiting_adds_up() -> None:
    first, second, third = at("06:00", "m5"), at("06:02", "m5"), at("06:03", "m1")
    assert find_overlaps([first, second, third], LENGTHS) == [
        Overlap(first, second, 3 * MINUTE),
        Overlap(second, third, 7 * MINUTE),
    ]


def test_the_higher_class_goes_first_of_those_that_wait() -> None:
    first, normal, priority = at("06:00", "m5"), at("06:01", "m1"), at("06:04", "m1", PRIORITY)
    assert find_overlaps([first, normal, priority], LENGTHS) == [
        Overlap(first, priority, MINUTE),
        Overlap(priority, normal, 5 * MINUTE),
    ]


def test_an_emergency_cuts_what_is_on_and_does_not_wait() -> None:
    first, alarm, other = at("06:00", "m5"), at("06:01", "m2", EMERGENCY), at("06:02", "m3", EMERGENCY)
    after = at("06:05", "m1")
    assert find_overlaps([first, alarm, other, after], LENGTHS) == [
        Overlap(first, alarm, timedelta()),
        Overlap(alarm, other, MINUTE),
        Overlap(other, after, MINUTE),
    ]


def test_across_midnight() -> None:
    last, first = at("23:58", "m5", day=1), at("00:01", day=2)
    assert find_overlaps([last, first], LENGTHS) == [Overlap(last, first, 2 * MINUTE)]


def test_what_begins_as_the_other_ends_does_not_overlap() -> None:
    assert find_overlaps([at("06:00", "m5"), at("06:05")], LENGTHS) == []
    assert find_overlaps([], LENGTHS) == []


def test_what_is_on_the_air_already_keeps_all_but_an_emergency_waiting() -> None:
    on_air, due, alarm = at("05:50", "m5"), at("06:00", "m1"), at("06:01", "m2", EMERGENCY)
    until = on_air.start + 13 * MINUTE
    assert find_overlaps([due], LENGTHS, on_air=(on_air, until)) == [Overlap(on_air, due, 3 * MINUTE)]
    assert find_overlaps([due, alarm], LENGTHS, on_air=(on_air, until)) == [
        Overlap(on_air, alarm, timedelta()),
        Overlap(alarm, due, 3 * MINUTE),
    ]
    siren = at("05:50", "m5", EMERGENCY)
    assert find_overlaps([alarm], LENGTHS, on_air=(siren, until)) == [Overlap(siren, alarm, 2 * MINUTE)]
    assert find_overlaps([at("06:10")], LENGTHS, on_air=(on_air, until)) == []


def by_the_minute(plan: list[Occurrence]) -> list[Overlap]:
    """The desk, watched minute by minute."""
    todo, waiting, found = sorted(plan, key=lambda o: (o.start, o.bulletin_class.rank, o.id)), [], []
    on = before = None
    until = now = SATURDAY
    while todo or waiting:
        waiting += [occurrence for occurrence in todo if occurrence.start == now]
        todo = [occurrence for occurrence in todo if occurrence.start != now]
        waiting.sort(key=lambda o: (o.bulletin_class.rank, o.start, o.id))
        if on and until == now:
            on = None
        cut = on and waiting and waiting[0].bulletin_class is EMERGENCY and on.bulletin_class is not EMERGENCY
        if waiting and (cut or not on):
            on = waiting.pop(0)
            if before and (cut or now > on.start):
                found.append(Overlap(before, on, now - on.start))
            before, until = on, now + on.length(LENGTHS)
        now += MINUTE
    return found


CROWD = st.lists(
    st.builds(
        lambda minute, length, rank, slot: at(f"06:{minute:02}", f"m{length}", rank, slot=slot),
        st.integers(0, 59),
        st.integers(1, 12),
        st.sampled_from(BulletinClass),
        st.sampled_from("abc"),
    ),
    unique_by=lambda found: found.id,
    max_size=12,
)


@given(CROWD)
def test_overlaps_are_what_one_sees_watching_the_desk(plan: list[Occurrence]) -> None:
    assert find_overlaps(plan, LENGTHS) == by_the_minute(plan)


# ---- the sample -------------------------------------------------------------------------------------------------


def test_the_sample_stays_inside_the_default_rules_and_nothing_waits() -> None:
    campaign = read_campaign(SAMPLE)
    plan = expand([campaign], datetime(2027, 5, 1, tzinfo=ZONE), datetime(2027, 6, 1, tzinfo=ZONE), ZONE)
    lengths = {script: timedelta(minutes=1) for slot in campaign.slots for script in slot.scripts}
    lengths |= {"chuong-trinh-5-phut": timedelta(minutes=6, seconds=30), "tieu-pham-hai-giong": timedelta(minutes=5)}
    assert check(plan, lengths, RulesSettings(), {}) == {}
    assert find_overlaps(plan, lengths) == []
