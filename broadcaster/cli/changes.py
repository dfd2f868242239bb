"""What every command that changes campaigns shares: the diff first, then the question, then files and record.

`--dry-run` only shows. Where a person sits at the keyboard, they are asked once; elsewhere, and with `--yes`, what was
shown is written. The change is entered in the play history under the name of whoever is logged in, or `--as`.
"""

from __future__ import annotations

import functools
import getpass
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from broadcaster.cli.frame import option
from broadcaster.cli.outlook import findings, look_ahead, slot_name
from broadcaster.cli.show import hint, say, show_diff, when
from broadcaster.cli.window import a_year_from
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.schedule.free_time import OF_THE_TIME, free_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from broadcaster.cli.outlook import Outlook, Prospect
    from broadcaster.models import Campaign
    from broadcaster.schedule.campaign_edit import Change
    from broadcaster.station.folder import Station

R = TypeVar("R")

UNKNOWN_LENGTH = timedelta(minutes=2)
"""What a clip that is not made yet is taken to last, to find a time that will still fit once it is."""

VALIDITY = "expired"
"""The rule by which scripts run out: slots may be planned for longer, and are told so."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How a change is to be made, and by whom."""

    dry_run: bool
    yes: bool
    name: str | None

    def make(self, station: Station, changes: Sequence[Change], summary: str = "") -> bool:
        """Show the changes, ask, write and enter them. Return whether they were written."""
        real = [change for change in changes if change]
        if not real:
            say(_("Nothing changes."))
            return False
        for change in real:
            show_diff(change.diff())
        if self.dry_run:
            say(_("Only shown: nothing was written."))
            return False
        if is_person() and not self.yes and not click.confirm(_("Write this?"), default=True):
            say(_("Nothing was changed."))
            return False
        self._write(station, real, summary)
        say(_("Written."))
        return True

    def _write(self, station: Station, changes: Sequence[Change], summary: str) -> None:
        from contextlib import closing

        from broadcaster.station import edits

        with closing(station.ledger()) as ledger:
            edits.write(station, ledger, changes, self.actor, summary)

    @property
    def actor(self) -> str:
        """Return the name to enter; raise InputError where the system knows none and none was given."""
        try:
            name = getpass.getuser() if self.name is None else self.name
        except (OSError, KeyError, ImportError):
            name = ""
        name = " ".join(name.split())
        if not name:
            raise InputError(Problem(_("it is not known who you are"), _("say it: --as NAME")))
        return name


def changing(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command `--dry-run`, `--yes` and `--as`, handed to it together as `hand`."""

    @functools.wraps(function)
    def with_hand(*args: object, dry_run: bool, yes: bool, name_: str | None, **others: object) -> R:
        return function(*args, hand=Hand(dry_run, yes, name_), **others)

    decorated: Callable[..., R] = with_hand
    for add in (
        option("--as", "name_", metavar=N_("NAME"), help=N_("Who changes it; without it, who is logged in.")),
        option("--yes", is_flag=True, help=N_("Write without asking.")),
        option("--dry-run", is_flag=True, help=N_("Only show what would change.")),
    ):
        decorated = add(decorated)
    return decorated


def is_person() -> bool:
    """Tell whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def hold_against_rules(station: Station, campaigns: Iterable[Campaign], *, anyway: bool) -> None:
    """Say what the plan of the coming year loses by a change of these campaigns.

    What a rule would newly forbid is an error, unless `anyway`; what would have to wait, or runs out, is only told.
    """
    window = a_year_from(station.now().date(), station.settings.timezone)
    was, would = look_ahead(station, window), look_ahead(station, window, *campaigns)
    if not anyway and (problems := _newly_forbidden(was, would)):
        raise InputError(*problems)
    known = findings(was)
    for line in findings(would):
        if line not in known:
            hint(_("Mind: {finding}").format(finding=line))


def _newly_forbidden(was: Outlook, would: Outlook) -> list[Problem]:
    """Return a problem for the first of each slot's occurrences that was not forbidden before."""
    before = {prospect.occurrence.id for prospect in was.prospects if prospect.state == "blocked"}
    slots: dict[str, list[Prospect]] = {}
    for prospect in would.prospects:
        if prospect.state == "blocked" and prospect.rule != VALIDITY and prospect.occurrence.id not in before:
            slots.setdefault(slot_name(prospect.occurrence), []).append(prospect)
    return [_forbidden(name, blocked, would) for name, blocked in slots.items()]


def _forbidden(name: str, blocked: Sequence[Prospect], would: Outlook) -> Problem:
    first = blocked[0]
    start = first.occurrence.start
    what = _("{slot} on {when}: {reason}").format(slot=name, when=when(start), reason=first.text)
    same = [p.occurrence for p in blocked if p.occurrence.start.time() == start.time() and p.rule in OF_THE_TIME]
    guessed = dict.fromkeys((id_ for o in would.around.plan for id_ in o.scripts), UNKNOWN_LENGTH)
    around = replace(would.around, lengths=guessed | dict(would.around.lengths))
    if same and (free := free_time(same, around)):
        text = _(
            "nothing was written; the nearest time that fits in place of {at:%H:%M} is {free:%H:%M}; or say --anyway"
        )
        return Problem(what, text.format(at=start, free=free))
    return Problem(what, _("nothing was written; choose another time, or say --anyway"))
