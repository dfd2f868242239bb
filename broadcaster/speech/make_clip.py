"""One script becomes one clip: cast, spoken sentence by sentence, mixed, stored."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.models import Block, Chime, Clip, Music, Pause, Recording, Script
from broadcaster.speech.casting import NARRATOR, Cast, Choices, assign, choices_for
from broadcaster.speech.clip_recipe import BUILT_IN_CHIMES, split_sentences
from broadcaster.speech.clip_store import store_clip, stored_clip
from broadcaster.speech.sound.chime import make_chime
from broadcaster.speech.sound.loudness import SILENCE
from broadcaster.speech.voices import VoiceError, open_voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from broadcaster.speech.clip_recipe import Recipes, Spoken
    from broadcaster.speech.normalise import Reading
    from broadcaster.speech.sound.master import Mixed
    from broadcaster.speech.sound.mix import Part
    from broadcaster.speech.voices import Pcm, Voice

_PATIENCE = 2
"""So many scripts in a row may fail with a voice before it counts as down for the rest of the batch."""


_TOLERANCE = 0.5  # LU


class _RoleError(Exception):
    """A voice could not speak its role."""

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(reason)
        self.spec = spec


class Studio:
    """Makes clips with voices that stay open for a batch; a context manager, which closes them.

    Several threads may make clips at once: a voice speaks one sentence at a time, numpy filters beside it.
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
        """Have every thread stop at its next sentence: somebody pressed Ctrl-C."""
        self._leaving.set()

    def make(self, script: Script) -> tuple[Clip, bool]:
        """Return the best clip of a script that can be had now, and whether it was made just now.

        The voices are tried from the best cast down; where the next cast's clip lies on disk already, that is it.
        Raise RenderError where no voice is left or a sound cannot be read, InputError for a voice that does not exist.
        """
        spoken = self.recipes.spoken(script)
        choices = choices_for(script, self.recipes.speech.voices)
        down = {spec for spec, count in self._failures.items() if count >= _PATIENCE}
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

    def _make(self, script: Script, spoken: Spoken, choices: Choices, cast: Cast) -> tuple[Clip, bool]:
        versions = {role: self._version(script, role, spec) for role, spec in cast.items()}
        said = self.recipes.said(script)
        digest = self.recipes.digest(script, said, versions)
        fell_back = cast != assign(choices)
        if stored := stored_clip(self.recipes.audio_folder, script.id, digest):
            return replace(stored.clip, fell_back=fell_back), False
        session = _Session(self, script, cast)
        mixed = session.record(spoken)
        facts = {
            "script": script.id,
            "digest": digest,
            "text_digest": script.digest,
            "voice": ", ".join(dict.fromkeys(session.voices)) or "recorded",
            "fell_back": fell_back,
            "loudness": mixed.loudness,
            "true_peak": mixed.true_peak,
            "warnings": (*spoken.warnings, *session.flaws, *_level_warnings(mixed, self.recipes.mix.loudness)),
        }
        for spec in cast.values():
            self._failures.pop(spec, None)
        voices = {role: (cast[role], versions[role]) for role in cast}
        return store_clip(self.recipes.audio_folder, mixed.samples, facts, voices, said), True

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
        """Have a sentence spoken; raise RenderError where the batch is being left."""
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
        """Return what a voice that has spoken calls itself."""
        return self._voices[spec].name


def _level_warnings(mixed: Mixed, target: float) -> Iterator[str]:
    """Yield what to tell of a clip that could not be brought to its loudness."""
    if mixed.loudness > SILENCE and abs(mixed.loudness - target) > _TOLERANCE:
        text = _("comes out at {found:.1f} LUFS instead of {target:.1f}: its highest peaks allow no more")
        yield text.format(found=mixed.loudness, target=target)


class _Session:
    """The sounds of one clip being collected; `voices` and `flaws` fill on the way."""

    def __init__(self, studio: Studio, script: Script, cast: Cast) -> None:
        self.studio = studio
        self.script = script
        self.cast = cast
        self.voices: list[str] = []
        self.flaws: list[str] = []

    def record(self, spoken: Spoken) -> Mixed:
        """Return the clip, spoken, laid out and mastered."""
        from broadcaster.speech.sound.master import master
        from broadcaster.speech.sound.mix import lay_out

        settings = self.studio.recipes.mix
        laid = lay_out(self.parts(spoken), settings)
        return master(laid, settings)

    def parts(self, spoken: Spoken) -> list[Part]:
        """Return everything that sounds, in its order; raise RenderError where that is nothing but the chime."""
        from broadcaster.speech.sound.mix import Kind

        body = self._recorded(self.script.recording) if self.script.recording else list(self._body(spoken))
        if all(part.kind in (Kind.PAUSE, Kind.BELL) for part in body):
            raise RenderError(_("there is nothing in this script that can be spoken"))
        return [*self._chime(closing=False), *body, *self._chime(closing=True)]

    def _body(self, spoken: Spoken) -> Iterator[Part]:
        for block, reading in spoken.parts:
            yield from self._block(block, reading)

    def _block(self, block: Block, reading: Reading | None) -> Iterator[Part]:
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

    def _paragraph(self, spec: str, text: str) -> Iterator[Part]:
        from broadcaster.speech.sound import mix

        sounds = [self.studio.speak(spec, sentence) for sentence in split_sentences(text)]
        sentences = tuple(sound for sound in sounds if sound.samples)
        if sentences:
            self.voices.append(self.studio.voice_name(spec))
            yield mix.speech(sentences, spec)

    def _recorded(self, file: str) -> list[Part]:
        from broadcaster.speech.sound import mix

        self.voices.append("recorded")
        return [mix.recording(self._read(file), file)]

    def _chime(self, *, closing: bool) -> Iterator[Part]:
        from broadcaster.speech.sound import mix

        chime = self.studio.recipes.mix.chime
        if not self.script.chime or chime == "none":
            return
        sound = make_chime(closing=closing) if chime in BUILT_IN_CHIMES else self._read(chime)
        yield mix.bell(sound, f"{chime} {closing}")

    def _read(self, file: str) -> Pcm:
        """Return a sound of scripts/, its flaws noted with the time where they are."""
        from broadcaster.speech.voices.recorded import load_recording

        sound = load_recording(self.studio.recipes.scripts_folder / file)
        self.flaws += (f"{file}: {flaw}" for flaw in sound.flaws)
        return sound.pcm
