"""The duties of a round: what fails is told once, counted, tried again, and keeps no other from being done."""

from __future__ import annotations

import logging

import pytest

from broadcaster.errors import RecordError
from broadcaster.playout.duties import TRIES, Duties


class Round:
    """Duties by a counter that the test moves, and what they told."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.failures: list[tuple[str, str, float]] = []
        self.mended: list[str] = []
        self.duties = Duties(lambda: self.seconds, self._failed, self.mended.append)
        self.done: list[float] = []

    def _failed(self, name: str, error: Exception, seconds: float) -> None:
        self.failures.append((name, str(error), seconds))

    def note(self) -> None:
        self.done.append(self.seconds)

    def fail(self) -> None:
        self.seconds += 10.0
        raise RecordError("locked")


@pytest.fixture
def around() -> Round:
    return Round()


def test_what_fails_is_told_once_and_counted_and_says_how_long_it_took(
    around: Round, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert not around.duties.do("plan", around.fail)
    assert not around.duties.do("plan", around.fail)
    assert around.failures == [("plan", "locked", 10.0)] * 2
    assert around.duties.do("plan", around.note)
    assert around.mended == ["plan"]
    assert [record.getMessage() for record in caplog.records] == ["plan: locked", "plan works again, after 2 failures"]


def test_an_error_of_the_program_is_told_with_its_place(around: Round, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise KeyError("x")

    assert not around.duties.do("clips", broken)
    (record,) = caplog.records
    assert record.exc_info


def test_what_is_done_now_and_then_waits_and_is_due_at_once_where_it_failed(around: Round) -> None:
    for second in (100.0, 104.0, 105.0, 111.0):
        around.seconds = second
        around.duties.do("beat", around.note, every=5.0)
    assert around.done == [100.0, 105.0, 111.0]
    around.seconds = 120.0
    around.duties.do("beat", around.fail, every=5.0)
    around.duties.do("beat", around.note, every=5.0)
    assert around.done[-1] == 130.0
    around.duties.due_in("beat", 0.0)
    around.duties.do("beat", around.note, every=5.0)
    assert around.done[-2:] == [130.0, 130.0]


def test_a_last_duty_is_tried_again_and_waits_for_nothing(around: Round) -> None:
    around.duties.do("stop", around.note, every=1000.0)
    around.duties.insist("stop", around.fail)
    assert len(around.failures) == TRIES
    around.duties.insist("stop", around.note)
    assert len(around.done) == 2
