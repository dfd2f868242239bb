"""A report compared with the one that its history makes: block by block, row by row, cell by cell.

A Word document has places that are an office's to fill: dotted blanks, and the tables and paragraphs that have one
(letterhead, addressee, signatures). What is written there, or added right beside them without a number, is the
office's own: it is told, and speaks for nothing. All the rest is the report's.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING

from broadcaster.records.monthly.blocks import COMPUTED, Block, CellTable, Text, plain

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterator, Sequence

NAMELESS = "⟨⟩"
"""Stands in the report that is compared with for a station's name that the history does not know: any fits."""

_BLANK = re.compile("…+")
_DOTS = "……"  # at least: a blank that a person fills in
_NO_NAME = re.compile(NAMELESS)
_ASKED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")  # what a template asks for
_ALIKE = 0.6  # how alike two texts are, from 0 to 1, that are taken for one that was changed
_MOST_TO_ALIGN = 4_000_000  # comparisons; above, rows are compared one after the other


class Part(StrEnum):
    """What a difference is in."""

    TEXT = "text"
    HEADER = "header"
    TABLE = "table"
    SHEET = "sheet"
    ROW = "row"
    CELL = "cell"
    VALUE = "value"  # of JSON
    DRAWING = "drawing"  # the styles and scripts of a page


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where: `name` is that of a sheet, or the headings of a table, or the way to a value of JSON.

    `table`, `row` and `column` are numbers from 1, 0 where there is none; `head` is what heads the column.
    """

    part: Part
    name: str = ""
    table: int = 0
    row: int = 0
    column: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A place, what is there, and what the history has there; None where there is nothing."""

    place: PartPlace
    found: str | None
    wanted: str | None

    @property
    def computes(self) -> bool:
        """Whether the file has a formula or a field there."""
        return COMPUTED in (self.found or "")


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs, and what an office has written where that is its own; whether the file is made from a template."""

    differences: tuple[PartDifference, ...]
    own: tuple[str, ...] = ()
    has_template: bool = False


# ---- blocks --------------------------------------------------------------------------------------------------------


def compare(found: Sequence[Block], wanted: Sequence[Block], template: Sequence[Block] = ()) -> Compared:
    """Compare the blocks of a file with those of the report that the history makes.

    `template`: the blocks that the report was made from; those with dotted blanks are an office's to fill.
    """
    comparison = _BlockComparison(found, wanted, [block for block in template if _has_dots(block)])
    comparison.run()
    return Compared(tuple(comparison.differences), tuple(comparison.own), bool(template))


class _BlockComparison:
    def __init__(self, found: Sequence[Block], wanted: Sequence[Block], blanks: Sequence[Block]) -> None:
        self.differences: list[PartDifference] = []
        self.own: list[str] = []
        self._found, self._wanted = found, wanted
        # By the template, not by dots: a script's title may have dots too.
        self._own = {id(block) for block in wanted if any(_made_of(blank, block) for blank in blanks)}
        self._filled = _filled(found, wanted, self._own)
        grids = [block for block in wanted if isinstance(block, CellTable)]
        self._numbers = {id(grid): number for number, grid in enumerate(grids, 1)}

    def run(self) -> None:
        wanted = [_key(block) for block in self._wanted]
        found = [_key(block, self._filled.get(index)) for index, block in enumerate(self._found)]
        for same, (i1, i2), (j1, j2) in _aligned(wanted, found):
            if same:
                for should, has in zip(self._wanted[i1:i2], self._found[j1:j2], strict=True):
                    self._both(should, has)
            else:
                beside = self._wanted[max(i1 - 1, 0) : i2 + 1]
                self._replaced(self._wanted[i1:i2], self._found[j1:j2], beside_own=any(map(self._is_own, beside)))

    def _is_own(self, block: Block) -> bool:
        """Return whether a block of the report is an office's to fill."""
        return id(block) in self._own

    def _replaced(self, wanted: Sequence[Block], found: Sequence[Block], *, beside_own: bool) -> None:
        texts = [block for block in wanted if isinstance(block, Text)], [b for b in found if isinstance(b, Text)]
        for should, has in _pairs(*texts):
            self._text(should, has, beside_own=beside_own)
        grids = (
            [block for block in wanted if isinstance(block, CellTable)],
            [b for b in found if isinstance(b, CellTable)],
        )
        for table, its in _grid_pairs(*grids):
            self._grid(table, its)

    def _both(self, wanted: Block, found: Block) -> None:
        if isinstance(wanted, CellTable) and isinstance(found, CellTable):
            self._grid(wanted, found)

    def _text(self, wanted: Text | None, found: Text | None, *, beside_own: bool) -> None:
        should, has = wanted.text if wanted else None, found.text if found else None
        is_free = self._is_own(wanted) if wanted else beside_own and not re.search(r"\d", has or "")
        if has and is_free and COMPUTED not in has:
            self.own.append(has)
            return
        either = wanted or found
        part = Part.HEADER if either and either.in_header else Part.TEXT
        self.differences.append(PartDifference(PartPlace(part), has, should))

    def _grid(self, wanted: CellTable | None, found: CellTable | None) -> None:
        if wanted and found:
            if self._is_own(wanted):
                self._own_grid(wanted, found)
            else:
                self.differences += _grid_differences(wanted, found, self._numbers[id(wanted)])
            return
        either = wanted or found
        if either:
            place = PartPlace(
                Part.SHEET if either.name else Part.TABLE, _name(either), self._numbers.get(id(either), 0)
            )
            text = "\n".join(" | ".join(row) for row in either.rows)
            self.differences.append(PartDifference(place, text if found else None, text if wanted else None))

    def _own_grid(self, wanted: CellTable, found: CellTable) -> None:
        lines = Counter(line for row in wanted.rows for cell in row for line in cell.splitlines())
        for line in (line for row in found.rows for cell in row for line in cell.splitlines()):
            if lines[line] > 0:
                lines[line] -= 1
            elif COMPUTED in line:
                place = PartPlace(Part.TABLE, _name(wanted), self._numbers[id(wanted)])
                self.differences.append(PartDifference(place, line, None))
            else:
                self.own.append(line)


def _key(block: Block, filled: str | None = None) -> Hashable:
    if isinstance(block, Text):
        return filled or plain(block.text), block.in_header
    return block.name or (block.rows[0] if block.rows else ())


def _name(grid: CellTable) -> str:
    return grid.name or " | ".join(cell.replace("\n", " ") for cell in (grid.rows[0] if grid.rows else ()))


def _has_dots(block: Block) -> bool:
    texts = [block.text] if isinstance(block, Text) else [cell for row in block.rows for cell in row]
    return any(_DOTS in text for text in texts)


def _made_of(template: Block, block: Block) -> bool:
    """Return whether a block of a report is what that block of the template becomes."""
    if isinstance(template, Text) and isinstance(block, Text):
        return _fits(block.text, template.text, _ASKED)
    if isinstance(template, CellTable) and isinstance(block, CellTable):
        shapes = [[len(row) for row in grid.rows] for grid in (template, block)]
        cells = ([cell for row in grid.rows for cell in row] for grid in (block, template))
        return shapes[0] == shapes[1] and all(_fits(text, asked, _ASKED) for text, asked in zip(*cells, strict=True))
    return False


def _filled(found: Sequence[Block], wanted: Sequence[Block], own: Container[int]) -> dict[int, str]:
    """Return which blank of the report each text of a file fills, by the text's number; each blank is filled once."""
    has = Counter(plain(block.text) for block in found if isinstance(block, Text))
    should = Counter(plain(block.text) for block in wanted if isinstance(block, Text))
    patterns = {plain(b.text): _BLANK if id(b) in own else _NO_NAME for b in wanted if isinstance(b, Text)}
    blanks = [text for text in (should - has).elements() if patterns[text].search(text)]
    blanks.sort(key=len, reverse=True)
    filled: dict[int, str] = {}
    for index, block in enumerate(found):
        if isinstance(block, Text) and plain(block.text) not in should:
            text = plain(block.text)
            blank = next((blank for blank in blanks if _fits(text, blank, patterns[blank])), None)
            if blank is not None:
                blanks.remove(blank)
                filled[index] = blank
    return filled


def _fits(text: str, pattern: str, blank: re.Pattern[str]) -> bool:
    """Return whether a text is a pattern with something in its blanks; dots alone take no number."""
    filling = r"\D*" if blank is _BLANK and not blank.sub("", pattern).strip() else ".*"
    whole = filling.join(map(re.escape, blank.split(pattern)))
    return COMPUTED not in text and re.fullmatch(whole, text, re.DOTALL) is not None


def _pairs(wanted: list[Text], found: list[Text]) -> Iterator[tuple[Text | None, Text | None]]:
    """Yield what was probably changed into what, in order; what has no counterpart is missing or added."""
    if len(wanted) == len(found):
        yield from zip(wanted, found, strict=True)
        return
    for each in found:
        alike = (SequenceMatcher(None, should.text, each.text).ratio() >= _ALIKE for should in wanted)
        at = next((index for index, is_alike in enumerate(alike) if is_alike), None)
        if at is None:
            yield None, each
            continue
        yield from ((missing, None) for missing in wanted[:at])
        yield wanted[at], each
        del wanted[: at + 1]
    yield from ((missing, None) for missing in wanted)


def _grid_pairs(wanted: list[CellTable], found: list[CellTable]) -> Iterator[tuple[CellTable | None, CellTable | None]]:
    """Yield tables that stand for each other; a sheet has a name, and no other takes its place."""
    if any(grid.name for grid in (*wanted, *found)) or len(wanted) != len(found):
        yield from ((grid, None) for grid in wanted)
        yield from ((None, grid) for grid in found)
    else:
        yield from zip(wanted, found, strict=True)


# ---- rows and cells ------------------------------------------------------------------------------------------------


def _grid_differences(wanted: CellTable, found: CellTable, number: int) -> Iterator[PartDifference]:
    should = [tuple(map(plain, row)) for row in wanted.rows]
    has = [tuple(map(plain, row)) for row in found.rows]
    heads = () if wanted.name else wanted.rows[0] if wanted.rows else ()
    for same, (i1, i2), (j1, j2) in _aligned(should, has):
        if same:
            continue
        for i, j in zip_longest(range(i1, i2), range(j1, j2)):
            row = (i if j is None else j) + 1
            if i is None or j is None:
                text = " | ".join(filter(None, should[i] if j is None else has[j]))
                if text:
                    place = PartPlace(Part.ROW, _name(wanted), number, row)
                    yield PartDifference(place, None if j is None else text, text if j is None else None)
                continue
            for column, (cell, its) in enumerate(zip_longest(should[i], has[j], fillvalue=""), 1):
                if cell != its and not (NAMELESS in cell and _fits(its, cell, _NO_NAME)):
                    head = heads[column - 1] if column <= len(heads) else ""
                    place = PartPlace(Part.CELL, _name(wanted), number, row, column, head)
                    yield PartDifference(place, its or None, cell or None)


def _aligned(
    wanted: Sequence[Hashable], found: Sequence[Hashable]
) -> Iterator[tuple[bool, tuple[int, int], tuple[int, int]]]:
    """Yield spans of both that are the same, and that are not: each as from and to, to excluded."""
    start = _common(wanted, found)
    most = min(len(wanted), len(found)) - start
    end = min(_common(wanted[::-1], found[::-1]), most)
    yield True, (0, start), (0, start)
    i2, j2 = len(wanted) - end, len(found) - end
    if (i2 - start) * (j2 - start) > _MOST_TO_ALIGN:
        yield False, (start, i2), (start, j2)
    else:
        matcher = SequenceMatcher(None, wanted[start:i2], found[start:j2], autojunk=False)
        for kind, a1, a2, b1, b2 in matcher.get_opcodes():
            yield kind == "equal", (start + a1, start + a2), (start + b1, start + b2)
    yield True, (i2, len(wanted)), (j2, len(found))


def _common(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Return how many of the first are the same."""
    different = (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(different, min(len(one), len(other)))


# ---- JSON ----------------------------------------------------------------------------------------------------------


def compare_json(found: object, wanted: object, path: str = "") -> Iterator[PartDifference]:
    """Yield what differs between two values of JSON, each with the way to it: lines[3].reason."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name in dict.fromkeys([*wanted, *found]):
            way = f"{path}.{name}" if path else str(name)
            if name not in found:
                yield PartDifference(PartPlace(Part.VALUE, way), None, _json_text(wanted[name]))
            elif name not in wanted:
                yield PartDifference(PartPlace(Part.VALUE, way), _json_text(found[name]), None)
            else:
                yield from compare_json(found[name], wanted[name], way)
    elif isinstance(wanted, list) and isinstance(found, list):
        yield from _compare_lists(found, wanted, path)
    elif found != wanted or isinstance(found, bool) != isinstance(wanted, bool):
        yield PartDifference(PartPlace(Part.VALUE, path), _json_text(found), _json_text(wanted))


def _compare_lists(found: Sequence[object], wanted: Sequence[object], path: str) -> Iterator[PartDifference]:
    for same, (i1, i2), (j1, j2) in _aligned([_json_text(each) for each in wanted], [_json_text(e) for e in found]):
        for i, j in zip_longest(range(i1, i2), range(j1, j2)) if not same else ():
            way = f"{path}[{i if j is None else j}]"
            if i is None or j is None:
                has = None if j is None else _json_text(found[j])
                yield PartDifference(PartPlace(Part.VALUE, way), has, None if i is None else _json_text(wanted[i]))
            else:
                yield from compare_json(found[j], wanted[i], way)


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
