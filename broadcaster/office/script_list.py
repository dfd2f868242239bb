"""What is known of each script: clip, approval, last day, where it is scheduled, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.models import ScriptWarning, WarningKind
from broadcaster.office.script_review import ScriptReviewer
from broadcaster.records.approvals import Approvals
from broadcaster.schedule.slot_scripts import may_air
from broadcaster.speech.script_templates import gaps
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Heard, Script
    from broadcaster.records.approvals import ApprovalVerdict
    from broadcaster.speech.render import Renderer
    from broadcaster.station.folder import Station


class ScriptState(StrEnum):
    """Whether a script can air."""

    EXPIRED = "expired"
    NOT_RENDERED = "not rendered"
    FELL_BACK = "fell back"  # ready, in a voice that is not the best one configured
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ListedScript:
    """One script and what is known of it."""

    script: Script
    clip: Clip | None
    approval: ApprovalVerdict
    scheduled: tuple[str, ...]  # slots that may air it, each as campaign/slot
    warnings: tuple[ScriptWarning, ...]  # all that is to be looked at or filled in
    state: ScriptState


def list_scripts(station: Station) -> tuple[list[ListedScript], tuple[Problem, ...]]:
    """Return every good script with what is known of it, and every mistake in the other scripts and in campaigns."""
    scripts, problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    known = _Known(station, scripts, campaigns)
    return [known.of(script) for script in scripts.values()], (*problems, *campaign_problems)


def describe_script(station: Station, script: Script) -> ListedScript:
    """Return one script with what is known of it."""
    return _Known(station, station.scripts()[0], station.campaigns()[0]).of(script)


class _Known:
    """What scripts are compared with, read once for a whole list."""

    def __init__(self, station: Station, scripts: Mapping[str, Script], campaigns: Mapping[str, Campaign]) -> None:
        self._renderer: Renderer = station.renderer()
        self._today = station.now().date()
        self._clips = station.known_clips()
        self._approvals = Approvals.of(station.ledger_path)
        self._places = _places(campaigns)
        self._reviewer = ScriptReviewer(self._renderer, station.settings, scripts.values(), self._today)

    def of(self, script: Script) -> ListedScript:
        clip = self._renderer.find(script)
        verdict = self._approvals.verdict(script.id, script.digest, self._heard(script, clip))
        places = tuple(self._places.get(script.id, ()))
        return ListedScript(
            script, clip, verdict, places, self._warnings(script, clip), _state(script, clip, self._today)
        )

    def _heard(self, script: Script, clip: Clip | None) -> Heard | None:
        if clip is not None:
            return self._clips.heard(clip)
        try:
            return self._renderer.heard(script)
        except RenderError:  # a sound cannot be read: nothing can be heard
            return None

    def _warnings(self, script: Script, clip: Clip | None) -> tuple[ScriptWarning, ...]:
        heard = clip.warnings if clip else ()  # among them are flaws of recordings, which no text shows
        open_gaps = (ScriptWarning.of(WarningKind.GAP, gap=gap) for gap in gaps(read_text(script.path)))
        return tuple(dict.fromkeys([*heard, *self._reviewer.review(script, clip).warnings, *open_gaps]))


def _places(campaigns: Mapping[str, Campaign]) -> dict[str, list[str]]:
    """Return, by script, the slots that may air it, each as campaign/slot."""
    places: dict[str, list[str]] = {}
    for campaign in campaigns.values():
        for slot in campaign.slots:
            for id_ in may_air(campaign, slot):
                places.setdefault(id_, []).append(f"{campaign.id}/{slot.id}")
    return places


def _state(script: Script, clip: Clip | None, today: date) -> ScriptState:
    if script.valid_until and script.valid_until < today:
        return ScriptState.EXPIRED
    if clip is None:
        return ScriptState.NOT_RENDERED
    return ScriptState.FELL_BACK if clip.fell_back else ScriptState.READY
