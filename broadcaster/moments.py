"""What holds of moments everywhere: how they become whole seconds, and which time zones there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def to_second(moment: datetime) -> datetime:
    """Return the nearest whole second, in the same zone: 05:29:59.500 is 05:30:00.

    So wherever they are shown without fractions, but in reasons: their words stand in rows, and cut the second as the
    rows of every version do.
    """
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def present_minute(now: datetime) -> datetime:
    """Return when this minute began: what is planned for it while it lasts is still to air."""
    return now.replace(second=0, microsecond=0)


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of a name; raise ValueError where there is none: comparing with all names would be slow."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # no such zone, a path outside the database, a folder in it
        raise ValueError(name) from error
