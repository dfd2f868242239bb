"""The clip of a script, rendered now if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.i18n import _

if TYPE_CHECKING:
    from broadcaster.models import Clip, Script
    from broadcaster.speech.render import Renderer


def ready_clip(renderer: Renderer, script: Script) -> Clip:
    """Return the script's clip, rendered now where there is none; raise RenderError where that fails."""
    if clip := renderer.find(script):
        return clip
    report = renderer.render([script])
    clip = renderer.find(script)
    if clip is None:
        raise RenderError(report.failed.get(script.id, _("the clip was not made")))
    return clip
