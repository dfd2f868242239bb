r"""The frozen plan of a month: what was to air, as it stood on the month's first day, signed, in a row of its own.

A row `plan_frozen` holds every occurrence of the month. Its digest is the SHA-256 of the occurrences as they stand in
the row's body, one a line, each ended by a line feed:

    sqlite3 broadcaster.db "select value from ledger, json_each(body, '$.occurrences') where seq = 41" | sha256sum

Its note is a signed note (`signed_note.py`) of the key's name, the month with its time zone and the number of
occurrences, the digest, and the time of the row. What people do to a frozen month afterwards is in the rows
`schedule_changed`, under `frozen`: what was taken out of its plan, and what was put in.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.models import BulletinClass
from broadcaster.moments import zone_named
from broadcaster.records.canonical_json import canonical
from broadcaster.records.clip_rows import KINDS as CLIPS
from broadcaster.records.damaged_row import ReadingRow
from broadcaster.records.frozen_changes import A_DAY, Said, changes_from_body, start_of
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from broadcaster.models import Occurrence
    from broadcaster.records.frozen_changes import FrozenChange
    from broadcaster.records.ledger import Ledger, Row
    from broadcaster.records.signed_note import Signer

SLACK = timedelta(minutes=1)
"""What began so shortly before the plan was frozen had not passed yet: a desk takes a round to get to it."""

NORMAL = str(BulletinClass.NORMAL)


@dataclass(frozen=True, slots=True)
class Month:
    """A month by the clocks of one zone."""

    first: date
    zone: ZoneInfo

    @classmethod
    def of(cls, day: date, zone: ZoneInfo) -> Month:
        """Return the month that a day is in."""
        return cls(date(day.year, day.month, 1), zone)

    @property
    def name(self) -> str:
        """As rows write it: 2027-05."""
        return f"{self.first:%Y-%m}"

    @property
    def start(self) -> datetime:
        """Midnight at the beginning of its first day."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """Midnight at the end of its last day."""
        return datetime.combine((self.first + 31 * A_DAY).replace(day=1), time(), self.zone)


@dataclass(frozen=True, slots=True)
class FrozenOccurrence:
    """One occurrence as it was planned when its month was frozen."""

    id: str
    scripts: tuple[str, ...]
    repeat: int
    bulletin_class: str
    source: str
    group: str = ""

    @property
    def said(self) -> Said:
        """What is said, how often, and where."""
        return Said(self.scripts, self.repeat, self.group)

    @property
    def start(self) -> datetime:
        """The planned start, with the offset in its id."""
        return start_of(self.id)


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """A row `plan_frozen`. `planned_s`: the length of what has a known one, `unknown` how many have none.

    `late_s`: how long after the month's beginning it was frozen, in seconds; None: in time.
    """

    seq: int
    at: datetime
    actor: str
    month: Month
    occurrences: Mapping[str, FrozenOccurrence]  # by id, in their order
    digest: str  # in hex, as the row says
    planned_s: float
    unknown: int
    late_s: float | None


@dataclass(frozen=True, slots=True)
class FrozenEdit:
    """A `FrozenChange` with its row. `by` is empty where a file was edited by hand: nobody knows by whom."""

    seq: int
    at: datetime
    by: str
    reason: str
    change: FrozenChange


@dataclass(slots=True)
class FrozenMonth:
    """A month's frozen plan, and what people have done to it since, in the order of the rows."""

    plan: FrozenPlan
    edits: list[FrozenEdit] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    """The ids that are in the plan after all edits."""
    said: dict[str, Said] = field(default_factory=dict)
    """Of each occurrence that was frozen, what is said of it, and where, after all edits."""

    def take(self, edit: FrozenEdit) -> None:
        """Take in one more edit."""
        self.edits.append(edit)
        self.apply(edit.change)

    def apply(self, change: FrozenChange) -> None:
        """Change what is present."""
        self.present -= set(change.taken_out)
        self.present |= set(change.put_in)
        self.said |= {each.id: each.said for each in change.changed}

    @property
    def otherwise(self) -> set[str]:
        """The ids that are still planned, with other scripts, repeats or loudspeakers than were frozen."""
        return {
            id_ for id_, each in self.plan.occurrences.items() if id_ in self.present and self.said[id_] != each.said
        }

    def last_edit(self, occurrence: str) -> FrozenEdit | None:
        """Return the last edit that took an occurrence out or put it in; None where none did."""
        found = (each for each in reversed(self.edits) if occurrence in each.change.taken_out + each.change.put_in)
        return next(found, None)


# ---- writing -----------------------------------------------------------------------------------------------------


def frozen_entry(
    month: Month,
    occurrences: Sequence[Occurrence],
    lengths: Mapping[str, timedelta],
    signer: Signer,
    actor: str,
    at: datetime,
) -> Entry:
    """Return the row that freezes a month; `lengths` are those of scripts, as far as they are known."""
    listed = [_to_body(each) for each in occurrences]
    digest = digest_of(listed)
    known = [each.length(lengths) for each in occurrences if all(id_ in lengths for id_ in each.scripts)]
    late = lateness(at, month, (each.start for each in occurrences))
    body: dict[str, Any] = {
        "month": month.name,
        "timezone": month.zone.key,
        "count": len(listed),
        "occurrences": listed,
        "sha256": digest,
        "planned_s": sum(known, timedelta()).total_seconds(),
        "unknown_length": len(listed) - len(known),
        "note": signer.sign(signed_text(signer.name, month.name, month.zone.key, len(listed), digest, instant(at))),
    }
    body |= {"late_s": round(late.total_seconds(), 3)} if late is not None else {}
    return Entry(Kind.PLAN_FROZEN, actor, at, None, body)


def _to_body(occurrence: Occurrence) -> dict[str, Any]:
    """Return an occurrence as its frozen plan holds it; what is as usual is left out."""
    body: dict[str, Any] = {"id": occurrence.id, "scripts": list(occurrence.scripts)}
    body |= {"repeat": occurrence.repeat} if occurrence.repeat != 1 else {}
    body |= {"class": str(occurrence.bulletin_class)} if str(occurrence.bulletin_class) != NORMAL else {}
    body |= {"group": occurrence.group} if occurrence.group else {}
    return body | ({"source": occurrence.source} if occurrence.source else {})


def digest_of(listed: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256, in hex, of occurrences as they stand in a row, one a line."""
    return hashlib.sha256("".join(f"{canonical(each)}\n" for each in listed).encode()).hexdigest()


def signed_text(key: str, month: str, zone: str, count: int, digest: str, at: str) -> str:
    """Return what is signed of a frozen plan: no line of it can be taken for one of a checkpoint."""
    root = base64.b64encode(bytes.fromhex(digest)).decode()
    return f"{key}\nplan {month} {zone} {count}\nsha256 {root}\n{at}\n"


def lateness(at: datetime, month: Month, starts: Iterable[datetime]) -> timedelta | None:
    """Return how long after a month's beginning its plan was frozen; None where that was in time.

    In time is on the first day, before anything of the month was to air.
    """
    is_late = at >= month.start + A_DAY or any(at - start >= SLACK for start in starts)
    return at - month.start if is_late else None


def clip_lengths(ledger: Ledger) -> dict[str, timedelta]:
    """Return the length of each script's last clip, as far as the ledger knows one."""
    found: dict[str, timedelta] = {}
    for row in ledger.rows(CLIPS):
        script, seconds = row.body.get("script"), row.body.get("seconds")
        if isinstance(script, str) and isinstance(seconds, int | float):
            found[script] = timedelta(seconds=seconds)
    return found


# ---- reading -----------------------------------------------------------------------------------------------------


def read_frozen(ledger: Ledger) -> dict[str, FrozenMonth]:
    """Return the months that are frozen, by name; of two rows about one month the first counts.

    Raises RecordError for a row that is not as the program writes them.
    """
    found: dict[str, FrozenMonth] = {}
    for row in ledger.rows([Kind.PLAN_FROZEN, Kind.SCHEDULE_CHANGED]):
        if row.kind == Kind.PLAN_FROZEN:
            plan = plan_from_row(row)
            said = {id_: each.said for id_, each in plan.occurrences.items()}
            found.setdefault(plan.month.name, FrozenMonth(plan, present=set(said), said=said))
            continue
        for edit in edits_of(row):
            if month := found.get(edit.change.month):
                month.take(edit)
    return found


def plan_from_row(row: Row) -> FrozenPlan:
    """Return the frozen plan of a row; raise RecordError for one that is not as the program writes them."""
    body = row.body
    with ReadingRow(row.seq):
        listed = [_from_body(each) for each in body["occurrences"]]
        return FrozenPlan(
            row.seq,
            row.at,
            row.actor,
            Month(date.fromisoformat(f"{body['month']}-01"), zone_named(body["timezone"])),
            {each.id: each for each in listed},
            str(body["sha256"]),
            float(body["planned_s"]),
            int(body["unknown_length"]),
            body.get("late_s"),
        )


def _from_body(body: Mapping[str, Any]) -> FrozenOccurrence:
    start_of(body["id"])
    scripts, repeat = tuple(map(str, body["scripts"])), int(body.get("repeat", 1))
    return FrozenOccurrence(
        body["id"], scripts, repeat, body.get("class", NORMAL), body.get("source", ""), body.get("group", "")
    )


def edits_of(row: Row) -> Iterator[FrozenEdit]:
    """Yield what a row `schedule_changed` did to frozen months."""
    by = row.actor if row.body.get("how") == "command" else ""
    for change in changes_from_body(row.body.get("frozen", ())):
        yield FrozenEdit(row.seq, row.at, by, str(row.body.get("reason", "")), change)
