"""A station folder, opened: paths, settings and clock in one frozen object that the CLI and the desk pass around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.models import Campaign, Script
from broadcaster.records.ledger import Ledger
from broadcaster.schedule.timetable import read_campaigns
from broadcaster.settings import Settings, read_settings
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_scripts

Clock = Callable[[], datetime]
"""Returns the present instant; always with its zone."""

STATION_FILE = "station.toml"


def system_clock() -> datetime:
    """Return the computer's own time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Station:
    """One station: its folder, what `station.toml` says, and the clock."""

    root: Path
    settings: Settings
    clock: Clock = system_clock

    @property
    def scripts_folder(self) -> Path:
        """Where the scripts lie, and the sounds they name."""
        return self.root / "scripts"

    @property
    def schedules_folder(self) -> Path:
        """Where the campaigns lie."""
        return self.root / "schedules"

    @property
    def audio_folder(self) -> Path:
        """Where the clips lie."""
        return self.root / "audio"

    @property
    def state_folder(self) -> Path:
        """What the program keeps for itself: lock, heartbeat, cache. May be deleted while nothing runs."""
        return self.root / "state"

    @property
    def ledger_path(self) -> Path:
        """The play history."""
        return self.root / "broadcaster.db"

    def now(self) -> datetime:
        """Return the present instant in the station's zone."""
        return self.clock().astimezone(self.settings.timezone)

    def scripts(self) -> tuple[dict[str, Script], tuple[Problem, ...]]:
        """Read the scripts: the good ones by id, and every mistake in the others."""
        return read_scripts(self.scripts_folder)

    def campaigns(self) -> tuple[dict[str, Campaign], tuple[Problem, ...]]:
        """Read the campaigns: the good ones by id, and every mistake in the others."""
        return read_campaigns(self.schedules_folder)

    def renderer(self) -> Renderer:
        """Return what turns this station's scripts into clips."""
        return Renderer(self.root, self.settings.speech, self.settings.mix)

    def ledger(self, *, read_only: bool = False) -> Ledger:
        """Open the play history; the caller closes it."""
        return Ledger.open(self.ledger_path, read_only=read_only)


def open_station(root: Path, clock: Clock = system_clock) -> Station:
    """Open the station in `root`; raise InputError where there is none or where its settings are wrong."""
    path = root / STATION_FILE
    if not path.is_file():
        todo = _("go to the station's folder, name it with --station, or make one: broadcaster init")
        raise InputError(Problem(_("there is no station in this folder"), todo, root))
    return Station(root.resolve(), read_settings(path), clock)
