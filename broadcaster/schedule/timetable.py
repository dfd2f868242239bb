"""Read `schedules/*.toml`, one campaign in each file: strictly, reporting every mistake at once, skipping nothing.

What a file may contain is defined here and explained in `docs/formats.md`; the values are those of `models.Campaign`.
`campaign_edit.py` changes the files.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import N_, _
from broadcaster.models import Boundary, Campaign, DayRange, MovedFrom, Order, Slot, YearDay
from broadcaster.schedule.season import fits, ranges, touches
from broadcaster.script_ids import parse_script_id, parse_version
from broadcaster.tomlfile import (
    REQUIRED,
    Table,
    TomlFile,
    format_time,
    parse_date,
    parse_id,
    parse_time,
    read_text,
    show_value,
)
from broadcaster.typed_clock import split_moment
from broadcaster.typed_toml import TYPED, read_boundary, read_day, read_time, read_weekdays
from broadcaster.typed_words import CLASSES_ALLOWED, ORDERS_ALLOWED, parse_class, parse_order
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

MOST_REPEATS = 20
MOST_WEIGHT = 20
LONGEST_GAP = timedelta(minutes=10)
LONGEST_OVER_NEW_YEAR = timedelta(days=300)
"""A yearly range over the new year that is longer than this is taken for a range with its ends swapped."""

_DEFAULTS = Slot("", (), ())
_LEAP_YEAR = 2024
_ALL_YEAR = YearDay(1, 1), YearDay(12, 31)
T = TypeVar("T")

_SCRIPTS = N_('a list of ids (a-z, 0-9 and "-", 1 to 64 characters), such as ["thong-diep-1"]')
_VERSIONS = N_('a list of versions in their order, such as ["vi", "hmong"]; "vi" is the text itself')
_EXCEPTIONS = N_('dates such as ["2027-05-07"], single airings such as ["2027-05-07 17:00"]')

Skip = tuple[date, time]
"""One airing of a slot: its day and its time of day."""


def read_campaign(path: Path) -> Campaign:
    """Read one campaign; its id is the file's name without ".toml". Raise InputError with every mistake in it."""
    return parse_campaign(path, read_text(path))


def read_campaigns(folder: Path) -> tuple[dict[str, Campaign], tuple[Problem, ...]]:
    """Read the campaigns in a folder. Return the valid ones by id, and every mistake in the others.

    A folder that is not there, or cannot be read, is a problem whose path is the folder.
    """
    try:
        paths = list_files(folder)
    except InputError as error:
        return {}, error.problems
    campaigns: dict[str, Campaign] = {}
    problems: list[Problem] = []
    for path in paths:
        if not path.name.lower().endswith((".toml", ".toml.txt")):
            continue  # notes, backups
        try:
            campaigns[path.stem] = read_campaign(path)
        except InputError as error:
            problems += error.problems
    return campaigns, tuple(problems)


def parse_campaign(path: Path, text: str) -> Campaign:
    """Read a campaign from `text`, the present or future content of the file `path`; as `read_campaign`."""
    file = TomlFile(path, text, grammar=TYPED)
    _check_name(file)
    root = file.root
    start, end = _range(root)
    tables = root.tables("slot")
    campaign = Campaign(
        id=path.stem,
        title=root.text("title"),
        path=path,
        start=start,
        end=end,
        slots=tuple(map(_slot, tables)),
        source=root.text("source", "", empty=True),
        group=_group(root),
        exceptions=frozenset(root.items("except", read_day, _('dates such as ["2027-05-07"]'), (), empty=True)),
        pauses=_pauses(root),
        versions=_versions(root),
    )
    root.report_unknown_keys()
    _check_off(root, campaign.exceptions, campaign.pauses, campaign)
    for table, slot in zip(tables, campaign.slots, strict=True):
        _check_days(table, slot, campaign)
    _check_twins(tables, campaign.slots)
    file.finish()
    return campaign


def parse_exception(value: object) -> date | Skip | None:
    """Return the day of "2027-05-07" or the single airing of "2027-05-07 17:00"; None if it is neither."""
    if isinstance(value, datetime):
        at = parse_time(value.time()) if value.tzinfo is None else None
        return None if at is None else (value.date(), at)
    if not isinstance(value, str):
        return parse_date(value)
    day, at = split_moment(value) or (value, None)
    found = read_day(day)
    return found if found is None or at is None else (found, at)


def show_skip(skip: Skip) -> str:
    """Return one airing as it is written in a file: "2027-05-07 17:00"."""
    return f"{skip[0].isoformat()} {format_time(skip[1])}"


def parse_moved_from(value: object) -> MovedFrom | None:
    """Return the moved airing of "thong-diep@2027-05-07 17:00"; None if it is none."""
    slot, _at, moment = value.partition("@") if isinstance(value, str) else ("", "", "")
    airing = parse_exception(moment)
    id_ = parse_id(slot)
    return MovedFrom(id_, *airing) if id_ and isinstance(airing, tuple) else None


def show_moved_from(moved: MovedFrom) -> str:
    """Return a moved airing as it is written in a file."""
    return f"{moved.slot}@{show_skip((moved.day, moved.at))}"


def parse_pause(value: object) -> DayRange | None:
    """Return the days of ["2027-05-03", "2027-05-05"], or from ["2027-05-03"] on; None if it is neither."""
    if not isinstance(value, list) or len(value) not in (1, 2):
        return None
    first, last = read_day(value[0]), read_day(value[1]) if len(value) == 2 else date.max
    return None if first is None or last is None or last < first else (first, last)


def parse_weight(text: str) -> tuple[str, int] | None:
    """Return the script and the weight of "thong-diep-1=2", as it is typed; None for any other text."""
    script, _equals, number = (part.strip() for part in text.partition("="))
    good = parse_script_id(script) and re.fullmatch(r"[0-9]{1,2}", number) and 1 <= int(number) <= MOST_WEIGHT
    return (script, int(number)) if good else None


def show_pause(pause: DayRange) -> list[str]:
    """Return a pause as it is written in a file."""
    return [day.isoformat() for day in pause if day != date.max]


def show_boundary(day: Boundary) -> str:
    """Return a day as it is written in a file: "2027-05-01" or "05-01"."""
    return f"{day.month:02}-{day.day:02}" if isinstance(day, YearDay) else day.isoformat()


def boundary_text(day: Boundary) -> str:
    """Return a day in the reader's way, with or without its year: "01/05/2027", "01/05" in Vietnamese."""
    if isinstance(day, date):
        return day.strftime(_("%Y-%m-%d"))
    return day.in_year(_LEAP_YEAR).strftime(_("%m-%d"))  # 29 February must exist in it


def _check_name(file: TomlFile) -> None:
    path = file.path
    if path.suffix != ".toml" or not parse_id(path.stem):
        what = _("found the file name {found}").format(found=show_value(path.name))
        todo = _('allowed: a-z, 0-9 and "-", 1 to 64 characters, then ".toml"')
        file.problems.append(Problem(what, todo, path))


def _range(table: Table) -> tuple[Boundary, Boundary]:
    """Read the campaign's `from` and `to`; if they are wrong, return the whole year, to avoid follow-on mistakes."""
    start, end = _boundary(table, "from", REQUIRED), _boundary(table, "to", REQUIRED)
    if start is None or end is None or not _check_order(table, start, end):
        return _ALL_YEAR
    return start, end


def _boundary(table: Table, name: str, default: Boundary | None) -> Boundary | None:
    allowed = _('"05-01" (every year) or "2027-05-01" (that year only)')
    found = table.get(name, read_boundary, allowed, default)
    return found if isinstance(found, (date, YearDay)) else None


def _check_order(table: Table, start: Boundary, end: Boundary) -> bool:
    """Note a `to` that differs from its `from` in having a year, or comes before it. Return whether both are right."""
    place = "to" if "to" in table else "from"
    shown = {"start": boundary_text(start), "end": boundary_text(end)}
    if isinstance(start, YearDay) != isinstance(end, YearDay):
        what = _("from {start} to {end}: only one of them has a year").format(**shown)
        table.report(place, what, _("write both with the year (that year only) or both without (every year)"))
        return False
    first, last = ranges(start, end, range(_LEAP_YEAR, _LEAP_YEAR + 1))[0]
    if last < first:
        table.report(place, _("{end} is before {start}").format(**shown), _("the last day comes after the first"))
        return False
    if last.year > first.year and isinstance(end, YearDay) and last - first > LONGEST_OVER_NEW_YEAR:
        todo = _('over the new year at most {most} days are allowed; the whole year is "01-01" to "12-31"')
        what = _("{end} is before {start}").format(**shown)
        table.report(place, what, todo.format(most=LONGEST_OVER_NEW_YEAR.days))
        return False
    return True


def _slot(table: Table) -> Slot:
    id_ = table.get("id", parse_id, _('a-z, 0-9 and "-", 1 to 64 characters, such as "sang"'))
    at = table.items("at", read_time, _('times of day, such as ["05:30", "17:00"]'))
    scripts = table.items("scripts", parse_script_id, _(_SCRIPTS))
    order = table.get("order", _word(parse_order), _(ORDERS_ALLOWED), _DEFAULTS.order)
    off = table.items("except", parse_exception, _(_EXCEPTIONS), (), empty=True)
    slot = Slot(
        id=id_,
        at=at,
        scripts=scripts,
        days=_days(table),
        order=order,
        repeat=table.whole("repeat", 1, MOST_REPEATS, _DEFAULTS.repeat),
        gap=table.duration("gap", _DEFAULTS.gap, longest=LONGEST_GAP),
        bulletin_class=table.get("class", _word(parse_class), _(CLASSES_ALLOWED), _DEFAULTS.bulletin_class),
        start=_boundary(table, "from", None),
        end=_boundary(table, "to", None),
        exceptions=frozenset(found for found in off if isinstance(found, date)),
        skips=frozenset(found for found in off if isinstance(found, tuple)),
        pauses=_pauses(table),
        weights=_weights(table, scripts, order),
        group=_group(table),
        moved_from=_moved_from(table),
        versions=_versions(table),
    )
    _once(table, "at", slot.at, lambda at: f'"{format_time(at)}"')
    table.report_unknown_keys()
    return slot


def _group(table: Table) -> str:
    return table.get("group", parse_id, _('the id of a [[group]] of station.toml, such as "xa-doai"'), "")


def _versions(table: Table) -> tuple[str, ...]:
    found = table.items("versions", parse_version, _(_VERSIONS), ())
    _once(table, "versions", found, show_value)
    return found


def _moved_from(table: Table) -> MovedFrom | None:
    allowed = _('the slot and the airing that was moved, such as "thong-diep@2027-05-07 17:00"')
    found = table.get("moved_from", parse_moved_from, allowed, None)
    return found if isinstance(found, MovedFrom) else None


def _pauses(table: Table) -> tuple[DayRange, ...]:
    allowed = _('a first and a last day, [["2027-05-03", "2027-05-05"]], or [["2027-05-03"]] without an end')
    return table.items("paused", parse_pause, allowed, (), empty=True)


def _weights(table: Table, scripts: Sequence[str], order: Order) -> tuple[int, ...]:
    """Read the weight of each script in the rotation; () if all are equal."""
    weights = table.table("weights")
    found = {script: weights.whole(script, 1, MOST_WEIGHT, 1) for script in dict.fromkeys(scripts)}
    weights.report_unknown_keys()
    if weights.values and order is not Order.ROTATE:
        table.report("weights", _('weights count only where scripts take turns (order = "rotate")'))
    return tuple(found[script] for script in scripts) if len(set(found.values())) > 1 else ()


def _word(parse: Callable[[str], T | None]) -> Callable[[object], T | None]:
    """Return the parser of a TOML value that must be one of a few words."""
    return lambda value: parse(value) if isinstance(value, str) else None


def _days(table: Table) -> frozenset[int]:
    """Read the days of the week; each item may name several: "mon", "T2", "T2-T6", "cuối tuần"."""
    allowed = _("days of the week: {days}").format(days=", ".join(f'"{day}"' for day in WEEKDAYS))
    found = table.items("days", read_weekdays, allowed, (_DEFAULTS.days,))
    _once(table, "days", [day for days in found for day in sorted(days)], lambda day: f'"{WEEKDAYS[day - 1]}"')
    return frozenset(day for days in found for day in days)


def _once(table: Table, name: str, values: Sequence[T], show: Callable[[T], str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            table.report(name, _("{value} is given twice").format(value=show(value)), _("write it once"))


def _check_days(table: Table, slot: Slot, campaign: Campaign) -> None:
    """Note a slot's range or exceptions that are not inside the campaign."""
    whole = {"first": boundary_text(campaign.start), "last": boundary_text(campaign.end)}
    todo = _("allowed: inside the campaign, {first} to {last}").format(**whole)
    start, end = slot.start or campaign.start, slot.end or campaign.end
    has_own = slot.start is not None or slot.end is not None
    if has_own and _check_order(table, start, end) and not fits(start, end, campaign.start, campaign.end):
        found = _("found {start} to {end}").format(start=boundary_text(start), end=boundary_text(end))
        out = _("{allowed}; or take this moved airing out: broadcaster schedule remove {slot}")
        own = out.format(allowed=todo, slot=f"{campaign.id}/{slot.id}") if slot.moved_from else todo
        table.report("from" if slot.start else "to", found, own)
    _check_off(table, {*slot.exceptions, *(day for day, _at in slot.skips)}, slot.pauses, campaign)
    for skip in sorted(slot.skips):
        if slot.at and skip[1] not in slot.at:
            times = ", ".join(format_time(at) for at in slot.at)
            found = _("found {found}").format(found=show_value(show_skip(skip)))
            todo = _("the slot's times are {times}: write one of them there, or take it out")
            table.report("except", found, todo.format(times=times))


def _check_off(table: Table, days: Collection[date], pauses: Sequence[DayRange], campaign: Campaign) -> None:
    """Note days off that are not inside the campaign: they must be mistakes, because nothing airs then anyway."""
    whole = {"first": boundary_text(campaign.start), "last": boundary_text(campaign.end)}
    todo = _("allowed: inside the campaign, {first} to {last}").format(**whole)
    for day in sorted(days):
        if not fits(day, day, campaign.start, campaign.end):
            table.report("except", _("found {found}").format(found=show_value(day)), todo)
    for pause in pauses:
        if not touches(pause, campaign.start, campaign.end):
            table.report("paused", _("found {found}").format(found=show_value(show_pause(pause))), todo)


def _check_twins(tables: Sequence[Table], slots: Sequence[Slot]) -> None:
    first: dict[str, Table] = {}
    for table, slot in zip(tables, slots, strict=True):
        other = first.setdefault(slot.id, table)
        if other is not table and isinstance(slot.id, str):
            what = _("the slot in line {line} is {found} too").format(line=other.line, found=show_value(slot.id))
            table.report("id", what, _("give each slot a different id"))
