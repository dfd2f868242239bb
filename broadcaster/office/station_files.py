"""What a forecast is made of: the station's files, its approvals and its clips, each read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from broadcaster.records.approvals import Approvals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Occurrence, Script
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class StationFiles:
    """Scripts and campaigns as they were when they were read, and how to find a script's clip."""

    scripts: Mapping[str, Script]  # the good ones
    campaigns: Mapping[str, Campaign]  # the good ones
    problems: tuple[Problem, ...]  # the mistakes in the others
    approvals: Approvals | None  # None where the station asks for no approval
    find_clip: Callable[[Script], Clip | None]  # looks for each script's clip once

    def with_campaigns(self, changed: Iterable[Campaign]) -> Self:
        """Return the same with these campaigns in the places of those of their ids: what would be."""
        return replace(self, campaigns={**self.campaigns, **{campaign.id: campaign for campaign in changed}})

    def clips(self, plan: Iterable[Occurrence]) -> dict[str, Clip]:
        """Return the clips that are ready for the scripts of a plan, by script."""
        used = {id_ for occurrence in plan for id_ in occurrence.scripts if id_ in self.scripts}
        found = {id_: self.find_clip(self.scripts[id_]) for id_ in sorted(used)}
        return {id_: clip for id_, clip in found.items() if clip is not None}


def read_files(station: Station) -> StationFiles:
    """Read a station's scripts, campaigns and approvals; clips are looked for when they are needed."""
    scripts, script_problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    approvals = Approvals.of(station.ledger_path) if station.settings.approval.required else None
    problems = (*script_problems, *campaign_problems)
    return StationFiles(scripts, campaigns, problems, approvals, _once(station.renderer().find))


def _once(find: Callable[[Script], Clip | None]) -> Callable[[Script], Clip | None]:
    """Return what looks for the clip of each script only the first time."""
    found: dict[str, Clip | None] = {}

    def find_once(script: Script) -> Clip | None:
        if script.id not in found:
            found[script.id] = find(script)
        return found[script.id]

    return find_once
