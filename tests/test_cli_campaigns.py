"""Whole campaigns and what they leave out: renamed, copied, removed; listed with who and why, and brought back."""

from __future__ import annotations

import tomllib
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from commands import RunCommand

from broadcaster.models import MovedFrom
from broadcaster.schedule.timetable import read_campaign
from broadcaster.station.folder import open_station

MESSAGES = "thang-5/thong-diep"
CAMPAIGN = """# lịch cũ
title = "Tháng Năm"
source = "1192/BHXH-TT"
from = "2026-05-01"
to = "2026-05-31"
except = ["2026-05-07"]
paused = [["2026-05-10", "2026-05-11"]]

# buổi sáng
[[slot]]
id = "sang"
at = ["05:30"]
scripts = ["thong-diep-1"]
except = ["2026-05-08", "2026-05-09 05:30"]

[[slot]]
id = "bac"
at = ["18:00"]
from = "2026-05-19"  # sinh nhật Bác
to = "2026-05-19"
scripts = ["chu-de"]
"""


def run(broadcaster: RunCommand, station: Path, *arguments: str) -> str:
    only_shows = arguments[0] == "exceptions"
    result = broadcaster("schedule", *arguments, *([] if only_shows else ["--yes"]), station=station)
    assert result.code == 0, result.err
    return result.out + result.err


def left_out(broadcaster: RunCommand, station: Path, *arguments: str) -> list[tuple[str, str, str | None, str | None]]:
    found = broadcaster("schedule", "exceptions", *arguments, "--json", station=station).json
    return [(each["of"], each["first"], each["at"], each["change"] and each["change"]["actor"]) for each in found]


@pytest.fixture
def path(station_folder: Path) -> Path:
    return station_folder / "schedules" / "thang-5.toml"


@pytest.fixture
def old(station_folder: Path) -> Path:
    path = station_folder / "schedules" / "thang-5-2026.toml"
    path.write_text(CAMPAIGN, "utf-8")
    return path


# ---- whole campaigns --------------------------------------------------------------------------------------------


def test_last_years_campaign_is_copied_to_this_years_days(
    broadcaster: RunCommand, station_folder: Path, old: Path
) -> None:
    said = run(broadcaster, station_folder, "copy", "thang-5-2026", "thang-5-2028", "--from", "1/5/2028")
    assert "Note: 4 exceptions and pauses of thang-5-2026 are not copied." in said
    new = old.with_name("thang-5-2028.toml")
    text = new.read_text("utf-8")
    assert text.splitlines()[0] == "# lịch cũ"
    assert "# buổi sáng\n" in text
    assert "# sinh nhật Bác" in text
    copied = read_campaign(new)
    assert (copied.title, copied.source, copied.start, copied.end) == (
        "Tháng Năm",
        "1192/BHXH-TT",
        date(2028, 5, 1),
        date(2028, 5, 31),
    )
    assert [(slot.id, slot.start, slot.exceptions, slot.skips) for slot in copied.slots] == [
        ("sang", None, frozenset(), frozenset()),
        ("bac", date(2028, 5, 19), frozenset(), frozenset()),
    ]
    assert (copied.exceptions, copied.pauses) == (frozenset(), ())
    assert old.read_text("utf-8") == CAMPAIGN


def test_a_copy_leaves_moved_airings_where_they_were(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    run(broadcaster, station_folder, "move", f"{MESSAGES}@7/5/2027 17h", "--at", "18h")
    said = run(broadcaster, station_folder, "copy", "thang-5", "thang-6", "--anyway")
    assert "Note: moved airings of thang-5 are not copied: thong-diep-0507-18h00" in said
    assert "thong-diep-0507-18h00" not in [slot.id for slot in read_campaign(path.with_name("thang-6.toml")).slots]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("copy", "thang-5", "thang-5"), "thang-5.toml: there is such a file already; choose another name"),
        (("copy", "thang-5", "Tháng 6"), '"Tháng 6" cannot be an id; allowed: a-z, 0-9 and "-"'),
        (("copy", "thang-4", "thang-6"), 'there is no campaign "thang-4"; did you mean "thang-5"?'),
        (("copy", "thang-5", "he", "--from", "32/5"), '--from: "32/5" is not understood'),
        (("copy", "thang-5", "he", "--from", "1/6"), "he.toml: to: 05-31 is before 06-01"),
        (("new", "Hè 2027", "--title", "Hè"), '"Hè 2027" cannot be an id; allowed: a-z, 0-9 and "-"'),
        (("rename", "thang-5", "thang-5"), "thang-5.toml: there is such a file already; choose another name"),
        (("remove", "thang-6"), 'there is no campaign "thang-6"; did you mean "thang-5"?'),
        (("unskip", "7/5/2027"), "nothing is left out on 2027-05-07; see broadcaster schedule exceptions"),
        (
            ("unskip", f"{MESSAGES}@7/5/2027 17h"),
            "nothing is left out on 2027-05-07 17:00; see broadcaster schedule exceptions",
        ),
        (("unskip", "7/5/2027", "--at", "17h"), "--at: times are a slot's; name the slot: --of CAMPAIGN/SLOT"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    broadcaster: RunCommand, station_folder: Path, path: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = path.read_bytes()
    result = broadcaster("schedule", *arguments, station=station_folder)
    assert result.code == 2
    assert told in result.err
    assert sorted(path.parent.glob("*.toml")) == [path]
    assert path.read_bytes() == before


def test_a_renamed_campaign_keeps_its_text_and_comes_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    before = path.read_bytes()
    run(broadcaster, station_folder, "rename", "thang-5", "thang-5-2027")
    assert not path.exists()
    assert path.with_name("thang-5-2027.toml").read_bytes() == before
    summaries = broadcaster("schedule", "history", "--json", station=station_folder).json
    assert [each["summary"] for each in summaries] == ["thang-5 renamed: thang-5-2027"]
    run(broadcaster, station_folder, "undo")
    assert path.read_bytes() == before
    assert not path.with_name("thang-5-2027.toml").exists()


@pytest.mark.parametrize("name", ["thang-5", "thang-5-2027"])
def test_a_rename_is_taken_back_whole_by_either_name(
    broadcaster: RunCommand, station_folder: Path, path: Path, name: str
) -> None:
    before = path.read_bytes()
    run(broadcaster, station_folder, "rename", "thang-5", "thang-5-2027")
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace("05:00-21:00", "06:00-21:00"), "utf-8")
    assert "Note" not in run(broadcaster, station_folder, "undo", name)  # nothing new is blocked
    assert path.read_bytes() == before
    assert not path.with_name("thang-5-2027.toml").exists()


def test_a_rename_is_not_taken_back_over_what_was_edited_since(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "rename", "thang-5", "thang-5-2027")
    run(broadcaster, station_folder, "edit", "thang-5-2027", "--title", "Tháng Năm")
    new = path.with_name("thang-5-2027.toml")
    edited = new.read_bytes()
    result = broadcaster("schedule", "undo", "thang-5", "--yes", station=station_folder)
    assert result.code == 2
    told = "thang-5 became thang-5-2027, which was changed since; give it its id back: broadcaster schedule rename"
    assert result.err == f"Error: {told} thang-5-2027 thang-5\n"
    assert new.read_bytes() == edited
    assert not path.exists()


def test_a_rename_shows_that_no_line_changes_and_who_left_something_out_stays_known(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    run(broadcaster, station_folder, "skip", "7/5/2027", "--as", "Lan", "--reason", "lễ hội đình")
    said = run(broadcaster, station_folder, "rename", "thang-5", "thang-5-2027", "--as", "Hoa")
    assert said.splitlines() == ["thang-5.toml becomes thang-5-2027.toml; not a line of it changes", "Written."]
    assert left_out(broadcaster, station_folder) == [("thang-5-2027", "2027-05-07", None, "Lan")]


def test_a_rename_tells_nothing_of_what_was_so_before(broadcaster: RunCommand, station_folder: Path, old: Path) -> None:
    said = run(broadcaster, station_folder, "rename", "thang-5-2026", "nam-ngoai")
    assert said.splitlines() == ["thang-5-2026.toml becomes nam-ngoai.toml; not a line of it changes", "Written."]
    assert "Note" not in run(broadcaster, station_folder, "undo")


def test_a_copy_names_the_slots_of_other_days_and_goes_without_them(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    add = ("add", "--campaign", "thang-5", "--on", "17/5/2027", "--at", "8h", "--id", "le", "--script", "chu-de")
    run(broadcaster, station_folder, *add)
    said = run(
        broadcaster, station_folder, "copy", "thang-5", "thang-5-2028", "--from", "1/5/2028", "--to", "31/5/2028"
    )
    assert (
        "Note: not copied, because their days are not those of thang-5-2028: le. See broadcaster schedule add" in said
    )
    assert said.count("more than a year from now") <= 1  # of the campaign, not of each slot
    copied = read_campaign(path.with_name("thang-5-2028.toml"))
    assert {slot.id for slot in copied.slots} == {slot.id for slot in read_campaign(path).slots} - {"le"}
    said = run(broadcaster, station_folder, "copy", "thang-5", "thang-6", "--from", "1/6", "--to", "30/6", "--anyway")
    assert "their days are not those of thang-6: cao-diem-chuong-trinh, cao-diem-tieu-pham, " in said
    slots = read_campaign(path.with_name("thang-6.toml")).slots
    assert [slot.id for slot in slots] == ["thong-diep", "chu-de", "tieu-pham"]


def test_a_draft_of_a_campaign_that_was_renamed_meanwhile_is_named(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    draft = station_folder / "schedules" / ".drafts" / "thang-5.toml"
    draft.parent.mkdir()
    draft.write_text("title = ", "utf-8")
    assert (
        "go on with it: broadcaster schedule edit thang-5"
        in broadcaster("schedule", "list", station=station_folder).err
    )
    (station_folder / "schedules" / "thang-5.toml").rename(station_folder / "schedules" / "thang-nam.toml")
    edited = broadcaster("schedule", "edit", "thang-5", "--yes", station=station_folder)
    for told in (edited.err, broadcaster("schedule", "list", station=station_folder).err):
        assert "is a draft that waits; its campaign has another id now, or is gone" in told
        assert "thang-5.toml" in told
    assert edited.code == 2
    assert draft.exists()


def test_a_removed_campaign_comes_back(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    before = path.read_bytes()
    run(broadcaster, station_folder, "remove", "thang-5")
    assert not path.exists()
    run(broadcaster, station_folder, "undo", "thang-5")
    assert path.read_bytes() == before


# ---- what is left out -------------------------------------------------------------------------------------------


def test_what_is_left_out_is_listed_with_who_when_and_why(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    assert run(broadcaster, station_folder, "exceptions") == "Nothing is left out.\n"
    run(broadcaster, station_folder, "skip", "7/5/2027", "--as", "Lan", "--reason", "lễ hội đình")
    run(broadcaster, station_folder, "skip", "8/5/2027", "--of", MESSAGES, "--at", "17h", "--as", "Hoa")
    run(broadcaster, station_folder, "pause", MESSAGES, "--from", "10/5/2027", "--as", "Minh")
    assert left_out(broadcaster, station_folder) == [
        ("thang-5", "2027-05-07", None, "Lan"),
        (MESSAGES, "2027-05-08", "17:00", "Hoa"),
        (MESSAGES, "2027-05-10", None, "Minh"),
    ]
    first = broadcaster("schedule", "exceptions", "thang-5", "--json", station=station_folder).json[0]
    assert (first["change"]["reason"], first["last"]) == ("lễ hội đình", "2027-05-07")
    assert "from 2027-05-10 on" in run(broadcaster, station_folder, "exceptions")


def test_what_nobody_is_known_to_have_left_out_says_so_and_what_is_over_is_asked_for(
    broadcaster: RunCommand, station_folder: Path, old: Path
) -> None:
    assert left_out(broadcaster, station_folder, "thang-5-2026") == []
    assert left_out(broadcaster, station_folder, "thang-5-2026", "--all") == [
        ("thang-5-2026", "2026-05-07", None, None),
        ("thang-5-2026/sang", "2026-05-08", None, None),
        ("thang-5-2026/sang", "2026-05-09", "05:30", None),
        ("thang-5-2026", "2026-05-10", None, None),
    ]
    assert "not known" in run(broadcaster, station_folder, "exceptions", "--all")


def test_days_and_airings_air_again(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    before = path.read_bytes()
    run(broadcaster, station_folder, "skip", "7/5/2027")
    run(broadcaster, station_folder, "unskip", "7/5/2027")
    run(broadcaster, station_folder, "skip", "8/5/2027", "--of", MESSAGES, "--at", "17h")
    run(broadcaster, station_folder, "unskip", f"{MESSAGES}@2027-05-08T17:00+07:00")
    run(broadcaster, station_folder, "skip", "9/5/2027", "--of", MESSAGES)
    run(broadcaster, station_folder, "unskip", "9/5/2027", "--of", "thang-5")
    assert path.read_bytes() == before


def test_only_the_named_airing_airs_again(broadcaster: RunCommand, station_folder: Path) -> None:
    run(broadcaster, station_folder, "skip", "8/5/2027", "--of", MESSAGES, "--at", "5h30,17h")
    run(broadcaster, station_folder, "unskip", "8/5/2027", "--of", MESSAGES, "--at", "5h30")
    assert [each[:3] for each in left_out(broadcaster, station_folder)] == [(MESSAGES, "2027-05-08", "17:00")]


# ---- moved airings follow their slot ----------------------------------------------------------------------------


@pytest.fixture
def moved(broadcaster: RunCommand, station_folder: Path, path: Path) -> str:
    """Move an airing, and return the slot that stands for it."""
    run(broadcaster, station_folder, "move", f"{MESSAGES}@7/5/2027 17h", "--on", "8/5/2027", "--at", "18h")
    slot = read_campaign(path).slots[-1]
    assert slot.moved_from == MovedFrom("thong-diep", date(2027, 5, 7), time(17))
    return slot.id


def paused(path: Path, id_: str) -> tuple[tuple[date, date], ...]:
    return next(slot.pauses for slot in read_campaign(path).slots if slot.id == id_)


def test_a_pause_of_the_slot_silences_what_was_moved_and_a_resume_brings_it_back(
    broadcaster: RunCommand, station_folder: Path, path: Path, moved: str
) -> None:
    said = run(broadcaster, station_folder, "pause", MESSAGES, "--from", "6/5/2027", "--to", "9/5/2027")
    assert "those in the pause are paused too: 18:00 2027-05-08 (before: 17:00 2027-05-07)" in said
    assert paused(path, moved) == ((date(2027, 5, 8), date(2027, 5, 8)),)
    run(broadcaster, station_folder, "resume", MESSAGES, "--from", "8/5/2027")
    assert paused(path, moved) == ()


def test_a_pause_of_other_days_leaves_it_alone(
    broadcaster: RunCommand, station_folder: Path, path: Path, moved: str
) -> None:
    run(broadcaster, station_folder, "pause", MESSAGES, "--from", "9/5/2027")
    assert paused(path, moved) == ()


def test_a_removed_slot_takes_what_was_moved_with_it(
    broadcaster: RunCommand, station_folder: Path, path: Path, moved: str
) -> None:
    said = run(broadcaster, station_folder, "remove", MESSAGES)
    assert "are removed with it: 18:00 2027-05-08" in said
    assert {"thong-diep", moved}.isdisjoint(slot.id for slot in read_campaign(path).slots)


def test_an_edit_of_the_slot_names_what_was_moved(
    broadcaster: RunCommand, station_folder: Path, path: Path, moved: str
) -> None:
    said = run(broadcaster, station_folder, "edit", MESSAGES, "--repeat", "1", "--gap", "5s")
    assert "were moved and stay as they are: 18:00 2027-05-08 (before: 17:00 2027-05-07)" in said


def test_what_was_moved_does_not_air_at_its_old_time_again(
    broadcaster: RunCommand, station_folder: Path, moved: str
) -> None:
    result = broadcaster("schedule", "unskip", "7/5/2027", station=station_folder)
    assert result.code == 2
    moved = f"thang-5/{moved}"
    was = f"{MESSAGES}: not left out but moved: 18:00 2027-05-08 (before: 17:00 2027-05-07)"
    back = f'broadcaster schedule move "{moved}@8/5/2027 18:00" --on 7/5/2027 --at 17:00'
    assert f"{was}; move it back: {back}" in result.err


@pytest.mark.parametrize("text", ["", "sang", "sang@2027-05-07", "sang@7/5", "Sáng@2027-05-07 17:00"])
def test_a_moved_airing_that_cannot_be_is_told(
    broadcaster: RunCommand, station_folder: Path, path: Path, moved: str, text: str
) -> None:
    path.write_text(path.read_text("utf-8").replace("thong-diep@2027-05-07 17:00", text), "utf-8")
    result = broadcaster("schedule", "check", station=station_folder)
    assert result.code == 2
    assert 'the slot and the airing that was moved, such as "thong-diep@2027-05-07 17:00"' in result.err


def test_the_first_and_last_day_may_be_called_by_words(broadcaster: RunCommand, station_folder: Path) -> None:
    made = ("schedule", "new", "moi", "--title", "Mới", "--from", "hôm nay", "--to", "ngày kia", "--yes")
    assert broadcaster(*made, station=station_folder).code == 0
    today = open_station(station_folder).now().date()
    head = tomllib.loads((station_folder / "schedules" / "moi.toml").read_text("utf-8"))
    assert (head["from"], head["to"]) == (f"{today}", f"{today + timedelta(days=2)}")
    slot = ("schedule", "add", "--campaign", "moi", "--at", "6h", "--script", "thong-diep-1", "--to", "mai", "--yes")
    assert broadcaster(*slot, station=station_folder).code == 0
    (added,) = tomllib.loads((station_folder / "schedules" / "moi.toml").read_text("utf-8"))["slot"]
    assert added["to"] == f"{today + timedelta(days=1)}"
