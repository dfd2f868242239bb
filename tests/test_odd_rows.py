"""Rows in a right chain that this program never writes: they are found, and who reads them says so in a sentence."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledgers import chain_again, small_ledger, tampering

from broadcaster.errors import RecordError
from broadcaster.office import script_history
from broadcaster.office.audit_review import review
from broadcaster.office.wording_audit import break_text, summary_text
from broadcaster.records import activities, continuity, frozen_plan, identity, reconcile
from broadcaster.records.approvals import Approvals
from broadcaster.records.clip_rows import KnownClips
from broadcaster.records.damage import find_harm
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.quick_check import quick_check
from broadcaster.records.rescue import rescue
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import BreakKind, Fault
from broadcaster.station import edits

YEAR = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
NO_OBJECTS = ("[]", "5", "null", '"x"')
FORGED_ROWS = (
    "{}",
    '{"heard_s":1e999,"number":1e999,"date":5}',
    '{"heard_s":NaN,"script":5,"files":5,"frozen":[5],"scripts":5}',
    f'{{"heard_s":{"9" * 400}}}',
    '{"frozen":[{"month":5}],"files":[{}],"lost":[],"last":5,"harm":"x"}',
    '{"month":"2027-05","timezone":"Asia","occurrences":[],"sha256":"","count":0,"note":""}',
    '{"month":"9999-12","timezone":"UTC","occurrences":[{"id":"a/b@9999-12-31T23:59:59+00:00"}],"late_s":1e400}',
)
KINDS = tuple(Kind)


def of(read: Callable[[Ledger], object]) -> Callable[[Path], object]:
    def opened(path: Path) -> object:
        with Ledger.open(path, read_only=True) as ledger:
            return read(ledger)

    return opened


READERS: tuple[Callable[[Path], object], ...] = (
    of(lambda ledger: reconcile.reconcile_window(ledger, *YEAR, YEAR[1])),
    of(frozen_plan.read_frozen),
    of(frozen_plan.clip_lengths),
    of(activities.read_activities),
    of(identity.read_identity),
    of(continuity.open_spans),
    of(edits.history),
    of(lambda ledger: list(script_history._entered(ledger))),
    Approvals.of,
    KnownClips.of,
    quick_check,
    find_harm,
    review,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_ledger(tmp_path_factory.mktemp("odd") / "broadcaster.db", 2)


def forged(original: Path, path: Path, **columns: object) -> Path:
    """Return a copy whose last row has other values, in a chain that fits."""
    shutil.copy(original, path)
    with tampering(path) as db:
        for name, value in columns.items():
            db.execute(f"UPDATE ledger SET {name} = ? WHERE seq = (SELECT max(seq) FROM ledger)", (value,))
        chain_again(db)
    return path


def read_everywhere(path: Path) -> None:
    """Let all that reads rows read them: it raises RecordError, or nothing."""
    for read in READERS:
        with suppress(RecordError):
            read(path)


@pytest.mark.parametrize("body", NO_OBJECTS)
def test_a_body_that_is_no_object_is_a_fault_in_a_row_of_any_kind(original: Path, tmp_path: Path, body: str) -> None:
    for kind in KINDS:
        occurrence = (
            "x/y@2027-05-02T07:00+07:00" if kind in (Kind.PLANNED, Kind.WITHDRAWN, Kind.CUED, Kind.PLAYED) else None
        )
        path = forged(original, tmp_path / "a.db", kind=kind, body=body, occurrence=occurrence)
        report = verify(path)
        assert (report.head.seq, BreakKind.NO_OBJECT) in [(broken.seq, broken.kind) for broken in report.breaks], kind
        assert all(map(break_text, report.breaks))
        assert summary_text(report)
        read_everywhere(path)


@pytest.mark.parametrize("body", FORGED_ROWS)
def test_a_body_of_another_shape_ends_no_check_and_no_reader(original: Path, tmp_path: Path, body: str) -> None:
    for kind in KINDS:
        occurrence = (
            "x/y@2027-05-02T07:00+07:00" if kind in (Kind.PLANNED, Kind.WITHDRAWN, Kind.CUED, Kind.PLAYED) else None
        )
        path = forged(original, tmp_path / "a.db", kind=kind, body=body, occurrence=occurrence)
        assert all(map(break_text, verify(path).breaks))
        read_everywhere(path)


@pytest.mark.parametrize("kind", [Kind.PLANNED, Kind.CUED, Kind.PLAYED, Kind.WITHDRAWN])
def test_an_hour_that_is_none_or_at_the_end_of_time_ends_no_check_and_no_reader(
    original: Path, tmp_path: Path, kind: Kind
) -> None:
    for hour in ("9999-12-31T23:59+00:00", "0001-01-01T00:00+14:00", "2027-02-31T00:00+07:00", "2027-05-03T07:00", ""):
        path = forged(original, tmp_path / "a.db", kind=kind, occurrence=f"a/b@{hour}")
        verify(path)
        read_everywhere(path)


@pytest.mark.parametrize(
    "at", ["2027-02-31T05:30:00.000+07:00", "2027-05-03T05:30:00.000", "x", "9999-12-31T23:59:59.999-07:00"]
)
def test_a_time_that_is_none_is_a_fault_and_ends_no_check(original: Path, tmp_path: Path, at: str) -> None:
    path = forged(original, tmp_path / "a.db", at=at)
    kinds = [broken.kind for broken in verify(path).breaks]
    assert (BreakKind.NO_INSTANT in kinds) == (not at.startswith("9999"))
    read_everywhere(path)


def test_what_a_damaged_history_has_of_odd_rows_keeps_nothing_else_from_being_saved(
    original: Path, tmp_path: Path
) -> None:
    path = forged(original, tmp_path / "a.db", body="[]")
    with tampering(path) as db:
        db.execute("UPDATE ledger SET body = '[1]' WHERE seq = 3")
    done = rescue(path, YEAR[1])
    assert done is not None
    assert done.good.seq == 2
    assert verify(path).chain_ok


@pytest.mark.parametrize("name", ["ledger", "_sqlite_migrations"])
def test_a_view_that_never_ends_is_no_table(original: Path, tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(original, tmp_path / "a.db"))
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"ALTER TABLE {name} RENAME TO old")
        columns = "seq, at, kind, occurrence, actor, body, prev_hash, hash, id, migration_set, name, applied_at"
        db.execute(
            f"CREATE VIEW {name} ({columns}) AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
            f"SELECT {', '.join('x' * 12)} FROM c"
        )
    assert Fault.SCHEMA in verify(path).counts
    with pytest.raises(RecordError):
        Ledger.open(path, read_only=True)
