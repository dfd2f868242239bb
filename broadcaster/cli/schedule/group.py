"""`broadcaster schedule`: the campaigns, their slots, and whether all is well with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import argument, group, option, pass_station
from broadcaster.cli.problems import told
from broadcaster.cli.schedule.exceptions import move, pause, resume, skip
from broadcaster.cli.schedule.history import history, undo
from broadcaster.cli.schedule.sheets import export, import_, template
from broadcaster.cli.schedule.slots import add, edit_, new, remove
from broadcaster.cli.show import Cell, say, show_json, show_table
from broadcaster.i18n import N_, _, ngettext
from broadcaster.models import Slot
from broadcaster.office.conflicts import find_conflicts
from broadcaster.office.find import find_by_id
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.window import a_year_from
from broadcaster.office.wording import CLASSES, ORDERS, pause_text, short_date, span_text, weekdays_text
from broadcaster.office.wording_forecast import conflict_text
from broadcaster.schedule.timetable import missing_scripts, show_boundary, show_pause, show_skip
from broadcaster.tomlfile import format_duration, format_time
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign
    from broadcaster.office.forecast import Forecast
    from broadcaster.station.folder import Station

UNKNOWN = N_('there is no campaign "{id}"')


@group(help=N_("Campaigns and their slots: list, check, change."), examples=["schedule list", "schedule check"])
def schedule() -> None:
    """Hold the commands."""


@schedule.command(
    "list", help=N_("List every slot of every campaign."), examples=["schedule list", "schedule list --json"]
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def list_(station: Station, *, as_json: bool) -> int:
    """List the slots."""
    campaigns, problems = station.campaigns()
    if as_json:
        show_json([_campaign_to_json(campaign) for campaign in campaigns.values()])
    else:
        _show_slots((campaign, slot) for campaign in campaigns.values() for slot in campaign.slots)
    return told(problems)


@schedule.command(help=N_("Show one campaign: its days, its source and its slots."), examples=["schedule show thang-5"])
@argument("id_", metavar="ID", shell_complete=complete_campaign)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def show(station: Station, id_: str, *, as_json: bool) -> None:
    """Show one campaign."""
    campaigns, problems = station.campaigns()
    campaign = find_by_id(campaigns, id_, problems, _(UNKNOWN))
    if as_json:
        show_json(_campaign_to_json(campaign))
        return
    say(campaign.title)
    say(_("Days: {days}").format(days=span_text(campaign.start, campaign.end)))
    if campaign.source:
        say(_("Source: {source}").format(source=campaign.source))
    say(_("File: {path}").format(path=campaign.path))
    for line in _off_lines(campaign):
        say(line)
    say()
    _show_slots((campaign, slot) for slot in campaign.slots)


def _off_lines(campaign: Campaign) -> Iterator[str]:
    """Yield what is silent, a line each for the campaign and its slots."""
    whole = Slot("", (), (), exceptions=campaign.exceptions, pauses=campaign.pauses)
    for name, slot in ((campaign.id, whole), *((f"{campaign.id}/{slot.id}", slot) for slot in campaign.slots)):
        days = [short_date(day) for day in sorted(slot.exceptions)]
        days += [f"{short_date(day)} {format_time(at)}" for day, at in sorted(slot.skips)]
        if days:
            yield _("Left out of {name}: {days}").format(name=name, days=", ".join(days))
        if slot.pauses:
            yield _("Paused, {name}: {days}").format(name=name, days=", ".join(map(pause_text, slot.pauses)))


def _show_slots(slots: Iterable[tuple[Campaign, Slot]]) -> None:
    columns = (_("slot"), _("at"), _("weekdays"), _("days"), _("scripts"), _("order"), _("class"))
    show_table(columns, [_slot_row(campaign, slot) for campaign, slot in slots])


def _slot_row(campaign: Campaign, slot: Slot) -> list[Cell]:
    times = f" ×{slot.repeat}" if slot.repeat > 1 else ""
    return [
        f"{campaign.id}/{slot.id}",
        ", ".join(format_time(at) for at in slot.at),
        weekdays_text(slot.days),
        span_text(slot.start or campaign.start, slot.end or campaign.end),
        ", ".join(slot.scripts) + times,
        _(ORDERS[slot.order]) if len(slot.scripts) > 1 else "",
        _(CLASSES[slot.bulletin_class]),
    ]


def _campaign_to_json(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "title": campaign.title,
        "source": campaign.source,
        "from": show_boundary(campaign.start),
        "to": show_boundary(campaign.end),
        "except": sorted(day.isoformat() for day in campaign.exceptions),
        "paused": [show_pause(days) for days in campaign.pauses],
        "slots": [_slot_to_json(slot) for slot in campaign.slots],
    }


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "at": [format_time(at) for at in slot.at],
        "days": [WEEKDAYS[day - 1] for day in sorted(slot.days)],
        "from": show_boundary(slot.start) if slot.start else None,
        "to": show_boundary(slot.end) if slot.end else None,
        "except": sorted([*(day.isoformat() for day in slot.exceptions), *map(show_skip, slot.skips)]),
        "paused": [show_pause(days) for days in slot.pauses],
        "scripts": list(slot.scripts),
        "order": str(slot.order),
        "weights": list(slot.weights or [1] * len(slot.scripts)),
        "repeat": slot.repeat,
        "gap": format_duration(slot.gap),
        "class": str(slot.bulletin_class),
    }


# ---- check -----------------------------------------------------------------------------------------------------


@schedule.command(
    help=N_(
        "Check every script and campaign, and a year of their plan: scripts that are missing, what overlaps by the "
        "real length of the clips, what a rule forbids. Leaves with 2 where something is wrong."
    ),
    examples=["schedule check", "schedule check --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def check(station: Station, *, as_json: bool) -> int:
    """Check files and plan."""
    today = station.now().date()
    forecast = look_ahead(station, a_year_from(today, station.settings.timezone))
    problems = [*forecast.problems, *_missing(station, forecast.problems)]
    found = [conflict_text(conflict) for conflict in find_conflicts(forecast)]
    if as_json:
        count = len(forecast.prospects)
        show_json({"occurrences": count, "problems": list(map(str, problems)), "findings": found})
        return 2 if problems or found else 0
    wrong = told(problems)
    for finding in found:
        say(finding)
    if unrendered := _not_rendered(forecast):
        say(unrendered)
    if wrong or found:
        say(_("Something is wrong; see above."))
        return 2
    count = len(forecast.prospects)
    text = ngettext(
        "All is well: {count} occurrence within a year.", "All is well: {count} occurrences within a year.", count
    )
    say(text.format(count=count))
    return 0


def _missing(station: Station, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the scripts that slots name and that no file holds; a file with mistakes is told by itself."""
    scripts, _problems = station.scripts()
    campaigns, _problems = station.campaigns()
    faulty = {problem.path.stem for problem in problems if problem.path is not None}
    return missing_scripts(campaigns.values(), [*scripts, *sorted(faulty - scripts.keys())])


def _not_rendered(forecast: Forecast) -> str:
    waiting = forecast.in_state(ProspectState.NOT_RENDERED)
    if not waiting:
        return ""
    text = _(
        "Not rendered yet, so their length is not known: {count} occurrences. Make the clips: broadcaster script render"
    )
    return text.format(count=len(waiting))


for _command in (new, add, edit_, remove, skip, move, pause, resume, template, import_, export, history, undo):
    schedule.add_command(_command)
