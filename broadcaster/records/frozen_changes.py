"""What an edit did to a frozen month, as it stands under `frozen` in its row `schedule_changed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from broadcaster.records.damaged_row import ReadingRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

A_DAY = timedelta(days=1)


class Said(NamedTuple):
    """Scripts, how often they are said in a row, and the loudspeakers that hear them; "": all."""

    scripts: tuple[str, ...]
    repeat: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class SaidOtherwise:
    """An occurrence that stays in a frozen month, with what an edit lets it say from now on, and where."""

    id: str
    said: Said


@dataclass(frozen=True, slots=True)
class FrozenChange:
    """What one edit took out of a frozen month, and put in, each as ids of occurrences. `month` is its name.

    `out` is how many of those taken out were in the plan as it was frozen: the others had been put in since. `changed`
    stay, with other scripts, repeats or loudspeakers than before the edit.
    """

    month: str
    taken_out: tuple[str, ...]
    put_in: tuple[str, ...]
    out: int
    changed: tuple[SaidOtherwise, ...] = ()

    def __bool__(self) -> bool:
        """Return whether it changes anything."""
        return bool(self.taken_out or self.put_in or self.changed)

    @property
    def campaigns(self) -> tuple[str, ...]:
        """The ids of the campaigns that it is about."""
        ids = (*self.taken_out, *self.put_in, *(each.id for each in self.changed))
        return tuple(sorted({id_.partition("/")[0] for id_ in ids}))


def start_of(occurrence: str) -> datetime:
    """Return the planned start at the end of an occurrence's id; raise ValueError where there is none."""
    return datetime.fromisoformat(occurrence.rpartition("@")[2])


# ---- rows ----------------------------------------------------------------------------------------------------------


def changes_from_body(listed: Iterable[Mapping[str, Any]]) -> tuple[FrozenChange, ...]:
    """Return the changes of a row's `frozen`; raise RecordError where it is not as the program writes it."""
    with ReadingRow():
        return tuple(
            FrozenChange(
                each["month"],
                _unpacked(each.get("taken_out", ())),
                _unpacked(each.get("put_in", ())),
                int(each["out"]),
                _changed_unpacked(each.get("changed", ())),
            )
            for each in listed
        )


def changes_to_body(changes: Iterable[FrozenChange]) -> list[dict[str, Any]]:
    """Return changes as a row's `frozen`: of each slot and time of day the days, spans of them drawn together.

    So a pause of a month is a line for each time of day, and every id can still be put together again.
    """
    listed = []
    for change in changes:
        body: dict[str, Any] = {"month": change.month, "out": change.out, "in": len(change.put_in)}
        body |= {"other": len(change.changed), "changed": _changed_packed(change.changed)} if change.changed else {}
        body |= {"taken_out": _packed(change.taken_out)} if change.taken_out else {}
        listed.append(body | ({"put_in": _packed(change.put_in)} if change.put_in else {}))
    return listed


def _packed(ids: Iterable[str]) -> list[dict[str, Any]]:
    days: dict[tuple[str, str], list[date]] = {}
    for id_ in ids:
        slot, _at, moment = id_.rpartition("@")
        day, _t, clock = moment.partition("T")
        days.setdefault((slot, clock), []).append(date.fromisoformat(day))
    return [{"slot": slot, "time": clock, "days": _spans(found)} for (slot, clock), found in sorted(days.items())]


def _changed_packed(changed: Iterable[SaidOtherwise]) -> list[dict[str, Any]]:
    """Return the same of what is said otherwise, with its scripts, repeats and loudspeakers as they are now."""
    alike: dict[Said, list[str]] = {}
    for each in changed:
        alike.setdefault(each.said, []).append(each.id)
    return [
        {**part, "scripts": list(said.scripts), "repeat": said.repeat, **({"group": said.group} if said.group else {})}
        for said, ids in sorted(alike.items())
        for part in _packed(ids)
    ]


def _changed_unpacked(groups: Iterable[Mapping[str, Any]]) -> tuple[SaidOtherwise, ...]:
    found = [
        SaidOtherwise(id_, Said(tuple(map(str, group["scripts"])), int(group["repeat"]), str(group.get("group", ""))))
        for group in groups
        for id_ in _unpacked([group])
    ]
    return tuple(sorted(found, key=lambda each: (start_of(each.id), each.id)))


def _spans(days: Iterable[date]) -> list[str]:
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day == spans[-1][1] + A_DAY:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [f"{first}" if first == last else f"{first}/{last}" for first, last in spans]


def _unpacked(groups: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    found = [
        f"{group['slot']}@{day}T{group['time']}" for group in groups for span in group["days"] for day in _days(span)
    ]
    return tuple(sorted(found, key=start_of))


def _days(span: str) -> Iterator[date]:
    first, _slash, last = span.partition("/")
    day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    while day <= end:
        yield day
        day += A_DAY
