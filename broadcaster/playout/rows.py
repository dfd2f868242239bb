"""Builds the ledger rows that the desk writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE, Clip, Occurrence, Outcome, Script
from broadcaster.reasons import NO_REASON, Reason, ReasonKind, reason, to_row
from broadcaster.records.ledger import Entry, Kind, Row
from broadcaster.records.play_rows import MutedPart, Play, PlayedScript, from_body, planned_to_body, to_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from broadcaster.playout.sound.output import Progress

ACTOR = "daemon"


def play_of(
    occurrence: Occurrence,
    scripts: Mapping[str, Script],
    outcome: Outcome,
    why: Reason = NO_REASON,
    clips: Sequence[Clip] = (),
) -> Play:
    """Return the play of an occurrence with all that makes its row readable alone, as if nothing had sounded yet."""
    by_script = {clip.script: clip for clip in clips}
    ids = dict.fromkeys(occurrence.scripts)
    return Play(
        occurrence=occurrence.id,
        campaign=occurrence.campaign,
        slot=occurrence.slot,
        bulletin_class=occurrence.bulletin_class,
        scripts=tuple(_played_script(id_, scripts.get(id_), by_script.get(id_)) for id_ in ids),
        planned_start=occurrence.start,
        outcome=outcome,
        why=why,
        repeat=occurrence.repeat,
        gap_s=occurrence.gap.total_seconds(),
        source=occurrence.source,
    )


def _played_script(id_: str, script: Script | None, clip: Clip | None) -> PlayedScript:
    title = script.title if script else ""
    if clip is None:
        return PlayedScript(id_, title, script.digest if script else "", "", "", 0.0)
    return clip_of_play(clip, title)


def clip_of_play(clip: Clip, title: str) -> PlayedScript:
    """Return what a play's row says of one of its clips; `title` is that of its script."""
    seconds = clip.length.total_seconds()
    return PlayedScript(clip.script, title, clip.text_digest, clip.digest, clip.voice, seconds, clip.sha256)


def muted_part(progress: Progress, zone: ZoneInfo) -> MutedPart | None:
    """Return what of a play nobody heard, with its instant in `zone`; None where nothing is known of such a part."""
    if (muted := progress.muted) is None:
        return None
    return MutedPart(muted.by, muted.since.astimezone(zone), muted.frames / CLIP_RATE, muted.volume)


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


def interrupted_row(cued: Row, at: datetime) -> Entry:
    """Return the outcome row of a play of which only the `cued` row is known."""
    body = {**cued.body, "outcome": str(Outcome.CUT), **to_row(reason(ReasonKind.CUT_OFF)), "heard_s": 0.0}
    return played_row(from_body(cued.occurrence or "", body), at)


def released_row(play: Play, why: Reason, at: datetime) -> Entry:
    """Return the row that says a cued occurrence was let go before its first sample: nothing of it was heard."""
    return Entry(Kind.RELEASED, ACTOR, at, play.occurrence, to_row(why))


def cued_again_row(play: Play, at: datetime) -> Entry:
    """Return the row that says an occurrence that was let go is about to air after all."""
    return replace(cued_row(play, at), kind=Kind.CUED_AGAIN)
