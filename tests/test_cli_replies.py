"""What commands answer when a change cannot be meant, or will do something else than it seems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from broadcaster.cli.asking import yes_or_no

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Result, RunCommand
    from officers import Editor

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


# ---- one loudspeaker --------------------------------------------------------------------------------------------

MAY_17 = ("schedule", "add", "--campaign", "thang-5", "--on", "17/5/2027", "--yes")
LONG = (*MAY_17, "--at", "10h50", "--script", "chuong-trinh-5-phut", "--repeat", "10", "--id", "dai")
ALARM = (*MAY_17, "--at", "11h", "--script", "thong-diep-1", "--class", "khẩn cấp", "--id", "khan")


def test_what_would_wait_too_long_is_said_not_to_air(broadcaster: RunCommand, rendered_station: Path) -> None:
    result = broadcaster(*LONG, station=rendered_station)
    told = [line for line in result.err.splitlines() if "cao-diem-chuong-trinh" in line]
    assert len(told) == 1
    assert "1 time WILL NOT AIR: thang-5/dai is still on the air" in told[0]
    assert told[0].endswith("and is given up after 10:00 (on 2027-05-17 11:00)")
    checked = broadcaster("schedule", "check", station=rendered_station)
    assert checked.code == 2
    assert "thang-5/cao-diem-chuong-trinh: 1 time WILL NOT AIR" in checked.out
    assert "will not air: it would wait" in broadcaster("plan", "--day", "17/5/2027", station=rendered_station).out


def test_what_an_emergency_cuts_is_said_wherever_the_plan_is_told(
    broadcaster: RunCommand, rendered_station: Path
) -> None:
    broadcaster(*LONG, station=rendered_station)
    told = "thang-5/dai: 1 time CUT OFF by the emergency bulletin thang-5/khan (on 2027-05-17 11:00)"
    assert f"Note: {told}" in broadcaster(*ALARM, station=rendered_station).err.splitlines()
    checked = broadcaster("schedule", "check", station=rendered_station)
    assert checked.code == 2  # it does not air whole
    assert told in checked.out.splitlines()
    plan = broadcaster("plan", "--day", "17/5/2027", station=rendered_station).out.splitlines()
    (line,) = [line for line in plan if "thang-5/dai " in line]
    assert "11:00:00" in line
    assert line.endswith("ready; cut off at 11:00:00 by the emergency bulletin thang-5/khan")
    found = broadcaster("plan", "--day", "17/5/2027", "--json", station=rendered_station).json
    cut = {each["slot"]: each["cut_by"] for each in found}
    assert cut.pop("dai") == "thang-5/khan@2027-05-17T11:00+07:00"
    assert set(cut.values()) == {None}
    month = broadcaster("plan", "--month", "5/2027", station=rendered_station).out
    assert "✂1" in month
    assert "✂ cut off by an emergency bulletin" in month


# ---- days that a rule keeps quiet ---------------------------------------------------------------------------------


@pytest.fixture
def quiet_station(rendered_station: Path) -> Path:
    """Return the station with 19 May 2027, a Wednesday, kept quiet."""
    settings = rendered_station / "station.toml"
    rules = '[rules]\nquiet_days = ["2027-05-19"]\n'
    settings.write_text(settings.read_text("utf-8").replace("[rules]\n", rules), "utf-8")
    return rendered_station


def test_a_quiet_day_is_a_note_and_leaves_its_slots_free_to_edit(broadcaster: RunCommand, quiet_station: Path) -> None:
    checked = broadcaster("schedule", "check", station=quiet_station)
    assert checked.code == 0
    quiet = "the first on 2027-05-19 05:30 is blocked: 2027-05-19 is a quiet day"
    assert f"Note: thang-5/thong-diep: 2 occurrences are blocked, {quiet}" in checked.out.splitlines()
    edit = broadcaster("schedule", "edit", "thang-5/thong-diep", "--at", "5h40,17h", "--yes", station=quiet_station)
    assert (edit.code, edit.err) == (0, "")


def test_a_slot_that_a_rule_blocks_on_all_its_days_is_wrong(broadcaster: RunCommand, quiet_station: Path) -> None:
    add = ("schedule", "add", "--on", "19/5/2027", "--at", "9h", "--script", "chu-de", "--id", "x", "--yes")
    result = broadcaster(*add, station=quiet_station)
    todo = "nothing was written; choose another day, or say --anyway, which sets the rule quiet_days aside"
    blocked = "thang-5/x on 2027-05-19 09:00: blocked: 2027-05-19 is a quiet day"
    assert (result.code, result.err) == (2, f"Error: {blocked}; {todo}\n")
    assert broadcaster(*add, "--anyway", station=quiet_station).code == 0
    assert broadcaster("schedule", "check", station=quiet_station).code == 2


def test_a_forbidden_hour_is_refused_for_all_that_a_quiet_day_is_not(
    broadcaster: RunCommand, quiet_station: Path
) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", "--at", "3h,17h", "--yes")
    result = broadcaster(*edit, station=quiet_station)
    assert result.code == 2
    assert "thang-5/thong-diep on 2027-05-01 03:00: blocked" in result.err
    assert result.err.endswith("or say --anyway, which sets the rule hours aside\n")


# ---- what will never air ------------------------------------------------------------------------------------------


def notes(result: Result) -> list[str]:
    return [line.removeprefix("Note: ") for line in result.err.splitlines() if line.startswith("Note: ")]


SPAN = ("schedule", "add", "--campaign", "dot", "--at", "10h", "--script", "chu-de", "--id", "x", "--dry-run")


@pytest.mark.parametrize(
    ("head", "slot", "told"),
    [
        (
            ("1/5/2037", "31/5/2037"),
            ("--on", "4/5/2037", "--days", "t4"),  # a Monday
            ["dot/x: 2037-05-04 is a Monday, and it airs on Wed only; it will never air"],
        ),
        (
            ("1/5/2037", "31/5/2037"),
            ("--from", "4/5/2037", "--to", "6/5/2037", "--days", "cuối tuần"),
            ["dot/x: there is no Sat, Sun from 2037-05-04 to 2037-05-06; it will never air"],
        ),
        (
            ("1/5/2037", "31/5/2037"),
            ("--on", "4/5/2037"),
            ["dot/x: first airs on 2037-05-04, more than a year from now"],
        ),
        (
            ("1/5/2020", "31/5/2037"),
            ("--from", "1/5/2020", "--to", "20/5/2020"),
            ["dot/x: the last day, 2020-05-20, is over; nothing of it will air"],
        ),
        (("1/1", "31/12"), ("--days", "t2"), []),
    ],
)
def test_a_slot_that_will_never_air_is_told_with_its_days(
    broadcaster: RunCommand, station_folder: Path, head: tuple[str, str], slot: tuple[str, ...], told: list[str]
) -> None:
    new = ("schedule", "new", "dot", "--title", "Đợt", "--from", head[0], "--to", head[1], "--yes")
    assert broadcaster(*new, station=station_folder).code == 0
    assert notes(broadcaster(*SPAN, *slot, station=station_folder)) == told


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("31/8", "1/6", ["he: runs over the new year, from 08-31 to 06-01 of the next year"]),
        ("1/5/2020", "31/5/2020", ["he: the last day, 2020-05-31, is over; nothing of it will air"]),
        ("1/6", "31/8", []),
    ],
)
def test_a_campaign_that_is_over_or_goes_over_the_new_year_is_told(
    broadcaster: RunCommand, station_folder: Path, first: str, last: str, told: list[str]
) -> None:
    new = ("schedule", "new", "he", "--title", "Hè", "--from", first, "--to", last, "--dry-run")
    assert notes(broadcaster(*new, station=station_folder)) == told


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("skip", "1/5/2026"), "thang-5: 2026-05-01 is over; leaving it out changes nothing to come"),
        (
            ("skip", "1/5/2026", "--of", "thang-5/thong-diep", "--at", "17h"),
            "thang-5/thong-diep: 2026-05-01 is over; leaving it out changes nothing to come",
        ),
        (
            ("pause", "thang-5", "--from", "1/5/2026", "--to", "3/5/2026"),
            "thang-5: 2026-05-01–2026-05-03 is over; leaving it out changes nothing to come",
        ),
    ],
)
def test_what_is_left_out_of_days_that_are_over_is_told(
    broadcaster: RunCommand, station_folder: Path, command: tuple[str, ...], told: str
) -> None:
    assert notes(broadcaster("schedule", *command, "--dry-run", station=station_folder)) == [told]


def test_a_script_is_retired_with_the_slots_that_lose_it(broadcaster: RunCommand, station_folder: Path) -> None:
    told = notes(broadcaster("script", "retire", "chu-de", "--dry-run", station=station_folder))
    assert len(told) == 1
    assert re.fullmatch(r"thang-5/chu-de: 6\d occurrences with it will not air, the first on \d{4}-05-\d\d .*", told[0])
    long_after = ("script", "retire", "chu-de", "--until", "31/12/2050", "--dry-run")
    assert notes(broadcaster(*long_after, station=station_folder)) == []


def test_an_edit_and_its_undo_name_what_a_script_no_longer_airs(
    broadcaster: RunCommand, station_folder: Path, editor: Editor
) -> None:
    retired = notes(broadcaster("script", "retire", "chu-de", "--dry-run", station=station_folder))
    text = (station_folder / "scripts" / "chu-de.md").read_text("utf-8")
    editor(text.replace("+++\n\n", "valid_until = 2020-05-31\n+++\n\n", 1))
    assert notes(broadcaster("script", "edit", "chu-de", "--yes", station=station_folder)) == retired != []
    undo = ("script", "undo", "chu-de", "--yes")
    assert notes(broadcaster(*undo, station=station_folder)) == []
    assert notes(broadcaster(*undo, station=station_folder)) == retired


def test_undoing_a_new_script_names_what_airs_it(broadcaster: RunCommand, station_folder: Path) -> None:
    assert broadcaster("script", "new", "moi", station=station_folder).code == 0
    add = ("schedule", "add", "--campaign", "thang-5", "--on", "4/5", "--at", "10h", "--script", "moi", "--id", "m")
    assert broadcaster(*add, "--yes", station=station_folder).code == 0
    result = broadcaster("script", "undo", "moi", "--yes", station=station_folder)
    (told,) = notes(result)
    assert re.fullmatch(r"thang-5/m: 1 occurrence with it will not air, on \d{4}-05-04 10:00", told)
    assert "moi: removed.\n" in result.out


# ---- answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "default", "meant"),
    [
        ("có", False, True),
        ("CÓ", False, True),
        ("co", False, True),
        ("c", False, True),
        ("y", False, True),
        ("Yes", False, True),
        ("đồng ý", False, True),
        ("không", True, False),
        ("Khong", True, False),
        ("k", True, False),
        ("n", True, False),
        ("", True, True),
        ("", False, False),
        ("chắc thế\nkhông", True, False),  # asked again
        ("1\nc", False, True),
    ],
)
def test_a_question_takes_the_answers_of_both_languages(
    monkeypatch: pytest.MonkeyPatch, typed: str, default: bool, meant: bool
) -> None:
    answers = iter(typed.split("\n"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _question: next(answers))
    assert yes_or_no("Ghi không?", default=default) is meant
    assert list(answers) == []
