"""What an auditor asks of a station: its play history verified, a checkpoint of it, and an export to take home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason
from broadcaster.records import checkpoint, keys
from broadcaster.records.damage import is_blank, lacks_rows
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Break, BreakKind, Fault, Remark, RemarkKind
from broadcaster.station.folder import LEDGER, head_files
from broadcaster.station.own_history import find_foreign

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from broadcaster.records.bundle import BundleReport
    from broadcaster.records.export import Exported
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
    from broadcaster.records import bundle

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
        what = _("the checkpoint cannot be read ({reason})").format(reason=os_reason(error))
        raise InputError(Problem(what, _("name a file, or - to type it in"), path)) from error


def named_history(path: Path) -> Path:
    """Return the play history that a person named; raise InputError where nothing is there: it is mistyped, not new."""
    if not path.exists():
        raise InputError(
            Problem(_("there is no such file"), _("name a play history, a copy of one, or an export"), path)
        )
    return path


def find_key(ledger: Path, named: str | None = None) -> Verifier | None:
    """Return the public key that was named, or the one beside a play history, as a station and an export keep it.

    None where there is none. Raises InputError for what is not a key.
    """
    if named is not None:
        return keys.verifier(named)
    if is_bundle(ledger):
        from broadcaster.records import bundle

        with bundle.opened(ledger) as found:
            return found.key
    return keys.public_key(ledger.parent / keys.FOLDER) or keys.public_key(ledger.parent)


def verify_history(
    ledger: Path, checkpoints: Iterable[CheckpointText], key: Verifier | None, now: datetime | None = None
) -> VerifyReport:
    """Check a play history, also against checkpoints signed with `key`; raise InputError for what is not a checkpoint.

    Those that lie beside it in `checkpoints/` are compared without being given, but for copies of one that was. It
    needs no station: the file may be a copy; of a station's own `now` is as `verify` takes it. Raises RecordError
    where it cannot be read.
    """
    remembered = head_files(ledger.parent).read() if ledger.name == LEDGER else None
    if remembered is None and is_blank(ledger):  # as a first start that was cut off leaves it
        raise RecordError(_("{path}: there is no play history yet").format(path=ledger))
    received = [checkpoint.read(given.text, key, given.path) for given in checkpoints]
    own_keys = keys.own_keys(ledger.parent / keys.FOLDER) | ({key.text} if key else set())
    given_heads = {given.checkpoint.head for given in received}
    kept, unread = checkpoint.read_kept(ledger.parent, key)
    own = [each for each in kept if each.checkpoint.head not in given_heads]
    report = verify(ledger, checkpoints=[*received, *own], own=own_keys, now=now)
    is_own = Fault.IDENTITY not in report.counts  # of another's history there is more to say
    if remembered is not None and is_own and lacks_rows(ledger, remembered):
        facts = {"wanted": remembered.seq, "moment": f"{remembered.at:%d/%m/%Y %H:%M:%S}"}
        report = report.with_break(Break(report.head.seq, BreakKind.SHORTENED, facts))
    return report.with_remarks(Remark(0, RemarkKind.NOT_READ, {"own": path.name}) for path in unread)


def verify_export(path: Path, checkpoints: Iterable[CheckpointText], key: Verifier | None) -> BundleReport:
    """Check an export, a zip file or a folder, with the checkpoints in it and those that were kept elsewhere.

    Raises InputError for what is no export and no checkpoint, RecordError where its play history cannot be read.
    """
    from broadcaster.records import bundle

    received = [checkpoint.read(given.text, key, given.path) for given in checkpoints]
    with bundle.opened(path) as found:
        return bundle.verify_bundle(found, received, key)


def require_whole(station: Station, *, anyway: bool) -> checkpoint.Broken | None:
    """Verify the station's play history; return what is wrong with it, None where nothing is.

    Raises RecordError where something is, unless it is to go on `anyway`, and where there is no history;
    ForeignHistoryError for another's history.
    """
    report = verify_history(station.ledger_path, (), None, station.now())
    if Fault.IDENTITY in report.counts and (foreign := find_foreign(station.owner, station.ledger_path)):
        raise foreign
    broken = report.broken
    if broken is not None and not anyway:
        text = _(
            "the play history is not as it was written ({count} breaks, the first at row {row}): nothing was made of "
            "it; look with `broadcaster audit verify`, or go on with --anyway, and the result will say so"
        )
        raise RecordError(text.format(count=broken.count, row=broken.first))
    return broken


def take_checkpoint(station: Station, *, anyway: bool = False) -> checkpoint.SignedCheckpoint:
    """Verify the play history, sign how far it reaches now, and keep a copy of that in the station.

    Raises RecordError where it is broken; with `anyway` that is signed with it.
    """
    broken = require_whole(station, anyway=anyway)
    station.keep_key()
    with station.ledger(read_only=True) as ledger:
        head = ledger.head()
    return checkpoint.take(station.root, station.settings.name, head, station.now(), broken=broken)


def export_history(station: Station, out: Path | None, *, clips: bool = False) -> Exported:
    """Make the export for an auditor in `out`, or in a dated zip file in this folder; raises as `export.export`."""
    from broadcaster.office.audit_review import review_pages
    from broadcaster.records.export import export

    station.keep_key()
    now = station.now()
    target = out or Path(f"kiem-toan-{now:%Y-%m-%dT%H%M%S}.zip")
    name = station.settings.name
    return export(
        station.root,
        station.ledger_path,
        name,
        now,
        target,
        clips=clips,
        make_pages=lambda copy: review_pages(copy, name, now),
    )
