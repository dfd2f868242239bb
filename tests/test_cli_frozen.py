"""`broadcaster schedule freeze` and the reasons for changes, as officers type them at a real station."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import RunCommand
from officers import Person, rows_of

from broadcaster.records.frozen_changes import changes_from_body
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Row

MESSAGES = "thang-5/thong-diep"
MAY = "5/2090"  # the commands go by the computer's clock: a month that is still to come for long


@pytest.fixture
def frozen(broadcaster: RunCommand, station_folder: Path) -> Path:
    """Return a station whose May was frozen by Hoa."""
    assert broadcaster("schedule", "freeze", "--month", MAY, "--as", "Hoa", "--yes", station=station_folder).code == 0
    return station_folder


def test_a_coming_month_is_frozen_with_every_occurrence_of_the_plan(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    typed = ("--month", "5", "--year", "2090", "--as", "Hoa", "--yes")
    done = broadcaster("schedule", "freeze", *typed, station=station_folder)
    (row,) = rows_of(station_folder, Kind.PLAN_FROZEN)
    plan = broadcaster("plan", "--month", MAY, "--json", station=station_folder).json
    assert [each["id"] for each in row.body["occurrences"]] == [each["id"] for each in plan]
    assert (row.actor, row.body["month"]) == ("Hoa", "2090-05")
    assert "late_s" not in row.body
    assert "The plan of 05/2090 is frozen since" in done.out
    assert row.body["sha256"] in done.err
    assert broadcaster("audit", "verify", station=station_folder).code == 0


def test_a_second_freeze_is_refused_and_says_when_and_by_whom_it_was_frozen(
    broadcaster: RunCommand, frozen: Path
) -> None:
    (row,) = rows_of(frozen, Kind.PLAN_FROZEN)
    done = broadcaster("schedule", "freeze", "--month", MAY, "--as", "Lan", station=frozen)
    assert done.code == 2
    assert "the plan of 05/2090 was frozen on" in done.err
    assert f"by Hoa (row {row.seq})" in done.err
    assert len(rows_of(frozen, Kind.PLAN_FROZEN)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--month", "5/2020"), "the month 05/2020 is over"),
        (("--month", "this month"), "has begun"),
        (("--month", "13/2090"), "--month"),
        (("--month", "5/2090", "--year", "2091"), "--year is given with a month without a year"),
        (("--month", "1/2090"), "nothing is planned in 01/2090"),
        ((), "--month"),
    ],
)
def test_what_cannot_be_frozen_is_one_clear_line(
    broadcaster: RunCommand, station_folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = broadcaster("schedule", "freeze", *arguments, station=station_folder)
    assert done.code == 2
    assert told in done.err
    assert not (station_folder / "broadcaster.db").exists() or not rows_of(station_folder, Kind.PLAN_FROZEN)


def test_files_with_mistakes_are_not_frozen(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "schedules" / "sai.toml").write_text("title = 5\n", "utf-8")
    done = broadcaster("schedule", "freeze", "--month", MAY, station=station_folder)
    assert done.code == 2
    assert "sai.toml" in done.err


# ---- reasons -----------------------------------------------------------------------------------------------------


def changes(station: Path) -> list[Row]:
    return rows_of(station, Kind.SCHEDULE_CHANGED) if (station / "broadcaster.db").exists() else []


def test_taking_something_out_of_a_frozen_plan_needs_a_reason_where_nobody_can_be_asked(
    broadcaster: RunCommand, frozen: Path
) -> None:
    file = frozen / "schedules" / "thang-5.toml"
    before = file.read_bytes()
    done = broadcaster("schedule", "skip", "7/5/2090", "--of", MESSAGES, station=frozen)
    assert done.code == 2
    assert "out of the frozen plan of 05/2090, and no reason is given" in done.err
    assert "--reason" in done.err
    assert file.read_bytes() == before
    assert changes(frozen) == []


def test_the_reason_and_what_was_taken_out_stand_in_the_row_and_in_the_history(
    broadcaster: RunCommand, frozen: Path
) -> None:
    plan = broadcaster("plan", "--day", "7/5/2090", "--json", station=frozen).json
    gone = [each["id"] for each in plan if each["id"].startswith(f"{MESSAGES}@")]
    arguments = ("skip", "7/5/2090", "--of", MESSAGES, "--reason", "  Quốc tang,\n theo công văn 12 ", "--as", "Lan")
    assert broadcaster("schedule", *arguments, "--yes", station=frozen).code == 0
    (row,) = changes(frozen)
    assert (row.actor, row.body["reason"]) == ("Lan", "Quốc tang, theo công văn 12")
    (change,) = changes_from_body(row.body["frozen"])
    assert (list(change.taken_out), change.put_in) == (gone, ())
    shown = broadcaster("schedule", "history", station=frozen).out
    assert f"The frozen plan of 05/2090: taken out: {len(gone)}, put in: 0." in shown
    assert "Quốc tang, theo công văn 12" in shown
    (told,) = broadcaster("schedule", "history", "--json", station=frozen).json
    assert told["reason"] == "Quốc tang, theo công văn 12"
    (month,) = told["frozen"]
    assert (month["month"], month["taken_out"], month["put_in"], month["out"]) == ("2090-05", gone, [], len(gone))


def test_what_only_puts_something_in_or_touches_another_month_needs_no_reason(
    broadcaster: RunCommand, frozen: Path
) -> None:
    extra = ("add", "--campaign", "thang-5", "--on", "19/5/2090", "--at", "18h", "--script", "chu-de")
    assert broadcaster("schedule", *extra, "--yes", station=frozen).code == 0
    assert broadcaster("schedule", "skip", "7/5/2089", "--of", MESSAGES, "--yes", station=frozen).code == 0
    put_in, other = changes(frozen)
    assert put_in.body["frozen"][0]["put_in"] == [
        {"slot": "thang-5/18h00", "time": "18:00+07:00", "days": ["2090-05-19"]}
    ]
    assert "frozen" not in other.body


def test_what_was_put_in_after_the_freeze_goes_out_again_without_a_reason(
    broadcaster: RunCommand, frozen: Path
) -> None:
    """It never was in the frozen plan."""
    add = (
        "schedule",
        "add",
        "--campaign",
        "thang-5",
        "--id",
        "them",
        "--at",
        "9h",
        "--script",
        "thong-diep-1",
        "--yes",
    )
    assert broadcaster(*add, station=frozen).code == 0
    done = broadcaster("schedule", "remove", "thang-5/them", "--yes", station=frozen)
    assert done.code == 0, done.err
    change = rows_of(frozen, Kind.SCHEDULE_CHANGED)[-1].body["frozen"][0]
    assert (change["out"], change["in"]) == (0, 0)
    assert change["taken_out"]


def test_a_dry_run_shows_what_the_frozen_plan_would_lose_and_needs_no_reason(
    broadcaster: RunCommand, frozen: Path
) -> None:
    done = broadcaster("schedule", "pause", MESSAGES, "--from", "1/5/2090", "--dry-run", station=frozen)
    assert done.code == 0
    assert "The frozen plan of 05/2090: taken out: " in done.err


def test_a_person_at_the_keyboard_is_asked_why(
    broadcaster: RunCommand, frozen: Path, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(True)
    asked: list[str] = []
    monkeypatch.setattr("click.prompt", lambda text, **_more: asked.append(text) or "Mất điện")
    assert broadcaster("schedule", "remove", MESSAGES, station=frozen).code == 0
    assert asked == ["Why is it taken out?"]
    (row,) = changes(frozen)
    assert row.body["reason"] == "Mất điện"


def test_what_was_edited_by_hand_before_is_not_laid_at_the_door_of_the_next_command(
    broadcaster: RunCommand, frozen: Path
) -> None:
    assert broadcaster("schedule", "edit", "thang-5", "--title", "Tháng 5", "--yes", station=frozen).code == 0
    file = frozen / "schedules" / "thang-5.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("title =", 'except = ["2090-05-07"]\ntitle =', 1), "utf-8")
    assert broadcaster("schedule", "edit", "thang-5", "--title", "Tháng Năm", "--yes", station=frozen).code == 0
    _first, by_hand, command = changes(frozen)
    assert (by_hand.body["how"], by_hand.body["frozen"][0]["in"]) == ("by hand", 0)
    assert by_hand.body["frozen"][0]["out"] > 0
    assert (command.body["how"], "frozen" in command.body) == ("command", False)
    assert "no reason given" in broadcaster("schedule", "history", station=frozen).out


@pytest.mark.parametrize("by_hand", [False, True])
def test_other_repeats_in_a_frozen_month_stand_in_the_row_and_in_the_history(
    broadcaster: RunCommand, frozen: Path, *, by_hand: bool
) -> None:
    plan = broadcaster("plan", "--month", MAY, "--json", station=frozen).json
    mine = [each["id"] for each in plan if each["id"].startswith(f"{MESSAGES}@")]
    if by_hand:
        assert broadcaster("schedule", "edit", "thang-5", "--title", "Tháng 5", "--yes", station=frozen).code == 0
        file = frozen / "schedules" / "thang-5.toml"
        text = file.read_text("utf-8")
        start = text.index('id = "thong-diep"')
        again = text.replace("repeat = 2", "repeat = 4") if "repeat = 2" in text[start:] else ""
        file.write_text(again or text[:start] + "repeat = 4\n" + text[start:], "utf-8")
        assert broadcaster("schedule", "edit", "thang-5", "--title", "Tháng Năm", "--yes", station=frozen).code == 0
        row = next(each for each in changes(frozen) if each.body["how"] == "by hand")
    else:
        done = broadcaster(
            "schedule", "edit", MESSAGES, "--repeat", "4", "--reason", "theo công văn", "--yes", station=frozen
        )
        assert done.code == 0, done.err
        assert f"With other scripts, repeats or loudspeakers: {len(mine)}." in done.err
        (row,) = changes(frozen)
    (change,) = changes_from_body(row.body["frozen"])
    assert (change.taken_out, change.put_in) == ((), ())
    assert {each.id for each in change.changed if each.said.repeat == 4} >= set(mine)
    assert "With other scripts, repeats or loudspeakers: " in broadcaster("schedule", "history", station=frozen).out
    assert "With other scripts, repeats or loudspeakers: " in broadcaster("plan", "--month", MAY, station=frozen).err


def test_what_is_said_again_as_it_was_frozen_is_no_difference_any_more(broadcaster: RunCommand, frozen: Path) -> None:
    def edit(repeat: str) -> None:
        assert (
            broadcaster("schedule", "edit", MESSAGES, "--repeat", repeat, "--reason", "x", "--yes", station=frozen).code
            == 0
        )

    before = broadcaster("plan", "--month", MAY, "--json", station=frozen).json
    (was,) = {each["repeat"] for each in before if each["id"].startswith(f"{MESSAGES}@")}
    edit("7")
    edit(str(was))
    assert (
        "With other scripts, repeats or loudspeakers: " not in broadcaster("plan", "--month", MAY, station=frozen).err
    )
    assert [row.body["frozen"][0]["other"] for row in changes(frozen)] == [62, 62]


def test_a_month_that_is_frozen_before_its_clips_are_made_has_no_minutes_yet(
    broadcaster: RunCommand, frozen: Path
) -> None:
    told = broadcaster("plan", "--month", MAY, station=frozen).err
    assert ", of a length that was not known then." in told
    assert "minutes: 0" not in told


# ---- what is shown -----------------------------------------------------------------------------------------------


def test_plan_and_check_say_whether_a_month_is_frozen(broadcaster: RunCommand, frozen: Path) -> None:
    broadcaster("schedule", "skip", "7/5/2090", "--of", MESSAGES, "--reason", "tang", "--yes", station=frozen)
    shown = broadcaster("plan", "--month", MAY, station=frozen).err
    assert "The plan of 05/2090 is frozen since" in shown
    assert "Since then taken out: " in shown
    assert "is not frozen" in broadcaster("plan", "--month", "6/2090", station=frozen).err
    assert "is not frozen" in broadcaster("schedule", "check", station=frozen).out
    assert "is not frozen" in broadcaster("schedule", "history", station=frozen).err


def test_why_says_by_whom_when_and_why_something_was_taken_out_of_the_frozen_plan(
    broadcaster: RunCommand, frozen: Path
) -> None:
    plan = broadcaster("plan", "--day", "7/5/2090", "--json", station=frozen).json
    id_ = next(each["id"] for each in plan if each["id"].startswith(f"{MESSAGES}@"))
    broadcaster(
        "schedule",
        "skip",
        "7/5/2090",
        "--of",
        MESSAGES,
        "--reason",
        "Quốc tang",
        "--as",
        "Lan",
        "--yes",
        station=frozen,
    )
    (row,) = changes(frozen)
    for asked in (id_, id_.rpartition("@")[2]):
        told = broadcaster("why", asked, station=frozen).out
        assert f"{id_} was taken out of the frozen plan of 05/2090 on " in told
        assert f"by Lan (row {row.seq}): Quốc tang." in told


def test_why_still_knows_what_was_frozen_when_its_slot_is_gone(broadcaster: RunCommand, frozen: Path) -> None:
    plan = broadcaster("plan", "--day", "7/5/2090", "--json", station=frozen).json
    id_ = next(each["id"] for each in plan if each["id"].startswith(f"{MESSAGES}@"))
    assert broadcaster("schedule", "remove", MESSAGES, "--reason", "Hết đợt", "--yes", station=frozen).code == 0
    told = broadcaster("why", id_, station=frozen)
    assert told.code in (0, 1)
    assert f"{id_} was taken out of the frozen plan of 05/2090 on " in told.out


def test_why_says_that_something_was_put_in_after_the_freeze(broadcaster: RunCommand, frozen: Path) -> None:
    extra = ("add", "--campaign", "thang-5", "--on", "19/5/2090", "--at", "18h", "--script", "chu-de")
    assert broadcaster("schedule", *extra, "--reason", "Tin thêm", "--yes", station=frozen).code == 0
    told = broadcaster("why", "thang-5/18h00@2090-05-19T18:00+07:00", station=frozen).out
    assert "is not in the frozen plan of 05/2090: put in on " in told
    assert "Tin thêm." in told


def test_check_says_that_the_present_month_is_not_frozen(broadcaster: RunCommand, frozen: Path) -> None:
    assert "is not frozen yet: the desk freezes it as soon as it runs." in broadcaster("check", station=frozen).out


@pytest.mark.parametrize(
    ("month", "told"),
    [
        ("5/2091", "The plan of 05/2091 is not frozen: the running desk freezes it on its first day."),
        ("5/2025", "The plan of 05/2025 was never frozen."),
    ],
)
def test_a_plan_says_of_each_month_what_is_true_of_it(
    broadcaster: RunCommand, frozen: Path, month: str, told: str
) -> None:
    assert broadcaster("plan", "--month", month, station=frozen).err.splitlines() == [told]


# ---- asking ------------------------------------------------------------------------------------------------------


def test_a_freeze_is_shown_and_asked_for(broadcaster: RunCommand, station_folder: Path, person: Person) -> None:
    count = len(broadcaster("plan", "--month", MAY, "--json", station=station_folder).json)
    freeze = ("schedule", "freeze", "--month", MAY, "--as", "Hoa")
    shown = broadcaster(*freeze, "--dry-run", station=station_folder)
    assert shown.code == 0
    assert shown.out.startswith(
        f"To be frozen, the plan of 05/2090: occurrences: {count}, of a length that was not known then."
    )
    assert not (station_folder / "broadcaster.db").exists()
    asked = person(False, True)
    assert broadcaster(*freeze, station=station_folder).out.endswith("Nothing was changed.\n")
    assert not (station_folder / "broadcaster.db").exists()
    assert broadcaster(*freeze, station=station_folder).code == 0
    assert asked == ["Freeze it? A month is frozen once."] * 2
    assert len(rows_of(station_folder, Kind.PLAN_FROZEN)) == 1
