"""Read a file as grids of values: a workbook (.xlsx), or CSV as any Excel or LibreOffice saves it."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason
from broadcaster.printable import without_signs
from broadcaster.schedule.sheets.grid import CSV_QUOTED, Grid, Row, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LARGEST_FILE = 20_000_000
MOST_ROWS = 20_000
WORKBOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".txt", ".tsv")
HEADS_WITHIN = 15
"""How far down, in rows that are not empty, a table's headings may begin: below its title and who made it."""

_SEPARATOR = re.compile(r"\ufeff?[\"']?sep=(.)[\"']?\s*", re.IGNORECASE)


def read_grids(path: Path, headings_in: Callable[[Sequence[object]], int]) -> list[Grid]:
    """Read a file according to its suffix.

    `headings_in`: how many known headings a row has; it tells what parts the columns of a CSV file. Raises InputError
    if the file does not exist or is not such a file.
    """
    end = path.suffix.lower()
    if end not in (*WORKBOOKS, *TEXTS):
        raise InputError(Problem(_('files ending in "{end}" are not read').format(end=path.suffix), _todo(end), path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(Problem(_("too large for a schedule"), _("at most 20 MB"), path))
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(Problem(_("there is no such file"), path=path)) from None
    except OSError as error:
        reason = _("cannot be read ({reason})").format(reason=os_reason(error))
        raise InputError(Problem(reason, path=path)) from None
    if end in TEXTS:
        return [_read_csv(path, data, headings_in)]
    from broadcaster.schedule.sheets.read_workbook import read_workbook

    return read_workbook(path, data)


def _todo(end: str) -> str:
    if end == ".ods":
        return _('in LibreOffice: File, Save As, file type "Excel 2007-365 (.xlsx)"')
    if end == ".xls":
        return _('in Excel: File, Save As, file type "Excel Workbook (.xlsx)"')
    return _("save it as .xlsx or .csv")


def _read_csv(path: Path, data: bytes, headings_in: Callable[[Sequence[object]], int]) -> Grid:
    text = _decoded(path, data)
    if "\0" in text:
        raise InputError(Problem(_("not a CSV file"), path=path))
    first, _end, rest = text.partition("\n")
    if said := _SEPARATOR.fullmatch(first):
        return Grid(path, "", _rows(path, rest, said[1], before=1))
    return Grid(path, "", _rows(path, text, _delimiter(text, headings_in)))


def _delimiter(text: str, headings_in: Callable[[Sequence[object]], int]) -> str:
    """Return what parts the columns: with it the row of headings has the most of them."""
    beginning = [line for line in islice(text.splitlines(), 10 * HEADS_WITHIN) if line.strip()][:HEADS_WITHIN]

    def headings(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(beginning, delimiter=delimiter)
        return max(map(headings_in, rows), default=0), beginning[0].count(delimiter) if beginning else 0

    return max(",;\t", key=headings)


def _rows(path: Path, text: str, delimiter: str, before: int = 0) -> tuple[Row, ...]:
    """Return the rows that are not empty; `before`: how many lines of the file are above the text."""
    rows: list[Row] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, start=1 + before):
            values = [_unquoted(cell) for cell in cells]
            while values and is_blank(values[-1]):
                values.pop()
            if values:
                rows.append((number, tuple(values)))
    except csv.Error as error:
        what = _("not a CSV file (row {row}: {reason})").format(row=len(rows) + 1 + before, reason=error)
        raise InputError(Problem(what, _("every text in quotes needs both of them"), path)) from None
    if len(rows) > MOST_ROWS:
        raise InputError(Problem(_("too long for a schedule"), path=path))
    return tuple(rows)


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
    bare = cell[1:] if cell.startswith("'") and cell[1:].startswith(CSV_QUOTED) else cell
    return without_signs(bare) if bare.strip() else None
