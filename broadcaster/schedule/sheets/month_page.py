"""Make a page to print with one month of the plan: HTML, A4 landscape, one box a day, Monday first.

The page is always Vietnamese, to hang in a commune's office; it needs only a browser.
"""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from broadcaster.models import BulletinClass
from broadcaster.printable import one_line
from broadcaster.weekdays import VIETNAMESE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from broadcaster.schedule.sheets.write import PlanLine

SMALLEST_TYPE, LARGEST_TYPE = 5.0, 9.0  # points
_POINTS_HIGH = 480.0  # of a landscape A4 page, without margins, title and headings
_LINE_HEIGHT, _HEAD_LINES = 1.2, 1.9  # in units of the type size; lines for a box's day number and padding
_STYLE = """
@page { size: A4 landscape; margin: 8mm }
* { box-sizing: border-box }
body { font: 8pt/1.2 "Segoe UI", "Noto Sans", Arial, sans-serif; color: #000; margin: 0 auto; max-width: 281mm }
h1 { font-size: 14pt; margin: 0 } p { margin: 1mm 0 2mm }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: .3mm solid #555; padding: .5mm 1mm; vertical-align: top; text-align: left; overflow-wrap: anywhere }
th { background: #ddebf7 } td.off { background: #f2f2f2 } tr { break-inside: avoid }
.day { font-weight: 700; font-size: 125% } .load { float: right; color: #444 }
ul { list-style: none; margin: 0; padding: 0 } li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
b { font-variant-numeric: tabular-nums }
li.priority { font-weight: 600 } li.emergency { font-weight: 700; text-decoration: underline }
li.bad { text-decoration: line-through; color: #555 }
@media print { th { print-color-adjust: exact } }
"""


def month_html(first: date, lines: Iterable[PlanLine], station: str) -> bytes:
    """Return the page for the month that begins on `first`, as UTF-8. Lines of other months are left out."""
    by_day: dict[date, list[PlanLine]] = {}
    for line in lines:
        by_day.setdefault(line.occurrence.start.date(), []).append(line)
    title = f"Lịch phát thanh tháng {first.month} năm {first.year}"
    head = "".join(f"<th>{name}</th>" for name in VIETNAMESE_NAMES)
    weeks = "\n".join(
        f"<tr>{''.join(_box(day, first, by_day.get(day, ())) for day in week)}</tr>" for week in _weeks(first)
    )
    page = f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body style="font-size: {_font(first, by_day):.1f}pt"><h1>{escape(title)}</h1><p>{escape(one_line(station))}</p>
<table><thead><tr>{head}</tr></thead><tbody>
{weeks}
</tbody></table></body></html>
"""
    return page.encode("utf-8", "replace")


def _font(first: date, by_day: Mapping[date, Sequence[PlanLine]]) -> float:
    """Return the font size, in points, at which the month fits on one page, or the smallest readable one."""
    rows = sum(max(len(by_day.get(day, ())) for day in week) + _HEAD_LINES for week in _weeks(first))
    return min(LARGEST_TYPE, max(SMALLEST_TYPE, _POINTS_HIGH / (rows * _LINE_HEIGHT)))


def _weeks(first: date) -> list[list[date]]:
    """Return the weeks, Monday to Sunday, with days of the month."""
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= first or monday.month == first.month:
        weeks.append([monday + timedelta(days=number) for number in range(7)])
        monday += timedelta(days=7)
    return weeks


def _box(day: date, first: date, lines: Sequence[PlanLine]) -> str:
    if day.month != first.month:
        return '<td class="off"></td>'
    load = _load(lines)
    items = "".join(map(_item, lines))
    return f'<td><span class="load">{load}</span><span class="day">{day.day}</span><ul>{items}</ul></td>'


def _load(lines: Sequence[PlanLine]) -> str:
    """Return the number of airings of a day and their minutes, as far as known."""
    known = [line.length for line in lines if line.length is not None]
    if not known:
        return f"{len(lines)} lượt" if lines else ""
    minutes = f"{sum(known, timedelta()) / timedelta(minutes=1):.0f}".replace(".", ",")
    return f"{len(lines)} lượt, {'' if len(known) == len(lines) else '≥ '}{minutes} phút"


def _item(line: PlanLine) -> str:
    occurrence = line.occurrence
    kind = str(occurrence.bulletin_class) if occurrence.bulletin_class is not BulletinClass.NORMAL else ""
    classes = " ".join(part for part in (kind, "bad" if line.bad else "") if part)
    times = f" ×{occurrence.repeat}" if occurrence.repeat > 1 else ""
    text = escape(one_line("; ".join(line.titles) + times))
    return f'<li class="{classes}" title="{text}"><b>{occurrence.start:%H:%M}</b> {text}</li>'
