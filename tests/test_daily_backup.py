"""The backups that the desk makes by itself: one a day, checked, the oldest removed, and shown."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledgers import DAYS, START, day_rows, small_ledger, tampering
from stations import Maker, at

from broadcaster.errors import RecordError
from broadcaster.office.backups import make_backup
from broadcaster.office.check_findings import FindingKind, Level
from broadcaster.office.check_station import check_station
from broadcaster.office.present_conditions import backup_conditions
from broadcaster.playout.background_backup import is_made_today
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.daily_backup import DailyBackup, daily_backups, make_daily_backup
from broadcaster.records.ledger import Ledger
from broadcaster.records.verify import verify
from broadcaster.station.conditions import ConditionKind

if TYPE_CHECKING:
    from commands import RunCommand

TODAY = date(2027, 5, 14)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station on 14 May whose history ends on the 12th."""
    small_ledger(tmp_path / "broadcaster.db")
    return Maker(tmp_path, SimulatedClock(at("2027-05-14 08:00"))).settings()


@pytest.fixture
def path(maker: Maker) -> Path:
    return maker.root / "broadcaster.db"


def conditions(maker: Maker) -> list[ConditionKind]:
    return [found.kind for found in backup_conditions(maker.open())]


# ---- making ----------------------------------------------------------------------------------------------------


def test_a_copy_is_made_and_checked_and_so_many_days_are_kept(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for number in range(5):
        done, report = make_daily_backup(path, folder, TODAY + timedelta(days=number), keep=3)
        assert done.is_whole
        assert report.rows == verify(done.path).rows == verify(path).rows
    days = [backup.day.day for backup in daily_backups([folder])]
    assert days == [18, 17, 16]


def test_a_copy_that_a_wrong_clock_dated_ahead_goes_with_the_next_one(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day in (TODAY, TODAY + timedelta(days=3650)):
        make_daily_backup(path, folder, day, keep=3)
    make_daily_backup(path, folder, TODAY + timedelta(days=1), keep=3)
    assert [backup.day for backup in daily_backups([folder])] == [TODAY + timedelta(days=1), TODAY]


def test_a_copy_of_a_later_day_stays_where_it_has_rows_that_the_new_one_lacks(path: Path, tmp_path: Path) -> None:
    """The clock may be behind now, and an older history may lie in the place of the present one."""
    folder = tmp_path / "backups"
    older = shutil.copy(path, tmp_path / "older.db")
    with Ledger.open(path) as ledger:
        ledger.append(day_rows(DAYS)[:1])
    make_daily_backup(path, folder, TODAY + timedelta(days=2), keep=3)
    make_daily_backup(Path(older), folder, TODAY, keep=3)
    assert [backup.day for backup in daily_backups([folder])] == [TODAY + timedelta(days=2), TODAY]


def test_what_a_person_made_and_named_is_never_removed(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    names = ("broadcaster-2027-05-01T081500.db", "broadcaster.db", "anh-lan.db", "broadcaster-2027-02-31.db")
    for name in names:
        shutil.copy(path, folder / name)
    for number in range(4):
        make_daily_backup(path, folder, TODAY + timedelta(days=number), keep=2)
    assert set(names) <= {item.name for item in folder.iterdir()}
    assert len(daily_backups([folder])) == 2


def test_a_copy_that_is_not_whole_is_named_so_and_replaces_no_whole_one(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    whole, _report = make_daily_backup(path, folder, TODAY, keep=2)
    with tampering(path) as database:
        database.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 3")
    for number in range(1, 4):
        done, report = make_daily_backup(path, folder, TODAY + timedelta(days=number), keep=2)
        assert (done.is_whole, report.chain_ok) == (False, False)
        assert done.path.name == f"broadcaster-{TODAY + timedelta(days=number)}-not-whole.db"
    assert [(found.day.day, found.is_whole) for found in daily_backups([folder])] == [
        (17, False),
        (16, False),
        (14, True),
    ]
    assert verify(whole.path).ok


def test_a_copy_that_fails_leaves_the_others_and_nothing_half_made(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made, _report = make_daily_backup(path, folder, TODAY, keep=2)
    (folder / ".broadcaster-2027-05-13.db.new").write_bytes(b"of an earlier try")
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(RecordError):
        make_daily_backup(path, folder, TODAY + timedelta(days=1), keep=2)
    assert [item.name for item in folder.iterdir()] == [made.path.name]


def test_a_disk_without_room_is_not_filled(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=path.stat().st_size + 1)
    monkeypatch.setattr("broadcaster.records.daily_backup.shutil.disk_usage", lambda _folder: usage)
    with pytest.raises(RecordError, match="no room for a backup"):
        make_daily_backup(path, tmp_path / "backups", TODAY, keep=2)
    assert daily_backups([tmp_path / "backups"]) == []


# ---- where -----------------------------------------------------------------------------------------------------


def test_the_disk_that_is_named_is_used_while_it_is_there(broadcaster: RunCommand, maker: Maker) -> None:
    named = maker.root / "usb"
    maker.settings(f'[backup]\nfolder = "{named.as_posix()}"\nkeep = 2\n')
    assert conditions(maker)[0] is ConditionKind.BACKUP_FOLDER_AWAY
    assert "backups" in broadcaster("backup", "--daily", station=maker.root).out
    assert not named.exists()  # the place where a disk is missing is no place
    named.mkdir()
    assert str(named) in broadcaster("backup", "--daily", station=maker.root).out
    assert ConditionKind.BACKUP_ON_SAME_DISK in conditions(maker)
    assert len(daily_backups(maker.open().daily_backup_folders)) == 2


def test_a_day_has_one_place_and_no_other(broadcaster: RunCommand, maker: Maker) -> None:
    result = broadcaster("backup", "--daily", "--out", str(maker.root / "x.db"), station=maker.root)
    assert result.code == 2
    assert "[backup] folder" in result.err


# ---- when, and what the check says -----------------------------------------------------------------------------


def test_one_a_day_is_enough(maker: Maker, path: Path) -> None:
    station = maker.open()
    assert not is_made_today(station)
    make_daily_backup(path, station.daily_backup_folder, TODAY - timedelta(days=1), keep=2)
    assert not is_made_today(station)
    make_daily_backup(path, station.daily_backup_folder, TODAY, keep=2)
    assert is_made_today(station)
    path.unlink()
    (backup,) = [found for found in daily_backups([station.daily_backup_folder]) if found.day == TODAY]
    backup.path.unlink()
    assert is_made_today(station)  # there is nothing to back up


def test_a_history_that_goes_on_without_backups_is_told(maker: Maker, path: Path) -> None:
    station = maker.open()
    assert conditions(maker) == [ConditionKind.BACKUP_MISSING]  # twelve days of rows and none
    last_row = (START + timedelta(days=DAYS - 1)).date()
    for days, told in ((2, True), (1, False), (0, False)):
        shutil.rmtree(station.backups_folder, ignore_errors=True)
        make_daily_backup(path, station.backups_folder, last_row - timedelta(days=days), keep=2)
        assert (conditions(maker) == [ConditionKind.BACKUP_MISSING]) is told
    maker.clock.now += timedelta(days=60)  # nobody airs, so no row is without a copy
    assert conditions(maker) == []


def test_a_copy_that_was_not_whole_is_told(maker: Maker, path: Path) -> None:
    with tampering(path) as database:
        database.execute("UPDATE ledger SET actor = 'ai đó' WHERE seq = 3")
    make_daily_backup(path, maker.open().backups_folder, TODAY, keep=2)
    assert conditions(maker) == [ConditionKind.BACKUP_NOT_WHOLE]


def test_what_a_person_copied_counts_too(maker: Maker, path: Path) -> None:
    assert conditions(maker) == [ConditionKind.BACKUP_MISSING]
    copy, _report = make_backup(maker.open(), None)
    assert conditions(maker) == []
    (found,) = [found for found in check_station(maker.open()) if found.about == "backups"]
    assert (found.kind, found.facts["count"]) == (FindingKind.BACKUPS, 1)
    assert daily_backups(maker.open().daily_backup_folders) == []
    assert not is_made_today(maker.open())
    for number in range(4):
        make_daily_backup(path, copy.parent, TODAY + timedelta(days=number), keep=2)
    assert copy.exists()


def test_what_a_person_copied_and_is_not_whole_is_named_and_told_so(
    broadcaster: RunCommand, maker: Maker, path: Path
) -> None:
    with tampering(path) as connection:
        connection.execute("UPDATE ledger SET actor = 'x' WHERE seq = 3")
    assert broadcaster("backup", station=maker.root).code == 1
    (copy,) = (maker.root / "backups").iterdir()
    assert copy.name.endswith("-not-whole.db")
    assert conditions(maker) == [ConditionKind.BACKUP_NOT_WHOLE]


def test_the_check_shows_what_there_is(maker: Maker, path: Path) -> None:
    station = maker.open()

    def shown() -> list[tuple[FindingKind, Level]]:
        return [(found.kind, found.level) for found in check_station(station) if found.about == "backups"]

    assert shown() == [(FindingKind.CONDITION, Level.WARNING)], "that there is none yet is no good news beside it"
    make_daily_backup(path, station.backups_folder, TODAY, keep=2)
    assert shown() == [(FindingKind.BACKUPS, Level.GOOD)]
    (found,) = [found for found in check_station(station) if found.about == "backups"]
    assert dict(found.facts) == {"count": 1, "folder": station.backups_folder, "last": TODAY}


def test_a_daily_backup_can_be_restored(broadcaster: RunCommand, maker: Maker, path: Path) -> None:
    assert broadcaster("backup", "--daily", station=maker.root).code == 0
    (backup,) = daily_backups([maker.open().backups_folder])
    assert isinstance(backup, DailyBackup)
    with Ledger.open(path) as ledger:
        ledger.append(day_rows(DAYS))
    result = broadcaster("restore", str(backup.path), "--give-up-newer", "--as", "Hòa", station=maker.root)
    assert result.code == 0
    assert "Rows that were given up: 4." in result.err
