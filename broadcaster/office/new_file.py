"""Where the file of a new script or campaign goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import refuse_to_replace
from broadcaster.i18n import _
from broadcaster.similar_names import as_id
from broadcaster.tomlfile import parse_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from broadcaster.station.folder import Station


def free_path(
    folder: Path, id_: str, suffix: str, example: str, parse: Callable[[object], str | None] = parse_id
) -> Path:
    """Return the path of a new file; raise InputError, with an `example`, for what `parse` does not take, or is taken.

    `parse` returns an id, None for what is none.
    """
    if not parse(id_):
        allowed = _('a-z, 0-9 and "-", 1 to 64 characters, such as "{example}"').format(example=as_id(id_) or example)
        what = _('"{id}" cannot be an id').format(id=id_)
        raise InputError(Problem(what, _("allowed: {allowed}").format(allowed=allowed)))
    path = folder / f"{id_}{suffix}"
    refuse_to_replace(path)
    return path


def free_campaign_path(station: Station, id_: str) -> Path:
    """Return the path of a new campaign; raise InputError as `free_path` does."""
    return free_path(station.schedules_folder, id_, ".toml", "thang-5-2028")
