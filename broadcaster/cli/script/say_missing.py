"""What a script that was written still needs before it can air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import hint
from broadcaster.i18n import _
from broadcaster.office.script_changes import what_is_missing

if TYPE_CHECKING:
    from broadcaster.office.script_changes import ScriptChange
    from broadcaster.station.folder import Station


def say_what_is_missing(station: Station, change: ScriptChange) -> None:
    """Say how many blanks are left, and whether it has to be approved."""
    missing = what_is_missing(station, change)
    if missing.gaps:
        hint(_("Still to be written, between ‹ and ›: {count}").format(count=missing.gaps))
    if missing.approval:
        text = _("This text is not approved; somebody else does that: broadcaster script approve {id}")
        hint(text.format(id=change.script.id))
