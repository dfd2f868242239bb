"""Read the sheet of slots: one row for each.

A column that is not there says nothing: what a slot has of it stays. A cell that is empty says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from broadcaster.errors import Problem
from broadcaster.group_settings import GroupSettings, group_of_slot
from broadcaster.i18n import N_, _
from broadcaster.models import Slot
from broadcaster.schedule.days_off import carry_skips, named_no_more, without_kept_outside
from broadcaster.schedule.plan import moved_away
from broadcaster.schedule.sheets.cells import (
    is_day_or_month,
    is_half_day,
    parse_boundary,
    parse_class,
    parse_exceptions,
    parse_gap,
    parse_ids,
    parse_name,
    parse_order,
    parse_pauses,
    parse_text,
    parse_times,
    parse_versions,
    parse_weekdays,
    parse_weights,
    parse_whole,
    show_cell,
)
from broadcaster.schedule.sheets.row_reader import BOUNDARIES, IDS, PAUSED, VERSIONS, RowReader
from broadcaster.schedule.sheets.sheet_layout import CLASSES, ORDERS, SLOT_HEADINGS
from broadcaster.schedule.slot_scripts import may_air
from broadcaster.schedule.timetable import MOST_REPEATS
from broadcaster.script_ids import todo_for_missing
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import time

    from broadcaster.models import Campaign
    from broadcaster.schedule.days_off import LeftOutBefore
    from broadcaster.schedule.sheets.grid import Content, Grid, Value

T = TypeVar("T")

_TIMES = N_("a time of day such as 05:30 or 5h30")
_WEEKDAYS = N_("weekdays such as T2-T6, CN")
_LENGTHS = N_("a length of time such as 20s, at most 10m")
_OFF = N_("days such as 07/05/2027, single airings such as 07/05/2027 17:00")
_SCRIPTS = N_("ids of scripts, parted by commas")
_WEIGHTS = N_("scripts and numbers from 1 to 20, such as thong-diep-1=2")
_BLANK = Slot("", (), ())
_SIMPLE: dict[str, tuple[str, Callable[[Value], Any], str]] = {
    "days": ("days", parse_weekdays, _WEEKDAYS),
    "from": ("start", parse_boundary, BOUNDARIES),
    "to": ("end", parse_boundary, BOUNDARIES),
    "order": ("order", parse_order, ", ".join(ORDERS.values())),
    "repeat": ("repeat", parse_whole(MOST_REPEATS), N_("a whole number from 1 to 20")),
    "gap": ("gap", parse_gap, _LENGTHS),
    "class": ("bulletin_class", parse_class, ", ".join(CLASSES.values())),
    "paused": ("pauses", parse_pauses, PAUSED),
    "versions": ("versions", parse_versions, VERSIONS),
}
"""By key: the field of a slot that its cell holds, the cell's parser, and what is allowed there."""


class SlotRows(RowReader):
    """Reads the sheet of slots. `campaigns` are those that the slots may belong to, with the slots that they have."""

    headings = SLOT_HEADINGS
    required = ("campaign", "id")
    telling = ("id", "at")

    def __init__(
        self,
        grid: Grid,
        problems: list[Problem],
        notes: list[Problem],
        scripts: Collection[str],
        campaigns: Mapping[str, Campaign],
        today: date,
        groups: Mapping[str, GroupSettings],
    ) -> None:
        super().__init__(grid, problems, notes)
        self.scripts = scripts
        self.campaigns = campaigns
        self.today = today
        self.groups = groups
        self.before: list[LeftOutBefore] = []
        """What became of what the slots left out before."""
        # LibreOffice in English saves a time as 05:30:00 AM and a date with the month first; in a workbook it cannot
        cells = (value for _row, values in grid.rows for value in values)
        self.is_american = not grid.name and any(map(is_half_day, cells))

    def read(self) -> dict[str, tuple[Slot, ...]]:
        """Return the slots by campaign, in the order of their rows."""
        found: dict[str, list[Slot]] = {}
        seen: dict[tuple[str, str], int] = {}
        for row, values in self.rows():
            before = len(self.problems)
            campaign = self._campaign(row, values)
            id_ = self.needed(row, values, "id", parse_name, IDS) or ""
            old = next((slot for slot in campaign.slots if slot.id == id_), None) if campaign else None
            slot, left_out = self._carried(campaign, old, self._slot(row, values, id_, campaign, old))
            if campaign:
                self._check_versions(row, campaign, slot)
            name = (campaign.id if campaign else "", id_)
            if name in seen and all(name):
                what = _("row {row} is {name} too").format(row=seen[name], name="/".join(name))
                self.note_key(row, "id", what, _("give each slot a different id"))
            seen.setdefault(name, row)
            if len(self.problems) == before and campaign:
                self.check_as_file(row, replace(campaign, slots=(slot,)), self._columns_of(values))
                if slot != old:
                    self.remark_over(row, "/".join(name), slot.end or campaign.end, self.today)
                found.setdefault(campaign.id, []).append(slot)
                self.before += left_out
        return {id_: tuple(slots) for id_, slots in found.items()}

    def _carried(self, campaign: Campaign | None, old: Slot | None, typed: Slot) -> tuple[Slot, list[LeftOutBefore]]:
        """Return a row's slot, which leaves out at its new times what the old one did; and what became of all that."""
        if campaign is None or old is None:
            return typed, []
        name = f"{campaign.id}/{typed.id}"
        moved = moved_away(campaign, old)
        slot, before = carry_skips(name, old, typed, self.today)
        slot, outside = without_kept_outside(name, old, slot, campaign)
        return slot, [*before, *outside, *named_no_more(name, old, typed, self.today, moved)]

    def _columns_of(self, values: Sequence[Content]) -> dict[str, int]:
        """Return the first column of each key that has a value in a row."""
        filled = [
            (name, number) for number, name in enumerate(self.columns[: len(values)]) if values[number] is not None
        ]
        return {name: number for name, number in reversed(filled) if name}

    def _campaign(self, row: int, values: Sequence[Content]) -> Campaign | None:
        id_ = self.needed(row, values, "campaign", parse_name, IDS)
        if id_ is None or id_ in self.campaigns:
            return self.campaigns.get(id_ or "")
        todo = did_you_mean(id_, self.campaigns, _("there are: {known}"))
        self.note_key(row, "campaign", _('there is no campaign "{id}"').format(id=id_), todo)
        return None

    def _slot(self, row: int, values: Sequence[Content], id_: str, campaign: Campaign | None, old: Slot | None) -> Slot:
        """Return a row's slot: what its columns say, and of `old`, the slot of that id, what they do not."""
        new: dict[str, Any] = {}
        for key, (name, parse, allowed) in _SIMPLE.items():
            if key in self.columns:
                meaning = self.value(row, values, key, self._unless_american(parse), allowed)
                new[name] = getattr(_BLANK, name) if meaning is None else meaning
        if "except" in self.columns:
            off = self.value(row, values, "except", self._unless_american(parse_exceptions), _OFF) or ()
            new["exceptions"] = frozenset(found for found in off if isinstance(found, date))
            new["skips"] = frozenset(found for found in off if isinstance(found, tuple))
        if "scripts" in self.columns or old is None:
            new["scripts"] = self._scripts(row, values)
        if "group" in self.columns:
            new["group"] = self._group(row, values, campaign)
        if "at" in self.columns or old is None:
            new["at"] = self._times(row, values)
        before = old or replace(_BLANK, id=id_)
        scripts = new.get("scripts", before.scripts)
        weights = dict(zip(before.scripts, before.weights, strict=False))
        if "weights" in self.columns:
            weights = self._weights(row, values, scripts)
        found = tuple(weights.get(script, 1) for script in scripts)
        return replace(before, **new, weights=found if len(set(found)) > 1 else ())

    def _unless_american(self, parse: Callable[[Value], T | None]) -> Callable[[Value], T | None]:
        """Return a parser that does not understand a date of which the day may be the month, where it may be."""
        return lambda value: None if self.is_american and is_day_or_month(value) else parse(value)

    def wrong(self, row: int, column: int, value: Value, allowed: str) -> None:
        """Note that a value is not allowed there; of a date that may be read in two ways, say why."""
        if self.is_american and is_day_or_month(value):
            what = _("{found}: the day may be the month, in a file with times such as 05:30:00 AM")
            todo = _("save the workbook as .xlsx, or write the day as 2027-05-15")
            self.note(row, column, what.format(found=show_cell(value)), todo)
        else:
            super().wrong(row, column, value, allowed)

    def _times(self, row: int, values: Sequence[Content]) -> tuple[time, ...]:
        times: list[time] = []
        for column, value in self.cells(row, values, "at"):
            found = parse_times(value)
            if found is None:
                self.wrong(row, column, value, _TIMES)
            for at in found or ():
                if at in times:
                    self.note(row, column, _("{value} is given twice").format(value=format_time(at)))
                times.append(at)
        if not self.is_filled(values, "at"):
            self.is_missing(row, "at", _TIMES)
        return tuple(times)

    def _group(self, row: int, values: Sequence[Content], campaign: Campaign | None) -> str:
        """Return the id of a row's group, which may be written by its title."""
        typed = self.value(row, values, "group", parse_text, IDS) or ""
        found = group_of_slot(typed, campaign.group if campaign else "", self.groups)
        if isinstance(found, Problem):
            self.note_key(row, "group", found.what, found.todo)
            return ""
        return found

    def _scripts(self, row: int, values: Sequence[Content]) -> tuple[str, ...]:
        found = self.needed(row, values, "scripts", parse_ids, _SCRIPTS) or ()
        for script in dict.fromkeys(found):
            if script not in self.scripts:
                todo = todo_for_missing(script, self.scripts)
                self.note_key(row, "scripts", _('there is no script "{script}"').format(script=script), todo)
        return found

    def _check_versions(self, row: int, campaign: Campaign, slot: Slot) -> None:
        """Note each version of the slot's scripts that it airs and that is not there."""
        for script in may_air(campaign, slot):
            if script not in self.scripts and script not in slot.scripts:
                key = "versions" if "versions" in self.columns else "scripts"
                todo = todo_for_missing(script, self.scripts)
                self.note_key(row, key, _('there is no script "{script}"').format(script=script), todo)

    def _weights(self, row: int, values: Sequence[Content], scripts: Sequence[str]) -> dict[str, int]:
        typed = self.value(row, values, "weights", parse_weights, _WEIGHTS) or {}
        for script in typed:
            if script not in scripts:
                todo = did_you_mean(script, scripts, _("scripts: {known}"))
                self.note_key(row, "weights", _('the slot has no script "{script}"').format(script=script), todo)
        return typed
