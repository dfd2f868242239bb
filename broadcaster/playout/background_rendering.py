"""Clips made in the background while the desk airs: in a process of their own, one at a time.

Speech is made ahead of time, never at air time. The separate process keeps the desk small, and a voice that crashes
does not disturb it.
"""

from __future__ import annotations

import logging
import subprocess
import time
from typing import TYPE_CHECKING

from broadcaster.children.process import environment, program_command
from broadcaster.files import make_folder
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from broadcaster.station.folder import Station

ASK_AGAIN_AFTER = 60.0
"""Seconds after which a script that could not be rendered is tried again."""

log = logging.getLogger(__name__)


class BackgroundRendering:
    """Collects the scripts to render; `round` starts a batch and notices its end."""

    def __init__(self, station: Station) -> None:
        self._root = station.root
        self._log_file: Path = station.state_folder / "render.log"
        self._wanted: dict[str, None] = {}
        self._tried: dict[str, float] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, scripts: Sequence[str]) -> None:
        """Ask for these scripts to be rendered soon; one that was tried less than a minute ago is skipped."""
        now = time.monotonic()
        for script in scripts:
            if now - self._tried.get(script, -ASK_AGAIN_AFTER) >= ASK_AGAIN_AFTER:
                self._wanted[script] = None

    def round(self) -> bool:
        """Start what was asked for; return whether a batch has ended since the last call."""
        status = self._process.poll() if self._process is not None else None
        ended = status is not None
        if ended:
            self._process = None
        if status:
            log.error(_("rendering failed (exit code %d): see %s"), status, self._log_file)
        if self._process is None and self._wanted:
            self._start(list(self._wanted))
            self._wanted.clear()
        return ended

    def _start(self, scripts: list[str]) -> None:
        log.info(_("rendering: %s"), ", ".join(scripts))
        self._tried.update(dict.fromkeys(scripts, time.monotonic()))
        # A mistake in one file must not keep the others from being rendered.
        command = program_command("--station", str(self._root), "script", "render", "--in-force", *scripts)
        make_folder(self._log_file.parent)
        with self._log_file.open("ab") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment()
            )

    def close(self) -> None:
        """Stop rendering; a clip that is half made leaves no file."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
