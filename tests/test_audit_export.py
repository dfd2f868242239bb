"""What an auditor takes home: complete, consistent, checkable by hand, opened by others, and without a key."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ledgers import START, small_ledger
from tamperings import forge_tail, hide_by_type, leave_out

from broadcaster.errors import InputError
from broadcaster.records import keys
from broadcaster.records.approvals import Approval, Decision
from broadcaster.records.export import GUIDE, TABLES, Exported, export
from broadcaster.records.ledger import Entry, Kind, Ledger
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import RunCommand

AUDITORS = Path(__file__).parents[1] / "docs" / "kiem-toan.md"
NOW = START + timedelta(days=30)
STATION = "Đài truyền thanh xã Tân Phú"
TEXT = Approval("thong-diep-1", "0" * 64, "Thông điệp 1", Decision.APPROVED)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A station's folder with a history, in which somebody has a formula for a name."""
    root = tmp_path / "station"
    root.mkdir()
    small_ledger(root / "broadcaster.db")
    with Ledger.open(root / "broadcaster.db") as ledger:
        at = START + timedelta(days=20)
        ledger.append([Entry(Kind.ORDER, "=1+1", at, None, {"order": "stop", "reason": "@SUM(A1)"})])
        ledger.append([TEXT.entry("Nguyễn Thị Lan", at), replace(TEXT, decision=Decision.REVOKED).entry("Hòa", at)])
    return root


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    return exported(root, tmp_path / "kiem-toan").path


def exported(root: Path, target: Path) -> Exported:
    return export(root, root / "broadcaster.db", STATION, NOW, target)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_there_and_the_private_key_is_not(folder: Path, root: Path) -> None:
    kept = {f"checkpoints/{path.name}" for path in (root / "checkpoints").iterdir()}
    papers = {"broadcaster.db", "checkpoint.pub", "checkpoint.txt", "metadata.json", "SHA256SUMS", GUIDE}
    assert kept
    assert names(folder) == papers | kept | set(TABLES)
    secret = (root / "keys" / "checkpoint.key").read_bytes().strip().split(b"+", 4)[4]
    assert not [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


def test_the_copy_is_the_history_and_its_checkpoint_fits(folder: Path, root: Path, broadcaster: RunCommand) -> None:
    assert verify(folder / "broadcaster.db").head == verify(root / "broadcaster.db").head
    shutil.rmtree(root)
    arguments = ("--file", str(folder / "broadcaster.db"), "--checkpoint", str(folder / "checkpoint.txt"))
    result = broadcaster("audit", "verify", *arguments, station=folder)
    assert result.code == 0
    assert "It is signed with the key" in result.out


def test_the_copy_stays_one_file_when_it_is_read(folder: Path) -> None:
    before = (folder / "broadcaster.db").read_bytes()
    verify(folder / "broadcaster.db")
    assert (folder / "broadcaster.db").read_bytes() == before
    assert not list(folder.glob("broadcaster.db-*"))


def test_the_copy_is_of_one_moment_while_the_daemon_writes(root: Path, tmp_path: Path) -> None:
    with Ledger.open(root / "broadcaster.db", checkpoints=True) as daemon:
        for number in range(5):
            daemon.append([Entry(Kind.ORDER, "a", NOW, None, {"n": number})])
            made = exported(root, tmp_path / f"{number}")
            assert made.report.ok
            assert made.report.head == daemon.head() == made.taken.checkpoint.head


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_say_what_the_database_says(folder: Path, name: str) -> None:
    raw = (folder / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    columns, *rows = csv.reader(raw.decode("utf-8-sig").splitlines())
    view, order = TABLES[name]
    with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
        found = database.execute(f'SELECT * FROM "{view}" ORDER BY {order}')
        assert columns == [column[0] for column in found.description]
        wanted = [["" if cell is None else str(cell) for cell in row] for row in found]
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == wanted
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert rows


def test_an_auditor_reads_who_approved_what(folder: Path) -> None:
    rows = csv.DictReader((folder / "duyet-bai.csv").read_text("utf-8-sig").splitlines())
    said = [(row["actor"], row["decision"], row["script"], row["text_digest"]) for row in rows]
    assert said == [
        ("Nguyễn Thị Lan", "approved", "thong-diep-1", "0" * 64),
        ("Hòa", "revoked", "thong-diep-1", "0" * 64),
    ]


def test_a_name_that_is_a_formula_is_text(folder: Path) -> None:
    assert "'=1+1" in (folder / "lenh.csv").read_text("utf-8-sig")


def test_the_sums_are_those_of_the_files(folder: Path) -> None:
    lines = [line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
    assert {name for _sum, name in lines} == names(folder) - {"SHA256SUMS"}
    for wanted, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted


def test_nothing_is_overwritten(root: Path, folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(InputError, match="nothing of it is overwritten"):
        exported(root, folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_what_fails_leaves_nothing(root: Path, tmp_path: Path) -> None:
    keys.signing_key(root / "keys", "a")
    (root / "keys" / "checkpoint.key").write_text("hỏng", "utf-8")
    out = tmp_path / "out"
    with pytest.raises(Exception, match="cannot be read"):
        exported(root, out / "kiem-toan.zip")
    assert not list(out.iterdir())


def test_a_zip_holds_the_same(root: Path, tmp_path: Path, broadcaster: RunCommand) -> None:
    (root / "station.toml").write_text(f'[station]\nname = "{STATION}"\n', "utf-8")
    result = broadcaster("audit", "export", "--out", str(tmp_path / "kiem-toan.zip"), station=root)
    assert result.code == 0
    with zipfile.ZipFile(tmp_path / "kiem-toan.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "opened")
    folder = tmp_path / "opened" / "kiem-toan"
    assert names(folder) >= {"broadcaster.db", GUIDE, *TABLES}
    assert verify(folder / "broadcaster.db").ok
    assert STATION in (folder / GUIDE).read_text("utf-8")


# ---- by hand ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sqlite_shell() -> str:
    program = shutil.which("sqlite3")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("sqlite3 is not installed, and nothing is skipped in CI")
    return program or pytest.skip("sqlite3 is not installed")


def commands(folder: Path) -> Iterator[str]:
    """Yield the commands of the guide."""
    for line in (folder / GUIDE).read_text("utf-8").splitlines():
        if line.startswith("    sqlite3 "):
            yield line.strip()


def ask(program: str, folder: Path, command: str) -> str:
    """Run a command of the guide, and return what it prints."""
    match = re.fullmatch(r'sqlite3 -readonly broadcaster\.db "(.+)"', command)
    assert match
    arguments = [program, "-readonly", "broadcaster.db", match[1]]
    return subprocess.run(arguments, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def test_the_guide_can_be_followed_by_hand(folder: Path, sqlite_shell: str) -> None:
    head = verify(folder / "broadcaster.db").head

    def told(command: str) -> str:
        return ask(sqlite_shell, folder, command)

    sound, types, shape, count, links, write, digest, at_row, without, twice, uncued, late = commands(folder)
    assert told(sound) == "ok"
    assert told(types) == "0"
    told(shape)
    assert hashlib.sha256((folder / "luoc-do.txt").read_bytes()).hexdigest() in AUDITORS.read_text("utf-8")
    assert told(count) == f"{head.seq}|{head.seq}"
    assert told(links) == "0"
    for seq in (1, 2, head.seq):
        told(write.replace("seq = 1", f"seq = {seq}"))
        by_hand = hashlib.sha256((folder / "ban-ghi.txt").read_bytes()).hexdigest()
        assert told(digest.replace("seq = 1", f"seq = {seq}")) == by_hand
    assert told(at_row.replace("= N", f"= {head.seq}")) == f"{head.seq}|{head.hash}"
    assert told(without).count("\n") == 0  # the one that is still to come
    assert [told(command) for command in (twice, uncued, late)] == ["", "", ""]


def test_the_guide_finds_what_was_edited(folder: Path, sqlite_shell: str) -> None:
    write, digest = list(commands(folder))[5:7]
    with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
        database.executescript("DROP TRIGGER ledger_no_update; UPDATE ledger SET actor = 'ai đó' WHERE seq = 1")
    ask(sqlite_shell, folder, write)
    by_hand = hashlib.sha256((folder / "ban-ghi.txt").read_bytes()).hexdigest()
    assert ask(sqlite_shell, folder, digest) != by_hand


def test_the_guide_finds_what_hides_rows(folder: Path, sqlite_shell: str) -> None:
    sound, types, shape = list(commands(folder))[:3]
    path = folder / "broadcaster.db"
    leave_out(path, "ledger_played_hour", 4)
    assert "missing from index ledger_played_hour" in ask(sqlite_shell, folder, sound)
    hide_by_type(path, "kind", [8, 12])
    assert ask(sqlite_shell, folder, types) == "2"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE json_each (value)")
    ask(sqlite_shell, folder, shape)
    assert hashlib.sha256((folder / "luoc-do.txt").read_bytes()).hexdigest() not in AUDITORS.read_text("utf-8")


def test_the_guide_asks_about_a_tail_that_was_forged(folder: Path, sqlite_shell: str) -> None:
    forge_tail(folder / "broadcaster.db", random.Random(1), 0, folder)
    uncued, late = list(commands(folder))[-2:]
    assert "thang-5/sang@2027-" in ask(sqlite_shell, folder, uncued)
    assert ask(sqlite_shell, folder, late) == ask(sqlite_shell, folder, uncued)


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
    for view in ("as_run", "plan", "orders", "approvals", "ledger"):
        answer: dict[str, Any] = json.loads(fetch(f"{datasette}/broadcaster/{view}.json?_shape=objects&_size=max"))
        with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
            (count,) = database.execute(f'SELECT count(*) FROM "{view}"').fetchone()
        assert len(answer["rows"]) == count
    page = fetch(f"{datasette}/broadcaster/as_run").decode()
    assert "Nhật ký phát sóng" in page
    newest_first = re.findall(r"2027-05-\d\d 05:30:00", page)
    assert newest_first == sorted(newest_first, reverse=True)
