"""What the rules forbid, a whole day at a time: worked out when the plan changes, and looked up at air time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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
    """The plan of a day and of the day before, the lengths that it was judged by, and what is forbidden."""

    plan: tuple[Occurrence, ...]
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
        """Judge the days of these occurrences now, and forget all others."""
        days = {_key(occurrence): occurrence for occurrence in plan}
        self._days = {key: self._day(occurrence) for key, occurrence in days.items()}

    def breach(self, occurrence: Occurrence) -> Breach | None:
        """Return why a rule forbids an occurrence (None: none does); limits count its day and the day before."""
        day = self._days[_key(occurrence)] = self._day(occurrence)
        if occurrence not in day.plan:  # it was planned, and removed from the files after its time
            plan = sorted([*day.plan, occurrence], key=lambda o: (o.start, o.bulletin_class.rank, o.id))
            day = self._judged(tuple(plan))
        return day.breaches.get(occurrence.id)

    def breach_at(self, occurrence: Occurrence, start: datetime) -> Breach | None:
        """Return why an occurrence may not begin at `start`, later than planned: hours and quiet days only."""
        lengths = self._clips.lengths(occurrence.scripts)
        return outside_at(occurrence, start, occurrence.length(lengths), self._content.settings.rules)

    def _day(self, occurrence: Occurrence) -> _Day:
        known = self._days.get(_key(occurrence))
        if known is None:
            first, past = whole_days(occurrence.start, occurrence.start + timedelta(microseconds=1))
            content = self._content
            return self._judged(tuple(expand(content.campaigns.values(), first, past, content.settings.timezone)))
        return known if self._lengths(known.plan) == known.lengths else self._judged(known.plan)

    def _judged(self, plan: tuple[Occurrence, ...]) -> _Day:
        lengths = self._lengths(plan)
        valid_until = {id_: script.valid_until for id_, script in self._content.scripts.items()}
        return _Day(plan, lengths, check(plan, lengths, self._content.settings.rules, valid_until))

    def _lengths(self, plan: Iterable[Occurrence]) -> dict[str, timedelta]:
        return self._clips.lengths({script for planned in plan for script in planned.scripts})


def _key(occurrence: Occurrence) -> tuple[date, tzinfo | None]:
    return occurrence.start.date(), occurrence.start.tzinfo
