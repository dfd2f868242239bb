"""`broadcaster now`: what is on the air, what was last, what is next and in how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import command, pass_station_in_force, with_json
from broadcaster.cli.prospect_json import prospect_to_json
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_
from broadcaster.moments import to_second
from broadcaster.office.now import Present, look_around
from broadcaster.office.wording_conditions import condition_text, condition_todo
from broadcaster.office.wording_forecast import due_text
from broadcaster.office.wording_in_force import away_text, held_text, in_force_texts
from broadcaster.office.wording_now import last_text, next_text, on_air_text, running_text, waiting_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Show what is on the air, what was last and what is next, and whether the desk is running at all. Leaves with "
        "0 (it runs, and nothing is the matter), 1 (it runs, and somebody should look) or 2 (nothing will play: no "
        "desk runs, or it is held, for the clock is not believed or the play history is not the station's)."
    ),
    examples=["now", "now --json"],
)
@with_json
@pass_station_in_force
def now(station: Station, *, as_json: bool) -> int:
    """Show the present."""
    present = look_around(station)
    if as_json:
        show_json(_to_json(present, station.root))
        return present.exit_code
    say(running_text(present))
    for text in in_force_texts(present.in_force, station.root):
        say(f"! {text}")
    for condition in present.conditions:
        say(f"! {condition_text(condition)}")
        say("    → " + condition_todo(condition))
    say(on_air_text(present))
    for item in present.due:
        say(f"! {item.id}: {due_text(item)}")
    if waiting := waiting_text(present):
        say(waiting)
    say(last_text(present))
    say(next_text(present))
    return present.exit_code


def _to_json(present: Present, root: Path) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return to_second(moment).isoformat() if moment else None

    last = present.last
    return {
        "now": text(present.now),
        "running": present.running,
        "clock_doubt": present.held,
        "paused_until": text(present.paused),
        "last_sign_of_life": text(present.last_sign),
        "on_air": present.on_air,
        "started": text(present.started),
        "ends": text(present.ends),
        "device": present.device or None,
        "last": {"id": last.occurrence, "outcome": last.ending, "reason": last.reason} if last else None,
        "due": [{"id": item.id, "reason": item.why, "until": text(item.until)} for item in present.due],
        "waiting": list(present.waiting),
        "next": prospect_to_json(present.next) if present.next else None,
        "conditions": [
            {"kind": str(c.kind), "since": text(c.since), "text": condition_text(c), "todo": condition_todo(c)}
            for c in present.conditions
        ],
        "held": _held_to_json(present.in_force, root),
        "exit": present.exit_code,
    }


def _held_to_json(content: Content, root: Path) -> list[dict[str, str]]:
    """Return the files and folders whose last good version is in force, as seen from the station's folder."""
    folders = [(f"{folder.path.relative_to(root).as_posix()}/", away_text(folder, root)) for folder in content.away]
    files = [(file.path.relative_to(root).as_posix(), held_text(file, root)) for file in content.held]
    return [{"path": path, "text": text} for path, text in [*folders, *files]]
