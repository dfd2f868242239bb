"""The sound files that scripts name: found in scripts/ however their names are encoded, refused outside of it."""

from __future__ import annotations

import unicodedata
from importlib.util import find_spec
from pathlib import Path, PurePosixPath, PureWindowsPath

from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.size_limits import too_large

SOUND_SUFFIXES = (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus")
_PHONE_SUFFIXES = {
    ".m4a": "M4A",
    ".mp4": "M4A",
    ".aac": "AAC",
    ".3gp": "3GP",
    ".amr": "AMR",
    ".wma": "WMA",
    ".webm": "WebM",
    ".caf": "CAF",
    ".aif": "AIFF",
    ".aiff": "AIFF",
}
"""What telephones and Windows record: the name of the format, by the ending of the file. The extra "phone" reads it."""
PHONE_PACKAGE = "av"


def find_sound(folder: Path, name: str) -> Path | None:
    """Return the file of that name in `folder`; None if there is none.

    Letters count as the same whether their marks are part of them or follow them: a Mac writes names the second way.
    """
    path = folder
    try:
        for part in PurePosixPath(name).parts:
            path = path / part if (path / part).exists() else _same_letters(path, part)
        return path if path.is_file() else None
    except (OSError, ValueError):  # a name that the system does not allow: too long, a zero byte
        return None


def _same_letters(folder: Path, name: str) -> Path:
    """Return the entry of `folder` that is written with these letters; `folder / name` if there is none."""
    wanted = unicodedata.normalize("NFC", name)
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    same = (entry for entry in entries if unicodedata.normalize("NFC", entry.name) == wanted)
    return next(same, folder / name)


def sound_problem(folder: Path, name: str) -> tuple[str, str] | None:
    """Return what is wrong with the name of a sound file, and what to do; None if it can be used.

    Names with "..", a drive or a root are refused, and so are links out of the folder: a script received by mail must
    not reach other files on the computer.
    """
    relative = PurePosixPath(name)
    outside = relative.is_absolute() or ".." in relative.parts or "\\" in name or PureWindowsPath(name).drive
    other = _PHONE_SUFFIXES.get(relative.suffix.lower(), "")
    if outside or (relative.suffix.lower() not in SOUND_SUFFIXES and not (other and _is_phone_sound_read())):
        return _('found "{found}"').format(found=name), not_read(other) if other and not outside else _allowed()
    path = find_sound(folder, name)
    if path is None or not path.resolve().is_relative_to(folder.resolve()):
        what = _('there is no sound file "{found}" in {folder}').format(found=name, folder=folder.name + "/")
        return what, _near(folder, relative) or _allowed()
    if problem := too_large(path.stat().st_size):
        return f"{name}: {problem}", ""
    return None


def _is_phone_sound_read() -> bool:
    return find_spec(PHONE_PACKAGE) is not None


def not_read(format_: str) -> str:
    """Return what to do with a sound in a format that is known and not read here, such as "M4A"."""
    text = _(
        "it is {format}, which is not read; convert it to MP3 or WAV, with VLC for instance (Media, Convert), or "
        "install what reads it: {command}"
    )
    return text.format(format=format_, command=install_command(PHONE_PACKAGE))


def _allowed() -> str:
    return _("allowed: a file in scripts/ that ends in {suffixes}").format(suffixes=", ".join(SOUND_SUFFIXES))


def _near(folder: Path, name: PurePosixPath) -> str:
    """Return what to write instead of a name that differs from a file's only in capital letters; "" if none does."""
    place = folder / name.parent
    try:
        entries = sorted(place.iterdir()) if place.is_dir() else []
    except (OSError, ValueError):
        entries = []
    wanted = unicodedata.normalize("NFC", name.name).casefold()
    found = (entry.name for entry in entries if unicodedata.normalize("NFC", entry.name).casefold() == wanted)
    near = next(found, None)
    text = _('there is "{near}"; write its capital and small letters as the file has them')
    return text.format(near=(name.parent / near).as_posix()) if near else ""
