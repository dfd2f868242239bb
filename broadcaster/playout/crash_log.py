"""Crashes of the desk: each leaves its traceback in the log, and its kind in the play history.

An exception is logged as it leaves. What ends Python itself (a fault in a library) can only be written to a file that
is open already; the next start finds it there, and enters it.
"""

from __future__ import annotations

import faulthandler
import logging
import threading
from typing import IO, TYPE_CHECKING, Self

from broadcaster.children.stderr_tail import choose_words
from broadcaster.errors import BroadcasterError, RecordError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text
from broadcaster.playout.rows import ACTOR
from broadcaster.reasons import ReasonKind, reason, to_row
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from broadcaster.records.ledger import Ledger

log = logging.getLogger(__name__)


class CrashLog:
    """Sees to it that no crash is lost, from `with` to the end of the block. `last` is what the last run left."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.last = ""

    def __enter__(self) -> Self:
        self.last = self._take_last()
        if self.last:
            log.critical(_("the last run of the program crashed:\n%s"), self.last)
        try:
            self._file = self._path.open("wb")
        except OSError as error:
            log.warning("%s", os_text(error))
        if self._file is not None and not faulthandler.is_enabled():
            faulthandler.enable(self._file)
        else:
            self._close()
        self._thread_hook, threading.excepthook = threading.excepthook, _log_thread
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        threading.excepthook = self._thread_hook
        if self._file is not None:
            faulthandler.disable()
            self._close()
            self._path.unlink(missing_ok=True)
        if isinstance(error, BroadcasterError):
            log.critical("%s", error)
        elif error is not None:
            log.critical(_("the program ended with an error"), exc_info=error)

    def _take_last(self) -> str:
        try:
            return self._path.read_text("utf-8", "replace").strip()
        except OSError:
            return ""

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def enter_crash(ledger: Ledger, at: datetime, crash: str) -> None:
    """Write the row `daemon_stopped` that a crashed run could not write; nothing where there was no crash.

    A history that cannot be written now keeps no desk from starting: the log has the crash.
    """
    if not crash:
        return
    why = reason(ReasonKind.CRASHED, error=choose_words(crash.splitlines()))
    try:
        ledger.append([Entry(Kind.DAEMON_STOPPED, ACTOR, at, None, to_row(why))])
    except RecordError as error:
        log.error("%s", error)  # noqa: TRY400 - no bug of ours


def _log_thread(crash: threading.ExceptHookArgs) -> None:
    log.critical(_("a thread ended with an error: %s"), crash.thread and crash.thread.name, exc_info=crash.exc_value)
