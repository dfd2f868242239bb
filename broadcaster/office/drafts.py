"""Texts that could not be saved yet: kept in `.drafts/` beside the scripts or campaigns, out of the way of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.files import replace_file
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of the script or campaign whose file is `of`, whether there is one or not."""

    of: Path

    @property
    def path(self) -> Path:
        """Where the draft is kept."""
        return self.of.parent / ".drafts" / self.of.name

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

    def keep(self, text: str, base: str | None = None) -> None:
        """Keep a text for later, in place of what was kept before; `base` is the file's text when it was begun."""
        if base is None:
            self._base.unlink(missing_ok=True)
        else:
            replace_file(self._base, base.encode())
        replace_file(self.path, text.encode())

    def delete(self) -> None:
        """Delete the draft, if there is one."""
        self.path.unlink(missing_ok=True)
        self._base.unlink(missing_ok=True)
