"""Freezing a coming month's plan, and what of each month's frozen plan has been changed since."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.i18n import _
from broadcaster.office.typed import not_understood
from broadcaster.office.wording import when
from broadcaster.records.frozen_plan import FrozenMonth, Month, clip_lengths, plan_from_row, read_frozen
from broadcaster.schedule.plan import expand
from broadcaster.station.freezing import frozen_row
from broadcaster.typed_dates import parse_month

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from broadcaster.models import Campaign
    from broadcaster.records.frozen_plan import FrozenPlan
    from broadcaster.station.folder import Station


def month_to_freeze(station: Station, text: str, year: int | None) -> Month:
    """Return the coming month that was typed; raise InputError for another text, and for a month that has begun."""
    today = station.now().date()
    if year is not None and not re.fullmatch(r"[0-9]{1,2}", text.strip()):
        raise InputError(Problem(_("--year is given with a month without a year"), "--month 5 --year 2027"))
    found = parse_month(text if year is None else f"{text}/{year}", today)
    if found is None:
        raise InputError(not_understood(text, _("5, 5/2027, 2027-05"), "--month"))
    month = Month.of(found[0], station.settings.timezone)
    if month.start <= station.now():
        if month.end <= station.now():
            what = _("the month {month:%m/%Y} is over").format(month=month.first)
            raise InputError(Problem(what, _("a plan is frozen before its month, or by the desk in it")))
        what = _("the month {month:%m/%Y} has begun").format(month=month.first)
        todo = _("only a coming month can be frozen ahead; the running desk freezes the present one by itself")
        raise InputError(Problem(what, todo))
    return month


@dataclass(frozen=True, slots=True)
class PlanToFreeze:
    """What would be frozen now: how many occurrences, and how long those sound whose length is known."""

    month: Month
    count: int
    planned: timedelta
    unknown: int  # occurrences whose length is not known


def plan_to_freeze(station: Station, month: Month) -> PlanToFreeze:
    """Return what `freeze_month` would enter, and raise as it does; nothing is written."""
    campaigns = _campaigns(station)
    lengths: dict[str, timedelta] = {}
    with station.past() as ledger:
        if ledger is not None:
            _refuse_second(station, read_frozen(ledger).get(month.name))
            lengths = clip_lengths(ledger)
    plan = expand(campaigns, month.start, month.end, month.zone)
    _refuse_empty(month, len(plan))
    known = [each.length(lengths) for each in plan if all(id_ in lengths for id_ in each.scripts)]
    return PlanToFreeze(month, len(plan), sum(known, timedelta()), len(plan) - len(known))


def freeze_month(station: Station, month: Month, actor: str) -> FrozenPlan:
    """Freeze a coming month's plan as the files have it, and return what was entered.

    Raises InputError for files with mistakes, for a month in which nothing is planned, and for one that is frozen.
    """
    campaigns = _campaigns(station)
    station.keep_key()
    with station.ledger() as ledger:
        while True:
            head = ledger.head().seq
            _refuse_second(station, read_frozen(ledger).get(month.name))
            row = frozen_row(station, ledger, campaigns, month, actor, station.now())
            _refuse_empty(month, row.body["count"])
            if written := ledger.append([row], only_after=head):
                return plan_from_row(written[0])


def _campaigns(station: Station) -> list[Campaign]:
    campaigns, problems = station.campaigns()
    if problems:
        raise InputError(*problems)
    return list(campaigns.values())


def _refuse_empty(month: Month, count: int) -> None:
    if not count:
        what = _("nothing is planned in {month:%m/%Y}").format(month=month.first)
        raise InputError(Problem(what, _("name another month, or plan it first")))


def _refuse_second(station: Station, found: FrozenMonth | None) -> None:
    if found is None:
        return
    plan = found.plan
    text = _("the plan of {month:%m/%Y} was frozen on {when} by {actor} (row {row})")
    at = when(plan.at.astimezone(station.settings.timezone))
    what = text.format(month=plan.month.first, when=at, actor=plan.actor, row=plan.seq)
    raise InputError(Problem(what, _("a month is frozen once; what you change from now on is entered beside it")))


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month and its frozen plan; None where it was never frozen."""

    month: Month
    frozen: FrozenMonth | None
    now: datetime  # when this was asked

    @property
    def taken_out(self) -> int:
        """How many occurrences of the frozen plan are not planned any more."""
        return len(self.frozen.plan.occurrences.keys() - self.frozen.present) if self.frozen else 0

    @property
    def put_in(self) -> int:
        """How many were put in since."""
        return len(self.frozen.present - self.frozen.plan.occurrences.keys()) if self.frozen else 0

    @property
    def otherwise(self) -> int:
        """How many are planned with other scripts, repeats or loudspeakers than were frozen."""
        return len(self.frozen.otherwise) if self.frozen else 0


def month_states(station: Station, days: Iterable[datetime]) -> list[MonthState]:
    """Return the months of these days, each with its frozen plan; none where there is no history that can be read."""
    zone = station.settings.timezone
    months = dict.fromkeys(Month.of(day.astimezone(zone).date(), zone) for day in days)
    try:
        with station.past() as ledger:
            known = read_frozen(ledger) if ledger is not None else None
    except RecordError:  # what is wrong with the play history is told by what is about it
        return []
    return [MonthState(month, known.get(month.name), station.now()) for month in months] if known is not None else []
