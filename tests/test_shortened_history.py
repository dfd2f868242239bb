"""A history that lacks rows that it had: no command goes on in it as if they had never been."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stations import Maker

from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.daily_backup import make_daily_backup
from broadcaster.records.head_file import KnownHead
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from commands import RunCommand

NOW = datetime(2027, 5, 3, 8, tzinfo=UTC)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station with a history of some rows, and an older copy of it beside."""
    maker = Maker(tmp_path, SimulatedClock(NOW)).settings().script("bai-1")
    maker.campaign(maker.slot("05:30")).render()
    shutil.copy(maker.root / "broadcaster.db", maker.root / "older.db")
    with maker.open().ledger() as ledger:
        ledger.append([Entry(Kind.ORDER, "Lan", NOW, None, {"n": n}) for n in range(9)])
    return maker


def known(maker: Maker) -> KnownHead:
    found = maker.open().heads.read()
    assert found is not None
    return found


def lose_all(maker: Maker) -> None:
    for path in maker.root.glob("broadcaster.db*"):
        path.unlink()


def lose_the_end(maker: Maker) -> None:
    lose_all(maker)
    shutil.copy(maker.root / "older.db", maker.root / "broadcaster.db")


@pytest.mark.parametrize("lose", [lose_all, lose_the_end])
@pytest.mark.parametrize(
    "command",
    [
        ("schedule", "skip", "4/5/2027", "--yes", "--reason", "mưa bão"),
        ("activity", "add", "--date", "1/1/2026", "--kind", "banner", "--count", "1", "--text", "cổng chợ"),
        ("schedule", "pause", "thu", "--yes", "--reason", "mưa bão"),
    ],
)
def test_no_command_writes_to_it_and_makes_its_own_row_the_last_one(
    broadcaster: RunCommand, maker: Maker, lose: Callable[[Maker], None], command: tuple[str, ...]
) -> None:
    before, plan = known(maker), (maker.root / "schedules" / "thu.toml").read_bytes()
    lose(maker)
    done = broadcaster(*command, station=maker.root)
    assert done.code != 0
    assert str(before.seq) in done.err
    assert known(maker) == before
    assert (maker.root / "schedules" / "thu.toml").read_bytes() == plan


def test_no_command_begins_another_one_where_only_backups_tell_of_the_first(
    broadcaster: RunCommand, maker: Maker
) -> None:
    """The files that remember the last row are gone too, as with a copy of the folder that left out what looked odd."""
    make_daily_backup(maker.root / "broadcaster.db", maker.root / "backups", NOW.date(), keep=3)
    lose_all(maker)
    shutil.rmtree(maker.root / "state")
    (maker.root / "broadcaster.head").unlink()
    done = broadcaster("schedule", "pause", "thu", "--yes", "--reason", "mưa bão", station=maker.root)
    assert done.code != 0
    assert "broadcaster-2027-05-03.db" in done.err
    assert not (maker.root / "broadcaster.db").exists()


def test_verify_and_report_say_that_its_end_is_missing(broadcaster: RunCommand, maker: Maker, tmp_path: Path) -> None:
    assert broadcaster("audit", "verify", station=maker.root).code == 0
    lose_the_end(maker)
    verified = broadcaster("audit", "verify", station=maker.root)
    assert verified.code == 1
    assert str(known(maker).seq) in verified.out + verified.err
    made = tmp_path / "x.html"
    assert broadcaster("report", "--month", "5/2027", "--out", str(made), station=maker.root).code != 0
    assert not made.exists()
