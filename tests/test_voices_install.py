from __future__ import annotations

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stand_ins.google import free_port

from broadcaster.errors import InputError
from broadcaster.settings import SpeechSettings
from broadcaster.speech.voices import available as known
from broadcaster.speech.voices.available import VoiceInfo, known_voices
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.install import VoicePack, download_voice, install_voice, read_pack, shipped_packs
from broadcaster.speech.voices.piper import find_model

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "vi_VN-hum-test"
CONTENTS = {f"{NAME}.onnx": b"model" * 100_000, f"{NAME}.onnx.json": b"{}"}


def manifest(name: str = NAME, url: str = "", **changes: str) -> str:
    text = f'name = "{name}"\nengine = "piper"\nquality = "medium"\nlicence = "CC0"\n'
    for part, data in CONTENTS.items():
        digest = changes.get(part, hashlib.sha256(data).hexdigest())
        text += f'\n[[file]]\nname = "{part.replace(NAME, name)}"\nsize = {len(data)}\nsha256 = "{digest}"\n'
        text += f'url = "{url}/{part}"\n' if url else ""
    return text


def put(folder: Path, name: str = NAME) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for part, data in CONTENTS.items():
        (folder / part.replace(NAME, name)).write_bytes(data)
    (folder / "manifest.toml").write_text(manifest(name))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    return put(tmp_path / "usb" / "giọng đọc")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "station").mkdir()
    return tmp_path / "station"


# ---- from a folder


def test_a_voice_is_installed_with_its_manifest_and_nothing_else(usb: Path, root: Path) -> None:
    told: list[tuple[int, int]] = []
    (pack,) = install_voice(usb, root, lambda done, size: told.append((done, size)))
    assert (pack.spec, pack.licence, pack.quality) == (f"piper:{NAME}", "CC0", "medium")
    assert find_model(NAME, root) == root / "voices" / NAME / f"{NAME}.onnx"
    assert tree(root) == {f"voices/{NAME}/{name}": data for name, data in tree(usb).items()}
    assert told == sorted(told)
    assert told[-1] == (pack.size, pack.size)


def test_all_voices_of_a_stick_are_installed(usb: Path, root: Path) -> None:
    put(usb.parent / "two", "vi_VN-other-test")
    packs = install_voice(usb.parent, root)
    assert {pack.name for pack in packs} == {NAME, "vi_VN-other-test"}
    assert all(find_model(pack.name, root) for pack in packs)


def test_an_installed_voice_is_replaced_by_the_new_one(usb: Path, root: Path) -> None:
    install_voice(usb, root)
    (root / "voices" / NAME / "old.txt").write_text("old")
    install_voice(usb, root)
    assert tree(root) == {f"voices/{NAME}/{name}": data for name, data in tree(usb).items()}


@pytest.mark.parametrize("damage", ["shorter", "longer", "other", "missing"])
def test_a_damaged_voice_is_refused_and_the_old_one_stays(usb: Path, root: Path, damage: str) -> None:
    install_voice(usb, root)
    before = tree(root)
    model = usb / f"{NAME}.onnx"
    data = model.read_bytes()
    damaged = {"shorter": data[:-1], "longer": data + b"x", "other": b"x" + data[1:], "missing": None}[damage]
    model.unlink() if damaged is None else model.write_bytes(damaged)
    with pytest.raises(VoiceError, match=NAME):
        install_voice(usb, root)
    assert tree(root) == before
    assert [path.name for path in (root / "voices").iterdir()] == [NAME]


def test_a_folder_without_a_voice_says_what_is_missing(tmp_path: Path, root: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.toml"):
        install_voice(tmp_path, root)
    assert not (root / "voices").exists()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (f'name = "{NAME}"\nengine', 'name = "../../x"\nengine', "name"),
        (f'name = "{NAME}.onnx"', 'name = "../x.onnx"', r"file\.name"),
        (f'name = "{NAME}.onnx"', 'name = "C:x.onnx"', r"file\.name"),
        (f'name = "{NAME}.onnx.json"', 'name = "other.json"', "the files must be"),
        ('engine = "piper"', 'engine = "other"', "engine"),
        ('licence = "CC0"\n', "", "licence"),
        ("size = 2", "size = -2", r"file\.size"),
        ('sha256 = "', 'sha256 = "x', r"file\.sha256"),
        ("quality", "qualty", "qualty"),
        ("size = 2", 'size = 2\nurl = "file:///etc/passwd"', r"file\.url"),
    ],
)
def test_a_wrong_manifest_is_told_with_its_place_and_installs_nothing(
    usb: Path, root: Path, old: str, new: str, found: str
) -> None:
    path = usb / "manifest.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=rf"manifest\.toml:\d+: .*{found}"):
        install_voice(usb, root)
    assert not (root / "voices").exists()


def test_a_full_disk_or_a_file_in_the_way_is_an_error_in_one_line(usb: Path, root: Path) -> None:
    (root / "voices").write_text("a file")
    with pytest.raises(VoiceError, match=f"piper:{NAME}: cannot be installed") as error:
        install_voice(usb, root)
    assert "\n" not in str(error.value)


# ---- over the network


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server(usb: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(usb))) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()


def pack_from(url: str, tmp_path: Path, **changes: str) -> VoicePack:
    path = tmp_path / "pack.toml"
    path.write_text(manifest(url=url, **changes))
    return read_pack(path)


def test_a_voice_is_fetched_and_lies_as_one_from_a_stick(server: str, usb: Path, root: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    pack = pack_from(server, tmp_path)
    download_voice(pack, root, lambda done, size: told.append((done, size)))
    assert tree(root) == {
        **{f"voices/{NAME}/{name}": data for name, data in CONTENTS.items()},
        f"voices/{NAME}/manifest.toml": manifest(url=server).encode(),
    }
    assert told[-1] == (pack.size, pack.size)


def test_what_is_fetched_must_be_what_the_manifest_says(server: str, root: Path, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="damaged"):
        download_voice(pack_from(server, tmp_path, **{f"{NAME}.onnx": "0" * 64}), root)
    assert tree(root) == {}


@pytest.mark.parametrize("path", ["/nothing", ""])
def test_a_fetch_that_fails_leaves_nothing(server: str, root: Path, tmp_path: Path, path: str) -> None:
    url = f"{server}{path}" if path else f"http://127.0.0.1:{free_port()}"
    with pytest.raises(VoiceError, match="cannot be installed") as error:
        download_voice(pack_from(url, tmp_path), root)
    assert tree(root) == {}
    assert getattr(error.value.__context__, "closed", True)  # a refusal is an open connection


def test_a_manifest_without_an_address_cannot_be_fetched(usb: Path, root: Path) -> None:
    with pytest.raises(VoiceError, match="where to fetch"):
        download_voice(read_pack(usb / "manifest.toml"), root)


def test_the_shipped_manifests_are_right_and_fetch_over_https() -> None:
    packs = shipped_packs()
    assert "vi_VN-vais1000-medium" in packs
    for name, pack in packs.items():
        assert name == pack.name
        assert all(part.url.startswith("https://") and part.url.endswith(part.name) for part in pack.files)


# ---- the list of voices


def listed(root: Path, voices: tuple[str, ...] = ("espeak:vi",)) -> dict[str, VoiceInfo]:
    return {info.spec: info for info in known_voices(root, SpeechSettings(voices=voices), probe=False)}


def test_the_list_names_every_engine_and_what_station_toml_uses(root: Path) -> None:
    found = listed(root, ("gtts", "espeak:vi"))
    assert {spec.partition(":")[0] for spec in found} == {"espeak", "piper", "gtts", "edge", "silent"}
    assert [spec for spec, info in found.items() if info.configured] == ["espeak:vi", "gtts"]
    assert found["espeak:vi"].installed
    assert not found["piper:vi_VN-vais1000-medium"].installed
    assert all(info.licence and info.quality and info.reachable is None for info in found.values())


def test_the_list_holds_installed_models_with_what_their_manifests_say(usb: Path, root: Path) -> None:
    install_voice(usb, root)
    found = listed(root)[f"piper:{NAME}"]
    assert (found.licence, found.quality) == ("CC0", "medium")


def test_a_broken_manifest_does_not_hide_the_list(usb: Path, root: Path) -> None:
    install_voice(usb, root)
    (root / "voices" / NAME / "manifest.toml").write_text("broken")
    assert listed(root)[f"piper:{NAME}"].licence == "?"


def test_a_refusal_shows_that_the_service_can_be_reached(
    server: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_HOSTS", {"gtts": f"{server}/nothing"})
    found = {info.spec: info.reachable for info in known_voices(root, SpeechSettings())}
    assert found["gtts"] is True


def test_without_a_network_the_list_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    found = {info.spec: info.reachable for info in known_voices(root, SpeechSettings())}
    assert found["gtts"] is False
    assert found["edge:vi-VN-HoaiMyNeural"] is False
    assert found["espeak:vi"] is None
