"""A morning at a station in fake time: the daemon's rounds with real files, a real ledger, and clocks to turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.clock_facts import ClockFacts
from broadcaster.playout.clock_watch import Elapsed
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rounds import BUSY_ROUND, IDLE_ROUND, Rounds
from broadcaster.playout.sound.make_output import make_output
from broadcaster.playout.sound.output import Output
from broadcaster.reasons import in_words
from broadcaster.records.clip_rows import ClipRow
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body

FIVE_SECONDS = "[nghỉ 5s]\n\nTham gia bảo hiểm xã hội."


class Rendering:
    """Makes no clip; remembers what was asked for. `ended` lets the next round hear that a batch is done."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures: dict[str, str] = {}
        self.unentered: tuple[ClipRow, ...] = ()
        self.ended = False

    def entered(self, rows: Collection[ClipRow]) -> None:
        self.unentered = tuple(row for row in self.unentered if row not in rows)

    def ask(self, scripts: Sequence[str]) -> None:
        self.asked += scripts

    def round(self) -> bool:
        ended, self.ended = self.ended, False
        return ended


class Timer:
    """Wakes nobody, for time is moved by the test; remembers what was set."""

    def __init__(self) -> None:
        self.instants: list[datetime] = []
        self.nudges = 0

    def set(self, instants: Iterable[datetime]) -> None:
        self.instants = sorted(instants)

    def nudge(self) -> None:
        self.nudges += 1


class Morning:
    """A station and its daemon's rounds, from 05:25 on; the wall clock and the monotonic one move together."""

    def __init__(self, root: Path) -> None:
        self.clock = SimulatedClock(at("2027-05-03 05:25"))
        self.elapsed = Elapsed(1000.0, 2000.0)
        self.maker = Maker(root, self.clock).settings().script("bai-1").script("dai", FIVE_SECONDS)
        self.maker.campaign(self.maker.slot("05:30"))
        self.rendering, self.timer = Rendering(), Timer()
        self.clock_facts = ClockFacts()
        self.outputs: Callable[..., Output] = make_output
        self.with_clips = True  # whether clips are made before each start

    @contextmanager
    def on_duty(self, *, trust_clock: bool = False) -> Iterator[Rounds]:
        """Start the rounds, and stop them in the end."""
        station = self.maker.render() if self.with_clips else self.maker.open()
        busy = timedelta(milliseconds=1)  # a locked history is an error at once: nobody waits in fake time
        with closing(
            Ledger.open(station.ledger_path, checkpoints=True, busy_timeout=busy, heads=station.heads)
        ) as ledger:
            rounds = Rounds(
                station,
                ledger,
                self.rendering,
                self.timer,
                trust_clock=trust_clock,
                elapsed=lambda: self.elapsed,
                outputs=self.outputs,
                clock_facts=self.clock_facts,
            )
            rounds.start()
            yield rounds
            rounds.stop(in_words("the end of the test"))

    def live(self, rounds: Rounds, until: str, idle: float = IDLE_ROUND) -> None:
        """Let time pass, round by round; `idle` is how long a round takes in which nothing is on."""
        while self.clock.now < at(until):
            step = BUSY_ROUND if rounds.busy else idle
            self.clock.now += timedelta(seconds=step)
            self.elapsed = Elapsed(self.elapsed.awake + step, self.elapsed.real + step)
            rounds.round()

    def live_without_a_desk(self, seconds: float) -> None:
        """Let time pass in which no round comes."""
        self.clock.now += timedelta(seconds=seconds)
        self.elapsed = Elapsed(self.elapsed.awake + seconds, self.elapsed.real + seconds)

    def sleep(self, seconds: float) -> None:
        """Let the computer sleep."""
        self.clock.now += timedelta(seconds=seconds)
        self.elapsed = self.elapsed._replace(real=self.elapsed.real + seconds)

    @property
    def path(self) -> Path:
        return self.maker.root / "broadcaster.db"

    def rows(self, *kinds: Kind) -> list[tuple[str, dict[str, object]]]:
        with closing(Ledger.open(self.path, read_only=True)) as ledger:
            return [(str(row.kind), row.body) for row in ledger.rows(kinds or None)]

    def plays(self) -> list[Play]:
        with closing(Ledger.open(self.path, read_only=True)) as ledger:
            return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]

    def outcomes(self) -> list[Outcome]:
        return [play.outcome for play in self.plays()]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the play history locked, as another program does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
