"""What an auditor asks of a station: its play history verified, a checkpoint of it, and an export to take home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.audit_review import review_pages
from broadcaster.records import bundle, checkpoint, export, keys
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.records.signed_note import Verifier
    from broadcaster.records.verify_report import VerifyReport
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """The text of a checkpoint that somebody brought, and the file that it came from; None: it was typed."""

    text: str
    path: Path | None = None


def is_bundle(path: Path) -> bool:
    """Whether this is an export, or at least a zip file or a folder, and not a database."""
    return bundle.is_bundle(path)


def find_checkpoint(named: str) -> CheckpointText:
    """Return the checkpoint in the file `named`, or `named` itself where it is the text; raise InputError for neither.

    A text has a blank in it; what has none, and is no file, is taken for the name of one.
    """
    path = Path(named)
    try:
        return CheckpointText(path.read_text("utf-8"), path)
    except UnicodeDecodeError as error:
        raise InputError(Problem(_("this is not a text"), _("name the file of a checkpoint"), path)) from error
    except OSError as error:
        if any(letter.isspace() for letter in named):
            return CheckpointText(named)
        what = _("the checkpoint cannot be read ({reason})").format(reason=error.strerror)
        raise InputError(Problem(what, _("name a file, or - to type it in"), path)) from error


def find_key(ledger: Path, named: str | None = None) -> Verifier | None:
    """Return the public key that was named, or the one beside a play history, as a station and an export keep it.

    None where there is none. Raises InputError for what is not a key.
    """
    if named is not None:
        return keys.verifier(named)
    if bundle.is_bundle(ledger):
        with bundle.opened(ledger) as found:
            return found.key
    return keys.public_key(ledger.parent / keys.FOLDER) or keys.public_key(ledger.parent)


def verify_history(ledger: Path, checkpoints: Iterable[CheckpointText], key: Verifier | None) -> VerifyReport:
    """Check a play history, also against checkpoints signed with `key`; raise InputError for what is not a checkpoint.

    It needs no station: the file may be a copy. Raises RecordError where it cannot be read.
    """
    received = [checkpoint.read(given.text, key, given.path) for given in checkpoints]
    return verify(ledger, checkpoints=received)


def verify_export(path: Path, checkpoints: Iterable[CheckpointText], key: Verifier | None) -> bundle.BundleReport:
    """Check an export, a zip file or a folder, with the checkpoints in it and those that were kept elsewhere.

    Raises InputError for what is no export and no checkpoint, RecordError where its play history cannot be read.
    """
    received = [checkpoint.read(given.text, key, given.path) for given in checkpoints]
    with bundle.opened(path) as found:
        return bundle.verify_bundle(found, received, key)


def take_checkpoint(station: Station) -> checkpoint.SignedCheckpoint:
    """Sign how far the play history reaches now, and keep a copy of that in the station."""
    with station.ledger(read_only=True) as ledger:
        return checkpoint.take(station.root, station.settings.name, ledger.head(), station.now())


def export_history(station: Station, out: Path | None, *, clips: bool = False) -> export.Exported:
    """Make the export for an auditor in `out`, or in a dated zip file in this folder; raises as `export.export`."""
    now = station.now()
    target = out or Path(f"kiem-toan-{now:%Y-%m-%dT%H%M%S}.zip")
    name = station.settings.name
    return export.export(
        station.root,
        station.ledger_path,
        name,
        now,
        target,
        clips=clips,
        make_pages=lambda copy: review_pages(copy, name, now),
    )
