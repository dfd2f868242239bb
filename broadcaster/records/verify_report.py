"""The result of verifying the ledger, as values: `office/wording_audit.py` says what they prove and what not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from broadcaster.records.checkpoint import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.records.checkpoint import ReceivedCheckpoint
    from broadcaster.records.identity import Identity
    from broadcaster.records.ledger import Head, Kind

SHOWN = 20
"""How many breaks are listed one by one; the others are only counted."""


class Fault(StrEnum):
    """The kind of a fault."""

    SCHEMA = "schema"  # table, trigger, index or view is not as shipped
    CONTENT = "content"  # a row is not what it was when its hash was made
    LINK = "link"  # a row does not follow from the one before it
    GAP = "gap"  # a sequence number is missing
    CHECKPOINT = "checkpoint"  # not the history of a checkpoint, or not a checkpoint to be trusted
    OUTCOME = "outcome"  # a planned occurrence has no outcome, or two
    CLOCK = "clock"  # the rows' times go back and no row says why
    IDENTITY = "identity"  # a rehearsal's history, or another station's


class BreakKind(StrEnum):
    """What exactly is wrong. The comment names its facts; `at` is the time of the checkpoint, if it has one."""

    NOT_AS_SHIPPED = "not as shipped"  # name: of a table, trigger, index or view
    UNREADABLE = "unreadable"  # reason; from this row on
    EMPTY_COLUMN = "empty column"
    CHANGED = "changed"
    DOES_NOT_FOLLOW = "does not follow"  # before: the number of the row before it
    ROWS_MISSING = "rows missing"  # first, last: their numbers
    END_MISSING = "end missing"  # at, wanted: rows of the checkpoint, rows: those that are there
    OTHER_HISTORY = "other history"  # at, groups: of the hash that differ, none where more than a slip differs
    BAD_SIGNATURE = "bad signature"  # at
    OTHER_KEY = "other key"  # at, key: the station's, as a line
    CUED_TWICE = "cued twice"  # occurrence
    UNPLANNED_OUTCOME = "unplanned outcome"  # occurrence: was not planned, or has its outcome already
    SECOND_OUTCOME = "second outcome"  # occurrence
    NO_OUTCOME = "no outcome"  # occurrence
    NO_INSTANT = "no instant"
    CLOCK_WENT_BACK = "clock went back"  # seconds
    REHEARSAL = "rehearsal"  # station, key: its name
    OTHER_STATION = "other station"  # station, key: its name


FAULTS: Mapping[BreakKind, Fault] = {
    BreakKind.NOT_AS_SHIPPED: Fault.SCHEMA,
    BreakKind.UNREADABLE: Fault.CONTENT,
    BreakKind.EMPTY_COLUMN: Fault.CONTENT,
    BreakKind.CHANGED: Fault.CONTENT,
    BreakKind.DOES_NOT_FOLLOW: Fault.LINK,
    BreakKind.ROWS_MISSING: Fault.GAP,
    BreakKind.END_MISSING: Fault.CHECKPOINT,
    BreakKind.OTHER_HISTORY: Fault.CHECKPOINT,
    BreakKind.BAD_SIGNATURE: Fault.CHECKPOINT,
    BreakKind.OTHER_KEY: Fault.CHECKPOINT,
    BreakKind.CUED_TWICE: Fault.OUTCOME,
    BreakKind.UNPLANNED_OUTCOME: Fault.OUTCOME,
    BreakKind.SECOND_OUTCOME: Fault.OUTCOME,
    BreakKind.NO_OUTCOME: Fault.OUTCOME,
    BreakKind.NO_INSTANT: Fault.CLOCK,
    BreakKind.CLOCK_WENT_BACK: Fault.CLOCK,
    BreakKind.REHEARSAL: Fault.IDENTITY,
    BreakKind.OTHER_STATION: Fault.IDENTITY,
}
"""What is counted together."""

CHAIN_FAULTS = frozenset({Fault.SCHEMA, Fault.CONTENT, Fault.LINK, Fault.GAP})
"""Those that say that a row is not as it was written."""

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
class CheckpointVerdict:
    """A checkpoint, and the hash that its row has in this history; None if there is no such row."""

    given: ReceivedCheckpoint
    here: str | None

    @property
    def fits(self) -> bool:
        """Whether the history has that row with that hash."""
        return self.here == self.given.checkpoint.head.hash

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with the signature: it is good, or there was none, or no key to check it with."""
        unchecked = self.given.signature is Signature.OTHER and self.given.key is None
        return unchecked or self.given.signature in (Signature.GOOD, Signature.NONE)

    def complaints(self, rows: int) -> Iterator[tuple[BreakKind, dict[str, Any]]]:
        """Yield what is wrong with the checkpoint, for a history of `rows` rows: each a kind and its facts."""
        checkpoint = self.given.checkpoint
        if self.here is None:
            yield BreakKind.END_MISSING, {"at": checkpoint.at, "wanted": checkpoint.head.seq, "rows": rows}
        elif not self.fits:
            yield BreakKind.OTHER_HISTORY, {"at": checkpoint.at, "groups": self._mistyped_groups(self.here)}
        if self.given.signature is Signature.BAD:
            yield BreakKind.BAD_SIGNATURE, {"at": checkpoint.at}
        elif not self.sound:
            yield BreakKind.OTHER_KEY, {"at": checkpoint.at, "key": self.given.key.text if self.given.key else ""}

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
    whose: Whose = NOBODY

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.counts

    @property
    def chain_ok(self) -> bool:
        """Whether no row was changed, removed, inserted or moved, as far as a chain can show."""
        return not CHAIN_FAULTS & self.counts.keys()

    @property
    def anchor(self) -> CheckpointVerdict | None:
        """The checkpoint that proves most; used only if all of them fit."""
        return max(self.held, key=lambda held: held.given.checkpoint.head.seq, default=None)
