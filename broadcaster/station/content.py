"""What the desk airs from: settings, scripts, campaigns and lexicon, as they were last good.

A person edits the files while the desk runs. While a file has a mistake, its last good version stays in force; while
`scripts/` or `schedules/` is away, such as a drive that is not mounted, all of it does. Both also after a restart (see
`last_good.py`). Only a file that is deleted from a folder that is there is gone.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import _
from broadcaster.models import Campaign, Music, Recording, Script
from broadcaster.os_reasons import os_reason
from broadcaster.schedule.timetable import parse_campaign
from broadcaster.schedule.unknown_names import missing_scripts, unknown_groups
from broadcaster.settings import Settings, parse_settings, read_settings
from broadcaster.speech.clip_recipe import BUILT_IN_CHIMES
from broadcaster.speech.render import Renderer, every_clip
from broadcaster.speech.script import parse_script
from broadcaster.speech.sound_names import find_sound, sound_problem
from broadcaster.speech.station_lexicon import parse_lexicon, read_lexicon
from broadcaster.station.folder import STATION_FILE, Station
from broadcaster.station.last_good import LastGood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from broadcaster.models import Clip

T = TypeVar("T", Script, Campaign)

Fingerprint = tuple[tuple[str, int, int, int], ...]
"""Name, time of change (ns), size and permissions of every file that a person edits; a folder that is away as such."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that has mistakes or cannot be read, whose last good version is in force."""

    path: Path
    saved: datetime | None  # when that version had been saved, in the station's zone; None: not known


@dataclass(frozen=True, slots=True)
class AwayFolder:
    """`scripts/` or `schedules/`, which is not there or cannot be read; what was last good in it is in force."""

    path: Path
    since: datetime | None  # when the desk first saw that; None: no desk has seen it


@dataclass(frozen=True, slots=True)
class Content:
    """One consistent reading of the station folder."""

    settings: Settings
    scripts: Mapping[str, Script]
    campaigns: Mapping[str, Campaign]
    problems: tuple[Problem, ...] = ()  # all of them, `missing` too
    missing: tuple[Problem, ...] = ()  # the scripts that a slot names and no file holds, and the groups likewise
    held: tuple[HeldFile, ...] = ()
    away: tuple[AwayFolder, ...] = ()
    lexicon: Path | None = None  # the file that is in force; None: that of the station
    sounds: Path | None = None  # the folder in which sounds are looked up; None: `scripts/`
    not_kept: str = ""  # why a last good version could not be kept for the next start; "": all are

    @property
    def mistakes(self) -> tuple[Problem, ...]:
        """The problems within one file or folder: all but the scripts and groups that are missing."""
        return tuple(problem for problem in self.problems if problem not in self.missing)

    def renderer(self, root: Path, is_known: Callable[[Clip], bool] = every_clip) -> Renderer:
        """Return what finds and makes the clips of what is in force at the station in `root`.

        `is_known` says which of the clips on disk count, as in Renderer.
        """
        speech, mix = self.settings.speech, self.settings.mix
        return Renderer(root, speech, mix, lexicon=self.lexicon, sounds=self.sounds, is_known=is_known)


# ---- whether anything changed ------------------------------------------------------------------------------------


def fingerprint(station: Station) -> Fingerprint:
    """Return a value that changes when a file of the station is saved; cheap enough for every half second.

    Raises nothing for what people put into the folder.
    """
    single = [_stamp(station.root / STATION_FILE), _stamp(station.lexicon_path)]
    return tuple(sorted([*single, *_stamps(station.scripts_folder), *_stamps(station.schedules_folder)]))


def _stamps(folder: Path) -> list[tuple[str, int, int, int]]:
    try:
        return [_stamp(path) for path in list_files(folder)]
    except InputError:
        return [(str(folder), -1, 0, 0)]


def _stamp(path: Path) -> tuple[str, int, int, int]:
    try:
        status = path.stat()
    except OSError:  # it is being replaced at this moment, or is a link to nowhere: the next look finds what it is then
        return str(path), 0, 0, 0
    return str(path), status.st_mtime_ns, status.st_size, status.st_mode


# ---- reading -----------------------------------------------------------------------------------------------------


def read_content(station: Station, previous: Content | None = None) -> Content:
    """Read the whole station for its desk, and keep what is good for the next start.

    What cannot be read is taken from `previous`, or from the last good copy on disk. The content carries every problem
    found; whatever people put into the folder, and a disk on which nothing can be kept, raise nothing.
    """
    kept = LastGood(station.root)
    content = _read(station, kept, previous, station.now())
    content = replace(content, not_kept=_keep(station, kept, content))
    _shout(content, previous)
    return content


def content_in_force(station: Station) -> Content:
    """Return what the desk of a station airs from, for whoever only looks: as `read_content`, but nothing is kept."""
    return _read(station, LastGood(station.root), None, None)


def _read(station: Station, kept: LastGood, previous: Content | None, now: datetime | None) -> Content:
    """Read the station; `now` is when a folder that is away was first seen to be, where nobody has noted it yet."""
    zone = (previous.settings if previous else station.settings).timezone
    reader = _Reader(kept, zone, now, previous.away if previous else ())
    texts = _Kind(station.scripts_folder, ".md", station.scripts, parse_script)
    schedules = _Kind(station.schedules_folder, ".toml", station.campaigns, parse_campaign)
    settings, settings_problems = reader.settings(station, previous)
    scripts = reader.folder(texts, previous.scripts if previous else None)
    campaigns = reader.folder(schedules, previous.campaigns if previous else None)
    lexicon, lexicon_problems = reader.lexicon(station.lexicon_path)
    missing = (*_missing(campaigns.found, scripts), *unknown_groups(campaigns.found.values(), settings.groups))
    return Content(
        settings=settings,
        scripts=scripts.found,
        campaigns=campaigns.found,
        problems=(*settings_problems, *scripts.problems, *campaigns.problems, *missing, *lexicon_problems),
        missing=missing,
        held=tuple(reader.held),
        away=tuple(reader.away),
        lexicon=lexicon,
        sounds=kept.copy_of(station.scripts_folder) if scripts.is_away else None,
    )


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """One folder of files that people edit, and how they are read."""

    folder: Path
    suffix: str
    read: Callable[[], tuple[dict[str, T], tuple[Problem, ...]]]
    parse: Callable[[Path, str], T]


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    """What of a folder is in force, by id."""

    found: Mapping[str, T]
    problems: tuple[Problem, ...]
    is_away: bool


class _Reader:
    """Reads one station once, and notes what of it is held."""

    def __init__(self, kept: LastGood, zone: ZoneInfo, now: datetime | None, away_before: Iterable[AwayFolder]) -> None:
        self._kept, self._zone, self._now = kept, zone, now
        self._away_before = {away.path: away.since for away in away_before}
        self.held: list[HeldFile] = []
        self.away: list[AwayFolder] = []

    def settings(self, station: Station, old: Content | None) -> tuple[Settings, tuple[Problem, ...]]:
        path = station.root / STATION_FILE
        try:
            return station.adjust(read_settings(path)), ()
        except InputError as error:
            self._hold(path)
            return (old.settings if old else station.settings), error.problems

    def lexicon(self, path: Path) -> tuple[Path | None, tuple[Problem, ...]]:
        """Return the lexicon in force, which is read when clips are found or made and not here, and its mistakes."""
        try:
            read_lexicon(path)
        except InputError as error:
            copy = self._kept.copy_of(path)
            if not copy.is_file():
                return None, error.problems
            self._hold(path)
            return copy, error.problems
        return None, ()

    def folder(self, kind: _Kind[T], old: Mapping[str, T] | None) -> _Found[T]:
        """Read a folder; `old` is what was in force before, None: nothing was read before."""
        problem = self._kept.why_away(kind.folder)
        found, problems = ({}, (problem,)) if problem else kind.read()
        if any(problem.path == kind.folder for problem in problems):
            since = self._kept.mark(kind.folder).away_since or self._away_before.get(kind.folder) or self._now
            self.away.append(AwayFolder(kind.folder, since and since.astimezone(self._zone)))
            return _Found(self._copies(kind) if old is None else old, problems, is_away=True)
        bad = dict.fromkeys(problem.path for problem in problems if problem.path is not None)
        for path in bad:
            version = (old or {}).get(path.stem) or self._copy(kind, path)
            if version is not None and path.stem not in found:  # "BAI.MD" beside a good "BAI.md" takes nothing's place
                found[path.stem] = version
                self._hold(path)
        return _Found(found, problems, is_away=False)

    def _copies(self, kind: _Kind[T]) -> dict[str, T]:
        paths = [kind.folder / name for name in self._kept.names(kind.folder) if name.endswith(kind.suffix)]
        found = {path.stem: self._copy(kind, path) for path in paths}
        return {name: version for name, version in found.items() if version is not None}

    def _copy(self, kind: _Kind[T], path: Path) -> T | None:
        """Return the last good version of a file; None if it never was good.

        The sounds that a script names are looked up beside its copy, and then beside the script.
        """
        for place in (self._kept.copy_of(path), path):
            try:
                return replace(kind.parse(place, self._kept.text(path)), path=path)
            except InputError:
                continue
        return None

    def _hold(self, path: Path) -> None:
        self.held.append(HeldFile(path, self._kept.saved(path, self._zone)))


def _missing(campaigns: Mapping[str, Campaign], scripts: _Found[Script]) -> tuple[Problem, ...]:
    """Return a problem for each script that a slot names and that no file holds; one with mistakes is there."""
    if scripts.is_away and not scripts.found:
        return ()
    faulty = (problem.path.stem for problem in scripts.problems if problem.path is not None)
    return missing_scripts(campaigns.values(), list(dict.fromkeys([*scripts.found, *sorted(faulty)])))


# ---- keeping -----------------------------------------------------------------------------------------------------


def _keep(station: Station, kept: LastGood, content: Content) -> str:
    """Keep what is good of a content; return why something could not be kept, "" for no reason."""
    reasons: list[str] = []
    for keep in _to_keep(station, kept, content):
        try:
            keep()
        except InputError:  # it has gone since it was read: the next reading tells of it
            continue
        except OSError as error:
            reasons.append(_("{path}: {reason}").format(path=error.filename, reason=os_reason(error)))
    return next(iter(reasons), "")


def keep_written(station: Station, path: Path) -> None:
    """Keep a campaign or a script that a command has just written, whether or not a desk runs that would.

    Else a mistake that is made by hand afterwards brings an older version back. What cannot be kept costs nothing else.
    """
    parse = parse_campaign if path.parent == station.schedules_folder else parse_script
    with suppress(OSError):
        LastGood(station.root).keep_text(path, parse)


def _to_keep(station: Station, kept: LastGood, content: Content) -> Iterator[Callable[[], None]]:
    away = {folder.path: folder.since for folder in content.away}
    yield partial(kept.keep_text, station.root / STATION_FILE, parse_settings)
    if os.path.lexists(station.lexicon_path):
        yield partial(kept.keep_text, station.lexicon_path, parse_lexicon)
    else:
        yield partial(kept.keep_none, station.lexicon_path)
    for folder in (station.schedules_folder, station.scripts_folder):
        if since := away.get(folder):
            yield partial(kept.mark_away, folder, since)
        else:
            yield partial(_forget_deleted, kept, folder)
            yield partial(kept.mark_there, folder)
    if (folder := station.scripts_folder) not in away:
        yield from (partial(kept.keep_text, script.path, parse_script) for script in content.scripts.values())
        yield from (partial(kept.keep_sound, path) for path in _sounds(folder, content))
    if station.schedules_folder not in away:
        yield from (partial(kept.keep_text, found.path, parse_campaign) for found in content.campaigns.values())


def _forget_deleted(kept: LastGood, folder: Path) -> None:
    kept.forget_others(folder, {path.name for path in list_files(folder)})


def _sounds(folder: Path, content: Content) -> list[Path]:
    """Return the sounds in `scripts/`, that folder, that are part of clips."""
    blocks = (block for script in content.scripts.values() for block in script.blocks)
    names = [block.file for block in blocks if isinstance(block, Music | Recording)]
    names += [script.recording for script in content.scripts.values() if script.recording]
    names += [content.settings.mix.chime] if content.settings.mix.chime not in BUILT_IN_CHIMES else []
    sounds = (find_sound(folder, name) for name in dict.fromkeys(names) if sound_problem(folder, name) is None)
    return [path for path in sounds if path is not None]


# ---- telling -----------------------------------------------------------------------------------------------------


def _shout(content: Content, previous: Content | None) -> None:
    """Log what has begun or ended since the previous reading; the mistakes themselves are the caller's to tell."""
    old = previous or replace(content, held=(), away=(), not_kept="")
    away, was_away = ({folder.path for folder in each.away} for each in (content, old))
    for path in sorted(away - was_away):
        log.critical(_("%s is away: what was last good in it stays in force. Is its drive there?"), path)
    for path in sorted(was_away - away):
        log.warning(_("%s is there again"), path)
    held, was_held = ({file.path for file in each.held} for each in (content, old))
    for path in sorted(held - was_held):
        log.critical(_("%s has mistakes: its last good version stays in force. Correct it"), path)
    if content.not_kept and content.not_kept != old.not_kept:
        log.error(_("a last good version cannot be kept, and would not outlive a restart (%s)"), content.not_kept)
