"""Make one clip from one script: cast, spoken sentence by sentence, mixed, stored."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.models import (
    CLIP_RATE,
    Block,
    Chime,
    Clip,
    MadeClip,
    Music,
    Pause,
    Recording,
    Script,
    ScriptWarning,
    WarningKind,
)
from broadcaster.os_reasons import os_reason
from broadcaster.speech.casting import NARRATOR, Cast, Choices, assign, choices_for
from broadcaster.speech.clip_recipe import BUILT_IN_CHIMES, split_sentences
from broadcaster.speech.clip_store import new_clip, stored_clip
from broadcaster.speech.size_limits import LONGEST_SOUND
from broadcaster.speech.sound.chime import make_chime
from broadcaster.speech.sound.loudness import SILENCE
from broadcaster.speech.sound.spool import Spool, spool_sound
from broadcaster.speech.voices import VoiceError, open_voice
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.clip_recipe import Recipes, SpokenText
    from broadcaster.speech.normalise import Reading
    from broadcaster.speech.sound.master import Mastered
    from broadcaster.speech.sound.mix import SoundPart, Track
    from broadcaster.speech.sound.spool import SpooledSound
    from broadcaster.speech.voices import Pcm, Voice
    from broadcaster.speech.voices.recording_faults import Flaw

_MOST_FAILURES = 2
"""After failing for this many scripts in a row a voice counts as down for the rest of the batch."""


_TOLERANCE = 0.5  # LU


class _RoleError(Exception):
    """A voice could not speak its role."""

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(reason)
        self.spec = spec


class ClipMaker:
    """Makes clips with voices that stay open for a batch. A context manager: it closes them at the end.

    Safe for several threads: each voice speaks one sentence at a time, while numpy filters in parallel.
    """

    def __init__(self, recipes: Recipes, is_known: Callable[[Clip], bool]) -> None:
        """`is_known` says whether a clip that is on disk counts; one that does not is made again, in its place."""
        self.recipes = recipes
        self._is_known = is_known
        self._voices: dict[str, Voice] = {}
        self._failures: dict[str, int] = {}
        self.reasons: dict[str, str] = {}
        """Voice → why it did not speak, the first time."""
        self._lock = threading.Lock()
        self._leaving = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for voice in self._voices.values():
            voice.close()
        self._voices.clear()

    def leave(self) -> None:
        """Make every thread stop at its next sentence, after Ctrl-C."""
        self._leaving.set()

    def make(self, script: Script) -> tuple[Clip, MadeClip | None]:
        """Return the best clip of a script that is possible now, and what is to be known of it if this call made it.

        Casts are tried from the best down; if the clip of a cast is already on disk, it is returned.
        Raise RenderError if no voice is left or a sound cannot be read, InputError for a voice that does not exist.
        """
        spoken = self.recipes.spoken(script)
        choices = choices_for(script, self.recipes.speech.voices)
        down = self._down()
        reasons: list[str] = []
        while (cast := assign(choices, down)) is not None:
            try:
                return self._make(script, spoken, choices, cast)
            except _RoleError as error:
                down.add(error.spec)
                self._count_failure(error.spec, str(error))
                reasons.append(str(error))
        raise RenderError("; ".join(dict.fromkeys(reasons)) or _("no voice works"))

    def _down(self) -> set[str]:
        """Return the voices that count as down; other threads may count failures meanwhile."""
        with self._lock:
            return {spec for spec, count in self._failures.items() if count >= _MOST_FAILURES}

    def _count_failure(self, spec: str, reason: str) -> None:
        with self._lock:
            self.reasons.setdefault(spec, reason)
            self._failures[spec] = self._failures.get(spec, 0) + 1

    def _forget_failures(self, specs: Iterable[str]) -> None:
        with self._lock:
            for spec in specs:
                self._failures.pop(spec, None)

    def _make(self, script: Script, spoken: SpokenText, choices: Choices, cast: Cast) -> tuple[Clip, MadeClip | None]:
        versions = {role: self._version(script, role, spec) for role, spec in cast.items()}
        words = self.recipes.words_digest(script)
        digest = self.recipes.digest(script, words, versions)
        fell_back = cast != assign(choices)
        stored = stored_clip(self.recipes.audio_folder, script.id, digest)
        if stored and self._is_known(stored.clip):
            return replace(stored.clip, fell_back=fell_back), None
        heard = self.recipes.heard(script)
        facts = {"script": script.id, "digest": digest, "text_digest": script.digest, "fell_back": fell_back}
        voices = {role: (cast[role], versions[role]) for role in cast}
        folder = self.recipes.audio_folder
        try:
            with Spool(folder, "<i2") as spool:
                clip = _ClipBuilder(self, script, cast, spool).build(spoken, facts, voices, words)
        except OSError as error:
            raise RenderError(
                _("{path}: cannot be written ({reason})").format(path=folder, reason=os_reason(error))
            ) from None
        self._forget_failures(cast.values())
        replaced = stored.clip.sha256 if stored else ""
        return clip, MadeClip(clip, script.title, heard, voices, replaced, script.topic, script.language)

    def _version(self, script: Script, role: str, spec: str) -> str:
        try:
            return self.recipes.version(spec)
        except VoiceError as error:
            raise _RoleError(spec, str(error)) from None
        except InputError as error:
            key = f"voices.{role}" if role else "voice"
            raise InputError(
                *(Problem(found.what, found.todo, script.path, key=key) for found in error.problems)
            ) from None

    def speak(self, spec: str, sentence: str) -> Pcm:
        """Return a sentence spoken by a voice; raise RenderError after `leave`."""
        if self._leaving.is_set():
            raise RenderError(_("interrupted"))
        try:
            return self._voice(spec).speak(sentence)
        except VoiceError as error:
            raise _RoleError(spec, str(error)) from None

    def _voice(self, spec: str) -> Voice:
        with self._lock:
            if spec not in self._voices:
                self._voices[spec] = open_voice(spec, self.recipes.speech, self.recipes.root)
            return self._voices[spec]

    def voice_name(self, spec: str) -> str:
        """Return the name of a voice that has spoken."""
        return self._voices[spec].name


def _level_warnings(mastered: Mastered, target: float) -> Iterator[ScriptWarning]:
    """Yield a warning for a clip that could not reach the wanted loudness."""
    if mastered.loudness > SILENCE and abs(mastered.loudness - target) > _TOLERANCE:
        yield ScriptWarning.of(WarningKind.LOUDNESS, found=mastered.loudness, target=target)


class _ClipBuilder:
    """Collects the sounds of one clip in a spool; `voices` and `flaws` are filled on the way."""

    def __init__(self, maker: ClipMaker, script: Script, cast: Cast, spool: Spool) -> None:
        self.maker = maker
        self.script = script
        self.cast = cast
        self.voices: list[str] = []
        self._syllables = 0
        self._seconds = 0.0  # in which they are spoken
        self.flaws: list[ScriptWarning] = []
        self._sentences: list[SpooledSound] = []
        self._spool = spool
        self._files: dict[str, SpooledSound] = {}

    def build(
        self,
        spoken: SpokenText,
        known: Mapping[str, Any],
        voices: Mapping[str, tuple[str, str]],
        words: tuple[str, str],
    ) -> Clip:
        """Write the finished clip: spoken, laid out, mastered; `known` are the facts that its sound does not tell."""
        from broadcaster.speech.sound.master import clip_frames, master
        from broadcaster.speech.sound.mix import lay_out

        recipes = self.maker.recipes
        laid = lay_out(self.parts(spoken), recipes.mix)
        _check_length(laid.frames)
        with new_clip(recipes.audio_folder, self.script.id, known["digest"], clip_frames(laid)) as draft:
            mastered = master(laid, recipes.mix, recipes.audio_folder, draft.write)
            warnings = (*spoken.warnings, *self.flaws, *_level_warnings(mastered, recipes.mix.loudness))
            facts = {
                **known,
                "voice": ", ".join(dict.fromkeys(self.voices)) or "recorded",
                "loudness": mastered.loudness,
                "true_peak": mastered.true_peak,
                "warnings": warnings,
                "rate": round(60 * self._syllables / self._seconds) if self._seconds else 0,
                "sentences": self._starts(laid),
            }
            return draft.keep(facts, voices, words)

    def parts(self, spoken: SpokenText) -> list[SoundPart]:
        """Return all parts in order; raise RenderError if there is nothing but chimes and pauses."""
        from broadcaster.speech.sound.mix import PartKind

        body = self._recorded(self.script.recording) if self.script.recording else list(self._body(spoken))
        if all(part.kind in (PartKind.PAUSE, PartKind.BELL) for part in body):
            raise RenderError(_("there is nothing in this script that can be spoken"))
        return [*self._chime(closing=False), *body, *self._chime(closing=True)]

    def _body(self, spoken: SpokenText) -> Iterator[SoundPart]:
        for block, reading in spoken.parts:
            yield from self._block(block, reading)

    def _block(self, block: Block, reading: Reading | None) -> Iterator[SoundPart]:
        from broadcaster.speech.sound import mix

        match block:
            case Pause():
                yield mix.pause(block.length)
            case Chime():
                yield mix.bell(self._spooled(make_chime()), "default")
            case Music():
                yield mix.music(self._read(block.file), block.file)
            case Recording():
                yield from self._recorded(block.file)
            case _ if reading:
                yield from self._paragraph(self.cast[block.speaker or NARRATOR], reading.spoken)

    def _paragraph(self, spec: str, text: str) -> Iterator[SoundPart]:
        from broadcaster.speech.sound import mix

        sounds = [self._spoken(spec, sentence) for sentence in split_sentences(text)]
        self._sentences += sounds
        sentences = tuple(sound for sound in sounds if sound.frames)
        if sentences:
            self.voices.append(self.maker.voice_name(spec))
            yield mix.speech(sentences, spec)

    def _spoken(self, spec: str, sentence: str) -> SpooledSound:
        """Return a sentence spoken by a voice; of one in Vietnamese, count how fast it is said."""
        sound = self.maker.speak(spec, sentence)
        if not self.script.language and (seconds := speaking_seconds(sound)):
            self._syllables += syllables_in(sentence)
            self._seconds += seconds
        return self._spooled(sound)

    def _starts(self, laid: Track) -> tuple[int, ...]:
        """Return the frame at which each sentence begins; one without a sound where the next one does."""
        from broadcaster.speech.sound.mix import places

        known = {sound.first: at for sound, at in places(laid) if sound.frames}
        starts, at = [], laid.frames
        for sentence in reversed(self._sentences):
            at = known[sentence.first] if sentence.frames else at
            starts.append(at)
        return tuple(reversed(starts))

    def _recorded(self, file: str) -> list[SoundPart]:
        from broadcaster.speech.sound import mix

        self.voices.append("recorded")
        return [mix.recording(self._read(file), file)]

    def _chime(self, *, closing: bool) -> Iterator[SoundPart]:
        from broadcaster.speech.sound import mix

        chime = self.maker.recipes.mix.chime
        if not self.script.chime or chime == "none":
            return
        built_in = chime in BUILT_IN_CHIMES
        sound = self._spooled(make_chime(closing=closing)) if built_in else self._read(chime)
        yield mix.bell(sound, f"{chime} {closing}")

    def _read(self, file: str) -> SpooledSound:
        """Return a sound from scripts/, read once, and note its flaws with their times."""
        from broadcaster.speech.voices.recorded import read_recording

        if file not in self._files:
            path = self.maker.recipes.sound_path(file)
            self._files[file], flaws = read_recording(path, self._add)
            self.flaws += (_flaw_warning(file, flaw) for flaw in flaws)
        return self._files[file]

    def _spooled(self, sound: Pcm) -> SpooledSound:
        import numpy as np

        return self._add(sound.rate, iter([np.frombuffer(sound.samples, "<i2")]))

    def _add(self, rate: int, blocks: Iterator[npt.NDArray[np.int16]]) -> SpooledSound:
        """Put mono sound into the spool; raise RenderError as soon as the clip is too long."""
        sound = spool_sound(self._spool, rate, blocks)
        _check_length(len(self._spool))
        return sound


def _flaw_warning(file: str, flaw: Flaw) -> ScriptWarning:
    start, end = flaw.start.total_seconds(), (flaw.start + flaw.length).total_seconds()
    return ScriptWarning.of(flaw.kind, file=file, start_s=start, end_s=end)


def _check_length(frames: int) -> None:
    if frames > LONGEST_SOUND.total_seconds() * CLIP_RATE:
        hours = LONGEST_SOUND / timedelta(hours=1)
        raise RenderError(_("the clip would be longer than {hours:g} hours, which is the limit").format(hours=hours))
