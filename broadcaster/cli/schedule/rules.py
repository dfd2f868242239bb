"""`broadcaster rules`: what may air when, value by value, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import command, option, pass_station, with_json
from broadcaster.cli.show import Styled, say, show_json, show_table
from broadcaster.i18n import N_, _
from broadcaster.office.rules_in_force import preset_in_force, preset_rules, rules_in_force
from broadcaster.office.wording_rules import MEANINGS, ORIGINS, origin_text

if TYPE_CHECKING:
    from typing import Any

    from broadcaster.office.rules_in_force import PresetRule, RuleInForce
    from broadcaster.rules_settings import Preset
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Show the rules in force, value by value, and where each comes from: a line of station.toml, a preset (and "
        "whether its source states it), or the default. With --presets, what each preset would set."
    ),
    examples=["rules", "rules --presets", "rules --json"],
)
@option("--presets", "list_presets", is_flag=True, help=N_("Show the presets that there are instead."))
@with_json
@pass_station
def rules(station: Station, *, list_presets: bool, as_json: bool) -> None:
    """Show the rules, or the presets."""
    if list_presets:
        _show_presets(preset_rules(), as_json=as_json)
    else:
        _show_rules(rules_in_force(station), preset_in_force(station), as_json=as_json)


def _show_rules(found: list[RuleInForce], preset: Preset | None, *, as_json: bool) -> None:
    if as_json:
        show_json(_rules_to_json(found, preset))
        return
    if preset:
        say(_("Preset: {name}, from the rules of {source}").format(name=preset.name, source=preset.source))
    rows = [
        (rule.key, rule.value, _(MEANINGS[rule.key]), Styled(origin_text(rule), "green" if rule.line else "dim"))
        for rule in found
        if not rule.group
    ]
    show_table((_("rule"), _("value"), _("what it sets"), _("from")), rows)
    for group in dict.fromkeys(rule.group for rule in found if rule.group):
        say()
        say(_("Different for the loudspeaker group {group}:").format(group=group))
        own = [(rule.key, rule.value, origin_text(rule)) for rule in found if rule.group == group]
        show_table((_("rule"), _("value"), _("from")), own)
    say()
    say(_("Emergency bulletins are above these rules. A session is what follows with less than 30 minutes between."))


def _rules_to_json(found: list[RuleInForce], preset: Preset | None) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = {rule.group: {} for rule in found}
    for rule in found:
        rules[rule.group][rule.key] = {"value": rule.value, "from": str(rule.origin), "line": rule.line}
    return {
        "preset": preset.name if preset else None,
        "source": preset.source if preset else None,
        "rules": rules.pop(""),
        "groups": rules,
    }


def _show_presets(found: list[PresetRule], *, as_json: bool) -> None:
    if as_json:
        show_json([_preset_rule_to_json(rule) for rule in found])
        return
    rows = [(r.preset.name, r.preset.source, r.key, r.value, _(ORIGINS[r.origin])) for r in found]
    show_table((_("preset"), _("whose"), _("rule"), _("value"), _("from")), rows)
    say()
    say(_('In station.toml: [rules] preset = "NAME". What a preset does not set keeps its default.'))


def _preset_rule_to_json(rule: PresetRule) -> dict[str, Any]:
    preset = rule.preset
    return {
        "preset": preset.name,
        "source": preset.source,
        "key": rule.key,
        "value": rule.value,
        "from": str(rule.origin),
    }
