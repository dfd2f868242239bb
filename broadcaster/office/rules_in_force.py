"""The rules in force, value by value, and where each comes from; and what each preset would set."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.rules_settings import RulesSettings, presets, show_span
from broadcaster.settings import Settings, show_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broadcaster.group_settings import GroupSettings
    from broadcaster.rules_settings import Preset
    from broadcaster.station.folder import Station

KEYS = tuple(RulesSettings.__dataclass_fields__)
"""The keys of [rules] in station.toml, in the order of docs/formats.md."""


class RuleOrigin(StrEnum):
    """Where a rule's value comes from."""

    FILE = "file"  # a line of station.toml
    STATED = "stated"  # a preset, whose source states the value
    PARTLY = "partly"  # a preset, whose source states a number, but not which days or hours
    PRESET = "preset"  # a preset, by this program's choice
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One value in force; `line` is that of station.toml, where the value comes from there."""

    key: str
    value: str  # as written in station.toml; "-": no limit
    origin: RuleOrigin
    line: int | None
    group: str = ""  # whose loudspeakers; "": the station's


@dataclass(frozen=True, slots=True)
class PresetRule:
    """One value that a preset would set."""

    preset: Preset
    key: str
    value: str  # as written in station.toml
    origin: RuleOrigin


def preset_in_force(station: Station) -> Preset | None:
    """Return the preset that the station's rules start from, if any."""
    return presets().get(station.settings.rules.preset or "")


def rules_in_force(station: Station) -> list[RuleInForce]:
    """Return every rule of the station, in the order of `KEYS`, then of each group those that are its own."""
    settings = station.settings
    values = _values(settings.rules)
    lines = {key: settings.origins.get(f"rules.{key}") for key in KEYS}
    preset = preset_in_force(station)
    found = [
        RuleInForce(key, values[key], RuleOrigin.FILE if lines[key] else _origin(key, preset), lines[key])
        for key in KEYS
    ]
    return found + [rule for group in settings.groups.values() for rule in _rules_of_group(group, values, settings)]


def _rules_of_group(group: GroupSettings, of_station: Mapping[str, str], settings: Settings) -> Iterator[RuleInForce]:
    """Yield what a group's own table says, or its preset."""
    preset = presets().get(group.rules.preset or "")
    for key, value in _values(group.rules).items():
        line = settings.origins.get(f"group.{group.id}.rules.{key}")
        if line or value != of_station[key]:
            yield RuleInForce(key, value, RuleOrigin.FILE if line else _origin(key, preset), line, group.id)


def _values(rules: RulesSettings) -> dict[str, str]:
    """Return the values of rules as written in station.toml."""
    shown = show_settings(Settings(rules=rules))
    values = {key: shown[f"rules.{key}"] for key in KEYS}
    hours = set(rules.hours.values())
    if len(hours) == 1:  # the same on every day: written as one list
        values["hours"] = "[" + ", ".join(f'"{show_span(span)}"' for span in hours.pop()) + "]"
    return values


def _origin(key: str, preset: Preset | None) -> RuleOrigin:
    if preset is None or key not in preset.keys:
        return RuleOrigin.DEFAULT
    if key in preset.stated:
        return RuleOrigin.STATED
    return RuleOrigin.PARTLY if key in preset.partly else RuleOrigin.PRESET


def preset_rules() -> list[PresetRule]:
    """Return what every preset would set, value by value."""
    return [rule for preset in presets().values() for rule in _rules_of(preset)]


def _rules_of(preset: Preset) -> list[PresetRule]:
    shown = show_settings(Settings(rules=preset.rules))
    keys = [key for key in KEYS if key in preset.keys]
    return [PresetRule(preset, key, shown[f"rules.{key}"], _origin(key, preset)) for key in keys]
