"""Spreadsheets of timetables for tests."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from broadcaster.errors import InputError
from broadcaster.models import Campaign, YearDay
from broadcaster.schedule.sheets.read_timetable import TimetableSheet, read_sheet
from broadcaster.schedule.sheets.sheet_layout import SLOT_HEADINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet


SCRIPTS = ("a", "b", "c-1", *(f"thong-diep-{n}" for n in range(1, 7)), "chu-de", "a.hmong")
ALL_VERSIONS = (*SCRIPTS, *(f"{text}.hmong" for text in SCRIPTS[1:-1]))
TODAY = date(2027, 4, 20)
MAY = Campaign("may", "Tháng năm", Path("may.toml"), YearDay(5, 1), YearDay(5, 31), ())
HEADINGS = ["Mã đợt", "Mã khung phát", "Giờ 1", "Giờ 2", *list(SLOT_HEADINGS.values())[3:]]
KEYS = ["campaign", "id", "at", "at2", *list(SLOT_HEADINGS)[3:]]
GOOD: dict[str, Any] = {"campaign": "may", "id": "sang", "at": time(5, 30), "scripts": "a"}


def local(*numbers: int) -> datetime:
    """Return a spreadsheet's date: it has no zone."""
    return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - as a spreadsheet has it


def row(**values: Any) -> list[Any]:
    """Return a good row of the sheet of slots, with some cells changed."""
    return [{**GOOD, **{key.rstrip("_"): value for key, value in values.items()}}.get(key) for key in KEYS]


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    """Write a workbook with these sheets, each a name and its rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return path


def slots_sheet(path: Path, *rows: list[Any]) -> Path:
    """Write a workbook with rows under the headings of the sheet of slots."""
    return workbook(path, ("Khung phát", [HEADINGS, *rows]))


# ---- one sheet, changed as somebody did in Excel -----------------------------------------------------------------

FIRST = ["Mã đợt", "Mã khung phát", "Giờ", "Từ ngày", "Đến ngày", "Bài phát"]
ONE = ["may", "sang", time(5, 30), None, None, "a"]
FILLED = 6 + 4  # cells of these two rows


def taken(path: Path, *campaigns: Campaign) -> TimetableSheet:
    """Read a file into a station that has these campaigns; without any: the one of May."""
    return read_sheet(path, {campaign.id: campaign for campaign in campaigns or (MAY,)}, SCRIPTS, TODAY)


def told(path: Path) -> list[str]:
    """Return what a file is refused for."""
    with pytest.raises(InputError) as error:
        taken(path)
    return [str(problem).removeprefix(f"{path}: ") for problem in error.value.problems]


def noted(sheet: TimetableSheet) -> list[str]:
    """Return what is told of a file that is taken."""
    return [str(note).removeprefix(f"{sheet.path}: ") for note in sheet.notes]


def made(path: Path, rows: list[list[Any]], change: Callable[[Worksheet], None] = lambda sheet: None) -> Path:
    """Write a workbook with one sheet of slots, and change it as somebody did in Excel."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Khung phát"
    for cells in rows:
        sheet.append(cells)
    change(sheet)
    book.save(path)
    return path


def ids(sheet: TimetableSheet) -> dict[str, list[str]]:
    """Return the slots that were read, by campaign."""
    return {campaign: [slot.id for slot in slots] for campaign, slots in sheet.slots.items()}
