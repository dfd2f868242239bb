"""`broadcaster backup` and `broadcaster restore`: copies of the play history, and one put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import argument, command, option, pass_station_even_if_wrong
from broadcaster.cli.out_file import with_out
from broadcaster.cli.show import hint, say
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Copy the play history as it is at this moment, also while the daemon writes to it, and check the copy. Leaves "
        "with 1 where the history is not whole; the copy is kept all the same. Keep copies away from this computer."
    ),
    examples=["backup", "backup --daily", "backup --out /media/usb/broadcaster-2027-05.db"],
)
@with_out(N_("Where to; without it, a dated file in backups/."))
@option(
    "--daily",
    is_flag=True,
    help=N_("Make the backup of today, and remove the oldest, as the running desk does by itself every day."),
)
@pass_station_even_if_wrong
def backup(station: Station, out: Path | None, *, daily: bool) -> int:
    """Make a copy."""
    from broadcaster.office.backups import make_backup, make_todays_backup
    from broadcaster.office.wording_audit import summary_text

    if daily and out is not None:
        what = _("--daily has its own place: [backup] folder in station.toml")
        raise InputError(Problem(what, _("say one or the other")))
    if daily:
        made, report = make_todays_backup(station)
        target = made.path
    else:
        target, report = make_backup(station, out)
    say(
        _("Copied: {rows} rows, up to hash {hash}: {path}").format(rows=report.rows, hash=report.head.hash, path=target)
    )
    if not report.ok:
        hint(summary_text(report))
    return 0 if report.chain_ok else 1


@command(
    help=N_(
        "Put a copy of the play history back. It is checked first, made into a new file, checked again, and only then "
        "takes the old one's place; the old file is kept under a dated name, and the history itself says what was "
        "done. Not while the daemon runs."
    ),
    examples=["restore backups/broadcaster-2027-05-31T081500.db", "restore broadcaster.db --give-up-newer"],
)
@argument("file", metavar=N_("FILE"), type=click.Path(dir_okay=False, path_type=Path))
@option(
    "--give-up-newer",
    is_flag=True,
    help=N_("Also where the present history has rows that the copy lacks: they stay in the old file alone."),
)
@option("--as", "name", metavar=N_("NAME"), help=N_("Who does it; without it, who is logged in."))
@pass_station_even_if_wrong
def restore(station: Station, file: Path, name: str | None, *, give_up_newer: bool) -> None:
    """Put a copy back."""
    from broadcaster.office.backups import restore_backup
    from broadcaster.office.changes import actor_name

    done = restore_backup(station, file, actor_name(name), give_up_newer=give_up_newer)
    say(_("Restored from {path}: {rows} rows.").format(path=file, rows=done.head.seq))
    if done.kept:
        say(_("The file that was there is kept: {path}").format(path=done.kept))
    if done.lost is None:
        hint(_("Whether the history had newer rows is not known: what was planned since then counts as unknown."))
    elif done.lost:
        hint(_("Rows that were given up: {count}. What aired then is not known any more.").format(count=done.lost))
