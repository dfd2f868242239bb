"""The folders that the program makes are their owner's, whatever the umask; those that are there stay as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from broadcaster.files import make_folder, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import RunCommand

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")


@pytest.fixture(params=[0o000, 0o022, 0o002, 0o077], ids="{:03o}".format)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(root: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in (root, *root.rglob("*")) if path.is_dir()}


@pytest.mark.usefixtures("umask")
def test_a_new_folder_and_those_above_it_are_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    replace_file(tmp_path / "c" / "d" / "file.txt", b"x")
    assert modes(tmp_path / "a") | modes(tmp_path / "c") == {0o700}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o2775)
    make_folder(tmp_path / "shared" / "new")
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o775


@pytest.mark.usefixtures("umask")
def test_a_station_and_all_that_is_made_in_it_are_private(tmp_path: Path, broadcaster: RunCommand) -> None:
    station = tmp_path / "xa" / "dai"
    assert broadcaster("init", str(station)).code == 0
    (station / "station.toml").write_text('[speech]\nvoices = ["silent"]\n[output]\ndevices = ["silent"]\n', "utf-8")
    assert broadcaster("script", "render", "chu-de", station=station).code == 0
    assert broadcaster("script", "approve", "chu-de", "--as", "Lan", "--yes", station=station).code == 0
    assert broadcaster("audit", "checkpoint", station=station).code == 0
    assert broadcaster("backup", station=station).code == 0
    assert {path.name for path in station.iterdir() if path.is_dir()} >= {"audio", "backups", "checkpoints", "keys"}
    assert modes(tmp_path / "xa") == {0o700}
