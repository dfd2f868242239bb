"""What a person asks about: an occurrence by its id, or a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.typed import not_understood
from broadcaster.office.why.history import is_recorded, recorded_in_minute
from broadcaster.office.why.removed_slot import removed_slot
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from broadcaster.models import Campaign
    from broadcaster.station.folder import Station

_ALLOWED = N_("an id such as thang-5/thong-diep@2027-05-15T05:30+07:00, or a time such as 15/5 5h30, yesterday 17:00")
_INSTANT = re.compile(
    # What broadcaster itself writes; the rest of what Python reads, such as 24:00, is no moment for people.
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{3,6})?)?(?:Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about."""

    slot: str | None  # campaign/slot, where one was named
    moment: datetime


def read_target(station: Station, campaigns: Mapping[str, Campaign], text: str) -> Target:
    """Return what is asked about; raise InputError for what cannot be understood and for a slot of no campaign."""
    id_ = text.strip()
    name, at, moment = id_.rpartition("@")
    found = _read_moment(station, moment)
    if found is None or (at and "/" not in name and not _is_in_history(station, id_, found, name)):
        raise InputError(not_understood(text, _ALLOWED))
    if at:
        _refuse_unknown(station, campaigns, Target(name, found), id_)
    return Target(name if at else None, found)


def _is_in_history(station: Station, id_: str, moment: datetime, slot: str) -> bool:
    """Return whether the play history knows an occurrence, its day typed as an id has it or as people write."""
    return is_recorded(station, id_) or bool(recorded_in_minute(station, moment, slot))


def _refuse_unknown(station: Station, campaigns: Mapping[str, Campaign], target: Target, id_: str) -> None:
    """Raise InputError for a slot that no file has, unless the play history knows of it."""
    name = target.slot or ""
    known = [f"{campaign.id}/{slot.id}" for campaign in campaigns.values() for slot in campaign.slots]
    if name in known or _is_in_history(station, id_, target.moment, name):
        return
    if removed_slot(station, name) is None:
        todo = did_you_mean(name, known, _("there are: {known}"))
        raise InputError(Problem(_('there is no slot "{name}"').format(name=name), todo))


def _read_moment(station: Station, text: str) -> datetime | None:
    """Return the instant of "2027-05-15T05:30+07:00", "15/5 5h30" or "5h30" (today); None for other text."""
    zone, today = station.settings.timezone, station.now().date()
    if _INSTANT.fullmatch(text.strip()):
        return _instant(text.strip(), zone)
    if (at := typed_dates.parse_clock(text)) is not None:
        return datetime.combine(today, at, zone)
    found = typed_dates.split_moment(text)
    day = _nearest_day(found[0], today) if found else None
    return datetime.combine(day, found[1], zone) if found and day else None


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= exact.year <= LAST_YEAR:
        return None
    return exact.astimezone(zone) if exact.tzinfo else exact.replace(tzinfo=zone)


def _nearest_day(text: str, today: date) -> date | None:
    """Return the day; of a day without a year the nearest one, past or future."""
    days = [typed_dates.parse_day(text, today, past=past) for past in (False, True)]
    found = [day for day in days if day is not None]
    return min(found, key=lambda day: abs(day - today), default=None)
