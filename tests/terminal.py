"""The program on a pseudo-terminal, as a person sees it."""

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

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals in the standard library")

WIDTH = 100
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(station: Path, *arguments: str, columns: int = WIDTH, code: int = 0) -> str:
    """Run the program on a pseudo-terminal of so many columns and return all that it wrote."""
    left, shown = _run(station, "", "--lang", "vi", *arguments, columns=columns)
    assert left == code
    return shown


def answered(station: Path, typed: str, *arguments: str) -> str:
    """Run the program in English for a person who types this, and return all that it wrote."""
    return _run(station, typed, "--lang", "en", *arguments)[1]


def _run(station: Path, typed: str, *arguments: str, columns: int = WIDTH) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "broadcaster", *arguments]
    with subprocess.Popen(command, cwd=station, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        written = b"".join(_chunks(ours))
        os.close(ours)
        return process.wait(timeout=60), written.decode()


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
