"""What a report file holds, in its order: texts, and tables of rows and cells. Only to be compared, nothing is run.

Empty texts, empty rows and empty cells at the end of a row are left out, and white space counts as one blank: how a
report is laid out is not its words.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

LARGEST_FILE = 50_000_000
LARGEST_UNPACKED = 400_000_000

COMPUTED = "\x01"
"""What a text begins with, or has inside, where the file has a formula or a field. No report's own text holds it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of the body, or of a header that stands above every page."""

    text: str
    in_header: bool = False


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table; `name` is that of a sheet, "" for other tables."""

    rows: tuple[tuple[str, ...], ...]
    name: str = ""


Block = Text | CellTable


def plain(text: str) -> str:
    """Return a text with single blanks."""
    return " ".join(text.split())


def _lines(text: str) -> str:
    """Return the lines of a text that have something, each with single blanks."""
    return "\n".join(filter(None, map(plain, text.splitlines())))


def _row(cells: Iterable[str]) -> tuple[str, ...]:
    row = list(cells)
    while row and not row[-1]:
        row.pop()
    return tuple(row)


# ---- Word ----------------------------------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t"}
_OFF = ("0", "false", "off")


def docx_blocks(data: bytes) -> Iterator[Block]:
    """Yield the blocks of a Word document: its body, and the headers of its pages.

    Raises what the libraries raise for what is none.
    """
    from lxml.etree import XMLParser, fromstring

    for name, xml in _parts(data, r"word/(document|header\d*)\.xml"):
        root = fromstring(xml, XMLParser(resolve_entities=False, no_network=True))
        yield from _word_blocks(root, in_header="header" in name)


def _parts(data: bytes, pattern: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise ValueError("it unpacks into too much")
        for name in archive.namelist():
            if re.fullmatch(pattern, name):
                yield name, archive.read(name)


def _word_blocks(element: Element, *, in_header: bool) -> Iterator[Block]:
    for child in element:
        if child.tag == f"{_W}p":
            if text := _paragraph(child):
                yield Text(text, in_header)
        elif child.tag == f"{_W}tbl":
            rows = (_row(_word_cell(cell) for cell in row.iter(f"{_W}tc")) for row in child.iter(f"{_W}tr"))
            yield CellTable(tuple(row for row in rows if row))
        else:
            yield from _word_blocks(child, in_header=in_header)


def _word_cell(cell: Element) -> str:
    return _lines("\n".join(_paragraph(each) for each in cell.iter(f"{_W}p")))


def _paragraph(paragraph: Element) -> str:
    """Return the text of a paragraph as it is seen: no hidden text, and a field as what it asks for."""
    pieces: list[str] = []
    in_result = 0  # of a field: what it gave when Word last looked
    for element in paragraph.iter():
        if element.tag == f"{_W}fldChar":
            kind = element.get(f"{_W}fldCharType")
            in_result += {"separate": 1, "end": -in_result}.get(str(kind), 0)
        elif element.tag == f"{_W}fldSimple":
            pieces.append(_field(element.get(f"{_W}instr") or ""))
        elif element.tag == f"{_W}instrText":
            pieces.append(_field(element.text or ""))
        elif element.tag == f"{_W}t" and not in_result and not _is_hidden(element):
            pieces.append(element.text or "")
        elif element.tag in _SPACE:
            pieces.append(_SPACE[element.tag])
    return _lines("".join(pieces))


def _field(asked: str) -> str:
    """Return what a field asks for, without the switches that say how it looks."""
    words = plain(asked.partition("\\")[0])
    return f"{COMPUTED}{words} " if words else ""


def _is_hidden(text: Element) -> bool:
    run = text.getparent()
    mark = run.find(f"{_W}rPr/{_W}vanish") if run is not None else None
    return mark is not None and mark.get(f"{_W}val") not in _OFF


# ---- Excel ---------------------------------------------------------------------------------------------------------

_DATE_FORMAT = re.compile(r"[dmyhs/:.,\- ]*")
_NUMBER_FORMAT = re.compile(r"general|[#0.,%?e+ ]*0[#0.,%?e+ ]*")


def xlsx_blocks(data: bytes) -> Iterator[Block]:
    """Yield the sheets of an Excel file, each a table from its first row on; raises as `docx_blocks`."""
    from openpyxl import load_workbook

    next(_parts(data, "nothing"), None)  # refuses what unpacks into too much
    sheet: Any  # read-only ones are another class than openpyxl's types say
    for sheet in load_workbook(io.BytesIO(data), read_only=True).worksheets:
        sheet.reset_dimensions()  # the file may say too few rows
        rows = [_row(_excel_cell(cell) for cell in row) for row in sheet.iter_rows()]
        while rows and not rows[-1]:
            rows.pop()
        yield CellTable(tuple(rows), sheet.title)


def _excel_cell(cell: Any) -> str:  # noqa: ANN401 - one of several classes of openpyxl
    """Return a cell as compared: its value, and its format where that shows another one."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return f"{COMPUTED}{value}" if isinstance(value, str) else f"{COMPUTED}{getattr(value, 'text', '')}"
    if isinstance(value, str):
        return _lines(value)
    shown = _number(value)
    return shown if _is_honest(str(cell.number_format), value) else f"{shown} [{cell.number_format}]"


def _number(value: object) -> str:
    match value:
        case datetime():
            return (value + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
        case date() | bool():
            return str(value)
        case int() | float():
            return f"{value:.12g}"
        case _:
            return str(value)


def _is_honest(number_format: str, value: object) -> bool:
    """Return whether a format shows a value: it has neither words of its own nor is it empty."""
    bare = re.sub(r"\[\$?-?[0-9a-fx]*\]|\\", "", number_format.lower())
    pattern = _DATE_FORMAT if isinstance(value, date) else _NUMBER_FORMAT
    return bool(bare) and pattern.fullmatch(bare) is not None


# ---- pages ---------------------------------------------------------------------------------------------------------

_CELLS = ("td", "th")
_FRAME = "everypage"  # the table by which a browser repeats a warning on every page: it holds the whole page


def html_page(data: bytes) -> tuple[list[Block], str]:
    """Return the blocks of a page, and what decides how it looks: its styles, scripts and what is hidden by hand."""
    page = _Page()
    page.feed(data.decode("utf-8", errors="replace"))
    page.close()
    blocks = [block for block in page.blocks if not isinstance(block, Text) or block.text]
    return blocks, "\n".join(page.drawing)


class _Page(HTMLParser):
    """The blocks of a page; a table's place is where it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.drawing: list[str] = []
        self._tables: list[list[list[str]] | None] = []  # rows of cells; None for the frame
        self._skipped = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped = tag if tag in ("style", "script") else self._skipped
        own = [f"{name}={value}" for name, value in attrs if name in ("style", "hidden", "src") or name[:2] == "on"]
        self.drawing += [f"{tag} {' '.join(own)}"] if own or self._skipped == tag else []
        if tag == "table":
            self._tables.append(None if ("class", _FRAME) in attrs else [])
        elif self._tables and (rows := self._tables[-1]) is not None:
            if tag == "tr":
                rows.append([])
            elif tag in _CELLS and rows:
                rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._skipped = "" if tag == self._skipped else self._skipped
        if tag == "table" and self._tables and (rows := self._tables.pop()) is not None:
            self.blocks.append(CellTable(tuple(filter(None, (_row(map(plain, row)) for row in rows)))))

    def handle_data(self, data: str) -> None:
        if self._skipped:
            self.drawing.append(plain(data))
            return
        rows = self._tables[-1] if self._tables else None
        if rows and rows[-1]:
            rows[-1][-1] += f" {data}"
        else:
            self.blocks.extend(Text(line) for line in map(plain, data.splitlines()))
