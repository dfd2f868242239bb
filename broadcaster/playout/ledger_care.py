"""Cares for the file of the play history: keeps it current while the desk runs, and goes on where it came to harm.

What lies only in the write-ahead log is lost to whoever copies the one file, or deletes the log: so the log is folded
into the file whenever the desk is at rest. What became of the file is seen by its number in the file system, every
round, and by reading it, every hour; what cannot be read or written shows by itself.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text
from broadcaster.playout.ballast import FULL, Ballast
from broadcaster.reasons import Reason, ReasonKind, reason
from broadcaster.records.damage import find_damage, may_be_harm
from broadcaster.records.file_places import FilePlaces
from broadcaster.records.rescue import put_back, rescue, rescue_running
from broadcaster.records.schema import DiskFullError, locked_text
from broadcaster.station.history_conditions import loss_condition
from broadcaster.station.own_history import find_foreign, first_row, own_backups

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.records.ledger import Ledger
    from broadcaster.records.rescue import Rescue
    from broadcaster.station.folder import Station

FOLD_EVERY = 5.0
"""Seconds between two foldings while the desk is at rest and rows come in; each costs about as much as an append."""
FOLD_AT_LEAST_EVERY = 3600.0
"""Seconds after which the log is folded in though the desk is busy."""
READ_EVERY = 600.0
"""Seconds between two looks into the file at rest; each reads all of it, as far as time allows."""
MEND_AGAIN_AFTER = 10.0
READ_PATIENCE = timedelta(seconds=0.5)
"""How long the rounds may wait for a look at the file; a few years of history are read by then."""

log = logging.getLogger(__name__)


def mend_at_start(station: Station) -> None:
    """Go on in a new file where the play history came to harm while no desk ran.

    Raises RecordError where that cannot be done (the disk is full or does not work, or the folder cannot be written
    to), and where the history is a rehearsal's or another station's.
    """
    if foreign := find_foreign(station.owner, station.ledger_path):
        raise foreign
    try:
        done = _rescue(station)
    except DiskFullError:
        if not Ballast.of(station).free():
            raise
        done = _rescue(station)
    _tell(done)


def _rescue(station: Station) -> Rescue | None:
    path = station.ledger_path
    try:
        backups = own_backups(station.owner, station.daily_backup_folders)
        return rescue(path, station.now(), station.heads, backups, lambda: first_row(station.owner))
    except OSError as error:  # a file beside the history, of which SQLite does not tell
        kind = DiskFullError if error.errno in FULL else RecordError
        text = _("{path}: the play history cannot be used ({reason})")
        raise kind(text.format(path=path, reason=os_text(error))) from error


def _tell(done: Rescue | None) -> None:
    if done is not None:
        log.critical("%s", loss_condition(done.entry))


def why_no_round(kind: ReasonKind, gap: timedelta, waited: float, ledger: Ledger) -> Reason:
    """Return why no round came for so long: as `kind` says, or, for the most of it, because rows `waited` for a lock.

    `waited`: seconds, see Ledger.take_waited.
    """
    if kind is ReasonKind.HALTED and timedelta(seconds=waited) > gap / 2:
        return reason(ReasonKind.HISTORY, text=locked_text(ledger.path))
    return reason(kind)


class LedgerCare:
    """Cares for the file of one open ledger. Never raises: the desk goes on as long as rows can be written."""

    def __init__(self, station: Station, ledger: Ledger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._station = station
        self._ledger = ledger
        self._monotonic = monotonic
        self._places: FilePlaces | None = None
        self._folded = 0  # the last row that is in the file itself
        self._read_at = monotonic()
        self._fold_since = self._read_at - FOLD_EVERY  # what the start wrote is folded in as soon as nothing is on
        self._mend_at = 0.0
        self._told: set[str] = set()  # troubles since all was well

    def round(self, *, busy: bool) -> None:
        """See where the file is, fold the log in, read it now and then; `busy` while something is on or about to be."""
        try:
            self._see()
            self._fold(FOLD_AT_LEAST_EVERY if busy else FOLD_EVERY)
            if not busy:
                self._read()
            self._told.clear()
        except RecordError as error:
            if not self.mend(error):
                self._tell_once(error)
        except OSError as error:
            self._tell_once(error)

    def mend(self, error: RecordError) -> bool:
        """Go on in a new file if `error` comes from harm to the present one; return whether that was done."""
        if not may_be_harm(error) or not self._may_mend():
            return False
        try:
            return self._mend()
        except (RecordError, OSError) as failure:
            self._tell_once(failure)
            return False

    def stop(self) -> None:
        """Fold in what the log still holds; whoever copies the file now has all of it."""
        try:
            self._ledger.fold_log()
        except RecordError as error:
            self._tell_once(error)

    # ---- what it does ---------------------------------------------------------------------------------------------

    def _see(self) -> None:
        if self._places is None:  # a round after the file was opened: SQLite has made its helper files by now
            self._places = FilePlaces(self._station.ledger_path)
        elif not self._ledger.is_moving and self._places.have_moved() and self._may_mend():
            self._go_on_in(put_back(self._ledger, self._station.now(), self._station.heads))

    def _fold(self, every: float) -> None:
        last, now = self._ledger.head().seq, self._monotonic()
        if last == self._folded:
            self._fold_since = now
        elif now - self._fold_since >= every and self._ledger.fold_log():
            self._folded = last

    def _read(self) -> None:
        if self._monotonic() - self._read_at < READ_EVERY:
            return
        self._read_at = self._monotonic()
        if find_damage(self._station.ledger_path, READ_PATIENCE):
            self._mend()

    def _mend(self) -> bool:
        station = self._station
        begun, backups = (lambda: first_row(station.owner)), own_backups(station.owner, station.daily_backup_folders)
        done = rescue_running(self._ledger, station.now(), station.heads, backups, begun)
        self._go_on_in(done)
        return done is not None

    def _go_on_in(self, done: Rescue | None) -> None:
        self._places, self._folded = None, 0
        _tell(done)

    # ---- small things ---------------------------------------------------------------------------------------------

    def _may_mend(self) -> bool:
        """Whether enough time has passed since the last try: each takes a while, and leaves a file behind."""
        now = self._monotonic()
        if now < self._mend_at:
            return False
        self._mend_at = now + MEND_AGAIN_AFTER
        return True

    def _tell_once(self, error: Exception) -> None:
        if str(error) not in self._told:
            log.critical("%s", os_text(error) if isinstance(error, OSError) else error)
        self._told.add(str(error))
