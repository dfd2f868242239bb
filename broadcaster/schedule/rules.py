"""What may air when, and which items overlap. Pure: no clock, no files.

The rules are those of `rules_settings.RulesSettings`; a group of loudspeakers may have its own. Only the expiry date
applies to emergency bulletins, because circular 39/2020/TT-BTTTT requires that they air at once.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from broadcaster.models import BulletinClass, Occurrence
from broadcaster.reasons import Reason, ReasonKind, reason
from broadcaster.rules_settings import Hours, RulesSettings, show_span
from broadcaster.schedule.holiday import holiday
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NO_GROUPS: Mapping[str, RulesSettings] = MappingProxyType({})

SESSION_PAUSE = timedelta(minutes=30)
"""An item that begins sooner than this after the end of the one before belongs to the same session."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Why an occurrence may not air: the rule that forbids it, in words and as a reason for its row."""

    reason: Reason

    @property
    def rule(self) -> str:
        """`expired`, or a key of [rules] in station.toml."""
        return str(self.reason.facts["rule"])

    @property
    def text(self) -> str:
        """The reason in the user's language, with the rule's values."""
        return str(self.reason)

    def of_group(self, group: str) -> Breach:
        """Return the same as a breach of the rules of one group; "" is the station itself."""
        return Breach(Reason(self.reason.kind, {**self.reason.facts, "group": group})) if group else self


def _breach(rule: str, **facts: object) -> Breach:
    return Breach(reason(ReasonKind.RULE, rule=rule, **facts))


@dataclass(frozen=True, slots=True)
class Overlap:
    """`second` is due while `first` is on the air and begins `wait` later. An emergency cuts `first` instead."""

    first: Occurrence
    second: Occurrence
    wait: timedelta

    @property
    def is_cut(self) -> bool:
        """Whether `second` does not wait, but cuts `first` off."""
        emergency = BulletinClass.EMERGENCY
        return self.second.bulletin_class is emergency and self.first.bulletin_class is not emergency


DAY_RULES = frozenset({"quiet_days", "quiet_holidays", "days"})
"""The rules that keep whole days quiet."""


def check(
    occurrences: Sequence[Occurrence],
    lengths: Mapping[str, timedelta],
    rules: RulesSettings,
    valid_until: Mapping[str, date | None],
    by_group: Mapping[str, RulesSettings] = NO_GROUPS,
) -> dict[str, Breach]:
    """Return what may not air, by occurrence id, with the first rule that forbids it.

    Pass whole days of the station's zone, and also the day before if sessions or gaps may extend over midnight: the
    minutes and sessions of a day are counted over `occurrences`, in airing order, for the day on which an item, or a
    session, starts. An item that no longer fits is blocked; a later, shorter one may still fit. The minutes of a day
    are kept for its priority programmes: normal items get what those leave. Blocked items and emergencies do not count.
    `lengths` and `valid_until` are by script id; a script without a length counts as zero.

    `by_group` has the rules of each group of loudspeakers; `rules` are the station's. An item of a group is held
    against that group's rules, with all that its loudspeakers hear; one for all loudspeakers against the station's and
    against each group's: what is too much for one group airs nowhere.
    """
    plan = [(each, each.length(lengths)) for each in sorted(occurrences, key=_airing_order)]
    outside = {
        each.id: _expired(each, valid_until) or outside_at(each, each.start, length, rules, by_group)
        for each, length in plan
    }
    counted = [(each, length) for each, length in plan if not outside[each.id] and not _is_emergency(each)]
    budgets = _Budgets(rules, by_group, counted)
    breaches = outside | {each.id: budgets.spend(each, length) for each, length in counted}
    return {id_: breach for id_, breach in breaches.items() if breach}


def outside_at(
    occurrence: Occurrence,
    start: datetime,
    length: timedelta,
    rules: RulesSettings,
    by_group: Mapping[str, RulesSettings] = NO_GROUPS,
) -> Breach | None:
    """Return why an occurrence may not sound from `start` on for `length`: quiet days and allowed hours.

    None for an emergency bulletin, and where it may. `check` says whose rules count.
    """
    if _is_emergency(occurrence):
        return None
    moved = replace(occurrence, start=start.astimezone(occurrence.start.tzinfo))
    end = _end(moved, length)
    for group, own in _listeners(occurrence, rules, by_group).items():
        if breach := _quiet(moved, end, own) or _outside_hours(moved, end, own):
            return breach.of_group(group)
    return None


def _listeners(
    occurrence: Occurrence, rules: RulesSettings, by_group: Mapping[str, RulesSettings]
) -> Mapping[str, RulesSettings]:
    """Return the rules that an occurrence is held against, by group; "" are those of the station."""
    if occurrence.group:
        return {occurrence.group: by_group.get(occurrence.group, rules)}
    return {"": rules, **by_group}


def _is_emergency(occurrence: Occurrence) -> bool:
    return occurrence.bulletin_class is BulletinClass.EMERGENCY


def whole_days(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return the time span whose occurrences `check` and `find_overlaps` need to judge those from `start` to `end`.

    All times are aware, in the station's zone. The span is whole days, and the day before, whose last items may extend
    over midnight.
    """
    first = datetime.combine(start.date() - timedelta(days=1), time(), start.tzinfo)
    past = (end - timedelta(microseconds=1)).date() + timedelta(days=1)
    return first, datetime.combine(past, time(), end.tzinfo)


def find_overlaps(
    occurrences: Sequence[Occurrence],
    lengths: Mapping[str, timedelta],
    grace: timedelta = timedelta.max,
    on_air: tuple[Occurrence, datetime] | None = None,
) -> list[Overlap]:
    """Return which items must wait for another on the single output, in airing order.

    Pass only items that may air: a blocked one makes nothing wait. An item that would have to wait longer than `grace`
    is given up, as the desk does: it is returned with that wait, and makes nothing wait either. `on_air` is what has
    the output already, and when it will end; it is not among the items.

    The order is the desk's policy: what is on the air plays to its end, then comes the highest class that waits, then
    the earliest. An emergency begins at once and cuts what is on the air, unless that is an emergency too. `first` is
    what was on the air right before. Takes O(n log n) time.
    """
    coming = sorted(occurrences, key=_airing_order, reverse=True)  # the next one last
    alarms = [occurrence for occurrence in coming if occurrence.bulletin_class is BulletinClass.EMERGENCY]
    waiting: list[tuple[int, datetime, str, Occurrence]] = []
    overlaps: list[Overlap] = []
    before, free, cut = None, datetime.min.replace(tzinfo=UTC), False
    if on_air is not None:
        before, free = on_air[0], on_air[1].astimezone(UTC)
        cut = before.bulletin_class is not BulletinClass.EMERGENCY and bool(alarms) and _instant(alarms[-1]) < free
        free = _instant(alarms[-1]) if cut else free
    while coming or waiting:
        free = free if waiting else max(free, _instant(coming[-1]))
        while coming and _instant(coming[-1]) <= free:
            due = coming.pop()
            heapq.heappush(waiting, (due.bulletin_class.rank, _instant(due), due.id, due))
        now = heapq.heappop(waiting)[-1]
        wait = free - _instant(now)
        if before and (wait or cut):
            overlaps.append(Overlap(before, now, wait))
        if wait > grace:
            if now.bulletin_class is BulletinClass.EMERGENCY:
                alarms.pop()
            continue
        if now.bulletin_class is BulletinClass.EMERGENCY:
            alarms.pop()
            cut = False
        else:
            cut = bool(alarms) and _instant(alarms[-1]) < free + now.length(lengths)
        before, free = now, _instant(alarms[-1]) if cut else free + now.length(lengths)
    return overlaps


def _instant(occurrence: Occurrence) -> datetime:
    """Return the start in UTC: times in one zone compare by the wall clock, which can go back."""
    return occurrence.start.astimezone(UTC)


def _end(occurrence: Occurrence, length: timedelta) -> datetime:
    """Return when it ends, in the zone of its start."""
    return (_instant(occurrence) + length).astimezone(occurrence.start.tzinfo)


def _airing_order(occurrence: Occurrence) -> tuple[datetime, int, str]:
    return _instant(occurrence), occurrence.bulletin_class.rank, occurrence.id


def _expired(occurrence: Occurrence, valid_until: Mapping[str, date | None]) -> Breach | None:
    """Return a breach if a script is past its `valid_until`; it may still air on that day."""
    for script in occurrence.scripts:
        until = valid_until.get(script)
        if until is not None and occurrence.start.date() > until:
            return _breach("expired", script=script, day=until)
    return None


def _quiet(occurrence: Occurrence, end: datetime, rules: RulesSettings) -> Breach | None:
    """Return a breach if it airs on a quiet day; one that ends at midnight does not air on the day after."""
    first = occurrence.start.date()
    last = max(occurrence.start, end - timedelta(microseconds=1)).date()
    return _silent(first, rules) or (None if first == last else _silent(last, rules))


def _silent(day: date, rules: RulesSettings) -> Breach | None:
    if day in rules.quiet_days:
        return _breach("quiet_days", day=day)
    if name := holiday(day, rules.quiet_holidays):
        return _breach("quiet_holidays", day=day, name=name)
    if WEEKDAYS[day.weekday()] not in rules.days:
        return _breach("days", day=day)
    return None


def _outside_hours(occurrence: Occurrence, end: datetime, rules: RulesSettings) -> Breach | None:
    """Return a breach unless all of it is inside the allowed hours; hours up to 24:00 continue at 00:00."""
    moment, zone = occurrence.start, occurrence.start.tzinfo
    while True:
        hours = rules.hours[WEEKDAYS[moment.weekday()]]
        until = _open_until(hours, moment.time())
        midnight = datetime.combine(moment.date() + timedelta(days=1), time(), zone)
        if until == time.max and end > midnight:
            moment = midnight
            continue
        if until is not None and (until == time.max or end <= datetime.combine(moment.date(), until, zone)):
            return None
        return _hours_breach(occurrence.start, end, moment.date(), hours)


def _open_until(hours: Sequence[Hours], at: time) -> time | None:
    """Return until when airing is allowed from `at` on without a break; None if not even at `at`."""
    until, is_open = at, False
    for first, last in sorted(hours):
        if first <= until <= last:
            until, is_open = last, True
    return until if is_open else None


def _hours_breach(start: datetime, end: datetime, day: date, hours: Sequence[Hours]) -> Breach:
    return _breach("hours", start=start, end=end, day=day, hours=list(map(show_span, hours)))


class _Budgets:
    """What the items so far have used of each group's minutes and sessions."""

    def __init__(
        self, rules: RulesSettings, by_group: Mapping[str, RulesSettings], plan: Sequence[tuple[Occurrence, timedelta]]
    ) -> None:
        self._listeners = {each.id: _listeners(each, rules, by_group) for each, _length in plan}
        all_rules = {group: own for found in self._listeners.values() for group, own in found.items()}
        self._budgets = {
            group: _Budget(own, [(each, length) for each, length in plan if group in self._listeners[each.id]])
            for group, own in all_rules.items()
        }

    def spend(self, occurrence: Occurrence, length: timedelta) -> Breach | None:
        """Count the occurrence for all who hear it, or return why it does not fit. Call in airing order."""
        heard = {group: self._budgets[group] for group in self._listeners[occurrence.id]}
        for budget in heard.values():
            budget.release(occurrence, length)
        for group, budget in heard.items():
            if breach := budget.breach(occurrence, length):
                return breach.of_group(group)
        for budget in heard.values():
            budget.count(occurrence, length)
        return None


class _Budget:
    """What the items so far have used: minutes and sessions by day, the open session, the last end of each script.

    `plan` are the items to come, in airing order, with their lengths: of the priority programmes among them, each keeps
    its minutes as long as they fit into the day.
    """

    def __init__(self, rules: RulesSettings, plan: Iterable[tuple[Occurrence, timedelta]]) -> None:
        self._rules = rules
        self._per_day = _minutes(rules.minutes_per_day)
        self._per_session = _minutes(rules.minutes_per_session)
        self._days: dict[date, timedelta] = {}
        self._sessions: dict[date, int] = {}
        self._session = timedelta()
        self._session_end = datetime.min.replace(tzinfo=UTC)
        self._last_end: dict[str, datetime] = {}
        self._kept: dict[date, timedelta] = {}
        self._keeping: set[str] = set()
        for occurrence, length in plan:
            kept = self._kept.get(occurrence.start.date(), timedelta()) + length
            if occurrence.bulletin_class is BulletinClass.PRIORITY and kept <= self._per_day:
                self._kept[occurrence.start.date()] = kept
                self._keeping.add(occurrence.id)

    def release(self, occurrence: Occurrence, length: timedelta) -> None:
        """Keep no minutes for an item any longer: it is its turn."""
        if occurrence.id in self._keeping:
            self._kept[occurrence.start.date()] -= length

    def breach(self, occurrence: Occurrence, length: timedelta) -> Breach | None:
        """Return why an item does not fit into its session or day; None if it does."""
        begin, day = _instant(occurrence), occurrence.start.date()
        same = self._is_same_session(begin)
        breach = self._too_soon(occurrence, begin) or (None if same else self._too_often(day))
        return breach or self._too_long(self._session if same else timedelta(), day, length)

    def _is_same_session(self, begin: datetime) -> bool:
        return begin - self._session_end < SESSION_PAUSE

    def count(self, occurrence: Occurrence, length: timedelta) -> None:
        """Count an item that fits in its session and day."""
        begin, day = _instant(occurrence), occurrence.start.date()
        same = self._is_same_session(begin)
        self._days[day] = self._days.get(day, timedelta()) + length
        self._sessions[day] = self._sessions.get(day, 0) + (not same)
        self._session = self._session + length if same else length
        self._session_end = max(self._session_end, begin + length) if same else begin + length
        self._last_end |= dict.fromkeys(occurrence.scripts, begin + length)

    def _too_soon(self, occurrence: Occurrence, begin: datetime) -> Breach | None:
        gap = self._rules.same_script_gap
        for script in occurrence.scripts if gap else ():
            if script in self._last_end and begin - self._last_end[script] < gap:
                ended = self._last_end[script].astimezone(occurrence.start.tzinfo)
                return _breach("same_script_gap", script=script, ended=ended, gap=gap)
        return None

    def _too_often(self, day: date) -> Breach | None:
        limit = self._rules.sessions_per_day
        if limit is None or self._sessions.get(day, 0) < limit:
            return None
        return _breach("sessions_per_day", number=limit + 1, limit=limit)

    def _too_long(self, session: timedelta, day: date, length: timedelta) -> Breach | None:
        used, kept = self._days.get(day, timedelta()), self._kept.get(day, timedelta())
        if session + length > self._per_session:
            return _breach("minutes_per_session", used=session, limit=self._per_session, length=length)
        if used + length > self._per_day:
            return _breach("minutes_per_day", used=used, limit=self._per_day, length=length)
        if used + kept + length > self._per_day:  # without what is kept, it would fit
            return _breach("minutes_per_day", used=used, limit=self._per_day, kept=kept, length=length)
        return None


def _minutes(limit: int | None) -> timedelta:
    return timedelta.max if limit is None else timedelta(minutes=limit)
