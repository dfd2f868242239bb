"""The ledger: what may be appended to it, and the chain that binds the rows."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import DAY, FIRST, HANOI, SECOND, entry, plan

from broadcaster.errors import RecordError
from broadcaster.records.canonical_json import canonical
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import planned_to_body
from broadcaster.records.schema import AlreadyRecordedError


def test_rows_come_back_as_they_were_appended(ledger: Ledger) -> None:
    at = datetime(2027, 5, 1, 5, 0, 0, 123456, tzinfo=HANOI)
    rows = ledger.append([Entry(Kind.ORDER, "Nguyễn Thị Hòa", at, None, {"order": "stop", "reason": "lũ\nlớn"})])
    assert list(ledger.rows()) == rows
    assert rows[0].at.isoformat() == "2027-05-01T05:00:00.123000+07:00"
    assert rows[0].body == {"order": "stop", "reason": "lũ\nlớn"}
    assert rows[0].actor == "Nguyễn Thị Hòa"


def test_each_hash_binds_the_row_to_the_one_before(ledger: Ledger) -> None:
    rows = ledger.append([entry(Kind.DAEMON_STARTED), plan(FIRST), entry(Kind.ORDER, order="stop")])
    previous = "0" * 64
    for row, body in zip(rows, ["{}", canonical(planned_to_body(FIRST)), '{"order":"stop"}'], strict=True):
        columns = [
            previous,
            str(row.seq),
            "2027-05-01T00:00:00.000+07:00",
            row.kind,
            row.occurrence or "",
            "daemon",
            body,
        ]
        assert row.hash == hashlib.sha256("".join(f"{column}\n" for column in columns).encode()).hexdigest()
        assert row.prev_hash == previous
        previous = row.hash
    assert [row.seq for row in rows] == [1, 2, 3]
    assert (ledger.head().seq, ledger.head().hash) == (3, previous)


@pytest.mark.skipif(not shutil.which("sqlite3") or not shutil.which("sha256sum"), reason="needs sqlite3 and sha256sum")
def test_a_hash_can_be_checked_by_hand(ledger: Ledger, ledger_path: Path) -> None:
    row = ledger.append([plan(FIRST), entry(Kind.ORDER, order="stop", reason="mưa đá")])[1]
    query = f"select prev_hash, seq, at, kind, ifnull(occurrence, ''), actor, body from ledger where seq = {row.seq}"
    shown = subprocess.run(["sqlite3", "-separator", "\n", ledger_path, query], capture_output=True, check=True)
    summed = subprocess.run(["sha256sum"], input=shown.stdout, capture_output=True, check=True)
    assert summed.stdout.decode().split()[0] == row.hash


def test_all_entries_are_appended_or_none(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), entry(Kind.CUED, FIRST)])
    with pytest.raises(AlreadyRecordedError):
        ledger.append([plan(SECOND), entry(Kind.CUED, FIRST), entry(Kind.DISK_FULL)])
    assert [row.kind for row in ledger.rows()] == ["planned", "cued"]
    assert ledger.append([plan(SECOND)])[0].seq == 3
    assert ledger.append([]) == []


@pytest.mark.parametrize("kind", [Kind.CUED, Kind.PLAYED])
def test_an_occurrence_is_cued_once_and_ends_once(ledger: Ledger, kind: Kind) -> None:
    ledger.append([plan(FIRST), entry(kind, FIRST)])
    with pytest.raises(AlreadyRecordedError, match="thang-5/sang@2027-05-01T05:30"):
        ledger.append([entry(kind, FIRST)])


def test_what_has_its_outcome_is_not_cued_planned_or_withdrawn(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), entry(Kind.PLAYED, FIRST)])
    for late in (entry(Kind.CUED, FIRST), plan(FIRST), entry(Kind.WITHDRAWN, FIRST)):
        with pytest.raises(AlreadyRecordedError):
            ledger.append([late])


def test_nothing_is_withdrawn_after_its_hour(ledger: Ledger) -> None:
    ledger.append([plan(FIRST), plan(SECOND)])
    ledger.append([entry(Kind.WITHDRAWN, FIRST, at=FIRST.start - timedelta(seconds=1))])
    with pytest.raises(AlreadyRecordedError):
        ledger.append([entry(Kind.WITHDRAWN, SECOND, at=SECOND.start.astimezone(UTC))])


@pytest.mark.parametrize(
    "wrong",
    [
        Entry(Kind.PLAYED, "daemon", DAY),
        Entry(Kind.CUED, "daemon", DAY, "thang-5/sang"),
        Entry(Kind.PLANNED, "daemon", DAY, "thang-5/sang@2027-05-01T05:30"),
        Entry(Kind.ORDER, "", DAY),
        Entry(Kind.ORDER, "  ", DAY),
        Entry(Kind.ORDER, "Hòa\nđồng", DAY),
        Entry(Kind.ORDER, "Hòa", DAY.replace(tzinfo=None)),
        Entry(Kind.ORDER, "Hòa", DAY, ""),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"at": DAY}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"seconds": float("nan")}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {"text": "\ud800"}),
        Entry(Kind.ORDER, "Hòa", DAY, None, {1: "a"}),  # type: ignore[dict-item]
    ],
)
def test_an_entry_that_is_not_whole_is_refused(ledger: Ledger, wrong: Entry) -> None:
    with pytest.raises(RecordError):
        ledger.append([wrong])
    assert ledger.head().seq == 0


@pytest.mark.parametrize("occurrence", ["", "a\nb"])
def test_an_order_names_an_occurrence_on_one_line_or_none(ledger: Ledger, occurrence: str) -> None:
    with pytest.raises(RecordError, match="one line of text, or none"):
        ledger.append([Entry(Kind.ORDER, "Hòa", DAY, occurrence)])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_is_refused_before_it_is_written(number: float) -> None:
    with pytest.raises(RecordError, match="not fit for the play history"):
        canonical({"seconds": number})


def test_whatever_else_sqlite_refuses_is_told_with_its_reason(ledger: Ledger, ledger_path: Path) -> None:
    """Even where SQLite has taken everything back by itself."""
    stranger = sqlite3.connect(ledger_path)
    stranger.execute(
        "CREATE TRIGGER foreign_guard BEFORE INSERT ON ledger BEGIN SELECT RAISE(ROLLBACK, 'not today'); END"
    )
    stranger.close()
    with pytest.raises(RecordError) as refused:
        ledger.append([entry(Kind.ORDER)])
    assert str(refused.value) == "the play history refused a row (order): not today"


def test_a_row_without_its_occurrence_is_refused_with_an_example_that_would_do(ledger: Ledger) -> None:
    example = "thang-5/sang@2027-05-01T05:30+07:00"
    with pytest.raises(RecordError) as refused:
        ledger.append([entry(Kind.CUED)])
    assert str(refused.value) == f"cued: needs an occurrence, such as {example}"
    assert ledger.append([Entry(Kind.CUED, "daemon", DAY, example)])[0].occurrence == example


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_a_canonical_body_is_one_line_and_stands_for_itself(body: dict[str, object]) -> None:
    try:
        text = canonical(body)
    except RecordError:
        assert any("\ud800" <= letter <= "\udfff" for letter in json.dumps(body, ensure_ascii=False))
        return
    assert "\n" not in text
    assert canonical(json.loads(text)) == text
    assert canonical(dict(reversed(body.items()))) == text


def test_numbers_are_written_to_the_thousandth() -> None:
    assert canonical({"b": 0.1 + 0.2, "a": -0.0001, "c": 12, "d": (1.23456,)}) == '{"a":0.0,"b":0.3,"c":12,"d":[1.235]}'
