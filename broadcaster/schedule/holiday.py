"""Việt Nam's public holidays, Tết above all, whose day the moon decides.

From the `holidays` library, which takes a moment to load: only where a station's rules ask for it. The days as the
law names them; days off in lieu of a weekend, which the government sets anew each year, are not among them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_TET = "Nguyên Đán"


def holiday(day: date, which: str) -> str | None:
    """Return the name, in Vietnamese, of the public holiday on `day`, or None.

    `which` is `RulesSettings.quiet_holidays`: "all", "tet" (New Year by the moon, with its eve) or "none".
    """
    if which == "none":
        return None
    name = _year(day.year).get(day)
    return name if name and (which == "all" or _TET in name) else None


@cache
def _year(year: int) -> Mapping[date, str]:
    import holidays

    found: Mapping[date, str] = holidays.country_holidays("VN", years=year, observed=False, language="vi")
    return dict(found)
