"""Several stations in one table: a row for each, with its topics and languages, and the total of those that count.

Pure but for writing spreadsheets: what goes in was counted from exports that somebody has verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.records.monthly.groups import Grouping, GroupTally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from broadcaster.records.monthly.figures import Tally


class StationMark(StrEnum):
    """Why a station is marked in the table, and left out of its total."""

    NOT_VERIFIED = "not verified"  # the export is not as it was made, or its play history is not as it was written
    NOT_ITS_KEY = "not its key"  # no key lies in the export, or one that the play history does not name
    REHEARSAL = "rehearsal"  # nothing of it was on the air
    OTHER_VERSION = "other version"  # written by a newer version of the program
    OVERLAPS = "overlaps"  # an export before it is of the same station and of some of the same days


@dataclass(frozen=True, slots=True)
class StationCounts:
    """What a station did in the days that its export covers."""

    total: Tally
    topics: Grouping
    languages: Grouping


@dataclass(frozen=True, slots=True)
class StationRow:
    """One export. Days are those of the play history in it that were asked for; None where it has none of them."""

    file: str
    station: str
    key: str  # the public key, as a line; "" for none
    fingerprint: str  # SHA-256 of that line, in hex; "" for none
    first: date | None
    last: date | None
    as_of: datetime | None  # when it was made
    counts: StationCounts | None  # None where it cannot be read
    marks: tuple[StationMark, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """One topic or language of the table: its key, "" for what names none, and the title that a station gave it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class TableTotal:
    """The sums over the stations that are not marked; `tenths` are those that are printed."""

    planned: int
    aired: int
    not_aired: int
    to_come: int
    unplanned: int
    sessions: int
    heard_ms: int
    tenths: int

    @property
    def share(self) -> float | None:
        """The aired share of what was due, 0 to 1; None if nothing was due."""
        due = self.planned - self.to_come
        return self.aired / due if due else None


@dataclass(frozen=True, slots=True)
class StationsTable:
    """Several stations in one table."""

    rows: tuple[StationRow, ...]
    made_at: datetime
    asked: tuple[date, date] | None  # the days that were asked for; None: all that each export has

    @property
    def topics(self) -> tuple[GroupColumn, ...]:
        """Every topic of any station, what names none at the end; none where nothing names any."""
        return _columns(row.counts.topics for row in self.rows if row.counts)

    @property
    def languages(self) -> tuple[GroupColumn, ...]:
        """Every language of any station, Vietnamese at the end; none where there is no other."""
        return _columns(row.counts.languages for row in self.rows if row.counts)

    @property
    def counted(self) -> tuple[StationCounts, ...]:
        """The counts that the total adds up."""
        return tuple(row.counts for row in self.rows if row.counts and not row.marks)

    @property
    def total(self) -> TableTotal:
        """The sums over the stations that are not marked."""
        tallies = [counts.total for counts in self.counted]
        return TableTotal(
            planned=sum(tally.planned for tally in tallies),
            aired=sum(tally.aired for tally in tallies),
            not_aired=sum(tally.not_aired for tally in tallies),
            to_come=sum(tally.to_come for tally in tallies),
            unplanned=sum(tally.unplanned for tally in tallies),
            sessions=sum(tally.sessions for tally in tallies),
            heard_ms=sum(tally.heard_ms for tally in tallies),
            tenths=sum(tally.tenths for tally in tallies),
        )

    def topic_total(self, key: str) -> GroupTally:
        """Return the sums of a topic over the stations that are not marked."""
        return _add(key, (of_key(counts.topics, key) for counts in self.counted))

    def language_total(self, key: str) -> GroupTally:
        """Return the sums of a language over the stations that are not marked."""
        return _add(key, (of_key(counts.languages, key) for counts in self.counted))


def _columns(groupings: Iterable[Grouping]) -> tuple[GroupColumn, ...]:
    found: dict[str, str] = {}
    for group in (group for grouping in groupings for group in grouping.groups):
        found[group.key] = found.get(group.key) or group.title
    if not any(found):
        return ()
    return tuple(GroupColumn(key, found[key]) for key in sorted(found, key=lambda key: (not key, key)))


def of_key(grouping: Grouping, key: str) -> GroupTally:
    """Return the counts of a topic or a language; noughts where a station has none of it."""
    return next((group for group in grouping.groups if group.key == key), GroupTally(key, "", 0, 0, 0, 0, 0))


def _add(key: str, groups: Iterable[GroupTally]) -> GroupTally:
    found = tuple(groups)
    return GroupTally(
        key,
        "",
        planned=sum(group.planned for group in found),
        aired=sum(group.aired for group in found),
        unplanned=sum(group.unplanned for group in found),
        heard_ms=sum(group.heard_ms for group in found),
        tenths=sum(group.tenths for group in found),
    )
