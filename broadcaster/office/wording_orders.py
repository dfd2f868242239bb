"""What became of an order, in sentences of the user's language."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.office.wording import length
from broadcaster.office.wording_now import paused_text
from broadcaster.records.desk_orders import OrderKind, OrderVerdict

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from broadcaster.office.give_order import OrderResult

_ASKED = {
    OrderKind.STOP: N_("stop asked {asked}"),
    OrderKind.SKIP: N_("skip asked {asked}"),
    OrderKind.PAUSE: N_("pause asked {asked}"),
    OrderKind.RESUME: N_("resume asked {asked}"),
}


def result_texts(result: OrderResult, zone: ZoneInfo) -> list[str]:
    """Return when it was asked and what the desk did about it, a sentence a line; instants in `zone`."""
    asked = _(_ASKED[result.order.kind]).format(asked=_tenth(result.asked, zone))
    answer = result.answer
    if answer is None:
        text = _("{asked}, UNCONFIRMED: the desk has not answered. Listen, and give the order again.")
        return [text.format(asked=asked)]
    if answer.answer is OrderVerdict.REFUSED:
        return [_("{asked}, refused: {why}").format(asked=asked, why=answer.why)]
    if answer.silent_at is None:
        lines = [_("{asked}, done").format(asked=asked)]
    else:
        silent = _("{asked}, silence confirmed {silent}")
        lines = [silent.format(asked=asked, silent=_tenth(answer.silent_at, zone))]
    if answer.heard_s:
        heard = _("{id}: ended after {heard}")
        lines.append(heard.format(id=answer.ended[0], heard=length(timedelta(seconds=answer.heard_s))))
    gone = answer.ended[1:] if answer.heard_s else answer.ended
    lines += [_("{id}: will not air").format(id=id_) for id_ in gone]
    if answer.paused_until is not None:
        lines.append(paused_text(answer.paused_until.astimezone(zone)))
    return lines


def _tenth(instant: datetime, zone: ZoneInfo) -> str:
    """Return an hour with tenths of a second: what an order waits for is short."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
