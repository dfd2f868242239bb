"""Making a station, seeing its settings, its devices, its lexicon: the real commands on real folders."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from broadcaster.office.new_station import make_station, sample_station
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


# ---- init ------------------------------------------------------------------------------------------------------


def test_init_makes_a_station_without_a_mistake(broadcaster: RunCommand, tmp_path: Path) -> None:
    result = broadcaster("init", str(tmp_path / "dai-xa"))
    assert result.code == 0
    station = open_station(tmp_path / "dai-xa")
    assert (tmp_path / "dai-xa" / "audio").is_dir()
    scripts, script_problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    assert (script_problems, campaign_problems) == ((), ())
    assert len(scripts) >= 10
    assert "thang-5" in campaigns


@pytest.mark.skipif(sys.platform == "win32", reason="types a line into a POSIX shell")
def test_the_line_that_init_ends_with_can_be_typed_anywhere_with_nothing_on_the_path(
    broadcaster: RunCommand, tmp_path: Path
) -> None:
    folder = tmp_path / "đài xã"
    line = broadcaster("init", str(folder)).out.splitlines()[-1].partition("make the clips: ")[2]
    assert line.endswith(" script render")
    typed = ["/bin/sh", "-c", f"{line} thong-diep-1"]
    subprocess.run(typed, cwd="/", env={"PATH": ""}, check=True, capture_output=True)
    assert [path.name[:12] for path in (folder / "audio").glob("*.wav")] == ["thong-diep-1"]


def test_init_takes_this_folder_where_none_is_named_and_leaves_other_files_alone(
    broadcaster: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cong-van.txt").write_text("1192/BHXH-TT", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert broadcaster("init").code == 0
    assert (tmp_path / "cong-van.txt").read_text("utf-8") == "1192/BHXH-TT"
    assert (tmp_path / "station.toml").is_file()


@pytest.mark.parametrize("name", ["station.toml", "scripts/rieng.md", "scripts/thong-diep-1.md", "schedules/he.toml"])
def test_init_refuses_where_a_part_of_a_station_is_and_writes_nothing(
    broadcaster: RunCommand, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine", "utf-8")
    result = broadcaster("init", str(tmp_path))
    assert result.code == 2
    assert "nothing of it is overwritten" in result.err
    assert (tmp_path / name).read_text("utf-8") == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / name]


def test_init_refuses_a_file(broadcaster: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = broadcaster("init", str(tmp_path / "file"))
    assert result.code == 2
    assert "this is not a folder" in result.err


def test_the_copies_are_the_sample_byte_for_byte(tmp_path: Path) -> None:
    for path in make_station(tmp_path / "new"):
        source = sample_station() / path.relative_to(tmp_path / "new")
        assert path.read_bytes() == source.read_bytes()


# ---- config ----------------------------------------------------------------------------------------------------


def test_config_says_for_each_value_where_it_comes_from(broadcaster: RunCommand, station_folder: Path) -> None:
    shown = broadcaster("config", "--json", station=station_folder).json
    lines = (station_folder / "station.toml").read_text("utf-8").splitlines()
    assert shown["mix.loudness"] == {"value": "-16.0", "from": "default", "line": None}
    for key, entry in shown.items():
        if entry["line"] is not None:
            assert lines[entry["line"] - 1].split("=")[0].strip() == key.split(".")[1]
    assert shown["speech.voices"]["value"] == '["silent"]'


def test_config_is_a_table_for_people(broadcaster: RunCommand, station_folder: Path) -> None:
    lines = broadcaster("config", station=station_folder).out.splitlines()
    assert any(line.split() == ["mix.loudness", "-16.0", "default"] for line in lines)
    assert any(line.startswith("station.language") and "station.toml:" in line for line in lines)


# ---- devices ---------------------------------------------------------------------------------------------------


def test_device_list_names_the_outputs_that_need_no_device_and_marks_what_the_station_uses(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    result = broadcaster("device", "list", station=station_folder)
    assert result.code == 0
    rows = {line.split()[0]: line for line in result.out.splitlines() if line}
    assert "file" in rows
    assert rows["silent"].endswith("yes")


def test_device_test_plays_on_the_output_that_is_named_and_says_how_long(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    result = broadcaster("device", "test", "file", station=station_folder)
    assert result.code == 0
    assert "1.8 s" in result.out
    assert len(list((station_folder / "state" / "listened").glob("*.wav"))) == 1
    assert not (station_folder / "broadcaster.db").exists()


def test_device_test_takes_the_station_s_own_output(broadcaster: RunCommand, station_folder: Path) -> None:
    assert broadcaster("device", "test", station=station_folder).out == "Played on silent: 1.8 s.\n"


def test_an_unknown_device_is_an_error_that_tells_where_to_look(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "station.toml"
    path.write_text(path.read_text("utf-8").replace('device = ""', 'device = "Tai nghe không có thật"'), "utf-8")
    result = broadcaster("device", "test", station=station_folder)
    assert result.code == 1
    assert "broadcaster device list" in result.err


# ---- lexicon ---------------------------------------------------------------------------------------------------


def test_a_word_is_added_listed_and_removed(broadcaster: RunCommand, station_folder: Path) -> None:
    added = broadcaster("lexicon", "add", "TDP", "tổ dân phố", "--comment", "tên gọi ở phường", station=station_folder)
    assert added.code == 0
    entry = {"written": "TDP", "spoken": "tổ dân phố", "comment": "tên gọi ở phường"}
    assert broadcaster("lexicon", "list", "--json", station=station_folder).json == [entry]
    assert "tổ dân phố" in broadcaster("lexicon", "list", station=station_folder).out
    assert broadcaster("lexicon", "remove", "TDP", station=station_folder).code == 0
    assert broadcaster("lexicon", "list", "--json", station=station_folder).json == []


def test_a_word_that_is_not_there_cannot_be_removed(broadcaster: RunCommand, station_folder: Path) -> None:
    broadcaster("lexicon", "add", "TDP", "tổ dân phố", station=station_folder)
    result = broadcaster("lexicon", "remove", "TPD", station=station_folder)
    assert result.code == 2
    assert 'did you mean "TDP"?' in result.err
