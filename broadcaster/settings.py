"""`station.toml`: what a commune sets, typed, with where each value came from.

Every default is written down once, in the dataclasses here; `docs/formats.md` explains each key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from broadcaster.i18n import DEFAULT_LANGUAGE, LANGUAGES, _
from broadcaster.tomlfile import Table, TomlFile, format_duration, parse_date, parse_time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"

Hours = tuple[time, time]
"""From the first time of day up to and including the second."""


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """`[output]`. Devices are tried in their order; "file" and "silent" rehearse, "default" asks the system."""

    devices: tuple[str, ...] = ("default",)
    warm_up: timedelta = timedelta()  # silence sent ahead, for amplifiers that wake on signal
    latency: timedelta | None = None  # from sample handed over to sound; None: estimated from the device


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """`[speech]`. Voices in order of preference: the first that works speaks."""

    voices: tuple[str, ...] = ("espeak:vi",)
    region: str = "north"  # how numbers are said: "linh, nghìn" or "lẻ, ngàn"
    words_per_minute: int = 150


@dataclass(frozen=True, slots=True)
class MixSettings:
    """`[mix]`."""

    loudness: float = -16.0  # LUFS, integrated over the clip
    preset: str = "horn"  # "horn" shapes for horn loudspeakers, "flat" leaves the voice as it is
    sentence_pause: timedelta = timedelta(milliseconds=400)
    paragraph_pause: timedelta = timedelta(milliseconds=800)
    chime: str = "default"  # "default", "none", or a sound file in scripts/


@dataclass(frozen=True, slots=True)
class AiringSettings:
    """`[airing]`."""

    grace: timedelta = timedelta(minutes=10)  # later than this an item is missed, not late
    lead: timedelta = timedelta(seconds=5)  # how long ahead an item is cued


@dataclass(frozen=True, slots=True)
class RulesSettings:
    """`[rules]`: what may air when. Emergency bulletins are above them."""

    hours: Mapping[str, tuple[Hours, ...]] = field(
        default_factory=lambda: dict.fromkeys(WEEKDAYS, ((time(5), time(21)),))
    )
    quiet_days: frozenset[date] = frozenset()
    minutes_per_day: int | None = None  # None: without limit
    minutes_per_session: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All of `station.toml`. `origins` maps "table.key" to its line, for every key that is set there."""

    name: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_TIMEZONE))
    language: str = DEFAULT_LANGUAGE
    output: OutputSettings = OutputSettings()
    speech: SpeechSettings = SpeechSettings()
    mix: MixSettings = MixSettings()
    airing: AiringSettings = AiringSettings()
    rules: RulesSettings = field(default_factory=RulesSettings)
    origins: Mapping[str, int] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """Read `station.toml`; raise InputError with every mistake in it."""
    file = TomlFile.read(path)
    settings = _settings(file)
    file.finish()
    return settings


def _settings(file: TomlFile) -> Settings:
    root = file.root
    station = root.table("station")
    settings = Settings(
        name=station.text("name", "", empty=True),
        timezone=_timezone(station),
        language=station.choice("language", LANGUAGES, DEFAULT_LANGUAGE),
        output=_output(root.table("output")),
        speech=_speech(root.table("speech")),
        mix=_mix(root.table("mix")),
        airing=_airing(root.table("airing")),
        rules=_rules(root.table("rules")),
        origins=_origins(file),
    )
    station.no_more()
    root.no_more()
    return settings


def _origins(file: TomlFile) -> dict[str, int]:
    tables = {name: values for name, values in file.root.values.items() if isinstance(values, dict)}
    return {f"{name}.{key}": file.line_of((name, key)) for name, values in tables.items() for key in values}


def _timezone(table: Table) -> ZoneInfo:
    def check(value: Any) -> ZoneInfo | None:
        return ZoneInfo(value) if isinstance(value, str) and value in available_timezones() else None

    return table.get("timezone", check, _('a zone such as "Asia/Ho_Chi_Minh"'), ZoneInfo(DEFAULT_TIMEZONE))


def _output(table: Table) -> OutputSettings:
    default = OutputSettings()
    settings = OutputSettings(
        devices=table.items("devices", _text, _('names of devices, such as "default"'), default.devices),
        warm_up=table.duration("warm_up", default.warm_up, longest=timedelta(minutes=2)),
        latency=_latency(table),
    )
    if not settings.devices:
        table.wrong("devices", _('names of devices, such as "default"'))
    table.no_more()
    return settings


def _latency(table: Table) -> timedelta | None:
    if table.values.get("latency", "auto") == "auto":
        table.choice("latency", ("auto",), "auto")
        return None
    return table.duration("latency", timedelta(), longest=timedelta(seconds=2))


def _speech(table: Table) -> SpeechSettings:
    default = SpeechSettings()
    settings = SpeechSettings(
        voices=table.items("voices", _text, _('names of voices, such as "espeak:vi"'), default.voices),
        region=table.choice("region", ("north", "south"), default.region),
        words_per_minute=table.whole("words_per_minute", 80, 300, default.words_per_minute),
    )
    if not settings.voices:
        table.wrong("voices", _('names of voices, such as "espeak:vi"'))
    table.no_more()
    return settings


def _mix(table: Table) -> MixSettings:
    default = MixSettings()
    longest = timedelta(seconds=10)
    settings = MixSettings(
        loudness=table.number("loudness", -31, -12, default.loudness),
        preset=table.choice("preset", ("horn", "flat"), default.preset),
        sentence_pause=table.duration("sentence_pause", default.sentence_pause, longest=longest),
        paragraph_pause=table.duration("paragraph_pause", default.paragraph_pause, longest=longest),
        chime=table.text("chime", default.chime),
    )
    table.no_more()
    return settings


def _airing(table: Table) -> AiringSettings:
    default = AiringSettings()
    settings = AiringSettings(
        grace=table.duration("grace", default.grace, longest=timedelta(hours=2)),
        lead=table.duration("lead", default.lead, longest=timedelta(minutes=5)),
    )
    if settings.lead < timedelta(seconds=2):
        table.wrong("lead", _("from {low} to {high}").format(low="2s", high="5m"))
    table.no_more()
    return settings


def _rules(table: Table) -> RulesSettings:
    default = RulesSettings()
    settings = RulesSettings(
        hours=_hours(table, default),
        quiet_days=frozenset(table.items("quiet_days", parse_date, _('a date such as "2027-05-31"'), ())),
        minutes_per_day=_limit(table, "minutes_per_day", 24 * 60),
        minutes_per_session=_limit(table, "minutes_per_session", 24 * 60),
    )
    table.no_more()
    return settings


def _hours(table: Table, default: RulesSettings) -> Mapping[str, tuple[Hours, ...]]:
    """Read `hours = ["05:00-21:00"]`, or a table with such a list for each of the days that differ."""
    allowed = _('spans of the day, such as ["05:00-07:00", "16:30-21:00"]')
    if not isinstance(table.values.get("hours"), dict):
        spans = table.items("hours", _span, allowed, None)  # type: ignore[arg-type]  # None: not set
        return default.hours if spans is None else dict.fromkeys(WEEKDAYS, spans)
    days = table.table("hours")
    hours = {day: days.items(day, _span, allowed, default.hours[day]) for day in WEEKDAYS}
    days.no_more()
    return hours


def _span(value: object) -> Hours | None:
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    first, last = parse_time(start.strip()), parse_time(end.strip())
    return (first, last) if dash and first and last and first < last else None


def _limit(table: Table, name: str, most: int) -> int | None:
    return table.whole(name, 1, most) if name in table else table.get(name, lambda _value: None, "", None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def show_settings(settings: Settings) -> dict[str, str]:
    """Return every setting in force as "table.key" → its value as one would write it in `station.toml`."""
    groups = {name: getattr(settings, name) for name in ("output", "speech", "mix", "airing", "rules")}
    shown = {
        "station.name": _show(settings.name),
        "station.timezone": _show(settings.timezone.key),
        "station.language": _show(settings.language),
    }
    for name, group in groups.items():
        shown |= {f"{name}.{key}": _show(getattr(group, key)) for key in group.__dataclass_fields__}
    return shown


def _show(value: object) -> str:  # noqa: PLR0911 - one line a type
    match value:
        case str():
            return f'"{value}"'
        case timedelta():
            return f'"{format_duration(value)}"'
        case None:
            return "-"
        case date():
            return f'"{value.isoformat()}"'
        case (time() as first, time() as last):
            return f'"{first:%H:%M}-{last:%H:%M}"'
        case tuple() | frozenset():
            return "[" + ", ".join(_show(item) for item in (sorted(value) if isinstance(value, frozenset) else value)) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_show(item)}" for key, item in value.items()) + " }"
        case _:
            return str(value)
