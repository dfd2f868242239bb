"""Which scripts a change of campaigns is about, with their titles: an id alone tells nobody what will be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.changes import renames
from broadcaster.schedule.campaign_edit import campaigns_of
from broadcaster.schedule.slot_scripts import versions_in
from broadcaster.script_ids import in_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broadcaster.models import Campaign, Slot
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station


def named_scripts(station: Station, changes: Sequence[FileChange]) -> dict[str, str | None]:
    """Return the titles of the scripts of every slot that is added or removed or gets others; None: no such script.

    A campaign that only gets another id has the slots that it had.
    """
    same = [change for pair in renames(changes) for change in pair]
    ids = dict.fromkeys(id_ for change in changes if change not in same for id_ in _ids(*campaigns_of(change)))
    scripts = station.scripts()[0] if ids else {}
    return {id_: scripts[id_].title if id_ in scripts else None for id_ in ids}


def _ids(before: Campaign | None, after: Campaign | None) -> Iterator[str]:
    old, new = ({slot.id: _scripts(each, slot) for slot in each.slots} if each else {} for each in (before, after))
    for slot in dict.fromkeys([*new, *old]):
        if old.get(slot) != new.get(slot):
            yield from (*new.get(slot, ()), *old.get(slot, ()))


def _scripts(campaign: Campaign, slot: Slot) -> tuple[str, ...]:
    """Return what a slot may air, each script in its versions."""
    return in_versions(slot.scripts, versions_in(campaign, slot))
