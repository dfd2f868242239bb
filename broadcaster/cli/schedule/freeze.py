"""`broadcaster schedule freeze`: a coming month's plan as it was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from broadcaster.cli.change_options import ChangeOptions, with_change_options
from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import hint, say
from broadcaster.i18n import N_, _
from broadcaster.office.freeze_month import freeze_month, month_to_freeze, plan_to_freeze
from broadcaster.office.wording_frozen import frozen_text, to_freeze_text

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Freeze the plan of a coming month as it is now, when it was approved: every occurrence is entered in the play "
        "history and signed, and the month's report is held against it. Changes are possible afterwards, and are "
        "entered with who made them, when and why. Without it, the desk freezes each month on its first day."
    ),
    examples=["schedule freeze --month 5/2027 --dry-run", "schedule freeze --month 5 --year 2027 --as Hoa"],
)
@option("--month", metavar=N_("MONTH"), required=True, help=N_("A month: 5, 5/2027, 2027-05."))
@option("--year", metavar=N_("YEAR"), type=click.IntRange(1970, 9998), help=N_("The year of --month."))
@with_change_options
@pass_station
def freeze(station: Station, *, month: str, year: int | None, options: ChangeOptions) -> None:
    """Freeze a month."""
    coming = month_to_freeze(station, month, year)
    say(to_freeze_text(plan_to_freeze(station, coming)))
    if not options.agreed_to(_("Freeze it? A month is frozen once.")):
        return
    frozen = freeze_month(station, coming, options.actor)
    say(frozen_text(frozen, station.settings.timezone))
    hint(
        _("SHA-256 of its occurrences: {digest} (row {row} of the play history)").format(
            digest=frozen.digest, row=frozen.seq
        )
    )
