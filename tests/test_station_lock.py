"""One desk a station, also where somebody deletes its state under it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from desk_process import heartbeat, running_desk
from stations import Maker
from waiting import GIVE_UP, wait_for

from broadcaster.errors import PlayoutError
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.station_lock import is_running, lock_path, only_one

if TYPE_CHECKING:
    from pathlib import Path

deletes_open_files = pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no file that is open")


def test_a_second_one_is_refused_and_the_first_goes_on(maker: Maker) -> None:
    station = maker.open()
    with only_one(station):
        with pytest.raises(PlayoutError, match="another daemon"), only_one(station):
            raise AssertionError
        assert is_running(station)
    assert not is_running(station)
    with only_one(station):
        assert is_running(station)


@deletes_open_files
def test_a_deleted_state_lets_no_second_one_in(maker: Maker) -> None:
    station = maker.open()
    with only_one(station) as lock:
        shutil.rmtree(station.state_folder)
        assert is_running(station)
        with pytest.raises(PlayoutError, match="another daemon"), only_one(station):
            raise AssertionError
        assert is_running(station)  # the one that was refused left its file behind
        lock.keep()
        with pytest.raises(PlayoutError, match="another daemon"), only_one(station):
            raise AssertionError
    assert not is_running(station)


@deletes_open_files
def test_a_running_desk_makes_its_lock_anew_where_its_state_was_deleted(tmp_path: Path) -> None:
    maker = Maker(tmp_path, SimulatedClock(datetime.now(UTC))).settings().script("bai-1")
    with running_desk(maker) as desk:
        shutil.rmtree(maker.root / "state")
        second = subprocess.run(
            [sys.executable, "-m", "broadcaster", "--lang", "en", "--station", str(maker.root), "run"],
            capture_output=True,
            text=True,
            check=False,
            timeout=GIVE_UP,
        )
        assert second.returncode == 1
        assert "is already airing this station" in second.stderr
        wait_for(lambda: lock_path(maker.open()).exists() and heartbeat(maker).get("pid") == desk.pid)
        assert desk.poll() is None
