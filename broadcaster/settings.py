"""Read `station.toml` into typed values. Defaults are defined once, here; `docs/formats.md` explains each key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.allowed_hours import Hours, read_hours, show_span
from broadcaster.copies_settings import BackupSettings, CopiesSettings, read_backup, read_copies
from broadcaster.i18n import DEFAULT_LANGUAGE, LANGUAGES, _
from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.tomlfile import (
    ID_PATTERN,
    Table,
    TomlFile,
    format_duration,
    read_text,
    write_value,
)
from broadcaster.typed_toml import TYPED, read_day, read_length, read_weekdays
from broadcaster.weekdays import WEEKDAYS

HOLIDAYS = ("none", "tet", "all")
DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """`[output]`. Devices are tried in order; "file" and "silent" are for rehearsals, "default" is the system's."""

    devices: tuple[str, ...] = ("default",)
    warm_up: timedelta = timedelta()  # silence sent first, for amplifiers that switch on with a signal
    latency: timedelta | None = None  # from writing a sample until it sounds; None: estimated from the device
    unmute: bool = False  # a muted device is unmuted before and while something plays; else it is only told


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """`[monitor]`: where people at the station hear what they want to check."""

    device: str = ""  # never one of the outputs; empty: only on the outputs, see `office.listening`


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """`[speech]`. Voices in order of preference: the first that works is used."""

    voices: tuple[str, ...] = ("espeak:vi",)
    region: str = "north"  # how numbers are said: "linh, nghìn" or "lẻ, ngàn"
    words_per_minute: int = 150


@dataclass(frozen=True, slots=True)
class MixSettings:
    """`[mix]`."""

    loudness: float = -16.0  # LUFS, integrated over the clip
    preset: str = "horn"  # "horn" filters for horn loudspeakers, "flat" leaves the voice unchanged
    sentence_pause: timedelta = timedelta(milliseconds=400)
    paragraph_pause: timedelta = timedelta(milliseconds=800)
    chime: str = "default"  # "default", "none", or a sound file in scripts/


@dataclass(frozen=True, slots=True)
class AiringSettings:
    """`[airing]`."""

    grace: timedelta = timedelta(minutes=10)  # an item that would begin later than this is missed
    lead: timedelta = timedelta(seconds=5)  # how long before its start an item is cued


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


@dataclass(frozen=True, slots=True)
class ApprovalSettings:
    """`[approval]`: whether a text must be approved before it airs, and by whom."""

    required: bool = False  # only approved texts air
    four_eyes: bool = True  # the author of a text may not approve it


@dataclass(frozen=True, slots=True)
class Settings:
    """All of `station.toml`. `origins` maps "table.key" to its line, for every key that is set there."""

    name: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_TIMEZONE))
    language: str = DEFAULT_LANGUAGE
    output: OutputSettings = OutputSettings()
    monitor: MonitorSettings = MonitorSettings()
    speech: SpeechSettings = SpeechSettings()
    mix: MixSettings = MixSettings()
    airing: AiringSettings = AiringSettings()
    rules: RulesSettings = field(default_factory=RulesSettings)
    approval: ApprovalSettings = ApprovalSettings()
    backup: BackupSettings = field(default_factory=BackupSettings)
    copies: CopiesSettings = field(default_factory=CopiesSettings)
    topics: Mapping[str, str] = field(default_factory=dict)  # `[topics]`: slug → title for people
    origins: Mapping[str, int] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """Read `station.toml`; raise InputError with every mistake in it."""
    return parse_settings(path, read_text(path))


def parse_settings(path: Path, text: str) -> Settings:
    """Return the settings that a file at `path` with this text has; raise InputError with every mistake in it."""
    file = TomlFile(path, text, grammar=TYPED)
    settings = _settings(file)
    file.finish()
    return settings


def _settings(file: TomlFile) -> Settings:
    root = file.root
    station = root.table("station")
    output = _output(root.table("output"))
    settings = Settings(
        name=station.text("name", "", empty=True),
        timezone=_timezone(station),
        language=station.choice("language", LANGUAGES, DEFAULT_LANGUAGE),
        output=output,
        monitor=_monitor(root.table("monitor"), output),
        speech=_speech(root.table("speech")),
        mix=_mix(root.table("mix")),
        airing=_airing(root.table("airing")),
        rules=_rules(root.table("rules")),
        approval=_approval(root.table("approval")),
        backup=read_backup(root.table("backup")),
        copies=read_copies(root.table("copies")),
        topics=_topics(root.table("topics")),
        origins=_origins(file),
    )
    station.report_unknown_keys()
    root.report_unknown_keys()
    return settings


def _topics(table: Table) -> dict[str, str]:
    """Read `[topics]`: the titles that reports print, by the slugs that scripts name."""
    for slug in table.values:
        if not ID_PATTERN.fullmatch(slug):
            table.report(slug, _('the name of a topic is a-z, 0-9 and "-", 1 to 64 characters'))
    found = {slug: table.text(slug) for slug in table.values}
    table.report_unknown_keys()
    return found


def _origins(file: TomlFile) -> dict[str, int]:
    tables = {name: values for name, values in file.root.values.items() if isinstance(values, dict)}
    return {f"{name}.{key}": file.line_of((name, key)) for name, values in tables.items() for key in values}


def _timezone(table: Table) -> ZoneInfo:
    return table.get("timezone", _zone, _('a zone such as "Asia/Ho_Chi_Minh"'), ZoneInfo(DEFAULT_TIMEZONE))


def _zone(value: object) -> ZoneInfo | None:
    """Return the zone of that name, or None; comparing with the list of all zones would be slow."""
    try:
        return ZoneInfo(value) if isinstance(value, str) and value else None
    except (KeyError, ValueError, OSError):  # no such zone, a path outside the database, a folder in it
        return None


def _output(table: Table) -> OutputSettings:
    default = OutputSettings()
    settings = OutputSettings(
        devices=table.items("devices", _text, _('names of devices, such as "default"'), default.devices),
        warm_up=table.duration("warm_up", default.warm_up, longest=timedelta(minutes=2)),
        latency=_latency(table),
        unmute=table.flag("unmute", default.unmute),
    )
    table.report_unknown_keys()
    return settings


def _monitor(table: Table, output: OutputSettings) -> MonitorSettings:
    """Read `[monitor]`; the default device is no device of one's own, for it may become the one of the loudspeakers."""
    allowed = _('the name of a device, such as "Tai nghe", that is not in [output] and not "default"')
    outputs = {"default", *(name.casefold() for name in output.devices if name not in NO_LOUDSPEAKERS)}

    def check(value: object) -> str | None:
        name = "" if value == "" else _text(value)
        return None if name is None or name.casefold() in outputs else name

    settings = MonitorSettings(device=table.get("device", check, allowed, ""))
    table.report_unknown_keys()
    return settings


def _latency(table: Table) -> timedelta | None:
    longest = timedelta(seconds=2)

    def check(value: object) -> tuple[timedelta | None] | None:
        length = read_length(value)
        if value == "auto" or (length is not None and length <= longest):
            return (length,)
        return None

    auto: tuple[timedelta | None] = (None,)
    return table.get("latency", check, _('"auto", or a length of time such as "40ms", at most 2s'), auto)[0]


def _speech(table: Table) -> SpeechSettings:
    default = SpeechSettings()
    settings = SpeechSettings(
        voices=table.items("voices", _text, _('names of voices, such as "espeak:vi"'), default.voices),
        region=table.choice("region", ("north", "south"), default.region),
        words_per_minute=table.whole("words_per_minute", 80, 300, default.words_per_minute),
    )
    table.report_unknown_keys()
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
    table.report_unknown_keys()
    return settings


def _airing(table: Table) -> AiringSettings:
    default = AiringSettings()
    settings = AiringSettings(
        grace=table.duration("grace", default.grace, longest=timedelta(hours=2)),
        lead=table.duration("lead", default.lead, longest=timedelta(minutes=5)),
    )
    if settings.lead < timedelta(seconds=2):
        table.wrong("lead", table.values["lead"], _("from {low} to {high}").format(low="2s", high="5m"))
    table.report_unknown_keys()
    return settings


def _rules(table: Table) -> RulesSettings:
    default = _preset(table)
    day_names = _("days of the week: {days}").format(days=", ".join(f'"{day}"' for day in WEEKDAYS))
    groups, day = table.items("days", read_weekdays, day_names, ()), _('a date such as "2027-05-31"')
    days = {WEEKDAYS[number - 1] for group in groups for number in group} or set(default.days)
    settings = RulesSettings(
        preset=default.preset,
        days=tuple(day for day in WEEKDAYS if day in days),
        hours=read_hours(table, default.hours),
        quiet_days=frozenset(table.items("quiet_days", read_day, day, (), empty=True)),
        quiet_holidays=table.choice("quiet_holidays", HOLIDAYS, default.quiet_holidays),
        sessions_per_day=_limit(table, "sessions_per_day", 48, default.sessions_per_day),
        minutes_per_day=_limit(table, "minutes_per_day", 24 * 60, default.minutes_per_day),
        minutes_per_session=_limit(table, "minutes_per_session", 24 * 60, default.minutes_per_session),
        same_script_gap=table.duration("same_script_gap", default.same_script_gap, longest=timedelta(days=1)),
    )
    table.report_unknown_keys()
    return settings


def _preset(table: Table) -> RulesSettings:
    """Return the default rules: those of the preset, if one is named. Most stations name none."""
    known = presets() if "preset" in table else {}
    name = table.choice("preset", tuple(known), "")
    return known[name].rules if name else RulesSettings()


def presets() -> dict[str, Preset]:
    """Return the presets shipped with the program, by name."""
    file = TomlFile.read(Path(__file__).with_name("presets.toml"))
    found = {name: _read_preset(name, file.root.table(name)) for name in file.root.values}
    file.finish()
    return found


def _read_preset(name: str, table: Table) -> Preset:
    keys = frozenset(table.table("rules").values)
    stated, partly = (frozenset(table.items(part, _text, "", ())) for part in ("stated", "partly"))
    rules = replace(_rules(table.table("rules")), preset=name)
    return Preset(name, table.text("source"), rules, keys, stated, partly)


def _approval(table: Table) -> ApprovalSettings:
    default = ApprovalSettings()
    settings = ApprovalSettings(
        required=table.flag("required", default.required), four_eyes=table.flag("four_eyes", default.four_eyes)
    )
    table.report_unknown_keys()
    return settings


def _limit(table: Table, name: str, most: int, default: int | None) -> int | None:
    return table.whole(name, 1, most, default or 0) or None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def show_settings(settings: Settings) -> dict[str, str]:
    """Return every setting in force: "table.key" → its value as written in `station.toml`, "-" for none."""
    tables = ("output", "monitor", "speech", "mix", "airing", "rules", "approval", "backup", "copies")
    groups = {name: getattr(settings, name) for name in tables}
    shown = {
        "station.name": _show(settings.name),
        "station.timezone": _show(settings.timezone.key),
        "station.language": _show(settings.language),
    }
    for name, group in groups.items():
        shown |= {f"{name}.{key}": _show(getattr(group, key)) for key in group.__dataclass_fields__}
    shown |= {f"topics.{slug}": _show(title) for slug, title in settings.topics.items()}
    if settings.output.latency is None:
        shown["output.latency"] = _show("auto")
    return shown


def _show(value: object) -> str:
    match value:
        case timedelta():
            return write_value(format_duration(value))
        case None:
            return "-"
        case date():
            return write_value(value.isoformat())
        case (time() as first, time() as last):
            return write_value(show_span((first, last)))
        case frozenset():
            return _show(tuple(sorted(value)))
        case tuple():
            return "[" + ", ".join(map(_show, value)) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_show(item)}" for key, item in value.items()) + " }"
        case _:
            return write_value(value)
