"""Whether the files of scripts and campaigns are right, and a year of their plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.office.check_texts import check_all_texts
from broadcaster.office.conflicts import find_conflicts, find_mistakes, is_note
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.window import a_year_from
from broadcaster.schedule.unknown_names import missing_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign
    from broadcaster.office.check_texts import TextWarning
    from broadcaster.office.conflicts import Conflict
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class ScheduleCheck:
    """What is wrong in the files and in the plan of the coming year."""

    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    planned: int  # occurrences in that year
    not_rendered: int  # of these, how many have no clip yet, so that their length is not known
    warnings: tuple[TextWarning, ...]  # what somebody should look at in scripts
    not_read: tuple[Problem, ...]  # files that look like something that is read

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong: a clip that is not rendered yet, a warning and a note (`is_note`) are not."""
        return not self.problems and all(map(is_note, self.conflicts))


def check_schedule(station: Station) -> ScheduleCheck:
    """Check every script and campaign, and what they plan from today on for a year."""
    forecast = look_ahead(station, a_year_from(station.now().date(), station.settings.timezone))
    problems = (*forecast.problems, *forecast.in_force.missing)
    waiting = len(forecast.in_state(ProspectState.NOT_RENDERED))
    warnings = tuple(check_all_texts(forecast, station))
    conflicts, odd = (*find_conflicts(forecast), *find_mistakes(forecast)), station.odd_files()
    return ScheduleCheck(problems, conflicts, len(forecast.prospects), waiting, warnings, odd)


def find_missing_scripts(
    campaigns: Iterable[Campaign], scripts: Iterable[str], problems: Iterable[Problem]
) -> tuple[Problem, ...]:
    """Return a problem for each script that a slot names and that has no file.

    `scripts` are the ids of the good ones; a script with one of these `problems` in its file is there too.
    """
    faulty = (problem.path.stem for problem in problems if problem.path is not None)
    return missing_scripts(campaigns, list(dict.fromkeys([*scripts, *sorted(faulty)])))
