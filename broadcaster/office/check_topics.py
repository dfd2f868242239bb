"""What the check of a station says of topics: scripts that name one for which `[topics]` has no title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.check_findings import Finding, FindingKind, Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.content import Content


def check_topics(content: Content) -> Iterator[Finding]:
    """Yield a finding for each topic without a title; such a script airs, and reports show the topic's slug."""
    unknown: dict[str, list[str]] = {}
    for id_, script in sorted(content.scripts.items()):
        if script.topic and script.topic not in content.settings.topics:
            unknown.setdefault(script.topic, []).append(id_)
    for topic, ids in sorted(unknown.items()):
        yield finding("topics", Level.WARNING, FindingKind.TOPIC_WITHOUT_TITLE, topic=topic, ids=tuple(ids))
