"""What a station did besides broadcasting: banners, articles, a launch. Rows that people enter and may withdraw.

The kinds are those of letter 1192/BHXH-TT, section 3. Nothing is deleted: what was entered by mistake is withdrawn by a
row of its own, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry
from broadcaster.records.reconcile import EVERYTHING, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from broadcaster.records.ledger import Ledger, Row


class ActivityKind(StrEnum):
    """What was done. The comment is the clause of the letter."""

    BANNER = "banner"  # 3.1
    SLOGAN = "slogan"  # 3.1
    PENNANT = "pennant"  # 3.1
    ARTICLE = "article"  # 3.2
    REPORTAGE = "reportage"  # 3.2
    SPECIAL_PAGE = "special-page"  # 3.2
    COLUMN = "column"  # 3.2
    RADIO_STORY = "radio-story"  # 3.2
    RADIO_SKIT = "radio-skit"  # 3.2
    WEB_ARTICLE = "web-article"  # 3.4
    LAUNCH = "launch"  # 3.5
    OTHER = "other"  # 3.5: what fits the place

    @property
    def words(self) -> str:
        """The kind in words, to be translated."""
        return _TITLES[self]


_TITLES = {
    ActivityKind.BANNER: N_("banners"),
    ActivityKind.SLOGAN: N_("slogans"),
    ActivityKind.PENNANT: N_("pennants"),
    ActivityKind.ARTICLE: N_("news and articles in the local press"),
    ActivityKind.REPORTAGE: N_("reportages"),
    ActivityKind.SPECIAL_PAGE: N_("special pages"),
    ActivityKind.COLUMN: N_("columns"),
    ActivityKind.RADIO_STORY: N_("radio stories"),
    ActivityKind.RADIO_SKIT: N_("radio skits"),
    ActivityKind.WEB_ARTICLE: N_("news and articles on the web portal"),
    ActivityKind.LAUNCH: N_("launch ceremonies"),
    ActivityKind.OTHER: N_("other activities"),
}


@dataclass(frozen=True, slots=True)
class ActivityWithdrawn:
    """That an activity was withdrawn: when, by whom, why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry. `number` is its name among the station's activities, from 1 on; 0 until it is entered."""

    day: date
    kind: ActivityKind
    count: int  # how many: banners, articles …
    text: str
    place: str = ""
    topic: str = ""
    topic_title: str = ""
    source: str = ""  # the letter that asked for it
    number: int = 0
    by: str = ""
    withdrawn: ActivityWithdrawn | None = None

    def entry(self, number: int, actor: str, at: datetime) -> Entry:
        """Return it as a ledger row with that number; what was not said is left out."""
        body = replace(self, number=number).facts
        return Entry(Kind.ACTIVITY, actor, at, None, {key: value for key, value in body.items() if value != ""})

    @property
    def facts(self) -> dict[str, Any]:
        """What was done, as JSON has it."""
        return {
            "number": self.number,
            "date": self.day.isoformat(),
            "kind": str(self.kind),
            "count": self.count,
            "text": self.text,
            "place": self.place,
            "topic": self.topic,
            "topic_title": self.topic_title,
            "source": self.source,
        }


def withdrawal(number: int, reason: str, actor: str, at: datetime) -> Entry:
    """Return the row that withdraws the activity of that number."""
    return Entry(Kind.ACTIVITY_WITHDRAWN, actor, at, None, {"number": number, "reason": reason})


def read_activities(ledger: Ledger) -> tuple[Activity, ...]:
    """Return all that were entered, withdrawn ones too, by day and number; raise RecordError for a damaged row."""
    found: dict[int, Activity] = {}
    for row in ledger.rows([Kind.ACTIVITY, Kind.ACTIVITY_WITHDRAWN]):
        with ReadingRow(row.seq):
            _take(found, row)
    return tuple(sorted(found.values(), key=lambda each: (each.day, each.number)))


def _take(found: dict[int, Activity], row: Row) -> None:
    number = int(row.body["number"])
    if row.kind == Kind.ACTIVITY:
        found.setdefault(number, _from_body(row.body, row.actor))
    elif number in found and found[number].withdrawn is None:
        told = ActivityWithdrawn(row.at, row.actor, str(row.body.get("reason", "")))
        found[number] = replace(found[number], withdrawn=told)


def _from_body(body: Mapping[str, Any], by: str) -> Activity:
    return Activity(
        day=date.fromisoformat(body["date"]),
        kind=ActivityKind(body["kind"]),
        count=int(body["count"]),
        text=str(body["text"]),
        place=str(body.get("place", "")),
        topic=str(body.get("topic", "")),
        topic_title=str(body.get("topic_title", "")),
        source=str(body.get("source", "")),
        number=int(body["number"]),
        by=by,
    )


def to_report(
    activities: Iterable[Activity], first: date, last: date, scope: Scope = EVERYTHING
) -> tuple[Activity, ...]:
    """Return what a report on these days lists: what is not withdrawn and in its scope; no campaign has any."""
    return tuple(
        each
        for each in activities
        if each.withdrawn is None and first <= each.day <= last and scope.holds("", each.source)
    )


def append_activity(ledger: Ledger, make: Callable[[int], Entry]) -> int:
    """Append the row that `make` returns for the next free number, and return that number.

    The next number is above every one that any row names, so that one whose row was lost is not given again.
    """
    while True:
        last = ledger.head().seq
        rows = ledger.rows([Kind.ACTIVITY, Kind.ACTIVITY_WITHDRAWN])
        number = max((int(row.body.get("number", 0)) for row in rows), default=0) + 1
        if ledger.append([make(number)], only_after=last):
            return number
