"""What rows of the play history record, and who writes them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a row records."""

    HISTORY_BEGUN = "history_begun"  # the first row: whose history this is
    KEY_CHANGED = "key_changed"  # the key that signs checkpoints was gone, and a new one was made
    STATION_RENAMED = "station_renamed"
    PLANNED = "planned"  # an occurrence came within the daemon's horizon
    WITHDRAWN = "withdrawn"  # an edit took it out again, before its time
    CUED = "cued"  # about to sound: written before the first sample
    RELEASED = "released"  # let go before its first sample, by an orderly stop: nothing of it was heard
    CUED_AGAIN = "cued_again"  # about to sound after all
    PLAYED = "played"  # the outcome, whichever it was
    ORDER = "order"  # a person's order: stop, skip, pause, resume
    ORDER_ANSWERED = "order_answered"  # what the desk did about it, or why it refused
    APPROVAL = "approval"  # a person approved a text, or revoked that
    SCRIPT_CHANGED = "script_changed"  # a person saved a script's text with a command
    CLIP_MADE = "clip_made"  # a script's text became sound: only a clip that such a row knows may air
    CLIP_FOUND = "clip_found"  # a clip that nobody is known to have made, taken as it is: no voice could make it again
    SCHEDULE_CHANGED = "schedule_changed"
    PLAN_FROZEN = "plan_frozen"  # a month's plan as it stood, all of it, signed
    ACTIVITY = "activity"  # a person entered what was done besides broadcasting
    ACTIVITY_WITHDRAWN = "activity_withdrawn"  # and took it back
    DAEMON_STARTED = "daemon_started"
    DAEMON_STOPPED = "daemon_stopped"
    ALIVE = "alive"  # an hour without any other row: the desk ran, and the plan is entered up to `planned_until`
    CLOCK_STEP = "clock_step"
    CLOCK_UNTRUSTED = "clock_untrusted"
    DISK_FULL = "disk_full"
    LEDGER_DAMAGED = "ledger_damaged"  # found damaged on the disk: what was saved comes before and after this row
    RESTORED = "restored"  # put back from a backup
    COPY_SENT = "copy_sent"  # a checkpoint has left the computer, or was timestamped


BY_PEOPLE = frozenset(
    {
        Kind.ORDER,
        Kind.APPROVAL,
        Kind.SCRIPT_CHANGED,
        Kind.SCHEDULE_CHANGED,
        Kind.PLAN_FROZEN,
        Kind.ACTIVITY,
        Kind.ACTIVITY_WITHDRAWN,
        Kind.CLIP_MADE,
        Kind.CLIP_FOUND,
        Kind.COPY_SENT,
        Kind.RESTORED,
    }
)
"""What people write with commands, also while no desk runs; whoever adds a kind that a command writes adds it here."""
ON_A_GOOD_CLOCK = (Kind.PLANNED, Kind.CUED, Kind.PLAYED, Kind.ALIVE, Kind.SCHEDULE_CHANGED, Kind.APPROVAL)
"""Rows of these kinds are written while the clock is believed; others may have a time that never was."""
DESK = "daemon"
"""The actor of what the desk writes by itself."""
