"""What a sound server is given ahead of time, frame by frame, in a time of the tests' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sounds import noise, write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.feed import FADE_FRAMES, FeedReport
from broadcaster.playout.sound.frame_clock import ServerClock
from broadcaster.playout.sound.push_feed import AHEAD, PushFeed
from broadcaster.playout.sound.segment_reader import SegmentReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pulse import Samples

START = 1000.0
LATENCY = 0.05
STEP = 0.02
STALE = 7
"""What lies in the server's memory where nobody wrote: an old sound, and not silence."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("clips") / "clip.wav", noise(6.0))


def reader(clip: Path, seconds: float = 6.0) -> SegmentReader:
    sound = SegmentReader([(clip, round(seconds * CLIP_RATE))])
    sound.read_ahead()
    return sound


class Server:
    """Takes a frame each 1/48000 s from `START` on, plays it `LATENCY` later, and has no use for what comes too late.

    It answers `late` seconds after it looked: what a busy computer does.
    """

    def __init__(self, extra: float = 0.0, drift: float = 0.0, travel: float = 0.001) -> None:
        self.now = START
        self.rate = CLIP_RATE * (1 + drift)
        self.memory: Samples = np.full(30 * CLIP_RATE, STALE, "<i2")
        self.travel = travel
        self.feed = PushFeed(ServerClock(extra), self.write)

    def taken(self, instant: float) -> int:
        return int((instant - START) * self.rate)

    def write(self, samples: bytes, place: int) -> None:
        values = np.frombuffer(samples, "<i2")
        first = max(place, self.taken(self.now + self.travel))
        if first < place + len(values):
            self.memory[first : place + len(values)] = values[first - place :]

    def step(self, late: float = 0.0) -> None:
        self.feed.note(self.now + late, self.taken(self.now), LATENCY)
        self.now += late
        self.feed.step(self.now)

    def run(self, until: float, gaps: Iterable[float] = (), do: Callable[[], object] | None = None) -> None:
        """Let time pass to `until`, with these times between two steps, and `do` something after each step."""
        waits = iter(gaps)
        while self.now < until:
            self.now += next(waits, STEP)
            self.step()
            if do is not None:
                do()

    def heard(self) -> Samples:
        """Return what was taken so far, after the silence of the opening."""
        return self.memory[: self.taken(self.now)]

    def heard_at(self, frame: int) -> float:
        return START + frame / self.rate + LATENCY


def first_sound(heard: Samples) -> int:
    return int(np.flatnonzero(heard != 0)[0])


@given(
    wait=st.floats(0.2, 5),
    gaps=st.lists(st.floats(0.005, 1.7), max_size=12),
    late=st.lists(st.floats(0, 0.3), max_size=12),
    drift=st.floats(-1e-4, 1e-4),
    extra=st.floats(0, 0.3),
)
def test_the_first_sample_is_heard_when_planned_whatever_the_load(
    clip: Path, wait: float, gaps: list[float], late: list[float], drift: float, extra: float
) -> None:
    """The process gets no CPU for up to 1.7 s at a time, answers come up to 0.3 s late, the card is fast or slow."""
    server = Server(extra, drift)
    server.run(START + 1)
    for each in late:
        server.now += STEP
        server.step(each)
    target = server.now + wait + extra
    server.feed.play(1, reader(clip), target, server.now)
    server.run(target + 2, gaps)
    heard = server.heard()[CLIP_RATE // 2 :]
    first = first_sound(heard)
    assert abs(server.heard_at(first + CLIP_RATE // 2) + extra - target) < 0.0005
    assert np.array_equal(heard[first : first + CLIP_RATE], noise(6.0)[:CLIP_RATE])


@pytest.mark.parametrize("ago", [0.0, 0.02, 3600.0])
def test_a_late_play_begins_soon_with_its_head(clip: Path, ago: float) -> None:
    server = Server()
    server.run(START + 2)
    now = server.now
    server.feed.play(1, reader(clip), now - ago, now)
    server.run(now + 7)
    heard = server.heard()[CLIP_RATE:]
    first = first_sound(heard)
    assert now < server.heard_at(first + CLIP_RATE) < now + 0.25
    assert np.array_equal(heard[first : first + 6 * CLIP_RATE], noise(6.0))
    assert not heard[first + 6 * CLIP_RATE :].any()


def test_a_hole_moves_the_rest_and_counts_as_silence(clip: Path) -> None:
    """For three seconds the process gets no CPU: what comes after the hole is all that had not been written before."""
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + 1, server.now)
    server.run(server.now + 2)
    server.run(server.now + 8, [3.0])
    heard = server.heard()[CLIP_RATE // 2 :]
    sound = heard[(heard != 0) & (heard != STALE)]
    assert np.array_equal(sound, noise(6.0))
    report = server.feed.report()
    assert report.played == 6 * CLIP_RATE
    assert report.started is not None
    assert report.ended is not None
    assert report.ended - report.started > 6.9


def test_progress_counts_what_was_heard_and_ends_when_the_server_went_past_it(clip: Path) -> None:
    server = Server()
    assert server.feed.report() == FeedReport(0, 0, 0, None, None)
    server.run(START + 1)
    target = server.now + 1
    server.feed.play(7, reader(clip), target, server.now)
    seen: list[tuple[float, FeedReport]] = []
    server.run(target + 7, do=lambda: seen.append((server.now, server.feed.report())))
    for now, report in seen:
        assert report.number == 7
        assert report.played == pytest.approx(min(max(now - target, 0), 6) * CLIP_RATE, abs=10)
        if abs(now - target - 6) > 0.001:
            assert (report.ended is not None) == (now > target + 6)
    assert seen[-1][1].ended == pytest.approx(target + 6, abs=0.001)


def test_a_server_that_stops_counts_no_further_and_never_ends(clip: Path) -> None:
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + 0.5, server.now)
    server.run(server.now + 6)
    report = server.feed.report()
    for _step in range(100):  # it answers no more, and this process goes on
        server.now += STEP
        server.feed.step(server.now)
    assert server.feed.report() == report
    assert report.ended is None
    assert report.played < 6 * CLIP_RATE


@given(after=st.floats(0.06, 3.9))
def test_a_stop_writes_over_what_the_server_holds(clip: Path, after: float) -> None:
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + 0.5, server.now)
    server.run(server.now + 0.5 + after)
    ordered = server.now
    server.feed.stop(ordered)
    report = server.feed.report()
    server.feed.stop(ordered)
    server.run(ordered + 3)
    heard = server.heard()[CLIP_RATE // 2 :]
    first = first_sound(heard)
    sound = heard[first : first + report.played]
    assert report.ended is not None
    assert report.ended - ordered < 0.1
    assert server.feed.report().ended == pytest.approx(report.ended, abs=1e-3)
    assert np.array_equal(sound[:-FADE_FRAMES], noise(6.0)[: report.played - FADE_FRAMES])
    assert abs(int(sound[-1])) < 20
    assert not heard[first + report.played :].any()


def test_a_stop_near_the_end_leaves_the_end(clip: Path) -> None:
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + 0.5, server.now)
    server.run(server.now + 6.49)
    server.feed.stop(server.now)
    server.run(server.now + 1)
    heard = server.heard()[CLIP_RATE // 2 :]
    first = first_sound(heard)
    assert np.array_equal(heard[first : first + 6 * CLIP_RATE], noise(6.0))
    assert server.feed.report().played == 6 * CLIP_RATE


@pytest.mark.parametrize("ahead", [0.5, 3600.0], ids=["written already", "not yet"])
def test_a_stop_before_the_start_leaves_silence(clip: Path, ahead: float) -> None:
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + ahead, server.now)
    server.run(server.now + 0.2)
    ordered = server.now
    server.feed.stop(ordered)
    server.run(ordered + 4)
    assert not server.heard()[CLIP_RATE // 2 :].any()
    report = server.feed.report()
    assert (report.started, report.played, report.ended) == (None, 0, ordered)


def test_a_play_replaces_the_one_before_it(tmp_path: Path, clip: Path) -> None:
    other = write_wav(tmp_path / "other.wav", noise(1.0, seed=5))
    server = Server()
    server.run(START + 1)
    server.feed.play(1, reader(clip), server.now + 0.5, server.now)
    server.run(server.now + 0.2)
    target = server.now + 1
    server.feed.play(2, reader(other, 1.0), target, server.now)
    server.run(target + 3)
    heard = server.heard()[CLIP_RATE // 2 :]
    assert np.array_equal(np.trim_zeros(heard), noise(1.0, seed=5))
    assert server.feed.report().number == 2


def test_what_the_server_holds_was_always_written() -> None:
    """Not every server makes silence of what nobody wrote: it plays what lay there, and that was a clip once."""
    server = Server()
    server.run(START + 5)
    taken = server.taken(server.now)
    assert not server.memory[CLIP_RATE // 2 : taken + AHEAD - CLIP_RATE // 5].any()
