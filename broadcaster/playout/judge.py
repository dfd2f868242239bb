"""May this air now? Checks grace, rules, validity of the scripts and approval when an occurrence is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import ClipError, PlayoutError, RenderError
from broadcaster.models import Outcome
from broadcaster.playout.clip_finder import UnenteredClipError
from broadcaster.playout.day_rules import DayRules
from broadcaster.playout.troubles import OUTCOMES
from broadcaster.reasons import NO_REASON, Reason, ReasonKind, reason
from broadcaster.records.approvals import Approvals
from broadcaster.station.approval import objection_text, unapproved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from broadcaster.models import Occurrence
    from broadcaster.playout.clip_finder import ClipFinder
    from broadcaster.playout.desk_state import Waiting
    from broadcaster.playout.troubles import Troubles
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content

LATE = timedelta(seconds=1)
"""A start up to this much after its time is on time."""


KEEPS_ONE: Mapping[type[Exception], ReasonKind] = {
    ClipError: ReasonKind.NO_CLIP,
    PlayoutError: ReasonKind.NO_DEVICE,
    UnenteredClipError: ReasonKind.HISTORY,
    RenderError: ReasonKind.NO_CLIP,
}
"""What keeps one occurrence from airing, by the error that says so: the first that it is one of."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The outcome of an occurrence that may not air, and why."""

    outcome: Outcome
    why: Reason
    late: bool = False  # its grace is over


class Judge:
    """Decides for one desk, by the settings and files in force."""

    def __init__(self, content: Content, clips: ClipFinder, troubles: Troubles, approval_ledger: Ledger) -> None:
        self._content = content
        self._clips = clips
        self.rules = DayRules(content, clips)
        self._troubles = troubles
        self._approvals, self._approval_ledger = Approvals(), approval_ledger

    def use(self, content: Content) -> None:
        """Use these settings, scripts and campaigns from now on."""
        self._content = content
        self.rules.use(content)

    def tried_until(self, occurrence: Occurrence) -> datetime:
        """Return until when an occurrence is tried."""
        return occurrence.start + self._content.settings.airing.grace

    def refusal(self, waiting: Waiting, now: datetime) -> Refusal | None:
        """Return the outcome of an occurrence that is too late or that a rule forbids; None if it may air.

        Rules are checked until every clip is there, whose length they count; then once. Approval is checked until the
        intent is written, because it may be revoked meanwhile. A late item must still end inside the allowed hours.
        """
        occurrence = waiting.occurrence
        if self._troubles.lost_at(occurrence.start) or self.tried_until(occurrence) < now:
            return self.too_late(occurrence, now)
        if not waiting.allowed and (breach := self.rules.breach(occurrence)):
            return Refusal(Outcome.BLOCKED, breach.reason)
        waiting.allowed = self._clips.lengths(occurrence.scripts).keys() == set(occurrence.scripts)
        if now > occurrence.start + LATE and (breach := self.rules.breach_at(occurrence, now)):
            return Refusal(Outcome.BLOCKED, breach.reason)
        if not waiting.cued and (text := self._objection(occurrence)):
            return Refusal(Outcome.BLOCKED, reason(ReasonKind.NOT_APPROVED, text=text))
        return None

    def too_late(self, occurrence: Occurrence, now: datetime) -> Refusal:
        """Return the outcome of an occurrence whose grace is over: what kept it from airing for most of that time.

        Where the rows of its hour are lost, it may have aired, whatever else is known of that time.
        """
        if gone := self._troubles.lost_at(occurrence.start):
            return Refusal(Outcome.UNKNOWN, gone.reason(now))
        found = self._troubles.why(occurrence.id, occurrence.start, self.tried_until(occurrence), now)
        why = found or reason(ReasonKind.UNEXPLAINED)
        return Refusal(OUTCOMES.get(why.kind, Outcome.MISSED), why, late=True)

    def kept_by(self, error: PlayoutError | RenderError, occurrence: Occurrence) -> ReasonKind:
        """Return what this error keeps an occurrence from airing by; a clip that was not played is verified anew."""
        if isinstance(error, ClipError):
            self._clips.doubt(occurrence.scripts)
        return next(kind for of, kind in KEEPS_ONE.items() if isinstance(error, of))

    def why_late(self, on_air: Waiting, started: datetime | None, now: datetime) -> Reason:
        """Return why what airs began late, as it was known when it began: the clock may have been set since."""
        occurrence = on_air.occurrence
        if started is None or started - occurrence.start <= LATE:
            return NO_REASON
        if on_air.late is None:
            why = self._troubles.why(occurrence.id, occurrence.start, started, now)
            on_air.late = why or reason(ReasonKind.SLOW)
        return on_air.late

    def _objection(self, occurrence: Occurrence) -> str:
        self._approvals.follow(self._approval_ledger)
        scripts, settings = self._content.scripts, self._content.settings.approval
        return objection_text(unapproved(occurrence, scripts, self._approvals, settings, self._clips.heard))
