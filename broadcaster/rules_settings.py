"""Read `[rules]` of `station.toml`, and the presets that provinces set. Defaults are defined once, here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.tomlfile import Table, TomlFile, format_time, parse_date, parse_text, parse_time
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLIDAYS = ("none", "tet", "all")

Hours = tuple[time, time]
"""From the first time of day up to and including the second; `time.max` means 24:00."""


@dataclass(frozen=True, slots=True)
class RulesSettings:
    """`[rules]`: what may air when. They do not apply to emergency bulletins. None: no limit."""

    preset: str | None = None  # a name in presets.toml, whose values replace the defaults
    days: tuple[str, ...] = WEEKDAYS
    hours: Mapping[str, tuple[Hours, ...]] = field(
        default_factory=lambda: dict.fromkeys(WEEKDAYS, ((time(5), time(21)),))
    )
    quiet_days: frozenset[date] = frozenset()
    quiet_holidays: str = "none"  # public holidays on which nothing airs: "none", "tet" or "all"
    sessions_per_day: int | None = None
    minutes_per_day: int | None = None
    minutes_per_session: int | None = None
    same_script_gap: timedelta = timedelta()  # from the end of an airing to the next one of the same script


@dataclass(frozen=True, slots=True)
class Preset:
    """Rules set by a province. Values that are neither in `stated` nor in `partly` are this project's choice."""

    name: str
    source: str  # the authority and document they come from
    rules: RulesSettings
    keys: frozenset[str]  # of `rules`, those that the preset sets
    stated: frozenset[str]  # the source states the value
    partly: frozenset[str]  # the source states only how many, not which


def read_rules(table: Table, station: RulesSettings | None = None) -> RulesSettings:
    """Read a table of rules; what it does not say is as its preset has it, else as `station` has it, else allowed."""
    default = _preset(table) or station or RulesSettings()
    day_names = _("days of the week: {days}").format(days=", ".join(f'"{day}"' for day in WEEKDAYS))
    days, day = table.items("days", _weekday, day_names, default.days), _('a date such as "2027-05-31"')
    settings = RulesSettings(
        preset=default.preset,
        days=tuple(day for day in WEEKDAYS if day in days),
        hours=_hours(table, default),
        quiet_days=frozenset(table.items("quiet_days", parse_date, day, tuple(default.quiet_days), empty=True)),
        quiet_holidays=table.choice("quiet_holidays", HOLIDAYS, default.quiet_holidays),
        sessions_per_day=_limit(table, "sessions_per_day", 48, default.sessions_per_day),
        minutes_per_day=_limit(table, "minutes_per_day", 24 * 60, default.minutes_per_day),
        minutes_per_session=_limit(table, "minutes_per_session", 24 * 60, default.minutes_per_session),
        same_script_gap=table.duration("same_script_gap", default.same_script_gap, longest=timedelta(days=1)),
    )
    table.report_unknown_keys()
    return settings


def _preset(table: Table) -> RulesSettings | None:
    """Return the rules of the preset that is named; None for none, as in most stations."""
    known = presets() if "preset" in table else {}
    name = table.choice("preset", tuple(known), "")
    return known[name].rules if name else None


def presets() -> dict[str, Preset]:
    """Return the presets shipped with the program, by name."""
    file = TomlFile.read(Path(__file__).with_name("presets.toml"))
    found = {name: _read_preset(name, file.root.table(name)) for name in file.root.values}
    file.finish()
    return found


def _read_preset(name: str, table: Table) -> Preset:
    keys = frozenset(table.table("rules").values)
    stated, partly = (frozenset(table.items(part, parse_text, "", ())) for part in ("stated", "partly"))
    rules = replace(read_rules(table.table("rules")), preset=name)
    return Preset(name, table.text("source"), rules, keys, stated, partly)


def _weekday(value: object) -> str | None:
    return value if isinstance(value, str) and value in WEEKDAYS else None


def _hours(table: Table, default: RulesSettings) -> Mapping[str, tuple[Hours, ...]]:
    """Read `hours = ["05:00-21:00"]`, or a table with such a list for each day that differs."""
    allowed = _('spans of the day, such as ["05:00-07:00", "16:30-24:00"]')
    if not isinstance(table.values.get("hours"), dict):
        spans = table.items("hours", _span, allowed, ())
        return dict.fromkeys(WEEKDAYS, spans) if spans else default.hours
    days = table.table("hours")
    hours = {day: days.items(day, _span, allowed, default.hours[day], empty=True) for day in WEEKDAYS}
    days.report_unknown_keys()
    return hours


def _span(value: object) -> Hours | None:
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    first = parse_time(start.strip())
    last = time.max if end.strip() == "24:00" else parse_time(end.strip())
    return (first, last) if dash and first is not None and last is not None and first < last else None


def _limit(table: Table, name: str, most: int, default: int | None) -> int | None:
    return table.whole(name, 1, most, default or 0) or None


def show_span(hours: Hours) -> str:
    """Return a span as written in `station.toml`: "05:00-21:00"."""
    return "-".join("24:00" if edge == time.max else format_time(edge) for edge in hours)
