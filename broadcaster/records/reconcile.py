"""The plan held against what happened: one verdict for every planned occurrence, and totals that add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.models import Occurrence, Outcome
from broadcaster.records.ledger import Kind
from broadcaster.records.play import Play, from_body, planned_from_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.records.ledger import Ledger, Row

ON_TIME = timedelta(seconds=1)
"""A start up to this much after its hour is on time."""

PATIENCE = timedelta(hours=3)
"""How long after its hour an occurrence may still be without an outcome: the longest grace, and a long programme."""


class Ruling(StrEnum):
    """What became of a planned occurrence."""

    ON_TIME = "on time"
    LATE = "late"
    CUT = "cut"
    MISSED = "missed"
    BLOCKED = "blocked"
    PREEMPTED = "preempted"
    SKIPPED = "skipped"
    FAILED = "failed"
    NO_RECORD = "no record"  # its hour is long past, and the ledger is silent
    TO_COME = "still to come"  # or on the air this moment

    @property
    def words(self) -> str:
        """The ruling in words; put it through gettext."""
        return _TITLES[self]


_TITLES = {
    Ruling.ON_TIME: N_("on time"),
    Ruling.LATE: N_("late"),
    Ruling.CUT: N_("cut short"),
    Ruling.MISSED: N_("missed"),
    Ruling.BLOCKED: N_("blocked"),
    Ruling.PREEMPTED: N_("preempted"),
    Ruling.SKIPPED: N_("skipped"),
    Ruling.FAILED: N_("failed"),
    Ruling.NO_RECORD: N_("no record"),
    Ruling.TO_COME: N_("still to come"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One planned occurrence and what became of it; `play` is None where the ledger has no outcome."""

    occurrence: Occurrence
    ruling: Ruling
    play: Play | None = None

    @property
    def reason(self) -> str:
        """Why, as the ledger says it; empty where nothing has to be explained."""
        if self.ruling is Ruling.NO_RECORD:
            return _("the play history says nothing about it")
        return self.play.reason if self.play else ""

    @property
    def lateness_s(self) -> float | None:
        """Seconds from the planned to the real start; None where nothing sounded."""
        return self.play.lateness_s if self.play else None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An occurrence that an edit took out of the plan before its hour, and that nothing put back."""

    occurrence: str
    start: datetime  # its hour, with the offset that its id carries
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader asks about; None: everything. `source` is a letter such as "1192/BHXH-TT"."""

    campaign: str | None = None
    source: str | None = None

    def holds(self, campaign: str, source: str, replaces: str = "") -> bool:
        """Tell whether something of this campaign and letter is asked about, or a make-good for such a thing."""
        if self.source is not None and self.source.casefold() != source.casefold():
            return False
        return self.campaign in (None, campaign) or replaces.startswith(f"{self.campaign}/")


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The verdicts in the order of their hours, the plays that nobody planned, and how many of each ruling."""

    verdicts: tuple[Verdict, ...]
    unplanned: tuple[Play, ...]
    totals: Mapping[Ruling, int]
    withdrawn: tuple[Withdrawal, ...] = ()

    @property
    def planned(self) -> int:
        """How many occurrences were planned."""
        return len(self.verdicts)


def reconcile(
    plan: Iterable[Row],
    played: Iterable[Row],
    now: datetime,
    patience: timedelta = PATIENCE,
    scope: Scope = EVERYTHING,
) -> Reconciliation:
    """Hold `planned` rows in force against `played` rows of the same window, and keep what is in `scope`.

    An occurrence without an outcome is still to come until `patience` after its hour, then it has no record. Raises
    RecordError for a row that cannot be read.
    """
    plays = {row.occurrence: from_body(row.occurrence or "", row.body) for row in played}
    verdicts = [_verdict(row, plays.pop(row.occurrence, None), now, patience) for row in plan]
    # Narrowed only now: a play that carries another letter than its plan must still find it.
    verdicts = [v for v in verdicts if scope.holds(v.occurrence.campaign, v.occurrence.source)]
    verdicts.sort(key=_order)
    unplanned = tuple(play for play in plays.values() if scope.holds(play.campaign, play.source, play.replaces))
    totals = {ruling: sum(verdict.ruling is ruling for verdict in verdicts) for ruling in Ruling}
    if sum(totals.values()) != len(verdicts):
        raise AssertionError(totals)
    return Reconciliation(tuple(verdicts), unplanned, totals)


def _verdict(row: Row, play: Play | None, now: datetime, patience: timedelta) -> Verdict:
    occurrence = planned_from_body(row.body)
    return Verdict(occurrence, judge(occurrence, play, now, patience), play)


def _order(verdict: Verdict) -> tuple[datetime, int, str]:
    occurrence = verdict.occurrence
    return occurrence.start, occurrence.bulletin_class.rank, occurrence.id


def reconcile_window(
    ledger: Ledger,
    start: datetime,
    end: datetime,
    now: datetime,
    patience: timedelta = PATIENCE,
    scope: Scope = EVERYTHING,
) -> Reconciliation:
    """Reconcile what was planned to start in `start` <= hour < `end`, and the unplanned plays ordered in it."""
    plan = ledger.planned(start, end)
    found = reconcile(plan, ledger.played(start, end), now, patience, scope)
    in_force = {row.occurrence for row in plan}
    withdrawn = [each for each in _withdrawn(ledger, scope) if start <= each.start < end]
    withdrawn = [each for each in withdrawn if each.occurrence not in in_force]
    return replace(found, withdrawn=tuple(sorted(withdrawn, key=lambda each: (each.start, each.occurrence))))


def _withdrawn(ledger: Ledger, scope: Scope) -> Iterator[Withdrawal]:
    """Yield the last withdrawal of each occurrence. They are few: each is a person's edit of a file."""
    last = {row.occurrence or "": row for row in ledger.rows([Kind.WITHDRAWN])}
    for id_, row in last.items():
        name, _at, hour = id_.rpartition("@")
        if scope.holds(name.partition("/")[0], _planned_source(ledger, id_) if scope.source else ""):
            reason = str(row.body.get("reason", ""))
            yield Withdrawal(id_, datetime.fromisoformat(hour), row.at, row.actor, reason)


def _planned_source(ledger: Ledger, occurrence: str) -> str:
    """Return the letter that the plan named for an occurrence the last time that it stood there."""
    plans = list(ledger.rows([Kind.PLANNED], occurrence=occurrence))
    return str(plans[-1].body.get("source", "")) if plans else ""


def judge(occurrence: Occurrence, play: Play | None, now: datetime, patience: timedelta = PATIENCE) -> Ruling:
    """Return what became of one occurrence, as seen at `now`."""
    if play is None:
        return Ruling.TO_COME if now < occurrence.start + patience else Ruling.NO_RECORD
    if play.outcome is Outcome.AIRED:
        late = play.started is not None and play.started - occurrence.start > ON_TIME
        return Ruling.LATE if late else Ruling.ON_TIME
    return Ruling(play.outcome.value)
