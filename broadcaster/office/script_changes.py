"""Changes of scripts: held against what a script must be, written, and entered under a name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import _
from broadcaster.office.edited_text import as_before
from broadcaster.records.approvals import Approvals, Standing, change_entry
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.schedule.versions import text_of
from broadcaster.speech.script import parse_script
from broadcaster.speech.script_templates import gaps
from broadcaster.tomlfile import ID_PATTERN

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.models import Script
    from broadcaster.station.folder import Station


def free_path(station: Station, id_: str) -> Path:
    """Return the path of a new script; raise InputError for a name that is not an id, or is taken."""
    path = station.scripts_folder / f"{id_}.md"
    if not ID_PATTERN.fullmatch(id_):
        allowed = _('a-z, 0-9 and "-", 1 to 64 characters, such as "thong-diep-1"')
        raise InputError(
            Problem(_('"{id}" cannot be an id').format(id=id_), _("allowed: {allowed}").format(allowed=allowed))
        )
    refuse_to_replace(path)
    return path


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


def script_change(path: Path, text: str) -> ScriptChange:
    """Return the change of a script to `text`; raise InputError with every mistake in it."""
    text = unicodedata.normalize("NFC", text)
    script = parse_script(path, text)
    before = text_of(path)
    return ScriptChange(script, text, FileChange(path, before, as_before(text, before or "")))


def write_script(station: Station, change: ScriptChange, actor: str, how: str) -> None:
    """Enter who changes a script, by which command, and then write it: no text is there whose writer is not known.

    Raise InputError, with nothing entered, if the file was changed meanwhile; RecordError, with nothing written, where
    it cannot be entered.
    """
    change.file.check()
    script = change.script
    with station.ledger() as ledger:
        ledger.append([change_entry(script.id, script.title, script.digest, how, actor, station.now())])
    change.file.write()


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
