"""What a person orders the running desk to do at once, and what the desk answers: rows of the play history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.reasons import NO_REASON, Reason, from_row, to_row
from broadcaster.records.kinds import DESK, Kind
from broadcaster.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.records.ledger import Row


class OrderKind(StrEnum):
    """What is ordered."""

    STOP = "stop"  # silence: what sounds is ended, and what waits for the output is let go
    SKIP = "skip"  # one airing is ended or let go; what waits behind it follows
    PAUSE = "pause"  # silence, and nothing but emergency bulletins airs until `until`
    RESUME = "resume"  # the pause is over


class OrderVerdict(StrEnum):
    """What became of an order."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """One order. Instants have their zone."""

    kind: OrderKind
    expires: datetime  # the desk carries it out before that instant, or never
    reason: str = ""  # in the person's words
    target: str = ""  # SKIP: the id of the airing; "": what is on the air, or first in turn
    until: datetime | None = None  # PAUSE

    def entry(self, actor: str, at: datetime) -> Entry:
        """Return the order as a ledger row."""
        body = {
            "order": str(self.kind),
            "reason": self.reason,
            "target": self.target,
            "until": self.until.isoformat() if self.until else "",
        }
        known = {key: value for key, value in body.items() if value}
        return Entry(Kind.ORDER, actor, at, None, {**known, "expires": self.expires.isoformat()})


def order_of(row: Row) -> DeskOrder | None:
    """Return the order in a row; None for one that no desk carries out, such as those of earlier versions."""
    body = row.body
    try:
        until = datetime.fromisoformat(body["until"]) if "until" in body else None
        expires = datetime.fromisoformat(body["expires"])
        kind = OrderKind(body["order"])
    except (KeyError, TypeError, ValueError):
        return None
    if kind is OrderKind.PAUSE and until is None:
        return None
    return DeskOrder(kind, expires, str(body.get("reason", "")), str(body.get("target", "")), until)


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What the desk answers to the order in row `order`.

    `silent_at`: since when nothing of what was stopped sounds; None where nothing had to be silent. `ended` are the ids
    of the airings that it ended, `heard_s` how much of the one on the air had been heard. `why`: of what was refused;
    else what the rows of those airings say, of a pause what keeps airings back until `paused_until`.
    """

    order: int
    kind: OrderKind
    answer: OrderVerdict
    silent_at: datetime | None = None
    ended: tuple[str, ...] = ()
    heard_s: float = 0.0
    paused_until: datetime | None = None
    why: Reason = NO_REASON

    def entry(self, at: datetime) -> Entry:
        """Return the answer as a ledger row."""
        body: dict[str, Any] = {
            "order": self.order,
            "what": str(self.kind),
            "answer": str(self.answer),
            "ended": list(self.ended),
            "heard_s": round(self.heard_s, 3),
            "silent_at": self.silent_at.isoformat(timespec="milliseconds") if self.silent_at else None,
            "paused_until": self.paused_until.isoformat() if self.paused_until else None,
        }
        return Entry(Kind.ORDER_ANSWERED, DESK, at, None, body | to_row(self.why))


def answer_of(body: Mapping[str, Any]) -> OrderAnswer | None:
    """Return the answer in a row's body; None for one that cannot be read."""
    try:
        silent = datetime.fromisoformat(body["silent_at"]) if body["silent_at"] else None
        paused = datetime.fromisoformat(body["paused_until"]) if body["paused_until"] else None
        kind, answer = OrderKind(body["what"]), OrderVerdict(body["answer"])
        ended, heard = tuple(map(str, body["ended"])), float(body["heard_s"])
        return OrderAnswer(int(body["order"]), kind, answer, silent, ended, heard, paused, from_row(body))
    except (KeyError, TypeError, ValueError):
        return None
