"""What the program tells people to type can be typed, in any folder and with nothing on the PATH."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import broadcaster
from broadcaster.program import command_line, install_command, start_command

SCRIPT = shutil.which("broadcaster", path=sysconfig.get_path("scripts"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="runs a line of a POSIX shell")


def answer(line: str, folder: Path) -> str:
    """Return what a line answers when it is typed in `folder`."""
    typed = ["/bin/sh", "-c", line]
    return subprocess.run(typed, cwd=folder, env={"PATH": ""}, check=True, capture_output=True, text=True).stdout


@posix
@pytest.mark.parametrize(
    "started",
    [
        pytest.param(SCRIPT, marks=pytest.mark.skipif(SCRIPT is None, reason="the command is not installed here")),
        str(Path(broadcaster.__file__).with_name("__main__.py")),
        "-c",
    ],
    ids=["script", "module", "code"],
)
def test_the_program_names_what_starts_it_again(started: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    assert answer(f"{start_command()} --version", tmp_path) == f"broadcaster {broadcaster.__version__}\n"


@posix
def test_a_script_started_by_a_relative_path_is_named_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "hai từ" / "broadcaster"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho ours\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["hai từ/broadcaster"])
    assert answer(start_command(), Path("/")) == "ours\n"


def test_a_folder_of_that_name_is_not_taken_for_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broadcaster").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["broadcaster"])
    assert start_command() == command_line(sys.executable, "-P", "-m", "broadcaster")


@posix
def test_the_installer_that_it_names_is_there(tmp_path: Path) -> None:
    line = install_command("piper-tts")
    assert shlex.split(line)[-2:] == ["install", "piper-tts"]
    assert "Usage" in answer(f"{line} --help", tmp_path)


def test_powershell_calls_a_quoted_program() -> None:
    program = r"C:\Users\Lan Anh\bc\.venv\Scripts\broadcaster.EXE"
    assert command_line(program, "run", windows=True) == f'& "{program}" run'
    assert command_line(r"C:\bc\broadcaster.EXE", "run", windows=True) == r"C:\bc\broadcaster.EXE run"
