"""Read a workbook (.xlsx) as grids of what its cells show, in time that grows with its cells and not with its corners.

openpyxl's parser of a sheet is used without its worksheet: that one fills up every row and column to the farthest
cell, and makes a cell of each that a merge or a link spans; one formatted cell in the last row would take minutes.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.printable import without_signs
from broadcaster.schedule.sheets.grid import (
    Across,
    Content,
    Formula,
    Grid,
    Value,
    Yearless,
    column_letter,
    is_blank,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from openpyxl.worksheet._reader import WorkSheetParser

LARGEST_UNPACKED = 200_000_000
MOST_COLUMNS = 200
MOST_CELLS = 200_000
"""How many rows and cells of one sheet are looked at, empty ones that are only formatted included."""
_MOST_NAMED = 8
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""What a number format says without showing a part of a time: words in quotes, colours, languages."""


def read_workbook(path: Path, data: bytes) -> list[Grid]:
    """Return the sheets of a workbook. Raise InputError if it is none, is damaged or is too large for a schedule."""
    damaged = Problem(_("not an Excel workbook, or damaged"), _("open it in Excel and save it again as .xlsx"), path)
    try:
        _refuse_bomb(path, data)
        return list(_grids(path, data))
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a damaged workbook makes it raise
        raise InputError(damaged) from None


def _refuse_bomb(path: Path, data: bytes) -> None:
    """Raise InputError for a small file that unpacks into a huge one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise InputError(Problem(_("too large for a schedule"), path=path))


def _grids(path: Path, data: bytes) -> Iterator[Grid]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about features that openpyxl does not support
        book = load_workbook(io.BytesIO(data), read_only=True)
        for sheet in book.worksheets:
            yield _SheetReader(path, book, sheet).grid()


class _SheetReader:
    """Reads one sheet; its notes say what a person who looks at the sheet does not see."""

    def __init__(self, path: Path, book: Any, sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
        self.path, self.book, self.sheet = path, book, sheet
        self.notes: list[Problem] = []

    def grid(self) -> Grid:
        """Return the sheet as a grid."""
        from openpyxl.worksheet._reader import WorkSheetParser

        book, sheet = self.book, self.sheet
        with book._archive.open(sheet._worksheet_path) as source:  # noqa: SLF001 - there is no public way
            parser = WorkSheetParser(
                source,
                sheet._shared_strings,  # noqa: SLF001
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            rows = self._rows(parser)
        across = _fill_down(rows, parser)
        filled = tuple((number, _trimmed(cells)) for number, cells in sorted(rows.items()) if cells)
        self._note_hidden(parser, filled)
        return Grid(self.path, sheet.title, filled, tuple(self.notes), across, hidden=sheet.sheet_state != "visible")

    def _rows(self, parser: WorkSheetParser) -> dict[int, dict[int, Content]]:
        """Return the values by row and column, from 0; raise InputError for more than a schedule can have."""
        rows: dict[int, dict[int, Content]] = {}
        seen = 0
        for number, cells in parser.parse():
            seen += 1 + len(cells)
            if seen > MOST_CELLS:
                raise self._too_many(number)
            for cell in cells:
                value = self._value(cell)
                if value is None:
                    continue
                if cell["column"] > MOST_COLUMNS:
                    what = _("too wide for a schedule: something stands in cell {cell}")
                    place = f"{column_letter(cell['column'] - 1)}{number}"
                    raise InputError(Problem(what.format(cell=place), _delete(), self.path, key=self.sheet.title))
                rows.setdefault(number, {})[cell["column"] - 1] = value
        return rows

    def _too_many(self, row: int) -> InputError:
        what = _("more than {count} rows and cells are filled or formatted down to row {row}: too long for a schedule")
        what = what.format(count=MOST_CELLS, row=row)
        todo = _("copy the table into a new workbook and import that")
        return InputError(Problem(what, todo, self.path, key=self.sheet.title))

    def _value(self, cell: Mapping[str, Any]) -> Content:
        """Return a cell's value as it is shown."""
        value = cell["value"]
        if value is None or is_blank(value):
            return None
        if cell["data_type"] in ("f", "e") or not isinstance(value, Value):
            return Formula(str(value))
        if isinstance(value, str):
            return without_signs(value)
        if isinstance(value, date | time | timedelta):
            return self._as_shown(cell, value)
        return value

    def _as_shown(self, cell: Mapping[str, Any], value: date | time | timedelta) -> Value:
        """Return a time in whole seconds, without seconds and years that the cell does not show."""
        shown = _parts_shown(self._format(cell["style_id"]))
        whole = _whole_seconds(value)
        if isinstance(whole, datetime) and not shown & {"y", "h"} and "d" in shown and whole.time() == time():
            return Yearless(whole.date())
        if isinstance(whole, date) or "h" not in shown or "s" in shown:
            return whole
        seen = _without_seconds(whole)
        if seen != whole:
            what = _("{value} is shown as {seen}, and read so").format(value=whole, seen=str(seen)[:-3])
            grid = Grid(self.path, self.sheet.title)
            self.notes.append(grid.problem(cell["row"], cell["column"] - 1, what))
        return seen

    def _format(self, style: int) -> str:
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        number = self.book._cell_styles[style].numFmtId  # noqa: SLF001 - there is no public way
        custom = self.book._number_formats  # noqa: SLF001
        return BUILTIN_FORMATS.get(number) or (custom[number - 164] if number >= 164 else "")

    def _note_hidden(self, parser: WorkSheetParser, rows: Sequence[tuple[int, Sequence[Content]]]) -> None:
        """Note rows and columns that hold something and that nobody sees."""
        hidden = {number for number, row in parser.row_dimensions.items() if row.get("hidden") in ("1", "true")}
        names = [str(number) for number, _cells in rows if str(number) in hidden]
        if names:
            self._note(_("hidden rows are read too: {names}").format(names=_listed(names)))
        wide = max((len(cells) for _number, cells in rows), default=0)
        columns = [column_letter(number) for number in range(wide) if _is_hidden(parser, number)]
        if columns:
            self._note(_("hidden columns are read too: {names}").format(names=_listed(columns)))

    def _note(self, what: str) -> None:
        self.notes.append(Problem(what, path=self.path, key=_('sheet "{sheet}"').format(sheet=self.sheet.title)))


def _delete() -> str:
    return _("delete it, or copy the table into a new workbook and import that")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def _is_hidden(parser: WorkSheetParser, column: int) -> bool:
    return any(
        int(found["min"]) <= column + 1 <= int(found["max"]) and found.get("hidden") in ("1", "true")
        for found in parser.column_dimensions.values()
    )


def _fill_down(rows: Mapping[int, dict[int, Content]], parser: WorkSheetParser) -> tuple[Across, ...]:
    """Give the value of cells that are merged below each other to each row; return what is merged beside each other."""
    across: list[Across] = []
    for merged in parser.merged_cells.mergeCell if parser.merged_cells else ():
        left, top, right, bottom = merged.bounds
        value = rows.get(top, {}).get(left - 1)
        if value is None:
            continue
        down = [number for number in rows if top < number <= bottom]
        for number in down:
            rows[number].setdefault(left - 1, value)
        across += [(number, left - 1, min(right, MOST_COLUMNS) - 1) for number in (top, *down) if right > left]
    return tuple(across)


def _trimmed(cells: Mapping[int, Content]) -> tuple[Content, ...]:
    return tuple(cells.get(column) for column in range(max(cells) + 1))


def _parts_shown(number_format: str) -> set[str]:
    """Return the letters that stand for parts of a time in a number format: "dd/mm/yyyy" has d, m and y."""
    bare = _QUOTED.sub("", number_format.split(";")[0].lower())
    return {letter for letter in bare if letter in "ymdhs"}


def _whole_seconds(value: date | time | timedelta) -> date | time | timedelta:
    """Return a time in whole seconds: spreadsheets store fractions of a day, and 0.2291667 is 05:30:00.003."""
    half = timedelta(milliseconds=500)
    if isinstance(value, timedelta):
        return timedelta(seconds=(value + half) // timedelta(seconds=1))
    if isinstance(value, time):
        moved = datetime.combine(date(2000, 1, 1), value) + half
        return moved.time().replace(microsecond=0) if moved.day == 1 else time(23, 59, 59)
    if isinstance(value, datetime):
        return (value + half).replace(microsecond=0)
    return value


def _without_seconds(value: time | timedelta) -> time | timedelta:
    if isinstance(value, time):
        return value.replace(second=0)
    return timedelta(minutes=value // timedelta(minutes=1))
