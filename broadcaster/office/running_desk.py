"""What the running desk says of itself: what it has on the air, and what is due and does not begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from broadcaster.playout.heartbeat import is_fresh, on_air_span, paused_until, read_heartbeat, waiting_ids
from broadcaster.playout.station_lock import is_running
from broadcaster.reasons import from_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class DueItem:
    """An occurrence that is due and does not begin."""

    id: str
    why: str  # in words
    until: datetime | None  # when it is given up, in the station's zone; None: not known


@dataclass(frozen=True, slots=True)
class RunningDesk:
    """The desk of a station, while it runs."""

    on_air: str | None  # id of the occurrence
    due: Mapping[str, DueItem]  # by id; what only waits its turn is not among them
    waiting: tuple[str, ...] = ()  # ids of what only waits its turn, in the order in which it will air
    held: str | None = None  # why it does not believe the clock and plays nothing: "behind" or "ahead"
    started: datetime | None = None  # when what is on the air began to sound, in the station's zone; None: not yet
    paused: datetime | None = None  # until when a person has paused it, in the station's zone
    ends: datetime | None = None  # when it will end; None: nothing is on the air, or it is not known


def running_desk(station: Station) -> RunningDesk | None:
    """Return what the desk says of itself; None while none runs, or while it can say nothing."""
    beat = read_heartbeat(station)
    if not is_running(station) or not is_fresh(beat, station.now()):
        return None
    zone = station.settings.timezone
    started, ends = (each.astimezone(zone) if each else None for each in on_air_span(beat))
    due = {item.id: item for item in _due_items(beat.get("waiting"), zone)}
    on_air, waiting = beat.get("on_air"), waiting_ids(beat)
    paused = paused_until(beat)
    paused = paused.astimezone(zone) if paused and paused > station.now() else None
    return RunningDesk(on_air, MappingProxyType(due), waiting, beat.get("held"), started, paused, ends)


def _due_items(waiting: Any, zone: ZoneInfo) -> Iterator[DueItem]:  # noqa: ANN401 - whatever a file holds
    for item in waiting if isinstance(waiting, list) else ():
        if isinstance(item, dict) and item.get("id") and (why := _why(item)):
            yield DueItem(str(item["id"]), why, _instant(item.get("until"), zone))


def _why(item: dict[str, Any]) -> str:
    """Return why something does not begin, in the reader's language; in the desk's where it gave only words."""
    if isinstance(words := item.get("why"), str):  # a desk of an earlier version
        return words
    try:
        return str(from_row(item))
    except (KeyError, TypeError, ValueError):  # of a later version
        return str(item.get("reason") or "")


def _instant(text: object, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(zone) if found.tzinfo else None
