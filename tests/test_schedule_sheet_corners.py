"""Spreadsheets with something far away, which takes no time, and CSV with more in it than a table."""

from __future__ import annotations

import re
import zipfile
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sheets import FILLED, FIRST, ONE, ids, made, noted, taken, told

from broadcaster.errors import InputError
from broadcaster.models import Campaign
from broadcaster.schedule.sheets import read_workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# ---- far corners ------------------------------------------------------------------------------------------------


@pytest.fixture
def cells_looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of how many cells each row had that the reader of workbooks looked at."""
    from openpyxl.worksheet._reader import WorkSheetParser

    counted: list[int] = []
    parse_row = WorkSheetParser.parse_row

    def counting(self: WorkSheetParser, element: Any) -> Any:
        number, cells = parse_row(self, element)
        counted.append(len(cells))
        return number, cells

    monkeypatch.setattr(WorkSheetParser, "parse_row", counting)
    return counted


def test_an_empty_cell_in_the_last_row_costs_one_cell(tmp_path: Path, cells_looked_at: list[int]) -> None:
    def far(sheet: Worksheet) -> None:
        sheet["XFD1048576"].number_format = "dd/mm/yyyy"

    found = taken(made(tmp_path / "a.xlsx", [FIRST, ONE], far))
    assert ids(found) == {"may": ["sang"]}
    assert sum(cells_looked_at) == FILLED + 1


def test_a_value_in_the_last_row_is_told_where_it_stands(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", [FIRST, ONE], lambda sheet: sheet.cell(1048576, 1, "hết bảng"))
    found = taken(path)
    assert noted(found) == ['sheet "Khung phát", row 1048576, column A "Mã đợt": "hết bảng": this row is not read']


def test_a_value_in_a_far_column_is_told_by_its_cell(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", [FIRST, ONE], lambda sheet: sheet.cell(1000000, 16384, "x"))
    assert told(path) == [
        (
            "Khung phát: too wide for a schedule: something stands in cell XFD1000000; "
            "delete it, or copy the table into a new workbook and import that"
        )
    ]


def test_a_sheet_that_is_formatted_without_end_is_refused_before_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells_looked_at: list[int]
) -> None:
    monkeypatch.setattr(read_workbook, "MOST_CELLS", 100)

    def borders(sheet: Worksheet) -> None:
        for number in range(3, 500):
            sheet.cell(number, 1).number_format = "@"

    assert told(made(tmp_path / "a.xlsx", [FIRST, ONE], borders)) == [
        (
            "Khung phát: more than 100 rows and cells are filled or formatted down to row 47: too long for a schedule; "
            "copy the table into a new workbook and import that"
        )
    ]
    assert sum(cells_looked_at) <= 100


@pytest.mark.parametrize(
    "widely",
    [
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>',
        b'<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>',
    ],
)
def test_what_spans_a_whole_sheet_makes_no_cells(tmp_path: Path, cells_looked_at: list[int], widely: bytes) -> None:
    path = made(tmp_path / "a.xlsx", [FIRST, ONE])
    linked = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(linked, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", b"</sheetData>" + widely)
            new.writestr(name, data)
    assert ids(taken(linked)) == {"may": ["sang"]}
    assert sum(cells_looked_at) == FILLED


# ---- CSV --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nMã đợt;Mã khung phát;Giờ;Bài phát\nmay;sang;5h30;a\nmay;toi;19h;b\n",
        '\ufeff"sep=\t"\nMã đợt\tMã khung phát\tGiờ\tBài phát\nmay\tsang\t5h30\ta\nmay\ttoi\t19h\tb\n',
        "LỊCH PHÁT, XÃ AN BÌNH, THÁNG 5, NĂM 2027\nMã đợt;Mã khung phát;Giờ;Bài phát\nmay;sang;5h30;a\nmay;toi;19h;b\n",
        "\n\nMã đợt,Mã khung phát,Giờ,Bài phát\nmay,sang,05:30:00 AM,a\nmay,toi,07:00:00 PM,b\n",
        "STT;Mã đợt;Mã khung phát;Giờ;Bài phát\n1;may;sang;5h30;a\n2;may;toi;19h;b\n;Tổng cộng;;2;\n",
    ],
)
def test_csv_with_more_than_a_table_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    slots = taken(path).slots["may"]
    assert [(slot.id, slot.at) for slot in slots] == [("sang", (time(5, 30),)), ("toi", (time(19),))]


def test_rows_of_csv_below_a_line_that_names_the_delimiter_have_their_own_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nMã đợt;Mã khung phát;Giờ;Bài phát\nmay;sang;25h;a\n", "utf-8")
    assert told(path) == ['row 3, column C "Giờ": found "25h"; allowed: a time of day such as 05:30 or 5h30']


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("05/03/2027", '"05/03/2027": the day may be the month'),  # 3 May in America, 5 March in Vietnam
        ("05/05/2027", ""),
        ("05/20/2027", 'found "05/20/2027"'),
        ("20/05/2027", ""),
        ("2027-05-03", ""),
    ],
)
def test_a_day_that_may_be_the_month_is_not_guessed(tmp_path: Path, start: str, message: str) -> None:
    fixed = Campaign("may", "Tháng năm", Path("may.toml"), date(2027, 1, 1), date(2027, 5, 31), ())
    path = tmp_path / "a.csv"
    path.write_text(
        f"Mã đợt,Mã khung phát,Giờ,Từ ngày,Đến ngày,Bài phát\nmay,sang,05:30:00 AM,{start},2027-05-31,a\n", "utf-8"
    )
    if not message:
        assert taken(path, fixed).count == 1
        return
    with pytest.raises(InputError, match=re.escape(f'row 2, column D "Từ ngày": {message}')):
        taken(path, fixed)
