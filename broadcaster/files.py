"""Read the files of a folder that anybody may fill, without waiting; replace files completely or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason

if TYPE_CHECKING:
    from collections.abc import Iterator


LARGEST = 2_000_000
"""Bytes of the largest file that is read as a text, such as a timetable of 10,000 slots."""


def list_files(folder: Path) -> list[Path]:
    """Return what a folder holds by name, hidden names left out, in their order; nothing is opened.

    Raise InputError, with the folder as the problem's path, if it is not there or cannot be read.
    """
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        raise InputError(Problem(_("there is no such folder"), path=folder)) from None
    except OSError as error:
        raise _unreadable(folder, error) from None


def read_file(path: Path, most: int = LARGEST) -> bytes:
    """Return a file's bytes; raise InputError if it is not there, no plain file, larger than `most`, or unreadable.

    Never waits: a pipe, whose other end may never come, and a device are refused.
    """
    try:
        _refuse_odd(path, path.stat())
        with open(path, "rb", opener=_open_at_once) as file:
            _refuse_odd(path, os.fstat(file.fileno()))  # it may have been exchanged in between
            data = file.read(most + 1)
    except FileNotFoundError:
        raise InputError(Problem(_("there is no such file"), path=path)) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > most:
        what = _("is larger than {size} kB").format(size=most // 1000)
        raise InputError(Problem(what, _("a text is never that long; move it to another folder"), path))
    return data


def _refuse_odd(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = _("is a folder, not a file") if stat.S_ISDIR(status.st_mode) else _("is a pipe or a device, not a file")
        raise InputError(Problem(what, _("move it to another folder"), path))


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(Problem(_("cannot be read ({reason})").format(reason=os_reason(error)), path=path))


def file_id(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from any other that lies there later; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


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


def replace_file(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write `data` to `path` so that a reader, also after a power cut, finds the old file or the new one, never a part.

    Not `lasting`: a power cut soon after may leave anything, and nobody waits for the disk.

    The temporary file is in the same folder (a rename does not work across file systems). Its name begins with a dot,
    so that code that lists the folder does not take it for a finished file.
    """
    with replacing(path, lasting=lasting) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """Yield a file to write, which takes the place of `path` at the end of the block, as in `replace_file`.

    An error in the block leaves `path` as it was.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if lasting:
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
    """Return the SHA-256 of the file's bytes, in hex; raise OSError for what is no plain file, such as a pipe."""
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, _("is a pipe or a device, not a file"), str(path))
        return hashlib.file_digest(file, "sha256").hexdigest()


def move_file(source: Path, target: Path) -> None:
    """Rename `source` to `target` in the same file system, replacing what is there, and make it survive a power cut."""
    source.replace(target)
    _sync_folder(target.parent)


def share_file(source: Path, target: Path, most: int) -> None:
    """Make `target` the same file as `source`; across file systems copy it, if it has no more than `most` bytes.

    Raise OSError if that fails. A copy has the time of `source`; one that is there already is left as it is.
    """
    status = source.stat()
    if _is_copy(target, status):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    try:
        os.link(source, new)
    except OSError:
        if status.st_size > most:
            raise OSError(errno.EFBIG, _("too large to copy to another drive"), str(source)) from None
        shutil.copy2(source, new)
    new.replace(target)


def _is_copy(target: Path, status: os.stat_result) -> bool:
    try:
        there = target.stat()
    except OSError:
        return False
    return (there.st_size, there.st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def is_on_another_drive(path: Path, reference: Path) -> bool:
    """Return whether two paths that exist are on different file systems."""
    return path.stat().st_dev != reference.stat().st_dev


def drive_of(path: Path) -> Path:
    """Return the folder at which the file system of a path that exists is mounted, such as "/" or "/media/usb"."""
    place = path.resolve()
    while not os.path.ismount(place) and place != place.parent:
        place = place.parent
    return place
