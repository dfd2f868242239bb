"""Answer "why does this play", "why did this not play" and "why is nothing planned then"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.office.forecast import look_ahead
from broadcaster.office.station_files import read_files
from broadcaster.office.why.chain import explain_occurrence
from broadcaster.office.why.frozen_steps import taken_out_in_minute
from broadcaster.office.why.history import recorded_in_minute
from broadcaster.office.why.nothing_planned import explain_nothing
from broadcaster.office.why.removed_slot import removal_steps
from broadcaster.office.why.target import read_target
from broadcaster.office.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.errors import Problem
    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.office.why.steps import Step
    from broadcaster.office.why.target import Target
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class OccurrenceExplanation:
    """Why one occurrence plays, played or does not play."""

    id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer: each occurrence that was meant, or why there is none."""

    target: Target
    occurrences: tuple[OccurrenceExplanation, ...]
    nothing: tuple[Step, ...]  # only where there is no occurrence
    problems: tuple[Problem, ...]  # mistakes in the station's files


def explain(station: Station, text: str) -> Explanation:
    """Explain the occurrence that `text` names, or what is planned or on the air at the moment that it names.

    Looks into the files first and then into the play history. Raises InputError for text that is not understood.
    """
    files = read_files(station)
    target = read_target(station, files.campaigns, text)
    day, zone = target.moment.date(), station.settings.timezone
    forecast = look_ahead(station, Window(day, day, zone), files)
    ids = _matching(target, forecast.prospects) or recorded_in_minute(station, target.moment, target.slot)
    found = tuple(OccurrenceExplanation(id_, explain_occurrence(station, forecast, id_)) for id_ in ids)
    if found:
        return Explanation(target, found, (), forecast.problems)
    nothing = explain_nothing(forecast.campaigns, zone, target)
    if target.slot and not _is_there(forecast, target.slot):
        nothing += tuple(removal_steps(station, target.slot, target.moment))
    nothing += taken_out_in_minute(station, target.moment, target.slot)
    return Explanation(target, found, nothing, forecast.problems)


def _is_there(forecast: Forecast, name: str) -> bool:
    """Return whether a file in force has the slot `campaign/slot`."""
    campaign, _slash, slot = name.partition("/")
    return campaign in forecast.campaigns and slot in {found.id for found in forecast.campaigns[campaign].slots}


def _matching(target: Target, prospects: Iterable[Prospect]) -> list[str]:
    """Return the ids of what begins at the moment; else of what begins in its minute; else of what is on the air."""
    named = [p for p in prospects if target.slot in (None, p.occurrence.slot_name)]
    minute = target.moment.replace(second=0)
    begins = [p for p in named if minute <= p.occurrence.start < minute + timedelta(minutes=1)]
    on_air = [p for p in named if p.will_sound and p.end and p.begins <= target.moment < p.end]
    exact = [p for p in begins if p.occurrence.start == target.moment]
    found = exact or begins or ([] if target.slot else on_air)
    return [prospect.occurrence.id for prospect in found]
