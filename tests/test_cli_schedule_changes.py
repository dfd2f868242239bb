"""Exceptions, pauses, the editor, and the way back: as officers use them, on a real station."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from datetime import date, time
from pathlib import Path

import pytest
from commands import RunCommand

from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger, Row
from broadcaster.records.verify import verify
from broadcaster.schedule.timetable import read_campaign

MESSAGES = "thang-5/thong-diep"


@pytest.fixture
def path(station_folder: Path) -> Path:
    return station_folder / "schedules" / "thang-5.toml"


def rows(station: Path) -> list[Row]:
    with Ledger.open(station / "broadcaster.db", read_only=True) as ledger:
        return list(ledger.rows([Kind.SCHEDULE_CHANGED]))


def planned(broadcaster: RunCommand, station: Path, day: str) -> dict[str, list[str]]:
    found = broadcaster("plan", "--day", day, "--json", station=station).json
    return {occurrence["id"].partition("+")[0]: occurrence["scripts"] for occurrence in found}


# ---- skip, move -------------------------------------------------------------------------------------------------


def test_one_airing_is_skipped_and_nothing_else_changes(broadcaster: RunCommand, station_folder: Path) -> None:
    before = planned(broadcaster, station_folder, "7/5/2027")
    after_that = planned(broadcaster, station_folder, "8/5/2027")
    arguments = ("skip", "7/5/2027", "--of", MESSAGES, "--at", "17h")
    assert broadcaster("schedule", *arguments, "--yes", station=station_folder).code == 0
    before.pop(f"{MESSAGES}@2027-05-07T17:00")
    assert planned(broadcaster, station_folder, "7/5/2027") == before
    assert planned(broadcaster, station_folder, "8/5/2027") == after_that
    shown = broadcaster("schedule", "show", "thang-5", station=station_folder).out
    assert f"Left out of {MESSAGES}: 2027-05-07 17:00" in shown.splitlines()


def test_a_whole_day_is_skipped_in_every_campaign_that_airs_then(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    new = ("new", "he", "--title", "Hè", "--from", "1/6", "--to", "30/6")
    assert broadcaster("schedule", *new, "--yes", station=station_folder).code == 0
    he = path.with_name("he.toml").read_bytes()
    assert broadcaster("schedule", "skip", "19/5/2027", "--yes", station=station_folder).code == 0
    assert planned(broadcaster, station_folder, "19/5/2027") == {}
    assert read_campaign(path).exceptions == {date(2027, 5, 19)}
    assert path.with_name("he.toml").read_bytes() == he


def test_two_occurrences_of_one_campaign_are_skipped_together(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    ids = ["thang-5/thong-diep@2027-05-07T17:00+07:00", "thang-5/thong-diep@2027-05-10T05:30+07:00"]
    assert broadcaster("schedule", "skip", *ids, "--yes", station=station_folder).code == 0
    plan = broadcaster("plan", "--month", "5/2027", "--json", station=station_folder)
    planned = {each["id"] for each in json.loads(plan.out)}
    assert not planned & set(ids)
    assert "thang-5/thong-diep@2027-05-07T05:30+07:00" in planned


def test_an_occurrence_is_skipped_by_its_id(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    assert (
        broadcaster("schedule", "skip", f"{MESSAGES}@2027-05-07T17:00+07:00", "--yes", station=station_folder).code == 0
    )
    assert read_campaign(path).slots[0].skips == {(date(2027, 5, 7), time(17))}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("skip", "7/6/2027"), "nothing is planned on 2027-06-07; see broadcaster schedule list"),
        (
            ("skip", "7/5/2027", "--of", MESSAGES, "--at", "18h"),
            "nothing is planned on 2027-05-07 at 18:00; planned then: 05:30, 17:00",
        ),
        (("skip", "7/5/2027", "--at", "17h"), "--at: times are a slot's; name the slot: --of CAMPAIGN/SLOT"),
        (("skip", "hôm nào"), 'DAY: "hôm nào" is not understood; allowed: days such as'),
        (("move", f"{MESSAGES}@7/5/2027 18h", "--at", "19h"), "there is no such occurrence: "),
        (("move", f"{MESSAGES}@khi nào", "--at", "19h"), f'"{MESSAGES}@khi nào" is not understood; allowed: '),
        (("move", f"{MESSAGES}@7/5/2027 17h"), "--on, --at: is missing; allowed: where to move it"),
        (("move", f"{MESSAGES}@7/5/2027 17h", "--at", "4h"), "or say --anyway"),
        (("pause", "thang-5", "--from", "5/5/2027", "--to", "3/5/2027"), "the last day is before the first"),
        (("resume", "thang-5"), "it is not paused then; see broadcaster schedule exceptions"),
        (("undo",), "nothing was changed yet, so there is nothing to take back"),
        (("edit", f"{MESSAGES}"), "nothing to change was given"),
        (("edit", "thang-5", "--at", "5h"), "times, scripts and the like are a slot's; name the slot: thang-5/…"),
        (("edit", MESSAGES, "--weight", "chu-de=2"), '--weight: the slot has no script "chu-de"; scripts: '),
        (
            ("edit", MESSAGES, "--script", "chu-de", "--weight", "chu-de=2"),
            "--weight: weights count only where several",
        ),
        (("edit", MESSAGES, "--order", "all", "--weight", "chu-de=2"), '--weight: the slot has no script "chu-de"'),
        (("edit", MESSAGES, "--on", "17/5/2027", "--to", "18/5"), "--on names the one day, beside --from or --to"),
        (("move", f"{MESSAGES} 7/5/2027 17h", "--at", "19h"), "is not understood; allowed: an occurrence as"),
        (("add", "--id", "moi"), "--at: is missing; allowed: times such as 5h30, 17:00"),
        (("new", "moi", "--from", "1/6"), "--title: is missing; allowed: text"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    broadcaster: RunCommand, station_folder: Path, path: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = path.read_bytes()
    result = broadcaster("schedule", *arguments, station=station_folder)
    assert result.code == 2
    assert message in result.err
    assert path.read_bytes() == before
    assert not (station_folder / "broadcaster.db").exists()


def test_everything_that_is_wrong_with_a_new_slot_is_told_at_once(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    add = ("--at", "25h", "--days", "t9", "--script", "chu-de,thong-diep-9,x", "--from", "31/6", "--gap", "lâu")
    result = broadcaster("schedule", "add", *add, "--yes", station=station_folder)
    assert result.code == 2
    assert [line.split('"')[1] for line in result.err.splitlines()] == ["25h", "thong-diep-9", "x", "t9", "lâu", "31/6"]


def test_an_occurrence_moves_with_its_script_and_moves_again(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    before = planned(broadcaster, station_folder, "8/5/2027")
    script = before.pop(f"{MESSAGES}@2027-05-08T17:00")
    arguments = ("move", f"{MESSAGES}@8/5/2027 17h", "--at", "18h")
    assert broadcaster("schedule", *arguments, "--yes", station=station_folder).code == 0
    moved = "thang-5/thong-diep-0508-18h00"
    assert planned(broadcaster, station_folder, "8/5/2027") == {**before, f"{moved}@2027-05-08T18:00": script}
    assert f"# moved from {MESSAGES}@2027-05-08T17:00+07:00" in path.read_text("utf-8").splitlines()
    again = ("move", f"{moved}@8/5/2027 18h", "--on", "9/5/2027", "--at", "19h")
    assert broadcaster("schedule", *again, "--yes", station=station_folder).code == 0
    assert planned(broadcaster, station_folder, "8/5/2027") == before
    assert planned(broadcaster, station_folder, "9/5/2027")[f"{moved}@2027-05-09T19:00"] == script


def test_an_extra_airing_is_a_slot_of_one_day(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    arguments = ("add", "--on", "19/5/2027", "--at", "19h", "--script", "chu-de")
    assert broadcaster("schedule", *arguments, "--yes", station=station_folder).code == 0
    slot = read_campaign(path).slots[-1]
    assert (slot.id, slot.start, slot.end) == ("19h00", date(2027, 5, 19), date(2027, 5, 19))


# ---- pause, edit ------------------------------------------------------------------------------------------------


def test_a_slot_is_paused_and_resumed_and_the_file_is_as_before(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    before = path.read_bytes()
    pause = ("pause", "thang-5/tieu-pham", "--from", "3/5/2027")
    assert broadcaster("schedule", *pause, "--yes", station=station_folder).code == 0
    assert (
        "Paused, thang-5/tieu-pham: from 2027-05-03 on"
        in broadcaster("schedule", "show", "thang-5", station=station_folder).out.splitlines()
    )
    resume = ("resume", "thang-5/tieu-pham", "--from", "10/5/2027")
    assert broadcaster("schedule", *resume, "--yes", station=station_folder).code == 0
    assert read_campaign(path).slots[2].pauses == ((date(2027, 5, 3), date(2027, 5, 9)),)
    whole = ("resume", "thang-5/tieu-pham", "--from", "3/5/2027")
    assert broadcaster("schedule", *whole, "--yes", station=station_folder).code == 0
    assert path.read_bytes() == before


def test_options_change_a_slot_and_its_campaign(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    options = ("--at", "17h15,18h20", "--days", "CN", "--repeat", "2", "--from", "5/5", "--class", "priority")
    assert broadcaster("schedule", "edit", "thang-5/tieu-pham", *options, "--yes", station=station_folder).code == 0
    weight = ("edit", MESSAGES, "--weight", "thong-diep-1=2")
    assert broadcaster("schedule", *weight, "--yes", station=station_folder).code == 0
    assert broadcaster("schedule", "edit", "thang-5", "--title", "Tháng 5", "--yes", station=station_folder).code == 0
    campaign = read_campaign(path)
    slot = campaign.slots[2]
    assert (slot.at, slot.days, slot.repeat, campaign.title) == ((time(17, 15), time(18, 20)), {7}, 2, "Tháng 5")
    assert campaign.slots[0].weights == (2, 1, 1, 1, 1, 1)
    assert (
        broadcaster("schedule", "edit", "thang-5/tieu-pham", "--from", "-", "--yes", station=station_folder).code == 0
    )
    assert read_campaign(path).slots[2].start is None


def editor(folder: Path, code: str) -> str:
    """An editor that runs some Python on the text, `text`, each time it is opened (`n` counts from 1)."""
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, sys, time, os\n"
        "file, count = pathlib.Path(sys.argv[-1]), pathlib.Path(__file__).with_suffix('.count')\n"
        "n = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(n))\n"
        "text = file.read_text('utf-8')\n"
        f"{code}\n"
        "file.write_text(text, 'utf-8')\n"
        "os.utime(file, (1, 1))\n",
        "utf-8",
    )
    return f'"{sys.executable}" "{script}"'


def test_the_editors_text_is_checked_and_written(
    broadcaster: RunCommand, station_folder: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "text = text.replace('05:30', '05:31')"))
    result = broadcaster("schedule", "edit", "thang-5", "--as", "Chị Hoa", "--yes", station=station_folder)
    assert (result.code, "Written." in result.out) == (0, True)
    assert read_campaign(path).slots[0].at[0] == time(5, 31)
    assert rows(station_folder)[-1].actor == "Chị Hoa"


def test_a_mistake_in_the_editor_is_told_and_nothing_is_written(
    broadcaster: RunCommand, station_folder: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    monkeypatch.setenv(
        "VISUAL", editor(tmp_path, "text = text.replace('05:30', '05:61').replace('\"chu-de\",', '\"chu\",')")
    )
    result = broadcaster("schedule", "edit", "thang-5", "--yes", station=station_folder)
    assert result.code == 2
    assert 'thang-5.toml:19: slot.at: found "05:61"' in result.err
    assert path.read_bytes() == before


def test_what_a_rule_forbids_is_told_in_the_editor_too(
    broadcaster: RunCommand, station_folder: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    monkeypatch.setenv("VISUAL", editor(tmp_path, "text = text.replace('05:30', '03:30')"))
    result = broadcaster("schedule", "edit", "thang-5", "--yes", station=station_folder)
    assert (result.code, path.read_bytes()) == (2, before)
    assert "thang-5/thong-diep on " in result.err
    assert broadcaster("schedule", "edit", "thang-5", "--anyway", "--yes", station=station_folder).code == 0
    assert read_campaign(path).slots[0].at[0] == time(3, 30)


# ---- history, undo ----------------------------------------------------------------------------------------------


def test_every_change_is_entered_and_can_be_taken_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    first = path.read_bytes()
    assert broadcaster("schedule", "history", station=station_folder).out == "Nothing was changed yet.\n"
    change = ("edit", "thang-5/tieu-pham", "--repeat", "2", "--as", "Anh Ba")
    assert broadcaster("schedule", *change, "--yes", station=station_folder).code == 0
    second = path.read_bytes()
    assert (
        broadcaster("schedule", "remove", "thang-5/chu-de", "--as", "Chị Hoa", "--yes", station=station_folder).code
        == 0
    )
    history = broadcaster("schedule", "history", "--json", station=station_folder).json
    assert [(entry["actor"], entry["summary"]) for entry in history] == [
        ("Chị Hoa", 'thang-5: slot "chu-de" removed'),
        ("Anh Ba", 'thang-5: slot "tieu-pham": repeats'),
    ]
    number = str(history[1]["number"])
    assert "+repeat = 2" in broadcaster("schedule", "history", "--diff", number, station=station_folder).out
    assert broadcaster("schedule", "undo", "--yes", station=station_folder).code == 0
    assert path.read_bytes() == second
    assert broadcaster("schedule", "undo", "--to", "0", "--yes", station=station_folder).code == 0
    assert path.read_bytes() == first
    assert broadcaster("schedule", "undo", "--to", number, "--yes", station=station_folder).code == 0
    assert path.read_bytes() == second
    unknown = broadcaster("schedule", "undo", "--to", "99", station=station_folder)
    assert "there is no change with the number 99; there are: " in unknown.err
    assert verify(station_folder / "broadcaster.db").ok


def test_an_edit_by_hand_is_seen_entered_and_taken_back(
    broadcaster: RunCommand, station_folder: Path, path: Path
) -> None:
    assert broadcaster("schedule", "remove", "thang-5/chu-de", "--yes", station=station_folder).code == 0
    before = path.read_bytes()
    path.write_text("vỡ = [\n", "utf-8")
    shown = broadcaster("schedule", "history", station=station_folder).out.splitlines()
    assert shown[1].endswith("by hand, not entered yet  thang-5: edited, with mistakes")
    assert len(rows(station_folder)) == 1
    assert broadcaster("schedule", "undo", "--as", "Chị Hoa", "--yes", station=station_folder).code == 0
    assert path.read_bytes() == before
    by_hand, back = rows(station_folder)[1:]
    assert (by_hand.body["how"], back.body["how"], back.actor) == ("by hand", "command", "Chị Hoa")
    assert by_hand.body["files"][0]["after"] == back.body["files"][0]["before"]


def test_a_new_campaign_goes_when_it_is_taken_back(broadcaster: RunCommand, station_folder: Path, path: Path) -> None:
    new = ("new", "he", "--title", "Hè", "--from", "1/6", "--to", "30/6")
    assert broadcaster("schedule", *new, "--yes", station=station_folder).code == 0
    assert broadcaster("schedule", "undo", "--yes", station=station_folder).code == 0
    assert not path.with_name("he.toml").exists()
    assert broadcaster("schedule", "undo", "he", "--yes", station=station_folder).code == 0
    assert read_campaign(path.with_name("he.toml")).title == "Hè"


@pytest.mark.parametrize("name", ["", "   ", "\n"])
def test_a_change_needs_a_name(broadcaster: RunCommand, station_folder: Path, path: Path, name: str) -> None:
    before = path.read_bytes()
    result = broadcaster("schedule", "remove", "thang-5/chu-de", "--as", name, station=station_folder)
    assert (result.code, path.read_bytes()) == (2, before)
    assert "it is not known who you are; say it: --as NAME" in result.err


# ---- with a person at the keyboard ------------------------------------------------------------------------------


def typed(station: Path, keys: str, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, type `keys`, and return its exit code and all that was seen."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals in the standard library")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "broadcaster", "--lang", "en", "schedule", *arguments]
    env = {**os.environ, "TERM": "dumb", "COLUMNS": "200", **environment}
    with subprocess.Popen(command, cwd=station, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, keys.encode())
        seen = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux's way of saying that the other end is closed
                break
            if not chunk:
                break
            seen += chunk
        os.close(ours)
        return process.wait(timeout=60), seen.decode(errors="replace")


def test_a_person_is_asked_for_what_is_missing_until_it_is_understood(station_folder: Path, path: Path) -> None:
    keys = "25h\n11h30\nthứ 2 - thứ 6\nchu-đề\nchu-de\n-\n20/5\n2\ny\n"
    code, seen = typed(station_folder, keys, "add")
    assert code == 0, seen
    assert '"25h" is not understood' in seen
    slot = read_campaign(path).slots[-1]
    assert (slot.at, slot.days, slot.scripts, slot.repeat) == ((time(11, 30),), {1, 2, 3, 4, 5}, ("chu-de",), 2)


def test_a_person_can_say_no(station_folder: Path, path: Path) -> None:
    before = path.read_bytes()
    code, seen = typed(station_folder, "n\n", "remove", "thang-5/chu-de")
    assert (code, path.read_bytes()) == (0, before)
    assert "Nothing was changed." in seen
    assert typed(station_folder, "", "remove", "thang-5/chu-de", "--yes")[0] == 0
    assert path.read_bytes() != before


def test_a_campaign_that_is_not_right_yet_is_kept_as_a_draft_and_gone_on_with(
    station_folder: Path, path: Path, tmp_path: Path
) -> None:
    before = path.read_bytes()
    wrong = editor(tmp_path, "text = text.replace('05:30', '05:61')")
    done, seen = typed(station_folder, "n\n", "edit", "thang-5", VISUAL=wrong)
    assert (done, path.read_bytes()) == (2, before), seen
    assert "Go on with it: broadcaster schedule edit thang-5" in seen
    right = editor(tmp_path, "text = text.replace('05:61', '05:31')")
    done, seen = typed(station_folder, "y\ny\n", "edit", "thang-5", VISUAL=right)
    assert done == 0, seen
    assert "There is a draft; go on with it?" in seen
    assert read_campaign(path).slots[0].at[0] == time(5, 31)
    assert list((path.parent / ".drafts").iterdir()) == []


def test_a_person_goes_back_into_the_editor(station_folder: Path, path: Path, tmp_path: Path) -> None:
    code = "text = text.replace('05:30', '05:61') if n == 1 else text.replace('05:61', '05:31')"
    done, seen = typed(station_folder, "y\ny\n", "edit", "thang-5", VISUAL=editor(tmp_path, code))
    assert done == 0, seen
    assert "Go back in?" in seen
    assert read_campaign(path).slots[0].at[0] == time(5, 31)
