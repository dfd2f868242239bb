from __future__ import annotations

import io
from array import array
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import InputError, RenderError
from broadcaster.settings import SpeechSettings
from broadcaster.speech.decode.mp3 import inspect_mp3
from broadcaster.speech.voices import Pcm, VoiceError, open_voice
from broadcaster.speech.voices.base import silence, trim_silence
from broadcaster.speech.voices.catalog import SPECS
from broadcaster.speech.voices.clauses import split_clauses
from broadcaster.speech.voices.silent import SilentVoice

STAND_INS = Path(__file__).parent / "stand_ins"
SETTINGS = SpeechSettings()


# ---- Pcm


def test_the_length_of_sound_is_its_samples_by_its_rate() -> None:
    assert Pcm(bytes(2 * 22_050), 22_050).length == timedelta(seconds=1)
    assert silence(timedelta(milliseconds=250), 48_000).samples == bytes(24_000)


@given(st.integers(0, 3000), st.integers(0, 3000), st.lists(st.integers(64, 32767), min_size=1, max_size=50))
def test_trimming_keeps_what_is_heard_and_a_margin_of_what_is_not(before: int, after: int, loud: list[int]) -> None:
    samples = array("h", [0] * before + loud + [0] * after)
    trimmed = trim_silence(Pcm(samples.tobytes(), 10_000), margin=timedelta(milliseconds=10))
    expected = [0] * min(before, 100) + loud + [0] * min(after, 100)
    assert array("h", trimmed.samples).tolist() == expected


@given(st.lists(st.integers(-63, 63), max_size=100))
def test_trimming_what_nobody_hears_leaves_nothing(quiet: list[int]) -> None:
    assert trim_silence(Pcm(array("h", quiet).tobytes(), 8000)).samples == b""


# ---- clauses


@given(st.text(alphabet="aăâ ,.;:!?…\n\t", max_size=400), st.integers(1, 120))
def test_pieces_fit_and_lose_nothing_but_spaces(text: str, limit: int) -> None:
    pieces = split_clauses(text, limit)
    assert all(piece.strip() == piece and 0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="abcđê", min_size=1, max_size=7), min_size=1, max_size=80))
def test_no_word_is_cut_that_fits(words: list[str]) -> None:
    assert " ".join(split_clauses(" ".join(words), 10)).split() == words


def test_a_piece_ends_where_a_reader_breathes() -> None:
    text = "Tham gia bảo hiểm xã hội là đầu tư cho tương lai, mời bà con liên hệ đại lý thu gần nhất; xin cảm ơn."
    assert split_clauses(text, 60) == [
        "Tham gia bảo hiểm xã hội là đầu tư cho tương lai,",
        "mời bà con liên hệ đại lý thu gần nhất; xin cảm ơn.",
    ]


# ---- MP3


def test_a_whole_mp3_is_as_long_as_its_frames() -> None:
    import miniaudio

    data = (STAND_INS / "chin-am-tiet.mp3").read_bytes()
    found = inspect_mp3(io.BytesIO(data))
    assert found.whole
    decoded = miniaudio.decode(data, nchannels=1, sample_rate=24_000)
    assert abs(found.length.total_seconds() - decoded.num_frames / 24_000) < 0.1


@given(st.integers(1, 4799))
def test_an_mp3_cut_anywhere_is_shorter_or_not_whole(cut: int) -> None:
    data = (STAND_INS / "xin-chao.mp3").read_bytes()
    found = inspect_mp3(io.BytesIO(data[:cut]))
    assert not found.whole or found.length < inspect_mp3(io.BytesIO(data)).length


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_into(data: bytes) -> None:
    assert inspect_mp3(io.BytesIO(data)).length >= timedelta()


def test_tags_around_an_mp3_are_no_sound() -> None:
    data = (STAND_INS / "xin-chao.mp3").read_bytes()
    tagged = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + data + b"TAG" + b"x" * 125
    assert inspect_mp3(io.BytesIO(tagged)) == inspect_mp3(io.BytesIO(data))


# ---- silent, catalogue


def test_silence_is_as_long_as_the_text_and_the_same_each_time() -> None:
    voice = SilentVoice(150)
    text = "Bảo hiểm xã hội, cho tất cả mọi người."
    assert voice.speak(text) == SilentVoice(150).speak(text)
    assert voice.speak(text).length == timedelta(milliseconds=9 * 400 + 300)
    assert voice.speak(f"{text[:-1]} nhé.").length > voice.speak(text).length
    assert not any(voice.speak(text).samples)
    assert SilentVoice(75).speak(text).length > voice.speak(text).length
    assert voice.speak("…").samples == b""


@pytest.mark.parametrize("spec", SPECS)
def test_every_advertised_name_opens_or_says_what_it_lacks(spec: str, tmp_path: Path) -> None:
    engine = spec.partition(":")[0]
    try:
        voice = open_voice(spec, SETTINGS, tmp_path)
    except VoiceError as error:
        assert engine in ("piper", "edge")  # the extras
        assert "install" in str(error)  # noqa: PT017 - either is right, as it depends on what is installed
        return
    assert voice.name == spec
    assert voice.local == (engine not in ("gtts", "edge"))
    assert voice.version
    voice.close()


def test_espeak_alone_is_the_northern_voice(tmp_path: Path) -> None:
    assert open_voice("espeak", SETTINGS, tmp_path).name == "espeak:vi"


@pytest.mark.parametrize(
    "spec",
    ["", "recorded", "espeak:en", "espeak:vi+f9", "gtts:en", "silent:loud", "Espeak:vi", "x:y", "piper", "edge:en-US"],
)
def test_a_name_that_means_nothing_is_the_person_s_mistake_and_says_what_is_allowed(spec: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="espeak:vi, "):
        open_voice(spec, SETTINGS, tmp_path)


def test_a_voice_error_is_a_render_error() -> None:
    assert issubclass(VoiceError, RenderError)
