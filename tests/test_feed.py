"""What a device that asks for samples is fed, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import noise, write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.feed import FADE_FRAMES, FeedReport, fade_out
from broadcaster.playout.sound.frame_clock import LevelClock
from broadcaster.playout.sound.pull_feed import PullFeed
from broadcaster.playout.sound.segment_reader import SegmentReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PERIOD = 4800
LATENCY = 0.160  # of the device below: it holds this much after it asked


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("clips") / "clip.wav", noise(1.0))


def one_clip(clip: Path) -> SegmentReader:
    sound = SegmentReader([(clip, CLIP_RATE)])
    sound.read_ahead()
    return sound


def asks(start: float = 100.0, drift: float = 0.0, late: Iterator[float] | None = None) -> Iterator[tuple[float, int]]:
    """Yield when a device asks, and for how much: twice at once, then whenever a period of `LATENCY` was heard."""
    handed = 0
    while True:
        due = start + max(0.0, (handed + PERIOD) / CLIP_RATE - LATENCY) / (1 + drift)
        yield due + (next(late) if late else 0.0), PERIOD
        handed += PERIOD


def heard_at(frame: int, start: float = 100.0, drift: float = 0.0) -> float:
    return start + frame / CLIP_RATE / (1 + drift)


def listen(
    feed: PullFeed, device: Iterator[tuple[float, int]], until: float
) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Return all that a device takes until it asks after the instant `until`."""
    pieces = []
    for now, count in device:
        pieces.append(feed.fill(now, count))
        assert len(pieces[-1]) == count * 2
        if now > until:
            break
    return np.frombuffer(b"".join(pieces), "<i2")


@settings(max_examples=60, deadline=None)
@given(
    target=st.floats(100.5, 160),
    drift=st.floats(-1e-4, 1e-4),
    lateness=st.lists(st.floats(0, 0.05), min_size=3, max_size=9),
)
def test_the_first_sample_is_heard_when_planned(clip: Path, target: float, drift: float, lateness: list[float]) -> None:
    """A card that runs fast or slow, and a busy computer that is up to 50 ms late to hand over, move nothing."""
    feed = PullFeed(LevelClock())
    late = (lateness[number % len(lateness)] * (number % 3 > 0) for number in range(10**6))
    feed.play(1, one_clip(clip), target)
    heard = listen(feed, asks(drift=drift, late=late), target + 1.5)
    first = int(np.flatnonzero(heard)[0])
    assert abs(heard_at(first, drift=drift) - target) < 0.002
    assert np.array_equal(heard[first : first + CLIP_RATE], noise(1.0))
    assert not heard[first + CLIP_RATE :].any()


@settings(deadline=None, max_examples=30)
@given(target=st.floats(0, 105))
def test_a_late_play_begins_with_the_next_frame_that_can_be_heard(clip: Path, target: float) -> None:
    feed = PullFeed(LevelClock())
    device = asks()
    listen(feed, device, 105)
    handed = feed.report().handed
    feed.play(1, one_clip(clip), target)
    heard = listen(feed, device, 107)
    assert np.array_equal(heard[:CLIP_RATE], noise(1.0))
    assert feed.report().started == pytest.approx(heard_at(handed))


def test_the_device_that_ran_dry_starts_a_new_line(clip: Path) -> None:
    """After a hole of two seconds the device goes on from where it was: a play after it is on time again."""
    feed = PullFeed(LevelClock())
    listen(feed, asks(), 110)
    later = ((now + 12, count) for now, count in asks())
    feed.play(1, one_clip(clip), 113.5)
    heard = listen(feed, later, 115)
    assert 112 + int(np.flatnonzero(heard)[0]) / CLIP_RATE == pytest.approx(113.5, abs=0.001)
    assert feed.report().started == pytest.approx(113.5, abs=0.001)


def test_what_the_computer_cannot_know_is_subtracted(clip: Path) -> None:
    feed = PullFeed(LevelClock(extra=0.25))
    feed.play(1, one_clip(clip), 105)
    heard = listen(feed, asks(), 107)
    assert heard_at(int(np.flatnonzero(heard)[0])) == pytest.approx(104.75, abs=0.001)


def test_progress_counts_what_was_heard_and_ends_when_the_device_went_past_it(clip: Path) -> None:
    feed = PullFeed(LevelClock())
    device = asks()
    assert feed.report() == FeedReport(0, 0, 0, None, None)
    feed.play(7, one_clip(clip), 102)
    seen = []
    for now, count in device:
        feed.fill(now, count)
        seen.append((now, feed.report()))
        if now > 104:
            break
    for now, report in seen:
        assert report.number == 7
        assert report.played == pytest.approx(min(max(now - 102, 0), 1) * CLIP_RATE, abs=50)
        assert (report.ended is not None) == (now >= 103.0001)
    assert seen[-1][1].ended == pytest.approx(103, abs=0.001)


def test_a_device_that_stops_counts_no_further_and_never_ends(clip: Path) -> None:
    feed = PullFeed(LevelClock())
    feed.play(1, one_clip(clip), 102)
    listen(feed, asks(), 102.85)  # all is handed over, and its end was not heard
    report = feed.report()
    assert report.ended is None
    assert report.played < CLIP_RATE


def test_a_stop_fades_within_the_next_samples(clip: Path) -> None:
    feed = PullFeed(LevelClock())
    device = asks()
    feed.play(1, one_clip(clip), 102)
    before = listen(feed, device, 102.5)
    feed.stop(102.5)
    after = listen(feed, device, 104)
    assert not after[FADE_FRAMES:].any()
    assert after[: FADE_FRAMES // 2].any()
    first = int(np.flatnonzero(before)[0])
    report = feed.report()
    assert report.played == len(before) - first + FADE_FRAMES
    assert report.ended is not None


def test_a_stop_before_the_start_leaves_silence(clip: Path) -> None:
    feed = PullFeed(LevelClock())
    device = asks()
    feed.play(1, one_clip(clip), 105)
    listen(feed, device, 102)
    feed.stop(102)
    assert not listen(feed, device, 108).any()
    report = feed.report()
    assert (report.started, report.played, report.ended) == (None, 0, 102)


def test_a_fade_falls_from_the_sample_to_nothing() -> None:
    faded = np.frombuffer(fade_out(np.full(FADE_FRAMES, 10_000, "<i2").tobytes()), "<i2")
    assert faded[0] == 10_000
    assert faded[-1] < 20
    assert (np.diff(faded) <= 0).all()
    assert fade_out(b"") == b""
