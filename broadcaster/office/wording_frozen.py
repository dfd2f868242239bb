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
    from broadcaster.records.frozen_plan import FrozenChange, FrozenPlan


def frozen_text(plan: FrozenPlan, zone: tzinfo) -> str:
    """Return when a month was frozen, by whom, and how much is planned in it."""
    text = _("The plan of {month:%m/%Y} is frozen since {when}, by {who}: occurrences: {count}, minutes: {minutes}")
    known = timedelta(seconds=plan.planned_s)
    told = text.format(
        month=plan.month.first,
        when=when(plan.at.astimezone(zone)),
        who=frozen_by(plan.actor),
        count=len(plan.occurrences),
        minutes=round(known / timedelta(minutes=1)),
    )
    told += _unknown_text(plan.unknown)
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
    if not (state.taken_out or state.put_in):
        return told
    since = _("Since then taken out: {out}, put in: {into}.").format(out=state.taken_out, into=state.put_in)
    return f"{told} {since}"


def _not_frozen(state: MonthState) -> str:
    if state.now < state.month.start:
        return _("The plan of {month:%m/%Y} is not frozen: the running desk freezes it on its first day.")
    if state.now < state.month.end:
        return _("The plan of {month:%m/%Y} is not frozen yet: the desk freezes it as soon as it runs.")
    return _("The plan of {month:%m/%Y} was never frozen.")


def to_freeze_text(plan: PlanToFreeze) -> str:
    """Return what would be frozen now."""
    text = _("To be frozen, the plan of {month:%m/%Y}: occurrences: {count}, minutes: {minutes}")
    told = text.format(month=plan.month.first, count=plan.count, minutes=round(plan.planned / timedelta(minutes=1)))
    return f"{told}{_unknown_text(plan.unknown)}."


def _unknown_text(count: int) -> str:
    return _(", without those of {count} whose length was not known").format(count=count) if count else ""


def frozen_effect_text(change: FrozenChange) -> str:
    """Return how much an edit takes out of a frozen month, and puts in."""
    text = _("The frozen plan of {month}: taken out: {out}, put in: {into}.")
    return text.format(month=month_text(change.month), out=change.out, into=len(change.put_in))


def month_text(name: str) -> str:
    """Return a month's name, 2027-05, as people write it: 05/2027."""
    year, _dash, month = name.partition("-")
    return f"{month}/{year}"
