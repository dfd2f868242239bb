"""Parts → one sound: laid end to end with pydub, every source at its level, music drawn under what is said.

Music that text follows plays alone for 6 s, then goes on softly under that text up to the next cue, and out with it.
Music that a cue or the end follows plays whole. A pause that is asked for stands in place of the usual one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.samples import pcm_of, samples_of
from broadcaster.speech.voices.base import Pcm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broadcaster.settings import MixSettings
    from broadcaster.speech.sound.timeline import Segment

_SPEECH = -24.0
"""LUFS of everybody who speaks, before the clip as a whole is brought to its loudness: high enough for 16 bits to be
plenty, low enough that no syllable is cut off."""

_BED_DB = -14.0  # music under speech, against music alone
_ALONE = timedelta(seconds=6)
_DUCKING = timedelta(milliseconds=800)
_FADE_OUT = timedelta(seconds=2)
_MOST_GAIN = 40.0  # dB: what is softer than that is hiss


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
    gain: float = 1.0


_LEVELS = {Kind.MUSIC: _SPEECH - 4.0, Kind.BELL: _SPEECH - 2.0}  # LUFS of what is not speech


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


def lay_out(parts: Sequence[Part], settings: MixSettings) -> Pcm:
    """Return all parts as one sound at `CLIP_RATE`: every source at its level, with the pauses between them.

    It still has to be mastered.
    """
    return Pcm(_row(list(_levelled(parts)), settings).raw_data, CLIP_RATE)


def _row(parts: Sequence[Part], settings: MixSettings) -> Segment:
    from broadcaster.speech.sound.timeline import join, silent

    pieces: list[Segment] = []
    pending: timedelta | None = None
    for piece in _pieces(parts, settings):
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


def _pieces(parts: Sequence[Part], settings: MixSettings) -> Iterator[Segment | timedelta]:
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
            yield from _music_with(_sound(part, settings), _row(said, settings) if said else None)
        else:
            yield _sound(part, settings)


def _run_of_speech(parts: Sequence[Part]) -> list[Part]:
    for kind, run in groupby(parts, key=lambda part: part.kind):
        return list(run) if kind is Kind.SPEECH else []
    return []


def _music_with(sound: Segment, said: Segment | None) -> Iterator[Segment]:
    """Yield music alone for some seconds, then softly under what is said and out with it.

    Music that ends before it would go under speech plays first, whole.
    """
    from broadcaster.speech.sound.timeline import milliseconds, overlay

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


def _sound(part: Part, settings: MixSettings) -> Segment:
    """Return a part at its level: sentences with their pauses between them."""
    from broadcaster.speech.sound.timeline import join, segment, silent

    sounds = [segment(sound, part.gain) for sound in part.sounds]
    gap = silent(settings.sentence_pause)
    return join([piece for sound in sounds for piece in (gap, sound)][1:])


# ---- levels ------------------------------------------------------------------------------------------------------


def _levelled(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts at `CLIP_RATE`, every source at its level."""
    parts = [replace(part, sounds=tuple(_at_clip_rate(sound) for sound in part.sounds)) for part in parts]
    sources: dict[str, list[Pcm]] = {}
    for part in parts:
        sources.setdefault(part.source, []).extend(part.sounds)
    levels = {part.source: _LEVELS.get(part.kind, _SPEECH) for part in parts}
    gains = {source: _gain(sounds, levels[source]) for source, sounds in sources.items()}
    return (replace(part, gain=gains[part.source]) for part in parts)


def _gain(sounds: list[Pcm], level: float) -> float:
    """Return the factor that brings sounds to a level without clipping one of them; 1.0 for silence."""
    import numpy as np

    from broadcaster.speech.sound.loudness import SILENCE, gated_loudness, weighted_powers

    floats = (samples_of(sound) for sound in sounds)
    measured = [(weighted_powers(samples), float(np.max(np.abs(samples)))) for samples in floats if len(samples)]
    if not measured:
        return 1.0
    loudness = gated_loudness(np.concatenate([powers for powers, _peak in measured]))
    if loudness <= SILENCE:
        return 1.0
    highest = max(peak for _powers, peak in measured)
    return float(min(10 ** (min(level - loudness, _MOST_GAIN) / 20), 1.0 / highest))


def _at_clip_rate(sound: Pcm) -> Pcm:
    if sound.rate == CLIP_RATE or not sound.samples:
        return sound
    import soxr

    return pcm_of(soxr.resample(samples_of(sound), sound.rate, CLIP_RATE))
