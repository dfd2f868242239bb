"""Inspect an MP3 without decoding it: whether it is one, whether it is complete, and how long it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_SYNC = 0xFFE0
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG1 = 3
_LAYER_3 = 1
_TAG_AT_END = b"TAG"  # ID3v1: the last 128 bytes
_TAG_AT_END_BYTES = 128
_OTHER_TAGS = (b"APETAGEX", b"LYRICSBEGIN")
_ID3_HEADER = 10
_CONTENTS_WITHIN = 4 + 32 + 4  # bytes of a frame: header, side information, the mark itself


@dataclass(frozen=True, slots=True)
class Mp3Info:
    """Facts from the frames. `whole` is False if frames are missing, or something other than a tag follows them."""

    length: timedelta
    whole: bool


@dataclass(frozen=True, slots=True)
class _Mp3Frame:
    size: int  # bytes
    samples: int
    rate: int


def inspect_mp3(data: bytes) -> Mp3Info:
    """Walk over the frames of an MP3 (layer III); data of another kind has none, and length 0."""
    at = _after_id3(data)
    end = len(data) - (_TAG_AT_END_BYTES if data[-_TAG_AT_END_BYTES:].startswith(_TAG_AT_END) else 0)
    first, seconds, count = at, 0.0, 0
    while (frame := _frame_at(data, at)) is not None and at + frame.size <= end:
        seconds += frame.samples / frame.rate
        at += frame.size
        count += 1
    rest = data[at:end].strip(b"\0")
    complete = not rest or rest.startswith(_OTHER_TAGS)
    return Mp3Info(
        timedelta(seconds=seconds), whole=bool(count) and complete and count >= _declared_frames(data, first)
    )


def _declared_frames(data: bytes, at: int) -> int:
    """Return how many frames follow the first one if it contains an encoder's table of contents; else 0."""
    for mark in (b"Xing", b"Info"):
        found = data.find(mark, at, at + _CONTENTS_WITHIN)
        if found >= 0 and data[found + 7 : found + 8] and data[found + 7] & 1:
            return int.from_bytes(data[found + 8 : found + 12], "big")
    return 0


def _after_id3(data: bytes) -> int:
    """Return where the first frame begins: after an ID3v2 tag, whose size is stored in four times seven bits."""
    if not data.startswith(b"ID3") or len(data) < _ID3_HEADER:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def _frame_at(data: bytes, at: int) -> _Mp3Frame | None:
    """Return the frame whose header is at `at` (ISO/IEC 11172-3, 2.4.2.3); None if there is none."""
    if at + 4 > len(data):
        return None
    header = int.from_bytes(data[at : at + 4], "big")
    version, layer = header >> 19 & 3, header >> 17 & 3
    kbits_at, rate_at, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if header >> 16 & _SYNC != _SYNC or layer != _LAYER_3 or version not in _RATES:
        return None
    if kbits_at in (0, 15) or rate_at == len(_RATES):  # "free format", and reserved values
        return None
    kbits = (_KBITS_MPEG1 if version == _MPEG1 else _KBITS_MPEG2)[kbits_at]
    samples, rate = (1152 if version == _MPEG1 else 576), _RATES[version][rate_at]
    return _Mp3Frame(samples // 8 * kbits * 1000 // rate + padding, samples, rate)
