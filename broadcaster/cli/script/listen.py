"""`broadcaster script render` and `listen`: scripts become clips, and a clip is heard before it airs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, open_named_station, pass_station
from broadcaster.cli.play_preview import hear, with_listener, with_output
from broadcaster.cli.problems import told
from broadcaster.cli.save_clip import save_clip, with_save
from broadcaster.cli.script.render_progress import render_with_bar, sum_up
from broadcaster.cli.show import say
from broadcaster.i18n import N_
from broadcaster.office.find import find_script, find_scripts
from broadcaster.office.listening import Sample
from broadcaster.office.rendering import ready_clip

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Turn scripts into clips: those named, or all. Clips that are ready are kept; a clip spoken "
        "by a fallback voice is rendered again if a better voice is available now."
    ),
    examples=["script render", "script render thong-diep-1 thong-diep-2"],
)
@argument("ids", metavar="ID", nargs=-1, shell_complete=complete_script)
def render(ids: tuple[str, ...]) -> int:
    """Render scripts and sum up honestly what came of it."""
    station = open_named_station()
    scripts, problems = station.scripts()
    chosen = find_scripts(station, ids) if ids else list(scripts.values())
    report = render_with_bar(station, chosen, "render")
    sum_up(report, say)
    return max(1 if report.failed else 0, told(problems if not ids else ()))


@command(
    help=N_(
        "Hear a script now: it is rendered where it has to be and played on [monitor] device of station.toml. Without "
        "one it would sound on the loudspeakers: then only while the desk has nothing to do, inside the hours, after a "
        "question, and entered in the play history."
    ),
    examples=["script listen thong-diep-1", "script listen thong-diep-1 --save thong-diep-1.wav"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@with_output
@with_save
@with_listener
@pass_station
def listen(station: Station, id_: str, *, output: str | None, target: Path | None, name: str | None) -> int:
    """Hear a script."""
    script = find_script(station, id_)
    clip = ready_clip(station, script, "listen", name)
    if target is not None:
        save_clip(clip, target)
        return 0
    return 0 if hear(station, Sample.of_clip(clip, script), output, name) else 1
