"""One unusual thing in a play history, and all of them: what `records/anomalies.py` finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from broadcaster.records.kinds import DESK, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from broadcaster.records.as_run import Window
    from broadcaster.records.ledger import Head, Row


class AnomalyKind(StrEnum):
    """What is unusual. The comment names its facts; instants have their zone, an `actor` of "" is not known."""

    NO_CUE = "no cue"  # occurrence, outcome, heard_s
    LATE_ENTRY = "late entry"  # outcome, count, first, last (planned starts), entered
    FEW_MINUTES = "few minutes"  # day, planned_s, heard_s, planned, aired (how many)
    LATE_START = "late start"  # occurrence, seconds
    NEAR_EDIT = "near edit"  # what ("edited", "withdrawn", "added"), actor, names, occurrences
    LATE_FREEZE = "late freeze"  # month, actor, seconds (after the month's beginning)
    FROZEN_EDIT = "frozen edit"  # month, actor, count: taken out of a frozen plan without a reason
    FROZEN_CHANGED = "frozen changed"  # the same, of those that got other scripts, repeats or loudspeakers
    SAME_PERSON = "same person"  # actor, script, title
    DEVICE_CHANGED = "device changed"  # before, after
    CLOCK = "clock"  # seconds (None: only doubted), doubt
    SILENCE = "silence"  # since, until, started (whether a start of the program ended it)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One thing that is unusual: when (in the zone of its rows), in which rows, and the facts."""

    kind: AnomalyKind
    at: datetime
    rows: tuple[int, ...]
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Review:
    """What is unusual in a window, in a history up to row `head`.

    `station` and `zone` (a name of the tz database) are as the history says them; "" where it does not.
    """

    window: Window
    head: Head
    anomalies: tuple[Anomaly, ...]
    station: str = ""
    zone: str = ""


def editor_of(row: Row) -> str:
    """Return who did what a row tells of; "" for an edit by hand: whoever saw it first is not who made it."""
    if row.kind == Kind.SCHEDULE_CHANGED:
        return row.actor if row.body.get("how") == "command" else ""
    return "" if row.kind in (Kind.PLANNED, Kind.WITHDRAWN) and row.actor == DESK else row.actor
