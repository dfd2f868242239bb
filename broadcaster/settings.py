"""Read `station.toml` into typed values. Defaults are defined once, here; `docs/formats.md` explains each key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadcaster.copies_settings import BackupSettings, CopiesSettings, read_backup, read_copies
from broadcaster.group_settings import GroupSettings, read_groups
from broadcaster.i18n import DEFAULT_LANGUAGE, LANGUAGES, _
from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.moments import zone_named
from broadcaster.rules_settings import RulesSettings, read_rules, show_span
from broadcaster.tomlfile import (
    ID_PATTERN,
    Table,
    TomlFile,
    format_duration,
    parse_text,
    read_text,
    write_value,
)
from broadcaster.typed_toml import TYPED, read_length

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"
SLOWEST_RATE, FASTEST_RATE = 80, 300  # syllables a minute


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
    words_per_minute: int = 230  # of the syllables that Vietnamese writes as words, see `speech/voices/rate.py`


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
    groups: Mapping[str, GroupSettings] = field(default_factory=dict)  # `[[group]]`, by id
    approval: ApprovalSettings = ApprovalSettings()
    backup: BackupSettings = field(default_factory=BackupSettings)
    copies: CopiesSettings = field(default_factory=CopiesSettings)
    topics: Mapping[str, str] = field(default_factory=dict)  # `[topics]`: slug → title for people
    origins: Mapping[str, int] = field(default_factory=dict)

    @property
    def group_rules(self) -> Mapping[str, RulesSettings]:
        """The rules of each group, by its id."""
        return {id_: group.rules for id_, group in self.groups.items()}

    @property
    def limit_of_a_day(self) -> int | None:
        """The minutes a day that all hear; None for no limit, and where each group of loudspeakers has its own."""
        return None if self.groups else self.rules.minutes_per_day

    def title_of(self, group: str) -> str:
        """Return what people call a group; "" for "", and for one that is not there."""
        return self.groups[group].title if group in self.groups else ""

    def rules_of(self, group: str) -> RulesSettings:
        """Return the rules of a group; those of the station for "", and for one that is not there."""
        return self.groups[group].rules if group in self.groups else self.rules

    @property
    def outputs(self) -> tuple[tuple[str, ...], ...]:
        """The devices of the whole commune, then those of each group, in the order in which they are tried."""
        return self.output.devices, *(group.devices for group in self.groups.values())

    @property
    def all_devices(self) -> tuple[str, ...]:
        """Every device that some loudspeakers hang on, each once."""
        return tuple(dict.fromkeys(name for devices in self.outputs for name in devices))


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
    output, rules = _output(root.table("output")), read_rules(root.table("rules"))
    groups = read_groups(root.tables("group"), output.devices, rules)
    settings = Settings(
        name=station.text("name", "", empty=True),
        timezone=_timezone(station),
        language=station.choice("language", LANGUAGES, DEFAULT_LANGUAGE),
        output=output,
        monitor=_monitor(root.table("monitor"), [*output.devices, *(name for each in groups for name in each.devices)]),
        speech=_speech(root.table("speech")),
        mix=_mix(root.table("mix")),
        airing=_airing(root.table("airing")),
        rules=rules,
        groups={group.id: group for group in groups},
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
    lines = {f"{name}.{key}": file.line_of((name, key)) for name, values in tables.items() for key in values}
    groups = file.root.values.get("group")
    for number, group in enumerate(groups if isinstance(groups, list) else ()):
        for key, value in group.items() if isinstance(group, dict) else ():
            for part in ((key, inner) for inner in value) if isinstance(value, dict) else ((key,),):
                lines[".".join(("group", str(group.get("id")), *part))] = file.line_of(("group", number, *part))
    return lines


def _timezone(table: Table) -> ZoneInfo:
    return table.get("timezone", _zone, _('a zone such as "Asia/Ho_Chi_Minh"'), ZoneInfo(DEFAULT_TIMEZONE))


def _zone(value: object) -> ZoneInfo | None:
    """Return the zone of that name, or None."""
    try:
        return zone_named(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


def _output(table: Table) -> OutputSettings:
    default = OutputSettings()
    settings = OutputSettings(
        devices=table.items("devices", parse_text, _('names of devices, such as "default"'), default.devices),
        warm_up=table.duration("warm_up", default.warm_up, longest=timedelta(minutes=2)),
        latency=_latency(table),
        unmute=table.flag("unmute", default.unmute),
    )
    table.report_unknown_keys()
    return settings


def _monitor(table: Table, output_devices: Sequence[str]) -> MonitorSettings:
    """Read `[monitor]`; the default device is no device of one's own, for it may become the one of the loudspeakers."""
    allowed = _('the name of a device, such as "Tai nghe", that is no output, and not "default"')
    outputs = {"default", *(name.casefold() for name in output_devices if name not in NO_LOUDSPEAKERS)}

    def check(value: object) -> str | None:
        name = "" if value == "" else parse_text(value)
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
        voices=table.items("voices", parse_text, _('names of voices, such as "espeak:vi"'), default.voices),
        region=table.choice("region", ("north", "south"), default.region),
        words_per_minute=_syllables(table, default.words_per_minute),
    )
    table.report_unknown_keys()
    return settings


def _syllables(table: Table, default: int) -> int:
    """Read the rate of speech."""
    allowed = _("a whole number of syllables a minute from {low} to {high}; an announcer says about 230")

    def check(value: object) -> int | None:
        return value if type(value) is int and SLOWEST_RATE <= value <= FASTEST_RATE else None

    return table.get("words_per_minute", check, allowed.format(low=SLOWEST_RATE, high=FASTEST_RATE), default)


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


def _approval(table: Table) -> ApprovalSettings:
    default = ApprovalSettings()
    settings = ApprovalSettings(
        required=table.flag("required", default.required), four_eyes=table.flag("four_eyes", default.four_eyes)
    )
    table.report_unknown_keys()
    return settings


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
    for id_, group in settings.groups.items():
        shown |= {f"group.{id_}.title": _show(group.title), f"group.{id_}.devices": _show(group.devices)}
        rules = {key: getattr(group.rules, key) for key in group.rules.__dataclass_fields__}
        own = {key: value for key, value in rules.items() if value != getattr(settings.rules, key)}
        shown |= {f"group.{id_}.rules.{key}": _show(value) for key, value in own.items()}
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
