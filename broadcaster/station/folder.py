"""An opened station folder: paths, settings and clock in one frozen object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RecordError
from broadcaster.i18n import _
from broadcaster.program import start_command
from broadcaster.records.clip_rows import KnownClips
from broadcaster.records.damage import is_blank
from broadcaster.records.head_file import HeadFiles
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import is_key_gone
from broadcaster.records.ledger import Ledger
from broadcaster.records.past import read_past
from broadcaster.schedule.timetable import read_campaigns
from broadcaster.settings import Settings, parse_settings, read_settings
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_scripts
from broadcaster.station.last_good import LastGood
from broadcaster.station.odd_files import find_odd_files, misnamed
from broadcaster.station.own_history import Owner, find_foreign, hold_own, refuse_gone, refuse_shortened

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from broadcaster.models import Campaign, Script

Clock = Callable[[], datetime]
"""Returns the current time, with its zone."""

Adjust = Callable[[Settings], Settings]
"""Returns the settings to use instead of those that were read."""

STATION_FILE = "station.toml"
LEDGER = "broadcaster.db"


def unchanged(settings: Settings) -> Settings:
    """Return the settings as they were read."""
    return settings


def system_clock() -> datetime:
    """Return the computer's time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Station:
    """One station: its folder, what `station.toml` says, and the clock."""

    root: Path
    settings: Settings
    clock: Clock = system_clock
    adjust: Adjust = unchanged  # how this run differs from the file

    @property
    def scripts_folder(self) -> Path:
        """The scripts, and the sounds that they name."""
        return self.root / "scripts"

    @property
    def schedules_folder(self) -> Path:
        """The campaigns."""
        return self.root / "schedules"

    @property
    def audio_folder(self) -> Path:
        """The rendered clips."""
        return self.root / "audio"

    @property
    def aired_folder(self) -> Path:
        """What the output "file" writes of the plays."""
        return self.root / "aired"

    @property
    def state_folder(self) -> Path:
        """The program's own files: lock, heartbeat, cache. May be deleted while nothing runs."""
        return self.root / "state"

    @property
    def ledger_path(self) -> Path:
        """The play history."""
        return self.root / LEDGER

    @property
    def heads(self) -> HeadFiles:
        """Where the last row of the play history is remembered: beside it, and apart from it."""
        return head_files(self.root)

    @property
    def owner(self) -> Owner:
        """Who this station is in its play history."""
        return Owner(self.root / KEYS, self.settings.name, self.now)

    @property
    def backups_folder(self) -> Path:
        """Copies of the play history on the station's own disk."""
        return self.root / "backups"

    @property
    def named_backup_folder(self) -> Path | None:
        """The folder of another disk that the settings name for backups; None where they name none."""
        return Path(self.settings.backup.folder) if self.settings.backup.folder else None

    @property
    def daily_backup_folder(self) -> Path:
        """Where today's backup belongs: on the disk that the settings name, while it is there; else on our own."""
        named = self.named_backup_folder
        return named if named is not None and named.is_dir() else self.backups_folder

    @property
    def daily_backup_folders(self) -> tuple[Path, ...]:
        """Where daily backups may be."""
        named = self.named_backup_folder
        return (self.backups_folder,) if named is None else (named, self.backups_folder)

    @property
    def lexicon_path(self) -> Path:
        """The lexicon: the commune's own words and how they are read."""
        return self.root / "lexicon.toml"

    def now(self) -> datetime:
        """Return the current time in the station's zone."""
        return self.clock().astimezone(self.settings.timezone)

    def odd_files(self) -> tuple[Problem, ...]:
        """Return the files that look as if they were to be read, and that nothing reads."""
        single = self.root / STATION_FILE, self.lexicon_path
        return find_odd_files(single, self.scripts_folder, self.schedules_folder)

    def scripts(self) -> tuple[dict[str, Script], tuple[Problem, ...]]:
        """Read the scripts: the good ones by id, and every mistake in the others."""
        return read_scripts(self.scripts_folder)

    def campaigns(self) -> tuple[dict[str, Campaign], tuple[Problem, ...]]:
        """Read the campaigns: the good ones by id, and every mistake in the others."""
        return read_campaigns(self.schedules_folder)

    def renderer(self) -> Renderer:
        """Return what turns this station's scripts into clips; one that the play history does not know is made anew."""
        known = cache(self.known_clips)  # read when the first clip is looked for
        return Renderer(self.root, self.settings.speech, self.settings.mix, is_known=lambda clip: known().counts(clip))

    def known_clips(self) -> KnownClips:
        """Return the clips that the play history knows; where it cannot be read, every clip counts.

        For whoever looks ahead: what is wrong with the history is told by what is about it, and the desk asks its own.
        """
        try:
            return KnownClips.of(self.ledger_path)
        except RecordError:
            return KnownClips(is_strict=False)

    def ledger(self, *, read_only: bool = False, daemon: bool = False) -> Ledger:
        """Open the play history; the caller closes it. Only the `daemon` checkpoints its write-ahead log.

        Whoever opens it for writing enters whose it is, where it is new, and a key that was made anew. Raises
        ForeignHistoryError for a rehearsal's or another station's, RecordError for one that is gone or lacks rows that
        it had.
        """
        if not read_only and not daemon:
            refuse_shortened(self.owner, self.ledger_path, self.heads.read())
            refuse_gone(self.owner, self.ledger_path, self.daily_backup_folders)
        ledger = Ledger.open(self.ledger_path, read_only=read_only, checkpoints=daemon, heads=self.heads)
        try:
            hold_own(self.owner, ledger, read_only=read_only, daemon=daemon)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def keep_key(self) -> None:
        """Before something is signed: enter a key that is to be made anew.

        Does nothing where there is a key, or no history. Raises ForeignHistoryError for another's history.
        """
        if foreign := find_foreign(self.owner, self.ledger_path):
            raise foreign
        if is_key_gone(self.owner.keys) and not is_blank(self.ledger_path):
            self.ledger().close()

    def past(self) -> AbstractContextManager[Ledger | None]:
        """Open the play history to read only, for a `with`; None where nothing was ever recorded."""
        return read_past(self.ledger_path)


def head_files(root: Path) -> HeadFiles:
    """Return where the station in `root` remembers the last row of its play history."""
    return HeadFiles(root / "broadcaster.head", root / "state" / "head")


def open_in_force(root: Path, clock: Clock = system_clock, adjust: Adjust = unchanged) -> Station:
    """Open the station in `root`; where `station.toml` is wrong or gone, with its settings as they were last good.

    For the desk, which a restart must not silence, and for whoever looks at what it does. Its mistakes are among the
    problems of the station's content. Raise InputError where nothing was good before either.
    """
    try:
        return open_station(root, clock, adjust)
    except InputError as error:
        path = root.resolve() / STATION_FILE
        try:
            settings = parse_settings(path, LastGood(root.resolve()).text(path))
        except InputError:
            raise error from None
        return Station(root.resolve(), adjust(settings), clock, adjust)


def open_station(root: Path, clock: Clock = system_clock, adjust: Adjust = unchanged) -> Station:
    """Open the station in `root`; raise InputError where there is none or where its settings are wrong."""
    path = root / STATION_FILE
    if not path.is_file():
        todo = _("go to the station's folder, name it with --station, or make one: {command}")
        command = f"{start_command()} init"
        what = Problem(_("there is no station in this folder"), todo.format(command=command), root)
        raise InputError(what, *misnamed(root, (path,)))
    return Station(root.resolve(), adjust(read_settings(path)), clock, adjust)
