"""The schema of `broadcaster.db`: one append-only table, its triggers, and the views that people read.

Every object is a constant here, so that a file can be compared with what was shipped. Migrations add objects, and
make views anew; the ledger table is never rebuilt (sqlite-utils' `transform` would drop its triggers).
"""

# ruff: noqa: S608 - the statements are put together from constants of this file
from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.records.activity_views import ACTIVITY_VIEWS
from broadcaster.records.audit_views import AUDIT_VIEWS, FROZEN_VIEWS
from broadcaster.records.group_views import GROUP_VIEWS
from broadcaster.records.later_views import LATER_VIEWS, SCRIPT_VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_TIMEOUT = timedelta(seconds=10)
"""How long an append waits for another process's append."""

GENESIS = "0" * 64
"""The `prev_hash` of the first row."""

HOUR = "CAST(strftime('%s', substr(occurrence, instr(occurrence, '@') + 1)) AS INTEGER)"
"""SQL: the planned start at the end of an occurrence id, in seconds since 1970 UTC; indexed, so use it verbatim."""

_OLDEST_SQLITE = (3, 37)
"""The first version with STRICT tables."""

_TABLE = """CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  occurrence TEXT CHECK (occurrence <> ''),
  actor TEXT NOT NULL CHECK (actor <> ''),
  body TEXT NOT NULL CHECK (json_valid(body)),
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  CHECK (occurrence IS NOT NULL OR kind NOT IN ('planned', 'withdrawn', 'cued', 'played'))
) STRICT"""

_INDEXES = (
    "CREATE INDEX ledger_kind ON ledger (kind)",
    "CREATE INDEX ledger_occurrence ON ledger (occurrence) WHERE occurrence IS NOT NULL",
    "CREATE UNIQUE INDEX ledger_cued ON ledger (occurrence) WHERE kind = 'cued'",
    "CREATE UNIQUE INDEX ledger_played ON ledger (occurrence) WHERE kind = 'played'",
    f"CREATE INDEX ledger_planned_hour ON ledger ({HOUR}) WHERE kind = 'planned'",
    f"CREATE INDEX ledger_played_hour ON ledger ({HOUR}) WHERE kind = 'played'",
)

# A REPLACE deletes conflicting rows without firing delete triggers (SQLite's default), so whatever could conflict is
# refused before the insert: a sequence number that is not the next one, a second cue, a second outcome.
_TRIGGERS = (
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    f"""CREATE TRIGGER ledger_next_only BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
  OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM ledger WHERE seq = NEW.seq - 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: not the next row of the chain'); END""",
    """CREATE TRIGGER ledger_planned_in_time BEFORE INSERT ON ledger
WHEN NEW.kind = 'planned' AND (
  EXISTS (SELECT 1 FROM ledger WHERE kind = 'cued' AND occurrence = NEW.occurrence)
  OR EXISTS (SELECT 1 FROM ledger WHERE kind = 'played' AND occurrence = NEW.occurrence))
BEGIN SELECT RAISE(ABORT, 'planned too late'); END""",
    """CREATE TRIGGER ledger_cued_once BEFORE INSERT ON ledger
WHEN NEW.kind = 'cued' AND (
  EXISTS (SELECT 1 FROM ledger WHERE kind = 'cued' AND occurrence = NEW.occurrence)
  OR EXISTS (SELECT 1 FROM ledger WHERE kind = 'played' AND occurrence = NEW.occurrence))
BEGIN SELECT RAISE(ABORT, 'already cued'); END""",
    """CREATE TRIGGER ledger_played_once BEFORE INSERT ON ledger
WHEN NEW.kind = 'played' AND EXISTS (SELECT 1 FROM ledger WHERE kind = 'played' AND occurrence = NEW.occurrence)
BEGIN SELECT RAISE(ABORT, 'already played'); END""",
    f"""CREATE TRIGGER ledger_withdrawn_in_time BEFORE INSERT ON ledger
WHEN NEW.kind = 'withdrawn' AND (
  CAST(strftime('%s', NEW.at) AS INTEGER) >= {HOUR.replace("occurrence", "NEW.occurrence")}
  OR EXISTS (SELECT 1 FROM ledger WHERE kind = 'cued' AND occurrence = NEW.occurrence)
  OR EXISTS (SELECT 1 FROM ledger WHERE kind = 'played' AND occurrence = NEW.occurrence))
BEGIN SELECT RAISE(ABORT, 'withdrawn too late'); END""",
)

_PLAN_VIEW = """CREATE VIEW "plan" AS
SELECT
  replace(json_extract(planned.body, '$.start'), 'T', ' ') AS start,
  coalesce(json_extract(played.body, '$.outcome'), (
    SELECT last.kind FROM ledger AS last WHERE last.kind IN ('planned', 'withdrawn')
      AND last.occurrence = planned.occurrence ORDER BY last.seq DESC LIMIT 1)) AS state,
  json_extract(planned.body, '$.class') AS class,
  (SELECT group_concat(value, ', ') FROM json_each(planned.body, '$.scripts')) AS scripts,
  json_extract(planned.body, '$.repeat') AS repeat,
  json_extract(planned.body, '$.source') AS source,
  json_extract(planned.body, '$.campaign') AS campaign,
  json_extract(planned.body, '$.slot') AS slot,
  replace(planned.at, 'T', ' ') AS planned_at,
  planned.occurrence AS occurrence,
  planned.seq AS seq
FROM ledger AS planned
LEFT JOIN ledger AS played ON played.kind = 'played' AND played.occurrence = planned.occurrence
WHERE planned.kind = 'planned' AND NOT EXISTS (
  SELECT 1 FROM ledger AS later WHERE later.kind IN ('planned', 'withdrawn') AND later.kind = 'planned'
    AND later.occurrence = planned.occurrence AND later.seq > planned.seq)"""

_AS_RUN_VIEW = """CREATE VIEW as_run AS
SELECT
  replace(coalesce(json_extract(body, '$.started'), json_extract(body, '$.planned_start')), 'T', ' ') AS start,
  json_extract(body, '$.outcome') AS outcome,
  json_extract(body, '$.lateness_s') AS late_s,
  json_extract(body, '$.heard_s') AS heard_s,
  json_extract(body, '$.repeat') AS repeat,
  (SELECT group_concat(json_extract(value, '$.title'), '; ') FROM json_each(body, '$.scripts')) AS title,
  json_extract(body, '$.reason') AS reason,
  json_extract(body, '$.class') AS class,
  json_extract(body, '$.origin') AS origin,
  json_extract(body, '$.ordered_by') AS ordered_by,
  json_extract(body, '$.source') AS source,
  json_extract(body, '$.device') AS device,
  json_extract(body, '$.clock') AS clock,
  replace(json_extract(body, '$.planned_start'), 'T', ' ') AS planned_start,
  replace(json_extract(body, '$.planned_end'), 'T', ' ') AS planned_end,
  replace(json_extract(body, '$.started'), 'T', ' ') AS started,
  replace(json_extract(body, '$.ended'), 'T', ' ') AS ended,
  (SELECT group_concat(json_extract(value, '$.id'), ', ') FROM json_each(body, '$.scripts')) AS scripts,
  (SELECT group_concat(DISTINCT json_extract(value, '$.voice')) FROM json_each(body, '$.scripts')) AS voices,
  json_extract(body, '$.campaign') AS campaign,
  json_extract(body, '$.slot') AS slot,
  occurrence,
  replace(at, 'T', ' ') AS recorded_at,
  seq
FROM ledger WHERE kind = 'played'"""

_ORDERS_VIEW = """CREATE VIEW orders AS
SELECT
  replace(at, 'T', ' ') AS at,
  actor,
  json_extract(body, '$.order') AS "order",
  json_extract(body, '$.reason') AS reason,
  occurrence,
  body,
  seq
FROM ledger WHERE kind = 'order'"""

_APPROVALS_VIEW = """CREATE VIEW approvals AS
SELECT
  replace(at, 'T', ' ') AS at,
  actor,
  json_extract(body, '$.decision') AS decision,
  json_extract(body, '$.script') AS script,
  json_extract(body, '$.title') AS title,
  json_extract(body, '$.reason') AS reason,
  json_extract(body, '$.text_digest') AS text_digest,
  json_extract(body, '$.spoken_digest') AS spoken_digest,
  seq
FROM ledger WHERE kind = 'approval'"""

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ledger", (_TABLE, *_INDEXES, *_TRIGGERS)),
    ("views", (_PLAN_VIEW, _AS_RUN_VIEW, _ORDERS_VIEW)),
    ("approvals", (_APPROVALS_VIEW,)),
    ("audit views", AUDIT_VIEWS),
    ("frozen plans", FROZEN_VIEWS),
    ("activities", ACTIVITY_VIEWS),
    ("later views", LATER_VIEWS),
    ("loudspeaker groups", GROUP_VIEWS),
    ("script changes", SCRIPT_VIEWS),
)
"""Name and statements of each migration, in order. Never change one that was shipped: add another."""

_NO_HELPERS = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


class DiskFullError(RecordError):
    """The row could not be written because the disk is full."""


class HistoryLockedError(RecordError):
    """Another program has locked the play history."""


class AlreadyRecordedError(RecordError):
    """The occurrence has been cued, has its outcome, or can no longer be withdrawn."""


def locked_text(path: Path) -> str:
    """Return that another program has the play history at `path` locked."""
    return _("{path}: another program has locked the play history; close it and try again").format(path=path)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into RecordError with a sentence; the SQLite error is its cause."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DiskFullError(_("{path}: the disk is full; free some space").format(path=path)) from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise HistoryLockedError(locked_text(path)) from error
        text = _("{path}: the play history cannot be used ({reason})")
        raise RecordError(text.format(path=path, reason=error)) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock at the first statement; roll everything back if something is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def connect(path: Path, *, read_only: bool, busy_timeout: timedelta) -> sqlite3.Connection:
    """Open a connection in autocommit mode; `read_only` also opens a copy on a read-only medium."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        text = _("SQLite {version} is too old; use a Python that brings 3.37 or newer")
        raise RecordError(text.format(version=sqlite3.sqlite_version))
    seconds = busy_timeout.total_seconds()
    if not read_only:
        return sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=False)
    connection = _connect_uri(path, "mode=ro", seconds)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # A file in WAL mode needs helper files in its folder; if they cannot be made and there is no log to lose:
        log = path.with_name(path.name + "-wal")
        if error.sqlite_errorcode & 0xFF not in _NO_HELPERS or (log.exists() and log.stat().st_size):
            raise
        return _connect_uri(path, "mode=ro&immutable=1", seconds)
    except BaseException:
        connection.close()
        raise
    return connection


def reading(path: Path, busy_timeout: timedelta = BUSY_TIMEOUT) -> closing[sqlite3.Connection]:
    """Open a read-only connection that is closed at the end of the `with`."""
    return closing(connect(path, read_only=True, busy_timeout=busy_timeout))


def _connect_uri(path: Path, options: str, timeout: float) -> sqlite3.Connection:
    place = quote(path.resolve().as_posix())  # /home/x, C:/x or //server/share/x
    uri = f"file:{'//' if place.startswith('//') else '' if place.startswith('/') else '///'}{place}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


def refusal(error: sqlite3.IntegrityError, *, kind: str, occurrence: str | None) -> RecordError:
    """Return in words what a trigger, or a constraint of the table, refused."""
    told_by = {
        "already cued": _("{occurrence}: was cued before; it is never aired a second time"),
        "already played": _("{occurrence}: already has its outcome"),
        "planned too late": _("{occurrence}: was cued or has its outcome; it cannot be planned again"),
        "withdrawn too late": _("{occurrence}: its hour has come; it needs an outcome and cannot be withdrawn"),
    }
    if text := told_by.get(str(error)):
        return AlreadyRecordedError(text.format(occurrence=occurrence))
    return RecordError(_("the play history refused a row ({kind}): {reason}").format(kind=kind, reason=error))
