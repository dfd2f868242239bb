"""The checkpoints that leave the computer, in a process of their own: a network may keep one waiting for minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_
from broadcaster.playout.background_command import Errand
from broadcaster.records.copies import is_due, newest_checkpoint, waiting

if TYPE_CHECKING:
    from broadcaster.station.folder import Station

AGAIN_AFTER = 1800.0
"""Seconds after which what could not be sent is tried again."""


def is_sent(station: Station) -> bool:
    """Whether the last checkpoint is not old yet and has gone everywhere, or whether there is no history yet.

    Raises RecordError where the history cannot be read.
    """
    now, settings = station.now(), station.settings.copies
    newest = newest_checkpoint(station.root, now)
    with station.past() as ledger:
        return ledger is None or not (is_due(newest, settings.every, now) or waiting(ledger, newest, settings))


CHECKPOINT_COPIES = Errand(
    N_("sending the checkpoint away"), ("audit", "send", "--daily"), is_sent, "copies.log", AGAIN_AFTER
)
