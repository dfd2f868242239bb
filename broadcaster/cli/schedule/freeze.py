"""`broadcaster schedule freeze`: a coming month's plan as it was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.option_types import Whole
from broadcaster.cli.show import hint, say
from broadcaster.i18n import N_, _
from broadcaster.office.changes import actor_name
from broadcaster.office.freeze_month import freeze_month, month_to_freeze
from broadcaster.office.wording_frozen import frozen_text
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Freeze the plan of a coming month as it is now, when it was approved: every occurrence is entered in the play "
        "history and signed, and the month's report is held against it. Changes are possible afterwards, and are "
        "entered with who made them, when and why. Without it, the desk freezes each month on its first day."
    ),
    examples=["schedule freeze --month 5/2027", "schedule freeze --month 5 --year 2027 --as Hoa"],
)
@option("--month", metavar=N_("MONTH"), required=True, help=N_("A month: 5, 5/2027, 2027-05."))
@option("--year", metavar=N_("YEAR"), type=Whole(FIRST_YEAR, LAST_YEAR), help=N_("The year of --month."))
@option("--as", "name", metavar=N_("NAME"), help=N_("Who freezes it; without it, who is logged in."))
@pass_station
def freeze(station: Station, *, month: str, year: int | None, name: str | None) -> None:
    """Freeze a month."""
    frozen = freeze_month(station, month_to_freeze(station, month, year), actor_name(name))
    say(frozen_text(frozen, station.settings.timezone))
    hint(
        _("SHA-256 of its occurrences: {digest} (row {row} of the play history)").format(
            digest=frozen.digest, row=frozen.seq
        )
    )
