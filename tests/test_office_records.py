"""What the office does with the play history: audits and reports, as values for any front end."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from ledgers import small_ledger, tampering
from stations import ZONE

from broadcaster.errors import InputError, RecordError
from broadcaster.i18n import activate
from broadcaster.office.audit import (
    CheckpointText,
    export_history,
    find_checkpoint,
    find_key,
    take_checkpoint,
    verify_history,
)
from broadcaster.office.backups import make_backup, restore_backup
from broadcaster.office.monthly_report import ReportFormat, report_file_name, report_format
from broadcaster.office.window import Window, whole_month
from broadcaster.office.wording_audit import BREAKS, REMARKS, break_text
from broadcaster.records.checkpoint import Signature
from broadcaster.records.verify_report import FAULTS, BreakKind, RemarkKind
from broadcaster.station.folder import Station, open_station


@pytest.fixture
def station(station_folder: Path) -> Station:
    small_ledger(station_folder / "broadcaster.db")
    return open_station(station_folder)


# ---- audits ------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_a_file_or_the_text_itself(tmp_path: Path) -> None:
    path = tmp_path / "2027-05.txt"
    path.write_text("36500 …", "utf-8")
    assert find_checkpoint(str(path)) == CheckpointText("36500 …", path)
    assert find_checkpoint("36500 0ac51876") == CheckpointText("36500 0ac51876", None)


def test_what_is_neither_a_file_nor_a_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name a file, or - to type it in"):
        find_checkpoint(str(tmp_path / "2027-05.txt"))


def test_a_history_is_verified_against_the_text_of_its_checkpoint_and_the_key_beside_it(station: Station) -> None:
    taken = take_checkpoint(station)
    key = find_key(station.ledger_path)
    assert key == taken.key
    (held,) = verify_history(station.ledger_path, [CheckpointText(taken.note)], key).held
    assert (held.fits, held.given.signature) == (True, Signature.GOOD)


def test_the_key_of_an_export_lies_beside_its_history(station: Station, tmp_path: Path) -> None:
    made = export_history(station, tmp_path / "kiem-toan")
    shutil.rmtree(station.root)
    assert find_key(made.path / "broadcaster.db") == made.taken.key


def test_a_history_alone_has_no_key_but_one_can_be_named(station: Station, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "broadcaster.db"
    copy.parent.mkdir()
    shutil.copy(station.ledger_path, copy)
    key = take_checkpoint(station).key
    assert find_key(copy) is None
    assert find_key(copy, key.text) == key
    with pytest.raises(InputError, match="this is not a public key"):
        find_key(copy, "khong-phai-khoa")


def test_a_backup_that_is_not_whole_is_not_restored_and_says_why(station: Station, tmp_path: Path) -> None:
    copy, _report = make_backup(station, tmp_path / "copy.db")
    with tampering(copy) as db:
        db.execute("UPDATE ledger SET actor = 'X' WHERE seq = 4")
    with pytest.raises(RecordError, match=r"is not restored: The play history is not as it was written: .* row 4"):
        restore_backup(station, copy, "Hòa", give_up_newer=False)
    assert verify_history(station.ledger_path, [], None).ok


def test_what_is_wrong_is_a_kind_and_facts_that_any_language_can_word(station: Station) -> None:
    with tampering(station.ledger_path) as db:
        db.execute("DELETE FROM ledger WHERE seq IN (4, 5)")
    report = verify_history(station.ledger_path, [], None)
    missing, link = (found for found in report.breaks if found.seq == 6)
    assert (missing.kind, dict(missing.facts)) == (BreakKind.ROWS_MISSING, {"first": 4, "last": 5})
    assert (link.kind, dict(link.facts)) == (BreakKind.DOES_NOT_FOLLOW, {"before": 3})
    assert break_text(missing) == "rows 4 to 5 are missing"
    activate("vi")
    assert break_text(missing) == "thiếu các dòng từ 4 đến 5"


def test_every_break_is_counted_and_has_a_sentence() -> None:
    assert set(FAULTS) == set(BREAKS) == set(BreakKind)
    assert set(REMARKS) == set(RemarkKind)


# ---- reports -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "ending", "has_template", "format_"),
    [
        (None, "", False, ReportFormat.DOCX),
        (None, ".HTML", False, ReportFormat.HTML),
        ("csv", ".txt", False, ReportFormat.CSV),
        ("docx", "", True, ReportFormat.DOCX),
    ],
)
def test_the_format_is_the_one_named_or_that_of_the_ending(
    named: str | None, ending: str, has_template: bool, format_: ReportFormat
) -> None:
    assert report_format(named, ending, has_template=has_template) is format_


@pytest.mark.parametrize(
    ("window", "name"),
    [
        (whole_month(date(2027, 5, 9), ZONE), "bao-cao-2027-05.xlsx"),
        (Window(date(2027, 1, 1), date(2027, 12, 31), ZONE), "bao-cao-2027.xlsx"),
        (Window(date(2027, 5, 15), date(2027, 5, 15), ZONE), "bao-cao-2027-05-15.xlsx"),
        (Window(date(2027, 5, 1), date(2027, 5, 7), ZONE), "bao-cao-2027-05-01_2027-05-07.xlsx"),
    ],
)
def test_the_file_is_called_after_its_days(window: Window, name: str) -> None:
    assert report_file_name(window, ReportFormat.XLSX) == name
