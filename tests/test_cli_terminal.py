"""What a person sees on a terminal: tables that fit, colours, a bar. Elsewhere there is none of it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals in the standard library")

WIDTH = 100
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(station: Path, *arguments: str) -> str:
    """Run the program on a pseudo-terminal of `WIDTH` columns and return all that it wrote."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "broadcaster", "--lang", "vi", *arguments]
    with subprocess.Popen(command, cwd=station, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b"".join(_chunks(ours))
        os.close(ours)
        assert process.wait(timeout=60) == 0
    return written.decode()


def _chunks(terminal: int) -> list[bytes]:
    chunks = []
    while select.select([terminal], [], [], 60)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux's way of saying that the other end is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    return chunks


def seen(text: str) -> list[str]:
    return [line.rstrip() for line in ESCAPE.sub("", text).replace("\r", "").split("\n")]


def test_a_table_fits_and_has_colours(broadcaster: RunCommand, station_folder: Path) -> None:
    shown = on_terminal(station_folder, "plan", "--day", "15/5/2027")
    assert ESCAPE.search(shown)
    assert max(len(line) for line in seen(shown)) <= WIDTH
    assert sum("15/05/2027 " in line for line in seen(shown)) >= 13
    elsewhere = broadcaster("plan", "--day", "15/5/2027", station=station_folder)
    assert not ESCAPE.search(elsewhere.out)


def test_reading_is_side_by_side_with_changes_in_colour(station_folder: Path) -> None:
    shown = on_terminal(station_folder, "script", "read", "duong-day-nong")
    assert "\x1b[31m1900.90.68\x1b[0m" in shown
    assert max(len(line) for line in seen(shown)) <= WIDTH


def test_rendering_shows_a_bar_only_where_somebody_looks(broadcaster: RunCommand, station_folder: Path) -> None:
    assert "━" in on_terminal(station_folder, "script", "render", "chu-de", "thong-diep-1")
    elsewhere = broadcaster("script", "render", "thong-diep-2", station=station_folder)
    assert (elsewhere.err, "━" in elsewhere.out) == ("", False)


def test_a_change_is_shown_in_colours(station_folder: Path) -> None:
    shown = on_terminal(station_folder, "schedule", "remove", "thang-5/chu-de", "--dry-run")
    assert '\x1b[31m-id = "chu-de"' in shown
