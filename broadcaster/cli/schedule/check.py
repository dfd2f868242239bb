"""`broadcaster schedule check`: whether files and plan are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, pass_station, with_json
from broadcaster.cli.problems import problem_text, told
from broadcaster.cli.schedule.check_json import check_to_json
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.check_schedule import check_schedule
from broadcaster.office.conflicts import is_note
from broadcaster.office.freeze_month import month_states
from broadcaster.office.wording_forecast import conflict_text
from broadcaster.office.wording_frozen import state_text
from broadcaster.office.wording_script import warning_text
from broadcaster.printable import one_line

if TYPE_CHECKING:
    from broadcaster.office.check_schedule import ScheduleCheck
    from broadcaster.office.check_texts import TextWarning
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Check every script and campaign, and a year of their plan: scripts that are missing, what overlaps by the "
        "real length of the clips, what a rule forbids. Says what somebody should look at in the texts, and which "
        "files nothing reads. Leaves with 2 where something is wrong."
    ),
    examples=["schedule check", "schedule check --json"],
)
@with_json
@pass_station
def check(station: Station, *, as_json: bool) -> int:
    """Check files and plan."""
    found = check_schedule(station)
    if as_json:
        show_json(check_to_json(found, station.root))
    else:
        told(found.problems)
        for each in found.conflicts:
            text = conflict_text(each)
            say(_("Note: {finding}").format(finding=text) if is_note(each) else text)
        for line in [*map(problem_text, found.not_read), *map(_warning_text, found.warnings)]:
            say(_("Note: {finding}").format(finding=one_line(line)))
        if found.not_rendered:
            say(_not_rendered(found))
        say(_verdict(found))
        for state in month_states(station, [station.now()]):
            say(state_text(state, station.settings.timezone))
    return 0 if found.is_good else 2


def _warning_text(found: TextWarning) -> str:
    """Return a warning with its place: "scripts/bai.md:7: …"."""
    path, line, text = found.script.path, found.remark.line, warning_text(found.remark.warning)
    place = f"{path.parent.name}/{path.name}"
    return f"{place}:{line}: {text}" if line else f"{place}: {text}"


def _not_rendered(found: ScheduleCheck) -> str:
    text = _(
        "Not rendered yet, so their length is not known: {count} occurrences. Make the clips: broadcaster script render"
    )
    return text.format(count=found.not_rendered)


def _verdict(found: ScheduleCheck) -> str:
    if not found.is_good:
        return _("Something is wrong; see above.")
    text = ngettext(
        "All is well: {count} occurrence within a year.",
        "All is well: {count} occurrences within a year.",
        found.planned,
    )
    return text.format(count=found.planned)
