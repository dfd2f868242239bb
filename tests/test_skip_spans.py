"""Days are left out and air again in spans, as they are typed, and what is refused says why."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest
from commands import RunCommand

from broadcaster.models import Slot
from broadcaster.schedule.timetable import read_campaign

SKETCH, MESSAGES = "thang-5/tieu-pham", "thang-5/thong-diep"  # on Saturdays and Sundays; every day, 05:30 and 17:00


@pytest.fixture
def path(station_folder: Path) -> Path:
    return station_folder / "schedules" / "thang-5.toml"


def run(broadcaster: RunCommand, station: Path, *arguments: str) -> str:
    result = broadcaster("schedule", *arguments, "--yes", station=station)
    assert result.code == 0, result.err
    return result.err


def refused(broadcaster: RunCommand, station: Path, *arguments: str) -> str:
    result = broadcaster("schedule", *arguments, "--yes", station=station)
    assert result.code == 2
    return result.err


def slot_of(path: Path, name: str) -> Slot:
    return next(slot for slot in read_campaign(path).slots if name in (slot.id, f"thang-5/{slot.id}"))


def test_a_span_leaves_out_the_days_of_it_that_air(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    before = path.read_bytes()
    run(broadcaster, station_folder, "skip", "8/5/2027-17/5/2027", "--of", SKETCH)
    assert slot_of(path, SKETCH).exceptions == {date(2027, 5, day) for day in (8, 9, 15, 16)}
    run(broadcaster, station_folder, "unskip", "7/5/2027-31/5/2027")
    assert path.read_bytes() == before


def test_of_all_campaigns_a_span_leaves_out_what_there_is(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "skip", "28/4/2027 đến 2/5/2027")
    assert read_campaign(path).exceptions == {date(2027, 5, 1), date(2027, 5, 2)}


def test_single_times_are_left_out_on_each_day_of_a_span(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "skip", "30/4/2027-2/5/2027", "--of", MESSAGES, "--at", "17h")
    assert slot_of(path, MESSAGES).skips == {(date(2027, 5, 1), time(17)), (date(2027, 5, 2), time(17))}


@pytest.mark.parametrize("typed", ["thứ bảy, 15/5/2027", "T7 15/5/2027", "thứ bảy, ngày 15 tháng 5 năm 2027"])
def test_a_day_of_the_week_before_a_date_is_part_of_it(
    broadcaster: RunCommand, station_folder: Path, path: Path, typed: str
) -> None:
    run(broadcaster, station_folder, "skip", typed)
    assert read_campaign(path).exceptions == {date(2027, 5, 15)}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("skip", "thứ sáu, 15/5/2027"), '"thứ sáu, 15/5/2027" is not understood; 15/05/2027 is a Saturday'),
        (("skip", "mùng 5 tháng 5"), "days of the lunar calendar are not read; write the day of the solar one"),
        (("skip", "1/6/2027-5/6/2027"), "nothing is planned on 2027-06-01–2027-06-05; see broadcaster schedule list"),
        (("skip", "3/5/2027-7/5/2027", "--of", SKETCH), "nothing is planned on 2027-05-03–2027-05-07"),
        (
            ("skip", "3/5/2027-7/5/2027", "--of", MESSAGES, "--at", "18h"),
            "nothing is planned on 2027-05-03–2027-05-07 at 18:00; planned then: 05:30, 17:00",
        ),
        (("unskip", "3/5/2027-7/5/2027"), "nothing is left out on 2027-05-03–2027-05-07"),
    ],
)
def test_what_is_refused_is_told_in_one_line(
    broadcaster: RunCommand, station_folder: Path, path: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = path.read_bytes()
    err = refused(broadcaster, station_folder, *arguments)
    assert told in err
    assert err.count("\n") == 1
    assert path.read_bytes() == before


def test_what_is_left_out_already_or_paused_is_told(broadcaster: RunCommand, station_folder: Path) -> None:
    run(broadcaster, station_folder, "skip", "7/5/2027")
    err = refused(broadcaster, station_folder, "skip", "7/5/2027")
    assert err == "Error: 2027-05-07: left out already, or paused; see broadcaster schedule exceptions\n"
    run(broadcaster, station_folder, "pause", MESSAGES, "--from", "10/5/2027", "--to", "12/5/2027")
    err = refused(broadcaster, station_folder, "unskip", f"{MESSAGES}@11/5/2027 17h")
    todo = f"end the pause: broadcaster schedule resume {MESSAGES}"
    assert err == f"Error: 2027-05-11 17:00: {MESSAGES} is paused, not left out; {todo}\n"


def test_what_was_moved_to_a_day_is_left_out_with_its_slot_and_comes_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "move", f"{MESSAGES}@7/5/2027 17h", "--on", "8/5/2027", "--at", "18h")
    (moved,) = [slot.id for slot in read_campaign(path).slots if slot.moved_from]
    before = path.read_bytes()
    run(broadcaster, station_folder, "skip", "8/5/2027", "--of", MESSAGES)
    plan = broadcaster("plan", "--day", "8/5/2027", "--json", station=station_folder).json
    assert not any(MESSAGES in each["id"] for each in plan)
    assert slot_of(path, moved).exceptions == {date(2027, 5, 8)}
    run(broadcaster, station_folder, "unskip", "8/5/2027", "--of", MESSAGES)
    assert path.read_bytes() == before


# ---- what comes back, or is put where nothing airs ---------------------------------------------------------------


def test_what_is_moved_or_added_to_a_day_that_is_left_out_is_told(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    run(broadcaster, station_folder, "skip", "9/5/2090")
    told = "its days are left out or paused, from 2090-05-09 on; see broadcaster schedule exceptions"
    move = ("move", f"{MESSAGES}@8/5/2090 17h", "--on", "9/5/2090")
    assert f"Note: thang-5/thong-diep-0509-17h00: {told}\n" in run(broadcaster, station_folder, *move)
    add = ("add", "--campaign", "thang-5", "--on", "9/5/2090", "--at", "9h", "--script", "chu-de")
    assert f"Note: thang-5/09h00: {told}\n" in run(broadcaster, station_folder, *add)
    assert "left out" not in run(broadcaster, station_folder, "edit", SKETCH, "--at", "17h20")


def test_going_back_tells_what_a_rule_will_block(broadcaster: RunCommand, station_folder: Path) -> None:
    add = (
        "add",
        "--campaign",
        "thang-5",
        "--from",
        "9/5",
        "--to",
        "9/5",
        "--at",
        "22h",
        "--script",
        "chu-de",
        "--id",
        "khuya",
    )
    run(broadcaster, station_folder, *add, "--anyway")
    run(broadcaster, station_folder, "remove", "thang-5/khuya")
    assert "Note: thang-5/khuya: 1 occurrence is blocked: " in run(broadcaster, station_folder, "undo")


def test_a_resume_is_refused_where_a_rule_forbids_it_by_now(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "pause", MESSAGES)
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace("05:00-21:00", "05:00-12:00"), "utf-8")
    err = refused(broadcaster, station_folder, "resume", MESSAGES)
    assert re.search(f"{MESSAGES} on [0-9-]+ 17:00: blocked: ", err)
    run(broadcaster, station_folder, "resume", MESSAGES, "--anyway")
    assert slot_of(path, MESSAGES).pauses == ()
