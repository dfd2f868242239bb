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
from broadcaster.records.ledger import Head, Kind
from broadcaster.records.reconcile import PATIENCE
from broadcaster.records.schema import BUSY_TIMEOUT, GENESIS, differences, reading, told
from broadcaster.records.verify_report import (
    FAULTS,
    SHOWN,
    Break,
    BreakKind,
    CheckpointVerdict,
    Fault,
    Rupture,
    VerifyReport,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from broadcaster.records.checkpoint import ReceivedCheckpoint

CLOCK_SLACK = BUSY_TIMEOUT
"""A row may be this much older than the one before it: its writer read the clock and then waited for the lock."""

_COLUMNS = "seq, at, kind, occurrence, actor, body, prev_hash, hash"
_LINES = 7
_ZONE = -6
_INSTANT = re.compile(
    rb"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}[+-]\d\d:\d\d"
).fullmatch
_STRIDE = 10_000
_DAWN = datetime.min.replace(tzinfo=UTC)
_BY_PLAN = b'"origin":"plan"'
_RUPTURES = {kind.encode(): kind for kind in (Kind.LEDGER_DAMAGED, Kind.RESTORED)}
_CLOCK_KINDS = {kind.encode() for kind in (Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED, Kind.DAEMON_STARTED)}
_CLOCK_KINDS |= _RUPTURES.keys()  # rows saved from a damaged file keep their time
_PEOPLE_KINDS = {kind.encode() for kind in (Kind.ORDER, Kind.APPROVAL, Kind.SCHEDULE_CHANGED, Kind.COPY_SENT)}


def verify(
    path: Path,
    patience: timedelta = PATIENCE,
    progress: Callable[[int], None] = lambda _rows: None,
    checkpoints: Sequence[ReceivedCheckpoint] = (),
) -> VerifyReport:
    """Check the whole ledger at `path`; `progress` is called with the number of rows now and then.

    It is compared with each of the `checkpoints` too, in number of rows and hash. An occurrence must have its outcome
    `patience` after its planned time, as of the daemon's last row. Raises RecordError if the file cannot be read.
    """
    if not path.exists():
        raise RecordError(_("{path}: there is no play history yet").format(path=path))
    with told(path), reading(path) as connection:
        return _verify(connection, patience, progress, checkpoints)


def _verify(
    connection: sqlite3.Connection,
    patience: timedelta,
    progress: Callable[[int], None],
    checkpoints: Sequence[ReceivedCheckpoint],
) -> VerifyReport:
    findings = _Findings()
    for name in differences(connection):
        findings.add(0, BreakKind.NOT_AS_SHIPPED, name=name)
    audit = _Audit(findings, {given.checkpoint.head.seq for given in checkpoints})
    connection.text_factory = bytes  # what was hashed, even if it is no longer UTF-8
    try:
        for record in connection.execute(f"SELECT {_COLUMNS} FROM ledger NOT INDEXED ORDER BY seq"):
            audit.row(*record)
            if audit.rows % _STRIDE == 0:
                progress(audit.rows)
    except sqlite3.DatabaseError as error:
        findings.add(audit.seq + 1, BreakKind.UNREADABLE, reason=str(error))
    audit.finish(patience)
    return audit.report(tuple(_hold(given, audit, findings) for given in checkpoints))


def _hold(given: ReceivedCheckpoint, audit: _Audit, findings: _Findings) -> CheckpointVerdict:
    """Compare the history with one checkpoint."""
    held = CheckpointVerdict(given, audit.hashes.get(given.checkpoint.head.seq))
    for kind, facts in held.complaints(audit.rows):
        findings.add(given.checkpoint.head.seq, kind, **facts)
    return held


class _Findings:
    """The first breaks of each kind, and the count of all."""

    def __init__(self) -> None:
        self.first: list[Break] = []
        self.counts: dict[Fault, int] = {}

    def add(self, seq: int, kind: BreakKind, **facts: Any) -> None:  # noqa: ANN401 - a fact may be any frozen value
        fault = FAULTS[kind]
        self.counts[fault] = self.counts.get(fault, 0) + 1
        if self.counts[fault] <= SHOWN:
            self.first.append(Break(seq, kind, MappingProxyType(facts)))


class _Audit:
    """Reads the rows in order and remembers only what later rows need."""

    def __init__(self, findings: _Findings, wanted: Collection[int]) -> None:
        self._findings = findings
        self._wanted = wanted
        self.hashes = {0: GENESIS}  # of the rows that checkpoints ask for
        self.ruptures: list[Rupture] = []
        self.rows = 0
        self.seq = 0
        self._hash = GENESIS.encode()
        self._first_at = b""
        self._at = b""
        self._kind = b""
        self._daemon_at = b""
        self._open: dict[bytes, tuple[int, bool]] = {}  # no outcome so far: the row, and whether it was cued
        self._unplanned: set[bytes] = set()  # those with an outcome

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
            self._findings.add(seq, BreakKind.EMPTY_COLUMN)
            return
        if prev != self._hash or seq != self.seq + 1:
            self._link(seq, prev)
        # Exactly seven lines, or text could move from one column to the next under the same hash.
        if sha256(lines).hexdigest().encode() != digest or occurrence == b"" or lines.count(b"\n") != _LINES:
            self._findings.add(seq, BreakKind.CHANGED)
        if at != self._at:
            # Compared as text if the zone is the same: parsing every instant would take a fifth of the time.
            if at > self._at and at[_ZONE:] == self._at[_ZONE:] and _INSTANT(at):
                self._at = at
            else:
                self._clock(seq, at, kind)
        if kind not in _PEOPLE_KINDS:
            self._daemon_at = self._at
        if occurrence is not None:
            self._outcome(seq, kind, occurrence, body)
        elif kind in _RUPTURES:
            self._rupture(seq, at, kind, body)
        if seq in self._wanted:
            self.hashes[seq] = digest.decode(errors="replace")
        self.rows += 1
        self.seq, self._hash, self._kind = seq, digest, kind

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

    def _rupture(self, seq: int, at: bytes, kind: bytes, body: bytes) -> None:
        """Remember a row that reports a damaged or restored history."""
        self.ruptures.append(Rupture.from_body(seq, _RUPTURES[kind], at.decode(errors="replace"), body))

    def _outcome(self, seq: int, kind: bytes, occurrence: bytes, body: bytes) -> None:
        if kind == b"planned":
            self._open[occurrence] = (seq, False)
        elif kind == b"withdrawn":
            self._open.pop(occurrence, None)
        elif kind == b"cued":
            if self._open.get(occurrence, (0, False))[1]:
                self._findings.add(seq, BreakKind.CUED_TWICE, occurrence=_text(occurrence))
            self._open[occurrence] = (seq, True)
        elif kind == b"played":
            self._played(seq, occurrence, body)

    def _played(self, seq: int, occurrence: bytes, body: bytes) -> None:
        was_open = self._open.pop(occurrence, None)
        if _BY_PLAN in body:
            if was_open is None:
                self._findings.add(seq, BreakKind.UNPLANNED_OUTCOME, occurrence=_text(occurrence))
        elif occurrence in self._unplanned:
            self._findings.add(seq, BreakKind.SECOND_OUTCOME, occurrence=_text(occurrence))
        else:
            self._unplanned.add(occurrence)

    def finish(self, patience: timedelta) -> None:
        """Find what should have an outcome by now, as of the daemon's last row: it cannot write while it is off."""
        until = _instant(self._daemon_at)
        for occurrence, (seq, _cued) in self._open.items():
            start = _start(occurrence)
            if start is None or start + patience < until:
                self._findings.add(seq, BreakKind.NO_OUTCOME, occurrence=_text(occurrence))

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
        )


def _text(occurrence: bytes) -> str:
    return occurrence.decode(errors="replace")


def _instant(at: bytes) -> datetime:
    return datetime.fromisoformat(at.decode()) if at else _DAWN


def _start(occurrence: bytes) -> datetime | None:
    """Return the planned start at the end of an occurrence id; None if there is none."""
    try:
        start = datetime.fromisoformat(occurrence.decode().rpartition("@")[2])
    except ValueError:
        return None
    return start if start.tzinfo else None
