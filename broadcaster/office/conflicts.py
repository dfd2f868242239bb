"""What stands in a plan's way, slot by slot: what a rule blocks, what has to wait, and what comes too late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.office.forecast import ProspectState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.schedule.rules import Breach, Overlap


@dataclass(frozen=True, slots=True)
class BlockedSlot:
    """A slot with occurrences that one rule blocks; `breach` and `start` are those of the first."""

    slot: str  # campaign/slot
    count: int
    start: datetime
    breach: Breach


@dataclass(frozen=True, slots=True)
class WaitingSlot:
    """A slot that is due while another slot is on the air; `wait` is the longest wait, `start` when that is due."""

    first: str  # campaign/slot that is on the air
    second: str  # campaign/slot that has to wait
    count: int
    start: datetime
    wait: timedelta


Conflict = BlockedSlot | WaitingSlot


@dataclass(frozen=True, slots=True)
class TooLate:
    """A slot with a new airing earlier today, which nobody will hear."""

    slot: str  # campaign/slot
    start: datetime
    first: datetime | None  # when it will first air; None: not within a year


def find_conflicts(forecast: Forecast) -> list[Conflict]:
    """Return what is blocked, one value a slot and rule, and then what waits, one value a pair of slots."""
    return [*_blocked(forecast), *_waiting(forecast)]


def _blocked(forecast: Forecast) -> Iterator[BlockedSlot]:
    groups: dict[tuple[str, str], list[tuple[Prospect, Breach]]] = {}
    for prospect in forecast.in_state(ProspectState.BLOCKED):
        if prospect.breach is not None:
            key = prospect.occurrence.slot_name, prospect.breach.rule
            groups.setdefault(key, []).append((prospect, prospect.breach))
    for (name, _rule), blocked in groups.items():
        first, breach = blocked[0]
        yield BlockedSlot(name, len(blocked), first.occurrence.start, breach)


def _waiting(forecast: Forecast) -> Iterator[WaitingSlot]:
    groups: dict[tuple[str, str], list[Overlap]] = {}
    for overlap in forecast.overlaps:
        groups.setdefault((overlap.first.slot_name, overlap.second.slot_name), []).append(overlap)
    for (first, second), overlaps in groups.items():
        longest = max(overlaps, key=lambda overlap: overlap.wait)
        yield WaitingSlot(first, second, len(overlaps), longest.second.start, longest.wait)
