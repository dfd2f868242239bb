"""What is left out stays left out when a slot's hour changes, or is dropped, and the command says so."""

from __future__ import annotations

import csv
from datetime import date, time
from pathlib import Path

import pytest
from commands import RunCommand
from officers import Editor

from broadcaster.models import MovedFrom
from broadcaster.schedule.timetable import read_campaign

MESSAGES = "thang-5/thong-diep"


@pytest.fixture
def path(station_folder: Path) -> Path:
    return station_folder / "schedules" / "thang-5.toml"


def planned(broadcaster: RunCommand, station: Path, day: str) -> set[str]:
    found = broadcaster("plan", "--day", day, "--json", station=station).json
    return {occurrence["id"].partition("+")[0] for occurrence in found}


def test_what_is_left_out_moves_with_its_hour(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    skip = ("skip", "7/5/2090", "--of", MESSAGES, "--at", "17h")
    assert broadcaster("schedule", *skip, "--yes", station=station_folder).code == 0
    edited = broadcaster("schedule", "edit", MESSAGES, "--at", "5h30,18h", "--yes", station=station_folder)
    assert edited.code == 0
    assert f"Note: {MESSAGES}: what was left out on 2090-05-07 17:00 is left out at 18:00 now\n" in edited.err
    (slot,) = [slot for slot in read_campaign(path).slots if slot.id == "thong-diep"]
    assert slot.skips == {(date(2090, 5, 7), time(18))}
    assert f"{MESSAGES}@2090-05-07T18:00" not in planned(broadcaster, station_folder, "7/5/2090")
    assert f"{MESSAGES}@2090-05-08T18:00" in planned(broadcaster, station_folder, "8/5/2090")


def test_what_is_left_out_at_an_hour_that_goes_is_dropped(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    for day in ("7/5/2090", "7/5/2020"):
        skip = ("skip", day, "--of", MESSAGES, "--at", "17h")
        assert broadcaster("schedule", *skip, "--yes", station=station_folder).code == 0
    edited = broadcaster("schedule", "edit", MESSAGES, "--at", "5h30", "--yes", station=station_folder)
    assert edited.code == 0
    assert [line for line in edited.err.splitlines() if "left out" in line] == [
        f"Note: {MESSAGES}: 2090-05-07 17:00 was left out; that hour is gone, and nothing is left out in its place"
    ]
    assert not any(slot.skips for slot in read_campaign(path).slots)


def test_a_campaign_that_ends_earlier_drops_what_is_left_out_behind_its_end(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    narrower = ("edit", "he", "--to", "10/6/2090")
    new = ("new", "he", "--title", "Hè", "--from", "1/6/2090", "--to", "30/6/2090")
    assert broadcaster("schedule", *new, "--yes", station=station_folder).code == 0
    slot = ("add", "--campaign", "he", "--id", "trua", "--at", "11h,12h", "--script", "chu-de")
    assert broadcaster("schedule", *slot, "--yes", station=station_folder).code == 0
    for skip in (("21/6/2090", "--of", "he"), ("20/6/2090", "--of", "he/trua"), ("5/6/2090", "--of", "he/trua")):
        assert broadcaster("schedule", "skip", *skip, "--yes", station=station_folder).code == 0
    single = ("skip", "19/6/2090", "--of", "he/trua", "--at", "11h")
    assert broadcaster("schedule", *single, "--yes", station=station_folder).code == 0
    pause = ("pause", "he/trua", "--from", "15/6/2090", "--to", "16/6/2090")
    assert broadcaster("schedule", *pause, "--yes", station=station_folder).code == 0
    edited = broadcaster("schedule", *narrower, "--yes", station=station_folder)
    assert edited.code == 0
    text = "Note: {}: {} needs to be left out no more: nothing airs then"
    assert [line for line in edited.err.splitlines() if "left out" in line] == [
        text.format("he/trua", "2090-06-20"),
        text.format("he/trua", "2090-06-19 11:00"),
        text.format("he/trua", "2090-06-15–2090-06-16"),
        text.format("he", "2090-06-21"),
    ]
    he = read_campaign(path.with_name("he.toml"))
    assert (he.exceptions, he.slots[0].exceptions) == (frozenset(), {date(2090, 6, 5)})


def test_where_an_airing_was_moved_from_goes_with_its_hour(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    move = ("move", f"{MESSAGES}@7/5/2090 17h", "--at", "19h")
    assert broadcaster("schedule", *move, "--yes", station=station_folder).code == 0
    assert broadcaster("schedule", "edit", MESSAGES, "--at", "5h30,18h", "--yes", station=station_folder).code == 0
    (moved,) = [slot for slot in read_campaign(path).slots if slot.moved_from]
    assert moved.moved_from == MovedFrom("thong-diep", date(2090, 5, 7), time(18))
    again = broadcaster("schedule", "unskip", "7/5/2090", "--yes", station=station_folder)
    assert again.code == 2  # it would air twice
    assert "not left out but moved: 19:00 2090-05-07 (before: 18:00 2090-05-07)" in again.err


# ---- sheets ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> Path:
    """Return a sheet of the sample, from which an airing at 17:00 is left out and another moved to 19:00."""
    skip = ("skip", "7/5/2090", "--of", MESSAGES, "--at", "17h")
    move = ("move", f"{MESSAGES}@8/5/2090 17h", "--at", "19h")
    for command in (skip, move):
        assert broadcaster("schedule", *command, "--yes", station=station_folder).code == 0
    file = tmp_path / "lich.csv"
    assert broadcaster("schedule", "export", str(file), station=station_folder).code == 0
    return file


def edited(sheet: Path, old: str, new: str, columns: slice = slice(None)) -> Path:
    """Return the sheet with another text in the row of the messages, and only some columns."""
    rows = list(csv.reader(sheet.read_text("utf-8-sig").splitlines()))
    rows = [[cell.replace(old, new) if row[1] == "thong-diep" else cell for cell in row][columns] for row in rows]
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return sheet


def imported(broadcaster: RunCommand, station: Path, sheet: Path) -> list[str]:
    result = broadcaster("schedule", "import", str(sheet), "--yes", station=station)
    assert result.code == 0, result.err
    return [line for line in result.err.splitlines() if "left out" in line]


CARRIED = [f"Note: {MESSAGES}: what was left out on 2090-05-0{day} 17:00 is left out at 17:30 now" for day in (7, 8)]


@pytest.mark.parametrize("columns", [slice(None), slice(6)], ids=["all columns", "only the times"])
def test_a_sheet_that_changes_an_hour_takes_what_is_left_out_with_it(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path, columns: slice
) -> None:
    file = edited(sheet, "17:00", "17:30", columns)
    text = file.read_text("utf-8").replace("07/05/2090 17:30, 08/05/2090 17:30", "07/05/2090 17:00, 08/05/2090 17:00")
    file.write_text(text, "utf-8")
    assert imported(broadcaster, station_folder, file) == CARRIED
    slots = {slot.id: slot for slot in read_campaign(path).slots}
    assert slots["thong-diep"].at == (time(5, 30), time(17, 30))
    assert slots["thong-diep"].skips == {(date(2090, 5, 7), time(17, 30)), (date(2090, 5, 8), time(17, 30))}
    assert slots["thong-diep-0508-19h00"].moved_from == MovedFrom("thong-diep", date(2090, 5, 8), time(17, 30))


def test_a_sheet_in_which_both_were_changed_says_nothing(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path
) -> None:
    assert imported(broadcaster, station_folder, edited(sheet, "17:00", "17:30")) == []
    slots = {slot.id: slot for slot in read_campaign(path).slots}
    assert slots["thong-diep"].skips == {(date(2090, 5, 7), time(17, 30)), (date(2090, 5, 8), time(17, 30))}


def test_a_sheet_that_empties_the_cell_and_changes_the_hour_says_so(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path
) -> None:
    edited(sheet, "07/05/2090 17:00, 08/05/2090 17:00", "")
    lines = imported(broadcaster, station_folder, edited(sheet, "17:00", "17:30"))
    gone = "2090-05-07 17:00 was left out; that hour is gone, and nothing is left out in its place"
    assert lines == [f"Note: {MESSAGES}: {gone}"]  # that of the 8th was moved, and stays so


def test_a_sheet_that_names_no_more_what_is_left_out_says_that_it_airs(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path
) -> None:
    file = edited(sheet, "07/05/2090 17:00, 08/05/2090 17:00", "08/05/2090 17:00")
    text = "2090-05-07 17:00 was left out or paused, the file does not name it, and it airs again"
    assert imported(broadcaster, station_folder, file) == [f"Note: {MESSAGES}: {text}"]
    assert {slot.id: slot.skips for slot in read_campaign(path).slots}["thong-diep"] == {(date(2090, 5, 8), time(17))}


# ---- an editor ---------------------------------------------------------------------------------------------------


def test_an_edit_of_the_file_says_what_is_named_no_more(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path, editor: Editor
) -> None:
    text = path.read_text("utf-8")
    editor(text.replace('except = ["2090-05-07 17:00", "2090-05-08 17:00"]\n', ""))
    result = broadcaster("schedule", "edit", "thang-5", "--yes", station=station_folder)
    assert result.code == 0
    again = "17:00 was left out or paused, the file does not name it, and it airs again"
    assert [line for line in result.err.splitlines() if "left out" in line] == [
        f"Note: {MESSAGES}: 2090-05-07 {again}"  # that of the 8th was moved, and stays so
    ]


def test_an_edit_of_the_file_that_leaves_an_hour_out_that_is_gone_says_what_to_do(
    broadcaster: RunCommand, station_folder: Path, path: Path, sheet: Path, editor: Editor
) -> None:
    text = path.read_text("utf-8")
    editor(text.replace('at = ["05:30", "17:00"]', 'at = ["05:30", "17:30"]'))
    result = broadcaster("schedule", "edit", "thang-5", "--yes", station=station_folder)
    assert result.code == 2
    told = "the slot's times are 05:30, 17:30: write one of them there, or take it out"
    assert f'slot.except: found "2090-05-07 17:00"; {told}' in result.err
    assert path.read_text("utf-8") == text


# ---- a sheet that makes a campaign shorter ---------------------------------------------------------------------


HEADS = "Mã đợt;Tên đợt;Từ ngày;Đến ngày"


def shorter(broadcaster: RunCommand, station_folder: Path, tmp_path: Path, slots: list[list[str]]) -> Path:
    """Return a workbook in which a campaign of June ends on the 15th; `slots` are rows of its sheet of slots."""
    from sheets import workbook

    new = ("new", "he", "--title", "Hè", "--from", "1/6/2090", "--to", "30/6/2090")
    assert broadcaster("schedule", *new, "--yes", station=station_folder).code == 0
    slot = ("add", "--campaign", "he", "--id", "trua", "--at", "11h,12h", "--script", "chu-de")
    assert broadcaster("schedule", *slot, "--yes", station=station_folder).code == 0
    skips = (("20/6/2090", "--of", "he/trua"), ("5/6/2090", "--of", "he/trua"), ("21/6/2090", "--of", "he"))
    for skip in (*skips, ("19/6/2090", "--of", "he/trua", "--at", "11h")):
        assert broadcaster("schedule", "skip", *skip, "--yes", station=station_folder).code == 0
    heads = [HEADS.split(";"), ["he", "Hè", "1/6/2090", "15/6/2090"]]
    sheets = [("Đợt", heads), *([("Khung phát", slots)] if slots else [])]
    return workbook(tmp_path / "he.xlsx", *sheets)


OUTSIDE = ["he/trua: 2090-06-20", "he/trua: 2090-06-19 11:00", "he: 2090-06-21"]


@pytest.mark.parametrize(
    "slots",
    [
        [],
        [["Mã đợt", "Mã khung phát", "Giờ"], ["he", "trua", "11:00, 12:00"]],
        [["Mã đợt", "Mã khung phát", "Trừ ngày"], ["he", "trua", "5/6/2090, 19/6/2090 11:00, 20/6/2090"]],
    ],
)
def test_a_sheet_that_ends_a_campaign_sooner_takes_along_what_is_left_out_beyond(
    broadcaster: RunCommand, station_folder: Path, path: Path, tmp_path: Path, slots: list[list[str]]
) -> None:
    file = shorter(broadcaster, station_folder, tmp_path, slots)
    done = broadcaster("schedule", "import", str(file), "--yes", station=station_folder)
    assert done.code == 0, done.err
    told = [line for line in done.err.splitlines() if "left out no more" in line]
    text = "Note: {} needs to be left out no more: nothing airs then"
    assert sorted(told) == sorted(map(text.format, OUTSIDE))
    he = read_campaign(path.with_name("he.toml"))
    assert (he.end, he.exceptions) == (date(2090, 6, 15), frozenset())
    assert (he.slots[0].exceptions, he.slots[0].skips) == ({date(2090, 6, 5)}, frozenset())


def test_a_day_beyond_the_end_that_was_typed_now_is_a_mistake(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    slots = [["Mã đợt", "Mã khung phát", "Trừ ngày"], ["he", "trua", "20/6/2090, 25/6/2090"]]
    file = shorter(broadcaster, station_folder, tmp_path, slots)
    refused = broadcaster("schedule", "import", str(file), "--yes", station=station_folder)
    assert refused.code == 2
    (line,) = refused.err.splitlines()
    assert "2090-06-25" in line


def test_a_moved_airing_beyond_the_end_is_refused_with_the_command_that_takes_it_out(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    file = shorter(broadcaster, station_folder, tmp_path, [])
    move = ("move", "he/trua@18/6/2090 11h", "--at", "13h")
    assert broadcaster("schedule", *move, "--yes", station=station_folder).code == 0
    refused = broadcaster("schedule", "import", str(file), "--yes", station=station_folder)
    assert refused.code == 2
    command = "broadcaster schedule remove he/trua-0618-13h00"
    assert command in refused.err
    assert broadcaster(*command.split()[1:], "--yes", station=station_folder).code == 0
    assert broadcaster("schedule", "import", str(file), "--yes", station=station_folder).code == 0
