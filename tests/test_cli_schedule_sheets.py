"""Timetables that go out as files and come in again: spreadsheets, calendars, pages."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from commands import RunCommand
from icalendar import Calendar
from openpyxl import load_workbook

from broadcaster.schedule.timetable import read_campaign


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
    assert "Not in the file, and left as they are: thang-5/cao-diem-chuong-trinh. --replace removes them." in good.err
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
    wrong = broadcaster("schedule", "export", str(tmp_path / "a.pdf"), station=station_folder)
    assert "allowed: .xlsx, .csv, .ics, .html" in wrong.err
