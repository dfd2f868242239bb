"""What of a station's folder goes with an export: its texts, every version of them, checkpoints, the log, the clips."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from broadcaster.files import make_folder
from broadcaster.records import keys
from broadcaster.versions import HISTORY

if TYPE_CHECKING:
    from pathlib import Path

_TEXTS = {
    "scripts": ("scripts", ("*.md", f"{HISTORY}/*/*.md")),
    "schedules": ("schedules", ("*.toml", f"{HISTORY}/*/*.toml")),
    ".": (".", ("lexicon.toml",)),
    "state": ("log", ("broadcaster.log*", "crash.log")),
    "checkpoints": ("checkpoints", ("*.txt", "*.tsr")),
}
"""Folder of the station → folder of the export, and which files. `station.toml` may hold a password, and stays."""

_CLIPS = {"audio": ("audio", ("*.wav", "*.json"))}


def enclose(root: Path, folder: Path, *, clips: bool) -> tuple[Path, ...]:
    """Copy what goes with an export of the station `root` into `folder`; return what could not be copied."""
    left_out: list[Path] = []
    secret = (root / keys.FOLDER).resolve()
    for source, (target, patterns) in (_TEXTS | (_CLIPS if clips else {})).items():
        here = root / source
        for path in sorted(path for pattern in patterns for path in here.glob(pattern)):
            try:
                _copy(path, folder / target / path.relative_to(here), secret)
            except OSError:
                left_out.append(path)
    return tuple(left_out)


def _copy(path: Path, target: Path, secret: Path) -> None:
    """Copy a plain file; raise OSError for anything else, and for a link that leads to the keys."""
    if not path.is_file() or path.resolve().is_relative_to(secret):
        raise OSError(path)
    make_folder(target.parent)
    shutil.copyfile(path, target)
