"""Find the free time of day nearest to a wanted one: no rule broken, and no item made to wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.schedule.rules import check, find_overlaps, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from broadcaster.models import Occurrence
    from broadcaster.rules_settings import RulesSettings
    from broadcaster.schedule.rules import Breach

OF_THE_TIME = frozenset({"hours", "sessions_per_day", "minutes_per_session", "same_script_gap"})
"""The rules that another time on the same day may satisfy."""

_STEP = timedelta(minutes=5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlanContext:
    """A plan and what it is checked against: see `rules.check`."""

    plan: Sequence[Occurrence]
    lengths: Mapping[str, timedelta]
    rules: RulesSettings
    valid_until: Mapping[str, date | None]
    by_group: Mapping[str, RulesSettings] = field(default_factory=dict)

    def breaches(self, plan: Sequence[Occurrence]) -> dict[str, Breach]:
        """Return what of another plan may not air."""
        return check(plan, self.lengths, self.rules, self.valid_until, self.by_group)


def free_time(wanted: Sequence[Occurrence], context: PlanContext) -> time | None:
    """Return the time of day, in steps of five minutes, nearest to that of `wanted` that is free on all their days.

    `wanted` are occurrences of one slot at one time of day, and are part of the plan. A time is free if no rule forbids
    it, nothing else becomes forbidden, and nothing waits that did not wait before. None if there is no such time.
    """
    days = [_OtherAirings(occurrence, context) for occurrence in wanted]
    return next((at for at in _nearest(wanted[0].start) if all(day.fits(at) for day in days)), None)


def _nearest(start: datetime) -> Iterator[time]:
    """Yield the times of the day, nearest first; of two equally near ones the earlier first."""
    midnight = datetime.combine(start.date(), time(), start.tzinfo)
    times = (midnight + number * _STEP for number in range(_DAY // _STEP))
    yield from (moment.time() for moment in sorted(times, key=lambda moment: abs(moment - start)) if moment != start)


class _OtherAirings:
    """What else airs around one occurrence on its day."""

    def __init__(self, occurrence: Occurrence, context: PlanContext) -> None:
        first, last = whole_days(occurrence.start, occurrence.start + _DAY)
        self._occurrence, self._context = occurrence, context
        self._others = [o for o in context.plan if first <= o.start < last and o.id != occurrence.id]
        self._blocked, self._waiting = self._judge(self._others)

    def fits(self, at: time) -> bool:
        start = self._occurrence.start
        moved = replace(self._occurrence, start=datetime.combine(start.date(), at, start.tzinfo))
        taken = any(other.id == moved.id for other in self._others)  # the slot already airs then
        return not taken and self._judge([*self._others, moved]) == (self._blocked, self._waiting)

    def _judge(self, plan: Sequence[Occurrence]) -> tuple[set[str], set[str]]:
        """Return the ids of the items that are blocked, and of those that wait."""
        blocked = self._context.breaches(plan).keys()
        overlaps = find_overlaps([o for o in plan if o.id not in blocked], self._context.lengths)
        return set(blocked), {overlap.second.id for overlap in overlaps}
