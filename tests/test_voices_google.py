"""The real gTTS client against a stand-in of its endpoint; only the waiting between attempts is not lived through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import miniaudio
import numpy as np
import pytest
from stand_ins.google import (
    GOOD_MP3,
    HERE,
    Behaviour,
    GoogleStandIn,
    breaks_off,
    drips,
    free_port,
    hangs,
    refuses,
    shows_page,
    speaks,
)

from broadcaster.speech.decode.decoder import SoundDecoder
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.google import SERVICE, open_google
from broadcaster.speech.voices.online import OnlineTimeouts, OnlineVoice, check_sound

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."
LONG = 120.0
CALM = OnlineTimeouts(first=LONG, request=LONG, sentence=10 * LONG, gap=0.0)
"""Long enough for a busy computer."""


class Desk:
    """A stand-in, a voice that reaches it, and the waits that the voice asked for."""

    def __init__(self, server: GoogleStandIn, cache: Path, timeouts: OnlineTimeouts) -> None:
        self.server = server
        self.cache = cache
        self.waits: list[float] = []
        self.voice = OnlineVoice(SERVICE, cache, timeouts, sleep=self.waits.append)

    @property
    def real_waits(self) -> list[float]:
        return [wait for wait in self.waits if wait > 0]

    def cached(self) -> list[Path]:
        return list(self.cache.glob("*")) if self.cache.exists() else []


MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDesk]:
    def make(*behaviours: Behaviour, timeouts: OnlineTimeouts = CALM, certificate: str = "cert.pem") -> Desk:
        server = opened.enter_context(GoogleStandIn(*behaviours, certificate=certificate))
        monkeypatch.setenv("https_proxy", server.url)
        made = Desk(server, tmp_path / "cache", timeouts)
        opened.callback(made.voice.close)
        return made

    with ExitStack() as opened:
        for name in ("HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(HERE / "cert.pem"))
        yield make


def test_a_good_answer_is_the_sound_of_the_sentence(desk: MakeDesk) -> None:
    made = desk(speaks())
    pcm = made.voice.speak(SENTENCE)
    assert pcm.rate == 24_000
    assert 2.2 < pcm.length.total_seconds() < 2.5  # espeak said it in 2.34 s
    assert made.server.texts == [SENTENCE]


def test_who_cannot_prove_to_be_the_service_is_not_believed(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")  # now it is a stranger's certificate
    made = desk(speaks())
    with pytest.raises(VoiceError, match=r"cannot be reached .its certificate is not to be trusted"):
        made.voice.speak(SENTENCE)
    assert (made.server.texts, made.cached()) == ([], [])


def test_a_good_certificate_of_another_is_not_enough(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(HERE / "edge-cert.pem"))
    made = desk(speaks(), certificate="edge-cert.pem")
    with pytest.raises(VoiceError, match="certificate"):
        made.voice.speak(SENTENCE)
    assert (made.server.texts, made.cached()) == ([], [])


def test_a_sentence_is_asked_for_once_and_then_comes_from_the_cache(desk: MakeDesk) -> None:
    made = desk(speaks())
    first = made.voice.speak(SENTENCE)
    later = OnlineVoice(SERVICE, made.cache, CALM)
    assert later.speak(SENTENCE) == first
    assert made.server.texts == [SENTENCE]


def test_a_long_sentence_goes_in_pieces_of_a_hundred_characters_and_a_changed_one_costs_one_request(
    desk: MakeDesk,
) -> None:
    long = "Bảo hiểm xã hội cho tất cả mọi người, bảo hiểm xã hội cho mọi nhà, "
    made = desk(speaks())
    made.voice.speak(long + "mời bà con đến đại lý thu gần nhất để được tư vấn.")
    first = len(made.server.texts)
    made.voice.speak(long + "mời bà con gọi một chín không không chín không sáu tám.")
    assert first == 2
    assert len(made.server.texts) == 3
    assert all(len(text) <= 100 for text in made.server.texts)


def test_a_spoilt_cache_file_is_asked_for_anew(desk: MakeDesk) -> None:
    made = desk(speaks())
    pcm = made.voice.speak(SENTENCE)
    (path,) = made.cached()
    path.write_bytes(path.read_bytes()[:3000])
    assert made.voice.speak(SENTENCE) == pcm
    assert path.read_bytes() == GOOD_MP3
    assert len(made.server.texts) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_is_tried_again_after_growing_waits(desk: MakeDesk, status: int) -> None:
    made = desk(refuses(status), refuses(status), speaks())
    assert made.voice.speak(SENTENCE).samples
    assert made.real_waits == list(CALM.back_off)


def test_the_server_may_ask_for_a_longer_wait(desk: MakeDesk) -> None:
    made = desk(refuses(429, Retry_After="7"), speaks())
    made.voice.speak(SENTENCE)
    assert made.real_waits == [7.0]


@pytest.mark.parametrize("behaviour", [refuses(429), refuses(500), refuses(429, Retry_After="3600")])
def test_a_refusal_that_stays_ends_the_batch(desk: MakeDesk, behaviour: Behaviour) -> None:
    made = desk(behaviour)
    with pytest.raises(VoiceError, match=r"gtts.*HTTP (429|500)"):
        made.voice.speak(SENTENCE)
    asked = len(made.server.texts)
    assert asked <= 1 + len(CALM.back_off)
    with pytest.raises(VoiceError):
        made.voice.speak("Câu khác.")
    assert len(made.server.texts) == asked
    assert made.cached() == []


@pytest.mark.parametrize(
    "behaviour",
    [shows_page, refuses(404), speaks(b""), speaks(b"<html>no sound</html>" * 50), speaks(GOOD_MP3[:4800])],
    ids=["page", "404", "empty", "page instead of MP3", "half the sound"],
)
def test_what_is_no_sound_of_the_sentence_is_an_error_and_is_not_kept(desk: MakeDesk, behaviour: Behaviour) -> None:
    made = desk(behaviour)
    with pytest.raises(VoiceError):
        made.voice.speak(f"{SENTENCE} Mời bà con cùng tham gia nhé.")
    assert made.cached() == []


@pytest.mark.parametrize("cut", range(1, 96, 13))
def test_an_mp3_cut_inside_a_frame_is_found_wherever_it_is_cut(desk: MakeDesk, cut: int) -> None:
    made = desk(speaks(GOOD_MP3[:-cut]), speaks())
    assert made.voice.speak(SENTENCE).samples
    assert len(made.server.texts) == 2


@pytest.fixture(scope="module")
def decoder() -> Iterator[SoundDecoder]:
    made = SoundDecoder()
    yield made
    made.close()


def test_half_an_mp3_is_found_where_it_was_cut_between_two_frames(decoder: SoundDecoder) -> None:
    frame = 96  # bytes: 32 kbit/s, 24 kHz
    assert check_sound(GOOD_MP3, SENTENCE, decoder).length.total_seconds() > 2.2
    for end in range(frame, len(GOOD_MP3) // 2 + 1, frame):
        with pytest.raises(ValueError, match=r"cut off|too few"):
            check_sound(GOOD_MP3[:end], SENTENCE, decoder)


def test_an_mp3_cut_in_the_middle_of_a_sound_is_found_however_long_it_is(decoder: SoundDecoder) -> None:
    loud = [end for end in range(len(GOOD_MP3) // 2, len(GOOD_MP3) - 960, 96) if ends_loud(GOOD_MP3[:end])]
    assert len(loud) > 10
    for end in loud:
        with pytest.raises(ValueError, match="cut off"):
            check_sound(GOOD_MP3[:end], "Chỉ bốn từ thôi.", decoder)


def ends_loud(mp3: bytes) -> bool:
    """Judge by power: the last hundredth of a second against the whole."""
    samples = np.array(miniaudio.decode(mp3, nchannels=1, sample_rate=24_000).samples, float)
    return float((samples[-240:] ** 2).mean()) > 0.4 * float((samples**2).mean())


def test_one_bad_answer_among_good_ones_costs_its_sentence_and_not_the_batch(desk: MakeDesk) -> None:
    made = desk(speaks(), *[shows_page] * 3, speaks())
    made.voice.speak(SENTENCE)
    with pytest.raises(VoiceError):
        made.voice.speak("Bảo hiểm y tế cho tất cả mọi người.")
    assert made.voice.speak("Bảo hiểm xã hội cho mọi nhà, mọi người.").samples


@pytest.mark.parametrize("behaviour", [hangs, drips], ids=["hang", "drip-feed"])
def test_a_server_that_never_ends_is_abandoned_and_not_asked_again(desk: MakeDesk, behaviour: Behaviour) -> None:
    made = desk(behaviour, timeouts=OnlineTimeouts(first=1.5))
    for text in (SENTENCE, "Câu hai.", "Câu ba."):
        with pytest.raises(VoiceError, match="cannot be reached"):
            made.voice.speak(text)
    assert made.server.texts in ([SENTENCE], [])  # none where this computer needs long to ask


def test_an_answer_that_breaks_off_is_an_error(desk: MakeDesk) -> None:
    made = desk(breaks_off)
    with pytest.raises(VoiceError):
        made.voice.speak(SENTENCE)
    assert made.cached() == []


def test_without_a_network_a_batch_asks_once_and_fails(
    desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    voice = open_google(tmp_path)
    with pytest.raises(VoiceError, match="cannot be reached"):
        voice.speak(SENTENCE)
    made = desk(speaks())  # from here on it would be answered
    for number in range(50):
        with pytest.raises(VoiceError, match="cannot be reached"):
            voice.speak(f"Câu số {number}.")
    assert made.server.texts == []


def test_the_shipped_patience_gives_a_hang_less_than_five_seconds() -> None:
    assert OnlineTimeouts().first < 5


def test_sentences_of_the_cache_are_spoken_without_a_network(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk(speaks())
    pcm = made.voice.speak(SENTENCE)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    later = OnlineVoice(SERVICE, made.cache, CALM)
    with pytest.raises(VoiceError):
        later.speak("Câu mới.")
    assert later.speak(SENTENCE) == pcm


def test_threads_share_one_request_at_a_time_with_a_gap_between_any_two(desk: MakeDesk) -> None:
    made = desk(speaks(), timeouts=replace(CALM, gap=3600))
    texts = [f"{SENTENCE[:-1]} {word}." for word in ("một", "hai", "ba", "bốn")]
    with ThreadPoolExecutor(4) as pool:
        assert all(pcm.samples for pcm in pool.map(made.voice.speak, texts))
    assert made.server.most_in_flight == 1
    assert sorted(made.server.texts) == sorted(texts)
    assert len(made.real_waits) == 3
    assert all(0 < wait <= 3600 for wait in made.real_waits)


def test_text_without_words_asks_nobody(desk: MakeDesk) -> None:
    made = desk(speaks())
    assert made.voice.speak("… !").samples == b""
    assert made.server.texts == []
