"""One report in five formats: each is read back by a program that is not ours, and all must say the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from made_report import Made, word_table

from broadcaster.records.monthly.csv_json import write_csv, write_json
from broadcaster.records.monthly.excel import SHEETS, write_excel
from broadcaster.records.monthly.html_page import write_html
from broadcaster.records.monthly.tables import COLUMNS, DAY_COLUMNS
from broadcaster.records.monthly.word import write_word

HOSTILE = '=HYPERLINK("http://x.example","bấm")\nkhông mở được thiết bị'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def word(made: Made) -> Any:
    return docx.Document(io.BytesIO(write_word(made.figures, made.seal)))


@pytest.fixture(scope="module")
def excel(made: Made) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_excel(made.figures, made.seal)))


@pytest.fixture(scope="module")
def page(made: Made) -> Page:
    return Page(write_html(made.figures, made.seal).decode())


class Page(HTMLParser):
    """The tables and the cards of a page, as text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.tables: dict[str, list[list[str]]] = {}
        self.cards: dict[str, str] = {}
        self.days: dict[str, str] = {}
        self._table, self._cell, self._card = "", False, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._table = known.get("id", "calendar")
            self.tables[self._table] = []
        elif tag == "tr":
            self.tables[self._table].append([])
        elif tag in ("td", "th"):
            self.tables[self._table][-1].append("")
            self._cell = True
        self._card = known.get("data-count", "") or (self._card if tag != "small" else "")
        if "data-day" in known:
            self.days[known["data-day"]] = known["data-state"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False
        elif tag == "dd":
            self._card = ""

    def handle_data(self, data: str) -> None:
        if self._card:
            self.cards[self._card] = self.cards.get(self._card, "") + data.strip()
        elif self._cell:
            self.tables[self._table][-1][-1] += data.strip()


def number(text: str) -> float:
    """Read a number as Vietnam writes it."""
    return float(text.replace(".", "").replace(",", "."))


# ---- all formats and SQL -----------------------------------------------------------------------------------------


def in_sql(path: Path) -> dict[str, float]:
    """Count without a line of ours but the views of the file."""
    in_force = "occurrence IN (SELECT occurrence FROM plan WHERE state <> 'withdrawn')"
    queries = {
        "planned": "SELECT count(*) FROM plan WHERE state <> 'withdrawn'",
        "aired": f"SELECT count(*) FROM as_run WHERE outcome = 'aired' AND {in_force}",
        "late": f"SELECT count(*) FROM as_run WHERE outcome = 'aired' AND late_s > 1 AND {in_force}",
        "unplanned": f"SELECT count(*) FROM as_run WHERE NOT {in_force}",
        "minutes": "SELECT sum(heard_s) / 60 FROM as_run",
    }
    with closing(sqlite3.connect(path)) as database:
        return {name: database.execute(query).fetchone()[0] for name, query in queries.items()}


def in_csv(made: Made) -> dict[str, float]:
    rows = list(csv.DictReader(io.StringIO(write_csv(made.figures).decode("utf-8-sig"), newline="")))
    return count_lines(rows)


def in_excel(excel: openpyxl.Workbook) -> dict[str, float]:
    head, *rows = excel["Lượt phát"].iter_rows(values_only=True)
    return count_lines([dict(zip(head, row, strict=True)) for row in rows])


def count_lines(rows: list[Any]) -> dict[str, float]:
    planned = [row for row in rows if row["Trong lịch"] == "có"]
    results = Counter(row["Kết quả"] for row in planned)
    return {
        "planned": len(planned),
        "aired": results["đúng giờ"] + results["phát muộn"],
        "late": results["phát muộn"],
        "unplanned": len(rows) - len(planned),
        "minutes": sum(float(row["Đã phát (giây)"]) for row in rows) / 60,
    }


def in_excel_totals(excel: openpyxl.Workbook) -> dict[str, float]:
    return {row[0]: row[1] for row in excel["Tổng hợp"].iter_rows(values_only=True, max_col=2) if row[0]}


def in_word(word: Any) -> dict[str, float]:
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    found = re.search(
        r"theo lịch: ([\d.]+) lượt.*?Đã phát: ([\d.]+) lượt.*?muộn ([\d.]+) lượt.*?ngoài lịch: ([\d.]+) lượt.*?"
        r"đã phát: ([\d.,]+) phút",
        text,
        re.DOTALL,
    )
    assert found, text
    return dict(zip(("planned", "aired", "late", "unplanned", "minutes"), map(number, found.groups()), strict=True))


def test_every_format_says_the_same_numbers_as_sql(made: Made, word: Any, excel: openpyxl.Workbook, page: Page) -> None:
    wanted = in_sql(made.path)
    totals = in_excel_totals(excel)
    found = {
        "csv": in_csv(made),
        "xlsx lines": in_excel(excel),
        "xlsx totals": {name: totals[DAY_COLUMNS[name]] for name in wanted},
        "json": {name: json.loads(write_json(made.figures, made.seal))["total"][name] for name in wanted},
        "docx": in_word(word),
        "html": {name: number(page.cards[name]) for name in wanted},
    }
    for name, numbers in found.items():
        exact = name not in ("docx", "html")
        assert numbers == pytest.approx(wanted, abs=1e-6 if exact else 0.05), name


def test_every_day_is_the_same_in_every_format(made: Made, word: Any, excel: openpyxl.Workbook, page: Page) -> None:
    in_json = json.loads(write_json(made.figures, made.seal))["days"]
    fields = ("planned", "aired", "late", "to_come", "unplanned", "sessions")
    exact = [(day["first"], *(day[field] for field in fields), round(day["minutes"], 1)) for day in in_json]
    tenths = [day.tally.tenths / 10 for day in made.figures.days]
    printed = [(*day[:-1], minutes) for day, minutes in zip(exact, tenths, strict=True)]
    assert [day[-1] for day in printed] == pytest.approx([day["minutes"] for day in in_json], abs=0.1)
    head, *rows = excel["Theo ngày"].iter_rows(values_only=True)
    sheet = [dict(zip(head, row, strict=True)) for row in rows]
    assert [
        (row["Ngày"].date().isoformat(), *(row[DAY_COLUMNS[field]] for field in fields), round(row["Phút"], 1))
        for row in sheet
    ] == exact
    columns = (1, 2, 3, 5, 6, 7, 8)  # planned, aired, late, (not aired), to come, unplanned, sessions, minutes
    for table in (word_table(word, "Ngày")[1:-1], page.tables["days"][1:-1]):
        read_back = [(iso(row[0]), *(number(row[column]) for column in columns)) for row in table]
        assert read_back == printed
        assert all(number(row[1]) == sum(number(row[column]) for column in (2, 4, 5)) for row in table)


def iso(text: str) -> str:
    """Read "T7, 01/5/2027"."""
    day, month, year = text.partition(", ")[2].split("/")
    return date(int(year), int(month), int(day)).isoformat()


def test_days_weeks_and_scripts_add_up_on_paper(word: Any, page: Page) -> None:
    for table in (word_table(word, "Ngày"), word_table(word, "Tuần"), page.tables["days"], page.tables["weeks"]):
        _head, *rows, total = table
        for column in range(1, len(total)):
            assert sum(number(row[column]) for row in rows) == pytest.approx(number(total[column]), abs=1e-9)
    for table in (word_table(word, "Kịch bản"), page.tables["scripts"]):
        assert sum(number(row[-1]) for row in table[1:]) == pytest.approx(number(page.cards["minutes"]), abs=1e-9)


# ---- Excel -------------------------------------------------------------------------------------------------------


def test_sheets_can_be_filtered_and_keep_their_headings_in_sight(excel: openpyxl.Workbook) -> None:
    assert excel.sheetnames == list(SHEETS)
    for name in SHEETS[1:4]:
        sheet = excel[name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.value for cell in sheet[1])


def test_dates_are_dates_and_numbers_are_numbers(excel: openpyxl.Workbook) -> None:
    days, plays = excel["Theo ngày"], excel["Lượt phát"]
    assert [row[0].value for row in days.iter_rows(min_row=2)] == [
        datetime.fromisoformat(f"2027-05-{day:02}") for day in range(1, 32)
    ]
    assert all(row[0].is_date for row in days.iter_rows(min_row=2))
    columns = {cell.value: index for index, cell in enumerate(plays[1])}
    first = next(plays.iter_rows(min_row=2))
    assert first[columns["Giờ theo lịch"]].value.isoformat() == "2027-05-01T05:30:00"
    started = first[columns["Bắt đầu"]].value
    assert abs(started - datetime.fromisoformat("2027-05-01T05:30")) < timedelta(milliseconds=10)
    assert isinstance(first[columns["Đã phát (giây)"]].value, float)
    assert first[columns["Số lần đọc"]].value == 2


def test_discrepancies_are_exactly_what_differs_from_the_plan(made: Made, excel: openpyxl.Workbook) -> None:
    head, *rows = excel["Sai lệch"].iter_rows(values_only=True)
    column = head.index("Mã lượt phát")
    total = made.figures.total
    assert len(rows) == total.not_aired + 3 + total.unplanned
    assert [row[column] for row in rows] == [line.occurrence for line in made.figures.off_plan]


def widths(sheet: Any) -> dict[int, float]:
    """Return the width of each column, in characters."""
    known = sheet.column_dimensions.values()
    return {column: found.width for found in known for column in range(found.min, found.max + 1)}


def test_no_number_or_date_is_too_wide_for_its_column(excel: openpyxl.Workbook) -> None:
    """Programs show such a cell as ###; a date with its time takes 19 characters, and a number its digits."""
    for sheet in excel:
        room = widths(sheet)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            taken = 19 if isinstance(cell.value, datetime) and "hh" in cell.number_format else 10
            if cell.data_type in ("n", "d") and not isinstance(cell.value, str):
                digits = taken if cell.is_date else len(f"{cell.value:,.3f}" if cell.value % 1 else f"{cell.value:,}")
                assert room[cell.column] > digits, (sheet.title, cell.coordinate)
                assert cell.is_date or cell.alignment.indent, "a number would run into the text beside it"


def test_sheets_print_their_headings_on_every_page_and_are_one_page_wide(excel: openpyxl.Workbook) -> None:
    for name in SHEETS:
        sheet = excel[name]
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.page_setup.orientation == "landscape"
    for name in ("Theo ngày", "Lượt phát", "Sai lệch"):
        assert excel[name].print_title_rows == "$1:$1"
    plays = excel["Lượt phát"]
    printed = [cell.column for cell in plays[plays.print_area.partition("!")[2].replace("$", "")][0]]
    assert sum(widths(plays)[column] for column in printed) < 200, "at 60 per cent of the size on an A4 page"


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(made: Made) -> None:
    data = write_excel(made.figures, made.seal)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(SHEETS)
    assert not [sheet for sheet in sheets if re.search(rb"<f[ >]|<hyperlink", sheet)]
    values = [
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(data))
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "s"
    ]
    assert HOSTILE in values, "the text itself is there, as text"


# ---- CSV and JSON ------------------------------------------------------------------------------------------------


def test_csv_has_the_mark_headings_and_no_formula(made: Made) -> None:
    data = write_csv(made.figures)
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == [heading for name, heading in COLUMNS.items() if name != "languages"]
    assert len(rows) == len(made.figures.lines)
    cells = [cell for row in rows for cell in row]
    assert f"'{HOSTILE}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


def test_json_says_what_the_ledger_says(made: Made) -> None:
    told = json.loads(write_json(made.figures, made.seal))
    assert told["checkpoint"] == made.taken.note
    assert (told["first"], told["last"], told["timezone"]) == ("2027-05-01", "2027-05-31", "Asia/Ho_Chi_Minh")
    with closing(sqlite3.connect(made.path)) as database:
        reasons = dict(database.execute("SELECT occurrence, reason FROM as_run WHERE reason IS NOT NULL"))
    found = {line["occurrence"]: line["reason"] for line in told["lines"] if line["reason"]}
    assert found.items() >= {name: text for name, text in reasons.items() if text}.items()
    assert {line["status"] for line in told["lines"]} >= {"on time", "late", "missed", "no record", "aired"}


# ---- HTML --------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_anywhere(page: Page) -> None:
    assert not re.findall(r"(?:src|href)=\"(?!#)|url\(|@import|<script|<link", page.text)
    assert "default-src 'none'" in page.text


def test_text_on_the_page_is_text(page: Page) -> None:
    assert "Xã Tân Phú &amp; &lt;b&gt;" in page.text
    assert "&lt;sơ tán&gt;" in page.text
    assert "<sơ tán>" not in page.text


def test_the_calendar_shows_each_day_by_the_worst_that_happened(page: Page) -> None:
    worst = {
        3: "missed",
        5: "late",
        7: "blocked",
        9: "blocked",
        12: "blocked",
        14: "missed",
        17: "missed",
        28: "missed",
    }
    worst |= {4: "missed", 15: "late", 20: "missed", 25: "late"}
    assert page.days == {f"2027-05-{day:02}": worst.get(day, "aired") for day in range(1, 32)}
