"""A script in which a blank of its template is left: it is neither rendered nor approved, and nothing of it airs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from desks import a_desk, plays, tick_until

from broadcaster.models import Outcome
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.rendering import render_scripts
from broadcaster.office.window import Window
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_script

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand
    from stations import Maker

    from broadcaster.records.ledger import Ledger

BLANK = "‹Việc gì: một câu ngắn.›"


@pytest.mark.parametrize(
    ("text", "matter", "gap"),
    [
        (f"Kính mời bà con. {BLANK}", "", BLANK),
        ("Kính mời bà con.", 'author = "‹ai soạn›"', "‹ai soạn›"),
        ("Kính mời bà con. 2 ‹ 3, 5 › 4 là sai", "", "‹ 3, 5 ›"),
        ("Kính mời bà con: nhỏ hơn ‹ thôi.", "", ""),
    ],
)
def test_a_blank_is_found_in_the_text_and_above_it(maker: Maker, text: str, matter: str, gap: str) -> None:
    maker.script("bai-1", text, matter)
    assert read_script(maker.root / "scripts" / "bai-1.md").unfinished == gap


def test_it_is_not_rendered_and_the_rest_is(maker: Maker) -> None:
    maker.script("bai-1", BLANK)
    station = maker.open()
    report = station.renderer().render(station.scripts()[0].values())
    assert report.failed == {"bai-1": f"still to be written: {BLANK}"}
    assert len(report.made) == 1


def test_a_clip_that_was_made_of_it_before_does_not_count(maker: Maker) -> None:
    maker.script("bai-1", BLANK)
    station = maker.open()
    script = station.scripts()[0]["bai-1"]
    renderer = Renderer(station.root, station.settings.speech, station.settings.mix)
    assert not renderer.render([replace(script, unfinished="")]).failed  # as it was done before
    assert list(station.audio_folder.glob("bai-1-*.wav"))
    assert renderer.find(script) is None


def test_it_fails_on_the_air_with_its_blank(maker: Maker, ledger: Ledger) -> None:
    maker.script("bai-1", BLANK).campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:31", "bai-2", id_="b"))
    station = maker.open()
    render_scripts(station, station.scripts()[0].values(), "test", "Lan")
    desk = a_desk(station, ledger)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []
    tick_until(desk, maker.clock, "2027-05-03 05:45")
    failed, aired = sorted(plays(ledger), key=lambda play: play.planned_start)
    assert (failed.outcome, failed.why.facts["text"]) == (Outcome.FAILED, f"bai-1: still to be written: {BLANK}")
    assert aired.outcome is Outcome.AIRED


def test_the_plan_the_check_and_why_say_so(maker: Maker, broadcaster: RunCommand) -> None:
    maker.script("bai-1", BLANK).campaign(maker.slot("05:30", "bai-1"))
    station = maker.open()
    day = station.now().date()
    (prospect,) = look_ahead(station, Window(day, day, station.settings.timezone)).prospects
    assert (prospect.state, prospect.missing, prospect.will_sound) == (ProspectState.UNFINISHED, ("bai-1",), False)
    plan = broadcaster("plan", "--day", "3/5/2027", station=maker.root)
    assert "not written to its end: bai-1" in plan.out
    why = broadcaster("why", "3/5/2027 5h30", station=maker.root)
    assert f"Script bai-1: still to be written: {BLANK}" in why.out


def test_the_check_of_the_schedule_is_not_well_with_it(maker: Maker, broadcaster: RunCommand) -> None:
    maker.settings().script("bai-1", BLANK).campaign(maker.slot("05:30", "bai-1"))
    check = broadcaster("schedule", "check", station=maker.root)
    assert check.code == 2
    assert "WILL NOT AIR" in check.out
    assert "until they are written to their end: bai-1" in check.out
    assert "All is well" not in check.out
    (found,) = broadcaster("schedule", "check", "--json", station=maker.root).json["findings"]
    assert (found["kind"], found["wrong"], found["other"]) == ("unfinished", True, None)


def test_a_slot_for_it_is_told_when_it_is_added(maker: Maker, broadcaster: RunCommand) -> None:
    maker.settings().script("bai-1", BLANK).script("bai-2").campaign(maker.slot("05:30", "bai-2"))
    add = ("schedule", "add", "--campaign", "thu", "--at", "6h", "--script", "bai-1", "--yes")
    added = broadcaster(*add, station=maker.root)
    assert added.code == 0
    assert "Note: thu/06h00: " in added.err
    assert "until they are written to their end: bai-1" in added.err


@pytest.mark.parametrize("kind", ["thong-diep", "thong-bao", "cau-chuyen", "tieu-pham"])
def test_a_new_script_is_neither_rendered_listened_to_nor_approved(
    station_folder: Path, broadcaster: RunCommand, kind: str
) -> None:
    assert broadcaster("script", "new", "moi", "--kind", kind, "--as", "Hòa", station=station_folder).code == 0
    for command in (("script", "render", "moi"), ("script", "listen", "moi", "--output", "file")):
        answer = broadcaster(*command, station=station_folder)
        assert answer.code == 1
        assert "still to be written: ‹" in answer.err
    answer = broadcaster("script", "approve", "moi", "--as", "Lan", "--yes", station=station_folder)
    assert (answer.code, "still to be written: ‹" in answer.err) == (2, True)
    assert not list((station_folder / "audio").glob("moi-*"))
