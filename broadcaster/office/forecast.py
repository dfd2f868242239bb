"""What each planned occurrence can expect: whether its clips are ready, a rule forbids it, or it will have to wait.

Values only: `wording_forecast` turns them into sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.office.so_far import so_far
from broadcaster.office.station_files import read_files
from broadcaster.schedule.free_time import PlanContext
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import find_overlaps, whole_days
from broadcaster.station.approval import unapproved

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Heard, Occurrence, Script
    from broadcaster.office.running_desk import DueItem
    from broadcaster.office.so_far import SoFar
    from broadcaster.office.station_files import StationFiles
    from broadcaster.office.window import Window
    from broadcaster.records.play_rows import Play
    from broadcaster.schedule.rules import Breach, Overlap
    from broadcaster.station.approval import Unapproved
    from broadcaster.station.content import Content
    from broadcaster.station.folder import Station


class ProspectState(StrEnum):
    """What an occurrence can expect."""

    READY = "ready"
    WAITS = "waits"  # for what has the output before it
    PREEMPTED = "preempted"  # it would have to wait for longer than the grace, and will be given up
    NOT_RENDERED = "not rendered"
    NO_SCRIPT = "no script"
    UNFINISHED = "unfinished"  # blanks of a template are left in its script
    NOT_APPROVED = "not approved"
    BLOCKED = "blocked"  # by a rule
    HELD_UP = "held up"  # it is due, and the desk cannot begin it: it has no device, no clip …
    ON_AIR = "on the air"
    OVER = "over"  # the play history has its outcome
    NO_OUTCOME = "no outcome"  # its time has come and gone, and the play history has no outcome


NOW_OR_BEFORE = frozenset({ProspectState.ON_AIR, ProspectState.OVER, ProspectState.NO_OUTCOME})
_SOUNDING = frozenset({ProspectState.READY, ProspectState.WAITS, ProspectState.NOT_RENDERED, ProspectState.ON_AIR})


@dataclass(frozen=True, slots=True)
class Prospect:
    """One planned occurrence and what it can expect: its state and the facts that led to it."""

    occurrence: Occurrence
    length: timedelta | None  # None: not known, because one of its clips is not rendered
    state: ProspectState
    missing: tuple[str, ...] = ()  # NO_SCRIPT, UNFINISHED: those scripts; NOT_RENDERED: those without a clip
    breach: Breach | None = None  # the rule that forbids it, and why
    unapproved: tuple[Unapproved, ...] = ()  # NOT_APPROVED: the scripts that are not
    wait: timedelta = timedelta()  # until the occurrence before it leaves the output; ON_AIR, OVER: how late it was
    grace: timedelta = timedelta()  # the longest that it may wait
    due: DueItem | None = None  # HELD_UP: what the desk says of it
    play: Play | None = None  # OVER: how it ended
    cut_by: Occurrence | None = None  # the emergency bulletin that will cut it off

    @property
    def begins(self) -> datetime:
        """When it will really begin: its planned start, put off by its wait."""
        return self.occurrence.start + self.wait

    @property
    def end(self) -> datetime | None:
        """When it will end, or be cut off; None where its length is not known."""
        if self.length is None:
            return None
        end = self.begins + self.length
        return min(end, self.cut_by.start) if self.cut_by else end

    @property
    def on_air(self) -> timedelta | None:
        """How long it will sound; None where its length is not known."""
        return self.length if self.end is None or self.cut_by is None else self.end - self.begins

    @property
    def will_sound(self) -> bool:
        """Whether it was, is or will be heard, once its clips are rendered."""
        return self.state in _SOUNDING or (self.play is not None and self.play.started is not None)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a window's plan can expect; what was read for it, once; and what it was judged by."""

    prospects: tuple[Prospect, ...]
    overlaps: tuple[Overlap, ...]
    scripts: Mapping[str, Script]  # those in force
    campaigns: Mapping[str, Campaign]  # those in force
    problems: tuple[Problem, ...]  # the mistakes in the files
    in_force: Content  # what all this was read from
    clips: Mapping[str, Clip]  # those that are ready, by script
    around: PlanContext

    def heard_by(self, groups: Collection[str] | None) -> Forecast:
        """Return only what is meant for these groups of loudspeakers, "" for all; None: everything."""
        if groups is None:
            return self
        prospects = tuple(each for each in self.prospects if each.occurrence.group in groups)
        shown = {each.occurrence.id for each in prospects}
        overlaps = tuple(each for each in self.overlaps if shown & {each.first.id, each.second.id})
        return replace(self, prospects=prospects, overlaps=overlaps)

    def by_day(self) -> dict[date, list[Prospect]]:
        """Return the occurrences that begin on each day."""
        days: dict[date, list[Prospect]] = {}
        for prospect in self.prospects:
            days.setdefault(prospect.occurrence.start.date(), []).append(prospect)
        return days

    def in_state(self, state: ProspectState) -> list[Prospect]:
        """Return the occurrences that are in one state."""
        return [prospect for prospect in self.prospects if prospect.state is state]


def time_on_air(prospects: Iterable[Prospect]) -> tuple[timedelta, bool]:
    """Return how long these occurrences sound together, and whether the length of every one is known."""
    lengths = [prospect.on_air for prospect in prospects if prospect.will_sound]
    known = [length for length in lengths if length is not None]
    return sum(known, timedelta()), len(known) == len(lengths)


def look_ahead(station: Station, window: Window, files: StationFiles | None = None) -> Forecast:
    """Expand the station's plan over the window and judge it by clips, rules and approvals; change nothing.

    It is the plan that the desk has in force. What is over, or should have been, is told by the play history and keeps
    nothing waiting; what is on the air does so until it really ends. `files` are those that were read before, where
    they are at hand. The day before the window is judged too: its last items may keep the first ones of the window
    waiting.
    """
    files = files or read_files(station)
    scripts = files.scripts
    plan = expand(files.campaigns.values(), *whole_days(window.start, window.end), window.zone)
    clips = _clips(files, plan)
    lengths = {id_: clip.length for id_, clip in clips.items()}
    valid_until = {id_: script.valid_until for id_, script in scripts.items()}
    settings, grace = station.settings, station.settings.airing.grace
    around = PlanContext(plan, lengths, settings.rules, valid_until, settings.group_rules)
    breaches = around.breaches(plan)
    past = so_far(station, *whole_days(window.start, window.end))
    judge = _Judge(scripts, lengths, breaches, _unapproved(station, files, plan, clips), grace, past)
    coming = [each for each in plan if judge.may_air(each) and not past.is_past(each) and not past.is_on_air(each)]
    overlaps = find_overlaps(coming, lengths, grace, past.on_air(plan))
    waits = {overlap.second.id: overlap.wait for overlap in overlaps}
    inside = tuple(overlap for overlap in overlaps if overlap.second.start >= window.start)
    cuts = {overlap.first.id: overlap.second for overlap in overlaps if overlap.is_cut}
    judged = (judge.prospect(o, waits.get(o.id, timedelta())) for o in plan if o.start >= window.start)
    prospects = tuple(replace(each, cut_by=cuts.get(each.occurrence.id)) for each in judged)
    return Forecast(prospects, inside, scripts, files.campaigns, files.problems, files.in_force, clips, around)


def _clips(files: StationFiles, plan: Iterable[Occurrence]) -> dict[str, Clip]:
    """Return the clips that are ready; none while the lexicon is wrong and never was good, which its problems tell."""
    try:
        return files.clips(plan)
    except InputError:
        return {}


def _unapproved(
    station: Station, files: StationFiles, plan: Iterable[Occurrence], clips: Mapping[str, Clip]
) -> dict[str, tuple[Unapproved, ...]]:
    """Return, by occurrence id, the scripts that are not approved; none where the station asks for no approval."""
    approvals, settings = files.approvals, station.settings.approval
    if approvals is None:
        return {}

    def heard(id_: str) -> Heard | None:
        return files.known_clips.heard(clips[id_]) if id_ in clips else None

    found = ((each.id, unapproved(each, files.scripts, approvals, settings, heard)) for each in plan)
    return {id_: waiting for id_, waiting in found if waiting}


@dataclass(frozen=True, slots=True)
class _Judge:
    scripts: Mapping[str, Script]
    lengths: Mapping[str, timedelta]
    breaches: Mapping[str, Breach]
    unapproved: Mapping[str, tuple[Unapproved, ...]]
    grace: timedelta
    past: SoFar

    def may_air(self, occurrence: Occurrence) -> bool:
        """Return whether it will take the output at all; what cannot air keeps nothing else waiting."""
        forbidden = occurrence.id in self.breaches or occurrence.id in self.unapproved
        return not forbidden and not _without(occurrence, self.scripts) and not self._unfinished(occurrence)

    @property
    def _due(self) -> Mapping[str, DueItem]:
        return self.past.desk.due if self.past.desk else {}

    def _unfinished(self, occurrence: Occurrence) -> tuple[str, ...]:
        return tuple(id_ for id_ in dict.fromkeys(occurrence.scripts) if self.scripts[id_].unfinished)

    def prospect(self, occurrence: Occurrence, wait: timedelta) -> Prospect:
        desk, play = self.past.desk, self.past.plays.get(occurrence.id)
        if self.past.is_past(occurrence):
            return self._past(occurrence, play)
        if self.past.is_on_air(occurrence):
            late = max(timedelta(), desk.started - occurrence.start) if desk and desk.started else timedelta()
            return replace(self._coming(occurrence, late), state=ProspectState.ON_AIR)
        return self._coming(occurrence, wait)

    def _past(self, occurrence: Occurrence, play: Play | None) -> Prospect:
        """Return what has become of an occurrence, with what speaks against it today."""
        known = replace(self._coming(occurrence, timedelta()), due=None, missing=(), state=ProspectState.NO_OUTCOME)
        if play is None:
            return known
        ended = replace(known, state=ProspectState.OVER, play=play)
        if play.started is None:
            return ended
        late = play.started - occurrence.start
        return replace(ended, wait=late, length=timedelta(seconds=play.heard_s))

    def _coming(self, occurrence: Occurrence, wait: timedelta) -> Prospect:
        state, missing = self._state(occurrence, wait)
        return Prospect(
            occurrence,
            None if _without(occurrence, self.lengths) else occurrence.length(self.lengths),
            state,
            missing,
            self.breaches.get(occurrence.id),
            self.unapproved.get(occurrence.id, ()),
            wait,
            self.grace,
            self._due.get(occurrence.id),
        )

    def _state(self, occurrence: Occurrence, wait: timedelta) -> tuple[ProspectState, tuple[str, ...]]:
        """Return what it can expect, and the scripts or clips that are missing: the first obstacle decides."""
        if occurrence.id in self._due:
            return ProspectState.HELD_UP, ()
        if missing := _without(occurrence, self.scripts):
            return ProspectState.NO_SCRIPT, missing
        if missing := self._unfinished(occurrence):
            return ProspectState.UNFINISHED, missing
        if occurrence.id in self.breaches:
            return ProspectState.BLOCKED, ()
        if occurrence.id in self.unapproved:
            return ProspectState.NOT_APPROVED, ()
        if wait > self.grace:
            return ProspectState.PREEMPTED, ()
        if missing := _without(occurrence, self.lengths):
            return ProspectState.NOT_RENDERED, missing
        return (ProspectState.WAITS if wait else ProspectState.READY), ()


def _without(occurrence: Occurrence, known: Mapping[str, object]) -> tuple[str, ...]:
    """Return the occurrence's scripts that are not among those known, each once."""
    return tuple(dict.fromkeys(id_ for id_ in occurrence.scripts if id_ not in known))
