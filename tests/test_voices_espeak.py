from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import unicodedata
from array import array
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import espeakng_loader
import pytest

from broadcaster.speech.voices.base import Pcm, VoiceError
from broadcaster.speech.voices.espeak import DIALECTS, VARIANTS, EspeakVoice, is_espeak_voice
from broadcaster.speech.voices.espeak_worker import with_phonemes

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."


@pytest.fixture
def voice() -> Iterator[EspeakVoice]:
    opened = EspeakVoice("vi", 150)
    yield opened
    opened.close()


def spoken(name: str, text: str = SENTENCE, words_per_minute: int = 150) -> Pcm:
    opened = EspeakVoice(name, words_per_minute)
    try:
        return opened.speak(text)
    finally:
        opened.close()


def pitch(pcm: Pcm) -> float:
    """The fundamental frequency in Hz: the median over the voiced tenths of a second, from their autocorrelations."""
    import numpy as np

    samples = np.frombuffer(pcm.samples, "<i2").astype(float)
    size, shortest, longest = pcm.rate // 10, pcm.rate // 400, pcm.rate // 60
    found = []
    for frame in samples[: len(samples) // size * size].reshape(-1, size):
        wave = np.correlate(frame, frame, "full")[size - 1 :] / (np.arange(size, 0, -1) * max(1.0, (frame**2).mean()))
        peak = wave[shortest:longest].max()
        if peak > 0.7:  # the first peak nearly as high as the highest: not the octave below
            found.append(pcm.rate / (shortest + int(np.argmax(wave[shortest:longest] > 0.9 * peak))))
    return float(np.median(found))


def test_it_speaks_for_as_long_as_a_person_would(voice: EspeakVoice) -> None:
    pcm = voice.speak(SENTENCE)
    assert pcm.rate == 22_050
    assert 1.5 < pcm.length.total_seconds() < 4  # nine syllables
    assert max(array("h", pcm.samples)) > 3000


def test_its_version_is_the_library_s_with_the_rate(voice: EspeakVoice) -> None:
    assert voice.version == "1.52.0@150"
    assert (voice.name, voice.local) == ("espeak:vi", True)


def test_the_sound_begins_and_ends_without_silence(voice: EspeakVoice) -> None:
    samples = array("h", voice.speak(SENTENCE).samples)
    a_twentieth = 22_050 // 20
    assert max(map(abs, samples[:a_twentieth])) > 64
    assert max(map(abs, samples[-a_twentieth:])) > 64


def test_text_without_words_has_no_sound_and_starts_no_process(voice: EspeakVoice) -> None:
    assert voice.speak("… ! –").samples == b""
    assert voice._worker.pid is None


def test_letters_and_marks_apart_sound_as_the_letters_they_make(voice: EspeakVoice) -> None:
    decomposed = unicodedata.normalize("NFD", SENTENCE)
    assert decomposed != SENTENCE
    assert abs(voice.speak(decomposed).length - voice.speak(SENTENCE).length).total_seconds() < 0.02


@pytest.mark.parametrize("text", ["a\0b", "<b>đậm</b> & [[x]]", "\ud800 lạc loài", "ă" * 3000, "😀 cười"])
def test_strange_text_neither_kills_nor_stops_it(voice: EspeakVoice, text: str) -> None:
    voice.speak(text)
    assert voice.speak(SENTENCE).samples


def test_a_null_does_not_end_the_sentence(voice: EspeakVoice) -> None:
    assert voice.speak(f"Xin chào.\0{SENTENCE}").length > voice.speak(SENTENCE).length


def test_the_rate_of_speech_is_the_setting_s() -> None:
    slow, fast = spoken("vi", words_per_minute=100), spoken("vi", words_per_minute=200)
    assert slow.length > fast.length * 1.5


def test_the_dialects_differ() -> None:
    sounds = {spoken(dialect).samples for dialect in DIALECTS}
    assert len(sounds) == len(DIALECTS)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_in_the_library(variant: str) -> None:
    # The library takes a variant that it has not, and speaks as if none had been asked for.
    assert (Path(espeakng_loader.get_data_path()) / "voices" / "!v" / variant).is_file()


def test_a_female_variant_is_higher_than_the_plain_voice() -> None:
    for dialect in DIALECTS:
        assert pitch(spoken(f"{dialect}+f2")) > pitch(spoken(dialect)) * 1.2


@pytest.mark.parametrize("name", ["vi", "vi+f2", "vi-vn-x-central+m8", "vi-vn-x-south"])
def test_names_that_mean_a_voice(name: str) -> None:
    assert is_espeak_voice(name)


@pytest.mark.parametrize("name", ["", "en", "VI", "vi+", "vi+f9", "vi+F2", "vi+f2+m1", "+f2", "vi f2"])
def test_names_that_mean_none(name: str) -> None:
    assert not is_espeak_voice(name)


def test_a_process_that_died_is_replaced_without_a_word_to_the_caller(voice: EspeakVoice) -> None:
    voice.speak(SENTENCE)
    first = voice._worker.pid
    os.kill(first, signal.SIGTERM)
    assert voice.speak(SENTENCE).samples
    assert voice._worker.pid != first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that freezes a process")
def test_a_process_that_hangs_is_ended_and_replaced() -> None:
    voice = EspeakVoice("vi", 150, timeout=2)
    voice.speak(SENTENCE)
    first = voice._worker.pid
    os.kill(first, signal.SIGSTOP)
    try:
        assert voice.speak(SENTENCE).samples
        assert voice._worker.pid != first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
    finally:
        voice.close()


def test_a_library_that_is_not_there_is_an_error_in_one_line(tmp_path: Path) -> None:
    voice = EspeakVoice("vi", 150, folder=tmp_path)
    with pytest.raises(VoiceError):
        _ = voice.version
    with pytest.raises(VoiceError, match="espeak:vi") as error:
        voice.speak(SENTENCE)
    assert "\n" not in str(error.value)
    voice.close()


def test_it_speaks_from_a_folder_with_a_long_vietnamese_name(tmp_path: Path) -> None:
    folder = tmp_path / "Người dùng" / ("máy tính của ủy ban nhân dân xã " * 4).strip()
    (folder / "espeak-ng-data").mkdir(parents=True)
    assert len(str(folder / "espeak-ng-data").encode()) > 160  # what the library has room for
    shutil.copy(espeakng_loader.get_library_path(), folder)
    data = Path(espeakng_loader.get_data_path())
    for name in ("phontab", "phonindex", "phondata", "intonations", "vi_dict"):
        shutil.copy(data / name, folder / "espeak-ng-data")
    for name in ("lang/aav", "voices/!v"):
        shutil.copytree(data / name, folder / "espeak-ng-data" / name)
    voice = EspeakVoice("vi+f2", 150, folder=folder)
    try:
        # eSpeak may differ by a few samples from call to call
        assert abs(voice.speak(SENTENCE).length - spoken("vi+f2").length) < timedelta(milliseconds=5)
    finally:
        voice.close()


def test_the_worker_leaves_when_its_parent_closes_it(voice: EspeakVoice) -> None:
    voice.speak(SENTENCE)
    child = voice._worker._child
    voice.close()
    voice.close()
    assert child._process.returncode == 0


def test_threads_may_share_a_voice(voice: EspeakVoice) -> None:
    lengths = {text: voice.speak(text).length for text in (SENTENCE, "Xin chào bà con.")}
    barrier = threading.Barrier(4)

    def read(number: int) -> bool:
        barrier.wait()
        text = list(lengths)[number % 2]
        return all(abs(voice.speak(text).length - lengths[text]).total_seconds() < 0.02 for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, range(4)))


def test_a_worker_never_starts_a_heavy_import() -> None:
    import subprocess

    code = "import sys, broadcaster.speech.voices.espeak_worker; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pydub", "gtts", "requests", "miniaudio", "soxr", "asyncio"} & set(loaded)


@pytest.mark.parametrize(
    ("voice_name", "text", "sent"),
    [
        ("vi", "Nước trong veo.", "Nước trong [[v'Ew]]."),
        ("vi+f2", "Veo veo", "[[v'Ew]] [[v'Ew]]"),
        ("vi-vn-x-central", "VEO!", "[[v'Ew]]!"),
        ("vi-vn-x-south+m3", "trong veo", "trong [[J^'Ew]]"),
        ("vi", "leo, vèo, veohp, [[x]]", "leo, vèo, veohp, [ [x]]"),
    ],
)
def test_a_syllable_that_the_library_takes_for_english_is_sent_as_phonemes(
    voice_name: str, text: str, sent: str
) -> None:
    assert with_phonemes(text, voice_name) == sent


def test_trong_veo_rhymes_with_leo() -> None:
    """An English "veo" has two syllables and takes longer than "vẹo"; said as Vietnamese both are of one length."""
    lengths = {word: spoken("vi", f"{word}.").length.total_seconds() for word in ("veo", "vẹo")}
    assert lengths["veo"] == pytest.approx(lengths["vẹo"], abs=0.01)
