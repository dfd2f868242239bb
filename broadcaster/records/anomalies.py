"""What an auditor should look at: rows of the play history that are unusual, each with its number.

None of it is proof of anything: every kind has innocent causes, which `office/wording_audit_review.py` names beside the
others. The history is read once, row by row; each detector keeps only what later rows need.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.records.anomaly import Anomaly, AnomalyKind, editor_of
from broadcaster.records.approvals import RENAME, Decision, fold
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.kinds import DESK, Kind
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from broadcaster.records.ledger import Row

LATE = timedelta(minutes=1)
"""A start later than this is unusual: a slow computer is seconds late."""
SILENCE = timedelta(minutes=75)
"""The desk writes a row at least every hour; a quarter of one more is for a computer that is slow."""
NEAR_AIR = timedelta(hours=1)
ONE_EDIT = timedelta(minutes=2)
"""Rows of one edit come within this time of each other."""
FEW = 0.75
"""A day on which less than this share of the planned seconds was heard is unusual."""
TOGETHER = timedelta(minutes=5)
"""Outcomes entered within this time of each other are told together: a start enters those of all the hours off."""

_CLOCK = frozenset({Kind.CLOCK_STEP, Kind.CLOCK_UNTRUSTED})
_FOR_LISTENERS = frozenset({Origin.TEST})


def find_anomalies(rows: Iterable[Row], start: datetime, end: datetime) -> tuple[Anomaly, ...]:
    """Return what is unusual with start <= its time < end, by kind and time.

    `rows` is the whole history in its order: what came before the window says what is unusual in it. Raises RecordError
    for a row that is not as the program writes them.
    """
    detectors: tuple[_Detector, ...] = (
        _Cues(), _LateEntries(), _Minutes(), _LateStarts(), _Edits(), _Frozen(), _Approvals(), _Devices(), _Clock(),
        _Silences(),
    )  # fmt: skip
    found = [anomaly for row in rows for anomaly in _see(row, detectors)]
    found += chain.from_iterable(detector.end() for detector in detectors)
    order = list(AnomalyKind)
    inside = (anomaly for anomaly in found if start <= anomaly.at < end)
    return tuple(sorted(inside, key=lambda anomaly: (order.index(anomaly.kind), anomaly.at, anomaly.rows)))


def _see(row: Row, detectors: Iterable[_Detector]) -> list[Anomaly]:
    with ReadingRow(row.seq):
        return [anomaly for detector in detectors for anomaly in detector.see(row)]


def _anomaly(kind: AnomalyKind, at: datetime, rows: Iterable[int], **facts: Any) -> Anomaly:  # noqa: ANN401 - any frozen value
    return Anomaly(kind, at, tuple(rows), MappingProxyType(facts))


class _Detector(Protocol):
    """Sees the rows in order; yields what is unusual as soon as it is known."""

    def see(self, row: Row) -> Iterable[Anomaly]: ...

    def end(self) -> Iterable[Anomaly]: ...


class _AtOnce:
    """A detector that knows everything when the last row has been seen."""

    def end(self) -> Iterable[Anomaly]:
        return ()


# ---- plays -------------------------------------------------------------------------------------------------------


def _instant(row: Row, key: str) -> datetime | None:
    """Return an instant of a row's body; None where it has none that can be read."""
    try:
        return datetime.fromisoformat(row.body[key])
    except (KeyError, TypeError, ValueError):
        return None


def _hour(row: Row) -> datetime:
    """Return the planned start that a row is about; of a row without one, when it was written."""
    try:
        return datetime.fromisoformat((row.occurrence or "").rpartition("@")[2])
    except ValueError:
        return row.at


def _is_sound(row: Row) -> bool:
    """Whether a row is the outcome of what sounded at its hour, for the commune and not for a listener."""
    return row.kind == Kind.PLAYED and "started" in row.body and row.body.get("origin") not in _FOR_LISTENERS


class _Cues(_AtOnce):
    """Finds outcomes of what sounded and was never cued."""

    def __init__(self) -> None:
        self._cued: set[str | None] = set()

    def see(self, row: Row) -> Iterator[Anomaly]:
        if row.kind in (Kind.CUED, Kind.CUED_AGAIN):
            self._cued.add(row.occurrence)
        elif _is_sound(row) and row.occurrence not in self._cued:
            facts = {"outcome": row.body.get("outcome"), "heard_s": row.body.get("heard_s", 0.0)}
            yield _anomaly(AnomalyKind.NO_CUE, _hour(row), [row.seq], occurrence=row.occurrence, **facts)
        elif row.kind == Kind.PLAYED:
            self._cued.discard(row.occurrence)


class _LateStarts(_AtOnce):
    """Finds what began long after its hour."""

    def see(self, row: Row) -> Iterator[Anomaly]:
        late = row.body.get("lateness_s") if _is_sound(row) else None
        if late is not None and late > LATE.total_seconds():
            yield _anomaly(AnomalyKind.LATE_START, _hour(row), [row.seq], occurrence=row.occurrence, seconds=late)


class _LateEntries:
    """Finds outcomes that were entered long after their hour; those entered together are told together."""

    def __init__(self) -> None:
        self._group: list[Row] = []

    def see(self, row: Row) -> Iterator[Anomaly]:
        if row.kind != Kind.PLAYED or row.body.get("origin") in _FOR_LISTENERS:
            return
        over = _instant(row, "ended") or _instant(row, "planned_end") or _hour(row)
        if row.at - over > PATIENCE:
            if self._group and not self._belongs(row):
                yield from self.end()
            self._group.append(row)

    def _belongs(self, row: Row) -> bool:
        last = self._group[-1]
        return row.body.get("outcome") == last.body.get("outcome") and abs(row.at - last.at) <= TOGETHER

    def end(self) -> Iterator[Anomaly]:
        if not self._group:
            return
        group, self._group = self._group, []
        hours = sorted(map(_hour, group))
        facts = {"outcome": group[0].body.get("outcome"), "count": len(group), "entered": group[0].at}
        rows = [row.seq for row in group]
        yield _anomaly(AnomalyKind.LATE_ENTRY, hours[0], rows, first=hours[0], last=hours[-1], **facts)


class _Devices(_AtOnce):
    """Finds where the plays went to another device than before."""

    def __init__(self) -> None:
        self._last: Row | None = None

    def see(self, row: Row) -> Iterator[Anomaly]:
        if not _is_sound(row) or "device" not in row.body:
            return
        last, self._last = self._last, row
        if last is not None and last.body["device"] != row.body["device"]:
            facts = {"before": last.body["device"], "after": row.body["device"]}
            yield _anomaly(AnomalyKind.DEVICE_CHANGED, _hour(row), [last.seq, row.seq], **facts)


# ---- days --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _DayPlan:
    """What was planned for a day, and what was heard of it.

    `planned`: occurrence → its scripts, each as often as it is to be said.
    """

    midnight: datetime
    planned: dict[str, tuple[str, ...]] = field(default_factory=dict)
    heard_s: float = 0.0
    aired: int = 0
    short: list[int] = field(default_factory=list)  # the rows of what was not heard whole


class _Minutes:
    """Finds days on which far less was heard than was planned. A script's length is what it last was in a play."""

    def __init__(self) -> None:
        self._days: dict[date, _DayPlan] = {}
        self._lengths: dict[str, float] = {}
        self._last: datetime | None = None

    def see(self, row: Row) -> Iterable[Anomaly]:
        self._last = row.at
        if row.kind == Kind.PLANNED:
            said = tuple(row.body.get("scripts", ())) * int(row.body.get("repeat", 1))
            self._day(row).planned[row.occurrence or ""] = said
        elif row.kind == Kind.WITHDRAWN:
            self._day(row).planned.pop(row.occurrence or "", None)
        elif row.kind == Kind.PLAYED and row.body.get("origin") not in _FOR_LISTENERS:
            self._play(row)
        return ()

    def _day(self, row: Row) -> _DayPlan:
        hour = _hour(row)
        midnight = hour.replace(hour=0, minute=0, second=0, microsecond=0)
        return self._days.setdefault(hour.date(), _DayPlan(midnight))

    def _play(self, row: Row) -> None:
        day, body = self._day(row), row.body
        for script in body.get("scripts", ()):
            if script.get("seconds"):
                self._lengths[script["id"]] = script["seconds"]
        is_heard = body.get("device") not in NO_LOUDSPEAKERS and "started" in body
        if is_heard:
            day.heard_s += body.get("heard_s", 0.0) - body.get("muted", {}).get("seconds", 0.0)
        if is_heard and body.get("outcome") == "aired":
            day.aired += row.occurrence in day.planned
        else:
            day.short.append(row.seq)

    def end(self) -> Iterator[Anomaly]:
        for date_, day in self._days.items():
            planned_s = sum(self._lengths.get(script, 0.0) for said in day.planned.values() for script in said)
            is_over = self._last is not None and self._last - day.midnight >= timedelta(days=1)
            if is_over and day.heard_s < FEW * planned_s:
                facts = {"planned": len(day.planned), "aired": day.aired, "day": date_}
                facts |= {"planned_s": round(planned_s, 3), "heard_s": round(day.heard_s, 3)}
                yield _anomaly(AnomalyKind.FEW_MINUTES, day.midnight, day.short, **facts)


# ---- people ------------------------------------------------------------------------------------------------------


class _Edits(_AtOnce):
    """Finds edits of what was to air within the hour: changed, taken out, or put in."""

    def __init__(self) -> None:
        self._planned: dict[str, Row] = {}
        self._edit: Row | None = None
        self._told: deque[tuple[str, datetime]] = deque(maxlen=500)

    def see(self, row: Row) -> Iterator[Anomaly]:
        occurrence = row.occurrence or ""
        if row.kind in (Kind.SCHEDULE_CHANGED, Kind.SCRIPT_CHANGED):
            self._edit = row
            yield from self._edited(row)
        elif row.kind == Kind.PLANNED:
            self._planned[occurrence] = row
            if self._edit is not None and row.at - self._edit.at <= ONE_EDIT:
                yield from self._moved("added", row, self._edit)
        elif row.kind == Kind.WITHDRAWN:
            yield from self._moved("withdrawn", row, self._edit)
            self._planned.pop(occurrence, None)
        elif row.kind == Kind.PLAYED:
            self._planned.pop(occurrence, None)

    def _edited(self, row: Row) -> Iterator[Anomaly]:
        script = row.body.get("script")
        names = (f"scripts/{script}",) if script else tuple(row.body.get("changed", ()))
        near = [planned for planned in self._planned.values() if _is_near(row, planned) and _is_of(planned, names)]
        if near:
            occurrences = tuple(planned.occurrence or "" for planned in near)
            self._told.extend((occurrence, row.at) for occurrence in occurrences)
            rows = [row.seq, *(planned.seq for planned in near)]
            facts = {"actor": editor_of(row), "names": names, "occurrences": occurrences}
            yield _anomaly(AnomalyKind.NEAR_EDIT, row.at, rows, what="edited", **facts)

    def _moved(self, what: str, row: Row, edit: Row | None) -> Iterator[Anomaly]:
        occurrence = row.occurrence or ""
        planned = self._planned.get(occurrence, row)
        if not _is_near(row, planned) or self._is_told(occurrence, row.at):
            return
        by = edit if edit is not None and row.at - edit.at <= ONE_EDIT else row
        facts = {"actor": editor_of(by), "names": tuple(by.body.get("changed", ())), "occurrences": (occurrence,)}
        yield _anomaly(AnomalyKind.NEAR_EDIT, row.at, sorted({by.seq, row.seq}), what=what, **facts)

    def _is_told(self, occurrence: str, at: datetime) -> bool:
        return any(told == occurrence and at - then <= ONE_EDIT for told, then in self._told)


def _is_near(row: Row, planned: Row) -> bool:
    return timedelta() <= _hour(planned) - row.at < NEAR_AIR


def _is_of(planned: Row, names: tuple[str, ...]) -> bool:
    """Whether an edit of these files concerns a planned occurrence."""
    own = {f"schedules/{planned.body.get('campaign')}", *(f"scripts/{id_}" for id_ in planned.body.get("scripts", ()))}
    return not own.isdisjoint(names)


class _Frozen(_AtOnce):
    """Finds plans that were frozen late, and what was taken out of one, or said otherwise, without a reason."""

    def see(self, row: Row) -> Iterator[Anomaly]:
        facts = {"actor": editor_of(row), "month": row.body.get("month")}
        if row.kind == Kind.PLAN_FROZEN and "late_s" in row.body:
            yield _anomaly(AnomalyKind.LATE_FREEZE, row.at, [row.seq], **facts, seconds=row.body["late_s"])
        is_silent = row.kind == Kind.SCHEDULE_CHANGED and not row.body.get("reason")
        for change in row.body.get("frozen", ()) if is_silent else ():
            counts = {AnomalyKind.FROZEN_EDIT: change["out"], AnomalyKind.FROZEN_CHANGED: change.get("other", 0)}
            for kind, count in counts.items():
                if count:
                    yield _anomaly(kind, row.at, [row.seq], **facts | {"month": change["month"], "count": count})


class _Approvals(_AtOnce):
    """Finds texts that were approved by one who had saved them since they were last approved."""

    def __init__(self) -> None:
        self._writers: dict[str, dict[str, Row]] = {}

    def see(self, row: Row) -> Iterator[Anomaly]:
        script = str(row.body.get("script", ""))
        if row.kind == Kind.SCRIPT_CHANGED and row.body.get("how") == RENAME:  # who renames a text does not write it
            if row.body.get("after"):
                self._writers[script] = self._writers.pop(str(row.body.get("other", "")), {})
        elif row.kind == Kind.SCRIPT_CHANGED:
            self._writers.setdefault(script, {})[fold(row.actor)] = row
        elif row.kind == Kind.APPROVAL and row.body.get("decision") == Decision.APPROVED:
            written = self._writers.pop(script, {}).get(fold(row.actor))
            if written is not None:
                facts = {"actor": row.actor, "script": script, "title": row.body.get("title", "")}
                yield _anomaly(AnomalyKind.SAME_PERSON, row.at, [written.seq, row.seq], **facts)


# ---- the computer ------------------------------------------------------------------------------------------------


class _Clock(_AtOnce):
    """Finds where the clock was set, or not believed."""

    def see(self, row: Row) -> Iterator[Anomaly]:
        if row.kind in _CLOCK:
            facts = {"seconds": row.body.get("seconds"), "doubt": row.body.get("doubt")}
            yield _anomaly(AnomalyKind.CLOCK, row.at, [row.seq], **facts)


class _Silences(_AtOnce):
    """Finds hours without a sign of life of a desk that had not been stopped."""

    def __init__(self) -> None:
        self._last: Row | None = None

    def see(self, row: Row) -> Iterator[Anomaly]:
        if row.actor != DESK or row.body.get("origin") in _FOR_LISTENERS:
            return
        last, self._last = self._last, row
        if last is None or last.kind == Kind.DAEMON_STOPPED or row.kind in _CLOCK:
            return
        if row.at - last.at > SILENCE:
            facts = {"since": last.at, "until": row.at, "started": row.kind == Kind.DAEMON_STARTED}
            yield _anomaly(AnomalyKind.SILENCE, last.at, [last.seq, row.seq], **facts)
