"""Find what a person names: scripts, campaigns, slots, occurrences; for a mistyped name, suggest the nearest."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.group_settings import group_of_slot
from broadcaster.i18n import N_, _
from broadcaster.office.typed import not_understood
from broadcaster.schedule.plan import expand
from broadcaster.script_ids import text_id, todo_for_missing, version_of
from broadcaster.similar_names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from broadcaster.models import Campaign, DayRange, Occurrence, Script, Slot
    from broadcaster.station.folder import Station

T = TypeVar("T")

_NO_SCRIPT = N_('there is no script "{id}"')
_NO_CAMPAIGN = N_('there is no campaign "{id}"')
_OCCURRENCE = N_("an occurrence as broadcaster plan shows it, or such as thang-5/sang@15/5/2027 17h")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")


def find_script(station: Station, id_: str) -> Script:
    """Return the script of that id; raise InputError with its file's mistakes, or with the nearest id."""
    return find_scripts(station, [id_])[0]


def find_scripts(station: Station, ids: Iterable[str]) -> list[Script]:
    """Return the scripts of these ids, each once; raise InputError as `find_script` does, for all that are missing."""
    scripts, problems = station.scripts()
    found: list[Script] = []
    missing: list[Problem] = []
    for id_ in dict.fromkeys(ids):
        try:
            found.append(_script(scripts, id_, problems))
        except InputError as error:
            missing += error.problems
    if missing:
        raise InputError(*missing)
    return found


def _script(scripts: Mapping[str, Script], id_: str, problems: Iterable[Problem]) -> Script:
    is_version = version_of(id_) and text_id(id_) in scripts
    todo = todo_for_missing(id_, scripts) if is_version else ""
    return find_by_id(scripts, id_, problems, _(_NO_SCRIPT), todo)


def find_campaign(station: Station, id_: str) -> Campaign:
    """Return the campaign of that id; raise InputError with its file's mistakes, or with the nearest id."""
    campaigns, problems = station.campaigns()
    return find_by_id(campaigns, id_, problems, _(_NO_CAMPAIGN))


def all_campaigns(station: Station) -> Mapping[str, Campaign]:
    """Return every campaign, by id; raise InputError with the mistakes of those that cannot be read.

    What is done to all of them must not pass over a file in silence.
    """
    campaigns, problems = station.campaigns()
    if problems:
        raise InputError(*problems)
    return campaigns


def find_group(station: Station, typed: str | None, of_campaign: str = "") -> str:
    """Return the id of a group of loudspeakers, typed by its id or its title; None, "-" and "cả xã" name none, "".

    Raise InputError for one that the station does not have, and for "cả xã" where the slot's campaign has a group.
    """
    found = "" if typed is None else group_of_slot(typed, of_campaign, station.settings.groups)
    if isinstance(found, Problem):
        raise InputError(found)
    return found


def find_hearers(station: Station, typed: str | None) -> frozenset[str] | None:
    """Return what a group of loudspeakers, typed as `find_group` takes it, hears: the groups named in plan and history.

    It hears what is meant for it and what is meant for all, "". None: nobody was named, whatever it is meant for.
    """
    return None if typed is None else frozenset({find_group(station, typed), ""})


def find_slot(station: Station, name: str) -> tuple[Campaign, Slot]:
    """Return what `campaign/slot` names; raise InputError with the nearest name where there is no such slot."""
    campaign, slash, slot = name.partition("/")
    if not slash:
        what = _('"{name}" does not name a slot').format(name=name)
        raise InputError(Problem(what, _("allowed: campaign/slot, such as thang-5/sang")))
    target = find_campaign(station, campaign)
    slots = {found.id: found for found in target.slots}
    return target, find_by_id(slots, slot, (), _('{campaign} has no slot "{id}"').replace("{campaign}", campaign))


def find_airing(station: Station, text: str) -> tuple[Campaign, Slot, date, time]:
    """Return the slot, day and time of an occurrence's id, or of a text such as "thang-5/sang@15/5 17h".

    It may be left out. Raise InputError for a slot that is not there, and for what is not understood.
    """
    name, at_sign, moment = text.partition("@")
    if not at_sign:
        raise InputError(not_understood(text, _OCCURRENCE))
    campaign, slot = find_slot(station, name)
    day, at = _parse_moment(moment, station.now().date())
    if day is None or at is None:
        raise InputError(not_understood(text, _OCCURRENCE))
    return campaign, slot, day, at


def find_occurrence(station: Station, text: str) -> tuple[Campaign, Slot, Occurrence]:
    """Return the occurrence that a text names, as `find_airing` takes it; raise InputError where none is planned."""
    campaign, slot, day, at = find_airing(station, text)
    planned = planned_on(station, [replace(campaign, slots=(slot,))], day)
    found = next((occurrence for occurrence in planned if occurrence.start.time() == at), None)
    if found is None:
        known = ", ".join(occurrence.id for occurrence in planned)
        what = _("there is no such occurrence: {id}").format(id=text)
        none = _("nothing of it is planned on that day; see broadcaster schedule exceptions")
        raise InputError(Problem(what, _("planned on that day: {known}").format(known=known) if known else none))
    return campaign, slot, found


def _parse_moment(text: str, today: date) -> tuple[date | None, time | None]:
    """Return the day and the time of "2027-05-15T17:00+07:00" or "15/5 17h"."""
    found = typed_dates.split_moment(_OFFSET.sub("", text))
    return (typed_dates.parse_day(found[0], today), found[1]) if found else (None, None)


def planned_on(station: Station, campaigns: Iterable[Campaign], day: date) -> list[Occurrence]:
    """Return the occurrences of these campaigns on a day."""
    return planned_in(station, campaigns, (day, day))


def planned_in(station: Station, campaigns: Iterable[Campaign], days: DayRange) -> list[Occurrence]:
    """Return the occurrences of these campaigns on days, from the first to the last."""
    zone = station.settings.timezone
    start, end = (datetime.combine(day, time(), zone) for day in (days[0], days[1] + timedelta(days=1)))
    return expand(campaigns, start, end, zone)


def find_by_id(items: Mapping[str, T], id_: str, problems: Iterable[Problem], unknown: str, todo: str = "") -> T:
    """Return the item of that id; raise InputError with its file's mistakes, or `unknown` and the nearest id.

    `todo`: what to do about one that is not there, in place of the nearest id.
    """
    if id_ in items:
        return items[id_]
    own = [problem for problem in problems if problem.path is not None and problem.path.stem == id_]
    if own:
        raise InputError(*own)
    if items and not todo:
        todo = did_you_mean(id_, items.keys(), _("there are: {known}"))
    raise InputError(Problem(unknown.format(id=id_), todo))
