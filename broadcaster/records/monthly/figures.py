"""Every number of a report, computed once from a reconciliation; each format only writes these numbers.

Pure: no file, no clock, no language. Lengths are whole milliseconds, as in the ledger, so that sums are exact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from broadcaster.i18n import speaking
from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.reasons import in_words
from broadcaster.records.monthly.frozen import Reach, frozen_spans
from broadcaster.records.monthly.groups import Groups, count_groups
from broadcaster.records.monthly.lines import SOUNDED_WHOLE, make_lines
from broadcaster.records.monthly.tenths import in_tenths
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import EVERYTHING, Ruling, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from broadcaster.records.activities import Activity
    from broadcaster.records.checkpoint import Broken
    from broadcaster.records.frozen_plan import FrozenMonth
    from broadcaster.records.monthly.frozen import FrozenSpan
    from broadcaster.records.monthly.lines import Line, Status
    from broadcaster.records.reconcile import Reconciliation, Withdrawal

SESSION_BREAK = timedelta(minutes=30)
"""How much silence ends a session: the same as for the rule `minutes_per_session`."""

NOT_FROZEN: Mapping[str, FrozenMonth] = MappingProxyType({})
"""Where no month was ever frozen."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a span of days. `planned` is the sum of `rulings`."""

    rulings: Mapping[Ruling, int]
    unplanned: int  # plays for the public that nobody planned, make-goods among them
    make_goods: int  # make-goods that aired whole
    tests: int  # tests, and what was played to a file or to silence without being planned: counted nowhere else
    sessions: int
    heard_ms: int  # all that people could hear, planned or not
    tenths: int  # the same in tenths of a minute as printed, rounded so that the parts add up to the whole

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
    """The counts of one script. `heard_ms` and `tenths` of all scripts add up to those of the total."""

    id: str
    title: str
    planned: int  # planned occurrences with it
    aired: int  # … that were played whole
    readings: int  # how often it was read out in whole plays, planned or not
    heard_ms: int
    tenths: int


@dataclass(frozen=True, slots=True)
class DeviceTally:
    """What went to one output: plays that began, whoever ordered them, and what of them people could hear."""

    name: str
    plays: int
    heard_ms: int
    loudspeaker: bool  # False: "file" or "silent"


@dataclass(frozen=True, slots=True)
class Cause:
    """Planned occurrences of one slot and the same scripts that ended the same way for the same reason."""

    status: Status
    reason: str
    slot: str  # campaign/slot
    title: str
    lines: tuple[Line, ...]

    @property
    def starts(self) -> tuple[datetime, ...]:
        """Their planned starts."""
        return tuple(line.start for line in self.lines)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Occurrences of one slot that were taken out of the plan for the same reason by the same person."""

    slot: str  # campaign/slot
    reason: str
    by: str  # empty: the file was edited by hand, and nobody knows by whom
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
    broken: Broken | None = None  # what the check of the history found wrong before


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole report, without a word of any language."""

    heading: Heading
    total: Tally
    days: tuple[Span, ...]  # every day of the window
    weeks: tuple[Span, ...]  # Monday to Sunday, cut at the ends of the window
    months: tuple[Span, ...]  # of the calendar, likewise
    scripts: tuple[ScriptTally, ...]
    devices: tuple[DeviceTally, ...]  # the most used first
    letters: tuple[str, ...]  # who ordered what was planned, most occurrences first
    lines: tuple[Line, ...]  # by their hours
    withdrawn: tuple[Withdrawal, ...]
    frozen: tuple[FrozenSpan, ...]  # every month of the window, held against its plan as it was frozen
    groups: Groups
    activities: tuple[Activity, ...]  # what was done besides broadcasting, by their days

    @property
    def off_plan(self) -> tuple[Line, ...]:
        """Every line that differs from the plan."""
        return tuple(line for line in self.lines if line.off_plan)

    @property
    def unplanned(self) -> tuple[Line, ...]:
        """The plays that nobody planned, tests among them."""
        return tuple(line for line in self.lines if not line.planned)

    @property
    def late(self) -> tuple[Line, ...]:
        """The planned occurrences that aired late."""
        return tuple(line for line in self.lines if line.status is Ruling.LATE)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Why planned occurrences were not played whole: the commonest first."""
        groups: dict[tuple[tuple[Status, str, str, str], str], list[Line]] = {}
        for line in self.lines:
            if line.planned and not line.whole and line.status is not Ruling.TO_COME:
                shared = line.status, line.reason, line.slot_name, line.title
                where = line.device if line.status is Ruling.NO_LOUDSPEAKER else ""
                groups.setdefault((shared, where), []).append(line)
        causes = (Cause(*shared, tuple(lines)) for (shared, _where), lines in groups.items())
        return tuple(sorted(causes, key=lambda cause: (-len(cause.lines), cause.lines[0].start)))

    @property
    def withdrawn_slots(self) -> tuple[Withdrawn, ...]:
        """What was taken out of the plan, by slots."""
        groups: dict[tuple[str, str, str], list[datetime]] = {}
        for each in self.withdrawn:
            slot = each.occurrence.rpartition("@")[0]
            groups.setdefault((slot, each.reason, each.by), []).append(each.start.astimezone(self.heading.zone))
        return tuple(Withdrawn(*shared, tuple(starts)) for shared, starts in groups.items())


def figures(
    found: Reconciliation,
    heading: Heading,
    frozen: Mapping[str, FrozenMonth] = NOT_FROZEN,
    activities: Iterable[Activity] = (),
) -> Figures:
    """Return the figures for the days of `heading` from the reconciliation of the same days; reasons are Vietnamese.

    `frozen` are the months whose plan was frozen, by name; `activities` those that the report lists.
    """
    with speaking("vi"):
        lines = make_lines(found, heading.zone)
        withdrawn = tuple(replace(each, why=in_words(each.reason), said="") for each in found.withdrawn)
    days = _days(heading, lines)
    months = _months(days)
    return Figures(
        heading=heading,
        total=_sum(day.tally for day in days),
        days=days,
        weeks=_weeks(days),
        months=months,
        scripts=_scripts(lines),
        devices=_devices(lines),
        letters=tuple(name for name, _count in Counter(_letters(lines)).most_common()),
        lines=lines,
        withdrawn=withdrawn,
        frozen=frozen_spans(frozen, _reach(heading), lines, {each.occurrence for each in withdrawn}),
        groups=count_groups(_lines_by_month(months, lines)),
        activities=tuple(activities),
    )


def _reach(heading: Heading) -> Reach:
    return Reach(heading.first, heading.last, heading.zone, heading.made_at, heading.scope)


# ---- counts ------------------------------------------------------------------------------------------------------


def _days(heading: Heading, lines: Iterable[Line]) -> tuple[Span, ...]:
    """Count each day of the window."""
    sessions = Counter(_session_days(lines))
    grouped: dict[date, list[Line]] = {
        heading.first + timedelta(days=number): [] for number in range((heading.last - heading.first).days + 1)
    }
    for line in lines:
        grouped[line.day].append(line)
    tallies = [_tally(found, sessions[day]) for day, found in grouped.items()]
    tenths = in_tenths(tally.heard_ms for tally in tallies)
    return tuple(
        Span(day, day, replace(tally, tenths=part)) for day, tally, part in zip(grouped, tallies, tenths, strict=True)
    )


def _weeks(days: Iterable[Span]) -> tuple[Span, ...]:
    """Add the days up by weeks from Monday on."""
    weeks: dict[date, list[Span]] = {}
    for day in days:
        weeks.setdefault(day.first - timedelta(days=day.first.weekday()), []).append(day)
    return tuple(Span(of[0].first, of[-1].last, _sum(day.tally for day in of)) for of in weeks.values())


def _months(days: Iterable[Span]) -> tuple[Span, ...]:
    """Add the days up by the months of the calendar."""
    months: dict[date, list[Span]] = {}
    for day in days:
        months.setdefault(day.first.replace(day=1), []).append(day)
    return tuple(Span(of[0].first, of[-1].last, _sum(day.tally for day in of)) for of in months.values())


def _lines_by_month(months: Iterable[Span], lines: Iterable[Line]) -> list[list[Line]]:
    grouped: dict[tuple[int, int], list[Line]] = {(span.first.year, span.first.month): [] for span in months}
    for line in lines:
        grouped[line.start.year, line.start.month].append(line)
    return list(grouped.values())


def _tally(lines: Sequence[Line], sessions: int) -> Tally:
    rulings = Counter(line.status for line in lines if line.planned)
    unplanned = [line for line in lines if not line.planned]
    return Tally(
        rulings={ruling: rulings[ruling] for ruling in Ruling},
        unplanned=sum(line.for_the_public for line in unplanned),
        make_goods=sum(line.origin is Origin.MAKE_GOOD and line.whole for line in unplanned),
        tests=sum(not line.for_the_public for line in unplanned),
        sessions=sessions,
        heard_ms=sum(line.heard_ms for line in lines),
        tenths=0,
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    tallies = tuple(tallies)
    return Tally(
        rulings={ruling: sum(tally.rulings[ruling] for tally in tallies) for ruling in Ruling},
        unplanned=sum(tally.unplanned for tally in tallies),
        make_goods=sum(tally.make_goods for tally in tallies),
        tests=sum(tally.tests for tally in tallies),
        sessions=sum(tally.sessions for tally in tallies),
        heard_ms=sum(tally.heard_ms for tally in tallies),
        tenths=sum(tally.tenths for tally in tallies),
    )


def _session_days(lines: Iterable[Line]) -> Iterable[date]:
    """Yield the first day of each session: plays with less than half an hour of silence between them."""
    sounded = [(line.started, line) for line in lines if line.started is not None and line.for_the_public]
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
        whole = line.whole
        for script in line.scripts:
            titles[script.id] = script.title
            readings[script.id] += line.repeat * whole
            heard[script.id] += script.heard_ms
        for id_ in {script.id for script in line.scripts} if line.planned else ():
            planned[id_] += 1
            aired[id_] += whole
    names = sorted(titles)
    tenths = in_tenths(heard[id_] for id_ in names)
    return tuple(
        ScriptTally(id_, titles[id_], planned[id_], aired[id_], readings[id_], heard[id_], part)
        for id_, part in zip(names, tenths, strict=True)
    )


def _devices(lines: Iterable[Line]) -> tuple[DeviceTally, ...]:
    plays: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    for line in lines:
        if line.started is not None:
            plays[line.device] += 1
            heard[line.device] += line.heard_ms
    return tuple(
        DeviceTally(name, count, heard[name], name not in NO_LOUDSPEAKERS) for name, count in plays.most_common()
    )


def _letters(lines: Iterable[Line]) -> Iterable[str]:
    return (line.source for line in lines if line.planned and line.source)
