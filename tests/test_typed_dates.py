"""What officers type for days, dates, times and lengths means what they mean."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.models import YearDay
from broadcaster.schedule import typed_dates

TODAY = date(2027, 4, 20)  # a Tuesday
WORKDAYS = {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("05:30", time(5, 30)),
        ("5:30", time(5, 30)),
        ("5h30", time(5, 30)),
        ("5H30", time(5, 30)),
        ("5h", time(5)),
        ("17g15", time(17, 15)),
        ("5 giờ 30", time(5, 30)),
        ("5 giờ 30 phút", time(5, 30)),
        ("5 gio ruoi", time(5, 30)),
        ("5h30 sáng", time(5, 30)),
        ("5h chiều", time(17)),
        ("7h30 tối", time(19, 30)),
        ("17.00", time(17)),
        ("17:00:30", time(17, 0, 30)),
        ("0h", time(0)),
        ("24:00", None),
        ("5h60", None),
        ("5", None),
        ("13h sáng", None),
        ("sáng", None),
        ("", None),
    ],
)
def test_times(typed: str, meant: time | None) -> None:
    assert typed_dates.parse_clock(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("t2-t6", WORKDAYS),
        ("T2-T6", WORKDAYS),
        ("T2-6", WORKDAYS),
        ("mon-fri", WORKDAYS),
        ("thứ 2 - thứ 6", WORKDAYS),
        ("thứ hai đến thứ sáu", WORKDAYS),
        ("Thứ 2", {1}),
        ("thứ tư", {3}),
        ("CN", {7}),
        ("chủ nhật", {7}),
        ("Chủ Nhật", {7}),
        ("t7, CN", {6, 7}),
        ("T2,4,6", {1, 3, 5}),
        ("thứ 2, 4, 6", {1, 3, 5}),
        ("thứ bảy và chủ nhật", {6, 7}),
        ("sat-mon", {6, 7, 1}),
        ("thu", {4}),
        ("hằng ngày", set(range(1, 8))),
        ("hàng ngày", set(range(1, 8))),
        ("daily", set(range(1, 8))),
        ("2-6", None),
        ("t8", None),
        ("t1", None),
        ("t2-t4-t6", None),
        ("t2,,t4", None),
        ("thứ", None),
        ("", None),
    ],
)
def test_weekdays(typed: str, meant: set[int] | None) -> None:
    assert typed_dates.parse_weekdays(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15/5", YearDay(5, 15)),
        ("15/05", YearDay(5, 15)),
        ("ngày 15/5", YearDay(5, 15)),
        ("05-15", YearDay(5, 15)),
        ("15/5/2027", date(2027, 5, 15)),
        ("15/5/27", date(2027, 5, 15)),
        ("15-5-2027", date(2027, 5, 15)),
        ("15.5.2027", date(2027, 5, 15)),
        ("2027-05-15", date(2027, 5, 15)),
        ("ngày 15 tháng 5 năm 2027", date(2027, 5, 15)),
        ("15 tháng 5", YearDay(5, 15)),
        ("29/2", YearDay(2, 29)),
        ("29/2/2027", None),
        ("30/2", None),
        ("31/4", None),
        ("15-05", None),
        ("15", None),
        ("tháng 5", None),
    ],
)
def test_ends_of_a_range(typed: str, meant: date | YearDay | None) -> None:
    assert typed_dates.parse_boundary(typed) == meant


@pytest.mark.parametrize(
    ("typed", "coming", "gone"),
    [
        ("hôm nay", TODAY, TODAY),
        ("mai", date(2027, 4, 21), date(2027, 4, 21)),
        ("hôm qua", date(2027, 4, 19), date(2027, 4, 19)),
        ("1/5", date(2027, 5, 1), date(2026, 5, 1)),
        ("20/4", TODAY, TODAY),
        ("1/4", date(2028, 4, 1), date(2027, 4, 1)),
        ("1/4/2027", date(2027, 4, 1), date(2027, 4, 1)),
        ("nonsense", None, None),
    ],
)
def test_a_day_without_a_year_is_the_next_or_for_the_history_the_last(
    typed: str, coming: date | None, gone: date | None
) -> None:
    assert typed_dates.parse_day(typed, TODAY) == coming
    assert typed_dates.parse_day(typed, TODAY, past=True) == gone


@pytest.mark.parametrize(
    ("typed", "monday"),
    [
        ("today", date(2027, 4, 19)),
        ("tuần này", date(2027, 4, 19)),
        ("25/4", date(2027, 4, 19)),
        ("26/4", date(2027, 4, 26)),
        ("2027-W18", date(2027, 5, 3)),
        ("2027-W54", None),
        ("18", None),
    ],
)
def test_weeks_run_from_monday_to_sunday(typed: str, monday: date | None) -> None:
    expected = None if monday is None else (monday, monday + timedelta(days=6))
    assert typed_dates.parse_week(typed, TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "past", "first"),
    [
        ("5", False, date(2027, 5, 1)),
        ("5", True, date(2026, 5, 1)),
        ("tháng 5", False, date(2027, 5, 1)),
        ("4", False, date(2027, 4, 1)),
        ("4", True, date(2027, 4, 1)),
        ("3", False, date(2028, 3, 1)),
        ("3", True, date(2027, 3, 1)),
        ("tháng này", False, date(2027, 4, 1)),
        ("5/2026", False, date(2026, 5, 1)),
        ("2026-05", False, date(2026, 5, 1)),
        ("tháng 5 năm 2026", False, date(2026, 5, 1)),
        ("13", False, None),
        ("0", False, None),
        ("May", False, None),
    ],
)
def test_months(typed: str, *, past: bool, first: date | None) -> None:
    found = typed_dates.parse_month(typed, TODAY, past=past)
    assert (found and found[0]) == first
    if found:
        assert (found[1] + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("20s", 20),
        ("1m30s", 90),
        ("20 giây", 20),
        ("1 phút 30 giây", 90),
        ("2 phút", 120),
        ("2", None),
        ("x phút", None),
    ],
)
def test_lengths(typed: str, seconds: int | None) -> None:
    assert typed_dates.parse_length(typed) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_list_tells_what_is_good_and_what_is_not() -> None:
    assert typed_dates.parse_list(["5h30, 25h", "17:00"], typed_dates.parse_clock) == ([time(5, 30), time(17)], ["25h"])


@given(st.times().map(lambda moment: moment.replace(microsecond=0)))
def test_every_iso_time_is_understood(moment: time) -> None:
    assert typed_dates.parse_clock(moment.isoformat()) == moment


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_date_is_understood_in_both_orders(day: date) -> None:
    assert typed_dates.parse_boundary(day.isoformat()) == day
    assert typed_dates.parse_boundary(f"{day.day}/{day.month}/{day.year}") == day


@given(st.text())
def test_any_text_is_read_as_a_span_that_does_not_end_before_it_begins_or_not_at_all(text: str) -> None:
    week, month = typed_dates.parse_week(text, TODAY), typed_dates.parse_month(text, TODAY)
    length = typed_dates.parse_length(text)
    assert week is None or (week[1] - week[0]).days == 6
    assert month is None or (month[0].day == 1 and month[0].month == month[1].month)
    assert length is None or length >= timedelta()
    assert isinstance(typed_dates.parse_clock(text), time | None)
    assert isinstance(typed_dates.parse_day(text, TODAY), date | None)
    assert isinstance(typed_dates.parse_weekdays(text), frozenset | tuple | None)
    assert isinstance(typed_dates.parse_boundary(text), date | YearDay | None)
