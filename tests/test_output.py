"""The outputs that need no device, in a time of the tests' own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sounds import noise, read_wav, write_wav

from broadcaster.errors import PlayoutError
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.playout.sound.make_output import make_output
from broadcaster.playout.sound.output import Segment, State
from broadcaster.playout.sound.simulated import FileOutput, SilentOutput

if TYPE_CHECKING:
    from pathlib import Path

HANOI = timezone(timedelta(hours=7))
PLAN = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)


class Clock:
    """A clock that stands where it was put."""

    def __init__(self, now: datetime = PLAN - timedelta(seconds=5)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@given(late=st.floats(-5, 600), length=st.integers(0, 10 * CLIP_RATE), looks=st.lists(st.floats(0, 30)))
def test_a_play_keeps_time_however_often_one_looks(late: float, length: int, looks: list[float]) -> None:
    clock = Clock()
    output = SilentOutput(clock)
    output.open()
    clock.now = PLAN + timedelta(seconds=late)
    output.play([Segment(None, length)], PLAN)
    start = max(clock.now, PLAN)
    for seconds in sorted(looks):
        clock.now = start + timedelta(seconds=seconds)
        progress = output.progress()
        heard = min(seconds * CLIP_RATE, length)
        assert abs(progress.played_frames - heard) <= 1
        assert progress.started == start
        assert (progress.state is State.ENDED) == (clock.now >= start + timedelta(seconds=length / CLIP_RATE))
    clock.now = start + timedelta(seconds=30)
    progress = output.progress()
    assert (progress.state, progress.played_frames, progress.total_frames) == (State.ENDED, length, length)
    assert progress.ended == start + timedelta(seconds=length / CLIP_RATE)
    assert output.stop() == progress


def test_before_its_time_a_play_waits() -> None:
    clock = Clock()
    output = SilentOutput(clock)
    assert output.progress().state is State.WAITING
    assert output.stop().state is State.WAITING
    output.play([Segment(None, 10)], PLAN)
    assert output.progress().state is State.WAITING
    assert output.progress().started is None
    clock.now = PLAN
    assert output.progress().state is State.PLAYING


def test_instants_are_in_the_zone_of_the_plan() -> None:
    clock = Clock(PLAN + timedelta(seconds=1))
    output = SilentOutput(clock)
    output.play([Segment(None, CLIP_RATE)], PLAN)
    clock.now += timedelta(seconds=0.5)
    progress = output.stop()
    assert progress.started is not None
    assert progress.ended is not None
    assert progress.started.utcoffset() == progress.ended.utcoffset() == PLAN.utcoffset()


def test_the_file_holds_what_was_planned_to_be_heard(tmp_path: Path) -> None:
    clock, clip = Clock(), noise(1.0)
    path = write_wav(tmp_path / "clip.wav", clip)
    output = FileOutput(tmp_path / "aired", clock)
    output.open()
    output.play([Segment(path, len(clip)), Segment(None, 100), Segment(path, len(clip))], PLAN)
    clock.now = PLAN + timedelta(seconds=60)
    assert output.progress().state is State.ENDED
    (file,) = (tmp_path / "aired").iterdir()
    assert file.name == "2027-05-01T053000.000+0700.wav"
    assert np.array_equal(read_wav(file), np.concatenate([clip, np.zeros(100, "<i2"), clip]))


@pytest.mark.parametrize("end", ["stop", "close"])
def test_a_play_cut_short_leaves_what_was_heard(end: str, tmp_path: Path) -> None:
    clock, clip = Clock(), noise(1.0)
    path = write_wav(tmp_path / "clip.wav", clip)
    output = FileOutput(tmp_path / "aired", clock)
    output.open()
    output.play([Segment(path, len(clip))], PLAN)
    clock.now = PLAN + timedelta(seconds=0.25)
    getattr(output, end)()
    progress = output.progress()
    assert (progress.state, progress.played_frames) == (State.ENDED, 12_000)
    assert progress.ended == clock.now
    (file,) = (tmp_path / "aired").iterdir()
    assert np.array_equal(read_wav(file), clip[:12_000])


def test_a_play_stopped_before_its_time_leaves_no_file(tmp_path: Path) -> None:
    clock = Clock()
    output = FileOutput(tmp_path / "aired", clock)
    output.open()
    output.play([Segment(None, 100)], PLAN)
    assert output.stop().started is None
    output.close()
    assert not list((tmp_path / "aired").iterdir())


def test_a_second_play_at_the_same_instant_takes_another_name(tmp_path: Path) -> None:
    clock = Clock(PLAN)
    output = FileOutput(tmp_path / "aired", clock)
    output.open()
    for _time in range(2):
        output.play([Segment(None, 0)], PLAN)
        output.progress()
    assert len(list((tmp_path / "aired").iterdir())) == 2


def test_a_clip_deleted_while_it_plays_is_still_whole(tmp_path: Path) -> None:
    clock, clip = Clock(), noise(0.5)
    path = write_wav(tmp_path / "clip.wav", clip)
    output = FileOutput(tmp_path / "aired", clock)
    output.open()
    output.play([Segment(path, len(clip))], PLAN)
    path.unlink()
    clock.now = PLAN + timedelta(seconds=1)
    output.close()
    (file,) = (tmp_path / "aired").iterdir()
    assert np.array_equal(read_wav(file), clip)


def test_a_bad_clip_is_known_before_its_time(tmp_path: Path) -> None:
    output = FileOutput(tmp_path, Clock())
    with pytest.raises(PlayoutError, match="cannot be read"):
        output.play([Segment(tmp_path / "nothing.wav", 100)], PLAN)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlayoutError, match="folder cannot be made"):
        FileOutput(tmp_path / "file" / "aired", Clock()).open()


def test_outputs_by_name(tmp_path: Path) -> None:
    clock = Clock()
    assert type(make_output("silent", clock=clock, folder=tmp_path)) is SilentOutput
    assert type(make_output("file", clock=clock, folder=tmp_path)) is FileOutput
    device = make_output("Horn", clock=clock, folder=tmp_path)
    assert type(device) is DeviceOutput
    assert device.device == "Horn"
