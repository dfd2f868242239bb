"""Conditions in sentences of the user's language: what is the matter, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_, _
from broadcaster.office.wording import length, short_date, when, when_exactly
from broadcaster.records.damage import HarmKind
from broadcaster.records.identity import Foreign, foreign_text, foreign_todo
from broadcaster.records.keys import key_name
from broadcaster.station.conditions import Condition, ConditionKind

if TYPE_CHECKING:
    from collections.abc import Mapping


def condition_line(condition: Condition) -> str:
    """Return what is the matter and what to do, in one line."""
    return _("{what} What to do: {todo}").format(what=condition_text(condition), todo=condition_todo(condition))


def condition_text(condition: Condition) -> str:
    """Return what is the matter, in one or more sentences."""
    facts = condition.facts
    if condition.kind is ConditionKind.HISTORY_HARMED:
        return _("Play history: {what}.").format(what=harm_text(facts["harm"], facts["detail"]))
    if condition.kind is ConditionKind.HISTORY_REPLACED:
        return _replaced_text(condition)
    if condition.kind is ConditionKind.HISTORY_FOREIGN:
        what = foreign_text(Foreign(facts["why"]), facts["station"], facts["key"])
        return _("Play history: {what}.").format(what=what)
    if condition.kind is ConditionKind.CLOCK_SET:
        return _clock_text(condition)
    if condition.kind is ConditionKind.DESK_CUT_OFF:
        return _cut_off_text(condition)
    if condition.kind is ConditionKind.DESK_SILENT and condition.since is None:
        return _("Desk: it is running, and has given no sign of life.")
    if condition.kind is ConditionKind.HISTORY_GIVEN_UP and facts["lost"] is None:
        what = _("Play history: on {since} {actor} restored {source}. Whether the history had newer rows is not known.")
        return what.format(**_shown(condition))
    if condition.kind is ConditionKind.BACKUP_MISSING and facts["last"] is None:
        return _("Backups: none of the play history was made.")
    return _(_TEXTS[condition.kind]).format(**_shown(condition))


def condition_todo(condition: Condition) -> str:
    """Return what to do about it."""
    if condition.kind is ConditionKind.HISTORY_HARMED:
        return _(_HARM_TODOS[HarmKind(condition.facts["harm"])])
    if condition.kind is ConditionKind.HISTORY_REPLACED:
        return _replaced_todo(condition)
    if condition.kind is ConditionKind.HISTORY_FOREIGN:
        return foreign_todo(Foreign(condition.facts["why"]))
    if condition.kind is ConditionKind.HISTORY_GIVEN_UP and condition.facts["file"] is None:
        return _("look for a newer copy of broadcaster.db, such as on the old computer or on a USB stick")
    return _(_TODOS[condition.kind]).format(**_shown(condition))


def _shown(condition: Condition) -> dict[str, Any]:
    """Return the facts as sentences show them."""
    shown = dict(condition.facts)
    if condition.since is not None:
        shown["since"] = when(condition.since)
    if shown.get("last") is not None:
        shown["last"] = short_date(shown["last"])
    shown |= {name: key_name(shown[name]) for name in ("key", "old", "new") if name in shown}
    return {name: "?" if value is None else value for name, value in shown.items()}


# ---- the play history --------------------------------------------------------------------------------------------


def harm_text(kind: object, detail: object = "") -> str:
    """Return what befell the file, for people; `kind` and `detail` as a row has them."""
    known = kind in tuple(HarmKind)
    text = _(_HARMS[HarmKind(str(kind)) if known else HarmKind.DAMAGED])
    return f"{text} ({detail})" if detail else text


def _cut_off_text(condition: Condition) -> str:
    facts = condition.facts
    if condition.since is None or facts["heard"] is None:
        return _("Desk: it ended while {occurrence} was about to air or on the air.").format(**facts)
    text = _("Desk: it ended while {occurrence} was on the air; at {since} at least {heard} of it had aired.")
    heard = length(timedelta(seconds=facts["heard"]))
    return text.format(occurrence=facts["occurrence"], since=when_exactly(condition.since), heard=heard)


def _clock_text(condition: Condition) -> str:
    seconds, count = condition.facts["seconds"], condition.facts["count"]
    way = _("forward") if seconds > 0 else _("back")
    text = _("Clock: within a day the computer's clock was set far, times: {count}; most by {length} {way}.")
    return text.format(count=count, length=length(timedelta(seconds=abs(seconds))), way=way)


def _replaced_text(condition: Condition) -> str:
    facts = condition.facts
    parts = [
        _("Play history: found on {moment}: {what}. The desk went on in a new file.").format(
            moment=when(condition.since) if condition.since else "?", what=harm_text(facts["harm"], facts["detail"])
        ),
        _("{rows} rows were taken over unchanged, {saved} later ones entered again.").format(**facts),
    ]
    if facts["lost"] is None:
        parts.append(_("Whether rows were lost is not known."))
    else:
        parts.append(_("Rows that were lost: {lost}.").format(**facts))
    if facts["source"]:
        parts.append(_("Some of them come from the backup {source}.").format(**facts))
    if facts["file"]:
        parts.append(_("The old file is kept: {file}").format(**facts))
    return " ".join(parts)


def _replaced_todo(condition: Condition) -> str:
    if condition.facts["harm"] == HarmKind.READ_ONLY:
        return _("find out who made it read-only; nothing is lost")
    if condition.facts["harm"] == HarmKind.DAMAGED:
        return _("have the disk looked at, and keep the old file for whoever audits; see: broadcaster audit verify")
    if condition.facts["lost"] == 0:
        return _("find out who did that; nothing is lost")
    return _(
        "find out who did that. A newer copy of broadcaster.db on a USB stick, or in the bin, brings the rows back: "
        "broadcaster restore FILE --give-up-newer"
    )


_HARMS: Mapping[HarmKind, str] = {
    HarmKind.DAMAGED: N_("the file is damaged"),
    HarmKind.GONE: N_("the file is gone"),
    HarmKind.SHORTENED: N_(
        "the last rows are missing: broadcaster.db-wal was deleted, or an older copy put in its place"
    ),
    HarmKind.EXCHANGED: N_("another history lies in its place"),
    HarmKind.READ_ONLY: N_("the file cannot be written to"),
    HarmKind.MOVED: N_("the file was deleted or exchanged while the desk had it open"),
}

_HARM_TODOS: Mapping[HarmKind, str] = {
    HarmKind.DAMAGED: N_("have the disk looked at. The desk goes on with all that can be read: broadcaster run"),
    HarmKind.GONE: N_(
        "put the file back if you have it. Else start the desk: it goes on from the newest backup: broadcaster run"
    ),
    HarmKind.SHORTENED: N_(
        "put broadcaster.db back together with broadcaster.db-wal if you have them. Else start the desk: it goes on, "
        "and says what is missing: broadcaster run"
    ),
    HarmKind.EXCHANGED: N_("put the station's own broadcaster.db back; or start the desk, which goes on in this one"),
    HarmKind.READ_ONLY: N_("make broadcaster.db writable for the user that runs the desk"),
    HarmKind.MOVED: N_("put the file back"),
}

_TEXTS: Mapping[ConditionKind, str] = {
    ConditionKind.HISTORY_UNUSABLE: N_("Play history: {reason}."),
    ConditionKind.HISTORY_GIVEN_UP: N_(
        "Play history: on {since} {actor} restored {source}; rows given up: {lost}. What aired then is not "
        "known any more."
    ),
    ConditionKind.KEY_GONE: N_("Key: {key}, which signs for the play history, is no longer in keys/."),
    ConditionKind.KEY_CHANGED: N_("Key: since {since} the station signs with {new}; {old} was gone."),
    ConditionKind.BACKUP_MISSING: N_("Backups: none of the play history since {last}."),
    ConditionKind.BACKUP_NOT_WHOLE: N_("Backups: the play history was not as it was written: {path}."),
    ConditionKind.BACKUP_FOLDER_AWAY: N_("Backups: {folder} is not there; they lie on this computer's own disk."),
    ConditionKind.BACKUP_ON_SAME_DISK: N_("Backups: {folder} is on the same disk as the play history."),
    ConditionKind.DESK_SILENT: N_("Desk: it is running, and has given no sign of life since {since}."),
    ConditionKind.DESK_HELD: N_("Desk: it plays nothing, because it does not believe the clock."),
}

_TODOS: Mapping[ConditionKind, str] = {
    ConditionKind.HISTORY_UNUSABLE: N_("close what uses it, and see to whom the file belongs"),
    ConditionKind.HISTORY_GIVEN_UP: N_("whoever audits should see the old file: {file}"),
    ConditionKind.KEY_GONE: N_("put keys/ back if you have a copy; else the desk makes a new key, and enters that"),
    ConditionKind.KEY_CHANGED: N_("give the new public key, keys/checkpoint.pub, to whoever audits"),
    ConditionKind.BACKUP_MISSING: N_("make one, and see what it says: broadcaster backup --daily"),
    ConditionKind.BACKUP_NOT_WHOLE: N_("look closely: broadcaster audit verify"),
    ConditionKind.BACKUP_FOLDER_AWAY: N_("plug the disk in, or name another: [backup] folder in station.toml"),
    ConditionKind.BACKUP_ON_SAME_DISK: N_("name a folder of another disk: [backup] folder in station.toml"),
    ConditionKind.DESK_SILENT: N_("see that the disk is not full and state/ is writable; else start the desk again"),
    ConditionKind.DESK_CUT_OFF: N_("start the desk, which enters that and goes on with the plan: broadcaster run"),
    ConditionKind.CLOCK_SET: N_("see what aired then: broadcaster log; let the network set the clock"),
    ConditionKind.DESK_HELD: N_("set the clock; a computer that forgets it needs a new battery"),
}
