"""What a Word template gets of groups, months and activities: texts, and lists of such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.group_tables import (
    activity_cells,
    activity_sums,
    group_tables,
    month_rows,
    month_texts,
    topic_months,
)

if TYPE_CHECKING:
    from broadcaster.records.activities import Activity
    from broadcaster.records.monthly.figures import Figures
    from broadcaster.records.monthly.group_tables import GroupRow

_GROUP = ("theo_lich", "da_phat", "ngoai_lich", "phut")
_MONTH = ("theo_lich", "da_phat", "ty_le", "muon", "khong_phat", "ngoai_lich", "buoi", "phut")
_ACTIVITY = ("ngay", "loai", "so_luong", "noi_dung", "dia_diem", "chu_de", "van_ban")
_LISTS = {
    "topics": "chu_de",
    "letters": "theo_van_ban",
    "loudspeakers": "cum_loa",
    "origins": "loai_phat",
    "languages": "ngon_ngu",
}


def groups_context(figures: Figures) -> dict[str, Any]:
    """Return the names that a template may use for them."""
    tables = {table.name: [_group(row) for row in table.rows] for table in group_tables(figures)}
    return {
        **{name: tables.get(table, []) for table, name in _LISTS.items()},
        "thang": [
            {"ten": name} | dict(zip(_MONTH, month_texts(tally), strict=True)) for name, tally in month_rows(figures)
        ],
        "chu_de_thang": [{"thang": month} | _group(row) | {"ten": name} for name, month, row in topic_months(figures)],
        "hoat_dong": [_activity(each) for each in figures.activities],
        "hoat_dong_loai": [
            {"ten": name, "so_dong": phrases.count(entries), "so_luong": phrases.count(number)}
            for name, entries, number in activity_sums(figures)
        ],
    }


def _group(row: GroupRow) -> dict[str, str]:
    return {"ten": row.name} | dict(zip(_GROUP, row.texts, strict=True))


def _activity(of: Activity) -> dict[str, str]:
    day, kind, number, *texts = activity_cells(of)
    return dict(zip(_ACTIVITY, (day, kind, phrases.count(number), *texts), strict=True))
