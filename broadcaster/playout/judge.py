"""May this air now? Checks grace, rules, validity of the scripts and approval when an occurrence is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.models import Outcome
from broadcaster.playout.day_rules import DayRules
from broadcaster.records.approvals import Approvals
from broadcaster.station.approval import objection

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.models import Occurrence
    from broadcaster.playout.clip_finder import ClipFinder
    from broadcaster.playout.desk_state import Waiting
    from broadcaster.playout.horizon import Horizon
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content


@dataclass(frozen=True, slots=True)
class Refusal:
    """The outcome of an occurrence that may not air, and why."""

    outcome: Outcome
    reason: str


class Judge:
    """Decides for one desk, by the settings and files in force."""

    def __init__(self, content: Content, clips: ClipFinder, horizon: Horizon, approval_ledger: Ledger) -> None:
        self._content = content
        self.rules = DayRules(content, clips)
        self._horizon = horizon
        self._approvals, self._approval_ledger = Approvals(), approval_ledger

    def use(self, content: Content) -> None:
        """Use these settings, scripts and campaigns from now on."""
        self._content = content
        self.rules.use(content)

    def refusal(self, waiting: Waiting, now: datetime) -> Refusal | None:
        """Return the outcome of an occurrence that is too late or that a rule forbids; None if it may air.

        Rules are checked once; approval is checked until `cued` is written, because it may be revoked meanwhile.
        """
        occurrence = waiting.occurrence
        if occurrence.start + self._content.settings.airing.grace < now:
            return self._too_late(waiting)
        if not waiting.allowed and (breach := self.rules.breach(occurrence)):
            return Refusal(Outcome.BLOCKED, breach)
        waiting.allowed = True
        if not waiting.cued and (reason := self._objection(occurrence)):
            return Refusal(Outcome.BLOCKED, reason)
        return None

    def _too_late(self, waiting: Waiting) -> Refusal:
        if waiting.behind:
            return Refusal(Outcome.PREEMPTED, waiting.held_up_by)
        if waiting.held_up_by:
            return Refusal(Outcome.FAILED, waiting.held_up_by)
        return Refusal(Outcome.MISSED, self._horizon.why_absent(waiting.occurrence.start))

    def _objection(self, occurrence: Occurrence) -> str:
        self._approvals.follow(self._approval_ledger)
        return objection(occurrence, self._content.scripts, self._approvals, self._content.settings.approval)
