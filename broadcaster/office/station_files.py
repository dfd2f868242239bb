"""What a forecast is made of: the station's files, its approvals and its clips, each read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from broadcaster.records.approvals import Approvals
from broadcaster.station.content import content_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Occurrence, Script
    from broadcaster.records.clip_rows import KnownClips
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class StationFiles:
    """Scripts and campaigns that were in force when they were read, and how to find a script's clip."""

    scripts: Mapping[str, Script]
    campaigns: Mapping[str, Campaign]
    problems: tuple[Problem, ...]  # the mistakes in the files
    in_force: Content  # what all this was read from
    approvals: Approvals | None  # None where the station asks for no approval
    find_clip: Callable[[Script], Clip | None]  # looks for each script's clip once
    known_clips: KnownClips

    def with_campaigns(self, changed: Iterable[Campaign], gone: Collection[str] = ()) -> Self:
        """Return what would be with these campaigns in the places of those of their ids, and without those `gone`."""
        kept = {id_: campaign for id_, campaign in self.campaigns.items() if id_ not in gone}
        return replace(self, campaigns={**kept, **{campaign.id: campaign for campaign in changed}})

    def clips(self, plan: Iterable[Occurrence]) -> dict[str, Clip]:
        """Return the clips that are ready for a plan's scripts, by script; raise InputError for a wrong lexicon."""
        used = {id_ for occurrence in plan for id_ in occurrence.scripts if id_ in self.scripts}
        found = {id_: self.find_clip(self.scripts[id_]) for id_ in sorted(used)}
        return {id_: clip for id_, clip in found.items() if clip is not None}


def read_files(station: Station) -> StationFiles:
    """Read the scripts and campaigns that a station's desk has in force, and approvals; clips when they are needed.

    Of a file with mistakes, that is the last good version.
    """
    content, known = content_in_force(station), station.known_clips()
    approvals = Approvals.of(station.ledger_path) if station.settings.approval.required else None
    find_clip = _once(content.renderer(station.root, known.counts).find)
    return StationFiles(content.scripts, content.campaigns, content.mistakes, content, approvals, find_clip, known)


def _once(find: Callable[[Script], Clip | None]) -> Callable[[Script], Clip | None]:
    """Return what looks for the clip of each script only the first time."""
    found: dict[str, Clip | None] = {}

    def find_once(script: Script) -> Clip | None:
        if script.id not in found:
            found[script.id] = find(script)
        return found[script.id]

    return find_once
