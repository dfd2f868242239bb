"""What each planned occurrence can expect: whether its clips are ready, a rule forbids it, or it will have to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _, ngettext
from broadcaster.office.wording import length, minutes_text, when
from broadcaster.schedule.free_time import Surroundings
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import check, find_overlaps, whole_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Occurrence, Script
    from broadcaster.office.window import Window
    from broadcaster.schedule.rules import Breach, Overlap
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class Prospect:
    """One occurrence and what it can expect: `text` says its `state` to people.

    `state`: "ready", "waits", "preempted" (it would wait for longer than the grace, and is given up), "not rendered",
    "no script", "not approved" or "blocked".
    `length` is None while a clip of it is not there: how long it will be is not known.
    """

    occurrence: Occurrence
    length: timedelta | None
    state: str
    text: str
    rule: str = ""  # of what is blocked
    wait: timedelta = timedelta()  # for what has the output before it

    @property
    def begins(self) -> datetime:
        """When it will really begin: where it lands after its wait."""
        return self.occurrence.start + self.wait

    @property
    def end(self) -> datetime | None:
        """When it will end."""
        return None if self.length is None else self.begins + self.length

    @property
    def will_sound(self) -> bool:
        """Whether it will be heard, its clips given."""
        return self.state in ("ready", "waits", "not rendered")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan of a window, with what is wrong in the files that it comes from, and what it was judged by."""

    prospects: tuple[Prospect, ...]
    overlaps: tuple[Overlap, ...]
    problems: tuple[Problem, ...]
    around: Surroundings

    def by_day(self) -> dict[date, list[Prospect]]:
        """Return the occurrences that begin on each day."""
        days: dict[date, list[Prospect]] = {}
        for prospect in self.prospects:
            days.setdefault(prospect.occurrence.start.date(), []).append(prospect)
        return days


def used(prospects: Sequence[Prospect]) -> tuple[timedelta, bool]:
    """Return how long a day's occurrences sound together, and whether the length of every one is known."""
    heard = [prospect.length for prospect in prospects if prospect.will_sound]
    known = [length for length in heard if length is not None]
    return sum(known, timedelta()), len(known) == len(heard)


def used_text(prospects: Sequence[Prospect]) -> str:
    """Return the minutes that a day's occurrences sound, as far as their lengths are known: "12.5", "≥ 3.0", "?"."""
    total, whole = used(prospects)
    if not whole and not total:
        return "?"
    return ("" if whole else "≥ ") + minutes_text(total)


def look_ahead(station: Station, window: Window, *changed: Campaign) -> Outlook:
    """Expand the station's plan over the window and hold it against clips and rules; makes and changes nothing.

    `changed` take the places of the campaigns of their ids: what would be, before it is written. The day before the
    window is judged too: its last items may keep the first ones of the window waiting.
    """
    scripts, script_problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    campaigns |= {campaign.id: campaign for campaign in changed}
    plan = expand(campaigns.values(), *whole_days(window.start, window.end), window.zone)
    lengths = {id_: clip.length for id_, clip in find_clips(station, scripts, plan).items()}
    valid_until = {id_: script.valid_until for id_, script in scripts.items()}
    rules, grace = station.settings.rules, station.settings.airing.grace
    around = Surroundings(plan, lengths, rules, valid_until)
    judge = _Judge(scripts, lengths, check(plan, lengths, rules, valid_until), _objections(station, scripts, plan))
    overlaps = find_overlaps([occurrence for occurrence in plan if judge.may_air(occurrence)], lengths, grace)
    waits = {overlap.second.id: overlap.wait for overlap in overlaps}
    prospects = tuple(judge.prospect(o, waits.get(o.id), grace) for o in plan if o.start >= window.start)
    inside = tuple(overlap for overlap in overlaps if overlap.second.start >= window.start)
    return Outlook(prospects, inside, (*script_problems, *campaign_problems), around)


def _objections(station: Station, scripts: Mapping[str, Script], plan: Iterable[Occurrence]) -> dict[str, str]:
    """Return, by occurrence, what is not approved; nothing where the station asks for no approval."""
    settings = station.settings.approval
    if not settings.required:
        return {}
    from broadcaster.records.approvals import Approvals
    from broadcaster.station.approval import objection

    approvals = Approvals.of(station.ledger_path)
    found = ((occurrence.id, objection(occurrence, scripts, approvals, settings)) for occurrence in plan)
    return {id_: reason for id_, reason in found if reason}


def find_clips(station: Station, scripts: Mapping[str, Script], plan: Iterable[Occurrence]) -> dict[str, Clip]:
    """Return the clips that are ready for the scripts of a plan, by script."""
    renderer = station.renderer()
    used = {id_ for occurrence in plan for id_ in occurrence.scripts if id_ in scripts}
    clips = {id_: renderer.find(scripts[id_]) for id_ in sorted(used)}
    return {id_: clip for id_, clip in clips.items() if clip is not None}


@dataclass(frozen=True, slots=True)
class _Judge:
    scripts: Mapping[str, Script]
    lengths: Mapping[str, timedelta]
    breaches: Mapping[str, Breach]
    objections: Mapping[str, str]

    def may_air(self, occurrence: Occurrence) -> bool:
        """Tell whether it will take the output at all; what cannot keeps nobody waiting."""
        forbidden = occurrence.id in self.breaches or occurrence.id in self.objections
        return not forbidden and all(id_ in self.scripts for id_ in occurrence.scripts)

    def prospect(self, occurrence: Occurrence, wait: timedelta | None, grace: timedelta) -> Prospect:
        known = all(id_ in self.lengths for id_ in occurrence.scripts)
        span = occurrence.length(self.lengths) if known else None
        if found := self._fault(occurrence):
            breach = self.breaches.get(occurrence.id)
            return Prospect(occurrence, span, *found, breach.rule if breach else "")
        if wait and wait > grace:
            text = _("will not air: it would wait {length} for the one before, and is given up after {grace}")
            text = text.format(length=length(wait), grace=length(grace))
            return Prospect(occurrence, span, "preempted", text, wait=wait)
        return Prospect(occurrence, span, *self._state(occurrence, wait), wait=wait or timedelta())

    def _fault(self, occurrence: Occurrence) -> tuple[str, str] | None:
        if missing := _without(occurrence.scripts, self.scripts):
            return "no script", _("no script {ids}").format(ids=missing)
        if breach := self.breaches.get(occurrence.id):
            return "blocked", _("blocked: {reason}").format(reason=breach.text)
        if objection := self.objections.get(occurrence.id):
            return "not approved", objection
        return None

    def _state(self, occurrence: Occurrence, wait: timedelta | None) -> tuple[str, str]:
        if missing := _without(occurrence.scripts, self.lengths):
            whole = missing == ", ".join(dict.fromkeys(occurrence.scripts))
            return "not rendered", _("not rendered") if whole else _("not rendered: {ids}").format(ids=missing)
        if wait:
            text = _("ready; waits {length} for the one before, begins at {begins:%H:%M:%S}")
            return "waits", text.format(length=length(wait), begins=occurrence.start + wait)
        return "ready", _("ready")


def findings(outlook: Outlook, slot: str | None = None) -> list[str]:
    """Return what is forbidden and what overlaps, a line for each reason; of one `campaign/slot`, or of all."""
    return [*_blocked(outlook, slot), *_overlaps(outlook, slot)]


def _blocked(outlook: Outlook, slot: str | None) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Prospect]] = {}
    for prospect in outlook.prospects:
        name = slot_name(prospect.occurrence)
        if prospect.state == "blocked" and slot in (None, name):
            groups.setdefault((name, prospect.rule), []).append(prospect)
    for (name, _rule), blocked in groups.items():
        text = ngettext(
            "{slot}: {count} occurrence is {reason}",
            "{slot}: {count} occurrences are blocked, the first on {first} is {reason}",
            len(blocked),
        )
        first = blocked[0]
        yield text.format(slot=name, count=len(blocked), reason=first.text, first=when(first.occurrence.start))


def _overlaps(outlook: Outlook, slot: str | None) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Overlap]] = {}
    for overlap in outlook.overlaps:
        pair = slot_name(overlap.first), slot_name(overlap.second)
        if slot is None or slot in pair:
            groups.setdefault(pair, []).append(overlap)
    for (first, second), overlaps in groups.items():
        worst = max(overlaps, key=lambda overlap: overlap.wait)
        text = ngettext(
            "{second}: {count} time due while {first} is still on the air; it waits {wait} (on {when})",
            "{second}: {count} times due while {first} is still on the air; it waits up to {wait} (on {when})",
            len(overlaps),
        )
        count, start = len(overlaps), when(worst.second.start)
        yield text.format(first=first, second=second, count=count, wait=length(worst.wait), when=start)


def slot_name(occurrence: Occurrence) -> str:
    """Return `campaign/slot`."""
    return f"{occurrence.campaign}/{occurrence.slot}"


def _without(ids: Sequence[str], known: Mapping[str, object]) -> str:
    return ", ".join(dict.fromkeys(id_ for id_ in ids if id_ not in known))
