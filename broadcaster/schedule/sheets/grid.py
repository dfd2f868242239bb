"""A sheet as a plain grid of values, and how its values are written.

Independent of schedules. A grid keeps the number of every row, so that mistakes can be reported by sheet, row and
column. Formulas are refused, not computed; text that looks like a formula is written as text.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.errors import Problem
from broadcaster.i18n import _
from broadcaster.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Yearless:
    """A date in a cell that shows no year, such as "15-May": the year that is stored with it may be nobody's wish."""

    day: date


Value = str | int | float | bool | date | datetime | time | timedelta | Yearless | None
"""The value of a cell."""

_RISKY = ("=", "+", "-", "@", "\t", "\r")
CSV_QUOTED = (*_RISKY, "'")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell with a formula, or another content that is not a plain value."""

    text: str


Content = Value | Formula
Row = tuple[int, tuple[Content, ...]]
"""A row's number, from 1, and its cells from the first to the last that is filled."""

Across = tuple[int, int, int]
"""A row's number, and the first and the last column, from 0, of cells that are merged in it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its rows that are not empty. `name` is "" in a CSV file.

    `notes`: what a person should know of how it was read; `across`: cells that are merged beside each other;
    `hidden`: nobody sees this sheet in the workbook.
    """

    path: Path
    name: str
    rows: tuple[Row, ...] = ()
    notes: tuple[Problem, ...] = ()
    across: tuple[Across, ...] = ()
    hidden: bool = False

    def spread(self, row: int, cells: Sequence[Content]) -> list[Content]:
        """Return the cells of a row with the value of merged ones in each of them."""
        found = list(cells)
        for first, last in ((first, last) for number, first, last in self.across if number == row):
            found += [None] * (last + 1 - len(found))
            found[first : last + 1] = [found[first]] * (last + 1 - first)
        return found

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


def is_blank(value: object) -> bool:
    """Return whether a value is nothing that anybody sees."""
    return value is None or (isinstance(value, str) and not value.strip())


def xlsx_value(cell: Any, value: Value) -> None:  # noqa: ANN401 - openpyxl's cell
    """Put a value into an openpyxl cell: text as text, whatever it begins with, with signs for what is not seen."""
    cell.value = printable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_RISKY)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens as UTF-8 (BOM); text that looks like a formula gets an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    shown = ([printable(cell) for cell in row] for row in rows)
    writer.writerows([f"'{cell}" if cell.startswith(CSV_QUOTED) else cell for cell in row] for row in shown)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")
