"""`broadcaster config`: what is in force, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import Styled, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.settings import presets, show_settings
from broadcaster.station.folder import STATION_FILE

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_("Show every setting in force, and the line of station.toml that sets it; the others are defaults."),
    examples=["config", "config --json"],
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def config(station: Station, *, as_json: bool) -> None:
    """Show the settings."""
    shown = show_settings(station.settings)
    lines = {key: station.settings.origins.get(key) for key in shown}
    if as_json:
        show_json({key: {"value": value, "line": lines[key]} for key, value in shown.items()})
        return
    say(_("Station: {folder}").format(folder=station.root))
    preset = presets().get(station.settings.rules.preset or "")
    ours = {f"rules.{key}" for key in preset.keys} if preset else set()
    rows = [
        (key, value, Styled(_origin(lines[key], preset=key in ours), "green" if lines[key] else "dim"))
        for key, value in shown.items()
    ]
    show_table((_("setting"), _("value"), _("from")), rows)


def _origin(line: int | None, *, preset: bool) -> str:
    return f"{STATION_FILE}:{line}" if line else _("preset; see broadcaster rules") if preset else _("default")
