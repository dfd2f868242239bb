"""The lines of a report: every planned occurrence and every play that nobody planned, as the figures count them.

Pure: no file, no clock, no language. Lengths are whole milliseconds, as in the ledger, so that sums are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from broadcaster.models import Outcome
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import Ruling
from broadcaster.script_ids import version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from broadcaster.models import Occurrence
    from broadcaster.records.play_rows import Play, PlayedScript
    from broadcaster.records.reconcile import Reconciliation, ToldScript, Verdict

SOUNDED_WHOLE = frozenset({Ruling.ON_TIME, Ruling.LATE})

Status = Ruling | Outcome
"""The verdict of a planned occurrence, or the outcome of an unplanned play."""


@dataclass(frozen=True, slots=True)
class ScriptShare:
    """One script of a line. `title` is empty if the history lacks it; `heard_ms` is its share of what was heard.

    It is counted under its `topic` and its `letter`, that of the campaign, else its own; "" for none; and under its
    `language`, "" for Vietnamese.
    """

    id: str
    title: str
    heard_ms: int = 0
    topic: str = ""
    topic_title: str = ""
    letter: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One planned occurrence, or one play that nobody planned. Instants are in the station's zone."""

    start: datetime  # as planned; of an unplanned play when it was ordered
    planned: bool
    status: Status
    scripts: tuple[ScriptShare, ...]  # in order, without repeats
    repeat: int
    late_s: float | None
    heard_ms: int  # what a loudspeaker let people hear; 0 for a test
    muted_ms: int  # what the loudspeaker took while it was muted
    reason: str  # as in the ledger; empty if there is no outcome
    campaign: str
    slot: str
    source: str
    origin: Origin
    ordered_by: str
    replaces: str
    device: str
    group: str  # the loudspeakers that it was meant for; "": all
    group_title: str
    for_the_public: bool  # no test, and not played to a file or to silence
    started: datetime | None
    ended: datetime | None
    occurrence: str

    @property
    def day(self) -> date:
        """The day it is counted under: that of its planned start."""
        return self.start.date()

    @property
    def whole(self) -> bool:
        """Whether people could hear it from beginning to end."""
        return self.for_the_public and (self.status in SOUNDED_WHOLE or self.status is Outcome.AIRED)

    @property
    def title(self) -> str:
        """The titles of its scripts, or their ids if no title is known."""
        return "; ".join(dict.fromkeys(script.title or script.id for script in self.scripts))

    @property
    def topics(self) -> tuple[str, ...]:
        """The slugs of its scripts' topics, each once."""
        return tuple(dict.fromkeys(script.topic for script in self.scripts if script.topic))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its scripts, each once; "" for Vietnamese."""
        return tuple(dict.fromkeys(script.language for script in self.scripts))

    @property
    def slot_name(self) -> str:
        """Campaign and slot, as in the id of an occurrence."""
        return f"{self.campaign}/{self.slot}"

    @property
    def off_plan(self) -> bool:
        """Whether it differs from the plan: not on time, not whole, or not planned at all."""
        return not self.planned or self.status not in (Ruling.ON_TIME, Ruling.TO_COME)


def make_lines(found: Reconciliation, zone: ZoneInfo) -> tuple[Line, ...]:
    """Return the lines of a reconciliation by their hours."""
    plays = [*found.unplanned, *(verdict.play for verdict in found.verdicts if verdict.play)]
    plays.sort(key=lambda play: play.planned_start)
    known = _KnownScripts(plays, found.scripts)
    lines = [_planned_line(verdict, known, zone) for verdict in found.verdicts]
    lines += [_unplanned_line(play, known, zone) for play in found.unplanned]
    return tuple(sorted(lines, key=lambda line: (line.start, line.occurrence)))


class _KnownScripts:
    """What the plays of a window tell of scripts: the last of them that names a title, or a topic.

    Of what none of them said, what other rows tell.
    """

    def __init__(self, plays: Iterable[Play], told: Mapping[str, ToldScript]) -> None:
        scripts = [script for play in plays for script in play.scripts]
        self._told = told
        self.titles = {id_: each.title for id_, each in told.items()}
        self.titles |= {script.id: script.title for script in scripts if script.title}
        self._last = {script.id: script for script in scripts}
        self._languages = {id_: each.language for id_, each in told.items() if each.language is not None}
        self._languages |= {script.id: script.language for script in scripts if script.text_digest}

    def share(self, id_: str, heard_ms: int, letter: str, play: Play | None = None) -> ScriptShare:
        """Return a script's share; it is counted as its own play says, and without one as the last play of it does."""
        own = next((script for script in play.scripts if script.id == id_), None) if play else self._last.get(id_)
        title, language = self.titles.get(id_, ""), self._language(id_, own)
        if own is None:
            topic = self._told[id_].topic if id_ in self._told else ""
            return ScriptShare(id_, title, heard_ms, topic, letter=letter, language=language)
        return ScriptShare(id_, title, heard_ms, own.topic, own.topic_title, letter or own.source, language)

    def _language(self, id_: str, own: PlayedScript | None) -> str:
        """Return a script's language as its play, or else any row, tells it; else the word of its version."""
        if own is not None and own.text_digest:
            return own.language
        return self._languages.get(id_, version_of(id_))


def _planned_line(verdict: Verdict, known: _KnownScripts, zone: ZoneInfo) -> Line:
    occurrence, play = verdict.occurrence, verdict.play
    if play is None:
        return _silent_line(verdict, known, zone)
    return Line(
        start=occurrence.start.astimezone(zone),
        planned=True,
        status=verdict.ruling,
        scripts=_spoken(occurrence.scripts, play, known, occurrence.source),
        repeat=occurrence.repeat,
        late_s=play.lateness_s,
        heard_ms=_heard_ms(play),
        muted_ms=_muted_ms(play),
        reason=play.reason,
        campaign=occurrence.campaign,
        slot=occurrence.slot,
        source=occurrence.source,
        origin=Origin.PLAN,
        ordered_by="",
        replaces="",
        device=play.device,
        group=occurrence.group,
        group_title=play.group_title,
        for_the_public=play.for_the_public,
        started=_local(play.started, zone),
        ended=_local(play.ended, zone),
        occurrence=occurrence.id,
    )


def _silent_line(verdict: Verdict, known: _KnownScripts, zone: ZoneInfo) -> Line:
    """Return the line of an occurrence without an outcome."""
    occurrence: Occurrence = verdict.occurrence
    return Line(
        start=occurrence.start.astimezone(zone),
        planned=True,
        status=verdict.ruling,
        scripts=tuple(known.share(id_, 0, occurrence.source) for id_ in occurrence.scripts or ("",)),
        repeat=occurrence.repeat,
        late_s=None,
        heard_ms=0,
        muted_ms=0,
        reason="",
        campaign=occurrence.campaign,
        slot=occurrence.slot,
        source=occurrence.source,
        origin=Origin.PLAN,
        ordered_by="",
        replaces="",
        device="",
        group=occurrence.group,
        group_title="",
        for_the_public=True,
        started=None,
        ended=None,
        occurrence=occurrence.id,
    )


def _unplanned_line(play: Play, known: _KnownScripts, zone: ZoneInfo) -> Line:
    return Line(
        start=play.planned_start.astimezone(zone),
        planned=False,
        status=_unplanned_status(play),
        scripts=_spoken([script.id for script in play.scripts], play, known, play.source),
        repeat=play.repeat,
        late_s=play.lateness_s,
        heard_ms=_heard_ms(play),
        muted_ms=_muted_ms(play),
        reason=play.reason,
        campaign=play.campaign,
        slot=play.slot,
        source=play.source,
        origin=play.origin,
        ordered_by=play.ordered_by,
        replaces=play.replaces,
        device=play.device,
        group=play.group,
        group_title=play.group_title,
        for_the_public=play.for_the_public,
        started=_local(play.started, zone),
        ended=_local(play.ended, zone),
        occurrence=play.occurrence,
    )


def _unplanned_status(play: Play) -> Status:
    """Return the outcome; of what was played to a file or to silence that no loudspeaker let it be heard."""
    return Ruling.NO_LOUDSPEAKER if play.is_unheard else play.outcome


def _spoken(ids: Sequence[str], play: Play, known: _KnownScripts, letter: str) -> tuple[ScriptShare, ...]:
    """Return the scripts in order, with what was heard split by the lengths of their clips.

    A play without scripts gets one without a name, so that no second is lost.
    """
    ids = ids or [""]
    heard = _heard_ms(play)
    if len(ids) == 1:
        return (known.share(ids[0], heard, letter, play),)
    seconds = {script.id: script.seconds for script in play.scripts}
    shares = share_out(heard, [seconds.get(id_, 0.0) for id_ in ids])
    return tuple(known.share(id_, share, letter, play) for id_, share in zip(ids, shares, strict=True))


def share_out(whole: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number by weights (equally if all are 0) into parts that add up to it exactly."""
    weights = weights if sum(weights) > 0 else [1.0] * len(weights)
    total, reached, edges = sum(weights), 0.0, [0]
    for weight in weights:
        reached += weight
        edges.append(round(whole * reached / total))
    return [after - before for before, after in pairwise(edges)]


def _heard_ms(play: Play) -> int:
    return round(play.heard_s * 1000) - _muted_ms(play) if play.for_the_public else 0


def _muted_ms(play: Play) -> int:
    """Return how much of the play a muted loudspeaker took, no more than all of it."""
    return min(round(play.muted.seconds * 1000), round(play.heard_s * 1000)) if play.muted else 0


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone) if at else None
