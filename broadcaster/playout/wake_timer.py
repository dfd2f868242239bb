"""Wakes the daemon when something is due. The only module that uses APScheduler."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

JOBS = 50
"""How many of the next instants are jobs at a time: one takes the scheduler 0.2 ms, and a plan can have 10,000."""

log = logging.getLogger(__name__)


class WakeTimer:
    """One-shot APScheduler jobs in memory, at the next instants when the desk must cue something.

    `misfire_grace_time=None`: a late job still wakes the daemon; the desk judges lateness.
    """

    def __init__(self, zone: ZoneInfo, wake: Callable[[], None]) -> None:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
        from apscheduler.schedulers.background import BackgroundScheduler

        self._wake = wake
        self._lock = threading.Lock()
        self._later: list[datetime] = []  # the instants that are no jobs yet, the next one last
        self._scheduler = BackgroundScheduler(timezone=zone, job_defaults={"misfire_grace_time": None})
        self._scheduler.add_listener(
            lambda event: log.error("wake-up %s: %s", event.job_id, event), EVENT_JOB_ERROR | EVENT_JOB_MISSED
        )
        self._scheduler.start()

    def set(self, instants: Iterable[datetime]) -> None:
        """Wake at these instants, and no longer at those set before."""
        with self._lock:
            self._scheduler.remove_all_jobs()
            self._later = sorted(set(instants), reverse=True)
            self._add_jobs()

    def _add_jobs(self) -> None:
        """Make jobs of the next instants; the last of them makes jobs of those that follow."""
        instants = [self._later.pop() for _job in range(min(JOBS, len(self._later)))]
        for instant in instants[:-1]:
            self._scheduler.add_job(self._wake, "date", run_date=instant)
        for instant in instants[-1:]:
            self._scheduler.add_job(self._wake_and_go_on, "date", run_date=instant)

    def _wake_and_go_on(self) -> None:
        self._wake()
        with self._lock:
            self._add_jobs()

    def nudge(self) -> None:
        """Make the scheduler read the clock now: it sleeps by the monotonic clock and does not notice a step."""
        self._scheduler.wakeup()

    def close(self) -> None:
        """Stop the scheduler."""
        self._scheduler.shutdown(wait=False)
