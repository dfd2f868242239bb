"""Who changed which campaign when: the rows `schedule_changed`, and the versions of the files that they name.

A command writes a row for its own change. An edit by hand (a file that differs from the last row about it) is entered
by whoever notices it first, a command or the daemon. So every version is entered once; only if the daemon looks between
a command's file and its row are there two rows that say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _
from broadcaster.records.ledger import Entry, Kind
from broadcaster.schedule import versions
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.schedule.describe_change import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.ledger import Ledger, Row
    from broadcaster.station.folder import Station

COMMAND, BY_HAND = "command", "by hand"


@dataclass(frozen=True, slots=True)
class Edited:
    """One file's versions, by their SHA-256, before and after; "": no such file."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """The changes of campaigns in one row `schedule_changed`. `number` is the row's; 0: not entered yet."""

    number: int
    at: datetime
    actor: str
    how: str  # COMMAND or BY_HAND: then `actor` is who saw it, not who did it
    summary: str
    files: tuple[Edited, ...]


def history(ledger: Ledger, after: int = 0) -> list[Version]:
    """Return the changes of campaigns in rows after row `after`, in order."""
    found = (_version(row) for row in ledger.rows([Kind.SCHEDULE_CHANGED], after_seq=after))
    return [version for version in found if version.files]


def _version(row: Row) -> Version:
    body = row.body
    files = tuple(Edited(f["file"], f["before"], f["after"]) for f in body.get("files", ()))
    return Version(row.seq, row.at, row.actor, body.get("how", BY_HAND), body.get("summary", ""), files)


def nothing(actor: str, at: datetime) -> Version:
    """Return a version without campaigns: a script or a setting was edited."""
    return Version(0, at, actor, BY_HAND, "", ())


def entered(past: Iterable[Version]) -> dict[str, str]:
    """Return the version of each file that the last row about it names."""
    return {file.file: file.after for version in past for file in version.files}


def by_hand(station: Station, known: Mapping[str, str]) -> tuple[Edited, ...]:
    """Return the files that differ from `known`; a file that is not in `known` has no history yet."""
    now = versions.digests(station.schedules_folder)
    pairs = ((name, before, now.get(name, versions.NO_FILE)) for name, before in sorted(known.items()))
    return tuple(Edited(name, before, after) for name, before, after in pairs if before != after)


def not_entered(station: Station, past: Sequence[Version], actor: str) -> Version | None:
    """Return what was changed by hand since the last row; None if nothing was."""
    files = by_hand(station, entered(past))
    if not files:
        return None
    folder = station.schedules_folder
    for file in files:
        versions.keep(folder / file.file)
    changes = (between(folder / file.file, file.before, file.after) for file in files)
    return Version(0, station.now(), actor, BY_HAND, _summary(changes), files)


def between(path: Path, before: str, after: str) -> FileChange:
    """Return the change from one kept version of a file to another."""
    return FileChange(path, versions.load(path, before), versions.load(path, after))


def _summary(changes: Iterable[FileChange]) -> str:
    try:
        return "; ".join(describe(change) for change in changes)
    except BroadcasterError:  # a version was not kept: it was never seen, or somebody deleted it
        return _("edited")


def entry(version: Version, problems: Sequence[str] = (), more: Sequence[str] = ()) -> Entry:
    """Return the row of a change; `more` names what else was edited, `problems` are the mistakes in the files now."""
    changed = [*more, *(f"schedules/{file.file.removesuffix('.toml')}" for file in version.files)]
    files = [{"file": file.file, "before": file.before, "after": file.after} for file in version.files]
    body: dict[str, Any] = {"changed": list(dict.fromkeys(changed)), "problems": list(problems)}
    if files:
        body |= {"files": files, "how": version.how, "summary": version.summary}
    return Entry(Kind.SCHEDULE_CHANGED, version.actor, version.at, None, body)


def write(station: Station, ledger: Ledger, changes: Sequence[FileChange], actor: str, summary: str = "") -> Version:
    """Write changes of campaigns, keep what they replace, and enter them, after any edit made by hand before.

    Raises InputError, with nothing written, if a file changed since the change was made.
    """
    for change in changes:
        change.check()
    found = not_entered(station, history(ledger), actor)
    files: list[Edited] = []
    try:
        for change in changes:
            files.append(_written(change))  # noqa: PERF401 - each is known as soon as it is written
    finally:  # what was written is entered, even if the disk filled up in between
        done = Version(0, station.now(), actor, COMMAND, summary or _summary(changes[: len(files)]), tuple(files))
        rows = ledger.append([entry(each) for each in (found, done) if each is not None and each.files])
    return replace(done, number=rows[-1].seq)


def _written(change: FileChange) -> Edited:
    before = versions.keep(change.path)
    change.write()
    return Edited(change.path.name, before, versions.keep(change.path))


class Watch:
    """Notices edits of campaign files for the daemon."""

    def __init__(self, station: Station, ledger: Ledger) -> None:
        self._station = station
        self._ledger = ledger
        self._seq = 0
        self._known: dict[str, str] = {}
        self._catch_up()

    def take_up(self, actor: str) -> Version | None:
        """Return what was edited by hand while no daemon ran; from now on, the files as they are count as known."""
        found = self._found(actor)
        for path in sorted(self._station.schedules_folder.glob("[!.]*.toml")):
            self._known[path.name] = versions.keep(path)
        return found

    def look(self, actor: str) -> Version | None:
        """Return what was edited by hand since the last look; None for nothing, or for what a command entered."""
        self._catch_up()
        for name in versions.digests(self._station.schedules_folder):
            self._known.setdefault(name, versions.NO_FILE)  # new since the last look
        return self._found(actor)

    def _found(self, actor: str) -> Version | None:
        known = Version(0, self._station.now(), actor, BY_HAND, "", _files(self._known))
        found = not_entered(self._station, [known], actor)
        self._known |= entered([found]) if found else {}
        return found

    def _catch_up(self) -> None:
        for version in history(self._ledger, self._seq):
            self._known |= entered([version])
            self._seq = version.number


def _files(known: Mapping[str, str]) -> tuple[Edited, ...]:
    return tuple(Edited(name, digest, digest) for name, digest in known.items())
