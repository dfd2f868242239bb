"""A campaign's file as a text that a person edits: opened, checked while it is edited, and turned into a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.office.changes import NO_EFFECT, ChangeEffect, allowed_effect
from broadcaster.office.check_schedule import find_missing_scripts
from broadcaster.office.drafts import Draft, left_behind
from broadcaster.office.edited_text import as_before
from broadcaster.office.find import find_campaign
from broadcaster.schedule.campaign_edit import FileChange, plain_text
from broadcaster.schedule.days_off import all_named_no_more
from broadcaster.schedule.timetable import parse_campaign

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign
    from broadcaster.schedule.days_off import LeftOutBefore
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class CampaignText:
    """A campaign's file and its text, with the line ends and the byte order mark that it has on disk."""

    path: Path
    before: str

    @property
    def shown(self) -> str:
        """The text for an editor: with plain line ends, and no byte order mark."""
        return plain_text(self.before)

    def change(self, text: str) -> FileChange:
        """Return the change of the file to an edited text, written with the line ends and the mark it had before."""
        return FileChange(self.path, self.before, as_before(text, self.before))


@dataclass(frozen=True, slots=True)
class CampaignTextCheck:
    """What is wrong with an edited text; where nothing is, what the change would do to the plan.

    `before`: what was left out, and is not named any more.
    """

    problems: tuple[Problem, ...]
    effect: ChangeEffect = NO_EFFECT
    before: tuple[LeftOutBefore, ...] = ()


def open_campaign_text(station: Station, id_: str) -> CampaignText:
    """Return a campaign's file, also one with mistakes; raise InputError where there is none, or only its draft."""
    path = station.schedules_folder / f"{id_}.toml"
    if not path.is_file():
        if (draft := Draft(path)).exists:
            raise InputError(left_behind(draft.path))
        find_campaign(station, id_)
    return CampaignText(path, path.read_bytes().decode("utf-8", "replace"))


def check_campaign_text(station: Station, original: CampaignText, text: str, *, anyway: bool) -> CampaignTextCheck:
    """Check an edited text: its TOML, the scripts that it names, and, unless `anyway`, the rules."""
    try:
        campaign = parse_campaign(original.path, text)
        scripts, faulty = station.scripts()
        if missing := find_missing_scripts([campaign], scripts, faulty):  # their lines are those of the file on disk
            return CampaignTextCheck(tuple(replace(problem, line=None) for problem in missing))
        effect = allowed_effect(station, [campaign], anyway=anyway)
    except InputError as error:
        return CampaignTextCheck(error.problems)
    return CampaignTextCheck((), effect, tuple(_named_no_more(original, campaign, station.now().date())))


def _named_no_more(original: CampaignText, campaign: Campaign, today: date) -> Iterable[LeftOutBefore]:
    try:
        return all_named_no_more(parse_campaign(original.path, original.shown), campaign, today)
    except InputError:  # what it left out was not in force
        return ()
