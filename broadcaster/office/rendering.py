"""Making clips at a person's word, and entering in the play history which sound was made of which text.

A clip that the history does not know is made anew: where its row could not be written, saying the command again does.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from broadcaster.errors import RenderError
from broadcaster.i18n import _
from broadcaster.records.clip_rows import ClipRow, clip_body
from broadcaster.records.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from broadcaster.models import Clip, MadeClip, Script
    from broadcaster.speech.render import RenderReport, RenderStep
    from broadcaster.station.folder import Station

NOBODY = "broadcaster"
"""Who made a clip where the system does not tell who is logged in."""


def render_scripts(
    station: Station,
    scripts: Iterable[Script],
    how: str,
    actor: str | None = None,
    progress: Callable[[RenderStep], None] = lambda _step: None,
) -> RenderReport:
    """Make the clips that are missing, or in a lesser voice, and enter each in the play history.

    `how` is the command, `actor` who gave it; without, who is logged in. Failures are in the report. Raise InputError
    where settings or lexicon are wrong, RecordError where the clips cannot be entered: then none of them airs.
    """
    made: list[MadeClip] = []

    def tell(step: RenderStep) -> None:
        if step.made:
            made.append(step.made)
        progress(step)

    try:
        return station.renderer().render(scripts, progress=tell)
    finally:  # an interrupted batch leaves clips that are whole
        enter_clips(station, made, how, actor or _logged_in())


def enter_clips(station: Station, made: Sequence[MadeClip], how: str, actor: str) -> None:
    """Enter clips that were made just now; raise RecordError where that cannot be done."""
    if not made:
        return
    now = station.now()
    with station.ledger() as ledger:
        ledger.append([ClipRow(Kind.CLIP_MADE, clip_body(each, how)).entry(actor, now) for each in made])


def _logged_in() -> str:
    try:
        return " ".join(getpass.getuser().split()) or NOBODY
    except (OSError, KeyError, ImportError):
        return NOBODY


def ready_clip(station: Station, script: Script, how: str, actor: str | None = None) -> Clip:
    """Return a script's clip, made and entered now where there is none; raise RenderError where that fails."""
    if clip := station.renderer().find(script):
        return clip
    report = render_scripts(station, [script], how, actor)
    clip = station.renderer().find(script)
    if clip is None:
        raise RenderError(report.failed.get(script.id, _("the clip was not made")))
    return clip
