"""Every planned occurrence gets one verdict, and the totals add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.reasons import in_words
from broadcaster.records.canonical_json import canonical
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row
from broadcaster.records.play_rows import Origin, Play, planned_to_body, to_body
from broadcaster.records.reconcile import PATIENCE, Ruling, judge, reconcile, reconcile_window

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)
MORNING = Occurrence("thang-5", "sang", START, ("mot",))


def play_of(occurrence: Occurrence, outcome: Outcome, late_s: float | None = None, reason: str = "") -> Play:
    return Play(
        occurrence.id,
        occurrence.campaign,
        occurrence.slot,
        occurrence.bulletin_class,
        (),
        occurrence.start,
        outcome,
        in_words(reason),
        started=None if late_s is None else occurrence.start + timedelta(seconds=late_s),
    )


def row(kind: Kind, occurrence: str, body: dict[str, object]) -> Row:
    return Row(1, START, kind, occurrence, "daemon", body, "", "")


@pytest.mark.parametrize(
    ("outcome", "late_s", "ruling"),
    [
        (Outcome.AIRED, 0, Ruling.ON_TIME),
        (Outcome.AIRED, -0.02, Ruling.ON_TIME),
        (Outcome.AIRED, 1.0, Ruling.ON_TIME),
        (Outcome.AIRED, 1.001, Ruling.LATE),
        (Outcome.AIRED, 600, Ruling.LATE),
        (Outcome.CUT, 0, Ruling.CUT),
        (Outcome.MISSED, None, Ruling.MISSED),
        (Outcome.BLOCKED, None, Ruling.BLOCKED),
        (Outcome.PREEMPTED, 3, Ruling.PREEMPTED),
        (Outcome.SKIPPED, None, Ruling.SKIPPED),
        (Outcome.FAILED, None, Ruling.FAILED),
    ],
)
def test_each_outcome_has_its_ruling(outcome: Outcome, late_s: float | None, ruling: Ruling) -> None:
    assert judge(MORNING, play_of(MORNING, outcome, late_s), START) is ruling


@pytest.mark.parametrize(
    ("after", "ruling"),
    [(timedelta(days=-1), Ruling.TO_COME), (timedelta(minutes=1), Ruling.TO_COME), (PATIENCE, Ruling.NO_RECORD)],
)
def test_silence_is_judged_by_the_clock(after: timedelta, ruling: Ruling) -> None:
    assert judge(MORNING, None, START + after) is ruling


def test_every_outcome_can_be_judged() -> None:
    assert {judge(MORNING, play_of(MORNING, outcome, 0), START) for outcome in Outcome} == set(Ruling) - {
        Ruling.LATE,
        Ruling.NO_RECORD,
        Ruling.NO_LOUDSPEAKER,
        Ruling.TO_COME,
    }


@pytest.mark.parametrize("device", ["file", "silent"])
def test_what_no_loudspeaker_played_has_not_aired(device: str) -> None:
    play = replace(play_of(MORNING, Outcome.AIRED, 0), device=device)
    assert judge(MORNING, play, START) is Ruling.NO_LOUDSPEAKER
    assert judge(MORNING, play, START, rehearsed=True) is Ruling.ON_TIME, "a rehearsal has no other outputs"
    failed = replace(play_of(MORNING, Outcome.FAILED), device=device)
    assert judge(MORNING, failed, START) is Ruling.FAILED
    assert all(ruling.words for ruling in Ruling)


Fate = tuple[Outcome, float | None] | None
fates = st.none() | st.tuples(st.sampled_from(Outcome), st.none() | st.floats(-1, 900))


@given(
    st.lists(fates, max_size=30), st.lists(fates, max_size=5), st.integers(-5, 35), st.randoms(use_true_random=False)
)
def test_planned_is_the_sum_of_the_rulings(
    planned: list[Fate], unplanned: list[Fate], now: int, random: Random
) -> None:
    slots = [Occurrence("thang-5", "sang", START + timedelta(hours=hour), ("a",)) for hour in range(len(planned))]
    extra = [Occurrence("say-now", "x", START + timedelta(minutes=minute), ("a",)) for minute in range(len(unplanned))]
    plan = [row(Kind.PLANNED, slot.id, planned_to_body(slot)) for slot in slots]
    plays = [
        row(Kind.PLAYED, slot.id, to_body(play_of(slot, *fate)))
        for slot, fate in zip(slots + extra, planned + unplanned, strict=True)
        if fate
    ]
    random.shuffle(plan)
    random.shuffle(plays)
    found = reconcile(plan, plays, START + timedelta(hours=now))
    assert [verdict.occurrence for verdict in found.verdicts] == slots
    assert found.planned == len(slots) == sum(found.totals.values())
    assert len(found.unplanned) == sum(fate is not None for fate in unplanned)
    open_ones = found.totals[Ruling.NO_RECORD] + found.totals[Ruling.TO_COME]
    assert open_ones == sum(fate is None for fate in planned)
    for verdict, fate in zip(found.verdicts, planned, strict=True):
        assert (verdict.play is None) == (fate is None)


def test_a_day_from_the_ledger(tmp_path: Path) -> None:
    at = START - timedelta(hours=5)
    noon, evening, gone = (
        Occurrence("thang-5", slot, START + timedelta(hours=hours), ("mot",))
        for slot, hours in (("trua", 6), ("chieu", 12), ("toi", 14))
    )
    urgent = Occurrence(
        "emergency", "hoa", START + timedelta(hours=3), ("bao",), bulletin_class=BulletinClass.EMERGENCY
    )
    plan = [
        Entry(Kind.PLANNED, "daemon", at, each.id, planned_to_body(each)) for each in (evening, noon, MORNING, gone)
    ]
    shout = Play(
        urgent.id, "emergency", "hoa", BulletinClass.EMERGENCY, (), urgent.start, Outcome.AIRED,
        started=urgent.start, origin=Origin.EMERGENCY, ordered_by="Hòa",
    )  # fmt: skip
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([*plan, Entry(Kind.WITHDRAWN, "daemon", at, gone.id)])
        for play in (play_of(MORNING, Outcome.AIRED, 2.5), shout, play_of(noon, Outcome.MISSED, reason="mất điện")):
            ledger.append([Entry(Kind.PLAYED, "daemon", at, play.occurrence, to_body(play))])
        found = reconcile_window(ledger, at, at + timedelta(days=1), START + timedelta(hours=10))
    assert [
        (verdict.occurrence.slot, verdict.ruling, verdict.lateness_s, verdict.reason) for verdict in found.verdicts
    ] == [
        ("sang", Ruling.LATE, 2.5, ""),
        ("trua", Ruling.MISSED, None, "mất điện"),
        ("chieu", Ruling.TO_COME, None, ""),
    ]
    assert [(play.ordered_by, play.origin) for play in found.unplanned] == [("Hòa", Origin.EMERGENCY)]


def test_on_time_is_judged_by_what_the_ledger_holds() -> None:
    """A start a hair over a second late is written to the millisecond; the row decides, for every later reader."""
    body = to_body(play_of(MORNING, Outcome.AIRED, 1.0004))
    found = reconcile(
        [row(Kind.PLANNED, MORNING.id, planned_to_body(MORNING))], [row(Kind.PLAYED, MORNING.id, body)], START
    )
    assert canonical(body)
    assert found.totals[Ruling.ON_TIME] == 1
