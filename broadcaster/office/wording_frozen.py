"""Frozen plans in sentences of the user's language."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.wording import length, when
from broadcaster.records.kinds import DESK

if TYPE_CHECKING:
    from datetime import tzinfo

    from broadcaster.office.freeze_month import MonthState, PlanToFreeze
    from broadcaster.records.frozen_changes import FrozenChange
    from broadcaster.records.frozen_plan import FrozenPlan


def frozen_text(plan: FrozenPlan, zone: tzinfo) -> str:
    """Return when a month was frozen, by whom, and how much is planned in it."""
    text = _("The plan of {month:%m/%Y} is frozen since {when}, by {who}: occurrences: {count}")
    told = text.format(
        month=plan.month.first,
        when=when(plan.at.astimezone(zone)),
        who=frozen_by(plan.actor),
        count=len(plan.occurrences),
    )
    told += _lengths_text(len(plan.occurrences), plan.unknown, plan.planned_s)
    if plan.late_s is not None:
        told += _("; frozen late, {late} after the month began").format(late=length(timedelta(seconds=plan.late_s)))
    return f"{told}."


def frozen_by(actor: str) -> str:
    """Return who froze a month."""
    return _("the desk") if actor == DESK else actor


def state_text(state: MonthState, zone: tzinfo) -> str:
    """Return whether a month is frozen, and how much was taken out and put in since."""
    if state.frozen is None:
        return _not_frozen(state).format(month=state.month.first)
    told = frozen_text(state.frozen.plan, zone)
    if state.taken_out or state.put_in:
        since = _("Since then taken out: {out}, put in: {into}.").format(out=state.taken_out, into=state.put_in)
        told = f"{told} {since}"
    if state.otherwise:
        more = _("With other scripts, repeats or loudspeakers: {count}.").format(count=state.otherwise)
        told = f"{told} {more}"
    return told


def _not_frozen(state: MonthState) -> str:
    if state.now < state.month.start:
        return _("The plan of {month:%m/%Y} is not frozen: the running desk freezes it on its first day.")
    if state.now < state.month.end:
        return _("The plan of {month:%m/%Y} is not frozen yet: the desk freezes it as soon as it runs.")
    return _("The plan of {month:%m/%Y} was never frozen.")


def to_freeze_text(plan: PlanToFreeze) -> str:
    """Return what would be frozen now."""
    text = _("To be frozen, the plan of {month:%m/%Y}: occurrences: {count}")
    told = text.format(month=plan.month.first, count=plan.count)
    return f"{told}{_lengths_text(plan.count, plan.unknown, plan.planned.total_seconds())}."


def _lengths_text(count: int, unknown: int, seconds: float) -> str:
    """Return the minutes of so many occurrences, and of how many the length is not known."""
    if unknown and unknown == count:
        return _(", of a length that was not known then")
    told = _(", minutes: {minutes}").format(minutes=round(seconds / 60))
    return told + (_(", without those of {count} whose length was not known").format(count=unknown) if unknown else "")


def frozen_effect_text(change: FrozenChange) -> str:
    """Return how much an edit takes out of a frozen month, and puts in."""
    text = _("The frozen plan of {month}: taken out: {out}, put in: {into}.")
    told = text.format(month=month_text(change.month), out=change.out, into=len(change.put_in))
    if not change.changed:
        return told
    more = _("With other scripts, repeats or loudspeakers: {count}.").format(count=len(change.changed))
    return f"{told} {more}"


def month_text(name: str) -> str:
    """Return a month's name, 2027-05, as people write it: 05/2027."""
    year, _dash, month = name.partition("-")
    return f"{month}/{year}"
