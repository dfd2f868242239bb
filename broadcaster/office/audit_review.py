"""What an auditor should look at in a play history: found in a window of days, and written as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadcaster.errors import RecordError
from broadcaster.i18n import speaking
from broadcaster.office.window import read_window
from broadcaster.records import bundle
from broadcaster.records.anomalies import find_anomalies
from broadcaster.records.anomaly import Review
from broadcaster.records.as_run import ALWAYS
from broadcaster.records.frozen_plan import read_frozen
from broadcaster.records.identity import read_identity
from broadcaster.records.ledger import Ledger
from broadcaster.settings import DEFAULT_TIMEZONE
from broadcaster.station.folder import system_clock

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.office.window import TypedWindow
    from broadcaster.records.as_run import Window
    from broadcaster.station.folder import Station

PAGE = "CAN-XEM-TRUOC.md"
"""The page in an export."""


def review_window(station: Station | None, typed: TypedWindow) -> Window:
    """Return the days that were typed, without any all that there is; without a station in Vietnam's zone.

    Raises InputError for days that cannot be understood.
    """
    if not typed.is_given:
        return ALWAYS
    zone = station.settings.timezone if station else ZoneInfo(DEFAULT_TIMEZONE)
    today = (station.now() if station else system_clock()).astimezone(zone).date()
    days = read_window(typed, today, zone, (today, today), past=True)
    return days.start, days.end


def review_file(path: Path, window: Window = ALWAYS) -> Review:
    """Return what `review` does of a play history, or of the one in an export; raise InputError for what is none."""
    if not bundle.is_bundle(path):
        return review(path, window)
    with bundle.opened(path) as found:
        return review(found.database, window)


def review(ledger: Path, window: Window = ALWAYS) -> Review:
    """Return what an auditor should look at; raise RecordError where the history cannot be read."""
    with Ledger.open(ledger, read_only=True) as opened:
        found = find_anomalies(opened.rows(), *window)
        identity, months = read_identity(opened), read_frozen(opened)
        zone = list(months.values())[-1].plan.month.zone.key if months else ""
        return Review(window, opened.head(), found, identity.station if identity else "", zone)


def review_pages(ledger: Path, station: str, at: datetime) -> dict[str, str]:
    """Return the page of an export, by its name: in Vietnamese, about the whole history.

    Where the history cannot be read, the page says so: an export is made all the same.
    """
    from broadcaster.office.wording_audit_review import page, unreadable_page

    with speaking("vi"):
        try:
            return {PAGE: page(review(ledger), station, at)}
        except RecordError as error:
            return {PAGE: unreadable_page(str(error).replace(str(ledger), ledger.name))}
