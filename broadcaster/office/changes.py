"""Changes of campaigns: who makes them, what they would do to the coming year, and how they are recorded."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.moments import present_minute
from broadcaster.office.conflicts import (
    BlockedSlot,
    StrayMove,
    TooLate,
    UnfinishedSlot,
    find_conflicts,
    find_mistakes,
    is_note,
)
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.station_files import read_files
from broadcaster.office.window import a_year_from
from broadcaster.office.wording import when
from broadcaster.office.wording_forecast import breach_text
from broadcaster.office.wording_frozen import month_text
from broadcaster.schedule.free_time import OF_THE_TIME, free_time
from broadcaster.schedule.rules import DAY_RULES
from broadcaster.station import edits
from broadcaster.station.freezing import FrozenMonths, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from broadcaster.models import Campaign, Occurrence
    from broadcaster.office.conflicts import Conflict
    from broadcaster.office.forecast import Forecast
    from broadcaster.records.frozen_changes import FrozenChange
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.schedule.free_time import PlanContext
    from broadcaster.schedule.rules import Breach
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station

UNKNOWN_LENGTH = timedelta(minutes=2)
"""The length that a clip not made yet is taken to have when a free time is looked for."""

VALIDITY = "expired"
"""The rule by which scripts run out. A slot may be planned beyond that day; the change is allowed, with a note."""


def actor_name(given: str | None) -> str:
    """Return the name to record: the given one, or the logged-in user's; raise InputError where there is neither."""
    try:
        name = getpass.getuser() if given is None else given
    except (OSError, KeyError, ImportError):
        name = ""
    name = " ".join(name.split())
    if not name:
        raise InputError(Problem(_("it is not known who you are"), _("say it: --as NAME")))
    return name


def write_changes(
    station: Station, changes: Sequence[FileChange], actor: str, summary: str = "", reason: str = ""
) -> Version:
    """Write changes of campaign files and record them; raise InputError for a file changed since."""
    with station.ledger() as ledger:
        return edits.write(station, ledger, changes, actor, summary, reason)


def renames(changes: Sequence[FileChange]) -> list[tuple[FileChange, FileChange]]:
    """Return the pairs of changes in which a file goes and another one comes with the same text."""
    made = {change.after: change for change in changes if change.before is None}
    gone = [change for change in changes if change.after is None and change.before in made]
    return [(change, made[change.before]) for change in gone]


def frozen_effect(station: Station, changes: Iterable[FileChange]) -> tuple[FrozenChange, ...]:
    """Return what changes of campaign files would take out of frozen months, and put in; nothing is written."""
    changes = list(changes)
    with station.past() as ledger:
        if ledger is None:
            return ()
        months = FrozenMonths(ledger, station.now())
        months.changes(readable({change.path: change.before for change in changes}))  # edits by hand before this one
        return months.changes(readable({change.path: change.after for change in changes}))


def required_reason(given: str | None, frozen: Iterable[FrozenChange], ask: Callable[[], str] | None) -> str:
    """Return why something is changed, on one line: as it was given, or where it is needed, the answer to `ask`.

    It is needed where something is taken out of a frozen plan. Raises InputError where there is none, and nobody to
    be asked.
    """
    reason = " ".join((given or "").split())
    taken = [change for change in frozen if change.out]
    if reason or not taken:
        return reason
    if ask is not None:
        return " ".join(ask().split())
    text = _("this takes {count} occurrences out of the frozen plan of {months}, and no reason is given")
    months = ", ".join(month_text(change.month) for change in taken)
    what = text.format(count=sum(change.out for change in taken), months=months)
    raise InputError(Problem(what, _('nothing was written; say why: --reason "…"')))


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change does to the plan of the coming year."""

    forbidden: tuple[Problem, ...]  # what a rule would newly forbid: the first airing of each slot
    conflicts: tuple[Conflict, ...]  # what would newly be blocked, have to wait, or run out
    too_late: tuple[TooLate, ...] = ()  # what is put into hours of today that have passed


NO_EFFECT = ChangeEffect((), ())


def effect_of(station: Station, campaigns: Iterable[Campaign], gone: Collection[str] = ()) -> ChangeEffect:
    """Return what the plan of the coming year would lose if these campaigns took the places of those of their ids.

    `gone`: the ids of campaigns that would be removed.
    """
    window = a_year_from(station.now().date(), station.settings.timezone)
    files, now = read_files(station), station.now()
    before, after = (
        look_ahead(station, window, files),
        look_ahead(station, window, files.with_campaigns(campaigns, gone)),
    )
    known = [_matter(found) for found in (*find_conflicts(before), *find_mistakes(before))]
    new = (*find_conflicts(after), *find_mistakes(after))
    conflicts = tuple(conflict for conflict in new if _matter(conflict) not in known)
    return ChangeEffect(tuple(_newly_forbidden(before, after)), conflicts, tuple(_too_late(before, after, now)))


def _too_late(before: Forecast, after: Forecast, now: datetime) -> Iterator[TooLate]:
    """Yield each slot that would newly have aired today before `now`, with its last such hour."""
    known = {prospect.occurrence.id for prospect in before.prospects}
    plan = [prospect.occurrence for prospect in after.prospects]
    gone = {each.slot_name: each for each in plan if each.start < now and each.id not in known}
    for name, each in gone.items():
        first = next((o.start for o in plan if o.slot_name == name and o.start >= now), None)
        yield TooLate(name, each.start, first, at_once=each.start >= present_minute(now))


def _matter(conflict: Conflict) -> object:
    """Return what a conflict is known by: a quiet day stays the same one when its slot has another time."""
    if isinstance(conflict, BlockedSlot) and conflict.is_note:
        return conflict.slot, conflict.breach.rule
    if isinstance(conflict, UnfinishedSlot):
        return conflict.slot, conflict.scripts
    if isinstance(conflict, StrayMove):
        return conflict.slot, conflict.was
    return conflict


def allowed_effect(station: Station, campaigns: Iterable[Campaign], *, anyway: bool) -> ChangeEffect:
    """Return what `effect_of` does; raise InputError for what a rule would newly forbid, unless `anyway`."""
    effect = effect_of(station, campaigns)
    if effect.forbidden and not anyway:
        raise InputError(*effect.forbidden)
    return effect


def _newly_forbidden(before: Forecast, after: Forecast) -> list[Problem]:
    """Return a problem for the first of each slot's occurrences that was not forbidden before."""
    known = {prospect.occurrence.id for prospect in before.in_state(ProspectState.BLOCKED)}
    slots: dict[str, list[tuple[Occurrence, Breach]]] = {}
    for prospect in after.in_state(ProspectState.BLOCKED):
        occurrence, breach = prospect.occurrence, prospect.breach
        if breach and breach.rule != VALIDITY and occurrence.id not in known:
            slots.setdefault(occurrence.slot_name, []).append((occurrence, breach))
    notes = [_matter(found) for found in find_conflicts(after) if is_note(found)]
    wrong = {name: [each for each in blocked if (name, each[1].rule) not in notes] for name, blocked in slots.items()}
    return [_forbidden(name, blocked, after) for name, blocked in wrong.items() if blocked]


def _forbidden(name: str, blocked: Sequence[tuple[Occurrence, Breach]], after: Forecast) -> Problem:
    first, breach = blocked[0]
    what = _("{slot} on {when}: {reason}").format(slot=name, when=when(first.start), reason=breach_text(breach))
    at = first.start.time()
    same = [found for found, reason in blocked if found.start.time() == at and reason.rule in OF_THE_TIME]
    if same and (free := free_time(same, _with_guessed_lengths(after.around))):
        text = _(
            "nothing was written; the nearest time that fits in place of {at:%H:%M} is {free:%H:%M}; or say --anyway, "
            "which sets the rule {rule} aside"
        )
        return Problem(what, text.format(at=first.start, free=free, rule=breach.rule))
    if breach.rule in DAY_RULES:
        text = _("nothing was written; choose another day, or say --anyway, which sets the rule {rule} aside")
    else:
        text = _("nothing was written; choose another time, or say --anyway, which sets the rule {rule} aside")
    return Problem(what, text.format(rule=breach.rule))


def _with_guessed_lengths(around: PlanContext) -> PlanContext:
    """Give every script that has no clip yet a length, so that a time is found at which it will still fit."""
    guessed = dict.fromkeys((id_ for occurrence in around.plan for id_ in occurrence.scripts), UNKNOWN_LENGTH)
    return replace(around, lengths=guessed | dict(around.lengths))
