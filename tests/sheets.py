"""Spreadsheets of timetables for tests."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from broadcaster.models import Campaign, YearDay
from broadcaster.schedule.sheets.read_timetable import SLOT_HEADINGS

SCRIPTS = ("a", "b", "c-1", *(f"thong-diep-{n}" for n in range(1, 7)), "chu-de")
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
