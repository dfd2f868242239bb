"""Read the timetable from a spreadsheet: one row for each slot and each campaign, headings and words in Vietnamese.

`broadcaster schedule export` writes this layout and `import` reads it. Reading is as strict as for the campaign files:
every bad cell is reported, by sheet, row and column, and nothing is accepted unless all of it is valid. Mistakes that
concern more than one cell (a slot outside its campaign) are found by the reader of the files, and reported at a cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Campaign, Slot, YearDay
from broadcaster.schedule import typed_dates
from broadcaster.schedule.campaign_edit import campaign_text
from broadcaster.schedule.sheets.cells import (
    parse_boundary,
    parse_choice,
    parse_exceptions,
    parse_gap,
    parse_ids,
    parse_name,
    parse_pauses,
    parse_text,
    parse_times,
    parse_weekdays,
    parse_weights,
    parse_whole,
    show_cell,
)
from broadcaster.schedule.sheets.grid import Formula, Grid, Value, read_grids
from broadcaster.schedule.timetable import MOST_REPEATS, parse_campaign
from broadcaster.schedule.typed_doubts import doubt
from broadcaster.schedule.typed_words import CLASS_WORDS, ORDER_WORDS
from broadcaster.tomlfile import did_you_mean, format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from broadcaster.models import Boundary

T = TypeVar("T")

SLOTS, CAMPAIGNS, HELP = "Khung phát", "Đợt", "Hướng dẫn"
AT = "Giờ"
SLOT_HEADINGS = {
    "campaign": "Mã đợt",
    "id": "Mã khung phát",
    "at": AT,
    "days": "Ngày trong tuần",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "scripts": "Bài phát",
    "order": "Cách phát",
    "weights": "Trọng số",
    "repeat": "Số lần đọc",
    "gap": "Nghỉ giữa",
    "class": "Loại bản tin",
    "except": "Trừ ngày",
    "paused": "Tạm dừng",
}
CAMPAIGN_HEADINGS = {
    "campaign": "Mã đợt",
    "title": "Tên đợt",
    "source": "Công văn",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "except": "Trừ ngày",
    "paused": "Tạm dừng",
}
ORDERS, CLASSES = ORDER_WORDS, CLASS_WORDS

_IDS = N_('a-z, 0-9 and "-", 1 to 64 characters, such as "sang"')
_TIMES = N_("a time of day such as 05:30 or 5h30")
_WEEKDAYS = N_("weekdays such as T2-T6, CN")
_BOUNDARIES = N_("a day such as 15/05 (every year) or 15/05/2027 (that year only)")
_LENGTHS = N_("a length of time such as 20s, at most 10m")
_OFF = N_("days such as 07/05/2027, single airings such as 07/05/2027 17:00")
_DAYS_OFF = N_("days such as 07/05/2027")
_PAUSED = N_("such as 03/05/2027 - 05/05/2027; từ 20/05/2027")
_WEIGHTS = N_("scripts and numbers from 1 to 20, such as thong-diep-1=2")
_ALL_YEAR = YearDay(1, 1), YearDay(12, 31)
_AT_HEADING = re.compile(r"(?:gio|at)(?: ?\d+)?")


@dataclass(frozen=True, slots=True)
class TimetableSheet:
    """The content of a spreadsheet: campaigns (without their slots) by id, and the slots of each campaign."""

    path: Path
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    slots: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of slots."""
        return sum(map(len, self.slots.values()))


def read_sheet(path: Path, existing: Mapping[str, Campaign], scripts: Collection[str]) -> TimetableSheet:
    """Read a spreadsheet. `existing` are the station's campaigns, `scripts` the ids of its scripts.

    Raise InputError with every mistake in it.
    """
    problems: list[Problem] = []
    heads, slots = _sheets(read_grids(path))
    campaigns = _CampaignRows(heads, problems).read() if heads else {}
    found = _SlotRows(slots, problems, scripts, {**existing, **campaigns}).read() if slots else {}
    if problems:
        raise InputError(*problems)
    return TimetableSheet(path, campaigns, found)


def _sheets(grids: Sequence[Grid]) -> tuple[Grid | None, Grid | None]:
    """Return the sheet of campaigns and the sheet of slots; raise InputError for unknown sheets."""
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        raise InputError(Problem(_("the file is empty"), path=grids[0].path if grids else None))
    if len(filled) == 1 and typed_dates.fold(filled[0].name) != typed_dates.fold(CAMPAIGNS):
        return None, filled[0]
    by_name = {typed_dates.fold(grid.name): grid for grid in filled}
    known = [typed_dates.fold(name) for name in (CAMPAIGNS, SLOTS, HELP)]
    if odd := [grid.name for name, grid in by_name.items() if name not in known]:
        what = _('the sheet "{name}" is not known').format(name=odd[0])
        todo = _('the sheets are "{campaigns}" and "{slots}"; take others out').format(campaigns=CAMPAIGNS, slots=SLOTS)
        raise InputError(Problem(what, todo, filled[0].path))
    return by_name.get(known[0]), by_name.get(known[1])


class _RowReader:
    """Reads the rows below a row of headings, and notes every cell that is not understood."""

    headings: Mapping[str, str]
    required: tuple[str, ...]

    def __init__(self, grid: Grid, problems: list[Problem]) -> None:
        self.grid = grid
        self.problems = problems
        self.head, cells = grid.rows[0]
        self.columns: list[str | None] = []
        self.names = [str(cell) if isinstance(cell, str | int | float) else "" for cell in cells]
        for number, cell in enumerate(cells):
            self.columns.append(self._key(number, cell))
        self._check_headings()

    def _key(self, number: int, cell: object) -> str | None:
        """Return the key that a heading names; None if it is blank, or unknown and noted."""
        if cell is None:
            return None
        text = typed_dates.fold(str(cell))
        if "at" in self.headings and _AT_HEADING.fullmatch(text):
            return "at"
        known = {typed_dates.fold(heading): key for key, heading in self.headings.items()}
        key = known.get(text, text if text in self.headings else None)
        if key is None:
            shown = did_you_mean(str(cell), list(self.headings.values()), _("headings: {known}"))
            self.note(self.head, number, _('unknown heading "{name}"').format(name=cell), shown)
        elif key in self.columns:
            self.note(self.head, number, _('the heading "{name}" occurs twice').format(name=cell))
        return key

    def _check_headings(self) -> None:
        for key in self.required:
            if key not in self.columns:
                what = _('there is no column "{name}"').format(name=self.headings[key])
                todo = _("start from: broadcaster schedule template FILE")
                self.note(self.head, len(self.columns), what, todo)

    @property
    def complete(self) -> bool:
        """Whether every required column exists."""
        return all(key in self.columns for key in self.required)

    def note(self, row: int, column: int, what: str, todo: str = "") -> None:
        """Note a mistake in a cell."""
        heading = self.names[column] if column < len(self.names) and row != self.head else ""
        self.problems.append(self.grid.problem(row, column, what, todo, heading))

    def note_key(self, row: int, key: str, what: str, todo: str = "") -> None:
        """Note a mistake in the cell of that key; in the row's first cell if there is no such column."""
        self.note(row, self.columns.index(key) if key in self.columns else 0, what, todo)

    def cells(self, row: int, values: Sequence[Value | Formula], key: str) -> list[tuple[int, Value]]:
        """Return the filled cells of a key, each with its column; formulas are noted and left out."""
        found: list[tuple[int, Value]] = []
        for column, name in enumerate(self.columns[: len(values)]):
            value = values[column]
            if name != key or value is None:
                continue
            if isinstance(value, Formula):
                self.note(row, column, _("this is a formula"), _("write its value"))
            else:
                found.append((column, value))
        return found

    def value(
        self, row: int, values: Sequence[Value | Formula], key: str, parse: Callable[[Value], T | None], allowed: str
    ) -> T | None:
        """Return the meaning of a key's cell; None if it is blank, or not understood and noted."""
        for column, value in self.cells(row, values, key):
            meaning = parse(value)
            if meaning is None:
                self.wrong(row, column, value, allowed)
            return meaning
        if key in self.required and not any(
            name == key and isinstance(value, Formula) for name, value in zip(self.columns, values, strict=False)
        ):
            self.note_key(row, key, _("is missing"), _("allowed: {allowed}").format(allowed=_(allowed)))
        return None

    def boundary(self, row: int, values: Sequence[Value | Formula], key: str) -> Boundary | None:
        """Return a first or last day, as `value` does."""
        return cast("Boundary | None", self.value(row, values, key, parse_boundary, _BOUNDARIES))

    def wrong(self, row: int, column: int, value: Value, allowed: str) -> None:
        """Note that a value is not allowed there."""
        found = _("found {found}").format(found=show_cell(value))
        todo = _("allowed: {allowed}").format(allowed=_(allowed))
        self.note(row, column, found, doubt(value) or todo if isinstance(value, str) else todo)

    def check_width(self, row: int, values: Sequence[Value | Formula]) -> None:
        """Note values in columns without a heading."""
        for column, value in enumerate(values):
            if value is not None and (column >= len(self.columns) or self.names[column] == ""):
                shown = value.text if isinstance(value, Formula) else show_cell(value)
                self.note(row, column, _("{found} is not below a heading").format(found=shown))


class _CampaignRows(_RowReader):
    """Reads the sheet of campaigns."""

    headings = CAMPAIGN_HEADINGS
    required = ("campaign", "title", "from", "to")

    def read(self) -> dict[str, Campaign]:
        """Return the campaigns, without slots, by id."""
        found: dict[str, Campaign] = {}
        for row, values in self.grid.rows[1:] if self.complete else ():
            self.check_width(row, values)
            before = len(self.problems)
            campaign = self._campaign(row, values)
            if campaign.id in found:
                self.note_key(row, "campaign", _('"{id}" is given twice').format(id=campaign.id))
            if len(self.problems) == before:
                _note_file_problems(self, row, campaign, {})
                found[campaign.id] = campaign
        return found

    def _campaign(self, row: int, values: Sequence[Value | Formula]) -> Campaign:
        id_ = self.value(row, values, "campaign", parse_name, _IDS) or ""
        start, end = self.boundary(row, values, "from"), self.boundary(row, values, "to")
        off = self.value(row, values, "except", parse_exceptions, _DAYS_OFF) or ()
        if any(isinstance(found, tuple) for found in off):
            self.note_key(row, "except", _("this is a time"), _("allowed: {allowed}").format(allowed=_(_DAYS_OFF)))
        return Campaign(
            id=id_,
            title=self.value(row, values, "title", parse_text, N_("text")) or "",
            path=Path(f"{id_}.toml"),
            start=start or _ALL_YEAR[0],
            end=end or _ALL_YEAR[1],
            slots=(),
            source=self.value(row, values, "source", parse_text, N_("text")) or "",
            exceptions=frozenset(found for found in off if isinstance(found, date)),
            pauses=self.value(row, values, "paused", parse_pauses, _PAUSED) or (),
        )


class _SlotRows(_RowReader):
    """Reads the sheet of slots."""

    headings = SLOT_HEADINGS
    required = ("campaign", "id", "at", "scripts")

    def __init__(
        self, grid: Grid, problems: list[Problem], scripts: Collection[str], campaigns: Mapping[str, Campaign]
    ) -> None:
        super().__init__(grid, problems)
        self.scripts = scripts
        self.campaigns = campaigns

    def read(self) -> dict[str, tuple[Slot, ...]]:
        """Return the slots by campaign, in the order of their rows."""
        found: dict[str, list[Slot]] = {}
        seen: dict[tuple[str, str], int] = {}
        for row, values in self.grid.rows[1:] if self.complete else ():
            self.check_width(row, values)
            before = len(self.problems)
            campaign = self._campaign(row, values)
            slot = self._slot(row, values)
            name = (campaign.id if campaign else "", slot.id)
            if name in seen and all(name):
                what = _("row {row} is {name} too").format(row=seen[name], name="/".join(name))
                self.note_key(row, "id", what, _("give each slot a different id"))
            seen.setdefault(name, row)
            if len(self.problems) == before and campaign:
                _note_file_problems(self, row, replace(campaign, slots=(slot,)), self._columns_of(values))
                found.setdefault(campaign.id, []).append(slot)
        return {id_: tuple(slots) for id_, slots in found.items()}

    def _columns_of(self, values: Sequence[Value | Formula]) -> dict[str, int]:
        """Return the first column of each key that has a value in a row."""
        filled = [
            (name, number) for number, name in enumerate(self.columns[: len(values)]) if values[number] is not None
        ]
        return {name: number for name, number in reversed(filled) if name}

    def _campaign(self, row: int, values: Sequence[Value | Formula]) -> Campaign | None:
        id_ = self.value(row, values, "campaign", parse_name, _IDS)
        if id_ is None or id_ in self.campaigns:
            return self.campaigns.get(id_ or "")
        todo = did_you_mean(id_, self.campaigns, _("there are: {known}"))
        self.note_key(row, "campaign", _('there is no campaign "{id}"').format(id=id_), todo)
        return None

    def _slot(self, row: int, values: Sequence[Value | Formula]) -> Slot:
        def value(key: str, parse: Callable[[Value], T | None], allowed: str) -> T | None:
            return self.value(row, values, key, parse, allowed)

        off = value("except", parse_exceptions, _OFF) or ()
        scripts = self._scripts(row, values)
        orders, classes = parse_choice(ORDERS), parse_choice(CLASSES)
        given: dict[str, Any] = {
            "days": value("days", parse_weekdays, _WEEKDAYS),
            "order": value("order", orders, ", ".join(ORDERS.values())),
            "repeat": value("repeat", parse_whole(MOST_REPEATS), N_("a whole number from 1 to 20")),
            "gap": value("gap", parse_gap, _LENGTHS),
            "bulletin_class": value("class", classes, ", ".join(CLASSES.values())),
            "pauses": value("paused", parse_pauses, _PAUSED),
        }
        slot = Slot(
            id=value("id", parse_name, _IDS) or "",
            at=self._times(row, values),
            scripts=scripts,
            start=self.boundary(row, values, "from"),
            end=self.boundary(row, values, "to"),
            exceptions=frozenset(found for found in off if isinstance(found, date)),
            skips=frozenset(found for found in off if isinstance(found, tuple)),
            weights=self._weights(row, values, scripts),
        )
        return replace(slot, **{key: found for key, found in given.items() if found is not None})

    def _times(self, row: int, values: Sequence[Value | Formula]) -> tuple[time, ...]:
        times: list[time] = []
        cells = self.cells(row, values, "at")
        for column, value in cells:
            found = parse_times(value)
            if found is None:
                self.wrong(row, column, value, _TIMES)
            for at in found or ():
                if at in times:
                    self.note(row, column, _("{value} is given twice").format(value=format_time(at)))
                times.append(at)
        if not cells and not self._has_formula(values, "at"):
            self.note_key(row, "at", _("is missing"), _("allowed: {allowed}").format(allowed=_(_TIMES)))
        return tuple(times)

    def _has_formula(self, values: Sequence[Value | Formula], key: str) -> bool:
        pairs = zip(self.columns, values, strict=False)
        return any(name == key and isinstance(value, Formula) for name, value in pairs)

    def _scripts(self, row: int, values: Sequence[Value | Formula]) -> tuple[str, ...]:
        found = self.value(row, values, "scripts", parse_ids, N_("ids of scripts, parted by commas")) or ()
        for script in dict.fromkeys(found):
            if script not in self.scripts:
                todo = did_you_mean(script, self.scripts, _("scripts: {known}"))
                self.note_key(row, "scripts", _('there is no script "{script}"').format(script=script), todo)
        return found

    def _weights(self, row: int, values: Sequence[Value | Formula], scripts: Sequence[str]) -> tuple[int, ...]:
        typed = self.value(row, values, "weights", parse_weights, _WEIGHTS) or {}
        for script in typed:
            if script not in scripts:
                todo = did_you_mean(script, scripts, _("scripts: {known}"))
                self.note_key(row, "weights", _('the slot has no script "{script}"').format(script=script), todo)
        found = tuple(typed.get(script, 1) for script in scripts)
        return found if len(set(found)) > 1 else ()


def _note_file_problems(reader: _RowReader, row: int, campaign: Campaign, columns: Mapping[str, int]) -> None:
    """Check a row with the reader of the campaign files, and note its problems at their cells."""
    try:
        parse_campaign(campaign.path, campaign_text(campaign))
    except InputError as error:
        for problem in error.problems:
            key = problem.key.removeprefix("slot.").partition(".")[0]
            key = key if key in reader.columns else "campaign"
            column = columns.get(key, reader.columns.index(key))
            reader.note(row, column, problem.what, problem.todo)
