"""What a person fills in for a campaign: its title, source and days, for a new file or for the head of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.i18n import N_
from broadcaster.models import Campaign
from broadcaster.office.find import find_campaign, find_group
from broadcaster.office.new_file import free_campaign_path
from broadcaster.office.slot_form import find_versions, typed_versions
from broadcaster.office.typed import BOUNDARIES, TypedValues
from broadcaster.schedule.campaign_edit import create_campaign, edit
from broadcaster.schedule.days_off import CarriedOver, carry_days

if TYPE_CHECKING:
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """A campaign's fields as they were typed; None: not given."""

    title: str | None = None
    source: str | None = None
    first: str | None = None
    last: str | None = None
    group: str | None = None
    versions: str | None = None


def new_campaign(station: Station, id_: str, form: CampaignForm) -> FileChange:
    """Return the new file of a campaign without slots; raise InputError for what is missing or not understood."""
    path = free_campaign_path(station, id_)
    typed = TypedValues()
    today = station.now().date()
    start, end = typed.boundary("--from", form.first, today), typed.boundary("--to", form.last, today)
    versions = () if form.versions is None else typed_versions(typed, form.versions)
    for name, text, allowed in (
        ("--title", form.title, N_("text")),
        ("--from", form.first, BOUNDARIES),
        ("--to", form.last, BOUNDARIES),
    ):
        if not text:
            typed.missing(name, allowed)
    typed.finish()
    group = find_group(station, form.group)
    if start is None or end is None or not form.title:
        raise AssertionError("finish() raises for what is missing or not understood")
    new = Campaign(id_, form.title, path, start, end, (), form.source or "", group=group, versions=versions)
    return create_campaign(new)


def edit_campaign(station: Station, id_: str, form: CampaignForm) -> CarriedOver:
    """Return the edit that makes a campaign's head say what was typed; raise InputError for what is not understood.

    What is left out on days that are the campaign's no more is dropped.
    """
    old = find_campaign(station, id_)
    typed = TypedValues()
    today = station.now().date()
    start, end = typed.boundary("--from", form.first, today), typed.boundary("--to", form.last, today)
    versions = old.versions if form.versions is None else typed_versions(typed, form.versions)
    typed.finish()
    group = find_group(station, form.group)
    new = replace(
        old,
        title=old.title if form.title is None else form.title,
        source=old.source if form.source is None else form.source,
        start=start or old.start,
        end=end or old.end,
        group=old.group if form.group is None else group,
        versions=versions,
    )
    for slot in new.slots:
        find_versions(station, new, slot)
    return carry_days(edit(old.path), new)
