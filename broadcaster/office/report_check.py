"""Whether a report is the one that was made: its signature, its figures, and the history counted again."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.moments import zone_named
from broadcaster.office.audit import CheckpointText
from broadcaster.office.monthly_report import ReportFormat, count, render
from broadcaster.office.window import Window
from broadcaster.os_reasons import os_reason
from broadcaster.records import checkpoint
from broadcaster.records.checkpoint import Signature
from broadcaster.records.verify_report import FALSE_FIGURES, Fault
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.records.checkpoint import ReceivedCheckpoint
    from broadcaster.records.ledger import Ledger
    from broadcaster.records.monthly.compare import Compared
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.read_back import ReportText
    from broadcaster.records.signed_figures import SignedFigures
    from broadcaster.records.signed_note import Verifier
    from broadcaster.records.verify_report import VerifyReport

_MADE = (".docx", ".xlsx", ".html", ".json")
"""The endings of files that are made again and compared; any other is read for its checkpoint alone."""


@dataclass(frozen=True, slots=True)
class ReportCheck:
    """What was found out about a report; what could not be looked at is None."""

    received: ReceivedCheckpoint
    signed: SignedFigures
    in_file: str | None  # the digest of the figures in the file: of JSON
    recounted: SignedFigures | None  # from the history as it was then
    history: VerifyReport | None
    compared: Compared | None  # the file, with the one that is made of that history

    @property
    def signature_holds(self) -> bool:
        """Whether the signature is good, or there was no key to check it with."""
        return self.received.signature is Signature.GOOD or self.received.key is None

    @property
    def history_holds(self) -> bool:
        """Whether nothing is wrong with the history and it is that of the checkpoint, as far as it was at hand."""
        if self.history is None:
            return True
        wrong = FALSE_FIGURES & self.history.counts.keys() - {Fault.CHECKPOINT}  # of that the signature is told apart
        return not wrong and all(held.fits for held in self.history.held)

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the report."""
        figures_hold = self.in_file in (None, self.signed.digest) and self.recounted in (None, self.signed)
        return (
            self.signature_holds
            and self.history_holds
            and figures_hold
            and not (self.compared and self.compared.differences)
        )


def read_given(named: str) -> tuple[ReportText, str]:
    """Return what a report file says, and the ending of its name; raise InputError for what is no report."""
    from broadcaster.records.monthly.read_back import LARGEST_FILE, read_report

    path, ending = Path(named), Path(named).suffix.lower()
    try:
        if path.stat().st_size <= LARGEST_FILE:
            return read_report(path.read_bytes(), ending), ending
        reason = _("it is too large")
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
    what = _("the report cannot be read ({reason})").format(reason=reason)
    raise InputError(Problem(what, _("name a report, a file with its checkpoint, or - to type that in"), path))


def check_report(named: str, ledger: Path | None, key: Verifier | None, template: Path | None = None) -> ReportCheck:
    """Check a report file, or a file with the checkpoint that is printed on one; raise InputError where it has none.

    Where the play history is at hand, the figures are counted again as of then, and the file is compared, part by part,
    with the one that is made of them, from the same `template` if it is a Word document of an office's own. What people
    fill into blanks is not held against it.
    """
    told, ending = read_given(named)
    received, signed = _read(CheckpointText(told.note or "\n".join(told.texts), Path(named)), key)
    figures = _count_again(ledger, received, signed, told) if ledger else None
    compared = _compared(told, figures, received, ending, template) if figures and ending in _MADE else None
    return _checked(received, signed, told.digest, ledger, figures, compared)


def check_typed(text: str, ledger: Path | None, key: Verifier | None) -> ReportCheck:
    """Check the checkpoint that is printed on a report, as typed from paper."""
    received, signed = _read(CheckpointText(text), key)
    figures = _count_again(ledger, received, signed) if ledger else None
    return _checked(received, signed, None, ledger, figures, None)


def _read(given: CheckpointText, key: Verifier | None) -> tuple[ReceivedCheckpoint, SignedFigures]:
    received = checkpoint.read(given.text, key, given.path)
    signed = received.checkpoint.figures
    if signed is None:
        what = _("this checkpoint signs no figures of a report")
        todo = _("take that of a report, whole: its short form has none, nor have those of earlier versions")
        raise InputError(Problem(what, todo, given.path))
    try:
        zone_named(signed.zone)
        is_report = signed.first.year >= FIRST_YEAR and signed.first <= signed.last and signed.last.year <= LAST_YEAR
    except ValueError:
        is_report = False
    if not is_report:
        what = _("no report is of these days: {lines}").format(lines=signed.lines[0])
        raise InputError(Problem(what, _("compare the checkpoint with the paper, line by line"), given.path))
    return received, signed


def _checked(
    received: ReceivedCheckpoint,
    signed: SignedFigures,
    in_file: str | None,
    ledger: Path | None,
    figures: Figures | None,
    compared: Compared | None,
) -> ReportCheck:
    from broadcaster.records.monthly.digest import sign_figures
    from broadcaster.records.verify import verify

    history = verify(ledger, checkpoints=[received]) if ledger else None
    return ReportCheck(received, signed, in_file, sign_figures(figures) if figures else None, history, compared)


def _count_again(
    ledger: Path, received: ReceivedCheckpoint, signed: SignedFigures, told: ReportText | None = None
) -> Figures:
    """Return the figures of the same days from the rows that there were then; `told` is what names the station."""
    from broadcaster.records.as_of import copy_as_of
    from broadcaster.records.ledger import Ledger
    from broadcaster.records.reconcile import Scope

    then = received.checkpoint
    zone = zone_named(signed.zone)
    with Ledger.open(ledger, read_only=True) as history:
        name = _station_name(list(_names(history)), told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broadcaster.db"
        copy_as_of(ledger, then.head.seq, path)
        with Ledger.open(path, read_only=True) as history:
            window, scope = Window(signed.first, signed.last, zone), Scope(signed.campaign, signed.source)
            at = (then.at or window.end).astimezone(zone)
            return count(history, window, at, name, scope, then.broken)


def _names(history: Ledger) -> Iterator[str]:
    """Yield the names that a history gives its station, the newest last."""
    from broadcaster.records.kinds import Kind

    for row in history.rows((Kind.HISTORY_BEGUN, Kind.STATION_RENAMED)):
        yield str(row.body.get("station" if row.kind == Kind.HISTORY_BEGUN else "new", ""))


def _station_name(known: list[str], told: ReportText | None) -> str:
    """Return what the report should call the station: the newest of its names that stands there, else the newest.

    Older names are right for older reports, and a report may have the new one before the desk has entered it.
    """
    from broadcaster.printable import printable
    from broadcaster.records.monthly.compare import NAMELESS

    if told is None:
        return NAMELESS
    if not known:
        return str(told.told.get("station", "")) if told.told else NAMELESS
    said = json.dumps(told.told, ensure_ascii=False) if told.told else "\n".join(told.texts)
    fitting = (name for name in reversed(known) if name and printable(name) in said)
    return next(fitting, known[-1])


def _compared(
    told: ReportText, figures: Figures, received: ReceivedCheckpoint, ending: str, template: Path | None
) -> Compared:
    """Compare what a file says with the one that is made of these figures."""
    from broadcaster.records.monthly.blocks import docx_blocks
    from broadcaster.records.monthly.compare import Compared, Part, PartDifference, PartPlace, compare, compare_json
    from broadcaster.records.monthly.read_back import read_report
    from broadcaster.records.monthly.seal import Seal
    from broadcaster.records.monthly.word import TEMPLATE

    key = received.key.text if received.key else _key_in(told)
    seal = Seal(told.note, received.checkpoint.short, key)
    made = read_report(render(ReportFormat(ending[1:]), figures, seal, template), ending)
    if told.told:
        return Compared(tuple(compare_json(told.told, made.told)))
    blanks = list(docx_blocks((template or TEMPLATE).read_bytes())) if ending == ".docx" else []
    found = compare(told.blocks, made.blocks, blanks)
    if told.drawing == made.drawing:
        return found
    look = PartDifference(PartPlace(Part.DRAWING), told.drawing, made.drawing)
    return replace(found, differences=(*found.differences, look))


def _key_in(told: ReportText) -> str:
    """Return the public key that stands on a report, where there is no other to check it with; "" for none."""
    from broadcaster.records.keys import FAMILY

    texts = [str(told.told.get("public_key") or "")] if told.told else told.texts
    lines = (line.strip() for text in texts for line in text.splitlines())
    return next((line for line in lines if line.startswith(f"{FAMILY}/") and "+" in line), "")
