"""Copies of the ledger, putting one back, and going on where the disk has damaged it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledgers import DAYS, START, day_rows, slot, small_ledger, tampering
from stations import Maker, at

from broadcaster.errors import InputError, RecordError
from broadcaster.office.wording_audit import summary_text
from broadcaster.playout.clock_watch import Elapsed
from broadcaster.playout.daemon import run
from broadcaster.playout.environment import Environment
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.station_lock import only_one
from broadcaster.records.backup import back_up, finish_swap, restore, unfinished
from broadcaster.records.checkpoint import read, take
from broadcaster.records.damage import find_damage
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.rescue import rescue
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Fault
from broadcaster.station.conditions import ConditionKind
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from commands import RunCommand

NOW = START + timedelta(days=DAYS, hours=2)
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_ledger(tmp_path / "broadcaster.db")


def more_days(path: Path, days: int = 2) -> None:
    """Go on from a small ledger."""
    with Ledger.open(path, checkpoints=True) as ledger:
        for day in range(DAYS, DAYS + days):
            ledger.append(day_rows(day))


def contents(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT * FROM ledger ORDER BY seq").fetchall()


# ---- backup -------------------------------------------------------------------------------------------------------


def test_a_backup_is_the_ledger(path: Path, tmp_path: Path) -> None:
    report = back_up(path, tmp_path / "đĩa" / "copy.db")
    assert report.ok
    assert contents(tmp_path / "đĩa" / "copy.db") == contents(path)
    assert [item.name for item in (tmp_path / "đĩa").iterdir()] == ["copy.db"]


def test_a_backup_is_taken_while_the_daemon_writes(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path, checkpoints=True) as daemon:
        daemon.append(day_rows(DAYS))
        assert back_up(path, tmp_path / "copy.db").head == daemon.head()
        daemon.append(day_rows(DAYS + 1))


def test_a_backup_that_fails_leaves_the_one_before(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    before = copy.read_bytes()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(RecordError):
        back_up(path, copy)
    assert copy.read_bytes() == before
    assert not unfinished(copy).exists()


def test_a_backup_of_what_is_not_whole_is_made_and_told(broadcaster: RunCommand, station_folder: Path) -> None:
    path = small_ledger(station_folder / "broadcaster.db")
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 3")
    result = broadcaster("backup", "--out", str(station_folder / "copy.db"), station=station_folder)
    assert result.code == 1
    assert "not as it was written" in result.err
    assert (station_folder / "copy.db").exists()


# ---- restore ------------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_into_an_empty_place(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.db")
    before = contents(path)
    path.unlink()
    done = restore(tmp_path / "copy.db", path, "Hòa", NOW)
    assert (done.lost, done.kept) == (None, None)  # nobody knows what the history had since
    assert contents(path)[:-1] == before
    with Ledger.open(path) as ledger:
        (row,) = ledger.rows([Kind.RESTORED])
        assert (row.actor, row.body["source"], row.body["rows"]) == ("Hòa", "copy.db", len(before))
        ledger.append(day_rows(DAYS))
    assert verify(path).ok


def test_the_same_history_is_restored_and_the_old_file_kept(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.db")
    done = restore(tmp_path / "copy.db", path, "Hòa", NOW)
    assert done.lost == 0
    assert done.kept is not None
    assert verify(done.kept).ok
    assert verify(path).rows == verify(done.kept).rows + 1


def test_a_newer_ledger_is_not_given_up_unless_told(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.db")
    more_days(path)
    before = contents(path)
    with pytest.raises(InputError, match="has 8 rows that this backup lacks"):
        restore(tmp_path / "copy.db", path, "Hòa", NOW)
    assert contents(path) == before
    assert not unfinished(path).exists()
    done = restore(tmp_path / "copy.db", path, "Hòa", NOW, give_up_newer=True)
    assert done.lost == 8
    assert done.kept is not None
    assert contents(done.kept) == before
    report = verify(path)
    assert report.ok
    assert "given up: 8 rows" in summary_text(report)


def test_another_history_is_newer_from_where_they_part(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    back_up(path, other)
    more_days(path)
    with Ledger.open(other) as ledger:
        ledger.append([Entry(Kind.ORDER, "a", NOW, None, {"n": number}) for number in range(30)])
    with pytest.raises(InputError, match="has 8 rows"):
        restore(other, path, "Hòa", NOW)


def test_an_older_ledger_gives_way_to_a_newer_backup(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    back_up(path, old)
    more_days(path)
    back_up(path, tmp_path / "copy.db")
    assert restore(tmp_path / "copy.db", old, "Hòa", NOW).lost == 0


def test_a_backup_that_is_not_whole_is_not_restored(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    with tampering(copy) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 3")
    before = path.read_bytes()
    with pytest.raises(RecordError, match="is not whole"):
        restore(copy, path, "Hòa", NOW)
    assert path.read_bytes() == before


def test_a_ledger_that_cannot_be_read_is_replaced_and_kept(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.db")
    path.write_bytes(b"rubbish" * 999)
    done = restore(tmp_path / "copy.db", path, "Hòa", NOW)
    assert done.lost is None
    assert done.kept is not None
    assert done.kept.read_bytes() == b"rubbish" * 999
    assert verify(path).ok


def test_no_write_ahead_log_of_the_old_file_meets_the_new_one(path: Path, tmp_path: Path) -> None:
    back_up(path, tmp_path / "copy.db")
    with closing(sqlite3.connect(path)) as left_open:  # keeps the log from being folded in
        left_open.execute("SELECT count(*) FROM ledger").fetchone()
        more_days(path)
        saved = {suffix: path.with_name(path.name + suffix).read_bytes() for suffix in ("-wal", "-shm")}
    for suffix, data in saved.items():
        path.with_name(path.name + suffix).write_bytes(data)
    restore(tmp_path / "copy.db", path, "Hòa", NOW, give_up_newer=True)
    assert verify(path).ok
    assert verify(path).rows == 1 + 4 * DAYS + 1


def test_a_swap_that_a_power_cut_interrupted_is_ended(path: Path) -> None:
    path.rename(unfinished(path))
    finish_swap(path)
    assert verify(path).ok


def test_not_while_a_daemon_runs(broadcaster: RunCommand, station_folder: Path) -> None:
    path = small_ledger(station_folder / "broadcaster.db")
    assert broadcaster("backup", station=station_folder).code == 0
    (copy,) = (station_folder / "backups").iterdir()
    with only_one(open_station(station_folder)):
        result = broadcaster("restore", str(copy), station=station_folder)
    assert result.code == 1
    assert "another daemon" in result.err
    result = broadcaster("restore", str(copy), "--as", "Hòa", station=station_folder)
    assert result.code == 0
    assert verify(path).ok
    assert "is kept" in result.out


# ---- damaged on the disk ------------------------------------------------------------------------------------------


def leaves(path: Path) -> list[int]:
    """Return the numbers of the pages that hold rows of the table, in their order in the file."""
    data = path.read_bytes()
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    return [n for n, page in enumerate(pages) if n and page[0] == 0x0D and b"daemon" in page and b"CREATE" not in page]


def tear(path: Path, page: int, chance: random.Random) -> None:
    """Write noise over a part of a page, as a dying disk does."""
    data = bytearray(path.read_bytes())
    begin = page * PAGE + chance.randrange(PAGE // 2)
    end = (page + 1) * PAGE
    data[begin:end] = chance.randbytes(end - begin)
    path.write_bytes(data)


def test_a_sound_ledger_is_left_alone(path: Path) -> None:
    before = path.read_bytes()
    assert find_damage(path) == ""
    assert rescue(path, NOW) is None
    assert path.read_bytes() == before


def test_no_ledger_and_an_empty_file_are_new_ones(tmp_path: Path) -> None:
    assert rescue(tmp_path / "none.db", NOW) is None
    (tmp_path / "empty.db").touch()
    assert rescue(tmp_path / "empty.db", NOW) is None


def test_a_torn_page_is_found_and_everything_readable_goes_on(path: Path, tmp_path: Path) -> None:
    before = contents(path)
    pages = leaves(path)
    assert len(pages) >= 4
    for number, page in enumerate(pages):
        folder = tmp_path / str(number)
        folder.mkdir()
        torn = folder / "broadcaster.db"
        shutil.copy(path, torn)
        tear(torn, page, random.Random(number))
        damaged = torn.read_bytes()
        found = rescue(torn, NOW)
        if found is None:  # the noise fell where SQLite keeps nothing
            assert contents(torn) == before
            continue
        assert found.kept.read_bytes() == damaged
        report = verify(torn)
        assert report.chain_ok, report.breaks
        assert contents(torn)[: found.good.seq] == before[: found.good.seq]
        assert report.ruptures[0].seq == found.good.seq + 1
        assert found.saved + found.good.seq >= len(before) - 30  # no more than the page held
        with Ledger.open(torn) as ledger:
            ledger.append(day_rows(DAYS)[:1])
            again = [row for row in ledger.rows() if "saved_from" in row.body]
        for row in again:
            assert before[row.body["saved_from"] - 1][1:5] == (row.at.isoformat(timespec="milliseconds"), row.kind, row.occurrence, row.actor)  # fmt: skip  # noqa: E501


def test_checkpoints_hold_as_far_as_the_history_was_good(path: Path, tmp_path: Path) -> None:
    with Ledger.open(path) as ledger:
        rows = list(ledger.rows())
        early, late = (take(tmp_path, "xã", ledger.head(), NOW, name) for name in ("early", "late"))
        more = day_rows(DAYS)
        ledger.append(more)
        late = take(tmp_path, "xã", ledger.head(), NOW, "late")
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = ?", (len(rows) + 2,))
    found = rescue(path, NOW)
    assert found is not None
    assert found.good.seq == len(rows) + 1
    assert verify(path, checkpoints=[read(early.note, early.key)]).ok
    report = verify(path, checkpoints=[read(late.note, late.key)])
    assert set(report.counts) == {Fault.CHECKPOINT}
    assert found.kept.name in summary_text(report)


@pytest.mark.parametrize(
    "harm",
    [
        "DROP TRIGGER ledger_no_delete",
        "DROP TABLE ledger",
        "DROP TRIGGER ledger_no_update; UPDATE ledger SET body = '{}' WHERE seq = 48",
        "DROP TRIGGER ledger_no_delete; DELETE FROM ledger WHERE seq = 47",
    ],
)
def test_lost_guards_and_broken_ends_are_damage_too(path: Path, harm: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(harm)
    assert find_damage(path)
    assert rescue(path, NOW) is not None
    assert verify(path).chain_ok
    assert rescue(path, NOW) is None


@pytest.mark.parametrize("size", [1, 100, PAGE, 3 * PAGE, -PAGE, -1])
def test_a_file_cut_short_is_gone_on_from(path: Path, size: int) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:size])
    found = rescue(path, NOW)
    assert found is not None
    assert found.kept.read_bytes() == data[:size]
    assert verify(path).chain_ok
    with Ledger.open(path) as ledger:
        ledger.append(day_rows(DAYS)[:1])


def test_a_newer_ledger_is_not_taken_for_a_damaged_one(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', 'x', '')")
    assert rescue(path, NOW) is None
    with pytest.raises(RecordError, match="newer version"):
        Ledger.open(path)


def test_a_look_that_takes_too_long_is_given_up(path: Path) -> None:
    with Ledger.open(path, checkpoints=True) as ledger:
        ledger.append([Entry(Kind.ORDER, "a", NOW, None, {"n": "x" * 200}) for _ in range(20_000)])
    assert find_damage(path, timedelta()) == ""


def test_nothing_airs_twice_after_damage(path: Path) -> None:
    """A cue after the bad page is known to the new ledger: its outcome will be `cut`, and not a second airing."""
    with Ledger.open(path, checkpoints=True) as ledger:
        ledger.append([day_rows(DAYS)[1]])
    with tampering(path) as db:
        db.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 30")
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP INDEX ledger_kind")
    assert rescue(path, NOW) is not None
    with Ledger.open(path) as ledger:
        assert [row.occurrence for row in ledger.cued_without_outcome()] == [slot(DAYS).id]


def test_the_daemon_goes_on_airing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-03 05:29:50"))).settings('[airing]\nlead = "2s"')
    maker.script("bai-1", "[nghỉ 1s]\n\nXin chào.").campaign(maker.slot("05:30"))
    station = maker.render()
    run(station, lambda _status: False)
    path = station.ledger_path
    tear(path, leaves(path)[0], random.Random(1))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("DELETE FROM sqlite_master WHERE name = 'ledger_no_update'")
    deadline = iter(range(600))

    def watch(_status: object) -> bool:
        with station.ledger(read_only=True) as ledger:
            if ledger.last(Kind.CLIP_MADE) is None:  # its row was lost: it is made again, in real time
                return True
        maker.clock.now += timedelta(seconds=1)
        return next(deadline) < 400

    monkeypatch.setattr("broadcaster.playout.daemon.IDLE_ROUND", 0.001)
    monkeypatch.setattr("broadcaster.playout.daemon.BUSY_ROUND", 0.001)
    counted = Environment(elapsed=lambda: Elapsed(maker.clock.now.timestamp(), maker.clock.now.timestamp()))
    run(station, watch, environment=counted)
    (said,) = [record.args for record in caplog.records if record.levelname == "CRITICAL"]
    assert isinstance(said, tuple)
    assert said[0].kind is ConditionKind.HISTORY_REPLACED
    assert list(tmp_path.glob("broadcaster-damaged-*.db"))
    with station.ledger(read_only=True) as ledger:
        assert [row.body["outcome"] for row in ledger.rows([Kind.PLAYED])] == ["aired"]
        assert len(list(ledger.rows([Kind.LEDGER_DAMAGED]))) == 1
    assert verify(path).chain_ok
    assert [item.name for item in (tmp_path / "checkpoints").iterdir()] == ["2027-05.txt"]
