"""Compares the plan with what happened: one verdict for every planned occurrence, and totals that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.models import Occurrence, Outcome
from broadcaster.reasons import Reason, from_row
from broadcaster.records.clip_rows import KINDS as CLIP_KINDS
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.kinds import Kind
from broadcaster.records.play_rows import NO_LOUDSPEAKER as _UNHEARD
from broadcaster.records.play_rows import Play, from_body, planned_from_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.records.ledger import Ledger, Row

ON_TIME = timedelta(seconds=1)
"""A start up to this much after its planned time counts as on time."""

PATIENCE = timedelta(hours=3)
"""How long after its planned time an occurrence may have no outcome: the longest grace plus a long programme."""


class Ruling(StrEnum):
    """The verdict on a planned occurrence."""

    ON_TIME = "on time"
    LATE = "late"
    CUT = "cut"
    MISSED = "missed"
    BLOCKED = "blocked"
    PREEMPTED = "preempted"
    SKIPPED = "skipped"
    FAILED = "failed"
    NO_LOUDSPEAKER = _UNHEARD  # played whole, to a file or to silence: nobody heard it
    UNKNOWN = "unknown"  # the rows of that time are lost
    NO_RECORD = "no record"  # its time is long past, and the ledger has no outcome
    TO_COME = "still to come"  # or on the air now

    @property
    def words(self) -> str:
        """The ruling in words, to be translated."""
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
    Ruling.NO_LOUDSPEAKER: N_("on no loudspeaker"),
    Ruling.UNKNOWN: N_("unknown"),
    Ruling.NO_RECORD: N_("no record"),
    Ruling.TO_COME: N_("still to come"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One planned occurrence and its ruling; `play` is None if the ledger has no outcome."""

    occurrence: Occurrence
    ruling: Ruling
    play: Play | None = None

    @property
    def reason(self) -> str:
        """The reason in the ledger; empty if nothing has to be explained."""
        if self.ruling is Ruling.NO_RECORD:
            return _("the play history says nothing about it")
        return self.play.reason if self.play else ""

    @property
    def lateness_s(self) -> float | None:
        """Seconds from the planned to the real start; None if nothing sounded."""
        return self.play.lateness_s if self.play else None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An occurrence that an edit took out of the plan before its time and that was not planned again."""

    occurrence: str
    start: datetime  # planned start, with the offset in its id
    at: datetime
    actor: str
    why: Reason
    by: str = ""  # the person whose edit it was; empty where the file was edited by hand
    said: str = ""  # why, in that person's words

    @property
    def reason(self) -> str:
        """The reason in the reader's language, and in the words of the person who edited."""
        return ": ".join(filter(None, (str(self.why), self.said)))


@dataclass(frozen=True, slots=True)
class Scope:
    """What to include; None: everything. `source` is a letter such as "1192/BHXH-TT"."""

    campaign: str | None = None
    source: str | None = None

    def holds(self, campaign: str, source: str, replaces: str = "") -> bool:
        """Return whether something of this campaign and letter, or a make-good for it, is included."""
        if self.source is not None and self.source.casefold() != source.casefold():
            return False
        return self.campaign in (None, campaign) or replaces.startswith(f"{self.campaign}/")


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class ToldScript:
    """What rows about a script that is no play say of it: of its clips, approvals and texts."""

    title: str
    topic: str
    language: str | None = None  # "" for Vietnamese; None: no clip was made of it


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The verdicts by planned start, the unplanned plays, and the count of each ruling."""

    verdicts: tuple[Verdict, ...]
    unplanned: tuple[Play, ...]
    totals: Mapping[Ruling, int]
    withdrawn: tuple[Withdrawal, ...] = ()
    scripts: Mapping[str, ToldScript] = field(default_factory=dict)
    """What is known, by id, of scripts that may not have aired yet."""

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
    *,
    rehearsed: bool = False,
) -> Reconciliation:
    """Compare the `planned` rows in force with the `played` rows of the same window, for what is in `scope`.

    What went to a file or to silence has aired only in a rehearsal (`rehearsed`), which has no other outputs. An
    occurrence without an outcome is to come until `patience` after its planned time; after that it has no record.
    Raises RecordError for a row that cannot be read.
    """
    plays = {row.occurrence: from_body(row.occurrence or "", row.body) for row in played}
    verdicts = [_verdict(row, plays.pop(row.occurrence, None), now, patience, rehearsed=rehearsed) for row in plan]
    # Filtered only now: a play may have another letter than its plan and must still be matched.
    verdicts = [v for v in verdicts if scope.holds(v.occurrence.campaign, v.occurrence.source)]
    verdicts.sort(key=_order)
    unplanned = tuple(play for play in plays.values() if scope.holds(play.campaign, play.source, play.replaces))
    counts = Counter(verdict.ruling for verdict in verdicts)
    totals = {ruling: counts[ruling] for ruling in Ruling}
    return Reconciliation(tuple(verdicts), unplanned, totals)


def _verdict(row: Row, play: Play | None, now: datetime, patience: timedelta, *, rehearsed: bool) -> Verdict:
    occurrence = planned_from_body(row.body)
    return Verdict(occurrence, judge(occurrence, play, now, patience, rehearsed=rehearsed), play)


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
    *,
    rehearsed: bool = False,
) -> Reconciliation:
    """Reconcile what was planned in `start` <= planned start < `end`, and the unplanned plays ordered in that time."""
    withdrawn = {each.occurrence: each for each in _withdrawn(ledger, scope) if start <= each.start < end}

    def plan() -> Iterator[Row]:
        for row in ledger.each_planned(start, end):
            withdrawn.pop(row.occurrence or "", None)  # it is in force again
            yield row

    found = reconcile(plan(), ledger.each_played(start, end), now, patience, scope, rehearsed=rehearsed)
    gone = tuple(sorted(withdrawn.values(), key=lambda each: (each.start, each.occurrence)))
    return replace(found, withdrawn=gone, scripts=_scripts(ledger))


def _scripts(ledger: Ledger) -> dict[str, ToldScript]:
    """Return the last title, topic and language of each script that rows besides plays name."""
    found: dict[str, ToldScript] = {}
    for row in ledger.rows((*CLIP_KINDS, Kind.APPROVAL, Kind.SCRIPT_CHANGED)):
        id_, title = str(row.body.get("script", "")), str(row.body.get("title", ""))
        before = found.get(id_, ToldScript("", ""))
        if row.kind in CLIP_KINDS:
            before = ToldScript(before.title, str(row.body.get("topic", "")), str(row.body.get("language", "")))
        found[id_] = replace(before, title=title or before.title)
    return found


def _withdrawn(ledger: Ledger, scope: Scope) -> Iterator[Withdrawal]:
    """Yield the last withdrawal of each occurrence. They are few: each comes from an edit of a file."""
    last: dict[str, tuple[Row, str, str]] = {}
    editors: dict[str, tuple[str, str]] = {}  # who last edited a file with a command, empty: by hand; and why
    for row in ledger.rows([Kind.WITHDRAWN, Kind.SCHEDULE_CHANGED]):
        if row.kind == Kind.WITHDRAWN:
            file = f"schedules/{(row.occurrence or '').partition('/')[0]}"
            last[row.occurrence or ""] = row, *editors.get(file, ("", ""))
        elif row.body.get("files") or row.body.get("frozen"):
            by = row.actor if row.body.get("how") == "command" else ""
            editors |= dict.fromkeys(row.body.get("changed", ()), (by, str(row.body.get("reason", ""))))
    for id_, (row, by, said) in last.items():
        name, _at, hour = id_.rpartition("@")
        if scope.holds(name.partition("/")[0], _planned_source(ledger, id_) if scope.source else ""):
            with ReadingRow(row.seq):
                start, why = _with_zone(datetime.fromisoformat(hour)), from_row(row.body)
            yield Withdrawal(id_, start, row.at, row.actor, why, by, said)


def _with_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(at)
    return at


def _planned_source(ledger: Ledger, occurrence: str) -> str:
    """Return the letter of an occurrence in its last `planned` row."""
    plans = list(ledger.rows([Kind.PLANNED], occurrence=occurrence))
    return str(plans[-1].body.get("source", "")) if plans else ""


def judge(
    occurrence: Occurrence, play: Play | None, now: datetime, patience: timedelta = PATIENCE, *, rehearsed: bool = False
) -> Ruling:
    """Return the ruling on one occurrence, as of `now`; `rehearsed` as for `reconcile`."""
    if play is None:
        return Ruling.TO_COME if now < occurrence.start + patience else Ruling.NO_RECORD
    if play.outcome is Outcome.AIRED:
        if not (play.for_the_public or rehearsed):
            return Ruling.NO_LOUDSPEAKER
        late = play.started is not None and play.started - occurrence.start > ON_TIME
        return Ruling.LATE if late else Ruling.ON_TIME
    return Ruling(play.outcome.value)
