"""What telephones record, read with FFmpeg: only where the extra "phone" is installed."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from broadcaster.errors import RenderError
from broadcaster.speech.decode.decoder import SoundDecoder
from broadcaster.speech.sound_names import sound_problem
from broadcaster.speech.voices.recorded import read_recording
from broadcaster.speech.voices.recording_faults import FlawKind

av = pytest.importorskip("av", reason="the extra phone is not installed")

RATE = 44_100
SECONDS = 3
KINDS = [
    ("a.m4a", "ipod", "aac"), ("a.mp4", "mp4", "aac"), ("a.aac", "adts", "aac"), ("a.3gp", "3gp", "aac"),
    ("a.wma", "asf", "wmav2"), ("a.webm", "webm", "libopus"),
]  # fmt: skip


@pytest.fixture(scope="module")
def decoder() -> Iterator[SoundDecoder]:
    made = SoundDecoder()
    yield made
    made.close()


def record(path: Path, form: str, codec: str, channels: int = 1) -> Path:
    """Record a note of 440 Hz as a telephone does."""
    rate = 48_000 if codec == "libopus" else RATE
    note = np.sin(np.arange(SECONDS * rate) * 2 * np.pi * 440 / rate) * 8_000
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(path), "w", format=form) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 64_000
        samples = np.repeat(note.astype(np.int16), channels)
        step = 1024 * channels
        for first in range(0, len(samples), step):
            frame = av.AudioFrame.from_ndarray(samples[first : first + step].reshape(1, -1), "s16", layout)
            frame.sample_rate, frame.pts = rate, first // channels
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def taken(decoder: SoundDecoder, path: Path) -> tuple[np.ndarray[tuple[int], np.dtype[np.int16]], int, bool]:
    sound = decoder.open(path)
    samples = np.frombuffer(b"".join(sound.blocks()), "<i2")[:: sound.channels]
    return samples, sound.rate, sound.cut_off


@pytest.mark.parametrize(("name", "form", "codec"), KINDS)
def test_it_is_read_whole(decoder: SoundDecoder, tmp_path: Path, name: str, form: str, codec: str) -> None:
    path = record(tmp_path / name, form, codec)
    assert sound_problem(tmp_path, name) is None
    samples, rate, cut_off = taken(decoder, path)
    assert len(samples) / rate == pytest.approx(SECONDS, abs=0.1)
    assert not cut_off
    middle = samples[rate : 2 * rate].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(440, abs=1)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(8_000 / np.sqrt(2), rel=0.1)


def test_its_name_makes_no_difference(decoder: SoundDecoder, tmp_path: Path) -> None:
    path = record(tmp_path / "a.m4a", "ipod", "aac").rename(tmp_path / "a.mp3")
    assert len(taken(decoder, path)[0]) / RATE == pytest.approx(SECONDS, abs=0.1)


def test_two_channels_are_two(decoder: SoundDecoder, tmp_path: Path) -> None:
    sound = decoder.open(record(tmp_path / "a.m4a", "ipod", "aac", channels=2))
    assert sound.channels == 2
    assert sum(map(len, sound.blocks())) / 4 / sound.rate == pytest.approx(SECONDS, abs=0.1)


def test_one_that_is_cut_off_is_told(tmp_path: Path) -> None:
    data = record(tmp_path / "a.aac", "adts", "aac").read_bytes()
    (tmp_path / "cut.aac").write_bytes(data[: len(data) * 2 // 3 + 5])
    frames, flaws = read_recording(tmp_path / "cut.aac", lambda _rate, blocks: sum(map(len, blocks)))
    assert 1.5 < frames / RATE < 2.5
    assert FlawKind.TRUNCATED in [flaw.kind for flaw in flaws]


def test_one_without_its_index_is_refused(decoder: SoundDecoder, tmp_path: Path) -> None:
    data = record(tmp_path / "a.m4a", "ipod", "aac").read_bytes()
    (tmp_path / "cut.m4a").write_bytes(data[: len(data) // 2])  # a telephone writes its index last
    with pytest.raises(RenderError, match=r"cut\.m4a: (damaged|there is no sound)"):
        taken(decoder, tmp_path / "cut.m4a")


@pytest.mark.parametrize(("name", "form", "codec"), KINDS)
def test_whatever_is_done_to_it_the_decoder_answers(
    decoder: SoundDecoder, tmp_path: Path, chance: random.Random, name: str, form: str, codec: str
) -> None:
    data = record(tmp_path / name, form, codec).read_bytes()
    path = tmp_path / f"harmed-{name}"
    for _each in range(12):
        harmed = bytearray(data)
        for _byte in range(chance.choice([1, 20, 400])):
            harmed[chance.randrange(12, len(harmed))] = chance.randrange(256)
        path.write_bytes(bytes(harmed[: chance.choice([len(harmed), chance.randrange(40, len(harmed))])]))
        with contextlib.suppress(RenderError):
            samples, _rate, _cut_off = taken(decoder, path)
            assert len(samples) < 100 * SECONDS * RATE
