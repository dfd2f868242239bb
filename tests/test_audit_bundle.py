"""A bundle that is checked as it came, zip or folder: what somebody edited in it on its way is found."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exports import OLD_PLAN_SHA256, OLD_TEXT_SHA256, exported, station_to_export
from ledgers import START, chain_again, small_ledger, tampering

from broadcaster.errors import InputError
from broadcaster.office.audit import find_checkpoint, find_key, verify_export
from broadcaster.office.wording_audit import summary_text
from broadcaster.office.wording_audit_files import files_text
from broadcaster.records import keys
from broadcaster.records.bundle import BundleFaultKind, BundleReport
from broadcaster.records.export import SUMS, SUMS_NOTE, TABLES, export, sums_text
from broadcaster.records.verify_report import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import RunCommand

NOW = START + timedelta(days=30)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "station"
    (root / "scripts").mkdir(parents=True)
    small_ledger(root / "broadcaster.db")
    (root / "scripts" / "bai-1.md").write_text("bài", "utf-8")
    return root


@pytest.fixture
def key(root: Path) -> str:
    """Return the public key, as an auditor noted it from the first report."""
    return keys.signing_key(root / "keys", "a").verifier.text


@pytest.fixture
def folder(root: Path, key: str, tmp_path: Path) -> Path:
    return export(root, root / "broadcaster.db", "a", NOW, tmp_path / "kiem-toan").path


def zipped(folder: Path) -> Path:
    """Zip a folder as people do, with another program than ours."""
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def found(path: Path, key: str | None = None) -> list[tuple[BundleFaultKind, str]]:
    return [(fault.kind, fault.name) for fault in report(path, key).faults]


def report(path: Path, key: str | None = None) -> BundleReport:
    return verify_export(path, [], find_key(path, key))


def sums_anew(folder: Path) -> None:
    """Make the sums fit again, as one would who has edited a file."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (SUMS, SUMS_NOTE)]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in paths]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def both(edit: Callable[[Path], None], folder: Path, key: str) -> list[tuple[BundleFaultKind, str]]:
    """Edit a bundle and return what is found in the folder, which is the same as in the zip file."""
    edit(folder)
    assert found(folder, key) == found(zipped(folder), key)
    return found(folder, key)


def test_a_version_of_a_text_that_was_altered_is_found_though_all_sums_fit(tmp_path: Path) -> None:
    folder = exported(station_to_export(tmp_path), tmp_path / "kiem-toan").path
    assert report(folder).ok
    assert report(folder).not_kept == ()
    for name in (f"scripts/.history/bai-1/{OLD_TEXT_SHA256}.md", f"schedules/.history/thang-5/{OLD_PLAN_SHA256}.toml"):
        good = (folder / name).read_bytes()
        (folder / name).write_bytes(good + b" ")
        sums_anew(folder)
        assert (BundleFaultKind.NOT_THAT_VERSION, name) in found(folder)
        (folder / name).write_bytes(good)
    sums_anew(folder)
    assert found(folder) == []


def test_a_version_that_the_history_names_and_that_is_not_there_is_told(tmp_path: Path) -> None:
    root, name = station_to_export(tmp_path), f"scripts/.history/bai-1/{OLD_TEXT_SHA256}.md"
    (root / name).unlink()
    given = report(exported(root, tmp_path / "kiem-toan").path)
    assert given.ok
    assert given.not_kept == (name,)
    assert f"1 version of a text that the play history names is not in the export ({name})" in files_text(given)


def test_a_zip_file_that_is_damaged_inside_is_told(folder: Path) -> None:
    path = zipped(folder)
    data = bytearray(path.read_bytes())
    start = data.find(b"nhat-ky-phat-song.csv") + 60
    data[start : start + 40] = bytes(0xFF ^ byte for byte in data[start : start + 40])
    path.write_bytes(data)
    with pytest.raises(InputError, match="the zip file is damaged"):
        report(path)


def test_a_view_that_never_answers_is_a_fault_and_is_not_asked(folder: Path) -> None:
    endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x AS start, x AS seq FROM c"
    with closing(sqlite3.connect(folder / "broadcaster.db")) as db:
        db.execute("DROP VIEW as_run")
        db.execute(f"CREATE VIEW as_run AS {endless}")
    assert report(folder).history.counts == {Fault.SCHEMA: 1}


def test_a_row_that_is_no_json_is_told_as_what_it_is(folder: Path) -> None:
    with tampering(folder / "broadcaster.db") as db:
        db.execute("UPDATE ledger SET body = '{' WHERE kind = 'played'")
    faults = found(folder)
    assert (BundleFaultKind.NOT_AS_DATABASE, "nhat-ky-phat-song.csv") in faults
    assert Fault.CONTENT in report(folder).history.counts


def test_a_bundle_as_it_was_made_is_whole(root: Path, folder: Path, key: str, broadcaster: RunCommand) -> None:
    path = export(root, root / "broadcaster.db", "a", NOW, folder.parent / "x.zip").path
    for bundle in (folder, zipped(folder), path):
        assert report(bundle).ok
        result = broadcaster("audit", "verify", "--file", str(bundle), "--key", key)
        assert result.code == 0, result.err
        assert "its tables say what its database says" in result.out
        assert f"It is signed with the key {key}" in result.out


def test_what_lies_in_the_bundle_itself_is_no_anchor(folder: Path, key: str) -> None:
    """Whoever made the bundle made its checkpoint too."""
    history = report(folder, key).history
    assert history.anchor is None
    assert history.enclosed_anchor is not None
    assert "nobody, not even" not in summary_text(history)


def test_a_bundle_is_held_against_a_checkpoint_that_was_kept_elsewhere(folder: Path, key: str, tmp_path: Path) -> None:
    kept = (folder / "checkpoint.txt").read_text("utf-8")
    other = tmp_path / "other"
    other.mkdir()
    small_ledger(other / "broadcaster.db", days=20)
    forged = export(other, other / "broadcaster.db", "a", NOW, tmp_path / "forged.zip").path
    assert verify_export(folder, [find_checkpoint(kept)], find_key(folder, key)).ok
    assert not verify_export(forged, [find_checkpoint(kept)], find_key(folder, key)).ok


@pytest.mark.parametrize("name", TABLES)
def test_an_edited_table_is_found_by_its_sum_and_by_the_database(folder: Path, key: str, name: str) -> None:
    def edit(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes() + b"x")

    changed = [(BundleFaultKind.CHANGED, name), (BundleFaultKind.NOT_AS_DATABASE, name)]
    assert both(edit, folder, key) == changed
    sums_anew(folder)
    assert both(lambda _folder: None, folder, key) == [(BundleFaultKind.CHANGED, SUMS), changed[1]]


def test_an_edited_text_is_found_though_the_sums_were_made_anew(folder: Path, key: str) -> None:
    (folder / "scripts" / "bai-1.md").write_text("bài khác", "utf-8")
    sums_anew(folder)
    assert found(folder, key) == [(BundleFaultKind.CHANGED, SUMS)]


def test_what_is_taken_out_or_added_is_named(folder: Path, key: str) -> None:
    (folder / "lenh.csv").unlink()
    (folder / "scripts" / "bai-2.md").write_text("thêm", "utf-8")
    (folder / SUMS_NOTE).unlink()
    assert found(folder, key) == [
        (BundleFaultKind.MISSING, SUMS_NOTE),
        (BundleFaultKind.ADDED, "scripts/bai-2.md"),
        (BundleFaultKind.MISSING, "lenh.csv"),
        (BundleFaultKind.MISSING, "lenh.csv"),
    ]


def test_sums_signed_with_another_key_are_found(folder: Path, key: str, tmp_path: Path) -> None:
    mine = keys.signing_key(tmp_path / "mine", "a")
    (folder / "scripts" / "bai-1.md").write_text("bài khác", "utf-8")
    sums_anew(folder)
    digest = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    (folder / SUMS_NOTE).write_text(mine.sign(sums_text(mine.name, digest)), "utf-8")
    assert found(folder, key) == [(BundleFaultKind.NOT_SIGNED, SUMS_NOTE)]
    forged = mine.sign(sums_text(mine.name, digest)).replace(mine.name, key.partition("+")[0])
    (folder / SUMS_NOTE).write_text(forged, "utf-8")
    assert found(folder, key) == [(BundleFaultKind.BAD_SIGNATURE, SUMS_NOTE)]


def test_an_edited_database_is_found_by_its_checkpoint(folder: Path, key: str) -> None:
    path = folder / "broadcaster.db"
    with tampering(path) as database:
        database.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 3")
        chain_again(database)
    assert (BundleFaultKind.OTHER_HISTORY, "checkpoint.txt") in found(folder, key)
    assert not report(folder, key).history.ok


def test_a_checkpoint_that_is_none_is_named(folder: Path, key: str) -> None:
    (folder / "checkpoint.txt").write_text("không phải", "utf-8")
    assert (BundleFaultKind.NO_CHECKPOINT, "checkpoint.txt") in found(folder, key)


def test_a_database_from_before_the_later_views_has_only_its_own_tables(folder: Path, key: str) -> None:
    """An older program's export has no view for the later tables, and none of them."""
    later = {"schedule_changes": "thay-doi-lich.csv", "devices": "thiet-bi.csv"}
    with closing(sqlite3.connect(folder / "broadcaster.db")) as database:
        for view in later:
            database.execute(f"DROP VIEW {view}")
    for name in later.values():
        (folder / name).unlink()
    assert not [name for kind, name in found(folder, key) if kind is BundleFaultKind.NOT_AS_DATABASE]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no zip at all"])
def test_what_is_no_zip_file_is_one_clear_line(tmp_path: Path, broadcaster: RunCommand, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    result = broadcaster("audit", "verify", "--file", str(path))
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "damaged" in result.err


def test_a_zip_file_without_a_history_is_one_clear_line(tmp_path: Path, broadcaster: RunCommand) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("x/readme.txt", "a")
    result = broadcaster("audit", "verify", "--file", str(tmp_path / "x.zip"))
    assert result.code == 2
    assert "there is no play history" in result.err


def test_two_files_of_one_name_are_refused(folder: Path, broadcaster: RunCommand) -> None:
    path = zipped(folder)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{folder.name}/lenh.csv", "a")
    assert broadcaster("audit", "verify", "--file", str(path)).code == 2


def test_the_answer_for_programs_names_the_files(folder: Path, key: str, broadcaster: RunCommand) -> None:
    (folder / "lenh.csv").write_text("a", "utf-8")
    result = broadcaster("audit", "verify", "--file", str(folder), "--json")
    assert (result.code, result.json["ok"], result.json["chain_ok"]) == (1, False, True)
    assert {(fault["name"], fault["fault"]) for fault in result.json["files"]} == {
        ("lenh.csv", "changed"),
        ("lenh.csv", "not as the database"),
    }
