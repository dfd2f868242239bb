"""What an auditor takes home: complete, consistent, checkable by hand, opened by others, and without a key."""

from __future__ import annotations

import csv
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exports import (
    NOW,
    OLD_PLAN_SHA256,
    OLD_TEXT,
    OLD_TEXT_SHA256,
    PLAN_SHA256,
    STATION,
    STATION_FILES,
    TEXT_SHA256,
    exported,
    station_to_export,
)
from ledgers import START, add_forbidden_row
from tamperings import forge_tail, hide_by_type, leave_out

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Outcome
from broadcaster.playout.rows import played_row
from broadcaster.records import keys
from broadcaster.records.export import GUIDE, SUMS, SUMS_NOTE, TABLES, export
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import Origin, Play
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commands import RunCommand

AUDITORS = Path(__file__).parents[1] / "docs" / "kiem-toan.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A station's folder with a history, in which somebody has a formula for a name."""
    return station_to_export(tmp_path)


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    return exported(root, tmp_path / "kiem-toan").path


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_there_and_the_private_key_is_not(folder: Path, root: Path) -> None:
    kept = {f"checkpoints/{path.name}" for path in (root / "checkpoints").iterdir()}
    papers = {"broadcaster.db", "checkpoint.pub", "checkpoint.txt", "metadata.json", GUIDE, SUMS, SUMS_NOTE}
    texts = {name for name in STATION_FILES if name.startswith(("sch", "scr"))}
    assert kept
    assert names(folder) == papers | kept | texts | {"log/broadcaster.log"} | set(TABLES)
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


def test_an_auditor_reads_who_changed_a_text_and_from_which_version_to_which(folder: Path) -> None:
    rows = csv.DictReader((folder / "thay-doi-bai.csv").read_text("utf-8-sig").splitlines())
    said = [(row["actor"], row["how"], row["script"], row["before"], row["after"]) for row in rows]
    assert said == [
        ("Hòa", "by hand", "bai-2", "", ""),
        ("Lan", "edit", "bai-1", OLD_TEXT_SHA256, TEXT_SHA256),
    ]
    assert (folder / "scripts" / ".history" / "bai-1" / f"{OLD_TEXT_SHA256}.md").read_text("utf-8") == OLD_TEXT


def test_the_guide_says_what_each_file_is(folder: Path) -> None:
    guide = (folder / GUIDE).read_text("utf-8")
    assert [name for name in names(folder) if "/" not in name and name != GUIDE and f"| `{name}`" not in guide] == [
        "lexicon.toml"
    ] * (folder / "lexicon.toml").exists()


def test_a_name_that_is_a_formula_is_text(folder: Path) -> None:
    assert "'=1+1" in (folder / "lenh.csv").read_text("utf-8-sig")


def test_the_sums_are_those_of_the_files(folder: Path) -> None:
    lines = [line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
    assert {name for _sum, name in lines} == names(folder) - {SUMS, SUMS_NOTE}
    for wanted, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted


def test_the_clips_go_with_it_where_they_are_asked_for(root: Path, tmp_path: Path) -> None:
    made = export(root, root / "broadcaster.db", STATION, NOW, tmp_path / "mit", clips=True)
    assert (made.path / "audio" / "bai-1-abc.wav").read_text("utf-8") == "tiếng"
    assert made.left_out == ()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_what_leads_to_the_private_key_or_nowhere_is_left_out_and_told(
    root: Path, tmp_path: Path, broadcaster: RunCommand
) -> None:
    keys.signing_key(root / "keys", "a")
    (root / "scripts" / "khoa.md").symlink_to("../keys/checkpoint.key")
    (root / "scripts" / "mat.md").symlink_to("nowhere.md")
    os.mkfifo(root / "scripts" / "ong.md")
    result = broadcaster("audit", "export", "--out", str(tmp_path / "x"), station=root)
    assert result.code == 0
    assert [line.rpartition("/")[2] for line in result.err.splitlines() if line.startswith("Not copied")] == [
        "khoa.md", "mat.md", "ong.md",
    ]  # fmt: skip
    kept = {name.partition("/")[2] for name in STATION_FILES if name.startswith("scripts/")}
    assert names(tmp_path / "x" / "scripts") == kept


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_no_name_of_a_checkpoint_leads_to_the_private_key(root: Path, tmp_path: Path, broadcaster: RunCommand) -> None:
    keys.signing_key(root / "keys", "a")
    (root / "checkpoints").mkdir(exist_ok=True)
    (root / "checkpoints" / "khoa.txt").symlink_to("../keys/checkpoint.key")
    result = broadcaster("audit", "export", "--out", str(tmp_path / "x"), station=root)
    assert "checkpoints/khoa.txt" in result.err
    assert not (tmp_path / "x" / "checkpoints" / "khoa.txt").exists()
    assert [
        path for path in (tmp_path / "x").rglob("*") if path.is_file() and b"PRIVATE+KEY" in path.read_bytes()
    ] == []


def test_the_checkpoint_of_a_history_with_a_row_that_cannot_be_says_so(
    root: Path, tmp_path: Path, broadcaster: RunCommand
) -> None:
    add_forbidden_row(root / "broadcaster.db", START + timedelta(days=20))
    result = broadcaster("audit", "export", "--out", str(tmp_path / "x"), station=root)
    assert result.code == 1
    assert "\nbroken 1 from " in (tmp_path / "x" / "checkpoint.txt").read_text("utf-8")


def test_the_views_say_how_the_desk_was_run(folder: Path) -> None:
    def only(name: str) -> dict[str, str]:
        (row,) = csv.DictReader((folder / name).read_text("utf-8-sig").splitlines())
        return row

    change = only("thay-doi-lich.csv")
    assert change["changed"] == "schedules/thang-5, scripts/bai-1"
    assert change["versions"] == f"thang-5.toml {OLD_PLAN_SHA256} > {PLAN_SHA256}"
    assert (change["actor"], change["how"]) == ("Hòa", "command")
    assert only("khoi-dong-va-dung.csv")["devices"] == "USB"
    assert only("dong-ho.csv")["seconds"] == "3600.5"


def test_the_view_of_devices_has_a_line_for_each_stretch(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        for number, device in enumerate(["A", "A", "B", "", "B", "A"]):
            at = START + timedelta(hours=number)
            play = Play(f"t/a@{at.isoformat()}", "t", "a", BulletinClass.NORMAL, (), at, Outcome.AIRED, heard_s=2.5)
            started = at if device else None
            ledger.append([played_row(replace(play, device=device, started=started, origin=Origin.SAY), at)])
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT device, plays, heard_s, first_seq, last_seq FROM devices ORDER BY first_seq")
        assert found.fetchall() == [("A", 2, 5.0, 1, 2), ("B", 2, 5.0, 3, 5), ("A", 1, 2.5, 6, 6)]


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
