"""`broadcaster rules`: what is in force, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.wording_rules import MEANINGS
from broadcaster.rules_settings import RulesSettings

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def with_rules(station: Path, text: str) -> Path:
    path = station / "station.toml"
    path.write_text(path.read_text("utf-8").split("[rules]")[0] + "[rules]\n" + text, "utf-8")
    return path


def test_every_rule_has_its_meaning() -> None:
    assert list(MEANINGS) == list(RulesSettings.__dataclass_fields__)


def test_each_value_names_the_line_that_sets_it_or_says_default(broadcaster: RunCommand, station_folder: Path) -> None:
    path = with_rules(station_folder, "minutes_per_day = 30\n")
    line = path.read_text("utf-8").splitlines().index("minutes_per_day = 30") + 1
    shown = {row.split()[0]: row for row in broadcaster("rules", station=station_folder).out.splitlines() if row}
    assert shown["minutes_per_day"].endswith(f"station.toml:{line}")
    assert shown["hours"].split()[1] == '["05:00-21:00"]'
    assert shown["hours"].endswith("default")


def test_a_preset_says_what_its_source_states_and_what_is_ours(broadcaster: RunCommand, station_folder: Path) -> None:
    with_rules(station_folder, 'preset = "hanoi-2021-noi-thanh"\nminutes_per_session = 10\n')
    out = broadcaster("rules", station=station_folder).out
    assert out.startswith("Preset: hanoi-2021-noi-thanh, from the rules of Hà Nội 2021, nội thành\n")
    told = broadcaster("rules", "--json", station=station_folder).json
    assert (told["preset"], told["source"]) == ("hanoi-2021-noi-thanh", "Hà Nội 2021, nội thành")
    found = told["rules"]
    origins = {key: value["from"] for key, value in found.items() if key != "preset"}
    assert origins == dict.fromkeys(MEANINGS.keys() - {"preset"}, "default") | {
        "days": "partly",
        "sessions_per_day": "stated",
        "minutes_per_session": "file",
    }
    assert found["sessions_per_day"]["value"] == "2"


def test_hours_that_differ_are_shown_day_by_day(broadcaster: RunCommand, station_folder: Path) -> None:
    with_rules(station_folder, 'hours = { sun = ["06:00-20:00"] }\n')
    value = broadcaster("rules", "--json", station=station_folder).json["rules"]["hours"]["value"]
    assert 'mon = ["05:00-21:00"]' in value
    assert 'sun = ["06:00-20:00"]' in value


def test_presets_are_listed(broadcaster: RunCommand, station_folder: Path) -> None:
    found = broadcaster("rules", "--presets", "--json", station=station_folder).json
    stated = {(row["preset"], row["key"], row["value"]) for row in found if row["from"] == "stated"}
    assert stated == {
        ("hanoi-2021-noi-thanh", "sessions_per_day", "2"),
        ("hanoi-2021-noi-thanh", "minutes_per_session", "15"),
        ("hanoi-2021-ngoai-thanh", "minutes_per_session", "45"),
        ("vinh-phuc-2022", "sessions_per_day", "3"),
        ("vinh-phuc-2022", "minutes_per_session", "45"),
    }
    assert "vinh-phuc-2022" in broadcaster("rules", "--presets", station=station_folder).out


def test_config_tells_a_presets_values_from_defaults(broadcaster: RunCommand, station_folder: Path) -> None:
    with_rules(station_folder, 'preset = "vinh-phuc-2022"\n')
    shown = {row.split()[0]: row for row in broadcaster("config", station=station_folder).out.splitlines() if row}
    assert shown["rules.sessions_per_day"].endswith("preset; see broadcaster rules")
    assert shown["rules.minutes_per_day"].endswith("default")
