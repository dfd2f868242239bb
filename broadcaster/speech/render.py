"""Scripts → clips in `audio/`: what is there is kept, what is missing is made, the better voice wins."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError, InputError, RenderError
from broadcaster.speech.casting import assign, choices_for, rank
from broadcaster.speech.clips import stored_clip, stored_clips, verify_clip
from broadcaster.speech.recipe import Recipes, Spoken
from broadcaster.speech.studio import Studio
from broadcaster.speech.voices import VoiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from broadcaster.models import Block, Clip, Script
    from broadcaster.settings import MixSettings, SpeechSettings
    from broadcaster.speech.normalise import Reading

__all__ = ["RenderReport", "RenderStep", "Renderer", "Result", "verify_clip"]


_MOST_THREADS = 4
"""Clips made at once: each takes some memory, and past a few the threads wait for each other."""


class Result(StrEnum):
    """What came of one script."""

    MADE = "made"
    KEPT = "kept"  # the clip was there already
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RenderStep:
    """One script is finished, the `done`th of `total`; `reason` says why it failed."""

    script: str
    done: int
    total: int
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What came of a batch: ids of scripts, in the order of the batch. `fell_back` are among those made and kept."""

    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    fell_back: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)  # id → why


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
        spoken = self._recipes.spoken(script)
        return self._find_best(script, spoken) or self._find_lesser(script, spoken)

    def _find_best(self, script: Script, spoken: Spoken) -> Clip | None:
        cast = assign(choices_for(script, self._recipes.speech.voices))
        try:
            versions = {role: self._recipes.version(spec) for role, spec in (cast or {}).items()}
        except (VoiceError, InputError):
            return None
        return self._stored(script, spoken, versions)

    def _find_lesser(self, script: Script, spoken: Spoken) -> Clip | None:
        """Look through the script's clips for one that another of its casts spoke, the best of them."""
        choices = choices_for(script, self._recipes.speech.voices)
        found: list[tuple[int, Clip]] = []
        for stored in stored_clips(self._recipes.audio_folder, script.id):
            distance = rank(choices, {role: spec for role, (spec, _version) in stored.cast.items()})
            if distance is None:
                continue
            versions = {role: self._version_now(*voice) for role, voice in stored.cast.items()}
            if clip := self._stored(script, spoken, versions):
                found.append((distance, clip))
        return min(found, key=lambda entry: entry[0])[1] if found else None

    def _version_now(self, spec: str, version: str) -> str:
        """Return the version that a stored clip's voice has today; of a voice that is gone, the one it had."""
        try:
            return self._recipes.version(spec)
        except (VoiceError, InputError):
            return version

    def _stored(self, script: Script, spoken: Spoken, versions: Mapping[str, str]) -> Clip | None:
        try:
            digest = self._recipes.digest(script, spoken, versions)
        except RenderError:  # a sound that the script names is gone: nothing on disk can be that clip
            return None
        stored = stored_clip(self._recipes.audio_folder, script.id, digest)
        return stored.clip if stored else None

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
        tally = _Tally(list(scripts), progress)
        missing = []
        for script in tally.scripts:
            clip = self._kept(script, again_better=again_better)
            if clip:
                tally.add(script, Result.KEPT, clip)
            else:
                missing.append(script)
        self._make_all(missing, tally)
        return tally.report()

    def _kept(self, script: Script, *, again_better: bool) -> Clip | None:
        if again_better:
            return self._find_best(script, self._recipes.spoken(script))
        return self.find(script)

    def _make_all(self, scripts: list[Script], tally: _Tally) -> None:
        if not scripts:
            return
        with Studio(self._recipes) as studio, ThreadPoolExecutor(_threads()) as pool:
            waiting = {pool.submit(studio.make, script): script for script in scripts}
            try:
                for done in as_completed(waiting):
                    _note(tally, waiting[done], done)
            except BaseException:
                studio.leave()
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _threads() -> int:
    return min(os.cpu_count() or 1, _MOST_THREADS)


def _note(tally: _Tally, script: Script, done: Future[tuple[Clip, bool]]) -> None:
    try:
        clip, made = done.result()
    except BroadcasterError as error:
        tally.fail(script, str(error))
    else:
        tally.add(script, Result.MADE if made else Result.KEPT, clip)


class _Tally:
    """Counts what came of each script, and tells it."""

    def __init__(self, scripts: list[Script], progress: Callable[[RenderStep], None]) -> None:
        self.scripts = scripts
        self._progress = progress
        self._results: dict[str, Result] = {}
        self._fell_back: set[str] = set()
        self._reasons: dict[str, str] = {}

    def add(self, script: Script, result: Result, clip: Clip) -> None:
        if clip.fell_back:
            self._fell_back.add(script.id)
        self._tell(script, result)

    def fail(self, script: Script, reason: str) -> None:
        self._reasons[script.id] = reason
        self._tell(script, Result.FAILED)

    def _tell(self, script: Script, result: Result) -> None:
        self._results[script.id] = result
        reason = self._reasons.get(script.id, "")
        self._progress(RenderStep(script.id, len(self._results), len(self.scripts), result, reason))

    def report(self) -> RenderReport:
        ids = [script.id for script in self.scripts]
        return RenderReport(
            made=tuple(id_ for id_ in ids if self._results[id_] is Result.MADE),
            kept=tuple(id_ for id_ in ids if self._results[id_] is Result.KEPT),
            fell_back=tuple(id_ for id_ in ids if id_ in self._fell_back),
            failed={id_: self._reasons[id_] for id_ in ids if id_ in self._reasons},
        )
