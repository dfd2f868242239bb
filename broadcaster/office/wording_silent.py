"""What a change does to no effect, and what it takes off the air, in sentences of the user's language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from broadcaster.i18n import _, ngettext
from broadcaster.office.silent_changes import SilentKind
from broadcaster.office.wording import weekdays_text, when
from broadcaster.schedule.timetable import boundary_text
from broadcaster.weekdays import NAMES

if TYPE_CHECKING:
    from broadcaster.office.lost_airings import LostAirings
    from broadcaster.office.silent_changes import SilentChange


def silent_text(found: SilentChange) -> str:
    """Return why a change will not do what it seems to, and which days it would have been about."""
    first, last = boundary_text(found.first), boundary_text(found.last)
    if found.kind is SilentKind.OVER:
        return _("{name}: the last day, {day}, is over; nothing of it will air").format(name=found.name, day=last)
    if found.kind is SilentKind.LATER:
        return _("{name}: first airs on {day}, more than a year from now").format(name=found.name, day=first)
    if found.kind is SilentKind.LEFT_OUT:
        text = _("{name}: its days are left out or paused, from {day} on; see broadcaster schedule exceptions")
        return text.format(name=found.name, day=first)
    if found.kind is SilentKind.NEW_YEAR:
        text = _("{name}: runs over the new year, from {first} to {last} of the next year")
        return text.format(name=found.name, first=first, last=last)
    if found.kind is SilentKind.WEEKDAY:
        return _never_that_weekday(found, first, last)
    days = first if found.first == found.last else _("{first}–{last}").format(first=first, last=last)
    return _("{name}: {days} is over; leaving it out changes nothing to come").format(name=found.name, days=days)


def _never_that_weekday(found: SilentChange, first: str, last: str) -> str:
    weekdays = weekdays_text(found.weekdays)
    if found.first == found.last and isinstance(found.first, date):
        text = _("{name}: {day} is a {weekday}, and it airs on {weekdays} only; it will never air")
        weekday = _(NAMES[found.first.weekday()])
        return text.format(name=found.name, day=first, weekday=weekday, weekdays=weekdays)
    text = _("{name}: there is no {weekdays} from {first} to {last}; it will never air")
    return text.format(name=found.name, weekdays=weekdays, first=first, last=last)


def lost_text(found: LostAirings) -> str:
    """Return how much of a slot will be blocked when a script is off the air."""
    text = ngettext(
        "{slot}: {count} occurrence with it will not air, on {first}",
        "{slot}: {count} occurrences with it will not air, the first on {first}",
        found.count,
    )
    return text.format(slot=found.slot, count=found.count, first=when(found.first))
