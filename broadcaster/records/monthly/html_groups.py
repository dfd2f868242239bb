"""What the page for a browser shows of groups, months and activities: tables of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.group_tables import (
    ACTIVITY_COLUMNS,
    ACTIVITY_SUM_COLUMNS,
    GROUP_COLUMNS,
    MONTH_COLUMNS,
    activity_cells,
    activity_sums,
    group_tables,
    month_rows,
    month_texts,
    topic_months,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.records.monthly.figures import Figures


def groups_view(figures: Figures) -> dict[str, Any]:
    """Return the names that the page uses: tables before the days of a report, and those after them."""
    before = [_months(figures), _topic_months(figures), *_groups(figures)]
    after = [_activity_sums(figures), _activities(figures)]
    return {"groups": [table for table in before if table["rows"]], "done": [table for table in after if table["rows"]]}


def _table(
    id_: str, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: Sequence[int]
) -> dict[str, Any]:
    """Return a table; `words` are the columns, from 0, that hold no numbers."""
    kinds = ["" if index in words else "n" for index in range(len(heads))]
    cells = [list(zip(kinds, row, strict=True)) for row in rows]
    return {"id": id_, "title": title, "heads": list(zip(kinds, heads, strict=True)), "rows": cells}


def _months(figures: Figures) -> dict[str, Any]:
    rows = [(name, *month_texts(tally)) for name, tally in month_rows(figures)]
    return _table("months", "Từng tháng", ("Tháng", *MONTH_COLUMNS), rows, words=(0,))


def _topic_months(figures: Figures) -> dict[str, Any]:
    rows = [(topic, month, *row.texts) for topic, month, row in topic_months(figures)]
    return _table("topic-months", "Chủ đề theo tháng", ("Chủ đề", "Tháng", *GROUP_COLUMNS), rows, words=(0, 1))


def _groups(figures: Figures) -> list[dict[str, Any]]:
    return [
        _table(
            table.name,
            table.title,
            (table.head, *GROUP_COLUMNS),
            [(row.name, *row.texts) for row in table.rows],
            words=(0,),
        )
        for table in group_tables(figures)
    ]


def _activity_sums(figures: Figures) -> dict[str, Any]:
    rows = [(name, phrases.count(entries), phrases.count(number)) for name, entries, number in activity_sums(figures)]
    return _table("activity-sums", "Hoạt động truyền thông khác, theo loại", ACTIVITY_SUM_COLUMNS, rows, words=(0,))


def _activities(figures: Figures) -> dict[str, Any]:
    cells = [activity_cells(each) for each in figures.activities]
    rows = [(day, kind, phrases.count(number), *texts) for day, kind, number, *texts in cells]
    return _table("activities", "Từng hoạt động", ACTIVITY_COLUMNS, rows, words=(0, 1, 3, 4, 5, 6))
