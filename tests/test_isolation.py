"""A station folder is full of strangers' files: none of them may become a part of the program that runs in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from waiting import wait_for

from broadcaster.office.computer import ask
from broadcaster.playout.background_rendering import BackgroundRendering
from broadcaster.station.folder import open_station

SCRIPT = shutil.which("broadcaster", path=sysconfig.get_path("scripts"))
MODULES = ("click", "rich", "json", "pathlib", "numpy", "miniaudio", "apscheduler", "filelock", "sitecustomize")
posix = pytest.mark.skipif(sys.platform == "win32", reason="writes a shell script")


@pytest.fixture
def station(station_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a station that holds modules which tell that they were run; it is the folder that we run in."""
    for name in MODULES:
        write_trap(station_folder / f"{name}.py")
    monkeypatch.chdir(station_folder)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return station_folder


def write_trap(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"open('trap.txt', 'a').write({path.stem!r})\nraise SystemExit('trap')\n", "utf-8")


def sprung() -> bool:
    return Path("trap.txt").exists()


def test_the_trap_would_work(station: Path) -> None:
    subprocess.run([sys.executable, "-c", "import click"], check=False, capture_output=True)
    assert sprung()


@pytest.mark.parametrize("search", [None, "", "nowhere"])
def test_the_module_runs_in_a_station_folder(
    station: Path, search: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if search is not None:
        monkeypatch.setenv("PYTHONPATH", search)
    done = subprocess.run(
        [sys.executable, "-m", "broadcaster", "--lang", "en", "script", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "thong-diep-1" in done.stdout
    assert not sprung()


@pytest.mark.skipif(SCRIPT is None, reason="the command is not installed here")
@pytest.mark.parametrize("search", [None, os.pathsep, f"nowhere{os.pathsep}"], ids=["none", "empty", "an empty part"])
def test_the_command_runs_in_a_station_folder(
    station: Path, search: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (station / "sitecustomize.py").unlink()  # with an empty part in PYTHONPATH, Python runs it before any program
    if search is not None:
        monkeypatch.setenv("PYTHONPATH", search)
    done = subprocess.run([str(SCRIPT), "--lang", "en", "script", "list"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not sprung()


def test_a_folder_that_is_named_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_trap(tmp_path / "click.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), ""]))
    subprocess.run([sys.executable, "-m", "broadcaster", "--version"], capture_output=True, check=False)
    assert sprung()


@pytest.mark.parametrize("search", ["", os.pathsep], ids=["no search path", "an empty search path"])
def test_clips_are_rendered_beside_the_desk_in_a_station_folder(
    station: Path, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_trap(station / "broadcaster" / "__init__.py")
    monkeypatch.setenv("PYTHONPATH", search)
    rendering = BackgroundRendering(open_station(Path()))
    rendering.ask(["thong-diep-1"])
    rendering.round()
    wait_for(rendering.round)
    assert list((station / "audio").glob("thong-diep-1-*.wav")), rendering.failures
    assert not sprung()


@posix
def test_a_program_of_the_system_is_not_taken_from_the_present_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pactl"
    program.write_text("#!/bin/sh\necho ours\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    assert ask("pactl") == "ours\n"
    monkeypatch.setenv("PATH", "")
    assert ask("pactl") is None
    monkeypatch.setenv("PATH", f"{os.pathsep}/nowhere")
    assert ask("pactl") is None
