"""Edits of the station's files, noticed while the desk runs and entered in the play history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.playout.rows import ACTOR
from broadcaster.station import edits
from broadcaster.station.content import fingerprint, read_content

if TYPE_CHECKING:
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class NoticedEdit:
    """The station as it is after an edit, and what is different."""

    content: Content
    names: tuple[str, ...]  # such as "station.toml", "scripts/thong-diep-1", "schedules/thang-5"
    other_problems: bool  # the mistakes in the files are not the same as before


class FileWatch:
    """Watches the files of one station; an edit counts once the files have not changed between two looks."""

    def __init__(self, station: Station, ledger: Ledger) -> None:
        self._station = station
        self._ledger = ledger
        self._seen = self._settled = fingerprint(station)
        self._campaigns = edits.Watch(station, ledger)

    def take_up(self) -> None:
        """Write a row for what was edited by hand while no desk was running."""
        if version := self._campaigns.take_up(ACTOR):
            self._ledger.append([edits.entry(version)])

    def look(self, content: Content) -> NoticedEdit | None:
        """Read the folder again when it changed and has been quiet since the last look: editors save in steps.

        `content` is what is in force; None: nothing was edited.
        """
        seen, self._seen = self._seen, fingerprint(self._station)
        if self._seen != seen or self._seen == self._settled:
            return None
        self._settled = self._seen
        new = read_content(self._station, content)
        return NoticedEdit(new, _changed(content, new), new.problems != content.problems)

    def enter(self, edit: NoticedEdit) -> None:
        """Write a row for an edit by hand; a command writes the row for its own edit."""
        version = self._campaigns.look(ACTOR)
        others = [name for name in edit.names if not name.startswith("schedules/")]
        if version or others or edit.other_problems:
            files = version or edits.nothing(ACTOR, self._station.now())
            self._ledger.append([edits.entry(files, [str(p) for p in edit.content.problems], edit.names)])


def _changed(old: Content, new: Content) -> tuple[str, ...]:
    """Return the names of the files whose content changed."""
    changed = ["station.toml"] if old.settings != new.settings else []
    for folder, before, after in (
        ("scripts", old.scripts, new.scripts),
        ("schedules", old.campaigns, new.campaigns),
    ):
        ids = sorted({*before, *after})
        changed += [f"{folder}/{id_}" for id_ in ids if before.get(id_) != after.get(id_)]
    return tuple(changed)
