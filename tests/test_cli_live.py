"""The line at the foot of the terminal: what is left on the screen, and what a log line above it looks like."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
from stations import at

from broadcaster.cli.air.live_line import LiveLine, LogAbove
from broadcaster.models import Occurrence
from broadcaster.playout.desk_state import Status


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """Return the lines as a terminal shows them: what comes after a return is drawn over what was there."""
        return [self._drawn(line).rstrip() for line in self.getvalue().split("\n")]

    @staticmethod
    def _drawn(line: str) -> str:
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        return "".join(cells)


def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in stderr's place; not a fixture, for pytest puts its own there when the test begins."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    return terminal


def coming(seconds: int, script: str = "bai-1") -> Status:
    occurrence = Occurrence("thu", "sang", at("2027-05-03 05:30"), (script,))
    return Status(at("2027-05-03 05:30") - timedelta(seconds=seconds), next=occurrence)


def test_the_line_is_drawn_over_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    line = LiveLine()
    line.show(coming(100, "mot-kich-ban-ten-rat-dai"))
    line.show(coming(9))

    assert terminal.screen() == ["next: bai-1 at 2027-05-03 05:30:00, in 0:09"]


def test_a_log_line_stands_whole_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    with LiveLine() as line:
        line.show(coming(9))
        LogAbove(line).handle(logging.makeLogRecord({"msg": "the clock moved"}))
        line.show(coming(8))
        before = terminal.screen()

    assert before == ["the clock moved", "next: bai-1 at 2027-05-03 05:30:00, in 0:08"]
    assert terminal.screen() == ["the clock moved", ""]


def test_a_line_too_long_for_the_terminal_is_cut_and_not_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "20")

    LiveLine().show(coming(9))

    assert terminal.screen() == ["next: bai-1 at 2027"]


def test_what_is_on_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    begin = at("2027-05-03 05:30")
    occurrence = Occurrence("thu", "sang", begin, ("bai-1",))
    status = Status(begin + timedelta(seconds=12), occurrence, begin, begin + timedelta(seconds=34), "Loa")

    LiveLine().show(status)

    assert terminal.screen() == ["ON AIR bai-1  0:12 / 0:34  (Loa)"]


def test_where_nobody_looks_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)

    with LiveLine() as line:
        line.show(coming(9))

    assert pipe.getvalue() == ""
