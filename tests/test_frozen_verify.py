"""`audit verify` and frozen plans: their signature, their digest, one a month, and nothing entered late in silence."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from mornings import Morning
from stations import ZONE, at

from broadcaster.models import Occurrence
from broadcaster.office.audit import verify_history
from broadcaster.playout.rows import planned_row
from broadcaster.records.frozen_plan import Month, frozen_entry
from broadcaster.records.keys import new_key, signing_key, take_key
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.verify_report import BreakKind

MAY = Month.of(at("2027-05-03 00:00").date(), ZONE)
PLAN = [Occurrence("thu", "sang", at(f"2027-05-{day:02} 05:30"), ("bai-1",)) for day in (1, 2, 30)]


@pytest.fixture
def path(morning: Morning) -> Path:
    """Return a history of this station in which no month is frozen yet."""
    morning.clock.now = at("2027-04-20 08:00")
    morning.maker.open().ledger().close()
    return morning.path


def entry(path: Path, when: datetime, **others: Any) -> Entry:
    row = frozen_entry(MAY, PLAN, {}, signing_key(path.parent / "keys", "Xã"), "Hoa", when)
    return Entry(row.kind, row.actor, row.at, None, {**row.body, **others})


def breaks(path: Path, *rows: Entry) -> list[BreakKind]:
    with closing(Ledger.open(path)) as ledger:
        ledger.append(rows)
    return [each.kind for each in verify_history(path, (), None).breaks]


IN_TIME = at("2027-04-28 09:00")


def test_a_plan_that_was_frozen_in_time_and_signed_is_good(path: Path) -> None:
    assert breaks(path, entry(path, IN_TIME)) == []


def test_a_plan_signed_with_a_key_that_was_in_force_before_is_good(path: Path) -> None:
    row = entry(path, IN_TIME)
    keys = path.parent / "keys"
    before = signing_key(keys, "Xã").verifier.text
    take_key(keys, new_key("Xã"), [before])
    assert breaks(path, row) == []


def test_an_occurrence_that_was_taken_out_of_the_row_shows(path: Path) -> None:
    row = entry(path, IN_TIME)
    listed = list(row.body["occurrences"])[:-1]
    thinned = Entry(row.kind, row.actor, row.at, None, {**row.body, "occurrences": listed, "count": 2})
    assert breaks(path, thinned) == [BreakKind.FROZEN_OTHERWISE, BreakKind.FROZEN_UNSIGNED]


def test_a_plan_that_another_key_has_signed_shows(path: Path) -> None:
    row = frozen_entry(MAY, PLAN, {}, new_key("Xã khác"), "Hoa", IN_TIME)
    assert breaks(path, row) == [BreakKind.FROZEN_UNSIGNED]


@pytest.mark.parametrize("others", [{"note": ""}, {"month": "2027-06"}])
def test_a_note_of_something_else_shows(path: Path, others: dict[str, str]) -> None:
    assert breaks(path, entry(path, IN_TIME, **others)) == [BreakKind.FROZEN_UNSIGNED]


def test_a_note_of_another_time_shows(path: Path) -> None:
    row = entry(path, IN_TIME)
    assert breaks(path, Entry(row.kind, row.actor, at("2027-04-29 09:00"), None, row.body)) == [
        BreakKind.FROZEN_UNSIGNED
    ]


def test_a_second_plan_of_the_same_month_shows(path: Path) -> None:
    assert breaks(path, entry(path, IN_TIME), entry(path, at("2027-04-29 09:00"))) == [BreakKind.FROZEN_TWICE]


@pytest.mark.parametrize(
    ("when", "is_late"),
    [("2027-05-01 05:30:30", False), ("2027-05-01 05:31:00", True), ("2027-05-02 00:00", True)],
)
def test_a_plan_entered_after_its_hours_has_to_say_so(path: Path, when: str, is_late: bool) -> None:
    row = entry(path, at(when))
    assert ("late_s" in row.body) is is_late
    silent = {name: value for name, value in row.body.items() if name != "late_s"}
    assert breaks(path, Entry(row.kind, row.actor, row.at, None, silent)) == [BreakKind.FROZEN_LATE] * is_late


def test_a_plan_entered_late_that_says_so_is_good(path: Path) -> None:
    assert breaks(path, entry(path, at("2027-05-20 00:00"))) == []


@pytest.mark.parametrize("body", [{}, {"month": "2027-05"}, {"occurrences": 5, "month": 3}])
def test_a_row_that_is_no_plan_shows(path: Path, body: dict[str, Any]) -> None:
    row = entry(path, IN_TIME)
    assert breaks(path, Entry(row.kind, row.actor, row.at, None, body)) == [BreakKind.FROZEN_OTHERWISE]


def test_a_plan_that_a_person_froze_while_the_desk_was_off_is_no_sign_of_a_desk(path: Path) -> None:
    planned = planned_row(PLAN[0], IN_TIME)
    with closing(Ledger.open(path)) as ledger:
        ledger.append([planned])
    assert breaks(path, entry(path, at("2027-05-03 09:00"))) == []
