"""`broadcaster schedule exceptions` and `unskip`: what is left out, by whom and why, and back again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.complete import complete_campaign, complete_slot
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.show import say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.moments import to_second
from broadcaster.office.exceptions import exceptions as find_exceptions
from broadcaster.office.exceptions import unskip_airings, unskip_days
from broadcaster.office.skip_move_pause import refuse_two_times
from broadcaster.office.typed import days_and_times
from broadcaster.office.wording import pause_text, when_exactly
from broadcaster.office.wording_history import editor_text, why_text
from broadcaster.schedule.campaign_edit import campaigns_of
from broadcaster.schedule.timetable import boundary_text
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from broadcaster.models import Slot
    from broadcaster.office.exceptions import KnownException
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "List what campaigns leave out from today on: days, single airings, and pauses; who left it out, when and why. "
        "--all: also what is over."
    ),
    examples=["schedule exceptions", "schedule exceptions thang-5 --all --json"],
)
@argument("campaign", metavar="ID", required=False, shell_complete=complete_campaign)
@option("--all", "all_", is_flag=True, help=N_("Also what is over."))
@with_json
@pass_station
def exceptions(station: Station, *, campaign: str | None, all_: bool, as_json: bool) -> None:
    """List what is left out."""
    found = find_exceptions(station, campaign, date.min if all_ else station.now().date())
    if as_json:
        show_json([_to_json(each) for each in found])
    elif found:
        moved = any(each.moved for each in found)
        place = [_("days"), _("at"), _("slot"), *([_("moved to")] if moved else [])]
        rows = [_row(station, each, with_moved=moved) for each in found]
        show_table((*place, _("who"), _("when"), _("why")), rows)
    else:
        say(_("Nothing is left out."))


def _row(station: Station, each: KnownException, *, with_moved: bool) -> list[str]:
    what, by = each.what, each.by
    at = format_time(what.at) if what.at else ""
    told = (
        [editor_text(by), when_exactly(by.at.astimezone(station.settings.timezone)), why_text(by)]
        if by
        else [_("not known"), "", ""]
    )
    moved = [_moved_to(each.moved) if each.moved else ""] if with_moved else []
    return [pause_text((what.first, what.last)), at, what.name, *moved, *told]


def _moved_to(moved: Slot) -> str:
    return f"{boundary_text(moved.start)} {format_time(moved.at[0])}" if moved.start else format_time(moved.at[0])


def _to_json(each: KnownException) -> dict[str, Any]:
    what, by = each.what, each.by
    return {
        "of": what.name,
        "first": what.first.isoformat(),
        "last": what.last.isoformat() if what.last != date.max else None,
        "at": format_time(what.at) if what.at else None,
        "moved_to": f"{what.name.partition('/')[0]}/{each.moved.id}" if each.moved else None,
        "change": _change_to_json(by) if by else None,
    }


def _change_to_json(by: Version) -> dict[str, Any]:
    return {
        "number": by.number or None,
        "at": to_second(by.at).isoformat(),
        "actor": by.actor,
        "how": by.how,
        "reason": by.reason or None,
    }


@command(
    help=N_(
        "Let air again what was left out with skip on a day or in a span of days: everything, one campaign, one slot, "
        "or one airing of it. What was moved to another time stays there."
    ),
    examples=[
        "schedule unskip 7/5/2027",
        "schedule unskip 7/5/2027 --of thang-5/thong-diep --at 17h",
        "schedule unskip thang-5/thong-diep@2027-05-07T17:00+07:00",
    ],
)
@argument("days", metavar=N_("DAY..."), nargs=-1, required=True)
@option("--of", "name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot, help=N_("Only of this."))
@option("--at", multiple=True, metavar=N_("TIMES"), help=N_("Only these times of the slot."))
@with_anyway
@with_plan_change_options
@pass_station
def unskip(
    station: Station,
    *,
    days: tuple[str, ...],
    name: str | None,
    at: tuple[str, ...],
    anyway: bool,
    options: ChangeOptions,
) -> None:
    """Let days or single airings air again."""
    if any("@" in day for day in days):
        refuse_two_times(name, at)
        changes = unskip_airings(station, days)
    else:
        found, times = days_and_times(days, at, station.now().date())
        changes = unskip_days(station, name, found, times)
    after = (campaigns_of(change)[1] for change in changes)
    refuse_what_rules_forbid(station, [campaign for campaign in after if campaign], anyway=anyway)
    options.make(station, changes)
