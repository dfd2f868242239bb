"""Parts → one clip: laid end to end with pydub, music drawn under what is said, then brought to one loudness.

Every clip, whoever speaks in it, leaves with the loudness that `[mix] loudness` sets, measured over the whole clip, and
without a true peak above -1 dBTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broadcaster.settings import MixSettings
    from broadcaster.speech.filters import Samples
    from broadcaster.speech.timeline import Segment
    from broadcaster.speech.voices.base import Pcm

_SPEECH = -24.0
"""LUFS of everybody who speaks, before the clip as a whole is brought to its loudness: high enough for 16 bits to be
plenty, low enough that no syllable is cut off."""

_MUSIC = _SPEECH - 4.0  # alone
_BED_DB = -14.0  # and under speech, against that
_BELL = _SPEECH - 2.0
_ALONE = timedelta(seconds=6)
_DUCKING = timedelta(milliseconds=800)
_FADE_OUT = timedelta(seconds=2)
_FIRST_LEVEL_CAP = 40.0  # dB: what is softer than this is hiss, not speech


class Kind(Enum):
    """What a part is; it decides about its level and about what may run under it."""

    SPEECH = auto()
    RECORDING = auto()
    MUSIC = auto()
    BELL = auto()
    PAUSE = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """What sounds, or a pause. Sounds of one `source` (a voice, a file) keep their levels against each other."""

    kind: Kind
    sounds: tuple[Pcm, ...] = ()
    source: str = ""
    length: timedelta = timedelta()


def speech(sentences: tuple[Pcm, ...], voice: str) -> Part:
    """Return a paragraph; `voice` tells apart who is to be brought to one level by himself."""
    return Part(Kind.SPEECH, sentences, voice)


def recording(sound: Pcm, file: str) -> Part:
    """Return a person's recording."""
    return Part(Kind.RECORDING, (sound,), file)


def music(sound: Pcm, file: str) -> Part:
    """Return music: whole where a cue or the end follows; where text follows, soon softly under it."""
    return Part(Kind.MUSIC, (sound,), file)


def bell(sound: Pcm, name: str) -> Part:
    """Return a chime."""
    return Part(Kind.BELL, (sound,), name)


def pause(length: timedelta) -> Part:
    """Return a pause, which stands in place of the one that would be there anyway."""
    return Part(Kind.PAUSE, length=length)


@dataclass(frozen=True, slots=True)
class Mixed:
    """A clip ready to be written: 16-bit little-endian mono samples at `CLIP_RATE`, and its measured levels."""

    samples: bytes
    loudness: float  # LUFS
    true_peak: float  # dBTP


def mix_clip(parts: Sequence[Part], settings: MixSettings) -> Mixed:
    """Return the finished clip."""
    from broadcaster.speech.master import master

    return master(lay_out(parts, settings).raw_data, settings)


def lay_out(parts: Sequence[Part], settings: MixSettings) -> Segment:
    """Return all parts as one pydub segment at `CLIP_RATE`, every source at its level, with the pauses between them."""
    from broadcaster.speech.timeline import join, silent

    gains = _gains(parts)
    pieces: list[Segment] = []
    pending: timedelta | None = None
    for piece in _pieces(parts, gains, settings):
        if isinstance(piece, timedelta):
            pending = (pending or timedelta()) + piece
            continue
        if pieces or pending:
            pieces.append(silent(settings.paragraph_pause if pending is None else pending))
        pieces.append(piece)
        pending = None
    if pending:
        pieces.append(silent(pending))
    return join(pieces)


def _pieces(parts: Sequence[Part], gains: dict[str, float], settings: MixSettings) -> Iterator[Segment | timedelta]:
    """Yield what follows each other: sounds, and the pauses that were asked for."""
    at = 0
    while at < len(parts):
        part = parts[at]
        at += 1
        if part.kind is Kind.PAUSE:
            yield part.length
        elif part.kind is Kind.MUSIC:
            said = _run_of_speech(parts[at:])
            at += len(said)
            yield from _music_with(_sound(part, gains, settings), lay_out(said, settings) if said else None)
        else:
            yield _sound(part, gains, settings)


def _run_of_speech(parts: Sequence[Part]) -> list[Part]:
    for kind, run in groupby(parts, key=lambda part: part.kind):
        return list(run) if kind is Kind.SPEECH else []
    return []


def _music_with(sound: Segment, said: Segment | None) -> Iterator[Segment]:
    """Yield music alone for some seconds, then softly under what is said and out with it.

    Music that ends before it would go under speech plays first, whole.
    """
    from broadcaster.speech.timeline import milliseconds, overlay

    alone, ducking, fade_out = milliseconds(_ALONE), milliseconds(_DUCKING), milliseconds(_FADE_OUT)
    if said is None:
        yield sound
        return
    if len(sound) <= alone + fade_out:
        yield sound
        yield said
        return
    length = alone + len(said)
    bed = sound[:length].fade(to_gain=_BED_DB, start=alone - ducking, duration=ducking)
    yield overlay(bed.fade_out(min(fade_out, len(bed) - alone)), said, alone)


def _sound(part: Part, gains: dict[str, float], settings: MixSettings) -> Segment:
    """Return a part at its level: sentences with their pauses between them."""
    from broadcaster.speech.timeline import join, segment, silent

    sounds = [segment(_resampled(sound), gains[part.source]) for sound in part.sounds]
    gap = silent(settings.sentence_pause)
    return join([piece for sound in sounds for piece in (gap, sound)][1:])


# ---- levels ------------------------------------------------------------------------------------------------------


def _gains(parts: Sequence[Part]) -> dict[str, float]:
    """Return for every source the factor that brings it to its level; 1.0 for silence."""
    levels = {Kind.MUSIC: _MUSIC, Kind.BELL: _BELL}
    sources: dict[str, tuple[float, list[Pcm]]] = {}
    for part in parts:
        if part.sounds:
            _level, sounds = sources.setdefault(part.source, (levels.get(part.kind, _SPEECH), []))
            sounds += part.sounds
    return {source: _gain(sounds, level) for source, (level, sounds) in sources.items()}


def _gain(sounds: list[Pcm], level: float) -> float:
    import numpy as np

    from broadcaster.speech.loudness import SILENCE, integrated

    samples = np.concatenate([_resampled(sound) for sound in sounds])
    loudness, peak = integrated(samples), float(np.max(np.abs(samples), initial=0.0))
    if loudness <= SILENCE or not peak:
        return 1.0
    factor = 10 ** (min(level - loudness, _FIRST_LEVEL_CAP) / 20)
    return float(min(factor, 1.0 / peak))


def _resampled(sound: Pcm) -> Samples:
    """Return a sound at `CLIP_RATE`, full scale 1.0."""
    import numpy as np

    samples = np.frombuffer(sound.samples, "<i2").astype(np.float32) / np.float32(32_768)
    if sound.rate == CLIP_RATE or not len(samples):
        return samples
    import soxr

    resampled: Samples = soxr.resample(samples, sound.rate, CLIP_RATE)
    return resampled
