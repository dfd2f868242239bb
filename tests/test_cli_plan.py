"""The plan looks ahead as the desk will act: who waits, until when, and what a month holds."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from stations import ZONE, Maker, at

from broadcaster.models import Occurrence
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.ledger import Ledger
from broadcaster.rules_settings import RulesSettings
from broadcaster.schedule.free_time import PlanContext, free_time

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand

TEN_MINUTES = "[nghỉ 1m]\n\n" * 10


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render ten minutes once, and return the folder of the clip."""
    maker = Maker(tmp_path_factory.mktemp("long"), SimulatedClock(at("2027-05-01 04:00")))
    maker.settings().script("dai", TEN_MINUTES + "Hết.").render()
    return maker.root / "audio"


@pytest.fixture
def maker(tmp_path: Path, long_clip: Path) -> Maker:
    """Return the maker of a station that has the clip of `dai`."""
    shutil.copytree(long_clip, tmp_path / "audio")
    return Maker(tmp_path, SimulatedClock(at("2027-05-01 04:00")))


def plan(broadcaster: RunCommand, station: Path, *arguments: str) -> dict[str, dict[str, str]]:
    found = broadcaster("plan", *arguments, "--json", station=station).json
    return {entry["start"][8:16]: entry for entry in found}


def two_slots(maker: Maker, first: str, second: str, more: str = "", rules: str = "") -> Path:
    """Make a station whose first slot takes ten minutes and a little."""
    maker.settings("[rules]\nhours = ['00:00-24:00']\n" + rules).script("dai", TEN_MINUTES + "Hết.").script("bai-1")
    maker.campaign(maker.slot(first, "dai") + maker.slot(second, "bai-1", more, "toi")).render()
    return maker.root


def test_what_waits_is_shown_where_it_lands(broadcaster: RunCommand, maker: Maker) -> None:
    found = plan(broadcaster, two_slots(maker, "05:30", "05:35"), "--day", "3/5/2027")
    first, second = found["03T05:30"], found["03T05:35"]
    assert (first["state"], second["state"]) == ("ready", "waits")
    assert second["begins"] == first["end"]
    assert datetime.fromisoformat(second["end"]) - datetime.fromisoformat(second["begins"]) == timedelta(
        seconds=float(second["seconds"])
    )
    assert f"begins at {second['begins'][11:19]}" in second["text"]


def test_the_day_before_keeps_the_first_of_a_day_waiting(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "23:55", "00:01")
    assert plan(broadcaster, root, "--day", "3/5/2027")["03T00:01"]["state"] == "waits"
    assert plan(broadcaster, root, "--day", "1/5/2027")["01T00:01"]["state"] == "ready"


def test_what_is_blocked_keeps_nobody_waiting(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "05:30", "05:35", rules="minutes_per_session = 5\n")
    found = plan(broadcaster, root, "--day", "3/5/2027")
    assert (found["03T05:30"]["state"], found["03T05:35"]["state"]) == ("blocked", "ready")


def test_what_would_wait_too_long_is_given_up(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "05:30", "05:31", rules="[airing]\ngrace = '5m'\n")
    found = plan(broadcaster, root, "--day", "3/5/2027")["03T05:31"]
    assert found["state"] == "preempted"
    assert not found["begins"]
    assert found["text"].endswith("and is given up after 5:00")


def test_desk_and_plan_agree_about_a_session_over_midnight(broadcaster: RunCommand, maker: Maker) -> None:
    maker.settings("[rules]\nhours = ['00:00-24:00']\nminutes_per_session = 15\n").script("dai", TEN_MINUTES + "Hết.")
    maker.campaign(maker.slot("23:45", "dai") + maker.slot("00:05", "dai", id_="khuya")).render()
    found = plan(broadcaster, maker.root, "--day", "4/5/2027")
    assert (found["04T00:05"]["state"], found["04T23:45"]["state"]) == ("blocked", "ready")
    broadcaster("rehearse", "--from", "3/5/2027", "--to", "4/5/2027", station=maker.root)
    (history,) = (maker.root / "rehearsal").glob("*/broadcaster.db")
    with Ledger.open(history, read_only=True) as ledger:
        rows = ledger.played(at("2027-05-03 00:00"), at("2027-05-05 00:00"))
    assert [row.body["outcome"] for row in rows] == ["blocked", "aired"] * 2


def test_schedule_check_answers_programs_too(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "05:30", "05:35")
    result = broadcaster("schedule", "check", "--json", station=root)
    assert (result.code, result.json["occurrences"], result.json["problems"]) == (0, 62, [])
    assert [("31 times due" in each["text"], each["kind"]) for each in result.json["findings"]] == [(True, "waits")]
    maker.campaign(maker.slot("05:30", "dai"))
    assert broadcaster("schedule", "check", "--json", station=root).json["findings"] == []


# ---- the calendar ----------------------------------------------------------------------------------------------


def cells(out: str, number: int) -> list[str]:
    """Return what stands in the calendar below a day's number."""
    lines = out.splitlines()
    for row, line in enumerate(lines):
        parts = line.split("│")
        for column, part in enumerate(parts):
            if part.split()[:1] == [str(number)]:
                below = (found.split("│") for found in lines[row:] if "│" in found)
                return [found[column].strip() for found in list(below)[:4]]
    raise AssertionError(f"no day {number}")


def test_a_month_is_a_calendar_with_the_load_of_each_day(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "05:30", "05:35", 'except = ["2027-05-04"]', "minutes_per_day = 20\n")
    out = broadcaster("plan", "--month", "5/2027", station=root).out
    assert out.startswith("Month 05/2027\n")
    first_week = out.split("┼")[0].splitlines()[1]
    assert [name.strip() for name in first_week.split("│")][::6] == ["Monday", "Sunday"]
    day = cells(out, 3)
    assert (day[0], day[3]) == ("3  2×", "…1")
    listed = broadcaster("plan", "--day", "3/5/2027", station=root).out
    minutes = re.search(r"occurrences: 2, minutes: ([\d.]+) of 20 allowed", listed)
    assert minutes is not None
    assert day[1] == f"{minutes[1]}/20′"
    assert day[2].count("█") == round(8 * 10.1 / 20)
    assert cells(out, 4)[0] == "4  1×"
    assert "30 times due while thu/sang is still on the air" in out
    assert max(len(line) for line in out.splitlines()[:30]) <= 80


def test_blocked_items_use_no_minutes(broadcaster: RunCommand, maker: Maker) -> None:
    root = two_slots(maker, "05:30", "09:35", rules="minutes_per_day = 5\n")
    out = broadcaster("plan", "--month", "5/2027", station=root).out
    assert cells(out, 3) == ["3  2×", "0.0/5′", "░" * 8, "✗1"]
    assert "31 occurrences are blocked" in out


def test_a_month_can_be_listed(broadcaster: RunCommand, maker: Maker) -> None:
    out = broadcaster("plan", "--month", "5/2027", "--list", station=two_slots(maker, "05:30", "05:35")).out
    assert sum(line.startswith("2027-05-") for line in out.splitlines()) == 62


# ---- room ------------------------------------------------------------------------------------------------------

LENGTHS = {"dai": timedelta(minutes=10), "ngan": timedelta(minutes=1)}


def airing(clock: str, script: str = "ngan", day: int = 3, slot: str = "s") -> Occurrence:
    return Occurrence(
        "dot", slot, datetime.combine(at(f"2027-05-{day:02} 00:00").date(), time.fromisoformat(clock), ZONE), (script,)
    )


def room(wanted: list[Occurrence], others: list[Occurrence], rules: RulesSettings) -> time | None:
    return free_time(wanted, PlanContext([*wanted, *others], LENGTHS, rules, {}))


def test_the_nearest_time_that_fits() -> None:
    assert room([airing("04:30")], [], RulesSettings()) == time(5)
    assert room([airing("04:30")], [airing("05:00", "dai", slot="x")], RulesSettings()) == time(5, 10)
    assert room([airing("20:59:30")], [], RulesSettings()) == time(20, 55)


def test_it_fits_on_every_day() -> None:
    others = [airing("05:00", "dai", day=3, slot="x"), airing("05:10", "dai", day=4, slot="x")]
    assert room([airing("04:30", day=3), airing("04:30", day=4)], others, RulesSettings()) == time(5, 20)


def test_it_takes_no_minutes_from_others() -> None:
    rules = RulesSettings(minutes_per_session=10)
    others = [airing("05:20", "dai", slot="x"), airing("09:00", "dai", slot="x")]
    found = room([airing("04:30")], others, rules)
    assert found == time(6)  # half an hour after the ten minutes from 5:20 on; before them is no room for a session


def test_there_may_be_no_room() -> None:
    assert room([airing("04:30", "dai")], [], RulesSettings(minutes_per_session=5)) is None
