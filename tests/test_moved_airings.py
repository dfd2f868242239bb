"""A moved airing airs once: at its new hour, whatever somebody writes into the file by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from commands import RunCommand

from broadcaster.models import Campaign, MovedFrom, Slot, YearDay
from broadcaster.schedule.plan import expand
from broadcaster.schedule.timetable import parse_campaign, read_campaign

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2090, 5, 8, tzinfo=ZONE)
ORIGIN = 'except = ["2090-05-08 17:00"]\n'


@pytest.fixture
def path(broadcaster: RunCommand, station_folder: Path) -> Path:
    """Return the sample's file, in which an airing of 17:00 was moved to 19:00."""
    move = ("move", "thang-5/thong-diep@8/5/2090 17h", "--at", "19h")
    assert broadcaster("schedule", *move, "--yes", station=station_folder).code == 0
    return station_folder / "schedules" / "thang-5.toml"


def airs(path: Path) -> list[str]:
    """Return when the messages air on the day of the move."""
    plan = expand([read_campaign(path)], DAY, DAY + timedelta(days=1), ZONE)
    return [f"{each.start:%H:%M}" for each in plan if each.slot.startswith("thong-diep")]


def freed(path: Path, hour: str) -> None:
    """Take the exception of the old hour out of the file by hand, and give the slot another hour."""
    text = path.read_text("utf-8")
    assert ORIGIN in text
    path.write_text(text.replace(ORIGIN, "").replace('["05:30", "17:00"]', f'["05:30", "{hour}"]', 1), "utf-8")


def test_the_old_hour_stays_silent_where_its_exception_is_taken_out_by_hand(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    assert airs(path) == ["05:30", "19:00"]
    freed(path, "17:00")
    assert airs(path) == ["05:30", "19:00"]
    assert broadcaster("schedule", "check", station=station_folder).code == 0
    why = broadcaster("why", "8/5/2090 17h", station=station_folder).out
    assert "this one airing was moved to 19:00 2090-05-08: thang-5/thong-diep-0508-19h00" in why


def test_the_old_hour_airs_again_where_the_slot_that_stands_for_it_is_taken_out(path: Path) -> None:
    freed(path, "17:00")
    text = path.read_text("utf-8")
    campaign = parse_campaign(path, text[: text.index("# moved from")])
    plan = expand([campaign], DAY, DAY + timedelta(days=1), ZONE)
    assert [f"{each.start:%H:%M}" for each in plan if each.slot == "thong-diep"] == ["05:30", "17:00"]


def test_an_hour_that_took_the_place_of_the_old_one_by_hand_is_told(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    text = path.read_text("utf-8").replace("2090-05-08", f"{year(broadcaster, station_folder)}-05-08")
    path.write_text(text, "utf-8")
    first = broadcaster("schedule", "check", station=station_folder)
    assert "has no more" not in first.out
    text = path.read_text("utf-8")
    skip = next(line for line in text.splitlines() if line.startswith("except = "))
    text = text.replace(skip + "\n", "").replace('["05:30", "17:00"]', '["05:30", "17:30"]', 1)
    path.write_text(text, "utf-8")
    found = broadcaster("schedule", "check", station=station_folder)
    assert found.code == 0  # a note: two may be meant
    (line,) = [line for line in found.out.splitlines() if "has no more" in line]
    assert line.startswith("Note: thang-5/thong-diep-0508-19h00 airs on")
    assert "broadcaster schedule remove thang-5/thong-diep-0508-19h00" in line
    (told,) = broadcaster("schedule", "check", "--json", station=station_folder).json["findings"]
    assert (told["kind"], told["wrong"], told["other"]) == ("moved", False, "thang-5/thong-diep")


def year(broadcaster: RunCommand, station: Path) -> int:
    """Return the year of the next May in the plan."""
    plan = broadcaster("plan", "--month", "5", "--json", station=station).json
    return int(plan[0]["start"][:4])


def test_what_was_moved_is_listed_with_where_it_went(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    listed = broadcaster("schedule", "exceptions", station=station_folder).out
    assert "moved to" in listed.splitlines()[0]
    assert "2090-05-08 19:00" in listed
    (each,) = broadcaster("schedule", "exceptions", "--json", station=station_folder).json
    assert each["moved_to"] == "thang-5/thong-diep-0508-19h00"


def test_the_way_back_is_a_command_to_copy(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    refused = broadcaster("schedule", "unskip", "8/5/2090", "--yes", station=station_folder)
    assert refused.code == 2
    back = ("move", "thang-5/thong-diep-0508-19h00@8/5/2090 19:00", "--on", "8/5/2090", "--at", "17:00")
    assert f'schedule move "{back[1]}" --on 8/5/2090 --at 17:00' in refused.err
    assert broadcaster("schedule", *back, "--yes", station=station_folder).code == 0
    assert airs(path) == ["05:30", "17:00"]


def test_a_sheet_that_empties_the_cell_puts_no_moved_airing_back(
    broadcaster: RunCommand, station_folder: Path, path: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "lich.csv"
    sheet.write_text("Mã đợt;Mã khung phát;Trừ ngày\nthang-5;thong-diep;\n", "utf-8")
    done = broadcaster("schedule", "import", str(sheet), "--yes", station=station_folder)
    assert done.code == 0
    assert "airs again" not in done.err
    assert airs(path) == ["05:30", "19:00"]


def test_a_day_in_place_of_one_airing_of_it_does_not_air_again(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    skip = ("skip", "7/5/2090", "--of", "thang-5/thong-diep", "--at", "17h")
    assert broadcaster("schedule", *skip, "--yes", station=station_folder).code == 0
    sheet = tmp_path / "lich.csv"
    sheet.write_text("Mã đợt;Mã khung phát;Trừ ngày\nthang-5;thong-diep;7/5/2090\n", "utf-8")
    done = broadcaster("schedule", "import", str(sheet), "--yes", station=station_folder)
    assert done.code == 0
    assert "Note" not in done.err


def test_an_airing_that_was_moved_silences_its_own_slot_alone() -> None:
    moved = MovedFrom("loa", date(2090, 5, 8), time(17))
    slots = (
        Slot("loa", (time(17),), ("a",)),
        Slot("tin", (time(17),), ("b",)),
        Slot("loa-19h", (time(19),), ("a",), moved_from=moved),
    )
    campaign = Campaign("dot", "Đợt", Path("dot.toml"), YearDay(5, 1), YearDay(5, 31), slots)
    plan = expand([campaign], DAY, DAY + timedelta(days=1), ZONE)
    assert [(each.slot, each.start.hour) for each in plan] == [("tin", 17), ("loa-19h", 19)]
