"""What comes out of the mix: every clip equally loud, none too high, pauses and music where they belong."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly
from tones import pcm, samples, silence, sounding, tone, voice

from broadcaster.models import CLIP_RATE
from broadcaster.settings import MixSettings
from broadcaster.speech.sound import mix
from broadcaster.speech.sound.chime import make_chime
from broadcaster.speech.sound.dynamics import limiter_gains, with_release
from broadcaster.speech.sound.loudness import SILENCE, integrated
from broadcaster.speech.sound.master import clip_frames, master
from broadcaster.speech.sound.mix import PartKind, SoundPart, lay_out
from broadcaster.speech.sound.spool import Spool, SpooledSound, spool_sound
from broadcaster.speech.voices import Pcm

FLAT = MixSettings(preset="flat")
PLAIN = MixSettings(preset="flat", sentence_pause=timedelta(milliseconds=400), paragraph_pause=timedelta(seconds=1))


def loudness_by_pyloudnorm(mixed: MasteredClip) -> float:
    return float(pyloudnorm.Meter(CLIP_RATE).integrated_loudness(samples(mixed)))


def peak_by_scipy(mixed: MasteredClip) -> float:
    return float(20 * np.log10(np.max(np.abs(resample_poly(np.pad(samples(mixed), 64), 4, 1)))))


def check(mixed: MasteredClip, target: float = -16.0) -> None:
    assert loudness_by_pyloudnorm(mixed) == pytest.approx(target, abs=0.5)
    assert mixed.loudness == pytest.approx(loudness_by_pyloudnorm(mixed), abs=0.1)
    assert peak_by_scipy(mixed) <= -1.0
    assert mixed.true_peak <= -1.0


SPOOLS: list[Spool] = []


@pytest.fixture(autouse=True, scope="module")
def _spool() -> Iterator[None]:
    """Have a spool for the sounds of all tests."""
    with Spool(Path(tempfile.gettempdir()), "<i2") as spool:
        SPOOLS.append(spool)
        yield
    SPOOLS.clear()


def spooled(sound: Pcm) -> SpooledSound:
    return spool_sound(SPOOLS[0], sound.rate, [np.frombuffer(sound.samples, "<i2")])


def speech(sentences: tuple[Pcm, ...], by: str) -> SoundPart:
    return mix.speech(tuple(map(spooled, sentences)), by)


def recording(sound: Pcm, file: str) -> SoundPart:
    return mix.recording(spooled(sound), file)


def music(sound: Pcm, file: str) -> SoundPart:
    return mix.music(spooled(sound), file)


def bell(sound: Pcm, name: str) -> SoundPart:
    return mix.bell(spooled(sound), name)


def laid_out(parts: list[SoundPart], mix_settings: MixSettings) -> Pcm:
    """Lay parts out, all of it in memory, and see that the length told beforehand is right."""
    laid = lay_out(parts, mix_settings)
    sound = Pcm(b"".join(part.raw_data for part in laid.segments()), CLIP_RATE)
    assert len(sound.samples) == 2 * laid.frames
    return sound


@dataclass(frozen=True)
class MasteredClip:
    samples: bytes
    loudness: float
    true_peak: float


def mix_clip(parts: list[SoundPart], mix_settings: MixSettings) -> MasteredClip:
    laid = lay_out(parts, mix_settings)
    written: list[bytes] = []

    def write(blocks: Iterable[bytes]) -> None:
        written[:] = blocks

    with tempfile.TemporaryDirectory() as folder:
        mastered = master(laid, mix_settings, Path(folder), write)
    samples = b"".join(written)
    assert len(samples) == 2 * clip_frames(laid)
    return MasteredClip(samples, mastered.loudness, mastered.true_peak)


class TestLoudness:
    @pytest.mark.parametrize("preset", ["horn", "flat"])
    @pytest.mark.parametrize("level", [0.0005, 0.01, 0.3, 30.0])
    def test_every_voice_comes_out_alike_however_loud_it_went_in(self, preset: str, level: float) -> None:
        check(mix_clip([speech((voice(6, level=level),), "v")], MixSettings(preset=preset)))

    @settings(max_examples=15, deadline=None)
    @given(st.floats(0.5, 8.0), st.integers(0, 1000), st.sampled_from([16_000, 22_050, 24_000, 44_100, 48_000]))
    def test_clips_of_any_length_and_rate(self, seconds: float, seed: int, rate: int) -> None:
        check(mix_clip([speech((voice(seconds, seed, rate=rate),), "v")], MixSettings()))

    @pytest.mark.parametrize("target", [-23.0, -20.0, -14.0])
    def test_the_setting_is_what_counts(self, target: float) -> None:
        check(mix_clip([speech((voice(5),), "v")], MixSettings(loudness=target)), target)

    def test_full_band_noise_stays_below_the_ceiling_by_any_meter(self) -> None:
        rng = np.random.default_rng(1)
        loud = pcm(np.clip(rng.normal(0, 0.5, 4 * CLIP_RATE), -1, 1))
        check(mix_clip([recording(loud, "r")], FLAT))

    def test_a_recording_that_clips_all_the_time(self) -> None:
        check(mix_clip([recording(voice(4, level=50.0), "r")], FLAT))

    def test_clicks_cannot_reach_the_loudness_and_still_keep_the_ceiling(self) -> None:
        clicks = np.zeros(5 * CLIP_RATE)
        clicks[:: CLIP_RATE // 2] = 1.0
        mixed = mix_clip([recording(pcm(clicks), "r")], FLAT)
        assert mixed.true_peak <= -1.0
        assert peak_by_scipy(mixed) <= -1.0

    @pytest.mark.parametrize("preset", ["horn", "flat"])
    def test_silence_stays_silence(self, preset: str) -> None:
        mixed = mix_clip([speech((silence(2),), "silent")], MixSettings(preset=preset))
        assert set(mixed.samples) == {0}
        assert (mixed.loudness, mixed.true_peak) == (SILENCE, SILENCE)

    def test_the_chime_of_a_silent_clip_is_not_blown_up_beyond_the_ceiling(self) -> None:
        check(mix_clip([bell(make_chime(), "c"), speech((silence(3),), "s")], MixSettings()))

    def test_hiss_is_not_taken_for_speech(self) -> None:
        """One bit of noise may be lifted, but never to the loudness of speech."""
        hiss = Pcm(np.random.default_rng(1).integers(-1, 2, 4 * CLIP_RATE).astype("<i2").tobytes(), CLIP_RATE)
        mixed = mix_clip([speech((hiss,), "h")], FLAT)
        assert mixed.loudness < -16.5 or mixed.loudness == pytest.approx(-16, abs=0.5)

    @pytest.mark.parametrize("seconds", [0.0001, 0.01, 0.1, 0.39])
    def test_clips_too_short_for_a_gating_block_are_filled_up(self, seconds: float) -> None:
        mixed = mix_clip([recording(tone(seconds), "r")], FLAT)
        assert len(mixed.samples) >= 0.4 * CLIP_RATE * 2
        assert mixed.true_peak <= -1.0

    def test_meters_agree_because_clips_end_with_a_block(self) -> None:
        mixed = mix_clip([speech((voice(3.1234),), "v")], FLAT)
        assert len(mixed.samples) // 2 % (CLIP_RATE // 10) == 0


class TestShaping:
    def test_dc_and_hum_are_gone(self) -> None:
        at = np.arange(4 * CLIP_RATE) / CLIP_RATE
        said = samples(voice(4, rate=CLIP_RATE).samples)
        hum = 0.2 + 0.1 * np.sin(2 * np.pi * 50 * at)
        mixed = samples(mix_clip([recording(pcm(said + hum), "r")], FLAT))
        spectrum = np.abs(np.fft.rfft(mixed * np.hanning(len(mixed)))) ** 2
        hertz = np.fft.rfftfreq(len(mixed), 1 / CLIP_RATE)
        low = spectrum[hertz < 80].sum() / spectrum.sum()
        assert low < 1e-4

    def test_horn_brings_soft_words_nearer_to_loud_ones(self) -> None:
        loud, soft = samples(voice(3, 1, 0.12, CLIP_RATE).samples), samples(voice(3, 1, 0.02, CLIP_RATE).samples)
        both = pcm(np.concatenate([loud, soft]))

        def difference(preset: str) -> float:
            out = samples(mix_clip([recording(both, "r")], MixSettings(preset=preset)))
            halves = out[: 3 * CLIP_RATE], out[3 * CLIP_RATE :]
            first, second = (float(np.sqrt(np.mean(np.square(half)))) for half in halves)
            return 20 * float(np.log10(first / second))

        assert difference("flat") > 11
        assert 5 < difference("horn") < difference("flat") - 3

    def test_the_limiter_never_lets_a_peak_through_nor_moves_faster_than_its_look_ahead(self) -> None:
        peaks = np.full(1000, 0.5, np.float32)
        peaks[300], peaks[500:520] = 4.0, 1.5
        gains = limiter_gains(peaks, 1.0, 0.9)
        for shift in (-1, 0, 1):
            assert np.all(np.roll(gains, shift)[5:-5] * peaks[5:-5] <= 0.9 + 1e-6)
        assert np.max(np.abs(np.diff(gains))) < 0.25
        assert gains[250] == 1.0
        assert gains[900] > 0.99

    @given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=200), st.integers(2, 50))
    def test_a_released_gain_follows_its_recursion(self, gains: list[float], release: int) -> None:
        rest, expected = 1.0, []
        for gain in gains:
            rest = min(gain, rest + (1 - rest) / release)
            expected.append(rest)
        assert np.allclose(with_release(np.array(gains), release), expected, atol=1e-9)


class TestLayout:
    def laid(self, *parts: SoundPart, mix_settings: MixSettings = PLAIN) -> list[tuple[float, float]]:
        return sounding(samples(laid_out(parts, mix_settings)))

    def test_sentences_and_paragraphs_have_their_pauses(self) -> None:
        found = self.laid(speech((tone(1), tone(1)), "v"), speech((tone(1),), "v"))
        assert np.allclose(found, [(0, 1), (1.4, 2.4), (3.4, 4.4)], atol=0.002)

    def test_a_pause_that_is_asked_for_stands_in_place_of_the_usual_one(self) -> None:
        pauses = mix.pause(timedelta(seconds=0.25)), mix.pause(timedelta(seconds=0.25))
        found = self.laid(speech((tone(1),), "v"), *pauses, speech((tone(1),), "v"))
        assert np.allclose(found, [(0, 1), (1.5, 2.5)], atol=0.002)

    def test_pauses_at_both_ends_are_kept(self) -> None:
        second = mix.pause(timedelta(seconds=1))
        laid = laid_out([second, speech((tone(1),), "v"), second], PLAIN)
        assert laid.length == timedelta(seconds=3)
        assert np.allclose(sounding(samples(laid)), [(1, 2)], atol=0.002)

    def test_each_source_comes_to_the_same_level_and_keeps_its_own_sentences_apart(self) -> None:
        loud, soft = tone(1, level=0.5), tone(1, level=0.005)
        half = tone(1, level=0.25)
        laid = samples(laid_out([speech((loud, half), "a"), speech((soft,), "b")], PLAIN))
        first, second, third = (
            laid[round((a + 0.1) * CLIP_RATE) : round((b - 0.1) * CLIP_RATE)] for a, b in sounding(laid)
        )
        heights = [float(np.max(np.abs(part))) for part in (first, second, third)]
        assert heights[0] / heights[1] == pytest.approx(2.0, rel=0.01)
        assert heights[1] < heights[2] < heights[0]

    def test_an_empty_timeline_is_silence(self) -> None:
        assert mix_clip([], PLAIN).loudness == SILENCE

    def test_music_is_whole_where_a_cue_or_the_end_follows(self) -> None:
        assert np.allclose(self.laid(music(tone(20), "m"), bell(tone(0.5), "b")), [(0, 20), (21, 21.5)], atol=0.01)
        assert np.allclose(self.laid(music(tone(20), "m")), [(0, 20)], atol=0.01)

    def test_music_goes_softly_under_the_text_that_follows_and_out_with_it(self) -> None:
        laid = samples(laid_out([music(tone(30), "m"), speech((silence(4),), "v"), bell(tone(1), "b")], PLAIN))
        alone, under = laid[CLIP_RATE : 4 * CLIP_RATE], laid[round(6.5 * CLIP_RATE) : round(7.5 * CLIP_RATE)]
        assert 20 * np.log10(np.max(np.abs(under)) / np.max(np.abs(alone))) == pytest.approx(-14, abs=0.5)
        (_start, end), _bell = sounding(laid)
        assert 9.5 < end <= 10.001

    def test_speech_under_music_is_not_shortened_when_the_music_ends_first(self) -> None:
        laid = samples(laid_out([music(tone(10), "m"), speech((tone(8, 700),), "v")], PLAIN))
        assert sounding(laid)[-1][1] == pytest.approx(14, abs=0.01)

    def test_a_jingle_plays_before_the_text_and_not_under_it(self) -> None:
        found = self.laid(music(tone(3), "m"), speech((tone(1),), "v"))
        assert np.allclose(found, [(0, 3), (4, 5)], atol=0.01)

    def test_music_is_softer_than_speech(self) -> None:
        laid = samples(laid_out([music(tone(2), "m"), mix.pause(timedelta(seconds=1)), speech((tone(2),), "v")], PLAIN))
        played, said = laid[: 2 * CLIP_RATE], laid[3 * CLIP_RATE :]
        assert integrated(played.astype(np.float32)) == pytest.approx(integrated(said.astype(np.float32)) - 4, abs=0.1)

    def test_a_sound_of_another_rate_lasts_as_long_in_the_mix(self) -> None:
        laid = laid_out([speech((voice(3, rate=22_050), Pcm(b"", 22_050), voice(2, rate=44_100)), "v")], PLAIN)
        pauses = 2 * 0.4
        assert laid.length.total_seconds() == pytest.approx(3 + 2 + pauses, abs=0.001)

    def test_only_music_goes_under_the_text_that_follows(self) -> None:
        found = self.laid(recording(tone(9), "r"), speech((tone(1),), "v"))
        assert np.allclose(found, [(0, 9), (10, 11)], atol=0.002)

    def test_what_is_as_good_as_silent_is_left_as_it_is(self) -> None:
        still = np.zeros(2 * CLIP_RATE, "<i2")
        still[::CLIP_RATE] = 1
        sound = Pcm(still.tobytes(), CLIP_RATE)
        assert laid_out([recording(sound, "r")], PLAIN).samples == sound.samples

    def test_all_who_speak_are_laid_out_with_room_above_them(self) -> None:
        """At −24 LUFS, whoever it is: what the clip is mastered from."""
        for part in (speech((voice(4),), "v"), recording(voice(4, 2, level=0.01), "r")):
            laid = samples(laid_out([part], PLAIN))
            assert pyloudnorm.Meter(CLIP_RATE).integrated_loudness(laid) == pytest.approx(-24, abs=0.1)

    def test_a_bell_is_a_little_softer_than_speech(self) -> None:
        second = mix.pause(timedelta(seconds=1))
        laid = samples(laid_out([bell(tone(2), "b"), second, speech((tone(2),), "v")], PLAIN))
        rung, said = laid[: 2 * CLIP_RATE], laid[3 * CLIP_RATE :]
        assert integrated(rung.astype(np.float32)) == pytest.approx(integrated(said.astype(np.float32)) - 2, abs=0.1)

    def test_what_is_softer_than_hiss_is_lifted_by_forty_decibels_and_no_further(self) -> None:
        whisper = tone(2, level=10 ** (-64 / 20))  # at about −67 LUFS: 43 dB would be wanted
        laid = samples(laid_out([recording(whisper, "r")], PLAIN))
        assert np.max(np.abs(laid)) / np.max(np.abs(samples(whisper))) == pytest.approx(100, rel=0.01)

    def test_a_clap_in_a_soft_recording_is_not_cut_off(self) -> None:
        """To bring it to its level would take more than there is room for above its highest sample."""
        soft = 0.003 * np.sin(2 * np.pi * 1000 * np.arange(4 * CLIP_RATE) / CLIP_RATE)
        loud, louder = soft.copy(), soft.copy()
        loud[CLIP_RATE : CLIP_RATE + 5], louder[CLIP_RATE : CLIP_RATE + 5] = 0.25, 0.5
        laid = np.abs(samples(laid_out([recording(pcm(part), "r") for part in (louder, loud)], PLAIN)))
        first, second = np.max(laid[: 4 * CLIP_RATE]), np.max(laid[4 * CLIP_RATE :])
        assert first == pytest.approx(1.0, abs=0.001)
        assert first / second == pytest.approx(2.0, rel=0.001)

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (7, [(0, 7), (8, 9)]),
            (8, [(0, 8), (9, 10)]),  # 6 s alone and 2 s of fading out: nothing left to go under the text
            (8.001, [(0, 7)]),  # text of 1 s from 6 s on, over music that ends with it
        ],
    )
    def test_music_too_short_to_go_under_text_plays_whole_before_it(
        self, seconds: float, expected: list[tuple[float, float]]
    ) -> None:
        found = self.laid(music(tone(seconds), "m"), speech((tone(1, 700),), "v"))
        assert np.allclose(found, expected, atol=0.01)

    def test_music_under_a_short_text_fades_out_under_it_and_not_before(self) -> None:
        """A text of 1 s from 6 s on; the music goes down from 5.2 s to 6 s, and out in that one second."""
        laid = np.abs(samples(laid_out([music(tone(30), "m"), speech((silence(1),), "v")], PLAIN)))
        alone, before = laid[CLIP_RATE : 5 * CLIP_RATE], laid[round(5.1 * CLIP_RATE) : round(5.19 * CLIP_RATE)]
        assert np.max(before) == pytest.approx(np.max(alone), rel=0.01)
        assert len(laid) == 7 * CLIP_RATE
        assert np.max(laid[round(6.95 * CLIP_RATE) :]) < 0.02 * np.max(alone)

    def test_a_recording_is_laid_like_speech(self) -> None:
        part = recording(tone(1), "r")
        assert part.kind is PartKind.RECORDING
        assert np.allclose(self.laid(part, part), [(0, 1), (2, 3)], atol=0.002)


@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_without_ffmpeg_nothing_is_said_and_nothing_missed(path: str) -> None:
    code = (
        "import numpy as np, tempfile; from pathlib import Path;"
        "from broadcaster.speech.sound.mix import *; from broadcaster.speech.sound.master import master;"
        "from broadcaster.speech.sound.spool import *; from broadcaster.settings import MixSettings;"
        "from broadcaster.speech.sound.chime import make_chime;"
        "s, folder, chime = MixSettings(), Path(tempfile.mkdtemp()), make_chime();"
        "spool = Spool(folder, '<i2'); sound = spool_sound(spool, chime.rate, [np.frombuffer(chime.samples, '<i2')]);"
        "print(master(lay_out([bell(sound, 'c')], s), s, folder, list).loudness); spool.__exit__(None, None, None)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)
    assert done.stderr == ""
    assert float(done.stdout) == pytest.approx(-16, abs=0.5)


def test_settings_of_pauses_are_used() -> None:
    parts = [speech((tone(1), tone(1)), "v")]
    short = laid_out(parts, replace(PLAIN, sentence_pause=timedelta()))
    assert short.length == timedelta(seconds=2)
