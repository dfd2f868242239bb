"""A clip copied into a file of a person's own instead of being played: the option `--save`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import option
from broadcaster.cli.out_file import write_file
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import N_
from broadcaster.models import CLIP_RATE
from broadcaster.office.wording import length
from broadcaster.playout.sound.output import Segment

if TYPE_CHECKING:
    from broadcaster.models import Clip

with_save = option(
    "--save",
    "target",
    metavar=N_("FILE"),
    type=click.Path(path_type=Path),
    help=N_("Copy the clip into this WAV file and play nothing."),
)
"""Give a command the option `--save`, handed to it as `target`."""


def save_clip(clip: Clip, target: Path) -> None:
    """Copy a clip to a file that is not there yet; raise InputError for one that is."""
    save_sound(Segment(clip.path, clip.frames), target)


def save_sound(sound: Segment, target: Path) -> None:
    """Copy what would be played to a file, as `save_clip` does."""
    refuse_to_replace(target)
    if sound.path is not None:
        write_file(target, sound.path.read_bytes(), length(timedelta(seconds=sound.frames / CLIP_RATE)))
