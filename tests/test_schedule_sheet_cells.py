"""What stands in the cells of a timetable: understood as officers write it, or told at its cell."""

from __future__ import annotations

import zipfile
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sheets import HEADINGS, KEYS, MAY, SCRIPTS, TODAY, local, row, slots_sheet, workbook

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Campaign, Order, YearDay
from broadcaster.schedule.sheets import grid, read_grids, read_workbook
from broadcaster.schedule.sheets.read_timetable import read_sheet
from broadcaster.schedule.sheets.sheet_layout import CAMPAIGN_HEADINGS


def told(path: Path, known: dict[str, Campaign] | None = None) -> list[str]:
    with pytest.raises(InputError) as error:
        read_sheet(path, {"may": MAY} if known is None else known, SCRIPTS, TODAY)
    return [str(problem).removeprefix(f"{path}").lstrip(": ") for problem in error.value.problems]


# ---- what officers write ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"at": "5h30, 17 giờ"}, {"at": (time(5, 30), time(17))}),
        ({"at": "5h30\n17:00", "at2": time(19)}, {"at": (time(5, 30), time(17), time(19))}),
        ({"days": "thứ 2, CN"}, {"days": frozenset({1, 7})}),
        ({"from_": local(2027, 5, 3), "to": "4/5/2027"}, {"start": date(2027, 5, 3), "end": date(2027, 5, 4)}),
        ({"from_": "3/5", "to": "04-05"}, {"start": YearDay(5, 3), "end": YearDay(5, 4)}),
        ({"scripts": "a; b\nc-1"}, {"scripts": ("a", "b", "c-1")}),
        ({"scripts": "a, b", "weights": "b = 3"}, {"scripts": ("a", "b"), "weights": (1, 3)}),
        ({"order": "PHÁT HẾT"}, {"order": Order.ALL}),
        ({"order": "all"}, {"order": Order.ALL}),
        ({"repeat": 2.0}, {"repeat": 2}),
        ({"repeat": "3"}, {"repeat": 3}),
        ({"gap": 15}, {"gap": timedelta(seconds=15)}),
        ({"gap": "1 phút"}, {"gap": timedelta(minutes=1)}),
        ({"gap": timedelta(seconds=30)}, {"gap": timedelta(seconds=30)}),
        ({"class_": "Uu tien"}, {"bulletin_class": BulletinClass.PRIORITY}),
        ({"except_": local(2027, 5, 7)}, {"exceptions": frozenset({date(2027, 5, 7)})}),
        ({"except_": local(2027, 5, 7, 5, 30)}, {"skips": frozenset({(date(2027, 5, 7), time(5, 30))})}),
        ({"except_": "7/5/2027 5h30"}, {"skips": frozenset({(date(2027, 5, 7), time(5, 30))})}),
        (
            {"except_": "thứ sáu, 7/5/2027 và 20-21/5/2027; thứ bảy, 15 tháng 5 năm 2027 5h30"},
            {
                "exceptions": frozenset({date(2027, 5, 7), date(2027, 5, 20), date(2027, 5, 21)}),
                "skips": frozenset({(date(2027, 5, 15), time(5, 30))}),
            },
        ),
        ({"paused": "3/5-5/5/2027"}, {"pauses": ((date(2027, 5, 3), date(2027, 5, 5)),)}),
        ({"paused": "từ 3/5/2027 đến 5/5/2027"}, {"pauses": ((date(2027, 5, 3), date(2027, 5, 5)),)}),
        ({"paused": "3/5/2027 đến 5/5/2027"}, {"pauses": ((date(2027, 5, 3), date(2027, 5, 5)),)}),
        ({"paused": "từ 20/5/2027"}, {"pauses": ((date(2027, 5, 20), date.max),)}),
        ({"paused": local(2027, 5, 7)}, {"pauses": ((date(2027, 5, 7), date(2027, 5, 7)),)}),
        ({"id": 530}, {"id": "530"}),
    ],
)
def test_a_cell_is_understood(tmp_path: Path, values: dict[str, Any], expected: dict[str, Any]) -> None:
    path = slots_sheet(tmp_path / "a.xlsx", row(**values))
    ((slot,),) = read_sheet(path, {"may": MAY}, SCRIPTS, TODAY).slots.values()
    assert {key: getattr(slot, key) for key in expected} == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_every_excel_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    lines = [
        ["Mã đợt", "Mã khung phát", "Giờ", "Bài phát"],
        ["may", "sang", "5h30", "a"],
        [],
        ["may", "toi", "19h", "b"],
    ]
    path.write_bytes("\r\n".join(delimiter.join(cells) for cells in lines).encode(encoding))
    assert [slot.id for slot in read_sheet(path, {"may": MAY}, SCRIPTS, TODAY).slots["may"]] == ["sang", "toi"]


def test_a_workbook_with_one_sheet_of_any_name_holds_slots(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("Sheet1", [HEADINGS, row()]), ("Sheet2", []))
    assert read_sheet(path, {"may": MAY}, SCRIPTS, TODAY).count == 1


# ---- what is refused --------------------------------------------------------------------------------------------

ONE_YEAR = "only one of them has a year; write both with the year (that year only) or both without (every year)"
AS_EXCEL = 'in Excel: File, Save As, file type "Excel Workbook (.xlsx)"'
AS_LIBREOFFICE = 'in LibreOffice: File, Save As, file type "Excel 2007-365 (.xlsx)"'
QUOTES = "every text in quotes needs both of them"
TIME = "allowed: a time of day such as 05:30 or 5h30"
ID = 'allowed: a-z, 0-9 and "-", 1 to 64 characters, such as "sang"'
BOUNDARY = "allowed: a day such as 15/05 (every year) or 15/05/2027 (that year only)"
WEEK = "allowed: weekdays such as T2-T6, CN"
LENGTH = "allowed: a length of time such as 20s, at most 10m"
OFF = "allowed: days such as 07/05/2027, single airings such as 07/05/2027 17:00"
PAUSED = "allowed: such as 03/05/2027 - 05/05/2027; từ 20/05/2027"
WEIGHTS = "allowed: scripts and numbers from 1 to 20, such as thong-diep-1=2"
INSIDE = "allowed: inside the campaign, 05-01 to 05-31"
WHERE = {key: (number, name) for number, (key, name) in enumerate(zip(KEYS, HEADINGS, strict=True))}


def at(key: str, line: int = 2) -> str:
    number, name = WHERE[key]
    return f'sheet "Khung phát", row {line}, column {grid.column_letter(number)} "{name}": '


CELLS: list[tuple[dict[str, Any], list[str]]] = [
    ({"at": "25h"}, [at("at") + f'found "25h"; {TIME}']),
    ({"at": "5h30, 26h"}, [at("at") + f'found "5h30, 26h"; {TIME}']),
    ({"at": 5.5}, [at("at") + f"found 5.5; {TIME}"]),
    ({"at": True}, [at("at") + f"found True; {TIME}"]),
    ({"at": local(2027, 5, 1, 5, 30)}, [at("at") + f"found 01/05/2027 05:30; {TIME}"]),
    ({"at": None}, [at("at") + f"is missing; {TIME}"]),
    ({"at": "5h30", "at2": time(5, 30)}, [at("at2") + "05:30 is given twice"]),
    ({"at": "=A1"}, [at("at") + "this is a formula; write its value"]),
    ({"id": "Sáng"}, [at("id") + f'found "Sáng"; {ID}']),
    ({"id": None}, [at("id") + f"is missing; {ID}"]),
    ({"id": "x" * 65}, [at("id") + f'found "{"x" * 59}…"; {ID}']),
    ({"id": "=1"}, [at("id") + "this is a formula; write its value"]),
    ({"campaign": "mau"}, [at("campaign") + 'there is no campaign "mau"; did you mean "may"?']),
    ({"campaign": None}, [at("campaign") + f"is missing; {ID}"]),
    ({"scripts": "aa"}, [at("scripts") + 'there is no script "aa"; did you mean "a"?']),
    ({"scripts": "a b"}, [at("scripts") + 'found "a b"; allowed: ids of scripts, parted by commas']),
    ({"scripts": ","}, [at("scripts") + 'found ","; allowed: ids of scripts, parted by commas']),
    ({"scripts": None}, [at("scripts") + "is missing; allowed: ids of scripts, parted by commas"]),
    ({"days": "thứ 9"}, [at("days") + f'found "thứ 9"; {WEEK}']),
    ({"days": 2}, [at("days") + f"found 2; {WEEK}"]),
    ({"from_": "32/5"}, [at("from") + 'found "32/5"; month 5 has 31 days']),
    ({"from_": 46143}, [at("from") + f"found 46143; {BOUNDARY}"]),
    ({"from_": local(2027, 5, 1, 7)}, [at("from") + f"found 01/05/2027 07:00; {BOUNDARY}"]),
    ({"from_": "1/6", "to": "5/6"}, [at("from") + f"found 06-01 to 06-05; {INSIDE}"]),
    (
        {"from_": "20/5", "to": "1/5"},
        [
            at("to")
            + "05-01 is before 05-20; over the new year at most 300 days are allowed; "
            + 'the whole year is "01-01" to "12-31"'
        ],
    ),
    (
        {"from_": "20/5/2027"},
        [at("from") + "from 2027-05-20 to 05-31: " + ONE_YEAR],
    ),
    ({"order": "ngẫu nhiên"}, [at("order") + 'found "ngẫu nhiên"; allowed: lần lượt, phát hết']),
    ({"order": 1}, [at("order") + "found 1; allowed: lần lượt, phát hết"]),
    ({"weights": "a"}, [at("weights") + f'found "a"; {WEIGHTS}']),
    ({"weights": "a=21"}, [at("weights") + f'found "a=21"; {WEIGHTS}']),
    ({"weights": "b=2"}, [at("weights") + 'the slot has no script "b"; scripts: a']),
    ({"weights": "a=2, a=3"}, [at("weights") + f'found "a=2, a=3"; {WEIGHTS}']),
    (
        {"scripts": "a, b", "weights": "a=2", "order": "phát hết"},
        [at("weights") + 'weights count only where scripts take turns (order = "rotate")'],
    ),
    ({"repeat": 0}, [at("repeat") + "found 0; allowed: a whole number from 1 to 20"]),
    ({"repeat": 1.5}, [at("repeat") + "found 1.5; allowed: a whole number from 1 to 20"]),
    ({"repeat": "hai"}, [at("repeat") + 'found "hai"; allowed: a whole number from 1 to 20']),
    ({"gap": "11 phút"}, [at("gap") + f'found "11 phút"; {LENGTH}']),
    ({"gap": -1}, [at("gap") + f"found -1; {LENGTH}"]),
    ({"gap": time(0, 0, 10)}, [at("gap") + f"found 00:00:10; {LENGTH}"]),
    ({"class_": "gấp"}, [at("class") + 'found "gấp"; allowed: thông thường, ưu tiên, khẩn cấp']),
    ({"except_": "thứ bảy, 7/5/2027"}, [at("except") + 'found "thứ bảy, 7/5/2027"; 07/05/2027 is a Friday']),
    ({"except_": "7/5"}, [at("except") + f'found "7/5"; {OFF}']),
    ({"except_": "7/5/2027 25h"}, [at("except") + f'found "7/5/2027 25h"; {OFF}']),
    (
        {"except_": "7/5/2027 6h"},
        [
            at("except")
            + 'found "2027-05-07 06:00"; the slot\'s times are 05:30: write one of them there, or take it out'
        ],
    ),
    ({"except_": "7/6/2027"}, [at("except") + f"found 2027-06-07; {INSIDE}"]),
    ({"paused": "5/5/2027 - 3/5/2027"}, [at("paused") + f'found "5/5/2027 - 3/5/2027"; {PAUSED}']),
    ({"paused": "3/5 - 5/5"}, [at("paused") + f'found "3/5 - 5/5"; {PAUSED}']),
    ({"paused": "3/6/2027 - 5/6/2027"}, [at("paused") + f'found ["2027-06-03", "2027-06-05"]; {INSIDE}']),
    (
        {"at": "25h", "repeat": 99, "scripts": "zzz"},
        [
            at("repeat") + "found 99; allowed: a whole number from 1 to 20",
            at("scripts") + 'there is no script "zzz"; scripts: ' + ", ".join(SCRIPTS),
            at("at") + f'found "25h"; {TIME}',
        ],
    ),
]


@pytest.mark.parametrize(("values", "messages"), CELLS, ids=[str(values) for values, _messages in CELLS])
def test_a_bad_cell_is_named_by_sheet_row_and_column(
    tmp_path: Path, values: dict[str, Any], messages: list[str]
) -> None:
    assert told(slots_sheet(tmp_path / "a.xlsx", row(**values))) == messages


def test_the_same_slot_twice_is_told_with_both_rows(tmp_path: Path) -> None:
    path = slots_sheet(tmp_path / "a.xlsx", row(), row(at="9h"))
    assert told(path) == [at("id", 3) + "row 2 is may/sang too; give each slot a different id"]


def test_a_value_under_no_heading_is_told(tmp_path: Path) -> None:
    path = slots_sheet(tmp_path / "a.xlsx", [*row(), *[None] * 3, "ghi chú"])
    assert told(path)[0].endswith('"ghi chú" is not below a heading')


HEADS: list[tuple[dict[str, Any], str]] = [
    ({"title": None}, 'column B "Tên đợt": is missing; allowed: text'),
    ({"from": None}, f'column D "Từ ngày": is missing; {BOUNDARY}'),
    ({"to": "30/2/2027"}, 'column E "Đến ngày": found "30/2/2027"; month 2/2027 has 28 days'),
    ({"campaign": "Tháng 5"}, f'column A "Mã đợt": found "Tháng 5"; {ID}'),
    ({"except": "7/5/2027 17h"}, 'column F "Trừ ngày": this is a time; allowed: days such as 07/05/2027'),
    ({"except": "7/7/2027"}, 'column F "Trừ ngày": found 2027-07-07; allowed: inside the campaign, 06-01 to 06-30'),
    ({"paused": "mai"}, f'column G "Tạm dừng": found "mai"; {PAUSED}'),
    (
        {"from": "1/6/2027"},
        'column E "Đến ngày": from 2027-06-01 to 06-30: ' + ONE_YEAR,
    ),
]


@pytest.mark.parametrize(("values", "message"), HEADS, ids=[str(values) for values, _message in HEADS])
def test_a_bad_campaign_is_told_at_its_cell(tmp_path: Path, values: dict[str, Any], message: str) -> None:
    good = {"campaign": "he", "title": "Hè", "source": "1/CV", "from": "1/6", "to": "30/6", **values}
    rows = [list(CAMPAIGN_HEADINGS.values()), [good.get(key) for key in CAMPAIGN_HEADINGS]]
    path = workbook(tmp_path / "a.xlsx", ("Đợt", rows), ("Khung phát", [HEADINGS, row()]))
    assert told(path) == [f'sheet "Đợt", row 2, {message}']


@pytest.mark.parametrize(
    ("headings", "messages"),
    [
        (
            ["Mã đợt", "Mã khung phát", "Giờ", "Bài phat", "Bài phá"],
            ['unknown heading "Bài phá"; did you mean "Bài phát"?'],
        ),
        (
            ["Mã đợt", "Giờ", "Bài phát"],
            ['there is no column "Mã khung phát"; start from: broadcaster schedule template FILE'],
        ),
        (["Mã đợt", "Mã đợt", "Mã khung phát", "Giờ", "Bài phát"], ['the heading "Mã đợt" occurs twice']),
    ],
)
def test_bad_headings_are_told(tmp_path: Path, headings: list[str], messages: list[str]) -> None:
    found = told(workbook(tmp_path / "a.xlsx", ("Khung phát", [headings, ["may", "sang", "5h", "a"]])))
    assert [message.split(": ", 1)[1] for message in found if "row 1" in message] == messages


def test_sheets_that_nobody_would_read_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("Khung phát", [HEADINGS, row()]), ("Nháp", [["x"]]))
    assert told(path) == ['the sheet "Nháp" is not known; the sheets are "Đợt" and "Khung phát"; take others out']


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", 'files ending in ".xls" are not read; ' + AS_EXCEL),
        ("a.ods", b"PK", 'files ending in ".ods" are not read; ' + AS_LIBREOFFICE),
        ("a.pdf", b"%PDF", 'files ending in ".pdf" are not read; save it as .xlsx or .csv'),
        ("a.xlsx", b"", "not an Excel workbook, or damaged; open it in Excel and save it again as .xlsx"),
        ("a.xlsx", b"PK\x03\x04abc", "not an Excel workbook, or damaged; open it in Excel and save it again as .xlsx"),
        ("a.csv", b"", "the file is empty"),
        ("a.csv", "Mã đợt".encode("utf-16-be"), "not UTF-8 text; save it as CSV UTF-8"),
        ("a.csv", "Mã đợt\r\nLịch".encode("cp1258", "replace"), "not UTF-8 text; save it as CSV UTF-8"),
        (
            "a.csv",
            b'a,b\n"c',
            "not a CSV file (row 2: unexpected end of data); " + QUOTES,
        ),
        ("a.csv", b"a\0b", "not a CSV file"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert [text.split(": ", 1)[-1] if text[:1].isdigit() else text for text in told(path)] == [message]


def test_files_that_are_not_there_or_too_large(tmp_path: Path) -> None:
    assert told(tmp_path / "none.xlsx") == ["there is no such file"]
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", b"\0" * (read_workbook.LARGEST_UNPACKED // 3 + 1))
    assert told(bomb) == ["too large for a schedule"]
    long = tmp_path / "long.csv"
    long.write_text("x\n" * (read_grids.MOST_ROWS + 1), "utf-8")
    assert told(long) == ["too long for a schedule"]
