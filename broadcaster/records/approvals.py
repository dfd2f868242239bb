"""Who approved which text, and whether that approval holds.

What is approved is a text, named by its digest: after an edit nobody has approved the new text, so no approval has to
be withdrawn. Revoking an approval covers every text that the script had until then; going back to an old text does not
restore it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from broadcaster.records.ledger import Entry, Kind
from broadcaster.records.past import read_past

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.records.ledger import Ledger, Row


class Decision(StrEnum):
    """What a person decided about a text."""

    APPROVED = "approved"
    REVOKED = "revoked"


class Standing(StrEnum):
    """The state of a text's approval."""

    APPROVED = "approved"
    NEVER = "never approved"
    EDITED = "edited since"  # another text of this script was approved
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision. `digest` is the digest of the text, `spoken` that of the words to be said."""

    script: str
    digest: str
    title: str
    decision: Decision
    spoken: str = ""
    reason: str = ""

    def entry(self, actor: str, at: datetime) -> Entry:
        """Return the decision as a ledger row."""
        body = {
            "script": self.script,
            "title": self.title,
            "decision": str(self.decision),
            "text_digest": self.digest,
            "spoken_digest": self.spoken,
            "reason": self.reason,
        }
        return Entry(Kind.APPROVAL, actor, at, None, body)


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """The state of a text's approval, and the row of the decision that made it so; None if nobody ever decided."""

    standing: Standing
    row: Row | None = None

    @property
    def holds(self) -> bool:
        """Whether exactly this text is approved."""
        return self.standing is Standing.APPROVED

    @property
    def approved_by(self) -> str | None:
        """Who approved exactly this text; None where nobody did."""
        return self.row.actor if self.row is not None and self.holds else None


class Approvals:
    """All approval decisions in a ledger, by script; `follow` reads the new ones and costs almost nothing."""

    def __init__(self) -> None:
        self._file_number = 1
        self._seen = 0
        self._approved: dict[str, dict[str, Row]] = {}
        self._last: dict[str, Row] = {}
        self._writers: dict[str, dict[str, str]] = {}

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the decisions in the ledger at `path`; none if there is no ledger yet."""
        found = cls()
        with read_past(path) as ledger:
            if ledger is not None:
                found.follow(ledger)
        return found

    def follow(self, ledger: Ledger) -> None:
        """Read the rows that were added since the last call."""
        if ledger.file_number != self._file_number:
            self._file_number, self._seen = ledger.file_number, 0
        for row in ledger.rows([Kind.APPROVAL, Kind.SCRIPT_CHANGED], after_seq=self._seen):
            self._seen = row.seq
            self._take(row)

    def _take(self, row: Row) -> None:
        script = str(row.body.get("script", ""))
        if row.kind == Kind.SCRIPT_CHANGED:
            self._writers.setdefault(script, {})[fold(row.actor)] = row.actor
            return
        self._last[script] = row
        if row.body.get("decision") == Decision.APPROVED:
            self._approved.setdefault(script, {})[str(row.body.get("text_digest"))] = row
            self._writers.pop(script, None)
        else:
            self._approved.pop(script, None)

    def verdict(self, script: str, digest: str) -> ApprovalVerdict:
        """Return the state of the text with that digest."""
        approved, last = self._approved.get(script, {}), self._last.get(script)
        if digest in approved:
            return ApprovalVerdict(Standing.APPROVED, approved[digest])
        if last is None:
            return ApprovalVerdict(Standing.NEVER)
        return ApprovalVerdict(Standing.EDITED if approved else Standing.REVOKED, last)

    def writers(self, script: str) -> tuple[str, ...]:
        """Return who saved the script's text with a command since it was last approved."""
        return tuple(self._writers.get(script, {}).values())


def change_entry(script: str, title: str, digest: str, how: str, actor: str, at: datetime) -> Entry:
    """Return the row that says who saved which text, and by which command."""
    body = {"script": script, "title": title, "text_digest": digest, "how": how}
    return Entry(Kind.SCRIPT_CHANGED, actor, at, None, body)


def fold(name: str) -> str:
    """Return a person's name in one form for comparison: "  LAN  Anh" becomes "lan anh"."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
