"""What telephones record (M4A, AAC, 3GP, AMR and others), decoded with FFmpeg where the extra "phone" is installed.

For the process that decodes alone: FFmpeg reads files of strangers there under the limits of that process, and reads
nothing but the one file that it is handed.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO

from broadcaster.children.child_side import WorkerFault
from broadcaster.speech.decode.container import RATES, SoundHeader
from broadcaster.speech.sound_names import PHONE_PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av

_DEMUXERS = {"M4A": "mov", "3GP": "mov", "AAC": "aac", "AMR": "amr", "WMA": "asf", "WebM": "matroska"}
_DEMUXERS |= {"CAF": "caf", "AIFF": "aiff"}
"""By the name of a format: what reads it, so that no file has itself read as a list of other files."""
_SIXTEEN_BITS = "s16"
_MOST_DAMAGED = 40  # packets; a file of which more is damaged is no recording any more
_CODEC_DELAY = 0.2  # seconds by which the length that a whole file states and its samples may differ


def is_read(name: str) -> bool:
    """Return whether sound in this format can be read here."""
    return name in _DEMUXERS and find_spec(PHONE_PACKAGE) is not None


class PhoneSound:
    """One such file that is being decoded, as `pieces` of 16-bit samples."""

    def __init__(self, file: BinaryIO, start: int, name: str, *, mono: bool) -> None:
        """Open it; raise WorkerFault where it is no sound."""
        import av

        file.seek(start)
        try:
            self._container = av.open(file, "r", format=_DEMUXERS[name], metadata_errors="ignore")
            self._stream = self._container.streams.audio[0]
            self._stream.codec_context.thread_count = 1  # each would want memory of its own
            rate, channels = self._stream.rate, self._stream.channels
        except (av.FFmpegError, IndexError, ValueError):
            raise WorkerFault("format", "") from None
        if rate not in RATES:
            raise WorkerFault("format", "")
        self.header = SoundHeader(rate, 1 if mono else min(channels, 2))
        self._layout = "mono" if self.header.channels == 1 else "stereo"
        self._damaged = 0
        self._samples = 0

    @property
    def is_cut_off(self) -> bool:
        """Whether a part of it is damaged, or missing at its end; known once all of it was taken."""
        stated = self._stream.duration
        seconds = float(stated * self._stream.time_base) if stated and self._stream.time_base else 0.0
        return bool(self._damaged) or seconds - self._samples / self.header.rate > _CODEC_DELAY

    def pieces(self) -> Iterator[bytes]:
        """Yield the samples, the channels interleaved."""
        import av

        resampler = av.AudioResampler(format=_SIXTEEN_BITS, layout=self._layout, rate=self.header.rate)
        for frame in self._frames():
            for made in resampler.resample(frame):
                self._samples += made.samples
                size = made.samples * self.header.channels * 2
                yield bytes(made.planes[0])[:size]

    def _frames(self) -> Iterator[av.AudioFrame]:
        """Yield what can be decoded; a damaged packet is left out, for FFmpeg goes on with the next one."""
        import av

        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from packet.decode()
                except av.FFmpegError:
                    self._damaged += 1
                    if self._damaged > _MOST_DAMAGED:
                        return
        except av.FFmpegError:  # the file itself ends in the middle
            self._damaged += 1
