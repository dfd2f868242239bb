"""Why something plays, played, does not, or is not planned: what is asked about, and the answer in steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.forecast import look_ahead, slot_name
from broadcaster.office.why import Explanation, Step
from broadcaster.office.why_silent import nearest, why_silent
from broadcaster.office.window import Window
from broadcaster.office.wording import when
from broadcaster.schedule import typed_dates
from broadcaster.schedule.plan import expand
from broadcaster.tomlfile import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from broadcaster.models import Campaign
    from broadcaster.office.forecast import Prospect
    from broadcaster.station.folder import Station

_ALLOWED = N_("an id such as thang-5/thong-diep@2027-05-15T05:30+07:00, or a time such as 15/5 5h30, yesterday 17:00")
_HOUR_24 = re.compile(r".{7,10}[^\d-]24")
"""How "2027-05-15T24:00" begins, in any spelling of the day: Python 3.14 takes it for the next day's 00:00."""
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_CLOCK_LAST = re.compile(r"(.*?)\s*((?:\S+\s+(?:sáng|chiều|tối|sang|chieu|toi))|\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: a moment, and the slot where one was named."""

    slot: str | None
    moment: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The steps of each occurrence that was asked about, by its id; or why nothing is planned then."""

    target: Target
    occurrences: Mapping[str, Sequence[Step]]
    nothing: Sequence[Step]
    problems: tuple[Problem, ...]  # mistakes in the files


def explain(text: str, station: Station) -> Answer:
    """Return why what `text` names (an id, or a time) plays, played or does not; raise InputError for other texts."""
    target = read_target(text, station)
    day = target.moment.date()
    forecast = look_ahead(station, Window(day, day, station.settings.timezone))
    explanation = Explanation(station, forecast)
    ids = _matching(target, forecast.prospects) or explanation.recorded(target.moment, target.slot)
    answers = {id_: explanation.chain(id_) for id_ in ids}
    return Answer(target, answers, [] if answers else _why_nothing(station, target), forecast.problems)


# ---- what is asked --------------------------------------------------------------------------------------------


def read_target(text: str, station: Station) -> Target:
    """Return what is asked about; raise InputError for what cannot be understood."""
    name, at, moment = text.strip().rpartition("@")
    found = _read_moment(moment, station)
    if found is None or (at and "/" not in name and not Explanation.is_recorded(station, text.strip())):
        what = _('"{found}" is not understood').format(found=text)
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=_(_ALLOWED))))
    if at:
        _refuse_unknown(station, name, text.strip())
    return Target(name if at else None, found)


def _refuse_unknown(station: Station, name: str, id_: str) -> None:
    """Raise InputError for a slot that no file has, where the play history knows no such occurrence either."""
    campaigns, _problems = station.campaigns()
    known = [f"{campaign.id}/{slot.id}" for campaign in campaigns.values() for slot in campaign.slots]
    if name not in known and not Explanation.is_recorded(station, id_):
        todo = did_you_mean(name, known, _("there are: {known}"))
        raise InputError(Problem(_('there is no slot "{name}"').format(name=name), todo))


def _read_moment(text: str, station: Station) -> datetime | None:
    zone, today = station.settings.timezone, station.now().date()
    try:
        exact = datetime.fromisoformat(text.strip())
    except ValueError:
        exact = None
    if exact is not None and ("T" in text or ":" in text) and not _HOUR_24.match(text.strip()):
        return exact.astimezone(zone) if exact.tzinfo else exact.replace(tzinfo=zone)
    found = _CLOCK_LAST.fullmatch(text.strip())
    at = typed_dates.parse_clock(found[2]) if found else None
    if found is None or at is None:
        return None
    day = _nearest_day(found[1], today) if found[1] else today
    return datetime.combine(day, at, zone) if day else None


def _nearest_day(text: str, today: date) -> date | None:
    """Return the day meant; without a year the nearest such day, past or future."""
    days = [typed_dates.parse_day(text, today, past=past) for past in (False, True)]
    found = [day for day in days if day is not None]
    return min(found, key=lambda day: abs(day - today), default=None)


def _matching(target: Target, prospects: tuple[Prospect, ...]) -> list[str]:
    """Return what begins in that minute; else what is on the air then."""
    named = [p for p in prospects if target.slot in (None, slot_name(p.occurrence))]
    minute = target.moment.replace(second=0)
    begins = [p for p in named if minute <= p.occurrence.start < minute + timedelta(minutes=1)]
    on_air = [p for p in named if p.will_sound and p.end and p.begins <= target.moment < p.end]
    exact = [p for p in begins if p.occurrence.start == target.moment]
    found = exact or begins or ([] if target.slot else on_air)
    return [prospect.occurrence.id for prospect in found]


# ---- nothing planned ------------------------------------------------------------------------------------------


def _why_nothing(station: Station, target: Target) -> list[Step]:
    campaigns, _problems = station.campaigns()
    steps = [Step("plan", _("Nothing is planned for {when}.").format(when=when(target.moment)), good=False)]
    if target.slot:
        steps += _why_not_slot(campaigns, target)
    else:
        steps.append(Step("nearest", _("The slots whose times come nearest, and what kept them from it:")))
        steps += [Step("nearest", near.to_text()) for near in nearest(campaigns.values(), target.moment, 3)]
    return [*steps, *_around(station, campaigns, target)]


def _why_not_slot(campaigns: dict[str, Campaign], target: Target) -> list[Step]:
    name, _slash, slot_id = (target.slot or "").partition("/")
    campaign = campaigns.get(name)
    slot = next((slot for slot in campaign.slots if slot.id == slot_id), None) if campaign else None
    if campaign is None or slot is None:
        return [Step("plan", _('No file has the slot "{name}" now.').format(name=target.slot), good=False)]
    at = target.moment.time()
    return [Step("slot", reason, good=False) for reason in why_silent(campaign, slot, target.moment.date(), at)]


def _around(station: Station, campaigns: dict[str, Campaign], target: Target) -> list[Step]:
    """Say what is planned before and after, within a week."""
    week, zone = timedelta(days=7), station.settings.timezone
    chosen = campaigns.values()
    before = expand(chosen, target.moment - week, target.moment, zone)[-1:]
    after = expand(chosen, target.moment + timedelta(microseconds=1), target.moment + week, zone)[:1]
    steps = [Step("before", _("Before it: {id}").format(id=found.id)) for found in before]
    steps += [Step("after", _("After it: {id}").format(id=found.id)) for found in after]
    return steps or [Step("around", _("Nothing at all is planned within a week of it."))]
