"""Changes of scripts: held against what a script must be, written, and entered under a name."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.edited_text import as_before
from broadcaster.office.new_file import free_path
from broadcaster.os_reasons import os_reason
from broadcaster.records.approvals import Approvals, Standing, change_entry
from broadcaster.schedule.campaign_edit import FileChange, plain_text
from broadcaster.script_ids import parse_script_id
from broadcaster.speech.script import parse_script
from broadcaster.speech.script_templates import gaps

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.models import Script
    from broadcaster.station.folder import Station

log = logging.getLogger(__name__)


def free_script_path(station: Station, id_: str) -> Path:
    """Return the path of a new script; raise InputError for a name that is not an id, or is taken."""
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


def write_script(station: Station, change: ScriptChange, actor: str, how: str) -> None:
    """Enter who changes a script, by which command, and then write it: no text is there whose writer is not known.

    Both versions are kept. Raise InputError, with nothing entered, if the file was changed meanwhile; RecordError, with
    nothing written, where it cannot be entered.
    """
    _write(station, change.file, actor, how, change.script.title, change.script.digest)


def remove_script(station: Station, file: FileChange, actor: str, how: str) -> None:
    """Enter who removes a script, and remove its file; the last version is kept. Raise what `write_script` does."""
    _write(station, file, actor, how, "", "")


def _kept(path: Path, text: str | None) -> str:
    """Keep a version and return its SHA-256; where it cannot be kept, that costs the version, and not the edit."""
    try:
        return versions.keep_text(path, text)
    except OSError as error:
        log.warning(_("%s: this version cannot be kept: %s"), path, os_reason(error))
        return versions.digest_text(text)


def _write(station: Station, file: FileChange, actor: str, how: str, title: str, digest: str) -> None:
    file.check()
    before, after = (_kept(file.path, text) for text in (file.before, file.after))
    entry = change_entry(file.path.stem, title, digest, how, actor, station.now(), before=before, after=after)
    with station.ledger() as ledger:
        ledger.append([entry])
    file.write()


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
