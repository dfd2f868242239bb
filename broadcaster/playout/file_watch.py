"""Edits of the station's files, noticed while the desk runs, and the rows that enter them in the play history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.playout.rows import ACTOR
from broadcaster.station import edits
from broadcaster.station.content import Fingerprint, fingerprint, read_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.records.ledger import Entry, Ledger
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class NoticedEdit:
    """The station as it is after an edit, what is different, and the rows that say so."""

    content: Content
    names: tuple[str, ...]  # such as "station.toml", "scripts/thong-diep-1", "schedules/thang-5"
    other_problems: bool  # the mistakes in the files are not the same as before
    rows: tuple[Entry, ...]  # for an edit by hand; a command writes the row of its own edit
    version: edits.Version | None
    seen: Fingerprint


class FileWatch:
    """Watches the files of one station; an edit counts once the files have not changed between two looks.

    A look changes nothing that matters: until `take` is called, the same edit is found again.
    """

    def __init__(self, station: Station, ledger: Ledger) -> None:
        self._station = station
        self._seen = self._taken = fingerprint(station)
        self._ledger = ledger
        self._campaigns = edits.Watch(station, ledger)
        self._noticed: tuple[object, NoticedEdit] | None = None  # what it was found from, and what was

    def look_back(self) -> edits.Version | None:
        """Return what was edited by hand while no desk was running."""
        return self._campaigns.look_back(ACTOR)

    def take_up(self, found: edits.Version | None) -> None:
        """Count the files as they are as known; the row of what `look_back` found has been written."""
        if found is not None:
            self._campaigns.take(found)
        self._campaigns.take_up()

    def look(self, content: Content) -> NoticedEdit | None:
        """Read the folder again when it changed and has been quiet since the last look: editors save in steps.

        `content` is what is in force; None: nothing was edited.
        """
        seen, self._seen = self._seen, fingerprint(self._station)
        if self._seen != seen or self._seen == self._taken:
            return None
        # while a row cannot be written, the same edit is asked for at every round: the whole station is not read anew
        found_from = (self._seen, content, self._ledger.file_number, self._ledger.head())
        if self._noticed is None or self._noticed[0] != found_from:
            self._noticed = found_from, self._read(content)
        return self._noticed[1]

    def _read(self, content: Content) -> NoticedEdit:
        new = read_content(self._station, content)
        names, other_problems = _changed(content, new), new.problems != content.problems
        version = self._campaigns.look(ACTOR) if names or other_problems else None
        others = [name for name in names if not name.startswith("schedules/")]
        rows: tuple[Entry, ...] = ()
        if version or others or other_problems:
            files = version or edits.nothing(ACTOR, self._station.now())
            problems = [str(problem) for problem in new.problems]
            rows = (edits.entry(files, problems, names, self._kept_scripts(names)),)
        return NoticedEdit(new, names, other_problems, rows, version, self._seen)

    def _kept_scripts(self, names: Sequence[str]) -> dict[str, str]:
        """Keep a version of each script among the edited files; return their SHA-256, by id."""
        ids = [name.removeprefix("scripts/") for name in names if name.startswith("scripts/")]
        kept = {id_: edits.keep_version(self._station.scripts_folder / f"{id_}.md") for id_ in ids}
        return {id_: digest for id_, digest in kept.items() if digest is not None}

    def take(self, edit: NoticedEdit) -> None:
        """Count an edit as known: its rows have been written, and its content is in force."""
        self._taken, self._noticed = edit.seen, None
        if edit.version is not None:
            self._campaigns.take(edit.version)


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
