"""A real audio device: held by a process of its own (`stream`), watched, and let go of when it stops moving."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, cast

from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.playout.sound.output import Clock, Progress, Segment, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OPEN_SECONDS = 5.0
LIST_SECONDS = 5.0
READY_SECONDS = 5.0
"""A long programme on a slow disk takes a while to read."""
STOP_SECONDS = 1.0
END_SECONDS = 0.5
WATCH_SECONDS = 0.2
STILL_SECONDS = 1.0
"""A device that took nothing for this long is lost. It asks ten times a second when all is well."""

_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "HIGH_PRIORITY_CLASS", 0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """A sound output of this computer; `name` is what `[output] devices` takes."""

    name: str
    backend: str
    is_default: bool


def list_devices(backends: Sequence[str] = ()) -> list[Device]:
    """Return the sound outputs that are here now, in at most `LIST_SECONDS`; none is no error.

    `backends` limits the search to sound systems that the library knows ("pulseaudio", "alsa", "wasapi", …). Raises
    PlayoutError where the sound system hangs.
    """
    process = _Process()
    try:
        answer = process.ask({"do": "list", "backends": list(backends)}, "devices", LIST_SECONDS)
    finally:
        process.end()
    return [Device(found["name"], answer["backend"], found["is_default"]) for found in answer["devices"]]


class _Process:
    """A `stream` process, and a thread that reads what it says. Nothing here waits without a limit."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "broadcaster.playout.sound.stream"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # sound libraries chatter there
            text=True,
            encoding="utf-8",
            creationflags=_WINDOWS_FLAGS,
        )
        self._orders, self._lines = cast(IO[str], self._child.stdin), cast(IO[str], self._child.stdout)
        self._changed = threading.Condition(threading.RLock())
        self._answers: list[dict[str, Any]] = []
        self._moved_at = 0.0
        self.progress: dict[str, Any] = {}
        self.lost = ""
        """Why the device was given up; "" while all is well."""
        self._reader = threading.Thread(target=self._read, name="audio device", daemon=True)
        self._reader.start()

    def ask(self, order: dict[str, Any], event: str, seconds: float) -> dict[str, Any]:
        """Send `order` and return the answer called `event`; PlayoutError with what it says else, or if it is late."""
        self._answers.clear()
        self.send(order)
        self.wait_for(lambda: bool(self._answers), seconds)
        answer = self._answers[0] if self._answers else {}
        if answer.get("event") == event:
            return answer
        raise PlayoutError(answer.get("text") or self.lost or _("the sound system does not answer"))

    def send(self, order: dict[str, Any]) -> None:
        """Send an order. To a process that is gone it does nothing: `lost` tells."""
        with contextlib.suppress(OSError, ValueError):
            self._orders.write(json.dumps(order) + "\n")
            self._orders.flush()

    def wait_for(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait until `is_so()` or until the device is lost, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: is_so() or bool(self.lost), seconds)

    def watch(self) -> None:
        """From now on, lose the device when it takes no more sound."""
        self._moved_at = time.monotonic()
        threading.Thread(target=self._watch, name="audio watchdog", daemon=True).start()

    def lose(self, reason: str) -> None:
        """Give the device up and kill its process; the first reason stays."""
        with self._changed:
            self.lost = self.lost or reason
            self._changed.notify_all()
        self._child.kill()

    def end(self) -> None:
        """End the process, with its sound."""
        self.lose(_("the sound output was closed"))
        self._reader.join(END_SECONDS)

    def _watch(self) -> None:
        while not self.lost:
            if time.monotonic() - self._moved_at > STILL_SECONDS:
                self.lose(_("the sound output stopped taking sound"))
            with self._changed:
                self._changed.wait_for(lambda: bool(self.lost), WATCH_SECONDS)

    def _read(self) -> None:
        """Take down what the process says until it ends."""
        with self._lines as lines:
            for line in lines:
                if line.endswith("\n"):  # killed in the middle of one
                    self._hear(json.loads(line))
        self._child.wait()
        self.lose(_("the sound process ended"))
        with contextlib.suppress(OSError):
            self._orders.close()

    def _hear(self, message: dict[str, Any]) -> None:
        with self._changed:
            if message["event"] != "progress":
                self._answers.append(message)
            else:
                if message["handed"] != self.progress.get("handed"):
                    self._moved_at = time.monotonic()
                self.progress = message
            self._changed.notify_all()


class DeviceOutput:
    """One audio device. `name` as in `[output] devices`; "default" is whatever is the default one at `open`.

    The default device is opened by its own name, so that sound never moves silently to another. `extra` is how much
    later than the computer knows the device is heard. `backends` as for `list_devices`.
    """

    def __init__(
        self, name: str, clock: Clock, *, extra: timedelta = timedelta(), backends: Sequence[str] = ()
    ) -> None:
        self.device = name
        self._name = name
        self._clock = clock
        self._order = {"do": "open", "device": name, "backends": list(backends), "extra": extra.total_seconds()}
        self._process: _Process | None = None
        self._play: _Play | None = None
        self._number = 0

    def open(self) -> None:
        """List the devices anew, open ours and let it run on silence; at most `OPEN_SECONDS`."""
        self.close()
        process = _Process()
        try:
            answer = process.ask(self._order, "opened", OPEN_SECONDS)
        except PlayoutError:
            process.end()
            raise
        process.watch()
        self.device = answer["device"]
        self._process = process
        log.debug("opened %s (%s)", self.device, answer["backend"])

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Hand the play over; its process reads the clips now and begins by itself at `at`."""
        if self._process is None:
            raise PlayoutError(_('the sound output "{name}" is not open').format(name=self.device))
        self._number += 1
        self._play = None
        play = _Play.planned(self._number, sum(segment.frames for segment in segments), at, self._clock)
        parts = [[str(segment.path.resolve()) if segment.path else None, segment.frames] for segment in segments]
        order = {"do": "play", "number": play.number, "at": play.target, "parts": parts}
        self._process.ask(order, "ready", READY_SECONDS)
        self._play = play

    def progress(self) -> Progress:
        """Return what the process last said of the play, at most a tenth of a second ago."""
        if self._process is None or self._play is None:
            lost = self._process.lost if self._process else ""
            return Progress(State.LOST, reason=lost) if lost else Progress(State.WAITING)
        return self._play.progress(self._process.progress, self._process.lost)

    def stop(self) -> Progress:
        """Fade out and wait until the last sample was heard; a device that does not stop is given up."""
        if self._process is None or self._play is None:
            return self.progress()
        process, play = self._process, self._play
        process.send({"do": "stop"})
        process.wait_for(lambda: play.end(process.progress) is not None, STOP_SECONDS)
        end = play.end(process.progress)
        if end is None:
            process.lose(_("the sound output did not stop"))
        else:
            time.sleep(min(max(0.0, end - time.perf_counter()), STOP_SECONDS))
        return self.progress()

    def close(self) -> None:
        """End the process; the sound server drops what it still held."""
        if self._process is not None:
            self._process.end()
        self._process = self._play = None


@dataclass(frozen=True, slots=True)
class _Play:
    """A play as it was ordered, and the pair of instants that ties the process's clock to the wall's."""

    number: int
    frames: int
    wall: datetime
    counter: float  # of `time.perf_counter` at `wall`
    target: float

    @classmethod
    def planned(cls, number: int, frames: int, at: datetime, clock: Clock) -> _Play:
        """Return a play for `at`: from here on the monotonic clock counts, and clock steps move nothing."""
        wall, counter = clock().astimezone(at.tzinfo), time.perf_counter()
        return cls(number, frames, wall, counter, counter + (at - wall).total_seconds())

    def progress(self, said: dict[str, Any], lost: str) -> Progress:
        """Return what the process `said`, in the words of `Output`."""
        if said.get("number") != self.number:
            return Progress(State.LOST if lost else State.WAITING, total_frames=self.frames, reason=lost)
        started, end = self._instant(said["started"]), self.end(said)
        if end is not None and end <= time.perf_counter():
            return Progress(State.ENDED, said["played"], self.frames, started, self._instant(end))
        if said["played"] == 0:
            started = None
        state = State.LOST if lost else State.PLAYING if started else State.WAITING
        return Progress(state, said["played"], self.frames, started, None, lost)

    def end(self, said: dict[str, Any]) -> float | None:
        """Return when the play ends or ended, by the process's clock, if it `said` so."""
        ended: float | None = said["ended"] if said.get("number") == self.number else None
        return ended

    def _instant(self, counter: float | None) -> datetime | None:
        return None if counter is None else self.wall + timedelta(seconds=counter - self.counter)
