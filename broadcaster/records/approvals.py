"""Who approved what, and whether that approval holds.

What is approved is what is heard: a text, the words in which it is said, the bytes of its sounds. Each is named by its
digest, so after an edit of the text, the lexicon or a recording nobody has approved what is heard now, and no approval
has to be withdrawn. The voice is not part of it: a better one for the same words needs no new approval. Revoking an
approval covers every text that the script had until then; going back to an old text does not restore it.

An approval by a version that noted the text alone is one of what was heard in the first clip that the history knows of
that text after it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.records.clip_rows import KINDS as CLIP_KINDS
from broadcaster.records.clip_rows import heard_from_body, heard_to_body
from broadcaster.records.follower import Follower
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from broadcaster.models import Heard
    from broadcaster.records.ledger import Row


RENAME = "rename"
"""How the rows of a script that gets another id say they came about: one of the old id, then one of the new."""


class Decision(StrEnum):
    """What a person decided about a text."""

    APPROVED = "approved"
    REVOKED = "revoked"


class Standing(StrEnum):
    """The state of a text's approval."""

    APPROVED = "approved"
    NEVER = "never approved"
    EDITED = "edited since"  # another text of this script was approved
    HEARD_OTHERWISE = "heard otherwise"  # this text was approved, and is heard in other words or with other sounds now
    REVOKED = "revoked"


class DifferenceKind(StrEnum):
    """What is not heard as it was approved. The comment names the facts."""

    LEXICON = "lexicon"  # written, said: how the lexicon reads it now
    NO_ENTRY = "no entry"  # written: the lexicon has it no more
    WORDS = "words"  # other words, whatever made them so
    SOUND = "sound"  # file: other bytes
    NEW_SOUND = "new sound"  # file: was not heard before


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not heard as it was approved: its kind, and the facts by name."""

    kind: DifferenceKind
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision on the text with that `digest`. `heard` is what is approved with it, None for revoking.

    `voices` are those that the script gives to its speakers, by name.
    """

    script: str
    digest: str
    title: str
    decision: Decision
    heard: Heard | None = None
    voices: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def entry(self, actor: str, at: datetime) -> Entry:
        """Return the decision as a ledger row."""
        body: dict[str, Any] = {
            "script": self.script,
            "title": self.title,
            "decision": str(self.decision),
            "text_digest": self.digest,
            "reason": self.reason,
        }
        if self.heard is not None:
            body |= {**heard_to_body(self.heard), "voices": dict(self.voices)}
        return Entry(Kind.APPROVAL, actor, at, None, body)


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """The state of an approval, and the row of the decision that made it so; None if nobody ever decided.

    `differences`, where it is heard otherwise: in what.
    """

    standing: Standing
    row: Row | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether exactly this is approved."""
        return self.standing is Standing.APPROVED

    @property
    def approved_by(self) -> str | None:
        """Who approved exactly this; None where nobody did."""
        return self.row.actor if self.row is not None and self.holds else None


class Approvals(Follower):
    """All approval decisions in a ledger, by script; `follow` reads the new ones and costs almost nothing."""

    kinds = (Kind.APPROVAL, Kind.SCRIPT_CHANGED, *CLIP_KINDS)

    def __init__(self) -> None:
        super().__init__()
        self._approved: dict[str, dict[str, Row]] = {}
        self._last: dict[str, Row] = {}
        self._heard: dict[int, Heard] = {}  # by the row of an approval: what it is of
        self._writers: dict[str, dict[str, str]] = {}

    def _take(self, row: Row) -> None:
        script = str(row.body.get("script", ""))
        if row.kind == Kind.SCRIPT_CHANGED and row.body.get("how") == RENAME:
            self._rename(row.body, script)
        elif row.kind == Kind.SCRIPT_CHANGED:
            self._writers.setdefault(script, {})[fold(row.actor)] = row.actor
        elif row.kind == Kind.APPROVAL:
            self._decide(script, row)
        else:
            self._note_heard(self._approved.get(script, {}).get(str(row.body.get("text_digest"))), row)

    def _rename(self, body: Mapping[str, Any], script: str) -> None:
        """Take over under a script's new id what was decided of it, and who wrote it: its text is the same."""
        if not body.get("after"):
            return  # the row of the old id
        for known in (self._approved, self._last, self._writers):
            _carry(known, str(body.get("other", "")), script)

    def _decide(self, script: str, row: Row) -> None:
        self._last[script] = row
        if row.body.get("decision") == Decision.APPROVED:
            self._approved.setdefault(script, {})[str(row.body.get("text_digest"))] = row
            self._writers.pop(script, None)
            self._note_heard(row, row)
        else:
            self._approved.pop(script, None)

    def _note_heard(self, approval: Row | None, told: Row) -> None:
        """Note what an approval is of, as the first row tells that does: its own, or that of a clip."""
        if approval is not None and (heard := heard_from_body(told.body)):
            self._heard.setdefault(approval.seq, heard)

    def verdict(self, script: str, digest: str, heard: Heard | None = None) -> ApprovalVerdict:
        """Return the state of the text with that digest; `heard` is what is heard of it now, None: not known yet."""
        approved, last = self._approved.get(script, {}), self._last.get(script)
        if digest in approved:
            row = approved[digest]
            found = differences(self._heard.get(row.seq), heard)
            return ApprovalVerdict(Standing.HEARD_OTHERWISE if found else Standing.APPROVED, row, found)
        if last is None:
            return ApprovalVerdict(Standing.NEVER)
        return ApprovalVerdict(Standing.EDITED if approved else Standing.REVOKED, last)

    def writers(self, script: str) -> tuple[str, ...]:
        """Return who saved the script's text with a command since it was last approved."""
        return tuple(self._writers.get(script, {}).values())


def differences(approved: Heard | None, now: Heard | None) -> tuple[Difference, ...]:
    """Return what is not heard as it was approved; none where one of the two is not known."""
    if approved is None or now is None:
        return ()
    words = () if now.words == approved.words else _word_differences(approved.lexicon, now.lexicon)
    changed = [name for name, digest in now.sounds.items() if approved.sounds.get(name) != digest]
    kinds = ((name, DifferenceKind.SOUND if name in approved.sounds else DifferenceKind.NEW_SOUND) for name in changed)
    return (*words, *(Difference(kind, (("file", name),)) for name, kind in kinds))


def _word_differences(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return which entries of the lexicon made other words, or only that they are others."""
    new = [(written, said) for written, said in now.items() if before.get(written) != said]
    gone = [written for written in before if written not in now]
    found = [Difference(DifferenceKind.LEXICON, (("written", written), ("said", said))) for written, said in new]
    found += [Difference(DifferenceKind.NO_ENTRY, (("written", written),)) for written in gone]
    return tuple(found) or (Difference(DifferenceKind.WORDS),)


def _carry(known: dict[str, Any], old: str, new: str) -> None:
    known.pop(new, None)
    if old in known:
        known[new] = known.pop(old)


def change_entry(
    script: str,
    title: str,
    digest: str,
    how: str,
    actor: str,
    at: datetime,
    *,
    before: str = "",
    after: str = "",
    other: str = "",
) -> Entry:
    """Return the row that says who saved which text, and by which command.

    `digest` is that of the text, "" where the script was removed; `before` and `after` are the SHA-256 of the whole
    file, "": there was none. `other` is the text with which a version was changed in one step; of a rename, the other
    id: the row of the old one has the new, that of the new one the old.
    """
    body = {"script": script, "title": title, "text_digest": digest, "how": how, "before": before, "after": after}
    body |= {"other": other} if other else {}
    return Entry(Kind.SCRIPT_CHANGED, actor, at, None, body)


def fold(name: str) -> str:
    """Return a person's name in one form for comparison: "  LAN  Anh" becomes "lan anh"."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
