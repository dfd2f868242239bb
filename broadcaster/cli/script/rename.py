"""`broadcaster script rename`: another id for a script, everywhere at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.change_options import with_plan_change_options
from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, pass_station
from broadcaster.cli.script.make_rename import make_rename
from broadcaster.i18n import N_

if TYPE_CHECKING:
    from broadcaster.cli.change_options import ChangeOptions
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Give a script another id, and its versions in other languages with it. Every campaign that names it follows "
        "in the same step, and its approval and its history stay with it. Its clip is made anew; what has aired keeps "
        "the old id."
    ),
    examples=["script rename thong-diep-1 an-sinh-ben-vung"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@argument("new_id", metavar=N_("NEW-ID"))
@with_plan_change_options
@pass_station
def rename(station: Station, *, id_: str, new_id: str, options: ChangeOptions) -> None:
    """Rename a script."""
    make_rename(station, id_, new_id, options)
