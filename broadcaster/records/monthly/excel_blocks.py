"""What the Excel file has of groups, months and activities: small tables, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.records.monthly.group_tables import (
    ACTIVITY_COLUMNS,
    ACTIVITY_SUM_COLUMNS,
    GROUP_COLUMNS,
    MONTH_COLUMNS,
    activity_cells,
    activity_sums,
    group_tables,
    month_numbers,
    month_rows,
    topic_months,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from broadcaster.records.monthly.figures import Figures

NOTHING = "Không có."


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A small table below its title."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | float | date]]


def group_blocks(figures: Figures) -> Iterator[TableBlock]:
    """Yield the months side by side, the topics of each, and the counts by topic, letter, origin and language."""
    if months := month_rows(figures):
        rows = [(name, *month_numbers(tally)) for name, tally in months]
        yield TableBlock("Từng tháng", ("Tháng", *MONTH_COLUMNS), rows)
    if topics := topic_months(figures):
        cells = [(topic, month, *row.numbers) for topic, month, row in topics]
        yield TableBlock("Chủ đề theo tháng", ("Chủ đề", "Tháng", *GROUP_COLUMNS), cells)
    tables = group_tables(figures)
    if not tables:
        yield TableBlock(NOTHING, (), ())
    for table in tables:
        yield TableBlock(table.title, (table.head, *GROUP_COLUMNS), [(row.name, *row.numbers) for row in table.rows])


def activity_blocks(figures: Figures) -> Iterator[TableBlock]:
    """Yield the activities: their sums by kind, then each with its day as a date."""
    if not figures.activities:
        yield TableBlock(NOTHING, (), ())
        return
    yield TableBlock("Hoạt động truyền thông khác, theo loại", ACTIVITY_SUM_COLUMNS, activity_sums(figures))
    rows = [(of.day, *activity_cells(of)[1:]) for of in figures.activities]
    yield TableBlock("Từng hoạt động", ACTIVITY_COLUMNS, rows)
