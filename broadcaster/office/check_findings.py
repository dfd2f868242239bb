"""What the check of a station can find, as values: `wording_check` makes sentences of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.office.facts import frozen_facts

if TYPE_CHECKING:
    from broadcaster.office.facts import Facts


class Level(StrEnum):
    """How good or bad a finding is."""

    GOOD = "good"
    UNKNOWN = "unknown"  # this computer does not tell
    WARNING = "mind"  # the plan will play, and somebody should look
    BAD = "bad"  # something will not play


class FindingKind(StrEnum):
    """What was found. The comment names its facts."""

    # files and plan
    FILE_MISTAKE = "file mistake"  # problem
    FILE_HELD = "file held"  # problem, saved (of the version in force, in the station's zone, or None)
    FOLDER_AWAY = "folder away"  # folder (such as "schedules/"), why, since (in the station's zone, or None)
    FILE_NOT_READ = "file not read"  # problem
    FILES_VALID = "files valid"  # scripts, campaigns (how many)
    NOTHING_PLANNED = "nothing planned"  # days
    PLANNED = "planned"  # count, days
    MONTH_FROZEN = "month frozen"  # state (a MonthState)
    MONTH_NOT_FROZEN = "month not frozen"  # state
    # clips
    SCRIPT_UNFINISHED = "script unfinished"  # id, gap
    CLIPS_NOT_RENDERED = "clips not rendered"  # ids
    CLIP_DAMAGED = "clip damaged"  # error
    CLIP_SILENT = "clip silent"  # id, loudness, voice
    CLIPS_IN_LESSER_VOICE = "clips in a lesser voice"  # ids, voice
    CLIPS_READY = "clips ready"  # count
    NO_SUCH_DAY = "no such day"  # id, tokens
    TEXT_WARNINGS = "text warnings"  # id, warnings (of the script, at least one)
    TOPIC_WITHOUT_TITLE = "topic without title"  # topic, ids (of the scripts)
    VERSION_WITHOUT_TEXT = "version without text"  # id, text (the id of the text that is not there)
    VERSION_BEHIND = "version behind"  # id, text (its id), at (when that was changed, in the station's zone)
    # approvals and rules
    NOT_APPROVED = "not approved"  # count, ids
    NO_APPROVAL_MISSING = "no approval missing"
    CONFLICT = "conflict"  # conflict
    NO_CONFLICT = "no conflict"
    # voices
    VOICE_SPEAKS = "voice speaks"  # name
    OTHER_VOICE = "other voice"  # name, first
    REHEARSAL_VOICE = "rehearsal voice"  # name
    NO_VOICE = "no voice"  # names, why
    VOICES_WRONG = "voices wrong"  # problem
    TONELESS_VOICE = "toneless voice"  # name
    RATE_OF_BEFORE = "rate of before"  # key, rate, before (both in syllables a minute)
    # what was and what is to be aired
    DUE_AND_HELD_UP = "due and held up"  # due (a DueItem)
    RECENT_FAILURES = "recent failures"  # count, id, ruling, reason (of the last one)
    NO_RECENT_FAILURE = "no recent failure"  # count (of those planned)
    # play history and its clock
    CONDITION = "condition"  # condition
    NO_HISTORY = "no history"
    HISTORY_FAULT = "history fault"  # fault
    HISTORY_WHOLE = "history whole"  # rows
    BACKUPS = "backups"  # count, folder, last (a date)
    NO_BACKUP = "no backup"
    COPY_WAITING = "copy waiting"  # to, trouble (a SendTrouble; None: not tried yet), since (or None)
    COPIES_SENT = "copies sent"  # count, last (a date)
    NO_COPIES = "no copies"
    CLOCK_BEHIND = "clock behind"  # now, floor (instants in the station's zone)
    # the computer
    DESK_RUNS = "desk runs"
    DESK_DOES_NOT_RUN = "desk does not run"
    DESK_PAUSED = "desk paused"  # until (in the station's zone)
    REHEARSAL_DEVICE = "rehearsal device"  # name
    DEVICES_UNREADABLE = "devices unreadable"  # error
    NO_DEVICE = "no device"  # names
    DEVICE_THERE = "device there"  # name
    OTHER_DEVICE_THERE = "other device there"  # name, first
    VOLUME_UNKNOWN = "volume unknown"
    MUTED = "muted"  # name
    VOLUME_LOW = "volume low"  # name, percent
    VOLUME_GOOD = "volume good"  # name, percent
    DISK_SPACE = "disk space"  # free_bytes, drive
    DISK_SPACE_LOW = "disk space low"  # free_bytes, drive
    NETWORK_TIME_UNKNOWN = "network time unknown"
    NETWORK_TIME = "network time"
    NO_NETWORK_TIME = "no network time"
    SAME_ZONE = "same zone"  # zone
    OTHER_ZONE = "other zone"  # zone, offset (the computer's from UTC, such as "+0200")
    SLEEP_UNKNOWN = "sleep unknown"
    NO_SLEEP = "no sleep"
    SLEEPS = "sleeps"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the check. `about` is its subject: "files", "plan", "clips", "device" …."""

    about: str
    level: Level
    kind: FindingKind
    facts: Facts = field(default_factory=frozen_facts)


def finding(about: str, level: Level, kind: FindingKind, **facts: Any) -> Finding:  # noqa: ANN401 - any frozen value
    """Return a finding with these facts."""
    return Finding(about, level, kind, frozen_facts(**facts))
