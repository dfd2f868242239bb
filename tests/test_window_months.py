"""`--from` and `--to` take whole months, named with their year."""

from __future__ import annotations

from datetime import date

import pytest
from stations import ZONE

from broadcaster.errors import InputError
from broadcaster.office.window import TypedWindow, read_window

TODAY = date(2027, 6, 2)


def span(first: str | None, last: str | None) -> tuple[date, date]:
    found = read_window(TypedWindow(first=first, last=last), TODAY, ZONE, (TODAY, TODAY), past=True)
    return found.first, found.last


@pytest.mark.parametrize(("first", "last"), [("2027-03", "2027-05"), ("3/2027", "5/2027"), ("1/3/2027", "2027-05")])
def test_a_month_is_all_of_it(first: str, last: str) -> None:
    assert span(first, last) == (date(2027, 3, 1), date(2027, 5, 31))


def test_one_end_alone() -> None:
    assert span("2027-05", None) == (date(2027, 5, 1), TODAY)
    assert span(None, "2027-02")[1] == date(2027, 2, 28)


@pytest.mark.parametrize("text", ["5", "2027-13", "2027", "tháng 5"])
def test_a_month_without_its_year_could_be_a_day(text: str) -> None:
    with pytest.raises(InputError):
        span(text, None)
