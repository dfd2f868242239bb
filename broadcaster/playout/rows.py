"""The ledger rows of the desk: how each is built, and how those of plays are written.

Intents are written before any sound leaves; outcomes are kept until they are written.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import floor
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.models import CLIP_RATE, Clip, Occurrence, Outcome, Script
from broadcaster.reasons import NO_REASON, Reason, ReasonKind, reason, to_row
from broadcaster.records.kinds import DESK, Kind
from broadcaster.records.ledger import Entry, Row
from broadcaster.records.play_rows import MutedPart, Play, PlayedScript, from_body, planned_to_body, to_body
from broadcaster.records.schema import AlreadyRecordedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from broadcaster.playout.desk_state import OnAir
    from broadcaster.playout.sound.output import Progress
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content

ACTOR = DESK

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LastSound:
    """What a desk had on the air when it last said so; instants have their zone."""

    occurrence: str  # its id
    started: datetime
    ends: datetime
    seen: datetime  # when the desk said so
    heard_s: float  # what of it had gone to the device by then; more may have after it


def play_of(
    occurrence: Occurrence,
    content: Content,
    outcome: Outcome,
    why: Reason = NO_REASON,
    clips: Sequence[Clip] = (),
) -> Play:
    """Return the play of an occurrence with all that makes its row readable alone, as if nothing had sounded yet.

    `content` is what is in force: its scripts, and what topics and groups are called.
    """
    scripts, settings = content.scripts, content.settings
    by_script = {clip.script: clip for clip in clips}
    ids = dict.fromkeys(occurrence.scripts)
    return Play(
        occurrence=occurrence.id,
        campaign=occurrence.campaign,
        slot=occurrence.slot,
        bulletin_class=occurrence.bulletin_class,
        scripts=tuple(_played_script(id_, scripts.get(id_), by_script.get(id_), settings.topics) for id_ in ids),
        planned_start=occurrence.start,
        outcome=outcome,
        why=why,
        repeat=occurrence.repeat,
        gap_s=occurrence.gap.total_seconds(),
        source=occurrence.source,
        group=occurrence.group,
        group_title=settings.title_of(occurrence.group),
    )


def _played_script(id_: str, script: Script | None, clip: Clip | None, topics: Mapping[str, str]) -> PlayedScript:
    title = script.title if script else ""
    digest = script.digest if script else ""
    played = clip_of_play(clip, title) if clip else PlayedScript(id_, title, digest, "", "", 0.0)
    if script is None:
        return played
    counted = replace(played, topic=script.topic, topic_title=topics.get(script.topic, ""), source=script.source)
    return replace(counted, language=script.language)


def clip_of_play(clip: Clip, title: str) -> PlayedScript:
    """Return what a play's row says of one of its clips; `title` is that of its script."""
    seconds = clip.length.total_seconds()
    return PlayedScript(clip.script, title, clip.text_digest, clip.digest, clip.voice, seconds, clip.sha256)


def muted_part(progress: Progress, zone: ZoneInfo) -> MutedPart | None:
    """Return what of a play nobody heard, with its instant in `zone`; None where nothing is known of such a part."""
    if (muted := progress.muted) is None:
        return None
    return MutedPart(muted.by, muted.since.astimezone(zone), muted.frames / CLIP_RATE, muted.volume)


def ended_play(play: Play, on_air: OnAir, progress: Progress, now: datetime, zone: ZoneInfo) -> Play:
    """Return the play of what was on the air, with how far it got; instants in `zone`."""
    return replace(
        play,
        planned_end=on_air.occurrence.start + on_air.total,
        started=progress.started.astimezone(zone) if progress.started else None,
        ended=progress.ended.astimezone(zone) if progress.ended else now,
        heard_s=progress.played_frames / CLIP_RATE,
        device=on_air.device,
        muted=muted_part(progress, zone),
    )


def planned_row(occurrence: Occurrence, at: datetime) -> Entry:
    """Return the row that enters an occurrence into the plan."""
    return Entry(Kind.PLANNED, ACTOR, at, occurrence.id, planned_to_body(occurrence))


def withdrawn_row(occurrence: Occurrence, why: Reason, at: datetime) -> Entry:
    """Return the row that takes an occurrence out of the plan."""
    return Entry(Kind.WITHDRAWN, ACTOR, at, occurrence.id, to_row(why))


def played_row(play: Play, at: datetime) -> Entry:
    """Return the row of an outcome."""
    return Entry(Kind.PLAYED, ACTOR, at, play.occurrence, to_body(play))


def cued_row(play: Play, at: datetime) -> Entry:
    """Return the row that says an occurrence is about to air: all of `play` that is known before the first sample."""
    body = {key: value for key, value in to_body(play).items() if key not in _KNOWN_AFTERWARDS}
    return Entry(Kind.CUED, ACTOR, at, play.occurrence, body)


_KNOWN_AFTERWARDS = frozenset({"outcome", "reason", "why", "heard_s"})


def interrupted_row(cued: Row, at: datetime, sound: LastSound | None = None) -> Entry:
    """Return the outcome row of a play of which only the `cued` row is known, and maybe the `sound` last noted."""
    body = {**cued.body, "outcome": str(Outcome.CUT), **to_row(reason(ReasonKind.CUT_OFF)), "heard_s": 0.0}
    play = from_body(cued.occurrence or "", body)
    if sound is None or sound.occurrence != play.occurrence:
        return played_row(play, at)
    zone, length = play.planned_start.tzinfo, (sound.ends - sound.started).total_seconds()
    facts = {"heard": floor(sound.heard_s), "length": round(length), "at": sound.seen.astimezone(zone).isoformat()}
    known = replace(
        play,
        why=reason(ReasonKind.CUT_OFF_ON_AIR, **facts),
        started=sound.started.astimezone(zone),
        ended=sound.seen.astimezone(zone),
        heard_s=sound.heard_s,
    )
    return played_row(known, at)


def released_row(play: Play, why: Reason, at: datetime) -> Entry:
    """Return the row that says a cued occurrence was let go before its first sample: nothing of it was heard."""
    return Entry(Kind.RELEASED, ACTOR, at, play.occurrence, to_row(why))


def cued_again_row(play: Play, at: datetime) -> Entry:
    """Return the row that says an occurrence that was let go is about to air after all."""
    return replace(cued_row(play, at), kind=Kind.CUED_AGAIN)


class RowWriter:
    """Writes the rows of one desk's plays; `forget` is called with the id of an occurrence that has its outcome."""

    def __init__(self, ledger: Ledger, forget: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._forget = forget
        self._over: list[Play] = []
        self._tried: dict[str, list[datetime]] = {}  # intents of which an error leaves open whether they are written

    @property
    def unwritten(self) -> tuple[Play, ...]:
        """The outcomes that are certain and not in the ledger yet."""
        return tuple(self._over)

    def is_over(self, play: Play) -> None:
        """Take down an outcome; `write` writes it."""
        self._over.append(play)

    def write(self, now: datetime) -> None:
        """Write all outcomes; pass over what another process has written. Raises RecordError: then they are kept."""
        if not self._over:
            return
        try:
            self._ledger.append([played_row(play, now) for play in self._over])
            self._done(self._over)
        except AlreadyRecordedError:
            for play in list(self._over):
                self._write_one(play, now)

    def write_intent(self, row: Entry) -> bool:
        """Write that an occurrence is about to sound; return False where another process aired it, or airs it.

        Raises RecordError where that cannot be written: then it may be written all the same, and is asked for again.
        """
        occurrence = row.occurrence or ""
        try:
            self._ledger.append([row])
        except AlreadyRecordedError as error:
            if not self._is_own(row, self._tried.get(occurrence, ())):
                log.error("%s", error)  # noqa: TRY400 - no bug of ours
                self._forget(occurrence)
                return False
        except RecordError:
            self._tried.setdefault(occurrence, []).append(row.at)
            raise
        self._tried.pop(occurrence, None)
        return True

    def _is_own(self, row: Entry, tried: Collection[datetime]) -> bool:
        """Whether what stands in the ledger is what was `tried` here: another desk would write the same body."""
        rows = self._ledger.rows([row.kind], occurrence=row.occurrence)
        return any(known.at in tried and (known.actor, known.body) == (row.actor, dict(row.body)) for known in rows)

    def _write_one(self, play: Play, now: datetime) -> None:
        try:
            self._ledger.append([played_row(play, now)])
        except AlreadyRecordedError as error:
            log.error("%s", error)  # noqa: TRY400 - no bug of ours
        self._done([play])

    def _done(self, plays: Sequence[Play]) -> None:
        for play in list(plays):
            self._over.remove(play)
            self._forget(play.occurrence)
            log.info("%s: %s %s", play.occurrence, play.outcome, play.reason)
