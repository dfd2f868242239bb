"""The heartbeat: a small file that says when the daemon last ran, what is on, and how far the plan is entered."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from broadcaster.playout.desk_state import Status
    from broadcaster.station.folder import Station

ALIVE = timedelta(seconds=30)
"""A running daemon writes its heartbeat more often than this, even on a busy computer."""


def heartbeat_path(station: Station) -> Path:
    """Return the path of the heartbeat file."""
    return station.state_folder / "heartbeat.json"


def write_heartbeat(station: Station, status: Status, horizon_end: datetime | None) -> None:
    """Write the heartbeat; `horizon_end` is the instant up to which the plan is entered."""
    beat = {
        "at": status.now.isoformat(),
        "pid": os.getpid(),
        "planned_until": horizon_end.isoformat() if horizon_end else None,
        "on_air": status.on_air.id if status.on_air else None,
        "started": status.started.isoformat() if status.started else None,
        "ends": status.ends.isoformat() if status.ends else None,
        "device": status.device,
    }
    replace_file(heartbeat_path(station), json.dumps(beat, ensure_ascii=False).encode())


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


def is_alive(heartbeat: Mapping[str, Any], now: datetime) -> bool:
    """Return whether the daemon that wrote this heartbeat is running at `now`."""
    seen = seen_alive(heartbeat)
    return seen is not None and abs(now - seen) < ALIVE and heartbeat.get("pid") is not None


def planned_until(heartbeat: Mapping[str, Any]) -> datetime | None:
    """Return the instant up to which the plan was entered; None if that is not known."""
    return _instant(heartbeat.get("planned_until"))


def on_air_span(heartbeat: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when the item on the air began and when it will end; None where nothing is on or it is not known."""
    return _instant(heartbeat.get("started")), _instant(heartbeat.get("ends"))


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return instant if instant is None or instant.tzinfo else instant.replace(tzinfo=UTC)
