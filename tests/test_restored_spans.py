"""What a restored or rescued history says of the rows that it lacks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from harmed_history import NOW, History, lose_log
from ledgers import DAYS, day_rows, slot

from broadcaster.errors import InputError
from broadcaster.records.backup import back_up, restore
from broadcaster.records.continuity import lost_spans, open_spans
from broadcaster.records.damage import find_harm
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


# ---- restored, and what a start can know of it -----------------------------------------------------------------


def test_a_restore_says_up_to_when_there_were_rows(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    with history.opened() as ledger:
        had = ledger.head().seq
        last = ledger.append([*day_rows(DAYS)[1:], *day_rows(DAYS + 1)])[-1]
    with pytest.raises(InputError, match="has 7 rows"):
        restore(backup, history.path, "Hòa", NOW, heads=history.heads)

    done = restore(backup, history.path, "Hòa", NOW, give_up_newer=True, heads=history.heads)

    assert (done.lost, done.head.seq) == (7, had + 1)
    with history.opened() as ledger:
        (span,) = lost_spans(ledger)
        assert (span.start, span.end, span.rows, span.given_up, span.seq) == (
            history.last.at,
            last.at,
            7,
            True,
            had + 1,
        )
        assert open_spans(ledger) == (span,)
        assert span.covers(slot(DAYS).start)
        assert not span.covers(slot(DAYS + 2).start)
        ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", NOW)])  # with what that start entered
        assert (open_spans(ledger), lost_spans(ledger)) == ((), (span,))
    assert history.rescue() is None  # the restored history is the one that is remembered


def test_a_backup_of_what_an_older_one_gave_up_leaves_no_hole_before_its_own_last_row(
    history: History, tmp_path: Path
) -> None:
    """It has the rows of days that the history in its place had lost, and knows nothing only of what came after."""
    older, newer = tmp_path / "copies" / "older.db", tmp_path / "copies" / "newer.db"
    back_up(history.path, older)
    with history.opened() as ledger:
        last = ledger.append([*day_rows(DAYS)[1:], *day_rows(DAYS + 1)])[-1]
    back_up(history.path, newer)
    later = last.at + timedelta(hours=1)
    restore(older, history.path, "Hòa", later, give_up_newer=True, heads=history.heads)
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS + 3))

    restore(newer, history.path, "Hòa", later, give_up_newer=True, heads=history.heads)

    with history.opened() as ledger:
        span = lost_spans(ledger)[-1]
    assert (span.start, span.sure) == (last.at, last.at)


def test_a_backup_in_the_place_of_a_deleted_history_says_what_it_lacks(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    with history.opened() as ledger:
        last = ledger.append(day_rows(DAYS)[1:])[-1]
    history.path.unlink()
    assert restore(backup, history.path, "Hòa", NOW, heads=history.heads).lost == 3
    with history.opened() as ledger:
        (span,) = lost_spans(ledger)
    assert (span.rows, span.end) == (3, last.at)


def test_a_backup_on_a_new_computer_leaves_open_what_aired_since(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    new = tmp_path / "new" / "broadcaster.db"
    new.parent.mkdir()
    assert restore(backup, new, "Hòa", NOW).lost is None
    with Ledger.open(new) as ledger:
        (span,) = lost_spans(ledger)
    assert (span.start, span.end, span.rows, span.given_up) == (history.last.at, NOW, None, True)


def test_a_restore_that_gives_nothing_up_leaves_no_hole(history: History, tmp_path: Path) -> None:
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    assert restore(backup, history.path, "Hòa", NOW, heads=history.heads).lost == 0
    with history.opened() as ledger:
        assert lost_spans(ledger) == ()


def test_a_restore_whose_row_was_not_remembered_is_no_harm(history: History, tmp_path: Path) -> None:
    """A power cut between the swap and the line outside leaves the line of the history before."""
    backup = tmp_path / "copies" / "copy.db"
    back_up(history.path, backup)
    with history.opened() as ledger:
        ledger.append(day_rows(DAYS)[1:])
    known = history.heads.read()
    assert known is not None
    restore(backup, history.path, "Hòa", NOW, give_up_newer=True, heads=history.heads)
    history.heads.write(known)
    assert find_harm(history.path, known) is None


def test_a_lost_log_leaves_a_hole_until_its_last_row(history: History) -> None:
    before = lose_log(history)
    history.rescue()
    with history.opened() as ledger:
        (span,) = open_spans(ledger)
        assert (span.rows, span.end, span.given_up) == (3, history.last.at, False)
        assert span.start is not None
        assert span.start.isoformat(timespec="milliseconds") == before[-1][1]
