"""Whether what was planned since yesterday aired, and whether something is due at this moment and does not begin."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.office.running_desk import running_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.records.reconcile import Verdict
    from broadcaster.station.folder import Station


def check_airing(station: Station) -> Iterator[Finding]:
    """Yield what is due and held up now, and what failed or was muted since yesterday, until tomorrow is over."""
    desk = running_desk(station)
    for item in desk.due.values() if desk else ():
        yield finding("airing", Level.BAD, FindingKind.DUE_AND_HELD_UP, due=item)
    if station.ledger_path.exists():
        try:
            yield from _recent(station)
        except (BroadcasterError, ValueError):  # what is wrong with the play history is a finding of its own
            return


def _recent(station: Station) -> Iterator[Finding]:
    from broadcaster.records.reconcile import reconcile_window

    now = station.now()
    yesterday = datetime.combine(now.date() - timedelta(days=1), time(), now.tzinfo)
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, yesterday, now, now)
    failed = [verdict for verdict in found.verdicts if is_failure(verdict)]
    if failed:
        facts: dict[str, object] = {
            "id": failed[-1].occurrence.id,
            "ruling": failed[-1].ruling,
            "reason": failed[-1].reason,
        }
        yield finding("recent", Level.WARNING, FindingKind.RECENT_FAILURES, count=len(failed), **facts)
    plays = [verdict.play for verdict in found.verdicts if verdict.play and verdict.play.muted]
    if plays:
        facts = {"id": plays[-1].occurrence, "muted": plays[-1].muted}
        yield finding("recent", Level.WARNING, FindingKind.RECENT_MUTED, count=len(plays), **facts)
    elif found.verdicts and not failed:
        yield finding("recent", Level.GOOD, FindingKind.NO_RECENT_FAILURE, count=len(found.verdicts))


def is_failure(verdict: Verdict) -> bool:
    """Return whether something did not air whole for a reason that nobody chose."""
    from broadcaster.records.reconcile import Ruling

    aired = (Ruling.ON_TIME, Ruling.LATE)
    chosen = (Ruling.BLOCKED, Ruling.PREEMPTED, Ruling.SKIPPED)
    return verdict.ruling not in (*aired, *chosen, Ruling.TO_COME)
