"""`broadcaster stop`, `skip`, `pause`, `resume`: orders to the running desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import add_options, argument, command, option, pass_station
from broadcaster.cli.show import say
from broadcaster.i18n import N_
from broadcaster.office.changes import actor_name
from broadcaster.office.give_order import OrderResult, give_order, read_until
from broadcaster.office.wording_orders import result_texts
from broadcaster.records.desk_orders import OrderKind, OrderVerdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.station.folder import Station


def with_order(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--reason` and `--as`."""
    options = [
        option("--reason", metavar=N_("TEXT"), default="", help=N_("Why; it stands in the play history.")),
        option("--as", "name", metavar=N_("NAME"), help=N_("Who orders it; without it, who is logged in.")),
    ]
    return add_options(function, options)


@command(
    help=N_(
        "Silence now: end what is on the air with a short fade, and let go what waits for the output. What is planned "
        "later airs as planned. Waits until the desk confirms the silence. Leaves with 0 (silence confirmed) or 1 "
        "(UNCONFIRMED, or refused)."
    ),
    examples=["stop", "stop --reason 'đọc nhầm số điện thoại' --as Hòa"],
)
@with_order
@pass_station
def stop(station: Station, *, reason: str, name: str | None) -> int:
    """Order silence."""
    return _shown(station, give_order(station, OrderKind.STOP, actor_name(name), reason=reason))


@command(
    help=N_(
        "End one airing, or let it go: the one on the air, or the one that waits and that you name. What waits behind "
        "it follows. Airings that are not due yet: broadcaster schedule skip."
    ),
    examples=["skip", "skip thang-5/sang@2027-05-15T05:30+07:00 --reason 'đài tỉnh đã phát'"],
)
@argument("occurrence", metavar=N_("[AIRING]"), required=False, default="")
@with_order
@pass_station
def skip(station: Station, *, occurrence: str, reason: str, name: str | None) -> int:
    """Order one airing away."""
    result = give_order(station, OrderKind.SKIP, actor_name(name), reason=reason, target=occurrence)
    return _shown(station, result)


@command(
    help=N_(
        "Silence now and until then: what is on the air ends, and nothing but emergency bulletins begins. What waits "
        "airs after the pause if its grace lasts so long, and is skipped otherwise. A pause outlives a restart of the "
        "desk."
    ),
    examples=["pause --until 8h", "pause --until '15 phút' --reason 'đám tang'"],
)
@option("--until", metavar=N_("TIME"), required=True, help=N_("Until when: 8h, 12h30, '15 phút', '20/5 17h'."))
@with_order
@pass_station
def pause(station: Station, *, until: str, reason: str, name: str | None) -> int:
    """Order a pause."""
    end = read_until(station, until)
    result = give_order(station, OrderKind.PAUSE, actor_name(name), reason=reason, until=end)
    return _shown(station, result)


@command(help=N_("End a pause: what is due airs."), examples=["resume"])
@with_order
@pass_station
def resume(station: Station, *, reason: str, name: str | None) -> int:
    """Order the end of a pause."""
    return _shown(station, give_order(station, OrderKind.RESUME, actor_name(name), reason=reason))


def _shown(station: Station, result: OrderResult) -> int:
    """Show what became of an order; return the exit code."""
    answer = result.answer
    for text in result_texts(result, station.settings.timezone):
        say(text)
    return 0 if answer is not None and answer.answer is OrderVerdict.DONE else 1
