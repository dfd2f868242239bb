"""`broadcaster schedule new`, `add` and `remove`: changes of the campaign files, each shown as it is made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from broadcaster.cli import words
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.ids import complete_campaign, complete_script, complete_slot, pick
from broadcaster.cli.outlook import findings, look_ahead
from broadcaster.cli.show import hint, say, show_diff
from broadcaster.cli.window import a_year_from
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Boundary, BulletinClass, Order, Slot
from broadcaster.schedule.edit import add_slot, create_campaign, remove_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import time

    from broadcaster.models import Campaign
    from broadcaster.station import Station

T = TypeVar("T")

UNKNOWN = N_('there is no campaign "{id}"')
_TIMES = N_("times such as 5h30, 17:00")
_DAYS = N_("weekdays such as t2-t6, CN, mon-fri")
_BOUNDARIES = N_("a day such as 15/5 (every year) or 15/5/2027 (that year only)")
_LENGTHS = N_("a length of time such as 20s or 1m30s")


@command(
    help=N_("Make a new campaign, without slots; ID becomes the name of its file."),
    examples=['schedule new he-2027 --title "Hè 2027" --from 1/6/2027 --to 31/8/2027'],
)
@argument("id_", metavar="ID")
@option("--title", required=True, metavar=N_("TEXT"), help=N_("The title."))
@option("--source", default="", metavar=N_("TEXT"), help=N_("The letter that orders it, such as 1192/BHXH-TT."))
@option(
    "--from", "first", required=True, metavar=N_("DAY"), help=N_("First day: 15/5 of every year, 15/5/2027 of one.")
)
@option("--to", "last", required=True, metavar=N_("DAY"), help=N_("Last day, included."))
@option("--dry-run", is_flag=True, help=N_("Only show what would change."))
@pass_station
def new(station: Station, id_: str, title: str, source: str, first: str, last: str, *, dry_run: bool) -> None:
    """Make a campaign file."""
    asked = _Asked()
    start = asked.boundary("--from", first)
    end = asked.boundary("--to", last)
    asked.finish()
    if start is None or end is None:
        raise AssertionError("finish() raises for what is not understood")
    path = station.schedules_folder / f"{id_}.toml"
    _tell(create_campaign(path, title, start, end, source=source, dry_run=dry_run), dry_run=dry_run)


@command(
    help=N_(
        "Add a slot to a campaign: these scripts, at these times, on these weekdays. Shows the lines that are added; "
        "comments and order of the file are kept. Days and times may be written as in a letter."
    ),
    examples=[
        "schedule add --campaign thang-5 --id trua --at 11h30 --days t2-t6 --script thong-diep-1",
        "schedule add --campaign thang-5 --at 5h30,17h --script chu-de,thong-diep-2 --from 15/5 --to 25/5 --dry-run",
    ],
)
@option("--campaign", required=True, metavar="ID", shell_complete=complete_campaign, help=N_("The campaign."))
@option("--id", "id_", metavar="ID", help=N_("The slot's name; without it, one is made from the time."))
@option(
    "--at", multiple=True, required=True, metavar=N_("TIMES"), help=N_("Times of day: 5h30, 17:00. May be repeated.")
)
@option(
    "--days", default="all", metavar=N_("WEEKDAYS"), help=N_("Weekdays: t2-t6, CN, mon-fri; without it, every day.")
)
@option(
    "--script",
    "scripts",
    multiple=True,
    required=True,
    metavar="ID",
    shell_complete=complete_script,
    help=N_("The scripts, in their order. May be repeated."),
)
@option(
    "--repeat", type=click.IntRange(1, 20), default=1, metavar=N_("COUNT"), help=N_("How often it is said in a row.")
)
@option("--gap", metavar=N_("LENGTH"), help=N_("Silence between two clips, such as 20s."))
@option(
    "--order",
    type=click.Choice([str(o) for o in Order]),
    default="rotate",
    help=N_("One script a time, the next one next time (rotate), or all of them each time (all)."),
)
@option(
    "--class",
    "class_",
    type=click.Choice([str(c) for c in BulletinClass]),
    default="normal",
    help=N_("The class of bulletin."),
)
@option("--from", "first", metavar=N_("DAY"), help=N_("First day, where it is narrower than the campaign."))
@option("--to", "last", metavar=N_("DAY"), help=N_("Last day, where it is narrower than the campaign."))
@option("--dry-run", is_flag=True, help=N_("Only show what would change."))
@pass_station
def add(station: Station, /, *, campaign: str, dry_run: bool, **asked: Any) -> None:  # noqa: ANN401 - see `_slot`
    """Add a slot."""
    campaigns, problems = station.campaigns()
    target = pick(campaigns, campaign, problems, _(UNKNOWN))
    _refuse_unknown_scripts(station, asked["scripts"])
    slot = _slot(target, **asked)
    diff = add_slot(target.path, slot, dry_run=True)  # refuses what would be wrong, before anything is said about it
    _warn(station, replace(target, slots=(*target.slots, slot)), slot)
    _tell(diff, dry_run=dry_run)
    if not dry_run:
        add_slot(target.path, slot)


@command(
    help=N_("Remove a slot from its campaign, with the comment right above it. Shows the lines that go."),
    examples=["schedule remove thang-5/trua", "schedule remove thang-5/trua --dry-run"],
)
@argument("name", metavar=N_("CAMPAIGN/SLOT"), shell_complete=complete_slot)
@option("--dry-run", is_flag=True, help=N_("Only show what would change."))
@pass_station
def remove(station: Station, name: str, *, dry_run: bool) -> None:
    """Remove a slot."""
    campaign, slash, slot = name.partition("/")
    if not slash:
        what = _('"{name}" does not name a slot').format(name=name)
        raise InputError(Problem(what, _("allowed: campaign/slot, such as thang-5/sang")))
    campaigns, problems = station.campaigns()
    target = pick(campaigns, campaign, problems, _(UNKNOWN))
    _tell(remove_slot(target.path, slot, dry_run=dry_run), dry_run=dry_run)


def _tell(diff: str, *, dry_run: bool) -> None:
    show_diff(diff)
    say(_("Only shown: nothing was written.") if dry_run else _("Written."))


def _refuse_unknown_scripts(station: Station, typed: Sequence[str]) -> None:
    scripts, problems = station.scripts()
    for id_ in _parts(typed):
        pick(scripts, id_, problems, _('there is no script "{id}"'))


def _parts(typed: Sequence[str]) -> list[str]:
    return words.parse_list(typed, lambda text: text)[0]


def _slot(
    campaign: Campaign,
    *,
    id_: str | None,
    at: Sequence[str],
    days: str,
    scripts: Sequence[str],
    repeat: int,
    gap: str | None,
    order: str,
    class_: str,
    first: str | None,
    last: str | None,
) -> Slot:
    """Return the slot that was asked for; raise InputError with every option that is not understood."""
    asked = _Asked()
    times = tuple(asked.many("--at", at, words.parse_clock, _TIMES))
    weekdays = asked.one("--days", days, words.parse_weekdays, _DAYS)
    start = asked.boundary("--from", first)
    end = asked.boundary("--to", last)
    silence = asked.one("--gap", gap, words.parse_length, _LENGTHS)
    asked.finish()
    slot = Slot(
        id=id_ or _free_id(campaign, times),
        at=times,
        scripts=tuple(_parts(scripts)),
        days=weekdays or frozenset(),
        order=Order(order),
        repeat=repeat,
        bulletin_class=BulletinClass(class_),
        start=start,
        end=end,
    )
    return slot if silence is None else replace(slot, gap=silence)


def _free_id(campaign: Campaign, times: tuple[time, ...]) -> str:
    """Return a name made from the first time, "05h30", that no slot of the campaign has yet."""
    taken = {slot.id for slot in campaign.slots}
    name = f"{times[0]:%Hh%M}"
    return next(id_ for id_ in (name, *(f"{name}-{n}" for n in range(2, 1000))) if id_ not in taken)


def _warn(station: Station, campaign: Campaign, slot: Slot) -> None:
    """Say on stderr what of the new slot would never air, or would have to wait, in the coming year."""
    window = a_year_from(station.now().date(), station.settings.timezone)
    for finding in findings(look_ahead(station, window, campaign), f"{campaign.id}/{slot.id}"):
        hint(_("Mind: {finding}").format(finding=finding))


class _Asked:
    """Parses what was typed and gathers all that is not understood, so that a person is told once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def one(self, name: str, text: str | None, parse: Callable[[str], T | None], allowed: str) -> T | None:
        """Return the value of an option; None where it was not given, or is noted as not understood."""
        value = None if text is None else parse(text)
        if text is not None and value is None:
            self._note(name, text, allowed)
        return value

    def boundary(self, name: str, text: str | None) -> Boundary | None:
        """Return the end of a range of days, as `one` does."""
        return cast("Boundary | None", self.one(name, text, words.parse_boundary, _BOUNDARIES))

    def many(self, name: str, texts: Sequence[str], parse: Callable[[str], T | None], allowed: str) -> list[T]:
        """Return the values of an option that may be repeated or hold several parted by commas."""
        good, bad = words.parse_list(texts, parse)
        for text in bad if good or bad else [""]:
            self._note(name, text, allowed)
        return good

    def finish(self) -> None:
        """Raise InputError where something was not understood."""
        if self._problems:
            raise InputError(*self._problems)

    def _note(self, name: str, text: str, allowed: str) -> None:
        what = _('{option}: "{found}" is not understood').format(option=name, found=text)
        self._problems.append(Problem(what, _("allowed: {allowed}").format(allowed=_(allowed))))
