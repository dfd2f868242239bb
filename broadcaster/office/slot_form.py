"""What a person fills in for a slot: its times, days, scripts and the rest, for a new slot or for one that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Boundary, BulletinClass, Campaign, Order, Slot
from broadcaster.office.find import find_group, find_scripts, find_slot
from broadcaster.office.typed import DAYS, LENGTHS, TIMES, WEEKDAYS, TypedValues
from broadcaster.schedule.campaign_edit import edit
from broadcaster.schedule.days_off import CarriedOver, carry_moved, carry_skips
from broadcaster.schedule.slot_scripts import may_air, versions_in
from broadcaster.schedule.timetable import parse_weight
from broadcaster.script_ids import parse_version
from broadcaster.similar_names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.schedule.campaign_edit import CampaignEdit
    from broadcaster.station.folder import Station

AS_CAMPAIGN = "-"
"""Typed for a day, or a group: as the campaign has it."""
BLANK_SLOT = Slot("", (), (), gap=timedelta(seconds=2))
"""What a new slot begins from."""
_WEIGHTS = N_("a script and a number from 1 to 20, such as thong-diep-1=2")
_SCRIPTS = N_("ids of scripts, see broadcaster script list")
VERSIONS = N_("versions of scripts in their order, such as vi,hmong; vi is the text itself; - as the campaign")


@dataclass(frozen=True, slots=True)
class SlotForm:
    """A slot's fields as they were typed; None or (): not given."""

    at: Sequence[str] = ()
    days: str | None = None
    scripts: Sequence[str] = ()
    repeat: int | None = None
    gap: str | None = None
    order: str | None = None
    class_: str | None = None
    group: str | None = None
    weights: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    on: str | None = None
    versions: str | None = None

    def __bool__(self) -> bool:
        """Return whether anything was given."""
        return self != SlotForm()


def add_slot(station: Station, campaign: Campaign, form: SlotForm, id_: str | None = None) -> CampaignEdit:
    """Return the edit that adds a slot to a campaign; without an id, it is named after its first time of day.

    Raise InputError for what is missing or not understood, and for a script that is not there.
    """
    typed = TypedValues()
    for name, texts, allowed in (("--at", form.at, TIMES), ("--script", form.scripts, _SCRIPTS)):
        if not texts:
            typed.missing(name, allowed)
    slot = slot_from(station, campaign, form, BLANK_SLOT, typed)
    find_versions(station, campaign, slot)
    return edit(campaign.path).add(replace(slot, id=id_ or free_id(campaign, f"{slot.at[0]:%Hh%M}")))


def edit_slot(station: Station, name: str, form: SlotForm) -> CarriedOver:
    """Return the edit that makes a slot, named `campaign/slot`, say what was typed; raise InputError as `add_slot`.

    Single airings that were left out at a time that changes are left out at the new time.
    """
    campaign, slot = find_slot(station, name)
    new, before = carry_skips(name, slot, slot_from(station, campaign, form, slot), station.now().date())
    find_versions(station, campaign, new)
    return CarriedOver(carry_moved(edit(campaign.path).change_slot(new), slot, new), tuple(before))


def find_versions(station: Station, campaign: Campaign, slot: Slot) -> None:
    """Raise InputError for a version of its scripts that a slot airs and that is not there."""
    if versions_in(campaign, slot):
        find_scripts(station, may_air(campaign, slot))


def slot_from(
    station: Station, campaign: Campaign, form: SlotForm, slot: Slot, typed: TypedValues | None = None
) -> Slot:
    """Return the slot of a campaign with what was typed; raise InputError with every option that is not understood.

    `typed`: what was noted before.
    """
    typed = typed or TypedValues()
    changes: dict[str, Any] = {}
    if form.at:
        changes["at"] = tuple(typed.many("--at", form.at, typed_dates.parse_clock, TIMES))
    if form.scripts:
        scripts = tuple(split_ids(form.scripts))
        typed.found(lambda: find_scripts(station, scripts))
        changes["scripts"] = scripts
    given = {
        "days": typed.one("--days", form.days, typed_dates.parse_weekdays, WEEKDAYS),
        "gap": typed.one("--gap", form.gap, typed_dates.parse_length, LENGTHS),
        "repeat": form.repeat,
        "order": Order(form.order) if form.order else None,
        "bulletin_class": BulletinClass(form.class_) if form.class_ else None,
    }
    changes |= {key: value for key, value in given.items() if value is not None}
    if form.group is not None:
        changes["group"] = typed.found(lambda: find_group(station, form.group, campaign.group))
    changes |= _days(typed, form, station.now().date())
    if form.versions is not None:
        changes["versions"] = typed_versions(typed, form.versions)
    weights = dict(typed.many("--weight", form.weights, parse_weight, _WEIGHTS)) if form.weights else None
    typed.finish()
    return _weighed(replace(slot, **changes), slot, weights)


def typed_versions(typed: TypedValues, text: str) -> tuple[str, ...]:
    """Return the versions that were typed; () for "-", as the campaign has them."""
    return () if text == AS_CAMPAIGN else tuple(typed.many("--versions", [text], parse_version, VERSIONS))


def _days(typed: TypedValues, form: SlotForm, today: date) -> dict[str, Boundary | None]:
    """Return the slot's own days, as far as they were typed."""
    found: dict[str, Boundary | None] = {}
    if form.on is not None and (form.first is not None or form.last is not None):
        what = _("--on names the one day, beside --from or --to")
        typed.note(Problem(what, _("leave out --on, or the other two")))
    for name, key, text in (("--from", "start", form.first), ("--to", "end", form.last)):
        if text is not None:
            found[key] = None if text == AS_CAMPAIGN else typed.boundary(name, text, today)
    if form.on is not None:
        day = typed.one("--on", form.on, lambda text: typed_dates.parse_day(text, today), DAYS)
        found |= {"start": day, "end": day}
    return found


def _weighed(slot: Slot, old: Slot, typed: dict[str, int] | None) -> Slot:
    """Return the slot with the weights of its scripts: those typed, else those they had."""
    weights = typed if typed is not None else dict(zip(old.scripts, old.weights, strict=bool(old.weights)))
    unknown = [script for script in weights if script not in slot.scripts]
    if typed is not None and unknown:
        what = _('--weight: the slot has no script "{script}"').format(script=unknown[0])
        raise InputError(Problem(what, did_you_mean(unknown[0], slot.scripts, _("scripts: {known}"))))
    if typed and (slot.order is not Order.ROTATE or len(set(slot.scripts)) < 2):
        what = _("--weight: weights count only where several scripts take turns")
        raise InputError(Problem(what, _("leave it out, or give more scripts with the order lần lượt (rotate)")))
    found = tuple(weights.get(script, 1) for script in slot.scripts)
    return replace(slot, weights=found if len(set(found)) > 1 else ())


def split_ids(typed: Sequence[str]) -> list[str]:
    """Return the ids that were typed, each in a text of its own or several separated by commas."""
    return typed_dates.parse_list(typed, lambda text: text)[0]


def free_id(campaign: Campaign, name: str) -> str:
    """Return the name, with a number behind it where a slot of the campaign has that name already."""
    taken = {slot.id for slot in campaign.slots}
    return next(id_ for id_ in (name, *(f"{name}-{n}" for n in range(2, 1000))) if id_ not in taken)
