"""`broadcaster schedule skip`, `move`, `pause` and `resume`: what differs from the timetable for a while."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.change_options import ChangeOptions, refuse_what_rules_forbid, with_change_options
from broadcaster.cli.complete import complete_slot
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.schedule.slot_options import free_id
from broadcaster.cli.schedule.slots import UNKNOWN
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Campaign, Occurrence, Order, Slot
from broadcaster.office.find import find_by_id, find_occurrence, find_slot, planned_on
from broadcaster.office.typed import DAYS, TIMES, TypedValues
from broadcaster.schedule import typed_dates
from broadcaster.schedule.campaign_edit import Edit, edit
from broadcaster.schedule.season import merge

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.models import DayRange
    from broadcaster.schedule.campaign_edit import Change
    from broadcaster.station.folder import Station


_OCCURRENCE = N_("an occurrence as broadcaster plan shows it, or such as thang-5/sang@15/5/2027 17h")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
LONGEST_ID = 64


# ---- skip -------------------------------------------------------------------------------------------------------


@command(
    help=N_(
        "Leave out what airs on a day: everything, one campaign, one slot, or one airing of it. A list that takes "
        "turns goes on the next day where it stopped; a single airing (--at) falls out with its script, and "
        "nothing else changes."
    ),
    examples=[
        "schedule skip 7/5/2027",
        "schedule skip 7/5/2027 --of thang-5/thong-diep",
        "schedule skip 7/5/2027 --of thang-5/thong-diep --at 17h",
        "schedule skip thang-5/thong-diep@2027-05-07T17:00+07:00",
    ],
)
@argument("days", metavar=N_("DAY..."), nargs=-1, required=True)
@option("--of", "name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot, help=N_("Only of this."))
@option("--at", multiple=True, metavar=N_("TIMES"), help=N_("Only these times of the slot."))
@with_change_options
@pass_station
def skip(
    station: Station, *, days: tuple[str, ...], name: str | None, at: tuple[str, ...], options: ChangeOptions
) -> None:
    """Leave out days or single airings."""
    if any("@" in day for day in days):
        options.make(station, [_without(station, text) for text in days])
        return
    asked, today = TypedValues(), station.now().date()
    found = asked.many("DAY", days, lambda text: typed_dates.parse_day(text, today), DAYS)
    times = asked.many("--at", at, typed_dates.parse_clock, TIMES) if at else []
    asked.finish()
    if times and "/" not in (name or ""):
        what = _("--at: times are a slot's")
        raise InputError(Problem(what, _("name the slot: --of CAMPAIGN/SLOT")))
    options.make(station, _skipped(station, name, frozenset(found), times))


def _skipped(station: Station, name: str | None, days: frozenset[date], times: list[time]) -> list[Change]:
    if name and "/" in name:
        campaign, slot = find_slot(station, name)
        _refuse_silent(station, [replace(campaign, slots=(slot,))], days, times)
        return [edit(campaign.path).change_slot(_slot_without(slot, days, times)).change()]
    campaigns, problems = station.campaigns()
    chosen = [find_by_id(campaigns, name, problems, _(UNKNOWN))] if name else list(campaigns.values())
    if not name and problems:
        raise InputError(*problems)  # "everything" must not leave out a file that cannot be read
    _refuse_silent(station, chosen, days, times)
    steps = []
    for campaign in chosen:
        airing = frozenset(day for day in days if planned_on(station, [campaign], day))
        steps.append(edit(campaign.path).change_campaign(replace(campaign, exceptions=campaign.exceptions | airing)))
    return [step.change() for step in steps]


def _slot_without(slot: Slot, days: frozenset[date], times: list[time]) -> Slot:
    if times:
        return replace(slot, skips=slot.skips | {(day, at) for day in days for at in times})
    return replace(slot, exceptions=slot.exceptions | days)


def _without(station: Station, text: str) -> Change:
    campaign, slot, occurrence = find_occurrence(station, text)
    skips = slot.skips | {(occurrence.start.date(), occurrence.start.time())}
    return edit(campaign.path).change_slot(replace(slot, skips=skips)).change()


def _refuse_silent(station: Station, campaigns: list[Campaign], days: frozenset[date], times: list[time]) -> None:
    """Raise InputError for days on which nothing would have aired: most likely a slip of the pen."""
    problems = []
    for day in sorted(days):
        airs = {found.start.time() for found in planned_on(station, campaigns, day)}
        if not airs or not airs.issuperset(times):
            shown = day.strftime(_("%Y-%m-%d"))
            known = ", ".join(f"{at:%H:%M}" for at in sorted(airs)) or _("nothing")
            what = _("nothing airs then on {day}").format(day=shown)
            problems.append(Problem(what, _("planned on that day: {known}").format(known=known)))
    if problems:
        raise InputError(*problems)


# ---- move -------------------------------------------------------------------------------------------------------


@command(
    help=N_(
        "Move one occurrence to another day or time. It keeps its scripts; every other occurrence stays as it is. "
        "In the file, the airing becomes an exception of its slot, and a slot for that one day is added."
    ),
    examples=[
        "schedule move thang-5/thong-diep@2027-05-07T17:00+07:00 --at 18h",
        'schedule move "thang-5/thong-diep@7/5/2027 17h" --on 8/5/2027',
    ],
)
@argument("occurrence", metavar=N_("OCCURRENCE"))
@option("--on", metavar=N_("DAY"), help=N_("The other day; without it, the same."))
@option("--at", metavar=N_("TIME"), help=N_("The other time; without it, the same."))
@option("--anyway", is_flag=True, help=N_("Also where a rule will forbid it."))
@with_change_options
@pass_station
def move(
    station: Station, *, occurrence: str, on: str | None, at: str | None, anyway: bool, options: ChangeOptions
) -> None:
    """Move one occurrence."""
    campaign, slot, found = find_occurrence(station, occurrence)
    asked = TypedValues()
    day = (
        asked.one("--on", on, lambda text: typed_dates.parse_day(text, found.start.date()), DAYS) or found.start.date()
    )
    clock = asked.one("--at", at, typed_dates.parse_clock, TIMES) or found.start.time()
    if on is None and at is None:
        asked.missing("--on, --at", N_("where to move it"))
    asked.finish()
    step = _moved(edit(campaign.path), campaign, slot, found, day, clock)
    refuse_what_rules_forbid(station, [step.campaign], anyway=anyway)
    options.make(station, [step.change()])


def _moved(step: Edit, campaign: Campaign, slot: Slot, found: Occurrence, day: date, at: time) -> Edit:
    old_day, old_at = found.start.date(), found.start.time()
    if slot.start == slot.end == old_day and slot.at == (old_at,):  # a slot for one airing: it moves itself
        days = frozenset({*slot.days, day.isoweekday()})
        return step.change_slot(replace(slot, at=(at,), start=day, end=day, days=days))
    name = f"{slot.id[: LONGEST_ID - 15]}-{day:%m%d}-{at:%Hh%M}"
    once = replace(
        slot,
        id=free_id(campaign, name),
        at=(at,),
        scripts=found.scripts,
        days=frozenset(range(1, 8)),
        order=slot.order if len(found.scripts) > 1 else Order.ROTATE,
        start=day,
        end=day,
        exceptions=frozenset(),
        skips=frozenset(),
        pauses=(),
        weights=(),
    )
    left = replace(slot, skips=slot.skips | {(old_day, old_at)})
    return step.change_slot(left).add(once, _("moved from {id}").format(id=found.id))


# ---- pause, resume ----------------------------------------------------------------------------------------------


@command(
    help=N_(
        "Let a campaign or one of its slots be silent, from a day to a day, both included; without --to, until it "
        "is resumed. Nothing is deleted, and a list that takes turns goes on afterwards where it stopped."
    ),
    examples=["schedule pause thang-5 --from 3/5/2027 --to 5/5/2027", "schedule pause thang-5/tieu-pham"],
)
@argument("name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot)
@option("--from", "first", metavar=N_("DAY"), default="today", help=N_("First silent day; without it, today."))
@option("--to", "last", metavar=N_("DAY"), help=N_("Last silent day."))
@with_change_options
@pass_station
def pause(station: Station, *, name: str, first: str, last: str | None, options: ChangeOptions) -> None:
    """Silence a campaign or a slot for a while."""
    asked, today = TypedValues(), station.now().date()
    begin = asked.one("--from", first, lambda text: typed_dates.parse_day(text, today), DAYS)
    end = asked.one("--to", last, lambda text: typed_dates.parse_day(text, begin or today), DAYS)
    asked.finish()
    days = (begin or today, end or date.max)
    if days[1] < days[0]:
        raise InputError(Problem(_("the last day lies before the first"), _("exchange --from and --to")))
    options.make(station, [_with_pauses(station, name, lambda pauses: tuple(merge([*pauses, days])))])


@command(
    help=N_("End a pause: from that day on, the campaign or the slot airs again."),
    examples=["schedule resume thang-5", "schedule resume thang-5/tieu-pham --from 10/5/2027"],
)
@argument("name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot)
@option("--from", "first", metavar=N_("DAY"), default="today", help=N_("First day that airs again; without it, today."))
@with_change_options
@pass_station
def resume(station: Station, *, name: str, first: str, options: ChangeOptions) -> None:
    """End a pause."""
    asked, today = TypedValues(), station.now().date()
    begin = asked.one("--from", first, lambda text: typed_dates.parse_day(text, today), DAYS) or today
    asked.finish()
    options.make(station, [_with_pauses(station, name, lambda pauses: _until(pauses, begin))])


def _until(pauses: tuple[DayRange, ...], day: date) -> tuple[DayRange, ...]:
    """Return what of the pauses lies before a day."""
    if all(last < day for _first, last in pauses):
        raise InputError(Problem(_("it is not paused then"), _("see broadcaster schedule list")))
    return tuple((first, min(last, day - timedelta(days=1))) for first, last in pauses if first < day)


def _with_pauses(station: Station, name: str, change: Callable[[tuple[DayRange, ...]], tuple[DayRange, ...]]) -> Change:
    if "/" in name:
        campaign, slot = find_slot(station, name)
        return edit(campaign.path).change_slot(replace(slot, pauses=change(slot.pauses))).change()
    campaigns, problems = station.campaigns()
    campaign = find_by_id(campaigns, name, problems, _(UNKNOWN))
    return edit(campaign.path).change_campaign(replace(campaign, pauses=change(campaign.pauses))).change()
