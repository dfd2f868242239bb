"""A script under another id, shown and asked for: by `script rename`, and by `script undo` of a rename."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import say
from broadcaster.i18n import _
from broadcaster.office.script_rename import rename_script, write_rename

if TYPE_CHECKING:
    from broadcaster.cli.change_options import ChangeOptions
    from broadcaster.station.folder import Station


def make_rename(station: Station, id_: str, new_id: str, options: ChangeOptions) -> None:
    """Show what a rename changes, ask, and write it."""
    found = rename_script(station, id_, new_id)
    files = [file for pair in found.scripts for file in pair]
    reason = options.accepted(station, found.campaigns, [*files, *found.campaigns], titles=False)
    if reason is not None:
        write_rename(station, found, options.actor, reason)
        say(_("Written."))
