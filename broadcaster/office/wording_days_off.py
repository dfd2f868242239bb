"""What became of what was left out, in sentences of the user's language."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.wording import pause_text, short_date
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from broadcaster.office.days_off import LeftOutBefore


def left_out_text(found: LeftOutBefore) -> str:
    """Return whether something that was left out is left out at another hour, or was dropped and why."""
    day = _when(found)
    if found.carried_to is not None:
        text = _("{name}: what was left out on {day} is left out at {at} now")
        return text.format(name=found.name, day=day, at=format_time(found.carried_to))
    if found.hour_is_gone:
        text = _("{name}: {day} was left out; that hour is gone, and nothing is left out in its place")
        return text.format(name=found.name, day=day)
    return _("{name}: {day} needs to be left out no more: nothing airs then").format(name=found.name, day=day)


def _when(found: LeftOutBefore) -> str:
    if isinstance(found.what, date):
        return short_date(found.what)
    first, second = found.what
    return f"{short_date(first)} {format_time(second)}" if isinstance(second, time) else pause_text((first, second))
