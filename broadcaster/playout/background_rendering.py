"""Clips made in the background while the desk airs: in a process of their own, one batch at a time.

Speech is made ahead of time, never at air time. The separate process keeps the desk small, and a voice that crashes
does not disturb it.
"""

from __future__ import annotations

import logging
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from broadcaster.children.messages import MessageError, encode_message
from broadcaster.children.process import Child, Loss, LossKind
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text
from broadcaster.records.clip_rows import ClipRow
from broadcaster.records.kinds import Kind
from broadcaster.speech.render import RenderResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from broadcaster.children.messages import Message
    from broadcaster.station.folder import Station

ASK_AGAIN_AFTER = 60.0
"""Seconds after which a script that could not be rendered is tried again."""

MODULE = "broadcaster.playout.render_worker"

log = logging.getLogger(__name__)


class _Batch:
    """A process that renders some scripts. `failed`: those that could not be rendered, and why; `rows`: the others."""

    def __init__(self, root: str, scripts: Sequence[str]) -> None:
        self._unheard = dict.fromkeys(scripts, "")
        self._error = ""
        self.scripts = scripts
        self.failed: dict[str, str] = {}
        self.rows: SimpleQueue[ClipRow] = SimpleQueue()
        self._child = Child(MODULE, self._hear)
        self._child.send({"station": root, "scripts": list(scripts)})

    @property
    def is_over(self) -> bool:
        """Whether the process has ended."""
        return self._child.lost is not None

    def _hear(self, message: Message) -> bool:
        head = message.head
        if "error" in head:
            self._error = str(head["error"])
        elif head.get("script") in self._unheard:
            del self._unheard[head["script"]]
            if "row" in head:
                self.rows.put(ClipRow(Kind(head["kind"]), head["row"]))
            if head.get("result") == RenderResult.FAILED:
                self.failed[head["script"]] = str(head.get("reason", ""))
        else:
            raise MessageError(encode_message(message))
        return True

    def finish(self) -> None:
        """Give every script that the process did not get to the reason why: its mistake, or its end."""
        loss = self._child.lost
        if self._unheard and (self._error or (loss is not None and not _is_ordinary(loss))):
            reason = self._error or _("rendering ended unexpectedly: {reason}").format(reason=_words(loss))
            self.failed |= dict.fromkeys(self._unheard, reason)

    def close(self) -> None:
        """End the process."""
        self._child.end()


def _is_ordinary(loss: Loss) -> bool:
    return loss.kind is LossKind.ENDED and loss.exit_status == 0


def _words(loss: Loss | None) -> str:
    return (loss.text or f"exit status {loss.exit_status}") if loss else ""


class BackgroundRendering:
    """Collects the scripts to render; `round` starts a batch and notices its end. Any thread may ask.

    `failures` are the scripts whose clip could not be made when it was last tried, and why. `unentered` are the rows of
    clips that are there and that the play history does not know yet; whoever writes them calls `entered`.
    """

    def __init__(self, station: Station, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._root = str(station.root)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._wanted: dict[str, None] = {}
        self._tried: dict[str, float] = {}
        self._batch: _Batch | None = None
        self.failures: dict[str, str] = {}
        self.unentered: tuple[ClipRow, ...] = ()

    def ask(self, scripts: Iterable[str]) -> None:
        """Ask for these scripts to be rendered soon; one that was tried less than a minute ago is skipped.

        So is one whose clip is there and only waits for its row.
        """
        now, waiting = self._monotonic(), {row.script for row in self.unentered}
        with self._lock:
            for script in scripts:
                if script not in waiting and now - self._tried.get(script, -ASK_AGAIN_AFTER) >= ASK_AGAIN_AFTER:
                    self._wanted[script] = None

    def round(self) -> bool:
        """Start what was asked for; return whether a batch has ended since the last call."""
        ended = self._batch is not None and self._batch.is_over
        if self._batch is not None:
            self._take_rows(self._batch.rows)
        if self._batch is not None and ended:
            self._take(self._batch)
            self._batch = None
        if self._batch is None and (scripts := self._take_wanted()):
            self._start(scripts)
        return ended

    def entered(self, rows: Collection[ClipRow]) -> None:
        """Take it that these rows are written."""
        self.unentered = tuple(row for row in self.unentered if row not in rows)

    def _take_rows(self, rows: SimpleQueue[ClipRow]) -> None:
        while not rows.empty():  # this thread alone takes rows out
            self.unentered = (*self.unentered, rows.get())

    def _take(self, batch: _Batch) -> None:
        batch.finish()
        for script in batch.scripts:
            self.failures.pop(script, None)
        self.failures |= batch.failed
        for script, reason in batch.failed.items():
            log.error(_("%s could not be rendered: %s"), script, reason)

    def _take_wanted(self) -> list[str]:
        with self._lock:
            scripts, self._wanted = list(self._wanted), {}
            self._tried.update(dict.fromkeys(scripts, self._monotonic()))
        return scripts

    def _start(self, scripts: list[str]) -> None:
        log.info(_("rendering: %s"), ", ".join(scripts))
        try:
            self._batch = _Batch(self._root, scripts)
        except OSError as error:
            reason = _("the process that renders cannot start: {reason}").format(reason=os_text(error))
            self.failures |= dict.fromkeys(scripts, reason)
            log.error(reason)  # noqa: TRY400 - no bug of ours

    def close(self) -> None:
        """Stop rendering; a clip that is half made leaves no file."""
        if self._batch is not None:
            self._batch.close()
            self._batch = None
