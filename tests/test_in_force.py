"""`plan`, `now`, `check` and `why` show what the desk has in force, what is due and held up, and what failed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from histories import Slot, silent, whole
from stations import Maker, at

from broadcaster.files import replace_file
from broadcaster.i18n import speaking
from broadcaster.models import Outcome
from broadcaster.office.check_airing import check_airing
from broadcaster.office.check_findings import FindingKind, Level
from broadcaster.office.check_readiness import Readiness, check_readiness
from broadcaster.office.check_voices import check_voices
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.now import look_around
from broadcaster.office.running_desk import running_desk
from broadcaster.office.why.explain import explain
from broadcaster.office.why.steps import StepKind
from broadcaster.office.window import Window
from broadcaster.office.wording_check import finding_text, todo_text
from broadcaster.office.wording_forecast import prospect_text
from broadcaster.office.wording_in_force import in_force_texts
from broadcaster.office.wording_why import step_text
from broadcaster.playout.desk_state import Delayed, Status
from broadcaster.playout.heartbeat import Heartbeat, heartbeat_path
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.playout.station_lock import only_one
from broadcaster.reasons import ReasonKind, reason
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import RunCommand

    from broadcaster.office.check_findings import Finding
    from broadcaster.office.forecast import Prospect
    from broadcaster.station.folder import Station

ID = "thu/sang@2027-05-03T05:30+07:00"
BAD = 'title = "Thử"\nfrom = 5\n'


@pytest.fixture
def station(maker: Maker) -> Iterator[Station]:
    """Return a station whose desk has adopted a slot at 05:30, its clip ready; it is 05:00."""
    station = maker.campaign(maker.slot("05:30")).render()
    read_content(station)
    with only_one(station):
        yield station


def beat(station: Station, **more: object) -> None:
    """Write what a running desk writes."""
    text = json.dumps({"at": station.now().isoformat(), "pid": 1, "on_air": None, **more})
    replace_file(heartbeat_path(station), text.encode())


def prospects(station: Station) -> list[Prospect]:
    day = station.now().date()
    return list(look_ahead(station, Window(day, day, station.settings.timezone)).prospects)


def verdict(station: Station, asked: str = ID) -> tuple[StepKind, str]:
    (found,) = explain(station, asked).occurrences
    return found.steps[0].kind, step_text(found.steps[0])


def findings(station: Station, about: str) -> list[Finding]:
    return [found for found in check_readiness(station).findings if found.about == about]


# ---- what is in force --------------------------------------------------------------------------------------------


def test_with_a_broken_schedule_all_four_show_the_plan_that_the_desk_airs(maker: Maker, station: Station) -> None:
    (station.schedules_folder / "thu.toml").write_text(BAD, "utf-8")
    desk = read_content(station)
    assert list(desk.campaigns) == ["thu"]

    assert [(found.occurrence.id, found.state) for found in prospects(station)] == [(ID, ProspectState.READY)]
    present = look_around(station)
    assert present.next is not None
    assert present.next.occurrence.id == ID
    assert verdict(station) == (StepKind.WILL_AIR, "It will air on 2027-05-03 05:30:00: ready.")
    saved = f"{desk.held[0].saved:%Y-%m-%d %H:%M}"
    held = f"schedules/thu.toml has mistakes: its version of {saved}"
    for text in (*in_force_texts(present.in_force, station.root), *steps(station, StepKind.LAST_GOOD)):
        assert text.startswith(held)
    files = findings(station, "files")
    assert {(found.kind, found.level) for found in files} == {(FindingKind.FILE_HELD, Level.BAD)}
    assert any(finding_text(found).startswith("Files: schedules/thu.toml:2: from: found 5") for found in files)
    assert todo_text(files[0]).startswith("correct the file; until then its version of ")
    (plan,) = findings(station, "plan")
    assert plan.facts["count"] == 7


def steps(station: Station, kind: StepKind) -> list[str]:
    (found,) = explain(station, ID).occurrences
    return [step_text(step) for step in found.steps if step.kind is kind]


def test_while_the_schedules_are_away_all_four_say_so_and_show_the_plan(maker: Maker, station: Station) -> None:
    station.schedules_folder.rename(station.root / "elsewhere")
    read_content(station)
    text = "schedules/ is away since 2027-05-03 05:00: what was last good in it is in force."
    assert in_force_texts(look_around(station).in_force, station.root) == [text]
    assert [found.occurrence.id for found in prospects(station)] == [ID]
    assert steps(station, StepKind.FOLDER_AWAY) == [text]
    (files,) = findings(station, "files")
    assert (files.kind, files.level) == (FindingKind.FOLDER_AWAY, Level.BAD)
    assert finding_text(files) == (
        "Files: schedules/ is away since 2027-05-03 05:00 (there is no such folder); "
        "what was last good in it is in force."
    )


def test_broken_settings_are_an_error_for_officers_and_told_beside_the_plan(
    broadcaster: RunCommand, maker: Maker, station: Station
) -> None:
    path = station.root / "station.toml"
    path.write_text(path.read_text("utf-8") + "[rules]\nhours = 5\n", "utf-8")
    for asked in (("plan", "--day", "3/5/2027"), ("why", "3/5/2027 5h30")):
        told = broadcaster(*asked, station=maker.root)
        assert "thu/sang" in told.out
        assert "station.toml:11: rules.hours: found 5" in told.err
        assert told.code == 2
    now = broadcaster("now", station=maker.root)
    assert "! station.toml has mistakes: its version of " in now.out
    check = broadcaster("check", "--json", station=maker.root).json["findings"]
    assert [found["level"] for found in check if "station.toml:11" in found["text"]] == ["bad"]
    refused = broadcaster("schedule", "list", station=maker.root)
    assert (refused.code, refused.out) == (2, "")


def test_broken_settings_keep_nobody_from_what_was_recorded(
    broadcaster: RunCommand, maker: Maker, station: Station
) -> None:
    with Ledger.open(station.ledger_path):
        pass
    path = station.root / "station.toml"
    path.write_text(path.read_text("utf-8") + "[rules]\nhours = 5\n", "utf-8")
    every_day = ("backup --daily", "audit send --daily")  # the desk has these done
    for asked in (*every_day, "backup", "audit verify", "audit review", "audit checkpoint", "log", "reconcile"):
        told = broadcaster(*asked.split(), station=maker.root)
        assert told.code == 0, asked
        assert "station.toml:11: rules.hours: found 5" in told.err
        assert "This goes by the last good version of station.toml." in told.err
    assert broadcaster("schedule", "skip", "4/5/2027", "--yes", station=maker.root).code == 2
    stopped = broadcaster("stop", "--as", "Hòa", station=maker.root)  # and no desk runs
    assert (stopped.code, "This goes by the last good version" in stopped.err) == (1, True)


def test_a_wrong_lexicon_that_never_was_good_hides_no_plan(station: Station) -> None:
    shutil.rmtree(station.state_folder)  # where it is kept that there was none
    station.lexicon_path.write_text("TDP = 5\n", "utf-8")
    assert [found.state for found in prospects(station)] == [ProspectState.NOT_RENDERED]


# ---- what is due and does not begin --------------------------------------------------------------------------------


def test_what_is_due_and_held_up_shows_everywhere_with_why_and_until_when(maker: Maker, station: Station) -> None:
    maker.clock.now = at("2027-05-03 05:31")
    until = "2027-05-03T05:40:00+07:00"
    beat(station, waiting=[{"id": ID, "why": "no device", "until": until}, {"id": "x", "why": "", "until": until}])
    (found,) = prospects(station)
    assert (found.state, found.will_sound) == (ProspectState.HELD_UP, False)
    said = "due, but it does not begin: no device; tried until 05:40:00"
    assert prospect_text(found) == said
    assert [(item.id, item.until) for item in look_around(station).due] == [(ID, at("2027-05-03 05:40"))]
    assert verdict(station) == (StepKind.HELD_UP, f"It is {said}.")
    (airing,) = findings(station, "airing")
    assert (airing.level, finding_text(airing)) == (Level.BAD, f"Airing: {ID} is {said}.")


def test_why_it_does_not_begin_is_told_in_the_readers_language(station: Station) -> None:
    why = reason(ReasonKind.BUSY, with_="thu/khac@x")
    (found,) = prospects(station)
    delayed = Delayed(found.occurrence, why, station.now())
    with speaking("vi"):
        Heartbeat(station).write(Status(station.now(), waiting=(found.occurrence,), delayed=(delayed,)), None)
    desk = running_desk(station)
    assert desk is not None
    assert desk.due[ID].why == "the output was busy with thu/khac@x"
    assert desk.waiting == ()
    odd = {"id": ID, "reason": "bận", "why": {"kind": "of a later version"}}
    beat(station, waiting=[odd, {"id": "x", "why": {"kind": "busy"}}])
    desk = running_desk(station)
    assert desk is not None
    assert {id_: item.why for id_, item in desk.due.items()} == {ID: "bận"}


@pytest.mark.parametrize("waiting", [None, "x", [1, {}, {"id": ID}, {"id": ID, "why": ""}, [ID]]])
def test_a_heartbeat_of_another_version_tells_of_nothing_due(station: Station, waiting: object) -> None:
    beat(station, waiting=waiting)
    desk = running_desk(station)
    assert desk is not None
    assert desk.due == {}


def test_an_end_that_is_garbled_is_not_known(station: Station) -> None:
    beat(station, waiting=[{"id": ID, "why": "no device", "until": "soon"}])
    assert prospect_text(prospects(station)[0]) == "due, but it does not begin: no device"


# ---- why never says that a running desk is not running -------------------------------------------------------------


def test_why_tells_a_running_desk_from_one_that_is_off(maker: Maker, station: Station, ledger: Ledger) -> None:
    (found,) = prospects(station)
    maker.clock.now = at("2027-05-03 05:31")
    assert verdict(station)[0] is StepKind.TIME_PASSED
    beat(station)
    assert verdict(station)[0] is StepKind.TAKEN_UP_LATE
    ledger.append([planned_row(found.occurrence, at("2027-05-03 05:00"))])
    assert verdict(station)[0] is StepKind.STILL_DUE
    maker.clock.now = at("2027-05-03 05:41")
    beat(station)
    assert verdict(station)[0] is StepKind.NO_OUTCOME_YET
    assert "not running" not in verdict(station)[1]
    beat(station, on_air=ID)
    assert verdict(station) == (StepKind.ON_AIR, "It is on the air now.")


# ---- check ---------------------------------------------------------------------------------------------------------


def test_nothing_is_ready_without_a_desk(maker: Maker) -> None:
    station = maker.campaign(maker.slot("05:30")).render()
    (desk,) = findings(station, "daemon")
    assert desk.level is Level.BAD
    assert check_readiness(station).readiness is Readiness.NOT_READY


def voices(maker: Maker, *names: str) -> Finding:
    path = maker.root / "station.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    path.write_text(path.read_text("utf-8").replace('voices = ["silent"]', f"voices = [{listed}]"), "utf-8")
    return check_voices(maker.open())


def test_a_voice_that_speaks_is_found_by_letting_it_speak(maker: Maker) -> None:
    found = voices(maker, "espeak:vi")
    assert (found.level, finding_text(found)) == (Level.GOOD, "Voice: espeak:vi speaks.")


def test_a_second_voice_is_named_with_the_first_that_does_not_speak(maker: Maker) -> None:
    found = voices(maker, "piper:khong-co", "espeak:vi")
    assert (found.level, found.kind) == (Level.WARNING, FindingKind.OTHER_VOICE)
    assert todo_text(found) == "the first choice, piper:khong-co, does not speak now: broadcaster voice list"


def test_a_station_without_a_voice_is_not_ready(maker: Maker) -> None:
    found = voices(maker, "piper:khong-co")
    assert (found.level, found.kind) == (Level.BAD, FindingKind.NO_VOICE)
    assert finding_text(found).startswith("Voice: none of piper:khong-co speaks (")


def test_a_voice_that_does_not_exist_and_one_for_rehearsal(maker: Maker) -> None:
    assert check_voices(maker.open()).kind is FindingKind.REHEARSAL_VOICE
    found = voices(maker, "khong-co")
    assert (found.level, found.kind) == (Level.BAD, FindingKind.VOICES_WRONG)


CHIEU = Slot("chieu", 17, ("thong-diep-2",), campaign="thu")


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.FAILED, FindingKind.RECENT_FAILURES),
        (Outcome.MISSED, FindingKind.RECENT_FAILURES),
        (Outcome.SKIPPED, FindingKind.NO_RECENT_FAILURE),
        (Outcome.BLOCKED, FindingKind.NO_RECENT_FAILURE),
        (None, FindingKind.RECENT_FAILURES),  # nothing is known of it
    ],
)
def test_what_failed_yesterday_stands_until_tomorrow_is_over(
    maker: Maker, station: Station, ledger: Ledger, outcome: Outcome | None, kind: FindingKind
) -> None:
    midnight = at("2027-05-02 00:00")
    occurrences = [CHIEU.on(midnight - timedelta(days=1)), CHIEU.on(midnight)]
    ledger.append([planned_row(each, midnight - timedelta(days=2)) for each in occurrences])
    ledger.append([played_row(silent(occurrences[0], Outcome.FAILED, "x"), midnight)])  # the day before yesterday
    if outcome:
        ledger.append([played_row(silent(occurrences[1], outcome, "cable"), midnight + timedelta(hours=18))])
    (found,) = check_airing(station)
    assert (found.about, found.kind) == ("recent", kind)
    if kind is FindingKind.RECENT_FAILURES:
        assert found.level is Level.WARNING
        assert finding_text(found).startswith(f"Since yesterday: 1 occurrence did not air whole: {occurrences[1].id}, ")
    maker.clock.now += timedelta(days=1)
    assert list(check_airing(station)) == []


@pytest.mark.usefixtures("ledger")
def test_the_log_that_check_points_to_understands_yesterday(broadcaster: RunCommand, maker: Maker) -> None:
    assert broadcaster("log", "--from", "yesterday", station=maker.root).code == 0


def test_a_day_that_does_not_exist_is_told_by_read_list_and_check(
    broadcaster: RunCommand, maker: Maker, station: Station
) -> None:
    maker.script("bai-1", "Hạn nộp là ngày 31/11/2026, lúc 25h00.")
    told = '"31/11/2026" is a day or a time that does not exist'
    assert told in broadcaster("script", "read", "bai-1", station=maker.root).out
    assert told in broadcaster("script", "list", "--json", station=maker.root).out.replace('\\"', '"')
    (found,) = findings(station, "texts")
    assert found.level is Level.WARNING
    assert finding_text(found) == "Texts: bai-1 names a day or a time that does not exist: 31/11/2026, 25h00."


@pytest.mark.parametrize("line", ['from = "2027-02-30"', 'from = "02-30"', "from = 2027-02-30"])
def test_a_campaign_on_a_day_that_does_not_exist_is_a_mistake(maker: Maker, line: str) -> None:
    maker.campaign(maker.slot("05:30"), dates=f'{line}\nto = "05-31"')
    content = read_content(maker.open())
    assert content.campaigns == {}
    assert any(problem.line == 3 for problem in content.problems)


def test_a_script_valid_until_a_day_that_does_not_exist_is_a_mistake(maker: Maker) -> None:
    maker.script("bai-1", matter="valid_until = 2027-02-30")
    (problem,) = read_content(maker.campaign(maker.slot("05:30", "bai-2")).open()).problems
    assert "there is no such day or time" in problem.what


def test_what_went_well_since_yesterday_is_said(station: Station, ledger: Ledger) -> None:
    aired = CHIEU.on(at("2027-05-02 00:00"))
    ledger.append([planned_row(aired, at("2027-05-01 00:00")), played_row(whole(aired), at("2027-05-02 18:00"))])
    (found,) = check_airing(station)
    assert finding_text(found) == "Since yesterday: nothing failed (planned: 1)."


def answers(broadcaster: RunCommand, station: Path, *asked: str) -> Any:
    return broadcaster(*asked, "--json", station=station).json


def test_programs_are_told_what_is_held_and_due(broadcaster: RunCommand, maker: Maker, station: Station) -> None:
    (station.schedules_folder / "thu.toml").write_text(BAD, "utf-8")
    now = answers(broadcaster, station.root, "now")
    assert [(held["path"], "has mistakes" in held["text"]) for held in now["held"]] == [("schedules/thu.toml", True)]
    assert now["exit"] == 2  # it runs, and gives no sign of life
    assert now["due"] == []


def test_what_a_command_wrote_is_the_last_good_version_also_while_no_desk_runs(
    broadcaster: RunCommand, maker: Maker
) -> None:
    maker.campaign(maker.slot("05:30"))
    read_content(maker.open())
    add = ("schedule", "add", "--campaign", "thu", "--at", "6h30", "--script", "bai-1", "--yes")
    assert broadcaster(*add, station=maker.root).code == 0
    written = ("script", "retire", "bai-2", "--until", "31/12/2090", "--yes")
    assert broadcaster(*written, station=maker.root).code == 0
    (maker.root / "schedules" / "thu.toml").write_text(BAD, "utf-8")
    (maker.root / "scripts" / "bai-2.md").write_text("+++\n", "utf-8")
    planned = broadcaster("plan", "--day", "3/5/2090", "--json", station=maker.root)
    assert [each["start"][11:16] for each in planned.json] == ["05:30", "06:30"]
    assert "2090-12-31" in (maker.root / "state" / "last-good" / "scripts" / "bai-2.md").read_text("utf-8")
