"""Presets of rules, the days on which loudspeakers are silent, sessions a day, and gaps between the same script."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_words import Breach, check

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Occurrence
from broadcaster.rules_settings import RulesSettings, presets
from broadcaster.schedule.free_time import PlanContext, free_time
from broadcaster.schedule.holiday import holiday
from broadcaster.schedule.rules import Overlap, find_overlaps, whole_days
from broadcaster.settings import Settings, read_settings, show_settings
from broadcaster.weekdays import WEEKDAYS

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
LENGTHS = {f"m{number}": number * MINUTE for number in range(1, 61)}
LENGTH = 'a length of time such as "20s", "1m30s" or "400ms"'
DAYS = 'days of the week: "mon", "tue", "wed", "thu", "fri", "sat", "sun"'
ALL_DAY = dict.fromkeys(WEEKDAYS, ((time(), time.max),))


def at(
    clock: str,
    script: str = "m1",
    day: str = "2027-05-03",
    rank: BulletinClass = BulletinClass.NORMAL,
    slot: str = "s",
) -> Occurrence:
    start = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZONE)
    return Occurrence("dot", slot, start, (script,), bulletin_class=rank)


def read(folder: Path, text: str) -> Settings:
    path = folder / "station.toml"
    path.write_text(text, "utf-8")
    return read_settings(path)


def rules_of(plan: list[Occurrence], rules: RulesSettings) -> dict[str, str]:
    """Return the rule that blocks each, by its time of day."""
    starts = {occurrence.id: f"{occurrence.start:%H:%M}" for occurrence in plan}
    return {starts[id_]: breach.rule for id_, breach in check(plan, LENGTHS, rules, {}).items()}


# ---- presets ----------------------------------------------------------------------------------------------------


def test_presets_hold_what_their_sources_state() -> None:
    known = presets()
    inner, outer, vinh_phuc = (
        known[name] for name in ("hanoi-2021-noi-thanh", "hanoi-2021-ngoai-thanh", "vinh-phuc-2022")
    )
    assert (inner.rules.sessions_per_day, len(inner.rules.days), inner.rules.minutes_per_session) == (2, 5, 15)
    assert (outer.rules.sessions_per_day, outer.rules.minutes_per_session) == (None, 45)
    assert (vinh_phuc.rules.sessions_per_day, vinh_phuc.rules.minutes_per_session) == (3, 45)


@pytest.mark.parametrize("name", list(presets()))
def test_a_preset_claims_only_what_it_sets(name: str) -> None:
    preset = presets()[name]
    assert preset.keys == preset.stated | preset.partly
    assert not preset.stated & preset.partly
    assert preset.rules.preset == name


def test_a_preset_stands_in_for_the_defaults_and_the_file_goes_before_it(tmp_path: Path) -> None:
    rules = read(tmp_path, '[rules]\npreset = "hanoi-2021-noi-thanh"\nminutes_per_session = 10\n').rules
    assert (rules.preset, rules.sessions_per_day, rules.minutes_per_session) == ("hanoi-2021-noi-thanh", 2, 10)
    assert rules.days == ("mon", "tue", "wed", "thu", "fri")
    assert rules.hours == RulesSettings().hours


def test_a_mistyped_preset_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, '[rules]\npreset = "hanoi"\n')
    assert str(error.value.problems[0]).endswith(
        'station.toml:2: rules.preset: found "hanoi"; allowed: "hanoi-2021-noi-thanh", "hanoi-2021-ngoai-thanh", '
        '"vinh-phuc-2022"'
    )


def test_rules_of_a_preset_are_shown_as_one_would_write_them(tmp_path: Path) -> None:
    shown = show_settings(read(tmp_path, '[rules]\npreset = "vinh-phuc-2022"\n'))
    assert (shown["rules.preset"], shown["rules.sessions_per_day"]) == ('"vinh-phuc-2022"', "3")
    again = "".join(f"{key} = {value}\n" for key, value in shown.items() if value != "-")
    assert show_settings(read(tmp_path, again)) == shown


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('days = ["t9"]', f'rules.days: found "t9"; allowed: {DAYS}'),
        ("days = []", f"rules.days: found []; allowed: {DAYS}"),
        ('quiet_holidays = "yes"', 'rules.quiet_holidays: found "yes"; allowed: "none", "tet", "all"'),
        ("sessions_per_day = 0", "rules.sessions_per_day: found 0; allowed: a whole number from 1 to 48"),
        (
            'same_script_gap = "2 ngày"',
            f'rules.same_script_gap: found "2 ngày"; allowed: {LENGTH}, at most 24h',
        ),
    ],
)
def test_mistakes_are_told(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, f"[rules]\n{line}\n")
    assert str(error.value.problems[0]).endswith(f"station.toml:2: {told}")


# ---- silent days ------------------------------------------------------------------------------------------------


def test_nothing_airs_on_the_other_days_of_the_week() -> None:
    rules = RulesSettings(days=WEEKDAYS[:5], hours=ALL_DAY)
    saturday = at("06:00", day="2027-05-08")
    assert check([saturday], LENGTHS, rules, {})[saturday.id] == Breach(
        "days", "nothing airs on that day of the week (2027-05-08)"
    )
    assert check([at("06:00", day="2027-05-07")], LENGTHS, rules, {}) == {}
    assert rules_of([at("23:58", "m5", day="2027-05-07")], rules) == {"23:58": "days"}


def test_the_lunar_new_year_is_quiet_with_its_eve() -> None:
    """Tết of the year Đinh Mùi: 6 February 2027."""
    rules = RulesSettings(quiet_holidays="tet")
    days = ["2027-02-04", "2027-02-05", "2027-02-06", "2027-02-08", "2027-01-01", "2027-05-01"]
    plan = [at("06:00", day=day) for day in days]
    breaches = check(plan, LENGTHS, rules, {})
    assert [occurrence.id in breaches for occurrence in plan] == [False, True, True, True, False, False]
    assert breaches[plan[2].id] == Breach("quiet_holidays", "2027-02-06 is a public holiday: Tết Nguyên Đán")


def test_all_public_holidays_or_none() -> None:
    labour_day = date(2027, 5, 1)
    assert holiday(labour_day, "all") == "Ngày Quốc tế Lao động"
    assert holiday(labour_day, "tet") is None
    assert holiday(labour_day, "none") is None
    assert holiday(date(2027, 5, 3), "all") is None  # a day off in lieu, by a decision of that year


def test_an_emergency_airs_on_any_day() -> None:
    alarm = at("02:00", day="2027-02-06", rank=BulletinClass.EMERGENCY)
    rules = RulesSettings(quiet_holidays="all", days=("mon",), sessions_per_day=1, same_script_gap=24 * 60 * MINUTE)
    assert check([alarm], LENGTHS, rules, {}) == {}


# ---- sessions and gaps ------------------------------------------------------------------------------------------


def test_a_third_session_of_the_day_is_blocked_whole() -> None:
    rules = RulesSettings(sessions_per_day=2)
    plan = [at("05:30", "m5"), at("05:50", "m5"), at("11:00", "m5"), at("17:00", "m5"), at("17:10", "m5")]
    assert rules_of(plan, rules) == {"17:00": "sessions_per_day", "17:10": "sessions_per_day"}
    assert check(plan, LENGTHS, rules, {})[plan[3].id].text == "this would be session 3 of the day, and 2 are allowed"
    assert rules_of([*plan[:3], at("05:30", "m5", day="2027-05-04")], rules) == {}


def test_what_belongs_to_the_last_session_allowed_still_airs() -> None:
    rules = RulesSettings(sessions_per_day=1)
    assert rules_of([at("06:00"), at("06:10"), at("08:00")], rules) == {"08:00": "sessions_per_day"}


def test_what_is_blocked_opens_no_session() -> None:
    rules = RulesSettings(sessions_per_day=1)
    assert rules_of([at("04:00"), at("06:00"), at("08:00")], rules) == {"04:00": "hours", "08:00": "sessions_per_day"}


def test_a_session_over_midnight_counts_for_the_day_on_which_it_began() -> None:
    rules = RulesSettings(sessions_per_day=1, hours=ALL_DAY)
    late, early, morning = at("23:50", "m5"), at("00:10", day="2027-05-04"), at("06:00", day="2027-05-04")
    assert rules_of([late, early, morning], rules) == {}


def test_the_same_script_keeps_its_distance() -> None:
    rules = RulesSettings(same_script_gap=60 * MINUTE)
    plan = [at("06:00", "m5"), at("06:10", "m4"), at("07:04", "m5"), at("07:05", "m5"), at("07:14", "m4")]
    breaches = check(plan, LENGTHS, rules, {})
    assert breaches == {
        plan[2].id: Breach("same_script_gap", 'script "m5" aired until 06:05:00, and is to be silent for 1h then')
    }


def test_without_such_a_rule_the_same_script_may_even_come_while_it_still_plays() -> None:
    assert rules_of([at("06:00", "m5"), at("06:02", "m5")], RulesSettings()) == {}


def test_what_is_said_in_a_row_is_one_airing() -> None:
    twice = Occurrence("dot", "s", at("06:00").start, ("m4",), repeat=2, gap=MINUTE)
    assert check([twice], LENGTHS, RulesSettings(same_script_gap=30 * MINUTE), {}) == {}


def test_the_day_before_is_judged_too_where_it_reaches_over_midnight() -> None:
    start, end = at("05:30").start, at("17:00").start
    assert [f"{moment:%d %H:%M}" for moment in whole_days(start, end)] == ["02 00:00", "04 00:00"]
    midnight = at("00:00", day="2027-05-04").start
    assert [f"{moment:%d %H:%M}" for moment in whole_days(start, midnight)] == ["02 00:00", "04 00:00"]


def test_what_begins_at_midnight_is_judged_with_the_day_that_begins() -> None:
    midnight = at("00:00", day="2027-05-04").start
    span = whole_days(midnight, midnight + timedelta(microseconds=1))
    assert [f"{moment:%d %H:%M}" for moment in span] == ["03 00:00", "05 00:00"]


# ---- giving up --------------------------------------------------------------------------------------------------


def test_what_would_wait_longer_than_the_grace_is_given_up_and_keeps_nobody_waiting() -> None:
    first, second, third = at("06:00", "m20"), at("06:05", "m20"), at("06:15", "m5")
    assert find_overlaps([first, second, third], LENGTHS, 10 * MINUTE) == [
        Overlap(first, second, 15 * MINUTE),
        Overlap(first, third, 5 * MINUTE),
    ]


def test_what_waits_just_as_long_as_the_grace_still_airs() -> None:
    first, second, third = at("06:00", "m10"), at("06:00", "m20", slot="t"), at("06:20", "m5")
    assert find_overlaps([first, second, third], LENGTHS, 10 * MINUTE) == [
        Overlap(first, second, 10 * MINUTE),
        Overlap(second, third, 10 * MINUTE),
    ]


def test_an_emergency_that_was_given_up_cuts_nothing_later() -> None:
    long, given_up = (at(clock, "m60", rank=BulletinClass.EMERGENCY) for clock in ("06:00", "06:05"))
    first, second = at("07:10", "m5"), at("07:12", "m1")
    assert find_overlaps([long, given_up, first, second], LENGTHS, 10 * MINUTE) == [
        Overlap(long, given_up, 55 * MINUTE),
        Overlap(first, second, 3 * MINUTE),
    ]


# ---- whatever the plan ------------------------------------------------------------------------------------------

PLANS = st.lists(
    st.builds(
        at,
        st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}"),
        st.sampled_from(["m1", "m5", "m20"]),
        st.sampled_from(["2027-05-03", "2027-05-04"]),
    ),
    unique_by=lambda found: found.id,
    max_size=30,
)


@given(PLANS, st.integers(1, 4), st.integers(0, 120))
def test_what_may_air_keeps_every_limit(plan: list[Occurrence], sessions: int, gap: int) -> None:
    rules = RulesSettings(hours=ALL_DAY, sessions_per_day=sessions, same_script_gap=gap * MINUTE)
    breaches = check(plan, LENGTHS, rules, {})
    airing = sorted((found for found in plan if found.id not in breaches), key=lambda found: found.start)
    opened: dict[date, int] = {}
    ends: dict[str, datetime] = {}
    last_end = datetime.min.replace(tzinfo=ZONE)
    for found in airing:
        script, end = found.scripts[0], found.start + found.length(LENGTHS)
        assert script not in ends or not gap or found.start - ends[script] >= gap * MINUTE
        if found.start - last_end >= 30 * MINUTE:
            opened[found.start.date()] = opened.get(found.start.date(), 0) + 1
        last_end, ends[script] = max(last_end, end), end
    assert all(count <= sessions for count in opened.values())


@given(PLANS, st.integers(5, 60), st.integers(1, 4))
def test_a_free_time_is_free(plan: list[Occurrence], minutes: int, sessions: int) -> None:
    plan = [found for found in plan if found.start.date() == date(2027, 5, 3)]
    if not plan:
        return
    rules = RulesSettings(minutes_per_session=minutes, sessions_per_day=sessions)
    wanted, others = plan[0], plan[1:]
    free = free_time([wanted], PlanContext(plan, LENGTHS, rules, {}))
    if free is None:
        return
    moved = replace(wanted, start=datetime.combine(wanted.start.date(), free, ZONE))
    blocked = check([*others, moved], LENGTHS, rules, {})
    assert moved.id not in blocked
    assert blocked.keys() == check(others, LENGTHS, rules, {}).keys()
