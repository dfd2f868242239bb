"""Voices from the command line: seen, heard and installed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def test_the_list_marks_what_the_station_uses(broadcaster: RunCommand, station_folder: Path) -> None:
    found = {info["name"]: info for info in voices(broadcaster, station_folder)}
    assert found["silent"]["used"] is True
    assert found["espeak:vi"]["used"] is False
    assert found["espeak:vi"]["installed"] is True
    assert all(info["reachable"] is None for info in found.values())
    shown = broadcaster("voice", "list", "--offline", station=station_folder).out
    assert "In use, the best first: silent" in shown


def voices(broadcaster: RunCommand, station: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = broadcaster("voice", "list", "--offline", "--json", station=station).json
    return found


def test_a_text_is_read_by_the_voice_that_is_named_and_nothing_is_left_behind(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    arguments = ("voice", "test", "Gọi 1900.90.68.", "--voice", "espeak:vi+f2")
    result = broadcaster(*arguments, station=station_folder)
    assert result.code == 0
    assert "espeak:vi+f2 reads it." in result.out
    assert "một chín không không" in result.out
    assert "Played on silent: " in result.out
    assert list((station_folder / "audio").iterdir()) == []


def test_an_unknown_voice_is_told(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("voice", "test", "Xin chào", "--voice", "nobody", station=station_folder)
    assert result.code == 2
    assert "nobody" in result.err


def test_a_text_without_words_is_told(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("voice", "test", "…", station=station_folder)
    assert result.code in (1, 2)
    assert result.err.count("\n") == 1


def test_install_wants_a_name_or_a_folder(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    assert broadcaster("voice", "install", station=station_folder).code == 2
    both = broadcaster("voice", "install", "x", "--from", str(tmp_path), station=station_folder)
    assert (both.code, "give one" in both.err) == (2, True)


def test_an_unknown_name_is_answered_with_the_nearest(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("voice", "install", "vi_VN-vais1000-mediun", station=station_folder)
    assert result.code == 2
    assert 'did you mean "vi_VN-vais1000-medium"?' in result.err


def test_a_voice_is_copied_from_a_folder_and_listed(
    broadcaster: RunCommand, station_folder: Path, tmp_path: Path
) -> None:
    write_pack(tmp_path / "usb" / "giong")
    result = broadcaster("voice", "install", "--from", str(tmp_path / "usb"), station=station_folder)
    assert result.code == 0
    assert "Installed: piper:giong-xa" in result.out
    assert (station_folder / "voices" / "giong-xa" / "giong-xa.onnx").read_bytes() == b"a model"
    assert "piper:giong-xa" in {info["name"] for info in voices(broadcaster, station_folder)}


def test_a_damaged_voice_is_not_installed(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    write_pack(tmp_path / "giong")
    (tmp_path / "giong" / "giong-xa.onnx").write_bytes(b"another")
    result = broadcaster("voice", "install", "--from", str(tmp_path / "giong"), station=station_folder)
    assert result.code == 1
    assert "damaged" in result.err
    assert not (station_folder / "voices" / "giong-xa").exists()


def write_pack(folder: Path) -> None:
    folder.mkdir(parents=True)
    files = {"giong-xa.onnx": b"a model", "giong-xa.onnx.json": b"{}"}
    manifest = 'engine = "piper"\nname = "giong-xa"\nquality = "thử"\nlicence = "CC0"\n'
    for name, content in files.items():
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest += f'[[file]]\nname = "{name}"\nsize = {len(content)}\nsha256 = "{digest}"\n'
    (folder / "manifest.toml").write_text(manifest, "utf-8")
