"""`broadcaster schedule add` and `remove`: the slots of a campaign."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from broadcaster.cli import asking
from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.complete import complete_campaign, complete_slot
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.schedule.moved import tell_moved
from broadcaster.cli.schedule.questions import ask_for_slot, ask_until_understood
from broadcaster.cli.schedule.slot_options import with_slot
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.campaign_files import remove_campaign
from broadcaster.office.find import find_campaign, find_slot
from broadcaster.office.skip_move_pause import remove_slot_and_moved
from broadcaster.office.slot_form import add_slot

if TYPE_CHECKING:
    from broadcaster.models import Campaign
    from broadcaster.office.slot_form import SlotForm
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Add a slot to a campaign: these scripts, at these times, on these weekdays. Shows the lines that are "
        "added; comments and order of the file are kept. Days and times may be written as in a letter. Where "
        "somebody sits at the keyboard, asks for what is missing."
    ),
    examples=[
        "schedule add --campaign thang-5 --id trua --at 11h30 --days t2-t6 --script thong-diep-1",
        "schedule add --campaign thang-5 --at 5h30,17h --script chu-de,thong-diep-2 --from 15/5 --to 25/5 --dry-run",
        "schedule add --campaign thang-5 --on 19/5/2027 --at 18h --script chu-de",
    ],
)
@option(
    "--campaign",
    metavar="ID",
    shell_complete=complete_campaign,
    help=N_("The campaign; not needed if there is only one."),
)
@option("--id", "id_", metavar="ID", help=N_("The slot's name; without it, one is made from the time."))
@with_slot
@with_anyway
@with_plan_change_options
@pass_station
def add(
    station: Station, *, campaign: str | None, id_: str | None, form: SlotForm, anyway: bool, options: ChangeOptions
) -> None:
    """Add a slot."""
    target = _campaign(station, campaign)
    if not (form.at and form.scripts) and asking.is_person():
        form = ask_for_slot(form, station.scripts()[0])
    step = add_slot(station, target, form, id_)
    refuse_what_rules_forbid(station, [step.campaign], anyway=anyway)
    options.make(station, [step.change()])


def _campaign(station: Station, id_: str | None) -> Campaign:
    """Return the campaign that was named, the only one there is, or the one that a person chooses."""
    campaigns = station.campaigns()[0]
    if id_ is None and len(campaigns) == 1:
        return next(iter(campaigns.values()))
    if id_ is None and asking.is_person() and campaigns:
        known = ", ".join(campaigns)
        id_ = ask_until_understood(_("Campaign ({known})").format(known=known), campaigns.get, known)
    if id_ is None:
        known = ", ".join(campaigns) or _("none")
        raise InputError(Problem(_("--campaign: is missing"), _("there are: {known}").format(known=known)))
    return find_campaign(station, id_)


@command(
    help=N_(
        "Remove a slot from its campaign, with the comment right above it and the airings of it that were moved; or a "
        "whole campaign, with its file. Shows the lines that go. What is only to be silent for a while: "
        "broadcaster schedule pause."
    ),
    examples=["schedule remove thang-5/trua", "schedule remove thang-5/trua --dry-run", "schedule remove he-2026"],
)
@argument("name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot)
@with_plan_change_options
@pass_station
def remove(station: Station, *, name: str, options: ChangeOptions) -> None:
    """Remove a slot or a campaign."""
    if "/" not in name:
        options.make(station, [remove_campaign(station, name)], _("{id} removed").format(id=name))
        return
    target, slot = find_slot(station, name)
    tell_moved(target, slot, date.min, _("These airings of it were moved, and are removed with it: {airings}"))
    options.make(station, [remove_slot_and_moved(target, slot)])
