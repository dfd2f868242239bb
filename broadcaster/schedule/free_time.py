"""Where there is room: the time of day nearest to a wanted one at which no rule is broken and nobody waits. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.schedule.rules import check, find_overlaps, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from broadcaster.models import Occurrence
    from broadcaster.settings import RulesSettings

OF_THE_TIME = frozenset({"hours", "sessions_per_day", "minutes_per_session", "same_script_gap"})
"""The rules that another time of the same day may keep."""

_STEP = timedelta(minutes=5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan is judged by: see `rules.check`."""

    plan: Sequence[Occurrence]
    lengths: Mapping[str, timedelta]
    rules: RulesSettings
    valid_until: Mapping[str, date | None]


def free_time(wanted: Sequence[Occurrence], around: Surroundings) -> time | None:
    """Return the time of day, in steps of five minutes, nearest to that of `wanted` that fits on all their days.

    `wanted` are occurrences of one slot at one time of day, and stand in the plan. A time fits where no rule forbids
    it, nothing else is newly forbidden, and nobody waits for anybody who did not before. None: there is no such time.
    """
    days = [_Day(occurrence, around) for occurrence in wanted]
    return next((at for at in _nearest(wanted[0].start) if all(day.fits(at) for day in days)), None)


def _nearest(start: datetime) -> Iterator[time]:
    """Yield the times of the day, the nearest first, the earlier of two that are as near."""
    midnight = datetime.combine(start.date(), time(), start.tzinfo)
    times = (midnight + number * _STEP for number in range(_DAY // _STEP))
    yield from (moment.time() for moment in sorted(times, key=lambda moment: abs(moment - start)) if moment != start)


class _Day:
    """The day of one occurrence, without it."""

    def __init__(self, occurrence: Occurrence, around: Surroundings) -> None:
        first, last = whole_days(occurrence.start, occurrence.start + _DAY)
        self._occurrence, self._around = occurrence, around
        self._others = [o for o in around.plan if first <= o.start < last and o.id != occurrence.id]
        self._blocked, self._waiting = self._judge(self._others)

    def fits(self, at: time) -> bool:
        start = self._occurrence.start
        moved = replace(self._occurrence, start=datetime.combine(start.date(), at, start.tzinfo))
        taken = any(other.id == moved.id for other in self._others)  # the slot airs then already
        return not taken and self._judge([*self._others, moved]) == (self._blocked, self._waiting)

    def _judge(self, plan: Sequence[Occurrence]) -> tuple[set[str], set[str]]:
        """Return the ids of what is blocked, and of what waits."""
        blocked = check(plan, self._around.lengths, self._around.rules, self._around.valid_until).keys()
        overlaps = find_overlaps([o for o in plan if o.id not in blocked], self._around.lengths)
        return set(blocked), {overlap.second.id for overlap in overlaps}
