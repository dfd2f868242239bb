"""Writes the rows of plays: intents, before any sound leaves, and outcomes, which are kept until they are written."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from broadcaster.playout.rows import played_row
from broadcaster.records.ledger import AlreadyRecordedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from broadcaster.records.ledger import Entry, Ledger
    from broadcaster.records.play_rows import Play

log = logging.getLogger(__name__)


class RowWriter:
    """The rows of one desk; `forget` is called with the id of an occurrence that has its outcome."""

    def __init__(self, ledger: Ledger, forget: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._forget = forget
        self._over: list[Play] = []

    @property
    def unwritten(self) -> tuple[Play, ...]:
        """The outcomes that are certain and not in the ledger yet."""
        return tuple(self._over)

    def is_over(self, play: Play) -> None:
        """Take down an outcome; `write` writes it."""
        self._over.append(play)

    def write(self, now: datetime) -> None:
        """Write all outcomes; pass over what another process has written. Raises RecordError: then they are kept."""
        if not self._over:
            return
        try:
            self._ledger.append([played_row(play, now) for play in self._over])
            self._done(self._over)
        except AlreadyRecordedError:
            for play in list(self._over):
                self._write_one(play, now)

    def write_intent(self, row: Entry) -> bool:
        """Write that an occurrence is about to sound; return False where another process aired it, or airs it."""
        try:
            self._ledger.append([row])
        except AlreadyRecordedError as error:
            if not self._stands(row):
                log.error("%s", error)  # noqa: TRY400 - no bug of ours
                self._forget(row.occurrence or "")
                return False
        return True

    def _stands(self, row: Entry) -> bool:
        """Return whether the ledger has this very row: an earlier write came through, though an error was raised."""
        rows = self._ledger.rows([row.kind], occurrence=row.occurrence)
        return any((known.actor, known.body) == (row.actor, dict(row.body)) for known in rows)

    def _write_one(self, play: Play, now: datetime) -> None:
        try:
            self._ledger.append([played_row(play, now)])
        except AlreadyRecordedError as error:
            log.error("%s", error)  # noqa: TRY400 - no bug of ours
        self._done([play])

    def _done(self, plays: Sequence[Play]) -> None:
        for play in list(plays):
            self._over.remove(play)
            self._forget(play.occurrence)
            log.info("%s: %s %s", play.occurrence, play.outcome, play.reason)
