"""What a change of a script takes off the air, and what the text that was written still needs before it can air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import hint
from broadcaster.i18n import _
from broadcaster.office.lost_airings import lost_airings
from broadcaster.office.script_changes import what_is_missing
from broadcaster.office.wording_silent import lost_text

if TYPE_CHECKING:
    from broadcaster.models import Script
    from broadcaster.office.script_changes import ScriptChange
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station


def say_what_is_lost(station: Station, file: FileChange, script: Script | None) -> None:
    """Say which airings a change takes away; `script` is what the file will be, None: it is removed."""
    for lost in lost_airings(station, file, script):
        hint(_("Note: {finding}").format(finding=lost_text(lost)))


def say_what_is_missing(station: Station, change: ScriptChange) -> None:
    """Say how many blanks are left, and whether it has to be approved."""
    missing = what_is_missing(station, change)
    if missing.gaps:
        hint(_("Still to be written, between ‹ and ›: {count}").format(count=missing.gaps))
    if missing.approval:
        text = _("This text is not approved; somebody else does that: broadcaster script approve {id}")
        hint(text.format(id=change.script.id))
