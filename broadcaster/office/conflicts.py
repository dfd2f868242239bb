"""What stands in a plan's way, slot by slot: what a rule blocks, what waits, is given up or cut, or comes too late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.office.forecast import ProspectState
from broadcaster.schedule.rules import DAY_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.schedule.rules import Breach, Overlap


@dataclass(frozen=True, slots=True)
class BlockedSlot:
    """A slot with occurrences that one rule blocks; `breach` and `start` are those of the first."""

    slot: str  # campaign/slot
    count: int
    start: datetime
    breach: Breach
    every: bool = True  # whether these are all occurrences of the slot

    @property
    def is_note(self) -> bool:
        """Whether it is as somebody meant it: a day is kept quiet, and the slot airs on others."""
        return self.breach.rule in DAY_RULES and not self.every


@dataclass(frozen=True, slots=True)
class WaitingSlot:
    """A slot that is due while another slot is on the air; `wait` is the longest wait, `start` when that is due."""

    first: str  # campaign/slot that is on the air
    second: str  # campaign/slot that has to wait
    count: int
    start: datetime
    wait: timedelta


@dataclass(frozen=True, slots=True)
class GivenUpSlot:
    """A slot that is due while another slot is on the air for longer than it may wait, and so will not air."""

    first: str  # campaign/slot that is on the air
    second: str  # campaign/slot that will not air
    count: int
    start: datetime
    wait: timedelta  # the longest
    grace: timedelta  # the longest that it may wait


@dataclass(frozen=True, slots=True)
class CutSlot:
    """A slot that is on the air when an emergency bulletin is due, which cuts it off."""

    first: str  # campaign/slot that is cut
    second: str  # campaign/slot of the emergency
    count: int
    start: datetime  # of the first emergency that does so


@dataclass(frozen=True, slots=True)
class UnfinishedSlot:
    """A slot that will not air while one of its scripts is not written to its end."""

    slot: str  # campaign/slot
    count: int
    start: datetime  # of the first
    scripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StrayMove:
    """A moved airing whose slot has the hour no more from which it was moved: both may air on that day."""

    slot: str  # campaign/slot that stands for the moved airing
    origin: str  # campaign/slot from which it was moved
    was: datetime
    start: datetime  # when it airs now
    count: int = 1


Conflict = BlockedSlot | WaitingSlot | GivenUpSlot | CutSlot | UnfinishedSlot | StrayMove


@dataclass(frozen=True, slots=True)
class TooLate:
    """A slot with a new airing earlier today: nobody will hear it, unless its minute is not over yet."""

    slot: str  # campaign/slot
    start: datetime
    first: datetime | None  # when it will first air after that; None: not within a year
    at_once: bool = False  # its minute is not over: the desk that runs airs it now


def find_conflicts(forecast: Forecast) -> list[Conflict]:
    """Return what is blocked, one value a slot and rule, and then what waits, is given up or cut, a value a pair."""
    return [*_blocked(forecast), *_overlapping(forecast)]


def is_note(conflict: Conflict) -> bool:
    """Return whether nobody has to put a conflict right: something airs whole, but later, or a day is kept quiet."""
    return isinstance(conflict, WaitingSlot | StrayMove) or (isinstance(conflict, BlockedSlot) and conflict.is_note)


def find_mistakes(forecast: Forecast) -> list[Conflict]:
    """Return what is wrong in the texts and campaigns themselves, whatever rules and other slots say."""
    return [*_unfinished(forecast), *_stray(forecast)]


def _unfinished(forecast: Forecast) -> Iterator[UnfinishedSlot]:
    slots: dict[str, list[Prospect]] = {}
    for prospect in forecast.in_state(ProspectState.UNFINISHED):
        slots.setdefault(prospect.occurrence.slot_name, []).append(prospect)
    for name, found in slots.items():
        scripts = tuple(dict.fromkeys(id_ for prospect in found for id_ in prospect.missing))
        yield UnfinishedSlot(name, len(found), found[0].occurrence.start, scripts)


def _stray(forecast: Forecast) -> Iterator[StrayMove]:
    """Yield the moved airings still to come of slots that air that day, and at other hours than the one moved from."""
    plan = [prospect.occurrence for prospect in forecast.prospects]
    days = {(each.slot_name, each.start.date()) for each in plan}
    for each in plan:
        campaign = forecast.campaigns[each.campaign]
        was = next(slot.moved_from for slot in campaign.slots if slot.id == each.slot)
        origin = next((slot for slot in campaign.slots if was and slot.id == was.slot), None)
        if was and origin and was.at not in origin.at and (f"{campaign.id}/{origin.id}", was.day) in days:
            at = datetime.combine(was.day, was.at, each.start.tzinfo)
            yield StrayMove(each.slot_name, f"{campaign.id}/{origin.id}", at, each.start)


def _blocked(forecast: Forecast) -> Iterator[BlockedSlot]:
    groups: dict[tuple[str, str], list[tuple[Prospect, Breach]]] = {}
    for prospect in forecast.in_state(ProspectState.BLOCKED):
        if prospect.breach is not None:
            key = prospect.occurrence.slot_name, prospect.breach.rule
            groups.setdefault(key, []).append((prospect, prospect.breach))
    planned = Counter(prospect.occurrence.slot_name for prospect in forecast.prospects)
    for (name, _rule), blocked in groups.items():
        first, breach = blocked[0]
        every = len(blocked) == planned[name]
        yield BlockedSlot(name, len(blocked), first.occurrence.start, breach, every)


def _overlapping(forecast: Forecast) -> Iterator[Conflict]:
    grace = max((prospect.grace for prospect in forecast.prospects), default=timedelta.max)
    groups: dict[tuple[str, str, type[Conflict]], list[Overlap]] = {}
    for overlap in forecast.overlaps:
        late: type[Conflict] = GivenUpSlot if overlap.wait > grace else WaitingSlot
        kind = CutSlot if overlap.is_cut else late
        groups.setdefault((overlap.first.slot_name, overlap.second.slot_name, kind), []).append(overlap)
    for (first, second, kind), overlaps in groups.items():
        longest = max(overlaps, key=lambda overlap: overlap.wait)
        start, wait = longest.second.start, longest.wait
        if kind is CutSlot:
            yield CutSlot(first, second, len(overlaps), overlaps[0].second.start)
        elif kind is GivenUpSlot:
            yield GivenUpSlot(first, second, len(overlaps), start, wait, grace)
        else:
            yield WaitingSlot(first, second, len(overlaps), start, wait)
