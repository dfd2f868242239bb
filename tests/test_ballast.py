"""The ballast is on the play history's disk, is freed where that is full, and never keeps the desk from starting."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from stations import Maker
from test_files import SHM

from broadcaster.files import drive_of, is_on_another_drive
from broadcaster.office.run_log import log_to_files
from broadcaster.playout.ballast import SIZE, Ballast, is_full, make_room


def test_a_ballast_is_made_once_and_freed_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast")
    ballast.fill()
    assert (tmp_path / "ballast").stat().st_size == SIZE
    assert [ballast.free(), ballast.free()] == [True, False]


def test_a_place_that_cannot_be_written_costs_the_ballast_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way", "utf-8")
    ballast = Ballast(tmp_path / "state" / "ballast")
    ballast.fill()
    assert not ballast.free()
    assert not is_full(tmp_path / "none")


def test_the_ballast_is_on_the_disk_of_the_play_history(maker: Maker) -> None:
    if not SHM.is_dir() or not is_on_another_drive(SHM, maker.root):
        pytest.skip("there is no second file system")
    elsewhere = SHM / f"broadcaster-state-{os.getpid()}"
    elsewhere.mkdir()
    try:
        (maker.root / "state").symlink_to(elsewhere)
        Ballast.of(maker.open()).fill()
        assert (maker.root / ".ballast").stat().st_size == SIZE
        assert list(elsewhere.iterdir()) == []
    finally:
        shutil.rmtree(elsewhere)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 60 MB; only root may."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill_up(disk: Path) -> None:
    with suppress(OSError), (disk / "full").open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert is_full(disk)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may mount a disk")
def test_a_full_disk_at_the_start_takes_the_ballast_and_is_named(small_disk: Path, maker: Maker) -> None:
    shutil.copytree(maker.root / "scripts", small_disk / "st" / "scripts")
    station = Maker(small_disk / "st", maker.clock).settings().open()
    station.state_folder.mkdir()
    assert make_room(station) == ""
    Ballast.of(station).fill()
    fill_up(small_disk)

    assert drive_of(station.root) == small_disk
    assert str(small_disk) in make_room(station)
    assert not (station.state_folder / "ballast").exists()
    assert not is_full(station.root)
    fill_up(small_disk)
    assert make_room(station).endswith("room on another disk does not help")


def test_a_log_that_cannot_be_written_keeps_nobody_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("in the way", "utf-8")
    logger = logging.getLogger("broadcaster")
    before = list(logger.handlers)
    with log_to_files(tmp_path / "state"):
        logger.critical("still said")
        (tmp_path / "state").unlink()
        (tmp_path / "state").mkdir()
        logger.critical("and written once there is room")
    assert logger.handlers == before  # whoever runs next has a log of its own
    assert caplog.messages == ["still said", "and written once there is room"]
    assert "and written once there is room" in (tmp_path / "state" / "broadcaster.log").read_text("utf-8")
    assert capsys.readouterr().err == ""
