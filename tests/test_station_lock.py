"""One desk a station, also where somebody deletes its state under it."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from broadcaster.errors import PlayoutError
from broadcaster.playout.station_lock import is_running, only_one

if TYPE_CHECKING:
    from stations import Maker

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
