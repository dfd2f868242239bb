"""Why an occurrence ended as it did: a kind and its facts in the row, in words where it is read, in any language.

A row of the play history holds both: the facts under `why`, for programs, and under `reason` the sentence that was
right when it was written, so that the row can be read alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_, _
from broadcaster.tomlfile import format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping


class ReasonKind(StrEnum):
    """What a reason is about. "from" and "to" are instants, as ISO 8601 with offset."""

    TEXT = "text"  # text: of a row that an earlier version wrote, or a person's words
    OFF = "off"  # from, to: the program was not running
    ASLEEP = "asleep"  # from, to: the computer slept
    HALTED = "halted"  # from, to: the program stood still, stopped or on an overloaded computer
    CLOCK_SET = "clock_set"  # from, to: the clock was set forward over the time between
    CLOCK_UNTRUSTED = "clock_untrusted"  # from, to: the desk did not believe the clock
    HISTORY = "history"  # from, to, text: the play history could not be written
    TROUBLE = "trouble"  # from, to, text: an error inside the program
    NO_DEVICE = "no_device"  # from, to, text: no output could be opened
    NO_CLIP = "no_clip"  # from, to, text
    BUSY = "busy"  # with: the occurrence that had the output
    ENTERED = "entered"  # at: an edit brought it into the plan only then, after its time
    SLOW = "slow"  # the start itself took long
    UNEXPLAINED = "unexplained"  # nothing that the program knows of kept it from airing
    STOPPED = "stopped"  # signal: a person or the system ended the program
    ENDED = "ended"  # the run that was asked for was over
    CRASHED = "crashed"  # error: its type
    DEVICE_LOST = "device_lost"  # text
    CUT_OFF = "cut_off"  # the program or the computer was cut off at the time of airing
    CUT_OFF_ON_AIR = "cut_off_on_air"  # heard, length (seconds), at: likewise, and so much of it had aired by then
    GAVE_WAY = "gave_way"  # to: the emergency bulletin
    RULE = "rule"  # rule, and the facts of that rule
    NOT_APPROVED = "not_approved"  # text
    EDITED = "edited"  # names: the files
    STARTED = "started"
    CLOCK_MOVED = "clock_moved"
    ORDERED = "ordered"  # order: stop, skip, pause; by; text: in whose words; row; of a pause from, to
    ORDER_EXPIRED = "order_expired"  # the desk saw an order only when it was over
    NOTHING_ON = "nothing_on"  # nothing is on the air, and nothing waits for the output
    NOT_DUE = "not_due"  # id: of an airing that is neither on the air nor waits for the output
    NOT_PAUSED = "not_paused"
    NEEDS_REASON = "needs_reason"  # of an order that would end an emergency bulletin
    HISTORY_GIVEN_UP = "history_given_up"  # from, to: the rows of that time are lost, or were given up


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind and its facts: values as JSON has them, in an order that does not matter."""

    kind: ReasonKind
    facts: Mapping[str, Any]

    def __hash__(self) -> int:
        """Return the same for equal reasons."""
        return hash((self.kind, str(sorted(self.facts.items()))))

    def __str__(self) -> str:
        """Return the reason in words, in the active language."""
        return words(self)

    def __bool__(self) -> bool:
        """Return whether there is something to explain."""
        return self != NO_REASON


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


def reason(kind: ReasonKind, **facts: object) -> Reason:
    """Return a reason; instants and days become text, lengths of time seconds."""
    return Reason(kind, {key.rstrip("_"): _as_json(value) for key, value in facts.items()})


def in_words(text: str) -> Reason:
    """Return the reason that a person, or an earlier version of this program, gave in words."""
    return reason(ReasonKind.TEXT, text=text)


NO_REASON = in_words("")
"""Of what needs none: it aired on its time."""


def to_row(why: Reason) -> dict[str, Any]:
    """Return the part of a row's body that holds a reason; empty where nothing is to explain."""
    if not why:
        return {}
    body: dict[str, Any] = {"reason": words(why)}
    if why.kind is not ReasonKind.TEXT:
        body["why"] = {"kind": str(why.kind), **why.facts}
    return body


def from_row(body: Mapping[str, Any]) -> Reason:
    """Return the reason in a row's body; raise ValueError or TypeError for a kind that does not exist."""
    if "why" not in body:
        return in_words(body["reason"]) if "reason" in body else NO_REASON
    facts = dict(body["why"])
    return Reason(ReasonKind(facts.pop("kind")), facts)


# ---- in words --------------------------------------------------------------------------------------------------

_WORDS = {
    ReasonKind.TEXT: N_("{text}"),
    ReasonKind.OFF: N_("the program was off from {from} to {to}"),
    ReasonKind.ASLEEP: N_("the computer slept from {from} to {to}"),
    ReasonKind.HALTED: N_("the program stood still from {from} to {to}: stopped, or on an overloaded computer"),
    ReasonKind.CLOCK_SET: N_("the clock was set forward from {from} to {to}"),
    ReasonKind.CLOCK_UNTRUSTED: N_("the clock was not to be trusted from {from} to {to}"),
    ReasonKind.HISTORY: N_("the play history could not be written from {from} to {to}: {text}"),
    ReasonKind.TROUBLE: N_("an error of the program from {from} to {to}: {text}"),
    ReasonKind.NO_DEVICE: N_("no output from {from} to {to}: {text}"),
    ReasonKind.NO_CLIP: N_("no clip from {from} to {to}: {text}"),
    ReasonKind.BUSY: N_("the output was busy with {with}"),
    ReasonKind.ENTERED: N_("it came into the plan only at {at}, after its time"),
    ReasonKind.SLOW: N_("the start took long: the computer or the output was slow"),
    ReasonKind.UNEXPLAINED: N_("nothing could be aired within the grace period"),
    ReasonKind.STOPPED: N_("stopped by {signal}"),
    ReasonKind.ENDED: N_("the run was over"),
    ReasonKind.CRASHED: N_("the program ended with an error ({error})"),
    ReasonKind.DEVICE_LOST: N_("{text}"),
    ReasonKind.CUT_OFF: N_("the program or the computer was cut off at the time of airing; it may have aired 0–100 %"),
    ReasonKind.CUT_OFF_ON_AIR: N_(
        "the program or the computer was cut off while this was on the air; at least {heard} of {length} had aired "
        "at {at}"
    ),
    ReasonKind.GAVE_WAY: N_("gave way to the emergency bulletin {to}"),
    ReasonKind.NOT_APPROVED: N_("{text}"),
    ReasonKind.EDITED: N_("the files were edited: {names}"),
    ReasonKind.STARTED: N_("the program was started"),
    ReasonKind.CLOCK_MOVED: N_("the clock was set"),
    ReasonKind.HISTORY_GIVEN_UP: N_("the play history from {from} to {to} is lost; it may have aired"),
    ReasonKind.ORDER_EXPIRED: N_("the desk saw the order too late"),
    ReasonKind.NOTHING_ON: N_("nothing is on the air, and nothing waits"),
    ReasonKind.NOT_DUE: N_("{id} is not on the air and does not wait; for later airings: broadcaster schedule skip"),
    ReasonKind.NOT_PAUSED: N_("the desk is not paused"),
    ReasonKind.NEEDS_REASON: N_('an emergency bulletin is on the air: say why, with --reason "…"'),
}

_ORDERS = {
    "stop": N_("stopped by {by}"),
    "skip": N_("skipped by {by}"),
    "pause": N_("the desk was paused by {by} from {from} to {to}"),
}
"""By `order`."""

_RULES = {
    "expired": N_('script "{script}" was valid until {day:%Y-%m-%d}'),
    "quiet_days": N_("{day:%Y-%m-%d} is a quiet day"),
    "quiet_holidays": N_("{day:%Y-%m-%d} is a public holiday: {name}"),
    "days": N_("nothing airs on that day of the week ({day:%Y-%m-%d})"),
    "hours": N_("{start} to {end} is outside the hours allowed on {day:%Y-%m-%d} ({hours})"),
    "same_script_gap": N_('script "{script}" aired until {ended}, and is to be silent for {gap} then'),
    "sessions_per_day": N_("this would be session {number} of the day, and {limit} are allowed"),
    "minutes_per_session": N_("the session has used {used} of the {limit} allowed, this takes {length}"),
    "minutes_per_day": N_("the day has used {used} of the {limit} allowed, this takes {length}"),
}
"""By `rule`: "expired", or a key of [rules] in station.toml."""
_KEPT = N_(
    "the day has used {used} of the {limit} allowed and keeps {kept} for its priority programmes, this takes {length}"
)


def words(why: Reason) -> str:
    """Return a reason as a sentence in the active language."""
    if why.kind is ReasonKind.ORDERED:
        return _ordered(why)
    text = _RULES[why.facts["rule"]] if why.kind is ReasonKind.RULE else _WORDS[why.kind]
    text = _KEPT if why.kind is ReasonKind.RULE and "kept" in why.facts else text
    told = _(text).format(**{key: _shown(key, value) for key, value in why.facts.items()})
    if why.kind is ReasonKind.RULE and "group" in why.facts:
        return _("{what} (loudspeaker group {group})").format(what=told, group=why.facts["group"])
    return told


def _ordered(why: Reason) -> str:
    told = _(_ORDERS[why.facts["order"]]).format(**{key: _shown(key, value) for key, value in why.facts.items()})
    return f"{told}: {why.facts['text']}" if why.facts.get("text") else told


_LENGTHS = frozenset({"gap", "used", "length", "kept", "heard"})


def _shown(key: str, value: object) -> object:
    if key in {"from", "to", "at"} and (instant := _instant(value)):
        return instant.strftime("%d/%m/%Y %H:%M:%S")
    if key in {"start", "end", "ended"} and (instant := _instant(value)):
        return instant.strftime("%H:%M:%S")
    if key == "day":  # a date, which a translation may write as its readers do
        return date.fromisoformat(str(value))
    if isinstance(value, int | float) and (key in _LENGTHS or (key == "limit" and isinstance(value, float))):
        return format_duration(timedelta(seconds=value))
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or _("none")
    return value


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
