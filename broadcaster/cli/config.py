"""`broadcaster config`: what is in force, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, pass_station, with_json
from broadcaster.cli.show import Styled, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.office.settings_in_force import SettingInForce, SettingOrigin, settings_in_force
from broadcaster.station.folder import STATION_FILE

if TYPE_CHECKING:
    from broadcaster.station.folder import Station


@command(
    help=N_("Show every setting in force, and the line of station.toml that sets it; the others are defaults."),
    examples=["config", "config --json"],
)
@with_json
@pass_station
def config(station: Station, *, as_json: bool) -> None:
    """Show the settings."""
    shown = settings_in_force(station)
    if as_json:
        show_json({s.key: {"value": s.value, "from": str(s.origin), "line": s.line} for s in shown})
        return
    say(_("Station: {folder}").format(folder=station.root))
    rows = [(setting.key, setting.value, _origin(setting)) for setting in shown]
    show_table((_("setting"), _("value"), _("from")), rows)


def _origin(setting: SettingInForce) -> Styled:
    if setting.origin is SettingOrigin.FILE:
        return Styled(f"{STATION_FILE}:{setting.line}", "green")
    return Styled(_("preset; see broadcaster rules") if setting.origin is SettingOrigin.PRESET else _("default"), "dim")
