"""`broadcaster script`: what is to be said, how it will be read, and its sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import argument, group, option, pass_station
from broadcaster.cli.ids import complete_script, pick, told
from broadcaster.cli.reading import read_paragraphs, show_reading
from broadcaster.cli.show import Cell, Styled, length, say, short_date, show_json, show_table
from broadcaster.cli.sound import listen, render
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from datetime import date

    from broadcaster.models import Clip, Script
    from broadcaster.speech.render import Renderer
    from broadcaster.station import Station

UNKNOWN = N_('there is no script "{id}"')


@group(help=N_("Scripts: list, read, render, listen."), examples=["script list", "script render"])
def script() -> None:
    """Hold the commands."""


script.add_command(render)
script.add_command(listen)


@script.command(
    "list",
    help=N_("List the scripts: length, voice, warnings, and whether each one's clip is ready."),
    examples=["script list", "script list --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def list_(station: Station, *, as_json: bool) -> int:
    """List the scripts."""
    scripts, problems = station.scripts()
    renderer, today = station.renderer(), station.now().date()
    entries = [_entry(renderer, found, today) for found in scripts.values()]
    if as_json:
        show_json(entries)
    else:
        columns = (_("id"), _("title"), _("length"), _("voice"), _("warnings"), _("state"))
        show_table(columns, [_row(entry) for entry in entries], right=(2, 4))
    return told(problems)


def _entry(renderer: Renderer, found: Script, today: date) -> dict[str, object]:
    clip = renderer.find(found)
    read = (warning for part in read_paragraphs(renderer, found) for warning in part.warnings)
    warnings = list(clip.warnings) if clip else list(dict.fromkeys(read))
    return {
        "id": found.id,
        "title": found.title,
        "seconds": round(clip.length.total_seconds(), 3) if clip else None,
        "length": length(clip.length if clip else None),
        "voice": clip.voice if clip else None,
        "warnings": warnings,
        "valid_until": found.valid_until.isoformat() if found.valid_until else None,
        "state": _state(found, clip, today),
    }


def _state(found: Script, clip: Clip | None, today: date) -> str:
    if found.valid_until and found.valid_until < today:
        return "expired"
    if clip is None:
        return "not rendered"
    return "fell back" if clip.fell_back else "ready"


STATES = {
    "expired": (N_("expired"), "red"),
    "not rendered": (N_("not rendered"), "yellow"),
    "fell back": (N_("ready, in a lesser voice"), "yellow"),
    "ready": (N_("ready"), "green"),
}


def _row(entry: dict[str, object]) -> list[Cell]:
    state, colour = STATES[str(entry["state"])]
    warnings = entry["warnings"]
    count = str(len(warnings)) if isinstance(warnings, list) and warnings else ""
    texts = (str(entry["id"]), str(entry["title"]), str(entry["length"]), str(entry["voice"] or ""))
    return [*texts, Styled(count, "yellow"), Styled(_(state), colour)]


@script.command(
    help=N_("Show one script: what is known about it, and its text."), examples=["script show thong-diep-1"]
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@pass_station
def show(station: Station, id_: str) -> None:
    """Show one script."""
    scripts, problems = station.scripts()
    found = pick(scripts, id_, problems, _(UNKNOWN))
    clip = station.renderer().find(found)
    state, _colour = STATES[_state(found, clip, station.now().date())]
    facts = {
        _("title"): found.title,
        _("source"): found.source,
        _("author"): found.author,
        _("valid until"): short_date(found.valid_until) if found.valid_until else "",
        _("voices"): ", ".join(f"{name}: {voice}" for name, voice in found.voices.items()),
        _("recording"): found.recording,
        _("clip"): f"{clip.path.name} ({length(clip.length)}, {clip.voice})" if clip else "",
        _("state"): _(state),
        _("text's digest"): found.digest,
    }
    show_table((found.id, ""), [(name, value) for name, value in facts.items() if value])
    say()
    say(_body(found))


def _body(found: Script) -> str:
    """Return the text below the front matter, as it was written."""
    from broadcaster.speech.script import FENCE
    from broadcaster.tomlfile import read_text

    return read_text(found.path).split(f"{FENCE}\n", 2)[-1].strip()


@script.command(
    help=N_(
        "Show what is written beside what will be said. Every change is marked, with a warning wherever the reader had "
        "to guess or to spell."
    ),
    examples=["script read thong-diep-6", "script read chuong-trinh-5-phut --json"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def read(station: Station, id_: str, *, as_json: bool) -> None:
    """Show written and spoken side by side."""
    scripts, problems = station.scripts()
    parts = read_paragraphs(station.renderer(), pick(scripts, id_, problems, _(UNKNOWN)))
    if as_json:
        show_json([part.to_json() for part in parts])
    else:
        show_reading(parts)
