"""The heartbeat: a small file that says when the desk last ran, and what was on then. Its lock says whether it runs."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text
from broadcaster.playout.clock_watch import ClockJump, ClockReading, Elapsed
from broadcaster.playout.rows import LastSound
from broadcaster.playout.troubles import Trouble
from broadcaster.reasons import Reason, ReasonKind, to_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from broadcaster.playout.desk_state import Status
    from broadcaster.station.folder import Station

FRESH = timedelta(seconds=30)
"""A running daemon writes its heartbeat more often than this, even on a busy computer."""

log = logging.getLogger(__name__)


def heartbeat_path(station: Station) -> Path:
    """Return the path of the heartbeat file."""
    return station.state_folder / "heartbeat.json"


class Heartbeat:
    """Writes the heartbeat of one desk. A heartbeat that cannot be written silences nothing, and is told once."""

    def __init__(self, station: Station) -> None:
        self._path = heartbeat_path(station)
        self._is_failing = False

    def write(
        self,
        status: Status,
        horizon_end: datetime | None,
        clock: ClockReading | None = None,
        troubles: Iterable[Trouble] = (),
        jump: ClockJump | None = None,
    ) -> None:
        """Write what is on; `horizon_end` is the instant up to which the plan is entered.

        `clock` is the last reading that the play history agrees with: the next start compares its own with it. `jump`
        is how the clock was set forward, while it is not believed yet.
        `troubles` are those of which the next start should know, if this run is killed before their outcomes stand.
        """
        beat = {
            "at": status.now.isoformat(),
            "pid": os.getpid(),
            "planned_until": horizon_end.isoformat() if horizon_end else None,
            "on_air": status.on_air.id if status.on_air else None,
            "started": status.started.isoformat() if status.started else None,
            "ends": status.ends.isoformat() if status.ends else None,
            "heard_s": round(status.heard_s, 3) if status.on_air else None,
            "device": status.device,
            "held": str(status.held) if status.held else None,
            "paused": status.paused.until.isoformat() if status.paused else None,
            "waiting": list(_waiting_items(status)),
            "clock": _clock_item(clock) if clock else None,
            "jump": [jump.before.isoformat(), jump.after.isoformat()] if jump else None,
            "troubles": [_trouble_item(trouble) for trouble in troubles],
        }
        try:
            _write(self._path, json.dumps(beat, ensure_ascii=False).encode())
        except OSError as error:
            if not self._is_failing:
                log.error(_("the sign of life cannot be written, the desk goes on: %s"), os_text(error))  # noqa: TRY400 - no bug of ours
            self._is_failing = True
        else:
            self._is_failing = False


def _clock_item(clock: ClockReading) -> dict[str, object]:
    return {"at": clock.wall.isoformat(), "boot": clock.boot, **clock.elapsed._asdict()}


def _trouble_item(trouble: Trouble) -> dict[str, object]:
    end = trouble.end.isoformat() if trouble.end else None
    why = {"kind": str(trouble.why.kind), **trouble.why.facts}
    return {"occurrence": trouble.occurrence, "from": trouble.start.isoformat(), "to": end, "why": why}


def _waiting_items(status: Status) -> Iterator[dict[str, Any]]:
    """Yield what is due and not on the output: with what holds it up, or its id alone where it waits its turn."""
    delayed = {item.occurrence.id: item for item in status.delayed}
    for occurrence in status.waiting:
        item: dict[str, Any] = {"id": occurrence.id}
        if (known := delayed.get(occurrence.id)) and known.why:
            item |= {"until": known.until.isoformat(), **to_row(known.why)}
        yield item


def _write(path: Path, data: bytes) -> None:
    """Replace the file; where no new one can be made (a full disk, a folder that is read-only), write over the old."""
    try:
        replace_file(path, data)
    except OSError:
        with path.open("rb+") as file:  # a reader that finds it half written takes it for none, and looks again
            file.write(data)
            file.truncate()


def read_heartbeat(station: Station) -> dict[str, Any]:
    """Return the last heartbeat; empty if there is none or it cannot be read."""
    try:
        beat = json.loads(heartbeat_path(station).read_bytes())
    except (OSError, ValueError):
        return {}
    return beat if isinstance(beat, dict) else {}


def seen_alive(heartbeat: Mapping[str, Any]) -> datetime | None:
    """Return when the daemon last wrote a heartbeat; None if that is not known."""
    return _instant(heartbeat.get("at"))


def is_fresh(heartbeat: Mapping[str, Any], now: datetime) -> bool:
    """Return whether what the heartbeat says holds at `now`, if the desk runs: `station_lock` knows whether it does."""
    seen = seen_alive(heartbeat)
    return seen is not None and abs(now - seen) < FRESH


def clock_reading(heartbeat: Mapping[str, Any]) -> ClockReading | None:
    """Return the last reading of the clock that the play history agrees with; None if that is not known."""
    told = heartbeat.get("clock")
    if not isinstance(told, dict) or (wall := _instant(told.get("at"))) is None:
        return None
    try:
        return ClockReading(wall, Elapsed(float(told["awake"]), float(told["real"])), str(told["boot"]))
    except (KeyError, TypeError, ValueError):
        return None


def clock_jump(heartbeat: Mapping[str, Any]) -> ClockJump | None:
    """Return how the clock had been set forward that was not believed yet; None if it had not, or is not known."""
    told = heartbeat.get("jump")
    ends = [_instant(each) for each in told] if isinstance(told, list) else []
    before, after = ends if len(ends) == 2 else (None, None)
    return ClockJump(before, after) if before and after and before < after else None


def planned_until(heartbeat: Mapping[str, Any]) -> datetime | None:
    """Return the instant up to which the plan was entered; None if that is not known."""
    return _instant(heartbeat.get("planned_until"))


def paused_until(heartbeat: Mapping[str, Any]) -> datetime | None:
    """Return until when a person has paused the desk; None if nobody has, or it is not known."""
    return _instant(heartbeat.get("paused"))


def on_air_span(heartbeat: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when the item on the air began and when it will end; None where nothing is on or it is not known."""
    return _instant(heartbeat.get("started")), _instant(heartbeat.get("ends"))


def last_sound(heartbeat: Mapping[str, Any]) -> LastSound | None:
    """Return what sounded at the last heartbeat; None where nothing did, or where it is not known how much of it."""
    occurrence, heard = heartbeat.get("on_air"), heartbeat.get("heard_s")
    (started, ends), seen = on_air_span(heartbeat), seen_alive(heartbeat)
    if not isinstance(occurrence, str) or not isinstance(heard, int | float) or heard <= 0:
        return None
    if started is None or ends is None or seen is None:
        return None
    return LastSound(occurrence, started, ends, seen, float(heard))


def waiting_ids(heartbeat: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of what is due and only waits its turn, in the order in which it will air."""
    waiting = heartbeat.get("waiting")
    items = [item for item in waiting if isinstance(item, dict)] if isinstance(waiting, list) else []
    return tuple(str(item.get("id")) for item in items if not (item.get("why") or item.get("reason")))


def earlier_troubles(heartbeat: Mapping[str, Any]) -> list[Trouble]:
    """Return what kept things from airing; what still did at the last sign of life is known up to that one only."""
    told, alive = heartbeat.get("troubles"), seen_alive(heartbeat)
    items = [item for item in told if isinstance(item, dict)] if isinstance(told, list) and alive else []
    return [trouble for item in items if (trouble := _trouble(item, alive))]


def _trouble(item: Mapping[str, Any], alive: datetime | None) -> Trouble | None:
    start, end = _instant(item.get("from")), _instant(item.get("to")) or alive
    try:
        facts = dict(item["why"])
        why = Reason(ReasonKind(facts.pop("kind")), facts)
    except (KeyError, TypeError, ValueError):
        return None
    return Trouble(why, start, end, str(item.get("occurrence", ""))) if start else None


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return instant if instant is None or instant.tzinfo else instant.replace(tzinfo=UTC)
