"""Reading the segments of a play: whole, ahead, and never all at once."""

from __future__ import annotations

import sys
import threading
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sounds import noise, write_wav

from broadcaster.errors import PlayoutError
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.segment_reader import READ_AHEAD, SegmentReader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("clips") / "clip.wav", noise(1.0))


@given(sizes=st.lists(st.integers(100, 30_000), min_size=1))
def test_pieces_of_any_size_make_the_whole(clip: Path, sizes: list[int]) -> None:
    sound = SegmentReader([(clip, CLIP_RATE), (None, 777), (clip, CLIP_RATE), (None, 0)])
    pieces, number = [], 0
    while sound.left:
        sound.read_ahead(30_000)
        pieces.append(sound.take(sizes[number % len(sizes)]))
        number += 1
    samples = noise(1.0)
    whole = np.concatenate([samples, np.zeros(777, "<i2"), samples])
    assert np.array_equal(np.frombuffer(b"".join(pieces), "<i2"), whole)
    assert sound.take(10) == b""


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.write_bytes(b""), "ends too early"),
        (lambda path: path.write_bytes(b"<html>error</html>" * 9), "RIFF"),
        (lambda path: write_wav(path, noise(1.0), rate=44_100), "44100 Hz"),
        (lambda path: write_wav(path, noise(1.0), channels=2), "2 × 16 bit"),
        (lambda path: write_wav(path, noise(0.5)), "24000 frames instead of 48000"),
        (lambda path: path.write_bytes(write_wav(path, noise(1.0)).read_bytes()[:50_000]), "instead of 48000"),
    ],
)
def test_a_clip_that_is_not_right_is_refused(make: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    assert callable(make)
    make(path)
    with pytest.raises(PlayoutError, match=said) as caught:
        SegmentReader([(path, CLIP_RATE)])
    assert str(path) in str(caught.value)


def test_of_a_long_clip_only_the_next_seconds_are_in_memory(tmp_path: Path) -> None:
    """An hour: 345 MB, a file of holes, so that it costs no disk."""
    path = write_wav(tmp_path / "hour.wav", noise(0))
    frames = 3600 * CLIP_RATE
    header = bytearray(path.read_bytes())
    header[40:44] = (frames * 2).to_bytes(4, "little")
    path.write_bytes(header)
    with path.open("r+b") as file:
        file.truncate(len(header) + frames * 2)
    sound = SegmentReader([(path, frames)])
    tracemalloc.start()
    taken = 0
    while sound.left:
        sound.read_ahead()
        taken += len(sound.take(CLIP_RATE * 5)) // 2
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == frames
    assert peak < 4 * READ_AHEAD * 2


def test_who_takes_waits_for_who_reads(clip: Path) -> None:
    sound = SegmentReader([(clip, CLIP_RATE)])
    taken: list[bytes] = []
    taker = threading.Thread(target=lambda: taken.append(sound.take(CLIP_RATE)))
    taker.start()
    sound.read_ahead()
    taker.join()
    assert np.array_equal(np.frombuffer(taken[0], "<i2"), noise(1.0))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be replaced")
def test_a_clip_that_is_deleted_or_replaced_while_it_plays_is_heard_whole(tmp_path: Path) -> None:
    path, clip = tmp_path / "clip.wav", noise(30.0)
    write_wav(path, clip)
    sound = SegmentReader([(path, len(clip)), (None, 10), (path, len(clip))])
    sound.read_ahead()
    write_wav(tmp_path / "new.wav", noise(30.0, seed=9)).replace(path)
    pieces = []
    while sound.left:
        sound.read_ahead()
        pieces.append(sound.take(READ_AHEAD // 2))
    whole = np.concatenate([clip, np.zeros(10, "<i2"), clip])
    assert np.array_equal(np.frombuffer(b"".join(pieces), "<i2"), whole)


def test_a_clip_that_is_torn_while_it_plays_says_so(tmp_path: Path) -> None:
    path, clip = tmp_path / "clip.wav", noise(30.0)
    write_wav(path, clip)
    sound = SegmentReader([(path, len(clip))])
    sound.read_ahead()
    with path.open("r+b") as file:
        file.truncate(CLIP_RATE * 40)
    sound.take(READ_AHEAD)
    with pytest.raises(PlayoutError, match="ends too early"):
        sound.read_ahead(len(clip))
