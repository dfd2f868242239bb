from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import signal
from pathlib import Path

import pytest
from stand_ins.piper_model import RATE, make_model

from broadcaster.settings import SpeechSettings
from broadcaster.speech.voices import VoiceError, open_voice
from broadcaster.speech.voices.piper import PiperVoice, find_model, installed_models
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in

SENTENCES = (
    "Hạn cuối để nộp hồ sơ là ngày hai mươi lăm tháng năm.",
    "Người từ đủ mười lăm tuổi trở lên đều có thể đăng ký tại bưu điện.",
    "Đề nghị các trưởng thôn nhắc nhở những hộ chưa tham gia.",
)
SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."
NAME = "vi_VN-hum-test"

needs_piper = pytest.mark.skipif(
    importlib.util.find_spec("piper") is None or importlib.util.find_spec("onnx") is None,
    reason="piper-tts and onnx are not installed (pip install piper-tts onnx)",
)


def put(path: Path) -> Path:
    """Put what looks like a model, with its configuration."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"model")
    path.with_name(f"{path.name}.json").write_text("{}")
    return path


# ---- where models lie


@pytest.mark.parametrize("place", [f"voices/{NAME}.onnx", f"voices/{NAME}/{NAME}.onnx"])
def test_a_model_is_found_in_the_station(tmp_path: Path, place: str) -> None:
    model = put(tmp_path / place)
    assert find_model(NAME, tmp_path) == model
    assert list(installed_models(tmp_path)) == [NAME]


def test_a_model_is_found_by_a_whole_path(tmp_path: Path) -> None:
    model = put(tmp_path / "usb" / "giọng nữ" / f"{NAME}.onnx")
    assert find_model(str(model.parent), tmp_path / "station") == model
    assert find_model(str(model.with_suffix("")), tmp_path / "station") == model


@pytest.mark.parametrize("name", ["", ".", "..", "../voices/x", "sub/x", "nothing"])
def test_other_names_find_nothing(tmp_path: Path, name: str) -> None:
    put(tmp_path / "voices" / "x.onnx")
    assert find_model(name, tmp_path) is None


def test_half_a_model_and_half_an_installation_are_none(tmp_path: Path) -> None:
    put(tmp_path / "voices" / ".x.abc" / "x.onnx")
    put(tmp_path / "voices" / "y.onnx").with_name("y.onnx.json").unlink()
    assert list(installed_models(tmp_path)) == []


@pytest.mark.skipif(importlib.util.find_spec("piper") is not None, reason="piper-tts is installed")
def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    put(tmp_path / "voices" / f"{NAME}.onnx")
    with pytest.raises(VoiceError, match=r"-m pip install piper-tts$"):
        open_voice(f"piper:{NAME}", SpeechSettings(), tmp_path)


# ---- speaking


@needs_piper
def test_a_missing_model_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=f"piper:{NAME}: .*voice install"):
        open_voice(f"piper:{NAME}", SpeechSettings(), tmp_path)


@needs_piper
def test_a_model_speaks_and_its_version_is_its_digest(tmp_path: Path) -> None:
    model = make_model(tmp_path / "voices" / NAME, NAME)
    voice = open_voice(f"piper:{NAME}", SpeechSettings(), tmp_path)
    try:
        pcm = voice.speak(SENTENCE)
        assert pcm.rate == RATE
        assert pcm.length > voice.speak("Xin chào.").length
        assert voice.speak("…").samples == b""
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
        assert voice.version.startswith(digest[:12])
        assert voice.version.endswith("-2@230")
        assert voice.local
    finally:
        voice.close()


@needs_piper
def test_another_model_or_configuration_is_another_version(tmp_path: Path) -> None:
    model = make_model(tmp_path / "voices", NAME)
    versions = {PiperVoice(NAME, 150, tmp_path).version, PiperVoice(NAME, 100, tmp_path).version}
    config = model.with_name(f"{model.name}.json")
    config.write_text(json.dumps(json.loads(config.read_text()) | {"num_symbols": 255}))
    versions.add(PiperVoice(NAME, 150, tmp_path).version)
    model.write_bytes(model.read_bytes() + b"\0")
    versions.add(PiperVoice(NAME, 150, tmp_path).version)
    assert len(versions) == 4


@needs_piper
@pytest.mark.parametrize("rate", [150, 200, 250])
def test_a_model_speaks_at_the_rate_that_is_set_however_fast_it_is_itself(tmp_path: Path, rate: int) -> None:
    make_model(tmp_path / "voices", NAME)
    voice = PiperVoice(NAME, rate, tmp_path)
    try:
        seconds = sum(speaking_seconds(voice.speak(sentence)) for sentence in SENTENCES)
    finally:
        voice.close()
    assert 60 * sum(map(syllables_in, SENTENCES)) / seconds == pytest.approx(rate, rel=0.05)


@needs_piper
def test_how_fast_a_model_is_is_measured_once(tmp_path: Path) -> None:
    make_model(tmp_path / "voices", NAME)
    voices = [PiperVoice(NAME, rate, tmp_path) for rate in (150, 250)]
    asked = []
    for voice in voices:
        ask = voice._worker.ask
        voice._worker.ask = lambda request, timeout, ask=ask: asked.append(request["text"]) or ask(request, timeout)
        voice.speak("Xin chào.")
        voice.close()
    assert asked.count("Xin chào.") == 2
    assert len(asked) == 2 + 2 * len(set(asked) - {"Xin chào."})  # each of the others twice, at two length scales


@needs_piper
def test_the_digest_of_a_large_model_is_computed_once(tmp_path: Path) -> None:
    model = make_model(tmp_path / "voices", NAME)
    version = PiperVoice(NAME, 150, tmp_path).version
    stat = model.stat()
    model.write_bytes(b"x" * stat.st_size)
    os.utime(model, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert PiperVoice(NAME, 150, tmp_path).version == version
    os.utime(model)
    assert PiperVoice(NAME, 150, tmp_path).version != version


@needs_piper
def test_a_file_that_is_no_model_is_an_error_in_one_line(tmp_path: Path) -> None:
    put(tmp_path / "voices" / f"{NAME}.onnx")
    voice = PiperVoice(NAME, 150, tmp_path)
    try:
        with pytest.raises(VoiceError, match=f"piper:{NAME}"):
            voice.speak(SENTENCE)
    finally:
        voice.close()


@needs_piper
def test_a_process_that_died_is_replaced(tmp_path: Path) -> None:
    make_model(tmp_path / "voices", NAME)
    voice = PiperVoice(NAME, 150, tmp_path)
    try:
        length = voice.speak(SENTENCE).length
        os.kill(voice._worker.pid or 0, signal.SIGTERM)
        assert voice.speak(SENTENCE).length == length
    finally:
        voice.close()
