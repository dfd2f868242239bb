"""Every version that a campaign's file ever had, beside the files: `schedules/.history/<campaign>/<SHA-256>.toml`.

A version is named by its content, so that keeping one twice changes nothing and one that was altered shows. Who made
which version when is in the play history (`schedule_changed`); this is only the shelf. It is never tidied by us: a
campaign's file is a few kilobytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import replace_file
from broadcaster.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

HISTORY = ".history"
NO_FILE = ""
"""Stands for the SHA-256 of a file that is not there."""


def to_bytes(text: str) -> bytes:
    """Return a file's bytes; the other way round of `text_of`."""
    return text.encode("utf-8", "surrogateescape")


def text_of(path: Path) -> str | None:
    """Return a file's text, to the byte also where it is not UTF-8; None where there is no file."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every campaign file in a folder, by its name."""
    if not folder.is_dir():
        return {}
    files = (path for path in folder.glob("*.toml") if not path.name.startswith("."))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


def keep(path: Path) -> str:
    """Put the file's present content on the shelf; return its SHA-256. A file that is not there: `NO_FILE`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return NO_FILE
    digest = hashlib.sha256(data).hexdigest()
    version = _place(path, digest)
    if not version.exists():
        replace_file(version, data)
    return digest


def load(path: Path, digest: str) -> str | None:
    """Return the text that the file had in the version of that SHA-256; None for `NO_FILE`.

    Raise InputError where it is not on the shelf, or is not what it was.
    """
    if digest == NO_FILE:
        return None
    text = text_of(_place(path, digest))
    if text is None:
        raise InputError(Problem(_("that version was not kept"), path=path))
    if hashlib.sha256(to_bytes(text)).hexdigest() != digest:
        raise InputError(Problem(_("that version is damaged"), path=_place(path, digest)))
    return text


def _place(path: Path, digest: str) -> Path:
    return path.parent / HISTORY / path.stem / f"{digest}.toml"
