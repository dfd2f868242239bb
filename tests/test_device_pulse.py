"""Real sound: a PulseAudio server plays, its monitor is recorded, and the recording is held against the clip."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import waiting
from pulse import NAME, SINK, PulseServer, Recorder, find
from sounds import noise, write_wav

from broadcaster.errors import PlayoutError
from broadcaster.models import CLIP_RATE, MuteKind
from broadcaster.playout.sound import device
from broadcaster.playout.sound.device import Device, DeviceOutput, list_devices
from broadcaster.playout.sound.output import Progress, Segment, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_TOLERANCE = 0.030  # seconds


def now() -> datetime:
    return datetime.now(UTC)


def wait_for(output: DeviceOutput, *states: State) -> Progress:
    waiting.wait_for(lambda: output.progress().state in states, output.progress)
    return output.progress()


STREAMS = [pytest.param((), id="libpulse"), pytest.param(("pulseaudio",), id="the device library")]
"""The backends to ask for: none for the stream on libpulse's own clock, one by name for that of the device library."""


@pytest.fixture(params=STREAMS)
def output(pulse: PulseServer, request: pytest.FixtureRequest) -> Iterator[DeviceOutput]:
    output = DeviceOutput("default", now, backends=request.param)
    yield output
    output.close()


def test_three_plays_in_one_stream_are_heard_whole_once_and_on_time(
    output: DeviceOutput, recorder: Recorder, tmp_path: Path
) -> None:
    clips = [noise(0.4, seed) for seed in (10, 20, 30)]
    paths = [write_wav(tmp_path / f"{number}.wav", clip) for number, clip in enumerate(clips)]
    output.open()
    first = now().replace(microsecond=0) + timedelta(seconds=2)
    plans = [first + timedelta(seconds=number) for number in range(3)]
    ends = []
    for path, clip, plan in zip(paths, clips, plans, strict=True):
        output.play([Segment(path, len(clip))], plan)
        ends.append(wait_for(output, State.ENDED, State.LOST))
    output.close()
    recorder.stop()

    heard = recorder.samples()
    for clip, plan, end in zip(clips, plans, ends, strict=True):
        place, likeness = find(clip, heard)
        assert likeness >= 0.99
        assert np.array_equal(heard[place : place + len(clip)], clip)
        assert abs(recorder.zero() + place / CLIP_RATE - plan.timestamp()) <= START_TOLERANCE
        assert end.state is State.ENDED
        assert end.played_frames == end.total_frames == len(clip)
        assert end.started is not None
        assert end.ended is not None
        assert abs(end.started - plan) <= timedelta(seconds=START_TOLERANCE)
        assert abs(end.ended - end.started - timedelta(seconds=0.4)) < timedelta(milliseconds=1)
    assert np.count_nonzero(heard) == sum(len(clip) for clip in clips)


def test_segments_follow_each_other_without_a_seam(output: DeviceOutput, recorder: Recorder, tmp_path: Path) -> None:
    clip = noise(0.2)
    path = write_wav(tmp_path / "clip.wav", clip)
    output.open()
    output.play([Segment(path, len(clip)), Segment(None, 1001), Segment(path, len(clip))], now())
    wait_for(output, State.ENDED)
    recorder.stop()
    heard = np.trim_zeros(recorder.samples())
    assert np.array_equal(heard, np.concatenate([clip, np.zeros(1001, "<i2"), clip]))


def test_a_late_play_begins_at_once_with_its_head(output: DeviceOutput, recorder: Recorder, tmp_path: Path) -> None:
    clip = noise(0.3)
    path = write_wav(tmp_path / "clip.wav", clip)
    output.open()
    asked = now()
    output.play([Segment(path, len(clip))], asked - timedelta(seconds=90))
    end = wait_for(output, State.ENDED)
    recorder.stop()
    assert np.array_equal(np.trim_zeros(recorder.samples()), clip)
    assert end.started is not None
    assert end.started > asked


def test_a_stop_fades_soon_and_says_how_far_it_got(output: DeviceOutput, recorder: Recorder, tmp_path: Path) -> None:
    clip = noise(60)
    path = write_wav(tmp_path / "clip.wav", clip)
    output.open()
    output.play([Segment(path, len(clip))], now())
    wait_for(output, State.PLAYING)
    end = output.stop()
    waiting.wait_for(lambda: recorder.samples().any() and not recorder.samples()[-4800:].any())
    recorder.stop()

    heard = recorder.samples()
    place, _likeness = find(clip[:4800], heard)
    last = int(np.flatnonzero(heard)[-1]) + 1
    assert end.state is State.ENDED
    assert abs(last - place - end.played_frames) < 20  # a fade's last samples are 0
    assert end.played_frames < len(clip)
    fade = CLIP_RATE * 15 // 1000
    whole = end.played_frames - fade
    assert np.array_equal(heard[place : place + whole], clip[:whole])
    assert abs(int(heard[last - 20 : last].astype(int).max())) < 12_000 * 20 / fade * 2


@pytest.mark.parametrize("forked", [False, True], ids=["alone", "with a worker that holds its pipes"])
def test_the_sound_stops_when_the_process_that_ordered_it_is_killed(
    forked: bool, pulse: PulseServer, tmp_path: Path
) -> None:
    path = write_wav(tmp_path / "clip.wav", noise(20))
    code = f"""
import os, time
from datetime import datetime, UTC
from pathlib import Path
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.playout.sound.output import Segment
output = DeviceOutput("default", lambda: datetime.now(UTC))
output.open()
output.play([Segment(Path({str(path)!r}), {20 * CLIP_RATE})], datetime.now(UTC))
worker = os.fork() if {forked} else 0
if {forked} and not worker:
    time.sleep(3600)
print(worker, flush=True)
time.sleep(3600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        worker = int(desk.stdout.readline())
        assert pulse.sinks_playing() == [SINK]
        os.kill(desk.pid, signal.SIGKILL)
        desk.wait()
        waiting.wait_for(lambda: not pulse.sinks_playing())
        if worker:
            os.kill(worker, signal.SIGKILL)


@pytest.mark.parametrize("breaking", ["kill", "freeze", "unplug"])
def test_a_device_that_stops_is_lost_soon_and_can_be_opened_again(
    breaking: str, output: DeviceOutput, pulse: PulseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "OPEN_SECONDS", 2.0)
    path = write_wav(tmp_path / "clip.wav", noise(60))
    segments = [Segment(path, 60 * CLIP_RATE)]
    output.open()
    began = time.monotonic()
    output.play(segments, now())
    wait_for(output, State.PLAYING)
    {"kill": pulse.kill, "freeze": pulse.freeze, "unplug": lambda: pulse.ask("unload-module", "module-null-sink")}[
        breaking
    ]()
    progress = wait_for(output, State.LOST)
    assert progress.reason == "the sound output stopped taking sound"
    assert 0 < progress.played_frames < CLIP_RATE * (time.monotonic() - began)
    output.close()  # and this comes back, also where the server is frozen for good

    with pytest.raises(PlayoutError):
        output.open()
    pulse.stop()
    pulse.start()
    output.open()
    output.play(segments, now())
    wait_for(output, State.PLAYING)


def test_the_default_device_is_opened_by_name_and_does_not_move(output: DeviceOutput, pulse: PulseServer) -> None:
    output.open()
    assert output.device == NAME
    pulse.ask("load-module", "module-null-sink", "sink_name=other", "sink_properties=device.description=Other")
    pulse.ask("set-default-sink", "other")
    output.play([Segment(None, 4800)], now())
    wait_for(output, State.ENDED)
    assert pulse.sinks_playing() == [SINK]
    output.open()
    assert output.device == "Other"
    assert pulse.sinks_playing() == ["other"]


def test_devices_are_listed(pulse: PulseServer) -> None:
    assert list_devices() == [Device(NAME, "PulseAudio", is_default=True)]


def test_a_name_that_is_not_there_says_which_are(pulse: PulseServer) -> None:
    with pytest.raises(PlayoutError, match=r'no sound output called "Horn" .*"Speaker"'):
        DeviceOutput("Horn", now).open()


def test_listing_ends_while_the_server_is_frozen(pulse: PulseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "LIST_SECONDS", 1.0)
    pulse.freeze()
    with pytest.raises(PlayoutError, match="does not answer"):
        list_devices()


# ---- muted ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(pulse: PulseServer) -> Iterator[DeviceOutput]:
    output = DeviceOutput("default", now)
    yield output
    output.close()


def stream_index(pulse: PulseServer) -> str:
    return (pulse.ask("list", "short", "sink-inputs") or "").split("\t")[0]


def mute_output(pulse: PulseServer) -> None:
    pulse.ask("set-sink-mute", SINK, "1")


def mute_program(pulse: PulseServer) -> None:
    pulse.ask("set-sink-input-mute", stream_index(pulse), "1")


def turn_output_down(pulse: PulseServer) -> None:
    pulse.ask("set-sink-volume", SINK, "3%")


def turn_program_down(pulse: PulseServer) -> None:
    pulse.ask("set-sink-input-volume", stream_index(pulse), "0")


WAYS = [
    (mute_output, MuteKind.OUTPUT, 0.0, f"{NAME} is muted in the computer's sound settings"),
    (mute_program, MuteKind.PROGRAM, 0.0, f"sound settings mute this program on {NAME}"),
    (turn_output_down, MuteKind.VOLUME, 0.03, f"the volume of {NAME} is next to zero"),
    (turn_program_down, MuteKind.VOLUME, 0.0, f"the volume of {NAME} is next to zero"),
]


@pytest.mark.parametrize(("mute", "by", "volume", "said"), WAYS)
def test_a_play_that_nobody_hears_says_so_from_its_first_sample(
    mute: Callable[[PulseServer], None],
    by: MuteKind,
    volume: float,
    said: str,
    ours: DeviceOutput,
    pulse: PulseServer,
    recorder: Recorder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clip = noise(0.5)
    path = write_wav(tmp_path / "clip.wav", clip)
    ours.open()
    waiting.wait_for(lambda: ours.progress().volume == 1.0)
    mute(pulse)
    waiting.wait_for(lambda: ours.progress().volume != 1.0)
    assert said in caplog.text
    ours.play([Segment(path, len(clip))], now() + timedelta(seconds=0.5))
    end = wait_for(ours, State.ENDED)
    recorder.stop()
    assert end.played_frames == len(clip)
    assert end.muted is not None
    assert (end.muted.by, end.muted.frames) == (by, len(clip))
    assert end.muted.volume == pytest.approx(volume, abs=0.002)
    assert end.started is not None
    assert abs(end.muted.since - end.started) < timedelta(milliseconds=1)
    assert abs(recorder.samples().astype(int)).max(initial=0) < 10  # 3 % of the volume as people see it: its cube


def test_a_play_that_is_muted_for_a_while_counts_those_frames(
    ours: DeviceOutput, pulse: PulseServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_wav(tmp_path / "clip.wav", noise(60))
    ours.open()
    ours.play([Segment(path, 60 * CLIP_RATE)], now())
    wait_for(ours, State.PLAYING)
    assert ours.progress().muted is None
    asked = now()
    mute_output(pulse)
    waiting.wait_for(lambda: (muted := ours.progress().muted) is not None and muted.frames > CLIP_RATE)
    pulse.ask("set-sink-mute", SINK, "0")
    waiting.wait_for(lambda: ours.progress().volume == 1.0)
    muted = ours.progress().muted
    assert muted is not None
    assert muted.since > asked
    end = ours.stop()
    assert end.muted == muted
    assert muted.frames < end.played_frames
    assert f"{NAME} can be heard again" in caplog.text


@pytest.mark.parametrize("mute", [mute_output, mute_program, turn_program_down])
def test_where_the_station_says_so_what_is_muted_is_unmuted(
    mute: Callable[[PulseServer], None],
    pulse: PulseServer,
    recorder: Recorder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clip = noise(0.5)
    path = write_wav(tmp_path / "clip.wav", clip)
    output = DeviceOutput("default", now, unmute=True)
    with closing(output):
        output.open()
        mute(pulse)
        waiting.wait_for(lambda: f"{NAME} was muted: this program has unmuted it" in caplog.text)
        waiting.wait_for(lambda: output.progress().volume == 1.0)
        output.play([Segment(path, len(clip))], now() + timedelta(seconds=0.5))
        end = wait_for(output, State.ENDED)
    recorder.stop()
    assert end.muted is None
    assert np.array_equal(np.trim_zeros(recorder.samples()), clip)


def test_how_loud_the_output_is_stays_as_people_set_it(pulse: PulseServer) -> None:
    turn_output_down(pulse)
    output = DeviceOutput("default", now, unmute=True)
    with closing(output):
        output.open()
        waiting.wait_for(lambda: output.progress().volume is not None)
        output.play([Segment(None, CLIP_RATE)], now())
        wait_for(output, State.ENDED)
        assert " 3% " in (pulse.ask("get-sink-volume", SINK) or "")


def test_the_device_library_does_not_know_whether_it_is_muted(pulse: PulseServer) -> None:
    output = DeviceOutput("default", now, backends=("pulseaudio",))
    mute_output(pulse)
    with closing(output):
        output.open()
        output.play([Segment(None, 480)], now())
        end = wait_for(output, State.ENDED)
        assert (end.volume, end.muted) == (None, None)
