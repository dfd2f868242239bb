"""What a forecast says, in sentences of the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import _, ngettext
from broadcaster.moments import to_second
from broadcaster.office.conflicts import BlockedSlot, CutSlot, GivenUpSlot, StrayMove, UnfinishedSlot
from broadcaster.office.forecast import NOW_OR_BEFORE, ProspectState, time_on_air
from broadcaster.office.wording import length, minutes_text, outcome_text, play_reason, short_date, when
from broadcaster.station.approval import objection_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.office.conflicts import Conflict, TooLate, WaitingSlot
    from broadcaster.office.forecast import Prospect
    from broadcaster.office.running_desk import DueItem
    from broadcaster.records.play_rows import Play
    from broadcaster.schedule.rules import Breach


def prospect_text(prospect: Prospect) -> str:
    """Return what an occurrence can expect: "ready", "blocked: …", "not rendered: thong-diep-1"; or how it ended."""
    if prospect.state in NOW_OR_BEFORE:
        return _now_or_before(prospect)
    missing = ", ".join(prospect.missing)
    if prospect.state is ProspectState.NO_SCRIPT:
        return _("no script {ids}").format(ids=missing)
    if prospect.state is ProspectState.UNFINISHED:
        return _("not written to its end: {ids}").format(ids=missing)
    if prospect.state is ProspectState.BLOCKED and prospect.breach is not None:
        return breach_text(prospect.breach)
    if prospect.state is ProspectState.NOT_APPROVED:
        return objection_text(prospect.unapproved)
    if prospect.state is ProspectState.PREEMPTED:
        text = _("will not air: it would wait {length} for the one before, and is given up after {grace}")
        return text.format(length=length(prospect.wait), grace=length(prospect.grace))
    if prospect.due is not None:
        return due_text(prospect.due)
    if prospect.state is ProspectState.NOT_RENDERED:
        every = len(prospect.missing) == len(set(prospect.occurrence.scripts))
        return _("not rendered") if every else _("not rendered: {ids}").format(ids=missing)
    return _ready(prospect)


def _ready(prospect: Prospect) -> str:
    """Return when it will begin, and whether something cuts it off."""
    text = _("ready")
    if prospect.state is ProspectState.WAITS:
        waits = _("ready; waits {length} for the one before, begins at {begins:%H:%M:%S}")
        text = waits.format(length=length(prospect.wait), begins=to_second(prospect.begins))
    if prospect.cut_by is not None:
        cut = _("cut off at {at:%H:%M:%S} by the emergency bulletin {slot}")
        text += "; " + cut.format(at=prospect.cut_by.start, slot=prospect.cut_by.slot_name)
    return text


def _now_or_before(prospect: Prospect) -> str:
    if prospect.play is not None:
        return ending_text(prospect.play)
    return _("on the air") if prospect.state is ProspectState.ON_AIR else _("its time has passed; no outcome yet")


def ending_text(play: Play) -> str:
    """Return how something ended, and what has to be explained of it: "missed (the desk was not running)"."""
    why = play_reason(play)
    return outcome_text(play) + (f" ({why})" if why else "")


def due_text(item: DueItem) -> str:
    """Return that something is due and does not begin, why, and until when the desk tries."""
    if item.until is None:
        return _("due, but it does not begin: {why}").format(why=item.why)
    return _("due, but it does not begin: {why}; tried until {until:%H:%M:%S}").format(
        why=item.why, until=to_second(item.until)
    )


def conflict_text(conflict: Conflict) -> str:
    """Return what is blocked, has to wait, is given up or cut, in a line."""
    if isinstance(conflict, BlockedSlot):
        return _blocked_slot(conflict)
    if isinstance(conflict, GivenUpSlot):
        return _given_up_slot(conflict)
    if isinstance(conflict, UnfinishedSlot):
        return _unfinished_slot(conflict)
    if isinstance(conflict, StrayMove):
        return _stray_move(conflict)
    return _cut_slot(conflict) if isinstance(conflict, CutSlot) else _waiting_slot(conflict)


def _blocked_slot(found: BlockedSlot) -> str:
    text = ngettext(
        "{slot}: {count} occurrence is {reason}",
        "{slot}: {count} occurrences are blocked, the first on {first} is {reason}",
        found.count,
    )
    return text.format(slot=found.slot, count=found.count, reason=breach_text(found.breach), first=when(found.start))


def _unfinished_slot(found: UnfinishedSlot) -> str:
    text = ngettext(
        "{slot}: {count} occurrence WILL NOT AIR (on {when}) until it is written to its end: {ids}",
        "{slot}: {count} occurrences WILL NOT AIR (the first on {when}) until they are written to their end: {ids}",
        found.count,
    )
    return text.format(slot=found.slot, count=found.count, when=when(found.start), ids=", ".join(found.scripts))


def _stray_move(found: StrayMove) -> str:
    text = _(
        "{slot} airs on {when} in place of {origin} on {was}, an hour that {origin} has no more. Where another hour "
        "came for it, both air: broadcaster schedule remove {slot}, "
        "or broadcaster schedule skip {day} --of {origin} --at …"
    )
    facts = {"slot": found.slot, "origin": found.origin, "day": short_date(found.was.date())}
    return text.format(when=when(found.start), was=when(found.was), **facts)


def breach_text(breach: Breach) -> str:
    """Return which rule's reason blocks an occurrence: "blocked: …"."""
    return _("blocked: {reason}").format(reason=breach.text)


def _waiting_slot(found: WaitingSlot) -> str:
    text = ngettext(
        "{second}: {count} time due while {first} is still on the air; it waits {wait} (on {when})",
        "{second}: {count} times due while {first} is still on the air; it waits up to {wait} (on {when})",
        found.count,
    )
    wait, start = length(found.wait), when(found.start)
    return text.format(first=found.first, second=found.second, count=found.count, wait=wait, when=start)


def _given_up_slot(found: GivenUpSlot) -> str:
    text = ngettext(
        "{second}: {count} time WILL NOT AIR: {first} is still on the air, it would wait {wait} and is given up after "
        "{grace} (on {when})",
        "{second}: {count} times WILL NOT AIR: {first} is still on the air, it would wait up to {wait} and is given up "
        "after {grace} (on {when})",
        found.count,
    )
    wait, grace, start = length(found.wait), length(found.grace), when(found.start)
    return text.format(first=found.first, second=found.second, count=found.count, wait=wait, grace=grace, when=start)


def _cut_slot(found: CutSlot) -> str:
    text = ngettext(
        "{first}: {count} time CUT OFF by the emergency bulletin {second} (on {when})",
        "{first}: {count} times CUT OFF by the emergency bulletin {second} (the first on {when})",
        found.count,
    )
    return text.format(first=found.first, second=found.second, count=found.count, when=when(found.start))


def too_late_text(found: TooLate) -> str:
    """Return that an hour of today has passed, and when the slot will first air."""
    if found.at_once:
        text = _("{slot}: where the running desk sees this while it is still {start:%H:%M}, it airs it AT ONCE")
        return text.format(slot=found.slot, start=found.start)
    if found.first is None:
        return _("{slot}: {start:%H:%M} has passed today; it will not air").format(slot=found.slot, start=found.start)
    text = _("{slot}: {start:%H:%M} has passed today; it first airs on {first}")
    return text.format(slot=found.slot, start=found.start, first=when(found.first))


def minutes_on_air(prospects: Iterable[Prospect]) -> str:
    """Return the minutes that these occurrences sound, as far as their lengths are known: "12.5", "≥ 3.0", "?"."""
    total, all_known = time_on_air(prospects)
    if not all_known and not total:
        return "?"
    return ("" if all_known else "≥ ") + minutes_text(total)
