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

from filelock import FileLock, Timeout

from broadcaster.errors import PlayoutError
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.playout.background_rendering import BackgroundRendering
from broadcaster.playout.background_work import BackgroundWork
from broadcaster.playout.desk_state import Status
from broadcaster.playout.heartbeat import read_heartbeat
from broadcaster.playout.rounds import BUSY_ROUND, IDLE_ROUND, Rounds
from broadcaster.playout.station_lock import PATIENCE, lock_path
from broadcaster.playout.wake_timer import WakeTimer
from broadcaster.reasons import Reason, ReasonKind, reason
from broadcaster.records.damage import rescue

if TYPE_CHECKING:
    from types import FrameType

    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)

Watch = Callable[[Status], bool]
"""Called with the state of the desk after every round; returns False to end the run."""


def run(station: Station, watch: Watch = lambda _status: True, *, trust_clock: bool = False) -> None:
    """Play the station's plan until a signal arrives or `watch` returns False.

    Raises PlayoutError when another daemon has the station, RecordError when the ledger cannot be opened.
    """
    wake = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(only_one(station))
        if damage := rescue(station.ledger_path, station.now()):
            log.critical("%s", damage)
        ledger = stack.enter_context(station.ledger(daemon=True))
        stop = stack.enter_context(stop_flag(wake))
        rendering = stack.enter_context(closing(BackgroundRendering(station)))
        timer = stack.enter_context(closing(WakeTimer(station.settings.timezone, wake.set)))
        work = stack.enter_context(closing(BackgroundWork()))
        rounds = Rounds(station, ledger, rendering, timer, trust_clock=trust_clock, work=work)
        rounds.start()
        try:
            while stop.why is None:
                rounds.round()
                if not watch(rounds.desk.status()):
                    stop.why = reason(ReasonKind.ENDED)
                wake.wait(BUSY_ROUND if rounds.busy else IDLE_ROUND)
                wake.clear()
        except BaseException as error:
            stop.why = stop.why or reason(ReasonKind.CRASHED, error=type(error).__name__)
            raise
        finally:
            rounds.stop(stop.why or reason(ReasonKind.ENDED))


# ---- the parts that start and stop -----------------------------------------------------------------------------


@contextmanager
def only_one(station: Station) -> Iterator[None]:
    """Hold the station's lock, which the system frees at any death; raise PlayoutError if another process has it."""
    make_folder(station.state_folder)
    lock = FileLock(lock_path(station))
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        owner = read_heartbeat(station).get("pid", "?")
        message = _("another daemon (process {pid}) is already airing this station: {root}")
        raise PlayoutError(message.format(pid=owner, root=station.root)) from None
    try:
        yield
    finally:
        lock.release()


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
