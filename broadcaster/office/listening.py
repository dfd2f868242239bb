"""Hearing something at the station: on a device of one's own, or on the loudspeakers of the commune.

One's own is `[monitor] device`. Whatever sounds elsewhere, all of the commune may hear: then only while the desk has
nothing to do, inside the hours that the rules allow, after a question, and entered in the play history.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from broadcaster.errors import InputError, PlayoutError, Problem
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, NO_LOUDSPEAKERS, Occurrence, Outcome
from broadcaster.office.preview import play_preview
from broadcaster.playout.heartbeat import is_fresh, read_heartbeat
from broadcaster.playout.rows import clip_of_play, cued_row, played_row
from broadcaster.playout.sound.output import Progress, Segment, State
from broadcaster.playout.station_lock import is_running
from broadcaster.reasons import NO_REASON, Reason, ReasonKind, reason
from broadcaster.records.play_rows import Origin, Play, PlayedScript
from broadcaster.records.schema import AlreadyRecordedError
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import outside_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.models import Clip, Script
    from broadcaster.office.preview import PreviewResult
    from broadcaster.station.folder import Station

CAMPAIGN = "test"
"""In the place of a campaign's id, in the ids of what was listened to."""
MARGIN = timedelta(minutes=1)
"""How long before a planned start the loudspeakers are the desk's again."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a person wants to hear, and what the play history has to know of it."""

    segment: Segment
    id: str
    script: PlayedScript

    @classmethod
    def of_clip(cls, clip: Clip, script: Script, part: Segment | None = None) -> Self:
        """Return a script's clip, or a part of it that lies in a file of its own."""
        return cls(part or Segment(clip.path, clip.frames), script.id, clip_of_play(clip, script.title))

    @classmethod
    def of_tone(cls, tone: Segment) -> Self:
        """Return the notes by which a device is tried."""
        return cls(tone, "notes", PlayedScript("", _("test notes"), "", "", "", tone.frames / CLIP_RATE))

    @property
    def length(self) -> timedelta:
        """How long it sounds."""
        return timedelta(seconds=self.segment.frames / CLIP_RATE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is to sound: on the first of the devices that works."""

    devices: tuple[str, ...]
    is_public: bool  # whether all of the commune may hear it


def place_for(station: Station, asked: str | None = None) -> Place:
    """Return where a person hears what they asked for: on the device that they named, their own, or the station's."""
    own = station.settings.monitor.device
    devices = (asked or own,) if asked or own else station.settings.output.devices
    return Place(devices, not all(_is_private(station, name) for name in devices))


def _is_private(station: Station, name: str) -> bool:
    """Return whether a device is known not to be the commune's: any other name may be the same loudspeaker."""
    if name in NO_LOUDSPEAKERS:
        return True
    return name == station.settings.monitor.device and not _is_default_output(station, name)


def _is_default_output(station: Station, name: str) -> bool:
    """Return whether the station plays on the computer's default device, and that is now this one, or not known."""
    from broadcaster.playout.sound.device import list_devices

    if "default" not in station.settings.all_devices:
        return False
    try:
        return any(device.is_default and device.name.casefold() == name.casefold() for device in list_devices())
    except PlayoutError:
        return True


# ---- when the loudspeakers are free ------------------------------------------------------------------------------


def refuse_to_disturb(station: Station, length: timedelta) -> None:
    """Raise InputError with every reason why something of this length may not sound on the loudspeakers now."""
    obstacles = [text for text in (_busy(station, length), _closed(station, length)) if text]
    if obstacles:
        todo = _('hear it on a device of your own: [monitor] device in station.toml; or write a file: --output "file"')
        raise InputError(*(Problem(text, todo) for text in obstacles))


def _busy(station: Station, length: timedelta) -> str:
    """Return what the running desk has to do until some time after the end; "" where it has nothing to do."""
    if not is_running(station):
        return ""
    now, beat = station.now(), read_heartbeat(station)
    if not is_fresh(beat, now):
        return _("the desk runs and does not say what it has on the air")
    if on_air := beat.get("on_air"):
        return _("{occurrence} is on the air").format(occurrence=on_air)
    due = _due(station, now, now + length + MARGIN)
    if due is None:
        return ""
    return _("{occurrence} is due at {start:%H:%M:%S}").format(occurrence=due.slot_name, start=due.start)


def _due(station: Station, now: datetime, until: datetime) -> Occurrence | None:
    """Return the first occurrence that is planned up to `until` and has no outcome yet, also one that waits."""
    since = now - station.settings.airing.grace
    over: set[str | None] = set()
    if station.ledger_path.exists():
        with station.ledger(read_only=True) as ledger:
            over = {row.occurrence for row in ledger.played(since, until)}
    plan = expand(station.campaigns()[0].values(), since, until, station.settings.timezone)
    return next((occurrence for occurrence in plan if occurrence.id not in over), None)


def _closed(station: Station, length: timedelta) -> str:
    """Return which rule keeps the loudspeakers silent at this hour; "" where none does."""
    now = station.now()
    breach = outside_at(_occurrence("", now), now, length, station.settings.rules, station.settings.group_rules)
    return breach.text if breach else ""


# ---- hearing it --------------------------------------------------------------------------------------------------


def listen(
    station: Station, sample: Sample, place: Place, name: str, watch: Callable[[Progress], None] = lambda _p: None
) -> PreviewResult:
    """Play a sample; where all of the commune may hear it, enter that `name` did so, before it sounds and after it.

    Raises InputError where it may not sound there now, PlayoutError where no device takes it or the device is lost.
    """
    if not place.is_public:
        return play_preview(station, sample.segment, place.devices, watch)
    refuse_to_disturb(station, sample.length)
    entry = _ListeningEntry(station, sample, name, watch)
    try:
        return play_preview(station, sample.segment, place.devices, entry.watch, entry.begin)
    finally:
        entry.end()


def _occurrence(id_: str, start: datetime) -> Occurrence:
    return Occurrence(CAMPAIGN, id_, start.replace(microsecond=0), ())


class _ListeningEntry:
    """The two rows of what was heard on the loudspeakers: the intent before it, the outcome after it."""

    def __init__(self, station: Station, sample: Sample, name: str, watch: Callable[[Progress], None]) -> None:
        self._station = station
        self._sample = sample
        self._name = name
        self._watch = watch
        self._play: Play | None = None
        self._progress = Progress(State.WAITING)

    def begin(self, device: str) -> None:
        """Enter who is about to hear what on which device."""
        now = self._station.now()
        heard = _occurrence(self._sample.id, now)
        play = Play(
            occurrence=heard.id,
            campaign=heard.campaign,
            slot=heard.slot,
            bulletin_class=heard.bulletin_class,
            scripts=(self._sample.script,),
            planned_start=heard.start,
            planned_end=heard.start + self._sample.length,
            outcome=Outcome.FAILED,
            device=device,
            origin=Origin.TEST,
            ordered_by=self._name,
        )
        with self._station.ledger() as ledger:
            ledger.append([replace(cued_row(play, now), actor=self._name)])
        self._play = play

    def watch(self, progress: Progress) -> None:
        """Take in how far it got."""
        self._progress = progress
        self._watch(progress)

    def end(self) -> None:
        """Enter how much of it was heard; nothing where no device took it."""
        if self._play is None:
            return
        got = self._progress
        play = replace(
            self._play,
            outcome=_outcome(got, self._sample.segment.frames),
            why=_why(got, self._sample.segment.frames),
            started=got.started,
            ended=got.ended,
            heard_s=round(got.played_frames / CLIP_RATE, 3),
        )
        # A desk that started meanwhile has found the intent without an outcome, and entered one.
        with suppress(AlreadyRecordedError), self._station.ledger() as ledger:
            ledger.append([replace(played_row(play, self._station.now()), actor=self._name)])


def _why(got: Progress, frames: int) -> Reason:
    """Return why not all of it was heard."""
    if got.reason:
        return reason(ReasonKind.DEVICE_LOST, text=got.reason)
    return NO_REASON if got.played_frames >= frames else reason(ReasonKind.STOPPED, signal=signal.SIGINT.name)


def _outcome(got: Progress, frames: int) -> Outcome:
    if got.played_frames >= frames:
        return Outcome.AIRED
    return Outcome.CUT if got.played_frames else Outcome.FAILED
