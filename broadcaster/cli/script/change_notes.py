"""What a change of a script takes off the air, and what the text that was written still needs before it can air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import hint
from broadcaster.i18n import _
from broadcaster.office.lost_airings import lost_airings
from broadcaster.office.script_changes import what_is_missing
from broadcaster.office.wording_silent import lost_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.models import Script
    from broadcaster.office.script_changes import ScriptChange
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station


def say_what_is_lost(station: Station, changes: Sequence[tuple[FileChange, Script | None]]) -> None:
    """Say which airings changes take away, each once; with each file what it will be, None: it is removed."""
    found = (lost for file, script in changes for lost in lost_airings(station, file, script))
    for lost in dict.fromkeys(found):
        hint(_("Note: {finding}").format(finding=lost_text(lost)))


def say_what_is_missing(station: Station, change: ScriptChange) -> None:
    """Say how many blanks are left, and whether it has to be approved."""
    missing = what_is_missing(station, change)
    if missing.gaps:
        hint(_("Still to be written, between ‹ and ›: {count}").format(count=missing.gaps))
    if missing.approval:
        text = _("This text is not approved; somebody else does that: broadcaster script approve {id}")
        hint(text.format(id=change.script.id))
