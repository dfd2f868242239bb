"""Who changed which script when, the lines that a change changed, and the way back to an earlier text.

Commands enter what they save (`script_changed`), the desk what it sees edited by hand (`schedule_changed`). What nobody
has entered shows itself: the text that a change was made to is not the one that the change before it left.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.campaign_history import unknown_change
from broadcaster.records.approvals import RENAME
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.kinds import Kind
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.script_ids import text_id
from broadcaster.station import edits
from broadcaster.station.last_good import LastGood

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.ledger import Ledger, Row
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class ScriptVersion:
    """One change of a script's file.

    `number` is its row's, 0 where nobody has entered it; `at` when it was entered or, by hand, seen. `how` is the
    command, or `edits.BY_HAND`: then nobody knows who did it. `before` and `after` are the SHA-256 of the file's text:
    "" no file, None not known, for an earlier version of the program entered it.
    """

    script: str
    number: int
    at: datetime
    actor: str
    how: str
    title: str
    before: str | None
    after: str | None
    other: str = ""  # the text with which a version was changed in one step; of a rename, the other id

    @property
    def is_rename(self) -> bool:
        """Whether the script got another id: a change of its old id, after which it is gone, and one of the new."""
        return self.how == RENAME


@dataclass(frozen=True, slots=True)
class ScriptUndo:
    """The change that goes back: to right after the change `number`, or (None) to right before the `last` change."""

    file: FileChange
    number: int | None
    last: ScriptVersion


def history_of(station: Station, script: str | None = None) -> list[ScriptVersion]:
    """Return the changes of all scripts or of one, the latest last."""
    with station.past() as ledger:
        found = list(_entered(ledger)) if ledger is not None else []
    found += _not_entered(station, found)
    if script is None:
        return found
    own = [version for name, version in under_present_ids(found) if name == script]
    return own or [version for version in found if version.script == script]


def under_present_ids(past: Sequence[ScriptVersion]) -> list[tuple[str, ScriptVersion]]:
    """Return changes with the ids that their scripts have now, or had last: a renamed script keeps its past."""
    found: list[tuple[str, ScriptVersion]] = []
    now: dict[str, str] = {}  # an id at that time → the present one
    for version in reversed(past):
        name = now.get(version.script, version.script)
        found.append((name, version))
        if version.is_rename and version.after:
            now.pop(version.script, None)
            now[version.other] = name
    return found[::-1]


def _entered(ledger: Ledger) -> Iterator[ScriptVersion]:
    last: dict[str, str | None] = {}
    for row in ledger.rows([Kind.SCRIPT_CHANGED, Kind.SCHEDULE_CHANGED]):
        with ReadingRow(row.seq):
            found = list(_versions_of(row, last))
        for version in found:
            known = last.get(version.script, version.before)
            if None not in (known, version.before) and known != version.before:
                yield _by_hand(version.script, row.at, known, version.before)
            last[version.script] = version.after
            yield version


def _versions_of(row: Row, last: dict[str, str | None]) -> Iterator[ScriptVersion]:
    body = row.body
    if row.kind == Kind.SCRIPT_CHANGED:
        title, script = str(body.get("title", "")), str(body["script"])
        before, after, other = body.get("before"), body.get("after"), str(body.get("other", ""))
        yield ScriptVersion(script, row.seq, row.at, row.actor, str(body["how"]), title, before, after, other)
        return
    for script, after in body.get("scripts", {}).items():
        before = last.get(script)
        if script not in last or after != before:  # else the desk saw what a command has entered
            yield ScriptVersion(script, row.seq, row.at, row.actor, edits.BY_HAND, "", before, after)


def _by_hand(script: str, at: datetime, before: str | None, after: str | None) -> ScriptVersion:
    return ScriptVersion(script, 0, at, "", edits.BY_HAND, "", before, after)


def _not_entered(station: Station, past: Sequence[ScriptVersion]) -> Iterator[ScriptVersion]:
    """Yield what the files are now, where no row says so, and keep it."""
    folder = station.scripts_folder
    if LastGood(station.root).why_away(folder):
        return
    known = {version.script: version.after for version in past}
    for script, before in sorted(known.items()):
        after = edits.keep_version(folder / f"{script}.md") if before is not None else None
        if after not in (None, before):
            yield _by_hand(script, station.now(), before, after)


def change_of(station: Station, past: Sequence[ScriptVersion], number: int) -> FileChange:
    """Return what the change of that number changed; raise InputError where there is none, or it was not kept."""
    found = next((version for version in past if version.number == number), None)
    if found is None:
        raise unknown_change(number, [version.number for version in past])
    path = _path(station, found.script)
    return FileChange(path, _text(path, found.before), _text(path, found.after))


def undo(station: Station, script: str, number: int | None = None) -> list[ScriptUndo]:
    """Return what takes back the last change of a script, and of the versions that were changed with it.

    `number`: go back to how it was right after that change; 0: before the first. Raise InputError for no such change,
    or a version that was not kept, or a script that has another id now.
    """
    past = history_of(station, script)
    if not past:
        raise InputError(Problem(_("nothing was changed yet, so there is nothing to take back")))
    if past[-1].is_rename and not past[-1].after:
        raise InputError(renamed_away(past[-1]))
    past = [version for version in past if not version.is_rename] or past
    if number and number not in [version.number for version in past]:
        raise unknown_change(number, [version.number for version in past])
    since = past[-1].number if number is None else number
    return [_undo(station, script, past, number), *_undone_with(station, script, since)]


def renamed_away(gone: ScriptVersion) -> Problem:
    """Return the problem that a script has another id now, and how it gets back the one that it had."""
    what = _("{id} became {new}").format(id=gone.script, new=gone.other)
    todo = _("give it its id back: broadcaster script rename {new} {id}")
    return Problem(what, todo.format(id=gone.script, new=gone.other))


def _undo(station: Station, script: str, past: Sequence[ScriptVersion], number: int | None) -> ScriptUndo:
    path, wanted = _path(station, script), _wanted(past, number)
    text = _text(_path(station, wanted[0].script), wanted[1])
    return ScriptUndo(FileChange(path, versions.text_of(path), text), number, past[-1])


def _undone_with(station: Station, script: str, since: int) -> Iterator[ScriptUndo]:
    """Yield what takes back the changes of versions that were made with those of their text after that number."""
    changes = under_present_ids(history_of(station))
    last = {id_: version for id_, version in changes if not version.is_rename}
    for id_, version in sorted(last.items()):
        if version.other and text_id(id_) == script and id_ != script and version.number > since:
            yield _undo(station, id_, [version], None)


def _wanted(past: Sequence[ScriptVersion], number: int | None) -> tuple[ScriptVersion, str | None]:
    """Return the digest that a file is to have again, and the change that knows under which id it was kept."""
    if number is None:
        return past[-1], past[-1].before
    found = next((version for version in past if number and version.number == number), None)
    return (past[0], past[0].before) if found is None else (found, found.after)


def _path(station: Station, script: str) -> Path:
    return station.scripts_folder / f"{script}.md"


def _text(path: Path, digest: str | None) -> str | None:
    if digest is None:
        raise InputError(Problem(_("that version was not kept"), path=path))
    return versions.load(path, digest)


def title_of(station: Station, version: ScriptVersion) -> str:
    """Return a script's title after a change: as it was entered, or else in the text that was kept; "" for none."""
    from broadcaster.speech.script import parse_script

    if version.title or not version.after:
        return version.title
    path = _path(station, version.script)
    with contextlib.suppress(InputError):
        return parse_script(path, versions.load(path, version.after) or "").title
    return ""
