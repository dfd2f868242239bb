"""Wakes the daemon when something is due. The only module that uses APScheduler."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)


class WakeTimer:
    """One-shot APScheduler jobs in memory, at the instants when the desk must cue something.

    `misfire_grace_time=None`: a late job still wakes the daemon; the desk judges lateness.
    """

    def __init__(self, zone: ZoneInfo, wake: Callable[[], None]) -> None:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
        from apscheduler.schedulers.background import BackgroundScheduler

        self._wake = wake
        self._scheduler = BackgroundScheduler(timezone=zone, job_defaults={"misfire_grace_time": None})
        self._scheduler.add_listener(
            lambda event: log.error("wake-up %s: %s", event.job_id, event), EVENT_JOB_ERROR | EVENT_JOB_MISSED
        )
        self._scheduler.start()

    def set(self, instants: Iterable[datetime]) -> None:
        """Wake at these instants, and no longer at those set before."""
        self._scheduler.remove_all_jobs()
        for instant in sorted(set(instants)):
            self._scheduler.add_job(self._wake, "date", run_date=instant)

    def nudge(self) -> None:
        """Make the scheduler read the clock now: it sleeps by the monotonic clock and does not notice a step."""
        self._scheduler.wakeup()

    def close(self) -> None:
        """Stop the scheduler."""
        self._scheduler.shutdown(wait=False)
