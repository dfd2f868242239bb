"""`broadcaster schedule list`, `show`, `new`, `rename` and `copy`: campaigns as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster import typed_dates
from broadcaster.cli import asking
from broadcaster.cli.change_options import (
    ChangeOptions,
    refuse_what_rules_forbid,
    with_anyway,
    with_plan_change_options,
)
from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.problems import tell_notes, told
from broadcaster.cli.schedule.campaign_json import campaign_to_json
from broadcaster.cli.schedule.questions import ask_until_understood
from broadcaster.cli.show import Cell, hint, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.office.campaign_files import copy_campaign, rename_campaign
from broadcaster.office.campaign_form import CampaignForm, new_campaign
from broadcaster.office.drafts import waiting_drafts
from broadcaster.office.find import find_campaign
from broadcaster.office.new_file import free_campaign_path
from broadcaster.office.skip_move_pause import silent_times
from broadcaster.office.typed import BOUNDARIES
from broadcaster.office.wording import (
    CLASSES,
    ORDERS,
    group_text,
    languages_of,
    pause_text,
    scripts_text,
    short_date,
    span_text,
    weekdays_text,
)
from broadcaster.script_ids import version_of
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.models import Campaign, Slot
    from broadcaster.station.folder import Station


@command("list", help=N_("List every slot of every campaign."), examples=["schedule list", "schedule list --json"])
@with_json
@pass_station
def list_(station: Station, *, as_json: bool) -> int:
    """List the slots."""
    campaigns, problems = station.campaigns()
    if as_json:
        show_json([campaign_to_json(campaign) for campaign in campaigns.values()])
    else:
        _show_slots((campaign, slot) for campaign in campaigns.values() for slot in campaign.slots)
    tell_notes(waiting_drafts(station.schedules_folder, ".toml", "broadcaster schedule edit"))
    return told(problems)


@command(help=N_("Show one campaign: its days, its source and its slots."), examples=["schedule show thang-5"])
@argument("id_", metavar="ID", shell_complete=complete_campaign)
@with_json
@pass_station
def show(station: Station, id_: str, *, as_json: bool) -> None:
    """Show one campaign."""
    campaign = find_campaign(station, id_)
    if as_json:
        show_json(campaign_to_json(campaign))
        return
    say(campaign.title)
    say(_("Days: {days}").format(days=span_text(campaign.start, campaign.end)))
    if campaign.source:
        say(_("Source: {source}").format(source=campaign.source))
    if campaign.versions:
        say(_("Versions: {versions}").format(versions=", ".join(_named_versions(station, campaign))))
    say(_("File: {path}").format(path=campaign.path))
    for line in _silent_lines(campaign):
        say(line)
    say()
    _show_slots((campaign, slot) for slot in campaign.slots)


def _named_versions(station: Station, campaign: Campaign) -> Iterator[str]:
    """Yield a campaign's versions with their languages: "vi", "hmong (tiếng Mông)"."""
    scripts = station.scripts()[0]
    spoken = {version_of(id_): language for id_, language in languages_of(scripts).items()}
    for version in campaign.versions:
        yield f"{version} ({spoken[version]})" if version in spoken else version


def _silent_lines(campaign: Campaign) -> Iterator[str]:
    """Yield what is left out or paused, a line each for the campaign and its slots."""
    for silent in silent_times(campaign):
        days = [short_date(day) for day in silent.days]
        days += [f"{short_date(day)} {format_time(at)}" for day, at in silent.skips]
        if days:
            yield _("Left out of {name}: {days}").format(name=silent.name, days=", ".join(days))
        if silent.pauses:
            pauses = ", ".join(map(pause_text, silent.pauses))
            yield _("Paused, {name}: {days}").format(name=silent.name, days=pauses)


def _show_slots(slots: Iterable[tuple[Campaign, Slot]]) -> None:
    listed = list(slots)
    columns: tuple[str, ...] = (_("slot"), _("at"), _("weekdays"), _("days"), _("scripts"), _("order"), _("class"))
    rows = [_slot_row(campaign, slot) for campaign, slot in listed]
    if any(campaign.group or slot.group for campaign, slot in listed):  # most stations have no groups
        columns = (*columns, _("loudspeakers"))
        groups = [slot.group or campaign.group for campaign, slot in listed]
        rows = [[*row, group_text(group)] for row, group in zip(rows, groups, strict=True)]
    show_table(columns, rows)


def _slot_row(campaign: Campaign, slot: Slot) -> list[Cell]:
    return [
        f"{campaign.id}/{slot.id}",
        ", ".join(format_time(at) for at in slot.at),
        weekdays_text(slot.days),
        span_text(slot.start or campaign.start, slot.end or campaign.end),
        _scripts_of(slot),
        _(ORDERS[slot.order]) if len(slot.scripts) > 1 else "",
        _(CLASSES[slot.bulletin_class]),
    ]


def _scripts_of(slot: Slot) -> str:
    """Return a slot's scripts in a line, its own versions behind them: "thong-diep-1 ×2 (vi, hmong)"."""
    text = scripts_text(slot.scripts, slot.repeat)
    return f"{text} ({', '.join(slot.versions)})" if slot.versions else text


@command(
    help=N_(
        "Make a new campaign, without slots; ID becomes the name of its file. Where somebody sits at the keyboard, "
        "asks for what is missing."
    ),
    examples=['schedule new he-2027 --title "Hè 2027" --from 1/6/2027 --to 31/8/2027'],
)
@argument("id_", metavar="ID")
@option("--title", metavar=N_("TEXT"), help=N_("The title."))
@option("--source", default="", metavar=N_("TEXT"), help=N_("The letter that orders it, such as 1192/BHXH-TT."))
@option("--from", "first", metavar=N_("DAY"), help=N_("First day: 15/5 of every year, 15/5/2027 of one."))
@option("--to", "last", metavar=N_("DAY"), help=N_("Last day, included."))
@option(
    "--versions",
    metavar=N_("WORDS"),
    help=N_("In which versions the scripts of its slots air, where a slot does not say so itself: vi,hmong."),
)
@with_plan_change_options
@pass_station
def new(
    station: Station,
    *,
    id_: str,
    title: str | None,
    source: str,
    first: str | None,
    last: str | None,
    versions: str | None,
    options: ChangeOptions,
) -> None:
    """Make a campaign file."""
    form = CampaignForm(title, source, first, last, versions=versions)
    free_campaign_path(station, id_)  # before anything is asked
    if asking.is_person():
        form = _with_answers(form)
    options.make(station, [new_campaign(station, id_, form)])


@command(
    help=N_(
        "Give a campaign another id. Its airings are planned anew under that name; what has aired keeps the old one."
    ),
    examples=["schedule rename thang-5 thang-5-2027"],
)
@argument("id_", metavar="ID", shell_complete=complete_campaign)
@argument("new_id", metavar=N_("NEW-ID"))
@with_plan_change_options
@pass_station
def rename(station: Station, *, id_: str, new_id: str, options: ChangeOptions) -> None:
    """Rename a campaign."""
    options.make(station, rename_campaign(station, id_, new_id), _("{id} renamed: {new}").format(id=id_, new=new_id))


@command(
    help=N_(
        "Copy a campaign to other days: last year's May to this year's, say. Comments and slots stay as they are, and "
        "days with a year go to the year of --from. What the old one left out, its pauses, its moved airings and slots "
        "on other days than the copy's are not copied, and are named."
    ),
    examples=["schedule copy thang-5 thang-5-2028 --from 1/5/2028 --to 31/5/2028"],
)
@argument("id_", metavar="ID", shell_complete=complete_campaign)
@argument("new_id", metavar=N_("NEW-ID"))
@option("--title", metavar=N_("TEXT"), help=N_("The title; without it, the same."))
@option("--source", metavar=N_("TEXT"), help=N_("The letter that orders it, such as 1192/BHXH-TT."))
@option("--from", "first", metavar=N_("DAY"), help=N_("First day: 15/5 of every year, 15/5/2027 of one."))
@option("--to", "last", metavar=N_("DAY"), help=N_("Last day, included."))
@with_anyway
@with_plan_change_options
@pass_station
def copy(
    station: Station,
    *,
    id_: str,
    new_id: str,
    title: str | None,
    source: str | None,
    first: str | None,
    last: str | None,
    anyway: bool,
    options: ChangeOptions,
) -> None:
    """Copy a campaign."""
    made = copy_campaign(station, id_, new_id, CampaignForm(title, source, first, last))
    if made.exceptions:
        hint(_("Note: {count} exceptions and pauses of {id} are not copied.").format(count=made.exceptions, id=id_))
    if made.moved:
        text = _("Note: moved airings of {id} are not copied: {slots}")
        hint(text.format(id=id_, slots=", ".join(made.moved)))
    if made.other_days:
        text = _("Note: not copied, because their days are not those of {new}: {slots}. See broadcaster schedule add")
        hint(text.format(new=new_id, slots=", ".join(made.other_days)))
    refuse_what_rules_forbid(station, [made.campaign], anyway=anyway)
    options.make(station, [made.change], _("{new} copied from {id}").format(id=id_, new=new_id))


def _with_answers(form: CampaignForm) -> CampaignForm:
    """Ask the person at the terminal for what a new campaign still needs."""
    return CampaignForm(
        form.title or asking.prompt(_("Title")),
        form.source,
        form.first or ask_until_understood(_("First day"), typed_dates.parse_boundary, BOUNDARIES),
        form.last or ask_until_understood(_("Last day"), typed_dates.parse_boundary, BOUNDARIES),
        versions=form.versions,
    )
