"""What the rules forbid, a whole day at a time: worked out when the plan changes, and looked up at air time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import check, outside_at, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, tzinfo

    from broadcaster.models import Occurrence
    from broadcaster.playout.clip_finder import ClipFinder
    from broadcaster.schedule.rules import Breach
    from broadcaster.station.content import Content


@dataclass(frozen=True, slots=True)
class _Day:
    """The plan of a day and of the day before, the lengths that it was judged by, and what is forbidden.

    `content` is what was in force then, `changes` is `ClipFinder.changes` when the lengths were last looked at.
    """

    content: Content
    plan: Mapping[str, Occurrence]  # by id
    scripts: frozenset[str]
    changes: int
    lengths: Mapping[str, timedelta]
    breaches: Mapping[str, Breach]  # by occurrence id


class DayRules:
    """Applies the rules of one station. A day is judged again when a clip of it has another length."""

    def __init__(self, content: Content, clips: ClipFinder) -> None:
        self._clips = clips
        self.use(content)

    def use(self, content: Content) -> None:
        """Use these settings, scripts and campaigns from now on."""
        self._content = content
        self._days: dict[tuple[date, tzinfo | None], _Day] = {}

    def prepare(self, plan: Iterable[Occurrence]) -> None:
        """Judge the days of these occurrences, beside the desk; forget all others.

        A day of 5,000 items takes half a second: one that is not judged in time is judged when an item of it is due.
        """
        days = {_key(occurrence): occurrence for occurrence in plan}
        self._days = {key: day for key, day in self._days.items() if key in days}
        for occurrence in days.values():
            self._clips.work.do(partial(self._judge, occurrence))

    def _judge(self, occurrence: Occurrence) -> _Day:
        """Return the day of an occurrence, judged by what is in force now, and keep it."""
        day = self._days[_key(occurrence)] = self._day(occurrence)
        return day

    def breach(self, occurrence: Occurrence) -> Breach | None:
        """Return why a rule forbids an occurrence (None: none does); limits count its day and the day before."""
        day = self._judge(occurrence)
        if day.plan.get(occurrence.id) != occurrence:  # it was planned, and removed from the files after its time
            day = self._judged([*day.plan.values(), occurrence], day.content)
        return day.breaches.get(occurrence.id)

    def breach_at(self, occurrence: Occurrence, start: datetime) -> Breach | None:
        """Return why an occurrence may not begin at `start`, later than planned: hours and quiet days only."""
        lengths = self._clips.lengths(occurrence.scripts)
        settings = self._content.settings
        return outside_at(occurrence, start, occurrence.length(lengths), settings.rules, settings.group_rules)

    def _day(self, occurrence: Occurrence) -> _Day:
        known, content = self._days.get(_key(occurrence)), self._content
        if known is None or known.content is not content:
            first, past = whole_days(occurrence.start, occurrence.start + timedelta(microseconds=1))
            plan = expand(content.campaigns.values(), first, past, content.settings.timezone)
            return self._judged(list(plan), content)
        changes = self._clips.changes
        if known.changes == changes:
            return known
        if self._clips.lengths(known.scripts) == known.lengths:
            return replace(known, changes=changes)
        return self._judged(list(known.plan.values()), content)

    def _judged(self, plan: list[Occurrence], content: Content) -> _Day:
        changes, scripts = self._clips.changes, frozenset(script for planned in plan for script in planned.scripts)
        lengths = self._clips.lengths(scripts)
        valid_until = {id_: script.valid_until for id_, script in content.scripts.items()}
        breaches = check(plan, lengths, content.settings.rules, valid_until, content.settings.group_rules)
        return _Day(content, {planned.id: planned for planned in plan}, scripts, changes, lengths, breaches)


def _key(occurrence: Occurrence) -> tuple[date, tzinfo | None]:
    return occurrence.start.date(), occurrence.start.tzinfo
