"""An export in other programs' hands: OpenSSL, signify and Datasette."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from exports import STATION, exported, station_to_export

from broadcaster.records.export import GUIDE, SUMS_NOTE, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return exported(station_to_export(tmp_path), tmp_path / "kiem-toan").path


# ---- by other programs --------------------------------------------------------------------------------------------


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed, and nothing is skipped in CI")
    return found or pytest.skip(f"{name} is not installed (apt-get install {package})")


def signature_commands(folder: Path) -> tuple[list[str], str, list[str]]:
    """Return the commands of the guide's step about signatures: taking apart, OpenSSL's, signify's."""
    step = (folder / GUIDE).read_text("utf-8").split("**Chữ ký trên", 1)[1].split("\n## ")[0]
    lines = [line.strip() for line in step.splitlines() if line.startswith("    ")]
    return lines[:4], lines[4], lines[5:]


def shell(folder: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    arguments = ["bash", "-euc", "\n".join(commands)]
    return subprocess.run(arguments, cwd=folder, check=False, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("signed", ["checkpoint.txt", SUMS_NOTE])
@pytest.mark.parametrize("tool", ["openssl", "signify-openbsd"])
def test_other_programs_verify_the_signatures_as_the_guide_says(folder: Path, tool: str, signed: str) -> None:
    program(tool, tool)
    apart, openssl, signify = signature_commands(folder)
    apart = [command.replace("checkpoint.txt", signed) for command in apart]
    check = [openssl] if tool == "openssl" else signify
    good = shell(folder, *apart, *check)
    assert (good.returncode, good.stdout.splitlines()[-1]) in [
        (0, "Signature Verified Successfully"),
        (0, "Signature Verified"),
    ], good.stderr
    note = (folder / signed).read_text("utf-8").splitlines(keepends=True)
    note[1] = note[1].replace(note[1][-3], "7" if note[1][-3] != "7" else "8")
    (folder / signed).write_text("".join(note), "utf-8")
    assert shell(folder, *apart, *check).returncode != 0


# ---- Datasette ----------------------------------------------------------------------------------------------------


@pytest.fixture
def datasette(folder: Path) -> Iterator[str]:
    """Serve the export as its guide says, and return the address."""
    pytest.importorskip("datasette")
    with closing(socket.socket()) as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "broadcaster.db", "--metadata", "metadata.json", "-p", str(port)]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        wait_for(server, f"{address}/-/versions.json")
        yield address
    finally:
        server.kill()
        server.wait()


def wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            fetch(address)
        except OSError:
            assert server.poll() is None, "datasette has ended"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def fetch(address: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=120) as answer:
        return bytes(answer.read())


def test_datasette_shows_the_export(datasette: str, folder: Path) -> None:
    page = fetch(f"{datasette}/broadcaster").decode()
    assert STATION in page
    for view, _order in TABLES.values():
        answer: dict[str, Any] = json.loads(fetch(f"{datasette}/broadcaster/{view}.json?_shape=objects&_size=max"))
        with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
            (count,) = database.execute(f'SELECT count(*) FROM "{view}"').fetchone()
        assert len(answer["rows"]) == count
    page = fetch(f"{datasette}/broadcaster/as_run").decode()
    assert "Nhật ký phát sóng" in page
    newest_first = re.findall(r"2027-05-\d\d 05:30:00", page)
    assert newest_first == sorted(newest_first, reverse=True)
