"""Timetables in spreadsheets: what goes out comes back, and whatever comes in is read whole or told."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sheets import ALL_VERSIONS, HEADINGS, KEYS, MAY, SCRIPTS, TODAY, local, row

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Campaign, Order, Slot, YearDay
from broadcaster.printable import without_signs
from broadcaster.schedule.sheets import grid, read_grids
from broadcaster.schedule.sheets.read_timetable import read_sheet
from broadcaster.schedule.sheets.row_reader import headings_in
from broadcaster.schedule.sheets.write import timetable_csv, timetable_xlsx
from broadcaster.schedule.timetable import read_campaign

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"


# ---- there and back ---------------------------------------------------------------------------------------------

DAYS = st.dates(date(2027, 5, 1), date(2027, 5, 31))
TIMES = st.times().map(lambda at: at.replace(microsecond=0))
PAUSES = st.lists(st.tuples(DAYS, DAYS | st.just(date.max)).map(lambda days: (min(days), max(days))), max_size=2)
VERSIONS = st.sampled_from([(), ("vi",), ("vi", "hmong"), ("hmong", "vi")])
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
        versions=draw(VERSIONS),
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
    pauses = tuple(draw(PAUSES))
    head = id_, title, Path(f"{id_}.toml"), *days, tuple(listed), "1/CV", off, pauses
    return Campaign(*head, versions=draw(VERSIONS))


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
    found = read_sheet(written(place, timetable_xlsx([campaign]), ".xlsx"), {}, ALL_VERSIONS, TODAY)
    assert found.slots == {campaign.id: campaign.slots}
    head = found.campaigns[campaign.id]
    assert (head.title, head.source, head.start, head.end) == (
        campaign.title, campaign.source, campaign.start, campaign.end,
    )  # fmt: skip
    assert (head.exceptions, head.pauses, head.versions) == (campaign.exceptions, campaign.pauses, campaign.versions)


@given(campaign=campaigns())
@settings(max_examples=60, deadline=None)
def test_csv_comes_back_as_it_went_out(place: Path, campaign: Campaign) -> None:
    found = read_sheet(written(place, timetable_csv([campaign]), ".csv"), {campaign.id: campaign}, ALL_VERSIONS, TODAY)
    assert found.slots == {campaign.id: campaign.slots}


@given(campaign=campaigns(), kept=st.sets(st.integers(2, 20)), swapped=st.booleans())
@settings(max_examples=60, deadline=None)
def test_columns_that_are_left_out_and_their_order_change_nothing(
    place: Path, campaign: Campaign, kept: set[int], *, swapped: bool
) -> None:
    rows = list(csv.reader(io.StringIO(timetable_csv([campaign]).decode("utf-8-sig"), newline="")))
    times = {number for number, name in enumerate(rows[0]) if name.startswith("Giờ")}
    chosen = [number for number in range(len(rows[0])) if number < 2 or number in (kept - times)]
    chosen += sorted(times) if kept & times else []
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[row[n] for n in (reversed(chosen) if swapped else chosen)] for row in rows])
    file = written(place, text.getvalue().encode(), ".csv")
    found = read_sheet(file, {campaign.id: campaign}, ALL_VERSIONS, TODAY).slots[campaign.id]
    at_turned = swapped and bool(kept & times)  # times come in the order of their columns
    assert found == tuple(replace(slot, at=slot.at[::-1]) if at_turned else slot for slot in campaign.slots)


@given(text=TEXT | st.sampled_from(["=1+1", "'=1", "''", "'x", "-1", "@a", "+1"]))
@settings(max_examples=60, deadline=None)
def test_no_text_is_ever_a_formula_and_none_is_lost(place: Path, text: str) -> None:
    path = written(place, grid.csv_bytes([["a", "b", "c"], [text, "x", "y"]]), ".csv")
    second = path.read_bytes().decode("utf-8-sig").split("\r\n", 1)[1]
    assert not second.lstrip('"').startswith(("=", "+", "-", "@", "\t"))
    (found,) = read_grids.read_grids(path, headings_in)
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
    path = written(place, grid.csv_bytes([["a", "b", "c"], [text, "x", "y"]]), ".csv")
    (found,) = read_grids.read_grids(path, headings_in)
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


def test_what_is_typed_into_a_new_row_stays_what_it_is() -> None:
    book = load_workbook(io.BytesIO(timetable_xlsx([MAY])))
    formats = {
        sheet[f"{letter}1"].value: dimension.number_format
        for sheet in (book["Đợt"], book["Khung phát"])
        for letter, dimension in sheet.column_dimensions.items()
    }
    assert {formats[f"Giờ {number}"] for number in range(1, 5)} == {"hh:mm"}
    text = ("Từ ngày", "Đến ngày", "Trừ ngày", "Tạm dừng", "Mã đợt", "Mã khung phát", "Ngày trong tuần", "Bài phát")
    assert {formats[heading] for heading in text} == {"@"}, "Excel makes this year's date of 15/05, and a day of may-5"


def test_a_workbook_prints_on_landscape_pages_one_wide_and_can_be_read() -> None:
    sample = read_campaign(SAMPLE)
    for sheet in load_workbook(io.BytesIO(timetable_xlsx([sample]))):
        setup = sheet.page_setup
        assert (setup.orientation, int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_margins.footer < sheet.page_margins.bottom, "LibreOffice prints no page numbers"
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        # 282 mm of paper between the margins, 1.9 mm for the width of a digit: at 60 per cent 240 digits fit
        assert sum(widths) < 240
        for cells in sheet.iter_rows():
            for cell, width in zip(cells, widths, strict=True):
                words = str(cell.value or "").split() if cell.data_type == "s" else []
                assert max(map(len, words), default=0) < width, f"{cell.coordinate} breaks inside a word"


def test_numbers_do_not_run_into_the_text_beside_them() -> None:
    once = Slot("mot", (time(5, 30),), ("a",), start=date(2027, 5, 3), end=date(2027, 5, 4))
    slots = load_workbook(io.BytesIO(timetable_xlsx([Campaign(**{**_fields(MAY), "slots": (once,)})])))["Khung phát"]
    sides = {cell.value: cell.alignment.horizontal for cell in slots[2] if cell.data_type in ("n", "d") and cell.value}
    assert sides == {time(5, 30): "center", local(2027, 5, 3): "left", local(2027, 5, 4): "left", 1: "center"}


def test_days_without_a_year_are_words_in_csv() -> None:
    slot = Slot("s", (time(5),), ("a",), start=YearDay(5, 6), end=YearDay(5, 7))
    text = timetable_csv([Campaign(**{**_fields(MAY), "slots": (slot,)})]).decode("utf-8-sig")
    assert ",6 tháng 5,7 tháng 5," in text, "an Excel with American settings reads 05/06 as the sixth of May"


def _fields(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in Campaign.__dataclass_fields__}


def test_the_sample_goes_there_and_back(tmp_path: Path) -> None:
    sample = read_campaign(SAMPLE)
    path = written(tmp_path, timetable_xlsx([sample]), ".xlsx")
    scripts = {script for slot in sample.slots for script in slot.scripts}
    assert read_sheet(path, {}, scripts, TODAY).slots == {"thang-5": sample.slots}


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
    """Read; each row is a slot, or is told. Nothing else may be raised."""
    try:
        sheet = read_sheet(path, {"may": MAY}, SCRIPTS, TODAY)
    except InputError:
        return
    unread = [note for note in sheet.notes if note.what.endswith(": this row is not read")]
    assert sheet.count + len(unread) == rows


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
        rows = sum(len(sheet.rows) for sheet in read_grids.read_grids(path, headings_in))
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
        sheet = read_sheet(path, {}, [*SCRIPTS, "duong-day-nong", "tieu-pham-hai-giong", "chuong-trinh-5-phut"], TODAY)
    except InputError:
        return
    assert sheet.slots == {"thang-5": read_campaign(SAMPLE).slots}
