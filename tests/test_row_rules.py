"""What the triggers refuse is found where somebody took them away, and what looks entered afterwards is remarked on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ledgers import START, chain_again, slot, tampering
from tamperings import append

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.office.wording_audit import remark_text, summary_text
from broadcaster.records.kinds import BY_PEOPLE, DESK, Kind
from broadcaster.records.ledger import Entry, Ledger, _columns
from broadcaster.records.play_rows import Origin, Play, PlayedScript, planned_to_body, to_body
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import BreakKind, Fault, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = slot(0)
HOUR = timedelta(hours=1)
CLIP = PlayedScript("thong-diep-1", "Thông điệp 1", "0" * 64, "1" * 64, "espeak:vi", 30.0)
PLAY = Play(
    TODAY.id, TODAY.campaign, TODAY.slot, BulletinClass.NORMAL, (CLIP, CLIP), TODAY.start, Outcome.AIRED,
    started=TODAY.start, ended=TODAY.start + timedelta(seconds=64), heard_s=64.0, repeat=1, gap_s=4.0,
)  # fmt: skip


def planned(at: datetime = START - HOUR, occurrence: Occurrence = TODAY) -> Entry:
    return Entry(Kind.PLANNED, DESK, at, occurrence.id, planned_to_body(occurrence))


def withdrawn(at: datetime = START - HOUR) -> Entry:
    return Entry(Kind.WITHDRAWN, DESK, at, TODAY.id)


def cued(at: datetime = START - timedelta(seconds=5)) -> Entry:
    return Entry(Kind.CUED, DESK, at, TODAY.id)


def played(play: Play = PLAY, at: datetime = START + timedelta(minutes=2)) -> Entry:
    return Entry(Kind.PLAYED, DESK, at, play.occurrence, to_body(play))


def forged(path: Path, *entries: Entry) -> Path:
    """Make a ledger of rows in a right chain that no trigger has seen."""
    Ledger.open(path).close()
    with tampering(path) as db:
        indexes = db.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE INDEX ledger%'").fetchall()
        db.execute("DROP INDEX ledger_cued")
        db.execute("DROP INDEX ledger_played")
        prev = "0" * 64
        for seq, entry in enumerate(entries, 1):
            append(db, seq, prev, _columns(entry))
            (prev,) = db.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
        for (index,) in indexes:
            db.execute(index.replace("UNIQUE ", ""))
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'CREATE INDEX', 'CREATE UNIQUE INDEX') WHERE name IN ('ledger_cued', 'ledger_played')")  # fmt: skip  # noqa: E501
    return path


def breaks(path: Path) -> list[tuple[int, BreakKind]]:
    return [(broken.seq, broken.kind) for broken in verify(path).breaks if broken.seq]


def remarks(path: Path) -> list[tuple[int, RemarkKind, Mapping[str, object]]]:
    return [(remark.seq, remark.kind, dict(remark.facts)) for remark in verify(path).remarks]


# ---- the triggers' rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([planned(), cued(), played()], []),
        ([planned(), withdrawn()], []),
        ([planned(), withdrawn(), planned(), cued(), played()], []),
        ([planned(), planned(), cued(), played()], []),
        ([planned(), cued(), planned(), played()], [(3, BreakKind.PLANNED_TOO_LATE)]),
        ([planned(), cued(), played(), planned(START + HOUR)], [(4, BreakKind.PLANNED_TOO_LATE)]),
        ([planned(), withdrawn(START)], [(2, BreakKind.WITHDRAWN_TOO_LATE)]),
        ([planned(), withdrawn(START - timedelta(milliseconds=1))], []),
        ([planned(), cued(), withdrawn()], [(3, BreakKind.WITHDRAWN_TOO_LATE)]),
        ([planned(), cued(), played(), withdrawn()], [(4, BreakKind.WITHDRAWN_TOO_LATE)]),
        ([planned(), cued(), cued(), played()], [(3, BreakKind.CUED_TWICE)]),
        ([planned(), cued(), played(), played()], [(4, BreakKind.SECOND_OUTCOME)]),
        ([cued(), played(replace(PLAY, origin=Origin.SAY)), played(replace(PLAY, origin=Origin.SAY))], [(3, BreakKind.SECOND_OUTCOME)]),  # noqa: E501
        ([played(replace(PLAY, outcome=Outcome.MISSED, started=None, heard_s=0.0))], [(1, BreakKind.UNPLANNED_OUTCOME)]),  # noqa: E501
    ],
)  # fmt: skip
def test_rows_that_no_trigger_would_have_taken_are_found(
    tmp_path: Path, entries: list[Entry], found: list[tuple[int, BreakKind]]
) -> None:
    path = forged(tmp_path / "broadcaster.db", *entries)
    assert [(seq, kind) for seq, kind in breaks(path) if kind is not BreakKind.NO_OUTCOME and kind is not BreakKind.CLOCK_WENT_BACK] == found  # fmt: skip  # noqa: E501


def test_a_cue_after_the_outcome_is_found(tmp_path: Path) -> None:
    path = forged(tmp_path / "broadcaster.db", planned(), cued(), played(), cued(START + HOUR))
    assert (4, BreakKind.CUED_TWICE) in breaks(path)


# ---- as long as its clips ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "repeat", "is_found"),
    [
        (64.0, 1, False),
        (69.0, 1, False),  # a device counts a little more
        (71.0, 1, True),
        (132.0, 2, False),  # 4 clips of 30 s, 3 gaps of 4 s
        (141.0, 2, True),
        (7200.0, 1, True),
    ],
)
def test_nothing_is_heard_longer_than_its_clips(tmp_path: Path, heard: float, repeat: int, is_found: bool) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(), cued(), played(replace(PLAY, heard_s=heard, repeat=repeat))])
    report = verify(path)
    assert [b.kind for b in report.breaks] == [BreakKind.HEARD_TOO_LONG] * is_found
    assert report.counts == ({Fault.RULE: 1} if is_found else {})
    assert ("breaks a rule" in summary_text(report)) == is_found
    assert report.chain_ok


def test_what_was_heard_without_any_clip_is_found(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(), cued(), played(replace(PLAY, scripts=(), heard_s=60.0))])
    (broken,) = verify(path).breaks
    assert (broken.kind, broken.facts["heard"], broken.facts["longest"]) == (BreakKind.HEARD_TOO_LONG, 60, 0)


@pytest.mark.parametrize("heard", [b"7.2e3", b"1e999", b"9" * 400, b"NaN"])
def test_no_way_to_write_a_number_hides_it(tmp_path: Path, heard: bytes) -> None:
    path = forged(tmp_path / "broadcaster.db", planned(), cued(), played())
    rewrite(path, b'"heard_s":64.0', b'"heard_s":' + heard)
    assert (3, BreakKind.HEARD_TOO_LONG) in breaks(path)


@pytest.mark.parametrize("key", ["heard_s", "outcome", "origin", "started"])
def test_what_is_said_twice_is_found(tmp_path: Path, key: str) -> None:
    """SQLite's views read the first, Python's reports the last."""
    path = forged(tmp_path / "broadcaster.db", planned(), cued(), played())
    assert breaks(path) == []
    rewrite(path, b'"slot":', f'"{key}":64.0,"slot":'.encode())
    assert [kind for _seq, kind in breaks(path)] == [BreakKind.SAID_TWICE]


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Change the last row's body, in a chain that fits."""
    with tampering(path) as db:
        db.execute(
            "UPDATE ledger SET body = replace(body, ?, ?) WHERE seq = (SELECT max(seq) FROM ledger)",
            (old.decode(), new.decode()),
        )
        chain_again(db)


# ---- remarks -------------------------------------------------------------------------------------------------------


def test_a_history_as_the_desk_writes_it_has_no_remarks(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    missed = replace(PLAY, outcome=Outcome.MISSED, started=None, ended=None, heard_s=0.0)
    with Ledger.open(path) as ledger:
        ledger.append([planned(), cued(), played()])
        late = replace(missed, occurrence=slot(1).id, planned_start=slot(1).start)
        ledger.append([planned(START + timedelta(days=3), slot(1)), played(late, START + timedelta(days=3))])
    assert remarks(path) == []
    assert verify(path).ok


def test_a_tail_entered_days_later_is_remarked_on(tmp_path: Path) -> None:
    path, later = tmp_path / "broadcaster.db", START + timedelta(days=3)
    with Ledger.open(path) as ledger:
        ledger.append([planned(later), played(at=later)])
    told = {"occurrence": TODAY.id}
    assert remarks(path) == [
        (2, RemarkKind.NOT_CUED, told),
        (2, RemarkKind.PLANNED_AFTERWARDS, told),
        (2, RemarkKind.ENTERED_LATE, told | {"hours": 72}),
    ]
    report = verify(path)
    assert report.ok
    assert "3 things should be asked about" in summary_text(report)
    assert remark_text(report.remarks[2]) == f"{TODAY.id}: entered 72 h after its end"


def test_aired_without_a_start_needs_its_cue_too(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(), played(replace(PLAY, started=None, ended=None, heard_s=0.0))])
    assert [kind for _seq, kind, _facts in remarks(path)] == [RemarkKind.NOT_CUED]


def test_an_outcome_within_the_hour_is_in_time_in_any_zone(tmp_path: Path) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ended = PLAY.ended
        assert ended is not None
        utc = ended.astimezone(tz=None) + timedelta(minutes=59)
        ledger.append([planned(), cued(), played(at=utc)])
    assert remarks(path) == []


# ---- who writes while no desk runs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(BY_PEOPLE - {Kind.PLAN_FROZEN}))  # which has to be a plan: test_frozen_verify
def test_what_a_person_does_while_the_desk_is_off_says_nothing_about_outcomes(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([planned(), Entry(kind, "Hòa", START + timedelta(days=2), None, {"lost": 0})])
        assert verify(path).ok
        ledger.append([Entry(Kind.ALIVE, DESK, START + timedelta(days=2))])
    assert [broken.kind for broken in verify(path).breaks] == [BreakKind.NO_OUTCOME]


def test_a_person_who_listens_while_the_desk_is_off_is_no_desk(tmp_path: Path) -> None:
    path, now = tmp_path / "broadcaster.db", Occurrence("test", "hoa", START + timedelta(days=2), ("thong-diep-1",))
    heard = replace(PLAY, occurrence=now.id, planned_start=now.start, origin=Origin.TEST, started=None, heard_s=0.0)
    with Ledger.open(path) as ledger:
        ledger.append([planned(), Entry(Kind.CUED, "Hòa", now.start, now.id)])
        ledger.append([replace(played(replace(heard, outcome=Outcome.FAILED), now.start), actor="Hòa")])
    assert verify(path).ok
