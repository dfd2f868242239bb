"""`broadcaster reconcile`: the plan compared with what was played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.filter_options import with_campaign, with_source
from broadcaster.cli.frame import command, pass_station_even_if_wrong, with_json
from broadcaster.cli.records.past_window import nothing_text, past_window
from broadcaster.cli.records.play_tables import reconciliation_to_json, show_reconciliation
from broadcaster.cli.show import say, show_json
from broadcaster.cli.window_options import with_window
from broadcaster.i18n import N_
from broadcaster.records.reconcile import Ruling, Scope, reconcile_window

if TYPE_CHECKING:
    from broadcaster.office.window import TypedWindow
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Compare the plan with what was played: one verdict for every planned occurrence, and totals "
        "that add up. Exits with 1 if an occurrence has no record."
    ),
    examples=[
        "reconcile",
        "reconcile --month 5/2027",
        "reconcile --month 5/2027 --source 1192/BHXH-TT",
        "reconcile --from 1/5 --to 7/5 --campaign thang-5 --json",
    ],
)
@with_window
@with_campaign
@with_source
@with_json
@pass_station_even_if_wrong
def reconcile(station: Station, *, typed: TypedWindow, campaign: str | None, source: str | None, as_json: bool) -> int:
    """Show the verdicts of a window."""
    window = past_window(station, typed)
    with station.ledger(read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, station.now(), scope=Scope(campaign, source))
    if as_json:
        show_json(reconciliation_to_json(found))
    elif found.verdicts or found.unplanned:
        show_reconciliation(found, station.settings.timezone)
    else:
        say(nothing_text(window))
    return 1 if found.totals[Ruling.NO_RECORD] else 0
