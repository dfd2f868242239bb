"""The table of several stations as a file: spreadsheet, CSV, page, JSON. In Vietnamese, but for the keys of JSON."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from broadcaster.printable import printable, seen_json
from broadcaster.records.as_run import BOM, csv_line, harmless
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.group_tables import NO_TOPIC, TOTAL
from broadcaster.records.monthly.stations_table import StationMark, of_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from broadcaster.records.monthly.figures import Tally
    from broadcaster.records.monthly.groups import GroupTally
    from broadcaster.records.monthly.stations_table import GroupColumn, StationRow, StationsTable, TableTotal

Cell = str | float | date | None

COLUMNS = (
    *("Đài", "Vân tay khóa công khai", "Từ ngày", "Đến ngày", "Lập lúc"),
    *("Lượt theo lịch", "Lượt đã phát", "Tỷ lệ", "Lượt không phát", "Lượt chưa đến giờ"),
    *("Lượt ngoài lịch", "Buổi", "Phút"),
)
NOTE, FILE = "Ghi chú", "Tệp"
TITLE = "Kết quả phát sóng của các đài"
ONLY_UNMARKED = "Tổng cộng không gồm các đài có ghi chú."
MARKS: Mapping[StationMark, str] = {
    StationMark.NOT_VERIFIED: "bản trích xuất không còn như lúc lập, hoặc nhật ký không còn nguyên vẹn",
    StationMark.NOT_ITS_KEY: "không có khóa của chính đài",
    StationMark.REHEARSAL: "nhật ký của buổi phát thử",
    StationMark.OTHER_VERSION: "nhật ký của phiên bản chương trình mới hơn",
    StationMark.OVERLAPS: "trùng ngày với bản trích xuất khác của cùng đài",
}
_WIDE = {"Đài": 28, "Vân tay khóa công khai": 21, "Từ ngày": 12, "Đến ngày": 12, "Lập lúc": 18, NOTE: 36, FILE: 16}
_NARROW = 11
"""How wide columns of the workbook are, in digits: those with words or days, and all others."""
_LINE_POINTS = 15
_NUMBERS = 5
"""How many columns come before the numbers."""


def heads(table: StationsTable) -> tuple[str, ...]:
    """Return the headings: of each topic and language the plays that aired, and the minutes."""
    titles = [group_title(topic, NO_TOPIC) for topic in table.topics]
    titles += [group_title(language, phrases.VIETNAMESE) for language in table.languages]
    parts = [(f"{title}: lượt đã phát", f"{title}: phút") for title in titles]
    return (*COLUMNS, *chain.from_iterable(parts), NOTE, FILE)


def group_title(of: GroupColumn, otherwise: str) -> str:
    """Return what a topic or a language is called; `otherwise`: what names none."""
    return of.title or of.key or otherwise


def rows(table: StationsTable, minutes: Callable[[int, int], Cell]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each station, and the total; `minutes` makes a cell of milliseconds and tenths."""
    for row in table.rows:
        yield _station_cells(table, row, minutes)
    total = table.total
    groups = chain(
        (table.topic_total(topic.key) for topic in table.topics),
        (table.language_total(language.key) for language in table.languages),
    )
    note = ONLY_UNMARKED if any(row.marks for row in table.rows) else ""
    yield (TOTAL, "", None, None, None, *_numbers(total, minutes), *_group_cells(groups, minutes), note, "")


def _station_cells(table: StationsTable, row: StationRow, minutes: Callable[[int, int], Cell]) -> tuple[Cell, ...]:
    begin = (row.station, short_fingerprint(row.fingerprint), row.first, row.last, row.as_of)
    note = "; ".join(MARKS[mark] for mark in row.marks)
    if row.counts is None:
        return (*begin, *[None] * (len(heads(table)) - _NUMBERS - 2), note, row.file)
    groups = chain(
        (of_key(row.counts.topics, topic.key) for topic in table.topics),
        (of_key(row.counts.languages, language.key) for language in table.languages),
    )
    return (*begin, *_numbers(row.counts.total, minutes), *_group_cells(groups, minutes), note, row.file)


def _numbers(of: Tally | TableTotal, minutes: Callable[[int, int], Cell]) -> tuple[Cell, ...]:
    counts = (of.planned, of.aired, phrases.percent(of.share), of.not_aired, of.to_come, of.unplanned, of.sessions)
    return *counts, minutes(of.heard_ms, of.tenths)


def _group_cells(groups: Iterable[GroupTally], minutes: Callable[[int, int], Cell]) -> Iterator[Cell]:
    for group in groups:
        yield group.aired
        yield minutes(group.heard_ms, group.tenths)


def short_fingerprint(of: str) -> str:
    """Return the first half of a fingerprint in groups of four, as people compare it."""
    return " ".join(of[start : start + 4] for start in range(0, len(of) // 2, 4))


def _exact(heard_ms: int, _tenths: int) -> Cell:
    return heard_ms / 60_000


def _rounded(_heard_ms: int, tenths: int) -> Cell:
    return tenths / 10


def _printed(_heard_ms: int, tenths: int) -> Cell:
    return phrases.in_tenths(tenths)


def _as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return phrases.moment(cell)
        case date():
            return phrases.day(cell)
        case int():
            return phrases.count(cell)
        case _:
            return str(cell)


# ---- formats -------------------------------------------------------------------------------------------------------


def write_stations_csv(table: StationsTable) -> bytes:
    """Return it as CSV that a spreadsheet opens, minutes as printed, days in ISO form."""
    lines = [heads(table), *rows(table, _rounded)]
    return BOM + b"".join(csv_line([_csv_cell(cell) for cell in line]) for line in lines)


def _csv_cell(cell: Cell) -> str | float | None:
    match cell:
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date():
            return cell.isoformat()
        case str():
            return printable(str(harmless(cell)))
        case _:
            return cell


def write_stations_excel(table: StationsTable) -> bytes:
    """Return it as a .xlsx file: texts are texts, days are days."""
    from xlsxwriter import Workbook

    from broadcaster.records.monthly.excel import LITERAL, OFF_THE_EDGE

    target = io.BytesIO()
    with Workbook(target, LITERAL) as book:
        book.set_properties({"title": TITLE, "created": table.made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet("Các đài")
        _set_page(sheet, heads(table))
        top = {"valign": "top", "align": "left"}
        looks = {name: book.add_format({"num_format": name, **top}) for name in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm")}
        looks |= {name: book.add_format({"num_format": name, **OFF_THE_EDGE}) for name in ("#,##0", "#,##0.0")}
        looks["text"] = book.add_format({"text_wrap": True, **top})
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#D9E2F3"})
        for number, line in enumerate([heads(table), *rows(table, _exact)]):
            sheet.set_row(number, _LINE_POINTS * _lines(line, heads(table)))
            for column, cell in enumerate(line):
                _put(sheet, number, column, cell, looks, bold if number == 0 else None)
    return target.getvalue()


def _set_page(sheet: Any, headings: Sequence[str]) -> None:  # noqa: ANN401 - xlsxwriter's
    """Let the table print on landscape A4 pages, one page wide, and every column have room for what stands in it."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P/&N")
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, _WIDE.get(heading, _NARROW))


def _lines(cells: Iterable[Cell], headings: Sequence[str]) -> int:
    """Return how many lines the cells of a row take: not every program makes the room for them by itself."""
    rooms = (_WIDE.get(heading, _NARROW) - 2 for heading in headings)
    return max(len(wrap(cell, room)) for cell, room in zip(cells, rooms, strict=True) if isinstance(cell, str))


def _put(sheet: Any, row: int, column: int, cell: Cell, looks: Mapping[str, Any], look: Any) -> None:  # noqa: ANN401 - xlsxwriter's
    match cell:
        case None | "":
            return
        case str():
            sheet.write_string(row, column, printable(cell), look or looks["text"])
        case datetime():
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), looks["dd/mm/yyyy hh:mm"])
        case date():
            sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), looks["dd/mm/yyyy"])  # noqa: DTZ001 - Excel knows no zones
        case int():
            sheet.write_number(row, column, cell, looks["#,##0"])
        case _:
            sheet.write_number(row, column, cell, looks["#,##0.0"])


def write_stations_html(table: StationsTable) -> bytes:
    """Return it as one page for a browser that loads nothing."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(_PAGE)
    lines = [[printable(_as_text(cell)) for cell in line] for line in rows(table, _printed)]
    made_at = phrases.moment(table.made_at)
    texts = [printable(text) for text in heads(table)]
    return page.render(title=TITLE, asked=_asked(table), made_at=made_at, heads=texts, rows=lines).encode()


def _asked(table: StationsTable) -> str:
    if table.asked is None:
        return "mọi ngày có trong từng bản trích xuất"
    first, last = table.asked
    return f"từ ngày {phrases.day(first)} đến ngày {phrases.day(last)}"


_PAGE = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ title }}</title>
<style>
body { margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid #c9d0d8; text-align: left; vertical-align: top; }
tbody tr:last-child td { font-weight: 650; border-top: 2px solid #4c5661; }
@media print { @page { size: A4 landscape; margin: 12mm; } body { font-size: 8pt; } .scroll { overflow: visible; } }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p>Kỳ: {{ asked }}. Lập lúc {{ made_at }}.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Bảng các đài"><table id="stations">
  <thead><tr>{% for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
  <tbody>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody>
</table></div>
</body>
</html>
"""


def write_stations_json(table: StationsTable) -> bytes:
    """Return it as JSON; names are English, as in the ledger."""
    asked = [day.isoformat() for day in table.asked] if table.asked else [None, None]
    total = _tally_json(table.total) | {
        "topics": [_group_json(table.topic_total(each.key)) for each in table.topics],
        "languages": [_group_json(table.language_total(each.key)) for each in table.languages],
    }
    told = {
        "first": asked[0],
        "last": asked[1],
        "made_at": table.made_at.isoformat(timespec="seconds"),
        "topics": [{"key": topic.key, "title": topic.title} for topic in table.topics],
        "languages": [{"key": language.key, "title": language.title} for language in table.languages],
        "stations": [_station_json(table, row) for row in table.rows],
        "total": total,
    }
    return (seen_json(json.dumps(told, ensure_ascii=False, indent=1)) + "\n").encode()


def _station_json(table: StationsTable, row: StationRow) -> dict[str, Any]:
    counts = row.counts
    topics = [_group_json(of_key(counts.topics, each.key)) for each in table.topics] if counts else None
    languages = [_group_json(of_key(counts.languages, each.key)) for each in table.languages] if counts else None
    return {
        "file": row.file,
        "station": row.station,
        "public_key": row.key,
        "fingerprint": row.fingerprint,
        "first": row.first.isoformat() if row.first else None,
        "last": row.last.isoformat() if row.last else None,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        **(_tally_json(counts.total) if counts else {}),
        "topics": topics,
        "languages": languages,
        "marks": [str(mark) for mark in row.marks],
    }


def _tally_json(of: Tally | TableTotal) -> dict[str, Any]:
    names: Sequence[str] = ("planned", "aired", "not_aired", "to_come", "share", "unplanned", "sessions")
    return {name: getattr(of, name) for name in names} | {"minutes": of.heard_ms / 60_000}


def _group_json(of: GroupTally) -> dict[str, Any]:
    numbers = {name: getattr(of, name) for name in ("planned", "aired", "unplanned")}
    return {"key": of.key, **numbers, "minutes": of.heard_ms / 60_000}
