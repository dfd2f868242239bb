"""Make clips in `audio/` from scripts: existing ones are kept, missing ones made, better voices preferred."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, RenderError
from broadcaster.i18n import _
from broadcaster.speech.casting import assign, choices_for, rank
from broadcaster.speech.clip_recipe import Recipes, WordsDigest
from broadcaster.speech.clip_store import StoredClip, stored_clip, stored_clips, sweep, verify_clip
from broadcaster.speech.render_report import BatchResults, RenderReport, RenderResult, RenderStep
from broadcaster.speech.voices import VoiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from broadcaster.models import Block, Clip, Heard, Script
    from broadcaster.settings import MixSettings, SpeechSettings
    from broadcaster.speech.casting import Choices
    from broadcaster.speech.normalise import Reading

__all__ = ["RenderReport", "RenderResult", "RenderStep", "Renderer", "every_clip", "verify_clip"]


def _ignore(_step: RenderStep) -> None:
    """Ignore progress."""


def every_clip(_clip: Clip) -> bool:
    """Return that every clip on disk counts."""
    return True


class Renderer:
    """Makes and finds the clips of the station in `root`. Voices and numpy are loaded for the first clip."""

    def __init__(
        self,
        root: Path,
        speech: SpeechSettings,
        mix: MixSettings,
        *,
        lexicon: Path | None = None,
        sounds: Path | None = None,
        is_known: Callable[[Clip], bool] = every_clip,
    ) -> None:
        """`lexicon` and `sounds` are the file and the folder to use in place of the station's own.

        `is_known` says whether a clip that is on disk counts: one that does not is as if it were not there.
        """
        self._recipes = Recipes(root, speech, mix, lexicon=lexicon, sounds=sounds)
        self._is_known = is_known

    def spoken(self, script: Script) -> list[tuple[Block, Reading | None]]:
        """Return every block with its reading (None if it has no text); raise InputError for a wrong lexicon."""
        return list(self._recipes.spoken(script).parts)

    def choices(self, script: Script) -> Choices:
        """Return the voices of every role that speaks in a script, the best first."""
        return choices_for(script, self._recipes.speech.voices)

    def heard(self, script: Script) -> Heard:
        """Return what is heard of a script; raise InputError for a wrong lexicon, RenderError for a missing sound."""
        return self._recipes.heard(script)

    def versions_on_disk(self, scripts: Iterable[Script]) -> set[str]:
        """Return the voices, with their versions, in all clips of these scripts, whether a clip counts or not."""
        clips = (stored for script in scripts for stored in stored_clips(self._recipes.audio_folder, script.id))
        return {version for stored in clips for _spec, version in stored.cast.values()}

    def find(self, script: Script) -> Clip | None:
        """Return the best clip on disk for exactly this text, lexicon, voices and mix; None if there is none.

        A clip in a lesser voice counts, one of an older text never, and a text that is not written to its end has none.
        Cheap: no clip is read. Raise InputError if the lexicon is wrong.
        """
        if script.unfinished:
            return None
        stored = stored_clips(self._recipes.audio_folder, script.id)
        words = self._recipes.words_digest(script, (found.words for found in stored))
        return self._find_best(script, words) or self._find_lesser(script, words, stored)

    def _find_best(self, script: Script, words: WordsDigest) -> Clip | None:
        cast = assign(self.choices(script))
        try:
            versions = {role: self._recipes.version(spec) for role, spec in (cast or {}).items()}
        except (VoiceError, InputError):
            return None
        return self._stored(script, words, versions, fell_back=False)

    def _find_lesser(self, script: Script, words: WordsDigest, clips: Iterable[StoredClip]) -> Clip | None:
        """Return the best of the script's clips that were spoken by another possible cast."""
        choices = self.choices(script)
        found: list[tuple[int, Clip]] = []
        for stored in clips:
            distance = rank(choices, {role: spec for role, (spec, _version) in stored.cast.items()})
            if distance is None:
                continue
            versions = {role: self._version_now(*voice) for role, voice in stored.cast.items()}
            if clip := self._stored(script, words, versions, fell_back=distance > 0):
                found.append((distance, clip))
        return min(found, key=lambda entry: entry[0])[1] if found else None

    def _version_now(self, spec: str, version: str) -> str:
        """Return the current version of a stored clip's voice; the stored version if the voice is not available."""
        try:
            return self._recipes.version(spec)
        except (VoiceError, InputError):
            return version

    def _stored(
        self, script: Script, words: WordsDigest, versions: Mapping[str, str], *, fell_back: bool
    ) -> Clip | None:
        try:
            digest = self._recipes.digest(script, words, versions)
        except RenderError:  # a sound named in the script is missing: no clip can match
            return None
        stored = stored_clip(self._recipes.audio_folder, script.id, digest)
        if stored is None or not self._is_known(stored.clip):
            return None
        return replace(stored.clip, fell_back=fell_back)  # by the present order of voices

    def render(
        self,
        scripts: Iterable[Script],
        *,
        again_better: bool = True,
        progress: Callable[[RenderStep], None] = _ignore,
    ) -> RenderReport:
        """Make the clips that are missing, and if `again_better` also those that a lesser voice spoke.

        Failures are in the report and do not stop the rest. Raise InputError if station.toml or the lexicon is wrong.
        """
        self._recipes.check_settings()
        sweep(self._recipes.audio_folder, time.time())
        results = BatchResults(list(scripts), progress)
        missing = []
        for script in results.scripts:
            clip = self._kept(script, again_better=again_better)
            if clip:
                results.add(script, clip)
            elif script.unfinished:
                results.fail(script, _("still to be written: {gap}").format(gap=script.unfinished))
            else:
                missing.append(script)
        if missing:
            from broadcaster.speech.render_many import make_all

            make_all(self._recipes, missing, results, self._is_known)
        return results.report()

    def _kept(self, script: Script, *, again_better: bool) -> Clip | None:
        clip = self.find(script)
        return None if clip and clip.fell_back and again_better else clip
