"""Scripts from the command line: seen, read, rendered and heard."""

from __future__ import annotations

import wave
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from officers import write_script

from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def entries(broadcaster: RunCommand, station: Path) -> dict[str, dict[str, object]]:
    found = broadcaster("script", "list", "--json", station=station).json
    return {entry["id"]: entry for entry in found}


def only_these(station: Path, *ids: str) -> None:
    for path in (station / "scripts").glob("*.md"):
        if path.stem not in ids:
            path.unlink()


# ---- list, show, read ------------------------------------------------------------------------------------------


def test_the_list_knows_what_is_ready(broadcaster: RunCommand, station_folder: Path) -> None:
    assert {entry["state"] for entry in entries(broadcaster, station_folder).values()} == {"not rendered"}
    assert broadcaster("script", "render", "thong-diep-1", station=station_folder).code == 0
    found = entries(broadcaster, station_folder)
    assert [id_ for id_, entry in found.items() if entry["state"] == "ready"] == ["thong-diep-1"]
    assert found["thong-diep-1"]["voice"] == "silent"
    assert found["thong-diep-1"]["seconds"]


def test_an_edited_script_is_no_longer_ready(broadcaster: RunCommand, station_folder: Path) -> None:
    broadcaster("script", "render", "chu-de", station=station_folder)
    path = station_folder / "scripts" / "chu-de.md"
    path.write_text(path.read_text("utf-8") + "\nThêm một câu.\n", "utf-8")
    assert entries(broadcaster, station_folder)["chu-de"]["state"] == "not rendered"


def test_an_expired_script_is_marked(broadcaster: RunCommand, station_folder: Path) -> None:
    path = station_folder / "scripts" / "chu-de.md"
    path.write_text(path.read_text("utf-8").replace("+++\n", "+++\nvalid_until = 2020-12-31\n", 1), "utf-8")
    assert entries(broadcaster, station_folder)["chu-de"]["state"] == "expired"
    assert "31/12/2020" in broadcaster("script", "show", "chu-de", station=station_folder, lang="vi").out


def test_warnings_are_counted_before_and_after_rendering(broadcaster: RunCommand, station_folder: Path) -> None:
    text = '+++\ntitle = "Lạ"\n+++\nMời bà con đến XQZKW lúc 7h.\n'
    (station_folder / "scripts" / "la.md").write_text(text, "utf-8")
    before = entries(broadcaster, station_folder)["la"]["warnings"]
    assert before
    assert "XQZKW" in str(before)
    broadcaster("script", "render", "la", station=station_folder)
    assert entries(broadcaster, station_folder)["la"]["warnings"] == before


def test_mistakes_are_told_beside_the_good_scripts(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "scripts" / "hong.md").write_text("không có phần đầu\n", "utf-8")
    result = broadcaster("script", "list", station=station_folder)
    assert result.code == 2
    assert "thong-diep-1" in result.out
    assert "hong.md:1: " in result.err
    shown = broadcaster("script", "show", "hong", station=station_folder)
    assert (shown.code, shown.err) == (2, result.err)


def test_show_gives_what_is_known_and_the_text(broadcaster: RunCommand, station_folder: Path) -> None:
    shown = broadcaster("script", "show", "duong-day-nong", station=station_folder).out
    script = open_station(station_folder).scripts()[0]["duong-day-nong"]
    assert script.title in shown
    assert script.digest in shown
    assert "1900.90.68" in shown
    assert "+++" not in shown


def test_show_begins_the_text_below_the_front_matter_wherever_that_ends(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    (station_folder / "scripts" / "a.wav").write_bytes(b"sound")
    write_script(station_folder, "trang", '+++  \ntitle = "Thử"\n+++ \n\nXin chào.\n')
    write_script(station_folder, "ghi-am", '+++\ntitle = "Ghi âm"\nrecording = "a.wav"\n+++')
    shown = [broadcaster("script", "show", id_, station=station_folder).out for id_ in ("trang", "ghi-am")]
    assert shown[0].endswith("\n\nXin chào.\n")
    assert "+++" not in "".join(shown)


def test_read_shows_written_and_spoken_with_the_changes(broadcaster: RunCommand, station_folder: Path) -> None:
    parts = broadcaster("script", "read", "duong-day-nong", "--json", station=station_folder).json["paragraphs"]
    changes = [change for part in parts for change in part["changes"] if change["written"] == "1900.90.68"]
    assert changes
    for part in parts:
        for change in part["changes"]:
            assert part["written"][change["start"] :].startswith(change["written"])
    shown = broadcaster("script", "read", "duong-day-nong", station=station_folder).out
    assert f"    1900.90.68 → {changes[0]['spoken']}" in shown.splitlines()


def test_the_station_s_lexicon_is_used_when_reading(broadcaster: RunCommand, station_folder: Path) -> None:
    text = '+++\ntitle = "Tổ"\n+++\nMời bà con TDP 5 đi họp.\n'
    (station_folder / "scripts" / "hop.md").write_text(text, "utf-8")
    broadcaster("lexicon", "add", "TDP", "tổ dân phố", station=station_folder)
    assert "tổ dân phố" in broadcaster("script", "read", "hop", station=station_folder).out


def test_a_mistyped_id_is_answered_with_the_nearest(broadcaster: RunCommand, station_folder: Path) -> None:
    for command in ("show", "read", "listen", "render"):
        result = broadcaster("script", command, "thong-diep-9", station=station_folder)
        assert result.code == 2
        assert 'there is no script "thong-diep-9"; did you mean "thong-diep-' in result.err


# ---- render ----------------------------------------------------------------------------------------------------


def test_render_makes_what_is_missing_and_says_what_it_did(broadcaster: RunCommand, station_folder: Path) -> None:
    first = broadcaster("script", "render", "chu-de", station=station_folder)
    assert (first.code, first.out) == (0, "Made: 1; already there: 0; failed: 0.\n")
    only_these(station_folder, "chu-de", "thong-diep-1", "thong-diep-2")
    second = broadcaster("script", "render", station=station_folder)
    assert (second.code, second.out) == (0, "Made: 2; already there: 1; failed: 0.\n")
    assert len(list((station_folder / "audio").glob("*.wav"))) == 3


def test_render_tells_each_script_that_could_not_be_made_and_makes_the_others(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace('["silent"]', '["nobody"]', 2), "utf-8")
    result = broadcaster("script", "render", "chu-de", station=station_folder)
    assert result.code in (1, 2)
    assert "nobody" in result.err
    assert not list((station_folder / "audio").glob("*.wav"))


def test_a_script_with_a_mistake_does_not_stop_the_others_and_leaves_its_code(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    only_these(station_folder, "thong-diep-1")
    (station_folder / "scripts" / "hong.md").write_text("không có phần đầu\n", "utf-8")
    result = broadcaster("script", "render", station=station_folder)
    assert result.code == 2
    assert "hong.md:1: " in result.err
    assert list((station_folder / "audio").glob("thong-diep-1-*.wav"))


# ---- listen ----------------------------------------------------------------------------------------------------


def test_listen_renders_and_plays_and_only_the_clip_is_entered(broadcaster: RunCommand, station_folder: Path) -> None:
    write_short(station_folder)
    result = broadcaster("script", "listen", "ngan", station=station_folder)
    assert result.code == 0
    assert "Played on silent: " in result.out
    with closing(Ledger.open(station_folder / "broadcaster.db", read_only=True)) as ledger:
        assert [row.kind for row in ledger.rows()] == [Kind.HISTORY_BEGUN, Kind.CLIP_MADE]


def test_listen_saves_the_clip_instead(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    write_short(station_folder)
    target = tmp_path / "ngan.wav"
    assert broadcaster("script", "listen", "ngan", "--save", str(target), station=station_folder).code == 0
    (clip,) = (station_folder / "audio").glob("ngan-*.wav")
    assert target.read_bytes() == clip.read_bytes()
    with wave.open(str(target)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
    refused = broadcaster("script", "listen", "ngan", "--save", str(target), station=station_folder)
    assert refused.code == 2
    assert "there is such a file already" in refused.err


def write_short(station: Path) -> None:
    (station / "scripts" / "ngan.md").write_text('+++\ntitle = "Ngắn"\nchime = false\n+++\nXin chào.\n', "utf-8")


# ---- clip prune ------------------------------------------------------------------------------------------------


def test_prune_removes_what_no_plan_uses_and_nothing_else(broadcaster: RunCommand, station_folder: Path) -> None:
    write_short(station_folder)
    today = open_station(station_folder).now()
    campaign = station_folder / "schedules" / "nay.toml"
    campaign.write_text(
        f'title = "Nay"\nfrom = "{today:%Y-%m-%d}"\nto = "{today:%Y-%m-%d}"\n'
        '[[slot]]\nid = "nay"\nat = ["05:30"]\nscripts = ["chu-de"]\n',
        "utf-8",
    )
    broadcaster("script", "render", "chu-de", "ngan", station=station_folder)
    own = station_folder / "audio" / "ghi-chu.txt"
    own.write_text("mine", "utf-8")
    before = set((station_folder / "audio").iterdir())
    dry = broadcaster("clip", "prune", "--dry-run", station=station_folder)
    assert "1 clip would go" in dry.out
    assert set((station_folder / "audio").iterdir()) == before
    assert broadcaster("clip", "prune", station=station_folder).code == 0
    left = {path.name for path in (station_folder / "audio").glob("*.wav")}
    assert all(name.startswith("chu-de-") for name in left)
    assert left
    assert own.exists()


def test_prune_refuses_while_a_mistake_hides_what_is_planned(broadcaster: RunCommand, station_folder: Path) -> None:
    write_short(station_folder)
    broadcaster("script", "render", "ngan", station=station_folder)
    (station_folder / "schedules" / "hong.toml").write_text("title = 1\n", "utf-8")
    assert broadcaster("clip", "prune", station=station_folder).code == 2
    assert list((station_folder / "audio").glob("ngan-*.wav"))


@pytest.mark.parametrize("command", ["list", "show", "read"])
def test_reading_commands_write_nothing(broadcaster: RunCommand, station_folder: Path, command: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in station_folder.rglob("*")}
    broadcaster("script", command, *([] if command == "list" else ["chu-de"]), station=station_folder)
    assert {path: path.stat().st_mtime_ns for path in station_folder.rglob("*")} == before
