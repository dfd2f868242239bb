"""Read and write spreadsheets (XLSX and CSV) as plain grids of values.

Independent of schedules. A grid keeps the number of every row, so that mistakes can be reported by sheet, row and
column. Formulas are refused, not computed; text that looks like a formula is written as text.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason
from broadcaster.printable import printable, without_signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Value = str | int | float | bool | date | datetime | time | timedelta | None
"""The value of a cell."""

LARGEST_FILE = 20_000_000
LARGEST_UNPACKED = 200_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_CSV_QUOTED = (*_RISKY, "'")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell with a formula, or another content that is not a plain value."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its rows that are not empty, each with its number from 1. `name` is "" in a CSV file."""

    path: Path
    name: str
    rows: tuple[tuple[int, tuple[Value | Formula, ...]], ...] = field(default=())

    def problem(self, row: int, column: int, what: str, todo: str = "", heading: str = "") -> Problem:
        """Return a problem in a cell; `column` counts from 0."""
        place = _("row {row}, column {column}").format(row=row, column=column_letter(column))
        if self.name:
            place = _('sheet "{sheet}", {place}').format(sheet=self.name, place=place)
        if heading:
            place = _('{place} "{heading}"').format(place=place, heading=heading)
        return Problem(what, todo, self.path, key=place)


def column_letter(column: int) -> str:
    """Return a column's name in a spreadsheet: 0 is "A", 26 is "AA"."""
    name, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_grids(path: Path) -> list[Grid]:
    """Read a file according to its suffix. Raise InputError if it does not exist or is not such a file."""
    readers = {".xlsx": _read_xlsx, ".xlsm": _read_xlsx, ".csv": _read_csv, ".txt": _read_csv, ".tsv": _read_csv}
    read = readers.get(path.suffix.lower())
    if read is None:
        todo = _("save it as .xlsx or .csv")
        raise InputError(Problem(_('files ending in "{end}" are not read').format(end=path.suffix), todo, path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(Problem(_("too large for a schedule"), _("at most 20 MB"), path))
        return read(path, path.read_bytes())
    except FileNotFoundError:
        raise InputError(Problem(_("there is no such file"), path=path)) from None
    except OSError as error:
        reason = _("cannot be read ({reason})").format(reason=os_reason(error))
        raise InputError(Problem(reason, path=path)) from None


# ---- XLSX -------------------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, data: bytes) -> list[Grid]:
    damaged = Problem(_("not an Excel workbook, or damaged"), _("open it in Excel and save it again as .xlsx"), path)
    try:
        _refuse_bomb(path, data)
        return _grids(path, data)
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a damaged workbook makes it raise
        raise InputError(damaged) from None


def _refuse_bomb(path: Path, data: bytes) -> None:
    """Raise InputError for a small file that unpacks into a huge one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise InputError(Problem(_("too large for a schedule"), path=path))


def _grids(path: Path, data: bytes) -> list[Grid]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about features that openpyxl does not support
        book = load_workbook(io.BytesIO(data), read_only=True)
        return [Grid(path, sheet.title, tuple(_filled(path, sheet))) for sheet in book.worksheets]


def _filled(path: Path, sheet: Any) -> Iterator[tuple[int, tuple[Value | Formula, ...]]]:  # noqa: ANN401 - openpyxl's
    count = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [_value(cell) for cell in cells[:MOST_COLUMNS]]
        if any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
            raise InputError(Problem(_("too wide for a schedule"), path=path, key=sheet.title))
        while values and _is_blank(values[-1]):
            values.pop()
        if values:
            count += 1
            yield number, tuple(values)
        if count > MOST_ROWS:
            raise InputError(Problem(_("too long for a schedule"), path=path, key=sheet.title))


def _value(cell: Any) -> Value | Formula:  # noqa: ANN401 - openpyxl's
    value = cell.value
    if getattr(cell, "data_type", "") == "f" or not isinstance(value, Value | None):
        return Formula(str(value))
    if _is_blank(value):
        return None
    return without_signs(value) if isinstance(value, str) else value


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def xlsx_value(cell: Any, value: Value) -> None:  # noqa: ANN401 - openpyxl's cell
    """Put a value into an openpyxl cell: text as text, whatever it begins with, with signs for what is not seen."""
    cell.value = printable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_RISKY)


# ---- CSV --------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, data: bytes) -> list[Grid]:
    text = _decoded(path, data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    if "\0" in text:
        raise InputError(Problem(_("not a CSV file"), path=path))
    rows: list[tuple[int, tuple[Value | Formula, ...]]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, start=1):
            values = [_unquoted(cell) for cell in cells]
            while values and _is_blank(values[-1]):
                values.pop()
            if values:
                rows.append((number, tuple(values)))
    except csv.Error as error:
        what = _("not a CSV file (row {row}: {reason})").format(row=len(rows) + 1, reason=error)
        raise InputError(Problem(what, _("every text in quotes needs both of them"), path)) from None
    if len(rows) > MOST_ROWS:
        raise InputError(Problem(_("too long for a schedule"), path=path))
    return [Grid(path, "", tuple(rows))]


def _decoded(path: Path, data: bytes) -> str:
    """Decode UTF-8, or what Excel calls Unicode text (UTF-16)."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        todo = _("save it as CSV UTF-8")
        raise InputError(Problem(_("not UTF-8 text"), todo, path, row)) from None


def _unquoted(cell: str) -> str | None:
    """Return a cell's text without the apostrophe that marks it as text; None if blank."""
    bare = cell[1:] if cell.startswith("'") and cell[1:].startswith(_CSV_QUOTED) else cell
    return without_signs(bare) if bare.strip() else None


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens as UTF-8 (BOM); text that looks like a formula gets an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    shown = ([printable(cell) for cell in row] for row in rows)
    writer.writerows([f"'{cell}" if cell.startswith(_CSV_QUOTED) else cell for cell in row] for row in shown)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")
