from __future__ import annotations

import math
from array import array

import pytest

from broadcaster.speech.voices.base import Pcm
from broadcaster.speech.voices.rate import along, rate_of_words, speaking_seconds, spoken_by_words, syllables_in

RATE = 16_000


def sound(*parts: tuple[float, int]) -> Pcm:
    """A tone of these seconds at these peaks, one after the other."""
    samples = array("h")
    for seconds, peak in parts:
        samples.extend(round(peak * math.sin(at * 0.2)) for at in range(round(seconds * RATE)))
    return Pcm(samples.tobytes(), RATE)


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [
        ([(1.0, 9000)], 1.0),
        ([(0.5, 0), (1.0, 9000), (0.5, 0)], 1.0),  # what is before and after is no speech
        ([(1.0, 9000), (0.3, 0), (1.0, 9000)], 2.0),  # nor is a pause
        ([(1.0, 9000), (0.3, 50), (1.0, 9000)], 2.0),  # also where it hums, 45 dB below
        ([(1.0, 9000), (0.3, 500), (1.0, 9000)], 2.3),  # soft is not silent
        ([(1.0, 9000), (0.12, 0), (1.0, 9000)], 2.12),  # the mouth is closed for a "t"
        ([(1.0, 0)], 0.0),
        ([], 0.0),
    ],
)
def test_the_time_of_speech_has_no_pauses(parts: list[tuple[float, int]], seconds: float) -> None:
    assert speaking_seconds(sound(*parts)) == pytest.approx(seconds, abs=0.021)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("… – !", 0), ("Xin chào.", 2), ("hai nghìn – không trăm", 4), ("Khi về già,", 3)]
)
def test_syllables_are_what_stands_between_spaces_and_can_be_said(text: str, count: int) -> None:
    assert syllables_in(text) == count


@pytest.mark.parametrize(("value", "answer"), [(0, 10.0), (1, 10.0), (2, 20.0), (2.5, 30.0), (3, 40.0), (9, 40.0)])
def test_between_points_lies_a_line(value: float, answer: float) -> None:
    assert along([(1, 10.0), (2, 20.0), (3, 40.0)], value) == answer


@pytest.mark.parametrize(
    ("version", "is_so"),
    [
        ("espeak:vi@1.52.0@150", True),
        ("piper:vi_VN-vais1000-medium@ec7c89e2c85f-fafb@150", True),
        ("edge:vi-VN-HoaiMyNeural@1@150", True),
        ("silent@1@150", True),
        ("espeak:vi@1.52.0@140", False),  # another rate than the one that is set
        ("espeak:vi@1.52.0-2@150", False),
        ("piper:vi_VN-vais1000-medium@ec7c89e2c85f-fafb-2@150", False),
        ("edge:vi-VN-HoaiMyNeural@2@150", False),
        ("silent@2@150", False),
        ("gtts@1", False),
    ],
)
def test_clips_of_before_are_known_by_their_voice_s_version(version: str, is_so: bool) -> None:
    assert spoken_by_words(version, 150) is is_so


def test_what_150_words_were_in_syllables() -> None:
    assert rate_of_words(150) == 233
