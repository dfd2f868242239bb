"""The result of verifying the ledger, and the sentences that say what that proves and what it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from broadcaster.i18n import _, ngettext
from broadcaster.records.checkpoint import Signature
from broadcaster.records.ledger import Head, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.records.checkpoint import ReceivedCheckpoint

SHOWN = 20
"""How many breaks are listed one by one; the others are only counted."""


class Fault(StrEnum):
    """The kind of a fault."""

    SCHEMA = "schema"  # table, trigger, index or view is not as shipped
    CONTENT = "content"  # a row is not what it was when its hash was made
    LINK = "link"  # a row does not follow from the one before it
    GAP = "gap"  # a sequence number is missing
    CHECKPOINT = "checkpoint"  # not the history of a checkpoint, or not a checkpoint to be trusted
    OUTCOME = "outcome"  # a planned occurrence has no outcome, or two
    CLOCK = "clock"  # the rows' times go back and no row says why


_CHAIN = frozenset({Fault.SCHEMA, Fault.CONTENT, Fault.LINK, Fault.GAP})


@dataclass(frozen=True, slots=True)
class Break:
    """One fault. `seq` is the row where it shows; 0 for the whole file."""

    seq: int
    fault: Fault
    what: str


@dataclass(frozen=True, slots=True)
class Rupture:
    """A row that reports a change of the file from outside the chain: damaged on the disk, or restored."""

    seq: int
    at: str
    kind: Kind
    body: dict[str, Any]

    @classmethod
    def from_body(cls, seq: int, kind: Kind, at: str, body: bytes) -> Self:
        """Read a rupture from its columns; a body that cannot be read is left empty."""
        try:
            told = json.loads(body)
        except ValueError:
            told = {}
        return cls(seq, at, kind, told if isinstance(told, dict) else {})

    @property
    def what(self) -> str:
        """What happened, for people."""
        known = {"file": "-", "rows": "?", "saved": 0, "lost": "?", "reason": "?", "source": "?"} | self.body
        if self.kind is Kind.LEDGER_DAMAGED:
            text = _(
                "the file was found damaged ({reason}): rows up to {rows} were copied unchanged, {saved} "
                "later ones entered again; the damaged file is kept as {file}"
            )
        elif known["lost"] == 0:
            text = _("restored from {source}, up to row {rows}; nothing was given up; the old file is kept as {file}")
        else:
            text = _("restored from {source}, up to row {rows}; given up: {lost} rows, which the old file has: {file}")
        return text.format(**known)


@dataclass(frozen=True, slots=True)
class CheckpointVerdict:
    """A checkpoint, and the hash that its row has in this history; None if there is no such row."""

    given: ReceivedCheckpoint
    here: str | None

    @property
    def fits(self) -> bool:
        """Whether the history has that row with that hash."""
        return self.here == self.given.checkpoint.head.hash

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with the signature: it is good, or there was none, or no key to check it with."""
        unchecked = self.given.signature is Signature.OTHER and self.given.key is None
        return unchecked or self.given.signature in (Signature.GOOD, Signature.NONE)

    def complaints(self, rows: int) -> Iterator[str]:
        """Yield what is wrong with the checkpoint, for a history of `rows` rows."""
        checkpoint = self.given.checkpoint
        if self.here is None:
            text = _("the checkpoint{of} has {wanted} rows and there are {rows}: the end is missing")
            yield text.format(of=self._of, wanted=checkpoint.head.seq, rows=rows)
        elif not self.fits:
            text = _("is not the row in the checkpoint{of}: the history was rewritten, or is another one")
            yield text.format(of=self._of) + self._where()
        if not self.sound:
            bad = _("the signature of the checkpoint{of} does not fit its text: mistyped, or forged")
            other = _("the checkpoint{of} is not signed with this station's key ({key})")
            text = bad if self.given.signature is Signature.BAD else other
            yield text.format(of=self._of, key=self.given.key.text if self.given.key else "")

    @property
    def _of(self) -> str:
        at = self.given.checkpoint.at
        return _(" of {at}").format(at=f"{at:%Y-%m-%d %H:%M:%S}") if at else ""

    def _where(self) -> str:
        """Name the groups that differ if nearly all agree: that is a typing mistake, not a forgery."""
        wanted, here = self.given.checkpoint.short.split()[1:-1], self.here or ""
        groups = [n + 1 for n, group in enumerate(wanted) if here[n * len(group) :][: len(group)] != group]
        if len(groups) > 2:
            return ""
        text = _("; only group {groups} of the hash differs: look at the paper again")
        return text.format(groups=", ".join(map(str, groups)))


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result for `rows` rows up to `head`: the first breaks by row, and the count of each kind."""

    rows: int
    head: Head
    first_at: str
    last_at: str
    breaks: tuple[Break, ...]
    counts: dict[Fault, int]
    ruptures: tuple[Rupture, ...] = ()
    held: tuple[CheckpointVerdict, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.counts

    @property
    def chain_ok(self) -> bool:
        """Whether no row was changed, removed, inserted or moved, as far as a chain can show."""
        return not _CHAIN & self.counts.keys()

    @property
    def summary(self) -> str:
        """The result in a few sentences: what is proven and what is not."""
        if not self.chain_ok:
            text = _("The play history is not as it was written: {count} breaks, the first at row {seq}.")
            first = next(broken for broken in self.breaks if broken.fault in _CHAIN)
            return text.format(count=sum(self.counts.get(fault, 0) for fault in _CHAIN), seq=first.seq)
        if Fault.CHECKPOINT in self.counts:
            return self._against_checkpoints()
        if not self.rows:
            return _("The play history is empty: there is nothing to prove.")
        return " ".join((*self._proven(), *self._complaints(), *self._limits()))

    def _against_checkpoints(self) -> str:
        if all(held.fits for held in self.held):
            return _("The rows agree with the checkpoint, but its signature is wrong: it proves nothing.")
        text = _(
            "The play history is not the one that the checkpoint was made of, although its rows follow each other."
        )
        return " ".join((text, *self._ruptures()))

    @property
    def _anchor(self) -> CheckpointVerdict | None:
        """The checkpoint that proves most; used only if all of them fit."""
        return max(self.held, key=lambda held: held.given.checkpoint.head.seq, default=None)

    def _proven(self) -> Iterator[str]:
        if self._anchor is None:
            text = _(
                "All {rows} rows follow from each other: none between the first and the last was changed or removed."
            )
            yield text.format(rows=self.rows)
            return
        text = _(
            "Rows 1 to {seq} are complete and unchanged since the checkpoint was made: if it was kept "
            "elsewhere since then, nobody, not even the administrator of this computer, has edited them."
        )
        yield text.format(seq=self._anchor.given.checkpoint.head.seq)
        yield _signature_sentence(self._anchor.given)

    def _limits(self) -> Iterator[str]:
        if self._anchor is None:
            text = _(
                "A chain alone cannot see a cut-off tail or a full rewrite: "
                "compare row {seq} and its hash with a copy kept elsewhere."
            )
            yield text.format(seq=self.head.seq)
        elif later := self.rows - self._anchor.given.checkpoint.head.seq:
            text = ngettext(
                "{count} later row is bound by the chain alone, which cannot see a cut-off tail or a rewritten one.",
                "{count} later rows are bound by the chain alone, which cannot see a cut-off tail or a rewritten one.",
                later,
            )
            yield text.format(count=later)
        yield _("That what was entered was true is not proven by this.")

    def _complaints(self) -> Iterator[str]:
        """Yield a sentence for each kind of fault that is not in the chain."""
        if count := self.counts.get(Fault.OUTCOME):
            text = ngettext(
                "But {count} occurrence lacks its one outcome.", "But {count} lack their one outcome.", count
            )
            yield text.format(count=count)
        if count := self.counts.get(Fault.CLOCK):
            text = ngettext(
                "But {count} row has a time that cannot be.", "But {count} have times that cannot be.", count
            )
            yield text.format(count=count)
        yield from self._ruptures()

    def _ruptures(self) -> Iterator[str]:
        for rupture in self.ruptures:
            text = _("Row {seq} reports a break: {what}.")
            yield text.format(seq=rupture.seq, what=rupture.what)


def _signature_sentence(given: ReceivedCheckpoint) -> str:
    match given.signature:
        case Signature.GOOD:
            return _("It is signed with the key {key}.").format(key=given.key.text if given.key else "")
        case Signature.NONE:
            return _("The short form bears no signature: it proves as much as the paper it was read from.")
        case _:
            return _("Its signature was not checked, because there is no public key.")
