"""What happens to the moved airings of a slot when the slot changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import hint
from broadcaster.i18n import _
from broadcaster.office.skip_move_pause import moved_airings
from broadcaster.office.wording import moved_text

if TYPE_CHECKING:
    from datetime import date

    from broadcaster.models import Campaign, Slot


def tell_moved(campaign: Campaign, slot: Slot, since: date, text: str) -> None:
    """Name the moved airings of a slot from a day on, in a text with {airings}; nothing where there are none."""
    if moved := moved_airings(campaign, slot, since):
        hint(_("Note: {finding}").format(finding=text.format(airings="; ".join(map(moved_text, moved)))))
