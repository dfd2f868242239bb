"""The report as an Excel file: sheets of the totals, the days, every play, and what differs from the plan.

Every cell is written by its type: text as text, whatever it begins with, so that there are no formulas. Dates are real
dates; Excel has no time zones, so instants are in the station's local time.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from broadcaster.moments import to_second
from broadcaster.printable import printable
from broadcaster.records.monthly import frozen_words, phrases
from broadcaster.records.monthly.excel_blocks import activity_blocks, group_blocks
from broadcaster.records.monthly.seal import qr_png
from broadcaster.records.monthly.tables import COLUMNS, DAY_COLUMNS, cells, columns, counts
from broadcaster.weekdays import VIETNAMESE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from broadcaster.records.checkpoint import Broken
    from broadcaster.records.monthly.excel_blocks import TableBlock
    from broadcaster.records.monthly.figures import Figures, Span
    from broadcaster.records.monthly.lines import Line
    from broadcaster.records.monthly.seal import Seal

SHEETS = ("Tổng hợp", "Theo ngày", "Lượt phát", "Sai lệch", "Theo chủ đề", "Hoạt động khác", "Điểm kiểm tra")
"""The sheets: totals, days, plays, discrepancies, groups and months, activities, checkpoint."""

LITERAL = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Neither a formula, nor a link, nor a number is ever guessed from a text."""
_LONGEST_CELL = 32_767
_WIDTHS = {
    "start": 20, "started": 20, "ended": 20, "planned": 9, "status": 20, "late_s": 11, "heard_s": 11, "title": 42,
    "reason": 36, "origin": 12, "ordered_by": 20, "replaces": 40,
    "source": 18, "slot": 16, "scripts": 30, "device": 24, "occurrence": 46,
}  # fmt: skip
_WEEK = ("planned", "aired", "late", "not_aired", "to_come", "unplanned", "sessions", "minutes")
_PRINTED = list(COLUMNS).index("ordered_by") + 1
"""How many columns of the plays are printed: those that say what, when and why; the others are for filters."""
OFF_THE_EDGE: Mapping[str, Any] = {"valign": "top", "align": "right", "indent": 1}
"""Numbers at the very edge of their cells would run into the text beside them."""
_QR_SCALE = 0.4
_LINE_POINTS = 15
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "text": {"valign": "top", "text_wrap": True},
    "line": {"valign": "top"},  # runs on over the cells beside it
    "warning": {"bold": True, "font_color": "#C00000", "valign": "top"},
    "whole": {"num_format": "#,##0", **OFF_THE_EDGE},
    "number": {"num_format": "#,##0.0", **OFF_THE_EDGE},
    "exact": {"num_format": "#,##0.000", **OFF_THE_EDGE},
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

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

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
                self.sheet.write_string(self.row, column, _shown(value), self._formats[look or "text"])
            case datetime():
                wall = to_second(value).replace(tzinfo=None)
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
        self.sheet.set_row(top, 2 * _LINE_POINTS)
        self.put(*heads, look="head")
        self.sheet.freeze_panes(self.row, 1)
        self.sheet.repeat_rows(top)
        for row in rows:
            self.put(*row, numbers=numbers)
        self.sheet.autofilter(top, 0, max(self.row - 1, top), len(heads) - 1)


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    """Return a text as a cell takes it, with signs for what is not seen; most come again in each line."""
    return printable(text)[:_LONGEST_CELL]


def write_excel(figures: Figures, seal: Seal | None) -> bytes:
    """Return the report as a .xlsx file."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    with Workbook(target, LITERAL) as book:
        book.set_properties({"title": f"Báo cáo phát sóng {phrases.period(figures.heading)}"})
        # Without a zone: xlsxwriter writes it unchanged.
        book.set_properties({"created": figures.heading.made_at.replace(tzinfo=None)})
        formats = {name: book.add_format(dict(look)) for name, look in _FORMATS.items()}
        sheets = [_Sheet(book, name, formats) for name in SHEETS]
        for sheet in sheets:
            _set_page(sheet, figures.heading.broken)
        total, days, plays, differences, groups, done, checkpoint = sheets
        _write_total(total, figures)
        _write_days(days, figures.days)
        _write_blocks(groups, group_blocks(figures))
        heads = columns(figures.lines)
        _write_lines(plays, heads, figures.lines)
        _write_lines(differences, heads, figures.off_plan)
        _write_blocks(done, activity_blocks(figures))
        _write_seal(checkpoint, seal)
    return target.getvalue()


def _set_page(sheet: _Sheet, broken: Broken | None) -> None:
    page = sheet.sheet
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P/&N")
    if broken:
        text = phrases.warning(broken)
        page.set_header(f'&C&"Arial,Bold"&9&KC00000{text}')
        page.set_tab_color("#C00000")
        sheet.put(text, look="warning")


def _write_total(sheet: _Sheet, figures: Figures) -> None:
    heading = figures.heading
    sheet.widths(44, 22, 22, 12, 12, 12, 12, 12, 12, 12)
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
    sheet.put("Từ ngày", "Đến ngày", *(DAY_COLUMNS[name] for name in _WEEK), look="head")
    for span in figures.weeks:
        numbers = counts(span.tally)
        sheet.put(span.first, span.last, *(numbers[name] for name in _WEEK))
    sheet.row += 1
    sheet.put("Theo kịch bản", look="part")
    sheet.put("Kịch bản", "Mã", "Lượt theo lịch", "Lượt đã phát", "Số lần đọc", "Phút", look="head")
    for script in figures.scripts:
        sheet.put(script.title, script.id, script.planned, script.aired, script.readings, script.heard_ms / 60_000)
    _write_devices(sheet, figures)
    _write_withdrawn(sheet, figures)
    _write_frozen(sheet, figures)


def _write_seal(sheet: _Sheet, seal: Seal | None) -> None:
    """Write the checkpoint, and beside each other the codes of it and of the public key."""
    sheet.widths(60, 60)
    sheet.put("Điểm kiểm tra nhật ký phát sóng", look="part")
    if seal is None:
        sheet.put("Báo cáo này được lập không kèm điểm kiểm tra.", look="line")
        return
    for line in seal.note.splitlines():
        sheet.put(line, look="line")
    sheet.put("Mã ngắn", look="head")
    sheet.put(seal.short, look="line")
    sheet.put("Khóa công khai", look="head")
    sheet.put(seal.key, look="line")
    sheet.row += 1
    sheet.put("Mã QR của điểm kiểm tra", "Mã QR của khóa công khai", look="part")
    for column, text in enumerate((seal.note, seal.key)):
        picture = {"image_data": io.BytesIO(qr_png(text)), "x_scale": _QR_SCALE, "y_scale": _QR_SCALE}
        sheet.sheet.insert_image(sheet.row, column, "qr.png", picture)


def _write_devices(sheet: _Sheet, figures: Figures) -> None:
    sheet.row += 1
    sheet.put("Thiết bị phát", look="part")
    sheet.put("Thiết bị", "Số lượt có âm thanh", "Phút ra loa", look="head")
    for device in figures.devices:
        sheet.put(phrases.device(device.name), device.plays, device.heard_ms / 60_000)


def _write_withdrawn(sheet: _Sheet, figures: Figures) -> None:
    if not figures.withdrawn:
        return
    sheet.row += 1
    sheet.put("Lượt rút khỏi lịch trước giờ phát", look="part")
    sheet.put("Mã lượt phát", "Rút lúc", "Người sửa", "Lý do", look="head")
    for each in figures.withdrawn:
        at = each.at.astimezone(figures.heading.zone)
        sheet.put(each.occurrence, at, phrases.editor(each.by), each.reason)


def _write_frozen(sheet: _Sheet, figures: Figures) -> None:
    """Write what became of the plans as they were frozen, and who has changed them since."""
    sheet.row += 1
    sheet.put("Đối chiếu với lịch đã chốt", look="part")
    for span in figures.frozen:
        sheet.put(frozen_words.frozen_sentence(span), look="line")
    for span in figures.frozen:
        if span.tally:
            sheet.put("Tháng", *frozen_words.COLUMNS.values(), "Tỷ lệ", look="head")
            share = phrases.percent(span.tally.share)
            sheet.put(phrases.month_name(span.month.first), *frozen_words.counts(span.tally).values(), share)
    if edits := [edit for span in figures.frozen for edit in span.edits]:
        sheet.put("Nội dung sửa lịch đã chốt", "Sửa lúc", "Người sửa", "Bỏ", "Thêm", "Đổi bài", "Lý do", look="head")
        for edit in edits:
            at = edit.at or phrases.NOTHING
            numbers = len(edit.taken_out), len(edit.put_in), len(edit.changed)
            who, why = frozen_words.edit_by(edit), frozen_words.edit_reason(edit)
            sheet.put(frozen_words.edit_what(edit), at, who, *numbers, why)


def _write_blocks(sheet: _Sheet, blocks: Iterable[TableBlock]) -> None:
    """Write small tables below each other."""
    sheet.widths(44, 24, 16, 40, 24, 28, 20, 12, 12)
    for block in blocks:
        sheet.put(block.title, look="part")
        sheet.put(*block.heads, look="head")
        for row in block.rows:
            sheet.put(*row)
        sheet.row += 1


def _write_pairs(sheet: _Sheet, pairs: Mapping[str, Cell]) -> None:
    for name, value in pairs.items():
        if value not in ("", None):
            sheet.put(name, value)


def _write_days(sheet: _Sheet, days: Sequence[Span]) -> None:
    sheet.widths(12, 10, *[9] * len(DAY_COLUMNS))
    heads = ["Ngày", "Thứ", *DAY_COLUMNS.values()]
    rows: list[Sequence[Cell]] = [
        (day.first, VIETNAMESE_NAMES[day.first.weekday()], *counts(day.tally).values()) for day in days
    ]
    sheet.table(heads, rows)


def _write_lines(sheet: _Sheet, heads: Mapping[str, str], lines: Sequence[Line]) -> None:
    sheet.widths(*(_WIDTHS.get(name, 13) for name in heads))
    sheet.sheet.print_area(0, 0, sheet.row + len(lines), _PRINTED - 1)
    for row, line in enumerate(lines, sheet.row + 1):  # not every program finds the height of wrapped lines itself
        rows = max(-(-len(line.title) // _WIDTHS["title"]), -(-len(line.reason) // _WIDTHS["reason"]))
        if rows > 1:
            sheet.sheet.set_row(row, _LINE_POINTS * rows)
    found = (cells(line) for line in lines)
    sheet.table(list(heads.values()), ([each[name] for name in heads] for each in found), numbers="exact")
