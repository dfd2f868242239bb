"""A script gets another id: its versions, the campaigns, its approval and its history go with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from commands import RunCommand
from officers import GOOD, rows_of, write_script

from broadcaster.records.anomalies import AnomalyKind
from broadcaster.records.kinds import Kind

HMONG = '+++\ntitle = "Thử"\nauthor = "Hoa"\nlanguage = "tiếng Mông"\nvoice = "silent"\n+++\n\nNyob zoo.\n'
SLOTS = """
[[slot]]
id = "mot"
at = ["06:00"]
scripts = [
    "bai",       # ghi chú
    "chu-de",
]
versions = ["vi"]
weights = { bai = 2 }  # hai lần

[[slot]]
id = "hai"
at = ["07:00"]
scripts = ["bai.hmong"]
"""


@pytest.fixture
def station(broadcaster: RunCommand, station_folder: Path) -> Path:
    """Return a station with a text, a version of it, approvals of both, and a campaign that names them."""
    write_script(station_folder, "bai")
    write_script(station_folder, "bai.hmong", HMONG)
    head = 'title = "Thử"\nfrom = "2030-05-01"\nto = "2030-05-31"\n'
    (station_folder / "schedules" / "thu.toml").write_text(head + SLOTS, "utf-8")
    assert (
        broadcaster("script", "approve", "bai", "bai.hmong", "--as", "Lan", "--yes", station=station_folder).code == 0
    )
    return station_folder


def scripts_of(station: Path) -> list[list[str]]:
    """Return the scripts of each slot of the campaign, as its file has them."""
    found = tomllib.loads((station / "schedules" / "thu.toml").read_text("utf-8"))
    return [slot["scripts"] for slot in found["slot"]]


def listed(broadcaster: RunCommand, station: Path, id_: str) -> dict[str, Any]:
    """Return what `script list` says of a script."""
    return next(each for each in broadcaster("script", "list", "--json", station=station).json if each["id"] == id_)


def test_versions_and_campaigns_follow_in_one_step(broadcaster: RunCommand, station: Path) -> None:
    result = broadcaster("script", "rename", "bai", "bai-moi", "--as", "Bảy", "--yes", station=station)
    assert result.code == 0, result.err
    files = sorted(path.name for path in (station / "scripts").glob("bai*"))
    assert files == ["bai-moi.hmong.md", "bai-moi.md"]
    assert (station / "scripts" / "bai-moi.md").read_text("utf-8") == GOOD
    assert scripts_of(station) == [["bai-moi", "chu-de"], ["bai-moi.hmong"]]
    text = (station / "schedules" / "thu.toml").read_text("utf-8")
    assert '"bai-moi",       # ghi chú' in text
    assert "weights = { bai-moi = 2 }  # hai lần" in text
    assert broadcaster("schedule", "check", station=station).code == 0
    history = broadcaster("schedule", "history", "--json", station=station).json
    assert (history[0]["actor"], history[0]["summary"]) == ("Bảy", "script bai renamed: bai-moi")


def test_a_dry_run_shows_it_and_writes_nothing(broadcaster: RunCommand, station: Path) -> None:
    result = broadcaster("script", "rename", "bai", "bai-moi", "--dry-run", station=station)
    assert result.code == 0
    assert "bai.md becomes bai-moi.md" in result.out
    assert '+    "bai-moi",' in result.out
    assert scripts_of(station) == [["bai", "chu-de"], ["bai.hmong"]]
    assert (station / "scripts" / "bai.md").exists()


def test_the_approval_stays_with_the_text_and_goes_from_the_old_id(broadcaster: RunCommand, station: Path) -> None:
    broadcaster("script", "rename", "bai", "bai-moi", "--as", "Bảy", "--yes", station=station)
    assert listed(broadcaster, station, "bai-moi")["approved_by"] == "Lan"
    assert listed(broadcaster, station, "bai-moi.hmong")["approved_by"] == "Lan"
    write_script(station, "bai")  # another script takes the id: nobody approved that one
    assert listed(broadcaster, station, "bai")["approval"] == "never approved"


def test_who_renames_a_text_did_not_write_it(broadcaster: RunCommand, station: Path) -> None:
    edited = GOOD.replace("chào", "kính chào")
    (station / "moi.md").write_text(edited, "utf-8")
    broadcaster("script", "import", str(station / "moi.md"), "--as", "Minh", "--yes", station=station)
    broadcaster("script", "rename", "moi", "moi-hon", "--as", "Bảy", "--yes", station=station)
    writer = broadcaster("script", "approve", "moi-hon", "--as", "Minh", "--yes", station=station)
    assert writer.code == 2
    assert broadcaster("script", "approve", "moi-hon", "--as", "Bảy", "--yes", station=station).code == 0
    review = broadcaster("audit", "review", "--json", station=station).json
    assert AnomalyKind.SAME_PERSON.value not in str(review)


def test_the_history_goes_on_under_the_new_id(broadcaster: RunCommand, station: Path) -> None:
    broadcaster("script", "retire", "bai", "--until", "31/5/2031", "--yes", station=station)
    broadcaster("script", "rename", "bai", "bai-moi", "--yes", station=station)
    history = broadcaster("script", "history", "bai-moi", "--json", station=station).json
    assert [(each["how"], each["script"], each["other"]) for each in history] == [
        ("rename", "bai-moi", "bai"),
        ("rename", "bai", "bai-moi"),
        ("retire", "bai", None),
    ]
    number = history[-1]["number"]
    back = broadcaster("script", "undo", "bai-moi", "--to", "0", "--yes", station=station)
    assert back.code == 0, back.err
    assert (station / "scripts" / "bai-moi.md").read_text("utf-8") == GOOD
    assert (station / "scripts" / "bai-moi.hmong.md").read_text("utf-8") == HMONG  # was retired with it
    again = broadcaster("script", "undo", "bai-moi", "--to", str(number), "--yes", station=station)
    assert again.code == 0, again.err
    assert "valid_until" in (station / "scripts" / "bai-moi.md").read_text("utf-8")


def test_undo_gives_the_old_id_back_everywhere(broadcaster: RunCommand, station: Path) -> None:
    before = (station / "schedules" / "thu.toml").read_bytes()
    broadcaster("script", "rename", "bai", "bai-moi", "--yes", station=station)
    gone = broadcaster("script", "undo", "bai", "--yes", station=station)
    assert gone.code == 2
    assert "broadcaster script rename bai-moi bai" in gone.err
    plan_only = broadcaster("schedule", "undo", "--yes", station=station)
    assert plan_only.code == 2  # campaigns would name a script that is not there
    assert "broadcaster script rename bai-moi bai" in plan_only.err
    back = broadcaster("script", "undo", "bai-moi", "--yes", station=station)
    assert back.code == 0, back.err
    assert (station / "schedules" / "thu.toml").read_bytes() == before
    assert sorted(path.name for path in (station / "scripts").glob("bai*")) == ["bai.hmong.md", "bai.md"]
    assert listed(broadcaster, station, "bai")["approved_by"] == "Lan"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bai", "chu-de", "there is such a file already"),
        ("bai", "Bài mới", "cannot be an id"),
        ("bai.hmong", "bai-moi.hmong", "rename the text: broadcaster script rename bai"),
        ("bai.hmong", "bai.mong", "with script new, then: broadcaster script retire bai.hmong"),
        ("bai", "bai-moi.hmong", "has the id of its text"),
        ("khong", "bai-moi", 'there is no script "khong"'),
    ],
)
def test_what_cannot_be_is_refused(broadcaster: RunCommand, station: Path, old: str, new: str, said: str) -> None:
    result = broadcaster("script", "rename", old, new, "--yes", station=station)
    assert result.code == 2
    assert said in result.err
    assert scripts_of(station) == [["bai", "chu-de"], ["bai.hmong"]]


def test_a_draft_or_a_campaign_with_a_mistake_comes_first(broadcaster: RunCommand, station: Path) -> None:
    drafts = station / "scripts" / ".drafts"
    drafts.mkdir()
    (drafts / "bai.md").write_text("+++\n", "utf-8")
    assert "broadcaster script edit bai" in broadcaster("script", "rename", "bai", "moi", "--yes", station=station).err
    (drafts / "bai.md").unlink()
    (station / "schedules" / "sai.toml").write_text("title = 1\n", "utf-8")
    result = broadcaster("script", "rename", "bai", "moi", "--yes", station=station)
    assert result.code == 2
    assert "sai.toml" in result.err
    assert rows_of(station, Kind.SCRIPT_CHANGED) == []


def test_a_version_is_not_behind_for_a_new_id_and_stays_behind_where_it_was(
    broadcaster: RunCommand, station: Path
) -> None:
    broadcaster("script", "rename", "bai", "bai-moi", "--yes", station=station)
    assert "bai-moi.hmong" not in str(broadcaster("schedule", "check", "--json", station=station).json)
    write_script(station, "bai-moi", GOOD.replace("chào", "kính chào"))
    broadcaster("script", "history", station=station)
    broadcaster("script", "rename", "bai-moi", "bai-cuoi", "--yes", station=station)
    checked = broadcaster("check", "--json", station=station).json
    assert "bai-cuoi.hmong" in str(checked)
