"""Verifies the play history: what the file itself can prove, and what it cannot.

Needs only the database file, and preferably a checkpoint that was kept elsewhere; reads the file from the first row to
the last, read-only, also while the daemon writes.
"""

# ruff: noqa: S608 - the query is put together from constants
from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.records.continuity import SETTLED
from broadcaster.records.file_check import index_in, integrity, other_types
from broadcaster.records.frozen_rules import FrozenRules
from broadcaster.records.identity import KINDS, Foreign, IdentityReader
from broadcaster.records.keys import key_name
from broadcaster.records.kinds import BY_PEOPLE, DESK, Kind
from broadcaster.records.ledger import Head
from broadcaster.records.ledger_queries import COLUMNS
from broadcaster.records.opening import applied, differences, is_newer
from broadcaster.records.reconcile import PATIENCE
from broadcaster.records.row_rules import RowRules
from broadcaster.records.schema import BUSY_TIMEOUT, GENESIS, reading, told
from broadcaster.records.shape import is_table
from broadcaster.records.verify_report import (
    FAULTS,
    SHOWN,
    Awaited,
    Break,
    BreakKind,
    CheckpointVerdict,
    Fault,
    Remark,
    RemarkKind,
    Rupture,
    VerifyReport,
    Whose,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from broadcaster.records.checkpoint import ReceivedCheckpoint

CLOCK_SLACK = BUSY_TIMEOUT
"""A row may be this much older than the one before it: its writer read the clock and then waited for the lock."""

_ENTERING = timedelta(minutes=1)
"""How long the desk may take to enter what was missed, once its clock has settled."""

_LINES = 7
_ZONE = -6
_SURE_INSTANT = re.compile(  # of days that every month has
    rb"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}[+-]\d\d:\d\d"
).fullmatch
_STRIDE = 10_000
_DAWN = datetime.min.replace(tzinfo=UTC)
_RUPTURES = {kind.encode(): kind for kind in (Kind.LEDGER_DAMAGED, Kind.RESTORED)}
_CLOCK_KINDS = {kind.encode() for kind in (Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED, Kind.DAEMON_STARTED)}
_CLOCK_KINDS |= _RUPTURES.keys()  # rows saved from a damaged file keep their time
_IDENTITY_KINDS = {kind.encode() for kind in KINDS}
_PLAN_FROZEN = Kind.PLAN_FROZEN.encode()
_STOPPED = Kind.DAEMON_STOPPED.encode()
_DESK_KINDS = {_STOPPED, Kind.DAEMON_STARTED.encode(), Kind.CLOCK_STEP.encode()}
_OF_ITS_OWN = _RUPTURES.keys() | _IDENTITY_KINDS | {_PLAN_FROZEN} | _DESK_KINDS
_BY_PEOPLE = {kind.encode() for kind in BY_PEOPLE}
_DESK = DESK.encode()


def verify(
    path: Path,
    patience: timedelta = PATIENCE,
    progress: Callable[[int], None] = lambda _rows: None,
    checkpoints: Sequence[ReceivedCheckpoint] = (),
    own: Collection[str] = (),
    now: datetime | None = None,
) -> VerifyReport:
    """Check the whole ledger at `path`; `progress` is called with the number of rows now and then.

    It is compared with each of the `checkpoints` too, in number of rows and hash, and with `own`, the station's public
    keys as lines: a history that names none of them is another's. An occurrence must have its outcome
    `patience` after its planned time, as of the desk's last row; while the desk waits for its clock to settle, the
    outcomes of its absence are awaited. `now`: until when it may have waited, where the file is no copy. Raises
    RecordError if the file cannot be read.
    """
    if not path.exists():
        raise RecordError(_("{path}: there is no play history yet").format(path=path))
    with told(path), reading(path) as connection:
        if is_newer(applied(connection)):
            raise RecordError(_("{path}: was written by a newer version of this program; update it").format(path=path))
        connection.execute("BEGIN")  # all that is read is of one moment
        audit = _read(connection, progress, checkpoints)
        audit.finish(patience, own, now)
        return audit.report(tuple(audit.hold(given) for given in checkpoints))


def _read(
    connection: sqlite3.Connection, progress: Callable[[int], None], checkpoints: Sequence[ReceivedCheckpoint]
) -> _Audit:
    """Read the file and all its rows; the hashes of those that `checkpoints` are of are kept."""
    findings = _Findings()
    _check_file(connection, findings)
    audit = _Audit(findings, {given.checkpoint.head.seq for given in checkpoints})
    connection.text_factory = bytes  # what was hashed, even if it is no longer UTF-8
    if not is_table(connection, "ledger"):  # a view of that name may never come to an end
        findings.add(0, BreakKind.UNREADABLE, reason="no table ledger")
        return audit
    try:
        for record in connection.execute(f"SELECT {COLUMNS} FROM ledger NOT INDEXED ORDER BY seq"):
            audit.row(*record)
            if audit.rows % _STRIDE == 0:
                progress(audit.rows)
    except sqlite3.DatabaseError as error:
        findings.add(audit.seq + 1, BreakKind.UNREADABLE, reason=str(error))
    return audit


def _check_file(connection: sqlite3.Connection, findings: _Findings) -> None:
    """Check that SQL sees in the file what its rows say."""
    for found in differences(connection):
        kind = BreakKind.TOO_MANY if found.too_many else BreakKind.NOT_AS_SHIPPED
        findings.add(0, kind, type=found.type, name=found.name)
    try:
        faults = integrity(connection)
        indexes = dict.fromkeys(map(index_in, faults))
        for name in indexes:
            if name is not None:
                findings.add(0, BreakKind.INDEX_DIFFERS, name=name)
        for fault in dict.fromkeys(faults):
            if index_in(fault) is None:
                findings.add(0, BreakKind.NOT_SOUND, reason=fault)
        if findings.counts:  # in a table that is as it was made, SQLite's check has looked at the types too
            for seq, column in other_types(connection):
                findings.add(seq, BreakKind.OTHER_TYPE, column=column)
    except sqlite3.DatabaseError as error:
        findings.add(0, BreakKind.NOT_SOUND, reason=str(error))


class _Findings:
    """The first breaks and remarks of each kind, and the count of all."""

    def __init__(self) -> None:
        self.first: list[Break] = []
        self.counts: dict[Fault, int] = {}
        self.remarks: list[Remark] = []
        self.remark_counts: dict[RemarkKind, int] = {}

    def add(self, seq: int, kind: BreakKind, **facts: Any) -> None:  # noqa: ANN401 - a fact may be any frozen value
        fault = FAULTS[kind]
        self.counts[fault] = self.counts.get(fault, 0) + 1
        if self.counts[fault] <= SHOWN:
            self.first.append(Break(seq, kind, MappingProxyType(facts)))

    def remark(self, seq: int, kind: RemarkKind, **facts: Any) -> None:  # noqa: ANN401 - likewise
        self.remark_counts[kind] = self.remark_counts.get(kind, 0) + 1
        if self.remark_counts[kind] <= SHOWN:
            self.remarks.append(Remark(seq, kind, MappingProxyType(facts)))


class _DeskTimes:
    """When the desk wrote last, and since when its clock has been as it is, by its rows."""

    def __init__(self) -> None:
        self.at = b""
        self._sure = b""  # the last row of a clock that had settled, before it began anew
        self._began = b""
        self._is_stopped = False

    def take(self, kind: bytes, at: bytes) -> None:
        """Take in that the desk was started or stopped, or its clock set."""
        self._is_stopped = kind == _STOPPED
        if not self._is_stopped:
            self._sure = self.at if self._has_settled(_instant(self.at)) else self._sure
            self._began = at

    def _has_settled(self, at: datetime) -> bool:
        return not self._began or at - _instant(self._began) >= SETTLED + _ENTERING

    def owes_until(self, now: datetime | None) -> datetime:
        """Return as of when the desk owes outcomes: its last row, or the last before it began to wait for its clock."""
        is_over = now is not None and not self._is_stopped and self._has_settled(now)
        return _instant(self.at if is_over or self._has_settled(_instant(self.at)) else self._sure)

    def awaited(self, starts: Iterable[datetime], patience: timedelta) -> Awaited | None:
        """Return what is owed once the clock has settled, of the `starts` of what has no outcome yet."""
        count = sum(_instant(self.at) - start > patience for start in starts)
        until = None if self._is_stopped else _instant(self._began) + SETTLED
        return Awaited(count, until) if count else None


class _Audit:
    """Reads the rows in order and remembers only what later rows need."""

    def __init__(self, findings: _Findings, wanted: Collection[int]) -> None:
        self._findings = findings
        self._wanted = wanted
        self.hashes = {0: GENESIS}  # of the rows that checkpoints ask for
        self.ruptures: list[Rupture] = []
        self.identity = IdentityReader()
        self.awaited: Awaited | None = None
        self.rows = 0
        self.seq = 0
        self._hash = GENESIS.encode()
        self._first_at = b""
        self._at = b""
        self._kind = b""
        self._desk = _DeskTimes()
        self._rules = RowRules(findings)
        self._frozen = FrozenRules(findings)

    def row(
        self,
        seq: int,
        at: bytes,
        kind: bytes,
        occurrence: bytes | None,
        actor: bytes,
        body: bytes,
        prev: bytes,
        digest: bytes,
    ) -> None:
        """Check the next row."""
        try:
            lines = b"\n".join((prev, b"%d" % seq, at, kind, occurrence or b"", actor, body, b""))
        except TypeError:
            self._no_text(seq, at, kind, actor, body, prev, digest)
            return
        if prev != self._hash or seq != self.seq + 1:
            self._link(seq, prev)
        # Exactly seven lines, or text could move from one column to the next under the same hash.
        is_same = sha256(lines).hexdigest().encode() == digest and occurrence != b"" and lines.count(b"\n") == _LINES
        if not is_same or body[:1] != b"{":
            self._findings.add(seq, BreakKind.NO_OBJECT if is_same else BreakKind.CHANGED)
        if at != self._at:
            # Compared as text if the zone is the same: parsing every instant would take a fifth of the time.
            if at > self._at and at[_ZONE:] == self._at[_ZONE:] and _SURE_INSTANT(at):
                self._at = at
            else:
                self._clock(seq, at, kind)
        if occurrence is not None:
            self._rules.row(seq, at, kind, occurrence, body)
        elif kind in _OF_ITS_OWN:
            self._of_its_own(seq, at, kind, body)
        if actor == _DESK and kind not in _BY_PEOPLE:
            self._desk.at = self._at
        if seq in self._wanted:
            self.hashes[seq] = digest.decode(errors="replace")
        self.rows += 1
        self.seq, self._hash, self._kind = seq, digest, kind

    def _no_text(self, seq: int, *columns: object) -> None:
        """Find an empty column; a value of another type was found before."""
        if None in columns:
            self._findings.add(seq, BreakKind.EMPTY_COLUMN)

    def _link(self, seq: int, prev: bytes) -> None:
        if seq != self.seq + 1:
            self._findings.add(seq, BreakKind.ROWS_MISSING, first=self.seq + 1, last=seq - 1)
        if prev != self._hash:
            self._findings.add(seq, BreakKind.DOES_NOT_FOLLOW, before=self.seq)

    def _clock(self, seq: int, at: bytes, kind: bytes) -> None:
        try:
            back = _instant(self._at) - datetime.fromisoformat(at.decode())
        except (ValueError, TypeError):
            self._findings.add(seq, BreakKind.NO_INSTANT)
            return
        if back > CLOCK_SLACK and not _CLOCK_KINDS & {kind, self._kind}:
            self._findings.add(seq, BreakKind.CLOCK_WENT_BACK, seconds=round(back.total_seconds()))
        self._at = at
        self._first_at = self._first_at or at

    def _of_its_own(self, seq: int, at: bytes, kind: bytes, body: bytes) -> None:
        """Remember what a row says of the desk's clock, of damage, of whose the history is, of a frozen plan."""
        if kind in _DESK_KINDS:
            self._desk.take(kind, self._at)
        elif kind == _PLAN_FROZEN:
            self._frozen.row(seq, at, body)
        elif kind in _IDENTITY_KINDS:
            self.identity.read(seq, kind.decode(), body)
        else:
            self.ruptures.append(Rupture.from_body(seq, _RUPTURES[kind], at.decode(errors="replace"), body))

    def finish(self, patience: timedelta, own: Collection[str], now: datetime | None) -> None:
        """Find what should have an outcome by `now`, as of the desk's last row: it cannot write while it is off.

        Then hold whose the history says it is against the station's `own` public keys.
        """
        self.awaited = self._desk.awaited(self._rules.finish(self._desk.owes_until(now), patience), patience)
        self._frozen.finish({*own, *(self.identity.identity.keys if self.identity.identity else ())})
        if (who := self.identity.identity) and (why := who.foreign_to(own)):
            kind = BreakKind.REHEARSAL if why is Foreign.REHEARSAL else BreakKind.OTHER_STATION
            self._findings.add(who.since, kind, station=who.station or "-", key=key_name(who.key))

    def hold(self, given: ReceivedCheckpoint) -> CheckpointVerdict:
        """Compare the history with one checkpoint."""
        held = CheckpointVerdict(given, self.hashes.get(given.checkpoint.head.seq))
        for rupture in self.ruptures:
            if not held.fits and held.is_told_by(rupture):
                self._findings.remark(held.rows, RemarkKind.GIVEN_UP, **held.named, row=rupture.seq)
                return held
        for kind, facts in held.complaints(self.rows):
            self._findings.add(held.rows, kind, **facts)
        for remark, facts in held.remarks():
            self._findings.remark(0, remark, **facts)
        return held

    def report(self, held: tuple[CheckpointVerdict, ...]) -> VerifyReport:
        """Return what was found, in row order."""
        return VerifyReport(
            rows=self.rows,
            head=Head(self.seq, self._hash.decode()),
            first_at=self._first_at.decode(),
            last_at=self._at.decode(),
            breaks=tuple(sorted(self._findings.first, key=lambda broken: broken.seq)),
            counts=self._findings.counts,
            ruptures=tuple(self.ruptures),
            held=held,
            whose=Whose(self.identity.identity, tuple(self.identity.changes)),
            remarks=tuple(sorted(self._findings.remarks, key=lambda remark: remark.seq)),
            remark_counts=self._findings.remark_counts,
            awaited=self.awaited,
        )


def _instant(at: bytes) -> datetime:
    return datetime.fromisoformat(at.decode()) if at else _DAWN
