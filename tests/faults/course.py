"""The course of time at the station: what its clock shows at a true instant, and which faults are in force then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .plan_of_faults import Fault, Kind


@dataclass(frozen=True, slots=True)
class Course:
    """All faults of one run, in order. Time is true time where nothing else is said."""

    faults: Sequence[Fault]

    def offset(self, at: datetime) -> timedelta:
        """Return how far the station's clock is ahead."""
        wrong = (fault.by for fault in self.faults if fault.kind is Kind.CLOCK and fault.at <= at < fault.end)
        return sum(wrong, timedelta())

    def wall(self, at: datetime) -> datetime:
        """Return what the station's clock shows."""
        return at + self.offset(at)

    def in_force(self, kind: Kind, at: datetime) -> Fault | None:
        """Return a fault of this kind that is in force."""
        return next((fault for fault in self.faults if fault.kind is kind and fault.at <= at < fault.end), None)

    def lost_at(self, device: str, since: datetime, until: datetime) -> datetime | None:
        """Return when a device that was open at `since` was lost; None if it is there until now."""
        losses = (fault.at for fault in self.faults if fault.kind is Kind.DEVICE and device in fault.what)
        return next((at for at in losses if since < at <= until), None)

    def is_lost(self, device: str, at: datetime) -> bool:
        """Whether a device cannot be opened."""
        lost = (fault for fault in self.faults if fault.kind is Kind.DEVICE and device in fault.what)
        return any(fault.at <= at < fault.end for fault in lost)

    def clock_changes(self) -> Iterator[datetime]:
        """Yield the instants at which the clock is set."""
        for fault in self.faults:
            if fault.kind is Kind.CLOCK:
                yield from (fault.at, fault.end)
