"""What the desk airs from: settings, scripts and campaigns, as they were last good.

A person edits the files while the desk runs. While a file has a mistake, its last good version stays in force, also
after a restart (a copy is kept in `state/last-good/`). Only a deleted file is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from broadcaster.errors import BroadcasterError, InputError, Problem
from broadcaster.files import replace_file
from broadcaster.models import Campaign, Script
from broadcaster.schedule.timetable import missing_scripts, read_campaign
from broadcaster.settings import Settings, read_settings
from broadcaster.speech.script import read_script
from broadcaster.speech.station_lexicon import read_lexicon
from broadcaster.station.folder import STATION_FILE, Station

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T", Script, Campaign)

Fingerprint = tuple[tuple[str, int, int], ...]
"""Name, time of change (ns) and size of every file that a person edits."""


@dataclass(frozen=True, slots=True)
class Content:
    """One consistent reading of the station folder."""

    settings: Settings
    scripts: Mapping[str, Script]
    campaigns: Mapping[str, Campaign]
    problems: tuple[Problem, ...] = ()


def fingerprint(station: Station) -> Fingerprint:
    """Return a value that changes when a file of the station is saved; cheap enough for every half second."""
    folders = (station.scripts_folder, station.schedules_folder)
    single = [station.root / STATION_FILE, station.lexicon_path]
    files = [*single, *(path for folder in folders if folder.is_dir() for path in folder.iterdir())]
    return tuple(sorted(_stamp(path) for path in files if not path.name.startswith(".")))


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:  # it is being replaced at this moment; the next look finds it
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def read_content(station: Station, previous: Content | None = None) -> Content:
    """Read the whole station. What cannot be read is taken from `previous`, or from the last good copy on disk.

    The content carries every problem found; a mistake in a file raises nothing.
    """
    settings, settings_problems = _read_settings(station, previous)
    scripts, script_problems = station.scripts()
    campaigns, campaign_problems = station.campaigns()
    copies = _GoodCopies(station)
    copies.keep([*(s.path for s in scripts.values()), *(c.path for c in campaigns.values())])
    old = previous or Content(settings, {}, {})
    scripts |= copies.good_versions(script_problems, old.scripts, read_script)
    campaigns |= copies.good_versions(campaign_problems, old.campaigns, read_campaign)
    missing = missing_scripts(campaigns.values(), scripts.keys())
    lexicon_problems = _lexicon_problems(station)
    problems = (*settings_problems, *script_problems, *campaign_problems, *missing, *lexicon_problems)
    return Content(settings, scripts, campaigns, problems)


def _read_settings(station: Station, previous: Content | None) -> tuple[Settings, tuple[Problem, ...]]:
    try:
        return station.adjust(read_settings(station.root / STATION_FILE)), ()
    except InputError as error:
        return (previous.settings if previous else station.settings), error.problems


def _lexicon_problems(station: Station) -> tuple[Problem, ...]:
    """Return the mistakes in the lexicon, which is read when clips are found or made, and not here."""
    try:
        read_lexicon(station.lexicon_path)
    except InputError as error:
        return error.problems
    return ()


@dataclass(frozen=True, slots=True)
class _GoodCopies:
    """Copies of the last good version of each file."""

    station: Station

    def copy_of(self, path: Path) -> Path:
        return self.station.state_folder / "last-good" / path.parent.name / path.name

    def keep(self, paths: list[Path]) -> None:
        for path in paths:
            data, copy = path.read_bytes(), self.copy_of(path)
            if not copy.exists() or copy.read_bytes() != data:
                replace_file(copy, data)

    def good_versions(
        self, problems: tuple[Problem, ...], previous: Mapping[str, T], read: Callable[[Path], T]
    ) -> dict[str, T]:
        """Return, for each file with a problem, the version that was good before."""
        bad = {problem.path for problem in problems if problem.path is not None}
        found = {path.stem: previous.get(path.stem) or self._read_copy(path, read) for path in bad}
        return {name: version for name, version in found.items() if version is not None}

    def _read_copy(self, path: Path, read: Callable[[Path], T]) -> T | None:
        try:
            return replace(read(self.copy_of(path)), path=path)
        except (BroadcasterError, OSError):  # it never was good, or names a sound beside the original
            return None
