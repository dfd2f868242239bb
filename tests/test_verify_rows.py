"""What the check of the ledger asks of its rows: one outcome for every planned occurrence, and the clock."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ledgers import tampering
from plain_rows import START, cued, planned, played, slot

from broadcaster.models import Occurrence, Outcome
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, row_hash
from broadcaster.records.ledger_queries import COLUMNS
from broadcaster.records.play_rows import Origin
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Awaited, BreakKind, Fault

if TYPE_CHECKING:
    from pathlib import Path

# ---- one outcome for every planned occurrence ----------------------------------------------------------------------


def broken_outcomes(path: Path) -> list[tuple[int, Fault]]:
    return [(broken.seq, broken.fault) for broken in verify(path).breaks]


@pytest.mark.parametrize(
    "kind", [Kind.ORDER, Kind.APPROVAL, Kind.SCRIPT_CHANGED, Kind.SCHEDULE_CHANGED, Kind.CLIP_MADE]
)
def test_a_past_occurrence_without_outcome_is_found(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        at = START - timedelta(days=1)
        ledger.append([planned(slot(day), at) for day in range(3)])
        ledger.append([cued(slot(0)), played(slot(0))])
        assert broken_outcomes(path) == []
        ledger.append([Entry(kind, "Hòa", START + timedelta(days=9), None, {})])
        assert broken_outcomes(path) == [], "the daemon is off, and will write it when it starts"
        ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", slot(2).start + timedelta(hours=1))])
        assert broken_outcomes(path) == [], "it waits for its clock to settle"
        ledger.append([Entry(Kind.ALIVE, "daemon", slot(2).start + timedelta(hours=2))])
        report = verify(path)
        assert [(broken.seq, broken.fault) for broken in report.breaks] == [(2, Fault.OUTCOME)]
        assert not report.ok
        assert report.chain_ok
        assert "1 occurrence lacks" in summary_text(report)
        ledger.append([played(slot(1), Outcome.MISSED, at=slot(2).start + timedelta(hours=2))])
    assert verify(path).ok


BACK = slot(2).start + timedelta(hours=1)


def absent(path: Path, *more: Entry) -> Path:
    """Make the history of a desk that was away when `slot(1)` was to air, came back at `BACK`, and wrote `more`."""
    with Ledger.open(path) as ledger:
        ledger.append([planned(slot(0)), planned(slot(1)), cued(slot(0)), played(slot(0))])
        ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", BACK), *more])
    return path


def later(minutes: float, kind: Kind, **body: object) -> Entry:
    return Entry(kind, "daemon", BACK + timedelta(minutes=minutes), None, body)


@pytest.mark.parametrize(
    ("more", "now", "awaited"),
    [
        ([], None, 5),
        ([], 0.1, 5),
        ([], 5.9, 5),
        ([], 6, None),  # five minutes, and one to enter them: it is running, and has not
        ([later(5.9, Kind.ALIVE)], None, 5),
        ([later(6, Kind.ALIVE)], None, None),
        ([later(2, Kind.CLOCK_STEP, seconds=60)], 6, 7),  # begun anew
        ([later(2, Kind.CLOCK_STEP, seconds=60)], 8, None),
        ([later(2, Kind.CLOCK_STEP, seconds=60), later(8, Kind.ALIVE)], None, None),
        ([later(2, Kind.DAEMON_STOPPED)], 60, ...),  # the next start enters them
        ([later(2, Kind.DAEMON_STOPPED), later(90, Kind.DAEMON_STARTED)], 91, 95),
        ([later(2, Kind.DAEMON_STOPPED), later(90, Kind.DAEMON_STARTED)], 96, None),
    ],
)
def test_what_an_absence_missed_is_awaited_until_the_clock_has_settled(
    tmp_path: Path, more: list[Entry], now: float | None, awaited: object
) -> None:
    """`awaited`: how many minutes after the start it settles, ...: after the next start, None: it is a fault."""
    path = absent(tmp_path / "broadcaster.db", *more)
    report = verify(path, now=None if now is None else BACK + timedelta(minutes=now))
    if awaited is None:
        assert [(broken.seq, broken.kind) for broken in report.breaks] == [(2, BreakKind.NO_OUTCOME)]
        assert report.awaited is None
        return
    until = BACK + timedelta(minutes=awaited) if isinstance(awaited, int) else None
    assert report.ok
    assert report.awaited == Awaited(1, until)


def test_the_summary_says_until_when_the_desk_waits(tmp_path: Path) -> None:
    text = summary_text(verify(absent(tmp_path / "a.db")))
    assert (
        "1 outcome is not entered yet: the desk waits until 03/05/2027 06:35:00 for its clock to stay as it is." in text
    )
    text = summary_text(verify(absent(tmp_path / "b.db", later(1, Kind.DAEMON_STOPPED))))
    assert "1 outcome is not entered yet: the desk does so when it has run for five minutes again." in text


def test_what_was_owed_before_the_desk_went_away_is_not_awaited(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(slot(0)), Entry(Kind.ALIVE, "daemon", START + timedelta(hours=4))])
        ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", BACK)])
    assert broken_outcomes(path) == [(1, Fault.OUTCOME)]


def test_a_withdrawn_occurrence_needs_none_until_it_is_planned_again(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    later = Entry(Kind.ALIVE, "daemon", START + timedelta(days=1))
    with Ledger.open(path) as ledger:
        at = START - timedelta(days=1)
        ledger.append([planned(slot(0)), Entry(Kind.WITHDRAWN, "daemon", at, slot(0).id), later])
        assert verify(path).ok
        ledger.append([planned(slot(0), at=START + timedelta(days=1)), later])
    assert broken_outcomes(path) == [(4, Fault.OUTCOME)]


def test_a_cue_without_plan_needs_an_outcome_too(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    now = Occurrence("say-now", "hoa", START, ("ban-tin",))
    with Ledger.open(path) as ledger:
        ledger.append([cued(now), Entry(Kind.ALIVE, "daemon", START + timedelta(days=1))])
        assert broken_outcomes(path) == [(1, Fault.OUTCOME)]
        ledger.append([played(now, Outcome.CUT, Origin.SAY, at=START + timedelta(days=1))])
    assert verify(path).ok


def test_outcomes_from_nowhere_and_second_ones_are_found(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    now = Occurrence("say-now", "hoa", START, ("ban-tin",))
    with Ledger.open(path) as ledger:
        at = START + timedelta(minutes=2)
        ledger.append([played(now, origin=Origin.SAY), planned(slot(0), at=at), played(slot(0), at=at)])
        assert verify(path).ok
        ledger.append([played(slot(1))])
    assert broken_outcomes(path) == [(4, Fault.RULE)]
    index = "CREATE UNIQUE INDEX ledger_played ON ledger (occurrence) WHERE kind = 'played'"
    with tampering(path) as db:
        db.execute("DROP INDEX ledger_played")
        for seq, source in ((5, 1), (6, 3)):
            (prev,) = db.execute("SELECT hash FROM ledger WHERE seq = ?", (seq - 1,)).fetchone()
            wanted = "SELECT at, kind, occurrence, actor, body FROM ledger WHERE seq = ?"
            values = db.execute(wanted, (source,)).fetchone()
            record = (seq, *values, prev, row_hash(prev, seq, *values))
            db.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", record)
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(index)
    assert {broken for broken in broken_outcomes(path) if broken[1] is Fault.RULE} == {
        (4, Fault.RULE),
        (5, Fault.RULE),
        (6, Fault.RULE),
    }


# ---- the clock -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ([Kind.ORDER], [2]),
        ([Kind.CLOCK_STEP], []),
        ([Kind.DAEMON_STARTED, Kind.CLOCK_UNTRUSTED], []),
        ([Kind.DISK_FULL, Kind.CLOCK_STEP], [2]),
    ],
)
def test_time_goes_back_only_with_a_word_about_it(tmp_path: Path, kinds: list[Kind], found: list[int]) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([Entry(Kind.ORDER, "Hòa", START, None, {})])
        ledger.append([Entry(kind, "daemon", START - timedelta(hours=1), None, {}) for kind in kinds])
    report = verify(path)
    assert [broken.seq for broken in report.breaks if broken.fault is Fault.CLOCK] == found
    assert ("time that cannot be" in summary_text(report)) == bool(found)
    assert report.chain_ok


def test_writers_that_waited_their_turn_are_not_clock_faults(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([Entry(Kind.ORDER, "a", START, None, {})])
        ledger.append([Entry(Kind.ORDER, "b", START - timedelta(seconds=9), None, {})])
    assert verify(path).ok
