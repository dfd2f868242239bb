"""The month to print: every day in its box, every occurrence in its day, nothing that a title could break."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.models import Occurrence
from broadcaster.schedule.sheets.month_page import LARGEST_TYPE, SMALLEST_TYPE, month_html
from broadcaster.schedule.sheets.write import PlanLine

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def line(day: int, hour: int, title: str = "Bài", *, month: int = 5, bad: bool = False) -> PlanLine:
    start = datetime(2027, month, day, hour, tzinfo=ZONE)
    return PlanLine(Occurrence("m", "s", start, ("a",)), (title,), timedelta(minutes=2), "ready", bad=bad)


def boxes(page: str) -> dict[int, str]:
    found = re.findall(r'<td><span class="load">(.*?)</span><span class="day">(\d+)</span>(.*?)</td>', page)
    return {int(day): load + items for load, day, items in found}


@pytest.mark.parametrize("month", range(1, 13))
def test_every_day_has_one_box_under_its_weekday(month: int) -> None:
    first = date(2027, month, 1)
    page = month_html(first, [], "Xã").decode()
    last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    assert list(boxes(page)) == list(range(1, last + 1))
    weeks = re.findall(r"<tr>(<td.*?)</tr>", page)
    assert {week.count("<td") for week in weeks} == {7}
    assert weeks[0].count('class="off"') == first.weekday()


def test_an_occurrence_stands_in_its_day_and_a_title_is_only_text() -> None:
    page = month_html(
        date(2027, 5, 1), [line(3, 5, '<b>&"'), line(3, 17, bad=True), line(1, 5, month=6)], "<Xã>"
    ).decode()
    found = boxes(page)
    assert found[3].startswith("2 lượt, 4 phút")
    assert "&lt;b&gt;&amp;&quot;" in found[3]
    assert 'class="bad"' in found[3]
    assert "<li" not in "".join(text for day, text in found.items() if day != 3)
    assert "<p>&lt;Xã&gt;</p>" in page


def test_the_type_shrinks_with_the_load_and_stays_readable() -> None:
    def size(*lines: PlanLine) -> float:
        found = re.search(r'<body style="font-size: ([\d.]+)pt"', month_html(date(2027, 5, 1), lines, "").decode())
        assert found
        return float(found[1])

    busy = [line(day, hour) for day in (3, 10, 17, 24) for hour in range(5, 21)]
    assert size() == LARGEST_TYPE
    assert SMALLEST_TYPE <= size(*busy) < LARGEST_TYPE
    assert size(*(busy * 9)) == SMALLEST_TYPE
