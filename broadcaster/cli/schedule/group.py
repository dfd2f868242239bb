"""`broadcaster schedule`: the commands about campaigns and their slots."""

from __future__ import annotations

from broadcaster.cli.frame import group
from broadcaster.cli.schedule.campaigns import copy, list_, new, rename, show
from broadcaster.cli.schedule.check import check
from broadcaster.cli.schedule.edit import edit_
from broadcaster.cli.schedule.exceptions import exceptions, unskip
from broadcaster.cli.schedule.freeze import freeze
from broadcaster.cli.schedule.history import history, undo
from broadcaster.cli.schedule.sheets import export, import_, template
from broadcaster.cli.schedule.skip_move_pause import move, pause, resume, skip
from broadcaster.cli.schedule.slots import add, remove
from broadcaster.i18n import N_


@group(help=N_("Campaigns and their slots: list, check, change."), examples=["schedule list", "schedule check"])
def schedule() -> None:
    """Group the commands."""


for _command in (
    *(list_, show, check),
    *(new, copy, rename, add, edit_, remove),
    *(skip, unskip, move, pause, resume, exceptions),
    freeze,
    *(template, import_, export),
    *(history, undo),
):
    schedule.add_command(_command)
