"""Clips that nothing needs any more: no plan near today, and no play of late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.office.station_files import read_files
from broadcaster.schedule.plan import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from broadcaster.station.folder import Station

KEPT = timedelta(days=60)
"""A clip that a plan of so many days before or after today uses is kept."""

_CLIP_FILE = re.compile(r"((?:[a-z0-9-]{1,64}\.)?[a-z0-9-]{1,64}-[0-9a-f]{16})\.(?:wav|json)")


def remove_files(files: Iterable[Path]) -> None:
    """Delete files of clips; one that is gone already is no error."""
    for path in files:
        path.unlink(missing_ok=True)


def unused_files(station: Station) -> list[Path]:
    """Return the files of clips that nothing needs; raise InputError while a mistake hides what is planned."""
    used = {*_planned(station), *_played(station)}
    found = ((path, _CLIP_FILE.fullmatch(path.name)) for path in sorted(station.audio_folder.glob("*")))
    return [path for path, match in found if match and match[1] not in used]


def _planned(station: Station) -> Iterator[str]:
    """Yield the names of the clips that are in the plan around today."""
    files = read_files(station)
    if files.problems:
        raise InputError(*files.problems)
    now = station.now()
    plan = expand(files.campaigns.values(), now - KEPT, now + KEPT, station.settings.timezone)
    yield from (found.path.stem for found in files.clips(plan).values())


def _played(station: Station) -> Iterator[str]:
    """Yield the names of the clips that were played lately: an auditor may want to hear them."""
    now = station.now()
    with station.past() as ledger:
        for row in ledger.played(now - KEPT, now) if ledger else ():
            yield from (f"{script['id']}-{script['clip'][:16]}" for script in row.body["scripts"])
