"""The takes of a script: kept whole or not at all, chosen by a person, and approved by what they are."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from desks import a_desk, plays, tick_until
from officers import rows_of
from sounds import noise, read_wav
from stations import Maker, at

from broadcaster import files
from broadcaster.models import CLIP_RATE, Outcome
from broadcaster.office.approving import approve_text
from broadcaster.office.script_changes import write_script
from broadcaster.office.takes import NO_TAKE, list_takes, use_take
from broadcaster.records.kinds import Kind
from broadcaster.speech.front_matter import with_recording
from broadcaster.speech.take_check import TakeFault
from broadcaster.speech.take_store import Take, TakeFacts, digest_of_text, keep_take, stored_takes
from broadcaster.station.folder import Station, open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

    from broadcaster.records.ledger import Ledger
    from broadcaster.records.play_rows import Play

AT = at("2027-05-03 04:00")


def keep(station: Station, seed: int = 1, script: str = "bai-1", **facts: object) -> Take:
    """Keep a take as if somebody had read the script."""
    of = station.scripts()[0][script]
    known = {"device": "Micro", "seconds": 2.0, "voice": -20.0, "noise": -60.0, **facts}
    told = TakeFacts(script, digest_of_text(of), AT, "Hoa", **known)  # type: ignore[arg-type]
    sound = noise(2, seed)
    return keep_take(station.scripts_folder, told, np.array_split(sound, 3), len(sound))


# ---- on the disk ---------------------------------------------------------------------------------------------------


def test_a_take_is_a_whole_wav_with_what_is_known_of_it(maker: Maker) -> None:
    station = maker.script("bai-1").open()
    faults = (TakeFault.of("noisy", noise=-40, voice=-25), TakeFault.of("narrow"))
    take = keep(station, 1, faults=faults)
    assert take.name == "takes/bai-1-1.wav"
    assert np.array_equal(read_wav(take.path), noise(2, 1))
    assert take.is_unchanged()
    assert stored_takes(station.scripts_folder, "bai-1") == [take]
    assert {path.name for path in take.path.parent.iterdir()} == {"bai-1-1.wav", "bai-1-1.json"}


def test_several_are_kept_and_no_number_comes_twice(maker: Maker) -> None:
    station = maker.script("bai-1").script("bai").open()
    assert [keep(station, seed).number for seed in (1, 2, 3)] == [1, 2, 3]
    assert keep(station, 4, "bai").name == "takes/bai-1.wav"
    (station.scripts_folder / "takes" / "bai-1-2.wav").unlink()
    assert keep(station, 5).number == 4
    assert [take.number for take in stored_takes(station.scripts_folder, "bai-1")] == [1, 3, 4]
    assert [take.number for take in stored_takes(station.scripts_folder, "bai")] == [1]


def test_a_full_disk_leaves_nothing_under_its_name(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    station = maker.script("bai-1").open()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(station)
    assert list((station.scripts_folder / "takes").glob("bai*")) == []
    assert stored_takes(station.scripts_folder, "bai-1") == []


KILLED = """
import os, pathlib, sys
from datetime import UTC, datetime
import numpy as np
from broadcaster.speech.take_store import TakeFacts, keep_take
facts = TakeFacts("bai-1", "", datetime.now(UTC), "Hoa", "Micro", 2.0, -20.0, -60.0)
def blocks():
    yield np.ones(48000, np.int16)
    if sys.argv[2] == "sound":
        os._exit(9)
    os.replace = pathlib.Path.replace = lambda *_names: os._exit(9)
keep_take(pathlib.Path(sys.argv[1]), facts, blocks(), 48000)
"""


@pytest.mark.parametrize("where", ["sound", "rename"])
def test_what_was_killed_before_its_end_is_no_take(maker: Maker, where: str) -> None:
    station = maker.script("bai-1").open()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(station.scripts_folder), where], check=False, timeout=60)
    assert killed.returncode == 9
    assert list((station.scripts_folder / "takes").glob("bai*.wav")) == []
    assert stored_takes(station.scripts_folder, "bai-1") == []
    assert keep(station).is_unchanged()


@pytest.mark.parametrize("facts", ["", "{", "[]", '{"sha256": 1}'])
def test_a_wav_whose_facts_cannot_be_read_is_none_of_ours(maker: Maker, facts: str) -> None:
    station = maker.script("bai-1").open()
    take = keep(station)
    take.path.with_suffix(".json").write_text(facts, "utf-8")
    assert stored_takes(station.scripts_folder, "bai-1") == []


# ---- the line in the script ----------------------------------------------------------------------------------------

HEAD = '+++\ntitle = "Thử"  # tên\nauthor = "Hoa"\n\n[voices]\n"Bác Ba" = "silent"\n+++\n\nXin chào.\n'


def test_the_recording_is_written_above_the_tables_and_taken_out_again() -> None:
    chosen = with_recording(HEAD, "takes/a-1.wav")
    assert chosen == HEAD.replace('"Hoa"\n', '"Hoa"\nrecording = "takes/a-1.wav"\n')
    assert with_recording(chosen, "takes/a-2.wav") == chosen.replace("a-1", "a-2")
    assert with_recording(chosen, "") == HEAD
    assert with_recording(HEAD, "") == HEAD


# ---- on the air ----------------------------------------------------------------------------------------------------


@pytest.fixture
def maker(maker: Maker) -> Maker:
    """Return a station at which one item is due at 05:30, and nothing airs without approval."""
    maker.settings("[approval]\nrequired = true\n")
    return maker.script("bai-1", "Kính thưa bà con.", 'author = "Hoa"').campaign(maker.slot("05:30"))


def approve(maker: Maker) -> None:
    station = maker.open()
    script = station.scripts()[0]["bai-1"]
    approve_text(station, script, station.renderer().heard(script), "Lan")


def choose(maker: Maker, number: int) -> None:
    station = maker.open()
    write_script(station, use_take(station, station.scripts()[0]["bai-1"], number), "Hoa", "takes")


def airing(maker: Maker, ledger: Ledger) -> Play:
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:41")
    (play,) = plays(ledger)
    return play


def test_a_take_that_nobody_approved_does_not_air(maker: Maker, ledger: Ledger) -> None:
    approve(maker)
    keep(maker.open())
    choose(maker, 1)
    assert airing(maker, ledger).outcome is Outcome.BLOCKED


def test_an_approved_take_airs_as_it_was_recorded(maker: Maker, ledger: Ledger) -> None:
    take = keep(maker.open())
    choose(maker, 1)
    approve(maker)
    play = airing(maker, ledger)
    assert (play.outcome, play.scripts[0].voice) == (Outcome.AIRED, "recorded")
    with maker.open().ledger(read_only=True) as history:
        (approval,), made = history.rows([Kind.APPROVAL]), list(history.rows([Kind.CLIP_MADE]))
    sounds = {"takes/bai-1-1.wav": take.sha256}
    assert approval.body["sounds"] == sounds
    assert play.scripts[0].sha256 in [row.body["sha256"] for row in made if row.body["sounds"] == sounds]


def test_another_take_needs_another_approval(maker: Maker, ledger: Ledger) -> None:
    keep(maker.open(), 1)
    choose(maker, 1)
    approve(maker)
    keep(maker.open(), 2)
    choose(maker, 2)
    assert airing(maker, ledger).outcome is Outcome.BLOCKED


def test_a_take_that_only_lies_there_takes_no_approval_away(maker: Maker, ledger: Ledger) -> None:
    keep(maker.open(), 1)
    choose(maker, 1)
    approve(maker)
    keep(maker.open(), 2)
    assert airing(maker, ledger).outcome is Outcome.AIRED


def test_other_sound_under_the_name_of_an_approved_take_does_not_air(maker: Maker, ledger: Ledger) -> None:
    first, second = keep(maker.open(), 1), keep(maker.open(), 2)
    choose(maker, 1)
    approve(maker)
    shutil.copyfile(second.path, first.path)
    play = airing(maker, ledger)
    assert play.outcome is Outcome.BLOCKED
    assert "takes/bai-1-1.wav was changed" in play.reason


def test_who_chose_it_is_entered_and_may_not_approve_it(maker: Maker, broadcaster: RunCommand) -> None:
    keep(maker.open())
    arguments = ("script", "takes", "bai-1", "--use", "1", "--as", "Mai", "--yes")
    assert broadcaster(*arguments, station=maker.root).code == 0
    (row,) = rows_of(maker.root, Kind.SCRIPT_CHANGED)
    assert (row.actor, row.body["how"]) == ("Mai", "takes")
    refused = broadcaster("script", "approve", "bai-1", "--as", "Mai", "--yes", station=maker.root)
    assert (refused.code, "Mai wrote this text" in refused.err) == (2, True)


# ---- commands ------------------------------------------------------------------------------------------------------


def listed(broadcaster: RunCommand, station: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = broadcaster("script", "takes", "bai-1", "--json", station=station).json
    return found


def test_the_list_says_which_one_airs_and_how_each_stands(maker: Maker, broadcaster: RunCommand) -> None:
    assert "Nobody has recorded" in broadcaster("script", "takes", "bai-1", station=maker.root).out
    keep(maker.open(), 1, faults=(TakeFault.of("noisy", noise=-40, voice=-25),))
    take = keep(maker.open(), 2)
    choose(maker, 2)
    found = listed(broadcaster, maker.root)
    assert [(each["number"], each["used"], each["unchanged"], each["current"]) for each in found] == [
        (1, False, True, True),
        (2, True, True, True),
    ]
    assert found[1]["sha256"] == take.sha256
    shown = broadcaster("script", "takes", "bai-1", station=maker.root).out
    assert "much noise: -40 dB against a voice of -25 dB" in shown
    take.path.write_bytes(b"another")
    maker.script("bai-1", "Kính thưa cô bác.", 'author = "Hoa"')
    assert [(each["unchanged"], each["current"]) for each in listed(broadcaster, maker.root)] == [
        (True, False),
        (False, False),
    ]


def test_a_voice_reads_the_text_again(maker: Maker, broadcaster: RunCommand) -> None:
    before = (maker.root / "scripts" / "bai-1.md").read_bytes()
    keep(maker.open())
    choose(maker, 1)
    result = broadcaster("script", "takes", "bai-1", "--use", "0", "--as", "Mai", "--yes", station=maker.root)
    assert (result.code, "a voice reads the text again" in result.out) == (0, True)
    assert (maker.root / "scripts" / "bai-1.md").read_bytes() == before


def test_choosing_is_asked_for(maker: Maker, broadcaster: RunCommand) -> None:
    keep(maker.open())
    assert broadcaster("script", "takes", "bai-1", "--use", "1", station=maker.root).code == 2
    only_shown = broadcaster("script", "takes", "bai-1", "--use", "1", "--dry-run", station=maker.root)
    assert (only_shown.code, '+recording = "takes/bai-1-1.wav"' in only_shown.out) == (0, True)
    assert not list_takes(maker.open(), maker.open().scripts()[0]["bai-1"])[0].is_used


def test_a_take_is_heard_as_a_script_is(maker: Maker, broadcaster: RunCommand) -> None:
    take = keep(maker.open())
    result = broadcaster("script", "takes", "bai-1", "--listen", "1", station=maker.root)
    assert f"Played on silent: {take.frames / CLIP_RATE:.1f} s." in result.out
    elsewhere = broadcaster("script", "takes", "bai-1", "--listen", "1", "--output", "Tăng âm", station=maker.root)
    assert elsewhere.code == 2


@pytest.mark.parametrize("option", ["--use", "--listen"])
def test_a_take_that_there_is_not_is_told(maker: Maker, broadcaster: RunCommand, option: str) -> None:
    for known in ("record one", "there are: 1"):
        result = broadcaster("script", "takes", "bai-1", option, "7", "--yes", station=maker.root)
        assert (result.code, result.err.count("\n"), known in result.err) == (2, 1, True)
        keep(maker.open())


def test_a_take_whose_file_was_changed_is_not_chosen(maker: Maker, broadcaster: RunCommand) -> None:
    keep(maker.open()).path.write_bytes(b"another")
    result = broadcaster("script", "takes", "bai-1", "--use", "1", "--yes", station=maker.root)
    assert (result.code, "was changed after it was recorded" in result.err) == (2, True)


def test_takes_are_no_odd_files(maker: Maker) -> None:
    keep(maker.open())
    assert open_station(maker.root).odd_files() == ()
    assert NO_TAKE == 0
    assert json.loads((maker.root / "scripts" / "takes" / "bai-1-1.json").read_bytes())["by"] == "Hoa"
