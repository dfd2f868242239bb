"""The station's own checkpoints lie beside the history, and are compared without anybody's asking."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ledgers import DAYS, START, chain_again, day_rows, small_ledger, tampering

from broadcaster.office.audit import CheckpointText, find_key, verify_history
from broadcaster.office.wording_audit import break_text, remark_text, summary_text
from broadcaster.records.backup import back_up, restore
from broadcaster.records.checkpoint import take
from broadcaster.records.ledger import Head, Ledger
from broadcaster.records.rescue import rescue
from broadcaster.records.verify_report import BreakKind, Fault, RemarkKind, VerifyReport

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

NOW = START + timedelta(days=DAYS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history with two checkpoints beside it, and three rows after them."""
    path = small_ledger(tmp_path / "broadcaster.db")
    with Ledger.open(path) as ledger:
        half = next(iter(ledger.rows(after_seq=19)))
        take(tmp_path, "xã", Head(half.seq, half.hash), START + timedelta(days=6), "2027-05")
        take(tmp_path, "xã", ledger.head(), NOW, "2027-06")
        ledger.append(day_rows(DAYS)[:3])
    return path


def checked(path: Path, *given: CheckpointText) -> VerifyReport:
    return verify_history(path, given, find_key(path))


def test_they_are_compared_and_named_and_prove_less_than_one_kept_elsewhere(path: Path) -> None:
    report = checked(path)
    assert report.ok
    assert report.anchor is None
    text = summary_text(report)
    rows = report.rows - 3
    assert f"Rows 1 to {rows} agree with the station's own checkpoint of 2027-05-13 05:30:00 (checkpoints/2027-06.txt)" in text  # fmt: skip  # noqa: E501
    assert "proves nothing against somebody who can write there" in text
    assert "not even the administrator" not in text


def test_a_tail_cut_off_before_one_of_them_is_found(path: Path) -> None:
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq > 30")
    report = checked(path)
    (broken,) = report.breaks
    assert broken.kind is BreakKind.END_MISSING
    assert "(checkpoints/2027-06.txt) has 49 rows and there are 30" in break_text(broken)
    assert not report.ok


def test_a_rewritten_history_is_found(path: Path) -> None:
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 5")
        chain_again(db)
    assert [broken.kind for broken in checked(path).breaks] == [BreakKind.OTHER_HISTORY] * 2


def test_the_command_says_so_without_being_asked(broadcaster: RunCommand, path: Path) -> None:
    assert broadcaster("audit", "verify", "--file", str(path)).code == 0
    with tampering(path) as db:
        db.execute("DELETE FROM ledger WHERE seq > 30")
    result = broadcaster("audit", "verify", "--file", str(path))
    assert result.code == 1
    assert "the end is missing" in result.out
    told = json.loads(broadcaster("audit", "verify", "--file", str(path), "--json").out)
    assert [(held["own"], held["fits"]) for held in told["checkpoints"]] == [("2027-05.txt", True), ("2027-06.txt", False)]  # fmt: skip  # noqa: E501


def test_one_that_is_also_given_counts_as_given(path: Path) -> None:
    note = (path.parent / "checkpoints" / "2027-06.txt").read_text("utf-8")
    report = checked(path, CheckpointText(note))
    assert [held.given.own for held in report.held] == ["", "2027-05.txt"]
    assert "not even the administrator" in summary_text(report)


def test_what_is_no_checkpoint_is_remarked_on(path: Path) -> None:
    (path.parent / "checkpoints" / "2027-07.txt").write_text("hỏng", "utf-8")
    report = checked(path)
    assert report.ok
    assert [(remark.kind, remark_text(remark)) for remark in report.remarks] == [
        (RemarkKind.NOT_READ, "checkpoints/2027-07.txt: is not a checkpoint that can be read")
    ]


def test_a_key_made_anew_is_no_fault_of_the_old_ones(path: Path) -> None:
    shutil.rmtree(path.parent / "keys")
    take(path.parent, "xã", Head(), NOW, "2027-07")
    report = checked(path)
    assert report.ok
    assert [remark.kind for remark in report.remarks] == [RemarkKind.OTHER_KEY] * 2


def test_a_text_that_its_own_key_has_not_signed_is_a_fault(path: Path) -> None:
    note = path.parent / "checkpoints" / "2027-06.txt"
    note.write_text(note.read_text("utf-8").replace("2027-05-13", "2027-05-14"), "utf-8")
    assert [broken.kind for broken in checked(path).breaks] == [BreakKind.BAD_SIGNATURE]


def test_rows_that_damage_cost_are_told_and_no_fault_ever_after(path: Path) -> None:
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 48")
    assert rescue(path, NOW + timedelta(hours=1)) is not None
    report = checked(path)
    assert Fault.CHECKPOINT not in report.counts
    (remark,) = report.remarks
    assert (remark.kind, remark.facts["row"]) == (RemarkKind.GIVEN_UP, 48)
    note = (path.parent / "checkpoints" / "2027-06.txt").read_text("utf-8")
    assert Fault.CHECKPOINT in checked(path, CheckpointText(note)).counts, "kept elsewhere, it asks for the old file"


def test_rows_that_a_person_gave_up_are_told(path: Path, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    with tampering(path) as db:
        rows = db.execute("SELECT * FROM ledger WHERE seq > 40").fetchall()
        db.execute("DELETE FROM ledger WHERE seq > 40")
    back_up(path, backup)
    with tampering(path) as db:
        db.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    restore(backup, path, "Hòa", NOW + timedelta(hours=1), give_up_newer=True)
    report = checked(path)
    assert report.ok
    assert [remark.kind for remark in report.remarks] == [RemarkKind.GIVEN_UP]


def test_one_of_no_rows_proves_nothing_and_that_is_said(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    copy = shutil.copy(path, tmp_path / "elsewhere" / "broadcaster.db")
    taken = take(tmp_path, "xã", Head(), START, "empty")
    report = verify_history(copy, [CheckpointText(taken.note)], taken.key)
    assert report.ok
    assert report.anchor is None
    assert "not even the administrator" not in summary_text(report)
    assert [remark_text(remark) for remark in report.remarks] == [
        "the checkpoint of 2027-05-01 05:30:00 is of a history without rows: it proves nothing"
    ]
