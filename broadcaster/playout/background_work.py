"""Work that the desk must not wait for: done in threads beside it, or at once."""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOSING_SECONDS = 2.0

log = logging.getLogger(__name__)


class Work(Protocol):
    """Does pieces of work. `beside`: whether it may go on when `do` has returned."""

    beside: bool

    def do(self, piece: Callable[[], object], *, urgent: bool = False, patience: float = 0.0) -> None:
        """Do a piece of work, not after what is not `urgent`; return when it is done, or after `patience` seconds."""


class AtOnce:
    """Does work before it returns: for a rehearsal, whose clock stands still meanwhile."""

    beside = False

    def do(self, piece: Callable[[], object], *, urgent: bool = False, patience: float = 0.0) -> None:  # noqa: ARG002 - see Work
        """Do a piece of work."""
        piece()


class BackgroundWork:
    """Does work in two threads of its own: what is urgent never waits for what is not.

    A piece that fails is logged, and the next one is done.
    """

    beside = True

    def __init__(self) -> None:
        self._urgent, self._ordinary = _Thread("urgent work"), _Thread("work in the background")

    def do(self, piece: Callable[[], object], *, urgent: bool = False, patience: float = 0.0) -> None:
        """Hand over a piece of work, and wait for it at most `patience` seconds."""
        done = (self._urgent if urgent else self._ordinary).hand_over(piece)
        if patience:
            done.wait(patience)

    def close(self) -> None:
        """End both threads after the pieces that they are at; the rest is not done."""
        for thread in (self._urgent, self._ordinary):
            thread.close()


class _Thread:
    """Does one piece of work after another."""

    def __init__(self, name: str) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[], object], threading.Event]] = SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def hand_over(self, piece: Callable[[], object]) -> threading.Event:
        """Have a piece done; return what is set when it is."""
        done = threading.Event()
        self._waiting.put((piece, done))
        return done

    def close(self) -> None:
        self._closing.set()
        self.hand_over(lambda: None)
        self._thread.join(_CLOSING_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            piece, done = self._waiting.get()
            try:
                piece()
            except Exception:
                log.exception(_("work in the background went wrong"))
            done.set()
