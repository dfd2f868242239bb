"""A person's own recording in place of speech: reads WAV, MP3, FLAC or OGG Vorbis, returns mono and its flaws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broadcaster.errors import RenderError
from broadcaster.i18n import _
from broadcaster.speech.voices.base import Pcm
from broadcaster.speech.voices.mp3 import inspect_mp3
from broadcaster.speech.voices.recording_faults import Flaw, FlawKind, find_flaws

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

_OGG_LAST_PAGE = 4
_UNKNOWN_SIZES = (0, 0xFFFF_FFFF)  # from programs that could not write the size later


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """A recording, decoded at its own rate, and its flaws."""

    pcm: Pcm
    flaws: tuple[Flaw, ...]


def load_recording(path: Path) -> RecordedSound:
    """Return a recording as mono at its own rate, with its flaws by time; raise RenderError if it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RenderError(_("{path}: cannot be read ({reason})").format(path=path, reason=error.strerror)) from None
    data = _with_length(data)
    rate, channels = _decode(path, data)
    flaws = find_flaws(channels, rate, cut_off=_is_cut_off(data, len(channels)))
    return RecordedSound(Pcm(_mono(channels, flaws).tobytes(), rate), flaws)


def _decode(path: Path, data: bytes) -> tuple[int, npt.NDArray[np.int16]]:
    """Return the rate and the samples, shaped (frames, channels). From memory: to the decoder, file names are bytes."""
    import miniaudio
    import numpy as np

    readers: dict[str, Callable[[bytes], Any]] = {
        "wav": miniaudio.wav_read_s16,
        "flac": miniaudio.flac_read_s16,
        "ogg": miniaudio.vorbis_read,
        "mp3": miniaudio.mp3_read_s16,
    }
    try:
        sound = readers[_format(data)](data)
    except (KeyError, miniaudio.MiniaudioError):
        what = _("{path}: not a sound in WAV, MP3, FLAC or OGG Vorbis").format(path=path)
        raise RenderError(_("{what}; save it as one of these").format(what=what)) from None
    if not sound.samples or not sound.sample_rate:
        raise RenderError(_("{path}: there is no sound in it").format(path=path))
    return sound.sample_rate, np.frombuffer(sound.samples, np.int16).reshape(-1, sound.nchannels)


def _format(data: bytes) -> str:
    """Return the format by the first bytes, because suffixes can be wrong."""
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return "wav"
    return {b"fLaC": "flac", b"OggS": "ogg"}.get(data[:4], "mp3")


def _is_cut_off(data: bytes, frames: int) -> bool:
    """Return whether the file is shorter than it says; `frames` were decoded from it."""
    match _format(data):
        case "wav":
            at, size = _wav_sound(data)
            return at + size > len(data)
        case "flac":
            return frames < int.from_bytes(data[21:26], "big") & 0xF_FFFF_FFFF
        case "ogg":
            return not _has_last_page(data)
        case _:
            return not inspect_mp3(data).whole


def _has_last_page(data: bytes) -> bool:
    """Return whether an OGG ends with a complete page that is marked as the last one (RFC 3533, 6)."""
    at = data.rfind(b"OggS")
    segments = data[at + 27 : at + 27 + data[at + 26]] if at + 26 < len(data) else b""
    end = at + 27 + len(segments) + sum(segments)
    return bool(segments) and bool(data[at + 5] & _OGG_LAST_PAGE) and end <= len(data)


def _with_length(data: bytes) -> bytes:
    """Fill in the length of a WAV whose recorder did not write it, for instance because its battery was empty."""
    if _format(data) != "wav":
        return data
    at, size = _wav_sound(data)
    if size not in _UNKNOWN_SIZES or at > len(data):
        return data
    return data[: at - 4] + (len(data) - at).to_bytes(4, "little") + data[at:]


def _wav_sound(data: bytes) -> tuple[int, int]:
    """Return where the sound of a WAV begins, and its length in bytes according to the header."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if data[at - 8 : at - 4] == b"data":
            return at, size
        at += size + size % 2
    return len(data), 0


def _mono(channels: npt.NDArray[np.int16], flaws: tuple[Flaw, ...]) -> npt.NDArray[np.int16]:
    """Mix to mono; use only the louder channel if the other is dead, or is inverted and would cancel it.

    Decided if more than half of the recording is so: a wrong cable is wrong from beginning to end.
    """
    import numpy as np

    half = len(channels) / 2
    sided = [flaw for flaw in flaws if flaw.kind in (FlawKind.ONE_SIDED, FlawKind.OPPOSED)]
    if sum(flaw.frames for flaw in sided) > half:
        powers = [np.mean(np.square(channels[:, side], dtype=np.float32)) for side in range(channels.shape[1])]
        return np.ascontiguousarray(channels[:, int(np.argmax(powers))])
    if channels.shape[1] == 1:
        return channels[:, 0]
    mixed: npt.NDArray[np.int16] = np.rint(channels.mean(axis=1, dtype=np.float32)).astype(np.int16)
    return mixed
