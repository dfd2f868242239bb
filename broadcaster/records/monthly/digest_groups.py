"""The lines of a report's digest about its groups, its months and the activities: see `digest.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.groups import Grouping

_COUNTS = ("planned", "aired", "unplanned")
_ACTIVITY = ("number", "date", "kind", "count", "text", "place", "topic", "source")


def group_texts(figures: Figures) -> Iterator[str]:
    """Yield a line for each group, each topic of a month, and each activity."""
    groups = figures.groups
    for name, grouping in (("topic", groups.topics), ("source", groups.letters), ("origin", groups.origins)):
        yield from _grouping((name,), grouping)
    if groups.loudspeakers.is_named:  # a station without groups has the digest that it had before there were any
        yield from _grouping(("loudspeakers",), groups.loudspeakers)
    if groups.languages.is_named:
        yield from _grouping(("language",), groups.languages)
    for span, topics in zip(figures.months, groups.months, strict=True):
        yield from _grouping(("month", span.first), topics)
    for each in figures.activities:
        words = (each.text, each.place, each.topic, each.source)
        yield _row("activity", each.number, each.day, each.kind, each.count, *words)


def _grouping(begin: Iterable[object], of: Grouping) -> Iterator[str]:
    for group in of.groups:
        yield _row(*begin, group.key, group.planned, group.aired, group.unplanned, group.heard_ms)


def group_texts_of_json(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the same lines from a report in JSON; raise KeyError, TypeError or ValueError for no report."""
    for name in ("topic", "source", "origin"):
        yield from _grouping_of_json((name,), told[f"{name}s"])
    if any(group["key"] for group in told.get("loudspeakers", {"groups": ()})["groups"]):
        yield from _grouping_of_json(("loudspeakers",), told["loudspeakers"])
    languages = told.get("languages", {"groups": ()})  # reports of earlier versions have none
    if any(group["key"] for group in languages["groups"]):
        yield from _grouping_of_json(("language",), languages)
    for month in told["months"]:
        yield from _grouping_of_json(("month", month["first"]), month["topics"])
    for each in told["activities"]:
        yield _row("activity", *(each[name] for name in _ACTIVITY))


def _grouping_of_json(begin: Iterable[object], told: Mapping[str, Any]) -> Iterator[str]:
    for group in told["groups"]:
        counts = (group[name] for name in _COUNTS)
        yield _row(*begin, group["key"], *counts, round(group["minutes"] * 60_000))


def _row(*parts: object) -> str:
    return "\t".join(map(str, parts))
