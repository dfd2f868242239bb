"""Changes of campaigns and scripts in words of the user's language: who made them, and what going back is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.office.wording_frozen import frozen_effect_text
from broadcaster.station.edits import BY_HAND

if TYPE_CHECKING:
    from broadcaster.office.campaign_history import Undo
    from broadcaster.office.script_history import ScriptVersion
    from broadcaster.station.edits import Version


def editor_text(version: Version) -> str:
    """Return who made a change; of one made by hand, who saw it."""
    if version.how != BY_HAND:
        return version.actor
    if not version.number:
        return _("by hand, not entered yet")
    return _("by hand, seen by {actor}").format(actor=version.actor)


_HOW = {
    "new": N_("new"),
    "edit": N_("edited"),
    "import": N_("imported"),
    "retire": N_("retired"),
    "takes": N_("a recording chosen"),
    "undo": N_("an earlier version"),
}


def script_editor_text(version: ScriptVersion) -> str:
    """Return who changed a script; of a change made by hand, who saw it."""
    if version.how != BY_HAND:
        return version.actor
    return _("by hand, seen by {actor}").format(actor=version.actor) if version.actor else _("by hand")


def script_how_text(version: ScriptVersion) -> str:
    """Return what was done to a script."""
    if version.is_rename:
        return (_("was {id} until then") if version.after else _("became {id}")).format(id=version.other)
    if version.after == "":
        return _("removed")
    if version.how == BY_HAND:
        return _("new") if version.before == "" else _("edited")
    return _(_HOW[version.how]) if version.how in _HOW else version.how


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
