"""Timetables that go out as files and come in again: spreadsheets, calendars, pages."""

from __future__ import annotations

import re
from datetime import datetime, time
from pathlib import Path

import pytest
from commands import RunCommand
from icalendar import Calendar
from openpyxl import load_workbook
from sheets import HEADINGS, workbook

from broadcaster.schedule.timetable import read_campaign


@pytest.mark.parametrize("name", ["luot-phat.xlsx", "luot-phat.csv"])
def test_a_list_of_airings_that_is_brought_back_is_called_by_its_name(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, name: str
) -> None:
    file = str(tmp_path / name)
    assert broadcaster("schedule", "export", file, "--month", "5/2027", station=station_folder).code == 0
    told = broadcaster("schedule", "import", file, station=station_folder)
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "this is a list of airings, not a timetable" in told.err


def test_a_workbook_goes_out_is_edited_and_comes_in_all_or_nothing(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    path, file = station_folder / "schedules" / "thang-5.toml", tmp_path / "lich.xlsx"
    assert broadcaster("schedule", "export", str(file), station=station_folder).code == 0
    before = path.read_text("utf-8")
    assert "Nothing changes." in broadcaster("schedule", "import", str(file), station=station_folder).out
    book = load_workbook(file)
    sheet = book["Khung phát"]
    sheet["C2"] = time(5, 45)
    sheet["C3"] = "25h"
    sheet["J4"] = "không có"
    book.save(file)
    bad = broadcaster("schedule", "import", str(file), station=station_folder)
    assert bad.code == 2
    assert [line.split(": ")[1] for line in bad.err.splitlines()] == [
        'sheet "Khung phát", row 3, column C "Giờ 1"',
        'sheet "Khung phát", row 4, column J "Bài phát"',
    ]
    assert path.read_text("utf-8") == before
    sheet["C3"], sheet["J4"] = time(5, 50), "tieu-pham-hai-giong"
    sheet.delete_rows(5)
    book.save(file)
    good = broadcaster("schedule", "import", str(file), "--yes", station=station_folder)
    assert good.code == 0
    assert (
        "Not in the file, and left as they are: thang-5/cao-diem-chuong-trinh. To remove one: broadcaster schedule "
        "remove thang-5/cao-diem-chuong-trinh; all of them: --replace" in good.err
    )
    after = before.replace('"05:30", ', '"05:45", ').replace('"05:35", ', '"05:50", ')
    assert path.read_text("utf-8") == after
    assert broadcaster("schedule", "import", str(file), "--replace", "--yes", station=station_folder).code == 0
    assert "cao-diem-chuong-trinh" not in path.read_text("utf-8")


def test_the_template_makes_a_campaign(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mau.xlsx"
    assert broadcaster("schedule", "template", str(file), station=station_folder).code == 0
    again = broadcaster("schedule", "template", str(file), station=station_folder)
    assert "there is such a file already; choose another name, or say --force" in again.err
    assert broadcaster("schedule", "import", str(file), "--yes", station=station_folder).code == 0
    assert read_campaign(station_folder / "schedules" / "dot-moi.toml").slots[0].repeat == 2


def test_the_plan_goes_into_calendars_lists_and_pages(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    ids = {
        occurrence["id"]
        for occurrence in broadcaster("plan", "--month", "5/2027", "--json", station=station_folder).json
    }
    for name in ("a.ics", "a.html", "a.xlsx", "a.csv"):
        arguments = ("export", str(tmp_path / name), "--month", "5/2027")
        assert broadcaster("schedule", *arguments, station=station_folder).code == 0
    events = Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT")
    assert {str(event["uid"]).removesuffix("@commune-broadcaster") for event in events} == ids
    assert all(event.start.isoformat() in str(event["uid"]) or event.start.second for event in events) or len(
        events
    ) == len(ids)
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert sheet.max_row == len(ids) + 1
    assert sheet["C2"].value == time(5, 30)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page.count("<li") == len(ids)
    assert "A4 landscape" in page
    assert len((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()) == len(ids) + 1
    wrong = broadcaster("schedule", "export", str(tmp_path / "a.doc"), station=station_folder)
    assert "allowed: .xlsx, .csv, .ics, .html" in wrong.err
    paper = broadcaster("schedule", "export", str(tmp_path / "a.pdf"), station=station_folder)
    assert paper.code == 2
    assert "write a .html, open it in a browser and print it, or save it as PDF from there" in paper.err


def test_the_page_and_the_commands_say_the_same_minutes(
    broadcaster: RunCommand, rendered_station: Path, tmp_path: Path
) -> None:
    broadcaster("script", "retire", "duong-day-nong", "--yes", station=rendered_station)  # is planned, will not air
    file = tmp_path / "a.html"
    assert broadcaster("schedule", "export", str(file), "--month", "5/2027", station=rendered_station).code == 0
    boxes = re.findall(r'<span class="load">\d+ lượt, ([\d,]+) phút</span>', file.read_text("utf-8"))
    assert len(boxes) == 31
    listed = broadcaster("plan", "--from", "1/5/2027", "--to", "31/5/2027", station=rendered_station).out
    days = re.findall(r"\d{2}: occurrences: \d+, minutes: ([\d.]+)", listed)
    calendar = broadcaster("plan", "--month", "5/2027", station=rendered_station).out
    assert [minutes.replace(",", ".") for minutes in boxes] == days == re.findall(r"([\d.]+)′", calendar)[:31]


# ---- only what the sheet says -----------------------------------------------------------------------------------


def changed_lines(out: str) -> list[str]:
    """Return the lines that a shown diff takes out and puts in, without comments."""
    lines = [line for line in out.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")]
    return [line.partition(" #")[0].rstrip() for line in lines]


def test_columns_that_a_sheet_has_not_keep_what_is_there(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bon-cot.csv"
    file.write_text(
        "Mã đợt,Mã khung phát,Giờ,Bài phát\nthang-5,cao-diem-chuong-trinh,11:30,chuong-trinh-5-phut\n", "utf-8"
    )
    shown = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert changed_lines(shown.out) == ['-at = ["11:00", "18:30"]', '+at = ["11:30"]']


def test_a_slot_needs_no_more_than_what_changes(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "hai-cot.csv"
    file.write_text("Mã đợt,Mã khung phát,Số lần đọc\nthang-5,chu-de,2\n", "utf-8")
    shown = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert changed_lines(shown.out) == ["+repeat = 2"]
    file.write_text("Mã đợt,Mã khung phát,Số lần đọc\nthang-5,moi,2\n", "utf-8")
    refused = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert refused.code == 2
    assert [line.split(": ", 2)[2] for line in refused.err.splitlines()] == [
        'this is new, and there is no column "Bài phát"; start from: broadcaster schedule template FILE',
        'this is new, and there is no column "Giờ"; start from: broadcaster schedule template FILE',
    ]


def test_an_emptied_cell_is_a_change_that_is_shown(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "lich.xlsx"
    assert broadcaster("schedule", "export", str(file), station=station_folder).code == 0
    book = load_workbook(file)
    slots, heads = book["Khung phát"], book["Đợt"]
    heads["C2"] = None
    row = next(row for row in slots.iter_rows() if row[1].value == "cao-diem-chuong-trinh")
    for cell in row:
        if cell.value in ("15/05", "25/05", "ưu tiên"):
            cell.value = None
    book.save(file)
    shown = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert changed_lines(shown.out) == [
        '-source = "1192/BHXH-TT"',
        '-from = "05-15"',
        '-to = "05-25"',
        '-class = "priority"',
    ]


def test_a_sheet_of_campaigns_with_few_columns_keeps_the_rest(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    campaign = station_folder / "schedules" / "thang-5.toml"
    text = campaign.read_text("utf-8").replace('to = "05-31" ', 'except = ["2027-05-19"]\nto = "05-31" ')
    campaign.write_text(text, "utf-8")
    heads = [["Mã đợt", "Tên đợt", "Từ ngày", "Đến ngày"], ["thang-5", "Tháng 5", "01/05", "31/05"]]
    file = workbook(tmp_path / "dot.xlsx", ("Đợt", heads), ("Khung phát", [HEADINGS]))
    shown = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert changed_lines(shown.out) == [
        '-title = "Tháng vận động triển khai BHXH toàn dân"',
        '+title = "Tháng 5"',
    ]
    assert "Not in the file" not in shown.err
    removed = broadcaster("schedule", "import", str(file), "--dry-run", "--replace", station=station_folder)
    assert changed_lines(removed.out) == changed_lines(shown.out)


def test_what_is_kept_and_does_not_go_with_what_is_new_is_named(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "ngay.csv"
    file.write_text("Mã đợt,Mã khung phát,Từ ngày\nthang-5,cao-diem-tieu-pham,26/5\n", "utf-8")
    refused = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    assert refused.code == 2
    assert '"Đến ngày", which stays as it is: 05-25 is before 05-26' in refused.err


def test_weights_follow_their_scripts_where_the_sheet_has_no_column_of_them(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    broadcaster("schedule", "edit", "thang-5/thong-diep", "--weight", "thong-diep-6=2", "--yes", station=station_folder)
    file = tmp_path / "bai.csv"
    file.write_text('Mã đợt,Mã khung phát,Bài phát\nthang-5,thong-diep,"thong-diep-6, thong-diep-1"\n', "utf-8")
    assert broadcaster("schedule", "import", str(file), "--yes", station=station_folder).code == 0
    slot = read_campaign(station_folder / "schedules" / "thang-5.toml").slots[0]
    assert (slot.scripts, slot.weights) == (("thong-diep-6", "thong-diep-1"), (2, 1))


def test_dates_that_are_over_are_told(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    rows = [[*HEADINGS[:4], "Từ ngày", "Đến ngày", "Bài phát"]]
    for id_, year in (("qua", 2020), ("sap", 2090)):
        days = [datetime(year, 5, day) for day in (15, 20)]  # noqa: DTZ001 - as a spreadsheet has it
        rows.append(["thang-5", id_, time(10), None, *days, "chu-de"])
    file = workbook(tmp_path / "a.xlsx", ("Khung phát", rows))
    shown = broadcaster("schedule", "import", str(file), "--dry-run", station=station_folder)
    notes = [line for line in shown.err.splitlines() if line.startswith("Note: ")]
    assert notes == [
        (
            f'Note: {file}: sheet "Khung phát", row 2, column F "Đến ngày": '
            "20/05/2020 is over: thang-5/qua will not air any more"
        ),
        "Note: thang-5/sap: first airs on 2090-05-15, more than a year from now",
    ]
