"""`broadcaster schedule history` and `undo`: who changed what and when, and back to any earlier version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.change_options import ChangeOptions, tell_effect, with_plan_change_options
from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.option_types import Whole
from broadcaster.cli.show import hint, say, show_diff, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.moments import to_second
from broadcaster.office import campaign_history
from broadcaster.office.changes import effect_of, renames
from broadcaster.office.freeze_month import month_states
from broadcaster.office.script_rename import refuse_old_ids
from broadcaster.office.wording import when_exactly
from broadcaster.office.wording_frozen import state_text
from broadcaster.office.wording_history import editor_text, undo_summary, what_text, why_text
from broadcaster.schedule.campaign_edit import campaigns_of

if TYPE_CHECKING:
    from broadcaster.records.frozen_changes import FrozenChange
    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Show who changed campaigns, when and what, the latest first; of one campaign, or of all. What was edited "
        "by hand is entered when the desk, or the next command that changes something, sees it."
    ),
    examples=["schedule history", "schedule history thang-5 --json", "schedule history --diff 41"],
)
@argument("campaign", metavar="ID", required=False, shell_complete=complete_campaign)
@option("--diff", "number", type=Whole(1), metavar=N_("NUMBER"), help=N_("Show the lines that this change changed."))
@with_json
@pass_station
def history(station: Station, *, campaign: str | None, number: int | None, as_json: bool) -> None:
    """Show the changes."""
    past = campaign_history.history_of(station, campaign)
    if number is not None:
        for change in campaign_history.changes_of(station, past, number):
            show_diff(change.diff())
    elif as_json:
        show_json([_to_json(version) for version in reversed(past)])
    elif past:
        columns = (_("number"), _("when"), _("who"), _("what"), _("why"))
        show_table(columns, [_row(station, version) for version in reversed(past)], right=[0])
    else:
        say(_("Nothing was changed yet."))
    if number is None and not as_json:
        for state in month_states(station, [station.now()]):
            hint(state_text(state, station.settings.timezone))


def _row(station: Station, version: Version) -> list[str]:
    number = str(version.number) if version.number else "–"
    moment = when_exactly(version.at.astimezone(station.settings.timezone))
    return [number, moment, editor_text(version), what_text(version), why_text(version)]


def _to_json(version: Version) -> dict[str, Any]:
    files = [{"file": file.file, "before": file.before, "after": file.after} for file in version.files]
    return {
        "number": version.number or None,
        "at": to_second(version.at).isoformat(),
        "actor": version.actor,
        "how": version.how,
        "summary": version.summary,
        "reason": version.reason or None,
        "files": files,
        "frozen": list(map(_frozen_to_json, version.frozen)),
    }


def _frozen_to_json(change: FrozenChange) -> dict[str, Any]:
    changed = [
        {"id": each.id, "scripts": list(each.said.scripts), "repeat": each.said.repeat, "group": each.said.group}
        for each in change.changed
    ]
    return {
        "month": change.month,
        "out": change.out,
        "taken_out": list(change.taken_out),
        "put_in": list(change.put_in),
        "changed": changed,
    }


@command(
    help=N_(
        "Take back the last change of the campaigns, or of one; twice, and it is as it was. With --to, go back to "
        "how all was right after that change of the history; 0: before the first. Going back is a change like any "
        "other: it is entered, and can be taken back."
    ),
    examples=["schedule undo", "schedule undo thang-5", "schedule undo --to 41 --dry-run"],
)
@argument("campaign", metavar="ID", required=False, shell_complete=complete_campaign)
@option("--to", "number", type=Whole(0), metavar=N_("NUMBER"), help=N_("Back to right after this change."))
@with_plan_change_options
@pass_station
def undo(station: Station, *, campaign: str | None, number: int | None, options: ChangeOptions) -> None:
    """Go back."""
    found = campaign_history.undo(station, campaign, number)
    refuse_old_ids(station, found.changes)
    renamed = [change for pair in renames(found.changes) for change in pair]
    changes = [change for change in found.changes if change not in renamed]
    after = (campaigns_of(change)[1] for change in changes)
    gone = [change.path.stem for change in changes if change.after is None]
    tell_effect(effect_of(station, [each for each in after if each], gone))
    options.make(station, found.changes, undo_summary(found))
