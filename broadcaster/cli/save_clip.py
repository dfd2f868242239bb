"""A clip copied into a file of a person's own instead of being played: the option `--save`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import option
from broadcaster.cli.out_file import write_file
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import N_
from broadcaster.office.wording import length

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
    refuse_to_replace(target)
    write_file(target, clip.path.read_bytes(), length(clip.length))
