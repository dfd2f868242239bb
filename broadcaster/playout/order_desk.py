"""Carries out what people order while the desk runs, and answers each order with a row.

The sound is dealt with first: a history that cannot be written keeps nothing from falling silent. The answer is kept
until its row can be written.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broadcaster.errors import RecordError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE, BulletinClass
from broadcaster.playout.desk_state import DeskPause
from broadcaster.reasons import NO_REASON, ReasonKind, reason
from broadcaster.records.desk_orders import DeskOrder, OrderAnswer, OrderKind, OrderVerdict, answer_of, order_of
from broadcaster.records.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.playout.desk import Desk
    from broadcaster.reasons import Reason
    from broadcaster.records.ledger import Ledger, Row

NEVER = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


class OrderDesk:
    """Takes the orders of one station from its play history."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = ledger
        self._answers: list[OrderAnswer] = []  # that are not written yet
        self._seen: int | None = None  # the last row that was looked at
        self._version = -1
        self._file_number = ledger.file_number
        self._do: dict[OrderKind, Callable[[DeskOrder, Row], OrderAnswer]] = {
            OrderKind.STOP: self._stop,
            OrderKind.SKIP: self._skip,
            OrderKind.PAUSE: self._pause,
            OrderKind.RESUME: self._resume,
        }

    def has_news(self) -> bool:
        """Whether somebody has written into the play history since the last round; costs microseconds."""
        try:
            return self._seen is not None and self._ledger.data_version() != self._version
        except RecordError:
            return False

    def round(self) -> None:
        """Carry out what was ordered since the last round, and answer. Raises RecordError: then that is tried again."""
        if self._seen is None or self._file_number != self._ledger.file_number:  # rows of a new file have new numbers
            self._take_up()
        version = self._ledger.data_version()
        if version != self._version:
            for row in list(self._ledger.rows([Kind.ORDER], after_seq=self._seen or 0)):
                self._seen = row.seq
                if order := order_of(row):
                    self._answers.append(self._answer(order, row))
            self._version = version
        if self._answers:
            answers, now = self._answers, self._desk.station.now()
            self._ledger.append([answer.entry(now) for answer in answers])
            self._answers = []

    def _take_up(self) -> None:
        """Find what earlier runs answered, and the pause that one of them began."""
        answered, paused = 0, DeskPause(NEVER, NO_REASON)
        for row in self._ledger.rows([Kind.ORDER_ANSWERED]):
            if (answer := answer_of(row.body)) is None:
                continue
            answered = max(answered, answer.order)
            if answer.answer is OrderVerdict.DONE and answer.kind in (OrderKind.PAUSE, OrderKind.RESUME):
                paused = DeskPause(answer.paused_until or NEVER, answer.why)
        if paused.until > self._desk.station.now():
            self._desk.pause.begin(paused)
        self._seen, self._file_number, self._version = answered, self._ledger.file_number, -1

    def _answer(self, order: DeskOrder, row: Row) -> OrderAnswer:
        if order.expires <= self._desk.station.now():
            return _refused(order, row, reason(ReasonKind.ORDER_EXPIRED))
        on_air = self._desk.status().on_air
        if on_air and on_air.bulletin_class is BulletinClass.EMERGENCY and not order.reason:
            return _refused(order, row, reason(ReasonKind.NEEDS_REASON))
        log.info(_("order of %s: %s"), row.actor, order.kind)
        return self._do[order.kind](order, row)

    # ---- what is ordered --------------------------------------------------------------------------------------

    def _stop(self, order: DeskOrder, row: Row) -> OrderAnswer:
        why = _why("stop", order, row)
        answer = self._silence(order, row, why)
        waiting = [each for each in self._desk.status().waiting if each.id not in answer.ended]
        self._desk.let_go(waiting, why)
        return replace(answer, ended=(*answer.ended, *(each.id for each in waiting)))

    def _skip(self, order: DeskOrder, row: Row) -> OrderAnswer:
        status, why = self._desk.status(), _why("skip", order, row)
        in_turn = [each for each in (status.on_air, *status.waiting) if each is not None]
        target = next((each for each in in_turn if order.target in ("", each.id)), None)
        if target is None:
            kind = ReasonKind.NOT_DUE if order.target else ReasonKind.NOTHING_ON
            return _refused(order, row, reason(kind, id=order.target))
        if target == status.on_air:
            return self._silence(order, row, why)
        self._desk.let_go([target], why)
        return OrderAnswer(row.seq, order.kind, OrderVerdict.DONE, ended=(target.id,), why=why)

    def _pause(self, order: DeskOrder, row: Row) -> OrderAnswer:
        now = self._desk.station.now()
        until = (order.until or now).astimezone(now.tzinfo)
        why = _why("pause", order, row, from_=now, to=until)
        self._desk.pause.begin(DeskPause(until, why))
        return replace(self._silence(order, row, _why("stop", order, row)), paused_until=until, why=why)

    def _resume(self, order: DeskOrder, row: Row) -> OrderAnswer:
        if self._desk.pause.now is None:
            return _refused(order, row, reason(ReasonKind.NOT_PAUSED))
        self._desk.pause.end(self._desk.station.now())
        return OrderAnswer(row.seq, order.kind, OrderVerdict.DONE)

    def _silence(self, order: DeskOrder, row: Row, why: Reason) -> OrderAnswer:
        """End what sounds; where nothing does, it is silent already."""
        done = OrderAnswer(row.seq, order.kind, OrderVerdict.DONE, silent_at=self._desk.station.now(), why=why)
        if (cut := self._desk.cut(why)) is None:
            return done
        occurrence, progress = cut
        heard = progress.played_frames / CLIP_RATE
        return replace(done, silent_at=progress.ended or self._desk.station.now(), ended=(occurrence,), heard_s=heard)


def _refused(order: DeskOrder, row: Row, why: Reason) -> OrderAnswer:
    return OrderAnswer(row.seq, order.kind, OrderVerdict.REFUSED, why=why)


def _why(what: str, order: DeskOrder, row: Row, **facts: object) -> Reason:
    """Return the reason that is written into what an order ends."""
    return reason(ReasonKind.ORDERED, order=what, by=row.actor, text=order.reason, row=row.seq, **facts)
