"""Numbers and dates, read back by a reader that shares nothing with the one under test."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadcaster.speech.normalise import Region, read

UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
SCALES = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def value(words: str) -> int:
    """Return the number that Vietnamese words name, as a listener adds it up."""
    total = part = group = 0
    for word in words.split():
        if word in UNITS:
            group += UNITS[word]
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group = group // 100 * 100 + group % 100 * 10
        elif word == "trăm":
            group *= 100
        elif word == "tỷ":
            total, part, group = (total + part + group) * 10**9, 0, 0
        elif word in SCALES:
            part, group = part + group * SCALES[word], 0
        else:
            assert word in ("linh", "lẻ"), word
    return total + part + group


def spoken(number: str, region: Region = "north") -> str:
    return read(f"Có {number} hộ.", region=region).spoken.removeprefix("Có ").removesuffix(" hộ.")


@pytest.mark.parametrize("region", ["north", "south"])
def test_every_small_number_is_read_back(region: Region) -> None:
    for number in range(3000):
        words = spoken(str(number), region)
        assert value(words) == number, words


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["north", "south"]))
@example(18_005_000, "south")
@example(19_000_000, "north")
def test_every_number_is_read_back(number: int, region: Region) -> None:
    for written in (f"{number:,}".replace(",", "."), str(number)):
        if len(written) > 8 and "." not in written:
            continue  # so long a run of digits is an identifier
        assert value(spoken(written, region)) == number


@settings(max_examples=300, deadline=None)
@given(st.integers(10**9, 10**12))
def test_no_two_numbers_sound_alike(number: int) -> None:
    assert spoken(f"{number:,}".replace(",", ".")) != spoken(f"{number + 1000:,}".replace(",", "."))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 9999), st.text("0123456789", min_size=1, max_size=6))
def test_a_decimal_is_read_back(whole: int, part: str) -> None:
    left, _, right = spoken(f"{whole},{part}").partition(" phẩy ")
    assert value(left) == whole
    digits = right.split()
    if len(part) <= 2 and part[0] != "0":
        assert value(right) == int(part)
    else:
        assert "".join(str(UNITS[digit]) for digit in digits) == part


def day_of(words: str) -> tuple[int, int, int]:
    """Return (day, month, year) of "ngày mùng năm tháng tư năm hai nghìn"."""
    body = words.removeprefix("ngày ").removeprefix("mùng ")
    day, _, rest = body.partition(" tháng ")
    month, _, year = rest.partition(" năm ")
    if not year:
        month, year = rest.removesuffix(" năm"), ""
    if rest.startswith("năm năm "):
        month, year = "năm", rest.removeprefix("năm năm ")
    return value(day), value(month), value(year)


@pytest.mark.parametrize("form", ["{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d:02}.{m:02}.{y}", "{d}-{m}-{y}"])
def test_every_day_of_a_century_is_read_back(form: str, chance: random.Random, thorough: bool) -> None:
    """A tenth of the days each time, all with --thorough."""
    first, days = date(1950, 1, 1), (date(2051, 1, 1) - date(1950, 1, 1)).days
    for number in range(days) if thorough else chance.sample(range(days), days // 10):
        day = first + timedelta(days=number)
        written = form.format(d=day.day, m=day.month, y=day.year)
        words = read(f"Ngày {written}").spoken.lower()
        assert day_of(words) == (day.day, day.month, day.year), (written, words)


def test_every_day_and_month_is_read_back() -> None:
    day = date(2024, 1, 1)
    while day.year == 2024:
        words = read(f"Ngày {day.day}/{day.month} họp.").spoken.lower().removesuffix(" họp.")
        assert day_of(words + " năm không")[:2] == (day.day, day.month), words
        day += timedelta(days=1)


def test_every_minute_of_a_day_is_read_back() -> None:
    for minute in range(24 * 60):
        for form in ("{h}h{m:02}", "{h:02}:{m:02}", "{h} giờ {m:02}"):
            written = form.format(h=minute // 60, m=minute % 60)
            hours, _, rest = read(f"Lúc {written}.").spoken.removeprefix("Lúc ").removesuffix(".").partition(" giờ")
            minutes = rest.strip().removesuffix(" phút")
            assert (value(hours), value(minutes)) == divmod(minute, 60), written
