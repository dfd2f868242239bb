"""Versions of texts in other languages that are behind: their text was changed after anybody looked at them.

Looked at is what was saved or approved. What the play history does not know of a version, its file's time has to say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError
from broadcaster.office.script_history import history_of, under_present_ids
from broadcaster.records.approvals import Approvals
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.script_ids import text_id, version_of
from broadcaster.speech.script import parse_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from broadcaster.models import Block, Script
    from broadcaster.office.script_history import ScriptVersion
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class Behind:
    """A version whose text says something else since the version was last looked at; `at`: its last change."""

    script: Script
    text: Script
    at: datetime


def find_behind(station: Station, scripts: Mapping[str, Script]) -> list[Behind]:
    """Return the versions among these scripts that are behind their texts, by their ids."""
    of = [id_ for id_ in sorted(scripts) if version_of(id_) and text_id(id_) in scripts]
    if not of:
        return []
    pairs, approvals = under_present_ids(history_of(station)), Approvals.of(station.ledger_path)
    past = [replace(change, script=id_) for id_, change in pairs if not change.is_rename]
    found = (_behind(scripts[id_], scripts[text_id(id_)], past, approvals) for id_ in of)
    return [each for each in found if each is not None]


def _behind(script: Script, text: Script, past: Sequence[ScriptVersion], approvals: Approvals) -> Behind | None:
    changes = [(place, change) for place, change in enumerate(past) if change.script == text.id]
    if not changes:
        return None
    looked = _looked_at(script, past, approvals)
    before = [change.after for place, change in changes if place <= looked]
    then = before[-1] if before else changes[0][1].before
    now = versions.digest_of(text.path)
    if None in (then, now) or then == now or _says_the_same(text, then or ""):
        return None
    return Behind(script, text, changes[-1][1].at)


def _looked_at(script: Script, past: Sequence[ScriptVersion], approvals: Approvals) -> int:
    """Return the place of the last change that had been made when somebody last looked at a script; -1: none."""
    own = [place for place, change in enumerate(past) if change.script == script.id]
    verdict = approvals.verdict(script.id, script.digest)
    row = verdict.row.seq if verdict.row is not None and verdict.holds else 0
    places = [place for place, change in enumerate(past) if change.number and change.number <= row]
    if own:  # what one row entered was seen at once
        number = past[own[-1]].number
        places += [place for place, change in enumerate(past) if change.number == number and number] + own
    if not own and not row:
        saved = _saved(script)
        places = [place for place, change in enumerate(past) if change.at <= saved]
    return max(places, default=-1)


def _saved(script: Script) -> datetime:
    """Return when a script's file was saved; the end of time where it is away, and nothing is known."""
    try:
        return datetime.fromtimestamp(script.path.stat().st_mtime, UTC)
    except OSError:
        return datetime.max.replace(tzinfo=UTC)


def _says_the_same(text: Script, digest: str) -> bool:
    """Return whether an earlier version of a text's file says what it says now: a longer validity is no other text."""
    try:
        earlier = parse_script(text.path, plain_text(versions.load(text.path, digest) or ""))
    except InputError:
        return False
    return _said(earlier) == _said(text)


def _said(script: Script) -> list[Block]:
    return [replace(block, line=0) for block in script.blocks]
