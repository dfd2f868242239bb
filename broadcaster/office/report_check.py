"""Whether a report is the one that was made: its signature, its figures, and the history counted again."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.audit import CheckpointText
from broadcaster.office.monthly_report import ReportFormat, count, render
from broadcaster.office.window import Window
from broadcaster.os_reasons import os_reason
from broadcaster.records import checkpoint
from broadcaster.records.checkpoint import Signature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.records.checkpoint import ReceivedCheckpoint
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.read_back import ReportText
    from broadcaster.records.signed_figures import SignedFigures
    from broadcaster.records.signed_note import Verifier
    from broadcaster.records.verify_report import VerifyReport

_BLANK = re.compile("…+")
_NAME = "…"  # of the station: the key has it in its name, and the figures do not


@dataclass(frozen=True, slots=True)
class ReportCheck:
    """What was found out about a report; what could not be looked at is None."""

    received: ReceivedCheckpoint
    signed: SignedFigures
    in_file: str | None  # the digest of the figures in the file: of JSON
    recounted: SignedFigures | None  # from the history as it was then
    history: VerifyReport | None
    strange: tuple[str, ...]  # texts in the file that are not what is made of that history

    @property
    def signature_holds(self) -> bool:
        """Whether the signature is good, or there was no key to check it with."""
        return self.received.signature is Signature.GOOD or self.received.key is None

    @property
    def history_holds(self) -> bool:
        """Whether the history is whole and is that of the checkpoint, as far as it was at hand."""
        known = self.history
        return known is None or (known.chain_ok and all(held.fits for held in known.held))

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the report."""
        figures_hold = self.in_file in (None, self.signed.digest) and self.recounted in (None, self.signed)
        return self.signature_holds and self.history_holds and figures_hold and not self.strange


def read_given(named: str) -> tuple[ReportText, str]:
    """Return what a report file says, and the ending of its name; raise InputError for what is no report."""
    from broadcaster.records.monthly.read_back import LARGEST_FILE, read_report

    path, ending = Path(named), Path(named).suffix.lower()
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
        return read_report(data, ending), ending
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        what = _("the report cannot be read ({reason})").format(reason=reason)
        todo = _("name a report, a file with its checkpoint, or - to type that in")
        raise InputError(Problem(what, todo, path)) from error


def check_report(named: str, ledger: Path | None, key: Verifier | None) -> ReportCheck:
    """Check a report file, or a file with the checkpoint that is printed on one; raise InputError where it has none.

    Where the play history is at hand, the figures are counted again as of then, and the file is compared with the one
    that is made of them. What people fill into blanks is not held against it.
    """
    told, ending = read_given(named)
    received, signed = _read(CheckpointText(told.note or "\n".join(told.texts), Path(named)), key)
    figures = _count_again(ledger, received, signed) if ledger else None
    strange = _strange(told.texts, figures, received, told.note, ending) if figures else ()
    return _checked(received, signed, told.digest, ledger, figures, strange)


def check_typed(text: str, ledger: Path | None, key: Verifier | None) -> ReportCheck:
    """Check the checkpoint that is printed on a report, as typed from paper."""
    received, signed = _read(CheckpointText(text), key)
    figures = _count_again(ledger, received, signed) if ledger else None
    return _checked(received, signed, None, ledger, figures, ())


def _read(given: CheckpointText, key: Verifier | None) -> tuple[ReceivedCheckpoint, SignedFigures]:
    received = checkpoint.read(given.text, key, given.path)
    if received.checkpoint.figures is None:
        what = _("this checkpoint signs no figures of a report")
        todo = _("take that of a report, whole: its short form has none, nor have those of earlier versions")
        raise InputError(Problem(what, todo, given.path))
    return received, received.checkpoint.figures


def _checked(
    received: ReceivedCheckpoint,
    signed: SignedFigures,
    in_file: str | None,
    ledger: Path | None,
    figures: Figures | None,
    strange: tuple[str, ...],
) -> ReportCheck:
    from broadcaster.records.monthly.digest import sign_figures
    from broadcaster.records.verify import verify

    history = verify(ledger, checkpoints=[received]) if ledger else None
    return ReportCheck(received, signed, in_file, sign_figures(figures) if figures else None, history, strange)


def _count_again(ledger: Path, received: ReceivedCheckpoint, signed: SignedFigures) -> Figures:
    """Return the figures of the same days from the rows that there were then."""
    from zoneinfo import ZoneInfo

    from broadcaster.records.as_of import copy_as_of
    from broadcaster.records.ledger import Ledger
    from broadcaster.records.reconcile import Scope

    then = received.checkpoint
    zone = ZoneInfo(signed.zone)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "broadcaster.db"
        copy_as_of(ledger, then.head.seq, path)
        with Ledger.open(path, read_only=True) as history:
            window, scope = Window(signed.first, signed.last, zone), Scope(signed.campaign, signed.source)
            at = (then.at or window.end).astimezone(zone)
            return count(history, window, at, _NAME, scope, then.broken)


def _strange(
    texts: Iterable[str], figures: Figures, received: ReceivedCheckpoint, note: str, ending: str
) -> tuple[str, ...]:
    """Return the texts of a file that are not in the one that is made of these figures, nor filled into its blanks."""
    from broadcaster.records.monthly.read_back import read_report
    from broadcaster.records.monthly.seal import Seal

    if ending not in (".docx", ".xlsx", ".html") or not note:
        return ()
    seal = Seal(note, received.checkpoint.short, received.key.text if received.key else "")
    made = read_report(render(ReportFormat(ending[1:]), figures, seal, None), ending).texts
    found, wanted = Counter(map(_plain, texts)), Counter(map(_plain, made))
    blanks = sorted((text for text in (wanted - found).elements() if "…" in text), key=len, reverse=True)
    return tuple(text for text in (found - wanted).elements() if text and not _fills(text, blanks))


def _fills(text: str, blanks: list[str]) -> bool:
    """Return whether a text is one of the blanks, filled in, and take that away; a blank alone takes no number."""
    for blank in blanks:
        filling = r"\D*" if not _BLANK.sub("", blank).strip() else ".*"
        if re.fullmatch(filling.join(map(re.escape, _BLANK.split(blank))), text):
            blanks.remove(blank)
            return True
    return False


def _plain(text: str) -> str:
    """Return a text with single blanks."""
    return " ".join(text.split())
