"""Install a piper model in the station, from a folder (a USB stick) or the internet: checked and complete, or not.

The folder contains a `manifest.toml` (see packs/ for an example) and the files that it names. All of them are
installed in voices/NAME/.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from broadcaster.errors import InputError, Problem
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.speech.voices.base import VoiceError
from broadcaster.tomlfile import TomlFile

if TYPE_CHECKING:
    from broadcaster.tomlfile import Table

MANIFEST = "manifest.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")  # not a path, not a hidden file
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST = 1 << 31
_CHUNK = 1 << 18
_SILENCE_OF_SERVER = 30.0  # seconds

Progress = Callable[[int, int], None]
"""Called with the bytes done and the total bytes."""

Source = Callable[["PackFile"], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a voice; `size` in bytes, `sha256` in hex."""

    name: str
    size: int
    sha256: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class VoicePack:
    """A manifest; `text` is its full text."""

    name: str
    quality: str
    licence: str
    note: str
    files: tuple[PackFile, ...]
    text: str

    @property
    def spec(self) -> str:
        """The voice's name in station.toml."""
        return f"piper:{self.name}"

    @property
    def size(self) -> int:
        """Total size of the files in bytes."""
        return sum(file.size for file in self.files)


def read_pack(path: Path) -> VoicePack:
    """Read a manifest strictly; raise InputError with every mistake."""
    file = TomlFile.read(path)
    root = file.root
    root.choice("engine", ("piper",))
    pack = VoicePack(
        name=_matching(root, "name", _NAME),
        quality=root.text("quality", ""),
        licence=root.text("licence"),
        note=root.text("note", "", empty=True),
        files=tuple(_pack_file(table) for table in root.tables("file")),
        text=file.text,
    )
    root.report_unknown_keys()
    expected = [f"{pack.name}.onnx", f"{pack.name}.onnx.json"]
    if not file.problems and sorted(part.name for part in pack.files) != expected:
        file.report(("file",), _("the files must be {names}").format(names=", ".join(expected)))
    file.finish()
    return pack


def _pack_file(table: Table) -> PackFile:
    part = PackFile(
        name=_matching(table, "name", _NAME),
        size=table.whole("size", 1, _LARGEST),
        sha256=_matching(table, "sha256", _SHA256),
        url=_matching(table, "url", re.compile(r"https?://\S+"), default=""),
    )
    table.report_unknown_keys()
    return part


def _matching(table: Table, key: str, pattern: re.Pattern[str], **default: str) -> str:
    def check(value: object) -> str | None:
        return value if isinstance(value, str) and pattern.fullmatch(value) else None

    return table.get(key, check, pattern.pattern, **default)


def shipped_packs() -> dict[str, VoicePack]:
    """Return the voices that can be downloaded, by name."""
    packs = (read_pack(path) for path in sorted((Path(__file__).parent / "packs").glob("*.toml")))
    return {pack.name: pack for pack in packs}


def install_voice(folder: Path, root: Path, progress: Progress | None = None) -> tuple[VoicePack, ...]:
    """Install the voice in `folder`, or all voices in its subfolders, into the station at `root`.

    Raise InputError if there is none or a manifest is wrong, VoiceError if a file is missing, damaged or cannot be
    written; the voice installed before is then kept.
    """
    manifests = [folder / MANIFEST] if (folder / MANIFEST).is_file() else sorted(folder.glob(f"*/{MANIFEST}"))
    if not manifests:
        what = _("there is no {file} here or in a folder below").format(file=MANIFEST)
        raise InputError(Problem(what, _("give the folder of a voice"), folder))
    packs = [(manifest.parent, read_pack(manifest)) for manifest in manifests]
    for place, pack in packs:
        _install(pack, root, partial(_open_file, place), progress)
    return tuple(pack for _place, pack in packs)


def _open_file(folder: Path, part: PackFile) -> AbstractContextManager[BinaryIO]:
    return (folder / part.name).open("rb")


def download_voice(pack: VoicePack, root: Path, progress: Progress | None = None) -> None:
    """Download a voice into the station at `root`; raise VoiceError if that fails, as in `install_voice`."""
    _install(pack, root, _open_url, progress)


def _open_url(part: PackFile) -> AbstractContextManager[BinaryIO]:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    if not part.url:
        raise VoiceError(_("{name}: its manifest does not say where to fetch it").format(name=part.name))
    try:
        return cast("AbstractContextManager[BinaryIO]", urlopen(part.url, timeout=_SILENCE_OF_SERVER))  # noqa: S310 - http(s), read_pack saw to it
    except HTTPError as error:
        error.close()  # a refusal has a body too, and with it the connection
        raise


def _install(pack: VoicePack, root: Path, source: Source, progress: Progress | None) -> None:
    """Collect the files in a hidden folder next to the target, check them, and only then replace the target."""
    voices = root / "voices"
    try:
        make_folder(voices)
        with tempfile.TemporaryDirectory(dir=voices, prefix=f".{pack.name}.", ignore_cleanup_errors=True) as staging:
            new = Path(staging) / "new"
            make_folder(new)
            _gather(pack, new, source, progress or (lambda _done, _all: None))
            (new / MANIFEST).write_text(pack.text, encoding="utf-8")
            target = voices / pack.name
            if target.exists():
                target.rename(Path(staging) / "old")
            new.rename(target)
    except OSError as error:
        reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
        raise VoiceError(_("{name}: cannot be installed ({reason})").format(name=pack.spec, reason=reason)) from None


def _gather(pack: VoicePack, folder: Path, source: Source, progress: Progress) -> None:
    done = 0

    def tell(size: int) -> None:
        nonlocal done
        done += size
        progress(done, pack.size)

    for part in pack.files:
        with source(part) as reader, (folder / part.name).open("wb") as writer:
            _copy(part, reader, writer, tell)


def _copy(part: PackFile, reader: BinaryIO, writer: BinaryIO, progress: Callable[[int], None]) -> None:
    """Copy a file to the disk; raise VoiceError if it does not match the manifest."""
    digest, size = hashlib.sha256(), 0
    while size <= part.size and (chunk := reader.read(_CHUNK)):
        writer.write(chunk)
        digest.update(chunk)
        size += len(chunk)
        progress(len(chunk))
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise VoiceError(_("{name}: damaged, not the file that its manifest describes").format(name=part.name))
    writer.flush()
    os.fsync(writer.fileno())
