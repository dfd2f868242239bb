"""A script becomes a clip: what is heard of it, and what is known of it."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
import wave
from datetime import timedelta
from typing import Literal

import pyloudnorm
import pytest
from sounds import noise, read_wav, write_wav
from studios import SENTENCE, Studio

from broadcaster.models import CLIP_RATE, Clip, Paragraph, ScriptWarning, WarningKind
from broadcaster.office.wording_script import warning_text
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.clip_recipe import split_sentences
from broadcaster.speech.render import verify_clip
from broadcaster.speech.voices import Pcm
from broadcaster.speech.voices.rate import speaking_seconds


class TestClip:
    def test_espeak_says_a_script_at_the_loudness_of_the_station(self, studio: Studio) -> None:
        studio.speech = SpeechSettings()
        script = studio.script(f"{SENTENCE} Mời bà con liên hệ số 1900.90.68.\n\nXin cảm ơn!")
        clip = studio.clip(script)
        with wave.open(str(clip.path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (CLIP_RATE, 1, 2)
            assert file.getnframes() == clip.frames
        samples = read_wav(clip.path) / 32_768
        assert pyloudnorm.Meter(CLIP_RATE).integrated_loudness(samples) == pytest.approx(-16, abs=0.5)
        assert clip.loudness == pytest.approx(-16, abs=0.5)
        assert clip.true_peak <= -1.0
        assert (clip.script, clip.voice, clip.fell_back) == ("bai", "espeak:vi", False)
        assert clip.text_digest == script.digest
        assert timedelta(seconds=10) < clip.length < timedelta(seconds=25)
        verify_clip(clip)

    def test_what_is_known_of_a_clip_lies_beside_it(self, studio: Studio) -> None:
        clip = studio.clip(studio.script())
        known = json.loads(clip.path.with_suffix(".json").read_text("utf-8"))
        fields = {field.name for field in dataclasses.fields(Clip)} - {"path"}
        assert set(known) == fields | {"cast", "said"}
        assert clip.path.name == f"bai-{clip.digest[:16]}.wav"
        assert studio.files() == {clip.path.name, clip.path.with_suffix(".json").name}

    @pytest.mark.parametrize("rate", [150, 230])
    def test_the_rate_of_speech_is_measured_and_can_be_measured_in_the_sound(self, studio: Studio, rate: int) -> None:
        studio.speech = SpeechSettings(words_per_minute=rate)
        studio.mix = MixSettings(chime="none")
        text = "Khi về già, người tham gia được hưởng lương hưu và thẻ bảo hiểm y tế miễn phí. Mời bà con đăng ký."
        clip = studio.clip(studio.script(f"{text}\n\n{SENTENCE}"))
        assert clip.rate == pytest.approx(rate, rel=0.05)
        sound = Pcm(clip.path.read_bytes()[44:], CLIP_RATE)
        assert 60 * (18 + 5 + 9) / speaking_seconds(sound) == pytest.approx(clip.rate, rel=0.03)

    def test_silence_recordings_and_clips_of_before_have_no_rate(self, studio: Studio) -> None:
        clip = studio.clip(studio.script())
        assert clip.rate == 0
        beside = clip.path.with_suffix(".json")
        known = json.loads(beside.read_text("utf-8"))
        del known["rate"]
        beside.write_text(json.dumps(known), "utf-8")
        assert studio.clip(studio.script()) == clip

    def test_the_reader_s_doubts_come_with_the_clip(self, studio: Studio) -> None:
        clip = studio.clip(studio.script("Ông XQZ đến họp."))
        assert [(warning.kind, dict(warning.facts)["token"]) for warning in clip.warnings] == [
            (WarningKind.SPELLED, "XQZ")
        ]

    def test_a_skit_tells_who_spoke(self, studio: Studio) -> None:
        studio.speech = SpeechSettings(voices=("silent",))
        front = '[voices]\n"Bác Ba" = "espeak:vi-vn-x-south+m3"'
        clip = studio.clip(studio.script("Mời nghe.\nBác Ba: Chào cô.\n\nHết.", front=front))
        assert clip.voice == "silent, espeak:vi-vn-x-south+m3"
        assert not clip.fell_back

    def test_pauses_chimes_and_recordings_take_their_time(self, studio: Studio) -> None:
        write_wav(studio.root / "scripts" / "thu.wav", noise(2), rate=CLIP_RATE)
        studio.mix = MixSettings(chime="none", paragraph_pause=timedelta())
        bare = studio.clip(studio.script("[ghi âm: thu.wav]", "bare")).length
        assert bare == pytest.approx(timedelta(seconds=2), abs=timedelta(seconds=0.1))
        paused = studio.clip(studio.script("[ghi âm: thu.wav]\n[nghỉ 3s]\n[ghi âm: thu.wav]", "paused")).length
        assert paused == pytest.approx(timedelta(seconds=7), abs=timedelta(seconds=0.1))
        studio.mix = MixSettings()
        assert studio.clip(studio.script("[ghi âm: thu.wav]", "chimed")).length > bare + timedelta(seconds=2)
        off = studio.clip(studio.script("[ghi âm: thu.wav]", "off", "chime = false"))
        assert off.length == bare

    def test_a_recording_stands_for_the_whole_script(self, studio: Studio) -> None:
        write_wav(studio.root / "scripts" / "thu.wav", noise(3)[: 3 * 22_050], rate=22_050)
        clip = studio.clip(studio.script("Chữ không đọc.", front='recording = "thu.wav"\nchime = false'))
        assert clip.voice == "recorded"
        assert clip.length == timedelta(seconds=3)
        assert not clip.fell_back

    def test_flaws_of_a_recording_are_told_with_their_file(self, studio: Studio) -> None:
        sound = noise(6)
        sound[2 * CLIP_RATE : 5 * CLIP_RATE] = 0
        write_wav(studio.root / "scripts" / "thu.wav", sound)
        clip = studio.clip(studio.script("[ghi âm: thu.wav]"))
        (warning,) = (found for found in clip.warnings if found.kind is WarningKind.SILENCE)
        assert warning == ScriptWarning.of(WarningKind.SILENCE, file="thu.wav", start_s=2.0, end_s=5.0)
        assert warning_text(warning) == "thu.wav: from 0:02.0 to 0:05.0: complete silence"

    def test_a_clip_that_cannot_be_loud_enough_says_so(self, studio: Studio) -> None:
        clicks = noise(4) * 0
        clicks[::CLIP_RATE] = 32_000
        write_wav(studio.root / "scripts" / "thu.wav", clicks)
        clip = studio.clip(studio.script("[ghi âm: thu.wav]", front="chime = false"))
        assert clip.loudness < -16.5
        (warning,) = (found for found in clip.warnings if found.kind is WarningKind.LOUDNESS)
        assert f"comes out at {clip.loudness:.1f} LUFS instead of -16.0" in warning_text(warning)

    def test_a_chime_of_their_own(self, studio: Studio) -> None:
        write_wav(studio.root / "scripts" / "nhac-hieu.wav", noise(1))
        default = studio.clip(studio.script())
        studio.mix = MixSettings(chime="nhac-hieu.wav")
        own = studio.clip(studio.script())
        assert own.digest != default.digest

    def test_a_sound_that_is_named_twice_is_read_once_and_told_once(self, studio: Studio) -> None:
        sound = noise(6)
        sound[2 * CLIP_RATE : 5 * CLIP_RATE] = 0
        write_wav(studio.root / "scripts" / "thu.wav", sound)
        clip = studio.clip(studio.script("[ghi âm: thu.wav]\n[nghỉ 1s]\n[ghi âm: thu.wav]"))
        assert len([warning for warning in clip.warnings if "silence" in str(warning)]) == 1

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_a_recording_is_found_however_its_name_is_encoded(
        self, studio: Studio, form: Literal["NFC", "NFD"]
    ) -> None:
        write_wav(studio.root / "scripts" / unicodedata.normalize(form, "Bác Ba đọc.wav"), noise(2))
        studio.mix = MixSettings(chime="Bác Ba đọc.wav")
        clip = studio.clip(studio.script(front='recording = "Bác Ba đọc.wav"'))
        assert clip.voice == "recorded"

    @pytest.mark.parametrize("body", ["---", "…", "[chuông]\n---"])
    def test_a_script_without_a_word_fails_with_a_reason(self, studio: Studio, body: str) -> None:
        report = studio.render(studio.script(body))
        assert report.failed == {"bai": "there is nothing in this script that can be spoken"}
        assert studio.files() == set()


def test_spoken_shows_every_block_with_its_reading(studio: Studio) -> None:
    script = studio.script("Có 12 người.\n[nghỉ 1s]")
    (paragraph, reading), (_pause, nothing) = studio.renderer.spoken(script)
    assert isinstance(paragraph, Paragraph)
    assert reading is not None
    assert reading.spoken == "Có mười hai người."
    assert nothing is None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Một. Hai! Ba? Bốn…", ("Một.", "Hai!", "Ba?", "Bốn…")),
        ("Không dấu chấm", ("Không dấu chấm",)),
        ("“Một.” Hai.", ("“Một.”", "Hai.")),
        ("Thật không?! Thật.", ("Thật không?!", "Thật.")),
        ("Một, hai; ba: bốn.", ("Một, hai; ba: bốn.",)),
        ("Dòng một\nDòng hai.", ("Dòng một", "Dòng hai.")),
        ("", ()),
        (" \n ", ()),
    ],
)
def test_sentences(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences
