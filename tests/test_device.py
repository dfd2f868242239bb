"""The device's process, on the library's own paced device that nobody hears."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import waiting
from sounds import noise, write_wav

from broadcaster.errors import PlayoutError
from broadcaster.models import CLIP_RATE
from broadcaster.playout.device import DeviceOutput, list_devices
from broadcaster.playout.output import Progress, Segment, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NULL = ("null",)


def now() -> datetime:
    return datetime.now(UTC)


def wait_for(output: DeviceOutput, *states: State) -> Progress:
    waiting.wait_for(lambda: output.progress().state in states, output.progress)
    return output.progress()


@pytest.fixture
def output() -> Iterator[DeviceOutput]:
    output = DeviceOutput("default", now, backends=NULL)
    yield output
    output.close()


def test_a_play_goes_from_waiting_to_its_end(output: DeviceOutput, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "clip.wav", noise(0.3))
    output.open()
    assert output.device == "NULL Playback Device"
    assert output.progress() == Progress(State.WAITING)
    output.play([Segment(path, 14_400), Segment(None, 4_800)], now() + timedelta(hours=1))
    assert output.progress() == Progress(State.WAITING, total_frames=19_200)
    output.stop()
    output.play([Segment(path, 14_400), Segment(None, 480_000)], now())
    playing = wait_for(output, State.PLAYING)
    assert 0 < playing.played_frames <= 494_400
    assert playing.ended is None
    output.stop()
    output.play([Segment(path, 14_400), Segment(None, 4_800)], now())
    end = wait_for(output, State.ENDED)
    assert end.played_frames == end.total_frames == 19_200


def test_a_play_begins_at_its_instant(output: DeviceOutput) -> None:
    """A device that is late by itself is late each time; a busy computer makes one of many late."""
    output.open()

    def on_time() -> bool:
        plan = now() + timedelta(seconds=0.6)
        output.play([Segment(None, 480)], plan)
        started = wait_for(output, State.ENDED).started
        assert started is not None
        return abs(started - plan) < timedelta(seconds=0.03)

    waiting.wait_for(on_time)


def test_what_was_heard_stays_true_when_the_device_goes_after_the_end(output: DeviceOutput) -> None:
    output.open()
    output.play([Segment(None, 480)], now())
    wait_for(output, State.ENDED)
    _kill_process(output)
    assert output.progress().state is State.ENDED
    with pytest.raises(PlayoutError, match="the sound process ended"):
        output.play([Segment(None, 480)], now())


def test_a_process_that_dies_loses_the_device(output: DeviceOutput) -> None:
    output.open()
    output.play([Segment(None, 10 * CLIP_RATE)], now())
    wait_for(output, State.PLAYING)
    _kill_process(output)
    progress = wait_for(output, State.LOST)
    assert progress.reason == "the sound process ended"
    assert progress.played_frames > 0
    assert output.stop().state is State.LOST
    output.open()
    assert output.progress() == Progress(State.WAITING)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot freeze a process with a signal")
def test_a_process_that_freezes_is_given_up_and_nothing_waits_for_it(output: DeviceOutput) -> None:
    output.open()
    output.play([Segment(None, 10 * CLIP_RATE)], now())
    os.kill(_process_id(output), signal.SIGSTOP)
    # more than a pipe holds, so that writing it must wait
    with pytest.raises(PlayoutError, match="stopped taking sound"):
        output.play([Segment(None, 1)] * 100_000, now())
    assert output.stop().state is State.LOST
    output.close()  # and this comes back, though the process is frozen for good


def test_a_bad_clip_is_refused_and_the_stream_goes_on(output: DeviceOutput, tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    path.write_bytes(b"RIFF")
    output.open()
    with pytest.raises(PlayoutError, match="cannot be read"):
        output.play([Segment(path, 100)], now())
    assert output.progress().state is State.WAITING
    output.play([Segment(None, 480)], now())
    wait_for(output, State.ENDED)


def test_a_stop_before_the_start_ends_at_once(output: DeviceOutput) -> None:
    output.open()
    assert output.stop().state is State.WAITING
    output.play([Segment(None, CLIP_RATE)], now() + timedelta(hours=1))
    end = output.stop()
    assert (end.state, end.played_frames, end.started) == (State.ENDED, 0, None)
    assert end.ended is not None


def test_an_output_that_is_not_open_says_so(output: DeviceOutput) -> None:
    assert output.progress() == Progress(State.WAITING)
    assert output.stop() == Progress(State.WAITING)
    output.close()
    with pytest.raises(PlayoutError, match="not open"):
        output.play([Segment(None, 1)], now())


def test_the_device_is_found_by_name() -> None:
    (device,) = list_devices(NULL)
    output = DeviceOutput(device.name.lower(), now, backends=NULL)
    output.open()
    assert output.device == device.name
    output.close()
    with pytest.raises(PlayoutError, match="no sound output called"):
        DeviceOutput("Horn", now, backends=NULL).open()


def test_a_computer_without_sound_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty ALSA configuration and a server that is nowhere: what a machine without a card looks like."""
    (tmp_path / "alsa.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "alsa.conf"))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    if sys.platform != "linux":
        pytest.skip("other systems cannot be told to have no card")
    assert list_devices() == []
    with pytest.raises(PlayoutError, match="no sound output"):
        DeviceOutput("default", now).open()


def _process_id(output: DeviceOutput) -> int:
    assert output._process is not None
    return output._process._child.pid


def _kill_process(output: DeviceOutput) -> None:
    assert output._process is not None
    output._process._child.kill()
    output._process._reader.join(waiting.GIVE_UP)
