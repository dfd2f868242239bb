"""Make one clip from one script: cast, spoken sentence by sentence, mixed, stored."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.models import Block, Chime, Clip, Music, Pause, Recording, Script, ScriptWarning, WarningKind
from broadcaster.speech.casting import NARRATOR, Cast, Choices, assign, choices_for
from broadcaster.speech.clip_recipe import BUILT_IN_CHIMES, split_sentences
from broadcaster.speech.clip_store import store_clip, stored_clip
from broadcaster.speech.sound.chime import make_chime
from broadcaster.speech.sound.loudness import SILENCE
from broadcaster.speech.voices import VoiceError, open_voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from broadcaster.speech.clip_recipe import Recipes, SpokenText
    from broadcaster.speech.normalise import Reading
    from broadcaster.speech.sound.master import MasteredClip
    from broadcaster.speech.sound.mix import SoundPart
    from broadcaster.speech.voices import Pcm, Voice

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

    def __init__(self, recipes: Recipes) -> None:
        self.recipes = recipes
        self._voices: dict[str, Voice] = {}
        self._failures: dict[str, int] = {}
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

    def make(self, script: Script) -> tuple[Clip, bool]:
        """Return the best clip of a script that is possible now, and whether it was made by this call.

        Casts are tried from the best down; if the clip of a cast is already on disk, it is returned.
        Raise RenderError if no voice is left or a sound cannot be read, InputError for a voice that does not exist.
        """
        spoken = self.recipes.spoken(script)
        choices = choices_for(script, self.recipes.speech.voices)
        down = {spec for spec, count in self._failures.items() if count >= _MOST_FAILURES}
        reasons: list[str] = []
        while (cast := assign(choices, down)) is not None:
            try:
                return self._make(script, spoken, choices, cast)
            except _RoleError as error:
                down.add(error.spec)
                self._count_failure(error.spec)
                reasons.append(str(error))
        raise RenderError("; ".join(dict.fromkeys(reasons)) or _("no voice works"))

    def _count_failure(self, spec: str) -> None:
        with self._lock:
            self._failures[spec] = self._failures.get(spec, 0) + 1

    def _make(self, script: Script, spoken: SpokenText, choices: Choices, cast: Cast) -> tuple[Clip, bool]:
        versions = {role: self._version(script, role, spec) for role, spec in cast.items()}
        words = self.recipes.words_digest(script)
        digest = self.recipes.digest(script, words, versions)
        fell_back = cast != assign(choices)
        if stored := stored_clip(self.recipes.audio_folder, script.id, digest):
            return replace(stored.clip, fell_back=fell_back), False
        builder = _ClipBuilder(self, script, cast)
        mastered = builder.build(spoken)
        facts = {
            "script": script.id,
            "digest": digest,
            "text_digest": script.digest,
            "voice": ", ".join(dict.fromkeys(builder.voices)) or "recorded",
            "fell_back": fell_back,
            "loudness": mastered.loudness,
            "true_peak": mastered.true_peak,
            "warnings": (*spoken.warnings, *builder.flaws, *_level_warnings(mastered, self.recipes.mix.loudness)),
        }
        for spec in cast.values():
            self._failures.pop(spec, None)
        voices = {role: (cast[role], versions[role]) for role in cast}
        return store_clip(self.recipes.audio_folder, mastered.samples, facts, voices, words), True

    def _version(self, script: Script, role: str, spec: str) -> str:
        try:
            return self.recipes.version(spec)
        except VoiceError as error:
            raise _RoleError(spec, str(error)) from None
        except InputError as error:
            key = f"voices.{role}"
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


def _level_warnings(mastered: MasteredClip, target: float) -> Iterator[ScriptWarning]:
    """Yield a warning for a clip that could not reach the wanted loudness."""
    if mastered.loudness > SILENCE and abs(mastered.loudness - target) > _TOLERANCE:
        yield ScriptWarning.of(WarningKind.LOUDNESS, found=mastered.loudness, target=target)


class _ClipBuilder:
    """Collects the sounds of one clip; `voices` and `flaws` are filled on the way."""

    def __init__(self, maker: ClipMaker, script: Script, cast: Cast) -> None:
        self.maker = maker
        self.script = script
        self.cast = cast
        self.voices: list[str] = []
        self.flaws: list[ScriptWarning] = []

    def build(self, spoken: SpokenText) -> MasteredClip:
        """Return the finished clip: spoken, laid out and mastered."""
        from broadcaster.speech.sound.master import master
        from broadcaster.speech.sound.mix import lay_out

        settings = self.maker.recipes.mix
        laid = lay_out(self.parts(spoken), settings)
        return master(laid, settings)

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
                yield mix.bell(make_chime(), "default")
            case Music():
                yield mix.music(self._read(block.file), block.file)
            case Recording():
                yield from self._recorded(block.file)
            case _ if reading:
                yield from self._paragraph(self.cast[block.speaker or NARRATOR], reading.spoken)

    def _paragraph(self, spec: str, text: str) -> Iterator[SoundPart]:
        from broadcaster.speech.sound import mix

        sounds = [self.maker.speak(spec, sentence) for sentence in split_sentences(text)]
        sentences = tuple(sound for sound in sounds if sound.samples)
        if sentences:
            self.voices.append(self.maker.voice_name(spec))
            yield mix.speech(sentences, spec)

    def _recorded(self, file: str) -> list[SoundPart]:
        from broadcaster.speech.sound import mix

        self.voices.append("recorded")
        return [mix.recording(self._read(file), file)]

    def _chime(self, *, closing: bool) -> Iterator[SoundPart]:
        from broadcaster.speech.sound import mix

        chime = self.maker.recipes.mix.chime
        if not self.script.chime or chime == "none":
            return
        sound = make_chime(closing=closing) if chime in BUILT_IN_CHIMES else self._read(chime)
        yield mix.bell(sound, f"{chime} {closing}")

    def _read(self, file: str) -> Pcm:
        """Return a sound from scripts/, and note its flaws with their times."""
        from broadcaster.speech.voices.recorded import load_recording

        sound = load_recording(self.maker.recipes.sounds_folder / file)
        for flaw in sound.flaws:
            start, end = flaw.start.total_seconds(), (flaw.start + flaw.length).total_seconds()
            self.flaws.append(ScriptWarning.of(flaw.kind, file=file, start_s=start, end_s=end))
        return sound.pcm
