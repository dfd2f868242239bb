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
from broadcaster.speech.voices.espeak import DIALECTS, VARIANTS, EspeakVoice, is_espeak_voice, is_nearly_toneless
from broadcaster.speech.voices.espeak_worker import with_phonemes
from broadcaster.speech.voices.rate import speaking_seconds, syllables_in

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCES = (
    "Ủy ban nhân dân xã kính mời toàn thể bà con đến nhà văn hóa thôn vào tám giờ sáng chủ nhật.",
    "Mức đóng thấp nhất mỗi tháng là ba trăm ba mươi nghìn đồng, hộ nghèo được giảm một nửa.",
    "Mọi thắc mắc xin gọi số một chín không không, chín không sáu tám để được giải đáp.",
    "Chị em phụ nữ nghỉ sinh con được nhận trợ cấp hai triệu đồng cho mỗi cháu.",
)
SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."


@pytest.fixture
def voice() -> Iterator[EspeakVoice]:
    opened = EspeakVoice("vi", 150)
    yield opened
    opened.close()


def spoken(name: str, text: str = SENTENCE, rate: int = 150) -> Pcm:
    opened = EspeakVoice(name, rate)
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


def test_its_version_is_the_library_s_with_its_use_and_the_rate(voice: EspeakVoice) -> None:
    assert voice.version == "1.52.0-2@150"
    assert EspeakVoice("vi", 200).version == "1.52.0-2@200"
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
    assert abs(voice.speak(decomposed).length - voice.speak(SENTENCE).length).total_seconds() < 0.06


@pytest.mark.parametrize("text", ["a\0b", "<b>đậm</b> & [[x]]", "\ud800 lạc loài", "ă" * 3000, "😀 cười"])
def test_strange_text_neither_kills_nor_stops_it(voice: EspeakVoice, text: str) -> None:
    voice.speak(text)
    assert voice.speak(SENTENCE).samples


def test_a_null_does_not_end_the_sentence(voice: EspeakVoice) -> None:
    assert voice.speak(f"Xin chào.\0{SENTENCE}").length > voice.speak(SENTENCE).length


@pytest.mark.parametrize("rate", [150, 200, 250])
@pytest.mark.parametrize("name", [*DIALECTS, "vi+f2"])
def test_it_says_as_many_syllables_a_minute_as_are_set(name: str, rate: int) -> None:
    opened = EspeakVoice(name, rate)
    try:
        spoken_at = [60 * syllables_in(text) / speaking_seconds(opened.speak(text)) for text in SENTENCES]
    finally:
        opened.close()
    assert spoken_at == pytest.approx([rate] * len(SENTENCES), rel=0.07)
    assert sum(spoken_at) / len(spoken_at) == pytest.approx(rate, rel=0.03)


def test_slower_than_the_library_can_it_speaks_as_slowly_as_that() -> None:
    assert spoken("vi", rate=80).length == pytest.approx(spoken("vi", rate=100).length, abs=timedelta(milliseconds=20))


def test_between_clauses_there_is_time_for_an_echo(voice: EspeakVoice) -> None:
    import numpy as np

    pcm = voice.speak("Khi về già, người tham gia được hưởng lương hưu.")
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm.samples, "<i2").astype(int)) > 100)
    assert np.diff(loud).max() / pcm.rate > 0.25


def test_it_asks_the_library_for_a_wider_range_of_pitch(voice: EspeakVoice) -> None:
    ask, asked = voice._worker.ask, []
    voice._worker.ask = lambda request, timeout: asked.append(request) or ask(request, timeout)
    voice.speak("Má, mà.")
    assert {request["how"]["pitch_range"] for request in asked} == {70}
    sounds = {}
    for pitch_range in (50, 70):
        request = {**asked[0], "how": {**asked[0]["how"], "pitch_range": pitch_range}}
        sounds[pitch_range] = voice.sound("Má,", request).samples
    assert sounds[50] != sounds[70]


@pytest.mark.parametrize(
    ("name", "is_so"),
    [("espeak:vi-vn-x-central", True), ("espeak:vi-vn-x-central+f2", True), ("espeak:vi", False), ("gtts", False)],
)
def test_which_dialect_is_nearly_toneless(name: str, is_so: bool) -> None:
    assert is_nearly_toneless(name) is is_so


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
        # eSpeak may differ by a few samples from call to call, and then in how much a sentence is hurried
        assert abs(voice.speak(SENTENCE).length - spoken("vi+f2").length) < timedelta(milliseconds=60)
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
        return all(abs(voice.speak(text).length - lengths[text]).total_seconds() < 0.06 for _ in range(10))

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


def test_words_of_another_language_are_not_hurried_as_if_each_were_a_syllable() -> None:
    written = "internationalization " * 6
    opened = EspeakVoice("vi", 200)
    try:
        assert opened.speak(written).length > timedelta(seconds=60 / 200 * 6 * 1.5)
    finally:
        opened.close()
