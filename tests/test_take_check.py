"""What is measured of a person's reading: where the voice is, how loud the room, what is wrong."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.samples import floats_of
from broadcaster.speech.take_check import FRAME, MARGINS, TakeFaultKind, TakeMeasures, measure

Samples = npt.NDArray[np.int16]
RANDOM = np.random.default_rng(1)


def room(seconds: float, level: float = -65.0) -> npt.NDArray[np.float64]:
    """Return the noise of a room, dBFS."""
    return RANDOM.standard_normal(round(seconds * CLIP_RATE)) * 10 ** (level / 20)


def voice(seconds: float, level: float = -20.0, highest: float = 7000.0) -> npt.NDArray[np.float64]:
    """Return words of 300 ms with pauses of 60 ms between them: noise up to `highest` Hz."""
    count = round(seconds * CLIP_RATE)
    spectrum = np.fft.rfft(RANDOM.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / CLIP_RATE)
    spectrum[(hertz < 200) | (hertz > highest)] = 0
    sound = np.fft.irfft(spectrum, count)
    sound *= 10 ** (level / 20) / np.sqrt(np.mean(sound**2))
    return sound * (np.arange(count) % round(0.36 * CLIP_RATE) < 0.3 * CLIP_RATE)


def samples(*parts: npt.NDArray[np.float64], noise: float = -65.0) -> Samples:
    sound = np.concatenate(parts)
    return np.clip((sound + room(len(sound) / CLIP_RATE, noise)) * 32_768, -32_768, 32_767).astype(np.int16)


def pause(seconds: float) -> npt.NDArray[np.float64]:
    return np.zeros(round(seconds * CLIP_RATE))


def kinds(found: TakeMeasures) -> list[TakeFaultKind]:
    return [fault.kind for fault in found.faults]


def check(sound: Samples, **known: float) -> TakeMeasures:
    return measure(np.array_split(sound, 7), **known)


def test_the_silence_around_a_reading_is_cut_off() -> None:
    found = check(samples(pause(1.5), voice(5), pause(2)), expected=5.0)
    assert abs(found.first - (1.5 * CLIP_RATE - MARGINS[0])) <= 2 * FRAME
    assert abs(found.last - (6.5 * CLIP_RATE + MARGINS[1])) <= 0.06 * CLIP_RATE + 2 * FRAME
    assert found.faults == ()
    assert -67 < found.noise < -60
    assert -24 < found.voice < -16


def test_the_blocks_it_comes_in_make_no_difference() -> None:
    sound = samples(pause(1), voice(4), pause(1))
    assert measure([sound]) == measure(np.array_split(sound, 101))


def test_a_key_that_is_pressed_at_the_end_is_no_word() -> None:
    knock = voice(0.05, -10)
    found = check(samples(pause(1), voice(4), pause(1.5), knock, pause(0.2)))
    assert found.last < 6 * CLIP_RATE
    assert found.faults == ()


def test_pauses_inside_stay() -> None:
    found = check(samples(pause(1), voice(2), pause(3), voice(2), pause(1)))
    assert found.seconds > 7


@pytest.mark.parametrize("level", [-120.0, -75.0])
def test_where_nobody_is_heard_there_is_nothing(level: float) -> None:
    assert check(samples(pause(3), noise=level)).is_silent
    assert measure([]).is_silent


def test_a_loud_room_is_told() -> None:
    assert TakeFaultKind.NOISY in kinds(check(samples(pause(1), voice(4), pause(1), noise=-36)))


def test_a_weak_voice_is_told() -> None:
    found = check(samples(pause(1), voice(4, -50), pause(1), noise=-85))
    assert TakeFaultKind.QUIET in kinds(found)
    assert not found.is_silent


def test_distortion_is_told() -> None:
    assert TakeFaultKind.CLIPPING in kinds(check(samples(pause(1), voice(4, 3), pause(1))))


def test_what_went_through_a_telephone_is_told() -> None:
    quiet = samples(pause(1), voice(4, highest=3500), pause(1), noise=-90)
    assert kinds(check(quiet)) == [TakeFaultKind.NARROW]
    assert kinds(check(samples(pause(1), voice(4), pause(1), noise=-90))) == []


def test_a_reading_that_is_cut_is_told() -> None:
    assert kinds(check(samples(voice(4), pause(1)))) == [TakeFaultKind.NO_START]
    assert kinds(check(samples(pause(1), voice(3.54)))) == [TakeFaultKind.NO_END]


def test_holes_are_told() -> None:
    sound = samples(pause(1), voice(4), pause(1))
    assert kinds(check(sound, missing=0.2)) == []
    assert kinds(check(sound, missing=0.4)) == [TakeFaultKind.HOLES]


@pytest.mark.parametrize(
    ("expected", "kind"),
    [(0.0, None), (4.0, None), (6.0, None), (2.6, None), (2.0, TakeFaultKind.LONG), (8.0, TakeFaultKind.SHORT)],
)
def test_a_length_that_does_not_fit_the_text_is_told(expected: float, kind: TakeFaultKind | None) -> None:
    found = check(samples(pause(1), voice(4), pause(1)), expected=expected)
    assert kinds(found) == ([kind] if kind else [])


def test_one_note_without_a_pause_is_kept_whole() -> None:
    note = 0.3 * np.sin(np.arange(3 * CLIP_RATE) * 2 * np.pi * 1000 / CLIP_RATE)
    found = check(samples(note))
    assert found.seconds == pytest.approx(3, abs=0.05)
    assert TakeFaultKind.NOISY in kinds(found)
    assert float(np.max(np.abs(floats_of(samples(note))))) < 1
