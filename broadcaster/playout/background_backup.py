"""The daily backup of the play history, in a process of its own: reading a long history takes a while."""

from __future__ import annotations

import logging
import subprocess
import time
from typing import TYPE_CHECKING

from broadcaster.children.process import environment, program_command
from broadcaster.i18n import _
from broadcaster.records.daily_backup import daily_backups

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.station.folder import Station

FIRST_AFTER = 60.0
"""Seconds after the start in which the desk has better things to do."""
LOOK_EVERY = 600.0
AGAIN_AFTER = 3600.0
"""Seconds after which a backup that failed is tried again."""

log = logging.getLogger(__name__)


class BackgroundBackup:
    """Starts the backup of each day when the desk is at rest, and notices how it ended."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._due = monotonic() + FIRST_AFTER
        self._process: subprocess.Popen[bytes] | None = None

    def round(self, station: Station, *, at_rest: bool) -> None:
        """Start today's backup if there is none yet; notice the end of one."""
        try:
            if self._process is not None:
                self._notice_end(station)
            elif at_rest and self._monotonic() >= self._due:
                self._due = self._monotonic() + LOOK_EVERY
                if not is_made_today(station):
                    self._start(station)
        except OSError as error:
            self._due = self._monotonic() + AGAIN_AFTER
            log.error(_("the daily backup of the play history failed: %s"), error)  # noqa: TRY400 - no bug of ours

    def _start(self, station: Station) -> None:
        command = program_command("--station", str(station.root), "backup", "--daily")
        with (station.state_folder / "backup.log").open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment()
            )

    def _notice_end(self, station: Station) -> None:
        status = self._process.poll() if self._process is not None else None
        if status is None:
            return
        self._process = None
        said = (station.state_folder / "backup.log").read_text("utf-8", "replace").strip()
        if status:
            self._due = self._monotonic() + AGAIN_AFTER
            log.error(_("the daily backup of the play history failed (exit code %d): %s"), status, said)
        else:
            log.info(_("the daily backup of the play history: %s"), said)

    def close(self) -> None:
        """Stop a backup; one that is half made takes no other's place."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def is_made_today(station: Station) -> bool:
    """Whether today's backup is there, or whether there is nothing to back up yet."""
    today = station.now().date()
    made = any(backup.day == today for backup in daily_backups([station.daily_backup_folder]))
    return made or not station.ledger_path.exists()
