"""A slot that no file has any more: who took it out, when and why, and whether it aired at a moment until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.office.campaign_history import changes_of, history_of
from broadcaster.office.why.steps import Step, StepKind, step
from broadcaster.schedule.plan import expand
from broadcaster.station.freezing import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from broadcaster.models import Campaign
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class RemovedSlot:
    """The change that took a slot out, and its campaign as it was before."""

    name: str  # campaign/slot
    version: Version
    before: Campaign


def removed_slot(station: Station, name: str) -> RemovedSlot | None:
    """Return the last change that took out the slot `campaign/slot`; None where the history knows of none."""
    campaign, _slash, slot = name.partition("/")
    past = history_of(station, campaign)
    for version in reversed([each for each in past if each.files]):
        try:
            changes = [each for each in changes_of(station, past, version.number) if each.path.stem == campaign]
        except InputError:  # this version was not kept
            continue
        before = readable({change.path: change.before for change in changes}).get(campaign)
        after = readable({change.path: change.after for change in changes}).get(campaign)
        if before is not None and _has(before, slot) and not (after is not None and _has(after, slot)):
            return RemovedSlot(name, version, before)
    return None


def _has(campaign: Campaign, slot: str) -> bool:
    return any(found.id == slot for found in campaign.slots)


def removal_steps(station: Station, name: str, moment: datetime) -> Iterator[Step]:
    """Yield who took the slot out, and whether it was planned in that minute until then; nothing where it is there."""
    found = removed_slot(station, name)
    if found is None:
        return
    minute, zone = moment.replace(second=0, microsecond=0), station.settings.timezone
    plan = expand([found.before], minute, minute + timedelta(minutes=1), zone)
    version = found.version
    facts = {"name": name, "at": version.at.astimezone(zone), "version": version}
    yield step("slot", StepKind.SLOT_TAKEN_OUT, good=False, **facts)
    was_planned = any(each.slot_name == name for each in plan)
    yield step("slot", StepKind.AIRED_THEN_UNTIL if was_planned else StepKind.NEVER_AIRED_THEN, moment=moment)
