"""What the check of a report found, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.signed_figures import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.office.report_check import ReportCheck
    from broadcaster.records.signed_figures import SignedFigures

SHOWN = 20
"""How many texts that do not belong into a report are named."""

_COUNTS = dict(
    zip(
        COUNTS,
        (
            N_("planned"),
            N_("aired, late ones among them"),
            N_("late"),
            N_("not aired, or not whole"),
            N_("still to come"),
            N_("not in the plan"),
        ),
        strict=True,
    )
)


def signed_rows(signed: SignedFigures) -> list[tuple[str, str]]:
    """Return what is signed, each with what it is called: what has to stand on the paper."""
    rows = [(_("days"), f"{signed.first} – {signed.last}"), (_("time zone"), signed.zone)]
    rows += [(_("campaign"), signed.campaign)] if signed.campaign else []
    rows += [(_("source"), signed.source)] if signed.source else []
    rows += [(_(_COUNTS[name]), str(count)) for name, count in zip(COUNTS, signed.counts, strict=True)]
    return [*rows, (_("minutes"), f"{signed.tenths // 10}.{signed.tenths % 10}")]


def report_sentences(found: ReportCheck) -> Iterator[str]:
    """Yield what is proven of a report and what is not, a sentence each."""
    yield _signature(found)
    if found.received.checkpoint.broken:
        yield _("The report was made of a play history that was found broken, and says so.")
    if found.in_file is not None:
        fits = found.in_file == found.signed.digest
        yield _("The figures in the file are the signed ones.") if fits else _("The figures in the file are others.")
    if found.history is None:
        yield _("No play history is at hand: compare the paper with the numbers above.")
        return
    yield summary_text(found.history)
    yield _counted_again(found)
    yield from _strange(found.strange)


def _signature(found: ReportCheck) -> str:
    key = found.received.key
    if key is None:
        return _("The signature was not checked, because there is no public key.")
    if found.signature_holds:
        return _("These numbers are signed with the key {key}: a paper with others is not this report.").format(
            key=key.text
        )
    return _("The signature does not fit these numbers and this key: mistyped, or forged.")


def _counted_again(found: ReportCheck) -> str:
    if found.recounted == found.signed:
        return _("Counted again from the play history as it was then, every figure is the same.")
    return _("Counted again from the play history as it was then, the figures are others.")


def _strange(texts: tuple[str, ...]) -> Iterator[str]:
    if not texts:
        return
    told = ngettext(
        "{count} text in the file is neither made of the play history nor filled into a blank:",
        "{count} texts in the file are neither made of the play history nor filled into a blank:",
        len(texts),
    )
    yield told.format(count=len(texts))
    yield from (f"  {text}" for text in texts[:SHOWN])
