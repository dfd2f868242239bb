"""Changes of campaigns: who makes them, what they would do to the coming year, and how they are written and entered."""

from __future__ import annotations

import getpass
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.forecast import findings, look_ahead, slot_name
from broadcaster.office.window import a_year_from
from broadcaster.office.wording import when
from broadcaster.schedule.free_time import OF_THE_TIME, free_time
from broadcaster.station import edits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from broadcaster.models import Campaign
    from broadcaster.office.forecast import Outlook, Prospect
    from broadcaster.schedule.campaign_edit import Change
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station

UNKNOWN_LENGTH = timedelta(minutes=2)
"""How long a clip that is not made yet is assumed to be, to find a time that will still fit once it is."""

VALIDITY = "expired"
"""The rule by which scripts run out: slots may be planned for longer, and are told so."""


def actor_name(given: str | None) -> str:
    """Return the name to enter: the given one, or that of the user who is logged in; raise InputError for neither."""
    try:
        name = getpass.getuser() if given is None else given
    except (OSError, KeyError, ImportError):
        name = ""
    name = " ".join(name.split())
    if not name:
        raise InputError(Problem(_("it is not known who you are"), _("say it: --as NAME")))
    return name


def write_changes(station: Station, changes: Sequence[Change], actor: str, summary: str = "") -> Version:
    """Write changes of campaign files and enter them in the play history; raise InputError for a file changed since."""
    with closing(station.ledger()) as ledger:
        return edits.write(station, ledger, changes, actor, summary)


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change does to the plan of the coming year."""

    forbidden: tuple[Problem, ...]  # what a rule would newly forbid: the first airing of each slot
    notes: tuple[str, ...]  # what would newly have to wait, or run out


def effect_of(station: Station, campaigns: Iterable[Campaign]) -> ChangeEffect:
    """Return what the plan of the coming year would lose if these campaigns took the places of those of their ids."""
    window = a_year_from(station.now().date(), station.settings.timezone)
    was, would = look_ahead(station, window), look_ahead(station, window, *campaigns)
    known = findings(was)
    notes = tuple(line for line in findings(would) if line not in known)
    return ChangeEffect(tuple(_newly_forbidden(was, would)), notes)


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
