"""What each planned occurrence can expect: whether its clips are ready, a rule forbids it, or it will have to wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.cli.show import length, when
from broadcaster.i18n import _, ngettext
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import check, find_overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime, timedelta

    from broadcaster.cli.window import Window
    from broadcaster.errors import Problem
    from broadcaster.models import Campaign, Clip, Occurrence, Script
    from broadcaster.schedule.rules import Breach, Overlap
    from broadcaster.station import Station


@dataclass(frozen=True, slots=True)
class Prospect:
    """One occurrence, with what it can expect; `text` says it to people.

    `state`: "ready", "waits", "not rendered", "not approved", "no script" or "blocked".
    `length` is None while a clip of it is not there: how long it will be is not known.
    """

    occurrence: Occurrence
    length: timedelta | None
    state: str
    text: str
    rule: str = ""  # of what is blocked

    @property
    def end(self) -> datetime | None:
        """When it ends, if it begins on time."""
        return None if self.length is None else self.occurrence.start + self.length


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan of a window, with what is wrong in the files that it comes from."""

    prospects: tuple[Prospect, ...]
    overlaps: tuple[Overlap, ...]
    problems: tuple[Problem, ...]

    def by_day(self) -> dict[date, list[Prospect]]:
        """Return the occurrences that begin on each day."""
        days: dict[date, list[Prospect]] = {}
        for prospect in self.prospects:
            days.setdefault(prospect.occurrence.start.date(), []).append(prospect)
        return days


def look_ahead(station: Station, window: Window, *changed: Campaign) -> Outlook:
    """Expand the station's plan over the window and hold it against clips and rules; makes and changes nothing.

    `changed` take the places of the campaigns of their ids: what would be, before it is written.
    """
    scripts, script_problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    campaigns |= {campaign.id: campaign for campaign in changed}
    plan = expand(campaigns.values(), window.start, window.end, window.zone)
    lengths = {id_: clip.length for id_, clip in find_clips(station, scripts, plan).items()}
    valid_until = {id_: script.valid_until for id_, script in scripts.items()}
    breaches = check(plan, lengths, station.settings.rules, valid_until)
    overlaps = find_overlaps(plan, lengths)
    waits = {overlap.second.id: overlap.wait for overlap in overlaps}
    judge = _Judge(scripts, lengths, breaches, waits, _objections(station, scripts, plan))
    prospects = tuple(judge.prospect(occurrence) for occurrence in plan)
    return Outlook(prospects, tuple(overlaps), (*script_problems, *campaign_problems))


def _objections(station: Station, scripts: Mapping[str, Script], plan: Iterable[Occurrence]) -> dict[str, str]:
    """Return, by occurrence, what is not approved; nothing where the station asks for no approval."""
    settings = station.settings.approval
    if not settings.required:
        return {}
    from broadcaster.playout.approval import objection
    from broadcaster.records.approvals import Approvals

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
    waits: Mapping[str, timedelta]
    objections: Mapping[str, str]

    def prospect(self, occurrence: Occurrence) -> Prospect:
        known = all(id_ in self.lengths for id_ in occurrence.scripts)
        span = occurrence.length(self.lengths) if known else None
        breach = self.breaches.get(occurrence.id)
        return Prospect(occurrence, span, *self._state(occurrence), breach.rule if breach else "")

    def _state(self, occurrence: Occurrence) -> tuple[str, str]:
        if missing := _without(occurrence.scripts, self.scripts):
            return "no script", _("no script {ids}").format(ids=missing)
        if breach := self.breaches.get(occurrence.id):
            return "blocked", _("blocked: {reason}").format(reason=breach.text)
        if objection := self.objections.get(occurrence.id):
            return "not approved", objection
        if missing := _without(occurrence.scripts, self.lengths):
            whole = missing == ", ".join(dict.fromkeys(occurrence.scripts))
            return "not rendered", _("not rendered") if whole else _("not rendered: {ids}").format(ids=missing)
        if wait := self.waits.get(occurrence.id):
            return "waits", _("ready; waits {length} for the one before").format(length=length(wait))
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
