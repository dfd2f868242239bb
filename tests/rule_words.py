"""What the rules forbid, as a person reads it: the rule and its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from broadcaster.schedule import rules as the_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, timedelta

    from broadcaster.models import Occurrence
    from broadcaster.rules_settings import RulesSettings


class Breach(NamedTuple):
    """A rule and what it says."""

    rule: str
    text: str


def check(
    plan: Sequence[Occurrence],
    lengths: Mapping[str, timedelta],
    rules: RulesSettings,
    valid_until: Mapping[str, date | None],
) -> dict[str, Breach]:
    """Do as `schedule.rules.check` does, in words."""
    found = the_rules.check(plan, lengths, rules, valid_until)
    return {id_: Breach(breach.rule, breach.text) for id_, breach in found.items()}
