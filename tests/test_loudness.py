"""Our meters against others: pyloudnorm, scipy and ffmpeg share no line with them."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly
from sounds import write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.speech.sound.filters import BLOCK, BlockFilter, kernel, shaping_filter
from broadcaster.speech.sound.loudness import CELL, SILENCE, cell_peaks, integrated, true_peak

Samples = npt.NDArray[np.float32]


def sine(hertz: float, seconds: float, level_db: float = 0.0, phase: float = 0.0) -> Samples:
    at = np.arange(round(seconds * CLIP_RATE)) / CLIP_RATE
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * at + phase)).astype(np.float32)


def noise(seconds: float, seed: int = 1, level: float = 0.1) -> Samples:
    return np.random.default_rng(seed).normal(0, level, round(seconds * CLIP_RATE)).astype(np.float32)


def speechlike(seed: int, seconds: float) -> Samples:
    """Return bursts of filtered noise with pauses: what gates were made for."""
    rng = np.random.default_rng(seed)
    envelope = np.repeat(rng.choice([0.0, 0.001, 0.05, 0.3, 1.0], math.ceil(seconds * 5)), CLIP_RATE // 5)
    sound = np.convolve(noise(len(envelope) / CLIP_RATE, seed), np.ones(6) / 6, "same")
    return (sound * envelope)[: round(seconds * CLIP_RATE)].astype(np.float32)


def peak_by_scipy(samples: Samples) -> float:
    return float(20 * np.log10(np.max(np.abs(resample_poly(np.pad(samples.astype(np.float64), 64), 4, 1)))))


class TestLoudness:
    def test_the_standards_own_tone(self) -> None:
        """A 997 Hz sine at 0 dBFS in one channel reads −3.01 LKFS (ITU-R BS.1770-4, annex 1)."""
        assert integrated(sine(997, 5)) == pytest.approx(-3.01, abs=0.01)

    @pytest.mark.parametrize("level", [-20.0, -33.0, -60.0])
    def test_the_level_of_a_tone_shifts_it_by_as_much(self, level: float) -> None:
        assert integrated(sine(997, 3, level)) == pytest.approx(-3.01 + level, abs=0.01)

    def test_what_lies_below_the_relative_gate_does_not_count(self) -> None:
        """EBU Tech 3341, case 3: 10 s at −36, 60 s at −23, 10 s at −36 dBFS reads as −23 in stereo, 3 less in mono."""
        parts = [sine(1000, 10, -36), sine(1000, 60, -23), sine(1000, 10, -36)]
        assert integrated(np.concatenate(parts)) == pytest.approx(-26.0, abs=0.1)

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.integers(4, 120))
    def test_agrees_with_pyloudnorm(self, seed: int, tenths: int) -> None:
        """In whole steps of a gating block: pyloudnorm also counts a block that the end cuts, the standard does not."""
        samples = speechlike(seed, tenths / 10)
        theirs = pyloudnorm.Meter(CLIP_RATE).integrated_loudness(samples.astype(np.float64))
        ours = integrated(samples)
        if theirs == -math.inf:
            assert ours == SILENCE
        else:
            assert ours == pytest.approx(theirs, abs=0.1)

    def test_agrees_with_ffmpeg(self, tmp_path: Path) -> None:
        samples = speechlike(3, 20)
        theirs = ffmpeg_summary(write_wav(tmp_path / "a.wav", whole(samples)))
        assert integrated(samples) == pytest.approx(theirs["I"], abs=0.1)
        assert true_peak(samples) == pytest.approx(theirs["Peak"], abs=0.3)

    @pytest.mark.parametrize("length", [0, 1, 100, CLIP_RATE // 10, BLOCK - 1, BLOCK, BLOCK + 1])
    def test_silence_of_any_length_is_silence(self, length: int) -> None:
        assert integrated(np.zeros(length, np.float32)) == SILENCE
        assert true_peak(np.zeros(length, np.float32)) == SILENCE

    @pytest.mark.parametrize("seconds", [0.005, 0.05, 0.399])
    def test_what_is_shorter_than_a_gating_block_is_measured_as_it_is(self, seconds: float) -> None:
        assert SILENCE < integrated(noise(seconds)) < 0


class TestTruePeak:
    def test_a_peak_between_samples_is_seen(self) -> None:
        """A quarter-rate sine sampled at 45° has samples at 0.707 of its height."""
        samples = sine(CLIP_RATE / 4, 1, 0.0, math.pi / 4)
        assert np.max(np.abs(samples)) == pytest.approx(math.sqrt(0.5), abs=1e-3)
        assert true_peak(samples) == pytest.approx(0.0, abs=0.1)

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.floats(0.01, 3.0))
    def test_agrees_with_four_times_oversampling_by_scipy(self, seed: int, seconds: float) -> None:
        samples = np.convolve(noise(seconds, seed), np.hanning(5) / 2, "same").astype(np.float32)
        assert true_peak(samples) == pytest.approx(peak_by_scipy(samples), abs=0.15)

    def test_peaks_above_the_floor_are_exact_and_none_is_lost(self) -> None:
        samples = speechlike(7, 4)
        exact = cell_peaks(samples, 0.0)
        floor = float(np.quantile(exact, 0.9))
        saved = cell_peaks(samples, floor)
        assert np.array_equal(saved[exact > floor], exact[exact > floor])
        assert np.all(saved <= exact)
        assert len(exact) == math.ceil(len(samples) / CELL)


class TestFilters:
    def test_block_by_block_is_the_same_as_all_at_once(self) -> None:
        samples, impulse = noise(2.345), kernel()
        impulse = noise(0.1, 5)[: len(impulse)]
        assert np.allclose(BlockFilter(impulse)(samples), np.convolve(samples, impulse)[: len(samples)], atol=1e-4)

    @pytest.mark.parametrize("preset", ["horn", "flat"])
    @pytest.mark.parametrize(
        ("hertz", "at_most"), [(0.0, -80.0), (25.0, -80.0), (50.0, -55.0), (60.0, -45.0), (100.0, -10.0)]
    )
    def test_rumble_is_taken_away(self, preset: str, hertz: float, at_most: float) -> None:
        assert gain_at(hertz, preset) < at_most

    @pytest.mark.parametrize("hertz", [160.0, 300.0, 1000.0, 3000.0, 8000.0])
    def test_flat_leaves_the_voice_as_it_is(self, hertz: float) -> None:
        assert gain_at(hertz, "flat") == pytest.approx(0.0, abs=0.5)

    def test_horn_lifts_where_consonants_are_told_apart(self) -> None:
        assert all(2.5 < gain_at(hertz, "horn") < 4.5 for hertz in (2000, 3000, 4000))
        assert abs(gain_at(500, "horn")) < 0.5


def gain_at(hertz: float, preset: str) -> float:
    samples = sine(hertz, 2) if hertz else np.full(2 * CLIP_RATE, 0.5, np.float32)
    before = float(np.sqrt(np.mean(np.square(samples))))
    settled = shaping_filter(preset)(samples)[CLIP_RATE:]
    return float(20 * np.log10(np.sqrt(np.mean(np.square(settled, dtype=np.float64))) / before + 1e-9))


def whole(samples: Samples) -> npt.NDArray[np.int16]:
    return np.rint(np.clip(samples, -1, 1) * 32_767).astype("<i2")


def ffmpeg_summary(path: Path) -> dict[str, Any]:
    """Return what ffmpeg's ebur128 says of a file: I in LUFS, Peak in dBTP."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed; pyloudnorm and scipy judge alone")
    command = ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = said[said.rindex("Summary:") :]
    return {name: float(value) for name, value in re.findall(r"(I|Peak):\s+(-?[\d.]+) (?:LUFS|dBFS)", summary)}
