"""Ids that the shell completes while they are typed, from the names of files alone where that is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import find_station

if TYPE_CHECKING:
    from pathlib import Path

    import click


def complete_script(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the script ids that begin as typed, from the names of the files alone."""
    return _stems(station_folder(context) / "scripts", "*.md", incomplete)


def complete_campaign(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the campaign ids that begin as typed, from the names of the files alone."""
    return _stems(station_folder(context) / "schedules", "*.toml", incomplete)


def complete_slot(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the `campaign/slot` names that begin as typed; a file with a mistake completes nothing."""
    import tomllib

    campaign, slash, _slot = incomplete.partition("/")
    names = []
    for name in complete_campaign(context, parameter, "" if slash else campaign):
        try:
            slots = tomllib.loads((station_folder(context) / "schedules" / f"{name}.toml").read_text("utf-8-sig"))[
                "slot"
            ]
            names += [f"{name}/{slot['id']}" for slot in slots]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return [name for name in names if name.startswith(incomplete)]


def station_folder(context: click.Context) -> Path:
    """Return the station's folder while a command is typed, before any of it runs."""
    return find_station(context.find_root().params.get("station"))


def _stems(folder: Path, pattern: str, incomplete: str) -> list[str]:
    stems = (path.stem for path in folder.glob(pattern) if not path.name.startswith(".") and path.is_file())
    return sorted(stem for stem in stems if stem.startswith(incomplete))
