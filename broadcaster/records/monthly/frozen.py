"""What became of the plans as they were frozen: aired, not aired, taken out by people, and what was put in.

Of each frozen occurrence exactly one is true: it aired whole, it did not, it is still to come, or it was taken out.
Pure: no file, no clock, no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from broadcaster.printable import one_line
from broadcaster.records.frozen_changes import start_of
from broadcaster.records.frozen_plan import Month
from broadcaster.records.reconcile import EVERYTHING, PATIENCE, Ruling, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from broadcaster.records.frozen_plan import FrozenEdit, FrozenMonth, FrozenOccurrence, FrozenPlan
    from broadcaster.records.monthly.lines import Line


@dataclass(frozen=True, slots=True)
class Reach:
    """What a report is about: days, both ends included, and what of them; `now` is when it is made."""

    first: date
    last: date
    zone: ZoneInfo
    now: datetime
    scope: Scope = EVERYTHING

    @property
    def months(self) -> Iterator[Month]:
        """The months that have days in it."""
        month = Month.of(self.first, self.zone)
        while month.first <= self.last:
            yield month
            month = Month.of(month.end.date(), self.zone)


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """One edit of a frozen month: its row, when (in the station's zone), who and why, and the ids of what it changed.

    `by` is empty where a file was edited by hand; `seq` is 0 and `at` None for what no row tells.
    """

    seq: int
    at: datetime | None
    by: str
    reason: str
    taken_out: tuple[str, ...]
    put_in: tuple[str, ...]
    changed: tuple[str, ...] = ()  # stay in the plan, with other scripts, repeats or loudspeakers


@dataclass(frozen=True, slots=True)
class FrozenTally:
    """Counts of frozen occurrences. `planned` is the sum of the four after it."""

    planned: int
    aired: int
    not_aired: int
    to_come: int
    taken_out: int
    put_in: int  # occurrences that were not in the frozen plan
    other_scripts: int  # of those that aired: with other scripts than were frozen

    @property
    def share(self) -> float | None:
        """The aired share of what was due, 0 to 1; what was taken out was due. None if nothing was."""
        due = self.planned - self.to_come
        return self.aired / due if due else None


@dataclass(frozen=True, slots=True)
class FrozenSpan:
    """The days of one month; `plan` and `tally` are None where it was never frozen."""

    month: Month
    plan: FrozenPlan | None = None
    tally: FrozenTally | None = None
    edits: tuple[PlanEdit, ...] = ()


def frozen_spans(
    months: Mapping[str, FrozenMonth], reach: Reach, lines: Sequence[Line], withdrawn: Collection[str]
) -> tuple[FrozenSpan, ...]:
    """Return what became of each month's frozen plan; `lines` and the ids of what was `withdrawn` are the report's."""
    planned = {line.occurrence: line for line in lines if line.planned}
    found = ((month, months.get(month.name)) for month in reach.months)
    return tuple(_Comparison(of, reach, planned, withdrawn).span() if of else FrozenSpan(month) for month, of in found)


def frozen_total(spans: Iterable[FrozenSpan]) -> FrozenTally | None:
    """Return the sum over the months that were frozen; None where none was."""
    tallies = [span.tally for span in spans if span.tally]
    if not tallies:
        return None
    return FrozenTally(
        planned=sum(tally.planned for tally in tallies),
        aired=sum(tally.aired for tally in tallies),
        not_aired=sum(tally.not_aired for tally in tallies),
        to_come=sum(tally.to_come for tally in tallies),
        taken_out=sum(tally.taken_out for tally in tallies),
        put_in=sum(tally.put_in for tally in tallies),
        other_scripts=sum(tally.other_scripts for tally in tallies),
    )


class _Comparison:
    """Holds one frozen month against the lines of a report."""

    def __init__(
        self, month: FrozenMonth, reach: Reach, planned: Mapping[str, Line], withdrawn: Collection[str]
    ) -> None:
        self._month = month
        self._withdrawn = withdrawn
        self._reach = reach
        self._planned = planned
        known = month.plan.occurrences
        self._sources = {id_.partition("/")[0]: each.source for id_, each in known.items()}
        self._sources |= {line.campaign: line.source for line in planned.values()}
        self._frozen = {id_: each for id_, each in known.items() if self._is_in_reach(id_)}

    def _is_in_reach(self, id_: str) -> bool:
        day = start_of(id_).astimezone(self._reach.zone).date()
        campaign = id_.partition("/")[0]
        is_wanted = self._reach.scope.holds(campaign, self._sources.get(campaign, ""))
        return self._reach.first <= day <= self._reach.last and is_wanted

    def span(self) -> FrozenSpan:
        plan = self._month.plan
        return FrozenSpan(plan.month, plan, self._tally(), tuple(self._edits()))

    def _tally(self) -> FrozenTally:
        aired = [id_ for id_ in self._frozen if self._is_aired(id_)]
        to_come = sum(self._is_to_come(id_) for id_ in self._frozen)
        taken_out = sum(self._is_taken_out(id_) for id_ in self._frozen)
        return FrozenTally(
            planned=len(self._frozen),
            aired=len(aired),
            not_aired=len(self._frozen) - len(aired) - to_come - taken_out,
            to_come=to_come,
            taken_out=taken_out,
            put_in=len(self._put_in()),
            other_scripts=sum(_differs(self._frozen[id_], self._planned[id_]) for id_ in aired),
        )

    def _is_aired(self, id_: str) -> bool:
        return id_ in self._planned and self._planned[id_].whole

    def _is_taken_out(self, id_: str) -> bool:
        """Whether an edit took it out of the plan, and none put it back."""
        return id_ not in self._planned and (id_ not in self._month.present or id_ in self._withdrawn)

    def _is_to_come(self, id_: str) -> bool:
        if id_ in self._planned:
            return self._planned[id_].status is Ruling.TO_COME
        return not self._is_taken_out(id_) and start_of(id_) + PATIENCE > self._reach.now

    def _put_in(self) -> set[str]:
        """Return what was not frozen: in the report's plan, or to be entered."""
        month = self._month.plan.month
        known = self._month.plan.occurrences
        there = {
            id_ for id_, line in self._planned.items() if id_ not in known and month.start <= line.start < month.end
        }
        coming = {id_ for id_ in self._month.present - known.keys() if start_of(id_) >= self._reach.now}
        return there | set(filter(self._is_in_reach, coming))

    def _edits(self) -> Iterator[PlanEdit]:
        told: set[str] = set()
        for edit in self._month.edits:
            out, put_in = (tuple(filter(self._is_in_reach, ids)) for ids in (edit.change.taken_out, edit.change.put_in))
            told.update(chain(out, put_in))
            changed = tuple(each.id for each in edit.change.changed if self._is_in_reach(each.id))
            if out or put_in or changed:
                yield self._edit(edit, out, put_in, changed)
        silent = tuple(id_ for id_ in self._frozen if self._is_taken_out(id_) and id_ not in told)
        unasked = tuple(sorted(self._put_in() - told, key=start_of))
        if silent or unasked:
            yield PlanEdit(0, None, "", "", silent, unasked)

    def _edit(
        self, edit: FrozenEdit, out: tuple[str, ...], put_in: tuple[str, ...], changed: tuple[str, ...]
    ) -> PlanEdit:
        at = edit.at.astimezone(self._reach.zone)
        return PlanEdit(edit.seq, at, one_line(edit.by), one_line(edit.reason), out, put_in, changed)


def _differs(frozen: FrozenOccurrence, line: Line) -> bool:
    return set(frozen.scripts) != {script.id for script in line.scripts} or frozen.repeat != line.repeat
