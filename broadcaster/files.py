"""Replace files completely or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _


def refuse_to_replace(path: Path, todo: str = "") -> None:
    """Raise InputError for a file that is there already."""
    if path.exists():
        raise InputError(Problem(_("there is such a file already"), todo or _("choose another name"), path))


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, for their owner only, whatever the umask; Windows inherits.

    A folder that is there keeps its mode: who shares a station has made it so.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)  # not parents=True, which would give those above the umask's mode


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader, also after a power cut, finds the old file or the new one, never a part.

    The temporary file is in the same folder (a rename does not work across file systems). Its name begins with a dot,
    so that code that lists the folder does not take it for a finished file.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut; not on Windows, which cannot open folders and journals renames."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def move_file(source: Path, target: Path) -> None:
    """Rename `source` to `target` in the same file system, replacing what is there, and make it survive a power cut."""
    source.replace(target)
    _sync_folder(target.parent)
