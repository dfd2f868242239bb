"""Files are read without waiting, whatever somebody put into the folder, and shared without taking room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadcaster.errors import InputError
from broadcaster.files import LARGEST, drive_of, is_on_another_drive, list_files, read_file, sha256_file, share_file

SHM = Path("/dev/shm")


def problem(error: pytest.ExceptionInfo[InputError]) -> tuple[Path | None, str]:
    (found,) = error.value.problems
    return found.path, found.what


def odd_files(folder: Path) -> dict[Path, str]:
    """Put one of each kind of odd entry into a folder; return what is said of each."""
    kinds = {
        "folder": "is a folder, not a file",
        "pipe": "is a pipe or a device, not a file",
        "device": "is a pipe or a device, not a file",
        "loop": "cannot be read (Too many levels of symbolic links)",
        "below-a-file": "cannot be read (Not a directory)",
        "nowhere": "there is no such file",
        "huge": "is larger than 2000 kB",
    }
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "loop").symlink_to("loop")
    (folder / "below-a-file").symlink_to("huge/text")
    (folder / "nowhere").symlink_to("gone")
    (folder / "huge").write_bytes(b" " * (LARGEST + 1))
    return {folder / name: what for name, what in kinds.items()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes nor devices among its files")
def test_what_is_no_plain_file_is_a_problem_and_nobody_waits_for_it(tmp_path: Path) -> None:
    for path, what in odd_files(tmp_path).items():
        with pytest.raises(InputError) as error:
            read_file(path)
        assert problem(error) == (path, what)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among its files")
def test_a_pipe_has_no_digest(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is a pipe or a device"):
        sha256_file(tmp_path / "pipe")


def test_a_text_of_the_largest_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"a" * LARGEST)
    assert len(read_file(tmp_path / "text")) == LARGEST


def test_a_folder_is_listed_in_order_and_without_hidden_names(tmp_path: Path) -> None:
    for name in ("b.md", ".tam", "a.md"):
        (tmp_path / name).write_bytes(b"")
    assert list_files(tmp_path) == [tmp_path / "a.md", tmp_path / "b.md"]


def test_a_folder_that_is_away_or_is_none_is_its_own_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name, what in (("none", "there is no such folder"), ("file", "cannot be read (Not a directory)")):
        with pytest.raises(InputError) as error:
            list_files(tmp_path / name)
        assert problem(error) == (tmp_path / name, what)


def test_a_shared_file_takes_no_room_and_follows_what_replaces_it(tmp_path: Path) -> None:
    source, target = tmp_path / "sound.wav", tmp_path / "kept" / "sound.wav"
    source.write_bytes(b"first")
    share_file(source, target, 0)
    assert target.samefile(source)
    source.unlink()
    assert target.read_bytes() == b"first"
    source.write_bytes(b"second one")
    share_file(source, target, 0)
    assert target.read_bytes() == b"second one"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.skipif(not SHM.is_dir(), reason="there is no second file system")
def test_across_drives_a_small_file_is_copied_and_a_large_one_refused(tmp_path: Path) -> None:
    folder = SHM / f"broadcaster-{os.getpid()}"
    folder.mkdir()
    try:
        if not is_on_another_drive(folder, tmp_path):
            pytest.skip("the tests run in memory themselves")
        source = folder / "sound.wav"
        source.write_bytes(b"1234")
        assert drive_of(source) == SHM
        with pytest.raises(OSError, match="too large to copy to another drive"):
            share_file(source, tmp_path / "sound.wav", 3)
        share_file(source, tmp_path / "sound.wav", 4)
        assert (tmp_path / "sound.wav").read_bytes() == b"1234"
        assert (tmp_path / "sound.wav").stat().st_mtime_ns == source.stat().st_mtime_ns
    finally:
        (folder / "sound.wav").unlink(missing_ok=True)
        folder.rmdir()
