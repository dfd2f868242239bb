"""What verifying the play history found, in sentences: each break, what is proven and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.wording_conditions import harm_text
from broadcaster.records.checkpoint import FOLDER, Signature
from broadcaster.records.damage import HarmKind
from broadcaster.records.identity import Purpose
from broadcaster.records.keys import key_name
from broadcaster.records.kinds import Kind
from broadcaster.records.verify_report import CHAIN_FAULTS, BreakKind, Fault, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.records.checkpoint import Broken, ReceivedCheckpoint
    from broadcaster.records.verify_report import Awaited, Break, Remark, Rupture, VerifyReport

BREAKS: Mapping[BreakKind, str] = {
    BreakKind.NOT_AS_SHIPPED: N_("{type} {name}: missing, or not as this program makes it"),
    BreakKind.TOO_MANY: N_("{type} {name}: does not belong here, and may hide rows from whoever asks for them"),
    BreakKind.NOT_SOUND: N_("SQLite's own check of the file says: {reason}"),
    BreakKind.INDEX_DIFFERS: N_("index {name}: does not hold what the table holds; reports may lack rows by it"),
    BreakKind.UNREADABLE: N_("cannot be read from here on ({reason})"),
    BreakKind.EMPTY_COLUMN: N_("the row is damaged: a column is empty"),
    BreakKind.OTHER_TYPE: N_("{column} is not stored as text: the row is hidden from whoever asks for it"),
    BreakKind.CHANGED: N_("the row is not what it was when it was written"),
    BreakKind.DOES_NOT_FOLLOW: N_("does not follow from row {before}: a row was changed, removed, added or moved here"),
    BreakKind.ROWS_MISSING: N_("rows {first} to {last} are missing"),
    BreakKind.SHORTENED: N_("the history had {wanted} rows on {moment} and lacks some of them: the end is missing"),
    BreakKind.END_MISSING: N_("the checkpoint{of} has {wanted} rows and there are {rows}: the end is missing"),
    BreakKind.OTHER_HISTORY: N_("is not the row in the checkpoint{of}: the history was rewritten, or is another one"),
    BreakKind.BAD_SIGNATURE: N_("the signature of the checkpoint{of} does not fit its text: mistyped, or forged"),
    BreakKind.OTHER_KEY: N_("the checkpoint{of} is not signed with this station's key ({key})"),
    BreakKind.PLANNED_TOO_LATE: N_("{occurrence}: planned after it was cued or had its outcome"),
    BreakKind.WITHDRAWN_TOO_LATE: N_("{occurrence}: withdrawn after its hour, its cue or its outcome"),
    BreakKind.FROZEN_OTHERWISE: N_("the frozen plan of {month} is not the one that its digest was made of"),
    BreakKind.FROZEN_UNSIGNED: N_("the frozen plan of {month} is not signed by a key of this station"),
    BreakKind.FROZEN_TWICE: N_("the plan of {month} was frozen before"),
    BreakKind.FROZEN_LATE: N_(
        "the plan of {month} was frozen {seconds} s after the month began, and the row does not say so"
    ),
    BreakKind.NO_OBJECT: N_("the row holds no facts that can be read: its body is not a JSON object"),
    BreakKind.SAID_TWICE: N_(
        "{occurrence}: says {key} twice, of which one program reads the first and another the last"
    ),
    BreakKind.HEARD_TOO_LONG: N_("{occurrence}: heard for {heard} s, and its clips last {longest} s in all"),
    BreakKind.CUED_TWICE: N_("{occurrence}: was cued twice, or after its outcome"),
    BreakKind.UNPLANNED_OUTCOME: N_("{occurrence}: an outcome for what was not planned"),
    BreakKind.SECOND_OUTCOME: N_("{occurrence}: a second outcome"),
    BreakKind.NO_OUTCOME: N_("{occurrence}: has no outcome"),
    BreakKind.NO_INSTANT: N_("has no instant with its time zone"),
    BreakKind.CLOCK_WENT_BACK: N_("is {seconds} s older than the row before it, and no clock step is recorded"),
    BreakKind.REHEARSAL: N_("this is the history of a rehearsal ({station}): nothing of it was on the air"),
    BreakKind.OTHER_STATION: N_("this is the history of another station: {station}, with the key {key}"),
}

REMARKS: Mapping[RemarkKind, str] = {
    RemarkKind.NOT_CUED: N_("{occurrence}: sounded, and no row says beforehand that it was about to"),
    RemarkKind.PLANNED_AFTERWARDS: N_("{occurrence}: entered into the plan after it had sounded"),
    RemarkKind.ENTERED_LATE: N_("{occurrence}: entered {hours} h after its end"),
    RemarkKind.PROVES_NOTHING: N_("the checkpoint{of} is of a history without rows: it proves nothing"),
    RemarkKind.OTHER_KEY: N_("the station's own checkpoint{of} is signed with another key than the one at hand"),
    RemarkKind.NOT_READ: N_("checkpoints/{own}: is not a checkpoint that can be read"),
    RemarkKind.GIVEN_UP: N_("the checkpoint{of} is of rows that are gone, as row {row} reports"),
}


_OTHER_ROWS = frozenset({BreakKind.END_MISSING, BreakKind.OTHER_HISTORY})
_UNKNOWN = {"file": "-", "rows": "?", "saved": 0, "lost": "?", "reason": "", "source": "?", "harm": HarmKind.DAMAGED}
"""What the body of a rupture says where it does not say it."""


def break_text(broken: Break) -> str:
    """Return what is wrong with a row, or with the file."""
    text = _(BREAKS[broken.kind]).format(of=_of(broken.facts), **broken.facts)
    groups = broken.facts.get("groups")
    if not groups:
        return text
    slip = _("; only group {groups} of the hash differs: look at the paper again")
    return text + slip.format(groups=", ".join(map(str, groups)))


def broken_text(broken: Broken) -> str:
    """Return that something was made of a history that is not as it was written."""
    text = _("Warning: the play history is not as it was written: {count} breaks, the first at row {row}.")
    return text.format(count=broken.count, row=broken.first)


def remark_text(remark: Remark) -> str:
    """Return what somebody should ask about."""
    return _(REMARKS[remark.kind]).format(of=_of(remark.facts), **remark.facts)


def _of(facts: Mapping[str, Any]) -> str:
    """Return what tells one checkpoint from the others: its time, and its file where it is the station's own."""
    at, own = facts.get("at"), facts.get("own")
    text = _(" of {at}").format(at=f"{at:%Y-%m-%d %H:%M:%S}") if at else ""
    return f"{text} ({FOLDER}/{own})" if own else text


def rupture_text(rupture: Rupture) -> str:
    """Return what a row says that happened to the file: it was damaged, or restored."""
    known = {key: "?" if value is None else value for key, value in (_UNKNOWN | rupture.body).items()}
    if rupture.kind is Kind.LEDGER_DAMAGED:
        known["harm"] = harm_text(known["harm"], known["reason"])
        text = _(
            "{harm}: rows up to {rows} were copied unchanged, {saved} later ones entered again, {lost} lost; the "
            "old file is kept as {file}"
        )
    elif known["lost"] == 0:
        text = _("restored from {source}, up to row {rows}; nothing was given up; the old file is kept as {file}")
    else:
        text = _("restored from {source}, up to row {rows}; given up: {lost} rows, which the old file has: {file}")
    return text.format(**known)


# ---- the whole --------------------------------------------------------------------------------------------------


def summary_text(report: VerifyReport) -> str:
    """Return the result in a few sentences: what is proven and what is not."""
    if not report.chain_ok:
        return _broken_chain(report)
    if Fault.CHECKPOINT in report.counts:
        return _against_checkpoints(report)
    if not report.rows:
        return _("The play history is empty: there is nothing to prove.")
    return " ".join((*_proven(report), *whose_sentences(report), *_complaints(report), *_limits(report)))


def _broken_chain(report: VerifyReport) -> str:
    first = next(broken for broken in report.breaks if broken.fault in CHAIN_FAULTS)
    text = _("The play history is not as it was written: {count} breaks, the first at row {seq}.")
    if not first.seq:
        text = _("The play history is not as it was written: {count} breaks, the first in the file as a whole.")
    return text.format(count=sum(report.counts.get(fault, 0) for fault in CHAIN_FAULTS), seq=first.seq)


def _against_checkpoints(report: VerifyReport) -> str:
    if not any(broken.kind in _OTHER_ROWS for broken in report.breaks):
        return _("The rows agree with the checkpoint, but its signature is wrong: it proves nothing.")
    text = _("The play history is not the one that the checkpoint was made of, although its rows follow each other.")
    return " ".join((text, *_ruptures(report)))


def _proven(report: VerifyReport) -> Iterator[str]:
    if report.anchor is None:
        text = _("All {rows} rows follow from each other: none between the first and the last was changed or removed.")
        yield text.format(rows=report.rows)
        yield from _own(report)
        yield from _enclosed(report)
        return
    text = _(
        "Rows 1 to {seq} are complete and unchanged since the checkpoint was made: if it was kept "
        "elsewhere since then, nobody, not even the administrator of this computer, has edited them."
    )
    yield text.format(seq=report.anchor.given.checkpoint.head.seq)
    yield _signature(report.anchor.given)


def _enclosed(report: VerifyReport) -> Iterator[str]:
    """Yield what a checkpoint proves that came with the history: nothing against whoever made the export."""
    if report.enclosed_anchor is None:
        return
    text = _(
        "Rows 1 to {seq} agree with the checkpoint in the export itself{of}, which proves nothing against whoever made "
        "the export: compare it with a checkpoint that you have kept, with --checkpoint."
    )
    yield text.format(seq=report.enclosed_anchor.rows, of=_of(report.enclosed_anchor.named))
    yield _signature(report.enclosed_anchor.given)


def _own(report: VerifyReport) -> Iterator[str]:
    """Yield what the station's own checkpoints prove: less than one that was kept elsewhere."""
    if report.own_anchor is None:
        return
    text = _(
        "Rows 1 to {seq} agree with the station's own checkpoint{of}, which was compared without being asked for: it "
        "lies beside the history, and proves nothing against somebody who can write there."
    )
    yield text.format(seq=report.own_anchor.rows, of=_of(report.own_anchor.named))


def _signature(given: ReceivedCheckpoint) -> str:
    match given.signature:
        case Signature.GOOD:
            return _("It is signed with the key {key}.").format(key=given.key.text if given.key else "")
        case Signature.NONE:
            return _("The short form bears no signature: it proves as much as the paper it was read from.")
        case _:
            return _("Its signature was not checked, because there is no public key.")


def _complaints(report: VerifyReport) -> Iterator[str]:
    """Yield a sentence for each kind of fault that is not in the chain."""
    if count := report.counts.get(Fault.OUTCOME):
        text = ngettext("But {count} occurrence lacks its outcome.", "But {count} lack their outcomes.", count)
        yield text.format(count=count)
    if count := report.counts.get(Fault.RULE):
        text = ngettext(
            "But {count} row breaks a rule that this program keeps to.",
            "But {count} rows break a rule that this program keeps to.",
            count,
        )
        yield text.format(count=count)
    if count := report.counts.get(Fault.CLOCK):
        text = ngettext("But {count} row has a time that cannot be.", "But {count} have times that cannot be.", count)
        yield text.format(count=count)
    if report.awaited:
        yield _awaited(report.awaited)
    if count := sum(report.remark_counts.values()):
        text = ngettext("{count} thing should be asked about.", "{count} things should be asked about.", count)
        yield text.format(count=count)
    yield from _ruptures(report)


def _awaited(awaited: Awaited) -> str:
    text = ngettext(
        "{count} outcome is not entered yet: {when}.", "{count} outcomes are not entered yet: {when}.", awaited.count
    )
    when = _("the desk does so when it has run for five minutes again")
    if awaited.until is not None:
        until = f"{awaited.until:%d/%m/%Y %H:%M:%S}"
        when = _("the desk waits until {until} for its clock to stay as it is").format(until=until)
    return text.format(count=awaited.count, when=when)


def whose_sentences(report: VerifyReport) -> Iterator[str]:
    """Yield whose the history says it is, what it says of new keys and names, and from which row on it does."""
    identity, changes = report.whose.identity, report.whose.changes
    if identity is None:
        yield _("No row says whose history it is.")
        return
    text = _("It is the history of {station}, with the key {key}.")
    if identity.purpose == Purpose.REHEARSAL:
        text = _("But it is the history of a rehearsal of {station}: nothing of it was on the air.")
    yield text.format(station=identity.station or "-", key=key_name(identity.key))
    if before := identity.since - 1:
        text = ngettext(
            "The {count} row before row {seq} does not say whose it is: an older version of the program wrote it.",
            "The {count} rows before row {seq} do not say whose they are: an older version of the program wrote them.",
            before,
        )
        yield text.format(count=before, seq=identity.since)
    for seq, kind, old, new in changes:
        if kind == Kind.KEY_CHANGED:
            text = _("Row {seq}: the key {old} was gone, and the station signs with {new} from then on.")
            yield text.format(seq=seq, old=key_name(old), new=key_name(new))
        else:
            text = _("Row {seq}: the station was renamed from {old} to {new}.")
            yield text.format(seq=seq, old=old or "-", new=new or "-")


def _ruptures(report: VerifyReport) -> Iterator[str]:
    for rupture in report.ruptures:
        text = _("Row {seq} reports a break: {what}.")
        yield text.format(seq=rupture.seq, what=rupture_text(rupture))


def _limits(report: VerifyReport) -> Iterator[str]:
    if report.anchor is None:
        text = _(
            "A chain alone cannot see a cut-off tail or a full rewrite: "
            "compare row {seq} and its hash with a copy kept elsewhere."
        )
        yield text.format(seq=report.head.seq)
    elif later := report.rows - report.anchor.given.checkpoint.head.seq:
        text = ngettext(
            "{count} later row is bound by the chain alone, which cannot see a cut-off tail or a rewritten one.",
            "{count} later rows are bound by the chain alone, which cannot see a cut-off tail or a rewritten one.",
            later,
        )
        yield text.format(count=later)
    yield _("That what was entered was true is not proven by this.")
