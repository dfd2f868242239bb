"""Orders to the running desk: written into the play history, and answered there.

An order that was only written is no silence: whoever gives it waits for the answer, and is told when there is none.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.typed import not_understood
from broadcaster.office.wording import when
from broadcaster.playout.station_lock import is_running
from broadcaster.records.desk_orders import DeskOrder, OrderAnswer, OrderKind, answer_of
from broadcaster.records.kinds import Kind
from broadcaster.typed_dates import parse_clock, parse_day, parse_length, split_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.station.folder import Station

ANSWERED_WITHIN = timedelta(seconds=2)
"""How long an answer is waited for; later it is told that nobody confirmed the order."""
EXPIRES_AFTER = timedelta(seconds=5)
"""A desk that sees the order later than this does not carry it out."""
LONG_PAUSE = timedelta(hours=1)
"""A longer pause needs a reason."""
LOOK_EVERY = 0.02
"""Seconds between two looks for the answer."""

_UNTIL = N_("a time today such as 12h30, a moment such as 20/5 17h, or a length such as 15 phút")


@dataclass(frozen=True, slots=True)
class OrderResult:
    """An order, when it was asked, and the desk's answer; None: nobody confirmed it in time."""

    order: DeskOrder
    asked: datetime
    answer: OrderAnswer | None


def give_order(
    station: Station,
    kind: OrderKind,
    actor: str,
    *,
    reason: str = "",
    target: str = "",
    until: datetime | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> OrderResult:
    """Write an order and wait for the desk's answer.

    Raise InputError where no desk runs, or where the order needs a reason; RecordError where it cannot be written.
    """
    asked = station.now()
    if not is_running(station):
        what = _("no desk runs: nothing sounds, and nothing will play")
        raise InputError(Problem(what, _("start it: broadcaster run")))
    if kind is OrderKind.PAUSE and until is not None and until - asked > LONG_PAUSE and not reason.strip():
        raise InputError(Problem(_("a pause of more than an hour needs a reason"), _('add --reason "…"')))
    order = DeskOrder(kind, asked + EXPIRES_AFTER, reason.strip(), target, until)
    with station.ledger() as ledger:
        (row,) = ledger.append([order.entry(actor, asked)])
        for _look in range(round(ANSWERED_WITHIN.total_seconds() / LOOK_EVERY)):
            for answered in ledger.rows([Kind.ORDER_ANSWERED], after_seq=row.seq):
                answer = answer_of(answered.body)
                if answer is not None and answer.order == row.seq:
                    return OrderResult(order, asked, answer)
            sleep(LOOK_EVERY)
    return OrderResult(order, asked, None)


def read_until(station: Station, text: str) -> datetime:
    """Return the end of a pause from what a person typed; raise InputError for what is not understood, or is over."""
    now, zone = station.now(), station.settings.timezone
    if (at := parse_clock(text)) is not None:
        until = datetime.combine(now.astimezone(zone).date(), at, zone)
    elif (length := parse_length(text)) is not None:
        until = now + length
    else:
        found = split_moment(text)
        day = parse_day(found[0], now.astimezone(zone).date()) if found else None
        if found is None or day is None:
            raise InputError(not_understood(text, _UNTIL, "--until"))
        until = datetime.combine(day, found[1], zone)
    if until <= now:
        what = _("--until: {moment} is over").format(moment=when(until.astimezone(zone)))
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=_(_UNTIL))))
    return until.astimezone(zone)
