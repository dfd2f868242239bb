"""What the check of a station says of versions in other languages: those without their text, and those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.office.behind_text import find_behind
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.script_ids import text_id, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


def check_languages(content: Content, station: Station) -> Iterator[Finding]:
    """Yield a finding for each version that somebody should look at; such a script airs all the same."""
    for id_ in sorted(content.scripts):
        if version_of(id_) and text_id(id_) not in content.scripts:
            yield finding("languages", Level.WARNING, FindingKind.VERSION_WITHOUT_TEXT, id=id_, text=text_id(id_))
    try:
        found = find_behind(station, content.scripts)
    except RecordError:  # the findings about the history tell of it
        return
    for behind in found:
        facts = {"id": behind.script.id, "text": behind.text.id, "at": behind.at.astimezone(station.settings.timezone)}
        yield finding("languages", Level.WARNING, FindingKind.VERSION_BEHIND, **facts)
