"""Slots that air their scripts in several versions: what is planned, what is missing, and how people change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sheets import MAY, row, slots_sheet, taken, told
from stations import ZONE, Maker
from timetables import GOOD, HEAD, SLOT

from broadcaster.errors import InputError
from broadcaster.models import Campaign, Order, Slot, YearDay
from broadcaster.office.script_list import list_scripts
from broadcaster.schedule.campaign_edit import edit
from broadcaster.schedule.plan import expand
from broadcaster.schedule.slot_scripts import may_air
from broadcaster.schedule.timetable import parse_campaign, read_campaign
from broadcaster.schedule.unknown_names import missing_scripts
from broadcaster.station.content import read_content

if TYPE_CHECKING:
    from commands import RunCommand

BOTH = 'versions = ["vi", "hmong"]\n'


def campaign(slot: Slot, versions: tuple[str, ...] = ()) -> Campaign:
    return Campaign("dot", "Đợt", Path("dot.toml"), YearDay(5, 1), YearDay(5, 31), (slot,), versions=versions)


def planned(made: Campaign, first: int, last: int) -> list[str]:
    """Return the day, the hour and the scripts of what airs in these days of May 2027."""
    start, end = datetime(2027, 5, first, tzinfo=ZONE), datetime(2027, 5, last + 1, tzinfo=ZONE)
    return [f"{each.start:%d %H} {'+'.join(each.scripts)}" for each in expand([made], start, end, ZONE)]


def slot(
    *scripts: str,
    order: Order = Order.ROTATE,
    versions: tuple[str, ...] = (),
    weights: tuple[int, ...] = (),
    repeat: int = 1,
    off: tuple[int, ...] = (),
    skips: tuple[tuple[int, int], ...] = (),
) -> Slot:
    return Slot(
        "s",
        (time(5), time(17)),
        scripts,
        order=order,
        repeat=repeat,
        exceptions=frozenset(date(2027, 5, day) for day in off),
        skips=frozenset((date(2027, 5, day), time(hour)) for day, hour in skips),
        weights=weights,
        versions=versions,
    )


# ---- the plan ----------------------------------------------------------------------------------------------------


def test_scripts_that_take_turns_have_one_turn_with_all_their_versions() -> None:
    made = campaign(slot("a", "b", "c", versions=("vi", "hmong")))
    assert planned(made, 1, 2) == ["01 05 a+a.hmong", "01 17 b+b.hmong", "02 05 c+c.hmong", "02 17 a+a.hmong"]


def test_a_whole_list_comes_script_by_script() -> None:
    made = campaign(slot("a", "b", order=Order.ALL, versions=("hmong", "vi")))
    assert planned(made, 1, 1) == ["01 05 a.hmong+a+b.hmong+b", "01 17 a.hmong+a+b.hmong+b"]


def test_repeats_go_through_all_versions_with_the_gap_between_each_two() -> None:
    made = campaign(slot("a", versions=("vi", "hmong"), repeat=2))
    (found, _evening) = expand([made], *(datetime(2027, 5, day, tzinfo=ZONE) for day in (1, 2)), ZONE)
    assert found.items == ("a", "a.hmong", "a", "a.hmong")
    lengths = {"a": timedelta(seconds=30), "a.hmong": timedelta(seconds=50)}
    assert found.length(lengths) == timedelta(seconds=2 * (30 + 50) + 3 * 2)
    assert found.id == "dot/s@2027-05-01T05:00+07:00"


def test_weights_and_days_off_are_those_of_the_texts() -> None:
    made = campaign(slot("a", "b", weights=(2, 1), versions=("vi", "hmong"), off=(2,), skips=((3, 5),)))
    plain = campaign(slot("a", "b", weights=(2, 1), off=(2,), skips=((3, 5),)))
    expected = ["01 05 a", "01 17 b", "03 17 a", "04 05 b", "04 17 a"]
    assert planned(plain, 1, 4) == expected
    assert planned(made, 1, 4) == [f"{text}+{text[-1]}.hmong" for text in expected]


def test_a_slot_goes_before_its_campaign_and_a_named_version_stays_alone() -> None:
    assert planned(campaign(slot("a"), ("vi", "hmong")), 1, 1)[0] == "01 05 a+a.hmong"
    assert planned(campaign(slot("a", versions=("vi",)), ("vi", "hmong")), 1, 1)[0] == "01 05 a"
    assert planned(campaign(slot("a", versions=("tay",)), ("vi", "hmong")), 1, 1)[0] == "01 05 a.tay"
    assert planned(campaign(slot("a.hmong", "b"), ("vi", "tay")), 1, 1) == ["01 05 a.hmong", "01 17 b+b.tay"]
    assert planned(campaign(slot("a.hmong")), 1, 1)[0] == "01 05 a.hmong"


def test_what_may_air_is_each_script_once() -> None:
    made = slot("a", "b", "a.hmong", "a", versions=("vi", "hmong"))
    assert may_air(campaign(made), made) == ("a", "a.hmong", "b", "b.hmong")


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_file_says_versions_for_a_slot_and_for_a_campaign() -> None:
    read = parse_campaign(Path("mau.toml"), BOTH + GOOD + 'versions = ["tay"]\n' + SLOT.replace("sang", "chieu"))
    assert read.versions == ("vi", "hmong")
    assert [each.versions for each in read.slots] == [("tay",), ()]


def test_a_version_that_has_no_file_is_missing_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"

    def told_of(text: str, *ids: str) -> list[str]:
        path.write_text(text, "utf-8")
        return [str(found).removeprefix(f"{path}:") for found in missing_scripts([read_campaign(path)], ids)]

    make = "make it: broadcaster script new chu-de.hmong"
    missing = 'there is no script "chu-de.hmong"'
    assert told_of(GOOD + BOTH, "chu-de", "chu-de.hmong") == []
    assert told_of(GOOD + BOTH, "chu-de") == [f"8: slot.versions: {missing}; {make}"]
    assert told_of(BOTH + GOOD, "chu-de") == [f"1: versions: {missing}; {make}"]
    named = GOOD.replace('["chu-de"]', '["chu-de.hmong"]')
    assert told_of(named, "chu-de") == [f"7: slot.scripts: {missing}; {make}"]
    assert told_of(named, "chu-de.mong") == [f'7: slot.scripts: {missing}; did you mean "chu-de.mong"?']
    assert told_of(GOOD + BOTH, "chu-de.hmong") == [
        '7: slot.scripts: there is no script "chu-de"; did you mean "chu-de.hmong"?'
    ]


def test_an_edit_writes_and_takes_out_versions_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(HEAD + "# sáng\n" + SLOT, "utf-8")
    step = edit(path)
    (only,) = step.campaign.slots
    new = replace(only, versions=("vi", "hmong"), scripts=("chu-de", "chu-de.tay"), weights=(1, 2))
    changed = step.change_slot(new)
    assert changed.text == HEAD + "# sáng\n" + SLOT.replace('["chu-de"]', '["chu-de", "chu-de.tay"]') + (
        'versions = ["vi", "hmong"]\nweights = {"chu-de.tay" = 2}\n'
    )
    assert changed.change_slot(only).text == HEAD + "# sáng\n" + SLOT
    head = step.change_campaign(replace(step.campaign, versions=("vi", "hmong")))
    assert head.text == HEAD + BOTH + "# sáng\n" + SLOT


# ---- commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def place(maker: Maker) -> Maker:
    """Return a station with two texts, of which one has a version."""
    maker.settings().script("bai-1").script("bai-2")
    maker.script("bai-1.hmong", "Nyob zoo.", 'language = "tiếng Mông"\nvoice = "silent"')
    return maker.campaign(maker.slot("05:30 17:00", "bai-1"), dates='from = "01-01"\nto = "12-31"')


def test_versions_are_typed_for_a_slot_or_a_campaign(place: Maker, broadcaster: RunCommand) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        found = broadcaster("schedule", *arguments, "--yes", "--as", "Lan", station=place.root)
        return found.code, found.err.strip()

    def versions() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        read = read_campaign(place.root / "schedules" / "thu.toml")
        return read.versions, [each.versions for each in read.slots]

    assert run("edit", "thu/sang", "--versions", "vi,hmong") == (0, "")
    assert versions() == ((), [("vi", "hmong")])
    assert run("edit", "thu", "--versions", "hmong") == (0, "")
    assert run("edit", "thu/sang", "--versions", "-") == (0, "")
    assert versions() == (("hmong",), [()])
    code, told_of = run("add", "--at", "6h", "--script", "bai-1", "--versions", "vi,tay")
    assert code == 2
    assert 'there is no script "bai-1.tay"; make it: broadcaster script new bai-1.tay' in told_of
    assert run("add", "--at", "6h", "--script", "bai-1", "--versions", "vi")[0] == 0
    assert versions() == (("hmong",), [(), ("vi",)])
    assert run("edit", "thu", "--versions", "-") == (0, "")
    assert versions() == ((), [(), ("vi",)])
    made = ("new", "moi", "--title", "Mới", "--from", "1/6", "--to", "2/6", "--versions", "vi,hmong")
    assert run(*made) == (0, "")
    assert read_campaign(place.root / "schedules" / "moi.toml").versions == ("vi", "hmong")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("vi,Hmong", '--versions: "Hmong" is not understood; allowed: versions of scripts in their order'),
        ("", '--versions: "" is not understood; allowed: versions of scripts in their order'),
        ("vi,vi", '"vi" is given twice; write it once'),
        ("bai-1.hmong", '--versions: "bai-1.hmong" is not understood'),
        ("hmong,tay", 'there is no script "bai-1.tay"; make it: broadcaster script new bai-1.tay'),
    ],
)
def test_versions_that_are_none_are_one_clear_line(
    place: Maker, broadcaster: RunCommand, typed: str, message: str
) -> None:
    before = (place.root / "schedules" / "thu.toml").read_bytes()
    found = broadcaster("schedule", "edit", "thu/sang", "--versions", typed, "--yes", "--as", "Lan", station=place.root)
    assert found.code == 2
    assert message in found.err
    assert len(found.err.strip().splitlines()) == 1
    assert (place.root / "schedules" / "thu.toml").read_bytes() == before


def test_a_moved_airing_keeps_all_its_versions_in_one(place: Maker, broadcaster: RunCommand) -> None:
    place.campaign(place.slot("05:30", "bai-1 bai-2"), dates=f'from = "01-01"\nto = "12-31"\n{BOTH}')
    place.script("bai-2.hmong", "Zoo.", 'language = "tiếng Mông"\nvoice = "silent"')
    path = place.root / "schedules" / "thu.toml"
    start, end = datetime(2027, 5, 3, tzinfo=ZONE), datetime(2027, 5, 4, tzinfo=ZONE)
    (before,) = expand([read_campaign(path)], start, end, ZONE)
    assert len(before.scripts) == 2
    moved = broadcaster("schedule", "move", "thu/sang@3/5/2027 5h30", "--at", "7h", "--yes", station=place.root)
    assert moved.code == 0, moved.err
    (after,) = expand([read_campaign(path)], start, end, ZONE)
    assert (after.scripts, after.start.hour) == (before.scripts, 7)


def test_a_script_is_scheduled_where_a_slot_airs_its_version(place: Maker) -> None:
    place.campaign(place.slot("05:30", "bai-1", BOTH) + place.slot("06:00", "bai-1.hmong", id_="rieng"))
    listed, problems = list_scripts(place.open())
    assert not problems
    assert {each.script.id: each.scheduled for each in listed} == {
        "bai-1": ("thu/sang",), "bai-1.hmong": ("thu/sang", "thu/rieng"), "bai-2": ()
    }  # fmt: skip


def test_a_desk_goes_on_without_a_version_that_is_missing_and_says_so(place: Maker) -> None:
    place.campaign(place.slot("05:30", "bai-1", 'versions = ["vi", "tay"]'))
    (missing,) = read_content(place.open()).missing
    assert (missing.line, missing.key) == (9, "slot.versions")
    assert missing.what == 'there is no script "bai-1.tay"'


# ---- sheets ------------------------------------------------------------------------------------------------------


def test_the_column_of_versions_may_be_left_out_or_empty(tmp_path: Path) -> None:
    both = slots_sheet(tmp_path / "a.xlsx", row(versions="vi, hmong"))
    assert taken(both).slots["may"][0].versions == ("vi", "hmong")
    empty = slots_sheet(tmp_path / "b.xlsx", row())
    assert taken(empty).slots["may"][0].versions == ()


def test_cells_of_versions_that_are_none_are_told(tmp_path: Path) -> None:
    def of(name: str, versions: str) -> str:
        (found,) = told(slots_sheet(tmp_path / f"{name}.xlsx", row(versions=versions)))
        return found.removeprefix('sheet "Khung phát", row 2, column I "Phiên bản": ')

    allowed = "allowed: versions of scripts, parted by commas, such as vi, hmong; vi is the text itself"
    assert of("capitals", "vi, Hmong") == f'found "vi, Hmong"; {allowed}'
    assert of("twice", "vi, vi") == '"vi" is given twice; write it once'
    assert of("gone", "vi; tay") == 'there is no script "a.tay"; make it: broadcaster script new a.tay'


def test_a_campaigns_own_versions_count_where_a_sheet_has_none(tmp_path: Path) -> None:
    path = slots_sheet(tmp_path / "a.xlsx", row())
    with pytest.raises(InputError) as caught:
        taken(path, replace(MAY, versions=("vi", "tay")))
    (problem,) = caught.value.problems
    assert problem.what == 'there is no script "a.tay"'
