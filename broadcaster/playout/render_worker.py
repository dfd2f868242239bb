"""The process that makes clips for the desk, a child as in `broadcaster.children`.

Its order is {"station": path, "scripts": [id, …]}: the clips of what is in force at that station. It says of each
script {"script", "result", "reason"} as in `RenderStep`, and {"error": text} where settings or lexicon let none be
made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.children.limits import give_way
from broadcaster.errors import BroadcasterError
from broadcaster.station.content import content_in_force
from broadcaster.station.folder import open_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.children.child_side import Parent
    from broadcaster.speech.render import RenderStep


def main(parent: Parent) -> None:
    """Carry out one order, after every other program, and leave."""
    give_way()
    order = next(parent.messages(), None)
    if order is None:
        return
    try:
        _render(parent, Path(order.head["station"]), order.head["scripts"])
    except BroadcasterError as error:
        parent.send({"error": str(error)})


def _render(parent: Parent, root: Path, ids: Sequence[str]) -> None:
    content = content_in_force(open_in_force(root))
    renderer = content.renderer(root)

    def tell(step: RenderStep) -> None:
        parent.send({"script": step.script, "result": step.result, "reason": step.reason})

    renderer.render([content.scripts[id_] for id_ in ids if id_ in content.scripts], progress=tell)
