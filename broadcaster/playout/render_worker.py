"""The process that makes clips for the desk, a child as in `broadcaster.children`.

Its order is {"station": path, "scripts": [id, …]}: the clips of what is in force at that station. It says of each
script {"script", "result", "reason"} as in `RenderStep`, with {"kind", "row"} where there is a clip that the play
history has to know: its row. {"error": text} where settings or lexicon let none be made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.limits import give_way
from broadcaster.errors import BroadcasterError, InputError, RenderError
from broadcaster.models import MadeClip
from broadcaster.records.clip_rows import clip_body
from broadcaster.records.kinds import Kind
from broadcaster.speech.render import RenderResult, verify_clip
from broadcaster.station.content import content_in_force
from broadcaster.station.folder import open_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.children.child_side import Parent
    from broadcaster.models import Script
    from broadcaster.speech.render import RenderStep
    from broadcaster.station.content import Content

HOW = "desk"
"""Who makes these clips, in their rows."""


def main(parent: Parent) -> None:
    """Carry out one order, after every other program, and leave."""
    give_way()
    order = next(parent.messages(), None)
    if order is None:
        return
    try:
        render_in_force(Path(order.head["station"]), order.head["scripts"], parent.send)
    except BroadcasterError as error:
        parent.send({"error": str(error)})


def render_in_force(root: Path, ids: Sequence[str], send: Callable[[dict[str, Any]], object]) -> None:
    """Render scripts as the desk has them; `send` gets a message for each: what became of it, and the row to write."""
    station = open_in_force(root)
    content = content_in_force(station)
    renderer = content.renderer(root, station.known_clips().counts)

    def tell(step: RenderStep) -> None:
        row = _row_of(step, content, root)
        send({"script": step.script, "result": step.result, "reason": step.reason, **row})

    renderer.render([content.scripts[id_] for id_ in ids if id_ in content.scripts], progress=tell)


def _row_of(step: RenderStep, content: Content, root: Path) -> dict[str, Any]:
    """Return the row that is to be written about a script's clip, if any."""
    if step.made:
        return {"kind": Kind.CLIP_MADE, "row": clip_body(step.made, HOW)}
    if step.result is RenderResult.FAILED and (found := _found(content.scripts[step.script], content, root)):
        return {"kind": Kind.CLIP_FOUND, "row": clip_body(found, HOW)}
    return {}


def _found(script: Script, content: Content, root: Path) -> MadeClip | None:
    """Return a whole clip that lies there for a script though no row names it, where no voice could make it anew.

    None where the station asks for approval: what was approved must not be a sound that nobody is known to have made.
    """
    if content.settings.approval.required:
        return None
    renderer = content.renderer(root)
    try:
        clip = renderer.find(script)
        if clip is None:
            return None
        verify_clip(clip)
        return MadeClip(clip, script.title, renderer.heard(script), {}, topic=script.topic, language=script.language)
    except (InputError, RenderError):
        return None
