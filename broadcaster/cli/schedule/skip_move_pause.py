"""`broadcaster schedule skip`, `move`, `pause` and `resume`: what differs from the timetable for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster import typed_dates
from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.complete import complete_slot
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.schedule.moved import tell_moved
from broadcaster.i18n import N_, _
from broadcaster.office import skip_move_pause
from broadcaster.office.find import find_occurrence, find_slot
from broadcaster.office.typed import DAYS, TIMES, TypedValues, days_and_times
from broadcaster.schedule.campaign_edit import campaigns_of

if TYPE_CHECKING:
    from datetime import date

    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Leave out what airs on a day or in a span of days: everything, one campaign, one slot, or one airing of it. A "
        "list that takes turns goes on the next day where it stopped; a single airing (--at) falls out with its "
        "script, and nothing else changes."
    ),
    examples=[
        "schedule skip 7/5/2027",
        "schedule skip 7/5/2027-9/5/2027 --of thang-5/thong-diep",
        "schedule skip 7/5/2027 --of thang-5/thong-diep --at 17h",
        "schedule skip thang-5/thong-diep@2027-05-07T17:00+07:00",
    ],
)
@argument("days", metavar=N_("DAY..."), nargs=-1, required=True)
@option("--of", "name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot, help=N_("Only of this."))
@option("--at", multiple=True, metavar=N_("TIMES"), help=N_("Only these times of the slot."))
@with_plan_change_options
@pass_station
def skip(
    station: Station, *, days: tuple[str, ...], name: str | None, at: tuple[str, ...], options: ChangeOptions
) -> None:
    """Leave out days or single airings."""
    if any("@" in day for day in days):
        skip_move_pause.refuse_two_times(name, at)
        options.make(station, skip_move_pause.skip_occurrences(station, days))
        return
    found, times = days_and_times(days, at, station.now().date())
    options.make(station, skip_move_pause.skip_days(station, name, found, times))


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
@with_anyway
@with_plan_change_options
@pass_station
def move(
    station: Station, *, occurrence: str, on: str | None, at: str | None, anyway: bool, options: ChangeOptions
) -> None:
    """Move one occurrence."""
    campaign, slot, found = find_occurrence(station, occurrence)
    typed = TypedValues()
    day = _parse_day(typed, "--on", on, found.start.date()) or found.start.date()
    clock = typed.one("--at", at, typed_dates.parse_clock, TIMES) or found.start.time()
    if on is None and at is None:
        typed.missing("--on, --at", N_("where to move it"))
    typed.finish()
    if (day, clock) == (found.start.date(), found.start.time()):
        options.make(station, [])
        return
    step = skip_move_pause.move_occurrence(campaign, slot, found, day, clock)
    refuse_what_rules_forbid(station, [step.campaign], anyway=anyway)
    options.make(station, [step.change()])


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
@with_plan_change_options
@pass_station
def pause(station: Station, *, name: str, first: str, last: str | None, options: ChangeOptions) -> None:
    """Silence a campaign or a slot for a while."""
    typed, today = TypedValues(), station.now().date()
    begin = _parse_day(typed, "--from", first, today) or today
    end = _parse_day(typed, "--to", last, begin)
    typed.finish()
    change = skip_move_pause.pause(station, name, begin, end) if end else skip_move_pause.pause(station, name, begin)
    _tell_moved(station, name, begin, _("These airings of it were moved; those in the pause are paused too: {airings}"))
    options.make(station, [change])


@command(
    help=N_("End a pause: from that day on, the campaign or the slot airs again."),
    examples=["schedule resume thang-5", "schedule resume thang-5/tieu-pham --from 10/5/2027"],
)
@argument("name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot)
@option("--from", "first", metavar=N_("DAY"), default="today", help=N_("First day that airs again; without it, today."))
@with_anyway
@with_plan_change_options
@pass_station
def resume(station: Station, *, name: str, first: str, anyway: bool, options: ChangeOptions) -> None:
    """End a pause."""
    typed, today = TypedValues(), station.now().date()
    begin = _parse_day(typed, "--from", first, today) or today
    typed.finish()
    change = skip_move_pause.resume(station, name, begin)
    refuse_what_rules_forbid(station, filter(None, campaigns_of(change)[1:]), anyway=anyway)
    _tell_moved(station, name, begin, _("These airings of it were moved; they air again too: {airings}"))
    options.make(station, [change])


def _tell_moved(station: Station, name: str, since: date, text: str) -> None:
    if "/" in name:
        tell_moved(*find_slot(station, name), since, text)


def _parse_day(typed: TypedValues, name: str, text: str | None, today: date) -> date | None:
    return typed.one(name, text, lambda text: typed_dates.parse_day(text, today), DAYS)
