"""A command of this program that the desk has done for it now and then, in a process of its own."""

from __future__ import annotations

import logging
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.children.process import environment, program_command
from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.station.folder import Station

FIRST_AFTER = 60.0
"""Seconds after the start in which the desk has better things to do."""
LOOK_EVERY = 600.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done now and then: the command, and whether there is nothing to do at this moment."""

    name: str  # for people, to be translated
    arguments: tuple[str, ...]
    is_done: Callable[[Station], bool]
    log_file: str  # in state/: what the command says
    again_after: float  # seconds after which one that failed is tried again


class BackgroundCommand:
    """Starts an errand when the desk is at rest, and notices how it ended."""

    def __init__(self, errand: Errand, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._errand = errand
        self._monotonic = monotonic
        self._due = monotonic() + FIRST_AFTER
        self._process: subprocess.Popen[bytes] | None = None

    def round(self, station: Station, *, at_rest: bool) -> None:
        """Start the errand if there is something to do; notice the end of one."""
        try:
            if self._process is not None:
                self._notice_end(station)
            elif at_rest and self._monotonic() >= self._due:
                self._due = self._monotonic() + LOOK_EVERY
                if not self._errand.is_done(station):
                    self._start(station)
        except (OSError, BroadcasterError) as error:
            self._due = self._monotonic() + self._errand.again_after
            why = os_text(error) if isinstance(error, OSError) else error
            log.error(_("%s failed: %s"), _(self._errand.name), why)  # noqa: TRY400 - no bug of ours

    def _start(self, station: Station) -> None:
        command = program_command("--station", str(station.root), *self._errand.arguments)
        with (station.state_folder / self._errand.log_file).open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment()
            )

    def _notice_end(self, station: Station) -> None:
        status = self._process.poll() if self._process is not None else None
        if status is None:
            return
        self._process = None
        said = (station.state_folder / self._errand.log_file).read_text("utf-8", "replace").strip()
        if status:
            self._due = self._monotonic() + self._errand.again_after
            log.error(_("%s failed (exit code %d): %s"), _(self._errand.name), status, said)
        else:
            log.info("%s: %s", _(self._errand.name), said)

    def close(self) -> None:
        """Stop an errand; one that is half done counts as not done."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
