"""Việt Nam's public holidays, including Tết, which follows the lunar calendar.

From the `holidays` library, loaded only if a station's rules need it because loading is slow. The days are those named
by law; days off in lieu of a weekend, which the government decides each year, are not included.
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

    `which` is `RulesSettings.quiet_holidays`: "all", "tet" (lunar New Year, with its eve) or "none".
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
