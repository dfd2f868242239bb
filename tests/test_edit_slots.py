"""Slots put into a campaign's file and taken out again: every other byte stays as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timetables import GOOD, HEAD, ID, SAMPLE, TIMES

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Campaign, Order, Slot, YearDay
from broadcaster.schedule.campaign_edit import create_campaign, edit
from broadcaster.schedule.timetable import read_campaign

DAYS_OF_MAY = st.dates(date(2027, 5, 1), date(2027, 5, 31))
SLOTS = st.builds(
    Slot,
    id=st.from_regex(r"moi-[a-z0-9-]{0,10}", fullmatch=True),
    at=st.lists(st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=4, unique=True).map(tuple),
    scripts=st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), min_size=1, max_size=4).map(tuple),
    days=st.sets(st.integers(1, 7), min_size=1).map(frozenset),
    order=st.sampled_from(Order),
    repeat=st.integers(1, 20),
    gap=st.integers(0, 600_000).map(lambda number: timedelta(milliseconds=number)),
    bulletin_class=st.sampled_from(BulletinClass),
    start=st.none() | st.builds(YearDay, st.just(5), st.integers(1, 15)),
    end=st.none() | st.builds(YearDay, st.just(5), st.integers(15, 31)),
    exceptions=st.sets(DAYS_OF_MAY, max_size=3).map(frozenset),
)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schedules")


@given(slot=SLOTS, newline=st.sampled_from(["\n", "\r\n"]), bom=st.booleans(), end=st.sampled_from(["", "\n", "\n\n"]))
@settings(max_examples=60)
def test_a_slot_put_in_and_taken_out_leaves_every_other_byte(
    workplace: Path, slot: Slot, newline: str, *, bom: bool, end: str
) -> None:
    path = workplace / "thang-5.toml"
    text = ("\ufeff" if bom else "") + SAMPLE.read_text(encoding="utf-8").rstrip() + end
    before = text.replace("\n", newline).encode()
    path.write_bytes(before)
    edit(path).add(slot).change().write()
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
    assert read_campaign(path).slots == (*read_campaign(SAMPLE).slots, slot)
    edit(path).remove(slot.id).change().write()
    assert path.read_bytes().rstrip() == before.rstrip()


@pytest.mark.parametrize("number", range(7))
def test_any_slot_comes_out_alone(tmp_path: Path, number: int) -> None:
    path = tmp_path / "thang-5.toml"
    before = SAMPLE.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    slots = read_campaign(path).slots
    change = edit(path).remove(slots[number].id).change()
    change.write()
    assert read_campaign(path).slots == slots[:number] + slots[number + 1 :]
    changes = [line for line in change.diff().splitlines()[2:] if not line.startswith((" ", "@"))]
    assert all(line.startswith("-") for line in changes)
    assert sum(line.startswith("-[[slot]]") for line in changes) == 1
    assert not any("----" in line for line in changes)  # the headings between the slots stay


def test_comments_go_with_the_slot_that_they_touch(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = """\
title = "Mẫu"  # tên
from = "05-01"
to = "05-31"

# ---- phần một ----

# về sáng
[[slot]]
id = "sang" # sáng
at = ["05:30"]

scripts = [ # nhiều
  "a",
]
# except = []
# ---- phần hai ----

# về chiều
[[slot]]
id = "chieu"
at = ["17:00"]
scripts = ["a"]
# về tối
[[slot]]
id = "toi"
at = ["19:00"]
scripts = ["a"]
# hết
"""
    path.write_text(text, encoding="utf-8")
    edit(path).remove("chieu").change().write()
    kept = text.replace('# về chiều\n[[slot]]\nid = "chieu"\nat = ["17:00"]\nscripts = ["a"]\n', "")
    assert path.read_text(encoding="utf-8") == kept
    edit(path).remove("sang").change().write()
    edit(path).remove("toi").change().write()
    assert path.read_text(encoding="utf-8") == text[: text.index("\n# về sáng")]


def test_the_diff_says_what_changes_and_nothing_is_written_unasked(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(GOOD, encoding="utf-8")
    slot = Slot("chieu", (time(17),), ("a", "b"), days=frozenset({6, 7}), order=Order.ALL)
    expected = """\
--- mau.toml
+++ mau.toml
@@ -5,3 +5,10 @@
 id = "sang"
 at = ["05:30"]
 scripts = ["chu-de"]
+
+[[slot]]
+id = "chieu"
+at = ["17:00"]
+days = ["sat", "sun"]
+scripts = ["a", "b"]
+order = "all"
"""
    change = edit(path).add(slot).change()
    assert change.diff() == expected
    assert path.read_text(encoding="utf-8") == GOOD
    change.write()
    assert path.read_text(encoding="utf-8") == change.after


def test_a_campaign_is_made_and_filled(tmp_path: Path) -> None:
    path = tmp_path / "tet.toml"
    change = create_campaign(Campaign("tet", 'Tết "vui"', path, YearDay(12, 20), YearDay(1, 10), (), "5/KH"))
    change.write()
    assert change.diff().startswith("--- tet.toml\n+++ tet.toml\n@@ -0,0 +1,4 @@\n")
    slot = Slot("sang", (time(6),), ("chuc-tet",), start=YearDay(12, 30), end=YearDay(1, 2))
    edit(path).add(slot).change().write()
    campaign = read_campaign(path)
    assert (campaign.title, campaign.source, campaign.slots) == ('Tết "vui"', "5/KH", (slot,))
    assert path.read_text(encoding="utf-8").startswith('title = "Tết \\"vui\\""\nsource = "5/KH"\nfrom = "12-20"\n')


@pytest.mark.parametrize(
    ("before", "slot", "message"),
    [
        (
            GOOD,
            Slot("sang", (time(6),), ("a",)),
            ': slot.id: the slot in line 4 is "sang" too; give each slot a different id',
        ),
        (GOOD, Slot("A", (time(6),), ("a",)), f': slot.id: found "A"; {ID}'),
        (GOOD, Slot("b", (), ("a",)), f": slot b.at: found []; {TIMES}"),
        (
            GOOD,
            Slot("b", (time(6),), ("a",), start=YearDay(6, 1)),
            ": slot b.from: 05-31 is before 06-01; over the new year",
        ),
        (GOOD + "repeat = 0\n", Slot("b", (time(6),), ("a",)), ":8: slot.repeat: found 0; allowed"),
        (
            HEAD + 'slot = [{ id = "a", at = ["05:30"], scripts = ["a"] }]\n',
            Slot("b", (time(6),), ("a",)),
            ": slot: the slots are written in one list, which this command cannot change; write each slot under",
        ),
        (HEAD + "slot = []\n", Slot("b", (time(6),), ("a",)), ": slot: the slots are written in one list"),
    ],
)
def test_an_edit_that_would_make_a_bad_file_is_refused(tmp_path: Path, before: str, slot: Slot, message: str) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(before, encoding="utf-8")
    with pytest.raises(InputError) as error:
        edit(path).add(slot).change()
    assert str(error.value.problems[0]).startswith(f"{path}{message}")
    assert path.read_text(encoding="utf-8") == before


def test_other_edits_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f'{path}: there is no slot "san"; did you mean "sang"?')):
        edit(path).remove("san")
    with pytest.raises(InputError, match="there is such a file already; choose another name"):
        create_campaign(Campaign("mau", "x", path, YearDay(5, 1), YearDay(5, 2), ()))
    with pytest.raises(InputError, match="found the file name"):
        create_campaign(Campaign("x", "x", tmp_path / "Tháng 5.toml", YearDay(5, 1), YearDay(5, 2), ()))
    with pytest.raises(InputError, match="there is no such file"):
        edit(tmp_path / "none.toml")
    assert [found.name for found in tmp_path.iterdir()] == ["mau.toml"]


@pytest.mark.parametrize("weights", ["weights.a = 2\n", "[slot.weights]\na = 2\n", "[ slot . 'weights' ]\na = 2\n"])
def test_weights_that_are_written_in_parts_are_left_to_the_officer(tmp_path: Path, weights: str) -> None:
    path = tmp_path / "mau.toml"
    text = HEAD + f'[[slot]]\nid = "sang"\nat = ["05:30"]\nscripts = ["a", "b"]\n{weights}\n[[slot]]\nid = "toi"\n'
    text += 'at = ["19:00"]\nscripts = ["a"]\n'
    path.write_text(text, encoding="utf-8")
    slot = read_campaign(path).slots[0]
    assert slot.weights == (2, 1)
    with pytest.raises(InputError) as error:
        edit(path).change_slot(replace(slot, weights=(3, 1)))
    assert str(error.value.problems[0]) == (
        f"{path}: these lines are written in a way that this command cannot change; change them in the file itself: "
        "broadcaster schedule edit"
    )
    later = edit(path).change_slot(replace(slot, at=(time(6),))).change().after
    assert later == text.replace('"05:30"', '"06:00"')
