"""The settings in force, and where each value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.office.rules_in_force import preset_in_force
from broadcaster.settings import show_settings

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


class SettingOrigin(StrEnum):
    """Where a setting's value comes from."""

    FILE = "file"  # a line of station.toml
    PRESET = "preset"  # the preset of rules that the station names
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """One setting; `line` is that of station.toml, where the value comes from there."""

    key: str  # "table.key"
    value: str  # as written in station.toml; "-": none
    origin: SettingOrigin
    line: int | None


def settings_in_force(station: Station) -> tuple[SettingInForce, ...]:
    """Return every setting of a station, in the order of docs/formats.md."""
    settings = station.settings
    preset = preset_in_force(station)
    from_preset = {f"rules.{key}" for key in preset.keys} if preset else set()
    found = []
    for key, value in show_settings(settings).items():
        line = settings.origins.get(key)
        otherwise = SettingOrigin.PRESET if key in from_preset else SettingOrigin.DEFAULT
        found.append(SettingInForce(key, value, SettingOrigin.FILE if line else otherwise, line))
    return tuple(found)
