"""Something to hear, played with a bar where the person may hear it, and what was heard in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.asking import confirm
from broadcaster.cli.frame import option
from broadcaster.cli.progress import progress_bar
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from broadcaster.office.listening import Place, Sample
    from broadcaster.office.preview import PreviewResult
    from broadcaster.playout.sound.output import Progress
    from broadcaster.station.folder import Station


with_output = option(
    "--output", metavar=N_("DEVICE"), help=N_('Play on this output: a device\'s name, "file" or "silent".')
)
"""Give a command the option `--output`."""

with_listener = option("--as", "name", metavar=N_("NAME"), help=N_("Who hears it; without it, who is logged in."))
"""Give a command the option `--as`, handed to it as `name`."""


def hear(station: Station, sample: Sample, output: str | None, name: str | None) -> bool:
    """Play a sample where the person may hear it, after a question where all of the commune would; say what was heard.

    Returns whether it was played. Raises InputError where it may not sound now, or nobody is here to be asked.
    """
    from broadcaster.models import CLIP_RATE
    from broadcaster.office.changes import actor_name
    from broadcaster.office.listening import listen, place_for

    place = place_for(station, output)
    listener = actor_name(name) if place.is_public else ""
    if place.is_public and not _may_be_public(station, sample, place):
        return False
    with progress_bar() as show:

        def tell(progress: Progress) -> None:
            show(progress.played_frames // CLIP_RATE, sample.segment.frames // CLIP_RATE, sample.id)

        heard = listen(station, sample, place, listener, tell)
    say(heard_text(heard))
    return True


def _may_be_public(station: Station, sample: Sample, place: Place) -> bool:
    """Ask whether a sample may sound on the loudspeakers, where nothing else speaks against it."""
    from broadcaster.office.listening import refuse_to_disturb

    refuse_to_disturb(station, sample.length)
    todo = _(
        "all of the commune would hear this; hear it on a device of your own: [monitor] device in station.toml; "
        'or write a file: --output "file"'
    )
    question = _("All of the commune will hear this: {devices}. Play it there, and enter it in the play history?")
    return confirm(question.format(devices=", ".join(place.devices)), default=False, todo=todo)


def heard_text(heard: PreviewResult) -> str:
    """Return what was played where, in a sentence."""
    if heard.folder is not None:
        return _("Written into {folder}: {seconds:.1f} s.").format(folder=heard.folder, seconds=heard.seconds)
    return _("Played on {device}: {seconds:.1f} s.").format(device=heard.device, seconds=heard.seconds)
