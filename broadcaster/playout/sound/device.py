"""A real audio device: held by a process of its own (`device_process`), watched, and let go of when it stops moving."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.children.process import Child, Loss, LossKind
from broadcaster.errors import ClipError, PlayoutError
from broadcaster.i18n import N_, _
from broadcaster.models import MuteKind
from broadcaster.os_reasons import os_text
from broadcaster.playout.sound.feed import FeedReport, read_report
from broadcaster.playout.sound.mute import MuteReport, read_mute
from broadcaster.playout.sound.output import Clock, Muted, Progress, Segment, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.children.messages import Message

OPEN_SECONDS = 5.0
LIST_SECONDS = 5.0
READY_SECONDS = 5.0
"""A long programme on a slow disk takes a while to read."""
STOP_SECONDS = 1.0
WATCH_SECONDS = 0.2
STILL_SECONDS = 1.0
"""A device that took nothing for this long is lost. It asks ten times a second when all is well."""
STOOD_SECONDS = 2.0
"""A process that stood still for longer leaves a hole in what is heard: a server holds so much sound (`push_feed`)."""

MODULE = "broadcaster.playout.sound.device_process"

_MUTED = {
    MuteKind.OUTPUT: N_("%s is muted in the computer's sound settings: nothing that plays is heard"),
    MuteKind.PROGRAM: N_("the computer's sound settings mute this program on %s: nothing that plays is heard"),
    MuteKind.VOLUME: N_("the volume of %s is next to zero: nothing that plays is heard"),
}

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
    process = _SoundProcess()
    try:
        answer = process.ask({"do": "list", "backends": list(backends)}, "devices", LIST_SECONDS)
    finally:
        process.end()
    return [Device(found["name"], answer["backend"], found["is_default"]) for found in answer["devices"]]


class _SoundProcess:
    """A `device_process`, and the last that it said of its play. Nothing here waits without a limit."""

    def __init__(self) -> None:
        self.progress = FeedReport(handed=0, number=0, played=0, started=None, ended=None)
        self.mute = MuteReport()
        self.level: float | None = None
        self._device = ""  # once it is watched
        self._told_at = 0.0  # when the process last said anything
        self._still = 0.0  # for how many seconds it has said, again and again, that the device took no sound
        try:
            self._child = Child(MODULE, self._hear, urgent=True)
        except OSError as error:
            raise PlayoutError(_("the sound process cannot start: {reason}").format(reason=os_text(error))) from None

    @property
    def lost(self) -> str:
        """Why the device was given up; "" while all is well."""
        return _reason(self._child.lost) if self._child.lost else ""

    def ask(self, order: dict[str, Any], event: str, seconds: float) -> dict[str, Any]:
        """Send `order` and return the answer called `event`; PlayoutError with what it says else, or if it is late."""
        message = self._child.ask(order, seconds)
        answer = message.head if message else {}
        if answer.get("event") == event:
            return answer
        if message is None:  # given up, and not only closed: what it said last is logged
            self.give_up(_("the sound system does not answer"))
        raise (ClipError if answer.get("clip") else PlayoutError)(answer.get("text") or self.lost)

    def stop(self, number: int, seconds: float) -> float | None:
        """Stop play `number`; return when its sound ends or ended, None where that is not known in time."""
        self._child.send({"do": "stop"})
        self._child.wait_for(lambda: self.end_of(number) is not None, seconds)
        return self.end_of(number)

    def end_of(self, number: int) -> float | None:
        """Return when play `number` ends or ended, by the process's clock, if it said so."""
        return self.progress.ended if self.progress.number == number else None

    def watch(self, device: str) -> None:
        """From now on, lose the device when it takes no more sound, and log when it is muted."""
        self._device = device
        self._log_mute(None, self.mute.mute)
        self._told_at, self._still = time.monotonic(), 0.0
        threading.Thread(target=self._watch, name="audio watchdog", daemon=True).start()

    def give_up(self, reason: str) -> None:
        """Give the device up and kill its process; the first reason stays."""
        self._child.give_up(reason)

    def end(self) -> None:
        """End the process, with its sound."""
        self._child.end(_("the sound output was closed"))

    def _watch(self) -> None:
        looked = time.monotonic()
        while self._child.lost is None:
            now = time.monotonic()
            if now - looked < STILL_SECONDS:  # else this process stood still, and has not heard yet what was said
                self._judge(now)
            looked = now
            self._child.wait_for(lambda: False, WATCH_SECONDS)

    def _judge(self, now: float) -> None:
        if now - self._told_at > STOOD_SECONDS:
            self._stood_still(now - self._told_at)
        elif self._still > STILL_SECONDS:
            self.give_up(_("the sound output stopped taking sound"))

    def _stood_still(self, seconds: float) -> None:
        text = _("the sound process stood still for {seconds} s: it was stopped, or the computer is overloaded")
        self.give_up(text.format(seconds=round(seconds)))

    def _hear(self, message: Message) -> bool:
        """Take in a report; anything else is an answer."""
        match message.head.get("event"):
            case "progress":
                self._take(read_report(message.head), read_mute(message.head))
                if (stood := float(message.head["stood"])) > STOOD_SECONDS:
                    self._stood_still(stood)
            case "level":
                self.level = float(message.head["level"])
            case "unmuted":
                log.warning(_("%s was muted: this program has unmuted it ([output] unmute)"), self._device)
            case _:
                return False
        return True

    def _take(self, report: FeedReport, mute: MuteReport) -> None:
        now = time.monotonic()
        # A time in which the process said nothing is none in which the device took nothing.
        self._still = (
            0.0 if report.handed != self.progress.handed else self._still + min(now - self._told_at, WATCH_SECONDS)
        )
        self._told_at = now
        if self._device:
            self._log_mute(self.mute.mute, mute.mute)
        self.progress, self.mute = report, mute

    def _log_mute(self, before: MuteKind | None, now: MuteKind | None) -> None:
        if now is not None and now is not before:
            log.warning(_(_MUTED[now]), self._device)
        elif before is not None and now is None:
            log.warning(_("%s can be heard again"), self._device)


def _reason(loss: Loss) -> str:
    """Return why the device was lost, in the user's language."""
    if loss.kind is LossKind.UNREADABLE:
        return _("the sound process sent something that is not a message: {received}").format(received=loss.text)
    if loss.kind is not LossKind.ENDED:
        return loss.text
    if loss.text:
        return _("the sound process ended: {words}").format(words=loss.text)
    return _("the sound process ended")


class DeviceOutput:
    """One audio device. `name` as in `[output] devices`; "default" is whatever is the default one at `open`.

    The default device is opened by its own name, so that sound never moves silently to another. `extra` is how much
    later than the computer knows the device is heard. With `unmute`, a muted device is unmuted, where the sound system
    tells and allows it. `levels` keeps what `LevelClock` finds, by device, for the openings to come. `backends` as for
    `list_devices`.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        extra: timedelta = timedelta(),
        unmute: bool = False,
        levels: dict[str, float] | None = None,
        backends: Sequence[str] = (),
    ) -> None:
        self.device = name
        self._name = name
        self._clock = clock
        self._levels = {} if levels is None else levels
        self._order = {"do": "open", "device": name, "backends": list(backends), "extra": extra.total_seconds()}
        self._order |= {"unmute": unmute, "levels": self._levels}
        self._process: _SoundProcess | None = None
        self._play: _OrderedPlay | None = None
        self._number = 0

    def open(self) -> None:
        """List the devices anew, open ours and let it run on silence; at most `OPEN_SECONDS`."""
        self.close()
        process = _SoundProcess()
        try:
            answer = process.ask(self._order, "opened", OPEN_SECONDS)
        except PlayoutError:
            process.end()
            raise
        self.device = answer["device"]
        process.watch(self.device)
        self._process = process
        if answer["note"]:
            text = _("%s (%s) without PulseAudio (%s): whether it is muted is not known")
            log.info(text, self.device, answer["backend"], answer["note"])
        log.debug("opened %s (%s)", self.device, answer["backend"])

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        """Hand the play over; its process reads the clips now and begins by itself at `at`."""
        if self._process is None:
            raise PlayoutError(_('the sound output "{name}" is not open').format(name=self.device))
        self._number += 1
        self._play = None
        play = _OrderedPlay.planned(self._number, sum(segment.frames for segment in segments), at, self._clock)
        parts = [[str(segment.path.resolve()) if segment.path else None, segment.frames] for segment in segments]
        order = {"do": "play", "number": play.number, "at": play.target, "parts": parts}
        self._process.ask(order, "ready", READY_SECONDS)
        self._play = play

    def progress(self) -> Progress:
        """Return what the process last said of the play, at most a tenth of a second ago."""
        if self._process is None:
            return Progress(State.WAITING)
        if self._play is None:
            lost = self._process.lost
            return Progress(State.LOST if lost else State.WAITING, reason=lost, volume=self._process.mute.volume)
        return self._play.progress(self._process.progress, self._process.mute, self._process.lost)

    def stop(self) -> Progress:
        """Fade out and wait until the last sample was heard; a device that does not stop is given up."""
        if self._process is None or self._play is None:
            return self.progress()
        process, play = self._process, self._play
        end = process.stop(play.number, STOP_SECONDS)
        if end is None:
            process.give_up(_("the sound output did not stop"))
        else:
            time.sleep(min(max(0.0, end - time.perf_counter()), STOP_SECONDS))
        return self.progress()

    def close(self) -> None:
        """End the process; the sound server drops what it still held."""
        if self._process is not None:
            self._process.end()
            if self._process.level is not None:
                self._levels[self.device] = self._process.level
        self._process = self._play = None


@dataclass(frozen=True, slots=True)
class _OrderedPlay:
    """A play as it was ordered, and the pair of instants that ties the process's clock to the wall's."""

    number: int
    frames: int
    wall: datetime
    counter: float  # of `time.perf_counter` at `wall`
    target: float

    @classmethod
    def planned(cls, number: int, frames: int, at: datetime, clock: Clock) -> _OrderedPlay:
        """Return a play for `at`: from here on the monotonic clock counts, and clock steps move nothing."""
        wall, counter = clock().astimezone(at.tzinfo), time.perf_counter()
        return cls(number, frames, wall, counter, counter + (at - wall).total_seconds())

    def progress(self, said: FeedReport, mute: MuteReport, lost: str) -> Progress:
        """Return what the process `said`, in the words of `Output`."""
        known = Progress(
            State.LOST if lost else State.WAITING, total_frames=self.frames, reason=lost, volume=mute.volume
        )
        if said.number != self.number:
            return known
        known = replace(known, played_frames=said.played, muted=self._muted(mute))
        started = self._instant(said.started)
        if said.ended is not None and said.ended <= time.perf_counter():
            return replace(known, state=State.ENDED, started=started, ended=self._instant(said.ended), reason="")
        if said.played == 0 or started is None:
            return known
        return replace(known, state=State.LOST if lost else State.PLAYING, started=started)

    def _muted(self, mute: MuteReport) -> Muted | None:
        since = self._instant(mute.muted_from)
        if mute.muted_by is None or since is None:
            return None
        return Muted(mute.muted_by, since, mute.muted_frames, mute.muted_volume)

    def _instant(self, counter: float | None) -> datetime | None:
        return None if counter is None else self.wall + timedelta(seconds=counter - self.counter)
