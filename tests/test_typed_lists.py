"""Lists as people type them: what parts their items, and which of them are not understood."""

from __future__ import annotations

from datetime import time

import pytest

from broadcaster import typed_dates


def test_a_list_tells_what_is_good_and_what_is_not() -> None:
    assert typed_dates.parse_list(["5h30, 25h", "17:00"], typed_dates.parse_clock) == ([time(5, 30), time(17)], ["25h"])


@pytest.mark.parametrize(
    ("typed", "items"),
    [
        ("15/5,17/5", ["15/5", "17/5"]),
        ("15/5; 17/5", ["15/5", "17/5"]),
        ("15/5 và 17/5", ["15/5", "17/5"]),
        ("thứ bảy, 15/5/2027", ["thứ bảy, 15/5/2027"]),
        ("T7, ngày 15 tháng 5, T2, 2027-05-17", ["T7, ngày 15 tháng 5", "T2, 2027-05-17"]),
        ("thứ bảy, chủ nhật", ["thứ bảy", "chủ nhật"]),
        ("cn,2-bai", ["cn", "2-bai"]),
        (" , ;", []),
    ],
)
def test_the_items_of_a_list(typed: str, items: list[str]) -> None:
    assert typed_dates.split_list(typed) == items
