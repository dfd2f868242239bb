"""The daemon: runs the desk of one station, unattended, for months.

`run` reads top to bottom: take the lock, open the ledger, take up the plan, set the wake-up times; then round upon
round until somebody says stop; then everything in reverse. All that decides about sound happens in one thread, that of
the rounds (`rounds.py`). APScheduler's threads only wake the next round: a wake-up that comes late, twice or never does
no harm, because the next round comes anyway.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.playout.crash_log import CrashLog, enter_crash
from broadcaster.playout.desk_state import Status
from broadcaster.playout.environment import REAL, Environment
from broadcaster.playout.ledger_care import mend_at_start
from broadcaster.playout.rounds import BUSY_ROUND, IDLE_ROUND, Rounds
from broadcaster.playout.station_lock import only_one
from broadcaster.reasons import Reason, ReasonKind, reason
from broadcaster.records.schema import DiskFullError, HistoryLockedError

if TYPE_CHECKING:
    from types import FrameType

    from broadcaster.records.ledger import Ledger
    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)

OPEN_AGAIN = 1.0
"""Seconds after which a play history that could not be opened is tried again."""

Watch = Callable[[Status], bool]
"""Called with the state of the desk after every round; returns False to end the run."""


def run(
    station: Station,
    watch: Watch = lambda _status: True,
    *,
    trust_clock: bool = False,
    environment: Environment = REAL,
) -> None:
    """Play the station's plan until a signal arrives or `watch` returns False.

    Raises PlayoutError when another daemon has the station, RecordError when the ledger cannot be opened.
    """
    wake = threading.Event()
    with ExitStack() as stack:
        lock = stack.enter_context(only_one(station))
        crashes = stack.enter_context(CrashLog(station.state_folder / "crash.log"))
        stop = stack.enter_context(stop_flag(wake))
        ledger = stack.enter_context(open_history(station, stop, lambda: environment.wait(wake, OPEN_AGAIN)))
        rendering = stack.enter_context(closing(environment.rendering(station)))
        errands = stack.enter_context(closing(environment.errands()))
        timer = stack.enter_context(closing(environment.timer(station.settings.timezone, wake.set)))
        enter_crash(ledger, station.now(), crashes.last)
        work = stack.enter_context(closing(environment.work()))
        rounds = Rounds(
            station,
            ledger,
            rendering,
            timer,
            trust_clock=trust_clock,
            work=work,
            elapsed=environment.elapsed,
            outputs=environment.make_output,
            clock_facts=environment.clock_facts(),
        )
        rounds.start()
        try:
            while stop.why is None:
                rounds.round()
                lock.keep()
                errands.round(rounds.desk.station, at_rest=not (rounds.busy or rounds.held))
                if not watch(rounds.status()):
                    stop.why = reason(ReasonKind.ENDED)
                environment.rest(wake, BUSY_ROUND if rounds.busy else IDLE_ROUND, rounds.orders.has_news)
                wake.clear()
        except BaseException as error:
            stop.why = stop.why or reason(ReasonKind.CRASHED, error=type(error).__name__)
            raise
        finally:
            rounds.stop(stop.why or reason(ReasonKind.ENDED))


# ---- the parts that start and stop -----------------------------------------------------------------------------


def open_history(station: Station, stop: StopFlag, wait: Callable[[], object]) -> Ledger:
    """Mend the play history where it came to harm, and open it; wait while it is locked or its disk is full.

    Raises RecordError for what does not pass, and when `stop` says so.
    """
    is_told = False
    while True:
        try:
            mend_at_start(station)
            return station.ledger(daemon=True)
        except (HistoryLockedError, DiskFullError) as error:
            if stop.why is not None:
                raise
            if not is_told:
                log.critical(_("%s (nothing airs until then)"), error)
            is_told = True
            wait()


@dataclass(slots=True)
class StopFlag:
    """Why the run is to end; None while it goes on."""

    why: Reason | None = None


@contextmanager
def stop_flag(wake: threading.Event) -> Iterator[StopFlag]:
    """Turn Ctrl-C, SIGTERM and a closed console window into a flag; the handlers do nothing else."""
    flag = StopFlag()

    def handle(number: int, _frame: FrameType | None) -> None:
        flag.why = reason(ReasonKind.STOPPED, signal=signal.Signals(number).name)
        wake.set()

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        names = []  # the caller runs us in a thread and has its own handlers
    before = {name: signal.signal(getattr(signal, name), handle) for name in names}
    try:
        yield flag
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
