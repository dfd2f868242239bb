"""Whose a play history is: the station, its public keys and the purpose, as the history itself says.

Its first row says so (`history_begun`); a key made anew and a new name of the station are rows too. What an older
version wrote says nothing before the row that the desk enters at its next start.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster import __version__
from broadcaster.errors import Problem, RecordError
from broadcaster.i18n import _
from broadcaster.records.keys import key_name
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

KINDS = (Kind.HISTORY_BEGUN, Kind.KEY_CHANGED, Kind.STATION_RENAMED)
"""The rows that say whose a history is."""

ACTOR = "broadcaster"
"""Who enters them: the program, whoever started it."""


class Purpose(StrEnum):
    """What a history is kept for."""

    LIVE = "live"
    REHEARSAL = "rehearsal"  # in simulated time: nothing of it was on the air


class Foreign(StrEnum):
    """Why a history is not the one that a station goes on with."""

    REHEARSAL = "rehearsal"
    OTHER_STATION = "other station"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a history is. `keys`: public keys as lines, the last one in force; `since`: the first row that says so."""

    station: str
    keys: tuple[str, ...]
    purpose: str
    since: int

    @property
    def key(self) -> str:
        """The public key in force, as a line; "" where none is told."""
        return self.keys[-1] if self.keys else ""

    def foreign_to(self, own: Collection[str]) -> Foreign | None:
        """Return why this is not the history of a station that has, or had, the public keys `own`; None where it is.

        A station without a key is not told from another.
        """
        if self.purpose == Purpose.REHEARSAL:
            return Foreign.REHEARSAL
        is_other = own and self.keys and not set(own) & set(self.keys)
        return Foreign.OTHER_STATION if is_other else None


class ForeignHistoryError(RecordError):
    """The history at `path` is another's than this station's: `identity` says whose, `why` what is wrong with that."""

    def __init__(self, path: Path, identity: Identity, why: Foreign) -> None:
        self.what, self.todo = foreign_text(why, identity.station, identity.key), foreign_todo(why)
        super().__init__(str(Problem(self.what, self.todo, path)))
        self.identity, self.why = identity, why


def foreign_text(why: Foreign, station: str, key: str) -> str:
    """Return whose a history is that is not the station's own; `key` as a line."""
    if why is Foreign.REHEARSAL:
        text = _("this is the history of a rehearsal ({station}): nothing of it was on the air")
        return text.format(station=station or "-")
    text = _("this is the history of another station: {station}, with the key {key}")
    return text.format(station=station or "-", key=key_name(key))


def foreign_todo(why: Foreign) -> str:
    """Return what to do about it."""
    if why is Foreign.REHEARSAL:
        return _("put the station's own broadcaster.db back, or move this one away")
    return _(
        "put the station's own broadcaster.db back. Where this one is the station's own, its keys/ are wrong: put the "
        "right ones back; if they are lost, move keys/ away, and the desk makes a new key and enters that"
    )


# ---- reading -------------------------------------------------------------------------------------------------------


def read_identity(ledger: Ledger) -> Identity | None:
    """Return whose a history is; None where it does not say."""
    identity: Identity | None = None
    for row in ledger.rows(KINDS):
        identity = after_row(identity, row.seq, row.kind, row.body)
    return identity


class IdentityReader:
    """Reads rows as they are in a file; a body that cannot be read says nothing."""

    def __init__(self) -> None:
        self.identity: Identity | None = None
        self.changes: list[tuple[int, str, str, str]] = []  # row, kind, old, new

    def read(self, seq: int, kind: str, text: str | bytes) -> None:
        """Read one row, of one of `KINDS`."""
        body = _object(text)
        self.identity = after_row(self.identity, seq, kind, body)
        if kind != Kind.HISTORY_BEGUN:
            self.changes.append((seq, kind, str(body.get("old", "")), str(body.get("new", ""))))


def identity_of(rows: Iterable[tuple[int, str, str]]) -> Identity | None:
    """Return what `read_identity` does from columns of a file: `seq`, `kind`, `body`; rows of other kinds say none."""
    reader = IdentityReader()
    for seq, kind, text in rows:
        if kind in KINDS:
            reader.read(seq, kind, text)
    return reader.identity


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def after_row(before: Identity | None, seq: int, kind: str, body: Mapping[str, Any]) -> Identity | None:
    """Return whose a history is after one more row, of one of `KINDS`."""
    if kind == Kind.HISTORY_BEGUN:
        keys = (*(before.keys if before else ()), *_line(body, "key"))
        purposes = {before.purpose if before else Purpose.LIVE, str(body.get("purpose", Purpose.LIVE))}
        purpose = Purpose.REHEARSAL if Purpose.REHEARSAL in purposes else Purpose.LIVE
        return Identity(str(body.get("station", "")), keys, purpose, before.since if before else seq)
    if before is None:
        return None
    if kind == Kind.KEY_CHANGED:
        return replace(before, keys=(*before.keys, *_line(body, "new")))
    return replace(before, station=str(body.get("new", "")))


def _line(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = body.get(name)
    return (found,) if isinstance(found, str) and found else ()


# ---- rows ----------------------------------------------------------------------------------------------------------


def begun(station: str, key: str, purpose: Purpose, at: datetime) -> Entry:
    """Return the row that says whose a history is; `key` is the public key as a line, "" for none."""
    body = {"station": station, "key": key, "purpose": str(purpose), "version": __version__}
    return Entry(Kind.HISTORY_BEGUN, ACTOR, at, None, body)


def key_changed(old: str, new: str, at: datetime) -> Entry:
    """Return the row that says that the station signs with another key from now on; both as lines."""
    return Entry(Kind.KEY_CHANGED, ACTOR, at, None, {"old": old, "new": new})


def renamed(old: str, new: str, at: datetime) -> Entry:
    """Return the row that says that the station has another name from now on."""
    return Entry(Kind.STATION_RENAMED, ACTOR, at, None, {"old": old, "new": new})
