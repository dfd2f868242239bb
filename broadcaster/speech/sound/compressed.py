"""A clip as a file of a fifth of its size that every browser plays, to be sent around or put into a page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_FORMATS = (("MP3", "audio/mpeg"), ("FLAC", "audio/flac"))
"""A libsndfile of somebody's own may have been built without MP3; FLAC it always has."""
_BLOCK = 1 << 18  # frames


@dataclass(frozen=True, slots=True)
class CompressedSound:
    """The bytes of a sound file, and what a browser calls its kind."""

    data: bytes
    kind: str


def compress(path: Path) -> CompressedSound:
    """Return a WAV as MP3, about 80 kbit/s for speech; raise RenderError where it cannot be read."""
    import soundfile

    name, kind = next(each for each in _FORMATS if each[0] in soundfile.available_formats())
    written = io.BytesIO()
    try:
        with (
            soundfile.SoundFile(path) as source,
            soundfile.SoundFile(written, "w", source.samplerate, source.channels, format=name) as target,
        ):
            while len(block := source.read(_BLOCK, "int16")):
                target.write(block)
    except soundfile.SoundFileError as error:
        raise RenderError(_("{path}: cannot be read ({reason})").format(path=path, reason=error)) from None
    return CompressedSound(written.getvalue(), kind)
