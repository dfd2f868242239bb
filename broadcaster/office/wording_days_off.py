"""What became of what was left out, in sentences of the user's language."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.office.wording import pause_text, short_date
from broadcaster.schedule.days_off import Fate
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from broadcaster.schedule.days_off import LeftOutBefore

_FATES = {
    Fate.CARRIED: N_("{name}: what was left out on {day} is left out at {at} now"),
    Fate.HOUR_GONE: N_("{name}: {day} was left out; that hour is gone, and nothing is left out in its place"),
    Fate.NO_DAY: N_("{name}: {day} needs to be left out no more: nothing airs then"),
    Fate.AIRS: N_("{name}: {day} was left out or paused, the file does not name it, and it airs again"),
}


def left_out_text(found: LeftOutBefore) -> str:
    """Return whether something that was left out is left out at another hour, or was dropped and why, or airs."""
    at = format_time(found.at) if found.at is not None else ""
    return _(_FATES[found.fate]).format(name=found.name, day=_when(found), at=at)


def _when(found: LeftOutBefore) -> str:
    if isinstance(found.what, date):
        return short_date(found.what)
    first, second = found.what
    return f"{short_date(first)} {format_time(second)}" if isinstance(second, time) else pause_text((first, second))
