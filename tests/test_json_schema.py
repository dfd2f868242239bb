"""What commands answer with `--json` is what docs/json/ says, no more and no less, at stations in many states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from answering_stations import (
    a_fresh_one,
    that_are_several,
    with_a_crowded_plan,
    with_a_desk,
    with_a_past,
    with_officers,
)
from commands import RunCommand
from json_schemas import FOLDER, FORMATS, OTHERS, SCHEMAS, Answers, commands_with_json, places
from jsonschema import Draft202012Validator

from broadcaster import i18n, models
from broadcaster.cli.schedule.check_json import CONFLICTS
from broadcaster.office.check_findings import FindingKind, Level
from broadcaster.office.forecast import ProspectState
from broadcaster.office.rules_in_force import RuleOrigin
from broadcaster.office.script_list import ScriptState
from broadcaster.office.settings_in_force import SettingOrigin
from broadcaster.office.why.steps import StepKind
from broadcaster.playout.clock_watch import ClockDoubt
from broadcaster.reasons import ReasonKind
from broadcaster.records.activities import ActivityKind
from broadcaster.records.anomaly import AnomalyKind
from broadcaster.records.approvals import Standing
from broadcaster.records.bundle import BundleFaultKind
from broadcaster.records.checkpoint import Signature
from broadcaster.records.monthly.compare import Part
from broadcaster.records.monthly.stations_table import StationMark
from broadcaster.records.play_rows import NO_LOUDSPEAKER, ClockState, Origin
from broadcaster.records.reconcile import Ruling
from broadcaster.records.verify_report import BreakKind, Fault, RemarkKind
from broadcaster.speech.take_check import TakeFaultKind
from broadcaster.station.conditions import ConditionKind
from broadcaster.station.edits import BY_HAND, COMMAND
from broadcaster.weekdays import WEEKDAYS

COMMON = SCHEMAS["common"]["$defs"]
ENUMS: dict[str, type[StrEnum] | tuple[str, ...]] = {
    "bulletin-class": models.BulletinClass,
    "order": models.Order,
    "weekday": WEEKDAYS,
    "outcome": models.Outcome,
    "ending": (*models.Outcome, NO_LOUDSPEAKER),
    "origin": Origin,
    "clock-state": ClockState,
    "clock-doubt": tuple(filter(None, ClockDoubt)),
    "mute-kind": models.MuteKind,
    "reason-kind": ReasonKind,
    "prospect-state": ProspectState,
    "ruling": Ruling,
    "condition-kind": ConditionKind,
    "level": Level,
    "finding-kind": FindingKind,
    "step-kind": StepKind,
    "conflict-kind": tuple(CONFLICTS.values()),
    "warning-kind": models.WarningKind,
    "setting-origin": SettingOrigin,
    "rule-origin": RuleOrigin,
    "script-state": ScriptState,
    "standing": Standing,
    "activity-kind": ActivityKind,
    "fault": Fault,
    "break-kind": BreakKind,
    "remark-kind": RemarkKind,
    "signature": Signature,
    "file-fault": BundleFaultKind,
    "anomaly-kind": AnomalyKind,
    "report-part": Part,
    "station-mark": StationMark,
    "how": (COMMAND, BY_HAND),
    "take-fault": TakeFaultKind,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, rendered_once: Path) -> Iterator[Answers]:
    """Ask every command at every station, once for all tests of this file."""
    found, folder = Answers(), tmp_path_factory.mktemp("stations")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BROADCASTER_LANG", raising=False)
        patch.setenv("LANGUAGE", "en")
        for name in ("http_proxy", "https_proxy"):  # no voice is reached: nothing listens there
            patch.setenv(name, "http://127.0.0.1:9")
        i18n.activate("en")
        a_fresh_one(found, folder / "fresh")
        with_officers(found, folder / "officers", rendered_once)
        with_a_crowded_plan(found, folder / "crowded")
        with_a_past(found, folder / "past")
        with_a_desk(found, folder / "desk")
        that_are_several(found, folder / "several")
        yield found


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one_and_says_what_each_field_is(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["title"]
    for place, schema in places(SCHEMAS[name]):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            assert schema["additionalProperties"] is False or (name == "common" and place == "/$defs/reason"), place
            assert set(schema["required"]) <= schema["properties"].keys(), place
            assert [key for key, value in schema["properties"].items() if not value.get("description")] == [], place
        if "format" in schema:
            assert schema["format"] in FORMATS.checkers


def test_every_list_of_values_is_that_of_the_program() -> None:
    stated = {name: each["enum"] for name, each in COMMON.items() if "enum" in each}
    assert stated == {name: [str(value) for value in values] for name, values in ENUMS.items()}
    others = [place for name in SCHEMAS.keys() - {"common"} for place, each in places(SCHEMAS[name]) if "enum" in each]
    assert others == []


def test_every_command_that_answers_programs_has_a_schema_and_every_schema_a_command() -> None:
    assert {*commands_with_json().values(), *OTHERS.values(), "common"} == SCHEMAS.keys()
    section = (FOLDER.parent / "formats.md").read_text("utf-8").partition("\n### Commands\n")[2]
    stated = re.findall(r"^\| `([^`]+)` \| \[`([\w-]+)`\]\(json/\2\.schema\.json\) \|", section, re.MULTILINE)
    with_json = {" ".join(words): name for words, name in commands_with_json().items()}
    assert dict(stated) == with_json | OTHERS


def test_every_answer_is_as_its_schema_says(answers: Answers) -> None:
    assert "\n".join(answers.wrong) == ""


def test_no_field_is_described_that_never_comes(answers: Answers) -> None:
    names = [name for name in SCHEMAS if name != "device-list"]
    assert answers.commands == {*names} - {"common"}
    assert [place for name in names for place in answers.never(name)] == []


@pytest.mark.usefixtures("pulse")
def test_outputs_are_as_their_schema_says(station_folder: Path) -> None:
    found = Answers()
    found.ask(station_folder, "device", "list")
    assert (found.wrong, found.never("device-list")) == ([], [])


@pytest.mark.parametrize(
    "change",
    [{"more": 1}, {"start": "2027-05-01"}, {"class": "urgent"}, {"seconds": "31"}, {"scripts": None}, {"id": ...}],
    ids=str,
)
def test_an_answer_of_another_shape_is_seen(broadcaster: RunCommand, station_folder: Path, change: Any) -> None:
    answer = broadcaster("plan", "--day", "3/5/2090", "--json", station=station_folder).json
    found = Answers()
    found.hold("plan", answer, "plan")
    assert found.wrong == []
    changed = {key: value for key, value in {**answer[0], **change}.items() if value is not ...}
    found.hold("plan", [changed, *answer[1:]], "plan")
    assert len(found.wrong) == 1
