"""Groups, months and activities as values for JSON; names are English, as in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.records.monthly.tables import counts

if TYPE_CHECKING:
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.groups import Grouping, GroupTally

COUNTS = ("planned", "aired", "unplanned")


def groups_json(figures: Figures) -> dict[str, Any]:
    """Return them by their names in a report."""
    groups = figures.groups
    months = zip(figures.months, groups.months, strict=True)
    return {
        "topics": _grouping(groups.topics),
        "sources": _grouping(groups.letters),
        "origins": _grouping(groups.origins),
        "loudspeakers": _grouping(groups.loudspeakers),
        "languages": _grouping(groups.languages),
        "months": [
            {
                "first": span.first.isoformat(),
                "last": span.last.isoformat(),
                "share": span.tally.share,
                **counts(span.tally),
                "topics": _grouping(topics),
            }
            for span, topics in months
        ],
        "activities": [each.facts for each in figures.activities],
    }


def _grouping(of: Grouping) -> dict[str, Any]:
    twice = {name: getattr(of.twice, name) for name in COUNTS}
    return {"groups": [_group(group) for group in of.groups], "twice": twice}


def _group(of: GroupTally) -> dict[str, Any]:
    numbers = {name: getattr(of, name) for name in COUNTS}
    return {"key": of.key, "title": of.title, **numbers, "minutes": of.heard_ms / 60_000}
