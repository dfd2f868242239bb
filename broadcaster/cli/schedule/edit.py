"""`broadcaster schedule edit`: a slot or the head of a campaign by options, or the whole file in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    tell_effect,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.complete import complete_slot
from broadcaster.cli.editor import FileEdit
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.schedule.moved import tell_moved
from broadcaster.cli.schedule.slot_options import with_slot
from broadcaster.cli.show import hint
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.campaign_form import CampaignForm, edit_campaign
from broadcaster.office.campaign_text import check_campaign_text, open_campaign_text
from broadcaster.office.drafts import Draft
from broadcaster.office.find import find_campaign, find_slot
from broadcaster.office.slot_form import SlotForm, edit_slot
from broadcaster.office.wording_days_off import left_out_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.schedule.days_off import CarriedOver, LeftOutBefore
    from broadcaster.station.folder import Station


@command(
    "edit",
    help=N_(
        "Change a slot's times, days, scripts and the rest by options; or, with a campaign's name alone, open its "
        "file in your editor ($VISUAL, $EDITOR; Notepad on Windows), check what you save, and let you go back in "
        "while something is wrong."
    ),
    examples=[
        "schedule edit thang-5",
        "schedule edit thang-5/tieu-pham --at 17h15,18h --days t7,CN",
        'schedule edit thang-5 --title "Tháng 5 vì an sinh"',
    ],
)
@argument("name", metavar=N_("CAMPAIGN[/SLOT]"), shell_complete=complete_slot)
@option("--title", metavar=N_("TEXT"), help=N_("A campaign's title."))
@option("--source", metavar=N_("TEXT"), help=N_("The letter that orders a campaign."))
@with_slot
@with_anyway
@with_plan_change_options
@pass_station
def edit_(
    station: Station,
    *,
    name: str,
    title: str | None,
    source: str | None,
    form: SlotForm,
    anyway: bool,
    options: ChangeOptions,
) -> int:
    """Change a slot or a campaign."""
    if "/" in name:
        edited = _edited_slot(station, name, form, campaign_options=title is not None or source is not None)
    elif form or title is not None or source is not None:
        head = CampaignForm(title, source, form.first, form.last, versions=form.versions)
        edited = _edited_campaign(station, name, head, form)
    else:
        return _in_editor(station, name, options, anyway=anyway)
    refuse_what_rules_forbid(station, [edited.step.campaign], anyway=anyway)
    _tell_left_out(edited.before)
    options.make(station, [edited.step.change()])
    return 0


def _tell_left_out(before: Iterable[LeftOutBefore]) -> None:
    for found in before:
        hint(_("Note: {finding}").format(finding=left_out_text(found)))


def _edited_slot(station: Station, name: str, form: SlotForm, *, campaign_options: bool) -> CarriedOver:
    campaign, slot = find_slot(station, name)
    if campaign_options or not form:
        what = _("--title and --source are a campaign's") if campaign_options else _("nothing to change was given")
        raise InputError(Problem(what, _("see broadcaster schedule edit --help")))
    text = _("These airings of it were moved and stay as they are: {airings}")
    tell_moved(campaign, slot, station.now().date(), text)
    return edit_slot(station, name, form)


def _edited_campaign(station: Station, name: str, head: CampaignForm, form: SlotForm) -> CarriedOver:
    find_campaign(station, name)
    if form != SlotForm(first=form.first, last=form.last, versions=form.versions):
        what = _("times, scripts and the like are a slot's")
        raise InputError(Problem(what, _("name the slot: {name}/…").format(name=name)))
    return edit_campaign(station, name, head)


def _in_editor(station: Station, name: str, options: ChangeOptions, *, anyway: bool) -> int:
    """Let a person edit the whole file, until it is right or they give up; return the exit code."""
    options.need_answer()
    original = open_campaign_text(station, name)

    def check(text: str) -> tuple[Problem, ...]:
        if text == original.shown:  # also one with mistakes: it is not this edit that made them
            return ()
        found = check_campaign_text(station, original, text, anyway=anyway)
        tell_effect(found.effect)
        _tell_left_out(found.before)
        return found.problems

    return FileEdit(
        Draft(original.path),
        original.shown,
        f"broadcaster schedule edit {name}",
        check,
        lambda text: options.make(station, [original.change(text)]),
        keep_refused=not options.dry_run,
    ).run()
