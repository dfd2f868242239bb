"""The clips that the desk airs: looked up and verified beside it, so that no text and no file can hold it up.

To look a clip up, the whole text is read as it will be spoken; to verify it, the whole file. Both take seconds for a
long programme. So the desk asks for what is known, and what is not known yet is found by `background_work`.

A clip is only ever returned for the text that the desk has in force: what was found for an older one is of no use.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, RenderError
from broadcaster.i18n import _
from broadcaster.playout.background_work import AtOnce, Work
from broadcaster.records.clip_rows import KnownClips
from broadcaster.speech.render import Renderer, verify_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.models import Clip, Heard, Occurrence, Script
    from broadcaster.records.ledger import Ledger
    from broadcaster.station.content import Content

    Stamp = tuple[int, int, int, int] | None  # of a file: times of its bytes and rights, size, number; None: no file


SOON = timedelta(hours=1)
"""A clip is not exchanged for a better one this shortly before it airs."""

VERIFY_AHEAD = timedelta(minutes=1)
"""Clips are verified from here on before they air: on a slow disk three hours of sound take 20 s."""

STILL_VERIFIED = 90.0
"""Seconds for which a verified file counts as verified, if it is not touched meanwhile."""

PATIENCE = 0.1
"""Seconds that the desk waits for one clip at its cue; hardly any takes as long."""


@dataclass(frozen=True, slots=True)
class _FoundClip:
    """What was found for a script: a clip, or why there is none. `turn`: when it was looked up, see `look_again`."""

    text: str  # Script.digest
    renderer: Renderer
    turn: int
    clip: Clip | None
    reason: str = ""


class UnenteredClipError(RenderError):
    """A clip was made, and the play history cannot take its row: until it can, the clip may not air."""


@dataclass(frozen=True, slots=True)
class _VerifiedFile:
    """A clip whose file was verified at `at` (monotonic seconds); `problem`: what is wrong with it, or ""."""

    clip: Clip
    stamp: Stamp
    at: float
    problem: str = ""


class ClipFinder:
    """Finds the clips of one station. `failures`, by script: why its clip could not be made.

    `changes` is another number whenever the length of a clip may have changed. `work` is where what takes long is done.
    """

    def __init__(
        self,
        root: Path,
        content: Content,
        ask_for_clips: Callable[[Sequence[str]], None] = lambda _scripts: None,
        work: Work | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """`ask_for_clips` is called, from any thread, with scripts that need a clip and have none.

        `ledger` says which of the clips on disk may air; without one, all.
        """
        self._ledger, self._known = ledger, KnownClips(is_strict=ledger is not None)
        self._root = root
        self._ask_for_clips = ask_for_clips
        self.work = work or AtOnce()
        self._content = content
        self._renderer = content.renderer(root, self._known.counts)
        self._turn = 0
        self._found: dict[str, _FoundClip] = {}
        self._verified: dict[Path, _VerifiedFile] = {}
        self._asked: set[object] = set()  # what is being looked up or verified
        self.failures: Mapping[str, str] = {}
        self.unentered: Mapping[str, str] = {}  # by script: why the row of a clip that was made could not be written
        self.changes = 0

    def use(self, content: Content) -> None:
        """Use these scripts and settings from now on. What they do not concern stays known."""
        before, self._content = self._content, content
        if _basis(before) != _basis(content):
            self._renderer = content.renderer(self._root, self._known.counts)
        self._found = {id_: found for id_, found in self._found.items() if self._is_of_text(id_, found)}
        self.changes += 1

    def look_again(self) -> None:
        """Look everything up again: a sound, the lexicon or a better voice may have changed which clip is right."""
        self._turn += 1
        self.changes += 1

    def follow(self) -> None:
        """Take in which clips were entered since the last call; raise RecordError where the ledger cannot be read."""
        if self._ledger is not None:
            self._known.follow(self._ledger)

    # ---- what the desk asks -----------------------------------------------------------------------------------

    def verified(self, script: str) -> Clip:
        """Return the clip after its file was verified; raise RenderError if there is none, or that is not known yet.

        Raises UnenteredClipError for one that was made and cannot be entered.

        A damaged clip is deleted, and asked for again. A sound that the ledger does not know is no clip.
        """
        self.follow()
        if script not in self._content.scripts:
            raise RenderError(_("there is no such script, or it has mistakes"))
        if unfinished := self._content.scripts[script].unfinished:
            raise RenderError(_("still to be written: {gap}").format(gap=unfinished))
        found = self._look_up(script, again=True, urgent=True)
        if found is None or not self._is_fresh(found):
            raise RenderError(_("its clip is still being looked up"))
        if found.clip is None:
            if error := self.unentered.get(script):
                raise UnenteredClipError(error)
            self._ask_for_clips([script])
            raise RenderError(found.reason or self.failures.get(script) or _("the clip is not rendered yet"))
        self._require_verified(script, found.clip)
        return found.clip

    def all_verified(self, scripts: Iterable[str]) -> tuple[Clip, ...]:
        """Return the verified clip of each script; raise RenderError that names those without one, and why.

        Raises UnenteredClipError where that is all they want for.
        """
        clips, wanting, kinds = [], [], set()
        for id_ in dict.fromkeys(scripts):
            try:
                clips.append(self.verified(id_))
            except RenderError as error:
                wanting.append(f"{id_}: {error}")
                kinds.add(type(error))
        if wanting:
            raise (kinds.pop() if len(kinds) == 1 else RenderError)("; ".join(wanting))
        return tuple(clips)

    def heard(self, script: str) -> Heard | None:
        """Return what is heard in a script's clip, as its row says; None where there is no clip, or no row."""
        clip = self._clip(script)
        return self._known.heard(clip) if clip else None

    def lengths(self, scripts: Iterable[str]) -> dict[str, timedelta]:
        """Return the length of each clip, by script; a script without a clip is left out."""
        found = ((script, self._clip(script)) for script in scripts)
        return {script: clip.length for script, clip in found if clip is not None}

    def missing(self, plan: Iterable[Occurrence]) -> list[str]:
        """Return the scripts of a plan that are known to have no clip; those not known yet are asked for later."""
        self.follow()
        scripts = self._content.scripts
        can = (script for script in _scripts(plan) if script in scripts and not scripts[script].unfinished)
        found = ((script, self._look_up(script, again=True)) for script in can)
        return [script for script, known in found if known is not None and known.clip is None]

    def in_lesser_voices(self, plan: Sequence[Occurrence], now: datetime) -> list[str]:
        """Return the scripts that a better voice should read when it is back; none that airs within the hour."""
        near = set(_scripts(occurrence for occurrence in plan if occurrence.start < now + SOON))
        scripts = (script for script in _scripts(plan) if script not in near)
        return [script for script in scripts if (clip := self._clip(script)) is not None and clip.fell_back]

    def verify_ahead(self, plan: Iterable[Occurrence], now: datetime) -> None:
        """Begin to verify the clips of what airs within the next minute."""
        for script in _scripts(occurrence for occurrence in plan if occurrence.start < now + VERIFY_AHEAD):
            if (clip := self._clip(script)) is not None and self._known_state(clip) is None:
                self._verify(clip)

    def doubt(self, scripts: Iterable[str]) -> None:
        """Have the clips of these scripts verified anew: one of them could not be played."""
        for script in scripts:
            if clip := self._clip(script):
                self._verified.pop(clip.path, None)

    # ---- looking up -------------------------------------------------------------------------------------------

    def _clip(self, script: str) -> Clip | None:
        found = self._look_up(script) if script in self._content.scripts else None
        return found.clip if found else None

    def _look_up(self, id_: str, *, again: bool = False, urgent: bool = False) -> _FoundClip | None:
        """Return what is known of a script's present text, and have it looked up if that is not fresh.

        `again`: look again for a clip that was not there.
        """
        found = self._found.get(id_)
        if found is None or not self._is_of_text(id_, found) or not self._is_fresh(found) or (again and not found.clip):
            script, renderer, turn = self._content.scripts[id_], self._renderer, self._turn
            self._do(id_, lambda: self._find(id_, script, renderer, turn), urgent=urgent)
            found = self._found.get(id_)
        return found if found is not None and self._is_of_text(id_, found) else None

    def _is_of_text(self, id_: str, found: _FoundClip) -> bool:
        script = self._content.scripts.get(id_)
        return script is not None and found.text == script.digest and found.renderer is self._renderer

    def _is_fresh(self, found: _FoundClip) -> bool:
        return found.turn == self._turn

    def _find(self, id_: str, script: Script, renderer: Renderer, turn: int) -> None:
        """Look a clip up; while the lexicon has a mistake, what was found for this text before stays right."""
        before = self._found.get(id_)
        try:
            found = _FoundClip(script.digest, renderer, turn, renderer.find(script))
        except (InputError, RenderError, OSError) as error:
            found = _FoundClip(script.digest, renderer, turn, None, str(error))
            if before is not None and (before.text, before.renderer) == (script.digest, renderer) and before.clip:
                found = replace(before, turn=turn)
        self._found[id_] = found
        if before is None or before.clip != found.clip:
            self.changes += 1
        if found.clip is None and self.work.beside and not script.unfinished:  # whoever wanted to know may be gone
            self._ask_for_clips([id_])

    # ---- verifying --------------------------------------------------------------------------------------------

    def _require_verified(self, script: str, clip: Clip) -> None:
        state = self._known_state(clip)
        if state is None:
            self._verify(clip, urgent=True)
            state = self._known_state(clip)
        if state is None:
            raise RenderError(_("its clip is still being verified"))
        if state.problem:
            with suppress(OSError):  # what cannot be deleted stays wrong, and is this item's own trouble
                clip.path.unlink(missing_ok=True)  # made by this program: it will be rendered again
            self._found.pop(script, None)
            self.changes += 1
            self._ask_for_clips([script])
            raise RenderError(state.problem)

    def _known_state(self, clip: Clip) -> _VerifiedFile | None:
        """Return what is known of a clip's file as it is now; None if it must be verified."""
        state = self._verified.get(clip.path)
        if state is None or state.clip != clip or state.stamp != _stamp(clip.path):
            return None
        return state if time.monotonic() - state.at <= STILL_VERIFIED else None

    def _verify(self, clip: Clip, *, urgent: bool = False) -> None:
        self._do(clip.path, lambda: self._read_whole(clip), urgent=urgent)

    def _read_whole(self, clip: Clip) -> None:
        stamp, problem = _stamp(clip.path), ""
        try:
            verify_clip(clip)
        except RenderError as error:
            problem = str(error)
        self._verified[clip.path] = _VerifiedFile(clip, stamp, time.monotonic(), problem)

    def _do(self, what: object, piece: Callable[[], None], *, urgent: bool) -> None:
        """Have a piece of work done; what is under way already is only done again where it has become urgent."""
        if what in self._asked and not urgent:
            return
        self._asked.add(what)

        def work() -> None:
            self._asked.discard(what)
            piece()

        self.work.do(work, urgent=urgent, patience=PATIENCE if urgent else 0.0)


def _basis(content: Content) -> tuple[object, ...]:
    """Return what decides which clip of a text is right, besides the files of sounds and lexicon."""
    return content.settings.speech, content.settings.mix, content.lexicon, content.sounds


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _scripts(plan: Iterable[Occurrence]) -> list[str]:
    """Return the scripts of a plan, each once."""
    return list(dict.fromkeys(script for occurrence in plan for script in occurrence.scripts))
