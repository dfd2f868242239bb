"""When a frame is heard, computed from asks and answers that may come late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.frame_clock import ANSWERS, ASKS, LevelClock, ServerClock
from broadcaster.playout.sound.pulse_stream import is_steady

START = 1000.0
PERIOD = CLIP_RATE // 5
HELD = 2 * PERIOD / CLIP_RATE


def asks(count: int, late: Iterator[float] | None = None) -> Iterator[tuple[float, int]]:
    """Yield when a device asks, and how much it has taken then: two periods at once, then one whenever it has room."""
    for number in range(count):
        due = START + max(0, number - 1) * PERIOD / CLIP_RATE
        yield due + (next(late, 0.0) if late else 0.0), (number + 1) * PERIOD


def taught(count: int = 10, *, level: float | None = None, late: list[float] | None = None) -> LevelClock:
    clock = LevelClock(level=level)
    for now, handed in asks(count, iter(late) if late else None):
        clock.note(now, handed)
    return clock


def test_a_calm_opening_finds_what_the_device_holds() -> None:
    clock = LevelClock()
    assert clock.level is None
    for now, handed in asks(ASKS):
        clock.note(now, handed)
    assert clock.level == pytest.approx(HELD)
    assert clock.heard_at(CLIP_RATE) == pytest.approx(START + 1)
    assert clock.frame_at(START + 1) == CLIP_RATE


LATE = [0.0, *[0.12] * (ASKS - 1)]
"""All asks of an opening but the first come 120 ms late: it takes the device for one that holds less."""


def test_a_loaded_opening_goes_by_what_an_earlier_one_found() -> None:
    calm_later = [*LATE, *[0.0] * 10]
    alone = taught(len(calm_later), late=calm_later)
    taught_before = taught(len(calm_later), level=HELD, late=calm_later)
    assert alone.heard_at(0) == pytest.approx(START - 0.12)  # 120 ms early: what the learned level is for
    assert taught_before.heard_at(0) == pytest.approx(START)


def test_a_level_that_an_earlier_opening_found_too_small_is_corrected() -> None:
    clock = taught(level=HELD - 0.12)
    assert clock.level == pytest.approx(HELD)
    assert clock.heard_at(0) == pytest.approx(START)


@given(late=st.lists(st.floats(0, 0.1), min_size=3, max_size=40))
def test_a_server_that_answers_late_now_and_then_moves_nothing(late: list[float]) -> None:
    clock = ServerClock()
    for number in range(ANSWERS):
        clock.note(START + number * 0.02 + late[number % len(late)] * (number % 7 > 0), number * 960, 0.05)
    assert clock.heard_at(0) == pytest.approx(START + 0.05)
    assert clock.next_at(START + 2) == 2 * CLIP_RATE
    assert clock.heard == (ANSWERS - 1) * 960 - CLIP_RATE // 20


def test_a_server_whose_card_paused_is_followed() -> None:
    """After 0.3 s in which the card stood still, all later frames are heard that much later."""
    clock = ServerClock()
    for number in range(200):
        pause = 0.3 if number >= 100 else 0.0
        clock.note(START + number * 0.02 + pause, number * 960, 0.05)
    assert clock.heard_at(0) == pytest.approx(START + 0.35)


def test_what_the_computer_cannot_know_is_added() -> None:
    clock = ServerClock(extra=0.25)
    clock.note(START, 0, 0.05)
    assert clock.heard_at(CLIP_RATE) == pytest.approx(START + 1.3)
    assert clock.frame_at(START + 1.3) == CLIP_RATE
    assert clock.next_at(START) == 0  # what the server takes has nothing to do with what comes after it


def test_clocks_that_know_nothing_say_so() -> None:
    for clock in (LevelClock(), ServerClock()):
        with pytest.raises(ValueError, match=r"was handed over yet|has not answered yet"):
            clock.heard_at(0)


@pytest.mark.parametrize(("moved", "steady"), [(0.0, True), (0.0005, True), (-3600.0, False), (0.5, False)])
def test_an_answer_around_which_the_wall_clock_was_set_does_not_count(moved: float, steady: bool) -> None:
    assert is_steady(1.7e9, 1.7e9 + moved) is steady
