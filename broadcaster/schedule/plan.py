"""Expand campaigns into the plan: which occurrences air in a window of time.

Pure: the same campaigns, window and zone always give the same occurrences, also if the window is split.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import chain
from math import gcd, lcm
from operator import attrgetter
from typing import TYPE_CHECKING

from broadcaster.models import Campaign, Occurrence, Order, Slot
from broadcaster.schedule.season import airing_days
from broadcaster.schedule.slot_scripts import versions_in
from broadcaster.script_ids import in_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MARGIN = 2 * _DAY
"""How far a local time that does not exist may move: Samoa once skipped a whole day."""


@dataclass(frozen=True, slots=True)
class _SlotTime:
    """One time of day of one slot; `number` is its position among the slot's times of the day, from 0."""

    campaign: Campaign
    slot: Slot
    at: time
    number: int
    days: Sequence[tuple[date, int]]  # as `airing_days` gives them
    choices: Sequence[tuple[str, ...]]  # what may air
    cycle: int | None  # see `rotate`

    @property
    def order(self) -> tuple[time, int, str]:
        """Key that sorts as the occurrences of a day do; the "@" follows the slot as in `Occurrence.id`."""
        return self.at, self.slot.bulletin_class.rank, f"{self.campaign.id}/{self.slot.id}@"

    def occurrence(self, start: datetime, days_before: int) -> Occurrence:
        """Return what airs at `start`, on a day after `days_before` airing days of its season."""
        slot = self.slot
        turn = rotate(days_before * len(slot.at) + self.number, self.cycle)
        return Occurrence(
            self.campaign.id,
            slot.id,
            start,
            self.choices[turn % len(self.choices)],
            slot.repeat,
            slot.gap,
            slot.bulletin_class,
            self.campaign.source,
            slot.group or self.campaign.group,
        )


def expand(campaigns: Iterable[Campaign], start: datetime, end: datetime, zone: ZoneInfo) -> list[Occurrence]:
    """Return the occurrences with `start <= occurrence.start < end`, sorted by start, then class, then id.

    `start` and `end` are aware, in any zone; the starts of the occurrences are in `zone`. A local time that does not
    exist there (clocks go forward) moves forward as far as the clocks do; one that comes twice airs the first time.
    Two times of one slot that become equal in this way air once. An airing that was moved does not air at its old hour,
    whether or not its slot leaves it out: what somebody puts back by hand would air twice. Takes time proportional to
    the occurrences returned.
    """
    if start >= end:
        return []
    window = _Window(zone, start, end)
    first, last = window.days
    times = [at for campaign in campaigns for slot in campaign.slots for at in _slot_times(campaign, slot, first, last)]
    by_day: dict[date, list[Occurrence]] = {}
    for slot_time in sorted(times, key=attrgetter("order")):
        for day, days_before in slot_time.days:
            begin = window.begin(day, slot_time.at)
            if begin is not None:
                by_day.setdefault(day, []).append(slot_time.occurrence(begin, days_before))
    plan = list(chain.from_iterable(by_day[day] for day in sorted(by_day)))
    return _sorted_unique(plan) if window.moved else plan


def rotate(turn: int, cycle: int | None) -> int:
    """Return the position, before wrapping around, of the script that a rotating slot airs on its `turn`; both from 0.

    Each airing takes the next script. If the numbers of times a day and of scripts have a common divisor (six messages,
    morning and evening), that alone would air the same messages every morning for ever. So after each `cycle`, in
    which every pair that it can reach has aired, one script is passed over: within times * scripts turns every script
    airs exactly once at every time of day, and none twice in a row (unless there are only two). With weights, the
    positions are those of one round as ordered by `spread`: each script airs in proportion to its weight.
    """
    return turn + turn // cycle if cycle else turn


def rotation_cycle(times: int, scripts: int) -> int | None:
    """Return after how many turns the same pairs of time and script repeat; None if all pairs come before that."""
    return lcm(times, scripts) if gcd(times, scripts) > 1 else None


def spread(weights: Sequence[int]) -> list[int]:
    """Return one round of a weighted list: each position, from 0, as often as its weight, evenly spread.

    Weights of 1 give the positions in order. Otherwise a position of weight w in a round of W turns is due every W/w
    turns; of the positions that are due, the one that is due again soonest is next; among equals the heavier, then the
    first in the list. (Stoica and Abdel-Wahab, "Earliest eligible virtual deadline first", 1995.) At every point of
    the round, the number of times that each has come differs from its share of the turns so far by less than one.
    """
    common = gcd(*weights)
    shares = [weight // common for weight in weights]
    total, used = sum(shares), [0] * len(shares)
    order: list[int] = []
    for turn in range(total):
        open_ = [n for n, share in enumerate(shares) if used[n] < share and used[n] * total <= turn * share]
        nearest = min(open_, key=lambda n: (Fraction(used[n] + 1, shares[n]), -shares[n], n))
        used[nearest] += 1
        order.append(nearest)
    return order


def _choices(campaign: Campaign, slot: Slot) -> list[tuple[str, ...]]:
    """Return what the slot airs on each turn of one round: a script with all its versions has one turn."""
    turns = [slot.scripts]
    if slot.order is not Order.ALL:
        turns = [(slot.scripts[number],) for number in spread(slot.weights or [1] * len(slot.scripts))]
    return [in_versions(scripts, versions_in(campaign, slot)) for scripts in turns]


def _slot_times(campaign: Campaign, slot: Slot, first: date, last: date) -> list[_SlotTime]:
    days = list(airing_days(campaign, slot, first, last))
    choices = _choices(campaign, slot)
    cycle = rotation_cycle(len(slot.at), len(choices))
    times, skips = enumerate(sorted(slot.at)), slot.skips | moved_away(campaign, slot)
    return [_SlotTime(campaign, slot, at, n, _not_skipped(days, skips, at), choices, cycle) for n, at in times]


def moved_away(campaign: Campaign, slot: Slot) -> frozenset[tuple[date, time]]:
    """Return the airings of a slot for which others of the campaign's slots stand."""
    moved = (other.moved_from for other in campaign.slots)
    return frozenset((each.day, each.at) for each in moved if each and each.slot == slot.id)


def _not_skipped(days: list[tuple[date, int]], skips: frozenset[tuple[date, time]], at: time) -> list[tuple[date, int]]:
    """Return the days on which this time of day is not skipped."""
    return [day for day in days if (day[0], at) not in skips] if skips else days


def _sorted_unique(plan: list[Occurrence]) -> list[Occurrence]:
    """Return a plan with moved times sorted; of two occurrences with one id the later stays, which was not moved."""
    unique = {occurrence.id: occurrence for occurrence in plan}
    return sorted(unique.values(), key=lambda found: (found.start, found.bulletin_class.rank, found.id))


class _Window:
    """Turns a day and a local time into an instant inside the window; remembers which days need no conversion."""

    def __init__(self, zone: ZoneInfo, start: datetime, end: datetime) -> None:
        self.zone = zone
        self.start = start.astimezone(UTC)
        self.end = end.astimezone(UTC)
        self.moved = False
        self._plain: dict[date, bool] = {}

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that may have something in the window."""
        return (self.start.astimezone(self.zone) - _MARGIN).date(), self.end.astimezone(self.zone).date()

    def begin(self, day: date, at: time) -> datetime | None:
        """Return the start of an airing, in the zone; None if it is not in the window."""
        local = datetime.combine(day, at, self.zone)
        if day not in self._plain:
            self._plain[day] = self._is_plain(day)
        if self._plain[day]:
            return local
        instant = local.astimezone(UTC)
        if not self.start <= instant < self.end:
            return None
        real = instant.astimezone(self.zone)
        self.moved = self.moved or real.replace(fold=0) != local
        return real

    def _is_plain(self, day: date) -> bool:
        """Return whether the whole day is in the window and its clock does not change from midnight to midnight."""
        midnight = datetime.combine(day, time(), self.zone)
        next_midnight = midnight + _DAY  # by the wall clock
        inside = self.start <= midnight.astimezone(UTC) and next_midnight.astimezone(UTC) <= self.end
        return inside and midnight.utcoffset() == next_midnight.utcoffset()
