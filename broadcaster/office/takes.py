"""The takes of a script: listed, heard, and one of them chosen to air in place of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.listening import Sample
from broadcaster.office.script_changes import script_change
from broadcaster.playout.sound.output import Segment
from broadcaster.records.play_rows import PlayedScript
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.speech.front_matter import with_recording
from broadcaster.speech.take_store import digest_of_text, stored_takes
from broadcaster.versions import text_of

if TYPE_CHECKING:
    from broadcaster.models import Script
    from broadcaster.office.script_changes import ScriptChange
    from broadcaster.speech.take_store import Take
    from broadcaster.station.folder import Station

NO_TAKE = 0
"""In place of a take's number: a voice reads the text."""


@dataclass(frozen=True, slots=True)
class ListedTake:
    """A take as it stands now."""

    take: Take
    is_used: bool  # it airs in place of the text
    is_unchanged: bool  # its file is what was recorded
    is_of_this_text: bool  # the text says what it said when it was read


def list_takes(station: Station, script: Script) -> list[ListedTake]:
    """Return the takes of a script, the first one first."""
    return [
        ListedTake(
            take,
            take.name == script.recording,
            take.is_unchanged(),
            take.facts.text_digest == digest_of_text(script),
        )
        for take in stored_takes(station.scripts_folder, script.id)
    ]


def find_take(station: Station, script: Script, number: int) -> Take:
    """Return the take of that number; raise InputError where there is none."""
    takes = stored_takes(station.scripts_folder, script.id)
    for take in takes:
        if take.number == number:
            return take
    what = _("{id} has no take {number}").format(id=script.id, number=number)
    known = ", ".join(str(take.number) for take in takes)
    todo = _("there are: {known}").format(known=known) if known else _("record one: broadcaster script record {id}")
    raise InputError(Problem(what, todo.format(id=script.id)))


def sample_of(take: Take, script: Script) -> Sample:
    """Return a take to be listened to."""
    seconds = take.facts.seconds
    played = PlayedScript(script.id, script.title, script.digest, "", "recorded", seconds, take.sha256)
    return Sample(Segment(take.path, take.frames), script.id, played)


def use_take(station: Station, script: Script, number: int) -> ScriptChange:
    """Return the change of a script by which a take airs in place of its text; `NO_TAKE`: a voice reads it again.

    Raise InputError where there is no such take, or its file is not what was recorded.
    """
    name = ""
    if number != NO_TAKE:
        take = find_take(station, script, number)
        if not take.is_unchanged():
            what = _("the file was changed after it was recorded")
            raise InputError(
                Problem(what, _("record it again: broadcaster script record {id}").format(id=script.id), take.path)
            )
        name = take.name
    before = text_of(script.path)
    return script_change(script.path, with_recording(plain_text(before or ""), name), before)
