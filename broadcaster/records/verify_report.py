"""The result of verifying the ledger, as values: `office/wording_audit.py` says what they prove and what not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from broadcaster.records.checkpoint import Broken, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.records.checkpoint import ReceivedCheckpoint
    from broadcaster.records.identity import Identity
    from broadcaster.records.kinds import Kind
    from broadcaster.records.ledger import Head

SHOWN = 20
"""How many breaks are listed one by one; the others are only counted."""


class Fault(StrEnum):
    """The kind of a fault."""

    SCHEMA = "schema"  # table, trigger, index or view is not as shipped
    CONTENT = "content"  # a row is not what it was when its hash was made
    LINK = "link"  # a row does not follow from the one before it
    GAP = "gap"  # a sequence number is missing
    INDEX = "index"  # queries by an index find other rows than the table has
    CHECKPOINT = "checkpoint"  # not the history of a checkpoint, or not a checkpoint to be trusted
    OUTCOME = "outcome"  # a planned occurrence has no outcome
    RULE = "rule"  # a row that the file's own triggers, its plan or its own figures rule out
    CLOCK = "clock"  # the rows' times go back and no row says why
    IDENTITY = "identity"  # a rehearsal's history, or another station's


class BreakKind(StrEnum):
    """What exactly is wrong. The comment names its facts.

    `at` is the time of the checkpoint, if it has one, and `own` the name of its file, if it is the station's own.
    """

    NOT_AS_SHIPPED = "not as shipped"  # type, name: of a table, trigger, index or view
    TOO_MANY = "too many"  # type, name: of one that does not belong there
    NOT_SOUND = "not sound"  # reason, in SQLite's words
    INDEX_DIFFERS = "index differs"  # name
    UNREADABLE = "unreadable"  # reason; from this row on
    EMPTY_COLUMN = "empty column"
    OTHER_TYPE = "other type"  # column
    CHANGED = "changed"
    DOES_NOT_FOLLOW = "does not follow"  # before: the number of the row before it
    ROWS_MISSING = "rows missing"  # first, last: their numbers
    SHORTENED = "shortened"  # moment, wanted: when and which the last row was, as remembered
    END_MISSING = "end missing"  # at, wanted: rows of the checkpoint, rows: those that are there
    OTHER_HISTORY = "other history"  # at, groups: of the hash that differ, none where more than a slip differs
    BAD_SIGNATURE = "bad signature"  # at
    OTHER_KEY = "other key"  # at, key: the station's, as a line
    PLANNED_TOO_LATE = "planned too late"  # occurrence: was cued, or has its outcome
    WITHDRAWN_TOO_LATE = "withdrawn too late"  # occurrence: likewise, or its hour had come
    NO_OBJECT = "no object"  # its body is not an object of JSON
    SAID_TWICE = "said twice"  # occurrence, key: its body has the key twice
    HEARD_TOO_LONG = "heard too long"  # occurrence, heard, longest: seconds
    CUED_TWICE = "cued twice"  # occurrence: or after its outcome
    UNPLANNED_OUTCOME = "unplanned outcome"  # occurrence: was not planned
    SECOND_OUTCOME = "second outcome"  # occurrence
    NO_OUTCOME = "no outcome"  # occurrence
    NO_INSTANT = "no instant"
    CLOCK_WENT_BACK = "clock went back"  # seconds
    FROZEN_OTHERWISE = "frozen otherwise"  # month: its digest or number is not that of its occurrences
    FROZEN_UNSIGNED = "frozen unsigned"  # month: no key of the station has signed it
    FROZEN_TWICE = "frozen twice"  # month
    FROZEN_LATE = "frozen late"  # month, seconds: after its beginning, and the row does not say so
    REHEARSAL = "rehearsal"  # station, key: its name
    OTHER_STATION = "other station"  # station, key: its name


class RemarkKind(StrEnum):
    """What somebody should ask about. This program writes such rows too, seldom. The comment names the facts."""

    NOT_CUED = "not cued"  # occurrence: sounded, and no row before says that it was about to
    PLANNED_AFTERWARDS = "planned afterwards"  # occurrence: entered into the plan after it had sounded
    ENTERED_LATE = "entered late"  # occurrence, hours: after its end
    PROVES_NOTHING = "proves nothing"  # a checkpoint of no rows; at
    OTHER_KEY = "other key"  # own: a checkpoint of the station's own that is not of the key at hand
    NOT_READ = "not read"  # own: a file among the station's checkpoints that is none
    GIVEN_UP = "given up"  # own, row: a checkpoint of rows that, as that row reports, were lost or given up


FAULTS: Mapping[BreakKind, Fault] = {
    BreakKind.NOT_AS_SHIPPED: Fault.SCHEMA,
    BreakKind.TOO_MANY: Fault.SCHEMA,
    BreakKind.NOT_SOUND: Fault.CONTENT,
    BreakKind.INDEX_DIFFERS: Fault.INDEX,
    BreakKind.UNREADABLE: Fault.CONTENT,
    BreakKind.EMPTY_COLUMN: Fault.CONTENT,
    BreakKind.OTHER_TYPE: Fault.CONTENT,
    BreakKind.CHANGED: Fault.CONTENT,
    BreakKind.DOES_NOT_FOLLOW: Fault.LINK,
    BreakKind.ROWS_MISSING: Fault.GAP,
    BreakKind.SHORTENED: Fault.GAP,
    BreakKind.END_MISSING: Fault.CHECKPOINT,
    BreakKind.OTHER_HISTORY: Fault.CHECKPOINT,
    BreakKind.BAD_SIGNATURE: Fault.CHECKPOINT,
    BreakKind.OTHER_KEY: Fault.CHECKPOINT,
    BreakKind.PLANNED_TOO_LATE: Fault.RULE,
    BreakKind.WITHDRAWN_TOO_LATE: Fault.RULE,
    BreakKind.NO_OBJECT: Fault.RULE,
    BreakKind.SAID_TWICE: Fault.RULE,
    BreakKind.HEARD_TOO_LONG: Fault.RULE,
    BreakKind.CUED_TWICE: Fault.RULE,
    BreakKind.UNPLANNED_OUTCOME: Fault.RULE,
    BreakKind.SECOND_OUTCOME: Fault.RULE,
    BreakKind.NO_OUTCOME: Fault.OUTCOME,
    BreakKind.NO_INSTANT: Fault.RULE,
    BreakKind.CLOCK_WENT_BACK: Fault.CLOCK,
    BreakKind.FROZEN_OTHERWISE: Fault.RULE,
    BreakKind.FROZEN_UNSIGNED: Fault.RULE,
    BreakKind.FROZEN_TWICE: Fault.RULE,
    BreakKind.FROZEN_LATE: Fault.RULE,
    BreakKind.REHEARSAL: Fault.IDENTITY,
    BreakKind.OTHER_STATION: Fault.IDENTITY,
}
"""What is counted together."""

CHAIN_FAULTS = frozenset({Fault.SCHEMA, Fault.CONTENT, Fault.LINK, Fault.GAP, Fault.INDEX})
"""Those that say that a row is not as it was written, or is not found as it was written."""

FALSE_FIGURES = frozenset(Fault) - {Fault.OUTCOME, Fault.CLOCK}
"""Those with which a report would say what is not so.

What has no outcome has no record in a report, which says so. A row that is older than the one before it is written by
a person's command, too, on a computer whose clock is wrong: that must not mark each later report.
"""

_SLIP = 2  # groups of a hash: so many that differ are a typing mistake, not a forgery


@dataclass(frozen=True, slots=True)
class Break:
    """One fault: its kind and facts. `seq` is the row where it shows; 0 for the whole file."""

    seq: int
    kind: BreakKind
    facts: Mapping[str, Any]

    @property
    def fault(self) -> Fault:
        """What it is counted under."""
        return FAULTS[self.kind]


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody should ask about. `seq` is the row; 0 where it is about a checkpoint."""

    seq: int
    kind: RemarkKind
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rupture:
    """A row that reports a change of the file from outside the chain: damaged on the disk, or restored."""

    seq: int
    at: str
    kind: Kind
    body: dict[str, Any]

    @classmethod
    def from_body(cls, seq: int, kind: Kind, at: str, body: bytes) -> Self:
        """Read a rupture from its columns; a body that cannot be read is left empty."""
        try:
            told = json.loads(body)
        except ValueError:
            told = {}
        return cls(seq, at, kind, told if isinstance(told, dict) else {})


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose the history says it is, None where it does not; and what it says of new keys and names, in row order."""

    identity: Identity | None = None
    changes: tuple[tuple[int, str, str, str], ...] = ()  # row, kind, old, new


NOBODY = Whose()


@dataclass(frozen=True, slots=True)
class Awaited:
    """Outcomes that the desk enters when its clock has settled: how many, and when; None: after its next start."""

    count: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class CheckpointVerdict:
    """A checkpoint, and the hash that its row has in this history; None if there is no such row."""

    given: ReceivedCheckpoint
    here: str | None

    @property
    def rows(self) -> int:
        """How many rows the checkpoint is of."""
        return self.given.checkpoint.head.seq

    @property
    def fits(self) -> bool:
        """Whether the history has that row with that hash."""
        return self.here == self.given.checkpoint.head.hash

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with the signature: it is good, or there was none, or no key to check it with."""
        unchecked = self.given.signature is Signature.OTHER and self.given.key is None
        return unchecked or self.given.signature in (Signature.GOOD, Signature.NONE)

    @property
    def named(self) -> dict[str, Any]:
        """What a sentence calls the checkpoint by: its time, and its file if it is the station's own."""
        return {"at": self.given.checkpoint.at} | ({"own": self.given.own} if self.given.own else {})

    def complaints(self, rows: int) -> Iterator[tuple[BreakKind, dict[str, Any]]]:
        """Yield what is wrong with the checkpoint, for a history of `rows` rows: each a kind and its facts.

        A key that was made anew is no fault of the station's own checkpoints: `remarks` tells it.
        """
        if self.here is None:
            yield BreakKind.END_MISSING, self.named | {"wanted": self.rows, "rows": rows}
        elif not self.fits:
            yield BreakKind.OTHER_HISTORY, self.named | {"groups": self._mistyped_groups(self.here)}
        if self.given.signature is Signature.BAD:
            yield BreakKind.BAD_SIGNATURE, self.named
        elif not self.sound and not self.given.own:
            yield BreakKind.OTHER_KEY, self.named | {"key": self.given.key.text if self.given.key else ""}

    def remarks(self) -> Iterator[tuple[RemarkKind, dict[str, Any]]]:
        """Yield what somebody should know about the checkpoint: each a kind and its facts."""
        if not self.rows and not self.given.own:
            yield RemarkKind.PROVES_NOTHING, self.named
        if self.given.own and self.given.signature is Signature.OTHER and not self.sound:
            yield RemarkKind.OTHER_KEY, self.named

    def is_told_by(self, rupture: Rupture) -> bool:
        """Whether a row reports that rows of this checkpoint, the station's own, were lost or given up after it.

        Of a checkpoint that was kept elsewhere this is no excuse: who feigns damage writes such a row too.
        """
        at, good = self.given.checkpoint.at, rupture.body.get("rows")
        if not self.given.own or at is None or not isinstance(good, int) or good >= self.rows:
            return False
        try:
            return at <= datetime.fromisoformat(rupture.at)
        except (ValueError, TypeError):
            return False

    def _mistyped_groups(self, here: str) -> tuple[int, ...]:
        """Return which groups of the hash differ, from 1 on; none where too many do for a slip."""
        wanted = self.given.checkpoint.short.split()[1:-1]
        groups = [n + 1 for n, group in enumerate(wanted) if here[n * len(group) :][: len(group)] != group]
        return tuple(groups) if len(groups) <= _SLIP else ()


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result for `rows` rows up to `head`: the first breaks by row, and the count of each kind."""

    rows: int
    head: Head
    first_at: str
    last_at: str
    breaks: tuple[Break, ...]
    counts: dict[Fault, int]
    ruptures: tuple[Rupture, ...] = ()
    held: tuple[CheckpointVerdict, ...] = ()
    remarks: tuple[Remark, ...] = ()  # the first of each kind
    remark_counts: Mapping[RemarkKind, int] = field(default_factory=dict)
    whose: Whose = NOBODY
    awaited: Awaited | None = None

    def with_remarks(self, remarks: Iterable[Remark]) -> Self:
        """Return the same with more remarks."""
        more = tuple(remarks)
        counts = Counter(self.remark_counts) + Counter(remark.kind for remark in more)
        return replace(self, remarks=self.remarks + more, remark_counts=counts)

    def with_break(self, found: Break) -> Self:
        """Return the same with one more fault."""
        counts = {**self.counts, found.fault: self.counts.get(found.fault, 0) + 1}
        return replace(self, breaks=(*self.breaks, found), counts=counts)

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong; there may be remarks."""
        return not self.counts

    @property
    def chain_ok(self) -> bool:
        """Whether no row was changed, removed, inserted or moved, as far as a chain can show."""
        return not CHAIN_FAULTS & self.counts.keys()

    @property
    def broken(self) -> Broken | None:
        """What a checkpoint or a report of this history has to say: how much is wrong; None where nothing is false."""
        wrong = [broken.seq for broken in self.breaks if broken.fault in FALSE_FIGURES]
        if not wrong:
            return None
        return Broken(sum(self.counts.get(fault, 0) for fault in FALSE_FIGURES), wrong[0])

    @property
    def anchor(self) -> CheckpointVerdict | None:
        """The checkpoint that proves most, of those that somebody kept elsewhere; used only if all of them fit."""
        return _longest(held for held in self.held if not held.given.own and not held.given.enclosed)

    @property
    def enclosed_anchor(self) -> CheckpointVerdict | None:
        """The longest checkpoint that came with the history in an export, and agrees with it; None if none does."""
        return _longest(held for held in self.held if held.given.enclosed and held.fits)

    @property
    def own_anchor(self) -> CheckpointVerdict | None:
        """The longest of the station's own checkpoints that fit."""
        return _longest(held for held in self.held if held.given.own and held.fits)


def _longest(verdicts: Iterable[CheckpointVerdict]) -> CheckpointVerdict | None:
    """Return the verdict on the checkpoint of most rows; None where none has any."""
    return max((held for held in verdicts if held.rows), key=lambda held: held.rows, default=None)
