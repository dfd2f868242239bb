"""What the play history has about an occurrence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.office.why.frozen_steps import was_frozen
from broadcaster.records.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.records.ledger import Row
    from broadcaster.station.folder import Station


def rows_about(station: Station, id_: str) -> list[Row]:
    """Return the rows about an occurrence, oldest first."""
    with station.past() as ledger:
        return list(ledger.rows(occurrence=id_)) if ledger else []


def is_recorded(station: Station, id_: str) -> bool:
    """Return whether the play history has a row about an occurrence, or it is in a frozen plan."""
    return bool(rows_about(station, id_)) or was_frozen(station, id_)


def recorded_in_minute(station: Station, moment: datetime, slot: str | None) -> list[str]:
    """Return the ids of the occurrences of that minute in the play history; only those of `slot` where one is named."""
    minute = moment.replace(second=0, microsecond=0)
    end = minute + timedelta(minutes=1)
    with station.past() as ledger:
        if ledger is None:
            return []
        withdrawn = [
            row for row in ledger.rows([Kind.WITHDRAWN]) if f"@{minute:%Y-%m-%dT%H:%M}" in (row.occurrence or "")
        ]
        rows = [*ledger.planned(minute, end), *ledger.played(minute, end), *withdrawn]
    ids = dict.fromkeys(row.occurrence or "" for row in rows)
    return [id_ for id_ in ids if slot is None or id_.startswith(f"{slot}@")]
