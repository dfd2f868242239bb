"""`broadcaster script`: what is to be said, how it will be read, and its sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, group, option, pass_station
from broadcaster.cli.problems import told
from broadcaster.cli.script.approve import approve, revoke
from broadcaster.cli.script.listen import listen, render
from broadcaster.cli.script.reading import read_paragraphs, show_reading
from broadcaster.cli.script.write import edit_, import_, new, retire
from broadcaster.cli.show import Cell, Styled, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.office.find import find_by_id
from broadcaster.office.wording import length, short_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.models import Campaign, Clip, Script
    from broadcaster.records.approvals import Approvals
    from broadcaster.speech.render import Renderer
    from broadcaster.station.folder import Station

UNKNOWN = N_('there is no script "{id}"')


@group(
    help=N_("Scripts: write, list, read, render, listen, approve."),
    examples=["script list", "script new nhac-lich --kind thong-bao", "script render"],
)
def script() -> None:
    """Hold the commands."""


for added in (new, edit_, import_):
    script.add_command(added)


@script.command(
    "list",
    help=N_(
        "List the scripts: length, voice, approval, last day, where each is scheduled, warnings, and whether its clip "
        "is ready."
    ),
    examples=["script list", "script list --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def list_(station: Station, *, as_json: bool) -> int:
    """List the scripts."""
    from broadcaster.records.approvals import Approvals

    scripts, problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    known = _Known(station.renderer(), station.now().date(), Approvals.of(station.ledger_path), _places(campaigns))
    entries = [known.entry(found) for found in scripts.values()]
    if as_json:
        show_json(entries)
    else:
        _show_list([_row(entry, required=station.settings.approval.required) for entry in entries])
    return told([*problems, *campaign_problems])


def _show_list(rows: list[list[Cell]]) -> None:
    """Write the table; a column in which nothing stands is left out, for a terminal is narrow."""
    columns = [
        _("id"),
        _("title"),
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


_NUMBERS = (2, 7)


def _places(campaigns: Mapping[str, Campaign]) -> dict[str, list[str]]:
    """Return, by script, the slots that name it, each as `campaign/slot`."""
    places: dict[str, list[str]] = {}
    for campaign in campaigns.values():
        for slot in campaign.slots:
            for id_ in dict.fromkeys(slot.scripts):
                places.setdefault(id_, []).append(f"{campaign.id}/{slot.id}")
    return places


@dataclass(frozen=True, slots=True)
class _Known:
    """What a list of scripts is held against."""

    renderer: Renderer
    today: date
    approvals: Approvals
    places: Mapping[str, list[str]]

    def entry(self, found: Script) -> dict[str, object]:
        """Return a script as JSON holds it."""
        clip = self.renderer.find(found)
        verdict = self.approvals.verdict(found.id, found.digest)
        return {
            "id": found.id,
            "title": found.title,
            "seconds": round(clip.length.total_seconds(), 3) if clip else None,
            "length": length(clip.length if clip else None),
            "voice": clip.voice if clip else None,
            "approval": str(verdict.standing),
            "approved_by": verdict.row.actor if verdict.row is not None and verdict.holds else None,
            "valid_until": found.valid_until.isoformat() if found.valid_until else None,
            "scheduled": self.places.get(found.id, []),
            "warnings": self._warnings(found, clip),
            "state": _state(found, clip, self.today),
        }

    def _warnings(self, found: Script, clip: Clip | None) -> list[str]:
        from broadcaster.speech.script_templates import gaps
        from broadcaster.tomlfile import read_text

        read = (warning for part in read_paragraphs(self.renderer, found) for warning in part.warnings)
        open_gaps = (_("still to be written: {gap}").format(gap=gap) for gap in gaps(read_text(found.path)))
        return [*(clip.warnings if clip else dict.fromkeys(read)), *open_gaps]


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


APPROVALS = {
    "approved": (N_("approved"), "green"),
    "never approved": (N_("not approved"), "red"),
    "edited since": (N_("edited since"), "red"),
    "revoked": (N_("taken back"), "red"),
}


def _row(entry: dict[str, Any], *, required: bool) -> list[Cell]:
    state, colour = STATES[entry["state"]]
    count, places = len(entry["warnings"]), _by_campaign(entry["scheduled"])
    until = short_date(date.fromisoformat(entry["valid_until"])) if entry["valid_until"] else ""
    texts = (entry["id"], entry["title"], entry["length"], entry["voice"] or "")
    warnings = Styled(str(count) if count else "", "yellow")
    return [*texts, _approval(entry, required=required), until, places, warnings, Styled(_(state), colour)]


def _by_campaign(places: list[str]) -> str:
    """Return slots in a line: "thang-5: thong-diep, tieu-pham"."""
    slots: dict[str, list[str]] = {}
    for place in places:
        campaign, _slash, slot = place.partition("/")
        slots.setdefault(campaign, []).append(slot)
    return "; ".join(f"{campaign}: {', '.join(names)}" for campaign, names in slots.items())


def _approval(entry: dict[str, Any], *, required: bool) -> Cell:
    """Return how a text stands; nothing where nobody decided and nobody needs to."""
    text, colour = APPROVALS[entry["approval"]]
    if entry["approval"] == "never approved" and not required:
        return ""
    name = f" ({entry['approved_by']})" if entry["approved_by"] else ""
    return Styled(_(text) + name, colour)


@script.command(
    help=N_("Show one script: what is known about it, and its text."), examples=["script show thong-diep-1"]
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@pass_station
def show(station: Station, id_: str) -> None:
    """Show one script."""
    from broadcaster.records.approvals import Approvals
    from broadcaster.station.approval import standing_text

    scripts, problems = station.scripts()
    found = find_by_id(scripts, id_, problems, _(UNKNOWN))
    clip = station.renderer().find(found)
    state, _colour = STATES[_state(found, clip, station.now().date())]
    verdict = Approvals.of(station.ledger_path).verdict(found.id, found.digest)
    places = _places(station.campaigns()[0]).get(found.id, [])
    facts = {
        _("title"): found.title,
        _("source"): found.source,
        _("author"): found.author,
        _("valid until"): short_date(found.valid_until) if found.valid_until else "",
        _("voices"): ", ".join(f"{name}: {voice}" for name, voice in found.voices.items()),
        _("recording"): found.recording,
        _("clip"): f"{clip.path.name} ({length(clip.length)}, {clip.voice})" if clip else "",
        _("state"): _(state),
        _("approval"): standing_text(verdict),
        _("scheduled"): ", ".join(places),
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
    parts = read_paragraphs(station.renderer(), find_by_id(scripts, id_, problems, _(UNKNOWN)))
    if as_json:
        show_json([part.to_json() for part in parts])
    else:
        show_reading(parts)


for added in (render, listen, approve, revoke, retire):
    script.add_command(added)
