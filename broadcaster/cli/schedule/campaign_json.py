"""A campaign and its slots, as `schedule list` and `show` write them in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.schedule.timetable import show_boundary, show_moved_from, show_pause, show_skip
from broadcaster.tomlfile import format_duration, format_time
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from broadcaster.models import Campaign, Slot


def campaign_to_json(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign with its slots for JSON."""
    return {
        "id": campaign.id,
        "title": campaign.title,
        "source": campaign.source,
        "from": show_boundary(campaign.start),
        "to": show_boundary(campaign.end),
        "group": campaign.group,
        "except": sorted(day.isoformat() for day in campaign.exceptions),
        "paused": [show_pause(days) for days in campaign.pauses],
        "versions": list(campaign.versions),
        "slots": [_slot_to_json(slot) for slot in campaign.slots],
    }


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "at": [format_time(at) for at in slot.at],
        "days": [WEEKDAYS[day - 1] for day in sorted(slot.days)],
        "from": show_boundary(slot.start) if slot.start else None,
        "to": show_boundary(slot.end) if slot.end else None,
        "except": sorted([*(day.isoformat() for day in slot.exceptions), *map(show_skip, slot.skips)]),
        "paused": [show_pause(days) for days in slot.pauses],
        "moved_from": show_moved_from(slot.moved_from) if slot.moved_from else None,
        "scripts": list(slot.scripts),
        "versions": list(slot.versions),
        "order": str(slot.order),
        "weights": list(slot.weights or [1] * len(slot.scripts)),
        "repeat": slot.repeat,
        "gap": format_duration(slot.gap),
        "class": str(slot.bulletin_class),
        "group": slot.group,
    }
