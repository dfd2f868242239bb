"""Timetables in spreadsheets: what comes back as it went out, and every mistake told at its cell."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Campaign, Order, Slot, YearDay
from broadcaster.printable import without_signs
from broadcaster.schedule.sheets import grid
from broadcaster.schedule.sheets.read_timetable import CAMPAIGN_HEADINGS, SLOT_HEADINGS, read_sheet
from broadcaster.schedule.sheets.write import timetable_csv, timetable_xlsx
from broadcaster.schedule.timetable import read_campaign

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
SCRIPTS = ("a", "b", "c-1", *(f"thong-diep-{n}" for n in range(1, 7)), "chu-de")
MAY = Campaign("may", "Tháng năm", Path("may.toml"), YearDay(5, 1), YearDay(5, 31), ())
HEADINGS = ["Mã đợt", "Mã khung phát", "Giờ 1", "Giờ 2", *list(SLOT_HEADINGS.values())[3:]]
KEYS = ["campaign", "id", "at", "at2", *list(SLOT_HEADINGS)[3:]]
GOOD: dict[str, Any] = {"campaign": "may", "id": "sang", "at": time(5, 30), "scripts": "a"}


def local(*numbers: int) -> datetime:
    """A spreadsheet's date: it has no zone."""
    return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - as a spreadsheet has it


def row(**values: Any) -> list[Any]:
    """A good row of the sheet of slots, with some cells changed."""
    return [{**GOOD, **{key.rstrip("_"): value for key, value in values.items()}}.get(key) for key in KEYS]


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return path


def slots_sheet(path: Path, *rows: list[Any]) -> Path:
    return workbook(path, ("Khung phát", [HEADINGS, *rows]))


def told(path: Path, known: dict[str, Campaign] | None = None) -> list[str]:
    with pytest.raises(InputError) as error:
        read_sheet(path, {"may": MAY} if known is None else known, SCRIPTS)
    return [str(problem).removeprefix(f"{path}").lstrip(": ") for problem in error.value.problems]


# ---- there and back ---------------------------------------------------------------------------------------------

DAYS = st.dates(date(2027, 5, 1), date(2027, 5, 31))
TIMES = st.times().map(lambda at: at.replace(microsecond=0))
PAUSES = st.lists(st.tuples(DAYS, DAYS | st.just(date.max)).map(lambda days: (min(days), max(days))), max_size=2)
IDS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    at = tuple(draw(st.lists(TIMES, min_size=1, max_size=6, unique=True)))
    scripts = tuple(draw(st.lists(st.sampled_from(SCRIPTS), min_size=1, max_size=4, unique=True)))
    order = draw(st.sampled_from(Order))
    weights = tuple(draw(st.integers(1, 20)) for _script in scripts) if order is Order.ROTATE else ()
    return Slot(
        id=draw(IDS),
        at=at,
        scripts=scripts,
        days=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        order=order,
        repeat=draw(st.integers(1, 20)),
        gap=timedelta(milliseconds=draw(st.integers(0, 600_000))),
        bulletin_class=draw(st.sampled_from(BulletinClass)),
        start=draw(st.none() | st.builds(YearDay, st.just(5), st.integers(1, 15))),
        end=draw(st.none() | st.builds(YearDay, st.just(5), st.integers(15, 31))),
        exceptions=frozenset(draw(st.sets(DAYS, max_size=3))),
        skips=frozenset(draw(st.sets(st.tuples(DAYS, st.sampled_from(at)), max_size=2))),
        pauses=tuple(draw(PAUSES)),
        weights=weights if len(set(weights)) > 1 else (),
    )


@st.composite
def campaigns(draw: st.DrawFn) -> Campaign:
    listed = draw(st.lists(slots(), min_size=1, max_size=4, unique_by=lambda slot: slot.id))
    title = draw(TEXT | st.sampled_from(["=1+1", "'tên", "-3", "@x", "+84", "'=2"])).strip()
    off = frozenset(draw(st.sets(DAYS, max_size=2)))
    days = draw(st.sampled_from([(YearDay(5, 1), YearDay(5, 31)), (date(2027, 5, 1), date(2027, 5, 31))]))
    if isinstance(days[0], date):
        listed = [slot for slot in listed if slot.start is None and slot.end is None] or [Slot("s", (time(5),), ("a",))]
    id_ = draw(IDS)
    return Campaign(id_, title, Path(f"{id_}.toml"), *days, tuple(listed), "1/CV", off, tuple(draw(PAUSES)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sheets")


def written(place: Path, data: bytes, end: str) -> Path:
    path = place / f"lich{end}"
    path.write_bytes(data)
    return path


@given(campaign=campaigns())
@settings(max_examples=30, deadline=None)
def test_a_workbook_comes_back_as_it_went_out(place: Path, campaign: Campaign) -> None:
    found = read_sheet(written(place, timetable_xlsx([campaign]), ".xlsx"), {}, SCRIPTS)
    assert found.slots == {campaign.id: campaign.slots}
    head = found.campaigns[campaign.id]
    assert (head.title, head.source, head.start, head.end) == (
        campaign.title, campaign.source, campaign.start, campaign.end,
    )  # fmt: skip
    assert (head.exceptions, head.pauses) == (campaign.exceptions, campaign.pauses)


@given(campaign=campaigns())
@settings(max_examples=60, deadline=None)
def test_csv_comes_back_as_it_went_out(place: Path, campaign: Campaign) -> None:
    found = read_sheet(written(place, timetable_csv([campaign]), ".csv"), {campaign.id: campaign}, SCRIPTS)
    assert found.slots == {campaign.id: campaign.slots}


@given(text=TEXT | st.sampled_from(["=1+1", "'=1", "''", "'x", "-1", "@a", "+1"]))
@settings(max_examples=60, deadline=None)
def test_no_text_is_ever_a_formula_and_none_is_lost(place: Path, text: str) -> None:
    path = written(place, grid.csv_bytes([["a", "b", "c"], [text, "x", "y"]]), ".csv")
    second = path.read_bytes().decode("utf-8-sig").split("\r\n", 1)[1]
    assert not second.lstrip('"').startswith(("=", "+", "-", "@", "\t"))
    (found,) = grid.read_grids(path)
    assert found.rows[1][1] == (text, "x", "y")
    book = Workbook()
    sheet = book.worksheets[0]
    grid.xlsx_value(sheet.cell(1, 1), text)
    data = io.BytesIO()
    book.save(data)
    cell = load_workbook(data).worksheets[0].cell(1, 1)
    seen = without_signs(cell.value)
    assert (cell.data_type, seen) in (("s", text), ("s", text.replace("\r\n", "\n").replace("\r", "\n")))


@pytest.mark.parametrize("text", ["\xad", "a\u202eb", "<U+0041>", "<U+FFFFFF>", "<U+202e>"])
def test_what_is_not_seen_comes_back_from_a_sheet_and_other_texts_stay(place: Path, text: str) -> None:
    (found,) = grid.read_grids(written(place, grid.csv_bytes([["a", "b", "c"], [text, "x", "y"]]), ".csv"))
    assert found.rows[1][1] == (text, "x", "y")


def test_dates_and_times_are_real_ones_and_yearly_days_stay_text(tmp_path: Path) -> None:
    once = Slot("mot", (time(5, 30),), ("a",), start=date(2027, 5, 3), end=date(2027, 5, 4))
    book = load_workbook(io.BytesIO(timetable_xlsx([Campaign(**{**_fields(MAY), "slots": (once,)})])))
    slots, heads = book["Khung phát"], book["Đợt"]
    assert slots["C2"].value == time(5, 30)
    assert (slots["H2"].value, slots["H2"].number_format) == (local(2027, 5, 3), "dd/mm/yyyy")
    assert (heads["D2"].value, heads["D2"].number_format) == ("01/05", "@")
    assert slots.auto_filter.ref == "A1:Q2"
    assert slots.freeze_panes == "A2"


def _fields(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in Campaign.__dataclass_fields__}


def test_the_sample_goes_there_and_back(tmp_path: Path) -> None:
    sample = read_campaign(SAMPLE)
    path = written(tmp_path, timetable_xlsx([sample]), ".xlsx")
    scripts = {script for slot in sample.slots for script in slot.scripts}
    assert read_sheet(path, {}, scripts).slots == {"thang-5": sample.slots}


# ---- what officers write ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"at": "5h30, 17 giờ"}, {"at": (time(5, 30), time(17))}),
        ({"at": "5h30\n17:00", "at2": time(19)}, {"at": (time(5, 30), time(17), time(19))}),
        ({"days": "thứ 2, CN"}, {"days": frozenset({1, 7})}),
        ({"from_": local(2027, 5, 3), "to": "4/5/2027"}, {"start": date(2027, 5, 3), "end": date(2027, 5, 4)}),
        ({"from_": "3/5", "to": "05-04"}, {"start": YearDay(5, 3), "end": YearDay(5, 4)}),
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
        ({"paused": "3/5/2027 đến 5/5/2027"}, {"pauses": ((date(2027, 5, 3), date(2027, 5, 5)),)}),
        ({"paused": "từ 20/5/2027"}, {"pauses": ((date(2027, 5, 20), date.max),)}),
        ({"paused": local(2027, 5, 7)}, {"pauses": ((date(2027, 5, 7), date(2027, 5, 7)),)}),
        ({"id": 530}, {"id": "530"}),
    ],
)
def test_a_cell_is_understood(tmp_path: Path, values: dict[str, Any], expected: dict[str, Any]) -> None:
    path = slots_sheet(tmp_path / "a.xlsx", row(**values))
    ((slot,),) = read_sheet(path, {"may": MAY}, SCRIPTS).slots.values()
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
    assert [slot.id for slot in read_sheet(path, {"may": MAY}, SCRIPTS).slots["may"]] == ["sang", "toi"]


def test_a_workbook_with_one_sheet_of_any_name_holds_slots(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("Sheet1", [HEADINGS, row()]), ("Sheet2", []))
    assert read_sheet(path, {"may": MAY}, SCRIPTS).count == 1


# ---- what is refused --------------------------------------------------------------------------------------------

ONE_YEAR = "only one of them has a year; write both with the year (that year only) or both without (every year)"
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
    ({"from_": "32/5"}, [at("from") + f'found "32/5"; {BOUNDARY}']),
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
    ({"except_": "7/5"}, [at("except") + f'found "7/5"; {OFF}']),
    ({"except_": "7/5/2027 25h"}, [at("except") + f'found "7/5/2027 25h"; {OFF}']),
    ({"except_": "7/5/2027 6h"}, [at("except") + 'found "2027-05-07 06:00"; the slot\'s times are 05:30']),
    ({"except_": "7/6/2027"}, [at("except") + f"found 2027-06-07; {INSIDE}"]),
    ({"paused": "5/5/2027 - 3/5/2027"}, [at("paused") + f'found "5/5/2027 - 3/5/2027"; {PAUSED}']),
    ({"paused": "3/5 - 5/5"}, [at("paused") + f'found "3/5 - 5/5"; {PAUSED}']),
    ({"paused": "3/6/2027 - 5/6/2027"}, [at("paused") + f'found ["2027-06-03", "2027-06-05"]; {INSIDE}']),
    (
        {"at": "25h", "repeat": 99, "scripts": "zzz"},
        [
            at("scripts") + 'there is no script "zzz"; scripts: ' + ", ".join(SCRIPTS),
            at("repeat") + "found 99; allowed: a whole number from 1 to 20",
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
    ({"to": "30/2/2027"}, f'column E "Đến ngày": found "30/2/2027"; {BOUNDARY}'),
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
        ("a.xls", b"\xd0\xcf\x11\xe0", 'files ending in ".xls" are not read; save it as .xlsx or .csv'),
        ("a.ods", b"PK", 'files ending in ".ods" are not read; save it as .xlsx or .csv'),
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
            archive.writestr(f"{number}", b"\0" * (grid.LARGEST_UNPACKED // 3 + 1))
    assert told(bomb) == ["too large for a schedule"]
    long = tmp_path / "long.csv"
    long.write_text("x\n" * (grid.MOST_ROWS + 1), "utf-8")
    assert told(long) == ["too long for a schedule"]


# ---- whatever stands there --------------------------------------------------------------------------------------

CELL = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(
        ["5h30", "T2-T6", "a, b", "15/5", "7/5/2027", "may", "lần lượt", "từ 3/5/2027", "a=2", "sang", "=1"]
    )
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.datetimes(local(1901, 1, 1), local(9999, 1, 1))
    | st.times()
    | st.timedeltas(timedelta(), timedelta(days=9))
)
SHEETS = st.lists(st.lists(CELL, max_size=len(HEADINGS)), min_size=1, max_size=5)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(path: Path, rows: int) -> None:
    """Read; either all slots are there or something is told. Nothing else may be raised."""
    try:
        sheet = read_sheet(path, {"may": MAY}, SCRIPTS)
    except InputError:
        return
    assert sheet.count == rows


@given(rows=SHEETS)
@FUZZ
def test_any_cells_are_read_whole_or_told(place: Path, rows: list[list[Any]]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    filled = 0
    for number, cells in enumerate(rows, start=2):
        for column, value in enumerate(cells, start=1):
            grid.xlsx_value(sheet.cell(number, column), value)
        filled += any(value is not None and (not isinstance(value, str) or value.strip()) for value in cells)
    path = place / "fuzz.xlsx"
    book.save(path)
    outcome(path, filled)


@given(rows=st.lists(st.dictionaries(st.sampled_from(KEYS), CELL, max_size=2), min_size=1, max_size=4))
@FUZZ
def test_good_rows_with_odd_cells_are_read_whole_or_told(place: Path, rows: list[dict[str, Any]]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for number, values in enumerate(rows, start=2):
        cells = row(**{"id": f"s{number}", **values})
        for column, value in enumerate(cells, start=1):
            grid.xlsx_value(sheet.cell(number, column), value)
    path = place / "odd.xlsx"
    book.save(path)
    outcome(path, len(rows))


@given(
    data=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: b"Ma dot,id,gio,bai phat\n" + text.encode())
)
@FUZZ
def test_any_bytes_called_csv_are_read_whole_or_told(place: Path, data: bytes) -> None:
    path = place / "fuzz.csv"
    path.write_bytes(data)
    try:
        rows = sum(len(sheet.rows) for sheet in grid.read_grids(path))
    except InputError:
        rows = 1
    outcome(path, rows - 1)


@given(cut=st.integers(0, 6000), byte=st.integers(0, 255), tail=st.booleans())
@FUZZ
def test_a_damaged_workbook_is_read_whole_or_told(place: Path, cut: int, byte: int, *, tail: bool) -> None:
    good = timetable_xlsx([read_campaign(SAMPLE)])
    cut %= len(good)
    path = place / "damaged.xlsx"
    path.write_bytes(good[:cut] if tail else good[:cut] + bytes([byte]) + good[cut + 1 :])
    try:
        sheet = read_sheet(path, {}, [*SCRIPTS, "duong-day-nong", "tieu-pham-hai-giong", "chuong-trinh-5-phut"])
    except InputError:
        return
    assert sheet.slots == {"thang-5": read_campaign(SAMPLE).slots}
