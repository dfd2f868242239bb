"""Why nothing is planned at a moment: what keeps the slots from it, and what is planned before and after it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.office.why.slot_silence import nearby_slots, silence_reasons
from broadcaster.office.why.steps import Step, StepKind, step
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from broadcaster.models import Campaign
    from broadcaster.office.why.target import Target

_NEARBY = 3
_WEEK = timedelta(days=7)


def explain_nothing(campaigns: Mapping[str, Campaign], zone: ZoneInfo, target: Target) -> tuple[Step, ...]:
    """Return why nothing is planned at the target's moment, or why the slot that it names does not air then."""
    first = step("plan", StepKind.NOTHING_PLANNED, good=False, moment=target.moment)
    steps = _slot(campaigns, target, target.slot) if target.slot else _nearby(campaigns, target)
    return (first, *steps, *_around(campaigns, zone, target))


def _nearby(campaigns: Mapping[str, Campaign], target: Target) -> list[Step]:
    found = nearby_slots(campaigns.values(), target.moment, _NEARBY)
    return [
        step("nearest", StepKind.NEARBY_SLOTS),
        *(step("nearest", StepKind.NEARBY_SLOT, nearby=nearby) for nearby in found),
    ]


def _slot(campaigns: Mapping[str, Campaign], target: Target, name: str) -> list[Step]:
    campaign_id, _slash, slot_id = name.partition("/")
    campaign = campaigns.get(campaign_id)
    slot = next((slot for slot in campaign.slots if slot.id == slot_id), None) if campaign else None
    if campaign is None or slot is None:
        return [step("plan", StepKind.NO_SUCH_SLOT, good=False, name=name)]
    reasons = silence_reasons(campaign, slot, target.moment.date(), target.moment.time())
    return [step("slot", StepKind.SLOT_DOES_NOT_AIR, good=False, reason=reason) for reason in reasons]


def _around(campaigns: Mapping[str, Campaign], zone: ZoneInfo, target: Target) -> list[Step]:
    """Return what is planned before and after the moment, within a week."""
    before = expand(campaigns.values(), target.moment - _WEEK, target.moment, zone)[-1:]
    after = expand(campaigns.values(), target.moment + timedelta(microseconds=1), target.moment + _WEEK, zone)[:1]
    steps = [step("before", StepKind.BEFORE, id=found.id) for found in before]
    steps += [step("after", StepKind.AFTER, id=found.id) for found in after]
    return steps or [step("around", StepKind.NOTHING_AROUND)]
