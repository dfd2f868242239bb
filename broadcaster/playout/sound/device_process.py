"""The process that holds the audio device, a child as in `broadcaster.children`.

When an audio server dies or freezes, the device library neither tells nor lets go; only a process that can be killed
gets out. So the device lives here, alone. Its orders, and what it says, are messages without a body:

    {"do": "list", "backends": []}                                → {"event": "devices", "devices": […], "backend": …}
    {"do": "open", "device": "default", "backends": [], "extra": 0, "unmute": false, "levels": {}}
                                                 → {"event": "opened", "device": …, "backend": …, "note": …}
    {"do": "play", "number": 1, "at": 12.5, "parts": [[path or null, frames], …]} → {"event": "ready", "number": 1}
    {"do": "stop"}

and from the opening on, ten times a second, {"event": "progress", "stood": 0.1, …}: the seconds since it last said so,
which are more where this process stood still, and the fields of `feed.FeedReport` and of `mute.MuteReport`; also
{"event": "unmuted"} when it has let the output be heard again; {"event": "level", …} with what `LevelClock` found.
Instants are seconds of `time.perf_counter`, which counts the same in every process of a machine. What fails answers
{"event": "error", "text": …, "clip": false} in the user's language; `clip`: whether a clip is at fault. When the parent
is gone, so is the sound.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from broadcaster.children.child_side import run_and_leave
from broadcaster.errors import ClipError, PlayoutError
from broadcaster.i18n import DEFAULT_LANGUAGE, _, activate
from broadcaster.playout.sound import miniaudio_stream
from broadcaster.playout.sound.found_devices import Found, choose
from broadcaster.playout.sound.frame_clock import LevelClock
from broadcaster.playout.sound.libpulse import NoPulseError, PulseError, Server
from broadcaster.playout.sound.miniaudio_stream import MiniaudioStream, load_miniaudio, real_backends
from broadcaster.playout.sound.mute import MuteWatch
from broadcaster.playout.sound.pulse_stream import BACKEND, PulseStream, list_sinks
from broadcaster.playout.sound.segment_reader import SegmentReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.children.child_side import Parent
    from broadcaster.playout.sound.mute import Volume
    from broadcaster.playout.sound.pull_feed import PullFeed
    from broadcaster.playout.sound.push_feed import PushFeed

REPORT_SECONDS = 0.1
ATTEND_SECONDS = 0.2
"""How often the clip is read ahead and the volume looked at."""
OPEN_SECONDS = 3.0
STOP_SECONDS = 0.5
APP_NAME = "broadcaster"


class OpenStream(Protocol):
    """A stream to a device: a `PulseStream` or a `MiniaudioStream`."""

    device: str
    backend: str

    @property
    def feed(self) -> PullFeed | PushFeed:
        """What the device gets its samples from."""

    @property
    def is_running(self) -> bool:
        """Whether the device takes sound."""

    @property
    def level(self) -> float | None:
        """See `LevelClock`; None: not known, or none is needed."""

    def play(self, number: int, sound: SegmentReader, target: float) -> None:
        """Play `sound` from `target` on, or at once if that has passed."""

    def volume(self) -> Volume | None:
        """Return how loud the device plays now; None where that is not known."""

    def unmute(self) -> bool:
        """Let the device be heard, if that is possible; return whether it was muted."""


def connect_pulse(names: list[str]) -> tuple[Server | None, str]:
    """Return the sound server, or None and why there is none; PlayoutError where it hangs.

    `names` are the backends that are asked for: all are the device library's.
    """
    if names or sys.platform != "linux":
        return None, ""
    try:
        return Server(APP_NAME), ""
    except NoPulseError as error:
        return None, str(error)
    except PulseError:
        raise PlayoutError(_("the sound system does not answer")) from None


class DeviceProcess:
    """The process: one device, the stream to it, and the parent that gives orders."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._stream: OpenStream | None = None
        self._mute = MuteWatch()
        self._reported = 0.0  # when, by `time.perf_counter`

    def run(self) -> None:
        """Do what the parent orders until it is gone."""
        for order in self._parent.messages():
            try:
                self._do(order.head)
            except PlayoutError as error:
                self._tell("error", text=str(error), clip=isinstance(error, ClipError))

    def _do(self, order: dict[str, Any]) -> None:
        match order["do"]:
            case "list":
                self._list(order["backends"])
            case "open":
                self._open(order)
            case "play" if self._stream:
                self._play(self._stream, order)
            case "stop" if self._stream:
                self._stop(self._stream)

    def _tell(self, event: str, **what: object) -> None:
        self._parent.send({"event": event, **what})

    def _list(self, names: list[str]) -> None:
        backend, devices = self._devices(names)
        listed = [{"name": device.name, "is_default": device.is_default} for device in devices]
        self._tell("devices", backend=backend, devices=listed)

    def _devices(self, names: list[str]) -> tuple[str, list[Found]]:
        server, _reason = connect_pulse(names)
        if server:
            return BACKEND, list_sinks(server)
        library = load_miniaudio()
        return miniaudio_stream.list_devices(library, real_backends(library, names))

    # ---- opening -----------------------------------------------------------------------------------------------

    def _open(self, order: dict[str, Any]) -> None:
        server, note = connect_pulse(order["backends"])
        try:
            stream = _open_pulse(server, order) if server else _open_miniaudio(order)
        except PlayoutError as error:
            raise PlayoutError(_without_pulse(error, note) if note else str(error)) from None
        self._stream = stream
        self._beside(lambda: self._report_on(stream))
        self._beside(lambda: self._attend(stream, unmute=order["unmute"]))
        if not _wait(lambda: stream.is_running, OPEN_SECONDS):
            raise PlayoutError(_('the sound output "{name}" takes no sound').format(name=stream.device))
        self._tell("opened", device=stream.device, backend=stream.backend, note=note)

    # ---- a play ------------------------------------------------------------------------------------------------

    def _play(self, stream: OpenStream, order: dict[str, Any]) -> None:
        sound = SegmentReader((Path(path) if path else None, frames) for path, frames in order["parts"])
        sound.read_ahead()
        stream.play(order["number"], sound, order["at"])
        self._tell("ready", number=order["number"])

    def _stop(self, stream: OpenStream) -> None:
        """Fade out, and say where the end is as soon as it is known."""
        stream.feed.stop(time.perf_counter())
        _wait(lambda: stream.feed.report().ended is not None, STOP_SECONDS)
        self._report(stream)

    # ---- beside it, until the parent is gone -------------------------------------------------------------------

    def _beside(self, work: Callable[[], None]) -> None:
        threading.Thread(target=run_and_leave, args=(work,), daemon=True).start()

    def _report_on(self, stream: OpenStream) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._report(stream)
                time.sleep(REPORT_SECONDS)

    def _report(self, stream: OpenStream) -> None:
        report = stream.feed.report()
        before, self._reported = self._reported, time.perf_counter()
        stood = self._reported - before if before else 0.0
        self._tell("progress", stood=stood, **asdict(report), **asdict(self._mute.report(report)))

    def _attend(self, stream: OpenStream, *, unmute: bool) -> None:
        """Read the clip ahead, and see to it that it can be heard."""
        told: float | None = None
        with contextlib.suppress(OSError):
            while True:
                stream.feed.read_ahead()
                self._look(stream, unmute=unmute)
                if stream.level != told:
                    told = stream.level
                    self._tell("level", level=told)
                time.sleep(ATTEND_SECONDS)

    def _look(self, stream: OpenStream, *, unmute: bool) -> None:
        volume = stream.volume()
        if volume is None:
            return
        self._mute.look(volume, stream.feed.report(), time.perf_counter())
        if volume.mute and unmute and stream.unmute():
            self._tell("unmuted")


def _without_pulse(error: PlayoutError, why: str) -> str:
    """Return why nothing could be opened where the sound server, whose devices are wanted, could not be reached."""
    return _("{error}; PulseAudio cannot be reached ({why})").format(error=error, why=why)


def _open_pulse(server: Server, order: dict[str, Any]) -> PulseStream:
    found = choose(list_sinks(server), order["device"])
    return PulseStream(server, found.id, order["extra"])


def _open_miniaudio(order: dict[str, Any]) -> MiniaudioStream:
    library = load_miniaudio()
    backends = real_backends(library, order["backends"])
    _backend, devices = miniaudio_stream.list_devices(library, backends)
    found = choose(devices, order["device"])
    return MiniaudioStream(library, backends, found, LevelClock(order["extra"], order["levels"].get(found.name)))


def _wait(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until `is_so()`; return False where it did not become so in time."""
    deadline = time.perf_counter() + seconds
    while not is_so():
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.005)
    return True


def main(parent: Parent) -> None:
    """Serve the parent until it is gone.

    The device is not closed: closing hangs while the server is frozen. The system takes the connection back, and the
    server drops what was still to be played.
    """
    for name in ("SIGTERM", "SIGHUP"):  # the parent's business: it says stop, or is gone
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
    activate(os.environ.get("LANGUAGE") or DEFAULT_LANGUAGE)
    DeviceProcess(parent).run()
