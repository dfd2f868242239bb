"""What is left out stays left out when a slot's hour changes, or is dropped, and the command says so."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from commands import RunCommand

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
