"""Checkpoints from the command line: taken, kept, typed in from paper, held against a copy elsewhere."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledgers import small_ledger

from broadcaster.records import keys
from broadcaster.records.checkpoint import Checkpoint
from broadcaster.records.ledger import Head
from broadcaster.records.signed_note import Signer
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from commands import RunCommand


@pytest.fixture
def history(station_folder: Path) -> Path:
    small_ledger(station_folder / "broadcaster.db")
    return station_folder


def test_init_makes_the_key_and_tells_its_public_half(broadcaster: RunCommand, tmp_path: Path) -> None:
    result = broadcaster("init", str(tmp_path / "xa-tan-phu"))
    key = keys.public_key(tmp_path / "xa-tan-phu" / "keys")
    assert key is not None
    assert key.name.startswith("commune-broadcaster/xa-tan-phu-")
    assert key.text in result.out


def test_a_checkpoint_is_printed_alone_and_kept(broadcaster: RunCommand, history: Path) -> None:
    result = broadcaster("audit", "checkpoint", station=history)
    assert result.code == 0
    (kept,) = (history / "checkpoints").iterdir()
    assert result.out == kept.read_text("utf-8") + "\n"
    short = re.search(r"^Short form, for typing: (.+)$", result.err, re.MULTILINE)
    assert short
    assert broadcaster("audit", "verify", "--checkpoint", short[1], station=history).code == 0
    assert broadcaster("audit", "verify", "--checkpoint", str(kept), station=history).code == 0


def test_verify_takes_what_is_typed(broadcaster: RunCommand, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broadcaster("audit", "checkpoint", "--out", str(history / "cp.txt"), station=history)
    typed = (history / "cp.txt").read_text("utf-8").replace("—", "–").replace("\n", "  ")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
    result = broadcaster("audit", "verify", "--checkpoint", "-", "--json", station=history)
    assert result.code == 0
    assert [held["signature"] for held in result.json["checkpoints"]] == ["good"]


def test_verify_needs_no_station_where_a_file_is_named(broadcaster: RunCommand, history: Path, tmp_path: Path) -> None:
    broadcaster("audit", "checkpoint", "--out", str(tmp_path / "cp.txt"), station=history)
    pc = tmp_path / "auditor's own computer"
    pc.mkdir()
    shutil.copy(history / "broadcaster.db", pc / "copy.db")
    shutil.copy(history / "keys" / "checkpoint.pub", pc)
    shutil.rmtree(history)
    arguments = ("audit", "verify", "--file", str(pc / "copy.db"), "--checkpoint", str(tmp_path / "cp.txt"))
    result = broadcaster(*arguments, station=pc)
    assert result.code == 0
    assert "It is signed with the key" in result.out
    (pc / "checkpoint.pub").rename(pc / "their-key.txt")
    assert "because there is no public key" in broadcaster(*arguments, station=pc).out
    assert "It is signed with the key" in broadcaster(*arguments, "--key", str(pc / "their-key.txt"), station=pc).out
    other = broadcaster(*arguments, "--key", Signer.new("commune-broadcaster/other").verifier.text, station=pc)
    assert other.code == 1
    assert "is not signed with this station's key" in other.out


def test_a_slip_in_the_hash_is_pointed_at(broadcaster: RunCommand, history: Path) -> None:
    head = verify(history / "broadcaster.db").head
    slip = head.hash[:16] + ("0" if head.hash[16] != "0" else "1") + head.hash[17:]
    result = broadcaster("audit", "verify", "--checkpoint", Checkpoint("", Head(head.seq, slip), None).short, station=history)  # fmt: skip  # noqa: E501
    assert result.code == 1
    assert "only group 3 of the hash differs" in result.out


def test_a_missing_or_odd_checkpoint_is_one_line(broadcaster: RunCommand, history: Path) -> None:
    for name in ("nowhere.txt", "broadcaster.db"):
        result = broadcaster("audit", "verify", "--checkpoint", str(history / name), station=history)
        assert result.code == 2
        assert len(result.err.splitlines()) == 1


# ---- a mistyped name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "verify", "--file", "nhat-ki.db"),
        ("audit", "verify", "--file", "kiem-toan.zip"),
        ("audit", "review", "--file", "nhat-ki.db"),
        ("audit", "report", "-", "--file", "nhat-ki.db"),
        ("restore", "nhat-ki.db"),
    ],
)
def test_a_file_that_is_not_there_is_no_new_history(
    broadcaster: RunCommand, station_folder: Path, arguments: tuple[str, ...]
) -> None:
    result = broadcaster(*arguments, station=station_folder)
    assert result.code == 2
    assert "there is no such file" in result.err
    assert "no play history yet" not in result.err


@pytest.mark.parametrize("made", [lambda path: path.write_bytes(b""), lambda path: sqlite3.connect(path).close()])
def test_what_a_first_start_leaves_that_was_cut_off_is_no_history_yet(
    broadcaster: RunCommand, station_folder: Path, made: Callable[[Path], object]
) -> None:
    missing = broadcaster("audit", "verify", station=station_folder)
    made(station_folder / "broadcaster.db")
    result = broadcaster("audit", "verify", station=station_folder)
    assert (result.code, result.err) == (missing.code, missing.err)
    assert "there is no play history yet" in result.err
