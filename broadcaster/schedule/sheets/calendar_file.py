"""Write a plan as a calendar file (iCalendar, RFC 5545), which calendar programs and phones open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.printable import one_line, printable
from broadcaster.schedule.sheets.sheet_layout import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from icalendar import Event

    from broadcaster.schedule.sheets.write import PlanLine

SHORTEST = timedelta(minutes=1)
"""Length of an event whose length is not known, or is too short for calendar programs to show."""
PRODUCT = "-//commune-broadcaster//schedule//VI"


def plan_ics(lines: Iterable[PlanLine], name: str, now: datetime) -> bytes:
    """Return a plan as a calendar of that name; each occurrence is one event with the occurrence's id as UID."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(name))
    for line in lines:
        calendar.add_component(_event(line, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(line: PlanLine, now: datetime) -> Event:
    from icalendar import Event

    occurrence = line.occurrence
    event = Event()
    event.add("uid", f"{occurrence.id}@commune-broadcaster")
    event.add("dtstamp", now)
    event.add("dtstart", occurrence.start)
    event.add("dtend", occurrence.start + max(line.length or SHORTEST, SHORTEST))
    event.add("summary", one_line("; ".join(line.titles)))
    if line.group:
        event.add("location", one_line(line.group))
    event.add("categories", [CLASSES[occurrence.bulletin_class]])
    event.add("description", printable("\n".join((*occurrence.scripts, occurrence.slot_name, line.state))))
    return event
