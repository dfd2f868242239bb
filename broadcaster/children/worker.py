"""A child process that answers questions: started when needed, given a deadline, ended when it hangs.

Engines that crash, hang or keep global state live there: a process can always be ended, a thread never.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.children.process import Child, Loss, LossKind
from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from broadcaster.children.messages import Message

_CLOSING_SECONDS = 2.0


class WorkerLostError(BroadcasterError):
    """The worker died before it answered."""


class WorkerTimeoutError(BroadcasterError):
    """The worker did not answer in time, and was ended."""


class Worker:
    """One child process that runs `module` and answers one request at a time; starts anew after it was lost.

    Not for two threads at once: its owner holds a lock.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The process in use, or None."""
        child = self._running
        return child.pid if child else None

    @property
    def _running(self) -> Child | None:
        return self._child if self._child and self._child.lost is None else None

    def ask(self, head: Mapping[str, Any], deadline: float) -> Message:
        """Send a request and return the answer, a fault included.

        Raise WorkerTimeoutError after `deadline` seconds (the start counted), WorkerLostError where it died.
        """
        self._child = child = self._running or self._start()
        answer = child.ask({**head, "deadline": deadline}, deadline)
        if answer is not None:
            return answer
        self._child, loss = None, child.lost
        if loss is not None:
            raise WorkerLostError(_reason(loss))
        child.end()
        raise WorkerTimeoutError(_("no answer within {seconds:g} s").format(seconds=deadline))

    def close(self) -> None:
        """Let the worker end by itself, or end it."""
        if self._child is not None:
            self._child.end(patience=_CLOSING_SECONDS)
        self._child = None

    def _start(self) -> Child:
        try:
            return Child(self._module)
        except OSError as error:
            raise WorkerLostError(_("its process cannot start: {reason}").format(reason=os_text(error))) from None


def _reason(loss: Loss) -> str:
    if loss.kind is LossKind.UNREADABLE:
        return _("its process sent something that is not a message: {received}").format(received=loss.text)
    words = loss.text or f"exit status {loss.exit_status}"
    return _("its process ended unexpectedly: {reason}").format(reason=words)
