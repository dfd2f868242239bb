"""The content of `planned` and `played` rows, and its form as the body of a row.

A `played` row can be understood alone, years later, when scripts, clips and schedules have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from broadcaster.models import NO_LOUDSPEAKERS, BulletinClass, MuteKind, Occurrence, Outcome
from broadcaster.reasons import NO_REASON, Reason, from_row, to_row
from broadcaster.records.damaged_row import ReadingRow

Body = Mapping[str, Any]
"""A row's body, as JSON holds it."""


class ClockState(StrEnum):
    """Whether the computer's clock could be trusted during a play."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"  # before the last row or the build date


class Origin(StrEnum):
    """Why something was played."""

    PLAN = "plan"
    SAY = "say"  # a person: now
    EMERGENCY = "emergency"
    MAKE_GOOD = "make-good"
    TEST = "test"  # somebody listened on the loudspeakers


@dataclass(frozen=True, slots=True)
class PlayedScript:
    """One script of a play: the text (`text_digest`) and the sound as they were that day.

    `clip_digest` covers all that shaped the sound, `sha256` is that of the WAV itself, "" in rows of version 0.1. If
    there was no clip, both and `voice` are empty and `seconds` is 0. `topic`, its title in `[topics]`, `source` and
    `language` are what the script is counted under: an edit of the front matter does not change what was.
    """

    id: str
    title: str
    text_digest: str
    clip_digest: str
    voice: str
    seconds: float  # length of the clip
    sha256: str = ""
    topic: str = ""
    topic_title: str = ""
    source: str = ""  # the script's own letter, not the campaign's
    language: str = ""  # "" for Vietnamese


NO_LOUDSPEAKER = "no loudspeaker"
"""How it ended where it was played whole, to a file or to silence."""


@dataclass(frozen=True, slots=True)
class MutedPart:
    """The part of a play that an output took without letting anybody hear it, as far as the sound system told."""

    by: MuteKind  # what did it first
    since: datetime  # when the first such sample was played
    seconds: float  # of the play, not always on end
    volume: float  # 1.0 is full, when it was first seen; 0 while muted


@dataclass(frozen=True, slots=True)
class Play:
    """How an occurrence ended: the content of a `played` row. Instants have their zone.

    `started` is when the first sample left, None if none did; `heard_s` the seconds of the play that certainly went
    to the device, gaps included; `muted` those of them that nobody heard. `planned_end` is None if the length was not
    known.
    """

    occurrence: str
    campaign: str
    slot: str
    bulletin_class: BulletinClass
    scripts: tuple[PlayedScript, ...]
    planned_start: datetime
    outcome: Outcome
    why: Reason = NO_REASON
    planned_end: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    heard_s: float = 0.0
    repeat: int = 1
    gap_s: float = 0.0
    source: str = ""
    group: str = ""  # the loudspeakers that it was meant for; "": all
    group_title: str = ""  # as station.toml had it
    device: str = ""
    muted: MutedPart | None = None
    clock: ClockState = ClockState.TRUSTED
    origin: Origin = Origin.PLAN
    ordered_by: str = ""  # the person, for everything that is not from the plan
    replaces: str = ""  # of a make-good: the occurrence that was missed

    @property
    def for_the_public(self) -> bool:
        """Whether a loudspeaker played it for everybody: not to a file or to silence, and not a test."""
        return self.device not in NO_LOUDSPEAKERS and self.origin is not Origin.TEST

    @property
    def is_unheard(self) -> bool:
        """Whether it went whole to a file or to silence: nobody heard it, so it has not aired. A test is none."""
        return self.outcome is Outcome.AIRED and self.origin is not Origin.TEST and not self.for_the_public

    @property
    def ending(self) -> str:
        """How it ended, for programs: its outcome, or `NO_LOUDSPEAKER`."""
        return NO_LOUDSPEAKER if self.is_unheard else str(self.outcome)

    @property
    def reason(self) -> str:
        """The reason in the reader's language; "" where nothing has to be explained."""
        return "" if self.why is NO_REASON else str(self.why)

    @property
    def lateness_s(self) -> float | None:
        """Seconds from the planned to the real start, negative if it was early; None if nothing sounded.

        Rounded to the millisecond, as instants are in rows, so that a row and this object never differ.
        """
        if self.started is None:
            return None
        written = self.started.replace(microsecond=self.started.microsecond // 1000 * 1000)
        return round((written - self.planned_start).total_seconds(), 3)


def planned_to_body(occurrence: Occurrence) -> dict[str, Any]:
    """Return the body of a `planned` row."""
    return {
        "campaign": occurrence.campaign,
        "slot": occurrence.slot,
        "start": occurrence.start.isoformat(),
        "scripts": list(occurrence.scripts),
        "repeat": occurrence.repeat,
        "gap_s": occurrence.gap.total_seconds(),
        "class": str(occurrence.bulletin_class),
        "source": occurrence.source,
    } | ({"group": occurrence.group} if occurrence.group else {})


def planned_from_body(body: Body) -> Occurrence:
    """Return the occurrence of a `planned` row; raise RecordError for a body that is not one."""
    with ReadingRow():
        return Occurrence(
            campaign=body["campaign"],
            slot=body["slot"],
            start=datetime.fromisoformat(body["start"]),
            scripts=tuple(body["scripts"]),
            repeat=body["repeat"],
            gap=timedelta(seconds=body["gap_s"]),
            bulletin_class=BulletinClass(body["class"]),
            source=body["source"],
            group=body.get("group", ""),
        )


def to_body(play: Play) -> dict[str, Any]:
    """Return the body of a `played` row; what is not known is left out."""
    body = {
        "campaign": play.campaign,
        "slot": play.slot,
        "class": str(play.bulletin_class),
        "scripts": [_script_to_body(script) for script in play.scripts],
        "repeat": play.repeat,
        "gap_s": play.gap_s,
        "source": play.source,
        "group": play.group,
        "group_title": play.group_title,
        "planned_start": play.planned_start.isoformat(),
        "planned_end": _text(play.planned_end),
        "started": _text(play.started),
        "ended": _text(play.ended),
        "lateness_s": play.lateness_s,
        "heard_s": play.heard_s,
        "outcome": str(play.outcome),
        **to_row(play.why),
        "device": play.device,
        "muted": _muted_to_body(play.muted) if play.muted else None,
        "clock": str(play.clock),
        "origin": str(play.origin),
        "ordered_by": play.ordered_by,
        "replaces": play.replaces,
    }
    return {key: value for key, value in body.items() if value not in ("", None)}


def from_body(occurrence: str, body: Body) -> Play:
    """Return the play of a `played` row of `occurrence`; raise RecordError for a body that is not one."""
    with ReadingRow():
        return Play(
            occurrence=occurrence,
            campaign=body["campaign"],
            slot=body["slot"],
            bulletin_class=BulletinClass(body["class"]),
            scripts=tuple(_script_from_body(script) for script in body["scripts"]),
            repeat=body["repeat"],
            gap_s=body["gap_s"],
            source=body.get("source", ""),
            group=body.get("group", ""),
            group_title=body.get("group_title", ""),
            planned_start=datetime.fromisoformat(body["planned_start"]),
            planned_end=_instant(body, "planned_end"),
            started=_instant(body, "started"),
            ended=_instant(body, "ended"),
            heard_s=body["heard_s"],
            outcome=Outcome(body["outcome"]),
            why=from_row(body),
            device=body.get("device", ""),
            muted=_muted_from_body(body["muted"]) if "muted" in body else None,
            clock=ClockState(body["clock"]),
            origin=Origin(body["origin"]),
            ordered_by=body.get("ordered_by", ""),
            replaces=body.get("replaces", ""),
        )


def _script_to_body(script: PlayedScript) -> dict[str, Any]:
    return {
        "id": script.id,
        "title": script.title,
        "text": script.text_digest,
        "clip": script.clip_digest,
        "sha256": script.sha256,
        "voice": script.voice,
        "seconds": script.seconds,
        **_counted_under(script),
    }


_COUNTED_UNDER = ("topic", "topic_title", "source", "language")
"""In the order of `PlayedScript`."""


def _counted_under(script: PlayedScript) -> dict[str, str]:
    told = {name: getattr(script, name) for name in _COUNTED_UNDER}
    return {key: value for key, value in told.items() if value}


@lru_cache(maxsize=1024)
def _script(*known: Any) -> PlayedScript:  # noqa: ANN401 - the fields, as JSON has them
    """Return the same object for the same script: a year names a few of them tens of thousands of times."""
    return PlayedScript(*known)


def _script_from_body(body: Body) -> PlayedScript:
    known = body["id"], body["title"], body["text"], body["clip"], body["voice"], body["seconds"]
    counted_under = (body.get(key, "") for key in _COUNTED_UNDER)
    return _script(*known, body.get("sha256", ""), *counted_under)


def _muted_to_body(muted: MutedPart) -> dict[str, Any]:
    return {
        "by": str(muted.by),
        "since": _text(muted.since),
        "seconds": round(muted.seconds, 3),
        "volume": round(muted.volume, 3),
    }


def _muted_from_body(body: Body) -> MutedPart:
    since = datetime.fromisoformat(body["since"])
    return MutedPart(MuteKind(body["by"]), since, body["seconds"], body["volume"])


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


def _instant(body: Body, key: str) -> datetime | None:
    return datetime.fromisoformat(body[key]) if key in body else None
