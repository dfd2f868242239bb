"""`broadcaster init`: a new station from the packaged sample campaign."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from broadcaster.cli.frame import argument, command
from broadcaster.cli.show import say
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.station.folder import STATION_FILE

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("scripts", "schedules")


@command(
    help=N_(
        "Make a new station in DIR (this folder when none is named), with the sample campaign: scripts, timetable and "
        "settings, ready to play. Nothing that is already there is overwritten."
    ),
    examples=["init", "init dai-xa"],
)
@argument("folder", metavar=N_("DIR"), default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make the station and say what to do next."""
    from broadcaster.records.keys import FOLDER, signing_key

    made = make_station(folder)
    key = signing_key(folder / FOLDER, folder.resolve().name)
    say(_("A new station is ready in {folder}: {count} files.").format(folder=folder.resolve(), count=len(made)))
    say(
        _("The key that signs checkpoints is in {folder}. Its public half, for auditors: {key}").format(
            folder=folder / FOLDER, key=key.verifier.text
        )
    )
    say(_("Next: write the commune's name into station.toml, then make the clips: broadcaster script render"))


def make_station(folder: Path) -> list[Path]:
    """Copy the sample station into `folder` and return the files made; raise InputError where one is there already."""
    sample = sample_station()
    sources = [sample / STATION_FILE, *(path for name in _FOLDERS for path in sorted((sample / name).glob("*.*")))]
    targets = [folder / source.relative_to(sample) for source in sources]
    _refuse_what_exists(folder, targets)
    for source, target in zip(sources, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    (folder / "audio").mkdir(exist_ok=True)
    return targets


def _refuse_what_exists(folder: Path, targets: list[Path]) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(Problem(_("this is not a folder"), _("name another folder"), folder))
    taken = [target for target in targets if target.exists()]
    taken += [path for name in _FOLDERS for path in sorted((folder / name).glob("*")) if path not in taken]
    if taken:
        what = _("there is a station here already, and nothing of it is overwritten")
        raise InputError(Problem(what, _("name another folder: broadcaster init DIR"), taken[0]))


def sample_station() -> Path:
    """Return the folder of the sample: packaged with the program, or the source tree, which is itself a station."""
    packaged = _PACKAGE / "sample"
    return packaged if (packaged / STATION_FILE).is_file() else _PACKAGE.parent
