"""A report file is compared with what its history makes: each missing, added or changed part is named by its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from commands import RunCommand
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from histories import live
from stations import ZONE

from broadcaster.records.identity import Purpose, begun, renamed
from broadcaster.records.ledger import Ledger
from broadcaster.settings import read_settings

WORD, EXCEL, PAGE, JSON = (f"bao-cao-2027-05.{kind}" for kind in ("docx", "xlsx", "html", "json"))
HOLDS = "Result: the report says what the play history says, in every part."
FAILS = "Result: this report does not hold; see above."


@pytest.fixture
def lived(station_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with a May behind it, and its folder as the current one."""
    live(station_folder / "broadcaster.db")
    monkeypatch.chdir(station_folder)
    return station_folder


def told(broadcaster: RunCommand, path: str, *more: str) -> str:
    """Return what the check says of a report that it refuses, without the verdict."""
    result = broadcaster("audit", "report", path, *more)
    assert result.code == 1, result.out
    lines = result.out.rstrip().splitlines()
    assert lines[-1] == FAILS
    return "\n".join(lines[:-1])


def holds(broadcaster: RunCommand, path: str, *more: str) -> str:
    result = broadcaster("audit", "report", path, *more)
    assert (result.code, result.out.rstrip().splitlines()[-1]) == (0, HOLDS), result.out
    return result.out


# ---- Excel ---------------------------------------------------------------------------------------------------------

Sheets = openpyxl.Workbook


def in_excel(broadcaster: RunCommand, change: Callable[[Sheets], None]) -> None:
    """Make the report and save it again with a change, as a person does in a spreadsheet program."""
    broadcaster("report", "--month", "5/2027", "--format", "xlsx")
    book = openpyxl.load_workbook(EXCEL)
    change(book)
    book.save(EXCEL)


def test_a_spreadsheet_that_was_only_saved_again_holds(broadcaster: RunCommand, lived: Path) -> None:
    in_excel(broadcaster, lambda _book: None)
    holds(broadcaster, EXCEL)


def cell_of(book: Sheets, sheet: str, value: str) -> openpyxl.cell.cell.Cell:
    """Return the first cell of a sheet that has this value."""
    return next(cell for row in book[sheet].iter_rows() for cell in row if cell.value == value)


def test_a_formula_is_refused_even_with_the_right_value(broadcaster: RunCommand, lived: Path) -> None:
    places = []

    def change(book: Sheets) -> None:
        head = cell_of(book, "Tổng hợp", "Đã phát")
        value = book["Tổng hợp"].cell(head.row, 2)
        assert value.value == 119
        value.value = "=119"
        places.append(value.coordinate)
        reason = cell_of(book, "Lượt phát", '=HYPERLINK("http://x.example","bấm")\nkhông mở được thiết bị')
        assert reason.data_type == "s", "the report has it as a text"
        reason.data_type = "f"
        places.append(reason.coordinate)

    in_excel(broadcaster, change)
    text = told(broadcaster, EXCEL)
    assert f'sheet "Tổng hợp", {places[0]}: is computed ("=119"), should be "119"' in text
    assert f'sheet "Lượt phát", {places[1]}: is computed ("=HYPERLINK(' in text


def test_two_swapped_results_are_named_by_their_cells(broadcaster: RunCommand, lived: Path) -> None:
    cells = []

    def change(book: Sheets) -> None:
        sheet = book["Lượt phát"]
        missed = cell_of(book, "Lượt phát", "bị lỡ")
        good = sheet.cell(missed.row + 1, missed.column)
        assert good.value == "đúng giờ"
        missed.value, good.value = good.value, missed.value
        cells.extend((missed.coordinate, good.coordinate))

    in_excel(broadcaster, change)
    text = told(broadcaster, EXCEL)
    assert f'sheet "Lượt phát", {cells[0]}: is "đúng giờ", should be "bị lỡ"' in text
    assert f'sheet "Lượt phát", {cells[1]}: is "bị lỡ", should be "đúng giờ"' in text
    assert "2 parts of the file" in text


def test_a_row_that_was_removed_or_added_is_named(broadcaster: RunCommand, lived: Path) -> None:
    rows = []

    def change(book: Sheets) -> None:
        missed = cell_of(book, "Lượt phát", "bị lỡ")
        rows.append(missed.row)
        book["Lượt phát"].delete_rows(missed.row)
        book["Theo ngày"].append(["x", "y", 5])

    in_excel(broadcaster, change)
    text = told(broadcaster, EXCEL)
    assert f'sheet "Lượt phát", row {rows[0]}: is missing, should be "2027-05-03 17:00:00' in text
    assert 'sheet "Theo ngày", row 33: is "x | y | 5", should not be there' in text
    assert "2 parts of the file" in text


def test_a_number_that_is_shown_as_another_is_refused(broadcaster: RunCommand, lived: Path) -> None:
    def change(book: Sheets) -> None:
        head = cell_of(book, "Tổng hợp", "Đã phát")
        book["Tổng hợp"].cell(head.row, 2).number_format = '"128"'

    in_excel(broadcaster, change)
    assert 'is "119 ["128"]", should be "119"' in told(broadcaster, EXCEL)


def test_a_sheet_that_was_removed_or_added_is_named(broadcaster: RunCommand, lived: Path) -> None:
    def change(book: Sheets) -> None:
        del book["Sai lệch"]
        book.create_sheet("Khác").append(["Đã phát", 128])

    in_excel(broadcaster, change)
    text = told(broadcaster, EXCEL)
    assert 'sheet "Sai lệch": is missing' in text
    assert 'sheet "Khác": is "Đã phát | 128", should not be there' in text


# ---- Word ----------------------------------------------------------------------------------------------------------


def in_word(broadcaster: RunCommand, change: Callable[[docx.document.Document], None]) -> None:
    broadcaster("report", "--month", "5/2027")
    document = docx.Document(WORD)
    change(document)
    document.save(WORD)


def paragraph(document: docx.document.Document, begins: str) -> docx.text.paragraph.Paragraph:
    return next(each for each in document.paragraphs if each.text.startswith(begins))


def table(document: docx.document.Document, first: str) -> docx.table.Table:
    return next(each for each in document.tables if each.rows[0].cells[0].text == first)


def remove(part: docx.text.paragraph.Paragraph | docx.table.Table | docx.table._Row) -> None:
    element = part._element
    element.getparent().remove(element)


def test_a_removed_sentence_row_and_table_are_named(broadcaster: RunCommand, lived: Path) -> None:
    def change(document: docx.document.Document) -> None:
        remove(paragraph(document, "3. Không phát"))
        remove(table(document, "Kịch bản").rows[1])
        remove(table(document, "Giờ theo lịch"))

    in_word(broadcaster, change)
    text = told(broadcaster, WORD)
    assert 'text: is missing, should be "3. Không phát hoặc phát không trọn: ' in text
    assert 'Số lần đọc | Phút), row 2: is missing, should be "' in text
    assert "table 9 (Giờ theo lịch | " in text or "(Giờ theo lịch | Muộn | " in text
    assert "3 parts of the file" in text


def test_a_changed_cell_and_a_field_that_computes_are_named(broadcaster: RunCommand, lived: Path) -> None:
    def change(document: docx.document.Document) -> None:
        cell = table(document, "Kịch bản").rows[1].cells[2]
        cell.paragraphs[0].runs[0].text = "999"
        run = table(document, "Kịch bản").rows[2].cells[2].paragraphs[0].runs[0]
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), " = 60 + 2 ")
        run._r.addprevious(field)
        field.append(run._r)

    in_word(broadcaster, change)
    text = told(broadcaster, WORD)
    assert ', row 2, column "Lượt đã phát": is "999", should be "' in text
    assert ', row 3, column "Lượt đã phát": is computed ("= 60 + 2' in text


def test_hidden_text_is_missing(broadcaster: RunCommand, lived: Path) -> None:
    def change(document: docx.document.Document) -> None:
        for run in paragraph(document, "3. Không phát").runs:
            run.font.hidden = True

    in_word(broadcaster, change)
    assert 'text: is missing, should be "3. Không phát hoặc phát không trọn: ' in told(broadcaster, WORD)


def test_a_sentence_among_the_reports_own_is_no_office_word(broadcaster: RunCommand, lived: Path) -> None:
    def change(document: docx.document.Document) -> None:
        paragraph(document, "3. Không phát").insert_paragraph_before("Mọi lượt đều đã phát đúng giờ.")
        last = paragraph(document, "Trên đây là báo cáo")
        last.insert_paragraph_before("Ngoài ra đã phát thêm 50 lượt lưu động.")

    in_word(broadcaster, change)
    text = told(broadcaster, WORD)
    assert 'text: is "Mọi lượt đều đã phát đúng giờ.", should not be there' in text
    assert 'text: is "Ngoài ra đã phát thêm 50 lượt lưu động.", should not be there' in text


def test_what_an_office_fills_in_and_adds_for_its_signature_is_its_own(broadcaster: RunCommand, lived: Path) -> None:
    def change(document: docx.document.Document) -> None:
        letterhead, signatures = document.tables[0], next(t for t in document.tables if "Nơi nhận" in t.cell(0, 0).text)
        letterhead.cell(0, 0).paragraphs[0].runs[0].text = "ỦY BAN NHÂN DÂN HUYỆN TÂN PHÚ"
        letterhead.cell(1, 0).paragraphs[0].runs[0].text = "Số: 15/BC-ĐTT"
        letterhead.cell(1, 1).paragraphs[0].runs[0].text = "Tân Phú, ngày 02 tháng 6 năm 2027"
        paragraph(document, "Kính gửi").runs[0].text = "Kính gửi: Ủy ban nhân dân huyện Tân Phú"
        signatures.cell(0, 0).add_paragraph("- Bảo hiểm xã hội khu vực 27;")
        name = signatures.cell(0, 1).paragraphs[-1]
        name.runs[0].text = "Nguyễn Thị Hòa"
        after = OxmlElement("w:p")
        signatures._element.addnext(after)
        docx.text.paragraph.Paragraph(after, document).add_run("Người lập biểu: Trần Văn Tâm")
        for each in document.paragraphs:
            if each.text.startswith("(Kèm theo"):
                each.runs[0].text = "(Kèm theo Báo cáo số 15/BC-ĐTT ngày 02 tháng 6 năm 2027 của Đài)"

    in_word(broadcaster, change)
    text = holds(broadcaster, WORD)
    own = text.partition("Written where the office fills in itself; no play history vouches for it:")[2]
    for words in ("Kính gửi: Ủy ban", "khu vực 27", "Nguyễn Thị Hòa", "Người lập biểu: Trần Văn Tâm", "15/BC-ĐTT"):
        assert words in own


def test_a_title_with_dots_makes_no_table_an_offices(broadcaster: RunCommand, lived: Path) -> None:
    dotted = Path("broadcaster.db")
    dotted.unlink()
    from histories import TITLES

    TITLES["tieu-pham"], kept = "Chuyện…… bên bờ giậu", TITLES["tieu-pham"]
    try:
        live(dotted)
    finally:
        TITLES["tieu-pham"] = kept

    def change(document: docx.document.Document) -> None:
        rows = table(document, "Kịch bản").rows
        row = next(row for row in rows if "……" in row.cells[0].text)
        row.cells[2].paragraphs[0].runs[0].text = "999"

    in_word(broadcaster, change)
    assert 'column "Lượt đã phát": is "999"' in told(broadcaster, WORD)


def test_a_template_of_its_own_is_named_and_then_holds(broadcaster: RunCommand, lived: Path) -> None:
    own = docx.Document()
    own.add_paragraph("Xã đã phát {{ tong.da_phat }} lượt, được bà con khen 5 lần.")
    own.add_paragraph("{% for dong in diem_kiem_tra %}{{ dong }}\n{% endfor %}")
    own.save("mau.docx")
    assert broadcaster("report", "--month", "5/2027", "--template", "mau.docx").code == 0
    assert "name it with --template" in told(broadcaster, WORD)
    holds(broadcaster, WORD, "--template", "mau.docx")


# ---- pages and JSON ------------------------------------------------------------------------------------------------


def test_a_page_with_something_hidden_or_removed_is_refused(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("report", "--month", "5/2027", "--format", "html")
    page = Path(PAGE).read_text("utf-8")
    Path(PAGE).write_text(page.replace("</style>", "#causes { display: none }</style>"), "utf-8")
    assert "styles and scripts of the page: changed" in told(broadcaster, PAGE)
    start, end = page.index("<tr><td>", page.index('id="causes"')), page.index("</tr>", page.index("<tr><td>"))
    Path(PAGE).write_text(page[:start] + page[page.index("</tr>", start) + 5 :], "utf-8")
    assert end
    assert ", row 2: is missing, should be " in told(broadcaster, PAGE)


def test_a_reason_or_title_in_json_is_compared_too(broadcaster: RunCommand, lived: Path) -> None:
    broadcaster("report", "--month", "5/2027", "--format", "json")
    found = json.loads(Path(JSON).read_text("utf-8"))
    line = next(index for index, each in enumerate(found["lines"]) if each["status"] == "missed")
    found["lines"][line]["reason"] = "mất điện toàn xã"
    del found["withdrawn"][0]
    Path(JSON).write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    text = told(broadcaster, JSON)
    assert "The figures in the file are the signed ones." in text
    assert f'lines[{line}].reason: is ""mất điện toàn xã"", should be ""máy tắt từ 16:40 đến 18:10""' in text
    assert "withdrawn[0]: is missing, should be " in text


# ---- the station's name --------------------------------------------------------------------------------------------


def test_another_stations_name_does_not_pass_and_an_earlier_one_does(broadcaster: RunCommand, lived: Path) -> None:
    Path("broadcaster.db").unlink()
    at = datetime(2027, 4, 30, tzinfo=ZONE)
    name = read_settings(Path("station.toml")).name
    with Ledger.open(Path("broadcaster.db")) as ledger:
        ledger.append([begun(name, "", Purpose.LIVE, at)])
    live(Path("broadcaster.db"))
    for kind in ("docx", "xlsx", "json"):
        broadcaster("report", "--month", "5/2027", "--format", kind)
    with Ledger.open(Path("broadcaster.db")) as ledger:
        ledger.append([renamed(name, "Xã Mới", datetime(2027, 6, 3, tzinfo=ZONE))])
    for path in (WORD, EXCEL, JSON):
        holds(broadcaster, path)
    book = openpyxl.load_workbook(EXCEL)
    cell_of(book, "Tổng hợp", name).value = "Xã Khác"
    book.save(EXCEL)
    assert 'is "Xã Khác", should be ' in told(broadcaster, EXCEL)
