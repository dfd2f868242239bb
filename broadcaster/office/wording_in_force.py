"""What is in force in place of the files as they are now, in sentences of the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.office.wording import when

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.content import AwayFolder, Content, HeldFile


def in_force_texts(content: Content, root: Path) -> list[str]:
    """Return a sentence for each file and folder of the station in `root` whose last good version is in force."""
    folders = [away_text(folder, root) for folder in content.away]
    return [*folders, *(held_text(file, root) for file in content.held)]


def held_text(file: HeldFile, root: Path) -> str:
    """Return which version of a file is in force while the file has mistakes."""
    name = file.path.relative_to(root).as_posix()
    if file.saved is None:
        return _("{file} has mistakes: its last good version is in force.").format(file=name)
    return _("{file} has mistakes: its version of {saved} is in force.").format(file=name, saved=when(file.saved))


def away_text(folder: AwayFolder, root: Path) -> str:
    """Return that a folder is away, since when, and that what was in it is in force."""
    name = f"{folder.path.relative_to(root).as_posix()}/"
    if folder.since is None:
        return _("{folder} is away: what was last good in it is in force.").format(folder=name)
    text = _("{folder} is away since {since}: what was last good in it is in force.")
    return text.format(folder=name, since=when(folder.since))
