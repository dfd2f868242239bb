"""A PulseAudio server of the tests' own, with one loudspeaker that nobody hears, and a recorder of what it plays.

Needs neither a sound card nor dbus, works as root, and cannot reach the user's own server.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from pathlib import Path

SINK = "spk"
NAME = "Speaker"
START_SECONDS = 120  # then it hangs
# norewinds: without it the null sink loses the first samples of a stream
CONFIG = """\
load-module module-native-protocol-unix socket={folder}/run/native auth-anonymous=1
load-module module-null-sink sink_name={sink} rate={rate} format=s16le channels=2 norewinds=1 \
sink_properties=device.description={name}
set-default-sink {sink}
"""
Samples = np.ndarray[tuple[int], np.dtype[np.int16]]


def missing() -> str:
    """Return the first program that is not installed here, or ""."""
    return next((program for program in ("pulseaudio", "pactl", "parec") if shutil.which(program) is None), "")


class PulseServer:
    """The server; `env` is what its clients need in their environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        run = str(folder / "run")
        self.env = {
            "PULSE_SERVER": f"unix:{run}/native",
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_RUNTIME_PATH": run,
            "PULSE_STATE_PATH": str(folder),
            "XDG_RUNTIME_DIR": run,
            "HOME": str(folder),
        }

    def start(self) -> None:
        """Start, and wait until the loudspeaker is there."""
        (self.folder / "run").mkdir(mode=0o700, exist_ok=True)
        (self.folder / "run" / "native").unlink(missing_ok=True)
        config = self.folder / "test.pa"
        config.write_text(CONFIG.format(folder=self.folder, sink=SINK, name=NAME, rate=CLIP_RATE))
        options = ["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no", "--high-priority=no"]
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", **self.env}
        del env["PULSE_SERVER"]  # a server that finds it believes that it is a client
        with (self.folder / "pulse.log").open("wb") as log:
            self._process = subprocess.Popen(["pulseaudio", "-n", "-F", str(config), *options], env=env, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self.ask("get-sink-volume", SINK) is None:
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError((self.folder / "pulse.log").read_text())
            time.sleep(0.005)

    def add_sink(self, name: str) -> None:
        """Add another loudspeaker that nobody hears; it is called and described by `name`."""
        options = [f"sink_name={name}", f"rate={CLIP_RATE}", "format=s16le", "channels=2", "norewinds=1"]
        self.ask("load-module", "module-null-sink", *options, f"sink_properties=device.description={name}")

    def ask(self, *arguments: str) -> str | None:
        """Return what `pactl` answers; None where it fails."""
        env = {**os.environ, **self.env}
        done = subprocess.run(
            ["pactl", *arguments], env=env, capture_output=True, text=True, timeout=START_SECONDS, check=False
        )
        return done.stdout if done.returncode == 0 else None

    def kill(self) -> None:
        """Die at once, as in a crash."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def freeze(self) -> None:
        """Stop answering, and stay there."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End for good, frozen or not."""
        self.kill()

    def sinks_playing(self) -> list[str]:
        """Return the sink of every stream that is being played."""
        names = dict(line.split("\t")[:2] for line in (self.ask("list", "short", "sinks") or "").splitlines())
        streams = (self.ask("list", "short", "sink-inputs") or "").splitlines()
        return [names[line.split("\t")[1]] for line in streams]

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class Recorder:
    """Records all that a loudspeaker plays, from the recorder's making on."""

    def __init__(self, server: PulseServer, latency_ms: int = 10, sink: str = SINK) -> None:
        options = ["--raw", "--format=s16le", f"--rate={CLIP_RATE}", "--channels=1", f"--latency-msec={latency_ms}"]
        self._process = subprocess.Popen(
            ["parec", "-d", f"{sink}.monitor", *options],
            env={**os.environ, **server.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._data = bytearray()
        self._zeros: list[float] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._data:
            if time.monotonic() > deadline:
                raise RuntimeError("the monitor records nothing")
            time.sleep(0.005)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while data := os.read(pipe.fileno(), 65536):
                self._data += data
                self._zeros.append(time.time() - len(self._data) / 2 / CLIP_RATE)

    def samples(self) -> Samples:
        """Return all that was recorded so far."""
        return np.frombuffer(bytes(self._data[: len(self._data) // 2 * 2]), dtype="<i2")

    def zero(self) -> float:
        """Return the wall time at which sample 0 was heard.

        A sample cannot be recorded before it is heard, so the earliest arrival counts: load only makes later ones.
        What stays is the monitor's own block of `latency_ms`, half of it either way.
        """
        return min(self._zeros)

    def stop(self) -> None:
        """End the recording."""
        self._process.terminate()
        self._process.wait(START_SECONDS)
        self._thread.join(START_SECONDS)


def find(clip: Samples, recorded: Samples, start: int = 0) -> tuple[int, float]:
    """Return where `clip` lies in `recorded` from `start` on, and their cross-correlation there (1: the same)."""
    size = 1 << (len(recorded) - start + len(clip)).bit_length()
    tail, wanted = recorded[start:].astype(float), clip.astype(float)
    products = np.fft.irfft(np.fft.rfft(tail, size) * np.fft.rfft(wanted, size).conj(), size)
    place = int(np.argmax(products[: max(1, len(tail) - len(clip) + 1)]))
    part = tail[place : place + len(clip)]
    norm = float(np.linalg.norm(part) * np.linalg.norm(wanted)) or 1.0
    return start + place, float(part @ wanted[: len(part)]) / norm
