"""What campaigns name and a station has not: scripts, and groups of loudspeakers, each with its place in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.group_settings import no_group_text
from broadcaster.i18n import _
from broadcaster.schedule.slot_scripts import may_air
from broadcaster.script_ids import todo_for_missing
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import TomlFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from broadcaster.models import Campaign
    from broadcaster.toml_lines import KeyPath


def missing_scripts(campaigns: Iterable[Campaign], ids: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for each script that a slot may air and that is not in `ids`, with what to do about it."""
    return tuple(
        Problem(
            _('there is no script "{script}"').format(script=script),
            todo_for_missing(script, ids),
            campaign.path,
            *_place_of(campaign, number, script),
        )
        for campaign in campaigns
        for number, slot in enumerate(campaign.slots)
        for script in may_air(campaign, slot)
        if script not in ids
    )


def _place_of(campaign: Campaign, number: int, script: str) -> tuple[int | None, str]:
    """Return the line and the key that name a script of a slot, or the version that it is."""
    slot = campaign.slots[number]
    if script in slot.scripts:
        key, name = ("slot", number, "scripts"), "slot.scripts"
    elif slot.versions:
        key, name = ("slot", number, "versions"), "slot.versions"
    else:
        return _line_of(campaign, ("versions",)), "versions"
    return _line_of(campaign, key), name


def unknown_groups(campaigns: Iterable[Campaign], ids: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for each group that a campaign or slot names and that is not in `ids`, with the most similar."""
    named: list[tuple[Campaign, str, KeyPath]] = []
    for campaign in campaigns:
        named += [(campaign, campaign.group, ("group",))]
        named += [(campaign, slot.group, ("slot", number, "group")) for number, slot in enumerate(campaign.slots)]
    return tuple(
        Problem(
            no_group_text(group),
            did_you_mean(group, ids, _("groups: {known}")),
            campaign.path,
            _line_of(campaign, key),
            "slot.group" if len(key) > 1 else "group",
        )
        for campaign, group, key in named
        if group and group not in ids
    )


def _line_of(campaign: Campaign, key: KeyPath) -> int | None:
    try:
        return TomlFile.read(campaign.path).line_of(key)
    except InputError:  # changed since it was read; the next read reports it
        return None
