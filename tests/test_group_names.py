"""Groups of loudspeakers as people name them, and where they are named to people."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from commands import RunCommand

GROUPS = """
[[group]]
id = "xa-doai"
title = "Cụm loa xã Đoài cũ"
devices = ["USB 1"]

[[group]]
id = "xa-dong"
devices = ["USB 3"]
"""


@pytest.fixture
def commune(station_folder: Path) -> Path:
    toml = station_folder / "station.toml"
    toml.write_text(toml.read_text("utf-8") + GROUPS, "utf-8")
    return station_folder


@pytest.mark.parametrize("typed", ["Cụm loa xã Đoài cũ", "cum loa xa doai cu", "XA-DOAI", "xã Đoài"])
def test_a_group_is_named_by_its_title_too(broadcaster: RunCommand, commune: Path, tmp_path: Path, typed: str) -> None:
    path = commune / "schedules" / "thang-5.toml"
    edited = broadcaster("schedule", "edit", "thang-5/chu-de", "--group", typed, "--yes", station=commune)
    assert edited.code == 0, edited.err
    assert 'group = "xa-doai"' in path.read_text("utf-8")
    assert broadcaster("schedule", "edit", "thang-5/chu-de", "--group", "-", "--yes", station=commune).code == 0
    sheet = tmp_path / "lich.csv"
    sheet.write_text(f"Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,{typed}\n", "utf-8")
    taken = broadcaster("schedule", "import", str(sheet), "--yes", station=commune)
    assert taken.code == 0, taken.err
    assert 'group = "xa-doai"' in path.read_text("utf-8")


@pytest.mark.parametrize("typed", ["cả xã", "Toàn xã", "tất cả", "all"])
def test_a_slot_that_all_of_the_commune_hears_has_no_group(
    broadcaster: RunCommand, commune: Path, tmp_path: Path, typed: str
) -> None:
    path = commune / "schedules" / "thang-5.toml"
    named = ("schedule", "edit", "thang-5/thong-diep", "--yes", "--group")
    assert broadcaster(*named, "xa-doai", station=commune).code == 0
    sheet = tmp_path / "lich.csv"
    sheet.write_text(f"Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,{typed}\n", "utf-8")
    taken = broadcaster("schedule", "import", str(sheet), "--yes", station=commune)
    assert taken.code == 0, taken.err
    assert "group" not in path.read_text("utf-8")
    assert broadcaster(*named, "xa-doai", station=commune).code == 0
    assert broadcaster(*named, typed, station=commune).code == 0
    assert "group" not in path.read_text("utf-8")


def test_a_slot_of_a_groups_campaign_cannot_be_for_all(broadcaster: RunCommand, commune: Path, tmp_path: Path) -> None:
    path = commune / "schedules" / "thang-5.toml"
    path.write_text('group = "xa-doai"\n' + path.read_text("utf-8"), "utf-8")
    told = '"cả xã": only the group xa-doai hears this campaign; take the group away from the campaign'
    edited = broadcaster("schedule", "edit", "thang-5/thong-diep", "--yes", "--group", "cả xã", station=commune)
    assert (edited.code, told in edited.err) == (2, True), edited.err
    sheet = tmp_path / "lich.csv"
    sheet.write_text("Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,cả xã\n", "utf-8")
    taken = broadcaster("schedule", "import", str(sheet), "--yes", station=commune)
    assert (taken.code, told in taken.err) == (2, True), taken.err


def test_the_plan_of_one_group_has_what_it_hears(broadcaster: RunCommand, commune: Path) -> None:
    for at, group in (("9h", "xa-doai"), ("10h", "xa-dong")):
        add = ("add", "--campaign", "thang-5", "--at", at, "--script", "thong-diep-1", "--group", group)
        assert broadcaster("schedule", *add, "--yes", station=commune).code == 0

    def hours(*options: str) -> list[str]:
        found = broadcaster("plan", "--day", "10/5/2027", "--json", *options, station=commune)
        return [each["start"][11:16] for each in json.loads(found.out)]

    assert hours() == ["05:30", "05:35", "09:00", "10:00", "17:00", "17:05"]
    assert hours("--group", "Cụm loa xã Đoài cũ") == ["05:30", "05:35", "09:00", "17:00", "17:05"]
    assert hours("--group", "-") == hours("--group", "cả xã") == ["05:30", "05:35", "17:00", "17:05"]
    unknown = broadcaster("plan", "--group", "xa-bac", station=commune)
    assert unknown.code == 2
    assert 'there is no group "xa-bac" in station.toml' in unknown.err


def test_who_names_none_is_told_which_groups_there_are(broadcaster: RunCommand, commune: Path, tmp_path: Path) -> None:
    groups = "groups: xa-doai (Cụm loa xã Đoài cũ), xa-dong"
    command = ("schedule", "edit", "thang-5/chu-de", "--group", "loa")
    assert groups in broadcaster(*command, "--yes", station=commune).err
    sheet = tmp_path / "lich.csv"
    sheet.write_text("Mã đợt,Mã khung phát,Cụm loa\nthang-5,thong-diep,Loa chợ\n", "utf-8")
    refused = broadcaster("schedule", "import", str(sheet), "--yes", station=commune)
    assert refused.code == 2
    assert groups in refused.err


def test_what_is_printed_says_whose_loudspeakers_hear_it(
    broadcaster: RunCommand, commune: Path, tmp_path: Path
) -> None:
    add = ("add", "--campaign", "thang-5", "--at", "9h", "--script", "thong-diep-1", "--group", "xa-doai")
    assert broadcaster("schedule", *add, "--yes", station=commune).code == 0
    for name in ("t.html", "t.csv", "t.ics"):
        done = broadcaster("schedule", "export", str(tmp_path / name), "--month", "5/2090", station=commune)
        assert done.code == 0, done.err
    page = (tmp_path / "t.html").read_text("utf-8")
    assert "<b>09:00</b> Cụm loa xã Đoài cũ: Thông điệp thứ nhất" in page
    assert "chỉ cụm ấy nghe" in page
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    heard = {row["Giờ"]: row["Cụm loa"] for row in rows if row["Ngày"] == "03/05/2090"}
    assert (heard["09:00"], heard["17:00"]) == ("Cụm loa xã Đoài cũ", "cả xã")
    calendar = (tmp_path / "t.ics").read_text("utf-8")
    assert calendar.count("LOCATION:Cụm loa xã Đoài cũ") == 31


def test_the_check_says_whose_device_it_is_about(broadcaster: RunCommand, commune: Path) -> None:
    found = broadcaster("check", station=commune).out
    assert "Cụm loa xã Đoài cũ: Device: " in found
    assert "xa-dong: Device: " in found
