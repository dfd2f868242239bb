"""Scripts become clips: named by all that shaped them, kept while nothing changed, made again for a better voice."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unicodedata
import wave
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pyloudnorm
import pytest
from sounds import noise, read_wav, write_wav
from stand_ins.google import GOOD_MP3, HERE, GoogleStandIn, free_port, speaks
from waiting import GIVE_UP

from broadcaster.errors import InputError, RenderError
from broadcaster.models import CLIP_RATE, Clip, Paragraph, Script, ScriptWarning, WarningKind
from broadcaster.office.wording_script import warning_text
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.casting import assign, choices_for, rank
from broadcaster.speech.clip_recipe import Recipes, split_sentences
from broadcaster.speech.clip_store import new_clip
from broadcaster.speech.make_clip import ClipMaker
from broadcaster.speech.render import Renderer, RenderReport, RenderResult, RenderStep, every_clip, verify_clip
from broadcaster.speech.script import read_script

SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."
GONE = "piper:khong-co"
"""A voice that exists by its name and is not installed."""

SILENT = SpeechSettings(voices=("silent",))
REPOSITORY = Path(__file__).parents[1]


class Station:
    """A folder with scripts, and what renders them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "scripts").mkdir(parents=True)
        self.speech = SILENT
        self.mix = MixSettings()

    def script(self, body: str = SENTENCE, name: str = "bai", front: str = "") -> Script:
        path = self.root / "scripts" / f"{name}.md"
        path.write_text(f'+++\ntitle = "{name}"\n{front}\n+++\n{body}\n', "utf-8")
        return read_script(path)

    @property
    def renderer(self) -> Renderer:
        return Renderer(self.root, self.speech, self.mix)

    def render(self, *scripts: Script, again_better: bool = True) -> RenderReport:
        return self.renderer.render(scripts, again_better=again_better)

    def clip(self, script: Script) -> Clip:
        report = self.render(script)
        assert not report.failed
        clip = self.renderer.find(script)
        assert clip is not None
        return clip

    def files(self) -> set[str]:
        return {path.name for path in (self.root / "audio").glob("*")}


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path / "station")


class TestClip:
    def test_espeak_says_a_script_at_the_loudness_of_the_station(self, station: Station) -> None:
        station.speech = SpeechSettings()
        script = station.script(f"{SENTENCE} Mời bà con liên hệ số 1900.90.68.\n\nXin cảm ơn!")
        clip = station.clip(script)
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

    def test_what_is_known_of_a_clip_lies_beside_it(self, station: Station) -> None:
        clip = station.clip(station.script())
        known = json.loads(clip.path.with_suffix(".json").read_text("utf-8"))
        fields = {field.name for field in dataclasses.fields(Clip)} - {"path"}
        assert set(known) == fields | {"cast", "said"}
        assert clip.path.name == f"bai-{clip.digest[:16]}.wav"
        assert station.files() == {clip.path.name, clip.path.with_suffix(".json").name}

    def test_the_reader_s_doubts_come_with_the_clip(self, station: Station) -> None:
        clip = station.clip(station.script("Ông XQZ đến họp."))
        assert [(warning.kind, dict(warning.facts)["token"]) for warning in clip.warnings] == [
            (WarningKind.SPELLED, "XQZ")
        ]

    def test_a_skit_tells_who_spoke(self, station: Station) -> None:
        station.speech = SpeechSettings(voices=("silent",))
        front = '[voices]\n"Bác Ba" = "espeak:vi-vn-x-south+m3"'
        clip = station.clip(station.script("Mời nghe.\nBác Ba: Chào cô.\n\nHết.", front=front))
        assert clip.voice == "silent, espeak:vi-vn-x-south+m3"
        assert not clip.fell_back

    def test_pauses_chimes_and_recordings_take_their_time(self, station: Station) -> None:
        write_wav(station.root / "scripts" / "thu.wav", noise(2), rate=CLIP_RATE)
        station.mix = MixSettings(chime="none", paragraph_pause=timedelta())
        bare = station.clip(station.script("[ghi âm: thu.wav]", "bare")).length
        assert bare == pytest.approx(timedelta(seconds=2), abs=timedelta(seconds=0.1))
        paused = station.clip(station.script("[ghi âm: thu.wav]\n[nghỉ 3s]\n[ghi âm: thu.wav]", "paused")).length
        assert paused == pytest.approx(timedelta(seconds=7), abs=timedelta(seconds=0.1))
        station.mix = MixSettings()
        assert station.clip(station.script("[ghi âm: thu.wav]", "chimed")).length > bare + timedelta(seconds=2)
        off = station.clip(station.script("[ghi âm: thu.wav]", "off", "chime = false"))
        assert off.length == bare

    def test_a_recording_stands_for_the_whole_script(self, station: Station) -> None:
        write_wav(station.root / "scripts" / "thu.wav", noise(3)[: 3 * 22_050], rate=22_050)
        clip = station.clip(station.script("Chữ không đọc.", front='recording = "thu.wav"\nchime = false'))
        assert clip.voice == "recorded"
        assert clip.length == timedelta(seconds=3)
        assert not clip.fell_back

    def test_flaws_of_a_recording_are_told_with_their_file(self, station: Station) -> None:
        sound = noise(6)
        sound[2 * CLIP_RATE : 5 * CLIP_RATE] = 0
        write_wav(station.root / "scripts" / "thu.wav", sound)
        clip = station.clip(station.script("[ghi âm: thu.wav]"))
        (warning,) = (found for found in clip.warnings if found.kind is WarningKind.SILENCE)
        assert warning == ScriptWarning.of(WarningKind.SILENCE, file="thu.wav", start_s=2.0, end_s=5.0)
        assert warning_text(warning) == "thu.wav: from 0:02.0 to 0:05.0: complete silence"

    def test_a_clip_that_cannot_be_loud_enough_says_so(self, station: Station) -> None:
        clicks = noise(4) * 0
        clicks[::CLIP_RATE] = 32_000
        write_wav(station.root / "scripts" / "thu.wav", clicks)
        clip = station.clip(station.script("[ghi âm: thu.wav]", front="chime = false"))
        assert clip.loudness < -16.5
        (warning,) = (found for found in clip.warnings if found.kind is WarningKind.LOUDNESS)
        assert f"comes out at {clip.loudness:.1f} LUFS instead of -16.0" in warning_text(warning)

    def test_a_chime_of_their_own(self, station: Station) -> None:
        write_wav(station.root / "scripts" / "nhac-hieu.wav", noise(1))
        default = station.clip(station.script())
        station.mix = MixSettings(chime="nhac-hieu.wav")
        own = station.clip(station.script())
        assert own.digest != default.digest

    @pytest.mark.parametrize("body", ["---", "…", "[chuông]\n---"])
    def test_a_script_without_a_word_fails_with_a_reason(self, station: Station, body: str) -> None:
        report = station.render(station.script(body))
        assert report.failed == {"bai": "there is nothing in this script that can be spoken"}
        assert station.files() == set()


class TestKeeping:
    def test_nothing_changed_nothing_is_made(self, station: Station) -> None:
        script = station.script()
        clip = station.clip(script)
        written = clip.path.stat().st_mtime_ns
        report = station.render(script)
        assert (report.made, report.kept) == ((), ("bai",))
        assert clip.path.stat().st_mtime_ns == written

    @pytest.mark.parametrize(
        "change",
        [
            lambda station: station.script("Câu khác."),
            lambda station: station.script(f"{SENTENCE}\n\n{SENTENCE}"),
            lambda station: station.script(front="chime = false"),
            lambda station: station.script(front="valid_until = 2030-01-01"),
            lambda station: setattr(station, "mix", MixSettings(preset="flat")),
            lambda station: setattr(station, "mix", MixSettings(loudness=-20.0)),
            lambda station: setattr(station, "mix", MixSettings(chime="none")),
            lambda station: setattr(station, "mix", MixSettings(sentence_pause=timedelta(seconds=1))),
            lambda station: setattr(station, "speech", SpeechSettings(voices=("silent",), words_per_minute=120)),
            lambda station: setattr(station, "speech", SpeechSettings(voices=("espeak:vi",))),
        ],
    )
    def test_whatever_shapes_a_clip_renames_it(self, station: Station, change: Callable[[Station], object]) -> None:
        old = station.clip(station.script())
        change(station)
        script = read_script(old.path.parents[1] / "scripts" / "bai.md")
        assert station.renderer.find(script) is None
        assert station.clip(script).digest != old.digest

    def test_only_the_lexicon_entries_that_a_script_uses_change_it(self, station: Station) -> None:
        script = station.script("Mời bà con TDP số ba.")
        old = station.clip(script)
        lexicon = station.root / "lexicon.toml"
        lexicon.write_text('XYZQ = "một từ khác"\n', "utf-8")
        assert station.renderer.find(script) == old
        lexicon.write_text('TDP = "tổ dân phố thân yêu"\n', "utf-8")
        assert station.renderer.find(script) is None

    def test_a_renderer_that_lives_long_sees_a_new_lexicon(self, station: Station) -> None:
        renderer, script = station.renderer, station.script("Mời bà con TDP.")
        before = [reading.spoken for _block, reading in renderer.spoken(script) if reading]
        (station.root / "lexicon.toml").write_text('TDP = "tổ dân phố thân yêu"\n', "utf-8")
        after = [reading.spoken for _block, reading in renderer.spoken(script) if reading]
        assert before != after
        assert "thân yêu" in after[0]

    def test_region_counts_only_where_it_is_heard(self, station: Station) -> None:
        counted, plain = station.script("Có 1005 người.", "dem"), station.script(SENTENCE, "khong")
        station.render(counted, plain)
        station.speech = SpeechSettings(voices=("silent",), region="south")
        assert station.renderer.find(counted) is None
        assert station.renderer.find(plain) is not None

    def test_a_changed_sound_file_changes_the_clip(self, station: Station) -> None:
        path = write_wav(station.root / "scripts" / "thu.wav", noise(1))
        script = station.script("[ghi âm: thu.wav]")
        old = station.clip(script)
        write_wav(path, noise(1, seed=2))
        assert station.renderer.find(script) is None
        path.unlink()
        assert station.renderer.find(script) is None
        report = station.render(script)
        assert "thu.wav" in report.failed["bai"]
        assert old.path.exists()

    def test_a_script_whose_name_begins_like_another_s_is_another(self, station: Station) -> None:
        longer = station.clip(station.script(name="bai-0123456789abcdef"))
        assert station.renderer.find(station.script()) is None
        assert longer.script == "bai-0123456789abcdef"

    @pytest.mark.parametrize(
        "spoil", ["", "{}", "[]", "null", '{"cast": {"": 3}}', "\xff", '{"cast": {}, "warnings": []}']
    )
    def test_a_spoilt_note_beside_a_clip_only_makes_it_again(self, station: Station, spoil: str) -> None:
        script = station.script()
        clip = station.clip(script)
        clip.path.with_suffix(".json").write_text(spoil, "latin-1")
        assert station.renderer.find(script) is None
        assert station.clip(script) == clip

    def test_a_clip_of_version_0_1_has_sentences_for_warnings_and_keeps_them(self, station: Station) -> None:
        script = station.script()
        note = station.clip(script).path.with_suffix(".json")
        note.write_text(json.dumps(json.loads(note.read_text("utf-8")) | {"warnings": ["thu.wav: quá to"]}), "utf-8")
        clip = station.renderer.find(script)
        assert clip is not None
        assert [warning_text(warning) for warning in clip.warnings] == ["thu.wav: quá to"]

    def test_a_lost_wav_is_made_again(self, station: Station) -> None:
        script = station.script()
        clip = station.clip(script)
        clip.path.unlink()
        assert station.renderer.find(script) is None
        assert station.clip(script) == clip

    def test_half_written_files_of_a_killed_process_are_swept_away(self, station: Station) -> None:
        audio = station.root / "audio"
        audio.mkdir()
        old, new = audio / ".bai-1.wav.x.tmp", audio / ".bai-2.wav.y.tmp"
        for path in (old, new):
            path.write_bytes(b"half")
        os.utime(old, (time.time() - 90_000, time.time() - 90_000))
        station.render(station.script())
        assert not old.exists()
        assert new.exists()


class TestFallback:
    def test_the_next_voice_speaks_where_the_first_is_not_there(self, station: Station) -> None:
        station.speech = SpeechSettings(voices=(GONE, "silent"))
        script = station.script()
        report = station.render(script)
        assert (report.made, report.fell_back) == (("bai",), ("bai",))
        clip = station.renderer.find(script)
        assert clip is not None
        assert (clip.voice, clip.fell_back) == ("silent", True)
        assert station.render(script).kept == ("bai",)

    def test_no_voice_at_all_is_a_failure_that_names_each(self, station: Station) -> None:
        station.speech = SpeechSettings(voices=(GONE, "piper:cung-khong"))
        report = station.render(station.script())
        assert "khong-co" in report.failed["bai"]
        assert "cung-khong" in report.failed["bai"]

    def test_a_clip_is_no_longer_fallen_back_when_its_voice_becomes_the_first(self, station: Station) -> None:
        script = station.script()
        station.speech = SpeechSettings(voices=(GONE, "silent"))
        assert station.clip(script).fell_back
        station.speech = SILENT
        assert not station.clip(script).fell_back
        station.speech = SpeechSettings(voices=("espeak:vi", "silent"))
        clip = station.renderer.find(script)
        assert clip is not None
        assert clip.fell_back

    def test_a_better_voice_that_works_now_speaks_it_again(self, station: Station) -> None:
        script = station.script()
        lesser = station.clip(script)
        station.speech = SpeechSettings(voices=("espeak:vi", "silent"))
        assert station.render(script, again_better=False).kept == ("bai",)
        assert station.render(script).made == ("bai",)
        better = station.renderer.find(script)
        assert better is not None
        assert (better.voice, better.fell_back) == ("espeak:vi", False)
        assert lesser.path.exists()

    def test_the_clip_of_a_voice_that_is_gone_is_still_the_best(self, station: Station) -> None:
        """A model that was removed, a client that was uninstalled: what it has spoken stays good."""
        station.speech = SpeechSettings(voices=(GONE, "silent"))
        script = station.script()
        recipes = Recipes(station.root, station.speech, station.mix)
        digest = recipes.digest(script, recipes.words_digest(script), {"": f"{GONE}@1"})
        facts = {"script": "bai", "digest": digest, "text_digest": script.digest, "voice": GONE, "fell_back": False}
        levels = {"loudness": -16.0, "true_peak": -1.3, "warnings": ()}
        cast = {"": (GONE, f"{GONE}@1")}
        with new_clip(station.root / "audio", "bai", digest, CLIP_RATE) as draft:
            draft.write([bytes(96_000)])
            clip = draft.keep({**facts, **levels}, cast, recipes.words_digest(script))
        assert station.renderer.find(script) == clip
        assert station.render(script).kept == ("bai",)

    def test_a_speaker_whose_voice_is_gone_speaks_in_the_station_s(self, station: Station) -> None:
        script = station.script("Mời nghe.\nAn: Chào.", front=f'voices = {{ An = "{GONE}" }}')
        clip = station.clip(script)
        assert (clip.voice, clip.fell_back) == ("silent", True)

    def test_a_voice_that_does_not_exist_is_a_mistake_in_the_script(self, station: Station) -> None:
        good = station.script(name="tot")
        report = station.render(station.script("An: Chào.", front='voices = { An = "espek:vi" }'), good)
        assert report.made == ("tot",)
        assert 'bai.md: voices.An: there is no voice "espek:vi"' in report.failed["bai"]

    def test_a_voice_that_does_not_exist_is_a_mistake_in_the_station(self, station: Station) -> None:
        station.speech = SpeechSettings(voices=("espek:vi", "silent"))
        with pytest.raises(InputError, match=r'station\.toml: speech\.voices: there is no voice "espek:vi"'):
            station.render(station.script())

    @pytest.mark.parametrize("chime", ["khong-co.wav", "../chuong.wav", "chuong"])
    def test_a_chime_that_does_not_exist_is_a_mistake_in_the_station(self, station: Station, chime: str) -> None:
        station.mix = MixSettings(chime=chime)
        with pytest.raises(InputError, match=r"station\.toml: mix\.chime"):
            station.render(station.script())

    def test_ranks(self, station: Station) -> None:
        front = 'voices = { An = "espeak:vi+f2" }'
        choices = choices_for(station.script("Mời.\n\nAn: Chào.", front=front), ("gtts", "espeak:vi"))
        assert choices == {"": ("gtts", "espeak:vi"), "An": ("espeak:vi+f2", "gtts", "espeak:vi")}
        best, lesser = assign(choices), assign(choices, {"gtts"})
        assert best == {"": "gtts", "An": "espeak:vi+f2"}
        assert lesser == {"": "espeak:vi", "An": "espeak:vi+f2"}
        assert [rank(choices, cast or {}) for cast in (best, lesser, {"": "silent", "An": "gtts"}, {})] == [
            0,
            1,
            None,
            None,
        ]
        assert assign(choices, {"gtts", "espeak:vi"}) is None


class TestOnline:
    """The real gTTS client, with a stand-in of its service."""

    @pytest.fixture(autouse=True)
    def _no_other_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)

    def test_without_network_the_whole_batch_waits_once_and_the_next_voice_speaks(
        self, station: Station, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
        station.speech = SpeechSettings(voices=("gtts", "silent"))
        scripts = [station.script(name=f"bai-{number}") for number in range(4)]
        report = station.render(*scripts)
        assert len(report.made) == len(report.fell_back) == 4

    def test_the_better_voice_is_back(self, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
        station.speech = SpeechSettings(voices=("gtts", "silent"))
        script = station.script()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
        assert station.render(script).fell_back == ("bai",)
        assert station.render(script).kept == ("bai",)
        with GoogleStandIn(speaks(GOOD_MP3)) as server:
            monkeypatch.setenv("https_proxy", server.url)
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(HERE / "cert.pem"))
            report = station.render(script)
        assert (report.made, report.fell_back) == (("bai",), ())
        clip = station.renderer.find(script)
        assert clip is not None
        assert clip.voice == "gtts"
        assert clip.loudness == pytest.approx(-16, abs=0.5)


class TestBatch:
    def test_progress_counts_to_the_end(self, station: Station) -> None:
        scripts = [station.script(name=f"bai-{number}") for number in range(5)]
        station.render(scripts[0])
        bad = station.script("---", "loi")
        steps: list[RenderStep] = []
        station.renderer.render([*scripts, bad], progress=steps.append)
        assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
        assert {step.total for step in steps} == {6}
        assert {step.script: step.result for step in steps} == {
            "bai-0": RenderResult.KEPT,
            **{f"bai-{number}": RenderResult.MADE for number in range(1, 5)},
            "loi": RenderResult.FAILED,
        }
        assert next(step.reason for step in steps if step.script == "loi")

    def test_a_report_is_in_the_order_of_the_batch(self, station: Station) -> None:
        scripts = [station.script(SENTENCE * (9 - number), f"bai-{number}") for number in range(6)]
        assert station.render(*reversed(scripts)).made == tuple(f"bai-{number}" for number in reversed(range(6)))

    def test_no_scripts_no_work(self, station: Station) -> None:
        assert station.render() == RenderReport()

    def test_the_same_script_made_many_times_at_once_is_one_clip(self, station: Station) -> None:
        script = station.script()
        threads = [threading.Thread(target=station.render, args=(script,)) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clip = station.renderer.find(script)
        assert clip is not None
        verify_clip(clip)
        assert len(station.files()) == 2

    def test_a_disk_that_refuses_is_told_and_stops_nothing_else(self, station: Station) -> None:
        script = station.script()
        (station.root / "audio").write_bytes(b"no folder")
        assert "audio" in station.render(script).failed["bai"]

    def test_interrupted_between_two_clips_leaves_whole_ones(self, station: Station) -> None:
        scripts = [station.script(name=f"bai-{number}") for number in range(20)]

        def interrupt(step: RenderStep) -> None:
            if step.done == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            station.renderer.render(scripts, progress=interrupt)
        assert_only_whole_clips(station, scripts)

    @pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of another process is a POSIX signal")
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_a_process_stopped_anywhere_leaves_whole_clips(self, station: Station, number: int) -> None:
        scripts = [station.script(f"{SENTENCE} Đoạn số {n}.", f"bai-{n}") for n in range(6)]
        process = subprocess.Popen([sys.executable, "-c", RENDER_ALL, str(station.root)], stderr=subprocess.DEVNULL)
        audio = station.root / "audio"
        while process.poll() is None and len(list(audio.glob("*.wav"))) < 3:
            time.sleep(0.001)
        process.send_signal(number)
        process.wait(GIVE_UP)
        assert_only_whole_clips(station, scripts)


RENDER_ALL = """
import sys
from pathlib import Path
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_scripts
root = Path(sys.argv[1])
Renderer(root, SpeechSettings(), MixSettings()).render(read_scripts(root / "scripts")[0].values())
"""


def assert_only_whole_clips(station: Station, scripts: list[Script]) -> None:
    for path in (station.root / "audio").glob("*.wav"):
        known = json.loads(path.with_suffix(".json").read_text("utf-8"))
        del known["cast"], known["said"]
        verify_clip(Clip(path=path, **known))
    assert not station.render(*scripts).failed


class TestVerify:
    @pytest.fixture
    def clip(self, station: Station) -> Iterator[Clip]:
        return station.clip(station.script())

    def test_a_missing_file(self, clip: Clip) -> None:
        clip.path.unlink()
        with pytest.raises(RenderError, match=clip.path.name):
            verify_clip(clip)

    @pytest.mark.parametrize("at", [0, 30, 44, -1])
    def test_one_flipped_bit(self, clip: Clip, at: int) -> None:
        data = bytearray(clip.path.read_bytes())
        data[at] ^= 1
        clip.path.write_bytes(data)
        with pytest.raises(RenderError, match="changed or damaged"):
            verify_clip(clip)

    def test_a_file_that_is_no_wav_even_where_the_digest_fits(self, clip: Clip) -> None:
        import hashlib

        for data in (b"", b"RIFF", clip.path.read_bytes()[:-2]):
            clip.path.write_bytes(data)
            with pytest.raises(RenderError):
                verify_clip(dataclasses.replace(clip, sha256=hashlib.sha256(data).hexdigest()))

    def test_verifying_needs_nothing_but_the_standard_library(self, clip: Clip) -> None:
        code = (
            "import sys; from broadcaster.speech.clip_store import verify_clip, stored_clip; from pathlib import Path;"
            f"clip = stored_clip(Path({str(clip.path.parent)!r}), {clip.script!r}, {clip.digest!r}).clip;"
            "verify_clip(clip);"
            "print(*sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
        )
        done = subprocess.run(
            [sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True
        )
        assert done.stdout.split() == ["__main__", "broadcaster"]


def test_finding_loads_no_numpy_no_sound_and_no_rules_of_reading(station: Station) -> None:
    station.speech = SpeechSettings()
    script = station.script()
    station.clip(script)
    code = (
        "import sys; from pathlib import Path; from broadcaster.settings import *;"
        "from broadcaster.speech.render import *;"
        "from broadcaster.speech.script import read_script;"
        f"root = Path({str(station.root)!r}); script = read_script(root / 'scripts/bai.md');"
        "assert Renderer(root, SpeechSettings(), MixSettings()).find(script);"
        "print(*{'numpy', 'pydub', 'soxr', 'miniaudio', 'gtts', 'broadcaster.speech.normalise'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_spoken_shows_every_block_with_its_reading(station: Station) -> None:
    script = station.script("Có 12 người.\n[nghỉ 1s]")
    (paragraph, reading), (_pause, nothing) = station.renderer.spoken(script)
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


class TestOneOfMany:
    def test_a_bug_in_one_script_costs_no_other_its_clip(
        self, station: Station, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        make = ClipMaker.make

        def fail_for_one(maker: ClipMaker, script: Script) -> tuple[Clip, bool]:
            if script.id == "hai":
                raise ZeroDivisionError("division by zero")
            return make(maker, script)

        monkeypatch.setattr(ClipMaker, "make", fail_for_one)
        report = station.render(station.script(name="mot"), station.script(name="hai"), station.script(name="ba"))
        assert report.made == ("mot", "ba")
        assert report.failed == {"hai": "ZeroDivisionError: division by zero"}
        assert "hai could not be rendered" in caplog.text

    def test_failures_are_counted_by_threads_while_others_ask_which_voices_are_down(self, station: Station) -> None:
        maker = ClipMaker(Recipes(station.root, station.speech, station.mix), every_clip)
        errors: list[RuntimeError] = []

        def count() -> None:
            for number in range(2000):
                maker._count_failure(f"voice-{number}-{threading.get_ident()}")

        def ask() -> None:
            try:
                for _time in range(200):
                    maker._down()
            except RuntimeError as error:
                errors.append(error)

        switch = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            threads = [threading.Thread(target=target) for target in (count, ask, count, ask)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(switch)
        assert errors == []

    def test_a_clip_longer_than_the_limit_fails_before_it_fills_the_disk(
        self, station: Station, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("broadcaster.speech.make_clip.LONGEST_SOUND", timedelta(hours=0.001))  # 3.6 s
        write_wav(station.root / "scripts" / "thu.wav", noise(2), rate=CLIP_RATE)
        write_wav(station.root / "scripts" / "hai.wav", noise(2, seed=2), rate=CLIP_RATE)
        both = station.script("[ghi âm: thu.wav]\n[ghi âm: hai.wav]", "both", "chime = false")
        pauses = station.script("[ghi âm: thu.wav]\n[nghỉ 1m]\n[ghi âm: thu.wav]", "pauses", "chime = false")
        one = station.script("[ghi âm: thu.wav]", "one", "chime = false")
        report = station.render(both, pauses, one)
        assert report.made == ("one",)
        assert set(report.failed.values()) == {"the clip would be longer than 0.001 hours, which is the limit"}
        assert {name.split("-")[0] for name in station.files()} == {"one"}

    def test_a_disk_that_is_nearly_full_is_left_as_it_is(
        self, station: Station, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("broadcaster.speech.sound.spool.FREE_DISK", 1 << 60)
        report = station.render(station.script())
        assert "the disk is too full to make the clip" in report.failed["bai"]
        assert station.files() == set()

    def test_a_sound_that_is_named_twice_is_read_once_and_told_once(self, station: Station) -> None:
        sound = noise(6)
        sound[2 * CLIP_RATE : 5 * CLIP_RATE] = 0
        write_wav(station.root / "scripts" / "thu.wav", sound)
        clip = station.clip(station.script("[ghi âm: thu.wav]\n[nghỉ 1s]\n[ghi âm: thu.wav]"))
        assert len([warning for warning in clip.warnings if "silence" in str(warning)]) == 1

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_a_recording_is_found_however_its_name_is_encoded(
        self, station: Station, form: Literal["NFC", "NFD"]
    ) -> None:
        write_wav(station.root / "scripts" / unicodedata.normalize(form, "Bác Ba đọc.wav"), noise(2))
        station.mix = MixSettings(chime="Bác Ba đọc.wav")
        clip = station.clip(station.script(front='recording = "Bác Ba đọc.wav"'))
        assert clip.voice == "recorded"
