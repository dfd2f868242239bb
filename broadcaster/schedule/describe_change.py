"""Describe in a few words what an edit of a campaign changes, for lists of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.i18n import N_, _
from broadcaster.schedule.campaign_edit import campaign_values, plain_text, slot_values
from broadcaster.schedule.timetable import parse_campaign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.models import Campaign
    from broadcaster.schedule.campaign_edit import FileChange

_MOST = 6

_WORDS = {
    "title": N_("title"),
    "source": N_("source"),
    "at": N_("times of day"),
    "days": N_("days of the week"),
    "from": N_("first day"),
    "to": N_("last day"),
    "scripts": N_("scripts"),
    "versions": N_("versions of the scripts"),
    "order": N_("order of the scripts"),
    "weights": N_("weights of the scripts"),
    "repeat": N_("repeats"),
    "gap": N_("gap between the scripts"),
    "class": N_("class"),
    "group": N_("group of loudspeakers"),
    "except": N_("days left out"),
    "paused": N_("pauses"),
    "moved_from": N_("where it was moved from"),
}
"""Each key of a campaign or slot, as people call it."""


def describe(change: FileChange) -> str:
    """Return a line such as `thang-5: slot "trua" added; slot "sang": times of day, repeats`."""
    name = change.path.stem
    if change.before is None:
        return _("{campaign}: made").format(campaign=name)
    if change.after is None:
        return _("{campaign}: removed").format(campaign=name)
    try:
        old, new = (parse_campaign(change.path, plain_text(text)) for text in (change.before, change.after))
    except InputError:
        return _("{campaign}: edited, with mistakes").format(campaign=name)
    parts = list(_parts(old, new)) or [_("comments or layout")]
    more = [_("and {count} more").format(count=len(parts) - _MOST)] if len(parts) > _MOST else []
    return _("{campaign}: {changes}").format(campaign=name, changes="; ".join(parts[:_MOST] + more))


def _parts(old: Campaign, new: Campaign) -> Iterator[str]:
    if keys := _differing(campaign_values(old), campaign_values(new)):
        yield keys
    before, after = ({slot.id: slot for slot in campaign.slots} for campaign in (old, new))
    for id_ in sorted(before.keys() - after.keys()):
        yield _('slot "{slot}" removed').format(slot=id_)
    for id_, slot in after.items():
        if id_ not in before:
            yield _('slot "{slot}" added').format(slot=id_)
        elif keys := _differing(slot_values(before[id_]), slot_values(slot)):
            yield _('slot "{slot}": {keys}').format(slot=id_, keys=keys)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    return ", ".join(_(_WORDS.get(key, key)) for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key))
