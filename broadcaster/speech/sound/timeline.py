"""The use of pydub: it fades and overlays mono 16-bit segments at `CLIP_RATE`.

pydub decodes no files here, so it needs no ffmpeg. A segment is in memory as a whole; a programme passes by in
segments of some seconds.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from datetime import timedelta

    from broadcaster.speech.sound.filters import Samples

    Segment = Any  # pydub.AudioSegment: pydub has no types, and importing it here would load it with its warnings

_SAMPLE_BYTES = 2


@cache
def _segment_class() -> Segment:
    """Return pydub's AudioSegment, without the warnings that it prints at import.

    They concern ffmpeg, which is not needed here, pydub's regular expressions, and the deprecated audioop.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
        warnings.filterwarnings("ignore", ".*invalid escape sequence", SyntaxWarning)
        warnings.filterwarnings("ignore", ".*invalid escape sequence", DeprecationWarning)
        warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
        from pydub import AudioSegment
    return AudioSegment


def segment(samples: Samples, gain: float = 1.0) -> Segment:
    """Return samples, multiplied by `gain`, as a segment."""
    import numpy as np

    from broadcaster.speech.sound.samples import integers_of

    return _from_bytes(integers_of(samples if gain == 1.0 else samples * np.float32(gain)).tobytes())


def silent(frames: int) -> Segment:
    """Return digital silence."""
    return _from_bytes(bytes(frames * _SAMPLE_BYTES))


def frames_of(part: Segment) -> int:
    """Return the length of a segment in frames."""
    return len(part.raw_data) // _SAMPLE_BYTES


def cut(part: Segment, first: int, last: int) -> Segment:
    """Return the frames of a segment from `first` up to `last`, or to its end; pydub itself cuts in milliseconds."""
    return _from_bytes(part.raw_data[max(0, first) * _SAMPLE_BYTES : max(0, last) * _SAMPLE_BYTES])


def join(*segments: Segment) -> Segment:
    """Return the segments one after the other."""
    return _from_bytes(b"".join(part.raw_data for part in segments))


def overlay(below: Segment, above: Segment) -> Segment:
    """Return two segments that begin at once, as long as `above`, to the frame: pydub counts in milliseconds."""
    frames = frames_of(above)
    mixed = join(below, silent(max(0, frames - frames_of(below)))).overlay(above)
    whole = cut(mixed, 0, frames)
    return join(whole, cut(above, frames_of(whole), frames))


def frame_count(length: timedelta) -> int:
    """Return a length of time in frames."""
    return round(length.total_seconds() * CLIP_RATE)


def milliseconds(frames: int) -> int:
    """Return a length in milliseconds, as pydub counts."""
    return round(frames * 1000 / CLIP_RATE)


def _from_bytes(data: bytes) -> Segment:
    return _segment_class()(data, sample_width=_SAMPLE_BYTES, frame_rate=CLIP_RATE, channels=1)
