"""Odd spreadsheets, as they come from real offices: what a person sees in them is what is read, or it is told."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sheets import FIRST, ONE, ids, local, made, noted, taken, told

from broadcaster.errors import InputError
from broadcaster.models import Campaign, Slot, YearDay

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from broadcaster.schedule.sheets.read_timetable import TimetableSheet


def cell(path: Path, heading: str, value: Any, shown_as: str) -> TimetableSheet:
    """Read a sheet of one slot in which one cell has this value and this number format."""
    place = FIRST.index(heading)

    def change(sheet: Worksheet) -> None:
        there = sheet.cell(2, place + 1)
        there.value, there.number_format = value, shown_as

    return taken(made(path, [FIRST, ONE], change))


# ---- times as they are shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown_as", "expected"),
    [
        (0.2291667, "hh:mm", time(5, 30)),
        (0.2291666, "hh:mm", time(5, 30)),  # 05:29:59.994, which Excel shows as 05:30
        (0.22917, "h:mm", time(5, 30)),
        (0.2291667, "hh:mm:ss", time(5, 30)),
        (timedelta(hours=5, minutes=30), "[h]:mm", time(5, 30)),
        (timedelta(hours=17, minutes=5), "[hh]:mm:ss", time(17, 5)),
        (time(17, 30), "h:mm AM/PM", time(17, 30)),
        (time(17, 30), "[$-42A]hh:mm", time(17, 30)),
        (time(5, 30, 15), "hh:mm:ss", time(5, 30, 15)),
        ("5:30 PM", "@", time(17, 30)),
        ("5:30 CH", "@", time(17, 30)),
        ("05:30:00 AM", "@", time(5, 30)),
        ("12:00 AM", "@", time(0)),
        ("12:15 pm", "@", time(12, 15)),
        ("5h30 chiều", "@", time(17, 30)),
    ],
)
def test_a_time_is_what_the_cell_shows(tmp_path: Path, value: Any, shown_as: str, expected: time) -> None:
    found = cell(tmp_path / "a.xlsx", "Giờ", value, shown_as)
    assert found.slots["may"][0].at == (expected,)
    assert noted(found) == []


@pytest.mark.parametrize(
    ("value", "shown_as"),
    [
        (timedelta(hours=25), "[h]:mm"),
        (0.2291667, "General"),  # shown as 0.2291667
        (5.3, "General"),
        (17, "General"),
        (1.2291667, "dd/mm/yyyy hh:mm"),
    ],
)
def test_what_is_no_time_of_day_is_told(tmp_path: Path, value: Any, shown_as: str) -> None:
    with pytest.raises(InputError, match=r'row 2, column C "Giờ": found .*; allowed: a time of day'):
        cell(tmp_path / "a.xlsx", "Giờ", value, shown_as)


@pytest.mark.parametrize(
    ("value", "asked"), [("13:00 AM", "is 1h00 or 13h00 meant?"), ("0:30 PM", "is 0h30 or 12h30 meant?")]
)
def test_a_half_day_that_cannot_be_is_asked_back(tmp_path: Path, value: str, asked: str) -> None:
    with pytest.raises(InputError, match=re.escape(f'row 2, column C "Giờ": found "{value}"; {asked}')):
        cell(tmp_path / "a.xlsx", "Giờ", value, "@")


def test_seconds_that_the_cell_does_not_show_are_told(tmp_path: Path) -> None:
    found = cell(tmp_path / "a.xlsx", "Giờ", time(5, 30, 15), "hh:mm")
    assert found.slots["may"][0].at == (time(5, 30),)
    assert noted(found) == ['sheet "Khung phát", row 2, column C: 05:30:15 is shown as 05:30, and read so']


# ---- dates as they are shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown_as", "expected"),
    [
        (local(2026, 5, 15), "d-mmm", YearDay(5, 15)),  # what Excel makes of "15/5" typed in 2026
        (local(2026, 5, 15), "dd/mm", YearDay(5, 15)),
        (local(2027, 5, 15), "dd/mm/yyyy", date(2027, 5, 15)),
        (local(2027, 5, 15), "mm-dd-yy", date(2027, 5, 15)),
        (local(2027, 5, 15), '"ngày" dd "tháng" mm "năm" yyyy', date(2027, 5, 15)),
        (local(2027, 5, 15), '"y" dd/mm', YearDay(5, 15)),
        ("15/05", "@", YearDay(5, 15)),
        ("15-May", "@", YearDay(5, 15)),
        ("15-Thg5", "@", YearDay(5, 15)),
        ("15 tháng 5", "@", YearDay(5, 15)),
        ("15/5/2027", "@", date(2027, 5, 15)),
    ],
)
def test_a_date_has_a_year_only_where_the_cell_shows_one(
    tmp_path: Path, value: Any, shown_as: str, expected: date | YearDay
) -> None:
    that_year = Campaign("may", "Tháng năm", Path("may.toml"), date(2027, 5, 1), date(2027, 5, 31), ())
    campaigns = () if isinstance(expected, YearDay) else (that_year,)

    def change(sheet: Worksheet) -> None:
        there = sheet["D2"]
        there.value, there.number_format = value, shown_as

    found = taken(made(tmp_path / "a.xlsx", [FIRST, ONE], change), *campaigns)
    assert found.slots["may"][0].start == expected


def test_a_day_off_in_a_cell_that_shows_no_year_has_the_year_that_is_stored(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["G1"], sheet["G2"] = "Trừ ngày", local(2027, 5, 19)
        sheet["G2"].number_format = "d-mmm"

    found = taken(made(tmp_path / "a.xlsx", [FIRST, ONE], change))
    assert found.slots["may"][0].exceptions == {date(2027, 5, 19)}


# ---- what stands around the table -------------------------------------------------------------------------------

NUMBERED = [["STT", *FIRST, "Ghi chú"], [1, *ONE, "loa số 2"], [2, "may", "toi", time(19), None, None, "b", None]]
TWO = {"may": ["sang", "toi"]}


def test_a_title_above_the_headings_is_passed_over_and_told(tmp_path: Path) -> None:
    rows = [["UBND XÃ AN BÌNH"], [None, "LỊCH PHÁT THANH, THÁNG 5"], [], *NUMBERED]
    found = taken(made(tmp_path / "a.xlsx", rows))
    assert ids(found) == TWO
    assert noted(found) == ['sheet "Khung phát", row 2, column A: what stands above the headings is not read']


def test_numbers_and_remarks_of_people_are_no_mistakes(tmp_path: Path) -> None:
    found = taken(made(tmp_path / "a.xlsx", NUMBERED))
    assert (ids(found), noted(found)) == (TWO, [])


def test_numbers_may_be_counted_by_a_formula(tmp_path: Path) -> None:
    rows = [list(cells) for cells in NUMBERED]
    rows[1][0], rows[2][0] = "=ROW()-1", "=A2+1"
    assert ids(taken(made(tmp_path / "a.xlsx", rows))) == TWO


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        (["Tổng cộng", None, None, "=COUNTA(D2:D3)"], '"Tổng cộng"'),
        ([None, "Tổng: 2 khung phát", None, 2], '"Tổng: 2 khung phát"'),
        ([None, "Cộng", 2, 2], '"Cộng"'),
        ([None, "Người lập biểu", None, None, None, None, "CHỦ TỊCH"], '"Người lập biểu"'),
        ([None, None, None, None, None, None, None, "Đã duyệt"], '"Đã duyệt"'),
    ],
)
def test_what_stands_below_the_table_is_passed_over_and_told(tmp_path: Path, total: list[Any], shown: str) -> None:
    found = taken(made(tmp_path / "a.xlsx", [*NUMBERED, [], total]))
    assert ids(found) == TWO
    assert noted(found) == [f'sheet "Khung phát", row 5, column A "STT": {shown}: this row is not read']


def test_a_row_that_lacks_something_is_no_total(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", [*NUMBERED, [3, "may", None, time(20), None, None, "a"]])
    assert told(path) == [
        (
            'sheet "Khung phát", row 4, column C "Mã khung phát": is missing; '
            'allowed: a-z, 0-9 and "-", 1 to 64 characters, such as "sang"'
        )
    ]


def test_a_campaign_may_be_called_total(tmp_path: Path) -> None:
    total = Campaign("tong", "Tổng", Path("tong.toml"), YearDay(5, 1), YearDay(5, 31), ())
    path = made(tmp_path / "a.xlsx", [FIRST, ["tong", *ONE[1:]]])
    assert ids(taken(path, total)) == {"tong": ["sang"]}


def test_merged_cells_hold_for_each_of_their_rows(tmp_path: Path) -> None:
    rows = [list(cells) for cells in NUMBERED]
    rows[2][1] = None
    found = taken(made(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells("B2:B3")))
    assert ids(found) == TWO


def test_headings_in_two_rows_are_read(tmp_path: Path) -> None:
    rows = [
        ["Mã đợt", "Mã khung phát", "Giờ", None, "Bài phát"],
        [None, None, "Giờ 1", "Giờ 2", None],
        ["may", "sang", time(5, 30), time(17), "a"],
    ]

    def merge(sheet: Worksheet) -> None:
        for place in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
            sheet.merge_cells(place)

    found = taken(made(tmp_path / "a.xlsx", rows, merge))
    assert found.slots == {"may": (Slot("sang", (time(5, 30), time(17)), ("a",)),)}


def test_a_heading_over_two_columns_holds_for_both(tmp_path: Path) -> None:
    rows = [["Mã đợt", "Mã khung phát", "Giờ", None, "Bài phát"], ["may", "sang", time(5, 30), time(17), "a"]]
    found = taken(made(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells("C1:D1")))
    assert found.slots["may"][0].at == (time(5, 30), time(17))


def test_hidden_rows_columns_and_sheets_are_told(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["G"].hidden = True
        other = sheet.parent.create_sheet("Nháp")
        other["A1"], other.sheet_state = "x", "hidden"

    found = taken(made(tmp_path / "a.xlsx", NUMBERED, hide))
    assert ids(found) == TWO
    assert noted(found) == [
        'the hidden sheet "Nháp" is not read',
        'sheet "Khung phát": hidden rows are read too: 3',
        'sheet "Khung phát": hidden columns are read too: G',
    ]


def test_a_hidden_sheet_of_campaigns_is_read_and_told(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        other = sheet.parent.create_sheet("Đợt")
        other.append(["Mã đợt", "Tên đợt"])
        other.append(["may", "Tên mới"])
        other.sheet_state = "veryHidden"

    found = taken(made(tmp_path / "a.xlsx", NUMBERED, hide))
    assert (found.campaigns["may"].title, found.campaigns["may"].end) == ("Tên mới", YearDay(5, 31))
    assert noted(found) == ['the sheet "Đợt" is hidden, and is read']


def test_a_filter_that_hides_many_rows_is_told_in_one_line(tmp_path: Path) -> None:
    rows = [FIRST, *(["may", f"s{number}", *ONE[2:]] for number in range(20))]

    def hide(sheet: Worksheet) -> None:
        for number in range(2, 22):
            sheet.row_dimensions[number].hidden = number > 4

    found = taken(made(tmp_path / "a.xlsx", rows, hide))
    assert found.count == 20
    assert noted(found) == ['sheet "Khung phát": hidden rows are read too: 5, 6, 7, 8, 9, 10, 11, 12, …']


def test_a_cell_with_an_error_is_no_text(tmp_path: Path) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["F2"] = "#REF!"
        sheet["F2"].data_type = "e"

    assert told(made(tmp_path / "a.xlsx", [FIRST, ONE], spoil)) == [
        'sheet "Khung phát", row 2, column F "Bài phát": this is a formula; write its value'
    ]
