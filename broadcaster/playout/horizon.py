"""The plan of the next days: written into the ledger as it comes near, withdrawn when a person edits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.playout.rows import interrupted_row, planned_row, withdrawn_row
from broadcaster.records.play_rows import planned_from_body
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.models import Occurrence
    from broadcaster.records.ledger import Entry, Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

HORIZON = timedelta(days=2)
"""How far ahead occurrences are entered: enough to render a weekend's clips, and few enough to be fast."""

SETTLED = timedelta(seconds=1)
"""What begins sooner than this can no longer be withdrawn: the ledger refuses that after its time."""

_END_OF_TIME = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absence:
    """A span of time in which nothing could be aired, and why."""

    start: datetime
    end: datetime
    reason: str


class Horizon:
    """The occurrences that have no outcome yet: `upcoming`, by id, agrees with the ledger's open plan."""

    def __init__(self, station: Station, ledger: Ledger) -> None:
        self.station = station
        self._ledger = ledger
        self.upcoming: dict[str, Occurrence] = {}
        self.end: datetime | None = None  # entered up to here
        self.absences: list[Absence] = []

    def resume(self, planned_until: datetime | None, last_alive: datetime | None) -> None:
        """Load the plan of an earlier run, and write the outcome of what was cut off in the middle.

        `planned_until` is where that run's horizon ended, `last_alive` its last sign of life; None: there was none.
        """
        now = self.station.now()
        self.end = planned_until
        self.absences.append(_off(last_alive, now))
        self._ledger.append([interrupted_row(cued, now) for cued in self._ledger.cued_without_outcome()])
        left_over = (planned_from_body(row.body) for row in self._ledger.unresolved(now))
        self.upcoming = {occurrence.id: occurrence for occurrence in left_over}

    def sync(self, content: Content, reason: str = "") -> None:
        """Bring the ledger and `upcoming` in line with the files, up to the end of the horizon.

        `reason` is written into withdrawals. What was planned for a time that has passed stays planned. Time that no
        horizon reached (a long absence, a clock set forward) is entered too.
        """
        now = self.station.now()
        begin = now if self.end is None else min(self.end, now + SETTLED)
        self.end = max(now + HORIZON, self.end or now)
        occurrences = expand(content.campaigns.values(), begin, self.end, content.settings.timezone)
        wanted = {occurrence.id: occurrence for occurrence in occurrences}
        known = self._known(begin)
        begun = self._begun(begin)
        self._ledger.append(list(_differences(known, wanted, begun, reason, now)))
        fixed = {id_: o for id_, o in known.items() if o.start <= now + SETTLED} | self._past(begin)
        self.upcoming = {id_: o for id_, o in (wanted | fixed).items() if id_ not in begun or id_ in self.upcoming}

    def _known(self, since: datetime) -> dict[str, Occurrence]:
        rows = self._ledger.planned(since, _END_OF_TIME)
        return {occurrence.id: occurrence for occurrence in (planned_from_body(row.body) for row in rows)}

    def _begun(self, since: datetime) -> set[str | None]:
        """Return the ids of what was cued or has an outcome: it must not air again, and cannot be withdrawn."""
        done = {row.occurrence for row in self._ledger.played(since, _END_OF_TIME)}
        return done | {row.occurrence for row in self._ledger.cued_without_outcome()}

    def _past(self, before: datetime) -> dict[str, Occurrence]:
        return {id_: occurrence for id_, occurrence in self.upcoming.items() if occurrence.start < before}

    def done(self, occurrence: Occurrence) -> None:
        """Forget an occurrence that has its outcome."""
        self.upcoming.pop(occurrence.id, None)

    def why_absent(self, instant: datetime) -> str:
        """Return why nothing could be aired at `instant`."""
        reasons = (absence.reason for absence in reversed(self.absences) if absence.start <= instant <= absence.end)
        return next(reasons, _("nothing could be aired within the grace period"))


def _differences(
    known: Mapping[str, Occurrence],
    wanted: Mapping[str, Occurrence],
    begun: set[str | None],
    reason: str,
    now: datetime,
) -> Iterator[Entry]:
    """Yield the rows that turn the plan in the ledger into the plan in the files."""
    withdrawn = {
        id_: occurrence
        for id_, occurrence in known.items()
        if id_ not in begun and occurrence.start > now + SETTLED and wanted.get(id_) != occurrence
    }
    yield from (withdrawn_row(occurrence, reason, now) for occurrence in withdrawn.values())
    for id_, occurrence in wanted.items():
        if id_ not in begun and (id_ not in known or id_ in withdrawn):
            yield planned_row(occurrence, now)


def _off(last_alive: datetime | None, now: datetime) -> Absence:
    if last_alive is None or last_alive > now:
        return Absence(datetime.min.replace(tzinfo=UTC), now, _("the program was not running"))
    since = last_alive.astimezone(now.tzinfo)
    reason = _("the program was off from {start} to {end}").format(
        start=since.strftime("%d/%m/%Y %H:%M:%S"), end=now.strftime("%d/%m/%Y %H:%M:%S")
    )
    return Absence(last_alive, now, reason)
