"""The rules that every row about an occurrence keeps: those of the file's triggers, and what the desk itself keeps to.

A row that breaks a trigger's rule was never written by this program; the file's owner took the trigger away. What the
desk keeps to, and nothing enforces, is remarked on: a play that was heard has its cue before it, is planned before it
sounds, and is entered when it is over.
"""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timedelta
from typing import Any, Protocol

from broadcaster.records.verify_report import BreakKind, RemarkKind

ENTERED_WITHIN = timedelta(hours=1)
"""How long after its end the outcome of what sounded is entered: later where the file could not be written to."""

SLACK_S = 5.0
SLACK = 0.02
"""What a device may count beyond a clip's own length: so many seconds, and so much of it."""

_HEARD = re.compile(rb'"heard_s":(\d{1,9}(?:\.\d+)?)[,}]').search
_GAP = re.compile(rb'"gap_s":(\d{1,9}(?:\.\d+)?)[,}]').search
_ONCE = (b'"heard_s":', b'"outcome":', b'"origin":', b'"started":')
"""What a body says once: of two, one program reads the first, another the last."""
_SCRIPTS, _AFTER_SCRIPTS = b'"repeat":', b'"slot":'
_BY_PLAN = b'"origin":"plan"'
_AIRED = b'"outcome":"aired"'
_STARTED = re.compile(rb'"started":"([^"]+)"').search
_ENDED = re.compile(rb'"ended":"([^"]+)"').search
_ENDLESS = 1e15
"""Seconds that no play lasts."""
_ZONE = -6
_TO_THE_HOUR = 13


class Findings(Protocol):
    """Takes what is found."""

    def add(self, seq: int, kind: BreakKind, **facts: object) -> None:
        """Take a break of row `seq`."""

    def remark(self, seq: int, kind: RemarkKind, **facts: object) -> None:
        """Take a remark on row `seq`."""


class Planned:
    """What is known of an occurrence that has no outcome so far: its last row, when it was planned, whether cued."""

    __slots__ = ("at", "cued", "seq")

    def __init__(self, seq: int, at: bytes, *, cued: bool) -> None:
        self.seq, self.at, self.cued = seq, at, cued


class RowRules:
    """Is given the rows about occurrences in their order, as bytes, and tells `findings` what breaks a rule."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: dict[bytes, Planned] = {}
        self._done: set[bytes] = set()
        self._lengths = ClipLengths()
        self._by_kind = {
            b"planned": self._planned,
            b"withdrawn": self._withdrawn,
            b"cued": self._cued,
            b"played": self._played,
        }

    def row(self, seq: int, at: bytes, kind: bytes, occurrence: bytes, body: bytes) -> None:
        """Hold the next row against the rules."""
        if rule := self._by_kind.get(kind):
            rule(seq, at, occurrence, body)

    def finish(self, until: datetime, patience: timedelta) -> list[datetime]:
        """Find what has no outcome, though its hour was `patience` before `until`; return the hours of the others."""
        later = []
        for occurrence, known in self._open.items():
            start = planned_start(occurrence)
            if start is None or until - start > patience:
                self._add(known.seq, BreakKind.NO_OUTCOME, occurrence)
            else:
                later.append(start)
        return later

    def _planned(self, seq: int, at: bytes, occurrence: bytes, _body: bytes) -> None:
        before = self._open.get(occurrence)
        was_cued = before is not None and before.cued
        if was_cued or occurrence in self._done:
            self._add(seq, BreakKind.PLANNED_TOO_LATE, occurrence)
        self._open[occurrence] = Planned(seq, at, cued=was_cued)

    def _withdrawn(self, seq: int, at: bytes, occurrence: bytes, _body: bytes) -> None:
        before = self._open.pop(occurrence, None)
        was_cued = before is not None and before.cued
        if was_cued or occurrence in self._done or _has_come(occurrence, at):
            self._add(seq, BreakKind.WITHDRAWN_TOO_LATE, occurrence)

    def _cued(self, seq: int, at: bytes, occurrence: bytes, _body: bytes) -> None:
        before = self._open.get(occurrence)
        if occurrence in self._done or (before is not None and before.cued):
            self._add(seq, BreakKind.CUED_TWICE, occurrence)
        self._open[occurrence] = Planned(seq, before.at if before else at, cued=True)

    def _played(self, seq: int, at: bytes, occurrence: bytes, body: bytes) -> None:
        before = self._open.pop(occurrence, None)
        if occurrence in self._done:
            self._add(seq, BreakKind.SECOND_OUTCOME, occurrence)
        elif before is None and _BY_PLAN in body:
            self._add(seq, BreakKind.UNPLANNED_OUTCOME, occurrence)
        self._done.add(occurrence)
        for key in _ONCE:
            if body.count(key) > 1:
                self._add(seq, BreakKind.SAID_TWICE, occurrence, key=key[1:-2].decode())
        if too_long := self._lengths.heard_too_long(body):
            self._add(seq, BreakKind.HEARD_TOO_LONG, occurrence, heard=round(too_long[0]), longest=round(too_long[1]))
        started = _STARTED(body)
        if (started or _AIRED in body) and (before is None or not before.cued):
            self._remark(seq, RemarkKind.NOT_CUED, occurrence)
        if started:
            self._sounded(seq, at, occurrence, before, started[1], body)

    def _sounded(
        self, seq: int, at: bytes, occurrence: bytes, before: Planned | None, started: bytes, body: bytes
    ) -> None:
        if before is not None and _is_after(before.at, started):
            self._remark(seq, RemarkKind.PLANNED_AFTERWARDS, occurrence)
        if started[:_TO_THE_HOUR] == at[:_TO_THE_HOUR] and started[_ZONE:] == at[_ZONE:]:
            return  # within one hour of the clock: so it is with nearly all
        ended = _ENDED(body)
        late = _delay(ended[1] if ended else started, at)
        if late > ENTERED_WITHIN:
            self._remark(seq, RemarkKind.ENTERED_LATE, occurrence, hours=round(late / timedelta(hours=1)))

    def _add(self, seq: int, kind: BreakKind, occurrence: bytes, **facts: object) -> None:
        self._findings.add(seq, kind, occurrence=_text(occurrence), **facts)

    def _remark(self, seq: int, kind: RemarkKind, occurrence: bytes, **facts: object) -> None:
        self._findings.remark(seq, kind, occurrence=_text(occurrence), **facts)


class ClipLengths:
    """How long what `played` rows name can be heard; the same scripts air every day, and are read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], float] = {}

    def heard_too_long(self, body: bytes) -> tuple[float, float] | None:
        """Return the seconds heard and the length of all clips, repeats and gaps, if they are too many; else None."""
        found = _HEARD(body)
        heard = float(found[1]) if found else _number(_told(body).get("heard_s"))
        if not heard or heard <= (longest := self._longest(body)) * (1 + SLACK) + SLACK_S:
            return None
        return heard, longest

    def _longest(self, body: bytes) -> float:
        first, last, gap = body.find(_SCRIPTS), body.find(_AFTER_SCRIPTS), _GAP(body)
        if first < 0 or last < first or gap is None:
            return _length(_told(body))
        key = gap[1], body[first:last]
        if key not in self._known:
            self._known[key] = _length(_told(body))
        return self._known[key]


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # found as such where SQLite checks the file
        return {}
    return told if isinstance(told, dict) else {}


def _length(told: dict[str, Any]) -> float:
    """Return the length of a play: all its scripts, `repeat` times, with a gap between two."""
    scripts, gap = told.get("scripts"), _number(told.get("gap_s"))
    named = [script for script in scripts if isinstance(script, dict)] if isinstance(scripts, list) else []
    spoken = sum(_number(script.get("seconds")) for script in named)
    repeat = _number(told.get("repeat", 1))
    return max(0.0, (spoken + gap * len(named)) * repeat - gap)


def _number(value: object) -> float:
    """Return a number of a body, 0 for what is none; what is endless is longer than all plays."""
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever JSON holds
    except OverflowError:
        return _ENDLESS
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else _ENDLESS


def planned_start(occurrence: bytes) -> datetime | None:
    """Return the planned start at the end of an occurrence's id; None if there is none."""
    return _instant(occurrence.rpartition(b"@")[2])


def _has_come(occurrence: bytes, at: bytes) -> bool:
    """Return whether the hour of an occurrence had come, to the second as the trigger reckons."""
    start, now = planned_start(occurrence), _instant(at)
    return start is not None and now is not None and now.replace(microsecond=0) >= start


def _is_after(one: bytes, other: bytes) -> bool:
    if one[_ZONE:] == other[_ZONE:]:  # text in one zone sorts as the instants do, at a tenth of the cost
        return one > other
    return _delay(other, one) > timedelta()


def _delay(since: bytes, until: bytes) -> timedelta:
    """Return how much later the second instant is; nothing where one cannot be read."""
    first, last = _instant(since), _instant(until)
    return last - first if first and last else timedelta()


def _instant(text: bytes) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.decode())
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _text(occurrence: bytes) -> str:
    return occurrence.decode(errors="replace")
