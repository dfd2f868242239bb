"""A new station, made from the sample that comes with the program."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from broadcaster.errors import InputError, Problem
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.station.folder import STATION_FILE

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("scripts", "schedules")


@dataclass(frozen=True, slots=True)
class NewStation:
    """A station that was just made."""

    folder: Path
    files: tuple[Path, ...]
    key_folder: Path
    public_key: str  # for auditors


def create_station(folder: Path) -> NewStation:
    """Make a station in `folder`, with a key of its own that signs checkpoints; raise InputError as `make_station`."""
    from broadcaster.records.keys import FOLDER, signing_key

    files = make_station(folder)
    key = signing_key(folder / FOLDER, folder.resolve().name)
    return NewStation(folder, tuple(files), folder / FOLDER, key.verifier.text)


def make_station(folder: Path) -> list[Path]:
    """Copy the sample station into `folder` and return the files made; raise InputError where one is there already."""
    sample = sample_station()
    sources = [sample / STATION_FILE, *(path for name in _FOLDERS for path in sorted((sample / name).glob("*.*")))]
    targets = [folder / source.relative_to(sample) for source in sources]
    _refuse_what_exists(folder, targets)
    for source, target in zip(sources, targets, strict=True):
        make_folder(target.parent)
        shutil.copyfile(source, target)
    make_folder(folder / "audio")
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
