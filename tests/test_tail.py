"""`log --follow` goes on where the history's file is exchanged for another under it, and says so."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stations import NOTHING_IN_FORCE, Maker, at

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rows import planned_row, play_of, played_row
from broadcaster.records.as_run import Filter
from broadcaster.records.ledger import Ledger
from broadcaster.records.tail import PlayTail

if TYPE_CHECKING:
    from commands import RunCommand

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no file that is open")
FIRST = at("2027-05-03 05:00")


def enter(path: Path, *numbers: int) -> None:
    """Enter the plays of these numbers, one a minute, into the history at `path`."""
    with Ledger.open(path) as ledger:
        for number in numbers:
            start = FIRST + timedelta(minutes=number)
            occurrence = Occurrence("thu", "sang", start, ("bai-1",), bulletin_class=BulletinClass.NORMAL)
            ledger.append([planned_row(occurrence, start - timedelta(hours=1))])
            ledger.append([played_row(play_of(occurrence, NOTHING_IN_FORCE, Outcome.MISSED), start)])


def take_away(path: Path) -> None:
    for found in path.parent.glob(f"{path.name}*"):
        found.unlink()


def followed(path: Path, *events: Callable[[], object]) -> tuple[list[int], int]:
    """Return the minutes of the plays that a tail shows while these things happen, and how often it told of a file."""
    left, told = iter(events), Counter[str]()

    def wait() -> bool:
        event = next(left, None)
        if event is not None:
            event()
        return event is not None

    with Ledger.open(path, read_only=True) as ledger:
        tail = PlayTail(ledger, 0, lambda: Ledger.open(path, read_only=True), lambda: told.update(["told"]))
        lines = list(tail.follow(Filter(), wait))
    return [line.play.planned_start.minute for line in lines], told.total()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "broadcaster.db"
    enter(path, 0, 1)
    return path


def test_rows_of_the_same_file_come_once(path: Path) -> None:
    assert followed(path, lambda: enter(path, 2), lambda: None, lambda: enter(path, 3)) == ([0, 1, 2, 3], 0)


def test_a_file_made_anew_is_followed_and_what_it_took_over_is_not_shown_again(path: Path) -> None:
    def made_anew() -> None:
        take_away(path)
        enter(path, 1, 0, 2)

    assert followed(path, made_anew, lambda: enter(path, 3)) == ([0, 1, 2, 3], 1)


def test_a_file_that_is_gone_for_a_while_is_waited_for(path: Path) -> None:
    shown = followed(path, lambda: take_away(path), lambda: None, lambda: enter(path, 5), lambda: enter(path, 6))
    assert shown == ([0, 1, 5, 6], 1)


def test_one_that_cannot_be_read_yet_is_tried_again(path: Path) -> None:
    def half_made() -> None:
        take_away(path)
        path.write_bytes(b"x" * 5000)

    def whole() -> None:
        take_away(path)
        enter(path, 7)

    assert followed(path, half_made, lambda: None, whole) == ([0, 1, 7], 1)


def test_each_of_several_exchanges_is_told(path: Path) -> None:
    def exchange(*numbers: int) -> Callable[[], None]:
        def do() -> None:
            take_away(path)
            enter(path, *numbers)

        return do

    assert followed(path, exchange(0, 1, 2), exchange(2, 3), exchange(0, 4)) == ([0, 1, 2, 3, 4], 3)


def test_the_command_says_so_beside_the_answer(
    broadcaster: RunCommand, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Maker(tmp_path, SimulatedClock(FIRST)).settings()
    looks = iter((True, False))

    def wait() -> bool:
        if goes_on := next(looks):
            take_away(path)
            enter(path, 0, 1, 2)
        return goes_on

    monkeypatch.setattr("broadcaster.cli.records.log._wait", wait)
    shown = broadcaster("log", "--follow", "--json", "--month", "5/2027", station=tmp_path)
    assert len(shown.out.splitlines()) == 3
    assert shown.err == "Another file lies in the place of the play history; the log goes on in it.\n"
