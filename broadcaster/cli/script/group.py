"""`broadcaster script`: what is to be said, how it will be read, and its sound."""

from __future__ import annotations

from broadcaster.cli.frame import group
from broadcaster.cli.script.approve import approve, revoke
from broadcaster.cli.script.history import history, undo
from broadcaster.cli.script.listen import listen, render
from broadcaster.cli.script.record import record, takes
from broadcaster.cli.script.rename import rename
from broadcaster.cli.script.show import list_, read, show
from broadcaster.cli.script.write import edit_, import_, new, retire
from broadcaster.i18n import N_


@group(
    help=N_("Scripts: write, list, read, render, listen, approve."),
    examples=["script list", "script new nhac-lich --kind thong-bao", "script render"],
)
def script() -> None:
    """Hold the commands."""


_WRITE = (new, edit_, import_, record, takes, rename)
_READ = (list_, show, read, render, listen)
for added in (*_WRITE, *_READ, approve, revoke, retire, history, undo):
    script.add_command(added)
