"""Whose a play history is: its first row, keys that are lost, and histories of others in its place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stations import Maker, at

from broadcaster.errors import InputError
from broadcaster.office.audit import export_history, take_checkpoint, verify_history
from broadcaster.office.backups import restore_backup
from broadcaster.office.rehearse import rehearse_window
from broadcaster.office.window import Window
from broadcaster.playout.ledger_care import mend_at_start
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.backup import back_up
from broadcaster.records.identity import ForeignHistoryError, Purpose, begun, read_identity
from broadcaster.records.keys import PRIVATE, present_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.rescue import put_back
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import BreakKind
from broadcaster.station.conditions import ConditionKind
from broadcaster.station.folder import Station
from broadcaster.station.history_conditions import history_conditions

if TYPE_CHECKING:
    from commands import RunCommand

NAME = "Xã thử nghiệm"


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(at("2027-05-03 05:00"))


@pytest.fixture
def maker(tmp_path: Path, clock: SimulatedClock) -> Maker:
    return make(tmp_path / "a", clock)


def make(root: Path, clock: SimulatedClock) -> Maker:
    root.mkdir()
    maker = Maker(root, clock).settings().script("bai-1")
    return maker.campaign(maker.slot("05:30"))


def order(station: Station) -> Row:
    """Let a person's command write a row."""
    with station.ledger() as ledger:
        (row,) = ledger.append([Entry(Kind.ORDER, "Lan", station.now(), None, {"order": "stop"})])
    return row


def rows(path: Path) -> list[Row]:
    with Ledger.open(path, read_only=True) as ledger:
        return list(ledger.rows())


def kinds(station: Station) -> list[str]:
    return [row.kind for row in rows(station.ledger_path)]


def found(station: Station) -> list[ConditionKind]:
    return [condition.kind for condition in history_conditions(station)]


# ---- the first row -------------------------------------------------------------------------------------------------


def test_the_first_row_says_whose_history_it_is(maker: Maker) -> None:
    station = maker.open()
    order(station)
    order(station)
    first, *others = rows(station.ledger_path)
    assert first.kind == Kind.HISTORY_BEGUN
    assert (first.body["station"], first.body["purpose"]) == (NAME, "live")
    assert first.body["key"] == (maker.root / "keys" / "checkpoint.pub").read_text("utf-8").strip()
    assert [row.kind for row in others] == ["order", "order"]


def test_of_two_who_open_a_new_history_at_once_only_one_begins_it(tmp_path: Path) -> None:
    row = begun("Xã", "", Purpose.LIVE, at("2027-05-03 05:00"))
    with Ledger.open(tmp_path / "a.db") as one, Ledger.open(tmp_path / "a.db") as other:
        assert one.head().seq == other.head().seq == 0
        assert len(one.append([row], only_after=0)) == 1
        assert other.append([row], only_after=0) == []
    assert len(rows(tmp_path / "a.db")) == 1


def test_a_station_whose_keys_cannot_be_made_or_seen_still_writes(maker: Maker) -> None:
    (maker.root / "keys").write_text("not a folder")
    station = maker.open()
    order(station)
    assert rows(station.ledger_path)[0].body["key"] == ""
    assert kinds(station) == ["history_begun", "order"]


def test_a_history_of_an_older_version_stays_as_it_is_for_a_command(maker: Maker) -> None:
    station = maker.open()
    with Ledger.open(station.ledger_path) as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", station.now())])
    order(station)
    assert kinds(station) == ["order", "order"]
    assert verify(station.ledger_path).whose.identity is None


# ---- keys ----------------------------------------------------------------------------------------------------------


def test_a_lost_key_is_a_row_and_the_chain_goes_on(maker: Maker) -> None:
    station = maker.open()
    order(station)
    old = present_key(station.owner.keys)
    shutil.rmtree(station.owner.keys)
    assert found(station) == [ConditionKind.KEY_GONE]

    taken = take_checkpoint(station)

    new = present_key(station.owner.keys)
    last = rows(station.ledger_path)[-1]
    assert new not in (old, "")
    assert (last.kind, last.body) == ("key_changed", {"old": old, "new": new})
    assert taken.key.text == new
    assert taken.checkpoint.head.seq == last.seq, "the checkpoint covers the row about its own key"
    assert found(station) == [ConditionKind.KEY_CHANGED]
    report = verify_history(station.ledger_path, [], None)
    assert report.ok
    assert report.whose.changes == ((last.seq, "key_changed", old, new),)


def test_every_way_of_signing_enters_a_new_key(maker: Maker, tmp_path: Path) -> None:
    station = maker.open()
    order(station)
    shutil.rmtree(station.owner.keys)
    export_history(station, tmp_path / "export")
    assert kinds(station)[-1] == "key_changed"
    assert [row.kind for row in rows(tmp_path / "export" / "broadcaster.db")][-1] == "key_changed"


def test_a_command_enters_a_lost_key_before_its_own_row(maker: Maker) -> None:
    station = maker.open()
    order(station)
    (station.owner.keys / PRIVATE).unlink()
    order(station)
    order(station)
    assert kinds(station) == ["history_begun", "order", "key_changed", "order", "order"]


def test_a_whole_station_goes_on_in_another_place(maker: Maker, clock: SimulatedClock, tmp_path: Path) -> None:
    order(maker.open())
    shutil.copytree(maker.root, tmp_path / "new computer")
    moved = Maker(tmp_path / "new computer", clock).open()
    order(moved)
    assert kinds(moved) == ["history_begun", "order", "order"]
    assert verify_history(moved.ledger_path, [], None).ok


# ---- histories of others -------------------------------------------------------------------------------------------


@pytest.fixture
def rehearsed(maker: Maker) -> Path:
    day = at("2027-05-03 00:00").date()
    station = maker.render()
    return rehearse_window(station, Window(day, day, station.settings.timezone), "silent").folder / "broadcaster.db"


@pytest.fixture
def other(tmp_path: Path, clock: SimulatedClock) -> Station:
    maker = make(tmp_path / "b", clock)
    maker.settings().root.joinpath("station.toml").write_text(
        maker.root.joinpath("station.toml").read_text("utf-8").replace(NAME, "Xã bên"), "utf-8"
    )
    station = maker.open()
    order(station)
    return station


def lay(path: Path, station: Station) -> None:
    """Put another history in the place of the station's, its log with it."""
    back_up(path, station.ledger_path)
    for part in ("-wal", "-shm"):
        station.ledger_path.with_name(f"broadcaster.db{part}").unlink(missing_ok=True)


def refused(station: Station) -> ForeignHistoryError:
    """Return what everybody says who would write into it, sign it or report on it; nothing of it has changed then."""
    before = rows(station.ledger_path)
    with pytest.raises(ForeignHistoryError) as start:
        mend_at_start(station)
    with pytest.raises(ForeignHistoryError):
        order(station)
    with pytest.raises(ForeignHistoryError):
        take_checkpoint(station)
    with pytest.raises(ForeignHistoryError):
        export_history(station, station.root / "export")
    with pytest.raises(ForeignHistoryError):
        station.ledger(read_only=True)
    assert rows(station.ledger_path) == before
    return start.value


def test_a_rehearsal_says_so_and_is_refused_in_the_place_of_the_history(maker: Maker, rehearsed: Path) -> None:
    station = maker.open()
    order(station)
    lay(rehearsed, station)
    assert "rehearsal" in str(refused(station))
    assert found(station) == [ConditionKind.HISTORY_FOREIGN]
    report = verify_history(station.ledger_path, [], None)
    assert [broken.kind for broken in report.breaks] == [BreakKind.REHEARSAL]
    assert report.chain_ok


def test_another_stations_history_is_refused_and_named(maker: Maker, other: Station) -> None:
    station = maker.open()
    order(station)
    lay(other.ledger_path, station)
    told = str(refused(station))
    assert "Xã bên" in told
    assert present_key(other.owner.keys).partition("+")[0] in told
    report = verify_history(station.ledger_path, [], None)
    assert [broken.kind for broken in report.breaks] == [BreakKind.OTHER_STATION]
    assert verify_history(other.ledger_path, [], None).ok


def test_a_history_whose_key_is_lost_goes_on_when_the_wrong_keys_are_moved_away(maker: Maker, other: Station) -> None:
    station = maker.open()
    order(station)
    lay(other.ledger_path, station)
    for path in station.heads.paths:  # which belong to the file that was there
        path.unlink()
    station.owner.keys.rename(maker.root / "wrong keys")
    order(station)
    assert kinds(station) == ["history_begun", "order", "key_changed", "order"]
    with station.ledger() as ledger:
        identity = read_identity(ledger)
    assert identity is not None
    assert identity.keys == (present_key(other.owner.keys), present_key(station.owner.keys))


def test_commands_refuse_it_and_now_and_verify_name_it(broadcaster: RunCommand, maker: Maker, rehearsed: Path) -> None:
    lay(rehearsed, maker.open())
    for command in (("run",), ("report", "--month", "5/2027"), ("log",), ("audit", "checkpoint")):
        result = broadcaster(*command, station=maker.root)
        assert result.code == 1
        assert "rehearsal" in result.err
        assert "Traceback" not in result.err
    result = broadcaster("audit", "verify", station=maker.root)
    assert result.code == 1
    assert "nothing of it was on the air" in result.out
    for command in ("now", "check"):
        assert "history of a rehearsal" in broadcaster(command, station=maker.root).out


# ---- backups and damage --------------------------------------------------------------------------------------------


def test_a_backup_from_before_the_key_was_lost_goes_on_under_the_new_one(maker: Maker, tmp_path: Path) -> None:
    station = maker.open()
    order(station)
    back_up(station.ledger_path, tmp_path / "backup.db")
    shutil.rmtree(station.owner.keys)
    order(station)
    restore_backup(station, tmp_path / "backup.db", "Lan", give_up_newer=True)
    order(station)
    assert kinds(station) == ["history_begun", "order", "restored", "key_changed", "order"]
    assert rows(station.ledger_path)[-2].body["new"] == present_key(station.owner.keys)


def test_a_backup_of_another_station_or_a_rehearsal_is_not_restored(
    maker: Maker, rehearsed: Path, other: Station
) -> None:
    station = maker.open()
    order(station)
    before = kinds(station)
    for path in (rehearsed, other.ledger_path):
        with pytest.raises(InputError, match="history of"):
            restore_backup(station, path, "Lan", give_up_newer=True)
    assert kinds(station) == before


def test_a_new_station_goes_on_in_a_backup_whose_key_is_lost(
    maker: Maker, clock: SimulatedClock, tmp_path: Path
) -> None:
    lost = maker.open()
    order(lost)
    new = make(tmp_path / "new", clock).open()
    order(new)
    new.ledger_path.unlink()
    for path in new.heads.paths:
        path.unlink()
    restore_backup(new, lost.ledger_path, "Lan", give_up_newer=False)
    order(new)
    assert kinds(new) == ["history_begun", "order", "restored", "key_changed", "order"]
    assert verify_history(new.ledger_path, [], None).ok


def test_where_no_row_is_left_the_new_history_says_whose_it_is(maker: Maker) -> None:
    station = maker.open()
    order(station)
    station.ledger_path.unlink()
    mend_at_start(station)
    assert kinds(station) == ["history_begun", "ledger_damaged"]
    assert verify(station.ledger_path).ok


def test_a_backup_of_another_station_fills_no_hole(maker: Maker, other: Station) -> None:
    station = maker.open()
    order(station)
    station.backups_folder.mkdir()
    back_up(other.ledger_path, station.backups_folder / "broadcaster-2027-05-02.db")
    station.ledger_path.unlink()
    mend_at_start(station)
    first, *_others = rows(station.ledger_path)
    assert first.body["station"] == NAME


def test_rows_of_a_rehearsal_laid_in_under_the_running_desk_are_not_taken_over(maker: Maker, rehearsed: Path) -> None:
    station = maker.open()
    with station.ledger(daemon=True) as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", station.now())])
        before = kinds(station)
        lay(rehearsed, station)
        assert put_back(ledger, station.now(), station.heads).saved == 0
    assert kinds(station) == [*before, "ledger_damaged"]


def test_a_checkpoint_of_yesterday_holds_after_the_key_changed(maker: Maker, clock: SimulatedClock) -> None:
    station = maker.open()
    order(station)
    before = take_checkpoint(station).checkpoint.head
    clock.now += timedelta(days=1)
    shutil.rmtree(station.owner.keys)
    order(replace(station))
    assert rows(station.ledger_path)[before.seq - 1].hash == before.hash


@pytest.mark.parametrize("back", [timedelta(hours=7), timedelta(days=400)])
def test_what_a_person_enters_under_a_clock_that_is_behind_is_no_forged_row(
    maker: Maker, clock: SimulatedClock, back: timedelta
) -> None:
    station = maker.open()
    order(station)
    last, clock.now = clock.now, clock.now - back
    order(station)
    order(station)
    report = verify(station.ledger_path)
    assert report.breaks == ()
    assert kinds(station) == ["history_begun", "order", "clock_untrusted", "order", "order"]
    doubt = rows(station.ledger_path)[2]
    assert (doubt.at, doubt.actor, doubt.body["doubt"]) == (clock.now, "broadcaster", "behind")
    assert datetime.fromisoformat(doubt.body["floor"]) == last
    clock.now = last + timedelta(seconds=1)
    order(station)
    assert kinds(station)[-2:] == ["order", "order"], "a clock that is right again needs no word"
