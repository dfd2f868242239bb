"""Make a page to print with one month of the plan: HTML, A4 landscape, one box a day, Monday first.

The page is always Vietnamese, to hang in a commune's office; it needs only a browser.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html import escape
from math import ceil
from typing import TYPE_CHECKING

from broadcaster.models import BulletinClass
from broadcaster.printable import one_line
from broadcaster.weekdays import VIETNAMESE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from broadcaster.schedule.sheets.write import PlanLine

SMALLEST_TYPE, LARGEST_TYPE = 6.5, 9.0  # points; smaller is not read on a wall
MOST_LINES = 2
"""How many lines a title may take in its box; what is longer is cut there, and whole above the table."""
_POINTS_HIGH, _POINTS_WIDE = 460.0, 107.0  # of a landscape A4 page without margins, title and legend; of a box
_LINE_HEIGHT, _HEAD_LINES = 1.2, 2.2  # in units of the type size; lines for a box's day number and padding
_SURELY_WHOLE = 0.8  # of the letters that two lines have room for: words do not fill a line
_LETTER_WIDTH = 0.56  # of the type size, in the widest of the fonts named below
_STYLE = """
@page { size: A4 landscape; margin: 8mm }
* { box-sizing: border-box }
body { font: 8pt/1.2 "Segoe UI", "Noto Sans", Arial, sans-serif; color: #000; margin: 0 auto; max-width: 280mm }
h1 { font-size: 14pt; margin: 0 } p { margin: 1mm 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: .3mm solid #555; padding: .5mm 1mm; vertical-align: top; text-align: left; overflow-wrap: anywhere }
th { background: #ddebf7 } td.off { background: #f2f2f2 } tr { break-inside: avoid }
.day { font-weight: 700; font-size: 125% } .load { float: right; color: #444 } .rest { color: #444; font-style: italic }
ul { list-style: none; margin: 0; padding: 0 }
li { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden;
  break-inside: avoid }
li b { font-variant-numeric: tabular-nums }
.priority { font-weight: 600 } .emergency { font-weight: 700; text-decoration: underline }
.bad { text-decoration: line-through; color: #555 }
.legend { font-size: 7.5pt; margin: 1mm 0 1.5mm } .legend span { display: inline-block; margin-right: 4mm }
@media print { th, td.off { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""
_LEGEND = (
    '<span class="priority">chữ đậm: bản tin ưu tiên</span>'
    '<span class="emergency">đậm, gạch chân: khẩn cấp</span>'
    '<span class="bad">gạch ngang: sẽ không phát, không tính phút</span>'
    "<span>×2: đọc hai lần</span><span>≥: chưa kể bài chưa thu tiếng</span><span>nghỉ: không có lượt phát nào</span>"
)

_GROUPS = "<span>cụm loa đứng trước tên bài: chỉ cụm ấy nghe</span>"
_LONGEST_GROUP = 20
"""Letters of a group's name that may stand before a title; of the title a line is left."""


def month_html(first: date, lines: Iterable[PlanLine], station: str) -> bytes:
    """Return the page for the month that begins on `first`, as UTF-8. Lines of other months are left out."""
    listed = [line for line in lines if line.occurrence.start.date().replace(day=1) == first]
    marks = _group_marks(listed)
    by_day: dict[date, list[PlanLine]] = {}
    for line in listed:
        by_day.setdefault(line.occurrence.start.date(), []).append(
            replace(line, group=marks.get(line.group, line.group))
        )
    title = f"Lịch phát thanh tháng {first.month} năm {first.year}"
    head = "".join(f"<th>{name}</th>" for name in VIETNAMESE_NAMES)
    weeks = "\n".join(
        f"<tr>{''.join(_box(day, first, by_day.get(day, ())) for day in week)}</tr>" for week in _weeks(first)
    )
    size = _font(first, by_day)
    legend = _LEGEND + (_GROUPS if any(line.group for line in listed) else "") + _explained(marks)
    page = f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body style="font-size: {size:.2f}pt"><h1>{escape(title)}</h1><p>{escape(one_line(station))}</p>
<p class="legend">{legend}</p>{_cut_titles(first, by_day, size)}
<table><thead><tr>{head}</tr></thead><tbody>
{weeks}
</tbody></table></body></html>
"""
    return page.encode("utf-8", "replace")


def _group_marks(lines: Iterable[PlanLine]) -> dict[str, str]:
    """Return what stands for each group whose name would leave no room for a title."""
    long = dict.fromkeys(line.group for line in lines if len(line.group) > _LONGEST_GROUP)
    return {group: f"({number})" for number, group in enumerate(long, start=1)}


def _explained(marks: Mapping[str, str]) -> str:
    return "".join(f"<span>{mark}: {escape(one_line(group))}</span>" for group, mark in marks.items())


def _font(first: date, by_day: Mapping[date, Sequence[PlanLine]]) -> float:
    """Return the font size, in points, at which the month fits on one page; else the smallest, for more pages."""
    size = LARGEST_TYPE
    while size > SMALLEST_TYPE and _height(first, by_day, size) > _POINTS_HIGH:
        size -= 0.25
    return size


def _height(first: date, by_day: Mapping[date, Sequence[PlanLine]], size: float) -> float:
    """Return about how high the weeks are, in points, in type of this size."""
    letters = _letters(size)

    def lines(day: date) -> int:
        texts = (len(_text(line)) + len("05:30 ") for line in by_day.get(day, ()) if day.month == first.month)
        return sum(min(MOST_LINES, ceil(length / letters)) for length in texts)

    rows = sum(max(map(lines, week)) + _HEAD_LINES for week in _weeks(first))
    return rows * _LINE_HEIGHT * size


def _letters(size: float) -> int:
    """Return about how many letters fit into a line of a box, in type of this size."""
    return int(_POINTS_WIDE / (size * _LETTER_WIDTH))


def _cut_titles(first: date, by_day: Mapping[date, Sequence[PlanLine]], size: float) -> str:
    """Return what names in full each title that its box may have cut; each title once."""
    room = MOST_LINES * _letters(size) - len("05:30 ")
    lines = (line for day, lines in sorted(by_day.items()) if day.month == first.month for line in lines)
    cut = dict.fromkeys(title for line in lines if len(_text(line)) > room * _SURELY_WHOLE for title in line.titles)
    if not cut:
        return ""
    return f'<p class="legend">Tên đầy đủ: {"; ".join(escape(one_line(title)) for title in cut)}.</p>'


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
    items = "".join(map(_item, lines))
    load = f'<span class="load">{_load(lines)}</span>' if lines else ""
    rest = "" if lines else '<div class="rest">nghỉ</div>'
    return f'<td>{load}<span class="day">{day.day}</span>{rest}<ul>{items}</ul></td>'


def _load(lines: Sequence[PlanLine]) -> str:
    """Return the number of airings of a day and their minutes: of those that will be heard, as far as known."""
    lengths = [line.length for line in lines if not line.bad]
    known = [length for length in lengths if length is not None]
    if not known and lengths:
        return f"{len(lines)} lượt"
    minutes = f"{sum(known, timedelta()) / timedelta(minutes=1):.1f}".replace(".", ",")
    return f"{len(lines)} lượt, {'' if len(known) == len(lengths) else '≥ '}{minutes} phút"


def _text(line: PlanLine) -> str:
    times = f"×{line.occurrence.repeat} " if line.occurrence.repeat > 1 else ""
    return one_line(f"{line.group}: " * bool(line.group) + times + "; ".join(line.titles))


def _item(line: PlanLine) -> str:
    kind = str(line.occurrence.bulletin_class) if line.occurrence.bulletin_class is not BulletinClass.NORMAL else ""
    classes = " ".join(part for part in (kind, "bad" if line.bad else "") if part)
    text = escape(_text(line))
    return f'<li class="{classes}" title="{text}"><b>{line.occurrence.start:%H:%M}</b> {text}</li>'
