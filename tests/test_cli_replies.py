"""What commands answer when a change cannot be meant, or will do something else than it seems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

AIRING = "thang-5/thong-diep@16/5/2027 5h30"


@pytest.mark.parametrize("command", ["skip", "unskip"])
@pytest.mark.parametrize("option", [("--at", "17h"), ("--of", "thang-5/thong-diep")])
def test_an_airing_is_named_with_one_time_only(
    broadcaster: RunCommand, station_folder: Path, command: str, option: tuple[str, str]
) -> None:
    result = broadcaster("schedule", command, AIRING, *option, "--dry-run", station=station_folder)
    told = "an airing named with @ has its slot and its time in its name; leave out --of and --at"
    assert (result.code, result.err) == (2, f"Error: {told}\n")


@pytest.mark.parametrize("where", [("--at", "5h30"), ("--on", "16/5/2027"), ("--on", "16/5/2027", "--at", "5h30")])
def test_a_move_to_where_it_is_changes_nothing(
    broadcaster: RunCommand, station_folder: Path, where: tuple[str, ...]
) -> None:
    result = broadcaster("schedule", "move", AIRING, *where, "--dry-run", station=station_folder)
    assert (result.code, result.out) == (0, "Nothing changes.\n")


def test_each_slot_that_a_new_span_leaves_outside_is_named_once(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("schedule", "edit", "thang-5", "--from", "20/5", "--dry-run", station=station_folder)
    names = ("thong-diep", "duong-day-nong", "chuong-trinh", "tieu-pham")
    assert result.code == 2
    assert sorted(line.split("thang-5.toml: ")[1] for line in result.err.splitlines()) == sorted(
        f"slot cao-diem-{name}.from: found 05-15 to 05-25; allowed: inside the campaign, 05-20 to 05-31"
        for name in names
    )


@pytest.mark.parametrize("command", ["undo", "history"])
def test_a_campaign_that_never_was_has_no_history(broadcaster: RunCommand, station_folder: Path, command: str) -> None:
    result = broadcaster("schedule", command, "khong-co", station=station_folder)
    assert result.code == 2
    assert result.err.startswith('Error: there is no campaign "khong-co"')
    assert broadcaster("schedule", "history", "thang-5", station=station_folder).code == 0


@pytest.mark.parametrize(
    "days", [("--week", "3/5/2027"), ("--day", "3/5/2027"), ("--from", "1/5/2027", "--to", "30/5/2027")]
)
def test_a_page_to_print_is_a_month_or_refused(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, days: tuple[str, ...]
) -> None:
    page = tmp_path / "y.html"
    result = broadcaster("schedule", "export", str(page), *days, station=station_folder)
    told = "a page to print is of a whole month; say --month 05/2027, or write .xlsx, .csv, .ics"
    assert (result.code, result.err) == (2, f"Error: {told}\n")
    whole = ("--from", "1/5/2027", "--to", "31/5/2027")
    assert broadcaster("schedule", "export", str(page), *whole, station=station_folder).code == 0
