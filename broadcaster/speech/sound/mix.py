"""Join parts into one sound with pydub: end to end, every source at its level, music under speech.

Music followed by text plays alone for 6 s, then continues softly under the text up to the next cue and fades out at its
end. Music followed by a cue, or at the end of the script, plays whole. A pause cue replaces the usual pause.
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
"""LUFS of every voice, before the loudness of the whole clip is set: high enough for 16 bits, low enough that no
syllable clips."""

_BED_DB = -14.0  # music under speech, relative to music alone
_ALONE = timedelta(seconds=6)
_DUCKING = timedelta(milliseconds=800)
_FADE_OUT = timedelta(seconds=2)
_MOST_GAIN = 40.0  # dB: anything softer than that is noise


class PartKind(Enum):
    """What a part is; decides its level and whether music may play under it."""

    SPEECH = auto()
    RECORDING = auto()
    MUSIC = auto()
    BELL = auto()
    PAUSE = auto()


@dataclass(frozen=True, slots=True)
class SoundPart:
    """A sound or a pause. Sounds of one `source` (a voice, a file) keep their levels relative to each other."""

    kind: PartKind
    sounds: tuple[Pcm, ...] = ()
    source: str = ""
    length: timedelta = timedelta()
    gain: float = 1.0


_LEVELS = {PartKind.MUSIC: _SPEECH - 4.0, PartKind.BELL: _SPEECH - 2.0}  # LUFS of what is not speech


def speech(sentences: tuple[Pcm, ...], voice: str) -> SoundPart:
    """Return a paragraph; all paragraphs of one `voice` get the same gain."""
    return SoundPart(PartKind.SPEECH, sentences, voice)


def recording(sound: Pcm, file: str) -> SoundPart:
    """Return a person's recording."""
    return SoundPart(PartKind.RECORDING, (sound,), file)


def music(sound: Pcm, file: str) -> SoundPart:
    """Return music: whole if a cue or the end follows; if text follows, soon softly under it."""
    return SoundPart(PartKind.MUSIC, (sound,), file)


def bell(sound: Pcm, name: str) -> SoundPart:
    """Return a chime."""
    return SoundPart(PartKind.BELL, (sound,), name)


def pause(length: timedelta) -> SoundPart:
    """Return a pause that replaces the usual one."""
    return SoundPart(PartKind.PAUSE, length=length)


def lay_out(parts: Sequence[SoundPart], settings: MixSettings) -> Pcm:
    """Return all parts as one sound at `CLIP_RATE`: every source at its level, with the pauses between them.

    The result is not mastered yet.
    """
    return Pcm(_row(list(_levelled(parts)), settings).raw_data, CLIP_RATE)


def _row(parts: Sequence[SoundPart], settings: MixSettings) -> Segment:
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


def _pieces(parts: Sequence[SoundPart], settings: MixSettings) -> Iterator[Segment | timedelta]:
    """Yield the sounds and the requested pauses, in order."""
    at = 0
    while at < len(parts):
        part = parts[at]
        at += 1
        if part.kind is PartKind.PAUSE:
            yield part.length
        elif part.kind is PartKind.MUSIC:
            speaking = _run_of_speech(parts[at:])
            at += len(speaking)
            yield from _music_with(_sound(part, settings), _row(speaking, settings) if speaking else None)
        else:
            yield _sound(part, settings)


def _run_of_speech(parts: Sequence[SoundPart]) -> list[SoundPart]:
    for kind, run in groupby(parts, key=lambda part: part.kind):
        return list(run) if kind is PartKind.SPEECH else []
    return []


def _music_with(sound: Segment, speaking: Segment | None) -> Iterator[Segment]:
    """Yield music alone for some seconds, then softly under the speech and faded out with it.

    Music too short to go under speech plays first, whole.
    """
    from broadcaster.speech.sound.timeline import milliseconds, overlay

    alone, ducking, fade_out = milliseconds(_ALONE), milliseconds(_DUCKING), milliseconds(_FADE_OUT)
    if speaking is None:
        yield sound
        return
    if len(sound) <= alone + fade_out:
        yield sound
        yield speaking
        return
    length = alone + len(speaking)
    bed = sound[:length].fade(to_gain=_BED_DB, start=alone - ducking, duration=ducking)
    yield overlay(bed.fade_out(min(fade_out, len(bed) - alone)), speaking, alone)


def _sound(part: SoundPart, settings: MixSettings) -> Segment:
    """Return a part at its level: its sounds, with sentence pauses between them."""
    from broadcaster.speech.sound.timeline import join, segment, silent

    sounds = [segment(sound, part.gain) for sound in part.sounds]
    gap = silent(settings.sentence_pause)
    return join([piece for sound in sounds for piece in (gap, sound)][1:])


# ---- levels ------------------------------------------------------------------------------------------------------


def _levelled(parts: Sequence[SoundPart]) -> Iterator[SoundPart]:
    """Yield the parts at `CLIP_RATE`, every source at its level."""
    parts = [replace(part, sounds=tuple(_at_clip_rate(sound) for sound in part.sounds)) for part in parts]
    sources: dict[str, list[Pcm]] = {}
    for part in parts:
        sources.setdefault(part.source, []).extend(part.sounds)
    levels = {part.source: _LEVELS.get(part.kind, _SPEECH) for part in parts}
    gains = {source: _gain(sounds, levels[source]) for source, sounds in sources.items()}
    return (replace(part, gain=gains[part.source]) for part in parts)


def _gain(sounds: list[Pcm], level: float) -> float:
    """Return the factor that brings sounds to a level (LUFS) without clipping any of them; 1.0 for silence."""
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
