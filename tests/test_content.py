"""What the desk airs from stays what was last good: files with mistakes, odd files, folders that are away, restarts."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sounds import noise, write_wav
from stations import Maker, at
from test_files import SHM, odd_files

from broadcaster.errors import InputError
from broadcaster.files import is_on_another_drive
from broadcaster.records.ledger import Ledger
from broadcaster.speech.station_lexicon import read_lexicon
from broadcaster.station import edits
from broadcaster.station.content import AwayFolder, Content, HeldFile, content_in_force, fingerprint, read_content
from broadcaster.station.folder import Station, open_in_force, open_station

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such entries")


@pytest.fixture
def station(maker: Maker) -> Station:
    return maker.campaign(maker.slot("05:30")).open()


def what_airs(content: Content) -> Content:
    """Return a content without what is only said about it."""
    return replace(content, problems=(), missing=(), held=(), away=(), not_kept="", sounds=None)


def put_away(folder: Path) -> Path:
    return folder.rename(folder.with_name(f"{folder.name}.away"))


# ---- one file ----------------------------------------------------------------------------------------------------


def test_a_file_with_a_mistake_is_held_and_says_which_version_is_in_force(station: Station) -> None:
    path = station.schedules_folder / "thu.toml"
    os.utime(path, (at("2027-05-01 10:00").timestamp(),) * 2)
    good = read_content(station)
    path.write_text("title = ", "utf-8")

    edited, restarted, seen = read_content(station, good), read_content(station), content_in_force(station)

    for content in (edited, restarted, seen):
        assert what_airs(content) == what_airs(good)
        assert content.held == (HeldFile(path, at("2027-05-01 10:00")),)
        assert [problem.path for problem in content.problems] == [path]


def test_a_file_that_never_was_good_holds_nothing(station: Station) -> None:
    (station.schedules_folder / "moi.toml").write_text("title = ", "utf-8")
    content = read_content(station)
    assert (list(content.campaigns), content.held) == (["thu"], ())
    assert [problem.path for problem in content.problems] == [station.schedules_folder / "moi.toml"]


def test_a_deleted_file_is_gone_also_when_it_comes_back_with_a_mistake(station: Station) -> None:
    good = read_content(station)
    path = station.schedules_folder / "thu.toml"
    path.unlink()
    assert read_content(station, good).campaigns == {}
    path.write_text("title = ", "utf-8")
    assert read_content(station).campaigns == {}


def test_a_script_that_plays_a_sound_outlives_a_restart_too(maker: Maker) -> None:
    station = maker.campaign(maker.slot("05:30")).open()
    write_wav(station.scripts_folder / "nhac.wav", noise(1))
    maker.script("bai-1", "[nhạc: nhac.wav]\n\nXin chào.")
    good = read_content(station)
    (station.scripts_folder / "bai-1.md").write_text("+++\n", "utf-8")
    assert read_content(station).scripts == good.scripts


def test_the_copies_of_sounds_in_a_folder_go_with_them(maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    station = maker.campaign(maker.slot("05:30")).open()
    takes = station.scripts_folder / "takes"
    takes.mkdir()
    for number in (1, 2):
        write_wav(takes / f"bai-1-{number}.wav", noise(1, number))
    maker.script("bai-1", "[ghi âm: takes/bai-1-1.wav]\n\n[ghi âm: takes/bai-1-2.wav]\n\nXin chào.")
    content = read_content(station)
    kept = station.state_folder / "last-good" / "scripts" / "takes"
    assert sorted(path.name for path in kept.iterdir()) == ["bai-1-1.wav", "bai-1-2.wav"]
    (takes / "bai-1-1.wav").unlink()
    maker.script("bai-1", "[ghi âm: takes/bai-1-2.wav]\n\nXin chào.")
    content = read_content(station, content)
    assert [path.name for path in kept.iterdir()] == ["bai-1-2.wav"]
    shutil.rmtree(takes)
    maker.script("bai-1", "Xin chào.")
    content = read_content(station, content)
    assert not kept.exists()
    assert (content.not_kept, caplog.records) == ("", [])


@posix
def test_odd_entries_are_told_one_by_one_and_keep_nothing_else_from_being_read(station: Station) -> None:
    good = read_content(station)
    scripts = {path.rename(path.with_name(f"{path.name}.md")): what for path, what in odd(station.scripts_folder)}
    schedules = {path.rename(path.with_name(f"{path.name}.toml")): what for path, what in odd(station.schedules_folder)}
    (station.schedules_folder / "khac.toml").write_bytes(bytes(range(256)))

    content = read_content(station, good)

    assert what_airs(content) == what_airs(good)
    told = {problem.path: problem.what for problem in content.problems}
    assert told == scripts | schedules | {station.schedules_folder / "khac.toml": "not UTF-8 text"}
    assert fingerprint(station) == fingerprint(station)


def odd(folder: Path) -> list[tuple[Path, str]]:
    """Put odd entries into a folder, those whose oddness outlives a new name."""
    found = odd_files(folder)
    folder.joinpath("loop").unlink()
    (folder / "loop").symlink_to("loop.md" if folder.name == "scripts" else "loop.toml")
    folder.joinpath("below-a-file").unlink()
    del found[folder / "below-a-file"]
    if folder.name == "scripts":
        found[folder / "huge"] = "is larger than 200 kB"
    return list(found.items())


def watching(station: Station, ledger: Ledger) -> edits.Watch:
    """Return the watch of a desk that has entered the campaigns as they are."""
    watch = edits.Watch(station, ledger)
    found = watch.look("daemon")
    assert found is not None
    ledger.append([edits.entry(found)])
    watch.take(found)
    return watch


@posix
def test_odd_entries_are_no_edits_and_stop_no_watch(station: Station) -> None:
    with station.ledger() as ledger:
        watch = watching(station, ledger)
        (station.schedules_folder / "z.toml").mkdir()
        (station.schedules_folder / "loop.toml").symlink_to("loop.toml")
        os.mkfifo(station.schedules_folder / "pipe.toml")
        assert watch.look("daemon") is None
        assert edits.Watch(station, ledger).look("daemon", new_files=False) is None


def test_a_file_that_cannot_be_read_for_a_while_was_not_edited(station: Station) -> None:
    path = station.schedules_folder / "thu.toml"
    with station.ledger() as ledger:
        watch = edits.Watch(station, ledger)
        watch.take_up()
        there = path.rename(path.with_name("thu"))
        path.mkdir()
        assert watch.look("daemon") is None
        path.rmdir()
        there.rename(path)
        assert watch.look("daemon") is None
        path.unlink()
        found = watch.look("daemon")
        assert found is not None
        assert found.summary == "thu: removed"


@posix
def test_a_change_of_permissions_is_seen_because_it_may_mend_a_file(station: Station) -> None:
    before = fingerprint(station)
    (station.scripts_folder / "bai-1.md").chmod(0o600)
    assert fingerprint(station) != before


# ---- a folder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["schedules", "scripts"])
def test_a_folder_that_is_away_is_held_and_said_since_when(
    maker: Maker, station: Station, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    good, folder = read_content(station), station.root / name
    there = put_away(folder)
    maker.clock.now = since = at("2027-05-03 05:10")
    first = read_content(station, good)
    maker.clock.now += timedelta(minutes=40)
    second, restarted = read_content(station, first), read_content(station)

    for content in (first, second, restarted, content_in_force(station)):
        assert what_airs(content) == what_airs(good)
        assert content.away == (AwayFolder(folder, since),)
        assert [(problem.path, problem.what) for problem in content.problems] == [(folder, "there is no such folder")]
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL] * 2  # at once, and at the restart

    there.rename(folder)
    assert read_content(station, second) == good
    assert caplog.records[-1].getMessage() == f"{folder} is there again"


def test_a_folder_that_is_away_is_no_edit(station: Station) -> None:
    with station.ledger() as ledger:
        watch = watching(station, ledger)
        there = put_away(station.schedules_folder)
        assert watch.look("daemon") is None
        assert edits.Watch(station, ledger).look("daemon", new_files=False) is None
        there.rename(station.schedules_folder)
        assert watch.look("daemon") is None


def test_a_clip_with_a_sound_is_found_while_the_scripts_are_away(maker: Maker) -> None:
    settings = maker.root / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace('chime = "none"', 'chime = "nhac.wav"'), "utf-8")
    write_wav(maker.root / "scripts" / "nhac.wav", noise(1))
    station = maker.script("bai-1", "[nhạc: nhac.wav]\n\nXin chào.").campaign(maker.slot("05:30")).render()
    good = read_content(station)
    put_away(station.scripts_folder)
    for content in (read_content(station, good), read_content(station)):
        assert content.renderer(station.root).find(content.scripts["bai-1"]) is not None


@pytest.fixture
def usb_drive(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on another file system."""
    folder = SHM / f"broadcaster-usb-{os.getpid()}"
    if not SHM.is_dir() or not is_on_another_drive(SHM, tmp_path):
        pytest.skip("there is no second file system")
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_the_empty_folder_that_an_unmounted_drive_leaves_is_no_edit(station: Station, usb_drive: Path) -> None:
    folder = station.schedules_folder
    shutil.copytree(folder, usb_drive, dirs_exist_ok=True)
    shutil.rmtree(folder)
    folder.symlink_to(usb_drive)
    good = read_content(station)
    folder.unlink()
    folder.mkdir()

    content = read_content(station)

    assert content.campaigns == good.campaigns
    assert [found.path for found in content.away] == [folder]
    assert content.problems[0].what == "is empty, and no longer on the drive where it was"


def test_the_last_campaign_may_be_deleted_from_a_folder_on_another_drive(station: Station, usb_drive: Path) -> None:
    shutil.rmtree(station.schedules_folder)
    station.schedules_folder.symlink_to(usb_drive)
    (usb_drive / "thu.toml").write_text('title = "a"\nfrom = "05-01"\nto = "05-31"\n', "utf-8")
    good = read_content(station)
    assert list(good.campaigns) == ["thu"]
    (usb_drive / "thu.toml").unlink()
    content = read_content(station, good)
    assert (content.campaigns, content.away) == ({}, ())


# ---- settings and lexicon ----------------------------------------------------------------------------------------


def test_broken_settings_do_not_keep_a_desk_from_opening_its_station(maker: Maker, station: Station) -> None:
    path = station.root / "station.toml"
    os.utime(path, (at("2027-05-01 10:00").timestamp(),) * 2)
    good = read_content(station)
    for spoil in (lambda: path.write_text("[station]\nname = 5\n", "utf-8"), path.unlink):
        spoil()
        with pytest.raises(InputError):
            open_station(station.root)
        opened = open_in_force(station.root, maker.clock)
        assert opened.settings == station.settings
        content = read_content(opened)
        assert what_airs(content) == what_airs(good)
        assert content.held == (HeldFile(path, at("2027-05-01 10:00")),)


def test_settings_that_never_were_good_are_an_error_for_the_desk_too(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text("[station]\nname = 5\n", "utf-8")
    with pytest.raises(InputError, match="name: found 5"):
        open_in_force(tmp_path)
    with pytest.raises(InputError, match="there is no station in this folder"):
        open_in_force(tmp_path / "none")


def test_a_first_lexicon_with_a_mistake_leaves_all_as_without_one_after_a_restart_too(maker: Maker) -> None:
    station = maker.render()
    read_content(station)
    station.lexicon_path.write_text("TDP = 5", "utf-8")
    maker.script("bai-2", "Bài mới.")
    for content in (read_content(station), content_in_force(station)):
        assert [held.path for held in content.held] == [station.lexicon_path]
        renderer = content.renderer(maker.root)
        assert renderer.find(content.scripts["bai-1"]) is not None
        assert renderer.find(content.scripts["bai-2"]) is None
    renderer.render([content.scripts["bai-2"]])
    assert renderer.find(content.scripts["bai-2"]) is not None


def test_a_broken_lexicon_leaves_the_clips_findable_after_a_restart(maker: Maker) -> None:
    path = maker.root / "lexicon.toml"
    path.write_text('"BHXH" = "bảo hiểm xã hội"\n', "utf-8")
    maker.script("bai-1", "Tham gia BHXH.").campaign(maker.slot("05:30"))
    station = maker.render()
    read_content(station)
    path.write_text("BHXH = 5\n", "utf-8")

    content = read_content(station)

    assert content.renderer(station.root).find(content.scripts["bai-1"]) is not None
    assert [found.path for found in content.held] == [path]
    path.unlink()
    read_content(station)
    path.write_text("BHXH = 5\n", "utf-8")
    lexicon = read_content(station).lexicon
    assert lexicon is not None
    assert read_lexicon(lexicon) == {}  # the one before was deleted


# ---- keeping -----------------------------------------------------------------------------------------------------


def test_a_disk_on_which_nothing_can_be_kept_is_told_once_and_stops_nothing(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    station.state_folder.mkdir()
    (station.state_folder / "last-good").write_text("in the way", "utf-8")
    first = read_content(station)
    second = read_content(station, first)
    assert list(second.campaigns) == ["thu"]
    assert first.not_kept == second.not_kept != ""
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_copy_that_a_power_cut_has_torn_is_made_anew(station: Station) -> None:
    read_content(station)
    path = station.schedules_folder / "thu.toml"
    copy = station.state_folder / "last-good" / "schedules" / "thu.toml"
    copy.write_bytes(copy.read_bytes()[:20])

    read_content(station)

    assert copy.read_bytes() == path.read_bytes()


def test_a_version_that_cannot_be_kept_does_not_hide_an_edit(
    station: Station, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    (station.schedules_folder / ".history").write_text("in the way", "utf-8")
    watch = edits.Watch(station, ledger)
    watch.take_up()
    path = station.schedules_folder / "thu.toml"
    path.write_text(path.read_text("utf-8") + "# khác\n", "utf-8")
    found = watch.look("daemon")
    assert found is not None
    assert [file.file for file in found.files] == ["thu.toml"]
    assert "this version cannot be kept" in caplog.records[-1].getMessage()


def test_a_chime_outside_of_the_station_is_never_copied(maker: Maker) -> None:
    text = (maker.root / "station.toml").read_text("utf-8").replace('"none"', '"../../ngoai.wav"')
    (maker.root / "station.toml").write_text(text, "utf-8")
    content = read_content(maker.campaign(maker.slot("05:30")).open())
    assert content.not_kept == ""
    names = {path.name for path in (maker.root / "state").rglob("*") if path.is_file()}
    assert names == {"station.toml", "lexicon.toml", "bai-1.md", "bai-2.md", "thu.toml", "folders.json"}
