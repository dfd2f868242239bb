"""What the check of a station says of the checkpoints that leave the computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.records.copies import newest_checkpoint, targets, waiting
from broadcaster.uplink.outbox import read_troubles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.folder import Station


def check_copies(station: Station) -> Iterator[Finding]:
    """Yield a finding for each place that the newest checkpoint has not gone to; one finding where all is well."""
    named = targets(station.settings.copies)
    if not named:
        yield finding("copies", Level.GOOD, FindingKind.NO_COPIES)
        return
    newest = newest_checkpoint(station.root, station.now())
    troubles = {trouble.target: trouble for trouble in read_troubles(station.state_folder)}
    try:
        with station.past() as ledger:
            left = waiting(ledger, newest, station.settings.copies) if ledger else ()
    except RecordError:  # a matter of the history itself
        return
    for target in left:
        trouble = troubles.get(target)
        since = trouble.since.astimezone(station.settings.timezone) if trouble else None
        level = Level.WARNING if trouble else Level.GOOD
        yield finding("copies", level, FindingKind.COPY_WAITING, to=target.to, trouble=trouble, since=since)
    if newest is not None and not left:
        last = newest.at.astimezone(station.settings.timezone).date()
        yield finding("copies", Level.GOOD, FindingKind.COPIES_SENT, count=len(named), last=last)
