"""Campaigns as a spreadsheet (.xlsx, .csv): one to start from, those that there are, and taking one in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.models import Campaign, Slot, YearDay
from broadcaster.office.find import all_campaigns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.errors import Problem
    from broadcaster.schedule.days_off import LeftOutBefore
    from broadcaster.schedule.sheets.apply_import import SheetChanges
    from broadcaster.station.folder import Station

FORMATS = (".xlsx", ".csv")


@dataclass(frozen=True, slots=True)
class TimetableImport:
    """What a spreadsheet comes to: how many slots were read, the changes of the campaign files, and what to know.

    `before`: what became of what was left out.
    """

    slots: int
    result: SheetChanges
    notes: tuple[Problem, ...]
    before: tuple[LeftOutBefore, ...]


def timetable_file(suffix: str, campaigns: Iterable[Campaign]) -> bytes:
    """Return a spreadsheet of campaigns, in the layout that `import_timetable` reads; `suffix` is one of `FORMATS`."""
    from broadcaster.schedule.sheets.write import timetable_csv, timetable_xlsx

    return timetable_xlsx(campaigns) if suffix == ".xlsx" else timetable_csv(campaigns)


def sample_campaign(station: Station) -> Campaign:
    """Return a campaign with one slot, which shows in a spreadsheet how a row is filled in."""
    scripts = tuple(sorted(station.scripts()[0])[:2]) or ("thong-diep-1",)
    times = time(5, 30), time(17)
    slot = Slot("sang-chieu", times, scripts, days=frozenset(range(1, 6)), repeat=2, gap=timedelta(seconds=10))
    return Campaign("dot-moi", "Tên đợt tuyên truyền", Path(), YearDay(6, 1), YearDay(6, 30), (slot,), "12/KH-UBND")


def import_timetable(station: Station, file: Path, *, replace_all: bool) -> TimetableImport:
    """Read a spreadsheet of campaigns and slots; raise InputError with every mistake in it, by sheet, row and column.

    Nothing changes but what it says: sheets, columns and rows that it leaves out stay as they are. With `replace_all`
    the slots that it leaves out are removed from the campaigns of which it has slots.
    """
    from broadcaster.schedule.sheets.apply_import import changes_of_import
    from broadcaster.schedule.sheets.read_timetable import read_sheet

    campaigns = all_campaigns(station)  # a file with mistakes cannot be edited, and may be the one that is meant
    today = station.now().date()
    sheet = read_sheet(file, campaigns, station.scripts()[0], today, station.settings.groups)
    result = changes_of_import(sheet, campaigns, station.schedules_folder, replace_all=replace_all)
    before = tuple(dict.fromkeys([*sheet.before, *result.before]))
    return TimetableImport(sheet.count, result, sheet.notes, before)
