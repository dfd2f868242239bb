"""`broadcaster script list`, `show` and `read`: what is known of scripts, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.play_preview import hear, with_listener
from broadcaster.cli.problems import tell_notes, told
from broadcaster.cli.script.reading_tables import review_to_json, show_review, warning_to_json
from broadcaster.cli.show import Cell, Styled, say, say_text, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.office.drafts import waiting_drafts
from broadcaster.office.find import find_script
from broadcaster.office.listening import Sample
from broadcaster.office.rendering import ready_clip
from broadcaster.office.script_list import ScriptState, describe_script, list_scripts
from broadcaster.office.script_review import ScriptReviewer
from broadcaster.office.wording import length, rate_text, short_date
from broadcaster.records.approvals import Standing
from broadcaster.speech.front_matter import body_of
from broadcaster.station.approval import standing_text
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.office.script_list import ListedScript
    from broadcaster.records.approvals import ApprovalVerdict
    from broadcaster.station.folder import Station


@command(
    "list",
    help=N_(
        "List the scripts: language, length, voice, approval, last day, where each is scheduled, warnings, and whether "
        "its clip is ready."
    ),
    examples=["script list", "script list --json"],
)
@with_json
@pass_station
def list_(station: Station, *, as_json: bool) -> int:
    """List the scripts."""
    listed, problems = list_scripts(station)
    if as_json:
        show_json([_to_json(each) for each in listed])
    else:
        _show_list([_row(each, required=station.settings.approval.required) for each in listed])
    tell_notes([*station.odd_files(), *waiting_drafts(station.scripts_folder, ".md", "broadcaster script edit")])
    return told(problems)


def _show_list(rows: list[list[Cell]]) -> None:
    """Write the table; an empty column is left out, because a terminal is narrow."""
    columns = [
        _("id"),
        _("title"),
        _("language"),
        _("length"),
        _("voice"),
        _("approval"),
        _("valid until"),
        _("scheduled"),
        _("warnings"),
        _("state"),
    ]
    full = [index for index in range(len(columns)) if not rows or any(str(row[index]) for row in rows)]
    right = [place for place, index in enumerate(full) if index in _NUMBERS]
    show_table([columns[index] for index in full], [[row[index] for index in full] for row in rows], right=right)


_NUMBERS = (3, 8)


def _to_json(listed: ListedScript) -> dict[str, object]:
    """Return a script as JSON has it."""
    script, clip, verdict = listed.script, listed.clip, listed.approval
    return {
        "id": script.id,
        "title": script.title,
        "topic": script.topic,
        "language": script.language,
        "seconds": round(clip.length.total_seconds(), 3) if clip else None,
        "voice": clip.voice if clip else None,
        "syllables_per_minute": (clip.rate or None) if clip else None,
        "approval": str(verdict.standing),
        "approved_by": verdict.approved_by,
        "valid_until": script.valid_until.isoformat() if script.valid_until else None,
        "scheduled": list(listed.scheduled),
        "warnings": list(map(warning_to_json, listed.warnings)),
        "state": str(listed.state),
    }


_STATES = {
    ScriptState.EXPIRED: (N_("expired"), "red"),
    ScriptState.NOT_RENDERED: (N_("not rendered"), "yellow"),
    ScriptState.FELL_BACK: (N_("ready, in a fallback voice"), "yellow"),
    ScriptState.READY: (N_("ready"), "green"),
}
_APPROVALS = {
    Standing.APPROVED: (N_("approved"), "green"),
    Standing.NEVER: (N_("not approved"), "red"),
    Standing.EDITED: (N_("edited since"), "red"),
    Standing.HEARD_OTHERWISE: (N_("heard otherwise"), "red"),
    Standing.REVOKED: (N_("taken back"), "red"),
}


def _row(listed: ListedScript, *, required: bool) -> list[Cell]:
    script, clip = listed.script, listed.clip
    text, colour = _STATES[listed.state]
    until = short_date(script.valid_until) if script.valid_until else ""
    warnings = Styled(str(len(listed.warnings) or ""), "yellow")
    return [
        script.id,
        script.title,
        script.language,
        length(clip.length if clip else None),
        clip.voice if clip else "",
        _approval(listed.approval, required=required),
        until,
        _by_campaign(listed.scheduled),
        warnings,
        Styled(_(text), colour),
    ]


def _by_campaign(places: Sequence[str]) -> str:
    """Return slots in a line: "thang-5: thong-diep, tieu-pham"."""
    slots: dict[str, list[str]] = {}
    for place in places:
        campaign, _slash, slot = place.partition("/")
        slots.setdefault(campaign, []).append(slot)
    return "; ".join(f"{campaign}: {', '.join(names)}" for campaign, names in slots.items())


def _approval(verdict: ApprovalVerdict, *, required: bool) -> Cell:
    """Return the state of a text's approval; nothing if nobody decided and nobody needs to."""
    if verdict.standing is Standing.NEVER and not required:
        return ""
    text, colour = _APPROVALS[verdict.standing]
    name = f" ({verdict.approved_by})" if verdict.approved_by else ""
    return Styled(_(text) + name, colour)


@command(help=N_("Show one script: what is known about it, and its text."), examples=["script show thong-diep-1"])
@argument("id_", metavar="ID", shell_complete=complete_script)
@pass_station
def show(station: Station, id_: str) -> None:
    """Show one script."""
    found = find_script(station, id_)
    listed = describe_script(station, found)
    clip = listed.clip
    facts = {
        _("title"): found.title,
        _("source"): found.source,
        _("topic"): found.topic,
        _("author"): found.author,
        _("valid until"): short_date(found.valid_until) if found.valid_until else "",
        _("language"): found.language,
        _("voice"): found.voice,
        _("voices"): ", ".join(f"{name}: {voice}" for name, voice in found.voices.items()),
        _("recording"): found.recording,
        _("clip"): f"{clip.path.name} ({length(clip.length)}, {clip.voice})" if clip else "",
        _("rate of speech"): rate_text(clip.rate) if clip else "",
        _("state"): _(_STATES[listed.state][0]),
        _("approval"): standing_text(listed.approval),
        _("scheduled"): ", ".join(listed.scheduled),
        _("text's digest"): found.digest,
    }
    show_table((found.id, ""), [(name, value) for name, value in facts.items() if value])
    say()
    say_text(body_of(read_text(found.path)).strip())


@command(
    help=N_(
        "Show the written text beside the spoken text. Every change is marked, with a warning where "
        "the reader had to guess or spell. Names the recordings that are heard too, or in place of the text; --listen "
        "plays the clip, as script listen does."
    ),
    examples=["script read thong-diep-6", "script read chuong-trinh-5-phut --json"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--listen", is_flag=True, help=N_("Play the clip too."))
@with_listener
@with_json
@pass_station
def read(station: Station, id_: str, *, as_json: bool, listen: bool, name: str | None) -> int:
    """Show written and spoken side by side."""
    renderer, script = station.renderer(), find_script(station, id_)
    found = ScriptReviewer.of(station).review(script, renderer.find(script))
    if as_json:
        show_json(review_to_json(script, found))
        return 0
    show_review(script, found, renderer.heard(script))
    if not listen:
        return 0
    return 0 if hear(station, Sample.of_clip(ready_clip(station, script, "read", name), script), None, name) else 1
