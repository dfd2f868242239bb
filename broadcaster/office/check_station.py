"""Whether a station is ready for the next days: files, plan, clips, approvals, rules, play history."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError
from broadcaster.office.check_backups import check_backups, condition_finding
from broadcaster.office.check_clips import check_clips
from broadcaster.office.check_copies import check_copies
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.office.check_languages import check_languages
from broadcaster.office.check_texts import check_planned_texts
from broadcaster.office.check_topics import check_topics
from broadcaster.office.conflicts import BlockedSlot, GivenUpSlot, find_conflicts
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.freeze_month import month_states
from broadcaster.office.window import Window
from broadcaster.playout.clock_watch import BEHIND, BUILD_DATE
from broadcaster.schedule.rules import DAY_RULES
from broadcaster.station.history_conditions import history_conditions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from broadcaster.office.conflicts import Conflict
    from broadcaster.office.forecast import Forecast
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station

DAYS = 7


def check_station(station: Station) -> Iterator[Finding]:
    """Yield the findings about files, plan, clips and play history, in the order of a page."""
    now = station.now()
    window = Window(now.date(), now.date() + timedelta(days=DAYS - 1), station.settings.timezone)
    forecast = _still_to_come(look_ahead(station, window), now)
    yield from _files(station.root, forecast.in_force)
    for problem in station.odd_files():
        text = str(problem).replace(f"{station.root}{os.sep}", "", 1)
        yield finding("files", Level.WARNING, FindingKind.FILE_NOT_READ, problem=text)
    yield _plan(forecast)
    yield from _frozen(station)
    yield from check_clips(forecast)
    yield from check_planned_texts(forecast, station)
    yield from check_topics(forecast.in_force)
    yield from check_languages(forecast.in_force, station)
    yield _approvals(forecast)
    yield from _rules(forecast)
    last, history = _history(station)
    yield from history
    yield from check_backups(station)
    yield from check_copies(station)
    yield from _clock(now, last)


def _still_to_come(forecast: Forecast, now: datetime) -> Forecast:
    """Leave out what is over today: nobody can make it ready any more."""
    prospects = tuple(prospect for prospect in forecast.prospects if prospect.occurrence.start >= now)
    overlaps = tuple(overlap for overlap in forecast.overlaps if overlap.second.start >= now)
    return replace(forecast, prospects=prospects, overlaps=overlaps)


def _files(root: Path, content: Content) -> Iterator[Finding]:
    held = {file.path: file for file in content.held}
    away = {folder.path: folder for folder in content.away}
    for problem in content.problems:
        text = str(problem).replace(f"{root}{os.sep}", "", 1)
        if folder := away.get(problem.path) if problem.path else None:
            facts = {"folder": f"{folder.path.name}/", "why": problem.what, "since": folder.since}
            yield finding("files", Level.BAD, FindingKind.FOLDER_AWAY, **facts)
        elif file := held.get(problem.path) if problem.path and problem not in content.missing else None:
            yield finding("files", Level.BAD, FindingKind.FILE_HELD, problem=text, saved=file.saved)
        else:
            yield finding("files", Level.BAD, FindingKind.FILE_MISTAKE, problem=text)
    if not content.problems:
        scripts, campaigns = len(content.scripts), len(content.campaigns)
        yield finding("files", Level.GOOD, FindingKind.FILES_VALID, scripts=scripts, campaigns=campaigns)


def _plan(forecast: Forecast) -> Finding:
    count = len(forecast.prospects)
    if not count:
        return finding("plan", Level.WARNING, FindingKind.NOTHING_PLANNED, days=DAYS)
    return finding("plan", Level.GOOD, FindingKind.PLANNED, count=count, days=DAYS)


def _frozen(station: Station) -> Iterator[Finding]:
    """Yield whether the plan of the present month is frozen, where there is a play history."""
    for state in month_states(station, [station.now()]):
        level = Level.GOOD if state.frozen else Level.WARNING
        kind = FindingKind.MONTH_FROZEN if state.frozen else FindingKind.MONTH_NOT_FROZEN
        yield finding("frozen plan", level, kind, state=state)


# ---- what is held back, what waits -----------------------------------------------------------------------------


def _approvals(forecast: Forecast) -> Finding:
    waiting = forecast.in_state(ProspectState.NOT_APPROVED)
    if not waiting:
        return finding("approvals", Level.GOOD, FindingKind.NO_APPROVAL_MISSING)
    ids = tuple(dict.fromkeys(id_ for prospect in waiting for id_ in prospect.occurrence.scripts))
    return finding("approvals", Level.BAD, FindingKind.NOT_APPROVED, count=len(waiting), ids=ids)


def _rules(forecast: Forecast) -> Iterator[Finding]:
    conflicts = find_conflicts(forecast)
    if not conflicts:
        yield finding("rules", Level.GOOD, FindingKind.NO_CONFLICT)
    for conflict in conflicts:
        yield finding("rules", _level(conflict), FindingKind.CONFLICT, conflict=conflict)


def _level(conflict: Conflict) -> Level:
    """Return how grave it is. Whether a quiet day leaves a slot any other is for `schedule check`, over a year."""
    if isinstance(conflict, BlockedSlot):
        return Level.GOOD if conflict.breach.rule in DAY_RULES else Level.BAD
    return Level.BAD if isinstance(conflict, GivenUpSlot) else Level.WARNING


# ---- the play history and its clock ----------------------------------------------------------------------------


def _history(station: Station) -> tuple[datetime | None, list[Finding]]:
    """Return when the last row was written, as far as it is known, and the findings about the play history."""
    from broadcaster.records.quick_check import quick_check

    told = [condition_finding("history", found) for found in history_conditions(station)]
    if any(found.level is Level.BAD for found in told):
        return None, told
    try:
        seen = quick_check(station.ledger_path)
    except (BroadcasterError, ValueError) as error:
        return None, [*told, _history_fault(str(error))]
    if seen is None:
        return None, [finding("history", Level.GOOD, FindingKind.NO_HISTORY)]
    if seen.faults:
        return seen.last, [*told, *(_history_fault(fault) for fault in seen.faults)]
    return seen.last, [*told, finding("history", Level.GOOD, FindingKind.HISTORY_WHOLE, rows=seen.rows)]


def _history_fault(fault: str) -> Finding:
    return finding("history", Level.BAD, FindingKind.HISTORY_FAULT, fault=fault)


def _clock(now: datetime, last: datetime | None) -> Iterator[Finding]:
    """Yield a finding where the clock shows a time before the last row or before this version was built."""
    floor = max(last or BUILD_DATE, BUILD_DATE)
    if now < floor - BEHIND:
        yield finding("clock", Level.BAD, FindingKind.CLOCK_BEHIND, now=now, floor=floor.astimezone(now.tzinfo))
