"""`broadcaster clip`: the rendered sound on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import group, option, pass_station
from broadcaster.cli.show import say
from broadcaster.i18n import N_, ngettext
from broadcaster.office.clip_pruning import remove_files, unused_files

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

_MEGABYTE = 1_000_000


@group(help=N_("Rendered clips."), examples=["clip prune --dry-run"])
def clip() -> None:
    """Hold the commands."""


@clip.command(
    help=N_(
        "Remove the clips that no plan of the next 60 days uses, and that nothing played in the last 60 days used. "
        "They can be made again: broadcaster script render"
    ),
    examples=["clip prune --dry-run", "clip prune"],
)
@option("--dry-run", is_flag=True, help=N_("Only show what would be removed."))
@pass_station
def prune(station: Station, *, dry_run: bool) -> None:
    """Remove unused clips."""
    unused = unused_files(station)
    size = sum(path.stat().st_size for path in unused)
    for path in unused:
        say(path.name)
    if not dry_run:
        remove_files(unused)
    count = sum(path.suffix == ".wav" for path in unused)
    removed = ngettext("Removed {count} clip, {size:.1f} MB.", "Removed {count} clips, {size:.1f} MB.", count)
    shown = ngettext("{count} clip would go, {size:.1f} MB.", "{count} clips would go, {size:.1f} MB.", count)
    say((shown if dry_run else removed).format(count=count, size=size / _MEGABYTE))
