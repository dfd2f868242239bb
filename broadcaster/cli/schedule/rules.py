"""`broadcaster rules`: what may air when, value by value, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station
from broadcaster.cli.show import Styled, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.settings import Settings, presets, show_settings, show_span
from broadcaster.station.folder import STATION_FILE

if TYPE_CHECKING:
    from broadcaster.settings import Preset
    from broadcaster.station.folder import Station

MEANINGS = {
    "preset": N_("rules that stand in for the defaults"),
    "days": N_("days of the week on which anything airs"),
    "hours": N_("earliest and latest"),
    "quiet_days": N_("days on which nothing airs"),
    "quiet_holidays": N_("public holidays on which nothing airs"),
    "sessions_per_day": N_("most sessions in one day"),
    "minutes_per_day": N_("most minutes in one day"),
    "minutes_per_session": N_("most minutes in one session"),
    "same_script_gap": N_("least silence of a script between two airings"),
}
_ORIGINS = {
    "stated": N_("preset; its source states it"),
    "partly": N_("preset; its source states how many, which ones is this program's choice"),
    "preset": N_("preset; this program's choice"),
    "default": N_("default"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One value in force. `origin`: "file", "stated", "partly", "preset" or "default"; `line` is of station.toml."""

    key: str
    value: str  # as one would write it in station.toml; "-": no limit
    origin: str
    line: int | None

    @property
    def origin_text(self) -> str:
        """Say who sets it."""
        return f"{STATION_FILE}:{self.line}" if self.line else _(_ORIGINS[self.origin])


@command(
    help=N_(
        "Show the rules in force, value by value, and where each comes from: a line of station.toml, a preset (and "
        "whether its source states it), or the default. With --presets, what each preset would set."
    ),
    examples=["rules", "rules --presets", "rules --json"],
)
@option("--presets", "list_presets", is_flag=True, help=N_("Show the presets that there are instead."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def rules(station: Station, *, list_presets: bool, as_json: bool) -> None:
    """Show the rules, or the presets."""
    if list_presets:
        _show_presets(as_json=as_json)
        return
    found = rules_in_force(station)
    preset = presets().get(station.settings.rules.preset or "")
    if as_json:
        values = {rule.key: {"value": rule.value, "from": rule.origin, "line": rule.line} for rule in found}
        show_json({"preset": preset.name if preset else None, "source": preset.source if preset else None, **values})
        return
    if preset:
        say(_("Preset: {name}, from the rules of {source}").format(name=preset.name, source=preset.source))
    rows = [
        (rule.key, rule.value, _(MEANINGS[rule.key]), Styled(rule.origin_text, "green" if rule.line else "dim"))
        for rule in found
    ]
    show_table((_("rule"), _("value"), _("what it sets"), _("from")), rows)
    say()
    say(_("Emergency bulletins are above these rules. A session is what follows with less than 30 minutes between."))


def rules_in_force(station: Station) -> list[Rule]:
    """Return every rule, in the order of docs/formats.md."""
    settings = station.settings
    shown = show_settings(settings)
    days = set(settings.rules.hours.values())
    if len(days) == 1:  # the same on every day: as one writes it
        shown["rules.hours"] = "[" + ", ".join(f'"{show_span(hours)}"' for hours in days.pop()) + "]"
    preset = presets().get(settings.rules.preset or "")
    found = []
    for key in MEANINGS:
        line = settings.origins.get(f"rules.{key}")
        found.append(Rule(key, shown[f"rules.{key}"], "file" if line else _origin(key, preset), line))
    return found


def _origin(key: str, preset: Preset | None) -> str:
    if preset is None or key not in preset.keys:
        return "default"
    return "stated" if key in preset.stated else "partly" if key in preset.partly else "preset"


def _show_presets(*, as_json: bool) -> None:
    found = [(preset, key, value) for preset in presets().values() for key, value in _shown(preset).items()]
    if as_json:
        show_json(
            [
                {"preset": p.name, "source": p.source, "key": key, "value": value, "from": _origin(key, p)}
                for p, key, value in found
            ]
        )
        return
    rows = [(p.name, p.source, key, value, _(_ORIGINS[_origin(key, p)])) for p, key, value in found]
    show_table((_("preset"), _("whose"), _("rule"), _("value"), _("from")), rows)
    say()
    say(_('In station.toml: [rules] preset = "NAME". What a preset does not set keeps its default.'))


def _shown(preset: Preset) -> dict[str, str]:
    """Return what the preset sets, as one would write it."""
    shown = show_settings(Settings(rules=preset.rules))
    return {key: shown[f"rules.{key}"] for key in MEANINGS if key in preset.keys}
