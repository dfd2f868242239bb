"""What a frozen plan in a history has to be: signed by the station, of its own occurrences, once a month, and in time.

A plan that was entered after its hours says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from broadcaster.errors import RecordError
from broadcaster.moments import zone_named
from broadcaster.records.damaged_row import WRONG_SHAPE
from broadcaster.records.frozen_changes import start_of
from broadcaster.records.frozen_plan import Month, digest_of, lateness, signed_text
from broadcaster.records.signed_note import Verifier, take_apart
from broadcaster.records.verify_report import BreakKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.records.row_rules import Findings

_SECOND = 1.0


@dataclass(frozen=True, slots=True)
class _Signed:
    """A note, and the lines after the key's name that it has to sign."""

    seq: int
    month: str
    note: str
    lines: str


class FrozenRules:
    """Is given the rows `plan_frozen` in their order, as bytes, and tells `findings` what is wrong with them."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._months: set[str] = set()
        self._signed: list[_Signed] = []

    def row(self, seq: int, at: bytes, body: bytes) -> None:
        """Hold the next row against the rules."""
        try:
            told = json.loads(body)
            self._hold(seq, at.decode(), told)
        except (*WRONG_SHAPE, RecursionError, RecordError):
            self._findings.add(seq, BreakKind.FROZEN_OTHERWISE, month=_month(body))

    def _hold(self, seq: int, at: str, told: dict[str, Any]) -> None:
        listed, name = told["occurrences"], str(told["month"])
        digest = digest_of(listed)
        if digest != told["sha256"] or len(listed) != told["count"]:
            self._findings.add(seq, BreakKind.FROZEN_OTHERWISE, month=name)
        if name in self._months:
            self._findings.add(seq, BreakKind.FROZEN_TWICE, month=name)
        self._months.add(name)
        month = Month(date.fromisoformat(f"{name}-01"), zone_named(told["timezone"]))
        late = lateness(datetime.fromisoformat(at), month, (start_of(each["id"]) for each in listed))
        if late is not None and abs(late.total_seconds() - float(told.get("late_s", 0))) > _SECOND:
            self._findings.add(seq, BreakKind.FROZEN_LATE, month=name, seconds=round(late.total_seconds()))
        lines = signed_text("", name, month.zone.key, len(listed), digest, at)
        self._signed.append(_Signed(seq, name, str(told["note"]), lines))

    def finish(self, keys: Iterable[str]) -> None:
        """Find what none of these public keys, as lines, has signed; without any key nothing can be said."""
        verifiers = list(_verifiers(keys))
        for signed in self._signed if verifiers else ():
            if not any(_has_signed(key, signed) for key in verifiers):
                self._findings.add(signed.seq, BreakKind.FROZEN_UNSIGNED, month=signed.month)


def _verifiers(keys: Iterable[str]) -> Iterator[Verifier]:
    """Yield the keys in these lines; what is none, in a history that somebody wrote, signs nothing."""
    for line in keys:
        try:
            yield Verifier.from_text(line)
        except ValueError:
            continue


def _has_signed(key: Verifier, signed: _Signed) -> bool:
    note = take_apart(signed.note)
    if note is None or note.text != f"{key.name}{signed.lines}":
        return False
    return any(key.has_signed(note.text, signature) for _name, signature in note.signatures)


def _month(body: bytes) -> str:
    """Return the month that a row is about, as far as it says."""
    try:
        return str(json.loads(body)["month"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return "?"
