"""What was done to an occurrence after its month's plan was frozen: by whom, when and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.office.why.steps import Step, StepKind, step
from broadcaster.records.frozen_changes import start_of
from broadcaster.records.frozen_plan import read_frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from broadcaster.records.frozen_plan import FrozenMonth
    from broadcaster.station.folder import Station


def steps_about(station: Station, id_: str) -> tuple[Step, ...]:
    """Return the step that says that an occurrence was taken out of a frozen plan, or put in; none where it was not."""
    return tuple(found for month in _months(station) if (found := _step(month, id_, station)))


def taken_out_in_minute(station: Station, moment: datetime, slot: str | None) -> tuple[Step, ...]:
    """Return such a step for each frozen occurrence of that minute that was taken out; only those of `slot`, if any."""
    minute = moment.replace(second=0, microsecond=0)
    ids = [
        id_
        for month in _months(station)
        for id_ in month.plan.occurrences.keys() - month.present
        if minute <= start_of(id_) < minute + timedelta(minutes=1) and (slot is None or id_.startswith(f"{slot}@"))
    ]
    return tuple(found for id_ in sorted(ids) for found in steps_about(station, id_))


def was_frozen(station: Station, id_: str) -> bool:
    """Return whether an occurrence is in a frozen plan."""
    return any(id_ in month.plan.occurrences for month in _months(station))


def _months(station: Station) -> Iterator[FrozenMonth]:
    with station.past() as ledger:
        yield from read_frozen(ledger).values() if ledger else ()


def _step(month: FrozenMonth, id_: str, station: Station) -> Step | None:
    edit, was_there = month.last_edit(id_), id_ in month.plan.occurrences
    is_there = id_ in month.present
    if edit is None or is_there == was_there:
        return None
    kind = StepKind.PUT_INTO_FROZEN if is_there else StepKind.TAKEN_OUT_OF_FROZEN
    at = edit.at.astimezone(station.settings.timezone)
    facts = {"id": id_, "month": month.plan.month.name, "seq": edit.seq, "at": at, "by": edit.by}
    return step("frozen", kind, None if is_there else False, **facts, reason=edit.reason)
