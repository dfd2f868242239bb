"""The officer's guide does what it says: its commands are run, one after the other, on a new station."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import RunCommand
from officers import Person

PAGE = Path(__file__).parents[1] / "docs" / "can-bo.md"


def commands() -> list[list[str]]:
    """Return the arguments of every command of the section on schedules."""
    text = PAGE.read_text("utf-8")
    section = re.split(r"^## ", text.split("\n## Lịch phát\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    coming = str(datetime.now(UTC).year + 2)  # only a coming month can be frozen, whatever year the page names
    lines = [line.replace("2028", coming) for block in blocks for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines]


def test_every_command_of_the_guide_works(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, person: Person
) -> None:
    monkeypatch.chdir(tmp_path)
    person(*[True] * len(commands()))
    assert broadcaster("script", "render", station=station_folder).code == 0
    for arguments in commands():
        result = broadcaster(*arguments, station=station_folder, lang="vi")
        assert result.code == 0, (arguments, result.err)
    assert {path.name for path in tmp_path.glob("*.*")} >= {"lich.xlsx", "mau.xlsx", "thang-5.html", "thang-5.ics"}
