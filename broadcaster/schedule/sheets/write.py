"""Write timetables and plans as spreadsheets: XLSX with real dates and times, CSV for everything else.

The timetable has the layout that `read_timetable.py` reads; the plan is a list with one row for each occurrence.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from broadcaster.models import Slot, YearDay
from broadcaster.moments import to_second
from broadcaster.schedule.season import merge
from broadcaster.schedule.sheets.grid import column_letter, csv_bytes, xlsx_value
from broadcaster.schedule.sheets.sheet_layout import (
    AT,
    CAMPAIGN_HEADINGS,
    CAMPAIGNS,
    CLASSES,
    HELP,
    ORDERS,
    PLAN_HEADINGS,
    SLOT_HEADINGS,
    SLOTS,
)
from broadcaster.tomlfile import format_duration, format_time
from broadcaster.weekdays import VIETNAMESE_SHORT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from broadcaster.models import Boundary, Campaign, DayRange, Occurrence
    from broadcaster.schedule.sheets.grid import Value

FEWEST_TIMES = 4
"""The least number of columns for times of day in a sheet, so that there is room to add one."""

PLAN = "Lịch phát"
_GROUP_HEADING, EVERYBODY = "Cụm loa", "cả xã"
_WIDE = {
    "at": 7, "campaign": 11, "class": 14, "days": 11, "except": 13, "from": 12, "gap": 9, "group": 12, "id": 14,
    "order": 10,
    "paused": 13, "plan": 60, "repeat": 7, "scripts": 30, "source": 16, "state": 20, "title": 36, "to": 12,
    "versions": 10, "weights": 14,
}  # fmt: skip
"""How wide columns are, in digits: all of a timetable's together can be read on a landscape A4 page."""
_WIDEST = 34
_FORMATS: dict[type, str] = {time: "hh:mm", date: "dd/mm/yyyy", timedelta: "[mm]:ss"}
_TEXT = "@"
_COLUMN_FORMATS = {"at": "hh:mm", "repeat": "General"}
"""What Excel makes of what is typed into a new row; elsewhere it stays text: Excel would add this year to "15/05"."""
_A4 = 9
_LINE = 15.0  # points
_GUIDE = (
    ("Cột", "Ghi gì", "Ví dụ"),
    ("Mã đợt, Mã khung phát", "chữ thường không dấu, số, gạch nối", "thang-5, sang"),
    ("Giờ 1, Giờ 2, …", "mỗi ô một giờ; để trống ô thừa; thêm cột “Giờ 5” nếu cần", "05:30"),
    ("Ngày trong tuần", "để trống là mọi ngày", "T2-T6, CN"),
    ("Từ ngày, Đến ngày", "có năm: chỉ năm đó; không năm: hằng năm; để trống: theo đợt", "15/05 hoặc 15/05/2027"),
    ("Bài phát", "tên tệp trong thư mục scripts, cách nhau dấu phẩy", "thong-diep-1, thong-diep-2"),
    ("Phiên bản", "phát mỗi bài bằng những bản nào, theo thứ tự; vi là bản tiếng Việt; trống: theo đợt", "vi, hmong"),
    ("Cách phát", "lần lượt: mỗi lần một bài; phát hết: lần nào cũng cả danh sách", "lần lượt"),
    ("Trọng số", "bài phát nhiều hơn khi lần lượt", "thong-diep-1=2"),
    ("Số lần đọc, Nghỉ giữa", "đọc liền mấy lần, nghỉ bao lâu", "2, 10s"),
    ("Loại bản tin", "thông thường, ưu tiên, khẩn cấp", "thông thường"),
    ("Cụm loa", "mã cụm loa trong station.toml; để trống: theo đợt, hoặc cả xã", "xa-doai"),
    ("Trừ ngày", "ngày hoặc khoảng ngày không phát, hoặc ngày và giờ của một lượt", "07/05/2027, 08/05/2027 17:00"),
    ("Tạm dừng", "từ ngày - đến ngày; hoặc từ ngày", "03/05/2027 - 05/05/2027; từ 20/05/2027"),
    ("STT, Ghi chú", "cột của người làm bảng: máy không đọc", ""),
    ("Để trống một ô", "là bỏ nội dung của ô ấy; còn bỏ cả cột thì phần ấy của lịch giữ nguyên", ""),
    ("Xóa một dòng", "không làm mất khung phát; muốn bỏ thì dùng lệnh", "broadcaster schedule remove thang-5/chu-de"),
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row of a plan: an occurrence, its titles, its length (None: not known yet) and, in words, its `state`.

    `group`: the title of the loudspeakers that hear it, "" for all.
    """

    occurrence: Occurrence
    titles: tuple[str, ...]
    length: timedelta | None
    state: str
    bad: bool = False  # will not air
    group: str = ""


# ---- timetable --------------------------------------------------------------------------------------------------


def timetable_xlsx(campaigns: Iterable[Campaign]) -> bytes:
    """Return campaigns as a workbook: a sheet of campaigns, one of slots, and one that explains the columns."""
    from openpyxl import Workbook

    listed = list(campaigns)
    book = Workbook()
    heads, slots, guide = book.active, book.create_sheet(SLOTS), book.create_sheet(HELP)
    if heads is None:
        raise AssertionError("a new workbook has a sheet")
    heads.title = CAMPAIGNS
    shown = [key for key in CAMPAIGN_HEADINGS if key != "versions" or any(campaign.versions for campaign in listed)]
    cells = map(_campaign_cells, listed)
    _fill(heads, [[CAMPAIGN_HEADINGS[key] for key in shown], *([row[key] for key in shown] for row in cells)], shown)
    keys, rows = _slot_rows(listed)
    _fill(slots, rows, keys)
    _add_choice_lists(slots, keys)
    _fill(guide, [list(row) for row in _GUIDE], ["id", "plan", "plan"])
    book.active = 1
    return _saved(book)


def timetable_csv(campaigns: Iterable[Campaign]) -> bytes:
    """Return the slots of campaigns as CSV."""
    _keys, rows = _slot_rows(list(campaigns), _spelt)
    return csv_bytes([[_as_text(value) for value in row] for row in rows])


def _campaign_cells(campaign: Campaign) -> dict[str, Value]:
    """Return the cells of a campaign by key."""
    return {
        "campaign": campaign.id,
        "title": campaign.title,
        "source": campaign.source or None,
        "from": _boundary(campaign.start),
        "to": _boundary(campaign.end),
        "except": ", ".join(map(_day, sorted(campaign.exceptions))) or None,
        "paused": _pauses(campaign.pauses),
        "versions": ", ".join(campaign.versions) or None,
    }


def _boundary(day: Boundary | None) -> Value:
    return f"{day.day:02}/{day.month:02}" if isinstance(day, YearDay) else day


def _spelt(day: Boundary | None) -> Value:
    """Return a day as CSV has it: an Excel with American settings would take 05/06 for the sixth of May."""
    return f"{day.day} tháng {day.month}" if isinstance(day, YearDay) else day


def _slot_rows(
    campaigns: Sequence[Campaign], show_end: Callable[[Boundary | None], Value] = _boundary
) -> tuple[list[str], list[list[Value]]]:
    """Return the keys of the columns, and the rows: headings, then one for each slot.

    Most stations have no groups of loudspeakers, and one language: their columns would only take room.
    """
    slots = [(campaign, slot) for campaign in campaigns for slot in campaign.slots]
    most = max([FEWEST_TIMES, *(len(slot.at) for _campaign, slot in slots)])
    used = {"group": any(slot.group for _campaign, slot in slots), "versions": any(slot.versions for _, slot in slots)}
    shown = [key for key in SLOT_HEADINGS if used.get(key, True)]
    keys = [each for key in shown for each in ([key] * most if key == "at" else [key])]
    headings = [f"{AT} {number}" for number in range(1, most + 1)]
    headings = [text for key in shown for text in (headings if key == "at" else [SLOT_HEADINGS[key]])]
    cells = [_slot_cells(campaign, slot, most, show_end) for campaign, slot in slots]
    return keys, [list(headings), *([value for key in shown for value in row[key]] for row in cells)]


def _slot_cells(
    campaign: Campaign, slot: Slot, most: int, show_end: Callable[[Boundary | None], Value]
) -> dict[str, list[Value]]:
    """Return the cells of a slot by key, in the order of `SLOT_HEADINGS`; "at" has as many as there are columns."""
    weights = zip(slot.scripts, slot.weights, strict=bool(slot.weights))
    weighed = dict.fromkeys(f"{script}={weight}" for script, weight in weights if weight != 1)
    off = [*map(_day, sorted(slot.exceptions)), *(f"{_day(day)} {format_time(at)}" for day, at in sorted(slot.skips))]
    return {
        "campaign": [campaign.id],
        "id": [slot.id],
        "at": [*slot.at, *[None] * (most - len(slot.at))],
        "days": [_weekdays(slot.days)],
        "from": [show_end(slot.start)],
        "to": [show_end(slot.end)],
        "scripts": [", ".join(slot.scripts)],
        "versions": [", ".join(slot.versions) or None],
        "order": [ORDERS[slot.order]],
        "weights": [", ".join(weighed) or None],
        "repeat": [slot.repeat],
        "gap": [format_duration(slot.gap)],
        "class": [CLASSES[slot.bulletin_class]],
        "group": [slot.group or None],
        "except": [", ".join(off) or None],
        "paused": [_pauses(slot.pauses)],
    }


def _weekdays(days: frozenset[int]) -> str:
    if len(days) == len(VIETNAMESE_SHORT_NAMES):
        return "mọi ngày"
    runs = merge((date.fromordinal(day), date.fromordinal(day)) for day in days)
    ends = ((VIETNAMESE_SHORT_NAMES[a.toordinal() - 1], VIETNAMESE_SHORT_NAMES[b.toordinal() - 1]) for a, b in runs)
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in ends)


def _day(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _pauses(pauses: Iterable[DayRange]) -> str | None:
    shown = (f"từ {_day(a)}" if b == date.max else _day(a) if a == b else f"{_day(a)} - {_day(b)}" for a, b in pauses)
    return "; ".join(shown) or None


def _as_text(value: Value) -> str:
    """Return a value as CSV text."""
    if isinstance(value, time):
        return format_time(value)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, timedelta):
        return format_duration(value)
    return _day(value) if isinstance(value, date) else "" if value is None else str(value)


# ---- plan -------------------------------------------------------------------------------------------------------


def plan_xlsx(lines: Iterable[PlanLine]) -> bytes:
    """Return a plan as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = PLAN
    keys = ["to", "repeat", "gap", "gap", "gap", "plan", "repeat", "class", "state", "state", "state"]
    rows = _plan_rows(lines)
    _fill(sheet, rows, keys[: len(rows[0])])
    return _saved(book)


def plan_csv(lines: Iterable[PlanLine]) -> bytes:
    """Return a plan as CSV."""
    return csv_bytes([[_as_text(value) for value in row] for row in _plan_rows(lines)])


def _plan_rows(lines: Iterable[PlanLine]) -> list[list[Value]]:
    """Return headings and rows; whose loudspeakers hear what, only where something is not for all."""
    listed = list(lines)
    rows: list[list[Value]] = [list(PLAN_HEADINGS), *map(_plan_row, listed)]
    if not any(line.group for line in listed):
        return rows
    groups = [_GROUP_HEADING, *(line.group or EVERYBODY for line in listed)]
    return [[*row, group] for row, group in zip(rows, groups, strict=True)]


def _plan_row(line: PlanLine) -> list[Value]:
    start, length = line.occurrence.start, line.length
    return [
        start.date(),
        VIETNAMESE_SHORT_NAMES[start.weekday()],
        start.time(),
        None if length is None else to_second(start + length).time(),
        None if length is None else timedelta(seconds=round(length.total_seconds())),
        "; ".join(line.titles),
        line.occurrence.repeat,
        CLASSES[line.occurrence.bulletin_class],
        line.state,
        line.occurrence.slot_name,
    ]


# ---- workbooks --------------------------------------------------------------------------------------------------


def _fill(sheet: Any, rows: Sequence[Sequence[Value]], keys: Sequence[str]) -> None:  # noqa: ANN401 - openpyxl's
    """Write rows, the first with headings, and add filters; each column's width depends on its key.

    Numbers and times are kept off the right edge of their cells: printed, they would run into the text beside them.
    """
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            xlsx_value(cell, value)
            _set_format(cell, value, keys[column - 1])
            if number == 1:
                cell.font, cell.fill = Font(name="Calibri", size=11, bold=True), PatternFill("solid", fgColor="DDEBF7")
            side = None if value is None or isinstance(value, str) else "left" if type(value) is date else "center"
            cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
    for column, key in enumerate(keys):
        dimension = sheet.column_dimensions[column_letter(column)]
        dimension.width = _width(key, [row[column] for row in rows])
        dimension.number_format = _COLUMN_FORMATS.get(key, _TEXT)
    _set_heights(sheet, rows)
    _set_page(sheet)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{column_letter(len(keys) - 1)}{len(rows)}"


def _width(key: str, values: Iterable[Value]) -> float:
    """Return how wide a column must be so that no word of it is broken."""
    words = (word for value in values if isinstance(value, str) for word in re.split(r"[ \n]", value))
    return max(_WIDE[key], min(_WIDEST, max(map(len, words), default=0) + 2))


def _set_heights(sheet: Any, rows: Sequence[Sequence[Value]]) -> None:  # noqa: ANN401 - openpyxl's
    """Make room for cells of several lines: not every program does. Other rows keep growing with what is typed."""
    widths = [int(sheet.column_dimensions[column_letter(column)].width) - 1 for column in range(len(rows[0]))]
    for number, row in enumerate(rows, start=1):
        texts = ((value, width) for value, width in zip(row, widths, strict=True) if isinstance(value, str))
        lines = max((len(wrap(text, width, break_on_hyphens=False)) for text, width in texts), default=1)
        if lines > 1:
            sheet.row_dimensions[number].height = lines * _LINE


def _set_page(sheet: Any) -> None:  # noqa: ANN401 - openpyxl's
    """Let a sheet print on landscape A4 pages, one page wide, with its headings and lines between the cells."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = 0.3
    margins.bottom, margins.footer = 0.6, 0.25  # of equal ones LibreOffice makes a footer without height
    sheet.print_title_rows = "1:1"
    sheet.print_options.gridLines = True
    sheet.oddFooter.center.text = "&P/&N"


def _set_format(cell: Any, value: Value, key: str) -> None:  # noqa: ANN401 - openpyxl's
    """Set a cell's number format; days without a year stay text, because Excel would add this year."""
    kind = next((kind for kind in _FORMATS if isinstance(value, kind)), None)
    if kind is not None:
        seconds = isinstance(value, time) and value.second
        cell.number_format = "hh:mm:ss" if seconds else _FORMATS[kind]
    elif value is None or isinstance(value, str):
        cell.number_format = _COLUMN_FORMATS.get(key, _TEXT)


def _add_choice_lists(sheet: Any, keys: Sequence[str]) -> None:  # noqa: ANN401 - openpyxl's
    """Add a drop-down list to the columns that allow only a few words."""
    from openpyxl.worksheet.datavalidation import DataValidation

    words: Mapping[str, Iterable[str]] = {"order": ORDERS.values(), "class": CLASSES.values()}
    for key, names in words.items():
        validation = DataValidation(type="list", formula1=f'"{",".join(names)}"', allow_blank=True)
        sheet.add_data_validation(validation)
        letter = column_letter(keys.index(key))
        validation.add(f"{letter}2:{letter}1000")


def _saved(book: Any) -> bytes:  # noqa: ANN401 - openpyxl's
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
