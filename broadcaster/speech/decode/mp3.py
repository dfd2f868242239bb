"""Inspect an MP3 without decoding it: whether it is one, whether it is complete, and how long it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from broadcaster.speech.decode.container import after_id3, size_of

_SYNC = 0xFFE0
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG1 = 3
_LAYER_3 = 1
_TAG_AT_END = b"TAG"  # ID3v1: the last 128 bytes
_TAG_AT_END_BYTES = 128
_OTHER_TAGS = (b"APETAGEX", b"LYRICSBEGIN")
_LONGEST_MARK = max(map(len, _OTHER_TAGS))
_HEADER = 4
_CHUNK = 1 << 16
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


def inspect_mp3(file: BinaryIO) -> Mp3Info:
    """Walk over the frames of an MP3 (layer III); data of another kind has none, and length 0."""
    first = at = after_id3(file)
    end = _end_of_frames(file)
    seconds, count = 0.0, 0
    file.seek(at)
    while (frame := _frame(file.read(_HEADER))) is not None and at + frame.size <= end:
        seconds += frame.samples / frame.rate
        at += frame.size
        count += 1
        file.seek(frame.size - _HEADER, 1)  # within what is buffered, mostly
    whole = bool(count) and _nothing_but_tags(file, at, end) and count >= _declared_frames(file, first)
    return Mp3Info(timedelta(seconds=seconds), whole=whole)


def _end_of_frames(file: BinaryIO) -> int:
    """Return where an ID3v1 tag begins, or the end of the file."""
    size = size_of(file)
    file.seek(max(0, size - _TAG_AT_END_BYTES))
    return size - (_TAG_AT_END_BYTES if file.read(len(_TAG_AT_END)) == _TAG_AT_END else 0)


def _nothing_but_tags(file: BinaryIO, at: int, end: int) -> bool:
    """Return whether between `at` and `end` there are only zeros, or another kind of tag."""
    file.seek(at)
    while at < end and (part := file.read(min(_CHUNK, end - at))):
        at += len(part)
        if rest := part.lstrip(b"\0"):
            return (rest + file.read(_LONGEST_MARK)).startswith(_OTHER_TAGS)
    return True


def _declared_frames(file: BinaryIO, at: int) -> int:
    """Return how many frames follow the first one if it contains an encoder's table of contents; else 0."""
    file.seek(at)
    data = file.read(_CONTENTS_WITHIN + 12)
    for mark in (b"Xing", b"Info"):
        found = data.find(mark, 0, _CONTENTS_WITHIN)
        if found >= 0 and data[found + 7 : found + 8] and data[found + 7] & 1:
            return int.from_bytes(data[found + 8 : found + 12], "big")
    return 0


def _frame(data: bytes) -> _Mp3Frame | None:
    """Return the frame that begins with these four bytes (ISO/IEC 11172-3, 2.4.2.3); None if none does."""
    header = int.from_bytes(data, "big")
    version, layer = header >> 19 & 3, header >> 17 & 3
    kbits_at, rate_at, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if len(data) < _HEADER or header >> 16 & _SYNC != _SYNC or layer != _LAYER_3 or version not in _RATES:
        return None
    if kbits_at in (0, 15) or rate_at == len(_RATES):  # "free format", and reserved values
        return None
    kbits = (_KBITS_MPEG1 if version == _MPEG1 else _KBITS_MPEG2)[kbits_at]
    samples, rate = (1152 if version == _MPEG1 else 576), _RATES[version][rate_at]
    return _Mp3Frame(samples // 8 * kbits * 1000 // rate + padding, samples, rate)
