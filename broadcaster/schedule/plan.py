"""Expand campaigns into the plan: what airs from when to when.

Pure: the same campaigns, window and zone give the same occurrences, whoever asks and however the window is cut.
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MARGIN = 2 * _DAY
"""How far a local time that does not exist may move: Samoa once left out a whole day."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One time of day of one slot; `number` counts the slot's times from its first of the day, from 0."""

    campaign: Campaign
    slot: Slot
    at: time
    number: int
    days: Sequence[tuple[date, int]]  # as `airing_days` gives them
    choices: Sequence[tuple[str, ...]]  # what may air
    cycle: int | None  # see `rotate`

    @property
    def order(self) -> tuple[time, int, str]:
        """Sorts the lines of a day as their occurrences sort; "@" ends the id as in `Occurrence.id`."""
        return self.at, self.slot.bulletin_class.rank, f"{self.campaign.id}/{self.slot.id}@"

    def occurrence(self, start: datetime, days_before: int) -> Occurrence:
        """Return what airs at `start`, on a day that has `days_before` before it in its season."""
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
        )


def expand(campaigns: Iterable[Campaign], start: datetime, end: datetime, zone: ZoneInfo) -> list[Occurrence]:
    """Return the occurrences with `start <= occurrence.start < end`, sorted by start, then class, then id.

    `start` and `end` are aware, in any zone; the occurrences start in `zone`. A local time that does not exist there
    (clocks go forward) moves forward by as much as the clocks do; one that comes twice airs the first time. Two
    times of one slot that so become one air once. Takes time in proportion to the occurrences in the window.
    """
    if start >= end:
        return []
    calendar = _Calendar(zone, start, end)
    first, last = calendar.days
    lines = [line for campaign in campaigns for slot in campaign.slots for line in _lines(campaign, slot, first, last)]
    by_day: dict[date, list[Occurrence]] = {}
    for line in sorted(lines, key=attrgetter("order")):
        for day, days_before in line.days:
            begin = calendar.begin(day, line.at)
            if begin is not None:
                by_day.setdefault(day, []).append(line.occurrence(begin, days_before))
    plan = list(chain.from_iterable(by_day[day] for day in sorted(by_day)))
    return _tidy(plan) if calendar.moved else plan


def rotate(turn: int, cycle: int | None) -> int:
    """Return which of its scripts, counted round and round from 0, a rotating slot airs on its `turn`, from 0.

    One script a time, the next one next time. Where the numbers of times a day and of scripts have a common divisor
    (six messages, morning and evening), that alone would put the same messages on in the morning for ever. So after
    each `cycle`, when all the pairs it can reach have had their turn, one script is passed over: within times * scripts
    turns every script airs exactly once at every time of day, and none twice running (unless there are only two). With
    weights, `scripts` are the positions of one round as `spread` orders them: each airs as often as it weighs.
    """
    return turn + turn // cycle if cycle else turn


def rotation_cycle(times: int, scripts: int) -> int | None:
    """Return after how many turns the same pairs of time and script come again; None where that is all of them."""
    return lcm(times, scripts) if gcd(times, scripts) > 1 else None


def spread(weights: Sequence[int]) -> list[int]:
    """Return one round of a weighted list: each position, from 0, as often as it weighs, evenly spread.

    Weights of 1 give the positions in their order. Else a position that weighs w in a round of W turns is due every
    W/w turns; of those whose time has come, the one that is due again first is next; among equals the heavier, then
    the list's order. (Stoica and Abdel-Wahab, "Earliest eligible virtual deadline first", 1995.) At every point of
    the round each has come as often as its share of the turns so far, less or more than one time.
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


def _choices(slot: Slot) -> list[tuple[str, ...]]:
    """Return what the slot airs at its turns, one after the other, before it begins anew."""
    if slot.order is Order.ALL:
        return [slot.scripts]
    return [(slot.scripts[number],) for number in spread(slot.weights or [1] * len(slot.scripts))]


def _lines(campaign: Campaign, slot: Slot, first: date, last: date) -> list[_Line]:
    days = list(airing_days(campaign, slot, first, last))
    choices = _choices(slot)
    cycle = rotation_cycle(len(slot.at), len(choices))
    times = enumerate(sorted(slot.at))
    return [_Line(campaign, slot, at, number, _left(days, slot, at), choices, cycle) for number, at in times]


def _left(days: list[tuple[date, int]], slot: Slot, at: time) -> list[tuple[date, int]]:
    """Return the days on which this time of day is not skipped."""
    return [day for day in days if (day[0], at) not in slot.skips] if slot.skips else days


def _tidy(plan: list[Occurrence]) -> list[Occurrence]:
    """Sort a plan with moved times; of two with one id the later line stays, the one that did not move."""
    unique = {occurrence.id: occurrence for occurrence in plan}
    return sorted(unique.values(), key=lambda found: (found.start, found.bulletin_class.rank, found.id))


class _Calendar:
    """Turns a day and a time of day into an instant of the window; remembers which days need no thought."""

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
        """Return that instant; None where it is not in the window."""
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
        """Tell whether the whole day lies in the window and its clock runs through from midnight to midnight."""
        midnight = datetime.combine(day, time(), self.zone)
        next_midnight = midnight + _DAY  # of the wall clock
        inside = self.start <= midnight.astimezone(UTC) and next_midnight.astimezone(UTC) <= self.end
        return inside and midnight.utcoffset() == next_midnight.utcoffset()
