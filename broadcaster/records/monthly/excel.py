"""The report as an Excel file: sheets of the totals, the days, every play, and what differs from the plan.

Every cell is written by its type: text as text, whatever it begins with, so that there are no formulas. Dates are real
dates; Excel has no time zones, so instants are in the station's local time.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from broadcaster.printable import printable
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.tables import COLUMNS, DAY_COLUMNS, cells, counts
from broadcaster.weekdays import VIETNAMESE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from broadcaster.records.monthly.figures import Figures, Line, Span
    from broadcaster.records.monthly.seal import Seal

SHEETS = ("Tổng hợp", "Theo ngày", "Lượt phát", "Sai lệch")
"""The sheets: totals, days, plays, discrepancies."""

# Neither a formula, nor a link, nor a number is ever guessed from a text.
_LITERAL = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_LONGEST_CELL = 32_767
_WIDTHS = {"title": 42, "reason": 36, "occurrence": 46, "start": 17, "started": 20, "ended": 20, "ordered_by": 20}
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "text": {"valign": "top"},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "number": {"num_format": "#,##0.0", "valign": "top"},
    "exact": {"num_format": "#,##0.000", "valign": "top"},
    "date": {"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"},
    "instant": {"num_format": "dd/mm/yyyy hh:mm:ss", "valign": "top", "align": "left"},
    "head": {"bold": True, "bg_color": "#D9E2F3", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 14},
    "part": {"bold": True, "font_size": 12},
}

Cell = str | float | date | None


class _Sheet:
    """A worksheet, written row by row."""

    def __init__(self, book: Workbook, name: str, formats: Mapping[str, Format]) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.row = 0
        self._formats = formats

    def put(self, *values: Cell, look: str | None = None, numbers: str | None = None) -> None:
        """Write a row; `look` is the format of all its cells, `numbers` that of its fractions."""
        for column, value in enumerate(values):
            self._cell(column, value, look, numbers)
        self.row += 1

    def _cell(self, column: int, value: Cell, look: str | None, numbers: str | None) -> None:
        match value:
            case None | "":
                return
            case str():
                text = printable(value)[:_LONGEST_CELL]
                self.sheet.write_string(self.row, column, text, self._formats[look or "text"])
            case datetime():
                wall = value.replace(tzinfo=None)
                self.sheet.write_datetime(self.row, column, wall, self._formats[look or "instant"])
            case date():
                wall = datetime.combine(value, time())
                self.sheet.write_datetime(self.row, column, wall, self._formats[look or "date"])
            case _:
                fitting = "whole" if isinstance(value, int) else numbers or "number"
                self.sheet.write_number(self.row, column, value, self._formats[look or fitting])

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: str | None = None) -> None:
        """Write headings, frozen and with filters, and the rows below them."""
        top = self.row
        self.put(*heads, look="head")
        self.sheet.freeze_panes(self.row, 1)
        for row in rows:
            self.put(*row, numbers=numbers)
        self.sheet.autofilter(top, 0, max(self.row - 1, top), len(heads) - 1)


def write_excel(figures: Figures, seal: Seal | None) -> bytes:
    """Return the report as a .xlsx file."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    with Workbook(target, _LITERAL) as book:
        book.set_properties({"title": f"Báo cáo phát sóng {phrases.period(figures.heading)}"})
        # Without a zone: xlsxwriter writes it unchanged.
        book.set_properties({"created": figures.heading.made_at.replace(tzinfo=None)})
        formats = {name: book.add_format(dict(look)) for name, look in _FORMATS.items()}
        total, days, plays, differences = (_Sheet(book, name, formats) for name in SHEETS)
        _write_total(total, figures, seal)
        _write_days(days, figures.days)
        _write_lines(plays, figures.lines)
        _write_lines(differences, figures.off_plan)
        for sheet in (total, days, plays, differences):
            _set_page(sheet.sheet)
    return target.getvalue()


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&P/&N")


def _write_total(sheet: _Sheet, figures: Figures, seal: Seal | None) -> None:
    heading = figures.heading
    sheet.sheet.set_column(0, 0, 34)
    sheet.sheet.set_column(1, 9, 16)
    sheet.put(f"Kết quả phát sóng {phrases.period(heading)}", look="title")
    facts: dict[str, Cell] = {
        "Đơn vị": heading.station,
        "Từ ngày": heading.first,
        "Đến ngày": heading.last,
        "Lập lúc": heading.made_at,
        "Múi giờ": heading.zone.key,
        "Văn bản": phrases.letters(figures.letters),
        "Phạm vi": phrases.scope(heading),
    }
    _write_pairs(sheet, facts)
    sheet.row += 1
    sheet.put("Tổng số", look="part")
    _write_pairs(sheet, {DAY_COLUMNS[name]: number for name, number in counts(figures.total).items()})
    sheet.row += 1
    sheet.put("Theo tuần", look="part")
    sheet.put("Từ ngày", "Đến ngày", *DAY_COLUMNS.values(), look="head")
    for span in figures.weeks:
        sheet.put(span.first, span.last, *counts(span.tally).values())
    sheet.row += 1
    sheet.put("Theo kịch bản", look="part")
    sheet.put("Kịch bản", "Mã", "Lượt theo lịch", "Lượt đã phát", "Số lần đọc", "Phút", look="head")
    for script in figures.scripts:
        sheet.put(script.title, script.id, script.planned, script.aired, script.readings, script.heard_ms / 60_000)
    _write_withdrawn(sheet, figures)
    if seal:
        sheet.row += 1
        sheet.put("Điểm kiểm tra nhật ký phát sóng", look="part")
        for line in seal.note.splitlines():
            sheet.put(line)
        sheet.put(seal.short)


def _write_withdrawn(sheet: _Sheet, figures: Figures) -> None:
    if not figures.withdrawn:
        return
    sheet.row += 1
    sheet.put("Lượt rút khỏi lịch trước giờ phát", look="part")
    sheet.put("Mã lượt phát", "Rút lúc", "Lý do", look="head")
    for each in figures.withdrawn:
        sheet.put(each.occurrence, each.at.astimezone(figures.heading.zone), each.reason)


def _write_pairs(sheet: _Sheet, pairs: Mapping[str, Cell]) -> None:
    for name, value in pairs.items():
        if value not in ("", None):
            sheet.put(name, value)


def _write_days(sheet: _Sheet, days: Sequence[Span]) -> None:
    sheet.sheet.set_column(0, 1, 12)
    sheet.sheet.set_column(2, len(DAY_COLUMNS) + 1, 10)
    heads = ["Ngày", "Thứ", *DAY_COLUMNS.values()]
    rows: list[Sequence[Cell]] = [
        (day.first, VIETNAMESE_NAMES[day.first.weekday()], *counts(day.tally).values()) for day in days
    ]
    sheet.table(heads, rows)


def _write_lines(sheet: _Sheet, lines: Sequence[Line]) -> None:
    for index, name in enumerate(COLUMNS):
        sheet.sheet.set_column(index, index, _WIDTHS.get(name, 13))
    sheet.table(list(COLUMNS.values()), (list(cells(line).values()) for line in lines), numbers="exact")
