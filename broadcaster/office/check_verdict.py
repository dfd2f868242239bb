"""What all findings of a check come to: an exit code and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import _, ngettext
from broadcaster.office.check_station import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.office.check_station import Finding


def worst(found: Sequence[Finding]) -> int:
    """Return 0 (ready), 1 (somebody should look) or 2 (something will not play)."""
    levels = {finding.level for finding in found}
    return 2 if Level.BAD in levels else 1 if Level.MIND in levels else 0


def verdict(found: Sequence[Finding]) -> str:
    """Return the verdict in a sentence."""
    count = sum(finding.level is (Level.BAD, Level.MIND)[worst(found) == 1] for finding in found)
    if worst(found) == 0:
        return _("READY: nothing stands in the way of the next 7 days.")
    if worst(found) == 1:
        text = ngettext("READY, but look at {count} point (!).", "READY, but look at {count} points (!).", count)
    else:
        text = ngettext("NOT READY: {count} point (✗).", "NOT READY: {count} points (✗).", count)
    return text.format(count=count)
