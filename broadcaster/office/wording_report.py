"""What the check of a report found, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.wording_audit import summary_text
from broadcaster.records.monthly.blocks import COMPUTED
from broadcaster.records.monthly.compare import Part
from broadcaster.records.signed_figures import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.office.report_check import ReportCheck
    from broadcaster.records.monthly.compare import PartDifference, PartPlace
    from broadcaster.records.signed_figures import SignedFigures

SHOWN = 20
"""How many parts that do not belong into a report are named."""

_LONGEST = 160

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
    """Yield what is proven of a report and what is not, a sentence each; the verdict is the last."""
    yield from _parts(found)
    yield _signature(found)
    if found.received.checkpoint.broken:
        yield _("The report was made of a play history that was found broken, and says so.")
    if found.in_file is not None:
        fits = found.in_file == found.signed.digest
        yield _("The figures in the file are the signed ones.") if fits else _("The figures in the file are others.")
    if found.history is not None:
        yield summary_text(found.history)
        yield _counted_again(found)
    yield verdict_text(found)


def verdict_text(found: ReportCheck) -> str:
    """Return in one sentence whether the report holds, and what of it was looked at."""
    if not found.ok:
        return _("Result: this report does not hold; see above.")
    if found.history is None:
        return _(
            "Result: nothing speaks against it, but no play history is at hand: compare it with the numbers above."
        )
    if found.compared is None:
        return _("Result: the signed numbers are those of the play history; compare the paper with them.")
    return _("Result: the report says what the play history says, in every part.")


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


def _parts(found: ReportCheck) -> Iterator[str]:
    """Yield what differs in the file, and what an office wrote there itself."""
    if found.compared is None:
        return
    differences, own = found.compared.differences, found.compared.own
    if differences:
        told = ngettext(
            "{count} part of the file is not what the play history makes it:",
            "{count} parts of the file are not what the play history makes them:",
            len(differences),
        )
        yield told.format(count=len(differences))
        yield from (f"  {difference_text(each)}" for each in differences[:SHOWN])
        if len(differences) > SHOWN:
            yield _("… and {count} more.").format(count=len(differences) - SHOWN)
        if found.compared.has_template:
            yield _("If the report was made with a template of your own, name it with --template.")
    if own:
        yield _("Written where the office fills in itself; no play history vouches for it:")
        yield from (f"  {_short(text)}" for text in own[:SHOWN])


def difference_text(of: PartDifference) -> str:
    """Return where a report differs from the play history, what is there and what should be."""
    place = _place(of.place)
    if of.place.part is Part.DRAWING:
        return _("{place}: changed, so that something may be hidden or look otherwise").format(place=place)
    if of.computes:
        text = _("{place}: is computed ({found}), should be {wanted}")
    elif of.found is None:
        text = _("{place}: is missing, should be {wanted}")
    elif of.wanted is None:
        text = _("{place}: is {found}, should not be there")
    else:
        text = _("{place}: is {found}, should be {wanted}")
    return text.format(place=place, found=_quoted(of.found), wanted=_quoted(of.wanted))


def _place(at: PartPlace) -> str:
    name = _short(at.name)
    match at.part:
        case Part.HEADER:
            return _("above the pages")
        case Part.SHEET:
            return _('sheet "{name}"').format(name=name)
        case Part.TABLE | Part.ROW | Part.CELL:
            return _in_table(at, name)
        case Part.VALUE:
            return at.name
        case Part.DRAWING:
            return _("styles and scripts of the page")
        case _:
            return _("text")


def _in_table(at: PartPlace, name: str) -> str:
    if not at.head and at.name and at.part is not Part.TABLE and " | " not in at.name:
        where = _('sheet "{name}"').format(name=name)
        return f"{where}, {_letters(at.column)}{at.row}" if at.column else _row_text(where, at.row)
    number = f"{at.table} " if at.table else ""
    where = _("table {number}({name})").format(number=number, name=name)
    if at.row:
        where = _row_text(where, at.row)
    if at.column:
        column = f'"{at.head}"' if at.head else str(at.column)
        where += _(", column {column}").format(column=column)
    return where


def _row_text(where: str, row: int) -> str:
    return _("{where}, row {row}").format(where=where, row=row)


def _letters(column: int) -> str:
    """Return a column as spreadsheets call it: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _quoted(text: str | None) -> str:
    return f'"{_short(text)}"' if text else _("empty")


def _short(text: str) -> str:
    """Return a text in one line, cut where it is long."""
    line = " ".join(text.replace(COMPUTED, "").split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
