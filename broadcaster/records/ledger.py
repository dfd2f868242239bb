r"""The ledger: rows are appended, each bound to the row before by its hash, and never changed.

`hash` is the SHA-256, in hex, of seven lines: the hash of the row before, then `seq`, `at`, `kind`, `occurrence`
(empty if there is none), `actor`, `body`, each ended by one line feed, in UTF-8. A person can check one by hand:

    sqlite3 -separator $'\n' broadcaster.db "select prev_hash, seq, at, kind, ifnull(occurrence, ''), actor, body
        from ledger where seq = 7" | sha256sum

An acknowledged append survives a power cut: write-ahead log, `synchronous = FULL`.
"""

# ruff: noqa: S608 - every query is put together from constants of this package; values are always bound
from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any, Self, TypeVar

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.records import ledger_queries as sql
from broadcaster.records.canonical_json import canonical
from broadcaster.records.damaged_row import damaged_row
from broadcaster.records.head_file import HeadFiles, KnownHead
from broadcaster.records.kinds import Kind
from broadcaster.records.opening import is_closed, open_checked, require_row
from broadcaster.records.schema import BUSY_TIMEOUT, GENESIS, refusal, told, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

Values = tuple[str, str, str | None, str, str]
"""`at`, `kind`, `occurrence`, `actor` and `body`, as they are in the file."""

Moved = TypeVar("Moved")

_EXAMPLE = "thang-5/sang@2027-05-01T05:30+07:00"
_OCCURRENCE = re.compile(r"[^@]+@\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


_NEED_OCCURRENCE = frozenset({Kind.PLANNED, Kind.WITHDRAWN, Kind.CUED, Kind.RELEASED, Kind.CUED_AGAIN, Kind.PLAYED})


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be appended. `at` has its zone; `actor` is who did it: a person's name, or "daemon"."""

    kind: Kind
    actor: str
    at: datetime
    occurrence: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ledger. `at` carries the offset it was written with."""

    seq: int
    at: datetime
    kind: str
    occurrence: str | None
    actor: str
    body: Mapping[str, Any]
    prev_hash: str
    hash: str

    @property
    def known(self) -> KnownHead:
        """What is remembered of it outside the ledger."""
        return KnownHead(self.seq, self.hash, self.at, str(self.kind))


@dataclass(frozen=True, slots=True)
class Head:
    """The last row's number and hash; 0 and zeros for an empty ledger."""

    seq: int = 0
    hash: str = GENESIS


class Ledger:
    """An open `broadcaster.db`. May be shared between threads; each process opens its own.

    Every method raises RecordError if the file cannot be read or written.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        heads: HeadFiles | None = None,
        busy_timeout: timedelta = BUSY_TIMEOUT,
    ) -> None:
        self.path = path
        self.file_number = 1
        """Counts the files that this history was continued in; what was read by row number is to be read again."""
        self.before_append: Callable[[], None] = lambda: None
        """Called before each append: writes rows of earlier time that still wait. `append` raises what it does."""
        self._connection = connection
        self.is_moving = False
        """Whether a move failed so that no file is open: there is one only when this history is back."""
        self._heads, self._busy_timeout = heads, busy_timeout
        self._lock = threading.RLock()
        self._cues_settled = 0  # every cue up to this row has its outcome
        self._waited = 0.0  # seconds that appends waited for another program's lock, and got it

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = True,
        read_only: bool = False,
        checkpoints: bool = False,
        busy_timeout: timedelta = BUSY_TIMEOUT,
        heads: HeadFiles | None = None,
    ) -> Self:
        """Open the ledger at `path`, created or migrated if necessary.

        `checkpoints` is for the daemon only: SQLite before 3.51.3 has a rare bug when two connections checkpoint
        the write-ahead log at once. `heads` is told the last row after each append. Raises RecordError if there is no
        file and none may be created, or if it is not a ledger, was made by a newer version, or lacks its triggers.
        """
        if not path.exists() and (read_only or not create):
            raise RecordError(_("{path}: there is no play history yet").format(path=path))
        connection = open_checked(path, read_only=read_only, checkpoints=checkpoints, busy_timeout=busy_timeout)
        return cls(connection, path, heads, busy_timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._connection.close()

    # ---- write -------------------------------------------------------------------------------------------------

    def append(self, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        """Append all `entries`, or none, and return their rows; on return they are on the disk.

        `only_after`: none if the last row has another number than this by now.
        Raises AlreadyRecordedError for a second cue or outcome of an occurrence, for planning it again after one of
        them, and for withdrawing it then or after its time; schema.DiskFullError; RecordError for an incomplete entry
        (a zone, an actor or an occurrence is missing, the body is not JSON) and for anything that SQLite refuses.
        """
        columns = [_columns(entry) for entry in entries]
        if not columns:
            return []
        self.before_append()
        with self._lock, told(self.path), self._writing():
            rows: list[Row] = []
            if only_after not in (None, self._head().seq):
                return rows
            for values in columns:
                head = Head(rows[-1].seq, rows[-1].hash) if rows else self._head()
                rows.append(self._insert(head, values))
            until = sql.latest_hour(self._connection) if self._heads else None
        if self._heads is not None:
            self._heads.write(replace(rows[-1].known, until=until))
        return rows

    @contextmanager
    def _writing(self) -> Iterator[None]:
        asked = time.monotonic()
        with transaction(self._opened()):
            self._waited += time.monotonic() - asked
            yield

    def take_waited(self) -> float:
        """Return for how many seconds appends waited for another program's lock since this was last asked."""
        waited, self._waited = self._waited, 0.0
        return waited

    def _insert(self, head: Head, values: Values) -> Row:
        seq = head.seq + 1
        digest = row_hash(head.hash, seq, *values)
        record = (seq, *values, head.hash, digest)
        try:
            done = self._connection.execute(sql.INSERT, record)
        except sqlite3.IntegrityError as error:
            raise refusal(error, kind=values[1], occurrence=values[2]) from error
        if done.rowcount != 1:  # a foreign trigger can let a row vanish without an error
            raise sqlite3.DatabaseError(f"row {seq} was not taken")
        return _row(record)

    # ---- the file ----------------------------------------------------------------------------------------------

    def fold_log(self) -> bool:
        """Write what is in the write-ahead log into the file itself; return whether that is all of it.

        For the daemon only; waits for nobody. A copy of the one file has all rows then.
        """
        with self._lock, told(self.path):
            connection = self._opened()
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                busy, logged, folded = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {round(self._busy_timeout.total_seconds() * 1000)}")
        return not busy and logged == folded

    def move(self, replace_file: Callable[[sqlite3.Connection], Moved]) -> Moved:
        """Let `replace_file` put another file at this path, and go on in that; return what it returns.

        For the daemon only. It closes the connection that it is given once it needs that no more; while it has not,
        an error leaves everything as it was.
        """
        with self._lock:
            try:
                return replace_file(self._connection)
            finally:
                if is_closed(self._connection):
                    self._open_moved()

    def _open_moved(self) -> None:
        self.is_moving = True
        self._connection = open_checked(self.path, checkpoints=True, busy_timeout=self._busy_timeout)
        self.file_number, self._cues_settled = self.file_number + 1, 0
        self.is_moving = False

    def _opened(self) -> sqlite3.Connection:
        """Return the connection; where a move failed, and the file could not be opened, it is tried again."""
        if self.is_moving:
            if self._heads and (known := self._heads.read()):
                require_row(self.path, known.seq, known.hash)
            self._open_moved()
        return self._connection

    # ---- read --------------------------------------------------------------------------------------------------

    def rows(
        self, kinds: Iterable[Kind] | None = None, *, after_seq: int = 0, occurrence: str | None = None
    ) -> Iterator[Row]:
        """Yield rows in order: all, or only those of some kinds, after some row, of one occurrence.

        Reads a thousand at a time and keeps no transaction open in between, so that a slow reader does not make the
        write-ahead log grow; rows that are appended meanwhile are included.
        """
        conditions = [("", ())] if kinds is None else [(" AND kind = ?", (str(kind),)) for kind in kinds]
        if occurrence is not None:
            conditions = [(f"{text} AND occurrence = ?", (*values, occurrence)) for text, values in conditions]
        parts = [self._part(text, after_seq, values) for text, values in conditions]
        return merge(*parts, key=lambda row: row.seq)

    def _part(self, condition: str, after_seq: int, values: tuple[str, ...]) -> Iterator[Row]:
        """Yield rows of one kind at most: then an index gives them in order, and nothing has to be sorted."""
        query = f"SELECT {sql.COLUMNS} FROM ledger WHERE seq > ?{condition} ORDER BY seq LIMIT {sql.BATCH}"
        while batch := self._select(query, after_seq, *values):
            yield from batch
            after_seq = batch[-1].seq

    def head(self) -> Head:
        """Return the last row's number and hash."""
        with self._lock, told(self.path):
            return self._head()

    def _head(self) -> Head:
        found = self._opened().execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*found) if found else Head()

    def last_at(self) -> datetime | None:
        """Return the time in the last row; None for an empty ledger."""
        rows = self._select(f"SELECT {sql.COLUMNS} FROM ledger ORDER BY seq DESC LIMIT 1")
        return rows[0].at if rows else None

    def last(self, kind: Kind) -> Row | None:
        """Return the last row of a kind; None if there is none."""
        rows = self._select(f"SELECT {sql.COLUMNS} FROM ledger WHERE kind = ? ORDER BY seq DESC LIMIT 1", str(kind))
        return rows[0] if rows else None

    def data_version(self) -> int:
        """Return a number that changes when another connection has written; costs microseconds, for polling."""
        with self._lock, told(self.path):
            return int(self._opened().execute("PRAGMA data_version").fetchone()[0])

    def planned(self, start: datetime, end: datetime) -> list[Row]:
        """Return what `each_planned` yields."""
        return list(self.each_planned(start, end))

    def each_planned(self, start: datetime, end: datetime) -> Iterator[Row]:
        """Yield the `planned` rows in force (no later row withdraws them) with start <= planned start < end.

        Sorted by planned start. `play.planned_from_body` turns the body of a row into an Occurrence.
        """
        return self._paged(f"{sql.PLANNED.format(condition=sql.AFTER)} LIMIT {sql.BATCH}", start, end)

    def unresolved(self, before: datetime, since: datetime | None = None) -> list[Row]:
        """Return the `planned` rows in force that have no outcome, planned to start before `before`.

        Sorted by planned start. `since` leaves out earlier plans, which saves time in a long ledger.
        """
        first = -(1 << 62) if since is None else sql.to_second(since)
        return self._select(sql.UNRESOLVED, first, sql.to_second(before))

    def played(self, start: datetime, end: datetime) -> list[Row]:
        """Return the `played` rows with start <= planned start < end, sorted by it (unplanned: the order's time)."""
        return list(self.each_played(start, end))

    def each_played(self, start: datetime, end: datetime, holding: Sequence[str] = ()) -> Iterator[Row]:
        """Yield what `played` returns, reading a thousand at a time, for windows as long as the history.

        Rows whose body, as text, lacks one of the pieces in `holding` are left out: SQLite checks that ten times as
        fast as a row is read.
        """
        return self._paged(sql.PLAYED.format(holding=" AND instr(body, ?)" * len(holding)), start, end, *holding)

    def _paged(self, query: str, start: datetime, end: datetime, *values: str) -> Iterator[Row]:
        hour, seq, last = sql.to_second(start), 0, sql.to_second(end)
        while batch := self._select(query, hour, last, hour, seq, *values):
            yield from batch
            hour, seq = sql.hour_of(batch[-1].occurrence or ""), batch[-1].seq

    def cued_without_outcome(self) -> list[Row]:
        """Return the `cued` rows whose occurrence has no outcome: on the air now, or cut by a power failure."""
        with self._lock:
            last = self.head().seq
            open_cues = self._select(sql.OPEN_CUES, self._cues_settled)
            self._cues_settled = open_cues[0].seq - 1 if open_cues else last
        return open_cues

    def _select(self, query: str, *values: object) -> list[Row]:
        with self._lock, told(self.path):
            return [_row(record) for record in self._opened().execute(query, values)]


def row_hash(prev_hash: str, seq: int, at: str, kind: str, occurrence: str | None, actor: str, body: str) -> str:
    """Return the hash of a row from its columns as they are in the file."""
    lines = f"{prev_hash}\n{seq}\n{at}\n{kind}\n{occurrence or ''}\n{actor}\n{body}\n"
    return hashlib.sha256(lines.encode()).hexdigest()


def _columns(entry: Entry) -> Values:
    """Return the five columns that come from an entry; raise RecordError if it is incomplete."""
    if entry.at.tzinfo is None:
        raise RecordError(_("a row needs an instant with its time zone"))
    if not entry.actor.strip() or _CONTROL.search(entry.actor):
        raise RecordError(_("a row needs the name of who did it, on one line"))
    if entry.kind in _NEED_OCCURRENCE and not _OCCURRENCE.fullmatch(entry.occurrence or ""):
        raise RecordError(_("{kind}: needs an occurrence, such as {example}").format(kind=entry.kind, example=_EXAMPLE))
    if entry.occurrence is not None and (not entry.occurrence or _CONTROL.search(entry.occurrence)):
        raise RecordError(_("an occurrence is one line of text, or none"))
    return instant(entry.at), str(entry.kind), entry.occurrence, entry.actor, canonical(entry.body)


def instant(at: datetime) -> str:
    """Return an instant as the ledger writes it: ISO 8601 with offset, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


def _row(record: tuple[Any, ...]) -> Row:
    seq, at, kind, occurrence, actor, body, prev_hash, digest = record
    try:
        instant_, told = datetime.fromisoformat(at), json.loads(body)
    except (ValueError, TypeError, RecursionError) as error:  # no instant, no JSON; or not even text
        raise damaged_row(error, seq) from error
    if type(told) is not dict or instant_.tzinfo is None:
        raise damaged_row(ValueError(body if instant_.tzinfo else at), seq)
    return Row(seq, instant_, kind, occurrence, actor, told, prev_hash, digest)
