"""Every version that a campaign's or a script's file has had: `.history/<id>/<SHA-256>` beside it, with its suffix.

A version is named by its content, so that keeping one twice changes nothing and a later change to it is noticed. Who
made which version when is in the play history (`schedule_changed`, `script_changed`); here is only the content. No
version is ever deleted: such a file is a few kilobytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files, read_file, replace_file
from broadcaster.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

HISTORY = ".history"
NO_FILE = ""
"""Used in place of the SHA-256 of a file that does not exist."""


def to_bytes(text: str) -> bytes:
    """Return the bytes of a text, the reverse of `text_of`."""
    return text.encode("utf-8", "surrogateescape")


def text_of(path: Path) -> str | None:
    """Return a file's text, without loss even if it is not UTF-8; None if there is no file.

    Raise InputError if it cannot be read.
    """
    return read_file(path).decode("utf-8", "surrogateescape") if path.exists() else None


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every campaign file in a folder that can be read, by its name."""
    try:
        paths = [path for path in list_files(folder) if path.suffix == ".toml"]
    except InputError:
        return {}
    found = {path.name: _digest(path) for path in paths}
    return {name: digest for name, digest in found.items() if digest is not None}


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; `NO_FILE` where there is none, None where it cannot be read."""
    return _digest(path) if path.exists() else NO_FILE


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except InputError:
        return None


def keep(path: Path) -> str:
    """Keep the file's present content as a version and return its SHA-256; `NO_FILE` if there is no file.

    Raise InputError if the file cannot be read, OSError if the version cannot be written.
    """
    return keep_text(path, text_of(path))


def keep_text(path: Path, text: str | None) -> str:
    """Keep a text that the file has, or is about to have, and return its SHA-256; `NO_FILE` for None.

    Raise OSError if the version cannot be written.
    """
    digest = digest_text(text)
    if text is not None and not (version := _place(path, digest)).exists():
        replace_file(version, to_bytes(text))
    return digest


def digest_text(text: str | None) -> str:
    """Return the SHA-256 of a text's file; `NO_FILE` for None."""
    return NO_FILE if text is None else hashlib.sha256(to_bytes(text)).hexdigest()


def load(path: Path, digest: str) -> str | None:
    """Return the file's text in the version with that SHA-256; None for `NO_FILE`.

    Raise InputError if that version was not kept, or was changed since.
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
    return path.parent / HISTORY / path.stem / f"{digest}{path.suffix}"
