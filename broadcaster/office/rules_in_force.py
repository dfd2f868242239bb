"""The rules in force, value by value, and where each comes from; and what each preset would set."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.allowed_hours import show_span
from broadcaster.settings import RulesSettings, Settings, presets, show_settings

if TYPE_CHECKING:
    from broadcaster.settings import Preset
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
    """Return every rule, in the order of `KEYS`."""
    values = _values(station.settings)
    lines = {key: station.settings.origins.get(f"rules.{key}") for key in KEYS}
    preset = preset_in_force(station)
    return [
        RuleInForce(key, values[key], RuleOrigin.FILE if lines[key] else _origin(key, preset), lines[key])
        for key in KEYS
    ]


def _values(settings: Settings) -> dict[str, str]:
    shown = show_settings(settings)
    values = {key: shown[f"rules.{key}"] for key in KEYS}
    hours = set(settings.rules.hours.values())
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
