"""Every number of a report, computed once from a reconciliation; each format only writes these numbers.

Pure: no file, no clock, no language. Lengths are whole milliseconds, as in the ledger, so that sums are exact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from broadcaster.i18n import speaking
from broadcaster.models import Outcome
from broadcaster.reasons import in_words
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import EVERYTHING, Ruling, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from broadcaster.records.play_rows import Play
    from broadcaster.records.reconcile import Reconciliation, Verdict, Withdrawal

SESSION_BREAK = timedelta(minutes=30)
"""How much silence ends a session: the same as for the rule `minutes_per_session`."""

SOUNDED_WHOLE = frozenset({Ruling.ON_TIME, Ruling.LATE})

Status = Ruling | Outcome
"""The verdict of a planned occurrence, or the outcome of an unplanned play."""


@dataclass(frozen=True, slots=True)
class ScriptShare:
    """One script of a line. `title` is empty if the history lacks it; `heard_ms` is its share of what sounded."""

    id: str
    title: str
    heard_ms: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One planned occurrence, or one play that nobody planned. Instants are in the station's zone."""

    start: datetime  # as planned; of an unplanned play when it was ordered
    planned: bool
    status: Status
    scripts: tuple[ScriptShare, ...]  # in order, without repeats
    repeat: int
    late_s: float | None
    heard_ms: int
    reason: str  # as in the ledger; empty if there is no outcome
    campaign: str
    slot: str
    source: str
    origin: Origin
    ordered_by: str
    replaces: str
    device: str
    started: datetime | None
    ended: datetime | None
    occurrence: str

    @property
    def day(self) -> date:
        """The day it is counted under: that of its planned start."""
        return self.start.date()

    @property
    def whole(self) -> bool:
        """Whether it was played from beginning to end."""
        return self.status in SOUNDED_WHOLE or self.status is Outcome.AIRED

    @property
    def title(self) -> str:
        """The titles of its scripts, or their ids if no title is known."""
        return "; ".join(dict.fromkeys(script.title or script.id for script in self.scripts))

    @property
    def off_plan(self) -> bool:
        """Whether it differs from the plan: not on time, not whole, or not planned at all."""
        return not self.planned or self.status not in (Ruling.ON_TIME, Ruling.TO_COME)


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a span of days. `planned` is the sum of `rulings`."""

    rulings: Mapping[Ruling, int]
    unplanned: int  # plays that nobody planned, make-goods among them
    make_goods: int  # make-goods that aired whole
    sessions: int
    heard_ms: int  # all that sounded, planned or not

    @property
    def planned(self) -> int:
        """How many occurrences were planned."""
        return sum(self.rulings.values())

    @property
    def aired(self) -> int:
        """How many planned occurrences were played whole, late ones among them."""
        return sum(self.rulings[ruling] for ruling in SOUNDED_WHOLE)

    @property
    def to_come(self) -> int:
        """How many planned occurrences are still to come."""
        return self.rulings[Ruling.TO_COME]

    @property
    def not_aired(self) -> int:
        """How many planned occurrences were not played, or not to the end."""
        return self.planned - self.aired - self.to_come

    @property
    def share(self) -> float | None:
        """The aired share of what was due, 0 to 1; None if nothing was due."""
        due = self.planned - self.to_come
        return self.aired / due if due else None


@dataclass(frozen=True, slots=True)
class Span:
    """A span of days, both ends included, and its counts."""

    first: date
    last: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class ScriptTally:
    """The counts of one script. `heard_ms` of all scripts add up to what sounded."""

    id: str
    title: str
    planned: int  # planned occurrences with it
    aired: int  # … that were played whole
    readings: int  # how often it was read out in whole plays, planned or not
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Planned occurrences that ended the same way for the same reason."""

    status: Status
    reason: str
    lines: tuple[Line, ...]

    @property
    def starts(self) -> tuple[datetime, ...]:
        """Their planned starts."""
        return tuple(line.start for line in self.lines)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Occurrences of one slot that were taken out of the plan for the same reason."""

    slot: str  # campaign/slot
    reason: str
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a report is about, as far as the station knows it."""

    station: str  # empty if the settings have no name
    first: date
    last: date
    zone: ZoneInfo
    made_at: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole report, without a word of any language."""

    heading: Heading
    total: Tally
    days: tuple[Span, ...]  # every day of the window
    weeks: tuple[Span, ...]  # Monday to Sunday, cut at the ends of the window
    scripts: tuple[ScriptTally, ...]
    letters: tuple[str, ...]  # who ordered what was planned, most occurrences first
    lines: tuple[Line, ...]  # by their hours
    withdrawn: tuple[Withdrawal, ...]

    @property
    def off_plan(self) -> tuple[Line, ...]:
        """Every line that differs from the plan."""
        return tuple(line for line in self.lines if line.off_plan)

    @property
    def unplanned(self) -> tuple[Line, ...]:
        """The plays that nobody planned."""
        return tuple(line for line in self.lines if not line.planned)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Why planned occurrences were not played whole: the commonest first."""
        groups: dict[tuple[Status, str], list[Line]] = {}
        for line in self.lines:
            if line.planned and not line.whole and line.status is not Ruling.TO_COME:
                groups.setdefault((line.status, line.reason), []).append(line)
        causes = (Cause(status, reason, tuple(lines)) for (status, reason), lines in groups.items())
        return tuple(sorted(causes, key=lambda cause: (-len(cause.lines), cause.lines[0].start)))

    @property
    def withdrawn_slots(self) -> tuple[Withdrawn, ...]:
        """What was taken out of the plan, by slots."""
        groups: dict[tuple[str, str], list[datetime]] = {}
        for each in self.withdrawn:
            slot = each.occurrence.rpartition("@")[0]
            groups.setdefault((slot, each.reason), []).append(each.start.astimezone(self.heading.zone))
        return tuple(Withdrawn(slot, reason, tuple(starts)) for (slot, reason), starts in groups.items())


def figures(found: Reconciliation, heading: Heading) -> Figures:
    """Return the figures for the days of `heading` from the reconciliation of the same days; reasons are Vietnamese."""
    with speaking("vi"):
        lines = _lines(found, heading.zone)
        withdrawn = tuple(replace(each, why=in_words(each.reason)) for each in found.withdrawn)
    sessions = Counter(_session_days(lines))
    days = _spans(heading, lines, sessions, lambda day: day)
    return Figures(
        heading=heading,
        total=_tally(lines, sum(sessions.values())),
        days=days,
        weeks=_spans(heading, lines, sessions, lambda day: day - timedelta(days=day.weekday())),
        scripts=_scripts(lines),
        letters=tuple(name for name, _count in Counter(_letters(lines)).most_common()),
        lines=lines,
        withdrawn=withdrawn,
    )


# ---- lines -------------------------------------------------------------------------------------------------------


def _lines(found: Reconciliation, zone: ZoneInfo) -> tuple[Line, ...]:
    plays = [*found.unplanned, *(verdict.play for verdict in found.verdicts if verdict.play)]
    plays.sort(key=lambda play: play.planned_start)
    titles = {script.id: script.title for play in plays for script in play.scripts if script.title}
    lines = [_planned_line(verdict, titles, zone) for verdict in found.verdicts]
    lines += [_unplanned_line(play, titles, zone) for play in found.unplanned]
    return tuple(sorted(lines, key=lambda line: (line.start, line.occurrence)))


def _planned_line(verdict: Verdict, titles: Mapping[str, str], zone: ZoneInfo) -> Line:
    occurrence, play = verdict.occurrence, verdict.play
    return Line(
        start=occurrence.start.astimezone(zone),
        planned=True,
        status=verdict.ruling,
        scripts=_spoken(occurrence.scripts, play, titles),
        repeat=occurrence.repeat,
        late_s=verdict.lateness_s,
        heard_ms=_ms(play),
        reason=play.reason if play else "",
        campaign=occurrence.campaign,
        slot=occurrence.slot,
        source=occurrence.source,
        origin=Origin.PLAN,
        ordered_by="",
        replaces="",
        device=play.device if play else "",
        started=_local(play.started, zone) if play else None,
        ended=_local(play.ended, zone) if play else None,
        occurrence=occurrence.id,
    )


def _unplanned_line(play: Play, titles: Mapping[str, str], zone: ZoneInfo) -> Line:
    return Line(
        start=play.planned_start.astimezone(zone),
        planned=False,
        status=play.outcome,
        scripts=_spoken([script.id for script in play.scripts], play, titles),
        repeat=play.repeat,
        late_s=play.lateness_s,
        heard_ms=_ms(play),
        reason=play.reason,
        campaign=play.campaign,
        slot=play.slot,
        source=play.source,
        origin=play.origin,
        ordered_by=play.ordered_by,
        replaces=play.replaces,
        device=play.device,
        started=_local(play.started, zone),
        ended=_local(play.ended, zone),
        occurrence=play.occurrence,
    )


def _spoken(ids: Sequence[str], play: Play | None, titles: Mapping[str, str]) -> tuple[ScriptShare, ...]:
    """Return the scripts in order, with what sounded split by the lengths of their clips.

    A play without scripts gets one without a name, so that no second is lost.
    """
    ids = ids or [""]
    seconds = {script.id: script.seconds for script in play.scripts} if play else {}
    shares = share_out(_ms(play), [seconds.get(id_, 0.0) for id_ in ids])
    return tuple(ScriptShare(id_, titles.get(id_, ""), share) for id_, share in zip(ids, shares, strict=True))


def share_out(whole: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number by weights (equally if all are 0) into parts that add up to it exactly."""
    weights = weights if sum(weights) > 0 else [1.0] * len(weights)
    total, reached, edges = sum(weights), 0.0, [0]
    for weight in weights:
        reached += weight
        edges.append(round(whole * reached / total))
    return [after - before for before, after in pairwise(edges)]


def _ms(play: Play | None) -> int:
    return round(play.heard_s * 1000) if play else 0


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone) if at else None


# ---- counts ------------------------------------------------------------------------------------------------------


def _spans(
    heading: Heading, lines: Iterable[Line], sessions: Mapping[date, int], first_of: Callable[[date], date]
) -> tuple[Span, ...]:
    """Split the window into spans, each identified by the day that `first_of` returns for its days, and count each."""
    all_days = [heading.first + timedelta(days=n) for n in range((heading.last - heading.first).days + 1)]
    days: dict[date, list[date]] = {}
    for day in all_days:
        days.setdefault(first_of(day), []).append(day)
    grouped: dict[date, list[Line]] = {}
    for line in lines:
        grouped.setdefault(first_of(line.day), []).append(line)
    return tuple(
        Span(of[0], of[-1], _tally(grouped.get(name, ()), sum(sessions.get(day, 0) for day in of)))
        for name, of in days.items()
    )


def _tally(lines: Iterable[Line], sessions: int) -> Tally:
    lines = tuple(lines)
    rulings = Counter(line.status for line in lines if line.planned)
    return Tally(
        rulings={ruling: rulings[ruling] for ruling in Ruling},
        unplanned=sum(not line.planned for line in lines),
        make_goods=sum(line.origin is Origin.MAKE_GOOD and line.whole for line in lines),
        sessions=sessions,
        heard_ms=sum(line.heard_ms for line in lines),
    )


def _session_days(lines: Iterable[Line]) -> Iterable[date]:
    """Yield the first day of each session: plays with less than half an hour of silence between them."""
    sounded = [(line.started, line) for line in lines if line.started is not None]
    last_end: datetime | None = None
    for started, line in sorted(sounded, key=lambda pair: pair[0]):
        if last_end is None or started - last_end >= SESSION_BREAK:
            yield line.day
        ended = line.ended or started + timedelta(milliseconds=line.heard_ms)
        last_end = max(ended, last_end or ended)


def _scripts(lines: Iterable[Line]) -> tuple[ScriptTally, ...]:
    titles: dict[str, str] = {}
    planned: Counter[str] = Counter()
    aired: Counter[str] = Counter()
    readings: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    for line in lines:
        for script in line.scripts:
            titles[script.id] = script.title
            readings[script.id] += line.repeat * line.whole
            heard[script.id] += script.heard_ms
        for id_ in {script.id for script in line.scripts} if line.planned else ():
            planned[id_] += 1
            aired[id_] += line.whole
    return tuple(
        ScriptTally(id_, titles[id_], planned[id_], aired[id_], readings[id_], heard[id_]) for id_ in sorted(titles)
    )


def _letters(lines: Iterable[Line]) -> Iterable[str]:
    return (line.source for line in lines if line.planned and line.source)
