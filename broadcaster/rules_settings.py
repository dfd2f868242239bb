"""Read `[rules]` of `station.toml`, and the presets that provinces set. Defaults are defined once, here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path

from broadcaster.i18n import _
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import Table, TomlFile, format_time, parse_text, write_value
from broadcaster.typed_toml import read_day, read_time, read_weekdays
from broadcaster.typed_words import fold
from broadcaster.weekdays import WEEKDAYS

HOLIDAYS = ("none", "tet", "all")

Hours = tuple[time, time]
"""From the first time of day up to and including the second; `time.max` means 24:00."""
HoursByDay = Mapping[str, tuple[Hours, ...]]
"""The hours of each day of `WEEKDAYS`."""

_BETWEEN = re.compile(r" den | to | ?- ?")


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
    groups, day = table.items("days", read_weekdays, day_names, ()), _('a date such as "2027-05-31"')
    days = {WEEKDAYS[number - 1] for group in groups for number in group} or set(default.days)
    settings = RulesSettings(
        preset=default.preset,
        days=tuple(day for day in WEEKDAYS if day in days),
        hours=_hours(table, default.hours),
        quiet_days=frozenset(table.items("quiet_days", read_day, day, tuple(default.quiet_days), empty=True)),
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


def _hours(table: Table, default: HoursByDay) -> HoursByDay:
    """Read `hours = ["05:00-21:00"]`, or a table with such a list for each day that differs."""
    allowed = _('spans of the day, such as ["05:00-07:00", "16:30-24:00"]')
    if not isinstance(table.values.get("hours"), dict):
        spans = table.items("hours", _span, allowed, (), ask=False)
        return dict.fromkeys(WEEKDAYS, spans) if spans else default
    return _hours_by_day(table.table("hours"), allowed, default)


def _hours_by_day(table: Table, allowed: str, default: HoursByDay) -> HoursByDay:
    """Read the spans of each day; a key names one day, or several: "sun", "CN", "t2-t6"."""
    hours = dict(default)
    named: set[str] = set()
    for key in table.values:
        days = {WEEKDAYS[number - 1] for number in read_weekdays(key) or ()}
        if not days:
            table.report(key, _("unknown key"), did_you_mean(key, WEEKDAYS, _("allowed keys: {known}")))
        elif twice := sorted(days & named, key=WEEKDAYS.index):
            table.report(key, _("{value} is given twice").format(value=write_value(twice[0])), _("write it once"))
        hours |= dict.fromkeys(days, table.items(key, _span, allowed, (), empty=True, ask=False) if days else ())
        named |= days
    return hours


def _span(value: object) -> Hours | None:
    """Return the hours of "05:00-21:00", "5-21h", "5h đến 21h" or "16:30-24:00"; None for any other."""
    ends = _BETWEEN.split(fold(value)) if isinstance(value, str) else []
    if len(ends) != 2:
        return None
    first, last = (read_time(f"{end}h" if end.isdigit() else end) for end in ends)
    if ends[1] in ("24:00", "24h", "24"):
        last = time.max
    return (first, last) if first is not None and last is not None and first < last else None


def _limit(table: Table, name: str, most: int, default: int | None) -> int | None:
    return table.whole(name, 1, most, default or 0) or None


def show_span(hours: Hours) -> str:
    """Return a span as written in `station.toml`: "05:00-21:00"."""
    return "-".join("24:00" if edge == time.max else format_time(edge) for edge in hours)
