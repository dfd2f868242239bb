"""What the first and last bytes of a sound file say: its format, rate, channels, length, and whether it is whole.

Plain Python over an open file. What is read is never much, however large the file is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

RATES = range(1_000, 400_000)
"""Samples a second that a recording may have."""
_ID3_HEADER = 10
_ID3_FOOTER_FLAG = 0x10
_UNKNOWN_SIZES = (0, 0xFFFF_FFFF)  # from programs that could not write the size later
_RIFF_HEADER = 12
_CHUNK_HEADER = 8
_OGG_HEADER = 27
_OGG_LAST_PAGE = 4
_LARGEST_OGG_PAGE = _OGG_HEADER + 255 + 255 * 255


class SoundFormat(StrEnum):
    """The formats that are read."""

    WAV = "wav"
    FLAC = "flac"
    OGG = "ogg"
    MP3 = "mp3"


@dataclass(frozen=True, slots=True)
class SoundHeader:
    """What a WAV or FLAC says of itself. `frames` is 0 where it does not say."""

    rate: int
    channels: int
    frames: int = 0


@dataclass(frozen=True, slots=True)
class WavData:
    """Where the samples of a WAV begin, and how many bytes of them there are according to the header."""

    at: int
    size: int

    @property
    def has_size(self) -> bool:
        """Whether the recorder wrote the size; it cannot where its battery was empty."""
        return self.size not in _UNKNOWN_SIZES


def after_id3(file: BinaryIO) -> int:
    """Return where the sound begins: after any ID3v2 tags. Tag editors put them before MP3, and before others too."""
    at = 0
    while (head := _read(file, at, _ID3_HEADER))[:3] == b"ID3" and len(head) == _ID3_HEADER:
        at += _ID3_HEADER + _seven_bits(head[6:10]) + (_ID3_HEADER if head[5] & _ID3_FOOTER_FLAG else 0)
    return at


def _seven_bits(data: bytes) -> int:
    size = 0
    for byte in data:
        size = size << 7 | byte & 0x7F
    return size


def format_of(file: BinaryIO, start: int) -> SoundFormat:
    """Return the format by the bytes at `start`, because suffixes can be wrong; MP3 for whatever is no other."""
    head = _read(file, start, _RIFF_HEADER)
    if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
        return SoundFormat.WAV
    return {b"fLaC": SoundFormat.FLAC, b"OggS": SoundFormat.OGG}.get(head[:4], SoundFormat.MP3)


_OTHER_HEADS = (
    (b"#!AMR", "AMR"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"),
    (b"\x1a\x45\xdf\xa3", "WebM"),
    (b"caff", "CAF"),
    (b"FORM", "AIFF"),
)
_ADTS_MASK, _ADTS = 0xFFF6, 0xFFF0  # layer 0, which MP3 never is


def other_format(file: BinaryIO, start: int) -> str:
    """Return the name of the format of a sound that is known and not read, such as "M4A"; "" for anything else."""
    head = _read(file, start, _RIFF_HEADER)
    if head[4:8] == b"ftyp":
        return "3GP" if head[8:10] == b"3g" else "M4A"
    if len(head) > 1 and int.from_bytes(head[:2], "big") & _ADTS_MASK == _ADTS:
        return "AAC"
    return next((name for mark, name in _OTHER_HEADS if head.startswith(mark)), "")


# ---- WAV ---------------------------------------------------------------------------------------------------------


def wav_header(file: BinaryIO, start: int) -> SoundHeader | None:
    """Return what a WAV says of itself; None if it does not."""
    for name, at, size in _wav_chunks(file, start):
        if name == b"fmt " and size >= 8:
            data = _read(file, at, 8)
            return SoundHeader(int.from_bytes(data[4:8], "little"), int.from_bytes(data[2:4], "little"))
    return None


def wav_data(file: BinaryIO, start: int) -> WavData | None:
    """Return where the samples of a WAV are; None if there are none."""
    found = (WavData(at, size) for name, at, size in _wav_chunks(file, start) if name == b"data")
    return next(found, None)


def _wav_chunks(file: BinaryIO, start: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, place and size of each chunk, up to the samples."""
    at = start + _RIFF_HEADER
    while len(head := _read(file, at, _CHUNK_HEADER)) == _CHUNK_HEADER:
        name, size = head[:4], int.from_bytes(head[4:], "little")
        at += _CHUNK_HEADER
        yield name, at, size
        if name == b"data":
            return
        at += size + size % 2


# ---- FLAC and OGG ------------------------------------------------------------------------------------------------


def flac_header(file: BinaryIO, start: int) -> SoundHeader:
    """Return what a FLAC says of itself (RFC 9639, 8.2)."""
    bits = int.from_bytes(_read(file, start + 18, 8), "big")
    return SoundHeader(rate=bits >> 44, channels=(bits >> 41 & 7) + 1, frames=bits & 0xF_FFFF_FFFF)


def has_last_page(file: BinaryIO) -> bool:
    """Return whether an OGG ends with a complete page that is marked as the last one (RFC 3533, 6)."""
    tail = _read(file, max(0, size_of(file) - _LARGEST_OGG_PAGE), _LARGEST_OGG_PAGE)
    page = tail[max(0, tail.rfind(b"OggS")) :]
    segments = page[_OGG_HEADER : _OGG_HEADER + page[26]] if len(page) > 26 else b""
    whole = len(segments) == page[26] if segments else False
    return whole and bool(page[5] & _OGG_LAST_PAGE) and _OGG_HEADER + len(segments) + sum(segments) <= len(page)


def size_of(file: BinaryIO) -> int:
    """Return the size of an open file, in bytes."""
    return file.seek(0, 2)


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
