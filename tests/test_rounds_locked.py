"""The daemon's rounds while another program holds the play history for some seconds: what waits, and for how long."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import pytest
from desks import HALF_A_MINUTE
from mornings import Morning, locked
from stations import at

from broadcaster.models import Outcome
from broadcaster.records.clip_rows import ClipRow
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.verify import verify


@pytest.mark.parametrize(("waits", "outcome"), [(1, Outcome.AIRED), (8, Outcome.MISSED)])
def test_an_intent_that_waits_for_a_lock_until_the_grace_is_over_is_let_go(
    morning: Morning, monkeypatch: pytest.MonkeyPatch, waits: float, outcome: Outcome
) -> None:
    """SQLite waits up to ten seconds for a lock; this row is written so many seconds after 05:30:28."""
    append = Ledger.append

    def wait(ledger: Ledger, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        if any(entry.occurrence for entry in entries):
            monkeypatch.undo()
            morning.live_without_a_desk(waits)
        return append(ledger, entries, only_after=only_after)

    morning.maker.settings('[airing]\ngrace = "30s"')
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:30:28")
        monkeypatch.setattr(Ledger, "append", wait)
        morning.live(rounds, "2027-05-03 05:31:30")

    (play,) = morning.plays()
    assert (play.outcome, str(play.why.kind)) == (outcome, "history")


def test_a_round_that_waited_for_a_lock_did_not_stand_still(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other program let go before SQLite gave up, so no error was told."""
    append, waited = Ledger.append, iter([5.0])

    def wait(ledger: Ledger, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        monkeypatch.setattr(Ledger, "append", append)
        monkeypatch.setattr(Ledger, "take_waited", lambda _ledger: next(waited, 0.0))
        morning.live_without_a_desk(5)
        return append(ledger, entries, only_after=only_after)

    urgent = morning.maker.slot("05:30:10", "bai-1", 'class = "emergency"')
    morning.maker.script("dai", HALF_A_MINUTE).campaign(morning.maker.slot("05:30", "dai", id_="vua") + urgent)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:08")
        monkeypatch.setattr(Ledger, "append", wait)
        morning.live(rounds, "2027-05-03 05:31")

    cut, play = morning.plays()
    assert (cut.outcome, play.outcome) == (Outcome.PREEMPTED, Outcome.AIRED)
    assert play.lateness_s is not None
    assert play.lateness_s > 2
    assert "another program has locked the play history" in play.reason


def test_how_long_an_append_waited_for_a_lock_is_known_and_told_once(ledger: Ledger) -> None:
    entry = Entry(Kind.ALIVE, "daemon", at("2027-05-03 05:30"), None, {})
    assert ledger.take_waited() < 0.2
    with closing(sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
        timer.start()
        ledger.append([entry])
        timer.join()
    assert 0.4 < ledger.take_waited() < 5
    assert ledger.take_waited() == 0


@pytest.mark.parametrize("another_airs", [False, True])
def test_a_clip_that_is_made_and_cannot_be_entered_waits_for_the_history(morning: Morning, another_airs: bool) -> None:
    """It was damaged, and made again within seconds: what keeps it from airing since is the lock.

    Where the outcome of what aired before cannot be written either, nothing else is tried.
    """
    maker = morning.maker.settings('[airing]\ngrace = "30s"')
    urgent = maker.slot("05:30", "bai-1", 'class = "emergency"')
    maker.campaign(urgent + (maker.slot("05:29:57", "dai", id_="vua") if another_airs else ""))
    with morning.on_duty() as rounds:
        made = clip_of(morning)
        maker.lose_clip("bai-1")
        rounds.desk.clips.look_again()
        morning.live(rounds, "2027-05-03 05:30:00")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:30:07")
            morning.rendering.unentered = (made,)
            morning.live(rounds, "2027-05-03 05:30:50")
        morning.live(rounds, "2027-05-03 05:31")

    play = morning.plays()[-1]
    assert (play.outcome, str(play.why.kind), play.why.facts["from"][11:18]) == (Outcome.MISSED, "history", "05:30:0")


def clip_of(morning: Morning) -> ClipRow:
    """Return the row of the clip that there is."""
    return next(
        ClipRow(Kind.CLIP_MADE, body) for _kind, body in morning.rows(Kind.CLIP_MADE) if body["script"] == "bai-1"
    )


@contextmanager
def locked_until_asked(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Lock the play history, and yield what lets it be free as soon as one more row could not be written."""
    append = Ledger.append

    def fail_once(ledger: Ledger, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        try:
            return append(ledger, entries, only_after=only_after)
        finally:
            stack.close()

    with ExitStack() as stack:
        stack.enter_context(locked(morning.path))
        yield lambda: monkeypatch.setattr(Ledger, "append", fail_once)


def sleep(morning: Morning) -> None:
    morning.sleep(16 * 60)


def set_back(morning: Morning) -> None:
    morning.clock.now -= timedelta(minutes=3)


@pytest.mark.parametrize(
    ("happens", "when", "until"),
    [(sleep, "2027-05-03 05:29:30", "2027-05-03 05:56"), (set_back, "2027-05-03 05:30:05", "2027-05-03 05:27:30")],
)
def test_what_happened_is_written_before_any_row_of_later_time(
    morning: Morning, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Morning], None], when: str, until: str
) -> None:
    """The lock is gone between two duties of one round: after the fact could not be written, before an outcome."""
    with morning.on_duty() as rounds:
        morning.live(rounds, min(when, "2027-05-03 05:30:01"))  # what is on the air is over when the clock is set
        with locked_until_asked(morning, monkeypatch) as free_at_next:
            morning.live(rounds, when)
            happens(morning)
            morning.live(rounds, until)
            free_at_next()
            morning.live(rounds, until[:14] + "59")
        morning.live(rounds, "2027-05-03 06:00")

    assert verify(morning.path).breaks == ()
    assert morning.outcomes() == [Outcome.MISSED if happens is sleep else Outcome.AIRED]


def test_a_sleep_keeps_its_hours_where_another_programs_row_came_before_its_own(morning: Morning) -> None:
    """A person's command held the lock, and wrote: the row of the sleep is not dated before that of the command."""
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:30")
        with locked(morning.path):
            sleep(morning)
            morning.live(rounds, "2027-05-03 05:56")
        with closing(Ledger.open(morning.path)) as other:
            other.append([Entry(Kind.APPROVAL, "Lan", morning.clock.now, None, {})])
        morning.live(rounds, "2027-05-03 06:00")

    assert verify(morning.path).breaks == ()
    slept = next(body for kind, body in morning.rows(Kind.ALIVE) if "asleep_since" in body)
    assert (str(slept["asleep_since"])[11:19], str(slept["asleep_until"])[11:19]) == ("05:29:30", "05:45:30")
