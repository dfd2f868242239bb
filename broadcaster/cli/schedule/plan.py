"""`broadcaster plan`: what will play, when, how long, and whether it can."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.filter_options import with_group
from broadcaster.cli.frame import command, option, pass_station_in_force, with_json
from broadcaster.cli.problems import told
from broadcaster.cli.prospect_json import prospect_to_json
from broadcaster.cli.schedule.month_calendar import show_calendar
from broadcaster.cli.show import Cell, Styled, hint, say, show_json, show_table
from broadcaster.cli.window_options import with_window
from broadcaster.i18n import N_, _
from broadcaster.moments import to_second
from broadcaster.office.conflicts import find_conflicts
from broadcaster.office.find import find_hearers
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.freeze_month import month_states
from broadcaster.office.window import TypedWindow, read_window
from broadcaster.office.wording import CLASSES, day_name, group_text, languages_of, length, scripts_text, when
from broadcaster.office.wording_forecast import conflict_text, minutes_on_air, prospect_text
from broadcaster.office.wording_frozen import state_text
from broadcaster.office.wording_in_force import in_force_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.office.window import Window
    from broadcaster.station.folder import Station

_COLOURS = {
    ProspectState.READY: "green",
    ProspectState.WAITS: "yellow",
    ProspectState.NOT_RENDERED: "yellow",
    ProspectState.NOT_APPROVED: "red",
    ProspectState.PREEMPTED: "red",
    ProspectState.NO_SCRIPT: "red",
    ProspectState.UNFINISHED: "red",
    ProspectState.BLOCKED: "red",
    ProspectState.HELD_UP: "red",
    ProspectState.ON_AIR: "green",
    ProspectState.NO_OUTCOME: "yellow",
}

_COUNTED = {
    ProspectState.NOT_APPROVED: N_(
        "Not approved, so they will not air: {count} occurrences. See: broadcaster script list"
    ),
    ProspectState.NOT_RENDERED: N_(
        "Not rendered yet, so their length is not known: {count} occurrences. broadcaster script render"
    ),
    ProspectState.UNFINISHED: N_(
        "Their script is not written to its end: {count} occurrences. See: broadcaster script list"
    ),
    ProspectState.NO_SCRIPT: N_("Their script is missing: {count} occurrences. See: broadcaster schedule check"),
}


@command(
    help=N_(
        "Show what will play: today and tomorrow, or the days that you name. For each occurrence its start, length, "
        "end, scripts and class, and whether it is ready; then the minutes of each day. A month is drawn as a calendar "
        "with the load of each day; --list lists it. While a file has a mistake, its last good version is shown: the "
        "desk airs by that."
    ),
    examples=[
        "plan",
        "plan --day 15/5",
        "plan --week 3/5/2027",
        "plan --month 5 --group xa-doai",
        "plan --from 15/5 --to 25/5 --json",
    ],
)
@with_window
@with_group
@option("--list", "as_list", is_flag=True, help=N_("List a month too, a line for each occurrence."))
@with_json
@pass_station_in_force
def plan(station: Station, *, typed: TypedWindow, group: str | None, as_list: bool, as_json: bool) -> int:
    """Show the plan of a window."""
    today = station.now().date()
    window = read_window(typed, today, station.settings.timezone, (today, today + timedelta(days=1)))
    forecast = look_ahead(station, window).heard_by(find_hearers(station, group))
    if as_json:
        show_json([prospect_to_json(prospect) for prospect in forecast.prospects])
    elif not forecast.prospects:
        say(_("Nothing is planned from {first} to {last}.").format(first=when(window.start), last=when(window.end)))
    elif typed.month and not as_list:
        _show_month(window, forecast, station.settings.limit_of_a_day)
    else:
        _show(forecast, station.settings.limit_of_a_day)
    if not as_json:
        for state in month_states(station, [window.start, window.end - timedelta(days=1)]):
            hint(state_text(state, station.settings.timezone))
    for text in in_force_texts(forecast.in_force, station.root):
        hint(text)
    return told(forecast.problems)


def _show(forecast: Forecast, limit: int | None) -> None:
    columns: tuple[str, ...] = (_("start"), _("length"), _("end"), _("scripts"), _("class"), _("slot"), _("state"))
    languages = languages_of(forecast.scripts)
    rows = [_row(prospect, languages) for prospect in forecast.prospects]
    if any(prospect.occurrence.group for prospect in forecast.prospects):  # most stations have none
        columns = (*columns, _("loudspeakers"))
        rows = [[*row, group_text(each.occurrence.group)] for row, each in zip(rows, forecast.prospects, strict=True)]
    show_table(columns, rows, right=(1,))
    say()
    for day, prospects in forecast.by_day().items():
        text = _("{day}: occurrences: {count}, minutes: {minutes}")
        if limit is not None:
            text = _("{day}: occurrences: {count}, minutes: {minutes} of {limit} allowed")
        say(text.format(day=day_name(day), count=len(prospects), minutes=minutes_on_air(prospects), limit=limit))


def _show_month(window: Window, forecast: Forecast, limit: int | None) -> None:
    say(_("Month {month:%m/%Y}").format(month=window.first))
    show_calendar(window.first, window.last, forecast.by_day(), limit)
    say()
    for conflict in find_conflicts(forecast):
        say(conflict_text(conflict))
    for state, text in _COUNTED.items():
        if count := len(forecast.in_state(state)):
            say(_(text).format(count=count))


def _colour(prospect: Prospect) -> str:
    if prospect.cut_by is not None:
        return "red"
    return _COLOURS.get(prospect.state, "green" if prospect.will_sound else "red")


def _row(prospect: Prospect, languages: Mapping[str, str]) -> list[Cell]:
    occurrence = prospect.occurrence
    return [
        when(occurrence.start),
        length(prospect.length),
        to_second(prospect.end).strftime("%H:%M:%S") if prospect.end else "?",
        scripts_text(occurrence.scripts, occurrence.repeat, languages),
        _(CLASSES[occurrence.bulletin_class]),
        occurrence.slot_name,
        Styled(prospect_text(prospect), _colour(prospect)),
    ]
