"""The timer wakes the desk at every instant, few jobs at a time."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from waiting import wait_for

from broadcaster.playout.wake_timer import JOBS, WakeTimer

PAST = datetime(2020, 5, 1, tzinfo=UTC)
FUTURE = datetime(2120, 5, 1, tzinfo=UTC)


def test_every_instant_wakes_also_those_that_are_no_jobs_at_first() -> None:
    woken: list[None] = []
    with closing(WakeTimer(ZoneInfo("UTC"), lambda: woken.append(None))) as timer:
        timer.set(PAST + timedelta(seconds=number) for number in range(3 * JOBS + 1))
        wait_for(lambda: len(woken) > 3 * JOBS and not timer._scheduler.get_jobs())
        assert (len(woken), timer._later) == (3 * JOBS + 1, [])


def test_a_plan_of_thousands_is_few_jobs_and_the_next_ones() -> None:
    with closing(WakeTimer(ZoneInfo("UTC"), lambda: None)) as timer:
        timer.set(FUTURE + timedelta(seconds=number) for number in reversed(range(10_000)))
        times = sorted(job.next_run_time for job in timer._scheduler.get_jobs())
        assert times == [FUTURE + timedelta(seconds=number) for number in range(JOBS)]
        timer.set([FUTURE])
        assert [job.next_run_time for job in timer._scheduler.get_jobs()] == [FUTURE]
