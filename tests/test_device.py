"""The device's process, on the library's own paced device that nobody hears."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import waiting
from sounds import noise, write_wav
from stand_ins.google import HERE
from stations import ZONE, Maker

from broadcaster.children.messages import Message
from broadcaster.errors import ClipError, PlayoutError
from broadcaster.models import CLIP_RATE, Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound import device
from broadcaster.playout.sound.device import MODULE, DeviceOutput, list_devices
from broadcaster.playout.sound.output import Progress, Segment, State
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import from_body
from broadcaster.station.content import read_content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NULL = ("null",)
STAND_IN = "stand_ins.garbling_stream"


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
    plan = now()
    output.play([Segment(path, 14_400), Segment(None, 4_800)], plan)
    end = wait_for(output, State.ENDED)
    assert end.played_frames == end.total_frames == 19_200
    assert end.started is not None
    assert end.started > plan - timedelta(milliseconds=1)


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that ends in a crash")
def test_a_process_that_crashes_says_so_and_where(output: DeviceOutput, caplog: pytest.LogCaptureFixture) -> None:
    output.open()
    output.play([Segment(None, 10 * CLIP_RATE)], now())
    wait_for(output, State.PLAYING)
    os.kill(_process_id(output), signal.SIGSEGV)
    progress = wait_for(output, State.LOST)
    assert progress.reason == "the sound process ended: Fatal Python error: Segmentation fault"
    assert progress.played_frames > 0
    assert "broadcaster.playout.sound.device_process ended" in caplog.text
    assert "in _report_on" in caplog.text
    output.open()
    assert output.progress() == Progress(State.WAITING)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("ALSA lib pcm.c: underrun", "ALSA lib pcm.c: underrun"),
        ("a report without its fields", '{"event": "progress", "handed": '),
    ],
)
def test_what_is_not_a_message_loses_the_device_in_the_middle_of_a_play(
    what: str, reason: str, output: DeviceOutput, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    garble(monkeypatch, "heard", what)
    output.open()
    output.play([Segment(None, 10 * CLIP_RATE)], now())
    progress = wait_for(output, State.LOST)
    assert progress.reason.startswith(f"the sound process sent something that is not a message: {reason}")
    assert f"{STAND_IN} sent something that is not a message: {reason}" in caplog.text
    monkeypatch.undo()
    output.open()
    output.play([Segment(None, 480)], now())
    wait_for(output, State.ENDED)


@pytest.mark.parametrize(("when", "outcome"), [("waiting", Outcome.AIRED), ("heard", Outcome.CUT)])
def test_the_desk_goes_on_as_with_any_lost_device(
    when: str, outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A play of which nothing was heard is tried again, and aired in time; one that was heard is cut."""
    garble(monkeypatch, when, "oops")
    maker = Maker(tmp_path, SimulatedClock(now())).settings('[airing]\nlead = "4s"\n[rules]\nhours = ["00:00-24:00"]')
    start = now().astimezone(ZONE).replace(microsecond=0) + timedelta(seconds=6)
    maker.script("bai-1").campaign(
        maker.slot(f"{start:%H:%M:%S}"), dates=f'from = "{start:%Y-%m-%d}"\nto = "{start:%Y-%m-%d}"'
    )
    opened: list[DeviceOutput] = []

    def make(_name: str) -> DeviceOutput:
        if opened:
            monkeypatch.setattr(device, "MODULE", MODULE)
        opened.append(DeviceOutput("default", now, backends=NULL))
        return opened[-1]

    with closing(Ledger.open(tmp_path / "broadcaster.db")) as ledger:
        station = maker.render()
        desk = Desk(station, ledger, read_content(station), make, lambda _scripts: None)
        desk.begin()
        while not (rows := list(ledger.rows([Kind.PLAYED]))):
            time.sleep(0.02)
            maker.clock.now = now()
            desk.tick()
    play = from_body(rows[0].occurrence or "", rows[0].body)
    assert play.outcome is outcome
    if outcome is Outcome.CUT:
        assert play.reason == "the sound process sent something that is not a message: oops"
        assert len(opened) == 1
    else:
        assert len(opened) == 2
        assert play.heard_s == pytest.approx(play.scripts[0].seconds, abs=0.001)


def garble(monkeypatch: pytest.MonkeyPatch, when: str, what: str) -> None:
    """Let the next device's process send `what` in the midst of its reports, `when` there is a play."""
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))
    monkeypatch.setenv("GARBLE", f"{when}:{what}")
    monkeypatch.setattr(device, "MODULE", STAND_IN)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot freeze a process with a signal")
def test_a_process_that_freezes_is_given_up_and_nothing_waits_for_it(output: DeviceOutput) -> None:
    output.open()
    output.play([Segment(None, 10 * CLIP_RATE)], now())
    os.kill(_process_id(output), signal.SIGSTOP)
    # more than a pipe holds, so that writing it must wait
    with pytest.raises(PlayoutError, match=r"stood still for [2-9] s"):
        output.play([Segment(None, 1)] * 100_000, now())
    assert output.stop().state is State.LOST
    output.close()  # and this comes back, though the process is frozen for good


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot freeze a process with a signal")
def test_a_process_that_stands_still_for_a_moment_goes_on_with_its_play(output: DeviceOutput) -> None:
    output.open()
    output.play([Segment(None, 2 * CLIP_RATE)], now())
    wait_for(output, State.PLAYING)
    os.kill(_process_id(output), signal.SIGSTOP)
    time.sleep(device.STILL_SECONDS + 0.1)
    os.kill(_process_id(output), signal.SIGCONT)
    assert wait_for(output, State.ENDED, State.LOST).is_whole


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot freeze a process with a signal")
def test_a_device_stopped_taking_sound_only_where_the_process_says_so_for_a_second(
    output: DeviceOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    output.open()
    process = output._process
    assert process is not None
    os.kill(_process_id(output), signal.SIGSTOP)
    clock = [time.monotonic()]
    monkeypatch.setattr(device, "time", SimpleNamespace(monotonic=lambda: clock[0], perf_counter=time.perf_counter))
    process._told_at = clock[0]
    clock[0] += 1.9
    process._judge(clock[0])
    process._take(process.progress, process.mute)
    process._judge(clock[0])
    assert process.lost == "", "it said nothing meanwhile"
    for _report in range(6):
        clock[0] += 0.2
        process._take(process.progress, process.mute)
    process._judge(clock[0])
    assert process.lost == "the sound output stopped taking sound"


def test_a_process_that_says_how_long_it_stood_still_is_given_up_for_that(output: DeviceOutput) -> None:
    """Both stood still: nobody saw the silence from here."""
    output.open()
    output.play([Segment(None, 60 * CLIP_RATE)], now())
    wait_for(output, State.PLAYING)
    assert output._process is not None
    report = asdict(output._process.progress) | asdict(output._process.mute)
    output._process._hear(Message({"event": "progress", "stood": 15.2, **report}))
    progress = output.progress()
    assert (progress.state, progress.played_frames > 0) == (State.LOST, True)
    assert progress.reason.startswith("the sound process stood still for 15 s: it was stopped")


def test_who_stood_still_itself_first_hears_what_was_said_meanwhile(
    output: DeviceOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    output.open()
    output.play([Segment(None, 2 * CLIP_RATE)], now())
    wait_for(output, State.PLAYING)
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + 30.0, perf_counter=time.perf_counter)
    monkeypatch.setattr(device, "time", later)
    assert wait_for(output, State.ENDED, State.LOST).is_whole


def test_a_bad_clip_is_refused_and_the_stream_goes_on(output: DeviceOutput, tmp_path: Path) -> None:
    path = tmp_path / "clip.wav"
    path.write_bytes(b"RIFF")
    output.open()
    with pytest.raises(ClipError, match="cannot be read"):
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


def test_a_process_that_cannot_start_says_why_in_words(output: DeviceOutput, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/venv/bin/python")

    monkeypatch.setattr(device, "Child", refuse)
    with pytest.raises(PlayoutError, match=r"cannot start: /venv/bin/python: Permission denied$"):
        output.open()


def test_the_device_is_found_by_name() -> None:
    (found,) = list_devices(NULL)
    output = DeviceOutput(found.name.lower(), now, backends=NULL)
    output.open()
    assert output.device == found.name
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
    output._process._child._process.kill()
    output._process._child._reader.join(waiting.GIVE_UP)
