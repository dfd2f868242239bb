"""What somebody must look at: a kind, since when, the facts; `office.wording_conditions` makes sentences of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class ConditionKind(StrEnum):
    """What is the matter. The comment names the facts."""

    # the play history
    HISTORY_HARMED = "history harmed"  # harm, detail: the file as it is now
    HISTORY_UNUSABLE = "history unusable"  # reason
    HISTORY_REPLACED = "history replaced"  # harm, detail, rows, saved, lost, file, source: it goes on in a new file
    HISTORY_GIVEN_UP = "history given up"  # actor, rows, lost, file, source: a person restored an older copy
    HISTORY_FOREIGN = "history foreign"  # why, station, key (a line): a rehearsal's, or another station's
    KEY_GONE = "key gone"  # key (a line): that signed until now
    KEY_CHANGED = "key changed"  # old, new (lines)
    # its copies
    BACKUP_MISSING = "backup missing"  # folder, last (a date; None: never)
    BACKUP_NOT_WHOLE = "backup not whole"  # path
    BACKUP_FOLDER_AWAY = "backup folder away"  # folder
    BACKUP_ON_SAME_DISK = "backup on the same disk"  # folder
    # the desk
    DESK_SILENT = "desk silent"  # it runs and gives no sign of life
    DESK_CUT_OFF = "desk cut off"  # occurrence, heard (seconds; None: not known): it ended while that was on the air
    CLOCK_SET = "clock set"  # seconds (of the largest step), count: within the last day
    DESK_HELD = "desk held"  # doubt: it plays nothing, for the clock seems "behind" or "ahead"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is the matter. `since` has its zone; None: not known."""

    kind: ConditionKind
    since: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        """Return it for a reader of code; for people it is worded at the edge."""
        return f"{self.kind} {dict(self.facts)}"


def condition(kind: ConditionKind, since: datetime | None = None, **facts: Any) -> Condition:  # noqa: ANN401 - any frozen value
    """Return a condition with these facts."""
    return Condition(kind, since, MappingProxyType(facts))
