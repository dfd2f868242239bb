"""The clips that were made beside the desk: entered in the play history, and then looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.playout.rows import ACTOR

if TYPE_CHECKING:
    from broadcaster.playout.desk import Desk
    from broadcaster.playout.interfaces import Rendering
    from broadcaster.records.ledger import Ledger


class MadeClips:
    """Takes from `rendering` what was made for one desk. A clip may air from its row on."""

    def __init__(self, desk: Desk, ledger: Ledger, rendering: Rendering) -> None:
        self._desk = desk
        self._ledger = ledger
        self._rendering = rendering
        self._batch_ended = False

    def round(self) -> None:
        """Let rendering go on, enter its clips, and look for better ones when a batch has ended.

        Raises RecordError where the rows cannot be written: they are kept for the next round.
        """
        self._batch_ended |= self._rendering.round()
        rows, now = self._rendering.unentered, self._desk.station.now()
        try:
            self._ledger.append([row.entry(ACTOR, now) for row in rows])
        except RecordError as error:
            self._desk.clips.unentered = dict.fromkeys((row.script for row in rows), str(error))
            raise
        self._desk.clips.unentered = {}
        self._rendering.entered(rows)
        if self._batch_ended:
            self._desk.clips.look_again()
        self._batch_ended = False
