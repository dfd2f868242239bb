"""The clips that the desk airs: found once, remembered, verified right before they sound."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, RenderError
from broadcaster.i18n import _
from broadcaster.speech.render import verify_clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from broadcaster.models import Clip, Occurrence
    from broadcaster.station.content import Content


SOON = timedelta(hours=1)
"""A clip is not exchanged for a better one this shortly before it airs."""


class ClipFinder:
    """Finds the clips of one station. To find a clip the whole text is normalised, so results are remembered."""

    def __init__(self, root: Path, content: Content) -> None:
        self._root = root
        self._known: dict[str, Clip] = {}
        self.use(content)

    def use(self, content: Content) -> None:
        """Use these scripts and settings from now on."""
        self._content = content
        self._renderer = content.renderer(self._root)
        self._fresh: set[str] = set()

    def look_again(self) -> None:
        """Forget what was found: a sound, the lexicon or a better voice may have changed which clip is right."""
        self.use(self._content)

    def find(self, script: str) -> Clip | None:
        """Return the script's clip; None if there is none.

        While the lexicon has a mistake it is not known which clip is right, and the one found before is returned.
        Raises RenderError if none was found before.
        """
        known = self._known.get(script)
        if known is not None and script in self._fresh and known.path.exists():
            return known
        if script not in self._content.scripts:
            return None
        try:
            found = self._renderer.find(self._content.scripts[script])
        except InputError as error:
            if known is None:
                raise RenderError(str(error)) from None
            return known
        self._fresh.add(script)
        if found is None:
            self._known.pop(script, None)
        else:
            self._known[script] = found
        return found

    def verified(self, script: str) -> Clip:
        """Return the clip after checking its file; raise RenderError if there is none. A damaged clip is deleted."""
        if script not in self._content.scripts:
            raise RenderError(_("there is no such script, or it has mistakes"))
        if unfinished := self._content.scripts[script].unfinished:
            raise RenderError(_("still to be written: {gap}").format(gap=unfinished))
        clip = self.find(script)
        if clip is None:
            raise RenderError(_("the clip is not rendered yet"))
        try:
            verify_clip(clip)
        except RenderError:
            with suppress(OSError):  # what cannot be deleted stays wrong, and is this item's own trouble
                clip.path.unlink(missing_ok=True)  # made by this program: it will be rendered again
            raise
        return clip

    def lengths(self, scripts: Iterable[str]) -> dict[str, timedelta]:
        """Return the length of each clip, by script; a script without a clip is left out."""
        found = {script: self._found(script) for script in scripts}
        return {script: clip.length for script, clip in found.items() if clip is not None}

    def missing(self, plan: Iterable[Occurrence]) -> list[str]:
        """Return the scripts of a plan that can be rendered and have no clip."""
        known = self._content.scripts
        scripts = (script for script in _scripts(plan) if script in known and not known[script].unfinished)
        return [script for script in scripts if self._found(script) is None]

    def in_lesser_voices(self, plan: Sequence[Occurrence], now: datetime) -> list[str]:
        """Return the scripts that a better voice should read when it is back; none that airs within the hour."""
        near = set(_scripts(occurrence for occurrence in plan if occurrence.start < now + SOON))
        scripts = (script for script in _scripts(plan) if script not in near)
        return [script for script in scripts if (clip := self._found(script)) is not None and clip.fell_back]

    def _found(self, script: str) -> Clip | None:
        try:
            return self.find(script)
        except RenderError:
            return None


def _scripts(plan: Iterable[Occurrence]) -> list[str]:
    """Return the scripts of a plan, each once."""
    return list(dict.fromkeys(script for occurrence in plan for script in occurrence.scripts))
