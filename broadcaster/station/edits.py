"""Who changed which campaign when: the rows `schedule_changed`, and the versions of the files that they name.

A command writes a row for its own change. An edit by hand (a file that differs from the last row about it) is entered
by whoever notices it first, a command or the daemon. So every version is entered once; only if the daemon looks between
a command's file and its row are there two rows that say the same.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from broadcaster import versions
from broadcaster.errors import BroadcasterError, InputError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.frozen_changes import changes_from_body, changes_to_body
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.schedule.describe_change import describe
from broadcaster.station.content import keep_written
from broadcaster.station.freezing import FrozenMonths, kept_texts, readable
from broadcaster.station.last_good import LastGood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.models import Campaign
    from broadcaster.records.frozen_changes import FrozenChange
    from broadcaster.records.ledger import Ledger, Row
    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)

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
    reason: str = ""  # as the person gave it
    frozen: tuple[FrozenChange, ...] = ()  # what it did to frozen months


def renamed_with(files: Sequence[Edited], file: str) -> Edited | None:
    """Return the other file of a rename among the files of one change: it came as this one went, or went as it came."""
    own = next((each for each in files if each.file == file), None)
    if own is None:
        return None
    came, went = own.before == versions.NO_FILE, own.after == versions.NO_FILE
    for each in files:
        if (went and each.before == versions.NO_FILE and each.after == own.before) or (
            came and each.after == versions.NO_FILE and each.before == own.after
        ):
            return each
    return None


def history(ledger: Ledger, after: int = 0) -> list[Version]:
    """Return the changes of campaigns in rows after row `after`, in order."""
    found = (_version(row) for row in ledger.rows([Kind.SCHEDULE_CHANGED], after_seq=after))
    return [version for version in found if version.files or version.frozen]


def _version(row: Row) -> Version:
    body = row.body
    with ReadingRow(row.seq):
        files = tuple(Edited(f["file"], f["before"], f["after"]) for f in body.get("files", ()))
    how, summary, reason = body.get("how", BY_HAND), body.get("summary", ""), body.get("reason", "")
    frozen = changes_from_body(body.get("frozen", ()))
    return Version(row.seq, row.at, row.actor, how, summary, files, reason, frozen)


def nothing(actor: str, at: datetime) -> Version:
    """Return a version without campaigns: a script or a setting was edited."""
    return Version(0, at, actor, BY_HAND, "", ())


def entered(past: Iterable[Version]) -> dict[str, str]:
    """Return the version of each file that the last row about it names."""
    return {file.file: file.after for version in past for file in version.files}


def by_hand(station: Station, known: Mapping[str, str]) -> tuple[Edited, ...]:
    """Return the files that differ from `known`; a file that is not in `known` has no history yet.

    Neither a folder that is away nor a file that is there and cannot be read is an edit.
    """
    folder = station.schedules_folder
    if LastGood(station.root).why_away(folder):
        return ()
    now = versions.digests(folder)
    readable = [name for name in sorted(known) if name in now or not os.path.lexists(folder / name)]
    pairs = ((name, known[name], now.get(name, versions.NO_FILE)) for name in readable)
    return tuple(Edited(name, before, after) for name, before, after in pairs if before != after)


def not_entered(station: Station, past: Sequence[Version], actor: str) -> Version | None:
    """Return what was changed by hand since the last row; None if nothing was."""
    files = by_hand(station, entered(past))
    if not files:
        return None
    folder = station.schedules_folder
    for file in files:
        keep_version(folder / file.file)
    changes = (between(folder / file.file, file.before, file.after) for file in files)
    return Version(0, station.now(), actor, BY_HAND, _summary(changes), files)


def keep_version(path: Path) -> str | None:
    """Keep a file's version and return its SHA-256, "" where it is gone; None where it cannot be kept or read.

    A full disk costs the version, and never the edit.
    """
    try:
        return versions.keep(path)
    except OSError as error:
        log.warning(_("%s: this version cannot be kept: %s"), path, os_reason(error))
    except InputError:  # the next reading tells of it
        pass
    return None


def between(path: Path, before: str, after: str) -> FileChange:
    """Return the change from one kept version of a file to another."""
    return FileChange(path, versions.load(path, before), versions.load(path, after))


def _summary(changes: Iterable[FileChange]) -> str:
    try:
        return "; ".join(describe(change) for change in changes)
    except BroadcasterError:  # a version was not kept: it was never seen, or somebody deleted it
        return _("edited")


def entry(
    version: Version,
    problems: Sequence[str] = (),
    more: Sequence[str] = (),
    scripts: Mapping[str, str] | None = None,
) -> Entry:
    """Return the row of a change; `more` names what else was edited, `problems` are the mistakes in the files now.

    `scripts` has the SHA-256 of the edited scripts' files, by id; "" where one is gone.
    """
    changed = [*more, *(f"schedules/{file.file.removesuffix('.toml')}" for file in version.files)]
    changed += [f"schedules/{id_}" for change in version.frozen for id_ in change.campaigns]
    files = [{"file": file.file, "before": file.before, "after": file.after} for file in version.files]
    body: dict[str, Any] = {"changed": list(dict.fromkeys(changed)), "problems": list(problems)}
    if files or version.frozen:
        body |= {"files": files, "how": version.how, "summary": version.summary}
    body |= {"reason": version.reason} if version.reason else {}
    body |= {"scripts": dict(scripts)} if scripts else {}
    body |= {"frozen": changes_to_body(version.frozen)} if version.frozen else {}
    return Entry(Kind.SCHEDULE_CHANGED, version.actor, version.at, None, body)


def with_frozen(version: Version, station: Station, months: FrozenMonths) -> Version:
    """Return the version of some campaigns with what it does to frozen months; `months` knows it from now on."""
    digests = {file.file: file.after for file in version.files}
    return replace(version, frozen=months.changes(readable(kept_texts(station.schedules_folder, digests))))


def write(
    station: Station,
    ledger: Ledger,
    changes: Sequence[FileChange],
    actor: str,
    summary: str = "",
    reason: str = "",
) -> Version:
    """Enter changes of campaigns, after any edit made by hand before, keep both versions, and write the files.

    The row comes first: no change is there of which nobody knows who made it. Should a file not be written then, the
    next look enters that it is as it was. Raises InputError, with nothing entered, if a file changed since the change
    was made; RecordError, with nothing written, where it cannot be entered.
    """
    for change in changes:
        change.check()
    found = not_entered(station, history(ledger), actor)
    files = tuple(_edited(change) for change in changes)
    done = Version(0, station.now(), actor, COMMAND, summary or _summary(changes), files, reason)
    months = FrozenMonths(ledger, done.at)
    versions_ = [with_frozen(each, station, months) for each in (found, done) if each is not None and each.files]
    rows = ledger.append([entry(each) for each in versions_])
    for change in changes:
        change.write()
        keep_written(station, change.path)
    return replace(done, number=rows[-1].seq)


def _edited(change: FileChange) -> Edited:
    """Return a change as its row names it, with both versions kept."""
    before = versions.keep(change.path)
    return Edited(change.path.name, before, versions.keep_text(change.path, change.after))


class Watch:
    """Notices edits of campaign files for the daemon. What is found counts as known when it is taken."""

    def __init__(self, station: Station, ledger: Ledger) -> None:
        self._station = station
        self._ledger = ledger
        self._file_number = ledger.file_number
        self._seq = 0
        self._known: dict[str, str] = {}
        self._catch_up()

    def take_up(self) -> None:
        """Count the files as they are, and have no history yet, as known."""
        now = versions.digests(self._station.schedules_folder)
        for name in now:
            if name not in self._known:
                keep_version(self._station.schedules_folder / name)
        self._known = now | self._known

    def look(self, actor: str, *, new_files: bool = True) -> Version | None:
        """Return what was edited by hand and is not entered; None for nothing, or for what a command entered.

        Without `new_files`, one that has no history yet is no edit: at the start, nobody knows since when it is there.
        """
        self._catch_up()
        known = dict(self._known)
        if new_files:
            known = dict.fromkeys(versions.digests(self._station.schedules_folder), versions.NO_FILE) | known
        now = self._station.now()
        found = not_entered(self._station, [Version(0, now, actor, BY_HAND, "", _files(known))], actor)
        return found and with_frozen(found, self._station, FrozenMonths(self._ledger, now))

    def look_back(self, actor: str) -> Version | None:
        """Return what was edited by hand while no desk ran, also in files that have no history yet.

        A new file is no edit: nobody knows since when it is there. What a frozen month lost or won by it is told.
        """
        found = self.look(actor, new_files=False)
        months = FrozenMonths(self._ledger, self._station.now())
        named = {file.file.removesuffix(".toml") for file in found.files} if found else set()
        frozen = months.changes({id_: each for id_, each in self._as_they_are(months).items() if id_ not in named})
        if not frozen:
            return found
        version = found or replace(nothing(actor, self._station.now()), summary=_("edited while no desk ran"))
        return replace(version, frozen=(*version.frozen, *frozen))

    def _as_they_are(self, months: FrozenMonths) -> dict[str, Campaign | None]:
        """Return the campaigns in the folder that can be read, and None for those of frozen months that are gone."""
        station, folder = self._station, self._station.schedules_folder
        if LastGood(station.root).why_away(folder):
            return {}
        gone = [id_ for id_ in months.campaigns() if not os.path.lexists(folder / f"{id_}.toml")]
        return {**dict.fromkeys(gone), **station.campaigns()[0]}

    def take(self, found: Version) -> None:
        """Count an edit as known: its row has been written."""
        self._known |= entered([found])

    def _catch_up(self) -> None:
        if self._ledger.file_number != self._file_number:
            self._file_number, self._seq = self._ledger.file_number, 0
        for version in history(self._ledger, self._seq):
            self._known |= entered([version])
            self._seq = version.number


def _files(known: Mapping[str, str]) -> tuple[Edited, ...]:
    return tuple(Edited(name, digest, digest) for name, digest in known.items())
