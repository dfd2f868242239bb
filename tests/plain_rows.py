"""Rows of one slot a day as a desk writes them, for checks of a ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry
from broadcaster.records.play_rows import Origin, Play, planned_to_body, to_body

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)
DAYS = 12


def slot(day: int) -> Occurrence:
    return Occurrence("thang-5", "sang", START + timedelta(days=day), ("thong-diep-1",), source="1192/BHXH-TT")


def planned(occurrence: Occurrence, at: datetime | None = None) -> Entry:
    at = at or occurrence.start - timedelta(days=1)
    return Entry(Kind.PLANNED, "daemon", at, occurrence.id, planned_to_body(occurrence))


def played(
    occurrence: Occurrence, outcome: Outcome = Outcome.AIRED, origin: Origin = Origin.PLAN, at: datetime | None = None
) -> Entry:
    play = Play(
        occurrence.id, occurrence.campaign, occurrence.slot, BulletinClass.NORMAL, (), occurrence.start, outcome,
        started=occurrence.start, origin=origin,
    )  # fmt: skip
    return Entry(Kind.PLAYED, "daemon", at or occurrence.start + timedelta(minutes=1), occurrence.id, to_body(play))


def cued(occurrence: Occurrence) -> Entry:
    return Entry(Kind.CUED, "daemon", occurrence.start - timedelta(seconds=5), occurrence.id)
