"""Sees to it that a station goes on in its own play history, and that the history says whose it is.

`missing_rows` works out what a history still has to say, `OwnRows.take_up` keeps the key that the rows name: first the
row, then the key, so that no key is in force that the history does not know.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.program import start_command
from broadcaster.records.daily_backup import all_backups
from broadcaster.records.damage import is_blank, lacks_rows
from broadcaster.records.identity import (
    ACTOR,
    Foreign,
    ForeignHistoryError,
    Identity,
    Purpose,
    begun,
    key_changed,
    read_identity,
    renamed,
)
from broadcaster.records.keys import is_key_gone, new_key, own_keys, present_key, signing_key, take_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.schema import BUSY_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.head_file import KnownHead
    from broadcaster.records.signed_note import Signer


@dataclass(frozen=True, slots=True)
class Owner:
    """What a station is in its history: the folder of its keys, its name, and its clock, with a zone."""

    keys: Path
    name: str
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Rows that are to be written, and the key that they name, where it was not made yet."""

    entries: tuple[Entry, ...]
    folder: Path
    key: Signer | None = None
    earlier: tuple[str, ...] = ()  # the public keys before it, as lines

    def take_up(self) -> None:
        """Keep the new key; the rows stand."""
        if self.key is not None:
            take_key(self.folder, self.key, self.earlier)


def find_foreign(owner: Owner, path: Path) -> ForeignHistoryError | None:
    """Return whose the history at `path` is, if it is not the station's; None also where there is none.

    A file that cannot be read is not judged.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    try:
        with Ledger.open(path, read_only=True) as ledger:
            refuse_foreign(owner, ledger)
    except ForeignHistoryError as error:
        return error
    except RecordError:
        return None
    return None


def own_backups(owner: Owner, folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the backups that are whole and the station's own, newest first: two stations may share a folder."""
    for backup in all_backups(folders):
        if backup.is_whole and find_foreign(owner, backup.path) is None:
            yield backup.path


def refuse_foreign(owner: Owner, ledger: Ledger) -> Identity | None:
    """Return whose history an open one is, None where it does not say; raise ForeignHistoryError for another's."""
    identity = read_identity(ledger)
    if identity is not None and (why := identity.foreign_to(own_keys(owner.keys))):
        raise ForeignHistoryError(ledger.path, identity, why)
    return identity


def first_row(owner: Owner) -> Entry:
    """Return the first row of a new history of this station; its key is made where there is none."""
    key = _present_key(owner)
    return begun(owner.name, key, Purpose.LIVE, owner.now())


def missing_rows(owner: Owner, ledger: Ledger) -> OwnRows:
    """Return the rows by which a history says that it is this station's, under the key and name that it has now.

    Raises ForeignHistoryError where it is another's, RecordError for a key that cannot be read.
    """
    identity = refuse_foreign(owner, ledger)
    if identity is None:
        return OwnRows((first_row(owner),), owner.keys)
    changed = _key_rows(owner, identity)
    return OwnRows((*changed.entries, *_name_rows(owner, identity)), changed.folder, changed.key, changed.earlier)


def missing_key_rows(owner: Owner, ledger: Ledger) -> OwnRows:
    """Return what `missing_rows` does of the key only; nothing where the history does not say whose it is."""
    identity = refuse_foreign(owner, ledger)
    return OwnRows((), owner.keys) if identity is None else _key_rows(owner, identity)


class KeyKeeper:
    """Keeps the key that rows of a history name; what cannot be kept is tried again, under the same rows."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._pending: OwnRows | None = None

    @property
    def is_pending(self) -> bool:
        """Whether there is a key to be kept, or may be."""
        return self._pending is not None

    def written(self, rows: OwnRows) -> None:
        """Take it that these rows stand; `take_up` keeps their key."""
        self._pending = rows

    def take_up(self) -> None:
        """Keep the key that the rows name."""
        if self._pending is not None:
            self._pending.take_up()
            self._pending = None

    def keep(self, owner: Owner) -> None:
        """See to it that there is a key: where it is gone, enter another and keep that."""
        if self._pending is None:
            rows = missing_key_rows(owner, self._ledger)
            self._ledger.append(rows.entries)
            self._pending = rows
        self.take_up()


def restored_rows(owner: Owner, backup: Path, *, is_new: bool) -> tuple[Entry, ...]:
    """Return the rows that a backup lacks when it becomes the station's history; raise InputError for another's.

    A station that `is_new`, without a history, such as one on a new computer, may go on in one whose key is lost.
    """
    foreign = find_foreign(owner, backup)
    if foreign is None:
        return ()
    if foreign.why is Foreign.OTHER_STATION and is_new:
        return (key_changed(foreign.identity.key, present_key(owner.keys), owner.now()),)
    todo = _("name a backup of this station; those are in backups/, or in the folder that station.toml names")
    raise InputError(Problem(foreign.what, todo, backup))


def refuse_shortened(owner: Owner, path: Path, known: KnownHead | None) -> None:
    """Raise RecordError where the history at `path` lacks rows that it had, `known` being its last one.

    Where it is another's, that is said instead: ForeignHistoryError.

    Written to, it would go on as if they had never been; only a start of the desk makes up for them, and says so.
    """
    if known is not None and lacks_rows(path, known):
        if foreign := find_foreign(owner, path):
            raise foreign
        what = _("the play history lacks rows that it had, up to row {row} of {moment}: nothing was written to it")
        todo = _("put the file back; or start the desk, which goes on with what is left and in backups/: {command}")
        what = what.format(row=known.seq, moment=f"{known.at:%d/%m/%Y %H:%M:%S}")
        raise RecordError(str(Problem(what, todo.format(command=f"{start_command()} run"), path)))


def hold_own(owner: Owner, ledger: Ledger, *, read_only: bool, daemon: bool) -> None:
    """See to it that a history that was just opened is the station's, and says so.

    The `daemon` watches its clock, and enters a key that was made anew when it believes it. Raises ForeignHistoryError.
    """
    if not read_only and not ledger.head().seq:
        ledger.append([first_row(owner)], only_after=0)
    refuse_foreign(owner, ledger)
    if not read_only and not daemon:
        ledger.before_append = lambda: _doubt_clock(owner, ledger)
        KeyKeeper(ledger).keep(owner)


def _doubt_clock(owner: Owner, ledger: Ledger) -> None:
    """Enter that the clock is behind the last row, where it is: else what a person enters now seems to be forged."""
    ledger.before_append = lambda: None
    try:
        last, now = ledger.last_at(), owner.now()
    except RecordError:  # a row that cannot be read keeps no other from being written
        return
    if last is not None and last - now > BUSY_TIMEOUT:
        body = {"floor": last.isoformat(), "doubt": "behind"}
        ledger.append([Entry(Kind.CLOCK_UNTRUSTED, ACTOR, now, None, body)])


# ---- the rows ------------------------------------------------------------------------------------------------------


def _key_rows(owner: Owner, identity: Identity) -> OwnRows:
    folder = owner.keys
    if is_key_gone(folder) and _can_write(folder):
        made = new_key(owner.name)
        return OwnRows((key_changed(identity.key, made.verifier.text, owner.now()),), folder, made, identity.keys)
    present = present_key(folder)
    if present in ("", identity.key):
        return OwnRows((), folder)
    return OwnRows((key_changed(identity.key, present, owner.now()),), folder)  # such as in a backup put back


def _name_rows(owner: Owner, identity: Identity) -> Iterator[Entry]:
    if owner.name != identity.station:
        yield renamed(identity.station, owner.name, owner.now())


def _present_key(owner: Owner) -> str:
    """Return the public key in force, made where there is none; "" where this user cannot make or see it."""
    folder = owner.keys
    if is_key_gone(folder) and _can_write(folder):
        return signing_key(folder, owner.name).verifier.text
    return present_key(folder)


def _can_write(folder: Path) -> bool:
    """Whether a key can be kept in `folder`; where not, the desk and the commands go on without one."""
    try:
        make_folder(folder)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def refuse_gone(owner: Owner, path: Path, backups: Iterable[Path]) -> None:
    """Raise RecordError where there is no history at `path`, and a backup in these folders says that there was one."""
    backup = next(own_backups(owner, backups), None) if is_blank(path) else None
    if backup is not None:
        what = _("the play history is gone, and there is a backup of it ({backup}): nothing was written")
        todo = _("put the file back; or start the desk, which goes on with what is in backups/: {command}")
        problem = Problem(what.format(backup=backup.name), todo.format(command=f"{start_command()} run"), path)
        raise RecordError(str(problem))
