"""Read the rows below a row of headings: find the headings, pass over what is no row, note every cell that is wrong.

Officers put a title above a table, a number before each row and a total below it; none of these is a mistake, and what
is passed over is told.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.schedule.campaign_edit import campaign_text
from broadcaster.schedule.sheets.cells import parse_name, show_cell
from broadcaster.schedule.sheets.grid import Formula
from broadcaster.schedule.sheets.read_grids import HEADS_WITHIN
from broadcaster.schedule.sheets.sheet_layout import AT_HEADING, CAMPAIGN_HEADINGS, NOT_READ, SLOT_HEADINGS
from broadcaster.schedule.timetable import parse_campaign
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import parse_id
from broadcaster.typed_doubts import doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from broadcaster.models import Boundary, Campaign
    from broadcaster.schedule.sheets.grid import Content, Grid, Row, Value

T = TypeVar("T")

IDS = N_('a-z, 0-9 and "-", 1 to 64 characters, such as "sang"')
PAUSED = N_("such as 03/05/2027 - 05/05/2027; từ 20/05/2027")
VERSIONS = N_("versions of scripts, parted by commas, such as vi, hmong; vi is the text itself")
BOUNDARIES = N_("a day such as 15/05 (every year) or 15/05/2027 (that year only)")
_KNOWN = {typed_dates.fold(text) for headings in (SLOT_HEADINGS, CAMPAIGN_HEADINGS) for text in headings.values()}
_TOTAL = re.compile(r"(?:tong|cong|total)\b.*")


def headings_in(cells: Sequence[object]) -> int:
    """Return how many headings of a timetable stand in a row."""
    texts = {typed_dates.fold(cell) for cell in cells if isinstance(cell, str)}
    return sum(text in _KNOWN or bool(AT_HEADING.fullmatch(text)) for text in texts)


class RowReader:
    """Reads the rows below a row of headings. `problems` refuse the file, `notes` are only told."""

    headings: Mapping[str, str]
    required: tuple[str, ...]
    telling: tuple[str, ...]
    """A row without any of these, and without a campaign's id, is no row of the table."""

    def __init__(self, grid: Grid, problems: list[Problem], notes: list[Problem]) -> None:
        self.grid = grid
        self.problems = problems
        self.notes = notes
        place = _place_of_headings(grid)
        self.head, cells = grid.rows[place]
        self.below = grid.rows[place + 1 :]
        self.columns: list[str | None] = []
        spread = grid.spread(self.head, cells)
        self.names = [str(cell) if isinstance(cell, str | int | float) else "" for cell in spread]
        for number, cell in enumerate(spread):
            self.columns.append(self._key(number, cell))
        self._check_headings()
        if place:
            last = grid.rows[place - 1][0]
            self.remark(last, 0, _("what stands above the headings is not read"))

    def _key(self, number: int, cell: object) -> str | None:
        """Return the key that a heading names; None if it is blank, not for us, or unknown and noted."""
        if cell is None:
            return None
        text = typed_dates.fold(str(cell))
        if "at" in self.headings and AT_HEADING.fullmatch(text):
            return "at"
        known = {typed_dates.fold(heading): key for key, heading in self.headings.items()}
        key = known.get(text, text if text in self.headings else None)
        if key is None:
            if text.rstrip(".") not in NOT_READ:
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

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table; note those that are none, such as a total."""
        for row, values in self.below if self.complete else ():
            if self._is_row(values):
                self.check_width(row, values)
                yield row, values
            else:
                shown = next(_shown(value) for value in values if value is not None)
                self.remark(row, 0, _("{found}: this row is not read").format(found=shown))

    def _is_row(self, values: Sequence[Content]) -> bool:
        first = next(value for value in values if value is not None)
        if isinstance(first, str) and not parse_id(first) and _TOTAL.fullmatch(typed_dates.fold(first)):
            return False
        filled = [(key, value) for key, value in zip(self.columns, values, strict=False) if value is not None]
        return any(key in self.telling for key, _value in filled) or any(
            key == "campaign" and (isinstance(value, Formula) or parse_name(value)) for key, value in filled
        )

    def note(self, row: int, column: int, what: str, todo: str = "") -> None:
        """Note a mistake in a cell."""
        self.problems.append(self.grid.problem(row, column, what, todo, self._heading(row, column)))

    def note_key(self, row: int, key: str, what: str, todo: str = "") -> None:
        """Note a mistake in the cell of that key; in the row's first cell if there is no such column."""
        self.note(row, self._column(key), what, todo)

    def remark(self, row: int, column: int, what: str) -> None:
        """Note what is no mistake, and should be known."""
        self.notes.append(self.grid.problem(row, column, what, heading=self._heading(row, column)))

    def remark_key(self, row: int, key: str, what: str) -> None:
        """Note what should be known of the cell of that key."""
        self.remark(row, self._column(key), what)

    def _column(self, key: str) -> int:
        return self.columns.index(key) if key in self.columns else 0

    def _heading(self, row: int, column: int) -> str:
        return self.names[column] if column < len(self.names) and row > self.head else ""

    def cells(self, row: int, values: Sequence[Content], key: str) -> list[tuple[int, Value]]:
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
        self, row: int, values: Sequence[Content], key: str, parse: Callable[[Value], T | None], allowed: str
    ) -> T | None:
        """Return the meaning of a key's cell; None if it is blank, or not understood and noted."""
        for column, value in self.cells(row, values, key):
            meaning = parse(value)
            if meaning is None:
                self.wrong(row, column, value, allowed)
            return meaning
        return None

    def needed(
        self,
        row: int,
        values: Sequence[Content],
        key: str,
        parse: Callable[[Value], T | None],
        allowed: str,
        *,
        kept: bool = False,
    ) -> T | None:
        """Return what `value` does; a blank cell is noted too, and so is a missing column, unless the old is `kept`."""
        found = self.value(row, values, key, parse, allowed)
        if not self.is_filled(values, key) and not (kept and key not in self.columns):
            self.is_missing(row, key, allowed)
        return found

    def is_missing(self, row: int, key: str, allowed: str) -> None:
        """Note that what must be known is not."""
        if key in self.columns:
            self.note_key(row, key, _("is missing"), _("allowed: {allowed}").format(allowed=_(allowed)))
        else:
            what = _('this is new, and there is no column "{name}"').format(name=self.headings[key])
            self.note(row, 0, what, _("start from: broadcaster schedule template FILE"))

    def is_filled(self, values: Sequence[Content], key: str) -> bool:
        """Return whether something stands in a key's cell, a formula included."""
        return any(name == key and value is not None for name, value in zip(self.columns, values, strict=False))

    def wrong(self, row: int, column: int, value: Value, allowed: str) -> None:
        """Note that a value is not allowed there; of a day or a time, ask what was meant where that can be guessed."""
        found = _("found {found}").format(found=show_cell(value))
        todo = _("allowed: {allowed}").format(allowed=_(allowed))
        self.note(row, column, found, doubt(value) or todo if isinstance(value, str) else todo)

    def check_width(self, row: int, values: Sequence[Content]) -> None:
        """Note values in columns without a heading."""
        for column, value in enumerate(values):
            if value is not None and (column >= len(self.columns) or self.names[column] == ""):
                self.note(row, column, _("{found} is not below a heading").format(found=_shown(value)))

    def check_as_file(self, row: int, campaign: Campaign, columns: Mapping[str, int]) -> None:
        """Check a row with the reader of the campaign files; note its problems at their cells (`columns`, by key)."""
        try:
            parse_campaign(campaign.path, campaign_text(campaign))
        except InputError as error:
            for problem in error.problems:
                key = problem.key.removeprefix("slot.").partition(".")[0]
                what = problem.what
                if key in self.headings and key not in self.columns:  # it is kept, and does not go with what is new
                    what = _('"{name}", which stays as it is: {what}').format(name=self.headings[key], what=what)
                self.note(row, columns.get(key, self._column(key)), what, problem.todo)

    def remark_over(self, row: int, name: str, last: Boundary, today: date) -> None:
        """Note a last day that has passed: nothing will air, and nobody may have meant that year."""
        if isinstance(last, date) and last < today:
            what = _("{day} is over: {name} will not air any more").format(day=show_cell(last), name=name)
            self.remark_key(row, "to", what)


def _place_of_headings(grid: Grid) -> int:
    """Return which of a grid's rows has the headings: the first where none has any.

    Of headings in two rows ("Giờ" above "Giờ 1", "Giờ 2"), which merged cells make equal, it is the lower.
    """
    counts = [headings_in(grid.spread(*row)) for row in grid.rows[:HEADS_WITHIN]]
    if max(counts) < 2:
        return 0
    place = counts.index(max(counts))
    while place + 1 < len(counts) and counts[place + 1] == counts[place]:
        place += 1
    return place


def _shown(value: Content) -> str:
    return value.text if isinstance(value, Formula) else show_cell(value)
