"""Officers see, check and change the timetable, and ask what will play."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from broadcaster.models import Order, YearDay
from broadcaster.schedule.timetable import read_campaign

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def lines(text: str) -> list[str]:
    return text.splitlines()


# ---- schedule list, show ---------------------------------------------------------------------------------------


def test_list_has_a_line_for_every_slot(broadcaster: RunCommand, station_folder: Path) -> None:
    slots = read_campaign(station_folder / "schedules" / "thang-5.toml").slots
    shown = lines(broadcaster("schedule", "list", station=station_folder).out)
    assert [line.split()[0] for line in shown[1:]] == [f"thang-5/{slot.id}" for slot in slots]


def test_list_as_json_says_what_the_file_says(broadcaster: RunCommand, station_folder: Path) -> None:
    (campaign,) = broadcaster("schedule", "list", "--json", station=station_folder).json
    assert (campaign["from"], campaign["to"]) == ("05-01", "05-31")
    assert campaign["slots"][0]["at"] == ["05:30", "17:00"]
    assert campaign["slots"][0]["days"] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def test_days_and_weekdays_are_shown_as_officers_write_them(broadcaster: RunCommand, station_folder: Path) -> None:
    shown = broadcaster("schedule", "show", "thang-5", station=station_folder, lang="vi").out
    assert "01/05–31/05, hằng năm" in shown
    assert "T7, CN" in shown
    assert "T2–T6" in shown
    assert "mọi ngày" in shown


def test_a_mistyped_campaign_is_answered_with_the_nearest(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("schedule", "show", "thang-6", station=station_folder)
    assert (result.code, result.err) == (2, 'Error: there is no campaign "thang-6"; did you mean "thang-5"?\n')


def test_a_broken_file_is_told_beside_the_good_ones(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "schedules" / "hong.toml").write_text('title = "Hỏng"\nfrom = "05-01"\nto = "05-32"\n', "utf-8")
    result = broadcaster("schedule", "list", station=station_folder)
    assert result.code == 2
    assert "thang-5/thong-diep" in result.out
    assert "hong.toml:3: to: " in result.err
    assert "hong.toml:3: to: " in broadcaster("schedule", "show", "hong", station=station_folder).err


# ---- schedule new, add, remove ---------------------------------------------------------------------------------


def test_a_slot_is_added_as_a_letter_would_say_it(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "schedules" / "thang-5.toml"
    before = path.read_text("utf-8")
    result = broadcaster(
        "schedule", "add", "--campaign", "thang-5", "--id", "trua", "--at", "11h30, 13 giờ 15", "--at", "19:00",
        "--days", "thứ 2 - thứ 6, CN", "--script", "chu-de,thong-diep-1", "--script", "duong-day-nong",
        "--order", "all", "--repeat", "2", "--gap", "20 giây", "--class", "priority",
        "--from", "15/5", "--to", "25/5", "--yes", station=station_folder,
    )  # fmt: skip
    assert result.code == 0
    assert path.read_text("utf-8").startswith(before)
    slot = read_campaign(path).slots[-1]
    assert [at.isoformat("minutes") for at in slot.at] == ["11:30", "13:15", "19:00"]
    assert slot.days == {1, 2, 3, 4, 5, 7}
    assert slot.scripts == ("chu-de", "thong-diep-1", "duong-day-nong")
    assert (slot.order, slot.repeat, slot.gap.seconds) == (Order.ALL, 2, 20)
    assert (slot.start, slot.end) == (YearDay(5, 15), YearDay(5, 25))
    assert '+id = "trua"' in lines(result.out)


def test_a_dry_run_shows_the_change_and_writes_nothing(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "schedules" / "thang-5.toml"
    before = path.read_bytes()
    arguments = ("--campaign", "thang-5", "--at", "11h30", "--script", "chu-de", "--dry-run")
    result = broadcaster("schedule", "add", *arguments, station=station_folder)
    assert result.code == 0
    assert '+at = ["11:30"]' in lines(result.out)
    assert '+id = "11h30"' in lines(result.out)
    assert path.read_bytes() == before
    removal = broadcaster("schedule", "remove", "thang-5/chu-de", "--dry-run", station=station_folder)
    assert '-id = "chu-de"' in lines(removal.out)
    assert path.read_bytes() == before


def test_all_that_is_not_understood_is_told_at_once(broadcaster: RunCommand, station_folder: Path) -> None:
    arguments = ("--campaign", "thang-5", "--at", "25h", "--days", "thứ 9", "--from", "32/5", "--script", "chu-de")
    result = broadcaster("schedule", "add", *arguments, station=station_folder)
    assert result.code == 2
    assert [line.split(" is not understood")[0] for line in lines(result.err)] == [
        'Error: --at: "25h"',
        'Error: --days: "thứ 9"',
        'Error: --from: "32/5"',
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--campaign", "thang-5", "--at", "9h", "--script", "thong-diep-7"), 'did you mean "thong-diep-6"?'),
        (("--campaign", "thang-4", "--at", "9h", "--script", "chu-de"), 'did you mean "thang-5"?'),
        (("--campaign", "thang-5", "--id", "chu-de", "--at", "9h", "--script", "chu-de"), '"chu-de"'),
        (("--campaign", "thang-5", "--at", "9h", "--script", "chu-de", "--from", "1/6"), "1/6 is"),
        (("--campaign", "thang-5", "--at", "9h", "--script", "chu-de", "--repeat", "0"), "--repeat"),
        (("--campaign", "thang-5", "--at", "", "--script", "chu-de"), "--at"),
    ],
)
def test_what_would_be_wrong_is_refused_and_the_file_kept(
    broadcaster: RunCommand, station_folder: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    path = station_folder / "schedules" / "thang-5.toml"
    before = path.read_bytes()
    result = broadcaster("schedule", "add", *arguments, station=station_folder)
    assert result.code == 2
    assert complaint in result.err or complaint == "1/6 is"
    assert "Written" not in result.out
    assert path.read_bytes() == before


def test_a_slot_that_a_rule_forbids_is_told_when_it_is_added(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "schedules" / "thang-5.toml"
    before = path.read_bytes()
    arguments = ("--campaign", "thang-5", "--id", "khuya", "--at", "23h", "--script", "chu-de")
    result = broadcaster("schedule", "add", *arguments, station=station_folder)
    assert (result.code, path.read_bytes()) == (2, before)
    assert result.err.startswith("Error: thang-5/khuya on 2")
    assert "; the nearest time that fits in place of 23:00 is 20:55; or say --anyway" in result.err
    anyway = broadcaster("schedule", "add", *arguments, "--anyway", "--yes", station=station_folder)
    assert anyway.code == 0
    assert "Note: thang-5/khuya: 31 occurrences are blocked" in anyway.err
    assert read_campaign(path).slots[-1].id == "khuya"


def test_remove_takes_the_slot_and_its_comment_and_nothing_else(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "schedules" / "thang-5.toml"
    before = read_campaign(path)
    assert broadcaster("schedule", "remove", "thang-5/tieu-pham", "--yes", station=station_folder).code == 0
    assert [slot for slot in before.slots if slot.id != "tieu-pham"] == list(read_campaign(path).slots)
    assert "nhiều người ở nhà" not in path.read_text("utf-8")
    again = broadcaster("schedule", "remove", "thang-5/tieu-pham", station=station_folder)
    assert (again.code, again.err) == (
        2,
        'Error: thang-5 has no slot "tieu-pham"; did you mean "cao-diem-tieu-pham"?\n',
    )
    assert broadcaster("schedule", "remove", "tieu-pham", station=station_folder).code == 2


def test_a_new_campaign_is_a_file_that_slots_can_be_added_to(broadcaster: RunCommand, station_folder: Path) -> None:
    arguments = ("--title", "Hè 2027", "--from", "1/6/2027", "--to", "31/8/2027", "--source", "12/KH-UBND")
    assert broadcaster("schedule", "new", "he-2027", *arguments, "--yes", station=station_folder).code == 0
    path = station_folder / "schedules" / "he-2027.toml"
    assert read_campaign(path).start == date(2027, 6, 1)
    slot = ("--campaign", "he-2027", "--at", "5h30", "--script", "chu-de")
    assert broadcaster("schedule", "add", *slot, "--yes", station=station_folder).code == 0
    assert read_campaign(path).slots[0].id == "05h30"
    twice = broadcaster("schedule", "new", "he-2027", *arguments, station=station_folder)
    assert (twice.code, "there is such a file already" in twice.err) == (2, True)


def test_a_day_alone_is_shown_once(broadcaster: RunCommand, station_folder: Path) -> None:
    add_slot(broadcaster, station_folder, "le", "8h", "chu-de", "--on", "17/5/2027")
    shown = broadcaster("schedule", "show", "thang-5", station=station_folder).out
    (line,) = [line for line in lines(shown) if line.startswith("thang-5/le ")]
    assert line.count("2027-05-17") == 1


# ---- schedule check --------------------------------------------------------------------------------------------


def test_the_sample_is_without_fault(broadcaster: RunCommand, station_folder: Path, rendered_station: Path) -> None:
    unrendered = broadcaster("schedule", "check", station=station_folder)
    assert unrendered.code == 0
    assert "Not rendered yet" in unrendered.out
    checked = broadcaster("schedule", "check", station=rendered_station)
    assert (checked.code, checked.err) == (0, "")
    assert lines(checked.out)[0].startswith("All is well: ")


def test_check_finds_missing_scripts_with_file_line_and_key(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "scripts" / "chu-de.md").unlink()
    result = broadcaster("schedule", "check", station=station_folder)
    assert result.code == 2
    text = (station_folder / "schedules" / "thang-5.toml").read_text("utf-8").splitlines()
    number = next(i for i, line in enumerate(text, start=1) if line.startswith('scripts = ["chu-de"'))
    assert f"thang-5.toml:{number}: slot.scripts: " in result.err


def test_check_finds_what_overlaps_by_the_real_length_of_the_clips(
    broadcaster: RunCommand, rendered_station: Path
) -> None:
    add_slot(broadcaster, rendered_station, "tiep", "11:01", "chu-de", "--from", "15/5", "--to", "25/5")
    result = broadcaster("schedule", "check", station=rendered_station)
    assert result.code == 0  # it waits, and airs whole
    (finding,) = [line for line in lines(result.out) if "still on the air" in line]
    text = "Note: thang-5/tiep: 11 times due while thang-5/cao-diem-chuong-trinh is still on the air"
    assert finding.startswith(text)
    assert any(line.startswith("All is well: ") for line in lines(result.out))


def test_check_finds_what_a_rule_forbids(broadcaster: RunCommand, station_folder: Path) -> None:
    add_slot(broadcaster, station_folder, "khuya", "23:00", "chu-de", "--anyway")
    result = broadcaster("schedule", "check", station=station_folder)
    assert result.code == 2
    assert any(
        line.startswith("thang-5/khuya: 31 occurrences are blocked, the first on ") for line in lines(result.out)
    )


def test_check_tells_a_script_with_a_mistake_once(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "scripts" / "chu-de.md").write_text("không có phần đầu", "utf-8")
    result = broadcaster("schedule", "check", station=station_folder)
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "chu-de.md" in result.err


def add_slot(broadcaster: RunCommand, station: Path, id_: str, at: str, script: str, *more: str) -> None:
    arguments = ("--campaign", "thang-5", "--id", id_, "--at", at, "--script", script, *more)
    assert broadcaster("schedule", "add", *arguments, "--yes", station=station).code == 0


# ---- plan ------------------------------------------------------------------------------------------------------


def plan(broadcaster: RunCommand, station: Path, *arguments: str) -> list[dict[str, object]]:
    result = broadcaster("plan", *arguments, "--json", station=station)
    assert result.code == 0, result.err
    found: list[dict[str, object]] = result.json
    return found


def starts(occurrences: list[dict[str, object]]) -> list[str]:
    return [str(occurrence["start"]) for occurrence in occurrences]


def test_the_windows_of_the_plan_fit_each_other(broadcaster: RunCommand, station_folder: Path) -> None:
    month = plan(broadcaster, station_folder, "--month", "5/2027")
    assert starts(month)[0] == "2027-05-01T05:30:00+07:00"
    assert starts(month)[-1] == "2027-05-31T17:05:00+07:00"
    span = plan(broadcaster, station_folder, "--from", "1/5/2027", "--to", "2027-05-31")
    assert span == month
    week = plan(broadcaster, station_folder, "--week", "12/5/2027")
    days = [plan(broadcaster, station_folder, "--day", f"{day}/5/2027") for day in range(10, 17)]
    assert week == [occurrence for day in days for occurrence in day]
    assert all(occurrence in month for occurrence in week)


def test_an_occurrence_says_what_it_needs_and_when_it_ends(broadcaster: RunCommand, station_folder: Path) -> None:
    first = plan(broadcaster, station_folder, "--day", "1/5/2027")[0]
    assert first["id"] == "thang-5/thong-diep@2027-05-01T05:30+07:00"
    assert (first["state"], first["end"], first["seconds"]) == ("not rendered", None, None)
    broadcaster("script", "render", "thong-diep-1", station=station_folder)
    first = plan(broadcaster, station_folder, "--day", "1/5/2027")[0]
    assert first["state"] == "ready"
    assert first["repeat"] == 2
    assert float(str(first["seconds"])) > 10


def test_a_quiet_day_and_a_missing_script_are_seen_in_the_plan(broadcaster: RunCommand, station_folder: Path) -> None:
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8") + 'quiet_days = ["2027-05-02"]\n', "utf-8")
    (station_folder / "scripts" / "chu-de.md").unlink()
    found = plan(broadcaster, station_folder, "--from", "1/5/2027", "--to", "2/5/2027")
    states = {(str(o["start"])[:10], str(o["slot"])): o["state"] for o in found}
    assert states["2027-05-01", "chu-de"] == "no script"
    assert states["2027-05-01", "thong-diep"] == "not rendered"
    assert states["2027-05-02", "thong-diep"] == "blocked"


def test_the_plan_for_people_gives_each_day_its_minutes(broadcaster: RunCommand, rendered_station: Path) -> None:
    shown = broadcaster("plan", "--week", "3/5/2027", station=rendered_station, lang="vi").out
    assert "03/05/2027 05:30" in shown
    assert "Thứ Hai, 03/05/2027: " in shown
    assert len([line for line in lines(shown) if "/05/2027: " in line]) == 7


def test_a_plan_without_occurrences_says_so(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("plan", "--day", "1/6/2027", station=station_folder)
    assert (result.code, result.out) == (
        0,
        "Nothing is planned from 2027-06-01 00:00 to 2027-06-02 00:00.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--day", "32/5"),
        ("--week", "never"),
        ("--month", "13"),
        ("--from", "x"),
        ("--to", "x"),
        ("--day", "1/5", "--month", "5"),
        ("--day", "1/5", "--from", "1/5"),
        ("--from", "2/5/2027", "--to", "1/5/2027"),
    ],
)
def test_a_window_that_is_not_understood_is_refused(
    broadcaster: RunCommand, station_folder: Path, arguments: tuple[str, ...]
) -> None:
    result = broadcaster("plan", *arguments, station=station_folder)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)


def test_a_span_over_the_new_year_does_not_turn_round(broadcaster: RunCommand, station_folder: Path) -> None:
    assert plan(broadcaster, station_folder, "--from", "20/12", "--to", "10/1") == []
