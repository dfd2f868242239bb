"""Rules in words of the user's language: what each one sets, and where its value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.office.rules_in_force import RuleOrigin
from broadcaster.station.folder import STATION_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.office.rules_in_force import RuleInForce

MEANINGS: Mapping[str, str] = {
    "preset": N_("rules used instead of the defaults"),
    "days": N_("days of the week on which anything airs"),
    "hours": N_("earliest and latest"),
    "quiet_days": N_("days on which nothing airs"),
    "quiet_holidays": N_("public holidays on which nothing airs"),
    "sessions_per_day": N_("most sessions in one day"),
    "minutes_per_day": N_("most minutes in one day"),
    "minutes_per_session": N_("most minutes in one session"),
    "same_script_gap": N_("least silence of a script between two airings"),
}
ORIGINS: Mapping[RuleOrigin, str] = {
    RuleOrigin.STATED: N_("preset; its source states it"),
    RuleOrigin.PARTLY: N_("preset; its source states how many, which ones is this program's choice"),
    RuleOrigin.PRESET: N_("preset; this program's choice"),
    RuleOrigin.DEFAULT: N_("default"),
}


def origin_text(rule: RuleInForce) -> str:
    """Return where the value of a rule comes from: "station.toml:12", "default"."""
    return f"{STATION_FILE}:{rule.line}" if rule.line else _(ORIGINS[rule.origin])
