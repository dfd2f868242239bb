"""Campaign files: what is read from one, and what a folder of them gives."""

from __future__ import annotations

import contextlib
import tomllib
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timetables import FILE, GOOD, HEAD, SAMPLE, slot_with

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Order, Slot, YearDay
from broadcaster.schedule.timetable import (
    parse_campaign,
    read_campaign,
    read_campaigns,
    show_boundary,
)
from broadcaster.schedule.unknown_names import missing_scripts
from broadcaster.tomlfile import FIRST_YEAR, LAST_YEAR
from broadcaster.typed_toml import read_boundary


def test_every_key_of_a_slot_is_read(tmp_path: Path) -> None:
    path = tmp_path / "thang-5.toml"
    path.write_text(
        """\
title = "Tháng vận động"
source = "1192/BHXH-TT"
from = 2027-05-01
to = "2027-05-31"
[[slot]]
id = "sang"
at = ["05:30", "17:00:15"]
days = ["sun", "mon"]
from = "2027-05-15"
to = "2027-05-25"
scripts = ["a", "b"]
order = "all"
repeat = 2
gap = "20s"
class = "priority"
except = ["2027-05-17", 2027-05-23]
""",
        encoding="utf-8",
    )
    campaign = read_campaign(path)
    assert (campaign.id, campaign.title, campaign.source) == ("thang-5", "Tháng vận động", "1192/BHXH-TT")
    assert (campaign.start, campaign.end, campaign.path) == (date(2027, 5, 1), date(2027, 5, 31), path)
    assert campaign.slots == (
        Slot(
            id="sang",
            at=(time(5, 30), time(17, 0, 15)),
            scripts=("a", "b"),
            days=frozenset({1, 7}),
            order=Order.ALL,
            repeat=2,
            gap=timedelta(seconds=20),
            bulletin_class=BulletinClass.PRIORITY,
            start=date(2027, 5, 15),
            end=date(2027, 5, 25),
            exceptions=frozenset({date(2027, 5, 17), date(2027, 5, 23)}),
        ),
    )


def test_what_is_left_out_has_the_models_defaults() -> None:
    campaign = parse_campaign(FILE, GOOD)
    assert campaign.slots == (Slot("sang", (time(5, 30),), ("chu-de",)),)
    assert (campaign.start, campaign.end, campaign.source) == (YearDay(5, 1), YearDay(5, 31), "")


@pytest.mark.parametrize(
    "text",
    [
        HEAD,  # a campaign that is being written has no slots yet
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31"),  # over the new year
        GOOD.replace("05-01", "02-29").replace("05-31", "02-29"),
        GOOD.replace('"05-01"', "2027-05-31").replace('"05-31"', "2027-05-31"),  # one day
        slot_with('from = "05-15"'),
        slot_with('to = "05-15"'),
        slot_with('from = "2027-05-15"\nto = "2027-05-20"'),  # this year only, in a campaign of every year
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'from = "12-25"\nto = "01-05"\n',
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'from = "01-05"\nto = "01-10"\n',
        GOOD.replace("05-01", "2026-12-01").replace("05-31", "2027-01-31") + 'from = "01-05"\nto = "01-10"\n',
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'except = ["2027-01-31", "2026-12-01"]\n',
        slot_with("except = []"),
    ],
)
def test_unusual_but_good(text: str) -> None:
    assert parse_campaign(FILE, text).title == "Mẫu"


def test_a_folder_gives_its_good_campaigns_and_every_problem_of_the_bad(tmp_path: Path) -> None:
    (tmp_path / "tot.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "hong.toml").write_text(GOOD + "repeat = 0\ngap = 1\n", encoding="utf-8")
    (tmp_path / "tieng-anh.toml").write_bytes(GOOD.encode("utf-16"))
    (tmp_path / "thang-6.toml.txt").write_text(GOOD, encoding="utf-8")
    for other in (".tot.toml.abc.tmp", ".an.toml", "ghi-chu.md", "tot.toml~", "tot.toml.bak"):
        (tmp_path / other).write_text("không phải lịch", encoding="utf-8")
    campaigns, problems = read_campaigns(tmp_path)
    assert list(campaigns) == ["tot"]
    assert [(problem.path.name, problem.line) for problem in problems if problem.path] == [
        ("hong.toml", 8),
        ("hong.toml", 9),
        ("thang-6.toml.txt", None),
        ("tieng-anh.toml", 1),
    ]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    campaigns, problems = read_campaigns(tmp_path / "none")
    assert not campaigns
    assert [str(problem) for problem in problems] == [f"{tmp_path / 'none'}: there is no such folder"]


def test_scripts_that_do_not_exist_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "thang-5.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    campaign = read_campaign(path)
    named = {script for slot in campaign.slots for script in slot.scripts}
    assert missing_scripts([campaign], named) == ()
    text = path.read_text(encoding="utf-8").splitlines()
    (problem,) = missing_scripts([campaign], named - {"tieu-pham-hai-giong"} | {"tieu-pham"})[:1]
    assert str(problem) == (
        f'{path}:{problem.line}: slot.scripts: there is no script "tieu-pham-hai-giong"; did you mean "tieu-pham"?'
    )
    assert problem.line is not None
    assert text[problem.line - 1] == 'scripts = ["tieu-pham-hai-giong"]'
    path.unlink()
    assert missing_scripts([campaign], [])[0].line is None


@given(st.text(), st.integers(0, 5000), st.integers(0, 40))
def test_a_file_with_anything_done_to_it_is_read_or_refused(patch: str, at: int, length: int) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    text = text[:at] + patch + text[at + length :]
    with contextlib.suppress(InputError):
        campaign = parse_campaign(FILE, text)
        assert len(campaign.slots) == len(tomllib.loads(text).get("slot", []))


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_days_are_written_as_they_are_read(day: date) -> None:
    assert read_boundary(show_boundary(day)) == day
    each_year = YearDay(day.month, day.day)
    assert read_boundary(show_boundary(each_year)) == each_year


def test_the_sample_is_the_campaign_of_the_letter() -> None:
    campaign = read_campaign(SAMPLE)
    assert (campaign.source, campaign.start, campaign.end) == ("1192/BHXH-TT", YearDay(5, 1), YearDay(5, 31))
    messages_slot = campaign.slots[0]
    assert messages_slot.at == (time(5, 30), time(17))
    assert messages_slot.scripts == tuple(f"thong-diep-{number}" for number in range(1, 7))
    peak = [slot for slot in campaign.slots if slot.start]
    assert peak
    assert all((slot.start, slot.end) == (YearDay(5, 15), YearDay(5, 25)) for slot in peak)


def test_a_file_takes_the_words_that_commands_take() -> None:
    text = """
title = "Mẫu"
from = "1/5/2027"
to = "ngày 31 tháng 5 năm 2027"
except = ["7/5/2027"]
[[slot]]
id = "a"
at = ["5h30", "5 giờ chiều", "18:00"]
days = ["T2-T4", "Thứ Sáu", "cuối tuần"]
from = "2/5/2027"
scripts = ["chu-de", "b"]
order = "phát hết"
class = "Khẩn cấp"
except = ["8/5/2027", "9/5/2027 17h"]
paused = [["10/5/2027", "2027-05-11"]]
"""
    campaign = parse_campaign(FILE, text)
    assert (campaign.start, campaign.end) == (date(2027, 5, 1), date(2027, 5, 31))
    assert campaign.exceptions == {date(2027, 5, 7)}
    assert campaign.slots == (
        Slot(
            "a",
            (time(5, 30), time(17), time(18)),
            ("chu-de", "b"),
            days=frozenset({1, 2, 3, 5, 6, 7}),
            order=Order.ALL,
            bulletin_class=BulletinClass.EMERGENCY,
            start=date(2027, 5, 2),
            exceptions=frozenset({date(2027, 5, 8)}),
            skips=frozenset({(date(2027, 5, 9), time(17))}),
            pauses=((date(2027, 5, 10), date(2027, 5, 11)),),
        ),
    )


def test_a_dash_between_two_numbers_is_month_and_day_in_a_file() -> None:
    assert read_boundary("05-12") == YearDay(5, 12)
    assert read_boundary("12/5") == YearDay(5, 12)
