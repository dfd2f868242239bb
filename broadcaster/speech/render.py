"""Scripts → clips in `audio/`: what is there is kept, what is missing is made, the better voice wins."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, RenderError
from broadcaster.speech.casting import assign, choices_for, rank
from broadcaster.speech.clip_recipe import Recipes, Said
from broadcaster.speech.clip_store import Stored, stored_clip, stored_clips, sweep, verify_clip
from broadcaster.speech.render_report import RenderReport, RenderStep, Result, Tally
from broadcaster.speech.voices import VoiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from broadcaster.models import Block, Clip, Script
    from broadcaster.settings import MixSettings, SpeechSettings
    from broadcaster.speech.normalise import Reading

__all__ = ["RenderReport", "RenderStep", "Renderer", "Result", "verify_clip"]


def _ignore(_step: RenderStep) -> None:
    """Be told of progress, and say nothing."""


class Renderer:
    """Makes and finds the clips of the station in `root`. Cheap to make: voices and numpy come with the first clip."""

    def __init__(self, root: Path, speech: SpeechSettings, mix: MixSettings) -> None:
        self._recipes = Recipes(root, speech, mix)

    def spoken(self, script: Script) -> list[tuple[Block, Reading | None]]:
        """Return every block with how it is read (None where nothing is); raise InputError for a wrong lexicon."""
        return list(self._recipes.spoken(script).parts)

    def find(self, script: Script) -> Clip | None:
        """Return the best clip on disk of exactly this text, lexicon, voices and mix; None where there is none.

        A clip in a lesser voice counts, one of an older text never. Cheap: no sound is read. Raise InputError where
        the lexicon is wrong.
        """
        stored = stored_clips(self._recipes.audio_folder, script.id)
        said = self._recipes.said(script, (found.said for found in stored))
        return self._find_best(script, said) or self._find_lesser(script, said, stored)

    def _find_best(self, script: Script, said: Said) -> Clip | None:
        cast = assign(choices_for(script, self._recipes.speech.voices))
        try:
            versions = {role: self._recipes.version(spec) for role, spec in (cast or {}).items()}
        except (VoiceError, InputError):
            return None
        return self._stored(script, said, versions, fell_back=False)

    def _find_lesser(self, script: Script, said: Said, clips: Iterable[Stored]) -> Clip | None:
        """Look through the script's clips for those that another of its casts spoke, and return the best of them."""
        choices = choices_for(script, self._recipes.speech.voices)
        found: list[tuple[int, Clip]] = []
        for stored in clips:
            distance = rank(choices, {role: spec for role, (spec, _version) in stored.cast.items()})
            if distance is None:
                continue
            versions = {role: self._version_now(*voice) for role, voice in stored.cast.items()}
            if clip := self._stored(script, said, versions, fell_back=distance > 0):
                found.append((distance, clip))
        return min(found, key=lambda entry: entry[0])[1] if found else None

    def _version_now(self, spec: str, version: str) -> str:
        """Return the version that a stored clip's voice has today; of a voice that is gone, the one it had."""
        try:
            return self._recipes.version(spec)
        except (VoiceError, InputError):
            return version

    def _stored(self, script: Script, said: Said, versions: Mapping[str, str], *, fell_back: bool) -> Clip | None:
        try:
            digest = self._recipes.digest(script, said, versions)
        except RenderError:  # a sound that the script names is gone: nothing on disk can be that clip
            return None
        stored = stored_clip(self._recipes.audio_folder, script.id, digest)
        return replace(stored.clip, fell_back=fell_back) if stored else None  # by the order of voices as it is now

    def render(
        self,
        scripts: Iterable[Script],
        *,
        again_better: bool = True,
        progress: Callable[[RenderStep], None] = _ignore,
    ) -> RenderReport:
        """Make the clips that are missing, and where `again_better` those that a lesser voice spoke.

        What fails is in the report and stops nothing else. Raise InputError where station.toml or the lexicon is wrong.
        """
        self._recipes.check_settings()
        sweep(self._recipes.audio_folder, time.time())
        tally = Tally(list(scripts), progress)
        missing = []
        for script in tally.scripts:
            clip = self._kept(script, again_better=again_better)
            if clip:
                tally.add(script, Result.KEPT, clip)
            else:
                missing.append(script)
        if missing:
            from broadcaster.speech.render_many import make_all

            make_all(self._recipes, missing, tally)
        return tally.report()

    def _kept(self, script: Script, *, again_better: bool) -> Clip | None:
        clip = self.find(script)
        return None if clip and clip.fell_back and again_better else clip
