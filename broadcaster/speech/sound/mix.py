"""Lay parts out along one line, with pydub: end to end, every source at its level, music under speech.

Music followed by text plays alone for 6 s, then continues softly under the text up to the next cue and fades out at its
end. Music followed by a cue, or at the end of the script, plays whole. A pause cue replaces the usual pause.

What is laid out is a row of tracks. A track knows its length at once, and yields its sound piece by piece: a programme
of three hours takes no more memory than one of a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from broadcaster.speech.sound.samples import CHUNK
from broadcaster.speech.sound.timeline import cut, frame_count, frames_of, join, milliseconds, overlay, segment, silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from broadcaster.settings import MixSettings
    from broadcaster.speech.sound.spool import SpooledSound
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
    sounds: tuple[SpooledSound, ...] = ()
    source: str = ""
    length: timedelta = timedelta()


_LEVELS = {PartKind.MUSIC: _SPEECH - 4.0, PartKind.BELL: _SPEECH - 2.0}  # LUFS of what is not speech


def speech(sentences: tuple[SpooledSound, ...], voice: str) -> SoundPart:
    """Return a paragraph; all paragraphs of one `voice` get the same gain."""
    return SoundPart(PartKind.SPEECH, sentences, voice)


def recording(sound: SpooledSound, file: str) -> SoundPart:
    """Return a person's recording."""
    return SoundPart(PartKind.RECORDING, (sound,), file)


def music(sound: SpooledSound, file: str) -> SoundPart:
    """Return music: whole if a cue or the end follows; if text follows, soon softly under it."""
    return SoundPart(PartKind.MUSIC, (sound,), file)


def bell(sound: SpooledSound, name: str) -> SoundPart:
    """Return a chime."""
    return SoundPart(PartKind.BELL, (sound,), name)


def pause(length: timedelta) -> SoundPart:
    """Return a pause that replaces the usual one."""
    return SoundPart(PartKind.PAUSE, length=length)


class Track(Protocol):
    """Sound at `CLIP_RATE` of a known length."""

    @property
    def frames(self) -> int:
        """Its length."""

    def segments(self) -> Iterator[Segment]:
        """Yield its sound, some seconds at a time. May be called again."""


def lay_out(parts: Sequence[SoundPart], settings: MixSettings) -> Track:
    """Return all parts as one track: every source at its level, with the pauses between them. Not mastered yet."""
    return _row(parts, _gains(parts), settings)


def places(track: Track, at: int = 0) -> Iterator[tuple[SpooledSound, int]]:
    """Yield the sounds of a track, but for music under speech, each with the frame at which it begins."""
    match track:
        case _Row():
            for part in track.tracks:
                yield from places(part, at)
                at += part.frames
        case _Bed():
            yield from places(track.speaking, at + frame_count(_ALONE))
        case _Sound():
            yield track.sound, at


# ---- tracks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Gap:
    frames: int

    def segments(self) -> Iterator[Segment]:
        return (silent(min(CHUNK, self.frames - first)) for first in range(0, self.frames, CHUNK))


@dataclass(frozen=True, slots=True)
class _Sound:
    sound: SpooledSound
    gain: float

    @property
    def frames(self) -> int:
        return self.sound.frames

    def segments(self) -> Iterator[Segment]:
        return (segment(block, self.gain) for block in self.sound.blocks())

    def part(self, first: int, last: int) -> Segment:
        return segment(self.sound.read(first, last), self.gain)


@dataclass(frozen=True, slots=True)
class _Row:
    """Tracks one after the other."""

    tracks: tuple[Track, ...]

    @property
    def frames(self) -> int:
        return sum(track.frames for track in self.tracks)

    def segments(self) -> Iterator[Segment]:
        return (part for track in self.tracks for part in track.segments())


@dataclass(frozen=True, slots=True)
class _Bed:
    """Music alone for some seconds, then softly under speech and faded out with it, or at its own end."""

    music: _Sound
    speaking: Track

    @property
    def frames(self) -> int:
        return frame_count(_ALONE) + self.speaking.frames

    def segments(self) -> Iterator[Segment]:
        alone, ducking = frame_count(_ALONE), frame_count(_DUCKING)
        first = self.music.part(0, alone)
        yield first.fade(to_gain=_BED_DB, start=milliseconds(alone - ducking), duration=milliseconds(ducking))
        end = min(self.music.frames, self.frames)
        fading = max(alone, end - frame_count(_FADE_OUT))
        faded = self._soft(fading, end)
        faded = faded.fade_out(milliseconds(frames_of(faded)))
        at = alone
        for words in self.speaking.segments():
            past = at + frames_of(words)
            yield overlay(join(self._soft(at, min(past, fading)), cut(faded, at - fading, past - fading)), words)
            at = past

    def _soft(self, first: int, last: int) -> Segment:
        return self.music.part(first, max(first, last)).apply_gain(_BED_DB)


# ---- rows --------------------------------------------------------------------------------------------------------


def _row(parts: Sequence[SoundPart], gains: Mapping[str, float], settings: MixSettings) -> _Row:
    tracks: list[Track] = []
    pending: timedelta | None = None
    for piece in _pieces(parts, gains, settings):
        if isinstance(piece, timedelta):
            pending = (pending or timedelta()) + piece
            continue
        if tracks or pending:
            tracks.append(_pause(settings.paragraph_pause if pending is None else pending))
        tracks.append(piece)
        pending = None
    if pending:
        tracks.append(_pause(pending))
    return _Row(tuple(tracks))


def _pause(length: timedelta) -> _Gap:
    return _Gap(frame_count(length))


def _pieces(
    parts: Sequence[SoundPart], gains: Mapping[str, float], settings: MixSettings
) -> Iterator[Track | timedelta]:
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
            yield from _music_with(_Sound(part.sounds[0], gains[part.source]), _row(speaking, gains, settings))
        else:
            yield _passage(part, gains[part.source], settings)


def _run_of_speech(parts: Sequence[SoundPart]) -> list[SoundPart]:
    for kind, run in groupby(parts, key=lambda part: part.kind):
        return list(run) if kind is PartKind.SPEECH else []
    return []


def _music_with(music: _Sound, speaking: _Row) -> Iterator[Track]:
    """Yield music with the speech that follows over it; music too short for that plays first, whole."""
    if not speaking.tracks:
        yield music
    elif music.frames <= frame_count(_ALONE + _FADE_OUT):
        yield music
        yield speaking
    else:
        yield _Bed(music, speaking)


def _passage(part: SoundPart, gain: float, settings: MixSettings) -> Track:
    """Return the sounds of a part at their level, with sentence pauses between them."""
    gap = _pause(settings.sentence_pause)
    return _Row(tuple(track for sound in part.sounds for track in (gap, _Sound(sound, gain)))[1:])


# ---- levels ------------------------------------------------------------------------------------------------------


def _gains(parts: Sequence[SoundPart]) -> dict[str, float]:
    """Return the gain of every source that brings it to its level."""
    sources: dict[str, list[SpooledSound]] = {}
    for part in parts:
        sources.setdefault(part.source, []).extend(part.sounds)
    levels = {part.source: _LEVELS.get(part.kind, _SPEECH) for part in parts}
    return {source: _gain(sounds, levels[source]) for source, sounds in sources.items()}


def _gain(sounds: list[SpooledSound], level: float) -> float:
    """Return the factor that brings sounds to a level (LUFS) without clipping any of them; 1.0 for silence."""
    import numpy as np

    from broadcaster.speech.sound.loudness import SILENCE, gated_loudness

    heard = [sound for sound in sounds if sound.frames]
    if not heard:
        return 1.0
    loudness = gated_loudness(np.concatenate([sound.powers for sound in heard]))
    if loudness <= SILENCE:
        return 1.0
    highest = max(sound.peak for sound in heard)
    return float(min(10 ** (min(level - loudness, _MOST_GAIN) / 20), 1.0 / highest))
