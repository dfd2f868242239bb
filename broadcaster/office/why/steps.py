"""The steps of an explanation, as values: `wording_why` makes a sentence of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.office.facts import frozen_facts

if TYPE_CHECKING:
    from broadcaster.office.facts import Facts


class StepKind(StrEnum):
    """What a step states. The comment names its facts."""

    # the verdict on one occurrence
    BEGAN = "began"  # play, started (an instant in the station's zone)
    DID_NOT_AIR = "did not air"  # play
    TAKEN_OUT = "taken out"
    ON_AIR = "on air"
    HELD_UP = "held up"  # due (a DueItem)
    CUED = "cued"  # made ready, and no outcome yet
    NOT_PLANNED_NOW = "not planned now"
    TIME_PASSED = "time passed"  # without an outcome, and no desk runs
    STILL_DUE = "still due"  # until (when it is given up, in the station's zone)
    TAKEN_UP_LATE = "taken up late"  # its time had passed when the desk took it up
    NO_OUTCOME_YET = "no outcome yet"  # though the desk runs and its time is over
    WILL_AIR = "will air"  # prospect
    WILL_NOT_AIR = "will not air"  # prospect
    # what plans it
    PLANNED_BY = "planned by"  # place, slot, title, source
    LAST_GOOD = "last good"  # file (a HeldFile), root: it has mistakes now
    FOLDER_AWAY = "folder away"  # folder (an AwayFolder), root
    NO_FILE_PLANS_IT = "no file plans it"
    DAY_FITS = "day fits"  # day, start and end (of its date range), weekdays
    SAYS_ALL = "says all"  # scripts, repeat
    SAYS_IN_TURN = "says in turn"  # total, order, scripts, repeat
    # what was done to it after its month's plan was frozen; `by` is empty where a file was edited by hand
    TAKEN_OUT_OF_FROZEN = "taken out of the frozen plan"  # id, month, seq, at, by, reason
    PUT_INTO_FROZEN = "put into the frozen plan"  # id, month, seq, at, by, reason
    # how it is judged
    AS_OF_TODAY = "as of today"  # the steps that follow judge a past occurrence by today's files
    RULE_FORBIDS = "rule forbids"  # rule, prospect
    RULES_ALLOW = "rules allow"  # prospects (of its day), limit (minutes a day, or None)
    APPROVAL_NOT_REQUIRED = "approval not required"
    NOT_APPROVED = "not approved"  # prospect
    APPROVED = "approved"
    SCRIPT_MISSING = "script missing"  # id
    SCRIPT_UNFINISHED = "script unfinished"  # id, gap
    CLIP_READY = "clip ready"  # clip
    CLIP_DAMAGED = "clip damaged"  # id, error: its file is not what was made, or cannot be read
    CLIP_NOT_RENDERED = "clip not rendered"  # id
    WAITS = "waits"  # prospect
    DEVICES = "devices"  # devices
    # what the play history has
    HISTORY_ROW = "history row"  # seq, at (in the station's zone), actor, event, play (or None), reason
    # why nothing is planned
    NOTHING_PLANNED = "nothing planned"  # moment
    NEARBY_SLOTS = "nearby slots"  # the steps that follow name them
    NEARBY_SLOT = "nearby slot"  # nearby (a NearbySlot)
    NO_SUCH_SLOT = "no such slot"  # name
    SLOT_TAKEN_OUT = "slot taken out"  # name, at, version (of the change that did it)
    AIRED_THEN_UNTIL = "aired then until"  # moment: the slot was planned then, until it was taken out
    NEVER_AIRED_THEN = "never aired then"  # moment: it would not have aired then either
    SLOT_DOES_NOT_AIR = "slot does not air"  # reason (a SilenceReason)
    BEFORE = "before"  # id
    AFTER = "after"  # id
    NOTHING_AROUND = "nothing around"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation.

    `about` is its subject: "verdict", "plan", "rules", "clip" …. `good`: True where it lets the occurrence air, False
    where it keeps it from airing, None where it only informs.
    """

    about: str
    kind: StepKind
    good: bool | None = None
    facts: Facts = field(default_factory=frozen_facts)


def step(
    about: str,
    kind: StepKind,
    good: bool | None = None,  # noqa: FBT001 - the field that it fills
    **facts: Any,  # noqa: ANN401 - a fact may be any frozen value
) -> Step:
    """Return a step with these facts."""
    return Step(about, kind, good, frozen_facts(**facts))
