"""`broadcaster schedule new`, `add`, `edit`, `remove`: changes of the campaign files, shown before they are made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from broadcaster.cli.change_options import ChangeOptions, is_person, refuse_what_rules_forbid, with_change_options
from broadcaster.cli.complete import complete_campaign, complete_slot
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.problems import told
from broadcaster.cli.schedule.slot_options import (
    NOTHING,
    Wanted,
    apply,
    ask,
    free_id,
    name_of_time,
    parts,
    question,
    with_slot,
)
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Campaign
from broadcaster.office.find import find_by_id, find_slot
from broadcaster.office.typed import BOUNDARIES, TIMES, TypedValues
from broadcaster.schedule import typed_dates
from broadcaster.schedule.campaign_edit import Change, create_campaign, edit, plain_text, remove_slot
from broadcaster.schedule.timetable import missing_scripts, parse_campaign

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from broadcaster.schedule.campaign_edit import Edit
    from broadcaster.station.folder import Station

UNKNOWN = N_('there is no campaign "{id}"')
_SCRIPTS = N_("ids of scripts, see broadcaster script list")


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
@with_change_options
@pass_station
def new(
    station: Station,
    *,
    id_: str,
    title: str | None,
    source: str,
    first: str | None,
    last: str | None,
    options: ChangeOptions,
) -> None:
    """Make a campaign file."""
    if is_person():
        title = title or click.prompt(_("Title"))
        first = first or question(_("First day"), typed_dates.parse_boundary, BOUNDARIES)
        last = last or question(_("Last day"), typed_dates.parse_boundary, BOUNDARIES)
    asked = TypedValues()
    start, end = asked.boundary("--from", first), asked.boundary("--to", last)
    for name, typed, allowed in (
        ("--title", title, N_("text")),
        ("--from", first, BOUNDARIES),
        ("--to", last, BOUNDARIES),
    ):
        if not typed:
            asked.missing(name, allowed)
    asked.finish()
    if start is None or end is None or not title:
        raise AssertionError("finish() raises for what is missing or not understood")
    path = station.schedules_folder / f"{id_}.toml"
    options.make(station, [create_campaign(Campaign(id_, title, path, start, end, (), source))])


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
    help=N_("The campaign; needless where it is the only one."),
)
@option("--id", "id_", metavar="ID", help=N_("The slot's name; without it, one is made from the time."))
@with_slot
@option("--anyway", is_flag=True, help=N_("Also where a rule will forbid it."))
@with_change_options
@pass_station
def add(
    station: Station, *, campaign: str | None, id_: str | None, wanted: Wanted, anyway: bool, options: ChangeOptions
) -> None:
    """Add a slot."""
    target = _campaign(station, campaign)
    if not (wanted.at and wanted.scripts) and is_person():
        wanted = ask(wanted, station.scripts()[0])
    asked = TypedValues()
    for name, typed, allowed in (("--at", wanted.at, TIMES), ("--script", wanted.scripts, _SCRIPTS)):
        if not typed:
            asked.missing(name, allowed)
    asked.finish()
    refuse_unknown_scripts(station, wanted.scripts)
    slot = apply(wanted, NOTHING, station.now().date())
    slot = replace(slot, id=id_ or free_id(target, name_of_time(slot.at[0])))
    step = edit(target.path).add(slot)
    refuse_what_rules_forbid(station, [step.campaign], anyway=anyway)
    options.make(station, [step.change()])


def _campaign(station: Station, id_: str | None) -> Campaign:
    """Return the campaign that was named, the only one there is, or the one that a person says."""
    campaigns, problems = station.campaigns()
    if id_ is None and len(campaigns) == 1:
        return next(iter(campaigns.values()))
    if id_ is None and is_person() and campaigns:
        known = ", ".join(campaigns)
        id_ = question(_("Campaign ({known})").format(known=known), campaigns.get, known)
    if id_ is None:
        known = ", ".join(campaigns) or _("none")
        raise InputError(Problem(_("--campaign: is missing"), _("there are: {known}").format(known=known)))
    return find_by_id(campaigns, id_, problems, _(UNKNOWN))


def refuse_unknown_scripts(station: Station, typed: Sequence[str]) -> None:
    """Raise InputError for the first script that was typed and is not there, or has mistakes."""
    scripts, problems = station.scripts()
    for id_ in parts(typed):
        find_by_id(scripts, id_, problems, _('there is no script "{id}"'))


@command(
    help=N_(
        "Remove a slot from its campaign, with the comment right above it. Shows the lines that go. A slot that is "
        "only to be silent for a while: broadcaster schedule pause."
    ),
    examples=["schedule remove thang-5/trua", "schedule remove thang-5/trua --dry-run"],
)
@argument("name", metavar=N_("CAMPAIGN/SLOT"), shell_complete=complete_slot)
@with_change_options
@pass_station
def remove(station: Station, *, name: str, options: ChangeOptions) -> None:
    """Remove a slot."""
    target, slot = find_slot(station, name)
    options.make(station, [remove_slot(target.path, slot.id)])


# ---- edit -------------------------------------------------------------------------------------------------------


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
@option("--anyway", is_flag=True, help=N_("Also where a rule will forbid it."))
@with_change_options
@pass_station
def edit_(
    station: Station,
    *,
    name: str,
    title: str | None,
    source: str | None,
    wanted: Wanted,
    anyway: bool,
    options: ChangeOptions,
) -> int:
    """Change a slot or a campaign."""
    if "/" in name:
        step = _edited_slot(station, name, wanted, campaign_options=title is not None or source is not None)
    elif wanted or title is not None or source is not None:
        step = _edited_head(station, name, title, source, wanted)
    else:
        return _in_editor(station, name, options, anyway=anyway)
    refuse_what_rules_forbid(station, [step.campaign], anyway=anyway)
    options.make(station, [step.change()])
    return 0


def _edited_slot(station: Station, name: str, wanted: Wanted, *, campaign_options: bool) -> Edit:
    target, slot = find_slot(station, name)
    if campaign_options or not wanted:
        what = _("--title and --source are a campaign's") if campaign_options else _("nothing to change was given")
        raise InputError(Problem(what, _("see broadcaster schedule edit --help")))
    refuse_unknown_scripts(station, wanted.scripts)
    return edit(target.path).change_slot(apply(wanted, slot, station.now().date()))


def _edited_head(station: Station, name: str, title: str | None, source: str | None, wanted: Wanted) -> Edit:
    campaigns, problems = station.campaigns()
    target = find_by_id(campaigns, name, problems, _(UNKNOWN))
    if wanted != Wanted(first=wanted.first, last=wanted.last):
        what = _("times, scripts and the like are a slot's")
        raise InputError(Problem(what, _("name the slot: {name}/…").format(name=name)))
    asked = TypedValues()
    start, end = asked.boundary("--from", wanted.first), asked.boundary("--to", wanted.last)
    asked.finish()
    new_ = replace(
        target,
        title=target.title if title is None else title,
        source=target.source if source is None else source,
        start=start or target.start,
        end=end or target.end,
    )
    return edit(target.path).change_campaign(new_)


def _in_editor(station: Station, name: str, options: ChangeOptions, *, anyway: bool) -> int:
    """Let a person edit the whole file, until it is right or they give up; return the exit code."""
    path = station.schedules_folder / f"{name}.toml"
    if not path.is_file():
        campaigns, problems = station.campaigns()
        find_by_id(campaigns, name, problems, _(UNKNOWN))
    before = path.read_bytes().decode("utf-8", "replace")
    text = plain_text(before)
    while True:
        saved = click.edit(text, extension=".toml")
        if saved is None or saved == text == plain_text(before):
            click.echo(_("Nothing changes."))
            return 0
        text = saved
        problems = _problems(station, path, text, anyway=anyway)
        if not problems:
            break
        told(problems)
        if not is_person() or not click.confirm(_("Go back in?"), default=True):
            click.echo(_("Nothing was changed."))
            return 2
    options.make(station, [Change(path, before, _as_before(text, before))])
    return 0


def _problems(station: Station, path: Path, text: str, *, anyway: bool) -> tuple[Problem, ...]:
    try:
        campaign = parse_campaign(path, text)
    except InputError as error:
        return error.problems
    scripts, faulty = station.scripts()
    known = [*scripts, *(problem.path.stem for problem in faulty if problem.path is not None)]
    if missing := missing_scripts([campaign], known):
        return tuple(replace(problem, line=None) for problem in missing)
    try:
        refuse_what_rules_forbid(station, [campaign], anyway=anyway)
    except InputError as error:
        return error.problems
    return ()


def _as_before(text: str, before: str) -> str:
    """Return a text with the line ends and the mark at its beginning that the file had."""
    bom = "\ufeff" if before.startswith("\ufeff") else ""
    return bom + (text.replace("\n", "\r\n") if "\r\n" in before else text)
