"""What is done besides broadcasting: entered and taken back by people, never deleted, never of a day to come."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stations import Maker, at

from broadcaster.errors import InputError
from broadcaster.office.activity_edits import TypedActivity, add_activity, list_activities, remove_activity
from broadcaster.office.window import TypedWindow
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.activities import (
    Activity,
    ActivityKind,
    append_activity,
    read_activities,
    to_report,
    withdrawal,
)
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.reconcile import Scope
from broadcaster.records.verify import verify

if TYPE_CHECKING:
    from commands import RunCommand

    from broadcaster.station.folder import Station

BANNERS = TypedActivity("12/5/2027", "banner", 3, "Băng rôn  về BHXH tự nguyện", "Trục chính", "bhxh", "1192/BHXH-TT")


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """Return a station at noon of 20 May 2027, whose settings know one topic."""
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-20 12:00")))
    return maker.settings('[topics]\nbhxh = "Bảo hiểm xã hội"\n').open()


def test_what_is_entered_is_in_the_history_with_who_and_when(station: Station) -> None:
    added = add_activity(station, BANNERS, "Nguyễn Thị Hòa")
    assert (added.number, added.day, added.kind, added.count) == (1, date(2027, 5, 12), ActivityKind.BANNER, 3)
    with Ledger.open(station.ledger_path, read_only=True) as ledger:
        begun, row = ledger.rows()
    assert begun.kind == Kind.HISTORY_BEGUN
    assert (row.kind, row.actor, row.at) == ("activity", "Nguyễn Thị Hòa", at("2027-05-20 12:00"))
    assert dict(row.body) == {
        "number": 1,
        "date": "2027-05-12",
        "kind": "banner",
        "count": 3,
        "text": "Băng rôn về BHXH tự nguyện",
        "place": "Trục chính",
        "topic": "bhxh",
        "topic_title": "Bảo hiểm xã hội",
        "source": "1192/BHXH-TT",
    }
    assert verify(station.ledger_path).ok


def typed(day: str = "12/5", count: int = 1, text: str = "Tin", place: str = "", topic: str = "") -> TypedActivity:
    return TypedActivity(day, "article", count, text, place, topic)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (typed(day="21/5/2027"), "--date"),
        (typed(day="2028-01-01"), "--date"),
        (typed(day="30/2/2027"), "--date"),
        (typed(text="  "), "--text"),
        (typed(count=0), "--count"),
        (typed(place="x" * 1001), "--place"),
        (typed(topic="BHXH tự nguyện"), "--topic"),
    ],
)
def test_what_is_wrong_is_one_clear_line_and_nothing_is_entered(
    station: Station, wrong: TypedActivity, named: str
) -> None:
    with pytest.raises(InputError) as raised:
        add_activity(station, wrong, "Hòa")
    assert [problem.what.partition(":")[0] for problem in raised.value.problems] == [named]
    assert not station.ledger_path.exists()


def test_today_is_no_day_to_come(station: Station) -> None:
    assert add_activity(station, typed(day="20/5/2027"), "Hòa").day == date(2027, 5, 20)


def test_what_is_taken_back_stays_in_the_history_with_its_reason(station: Station) -> None:
    for text in ("Tin 1", "Tin 2", "Tin 3"):
        add_activity(station, typed(text=text), "Hòa")
    remove_activity(station, 2, "Nhập  trùng", "Lan")
    found = list_activities(station, TypedWindow())
    assert [(each.number, each.withdrawn is None) for each in found] == [(1, True), (2, False), (3, True)]
    assert found[1].withdrawn is not None
    assert (found[1].withdrawn.by, found[1].withdrawn.reason) == ("Lan", "Nhập trùng")
    assert add_activity(station, typed(), "Hòa").number == 4
    for number in (2, 9):
        with pytest.raises(InputError):
            remove_activity(station, number, "Nhập trùng", "Lan")
    with pytest.raises(InputError):
        remove_activity(station, 1, " ", "Lan")
    assert list_activities(station, TypedWindow(month="4/2027")) == ()
    assert len(list_activities(station, TypedWindow(month="5/2027"))) == 4


def test_a_number_whose_row_was_lost_is_not_given_again(ledger: Ledger) -> None:
    ledger.append([withdrawal(7, "nhầm", "Lan", at("2027-05-20 12:00"))])
    tin = Activity(date(2027, 5, 12), ActivityKind.ARTICLE, 1, "Tin")
    assert append_activity(ledger, lambda number: tin.entry(number, "Hòa", at("2027-05-20 12:00"))) == 8
    assert [each.withdrawn for each in read_activities(ledger)] == [None]


def test_a_report_lists_what_stands_of_its_days_and_letter() -> None:
    tin = Activity(date(2027, 5, 12), ActivityKind.ARTICLE, 1, "Tin", source="1192/BHXH-TT")
    may = date(2027, 5, 1), date(2027, 5, 31)
    assert to_report([tin], *may) == (tin,)
    assert to_report([tin], date(2027, 5, 13), date(2027, 5, 31)) == ()
    assert to_report([tin], *may, Scope(source="1192/bhxh-tt")) == (tin,)
    assert to_report([tin], *may, Scope(source="12/KH-UBND")) == ()
    assert to_report([tin], *may, Scope(campaign="thang-5")) == ()


def test_the_view_says_what_the_program_says(station: Station) -> None:
    add_activity(station, BANNERS, "Hòa")
    add_activity(station, typed(text="=1+1"), "Hòa")
    remove_activity(station, 1, "Nhập trùng", "Lan")
    columns = "number, date, kind, count, text, place, topic, source, actor, withdrawn_by, withdrawn_reason"
    with closing(sqlite3.connect(station.ledger_path)) as database:
        rows = database.execute(f"SELECT {columns} FROM activities ORDER BY number").fetchall()
    assert rows == [
        (
            *(1, "2027-05-12", "banner", 3, "Băng rôn về BHXH tự nguyện", "Trục chính", "bhxh", "1192/BHXH-TT"),
            *("Hòa", "Lan", "Nhập trùng"),
        ),
        (2, "2027-05-12", "article", 1, "=1+1", None, None, None, "Hòa", None, None),
    ]  # fmt: skip


def test_the_commands(maker: Maker, broadcaster: RunCommand) -> None:
    root = maker.root
    add = ("activity", "add", "--date", "12/5/2024", "--kind", "web-article", "--text", "Tin", "--as", "Hòa")
    added = broadcaster(*add, "--topic", "bhyt", station=root)
    assert (added.code, added.out.startswith("Entered as number 1: ")) == (0, True)
    assert "bhyt" in added.err
    listed = broadcaster("activity", "list", "--json", station=root).json
    assert [(each["kind"], each["withdrawn"]) for each in listed] == [("web-article", None)]
    assert broadcaster("activity", "remove", "1", "--reason", "Nhầm", "--as", "Lan", station=root).code == 0
    assert "Lan: Nhầm" in broadcaster("activity", "list", station=root).out
    future = broadcaster(*add[:3], "1/1/2099", *add[4:], station=root)
    assert (future.code, future.err.count("\n")) == (2, 1)
    assert broadcaster("activity", "add", "--kind", "meeting", station=root).code == 2
    assert broadcaster("activity", "remove", "1", "--reason", "x", station=root).code == 2


def test_the_kinds_are_spoken_in_vietnamese(maker: Maker, broadcaster: RunCommand) -> None:
    add = ("activity", "add", "--date", "12/5/2024", "--text", "x", "--as", "Hòa", "--kind")
    told = [broadcaster(*add, str(kind), station=maker.root, lang="vi").out for kind in ActivityKind]
    assert "băng rôn" in told[0]
    assert len(set(told)) == len(ActivityKind)
    assert not re.search(r"banners|articles|other", "".join(told))
