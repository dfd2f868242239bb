"""The clips on disk: each a WAV, with a JSON file of facts. Finding and checking need only the standard library.

`audio/<script>-<digest16>.wav` is renamed into place last: if it exists, its JSON file exists and both are complete.
"""

from __future__ import annotations

import hashlib
import json
import re
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from broadcaster.errors import RenderError
from broadcaster.files import replace_file, replacing
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, Clip, ScriptWarning, WarningKind
from broadcaster.os_reasons import os_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_SAMPLE_BYTES = 2
_HEADER_BYTES = 44
_DIGEST_LETTERS = 16
_LEFT_BEHIND = 86_400.0  # seconds: no clip takes as long


@dataclass(frozen=True, slots=True)
class StoredClip:
    """A clip on disk; `cast` is role → the voice that spoke it and its version, `words` a `clip_recipe.WordsDigest`."""

    clip: Clip
    cast: Mapping[str, tuple[str, str]]
    words: tuple[str, str]


def clip_path(folder: Path, script: str, digest: str) -> Path:
    """Return the path of the clip of `script` with the full hex `digest`."""
    return folder / f"{script}-{digest[:_DIGEST_LETTERS]}.wav"


def stored_clip(folder: Path, script: str, digest: str) -> StoredClip | None:
    """Return the clip with this digest; None if there is none, or the files there are not such a clip."""
    stored = _load(clip_path(folder, script, digest))
    return stored if stored and stored.clip.digest == digest else None


def stored_clips(folder: Path, script: str) -> list[StoredClip]:
    """Return every clip of a script, for any text and voices."""
    name = re.compile(rf"{re.escape(script)}-[0-9a-f]{{{_DIGEST_LETTERS}}}\.wav")
    try:
        paths = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    except OSError:  # no folder yet, or not readable: writing a clip reports it
        return []
    return [stored for path in paths if (stored := _load(path))]


def _load(path: Path) -> StoredClip | None:
    """Read the JSON file of a WAV; None if it is damaged, because the clip can be made again."""
    try:
        if not path.is_file():
            return None
        fields: dict[str, Any] = json.loads(path.with_suffix(".json").read_bytes())
        cast = {role: (spec, version) for role, (spec, version) in fields.pop("cast").items()}
        source, words = fields.pop("said")
        fields["warnings"] = tuple(_warning(found) for found in fields["warnings"])
        fields["sentences"] = tuple(fields.get("sentences", ()))
        return StoredClip(Clip(path=path, **fields), cast, (source, words))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _warning(found: str | dict[str, Any]) -> ScriptWarning:
    """Return a warning from the JSON file, where version 0.1 wrote a sentence."""
    if isinstance(found, str):
        return ScriptWarning.of(WarningKind.SENTENCE, text=found)
    return ScriptWarning.of(**found)


class ClipDraft:
    """A clip that is being written; its length is known from the beginning, everything else in the end."""

    def __init__(self, path: Path, frames: int, file: BinaryIO) -> None:
        self._path = path
        self._frames = frames
        self._file = file
        self._sha256 = ""

    def write(self, blocks: Iterable[bytes]) -> None:
        """Write the samples (16-bit little-endian mono at `CLIP_RATE`) in place of what was written before."""
        digest = hashlib.sha256()
        self._file.seek(0)
        self._file.truncate()
        for data in chain([_wav_header(self._frames * _SAMPLE_BYTES)], blocks):
            digest.update(data)
            self._file.write(data)
        self._sha256 = digest.hexdigest()

    def keep(self, facts: Mapping[str, Any], cast: Mapping[str, tuple[str, str]], words: tuple[str, str]) -> Clip:
        """Write what is known of the clip, and return it.

        `facts` are the fields of Clip except `path`, `sha256` and `frames`; `cast` and `words` as in StoredClip.
        """
        counted: dict[str, Any] = {"sha256": self._sha256, "frames": self._frames}
        warnings = [{"kind": warning.kind, **dict(warning.facts)} for warning in facts["warnings"]]
        known = {**facts, **counted, "warnings": warnings, "cast": dict(cast), "said": words}
        replace_file(self._path.with_suffix(".json"), json.dumps(known, ensure_ascii=False, indent=1).encode())
        return Clip(path=self._path, **facts, **counted)


@contextmanager
def new_clip(folder: Path, script: str, digest: str, frames: int) -> Iterator[ClipDraft]:
    """Yield a clip of so many frames to be written; it is there, whole, when the block ends without an error."""
    path = clip_path(folder, script, digest)
    with replacing(path) as file:
        yield ClipDraft(path, frames, file)


def sweep(folder: Path, now: float) -> None:
    """Remove temporary files of killed processes that are over a day old at `now` (seconds since the epoch)."""
    for path in folder.glob(".*.tmp"):
        try:
            if now - path.stat().st_mtime > _LEFT_BEHIND:
                path.unlink()
        except OSError:  # already removed, or still open somewhere: next time
            continue


def _wav_header(size: int) -> bytes:
    """Return the 44 bytes before `size` bytes of PCM; the wave module would copy all of the samples."""
    parts = (
        b"RIFF",
        (size + _HEADER_BYTES - 8).to_bytes(4, "little"),
        b"WAVEfmt ",
        (16).to_bytes(4, "little"),
        (1).to_bytes(2, "little"),  # PCM
        (1).to_bytes(2, "little"),  # mono
        CLIP_RATE.to_bytes(4, "little"),
        (CLIP_RATE * _SAMPLE_BYTES).to_bytes(4, "little"),
        _SAMPLE_BYTES.to_bytes(2, "little"),
        (8 * _SAMPLE_BYTES).to_bytes(2, "little"),
        b"data",
        size.to_bytes(4, "little"),
    )
    return b"".join(parts)


def verify_clip(clip: Clip) -> None:
    """Check a clip just before it airs; raise RenderError if its file is missing, changed or not in the clip format."""
    try:
        with clip.path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != clip.sha256:
            raise RenderError(_("{path}: the file was changed or damaged; render it again").format(path=clip.path))
        _verify_format(clip)
    except OSError as error:
        raise RenderError(
            _("{path}: cannot be read ({reason})").format(path=clip.path, reason=os_reason(error))
        ) from None


def _verify_format(clip: Clip) -> None:
    try:
        with wave.open(str(clip.path), "rb") as file:
            found = file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()
    except (wave.Error, EOFError) as error:
        raise RenderError(_("{path}: not a WAV ({reason})").format(path=clip.path, reason=error)) from None
    whole = clip.path.stat().st_size == _HEADER_BYTES + clip.frames * _SAMPLE_BYTES
    if found != (CLIP_RATE, 1, _SAMPLE_BYTES, clip.frames) or not whole:
        raise RenderError(_("{path}: not a clip of that length; render it again").format(path=clip.path))
