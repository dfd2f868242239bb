"""A question that finds nobody changes nothing, whatever a pipe says; the command says so, in one line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from officers import Editor

CHANGES = {
    "skip": ("schedule", "skip", "7/5/2089"),
    "pause": ("schedule", "pause", "thang-5"),
    "remove": ("schedule", "remove", "thang-5/chu-de"),
    "new": ("schedule", "new", "he", "--title", "Hè", "--from", "1/6", "--to", "30/6"),
    "freeze": ("schedule", "freeze", "--month", "5/2090"),
    "retire": ("script", "retire", "chu-de"),
    "approve": ("script", "approve", "chu-de", "--as", "Lan"),
}


def contents(station: Path) -> dict[Path, bytes]:
    """Return all that an officer writes at a station."""
    files = [path for name in ("scripts", "schedules") for path in (station / name).rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files}


def piped(station: Path, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program with `typed` in its standard input."""
    command = [sys.executable, "-m", "broadcaster", "--lang", "en", *arguments]
    return subprocess.run(command, cwd=station, input=typed, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("typed", ["n\n", "y\n", ""])
def test_no_answer_in_a_pipe_is_taken(station_folder: Path, typed: str) -> None:
    before = contents(station_folder)
    answer = piped(station_folder, typed, *CHANGES["skip"])
    assert answer.returncode == 2
    assert answer.stderr == (
        "Error: nobody is here to be asked; nothing was written; look at it with --dry-run, then say --yes\n"
    )
    assert contents(station_folder) == before
    assert not (station_folder / "broadcaster.db").exists()


@pytest.mark.parametrize("name", list(CHANGES))
def test_every_command_that_asks_keeps_this_rule(station_folder: Path, name: str) -> None:
    before = contents(station_folder)
    answer = piped(station_folder, "y\n", *CHANGES[name])
    assert (answer.returncode, len(answer.stderr.splitlines())) == (2, 1)
    assert "nobody is here to be asked" in answer.stderr
    assert contents(station_folder) == before
    assert piped(station_folder, "", *CHANGES[name], "--yes").returncode == 0


@pytest.mark.parametrize("arguments", [("schedule", "edit", "thang-5"), ("script", "edit", "chu-de")])
def test_nobody_works_in_an_editor_for_nothing(
    station_folder: Path, editor: Editor, arguments: tuple[str, ...]
) -> None:
    shown = editor("+++\n")
    assert piped(station_folder, "y\n", *arguments).returncode == 2
    assert list(shown.iterdir()) == []
