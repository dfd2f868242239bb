"""The use of pydub: it cuts, fades and overlays mono 16-bit segments at `CLIP_RATE`.

pydub decodes no files here, so it needs no ffmpeg.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from broadcaster.speech.voices import Pcm

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


def segment(sound: Pcm, gain: float = 1.0) -> Segment:
    """Return sound at `CLIP_RATE` as a segment, multiplied by `gain`."""
    import numpy as np

    from broadcaster.speech.sound.samples import pcm_of, samples_of

    return _from_bytes(sound.samples if gain == 1.0 else pcm_of(samples_of(sound) * np.float32(gain)).samples)


def silent(length: timedelta) -> Segment:
    """Return digital silence."""
    return _from_bytes(bytes(round(length.total_seconds() * CLIP_RATE) * _SAMPLE_BYTES))


def join(segments: Iterable[Segment]) -> Segment:
    """Return the segments one after the other. Their bytes are copied once; pydub's `+` would copy them each time."""
    return _from_bytes(b"".join(part.raw_data for part in segments))


def overlay(below: Segment, above: Segment, position: int) -> Segment:
    """Return `above` mixed over `below` from `position` (ms) on, as long as the longer one."""
    missing = position + len(above) - len(below)
    if missing > 0:
        below = join([below, _from_bytes(bytes((missing + 1) * CLIP_RATE // 1000 * _SAMPLE_BYTES))])
    return below.overlay(above, position=position)


def milliseconds(length: timedelta) -> int:
    """Return a length in milliseconds, as pydub counts."""
    return round(length.total_seconds() * 1000)


def _from_bytes(data: bytes) -> Segment:
    return _segment_class()(data, sample_width=_SAMPLE_BYTES, frame_rate=CLIP_RATE, channels=1)
