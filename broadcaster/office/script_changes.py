"""Changes of scripts: held against what a script must be, written, and entered under a name."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.edited_text import as_before
from broadcaster.office.new_file import free_path
from broadcaster.os_reasons import os_reason
from broadcaster.records.approvals import Approvals, Standing, change_entry
from broadcaster.schedule.campaign_edit import FileChange, plain_text
from broadcaster.script_ids import TEXT, parse_script_id, text_id, version_of
from broadcaster.speech.script import parse_script
from broadcaster.speech.script_templates import gaps
from broadcaster.station.content import keep_written
from broadcaster.tomlfile import parse_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from broadcaster.models import Script
    from broadcaster.records.ledger import Entry
    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)


def free_script_path(station: Station, id_: str) -> Path:
    """Return the path of a new script; raise InputError for a name that is not an id, or is taken."""
    text, _dot, version = id_.partition(".")
    if version and parse_id(text) and not parse_script_id(id_):
        what = _('"{id}" cannot be an id').format(id=id_)
        todo = _(
            'behind the dot stands a version, such as "{text}.hmong": a-z, 0-9 and "-"; not "{vi}", which is the text '
            'itself, nor the ending of a file, such as "md"'
        )
        raise InputError(Problem(what, todo.format(text=text, vi=TEXT)))
    return free_path(station.scripts_folder, id_, ".md", "thong-diep-1", parse_script_id)


def text_problems(path: Path, text: str) -> tuple[Problem, ...]:
    """Return every mistake in the text of a script."""
    try:
        parse_script(path, text)
    except InputError as error:
        return error.problems
    return ()


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """A new text of a script, without mistakes."""

    script: Script
    text: str
    file: FileChange

    @property
    def is_new(self) -> bool:
        """Whether there is no such script yet."""
        return self.file.before is None


def script_change(path: Path, text: str, before: str | None) -> ScriptChange:
    """Return the change of a script's file to `text`; raise InputError with every mistake in it.

    `before` is what the file said when the change was begun, as `text_of` returns it.
    """
    text = unicodedata.normalize("NFC", text)
    script = parse_script(path, text)
    return ScriptChange(script, text, FileChange(path, before, as_before(text, before or "")))


def script_change_of(file: FileChange, text: str) -> ScriptChange:
    """Return the change to another version of a script's file, `text`; raise InputError with every mistake in it."""
    plain = plain_text(text)
    return ScriptChange(parse_script(file.path, plain), plain, file)


def with_versions(station: Station, script: Script, last: date) -> list[Script]:
    """Return a script and, of a text, its versions that may still air after the day `last`."""
    scripts = station.scripts()[0]
    versions_ = [scripts[id_] for id_ in sorted(scripts) if version_of(id_) and text_id(id_) == script.id]
    return [script, *(each for each in versions_ if each.valid_until is None or each.valid_until > last)]


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One of the files that one step changes, as its row names it; `other` as in `change_entry`."""

    file: FileChange
    title: str = ""
    digest: str = ""
    other: str = ""


def write_script(station: Station, change: ScriptChange, actor: str, how: str) -> None:
    """Enter who changes a script, by which command, and then write it: no text is there whose writer is not known.

    Both versions are kept. Raise InputError, with nothing entered, if the file was changed meanwhile; RecordError, with
    nothing written, where it cannot be entered.
    """
    write_steps(station, [ScriptStep(change.file, change.script.title, change.script.digest)], actor, how)


def write_family(
    station: Station, files: Sequence[tuple[FileChange, ScriptChange | None]], actor: str, how: str
) -> None:
    """Write or (None) remove a text, the first of these, and versions of it in one step.

    The rows of the versions name the text with which they were changed, so that taking that back finds them. Raise
    what `write_script` does.
    """
    first = files[0][0].path.stem
    steps = [
        ScriptStep(file, *((change.script.title, change.script.digest) if change else ())) for file, change in files
    ]
    steps = [steps[0], *(replace(step, other=first) for step in steps[1:])]
    write_steps(station, steps, actor, how)


def script_entries(station: Station, steps: Sequence[ScriptStep], actor: str, how: str) -> list[Entry]:
    """Return the rows of these changes, whose versions are kept; raise InputError if a file was changed meanwhile."""
    for step in steps:
        step.file.check()
    now = station.now()
    entries = []
    for step in steps:
        path = step.file.path
        before, after = (_kept(path, text) for text in (step.file.before, step.file.after))
        kept = {"before": before, "after": after, "other": step.other}
        entries.append(change_entry(path.stem, step.title, step.digest, how, actor, now, **kept))
    return entries


def write_steps(station: Station, steps: Sequence[ScriptStep], actor: str, how: str) -> None:
    """Enter these changes together, and then write them; raise what `write_script` does."""
    entries = script_entries(station, steps, actor, how)
    with station.ledger() as ledger:
        ledger.append(entries)
    for step in steps:
        step.file.write()
        keep_written(station, step.file.path)


def _kept(path: Path, text: str | None) -> str:
    """Keep a version and return its SHA-256; where it cannot be kept, that costs the version, and not the edit."""
    try:
        return versions.keep_text(path, text)
    except OSError as error:
        log.warning(_("%s: this version cannot be kept: %s"), path, os_reason(error))
        return versions.digest_text(text)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a text still needs before it can air."""

    gaps: int  # blanks between ‹ and ›
    approval: bool  # it was approved before the edit, or the station requires approval


def what_is_missing(station: Station, change: ScriptChange) -> Missing:
    """Return what a text still needs before it can air."""
    standing = Approvals.of(station.ledger_path).verdict(change.script.id, change.script.digest).standing
    required = standing is not Standing.APPROVED and station.settings.approval.required
    return Missing(len(list(gaps(change.text))), approval=standing is Standing.EDITED or required)
