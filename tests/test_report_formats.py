"""One report in five formats: each is read back by a program that is not ours, and all must say the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
import runpy
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
from histories import live
from stations import ZONE

from broadcaster.errors import InputError
from broadcaster.records.checkpoint import read, take
from broadcaster.records.ledger import Ledger
from broadcaster.records.note import Verifier
from broadcaster.records.reconcile import reconcile_window
from broadcaster.records.report import month_window
from broadcaster.records.reports import wording
from broadcaster.records.reports.excel import SHEETS, write_excel
from broadcaster.records.reports.figures import Heading, figures
from broadcaster.records.reports.html_page import write_html
from broadcaster.records.reports.plain import write_csv, write_json
from broadcaster.records.reports.seal import Seal
from broadcaster.records.reports.tables import COLUMNS, DAY_COLUMNS
from broadcaster.records.reports.word import TEMPLATE, context, write_word

ROOT = Path(__file__).parents[1]
NOW = datetime(2027, 6, 2, 8, tzinfo=ZONE)
HOSTILE = '=HYPERLINK("http://x.example","bấm")\nkhông mở được thiết bị'


class Made:
    """A month's report, its figures and its file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "broadcaster.db"
        live(self.path)
        with Ledger.open(self.path, read_only=True) as ledger:
            found = reconcile_window(ledger, *month_window(2027, 5, ZONE), NOW)
            head = ledger.head()
        self.figures = figures(found, Heading("Xã Tân Phú & <b>", date(2027, 5, 1), date(2027, 5, 31), ZONE, NOW))
        self.taken = take(folder, "Xã Tân Phú", head, NOW)
        self.key: Verifier = self.taken.key
        self.seal = Seal.of(self.taken)


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


def word_table(word: Any, first: str) -> list[list[str]]:
    return next(
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in word.tables
        if table.rows[0].cells[0].text == first
    )


def test_every_day_is_the_same_in_every_format(made: Made, word: Any, excel: openpyxl.Workbook, page: Page) -> None:
    in_json = json.loads(write_json(made.figures, made.seal))["days"]
    fields = ("planned", "aired", "late", "to_come", "unplanned", "sessions")
    wanted = [(day["first"], *(day[field] for field in fields), round(day["minutes"], 1)) for day in in_json]
    head, *rows = excel["Theo ngày"].iter_rows(values_only=True)
    sheet = [dict(zip(head, row, strict=True)) for row in rows]
    assert [
        (row["Ngày"].date().isoformat(), *(row[DAY_COLUMNS[field]] for field in fields), round(row["Phút"], 1))
        for row in sheet
    ] == wanted
    columns = (1, 2, 3, 5, 6, 7, 8)  # planned, aired, late, (not aired), to come, unplanned, sessions, minutes
    for table in (word_table(word, "Ngày")[1:-1], page.tables["days"][1:-1]):
        read_back = [(iso(row[0]), *(number(row[column]) for column in columns)) for row in table]
        assert read_back == wanted
        assert all(number(row[1]) == sum(number(row[column]) for column in (2, 4, 5)) for row in table)


def iso(text: str) -> str:
    """Read "T7, 01/5/2027"."""
    day, month, year = text.partition(", ")[2].split("/")
    return date(int(year), int(month), int(day)).isoformat()


def test_days_weeks_and_scripts_add_up_on_paper(word: Any, page: Page) -> None:
    for table in (word_table(word, "Ngày"), word_table(word, "Tuần"), page.tables["days"], page.tables["weeks"]):
        _head, *rows, total = table
        for column in range(1, len(total) - 1):
            assert sum(number(row[column]) for row in rows) == number(total[column])
        assert sum(number(row[-1]) for row in rows) == pytest.approx(number(total[-1]), abs=0.05 * len(rows))
    for table in (word_table(word, "Kịch bản"), page.tables["scripts"]):
        assert sum(number(row[-1]) for row in table[1:]) == pytest.approx(number(page.cards["minutes"]), abs=0.3)


# ---- Word --------------------------------------------------------------------------------------------------------


def test_the_word_report_has_the_parts_of_decree_30(word: Any) -> None:
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    assert section.different_first_page_header_footer
    style = word.styles["Normal"]
    assert (style.font.name, style.font.size.pt) == ("Times New Roman", 14)
    head = "\n".join(cell.text for row in word.tables[0].rows for cell in row.cells)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: ……",
        ", ngày …",
        "XÃ TÂN PHÚ",
    ):
        assert part in head
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for part in (
        "BÁO CÁO",
        "tháng 5 năm 2027",
        "Kính gửi: Bảo hiểm xã hội ……",
        "Thực hiện văn bản số 1192/BHXH-TT",
        "./.",
    ):
        assert part in text
    closing = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert "Nơi nhận:" in closing
    assert "- Lưu: VT." in closing
    assert "Xã Tân Phú & <b>" in text, "names are text, not markup"
    assert "{" not in text + head + closing


def test_why_things_did_not_air_and_make_goods_are_told(word: Any) -> None:
    causes = word_table(word, "Kết quả")
    assert causes[1] == ["bị lỡ", "máy tắt từ 16:40 đến 18:10", "2", "17:00 các ngày 03/5, 04/5"]
    assert [wording.STATUS["no record"], wording.NO_RECORD, "1", "18:30 ngày 28/5"] in causes
    others = word_table(word, "Lúc")
    assert others[1][1:4] == ["phát bù", "Tham gia bảo hiểm xã hội là đầu tư cho tương lai", "đã phát"]
    assert others[1][4:] == ["Nguyễn Thị Hòa", "lượt 17:00 ngày 03/5"]


def test_the_last_page_bears_a_checkpoint_that_verifies(made: Made, word: Any) -> None:
    lines = [paragraph.text for paragraph in word.paragraphs]
    start = next(index for index, line in enumerate(lines) if line.startswith(made.key.name))
    printed = "\n".join(lines[start : start + 6]) + "\n"
    assert printed == made.taken.note
    given = read(printed, made.key)
    with Ledger.open(made.path, read_only=True) as ledger:
        assert given.checkpoint.head == ledger.head()
    assert str(given.signature) == "good"
    assert len(word.inline_shapes) == 1
    assert 40 <= word.inline_shapes[0].width.mm <= 60
    assert made.seal.short in lines


def test_without_a_name_letters_or_plays_there_are_blanks_and_words(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        found = reconcile_window(ledger, *month_window(2027, 2, ZONE), NOW)
    empty = figures(found, Heading("", date(2027, 2, 1), date(2027, 2, 28), ZONE, NOW))
    document = docx.Document(io.BytesIO(write_word(empty, None)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "……… báo cáo kết quả" in text
    assert text.count("Không có.") == 2
    assert "Thực hiện" not in text
    assert "không kèm điểm kiểm tra" in text
    assert b"data-day" in write_html(empty, None)
    assert openpyxl.load_workbook(io.BytesIO(write_excel(empty, None))).sheetnames == list(SHEETS)


def test_the_shipped_template_is_the_one_that_the_tool_builds(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "tools" / "report_template.py"))["build"]().save(str(tmp_path / "built.docx"))
    with zipfile.ZipFile(tmp_path / "built.docx") as built, zipfile.ZipFile(TEMPLATE) as shipped:
        assert built.namelist() == shipped.namelist()
        for name in built.namelist():
            assert built.read(name) == shipped.read(name), f"{name}: run python -m tools.report_template"


def test_a_commune_s_own_template_is_filled(made: Made, tmp_path: Path) -> None:
    own = docx.Document(str(TEMPLATE))
    own.paragraphs[0].add_run("UBND XÃ TÂN PHÚ: {{ tong.da_phat }}/{{ tong.theo_lich }}, {{ tu_ngay }}–{{ den_ngay }}")
    own.save(str(tmp_path / "mau.docx"))
    filled = docx.Document(io.BytesIO(write_word(made.figures, made.seal, tmp_path / "mau.docx")))
    assert "UBND XÃ TÂN PHÚ: 119/128, 01/5/2027–31/5/2027" in "\n".join(p.text for p in filled.paragraphs)


@pytest.mark.parametrize("text", ["{{ khong_co }}", "{{ tong.khong_co }}", "{% if %}", "{{ ''.__class__.__mro__ }}"])
def test_a_template_that_asks_for_what_there_is_not_is_told(made: Made, tmp_path: Path, text: str) -> None:
    own = docx.Document()
    own.add_paragraph(text)
    own.save(str(tmp_path / "mau.docx"))
    with pytest.raises(InputError, match=r"mau\.docx: the template asks wrongly"):
        write_word(made.figures, made.seal, tmp_path / "mau.docx")


@pytest.mark.parametrize("data", [b"", b"Word 97", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_word_document_is_told(made: Made, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "mau.docx").write_bytes(data)
    with pytest.raises(InputError, match="cannot be used as a Word template"):
        write_word(made.figures, made.seal, tmp_path / "mau.docx")


def test_the_guide_names_everything_that_a_template_may_use(made: Made) -> None:
    guide = (ROOT / "docs" / "bao-cao.md").read_text("utf-8")
    documented = set(re.findall(r"`([A-Za-z_.]+)`", guide))
    for name, value in (context(made.figures, made.seal) | {"qr": ""}).items():
        if isinstance(value, dict):
            assert {f"{name}.{field}" for field in value} <= documented
        else:
            assert name in documented
        if isinstance(value, list) and isinstance(value[0], dict):
            assert {f"dong.{field}" for field in value[0]} <= documented


# ---- Excel -------------------------------------------------------------------------------------------------------


def test_sheets_can_be_filtered_and_keep_their_headings_in_sight(excel: openpyxl.Workbook) -> None:
    assert excel.sheetnames == list(SHEETS)
    for name in SHEETS[1:]:
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
    assert head == list(COLUMNS.values())
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
    assert {name: text for name, text in found.items() if "�" not in text} == {
        name: text for name, text in reasons.items() if "\x07" not in text
    }
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
