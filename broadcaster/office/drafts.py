"""Texts that are not right yet, kept beside the scripts in a folder where nothing looks for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from broadcaster.files import replace_file
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of one script."""

    path: Path

    @classmethod
    def of(cls, station: Station, id_: str) -> Self:
        """Return the draft of the script of that id, whether there is one or not."""
        return cls(station.scripts_folder / ".drafts" / f"{id_}.md")

    @property
    def exists(self) -> bool:
        """Whether there is a draft."""
        return self.path.is_file()

    def text(self) -> str:
        """Return what was kept; raise InputError if it cannot be read."""
        return read_text(self.path)

    def keep(self, text: str) -> None:
        """Keep a text for later, in place of what was kept before."""
        replace_file(self.path, text.encode())

    def delete(self) -> None:
        """Delete the draft, if there is one."""
        self.path.unlink(missing_ok=True)
