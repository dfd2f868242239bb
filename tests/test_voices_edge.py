"""The real edge-tts client against a stand-in of its service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from stand_ins.edge import EdgeHandler, EdgeStandIn, hangs, hangs_up, refuses, says_nothing, speaks, stops_early
from stand_ins.google import HERE, free_port

from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.edge import open_edge
from broadcaster.speech.voices.online import OnlineTimeouts, OnlineVoice

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("edge_tts", reason="edge-tts is not installed (pip install edge-tts)")

VOICE = "vi-VN-HoaiMyNeural"
SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."
LONG = 120.0
CALM = OnlineTimeouts(first=LONG, request=LONG, sentence=10 * LONG, gap=0, back_off=(0.01, 0.01))
"""Long enough for a busy computer."""
Behaviour = Callable[[EdgeHandler], None]
MakeDesk = Callable[..., tuple[EdgeStandIn, OnlineVoice]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDesk]:
    def make(
        *behaviours: Behaviour, syllables: int = 230, timeouts: OnlineTimeouts = CALM
    ) -> tuple[EdgeStandIn, OnlineVoice]:
        server = opened.enter_context(EdgeStandIn(*behaviours))
        monkeypatch.setenv("https_proxy", server.url)
        monkeypatch.setenv("wss_proxy", server.url)
        monkeypatch.setenv("PYTHONPATH", str(HERE / "trusts_edge"))
        voice = open_edge(VOICE, syllables, tmp_path, timeouts)
        opened.callback(voice.close)
        return server, voice

    with ExitStack() as opened:
        for name in ("HTTPS_PROXY", "WSS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield make


def kept(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "edge").glob("*"))


def test_a_good_answer_is_the_sound_of_the_sentence_and_is_kept(desk: MakeDesk, tmp_path: Path) -> None:
    server, voice = desk(speaks)
    pcm = voice.speak(SENTENCE)
    assert 2.2 < pcm.length.total_seconds() < 2.5  # espeak said it in 2.34 s
    assert voice.speak(SENTENCE) == pcm
    assert server.texts == [SENTENCE]
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize(("syllables", "rate"), [(230, "+0%"), (184, "-20%"), (300, "+30%"), (80, "-50%")])
def test_the_rate_of_speech_is_the_setting_s(desk: MakeDesk, syllables: int, rate: str) -> None:
    server, voice = desk(speaks, syllables=syllables)
    voice.speak(SENTENCE)
    assert server.rates == [rate]


def test_a_refusal_is_tried_again(desk: MakeDesk) -> None:
    server, voice = desk(refuses(503), refuses(429), speaks)
    assert voice.speak(SENTENCE).samples
    assert server.texts == [SENTENCE]


@pytest.mark.parametrize("behaviour", [says_nothing, stops_early, hangs_up, refuses(403), refuses(404)])
def test_half_an_answer_and_none_are_errors_and_are_not_kept(
    desk: MakeDesk, tmp_path: Path, behaviour: Behaviour
) -> None:
    _server, voice = desk(behaviour)
    with pytest.raises(VoiceError, match=f"edge:{VOICE}"):
        voice.speak(SENTENCE)
    assert kept(tmp_path) == []


def test_half_an_answer_is_tried_again(desk: MakeDesk) -> None:
    _server, voice = desk(stops_early, speaks)
    assert voice.speak(SENTENCE).length.total_seconds() > 2.2


def test_a_service_that_hangs_is_abandoned_and_not_asked_again(desk: MakeDesk) -> None:
    server, voice = desk(hangs, timeouts=OnlineTimeouts(first=4))
    for text in (SENTENCE, "Câu hai.", "Câu ba."):
        with pytest.raises(VoiceError, match="cannot be reached"):
            voice.speak(text)
    assert server.texts in ([SENTENCE], [])  # none where this computer needs long to ask


def test_without_a_network_a_batch_asks_once_and_fails(
    desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "wss_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    voice = open_edge(VOICE, 150, tmp_path)
    with pytest.raises(VoiceError, match="cannot be reached"):
        voice.speak(SENTENCE)
    server, _other = desk(speaks)  # from here on it would be answered
    for number in range(50):
        with pytest.raises(VoiceError, match="cannot be reached"):
            voice.speak(f"Câu số {number}.")
    assert server.texts == []
