"""Files that a command writes where a person says: the option `--out`, and what is said of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from broadcaster.cli.frame import option
from broadcaster.cli.show import say
from broadcaster.files import replace_file
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


def with_out(help_: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a command the option `--out FILE`, handed to it as `out`; `help_` says what it does without."""
    return option("--out", metavar=N_("FILE"), type=click.Path(dir_okay=False, path_type=Path), help=help_)


def write_file(path: Path, data: bytes, note: str = "") -> None:
    """Write a whole file and say where it is; `note` says more about it in a few words."""
    replace_file(path.absolute(), data)
    say_written(path, note)


def say_written(path: Path, note: str = "") -> None:
    """Say where a file was written."""
    text = _("Written: {path} ({note})") if note else _("Written: {path}")
    say(text.format(path=path, note=note))
