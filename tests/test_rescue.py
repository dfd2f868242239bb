"""Going on where the file of a history came to harm: nothing is quiet, nothing is lost that could be kept."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from harmed_history import NOW, History, lose_log
from ledgers import DAYS, day_rows, slot, tampering

from broadcaster.records.backup import back_up, unfinished
from broadcaster.records.continuity import lost_spans
from broadcaster.records.damage import HarmKind, find_harm, find_read_only, is_blank
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.rescue import put_back, rescue
from broadcaster.records.schema import DiskFullError
from broadcaster.records.verify import verify

PAGE = 4096


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def tear_rows(path: Path) -> None:
    """Write noise over the first page that holds rows of the table."""
    data = bytearray(path.read_bytes())
    pages = (data[start : start + PAGE] for start in range(0, len(data), PAGE))
    page = next(number for number, page in enumerate(pages) if page[0] == 0x0D and b'"campaign":' in page)
    data[page * PAGE : (page + 1) * PAGE] = random.Random(page).randbytes(PAGE)
    path.write_bytes(data)


# ---- what befell the file --------------------------------------------------------------------------------------


def test_a_history_in_order_is_left_alone(history: History) -> None:
    before = history.path.read_bytes()
    assert history.rescue() is None
    assert history.path.read_bytes() == before


def test_rows_of_a_lost_log_are_missed_and_said(history: History) -> None:
    before = lose_log(history)
    harm = find_harm(history.path, history.heads.read())
    assert harm is not None
    assert harm.kind is HarmKind.SHORTENED

    done = history.rescue()

    assert done is not None
    assert (done.harm.kind, done.lost, done.saved) == (HarmKind.SHORTENED, 3, 0)
    assert history.rows()[:-1] == before
    mark = history.mark()
    assert (mark["harm"], mark["lost"], mark["rows"], mark["file"]) == ("shortened", 3, len(before), done.kept.name)  # type: ignore[union-attr]
    assert mark["last"] == {
        "seq": len(before) + 3,
        "hash": history.last.hash,
        "at": history.last.at.isoformat(),
        "kind": "order",
        "until": slot(DAYS).start.astimezone(UTC).isoformat(),
    }
    assert verify(history.path).chain_ok
    assert history.rescue() is None


def test_a_deleted_history_begins_anew_with_what_it_was(history: History) -> None:
    history.path.unlink()
    done = history.rescue()
    assert done is not None
    assert (done.harm.kind, done.kept, done.good.seq) == (HarmKind.GONE, None, 0)
    with history.opened() as ledger:
        (first,) = ledger.rows()
    assert first.seq == 1
    assert first.body["last"] == {
        "seq": history.last.seq,
        "hash": history.last.hash,
        "at": history.last.at.isoformat(),
        "kind": "planned",
        "until": slot(DAYS - 1).start.astimezone(UTC).isoformat(),
    }
    assert "file" not in first.body
    assert history.rescue() is None


def test_no_history_and_one_without_tables_are_not_begun_yet(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    for make in (lambda: None, path.touch, lambda: empty_database(path)):
        make()
        assert is_blank(path)
        assert find_harm(path) is None
        assert rescue(path, NOW) is None
        with Ledger.open(path, checkpoints=True) as ledger:
            ledger.append(day_rows(0)[:1])
        assert verify(path).ok
        path.unlink()


def empty_database(path: Path) -> None:
    """Leave what a first start leaves that is killed before the tables are made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE x (a)")
        database.execute("DROP TABLE x")
        database.execute("VACUUM")
    assert path.stat().st_size == PAGE


def test_a_history_emptied_of_its_tables_is_gone(history: History) -> None:
    history.path.unlink()
    empty_database(history.path)
    done = history.rescue()
    assert done is not None
    assert done.harm.kind is HarmKind.GONE


def test_another_history_in_its_place_is_said(history: History, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "broadcaster.db"
    with Ledger.open(other) as ledger:
        ledger.append([Entry(Kind.ORDER, "a", NOW, None, {"n": number}) for number in range(history.last.seq + 5)])
    shutil.copy(other, history.path)
    done = history.rescue()
    assert done is not None
    assert (done.harm.kind, done.good.seq) == (HarmKind.EXCHANGED, history.last.seq + 5)
    assert verify(history.path).chain_ok


@pytest.mark.skipif(not hasattr(os, "fork"), reason="rights as on Unix")
def test_a_file_that_cannot_be_written_to_is_gone_on_from(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write to anything: SQLite is told to open the file for reading."""
    before, connect = history.rows(), sqlite3.connect

    def read_only(path: object, *args: object, **kwargs: object) -> sqlite3.Connection:
        if path == history.path:
            return connect(f"{history.path.as_uri()}?mode=ro", *args, uri=True, **kwargs)  # type: ignore[call-overload, no-any-return]
        return connect(path, *args, **kwargs)  # type: ignore[call-overload, no-any-return]

    with monkeypatch.context() as patch:
        patch.setattr("broadcaster.records.schema.sqlite3.connect", read_only)
        assert find_read_only(history.path) is not None
        done = history.rescue()
    assert done is not None
    assert (done.harm.kind, done.lost) == (HarmKind.READ_ONLY, 0)
    assert history.rows()[:-1] == before
    assert find_read_only(history.path) is None


def test_a_file_in_use_by_another_writer_can_be_written_to(history: History) -> None:
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert find_read_only(history.path) is None


# ---- backups, and a full disk ----------------------------------------------------------------------------------


def test_rows_that_the_file_lacks_come_from_a_backup(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    before = history.rows()
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:])
    after = history.rows()
    tear_rows(history.path)
    done = history.rescue(backup)
    assert done is not None
    assert (done.harm.kind, done.source, done.lost) == (HarmKind.DAMAGED, backup, 0)
    assert history.rows()[: len(before)] == before
    assert done.good.seq + done.saved == len(after)
    assert history.mark()["source"] == "copy.db"
    assert verify(history.path).chain_ok


def test_a_deleted_history_goes_on_from_the_newest_backup(history: History, tmp_path: Path) -> None:
    old, new, bad = (tmp_path / "copies" / name for name in ("old.db", "new.db", "bad.db"))
    back_up(history.path, old)
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:2])
    back_up(history.path, new)
    bad.write_bytes(b"rubbish" * 999)
    before = history.rows()
    history.path.unlink()
    done = history.rescue(bad, new, old)
    assert done is not None
    assert (done.source, done.lost) == (new, 0)
    assert history.rows()[:-1] == before
    with history.opened() as ledger:
        assert [row.occurrence for row in ledger.cued_without_outcome()] == [slot(DAYS).id]  # it will not air twice


def test_a_full_disk_loses_nothing_of_a_damaged_history(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    with tampering(history.path) as database:
        database.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 30")
        database.execute("DROP INDEX ledger_kind")
    before = history.path.read_bytes()
    append = Ledger.append

    def full(ledger: Ledger, entries: list[Entry]) -> object:
        if any("saved_from" in entry.body for entry in entries):
            raise DiskFullError("full")
        return append(ledger, entries)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", full)
        with pytest.raises(DiskFullError):
            history.rescue()
    assert history.path.read_bytes() == before
    done = history.rescue()
    assert done is not None
    assert done.saved == history.last.seq - 30


# ---- under the running desk ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")
def test_a_history_deleted_under_the_desk_comes_back_with_every_row(history: History) -> None:
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:])  # in the log alone
        before = history.rows()
        for part in ("", "-wal", "-shm"):
            history.path.with_name(history.path.name + part).unlink()
        ledger.append([Entry(Kind.ORDER, "a", NOW, None, {})])

        done = put_back(ledger, NOW, history.heads)

        assert (done.harm.kind, done.lost, done.kept) == (HarmKind.MOVED, 0, None)
        ledger.append([Entry(Kind.ORDER, "b", NOW, None, {})])
        assert ledger.file_number == 2
    assert history.rows()[: len(before)] == before
    assert [row[2] for row in history.rows()[len(before) :]] == ["order", "ledger_damaged", "order"]
    assert verify(history.path).chain_ok
    assert history.rescue() is None
    assert sorted(path.name for path in history.path.parent.glob("*.db*")) == ["broadcaster.db"]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")
def test_rows_that_a_command_wrote_into_a_new_file_meanwhile_are_kept(history: History) -> None:
    with history.opened() as ledger:
        ledger.fold_log()
        before = history.rows()
        history.path.rename(history.path.with_name("taken-away"))
        for part in ("-wal", "-shm"):
            history.path.with_name(history.path.name + part).unlink()
        with Ledger.open(history.path) as other:
            other.append([Entry(Kind.APPROVAL, "Lan", NOW, None, {"script": "bai-1"})])

        done = put_back(ledger, NOW, history.heads)

    assert done.saved == 1
    assert done.kept is not None
    assert history.rows()[: len(before)] == before
    mark, approval = history.rows()[len(before) :]
    assert (mark[2], approval[2], approval[4]) == ("ledger_damaged", "approval", "Lan")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a file that is open")
def test_what_cannot_be_put_back_stays_open_and_keeps_its_rows(history: History) -> None:
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:])
        history.path.unlink()
        unfinished(history.path).mkdir()  # nothing can be written there
        with pytest.raises(OSError, match="new"):
            put_back(ledger, NOW, history.heads)
        assert ledger.append([Entry(Kind.ORDER, "a", NOW, None, {})])[0].seq == history.last.seq + 4
        unfinished(history.path).rmdir()
        assert put_back(ledger, NOW, history.heads).lost == 0


def test_a_history_deleted_with_all_that_is_remembered_goes_on_from_a_backup(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    before = history.rows()
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:])
    history.path.unlink()
    for place in history.heads.paths:
        place.unlink()
    done = history.rescue(backup)
    assert done is not None
    assert (done.harm.kind, done.source, done.lost) == (HarmKind.GONE, backup, None)
    assert history.rows()[:-1] == before
    with history.opened() as ledger:
        (span,) = lost_spans(ledger)  # up to the moment of the rescue it may have aired
    assert (span.start, span.end, span.rows) == (history.last.at, NOW, None)
    assert history.rescue(backup) is None


def test_how_much_is_lost_is_not_known_where_what_is_remembered_is_older(history: History) -> None:
    """Such as where the line outside could not be written for a while: rows may have followed the last good one."""
    known = history.heads.read()
    with history.opened() as ledger:
        last = ledger.append(day_rows(DAYS)[1:])[-1]
    assert known is not None
    history.heads.write(known)
    with tampering(history.path) as database:
        database.execute("DROP INDEX ledger_kind")
    done = history.rescue()
    assert done is not None
    assert (done.good.seq, done.lost) == (last.seq, None)
    assert history.mark()["lost"] is None
    with history.opened() as ledger:
        (span,) = lost_spans(ledger)
    assert (span.start, span.end) == (last.at, NOW)
