"""Texts that could not be saved yet: kept in `.drafts/` beside the scripts or campaigns, out of the way of both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files, replace_file
from broadcaster.i18n import _
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.tomlfile import parse_id, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = ".drafts"


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of the script or campaign whose file is `of`, whether there is one or not."""

    of: Path

    @property
    def path(self) -> Path:
        """Where the draft is kept."""
        return self.of.parent / _FOLDER / self.of.name

    @property
    def _base(self) -> Path:
        return self.path.with_name(f"{self.path.name}.base")

    @property
    def exists(self) -> bool:
        """Whether there is a draft."""
        return self.path.is_file()

    def text(self) -> str:
        """Return what was kept; raise InputError if it cannot be read."""
        return read_text(self.path)

    def changed_since(self, current: str) -> FileChange:
        """Return what others have changed in the file since the draft was begun; nothing where that is not known."""
        try:
            before = read_text(self._base)
        except InputError:
            before = current
        return FileChange(self.of, before, current)

    def keep(self, text: str, base: str | None = None, began_with: str = "") -> Path | None:
        """Keep a text for later; `base` is the file's text when it was begun, `began_with` what it goes on from.

        It takes the place of what was kept before only where it goes on from that. Another text is somebody's writing,
        and is moved aside: its new path is returned.
        """
        aside = self._free_place() if self.exists and not self._is_one_of(text, began_with) else None
        if aside is not None:
            self.path.rename(aside)
        if base is None:
            self._base.unlink(missing_ok=True)
        else:
            replace_file(self._base, base.encode())
        replace_file(self.path, text.encode())
        return aside

    def _is_one_of(self, *texts: str) -> bool:
        """Return whether one of these is what was kept; what cannot be read is somebody's writing too."""
        try:
            return self.text() in texts
        except InputError:
            return False

    def _free_place(self) -> Path:
        # a name that no other draft can have: "bai.1.md" would be that of a version of "bai"
        places = (self.path.with_name(f"{self.of.stem} ({number}){self.of.suffix}") for number in count(2))
        return next(place for place in places if not place.exists())

    def refuse_to_replace(self, text: str, todo: str) -> None:
        """Raise InputError where a draft is kept that is not this text: somebody may have gone on with it."""
        if self.exists and not self._is_one_of(text):
            what = _("there is a draft that differs from this text; nothing was written")
            raise InputError(Problem(what, todo, self.path))

    def delete(self) -> None:
        """Delete the draft, if there is one."""
        self.path.unlink(missing_ok=True)
        self._base.unlink(missing_ok=True)


def waiting_drafts(folder: Path, suffix: str, command: str) -> Iterator[Problem]:
    """Yield what is to be known of the drafts of a folder, and of the command that goes on with each, `command`."""
    try:
        paths = [path for path in list_files(folder / _FOLDER) if path.suffix == suffix]
    except InputError:  # no draft was ever kept there
        return
    for path in paths:
        is_own = parse_id(path.stem) is not None  # and not one that was moved aside
        if is_own and suffix == ".toml" and not (folder / path.name).is_file():
            yield left_behind(path)
            continue
        todo = _("go on with it: {command}").format(command=f"{command} {path.stem}") if is_own else ""
        yield Problem(_("is a draft that waits"), todo, path)


def left_behind(path: Path) -> Problem:
    """Return what is to be known of the draft, at `path`, of a campaign that somebody renamed or removed meanwhile."""
    todo = _("its campaign has another id now, or is gone; take from the draft what is needed, then delete it")
    return Problem(_("is a draft that waits"), todo, path)
