"""The one rule by which moments become whole seconds: to the nearest, wherever they are shown without fractions.

Not in reasons: their words stand in rows, and cut the second as the rows of every version do.
"""

from __future__ import annotations

from datetime import datetime, timedelta


def to_second(moment: datetime) -> datetime:
    """Return the nearest whole second, in the same zone: 05:29:59.500 is 05:30:00."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
