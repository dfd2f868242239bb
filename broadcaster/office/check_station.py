"""Whether a station is ready for the next days: files, plan, clips, approvals, what was heard of the play history."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.errors import BroadcasterError, RenderError
from broadcaster.i18n import _, ngettext
from broadcaster.office.check_schedule import find_missing_scripts
from broadcaster.office.conflicts import find_conflicts
from broadcaster.office.forecast import ProspectState, find_clips, look_ahead
from broadcaster.office.window import Window
from broadcaster.office.wording_forecast import conflict_text
from broadcaster.playout.clock_guard import BUILD_DATE, ClockGuard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from broadcaster.models import Clip
    from broadcaster.office.forecast import Forecast
    from broadcaster.station.folder import Station

DAYS = 7
_AUDIBLE_LUFS = -40.0
_AUDIBLE_SHARE = 0.2
_BLOCK_SECONDS = 0.5
_BLOCK_LEVEL = 10 ** (-50 / 20)


class Level(StrEnum):
    """How bad it is. Only `GOOD` and `UNKNOWN` let a script go on without a word."""

    GOOD = "good"
    UNKNOWN = "unknown"
    MIND = "mind"  # it will play, and somebody should look
    BAD = "bad"  # something will not play


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of the check, and what to do about it."""

    about: str
    level: Level
    text: str
    todo: str = ""


def check_station(station: Station) -> Iterator[Finding]:
    """Yield what is to be known about files, plan, clips and play history, in the order of a page."""
    now = station.now()
    window = Window(now.date(), now.date() + timedelta(days=DAYS - 1), station.settings.timezone)
    forecast = _still_to_come(look_ahead(station, window), now)
    yield from _files(station, forecast)
    yield _plan(forecast)
    yield from _clips(station, forecast)
    yield from _held_back(forecast)
    yield from _history(station)


def _still_to_come(forecast: Forecast, now: datetime) -> Forecast:
    """Leave out what is over today: nobody can make it ready any more."""
    prospects = tuple(prospect for prospect in forecast.prospects if prospect.occurrence.start >= now)
    overlaps = tuple(overlap for overlap in forecast.overlaps if overlap.second.start >= now)
    return replace(forecast, prospects=prospects, overlaps=overlaps)


def _files(station: Station, forecast: Forecast) -> Iterator[Finding]:
    scripts, campaigns = station.scripts()[0], station.campaigns()[0]
    problems = [*forecast.problems, *find_missing_scripts(station, forecast.problems)]
    for problem in problems:
        text = str(problem).replace(f"{station.root}{os.sep}", "", 1)
        yield Finding(
            "files",
            Level.BAD,
            _("Files: {problem}.").format(problem=text),
            _("correct the file; its last good version stays in force"),
        )
    if not problems:
        text = _("Files: all valid (scripts: {scripts}, campaigns: {campaigns}).")
        yield Finding("files", Level.GOOD, text.format(scripts=len(scripts), campaigns=len(campaigns)))


def _plan(forecast: Forecast) -> Finding:
    count = len(forecast.prospects)
    if not count:
        text = _("Plan: nothing is planned within {days} days.").format(days=DAYS)
        return Finding("plan", Level.MIND, text, _("if that is not meant so: broadcaster schedule list"))
    text = ngettext(
        "Plan: {count} occurrence within {days} days.", "Plan: {count} occurrences within {days} days.", count
    )
    return Finding("plan", Level.GOOD, text.format(count=count, days=DAYS))


# ---- clips ------------------------------------------------------------------------------------------------------


def _clips(station: Station, forecast: Forecast) -> Iterator[Finding]:
    scripts = station.scripts()[0]
    plan = [prospect.occurrence for prospect in forecast.prospects]
    wanted = sorted({id_ for occurrence in plan for id_ in occurrence.scripts if id_ in scripts})
    clips = find_clips(station, scripts, plan)
    found = [finding for clip in clips.values() if (finding := _clip(clip))]
    if missing := [id_ for id_ in wanted if id_ not in clips]:
        text = _("Clips: not rendered yet: {ids}.").format(ids=", ".join(missing))
        found.insert(0, Finding("clips", Level.BAD, text, _("make them: broadcaster script render")))
    yield from found
    if wanted and not found:
        text = _("Clips: all {count} of these days are ready, whole and audible.")
        yield Finding("clips", Level.GOOD, text.format(count=len(wanted)))


def _clip(clip: Clip) -> Finding | None:
    """Look at one clip as the desk will before it airs, and whether there is anything to hear in it."""
    from broadcaster.speech.clip_store import verify_clip

    again = _("make it anew: broadcaster script render")
    try:
        verify_clip(clip)
    except RenderError as error:
        return Finding("clips", Level.BAD, _("Clips: {error}.").format(error=error), again)
    if not is_audible(clip):
        text = _("Clips: {id} is as good as silent ({loudness:.1f} LUFS, spoken by {voice}).")
        shown = text.format(id=clip.script, loudness=clip.loudness, voice=clip.voice)
        return Finding(
            "clips", Level.BAD, shown, _("listen to it: broadcaster script listen {id}").format(id=clip.script)
        )
    if clip.fell_back:
        text = _("Clips: {id} was spoken by {voice}, because a better voice was not there.")
        return Finding("clips", Level.MIND, text.format(id=clip.script, voice=clip.voice), again)
    return None


def is_audible(clip: Clip) -> bool:
    """Tell whether a clip is more than silence and a chime: a fifth of its half seconds at least must sound."""
    import wave

    import numpy as np

    if clip.loudness < _AUDIBLE_LUFS:
        return False
    with wave.open(str(clip.path), "rb") as file:
        block = round(file.getframerate() * _BLOCK_SECONDS)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    whole = samples[: len(samples) // block * block].reshape(-1, block).astype(np.float32) / 32768
    return len(whole) == 0 or float(np.mean(np.sqrt(np.mean(whole**2, axis=1)) > _BLOCK_LEVEL)) >= _AUDIBLE_SHARE


# ---- what is held back, what waits -----------------------------------------------------------------------------


def _held_back(forecast: Forecast) -> Iterator[Finding]:
    yield _approvals(forecast)
    blocked = forecast.in_state(ProspectState.BLOCKED) or forecast.in_state(ProspectState.PREEMPTED)
    conflicts = find_conflicts(forecast)
    if not conflicts:
        yield Finding("rules", Level.GOOD, _("Rules and overlaps: nothing is forbidden, nothing waits."))
    for conflict in conflicts:
        level = Level.BAD if blocked else Level.MIND
        yield Finding(
            "rules",
            level,
            _("Rules: {finding}.").format(finding=conflict_text(conflict)),
            _("see: broadcaster plan, why, rules"),
        )


def _approvals(forecast: Forecast) -> Finding:
    waiting = forecast.in_state(ProspectState.NOT_APPROVED)
    if not waiting:
        return Finding("approvals", Level.GOOD, _("Approvals: none is missing."))
    ids = ", ".join(dict.fromkeys(id_ for prospect in waiting for id_ in prospect.occurrence.scripts))
    text = ngettext(
        "Approvals: {count} occurrence will not air for want of approval ({ids}).",
        "Approvals: {count} occurrences will not air for want of approval ({ids}).",
        len(waiting),
    )
    return Finding(
        "approvals",
        Level.BAD,
        text.format(count=len(waiting), ids=ids),
        _("have them read: broadcaster script approve ID"),
    )


# ---- the play history and its clock ----------------------------------------------------------------------------


def _history(station: Station) -> Iterator[Finding]:
    from broadcaster.records.quick_check import quick_check

    last = None
    if not station.ledger_path.exists():
        yield Finding("history", Level.GOOD, _("Play history: none yet; the desk begins it."))
    else:
        verify = _("look closely: broadcaster audit verify")
        try:
            seen = quick_check(station.ledger_path)
            last = seen.last
            for fault in seen.faults:
                yield Finding("history", Level.BAD, _("Play history: {fault}.").format(fault=fault), verify)
            if not seen.faults:
                text = _("Play history: {rows} rows, the last ones whole and unchanged.").format(rows=seen.rows)
                yield Finding("history", Level.GOOD, text)
        except (BroadcasterError, ValueError) as error:
            yield Finding("history", Level.BAD, _("Play history: {fault}.").format(fault=error), verify)
    floor = max(last or BUILD_DATE, BUILD_DATE)
    now = station.now()
    if now < floor - ClockGuard.TOLERANCE:
        text = _("Clock: it shows {now:%Y-%m-%d %H:%M}, before {floor:%Y-%m-%d %H:%M}, when this was already recorded.")
        todo = _("set the clock; a computer that forgets it needs a new battery. The desk plays nothing until then")
        yield Finding("clock", Level.BAD, text.format(now=now, floor=floor.astimezone(now.tzinfo)), todo)
