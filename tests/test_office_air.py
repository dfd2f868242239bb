"""What the office answers about the air: explanations, checks, now, rehearsal and demo, as values for any front end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from commands import make_quick_station
from stations import ZONE, Maker, at

from broadcaster.files import replace_file
from broadcaster.i18n import activate
from broadcaster.office import wording_check, wording_why
from broadcaster.office.check_findings import FindingKind, Level, finding
from broadcaster.office.check_readiness import Readiness, ReadinessCheck, check_readiness
from broadcaster.office.demo import CAMPAIGN, GREETING, open_for_demo, prepare_folder, read_result, schedule_demo
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.new_station import create_station
from broadcaster.office.now import look_around
from broadcaster.office.outputs import output_names
from broadcaster.office.rehearse import rehearse_window
from broadcaster.office.rendering import render_scripts
from broadcaster.office.settings_in_force import SettingOrigin, settings_in_force
from broadcaster.office.why.explain import explain
from broadcaster.office.why.slot_silence import SilenceKind
from broadcaster.office.why.steps import StepKind, step
from broadcaster.office.window import Window
from broadcaster.office.wording_check import finding_text, todo_text, verdict_text
from broadcaster.office.wording_now import on_air_text, running_text, waiting_text
from broadcaster.office.wording_why import reason_text, step_text
from broadcaster.playout.heartbeat import FRESH, heartbeat_path, is_fresh
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.station_lock import only_one
from broadcaster.records.keys import signing_key
from broadcaster.station.conditions import ConditionKind

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.folder import Station

NOW = at("2027-05-03 05:00")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station at 05:00 on Monday 3 May 2027, with a slot at 05:30 on every day of May."""
    return Maker(tmp_path, SimulatedClock(NOW)).settings().script("bai-1")


# ---- why ---------------------------------------------------------------------------------------------------------


def test_an_explanation_is_facts_that_any_language_can_word(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30")).render()
    (found,) = explain(maker.open(), "3/5/2027 5h30").occurrences
    verdict, *_others = found.steps
    assert (verdict.kind, verdict.good) == (StepKind.WILL_AIR, True)
    assert verdict.facts["prospect"].occurrence.id == found.id == "thu/sang@2027-05-03T05:30+07:00"
    assert step_text(verdict) == "It will air on 2027-05-03 05:30:00: ready."
    activate("vi")
    assert "03/05/2027" in step_text(verdict)


def test_nothing_planned_says_which_slot_is_near_and_what_keeps_it(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30", more='days = ["tue"]'))
    answer = explain(maker.open(), "3/5/2027 5h40")
    assert answer.occurrences == ()
    (nearby,) = [found.facts["nearby"] for found in answer.nothing if found.kind is StepKind.NEARBY_SLOT]
    assert (nearby.slot, nearby.distance) == ("thu/sang", timedelta(minutes=10))
    (reason,) = nearby.reasons
    assert (reason.kind, reason.facts["weekdays"]) == (SilenceKind.OTHER_WEEKDAYS, frozenset({2}))
    assert reason_text(reason) == "Monday, 2027-05-03 is not one of its weekdays (Tue)"


def test_a_slot_that_airs_near_the_moment_has_nothing_against_it(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30"))
    answer = explain(maker.open(), "3/5/2027 5h40")
    (nearby,) = [found for found in answer.nothing if found.kind is StepKind.NEARBY_SLOT]
    assert nearby.facts["nearby"].reasons == ()
    assert step_text(nearby).endswith(": it airs then, 10 min away.")


def test_facts_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        step("clip", StepKind.SCRIPT_MISSING, id="bai-1").facts["id"] = "bai-2"  # type: ignore[index]


def test_every_step_and_every_reason_has_its_sentence() -> None:
    plain, worded = set(wording_why._SENTENCES), set(wording_why._WORDED)
    assert plain | worded == set(StepKind)
    assert not plain & worded
    assert set(wording_why._REASONS) == set(SilenceKind)


# ---- check -------------------------------------------------------------------------------------------------------


def test_a_check_is_facts_that_any_language_can_word(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30"))
    check = check_readiness(maker.open())
    (clips,) = [found for found in check.findings if found.about == "clips"]
    assert (clips.kind, clips.level, clips.facts["ids"]) == (FindingKind.CLIPS_NOT_RENDERED, Level.BAD, ("bai-1",))
    assert finding_text(clips) == "Clips: not rendered yet: bai-1."
    assert todo_text(clips) == "make them: broadcaster script render"
    activate("vi")
    assert finding_text(clips) != "Clips: not rendered yet: bai-1."


def test_the_worst_finding_decides_and_those_like_it_are_counted() -> None:
    good, unknown = finding("disk", Level.GOOD, FindingKind.NO_SLEEP), finding("x", Level.UNKNOWN, FindingKind.MUTED)
    warning, bad = finding("x", Level.WARNING, FindingKind.MUTED), finding("x", Level.BAD, FindingKind.MUTED)
    for findings, readiness, code, points in (
        ((), Readiness.READY, 0, 0),
        ((good, unknown), Readiness.READY, 0, 0),
        ((good, warning, warning), Readiness.READY_WITH_WARNINGS, 1, 2),
        ((warning, warning, bad), Readiness.NOT_READY, 2, 1),
    ):
        check = ReadinessCheck(findings)
        assert (check.readiness, check.exit_code, check.points) == (readiness, code, points)
    assert verdict_text(ReadinessCheck((bad, bad))) == "NOT READY: 2 points (✗)."
    assert verdict_text(ReadinessCheck((warning,))) == "READY, but look at 1 point (!)."


def test_a_second_device_is_named_with_the_first_that_is_missing() -> None:
    found = finding("device", Level.WARNING, FindingKind.OTHER_DEVICE_THERE, name="Loa 2", first="Loa 1")
    assert finding_text(found) == "Device: Loa 2 is there."
    assert todo_text(found) == "the first choice, Loa 1, is not there: plug it in"


def test_sizes_and_offsets_are_shown_as_people_write_them() -> None:
    disk = finding("disk", Level.WARNING, FindingKind.DISK_SPACE_LOW, free_bytes=512_000_000, drive="/media/usb")
    zone = finding("zone", Level.WARNING, FindingKind.OTHER_ZONE, zone="Asia/Ho_Chi_Minh", offset="+0200")
    assert finding_text(disk) == "Disk: 0.5 GB free on /media/usb."
    assert finding_text(zone) == "Time zone: the station's is Asia/Ho_Chi_Minh, the computer shows UTC+0200."


def test_every_finding_has_its_sentence() -> None:
    counted = {FindingKind.PLANNED, FindingKind.NOT_APPROVED, FindingKind.RECENT_FAILURES, FindingKind.CONDITION}
    counted |= {FindingKind.RECENT_MUTED}
    counted |= {FindingKind.MONTH_FROZEN, FindingKind.MONTH_NOT_FROZEN, FindingKind.TEXT_WARNINGS}
    assert set(wording_check._FOUND) == set(FindingKind) - counted


# ---- now ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "fresh"),
    [(timedelta(), True), (FRESH - timedelta(seconds=1), True), (FRESH, False), (-FRESH, False)],
)
def test_what_a_heartbeat_says_holds_for_a_while(late: timedelta, *, fresh: bool) -> None:
    assert is_fresh({"at": NOW.isoformat(), "pid": 1}, NOW + late) is fresh


def test_a_heartbeat_that_is_missing_or_garbled_says_nothing() -> None:
    assert not is_fresh({}, NOW)
    assert not is_fresh({"at": "hôm qua", "pid": 1}, NOW)


def beat(station: Station, **values: object) -> None:
    known = {"at": NOW.isoformat(), "pid": 1, "on_air": "thu/sang@x", "device": "Loa"}
    span = {"started": "2027-05-02T22:00:00+00:00", "ends": "2027-05-02T22:01:00+00:00"}
    replace_file(heartbeat_path(station), json.dumps(known | span | values).encode())


def test_what_is_on_the_air_is_known_only_while_a_desk_runs_and_says_so(maker: Maker) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    beat(station, waiting=[{"id": "thu/sang@x"}, {"id": "thu/sang@y"}])
    with only_one(station):
        present = look_around(station)
        assert (present.running, present.known, present.on_air, present.device) == (True, True, "thu/sang@x", "Loa")
        assert (present.started, present.ends) == (NOW, NOW + timedelta(minutes=1))
        assert present.exit_code == 0
        assert present.waiting == ("thu/sang@y",)
        assert str(present.started) == "2027-05-03 05:00:00+07:00"
        later = look_around(replace(station, clock=SimulatedClock(NOW + timedelta(hours=1))))
        assert (later.running, later.known, later.on_air, later.started, later.device) == (True, False, None, None, "")
        assert [found.kind for found in later.conditions] == [ConditionKind.DESK_SILENT]
        assert later.conditions[0].since == later.last_sign == NOW
        assert later.exit_code == 2
        assert "not known" in on_air_text(later)
    ended = look_around(station)
    assert (ended.running, ended.on_air, ended.device, ended.last_sign) == (False, None, "", NOW)
    assert ended.conditions == ()
    assert ended.exit_code == 2
    assert ended.next is not None
    assert ended.next.occurrence.start == at("2027-05-03 05:30")


def test_a_desk_that_does_not_believe_the_clock_is_held_and_says_so(maker: Maker) -> None:
    station = maker.open()
    beat(station, held="behind", on_air=None)
    with only_one(station):
        present = look_around(station)
        assert present.held
        assert present.exit_code == 2
        assert running_text(present) == "The desk is running, and plays nothing: it does not believe the clock."
        assert [found.kind for found in present.conditions] == [ConditionKind.DESK_HELD]
    assert not look_around(station).held


def test_what_waits_for_the_output_is_shown_in_its_order(maker: Maker) -> None:
    station = maker.open()
    beat(station, waiting=[{"id": "thu/khan@x"}, {"id": "thu/sang@y"}, {"id": "thu/hai@z", "why": "no device"}])
    with only_one(station):
        present = look_around(station)
    assert present.waiting == ("thu/khan@x", "thu/sang@y")
    assert present.exit_code == 1  # one is due and does not begin
    assert waiting_text(present) == "Waiting: thu/khan@x, thu/sang@y."
    assert waiting_text(look_around(station)) == ""


# ---- rehearsal, demo, outputs, settings ------------------------------------------------------------------------


def test_a_rehearsal_says_whether_all_of_its_plan_aired(maker: Maker) -> None:
    window = Window(NOW.date(), NOW.date(), ZONE)
    station = maker.campaign(maker.slot("05:30")).render()
    result = rehearse_window(station, window, "silent")
    assert (result.reconciliation.planned, result.all_aired) == (1, True)
    assert (result.folder / "broadcaster.db").is_file()
    maker.settings('[rules]\nhours = ["06:00-20:00"]\n')
    assert not rehearse_window(maker.open(), window, "silent").all_aired


def test_a_demo_is_planned_within_seconds_and_at_any_hour(tmp_path: Path) -> None:
    make_quick_station(tmp_path)
    prepare_folder(tmp_path)
    night = at("2027-05-03 23:00")
    station = replace(open_for_demo(tmp_path, "silent"), clock=SimulatedClock(night))
    assert station.settings.output.devices == ("silent",)
    render_scripts(station, [station.scripts()[0][GREETING]], "demo", "Lan")

    assert schedule_demo(station) == 1

    today = look_ahead(station, Window(night.date(), night.date(), ZONE))
    (planned,) = [prospect for prospect in today.prospects if prospect.occurrence.campaign == CAMPAIGN]
    assert (planned.occurrence.scripts, planned.state) == ((GREETING,), ProspectState.READY)
    assert night < planned.begins < night + timedelta(minutes=1)


def test_a_demo_that_was_not_heard_did_not_air(tmp_path: Path) -> None:
    make_quick_station(tmp_path)
    station = open_for_demo(tmp_path, "silent")
    station.ledger().close()
    assert not read_result(station, station.now(), planned=1).all_aired


def test_a_demo_keeps_what_a_station_has(tmp_path: Path) -> None:
    prepare_folder(tmp_path)
    (tmp_path / "scripts" / "phat-thu.md").write_text("của xã", "utf-8")
    prepare_folder(tmp_path)
    assert (tmp_path / "scripts" / "phat-thu.md").read_text("utf-8") == "của xã"


def test_a_new_station_has_a_key_for_auditors(tmp_path: Path) -> None:
    made = create_station(tmp_path / "xa")
    assert made.files
    assert all(path.is_file() for path in made.files)
    assert made.public_key == signing_key(made.key_folder, "xa").verifier.text  # the key that is kept there


def test_a_setting_knows_where_it_comes_from(maker: Maker) -> None:
    maker.settings('[rules]\npreset = "vinh-phuc-2022"\n')
    lines = (maker.root / "station.toml").read_text("utf-8").splitlines()
    found = {setting.key: setting for setting in settings_in_force(maker.open())}
    name = found["station.name"]
    assert (name.origin, lines[(name.line or 0) - 1]) == (SettingOrigin.FILE, 'name = "Xã thử nghiệm"')
    assert found["rules.sessions_per_day"].origin is SettingOrigin.PRESET
    assert (found["airing.grace"].origin, found["airing.grace"].line) == (SettingOrigin.DEFAULT, None)


def test_the_outputs_for_rehearsal_can_always_be_named() -> None:
    assert output_names()[:3] == ("default", "file", "silent")
