"""Edits of campaign files: what was meant and nothing else, every other byte and every comment as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster import versions
from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Order, Slot, YearDay
from broadcaster.schedule.campaign_edit import FileChange, edit
from broadcaster.schedule.describe_change import describe
from broadcaster.schedule.timetable import read_campaign

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
MAY = st.dates(date(2027, 5, 1), date(2027, 5, 31))
PAUSES = st.lists(st.tuples(MAY, MAY | st.just(date.max)).map(lambda days: (min(days), max(days))), max_size=2)
COMMENTS = re.compile(r"#.*")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "thang-5.toml"
    path.write_bytes(SAMPLE.read_bytes())
    return path


def changed_lines(change: FileChange) -> list[str]:
    return [line for line in change.diff().splitlines()[2:] if line[:1] in "+-"]


def test_a_value_is_changed_where_it_stands_and_its_comment_stays(path: Path) -> None:
    slot = read_campaign(path).slots[0]
    change = edit(path).change_slot(replace(slot, repeat=3, order=Order.ALL)).change()
    comment = '               # mỗi lần một bài, lần sau bài kế tiếp; "all": lần nào cũng phát hết danh sách'
    assert changed_lines(change) == [
        f'-order = "rotate"{comment}',
        "-repeat = 2                     # đọc hai lần liền",
        f'+order = "all"{comment}',
        "+repeat = 3                     # đọc hai lần liền",
    ]


def test_a_list_over_several_lines_keeps_its_form(path: Path) -> None:
    slot = read_campaign(path).slots[0]
    scripts = tuple(id_ for id_ in slot.scripts if id_ != "thong-diep-3")
    change = edit(path).change_slot(replace(slot, scripts=(*scripts, "chu-de"))).change()
    assert changed_lines(change) == ['-    "thong-diep-3",', '+    "chu-de",']


def test_what_becomes_the_default_goes_and_what_is_new_comes_at_the_end_of_its_slot(path: Path) -> None:
    slot = read_campaign(path).slots[1]
    change = edit(path).change_slot(replace(slot, order=Order.ROTATE, weights=(2, 1))).change()
    assert changed_lines(change) == ['-order = "all"', "+weights = {chu-de = 2}"]


def test_the_head_is_changed_and_no_slot(path: Path) -> None:
    campaign = read_campaign(path)
    new = replace(
        campaign, title='"Mới"', exceptions=frozenset({date(2027, 5, 19)}), pauses=((date(2027, 5, 30), date.max),)
    )
    change = edit(path).change_campaign(new).change()
    assert changed_lines(change) == [
        '-title = "Tháng vận động triển khai BHXH toàn dân"',
        '+title = "\\"Mới\\""',
        '+except = ["2027-05-19"]',
        '+paused = [["2027-05-30"]]',
    ]
    change.write()
    assert read_campaign(path) == replace(new, path=path)


def test_several_steps_come_to_one_change(path: Path) -> None:
    slot = read_campaign(path).slots[2]
    step = edit(path).change_slot(replace(slot, at=(time(18, 20),)))
    step = step.add(Slot("moi", (time(9),), ("chu-de",)), "lời ghi").remove("chu-de")
    assert changed_lines(step.change())[-5:] == [
        "+# lời ghi",
        "+[[slot]]",
        '+id = "moi"',
        '+at = ["09:00"]',
        '+scripts = ["chu-de"]',
    ]
    assert [found.id for found in step.campaign.slots][-1] == "moi"


TIMES = st.times().map(lambda at: at.replace(microsecond=0))
SLOT_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "at": st.lists(TIMES, min_size=1, max_size=4, unique=True).map(tuple),
    "days": st.sets(st.integers(1, 7), min_size=1).map(frozenset),
    "repeat": st.integers(1, 20),
    "gap": st.integers(0, 600_000).map(lambda number: timedelta(milliseconds=number)),
    "bulletin_class": st.sampled_from(BulletinClass),
    "start": st.none() | st.builds(YearDay, st.just(5), st.integers(1, 15)),
    "end": st.none() | st.builds(YearDay, st.just(5), st.integers(15, 31)),
    "exceptions": st.sets(MAY, max_size=3).map(frozenset),
    "pauses": PAUSES.map(tuple),
}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schedules")


@given(
    number=st.integers(0, 6),
    values=st.fixed_dictionaries({}, optional=SLOT_CHANGES),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_any_change_of_a_slot_says_what_was_meant_and_leaves_the_rest(
    workplace: Path, number: int, values: dict[str, Any], newline: str, *, bom: bool
) -> None:
    path = workplace / "thang-5.toml"
    text = ("\ufeff" if bom else "") + SAMPLE.read_text(encoding="utf-8").replace("\n", newline)
    path.write_bytes(text.encode())
    before = read_campaign(path)
    new = replace(before.slots[number], **values)
    change = edit(path).change_slot(new).change()
    change.write()
    after = read_campaign(path)
    assert after.slots == (*before.slots[:number], new, *before.slots[number + 1 :])
    assert change.after is not None
    assert change.after.count("\r\n") == (change.after.count("\n") if newline == "\r\n" else 0)
    gone = [line for line in changed_lines(change) if line.startswith("-") and line[1:].strip().startswith("#")]
    assert gone == []
    back = edit(path).change_slot(before.slots[number]).change()
    back.write()
    assert replace(read_campaign(path), path=before.path) == before


@pytest.mark.parametrize(
    "lines",
    ["weights.a = 2", "[slot.weights]\na = 2"],
)
def test_what_is_written_in_an_unusual_way_is_left_to_a_person(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "mau.toml"
    text = 'title = "M"\nfrom = "05-01"\nto = "05-31"\n[[slot]]\nid = "s"\nat = ["05:30"]\nscripts = ["a", "b"]\n'
    path.write_text(text + lines + "\n", "utf-8")
    slot = read_campaign(path).slots[0]
    assert slot.weights == (2, 1)
    with pytest.raises(InputError):
        edit(path).change_slot(replace(slot, weights=(1, 3)))
    changed = edit(path).change_slot(replace(slot, repeat=2))
    assert changed.campaign.slots[0].repeat == 2


def test_a_file_that_changed_in_the_meantime_is_not_written_over(path: Path) -> None:
    change = edit(path).remove("chu-de").change()
    path.write_text(path.read_text("utf-8") + "# ghi thêm\n", "utf-8")
    with pytest.raises(InputError, match="the file was changed in the meantime; nothing was written"):
        change.write()
    assert path.read_text("utf-8").endswith("# ghi thêm\n")


# ---- versions and what is said of them --------------------------------------------------------------------------


def test_a_version_is_kept_once_and_comes_back_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfx = 1\r\n\xff\xfe")  # not even UTF-8
    digest = versions.keep(path)
    assert versions.keep(path) == digest
    text = versions.load(path, digest)
    assert text is not None
    assert versions.to_bytes(text) == path.read_bytes()
    assert [found.name for found in (tmp_path / ".history" / "a").iterdir()] == [f"{digest}.toml"]
    assert versions.load(path, versions.NO_FILE) is None
    assert versions.keep(tmp_path / "none.toml") == versions.NO_FILE


def test_a_version_that_was_altered_or_lost_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("x = 1\n", "utf-8")
    digest = versions.keep(path)
    shelf = tmp_path / ".history" / "a" / f"{digest}.toml"
    shelf.write_text("x = 2\n", "utf-8")
    with pytest.raises(InputError, match="that version is damaged"):
        versions.load(path, digest)
    with pytest.raises(InputError, match="that version was not kept"):
        versions.load(path, "0" * 64)


def test_a_change_is_described_in_a_line(path: Path) -> None:
    slot = read_campaign(path).slots[0]
    step = edit(path).change_slot(replace(slot, repeat=3, gap=timedelta(seconds=2)))
    step = step.remove("chu-de").add(Slot("moi", (time(9),), ("chu-de",)))
    text = step.change().before
    assert describe(step.change()) == (
        'thang-5: slot "chu-de" removed; slot "thong-diep": repeats, gap between the scripts; slot "moi" added'
    )
    off = edit(path).change_campaign(replace(read_campaign(path), exceptions=frozenset({date(2027, 5, 19)})))
    assert describe(off.change()) == "thang-5: days left out"
    assert describe(FileChange(path, None, text)) == "thang-5: made"
    assert describe(FileChange(path, text, None)) == "thang-5: removed"
    assert describe(FileChange(path, text, "x")) == "thang-5: edited, with mistakes"
    assert describe(FileChange(path, text, f"# lời\n{text}")) == "thang-5: comments or layout"
