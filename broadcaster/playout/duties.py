"""The duties of a round: one that fails is told once, counted, and tried again; it keeps no other from being done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_text

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 3
"""How often a last duty is tried; each try waits for a locked history by itself."""

log = logging.getLogger(__name__)


class Duties:
    """Does duties by name, some of them only now and then.

    `now` is a counter in seconds. `failed` is called each time that a duty fails, with the error and how many seconds
    that took, `works_again` when it no longer does.
    """

    def __init__(
        self,
        now: Callable[[], float],
        failed: Callable[[str, Exception, float], None],
        works_again: Callable[[str], None],
    ) -> None:
        self._now = now
        self._on_failure = failed
        self._on_success = works_again
        self._due: dict[str, float] = {}
        self._failing: dict[str, int] = {}  # how often in a row

    def do(self, name: str, action: Callable[[], None], *, every: float = 0.0) -> bool:
        """Do a duty, if it is so many seconds since it was done; return whether it went well. Raises nothing."""
        begun = self._now()
        if begun < self._due.get(name, 0.0):
            return True
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not silence the desk
            self._failed(name, error, self._now() - begun)
            return False
        if every:
            self.due_in(name, every)
        if name in self._failing:
            times = self._failing.pop(name)
            log.warning(_("%s works again, after %d failures"), name, times)
            self._on_success(name)
        return True

    def insist(self, name: str, action: Callable[[], None]) -> None:
        """Do a last duty, and try again where it fails: no round comes after it."""
        self.due_in(name, 0.0)
        for _try in range(TRIES):
            if self.do(name, action):
                return

    def due_in(self, name: str, seconds: float) -> None:
        """Let a duty wait for so many seconds, whenever it was done; 0: it is due now."""
        self._due[name] = self._now() + seconds

    def _failed(self, name: str, error: Exception, seconds: float) -> None:
        first = name not in self._failing
        self._failing[name] = self._failing.get(name, 0) + 1
        if first and not isinstance(error, BroadcasterError | OSError):
            log.critical(_("%s: an error of the program"), name, exc_info=error)
        elif first:
            log.critical("%s: %s", name, os_text(error) if isinstance(error, OSError) else error)
        self._on_failure(name, error, seconds)
