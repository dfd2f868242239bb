"""Checkpoints sent away from the computer, by the desk or by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.audit import take_checkpoint
from broadcaster.office.changes import actor_name
from broadcaster.records.copies import is_due, newest_checkpoint
from broadcaster.uplink.outbox import Sent, send_waiting

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

_DESK = "daemon"


def send_copies(station: Station, *, daily: bool, name: str | None = None) -> Sent:
    """Take a checkpoint and send it where the settings say; `daily`: take one only where the last is old enough.

    A history that is not as it was written is no reason to send nothing: who gets its checkpoint reads that in it.
    Raises RecordError where the history cannot be read or written.
    """
    newest = newest_checkpoint(station.root, station.now())
    if not daily or is_due(newest, station.settings.copies.every, station.now()):
        take_checkpoint(station, anyway=True)
    return send_waiting(station, _DESK if daily else actor_name(name))
