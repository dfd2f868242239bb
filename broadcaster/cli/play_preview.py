"""A clip played off the air, with a bar, and what was heard in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import option
from broadcaster.cli.progress import progress_bar
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from broadcaster.models import Clip
    from broadcaster.office.preview import PreviewResult
    from broadcaster.station.folder import Station


with_output = option(
    "--output", metavar=N_("DEVICE"), help=N_('Play on this output: a device\'s name, "file" or "silent".')
)
"""Give a command the option `--output`."""


def hear(station: Station, clip: Clip, output: str | None = None) -> None:
    """Play a clip off the air, on `output` or the station's own, and say how much of it was heard."""
    from broadcaster.models import CLIP_RATE
    from broadcaster.office.preview import play_off_air
    from broadcaster.playout.sound.output import Progress, Segment

    with progress_bar() as show:

        def tell(progress: Progress) -> None:
            show(progress.played_frames // CLIP_RATE, clip.frames // CLIP_RATE, clip.script)

        heard = play_off_air(station, Segment(clip.path, clip.frames), output, tell)
    say(heard_text(heard))


def heard_text(heard: PreviewResult) -> str:
    """Return what was played where, in a sentence."""
    if heard.folder is not None:
        return _("Written into {folder}: {seconds:.1f} s.").format(folder=heard.folder, seconds=heard.seconds)
    return _("Played on {device}: {seconds:.1f} s.").format(device=heard.device, seconds=heard.seconds)
