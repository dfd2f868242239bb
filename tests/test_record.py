"""Recording from a microphone: real sound, played into a null sink whose monitor is the microphone."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pulse import SINK, PulseServer, find
from sounds import read_wav, write_wav
from test_take_check import pause, samples, voice

from broadcaster.cli.script.record import meter_text
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.playout.sound.microphone import list_microphones
from broadcaster.playout.sound.output import Segment
from broadcaster.speech.take_store import Take, stored_takes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import RunCommand

MIC = "Micro"
SCRIPT = '+++\ntitle = "Thử"\nauthor = "Hoa"\n+++\n\nKính thưa bà con. Xin cảm ơn bà con.\n'


@pytest.fixture
def microphone(pulse: PulseServer) -> str:
    """Return the name of a microphone that hears what the loudspeaker plays."""
    options = (f"master={SINK}.monitor", "source_name=mic", f"source_properties=device.description={MIC}")
    assert pulse.ask("load-module", "module-remap-source", *options) is not None
    assert pulse.ask("set-default-source", "mic") is not None
    return MIC


@pytest.fixture
def station(station_folder: Path) -> Path:
    (station_folder / "scripts" / "bai.md").write_text(SCRIPT, "utf-8")
    return station_folder


@pytest.fixture(scope="module")
def reading() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Return a voice of 4 s in a quiet room, a second of the room on either side."""
    return samples(pause(1.0), voice(4.0), pause(1.0), noise=-70.0)


@contextmanager
def played(folder: Path, sound: np.ndarray[tuple[int], np.dtype[np.int16]], after: float) -> Iterator[None]:
    """Let a person read beside what the block does: the sound is heard so many seconds later."""
    path = write_wav(folder / "reading.wav", sound)
    output = DeviceOutput("default", lambda: datetime.now(UTC))
    output.open()
    output.play([Segment(path, len(sound))], datetime.now(UTC) + timedelta(seconds=after))
    try:
        yield
    finally:
        output.close()


def takes(station: Path) -> list[Take]:
    return stored_takes(station / "scripts", "bai")


def left_behind(station: Path) -> list[str]:
    folder = station / "scripts" / "takes"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_microphones_are_listed_and_what_a_loudspeaker_plays_is_none(microphone: str) -> None:
    assert [(each.name, each.is_default) for each in list_microphones()] == [(microphone, True)]


def test_what_was_read_is_kept_without_the_silence_around_it(
    broadcaster: RunCommand,
    station: Path,
    tmp_path: Path,
    microphone: str,
    reading: np.ndarray[tuple[int], np.dtype[np.int16]],
) -> None:
    with played(tmp_path, reading, 3.0):
        result = broadcaster("script", "record", "bai", "--seconds", "10", "--as", "Hoa", station=station)
    assert result.code == 0, result.err
    (take,) = takes(station)
    assert (take.facts.device, take.facts.by) == (microphone, "Hoa")
    assert take.is_unchanged()
    heard = read_wav(take.path)
    assert len(heard) == take.frames
    spoken = reading[round(0.9 * CLIP_RATE) : round(5.0 * CLIP_RATE)]
    place, likeness = find(spoken, np.concatenate([heard, np.zeros(CLIP_RATE, np.int16)]))
    assert likeness > 0.99
    assert place < 0.4 * CLIP_RATE
    assert 4.0 < take.facts.seconds < 5.0
    assert [fault.kind for fault in take.facts.faults] == []
    assert f"Take 1: {take.facts.seconds:.1f} s, of 10." in result.out


def test_a_microphone_can_be_named_and_what_is_silent_is_not_kept(
    broadcaster: RunCommand, station: Path, microphone: str
) -> None:
    for name in (microphone.upper(), "Monitor of Speaker"):
        result = broadcaster("script", "record", "bai", "--device", name, "--seconds", "1", station=station)
        assert (result.code, result.err.count("\n")) == (1, 1)
        assert "nobody is heard in it, so nothing was kept" in result.err
    assert left_behind(station) == []


@pytest.mark.usefixtures("pulse")
def test_without_a_microphone_there_is_one_line(broadcaster: RunCommand, station: Path) -> None:
    result = broadcaster("script", "record", "bai", "--seconds", "1", station=station)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "this computer has no microphone now" in result.err
    shown = broadcaster("device", "list", station=station).out
    assert "This computer has no microphone now." in shown


def test_one_that_is_not_there_is_told_with_those_that_are(
    broadcaster: RunCommand, station: Path, microphone: str
) -> None:
    result = broadcaster("script", "record", "bai", "--device", "Khác", "--seconds", "1", station=station)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert f'there is no microphone called "Khác" (there are: "{microphone}")' in result.err
    assert microphone in broadcaster("device", "list", station=station).out


@pytest.mark.usefixtures("microphone")
def test_somebody_has_to_say_when_it_ends(broadcaster: RunCommand, station: Path) -> None:
    result = broadcaster("script", "record", "bai", station=station)
    assert (result.code, "--seconds 60" in result.err) == (2, True)


@pytest.mark.usefixtures("microphone")
@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_a_microphone_that_is_lost_leaves_nothing(
    broadcaster: RunCommand, station: Path, pulse: PulseServer, harm: str
) -> None:
    threading.Timer(2.0, getattr(pulse, harm)).start()
    result = broadcaster("script", "record", "bai", "--seconds", "60", station=station)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "the microphone Micro was lost" in result.err
    assert left_behind(station) == []


# ---- at a terminal -------------------------------------------------------------------------------------------------

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _hear_ctrl_c() -> None:
    """Undo what a shell does to what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """The program at a terminal of 80 columns, with a person who acts when something is shown."""

    def __init__(self, station: Path, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
        command = [sys.executable, "-m", "broadcaster", "--lang", "en", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=station,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - it only sets a signal
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            self._read(0.1)

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self, seconds: float = 60.0) -> int:
        deadline = time.monotonic() + seconds
        while self._read(1.0):
            if time.monotonic() > deadline:
                self.process.kill()
        return self.process.wait(60)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


@pytest.mark.usefixtures("microphone")
@pytest.mark.parametrize("ending", ["enter", "ctrl-c"])
def test_enter_and_ctrl_c_end_it_and_the_meter_is_one_line(
    station: Path, tmp_path: Path, reading: np.ndarray[tuple[int], np.dtype[np.int16]], ending: str
) -> None:
    terminal = Terminal(station, "script", "record", "bai", "--as", "Hoa")
    terminal.wait_for("read now")
    with played(tmp_path, reading, 0.5):
        terminal.wait_for("0:06 ")
    if ending == "enter":
        terminal.types("\n")
    else:
        terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 0, terminal.shown
    (take,) = takes(station)
    assert take.facts.seconds > 3
    assert "Kính thưa bà con." in terminal.shown
    drawn = [part for part in re.split(r"[\r\n]", ESCAPE.sub("", terminal.shown)) if "[" in part and " dB" in part]
    assert len(drawn) > 20
    assert max(map(len, drawn)) < 80
    assert any("####" in line for line in drawn)
    assert "Traceback" not in terminal.shown


@pytest.mark.usefixtures("microphone")
def test_what_is_killed_leaves_nothing(station: Path) -> None:
    terminal = Terminal(station, "script", "record", "bai", "--seconds", "60", "--as", "Hoa")
    terminal.wait_for("0:02 ")
    terminal.process.kill()
    terminal.end()
    assert left_behind(station) == []


def test_the_meter_says_how_far_it_is_and_when_it_is_too_loud() -> None:
    assert meter_text(12.3, 65.0, -18.2) == "0:12 / 1:05  [#################-------] -18 dB"
    assert meter_text(75.0, 0.0, -90.0) == "1:15  [------------------------] -90 dB"
    assert "TOO LOUD" in meter_text(1.0, 65.0, -0.3)
    assert len(meter_text(14_400.0, 14_400.0, 0.0)) < 80
