"""A planned occurrence and what it can expect, as `plan` and `now` write it in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.office.wording_forecast import prospect_text

if TYPE_CHECKING:
    from broadcaster.office.forecast import Prospect


def prospect_to_json(prospect: Prospect) -> dict[str, Any]:
    """Return an occurrence and its prospect for JSON."""
    occurrence = prospect.occurrence
    return {
        "id": occurrence.id,
        "campaign": occurrence.campaign,
        "slot": occurrence.slot,
        "start": occurrence.start.isoformat(),
        "begins": prospect.begins.isoformat() if prospect.will_sound else None,
        "end": prospect.end.isoformat() if prospect.end else None,
        "seconds": round(prospect.length.total_seconds(), 3) if prospect.length is not None else None,
        "scripts": list(occurrence.scripts),
        "repeat": occurrence.repeat,
        "class": str(occurrence.bulletin_class),
        "source": occurrence.source,
        "group": occurrence.group,
        "state": str(prospect.state),
        "cut_by": prospect.cut_by.id if prospect.cut_by else None,
        "outcome": str(prospect.play.outcome) if prospect.play else None,
        "text": prospect_text(prospect),
    }
