"""The days that a command looks back on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.window import TypedWindow, Window, read_window
from broadcaster.office.wording import when

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

SHOWN_DAYS = 7


def past_window(station: Station, typed: TypedWindow) -> Window:
    """Return the days that were typed, or the last seven; a day without a year is the last such day."""
    today = station.now().date()
    week = (today - timedelta(days=SHOWN_DAYS - 1), today)
    return read_window(typed, today, station.settings.timezone, week, past=True)


def nothing_text(window: Window) -> str:
    """Say that the history has nothing in these days."""
    text = _("The play history has nothing from {first} to {last}.")
    return text.format(first=when(window.start), last=when(window.end))
