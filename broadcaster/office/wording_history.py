"""Changes of campaigns in words of the user's language: who made them, and what going back is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.wording_frozen import frozen_effect_text
from broadcaster.station.edits import BY_HAND

if TYPE_CHECKING:
    from broadcaster.office.campaign_history import Undo
    from broadcaster.station.edits import Version


def editor_text(version: Version) -> str:
    """Return who made a change; of one made by hand, who saw it."""
    if version.how != BY_HAND:
        return version.actor
    if not version.number:
        return _("by hand, not entered yet")
    return _("by hand, seen by {actor}").format(actor=version.actor)


def undo_summary(undo: Undo) -> str:
    """Return the summary under which going back is recorded."""
    if undo.number is not None:
        return _("back to {number}").format(number=undo.number)
    return _("taken back: {summary}").format(summary=undo.last.summary)


def why_text(version: Version) -> str:
    """Return why something was changed; where it took something out of a frozen plan and nobody said why, that."""
    if version.reason:
        return version.reason
    return _("no reason given") if any(change.out or change.changed for change in version.frozen) else ""


def what_text(version: Version) -> str:
    """Return what was changed, and what that did to frozen plans."""
    return "; ".join([version.summary, *map(frozen_effect_text, version.frozen)])
