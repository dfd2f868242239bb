"""The process that decodes: it may crash, hang or want too much memory without anybody else being harmed.

WAV, FLAC and MP3 are read by miniaudio, OGG by libsndfile: miniaudio's own decoder for Vorbis crashes on damaged files.
What telephones record is read with FFmpeg, where that is installed (`phone_sound`).

A request {"path"} opens a file, {"data"} (base64) what came from a service, to be mixed to mono. The answer is {"rate",
"channels"}; each {"frames"} after it is answered with so many frames (a few more or less) as 16-bit little-endian
samples, the channels interleaved. The last answer has {"end": true, "cut_off"}: whether the file is shorter than it
says. What cannot be decoded is a fault of the kind "unreadable", "no sound" or "format"; what is known and not read,
such as M4A, of the kind "other format", with its name.
"""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.limits import give_way, limit_memory
from broadcaster.children.messages import Message
from broadcaster.os_reasons import os_reason
from broadcaster.speech.decode.container import (
    RATES,
    SoundFormat,
    SoundHeader,
    after_id3,
    flac_header,
    format_of,
    has_last_page,
    other_format,
    size_of,
    wav_data,
    wav_header,
)
from broadcaster.speech.decode.mp3 import inspect_mp3
from broadcaster.speech.decode.phone_sound import PhoneSound, is_read
from broadcaster.speech.size_limits import DECODER_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import soundfile

_CHANNELS = range(1, 33)
_PIECE = 16_384  # frames
_MP3_BEGINNING = 1 << 20  # bytes in which an MP3's first frame is looked for
_FULL_SCALE = 32_767
_CODEC_DELAY = 0.2  # seconds by which a whole MP3's frames and its samples may differ


def main(parent: Parent) -> None:
    """Serve requests, within the limits."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy would set memory aside for each core
    limit_memory(DECODER_MEMORY)
    give_way()
    serve(parent, Requests().answer)


class Requests:
    """Answers the requests of one parent, about one file at a time."""

    def __init__(self) -> None:
        self._sound: _OpenSound | None = None

    def answer(self, request: Mapping[str, Any]) -> Message:
        """Open a file, or go on with the open one."""
        if "frames" in request and self._sound is not None:
            return self._sound.next(request["frames"])
        self._sound = None
        if "path" in request:
            self._sound = _OpenSound(_open(Path(request["path"])))
        else:
            self._sound = _OpenSound(io.BytesIO(base64.b64decode(request["data"])), mono=True)
        return Message({"rate": self._sound.rate, "channels": self._sound.channels})


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise WorkerFault("unreadable", os_reason(error)) from None


class _OpenSound:
    """A sound file that is being decoded."""

    def __init__(self, file: BinaryIO, *, mono: bool = False) -> None:
        self._file = file
        self._mono = mono
        self._start = after_id3(self._file)
        self._phone: PhoneSound | None = None
        self._format = format_of(self._file, self._start)
        self._pieces, header = self._open()
        self.rate, self.channels = header.rate, header.channels
        self._decoded = 0  # frames
        self._ahead = self._take()
        if not self._ahead:
            raise WorkerFault("no sound", "")

    def _open(self) -> tuple[Iterator[bytes], SoundHeader]:
        if name := other_format(self._file, self._start):
            if not is_read(name):
                raise WorkerFault("other format", name)
            self._phone = PhoneSound(self._file, self._start, name, mono=self._mono)
            return self._phone.pieces(), self._phone.header
        if self._format is SoundFormat.OGG:
            return _open_ogg(self._file, self._start)
        header = self._header()
        if header is None or header.rate not in RATES or header.channels not in _CHANNELS:
            raise WorkerFault("format", "")
        if self._mono:
            header = SoundHeader(header.rate, 1, header.frames)
        return _stream(_Source(self._file, self._start, self._missing_size()), self._format, header), header

    def _header(self) -> SoundHeader | None:
        match self._format:
            case SoundFormat.WAV:
                return wav_header(self._file, self._start)
            case SoundFormat.FLAC:
                return flac_header(self._file, self._start)
            case _:
                return _mp3_header(self._file, self._start)

    def _missing_size(self) -> tuple[int, bytes]:
        """Return what belongs where in the file of a recorder that did not write how long its WAV is."""
        data = wav_data(self._file, self._start) if self._format is SoundFormat.WAV else None
        if data is None or data.has_size:
            return 0, b""
        return data.at - 4, (size_of(self._file) - data.at).to_bytes(4, "little")

    def next(self, frames: int) -> Message:
        """Return about so many frames, and at the end whether the file is shorter than it says."""
        body = bytearray(self._ahead)
        while self._ahead and len(body) < frames * self.channels * 2:
            self._ahead = self._take()
            body += self._ahead
        self._ahead = self._take() if self._ahead else b""
        self._decoded += len(body) // (2 * self.channels)
        head = {} if self._ahead else {"end": True, "cut_off": self._is_cut_off()}
        return Message(head, bytes(body))

    def _is_mp3_cut_off(self) -> bool:
        """Return whether frames are missing, or were left out: of two files that were joined, the second is."""
        mp3 = inspect_mp3(self._file)
        return not mp3.whole or mp3.length.total_seconds() - self._decoded / self.rate > _CODEC_DELAY

    def _take(self) -> bytes:
        return next(self._pieces, b"")

    def _is_cut_off(self) -> bool:
        if self._phone is not None:
            return self._phone.is_cut_off
        match self._format:
            case SoundFormat.WAV:
                data = wav_data(self._file, self._start)
                return data is not None and data.has_size and data.at + data.size > size_of(self._file)
            case SoundFormat.FLAC:
                return self._decoded < flac_header(self._file, self._start).frames
            case SoundFormat.OGG:
                return not has_last_page(self._file)
            case _:
                return self._is_mp3_cut_off()


# ---- miniaudio ---------------------------------------------------------------------------------------------------


def _mp3_header(file: BinaryIO, start: int) -> SoundHeader | None:
    """Return what miniaudio finds in the beginning of an MP3; None if it is none."""
    import miniaudio

    file.seek(start)
    try:
        info = miniaudio.mp3_get_info(file.read(_MP3_BEGINNING))
    except miniaudio.DecodeError:
        return None
    return SoundHeader(info.sample_rate, info.nchannels)


class _Source:
    """The bytes of a file for miniaudio, from `start` on: it would take a file's name as bytes, not so on Windows.

    `patch` is a place in the file, and the bytes to be read there.
    """

    def __init__(self, file: BinaryIO, start: int, patch: tuple[int, bytes]) -> None:
        self._file = file
        self._start = start
        self._patch = patch
        file.seek(start)

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes."""
        at = self._file.tell()
        data = self._file.read(count)
        place, patch = self._patch[0] - at, self._patch[1]
        if patch and -len(patch) < place < len(data):
            whole = bytearray(data)
            first, last = max(place, 0), min(place + len(patch), len(data))
            whole[first:last] = patch[first - place : last - place]
            return bytes(whole)
        return data

    def seek(self, offset: int, whence: int) -> None:
        """Go to a place, counted as in `io.IOBase.seek`."""
        self._file.seek(offset + (self._start if whence == os.SEEK_SET else 0), whence)


def _stream(source: _Source, format_: SoundFormat, header: SoundHeader) -> Iterator[bytes]:
    import miniaudio

    class Streamable(miniaudio.StreamableSource):  # type: ignore[misc]  # miniaudio has no types
        def read(self, num_bytes: int) -> bytes:
            return source.read(num_bytes)

        def seek(self, offset: int, origin: miniaudio.SeekOrigin) -> bool:
            source.seek(offset, origin.value)
            return True

    kind = miniaudio.FileFormat[format_.name]
    sixteen_bits = miniaudio.SampleFormat.SIGNED16
    try:
        pieces = miniaudio.stream_any(Streamable(), kind, sixteen_bits, header.channels, header.rate, _PIECE)
    except miniaudio.MiniaudioError:
        raise WorkerFault("format", "") from None
    return (piece.tobytes() for piece in pieces)


# ---- libsndfile --------------------------------------------------------------------------------------------------


def _open_ogg(file: BinaryIO, start: int) -> tuple[Iterator[bytes], SoundHeader]:
    import soundfile

    file.seek(start)
    try:
        sound = soundfile.SoundFile(file)
    except soundfile.SoundFileError:
        raise WorkerFault("format", "") from None
    return _ogg_pieces(sound), SoundHeader(sound.samplerate, sound.channels)


def _ogg_pieces(sound: soundfile.SoundFile) -> Iterator[bytes]:
    """Yield the samples; as floats they have room above full scale, which libsndfile's integers have not."""
    import numpy as np

    while len(block := sound.read(_PIECE, "float32")):
        yield np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE - 1, _FULL_SCALE).astype("<i2").tobytes()
