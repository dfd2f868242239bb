"""The month to print: every day in its box, every occurrence in its day, nothing that a title could break."""

from __future__ import annotations

import re
from dataclasses import replace
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
    found = re.findall(r'<td>(?:<span class="load">(.*?)</span>)?<span class="day">(\d+)</span>(.*?)</td>', page)
    return {int(day): load + items for load, day, items in found}


def whole_titles(page: str) -> str:
    return (re.findall(r'<p class="legend">Tên đầy đủ: (.*?)</p>', page) or [""])[0]


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
    assert found[3].startswith("2 lượt, 2,0 phút"), "what will not air takes no minutes"
    assert "&lt;b&gt;&amp;&quot;" in found[3]
    assert 'class="bad"' in found[3]
    assert "<li" not in "".join(text for day, text in found.items() if day != 3)
    assert "<p>&lt;Xã&gt;</p>" in page


def test_a_long_name_of_a_group_leaves_room_for_the_title() -> None:
    long, short = "Cụm loa xã Đoài cũ (thôn Thượng, thôn Hạ, thôn Trung)", "Cụm loa xã Đông"
    lines = [replace(line(3, hour), group=group) for hour, group in ((5, long), (6, short), (7, ""), (8, long))]
    page = month_html(date(2027, 5, 1), [*lines, replace(line(1, 5, month=6), group="x" * 40)], "Xã").decode()
    assert re.findall(r"<b>\d\d:00</b> (.*?)</li>", page) == ["(1): Bài", f"{short}: Bài", "Bài", "(1): Bài"]
    assert f"<span>(1): {long}</span>" in page
    assert "(2)" not in page


def test_days_without_airings_say_so_and_signs_are_explained() -> None:
    page = month_html(date(2027, 5, 1), [line(3, 5)], "Xã").decode()
    found = boxes(page)
    assert [day for day, text in found.items() if "nghỉ" not in text] == [3]
    for text in ("bản tin ưu tiên", "khẩn cấp", "sẽ không phát", "đọc hai lần", "chưa thu tiếng", "nghỉ: không có"):
        assert text in page


def test_minutes_that_are_not_known_are_said_to_be_more() -> None:
    unknown = PlanLine(line(3, 6).occurrence, ("Bài",), None, "not rendered")
    half = PlanLine(line(4, 6).occurrence, ("Bài",), timedelta(seconds=90), "ready")
    found = boxes(month_html(date(2027, 5, 1), [line(3, 5), unknown, half], "Xã").decode())
    assert found[3].startswith("2 lượt, ≥ 2,0 phút")
    assert found[4].startswith("1 lượt, 1,5 phút")
    alone = boxes(month_html(date(2027, 5, 1), [unknown], "Xã").decode())
    assert "phút" not in alone[3]


def test_a_title_that_two_lines_do_not_hold_is_whole_above_the_table() -> None:
    long = "Chương trình phát thanh: " + "bảo hiểm xã hội cho tất cả mọi người, " * 3 + "hết"
    page = month_html(date(2027, 5, 1), [line(3, 5, long), line(4, 5, long), line(5, 5, "Ngắn")], "Xã").decode()
    assert whole_titles(page) == f"{long}."
    assert "-webkit-line-clamp: 2" in page
    assert whole_titles(month_html(date(2027, 5, 1), [line(5, 5, "Ngắn")], "Xã").decode()) == ""


def test_the_type_shrinks_with_the_load_and_stays_readable() -> None:
    def size(*lines: PlanLine) -> float:
        found = re.search(r'<body style="font-size: ([\d.]+)pt"', month_html(date(2027, 5, 1), lines, "").decode())
        assert found
        return float(found[1])

    busy = [line(day, hour) for day in (3, 10, 17, 24) for hour in range(5, 17)]
    assert size() == LARGEST_TYPE
    assert SMALLEST_TYPE <= size(*busy) < LARGEST_TYPE
    assert size(*(busy * 9)) == SMALLEST_TYPE
