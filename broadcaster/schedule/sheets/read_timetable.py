"""Read the timetable from a spreadsheet: one row for each slot and each campaign, headings and words in Vietnamese.

`broadcaster schedule export` writes this layout and `import` reads it. Reading is as strict as for the campaign files:
every bad cell is reported, by sheet, row and column, and nothing is accepted unless all of it is valid. Mistakes that
concern more than one cell (a slot outside its campaign) are found by the reader of the files, and reported at a cell.

A column that is not there says nothing: what a slot or campaign has of it stays. A cell that is empty says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Campaign, YearDay
from broadcaster.schedule.days_off import named_no_more, without_kept_outside
from broadcaster.schedule.sheets.cells import (
    parse_boundary,
    parse_exceptions,
    parse_name,
    parse_pauses,
    parse_text,
    parse_versions,
)
from broadcaster.schedule.sheets.read_grids import read_grids
from broadcaster.schedule.sheets.row_reader import BOUNDARIES, IDS, PAUSED, VERSIONS, RowReader, headings_in
from broadcaster.schedule.sheets.sheet_layout import CAMPAIGN_HEADINGS, CAMPAIGNS, HELP, PLAN_HEADINGS, SLOTS
from broadcaster.schedule.sheets.slot_rows import SlotRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from broadcaster.group_settings import GroupSettings
    from broadcaster.models import Slot
    from broadcaster.schedule.days_off import LeftOutBefore
    from broadcaster.schedule.sheets.grid import Content, Grid

_DAYS_OFF = N_("days such as 07/05/2027")
NO_GROUPS: Mapping[str, GroupSettings] = MappingProxyType({})
_ALL_YEAR = YearDay(1, 1), YearDay(12, 31)


@dataclass(frozen=True, slots=True)
class TimetableSheet:
    """The content of a spreadsheet: campaigns (without their slots) by id, and the slots of each campaign.

    `notes`: what a person should know of it, by sheet, row and column, before it is written; `before`: what became of
    what was left out.
    """

    path: Path
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    slots: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    before: tuple[LeftOutBefore, ...] = ()

    @property
    def count(self) -> int:
        """The number of slots."""
        return sum(map(len, self.slots.values()))


def read_sheet(
    path: Path,
    existing: Mapping[str, Campaign],
    scripts: Collection[str],
    today: date,
    groups: Mapping[str, GroupSettings] = NO_GROUPS,
) -> TimetableSheet:
    """Read a spreadsheet. `existing` and `groups` are the station's; of its scripts these are the ids.

    What ends before `today`, the day in the station's zone, is noted. Raise InputError with every mistake in it.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    heads, slots = _sheets(read_grids(path, headings_in), notes)
    typed = _CampaignRows(heads, problems, notes, existing, today) if heads else None
    campaigns = typed.read() if typed else {}
    changed = [(existing[id_], campaign) for id_, campaign in campaigns.items() if id_ in existing]
    before = [each for old, new in changed for each in named_no_more(new.id, old, new, today)]
    before += typed.before if typed else []
    known = {id_: replace(campaign, slots=()) for id_, campaign in campaigns.items()}
    for id_, campaign in existing.items():
        known[id_] = replace(known.get(id_, campaign), slots=campaign.slots)
    found: dict[str, tuple[Slot, ...]] = {}
    if slots:
        rows = SlotRows(slots, problems, notes, scripts, known, today, groups)
        found = rows.read()
        before += rows.before
    if problems:
        raise InputError(*problems)
    return TimetableSheet(path, campaigns, found, tuple(notes), tuple(before))


def _sheets(grids: Sequence[Grid], notes: list[Problem]) -> tuple[Grid | None, Grid | None]:
    """Return the sheet of campaigns and the sheet of slots; raise InputError for unknown sheets that a person sees."""
    _refuse_list_of_airings(grids)
    known = [typed_dates.fold(name) for name in (CAMPAIGNS, SLOTS, HELP)]
    filled = [grid for grid in grids if grid.rows]
    unseen = [grid for grid in filled if grid.hidden and typed_dates.fold(grid.name) not in known]
    filled = [grid for grid in filled if grid not in unseen]
    hidden = _('the hidden sheet "{name}" is not read')
    notes += [Problem(hidden.format(name=grid.name), path=grid.path) for grid in unseen]
    if not filled:
        raise InputError(Problem(_("the file is empty"), path=grids[0].path if grids else None))
    if len(filled) == 1 and typed_dates.fold(filled[0].name) != known[0]:
        notes += filled[0].notes
        return None, filled[0]
    by_name = {typed_dates.fold(grid.name): grid for grid in filled}
    if odd := [grid.name for name, grid in by_name.items() if name not in known]:
        what = _('the sheet "{name}" is not known').format(name=odd[0])
        todo = _('the sheets are "{campaigns}" and "{slots}"; take others out').format(campaigns=CAMPAIGNS, slots=SLOTS)
        raise InputError(Problem(what, todo, filled[0].path))
    heads, slots = by_name.get(known[0]), by_name.get(known[1])
    hidden = _('the sheet "{name}" is hidden, and is read')
    seen = [grid for grid in (heads, slots) if grid and grid.hidden]
    notes += [Problem(hidden.format(name=grid.name), path=grid.path) for grid in seen]
    notes += [note for grid in (heads, slots) if grid for note in grid.notes]
    return heads, slots


def _refuse_list_of_airings(grids: Iterable[Grid]) -> None:
    """Raise InputError for a plan that we wrote ourselves: people export it, change a time, and bring it back."""
    listed = set(PLAN_HEADINGS)
    for grid in grids:
        if any(listed.issubset(cell for cell in cells if isinstance(cell, str)) for _number, cells in grid.rows):
            what = _("this is a list of airings, not a timetable")
            todo = _("export the timetable, without --month or other days, and change that: {command}")
            raise InputError(Problem(what, todo.format(command="broadcaster schedule export lich.xlsx"), grid.path))


class _CampaignRows(RowReader):
    """Reads the sheet of campaigns."""

    headings = CAMPAIGN_HEADINGS
    required = ("campaign",)
    telling = ("title", "from", "to")

    def __init__(
        self, grid: Grid, problems: list[Problem], notes: list[Problem], existing: Mapping[str, Campaign], today: date
    ) -> None:
        super().__init__(grid, problems, notes)
        self.existing = {id_: replace(campaign, slots=()) for id_, campaign in existing.items()}
        self.today = today
        self.before: list[LeftOutBefore] = []
        """What the campaigns left out and lies outside their new days."""

    def read(self) -> dict[str, Campaign]:
        """Return the campaigns, without slots, by id."""
        found: dict[str, Campaign] = {}
        for row, values in self.rows():
            before = len(self.problems)
            campaign = self._campaign(row, values)
            if campaign.id in found:
                self.note_key(row, "campaign", _('"{id}" is given twice').format(id=campaign.id))
            if len(self.problems) == before:
                if old := self.existing.get(campaign.id):
                    campaign, outside = without_kept_outside(campaign.id, old, campaign, campaign)
                    self.before += outside
                self.check_as_file(row, campaign, {})
                if campaign != self.existing.get(campaign.id):
                    self.remark_over(row, campaign.id, campaign.end, self.today)
                found[campaign.id] = campaign
        return found

    def _campaign(self, row: int, values: Sequence[Content]) -> Campaign:
        id_ = self.needed(row, values, "campaign", parse_name, IDS) or ""
        old = self.existing.get(id_)
        new: dict[str, Any] = {
            "title": self.needed(row, values, "title", parse_text, N_("text"), kept=old is not None),
            "start": self.needed(row, values, "from", parse_boundary, BOUNDARIES, kept=old is not None),
            "end": self.needed(row, values, "to", parse_boundary, BOUNDARIES, kept=old is not None),
        }
        new = {key: found for key, found in new.items() if found is not None}
        if "source" in self.columns:
            new["source"] = self.value(row, values, "source", parse_text, N_("text")) or ""
        if "paused" in self.columns:
            new["pauses"] = self.value(row, values, "paused", parse_pauses, PAUSED) or ()
        if "versions" in self.columns:
            new["versions"] = self.value(row, values, "versions", parse_versions, VERSIONS) or ()
        if "except" in self.columns:
            new["exceptions"] = self._days_off(row, values)
        return replace(old or Campaign(id_, "", Path(f"{id_}.toml"), *_ALL_YEAR, ()), **new)

    def _days_off(self, row: int, values: Sequence[Content]) -> frozenset[date]:
        off = self.value(row, values, "except", parse_exceptions, _DAYS_OFF) or ()
        if any(isinstance(found, tuple) for found in off):
            self.note_key(row, "except", _("this is a time"), _("allowed: {allowed}").format(allowed=_(_DAYS_OFF)))
        return frozenset(found for found in off if isinstance(found, date))
