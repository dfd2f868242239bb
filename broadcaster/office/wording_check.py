"""Findings of the check in sentences of the user's language: what was found, what to do, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.i18n import N_, _, ngettext
from broadcaster.office.check_findings import FindingKind
from broadcaster.office.check_readiness import Readiness
from broadcaster.office.wording import short_date, when
from broadcaster.office.wording_conditions import condition_text, condition_todo
from broadcaster.office.wording_copies import trouble_text, trouble_todo
from broadcaster.office.wording_forecast import conflict_text, due_text
from broadcaster.office.wording_frozen import state_text
from broadcaster.office.wording_script import warning_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.office.check_findings import Finding
    from broadcaster.office.check_readiness import ReadinessCheck
    from broadcaster.office.freeze_month import MonthState


def finding_text(finding: Finding) -> str:
    """Return what was found, as a sentence."""
    if finding.kind is FindingKind.CONDITION:
        return condition_text(finding.facts["condition"])
    if finding.kind in (FindingKind.MONTH_FROZEN, FindingKind.MONTH_NOT_FROZEN):
        state: MonthState = finding.facts["state"]
        return state_text(state, state.month.zone)
    text = _template(finding).format(**_values(finding))
    return f"{finding.facts['group']}: {text}" if finding.facts.get("group") else text


def todo_text(finding: Finding) -> str:
    """Return what to do about it; empty where there is nothing to do."""
    if finding.kind is FindingKind.CONDITION:
        return condition_todo(finding.facts["condition"])
    if finding.kind is FindingKind.OTHER_VOICE:
        return _("the first choice, {first}, does not speak now: broadcaster voice list").format(**finding.facts)
    if finding.kind is FindingKind.OTHER_DEVICE_THERE:
        return _("the first choice, {name}, is not there: plug it in").format(name=finding.facts["first"])
    if finding.facts.get("trouble"):
        return trouble_todo(finding.facts["trouble"])
    if finding.facts.get("saved"):
        text = _("correct the file; until then its version of {saved} is in force")
        return text.format(saved=when(finding.facts["saved"]))
    todo = _TODO.get(finding.kind)
    return _(todo).format(**_values(finding)) if todo else ""


def verdict_text(check: ReadinessCheck) -> str:
    """Return what all findings come to, as a sentence."""
    count = check.points
    if check.readiness is Readiness.READY:
        return _("READY: nothing is in the way of the next 7 days.")
    if check.readiness is Readiness.READY_WITH_WARNINGS:
        text = ngettext("READY, but look at {count} point (!).", "READY, but look at {count} points (!).", count)
    else:
        text = ngettext("NOT READY: {count} point (✗).", "NOT READY: {count} points (✗).", count)
    return text.format(count=count)


def _template(finding: Finding) -> str:
    if finding.kind is FindingKind.PLANNED:
        return ngettext(
            "Plan: {count} occurrence within {days} days.",
            "Plan: {count} occurrences within {days} days.",
            finding.facts["count"],
        )
    if finding.kind is FindingKind.NOT_APPROVED:
        return ngettext(
            "Approvals: {count} occurrence will not air because it is not approved ({ids}).",
            "Approvals: {count} occurrences will not air because they are not approved ({ids}).",
            finding.facts["count"],
        )
    if finding.kind is FindingKind.RECENT_FAILURES:
        return ngettext(
            "Since yesterday: {count} occurrence did not air whole: {id}, {ruling}{why}.",
            "Since yesterday: {count} occurrences did not air whole, the last one {id}, {ruling}{why}.",
            finding.facts["count"],
        )
    if finding.kind is FindingKind.TEXT_WARNINGS:
        count = len(finding.facts["warnings"])
        return ngettext("Texts: {id}: {first}.", "Texts: {id} has {count} points to look at: {first}; …", count)
    return _(_FOUND[finding.kind])


def _values(finding: Finding) -> dict[str, Any]:
    """Return the facts as the sentences show them."""
    facts = finding.facts
    if warnings := facts.get("warnings"):
        return {"id": facts["id"], "count": len(warnings), "first": warning_text(warnings[0])}
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    if "conflict" in facts:
        shown["finding"] = conflict_text(facts["conflict"])
    if "due" in facts:
        shown |= {"id": facts["due"].id, "state": due_text(facts["due"])}
    if "ruling" in facts:
        shown |= {"ruling": _(facts["ruling"].words), "why": f" ({facts['reason']})" if facts["reason"] else ""}
    if "since" in facts:
        since = facts["since"]
        shown["since"] = _(" since {moment}").format(moment=when(since)) if since else ""
    if "free_bytes" in facts:
        shown["free"] = facts["free_bytes"] / 1e9
    if "trouble" in facts:
        shown["why"] = f": {trouble_text(facts['trouble'])}" if facts["trouble"] else ""
    if "last" in facts:
        shown["last"] = short_date(facts["last"])
    if "offset" in facts:
        shown["theirs"] = f"UTC{facts['offset']}"
    return shown


_FOUND: Mapping[FindingKind, str] = {
    FindingKind.FILE_MISTAKE: N_("Files: {problem}."),
    FindingKind.FILE_HELD: N_("Files: {problem}."),
    FindingKind.FILE_NOT_READ: N_("Files: {problem}."),
    FindingKind.FOLDER_AWAY: N_("Files: {folder} is away{since} ({why}); what was last good in it is in force."),
    FindingKind.FILES_VALID: N_("Files: all valid (scripts: {scripts}, campaigns: {campaigns})."),
    FindingKind.NOTHING_PLANNED: N_("Plan: nothing is planned within {days} days."),
    FindingKind.SCRIPT_UNFINISHED: N_("Clips: {id} is still to be written: {gap}."),
    FindingKind.CLIPS_NOT_RENDERED: N_("Clips: not rendered yet: {ids}."),
    FindingKind.CLIP_DAMAGED: N_("Clips: {error}."),
    FindingKind.CLIP_SILENT: N_("Clips: {id} is almost silent ({loudness:.1f} LUFS, spoken by {voice})."),
    FindingKind.CLIPS_IN_LESSER_VOICE: N_("Clips: spoken by {voice}, because a better voice was not there: {ids}."),
    FindingKind.CLIPS_READY: N_("Clips: all {count} of these days are ready, whole and audible."),
    FindingKind.NO_SUCH_DAY: N_("Texts: {id} names a day or a time that does not exist: {tokens}."),
    FindingKind.TOPIC_WITHOUT_TITLE: N_('Topics: "{topic}" has no title, so reports show it as it is ({ids}).'),
    FindingKind.VERSION_WITHOUT_TEXT: N_("Languages: {id} is a version of {text}, and there is no such text."),
    FindingKind.VERSION_BEHIND: N_(
        "Languages: {text} was changed on {at:%Y-%m-%d %H:%M}, after anybody looked at {id}: it may say something else."
    ),
    FindingKind.NO_APPROVAL_MISSING: N_("Approvals: none is missing."),
    FindingKind.CONFLICT: N_("Rules: {finding}."),
    FindingKind.NO_CONFLICT: N_("Rules and overlaps: nothing is forbidden, nothing waits."),
    FindingKind.VOICE_SPEAKS: N_("Voice: {name} speaks."),
    FindingKind.OTHER_VOICE: N_("Voice: {name} speaks."),
    FindingKind.REHEARSAL_VOICE: N_('Voice: "{name}" is for rehearsal, it says nothing.'),
    FindingKind.NO_VOICE: N_("Voice: none of {names} speaks ({why}), so nothing new can be read aloud."),
    FindingKind.VOICES_WRONG: N_("Voice: {problem}."),
    FindingKind.TONELESS_VOICE: N_(
        "Voice: the tones of {name} hardly differ, so that people have to guess words from their sense."
    ),
    FindingKind.RATE_OF_BEFORE: N_(
        "Voice: {key} = {rate} now counts syllables a minute. It was set when the same number spoke about {before}, as "
        "there are clips to show: the station speaks more slowly than before."
    ),
    FindingKind.DUE_AND_HELD_UP: N_("Airing: {id} is {state}."),
    FindingKind.NO_RECENT_FAILURE: N_("Since yesterday: nothing failed (planned: {count})."),
    FindingKind.NO_HISTORY: N_("Play history: none yet; the desk begins it."),
    FindingKind.HISTORY_FAULT: N_("Play history: {fault}."),
    FindingKind.HISTORY_WHOLE: N_("Play history: {rows} rows, the last ones whole and unchanged."),
    FindingKind.BACKUPS: N_("Backups: {count} of the play history in {folder}, the newest of {last}, each checked."),
    FindingKind.NO_BACKUP: N_("Backups: none yet; the running desk makes one every day."),
    FindingKind.COPY_WAITING: N_("Copies: the newest checkpoint has not gone to {to}{since}{why}."),
    FindingKind.COPIES_SENT: N_("Copies: the newest checkpoint, of {last}, has gone to all {count} places."),
    FindingKind.NO_COPIES: N_("Copies: checkpoints stay on this computer; [copies] in station.toml sends them away."),
    FindingKind.CLOCK_BEHIND: N_(
        "Clock: it shows {now:%Y-%m-%d %H:%M}, before {floor:%Y-%m-%d %H:%M}, when this was already recorded."
    ),
    FindingKind.DESK_RUNS: N_("Desk: it is running."),
    FindingKind.DESK_DOES_NOT_RUN: N_("Desk: it is not running, so nothing will play."),
    FindingKind.DESK_PAUSED: N_("Desk: it is paused until {until:%Y-%m-%d %H:%M}; only emergency bulletins air."),
    FindingKind.REHEARSAL_DEVICE: N_('Device: "{name}" is for rehearsal, nothing will be heard.'),
    FindingKind.DEVICES_UNREADABLE: N_("Device: {error}."),
    FindingKind.NO_DEVICE: N_("Device: none of {names} is there."),
    FindingKind.DEVICE_THERE: N_("Device: {name} is there."),
    FindingKind.OTHER_DEVICE_THERE: N_("Device: {name} is there."),
    FindingKind.VOLUME_UNKNOWN: N_("Volume: not known on this computer."),
    FindingKind.MUTED: N_("Volume: {name} is muted."),
    FindingKind.VOLUME_LOW: N_("Volume: {name} at {percent} %."),
    FindingKind.VOLUME_GOOD: N_("Volume: {name} at {percent} %."),
    FindingKind.DISK_SPACE: N_("Disk: {free:.1f} GB free on {drive}."),
    FindingKind.DISK_SPACE_LOW: N_("Disk: {free:.1f} GB free on {drive}."),
    FindingKind.NETWORK_TIME_UNKNOWN: N_("Clock: whether the network sets it is not known."),
    FindingKind.NETWORK_TIME: N_("Clock: set by the network."),
    FindingKind.NO_NETWORK_TIME: N_("Clock: not set by the network, so it wanders."),
    FindingKind.SAME_ZONE: N_("Time zone: {zone}, as the computer's."),
    FindingKind.OTHER_ZONE: N_("Time zone: the station's is {zone}, the computer shows {theirs}."),
    FindingKind.SLEEP_UNKNOWN: N_("Sleep: it is not known whether the computer goes to sleep when idle."),
    FindingKind.NO_SLEEP: N_("Sleep: the computer does not go to sleep when idle."),
    FindingKind.SLEEPS: N_("Sleep: the computer goes to sleep when nobody uses it; asleep, it plays nothing."),
}

_TODO: Mapping[FindingKind, str] = {
    FindingKind.FILE_MISTAKE: N_("correct the file"),
    FindingKind.FILE_HELD: N_("correct the file; its last good version stays in force"),
    FindingKind.FOLDER_AWAY: N_("plug its drive in, or bring the folder back"),
    FindingKind.MONTH_NOT_FROZEN: N_("let the desk run: broadcaster run"),
    FindingKind.NOTHING_PLANNED: N_("if that is not meant so: broadcaster schedule list"),
    FindingKind.SCRIPT_UNFINISHED: N_("write it to its end: broadcaster script edit {id}"),
    FindingKind.CLIPS_NOT_RENDERED: N_("make them: broadcaster script render"),
    FindingKind.CLIP_DAMAGED: N_("render it again: broadcaster script render"),
    FindingKind.CLIP_SILENT: N_("listen to it: broadcaster script listen {id}"),
    FindingKind.CLIPS_IN_LESSER_VOICE: N_("render them again: broadcaster script render"),
    FindingKind.NO_SUCH_DAY: N_("correct it: broadcaster script edit {id}"),
    FindingKind.TEXT_WARNINGS: N_("see: broadcaster script read {id}"),
    FindingKind.TOPIC_WITHOUT_TITLE: N_("give it one under [topics] in station.toml, or correct the script"),
    FindingKind.VERSION_WITHOUT_TEXT: N_("name the file as its text is named; broadcaster script list shows them"),
    FindingKind.VERSION_BEHIND: N_(
        "correct it: broadcaster script edit {id}; where it still says the same, approve it: "
        "broadcaster script approve {id}"
    ),
    FindingKind.NOT_APPROVED: N_("have them read: broadcaster script approve ID"),
    FindingKind.CONFLICT: N_("see: broadcaster plan, why, rules"),
    FindingKind.REHEARSAL_VOICE: N_("name another in station.toml: broadcaster voice list"),
    FindingKind.NO_VOICE: N_("see which there are: broadcaster voice list"),
    FindingKind.TONELESS_VOICE: N_("name another in station.toml: broadcaster voice list"),
    FindingKind.RATE_OF_BEFORE: N_(
        "to speak as before, write {key} = {before} in station.toml; if it is meant so, this goes with the old clips: "
        "broadcaster clip prune, from 60 days after they last aired"
    ),
    FindingKind.VOICES_WRONG: N_("correct station.toml: broadcaster voice list"),
    FindingKind.DUE_AND_HELD_UP: N_("see: broadcaster why {id}"),
    FindingKind.RECENT_FAILURES: N_("see: broadcaster log --from yesterday"),
    FindingKind.HISTORY_FAULT: N_("look closely: broadcaster audit verify"),
    FindingKind.COPY_WAITING: N_("the running desk sends it; by hand: broadcaster audit send"),
    FindingKind.CLOCK_BEHIND: N_(
        "set the clock; a computer that forgets it needs a new battery. The desk plays nothing until then"
    ),
    FindingKind.DESK_DOES_NOT_RUN: N_("start it: broadcaster run"),
    FindingKind.DESK_PAUSED: N_("to go on: broadcaster resume"),
    FindingKind.REHEARSAL_DEVICE: N_("name the amplifier's: broadcaster device list"),
    FindingKind.DEVICES_UNREADABLE: N_("restart the computer"),
    FindingKind.NO_DEVICE: N_("plug it in, or choose another: broadcaster device list"),
    FindingKind.VOLUME_UNKNOWN: N_("hear it: broadcaster device test"),
    FindingKind.MUTED: N_("unmute it in the system's sound settings"),
    FindingKind.VOLUME_LOW: N_("turn it up in the system's sound settings"),
    FindingKind.DISK_SPACE_LOW: N_("make room on that disk; room on another one does not help"),
    FindingKind.NETWORK_TIME_UNKNOWN: N_("compare it with the radio's time signal"),
    FindingKind.NO_NETWORK_TIME: N_("switch network time on, or set it by hand every week"),
    FindingKind.OTHER_ZONE: N_("the station plays by its own; set the computer's so that people read the same time"),
    FindingKind.SLEEP_UNKNOWN: N_("see that it never does in its power settings"),
    FindingKind.SLEEPS: N_("switch that off in its power settings"),
}
