from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sounds import write_wav

from broadcaster.errors import RenderError
from broadcaster.speech.decode.mp3 import inspect_mp3
from broadcaster.speech.voices.base import Pcm
from broadcaster.speech.voices.recorded import read_recording
from broadcaster.speech.voices.recording_faults import Flaw, FlawFinder, FlawKind, find_flaws

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.int16]

STAND_INS = Path(__file__).parent / "stand_ins"
RATE = 16_000


def tone(seconds: float, level: float = 6000, rate: int = RATE) -> Samples:
    """A tone that swells and fades, so that it neither begins nor ends abruptly."""
    at = np.arange(round(seconds * rate)) / rate
    fade = np.minimum(1, np.minimum(at, at[::-1]) * 10)
    return (level * fade * np.sin(2 * np.pi * 330 * at)).astype(np.int16)


@dataclass(frozen=True)
class RecordedSound:
    pcm: Pcm
    flaws: tuple[Flaw, ...]


def load_recording(path: Path) -> RecordedSound:
    """Read a whole recording into memory."""
    pcm, flaws = read_recording(path, lambda rate, blocks: Pcm(b"".join(block.tobytes() for block in blocks), rate))
    return RecordedSound(pcm, flaws)


def stereo(left: Samples, right: Samples) -> Samples:
    return np.column_stack([left, right]).astype(np.int16)


def mono(*parts: Samples) -> Samples:
    return np.concatenate(parts).reshape(-1, 1)


def told(samples: Samples) -> list[tuple[str, float, float]]:
    return [
        (flaw.kind.value, round(flaw.start.total_seconds(), 2), round(flaw.length.total_seconds(), 2))
        for flaw in find_flaws(samples, RATE)
    ]


# ---- formats


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3"])
def test_every_format_gives_the_same_sound_in_mono_without_a_flaw(suffix: str) -> None:
    sound = load_recording(STAND_INS / f"tone.{suffix}")
    samples = np.frombuffer(sound.pcm.samples, "<i2")
    assert sound.flaws == ()
    assert sound.pcm.rate == 16_000
    assert abs(sound.pcm.length - timedelta(seconds=1.5)) < timedelta(seconds=0.1)
    spectrum = np.abs(np.fft.rfft(samples[:16_000]))
    assert abs(int(np.argmax(spectrum)) - 440) <= 1  # Hz, as a second has one bin a Hz
    assert 0.27 < samples.max() / 32768 < 0.33  # the mean of 0.4 and 0.2


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000])
def test_a_wav_comes_back_sample_for_sample_at_its_own_rate(tmp_path: Path, rate: int) -> None:
    samples = tone(1, rate=rate)
    pcm = load_recording(write_wav(tmp_path / "ghi âm của bác Ba.wav", samples, rate=rate)).pcm
    assert (pcm.samples, pcm.rate) == (samples.tobytes(), rate)


def test_a_lying_file_name_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "bac-ba.mp3"
    write_wav(path, tone(1), rate=RATE)
    assert load_recording(path).pcm.length == timedelta(seconds=1)


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b"\0" * 5000, b"RIFF\0\0\0\0WAVE", b"OggS" + b"x" * 99, b"fLaC"]
)
def test_what_is_no_sound_is_an_error_with_its_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bac-ba.wav"
    path.write_bytes(data)
    with pytest.raises(RenderError, match=r"bac-ba\.wav"):
        load_recording(path)


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"bac-ba\.wav"):
        load_recording(tmp_path / "bac-ba.wav")


# ---- truncation


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
@pytest.mark.parametrize("kept", [0.8, 0.95])
def test_a_file_that_was_cut_off_is_found(tmp_path: Path, suffix: str, kept: float) -> None:
    data = (STAND_INS / f"tone.{suffix}").read_bytes()
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(data[: round(len(data) * kept)])
    sound = load_recording(path)
    (flaw,) = (flaw for flaw in sound.flaws if flaw.kind is FlawKind.TRUNCATED)
    assert flaw.start == sound.pcm.length < timedelta(seconds=1.5)


def test_an_mp3_cut_between_two_frames_is_found_by_its_table_of_contents(tmp_path: Path) -> None:
    data = (STAND_INS / "tone.mp3").read_bytes()
    whole = inspect_mp3(io.BytesIO(data))
    cuts = [
        end
        for end in range(1000, len(data))
        if inspect_mp3(io.BytesIO(data[:end] + b"\0")).length > inspect_mp3(io.BytesIO(data[: end - 1])).length
    ]
    assert whole.whole
    assert len(cuts) > 20
    assert not any(inspect_mp3(io.BytesIO(data[:cut])).whole for cut in cuts[:-3])


def test_a_cut_off_wav_is_found(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(2), rate=RATE)
    path.write_bytes(path.read_bytes()[:-RATE])  # half a second
    sound = load_recording(path)
    assert sound.pcm.length == timedelta(seconds=1.5)
    assert [flaw.kind for flaw in sound.flaws] == [FlawKind.TRUNCATED]


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF])
def test_a_wav_of_a_program_that_did_not_know_the_length_is_not_cut_off(tmp_path: Path, size: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1), rate=RATE)
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", size)
    path.write_bytes(data)
    assert FlawKind.TRUNCATED not in {flaw.kind for flaw in load_recording(path).flaws}


def test_sound_that_ends_in_the_middle_is_found() -> None:
    assert told(mono(tone(2)[:-RATE])) == [("abrupt", 1.0, 0.0)]


# ---- silence


def test_long_digital_silence_is_found_where_it_is() -> None:
    samples = mono(tone(1), np.zeros(RATE * 3, np.int16), tone(1))
    ((kind, start, length),) = told(samples)
    assert (kind, start) == ("silence", pytest.approx(1, abs=0.01))
    assert length == pytest.approx(3, abs=0.02)


def test_a_breath_and_a_quiet_room_are_no_digital_silence() -> None:
    room = np.random.default_rng(1).integers(-2, 3, RATE * 4).astype(np.int16)
    assert told(mono(tone(1), np.zeros(RATE, np.int16), tone(1), room)) == []


# ---- clipping


def test_clipping_at_full_scale_is_found_where_it_is() -> None:
    loud = np.clip(tone(1, 30_000).astype(int) * 2, -32768, 32767).astype(np.int16)
    ((kind, start, length),) = told(mono(tone(2), loud, tone(2)))
    assert kind == "clipping"
    assert 2 <= start < 2.1
    assert start + length <= 3


def test_clipping_that_was_turned_down_later_is_found_too() -> None:
    loud = np.clip(tone(1, 30_000), -12_000, 12_000).astype(np.int16)
    assert [kind for kind, *_ in told(mono(tone(2), loud, tone(2)))] == ["clipping"]


@pytest.mark.parametrize("frequency", [50, 330, 3000])
def test_a_loud_clean_sine_is_no_clipping(frequency: int) -> None:
    at = np.arange(RATE * 3) / RATE
    fade = np.minimum(1, np.minimum(at, at[::-1]) * 10)
    assert told(mono((32_000 * fade * np.sin(2 * np.pi * frequency * at)).astype(np.int16))) == []


def test_clippings_that_follow_closely_are_told_once() -> None:
    loud = np.clip(tone(0.4, 30_000).astype(int) * 2, -32768, 32767).astype(np.int16)
    assert len(told(mono(loud, tone(0.4), loud, tone(3), loud, tone(1)))) == 2


# ---- stereo


def test_a_dead_channel_is_found_and_left_out_of_the_mix(tmp_path: Path) -> None:
    left = tone(4)
    path = write_wav(tmp_path / "a.wav", stereo(left, np.zeros_like(left)), rate=RATE, channels=2)
    sound = load_recording(path)
    (flaw,) = sound.flaws
    assert (flaw.kind, flaw.start, flaw.length) == (FlawKind.ONE_SIDED, timedelta(0), timedelta(seconds=4))
    assert sound.pcm.samples == left.tobytes()


def test_a_channel_that_dies_on_the_way_is_found_where_it_does() -> None:
    first, second = tone(3), tone(4)
    samples = np.vstack([stereo(first, first), stereo(np.zeros_like(second), second)])
    ((kind, start, length),) = told(samples)
    assert (kind, start, length) == ("one-sided", 3.0, 4.0)


def test_opposed_channels_are_found_and_do_not_cancel_each_other(tmp_path: Path) -> None:
    left = tone(4)
    path = write_wav(tmp_path / "a.wav", stereo(left, -left), rate=RATE, channels=2)
    sound = load_recording(path)
    assert [flaw.kind for flaw in sound.flaws] == [FlawKind.OPPOSED]
    assert sound.pcm.samples == left.tobytes()


def test_ordinary_stereo_has_no_flaw_and_is_mixed(tmp_path: Path) -> None:
    left, right = tone(4), tone(4, 3000)
    path = write_wav(tmp_path / "a.wav", stereo(left, right), rate=RATE, channels=2)
    sound = load_recording(path)
    assert sound.flaws == ()
    mixed = np.frombuffer(sound.pcm.samples, "<i2")
    assert np.abs(mixed - (left.astype(int) + right) / 2).max() <= 0.5


def test_a_flaw_has_its_times() -> None:
    samples = mono(np.zeros(RATE * 65, np.int16), tone(1))
    (flaw,) = find_flaws(samples, RATE)
    assert (flaw.kind, flaw.start, round(flaw.length.total_seconds(), 2)) == (FlawKind.SILENCE, timedelta(0), 65)


@given(st.lists(st.integers(1, 400), max_size=8), st.integers(0, 1000))
def test_block_by_block_the_flaws_are_those_of_the_whole(sizes: list[int], seed: int) -> None:
    """Sound with all kinds of flaws, some of them at the borders of blocks."""
    rng = np.random.default_rng(seed)
    rate = 20
    kinds = rng.choice(5, 60)
    pieces = [piece(int(kind), int(frames), rng) for kind, frames in zip(kinds, rng.integers(1, 90, 60), strict=True)]
    samples = np.concatenate(pieces)
    finder = FlawFinder(rate, 2)
    for block in np.split(samples, np.cumsum(sizes)):
        finder.add(block)
    assert finder.flaws() == find_flaws(samples, rate)


def piece(kind: int, frames: int, rng: np.random.Generator) -> Samples:
    wave = rng.integers(-12_000, 12_000, frames).astype(np.int16)
    flat = np.full(frames, int(rng.choice([20_000, 25_000, 32_767])), np.int16)
    still = np.zeros(frames, np.int16)
    return stereo(*[(wave, wave), (flat, wave), (still, still), (wave, still), (wave, -wave)][kind])


@given(st.lists(st.tuples(st.integers(-32768, 32767), st.integers(-32768, 32767)), min_size=1, max_size=500))
def test_any_samples_can_be_judged_and_every_flaw_lies_inside_them(pairs: list[tuple[int, int]]) -> None:
    samples = np.array(pairs, np.int16)
    for flaw in find_flaws(samples, 100):
        assert 0 <= flaw.first <= flaw.first + flaw.frames <= len(samples)
