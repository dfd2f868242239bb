"""What the desk has done beside it every day, one errand after its own time: the backup, the copies of checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.playout.background_backup import DAILY_BACKUP
from broadcaster.playout.background_command import BackgroundCommand
from broadcaster.playout.background_copies import CHECKPOINT_COPIES

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


class BackgroundErrands:
    """All errands of a run."""

    def __init__(self) -> None:
        self._commands = [BackgroundCommand(errand) for errand in (DAILY_BACKUP, CHECKPOINT_COPIES)]

    def round(self, station: Station, *, at_rest: bool) -> None:
        """Start what is due, and notice what has ended."""
        for command in self._commands:
            command.round(station, at_rest=at_rest)

    def close(self) -> None:
        """Stop what is not done; it counts as not done."""
        for command in self._commands:
            command.close()
