"""Wherever a change of the plan shows scripts, their titles stand beside their ids, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import RunCommand
from officers import rows_of

from broadcaster.moments import to_second
from broadcaster.records.kinds import Kind

MESSAGES = "thang-5/thong-diep"


@pytest.fixture
def path(station_folder: Path) -> Path:
    return station_folder / "schedules" / "thang-5.toml"


def shown(broadcaster: RunCommand, station: Path, *arguments: str) -> list[str]:
    """Return what stands below "Scripts:" in the answer."""
    result = broadcaster("schedule", *arguments, station=station)
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    return (
        [line for line in lines[lines.index("Scripts:") + 1 :] if line.startswith("  ")] if "Scripts:" in lines else []
    )


def titles(broadcaster: RunCommand, station: Path) -> dict[str, str]:
    return {each["id"]: each["title"] for each in broadcaster("script", "list", "--json", station=station).json}


def test_a_change_shows_the_titles_of_its_scripts(broadcaster: RunCommand, station_folder: Path) -> None:
    known = titles(broadcaster, station_folder)
    lines = {id_: f"  {id_}: {title}" for id_, title in known.items()}
    add = ("add", "--campaign", "thang-5", "--at", "9h", "--script", "chu-de,thong-diep-1", "--dry-run")
    assert shown(broadcaster, station_folder, *add) == [lines["chu-de"], lines["thong-diep-1"]]
    edit = ("edit", "thang-5/tieu-pham", "--script", "chu-de", "--dry-run")
    assert shown(broadcaster, station_folder, *edit) == [lines["chu-de"], lines["tieu-pham-hai-giong"]]
    move = ("move", f"{MESSAGES}@1/5/2027 17h", "--at", "18h", "--dry-run")
    assert shown(broadcaster, station_folder, *move) == [lines["thong-diep-2"]]
    assert shown(broadcaster, station_folder, "remove", "thang-5/tieu-pham", "--dry-run") == [
        lines["tieu-pham-hai-giong"]
    ]


def test_a_change_that_is_about_no_script_shows_none(broadcaster: RunCommand, station_folder: Path) -> None:
    assert shown(broadcaster, station_folder, "skip", "7/5/2027", "--dry-run") == []
    assert shown(broadcaster, station_folder, "edit", MESSAGES, "--at", "5h,17h", "--dry-run") == []


def test_a_script_that_is_not_there_is_told(broadcaster: RunCommand, station_folder: Path) -> None:
    remove = broadcaster("schedule", "remove", "thang-5/tieu-pham", "--yes", station=station_folder)
    assert remove.code == 0
    (station_folder / "scripts" / "tieu-pham-hai-giong.md").unlink()
    undo = shown(broadcaster, station_folder, "undo", "--dry-run")
    assert undo == ["  tieu-pham-hai-giong: there is no such script"]


# ---- and what else was wrong beside it ---------------------------------------------------------------------------


def test_what_is_left_out_of_a_file_with_a_byte_order_mark_airs_again(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    assert broadcaster("schedule", "skip", "7/5/2027", "--yes", station=station_folder).code == 0
    again = broadcaster("schedule", "unskip", "7/5/2027", "--yes", station=station_folder)
    assert (again.code, again.err) == (0, "")
    assert path.read_bytes() == before


def test_programs_read_the_moment_that_people_read(broadcaster: RunCommand, station_folder: Path) -> None:
    assert broadcaster("schedule", "skip", "7/5/2027", "--yes", station=station_folder).code == 0
    (row,) = rows_of(station_folder, Kind.SCHEDULE_CHANGED)
    (found,) = broadcaster("schedule", "exceptions", "--json", station=station_folder).json
    assert found["change"]["at"] == to_second(row.at).isoformat()


def test_a_script_is_named_in_every_version_in_which_its_slot_airs(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    hmong = '+++\ntitle = "Nyob zoo"\nlanguage = "tiếng Mông"\nvoice = "silent"\n+++\nNyob zoo.\n'
    (station_folder / "scripts" / "chu-de.hmong.md").write_text(hmong, "utf-8")
    add = ("add", "--campaign", "thang-5", "--at", "19h", "--script", "chu-de", "--versions", "vi,hmong", "--dry-run")
    shown = broadcaster("schedule", *add, station=station_folder).out
    assert "  chu-de: Chủ đề tháng vận động" in shown
    assert "  chu-de.hmong: Nyob zoo" in shown
