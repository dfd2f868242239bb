"""`broadcaster script render` and `listen`: scripts become clips, and a clip is heard before it airs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, open_named_station, option, pass_station
from broadcaster.cli.play_preview import hear, with_listener, with_output
from broadcaster.cli.problems import told
from broadcaster.cli.save_clip import save_sound, with_save
from broadcaster.cli.script.render_progress import render_with_bar, sum_up
from broadcaster.cli.show import say
from broadcaster.i18n import N_, _
from broadcaster.office.find import find_script, find_scripts
from broadcaster.office.listen_from import clip_from, find_sentence
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
        "question, and entered in the play history. With --from it begins at one of the sentences that script read "
        "numbers."
    ),
    examples=[
        "script listen thong-diep-1",
        "script listen thong-diep-1 --from 3",
        'script listen thong-diep-1 --from "đường dây nóng"',
        "script listen thong-diep-1 --save thong-diep-1.wav",
    ],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option(
    "--from",
    "begin",
    metavar=N_("SENTENCE"),
    help=N_("Begin at this sentence: its number, as script read shows it, or words of it."),
)
@with_output
@with_save
@with_listener
@pass_station
def listen(
    station: Station, id_: str, *, begin: str | None, output: str | None, target: Path | None, name: str | None
) -> int:
    """Hear a script."""
    script = find_script(station, id_)
    if begin is None:
        clip = ready_clip(station, script, "listen", name)
        return _save_or_play(station, Sample.of_clip(clip, script), output, target, name)
    sentence = find_sentence(station, script, begin)
    with clip_from(station, script, sentence, name) as (clip, rest):
        say(_("From sentence {number}: {text}").format(number=sentence.number, text=sentence.text))
        return _save_or_play(station, Sample.of_clip(clip, script, rest), output, target, name)


def _save_or_play(station: Station, sample: Sample, output: str | None, target: Path | None, name: str | None) -> int:
    if target is not None:
        save_sound(sample.segment, target)
        return 0
    return 0 if hear(station, sample, output, name) else 1
