"""What officers type for days, dates, times and lengths means what they mean."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster import typed_dates
from broadcaster.models import YearDay
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR
from broadcaster.typed_doubts import doubt

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
        ("11h30 trưa", time(11, 30)),
        ("12h trưa", time(12)),
        ("1h trưa", time(13)),
        ("10h đêm", time(22)),
        ("1h đêm", time(1)),
        ("23h khuya", time(23)),
        ("4h rạng sáng", time(4)),
        ("sáng 5h30", time(5, 30)),
        ("chiều 5 giờ rưỡi", time(17, 30)),
        ("lúc 5h30", time(5, 30)),
        ("5h30'", time(5, 30)),
        ("5h30’", time(5, 30)),
        ("5:30 PM", time(17, 30)),
        ("5:30 p.m.", time(17, 30)),
        ("5:30 CH", time(17, 30)),
        ("12:30 SA", time(0, 30)),
        ("12:00 PM", time(12)),
        ("5 PM", time(17)),
        ("17h30 chiều", time(17, 30)),
        ("17 giờ 5 phút", time(17, 5)),
        ("5h5p chiều", time(17, 5)),
        ("5h5 pm", None),
        ("6 giờ kém 15", time(5, 45)),
        ("6 giờ kém 15 chiều", time(17, 45)),
        ("12h sáng", None),
        ("12h đêm", None),
        ("12h tối", None),
        ("8h chiều", None),
        ("3h tối", None),
        ("13:00 AM", None),
        ("sáng 5h30 chiều", None),
        ("24h", None),
        ("0h kém 15", None),
        ("5h5", None),
        ("5:3", None),
        ("٠٥:٣٠", None),
        ("５h30", None),
        ("5h:30", None),
        ("5h30:15:10", None),
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
        ("T2 T4 T6", {1, 3, 5}),
        ("thứ 2 thứ 4", {1, 3}),
        ("T2;T4", {1, 3}),
        ("T2 – T6", WORKDAYS),
        ("cuối tuần", {6, 7}),
        ("ngày thường", WORKDAYS),
        ("T２", None),
        ("T2T4", None),
        ("tue,4", None),
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
        ("15-05", YearDay(5, 15)),
        ("12-05", YearDay(5, 12)),
        ("05-15", None),
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
        ("ngày kia", date(2027, 4, 22), date(2027, 4, 22)),
        ("ngày mốt", date(2027, 4, 22), date(2027, 4, 22)),
        ("hôm kia", date(2027, 4, 18), date(2027, 4, 18)),
        ("thứ ba", TODAY, TODAY),
        ("thứ hai", date(2027, 4, 26), date(2027, 4, 19)),
        ("T7", date(2027, 4, 24), date(2027, 4, 17)),
        ("CN", date(2027, 4, 25), date(2027, 4, 18)),
        ("thứ hai tuần sau", date(2027, 4, 26), date(2027, 4, 26)),
        ("chủ nhật tuần này", date(2027, 4, 25), date(2027, 4, 25)),
        ("Thứ Sáu tuần trước", date(2027, 4, 16), date(2027, 4, 16)),
        ("Thứ Hai, ngày 17/5/2027", date(2027, 5, 17), date(2027, 5, 17)),
        ("thứ ba 17/5/2027", None, None),
        ("thứ bảy 1/5", date(2027, 5, 1), None),
        ("29/2", date(2028, 2, 29), date(2024, 2, 29)),
        ("12-05", date(2027, 5, 12), date(2026, 5, 12)),
        ("19.5.27", date(2027, 5, 19), date(2027, 5, 19)),
        ("2027/5/19", date(2027, 5, 19), date(2027, 5, 19)),
        ("19/5/0027", None, None),
        ("31/12/9999", None, None),
        ("1/1/0001", None, None),
        ("١٥/٥/٢٠٢٧", None, None),
        ("１５/５/2027", None, None),
        ("15\u200b/5/2027", date(2027, 5, 15), date(2027, 5, 15)),
        ("15\u00a0tháng\u00a05", date(2027, 5, 15), date(2026, 5, 15)),
        ("15 tháng năm 2027", date(2027, 5, 15), date(2027, 5, 15)),
        ("15 tháng giêng", None, None),
        ("15/5-2027", None, None),
        ("thứ", None, None),
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
        ("tuần sau", date(2027, 4, 26)),
        ("tuần tới", date(2027, 4, 26)),
        ("tuần trước", date(2027, 4, 12)),
        ("thứ hai tuần sau", date(2027, 4, 26)),
        ("2027-W54", None),
        ("0001-W01", None),
        ("9999-W52", None),
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
        ("tháng sau", False, date(2027, 5, 1)),
        ("tháng tới", False, date(2027, 5, 1)),
        ("tháng trước", True, date(2027, 3, 1)),
        ("tháng năm", False, date(2027, 5, 1)),
        ("tháng mười hai năm 2026", False, date(2026, 12, 1)),
        ("T5/2027", False, date(2027, 5, 1)),
        ("05/27", False, date(2027, 5, 1)),
        ("tháng 5/27", True, date(2027, 5, 1)),
        ("5/12", False, None),
        ("5.2027", False, date(2027, 5, 1)),
        ("5/9999", False, None),
        ("5/0001", False, None),
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
        ("1,5 giây", 1.5),
        ("2.5 phút", 150),
        ("2 phút", 120),
        ("2'", 120),
        ("1'30\"", 90),
        ("２ phút", None),
        ("-5s", None),
        ("2", None),
        ("x phút", None),
    ],
)
def test_lengths(typed: str, seconds: int | None) -> None:
    assert typed_dates.parse_length(typed) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("16/5", (2027, 5, 16), (2027, 5, 16)),
        ("16/5-18/5", (2027, 5, 16), (2027, 5, 18)),
        ("16/5 – 18/5/2028", (2028, 5, 16), (2028, 5, 18)),
        ("16-18/5", (2027, 5, 16), (2027, 5, 18)),
        ("ngày 16-18 tháng 5", (2027, 5, 16), (2027, 5, 18)),
        ("từ 16 đến 18 tháng 5 năm 2028", (2028, 5, 16), (2028, 5, 18)),
        ("từ 16/5 đến 18/5", (2027, 5, 16), (2027, 5, 18)),
        ("30/12-2/1", (2027, 12, 30), (2028, 1, 2)),
        ("30/12-2/1/2028", (2027, 12, 30), (2028, 1, 2)),
        ("2027-05-16 - 2027-05-18", (2027, 5, 16), (2027, 5, 18)),
        ("12-05", (2027, 5, 12), (2027, 5, 12)),
        ("12-05-2027", (2027, 5, 12), (2027, 5, 12)),
        ("cuối tuần", (2027, 4, 24), (2027, 4, 25)),
        ("cuối tuần sau", (2027, 5, 1), (2027, 5, 2)),
        ("tuần sau", (2027, 4, 26), (2027, 5, 2)),
        ("18/5/2027-16/5/2027", None, None),
        ("30/2-2/3", None, None),
        ("16/5-", None, None),
        ("-", None, None),
        ("1/1/2027-31/12/9999", None, None),
    ],
)
def test_days_from_one_to_another(
    typed: str, first: tuple[int, int, int] | None, last: tuple[int, int, int] | None
) -> None:
    expected = (date(*first), date(*last)) if first and last else None
    assert typed_dates.parse_days(typed, TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("12h sáng", "is 0h or 12h meant?"),
        ("12h30 đêm", "is 0h30 or 12h30 meant?"),
        ("8h chiều", "is 8h or 20h meant?"),
        ("13h sáng", "is 1h or 13h meant?"),
        ("24:00", "a day ends at 23:59; midnight is 0h, at the beginning of the next day"),
        ("5h5", "is 5h05 or 5h50 meant?"),
        ("5h7", "is 5h07 meant?"),
        ("05-15", "the day comes before the month: is 15/5 meant?"),
        ("5/15/2027", "the day comes before the month: is 15/5/2027 meant?"),
        ("29/2/2027", "month 2/2027 has 28 days"),
        ("31/4", "month 4 has 30 days"),
        ("2027-02-30", "month 2/2027 has 28 days"),
        ("19/5/0027", "years from 1970 to 9998 are understood"),
        ("31/12/9999", "years from 1970 to 9998 are understood"),
        ("thứ ba, 17/5/2027", "17/05/2027 is a Monday"),
        ("thứ hai 17/5", "say the year too: the day of the week changes with it"),
        ("mùng 5", "days of the lunar calendar are not read; write the day of the solar one, such as 15/5/2027"),
        ("25h", ""),
        ("45/45", ""),
        ("0/0/2027", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_is_asked_back(typed: str, asked: str) -> None:
    assert doubt(typed) == asked


@given(st.text())
def test_any_text_may_be_doubted(text: str) -> None:
    assert isinstance(doubt(text), str)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15/5 5h30", ("15/5", time(5, 30))),
        ("15/5 5h30 chiều", ("15/5", time(17, 30))),
        ("15/5 sáng 5h30", ("15/5", time(5, 30))),
        ("hôm qua 17:00", ("hôm qua", time(17))),
        ("15/5 lúc 5 giờ 30 phút", ("15/5", time(5, 30))),
        ("2027-05-15T17:00", ("2027-05-15", time(17))),
        ("thứ hai tuần sau 5h", ("thứ hai tuần sau", time(5))),
        ("5h30", None),
        ("15/5", None),
        ("15/5 24:00", None),
    ],
)
def test_a_day_and_a_time(typed: str, meant: tuple[str, time] | None) -> None:
    assert typed_dates.split_moment(typed) == meant


@given(st.times().map(lambda moment: moment.replace(microsecond=0)))
def test_every_iso_time_is_understood(moment: time) -> None:
    assert typed_dates.parse_clock(moment.isoformat()) == moment


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
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
