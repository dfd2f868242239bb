"""Which voice speaks a script: the next where the first is not there, and a better one again when it is back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stand_ins.google import GOOD_MP3, HERE, GoogleStandIn, free_port, speaks
from studios import SILENT, Studio

from broadcaster.errors import InputError
from broadcaster.models import CLIP_RATE
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.casting import assign, choices_for, rank
from broadcaster.speech.clip_recipe import Recipes
from broadcaster.speech.clip_store import new_clip

GONE = "piper:khong-co"
"""A voice that exists by its name and is not installed."""


class TestFallback:
    def test_the_next_voice_speaks_where_the_first_is_not_there(self, studio: Studio) -> None:
        studio.speech = SpeechSettings(voices=(GONE, "silent"))
        script = studio.script()
        report = studio.render(script)
        assert (report.made, report.fell_back) == (("bai",), {"bai": "silent"})
        clip = studio.renderer.find(script)
        assert clip is not None
        assert (clip.voice, clip.fell_back) == ("silent", True)
        assert studio.render(script).kept == ("bai",)

    def test_no_voice_at_all_is_a_failure_that_names_each(self, studio: Studio) -> None:
        studio.speech = SpeechSettings(voices=(GONE, "piper:cung-khong"))
        report = studio.render(studio.script())
        assert "khong-co" in report.failed["bai"]
        assert "cung-khong" in report.failed["bai"]

    def test_a_clip_is_no_longer_fallen_back_when_its_voice_becomes_the_first(self, studio: Studio) -> None:
        script = studio.script()
        studio.speech = SpeechSettings(voices=(GONE, "silent"))
        assert studio.clip(script).fell_back
        studio.speech = SILENT
        assert not studio.clip(script).fell_back
        studio.speech = SpeechSettings(voices=("espeak:vi", "silent"))
        clip = studio.renderer.find(script)
        assert clip is not None
        assert clip.fell_back

    def test_a_better_voice_that_works_now_speaks_it_again(self, studio: Studio) -> None:
        script = studio.script()
        lesser = studio.clip(script)
        studio.speech = SpeechSettings(voices=("espeak:vi", "silent"))
        assert studio.render(script, again_better=False).kept == ("bai",)
        assert studio.render(script).made == ("bai",)
        better = studio.renderer.find(script)
        assert better is not None
        assert (better.voice, better.fell_back) == ("espeak:vi", False)
        assert lesser.path.exists()

    def test_the_clip_of_a_voice_that_is_gone_is_still_the_best(self, studio: Studio) -> None:
        """A model that was removed, a client that was uninstalled: what it has spoken stays good."""
        studio.speech = SpeechSettings(voices=(GONE, "silent"))
        script = studio.script()
        recipes = Recipes(studio.root, studio.speech, studio.mix)
        digest = recipes.digest(script, recipes.words_digest(script), {"": f"{GONE}@1"})
        facts = {"script": "bai", "digest": digest, "text_digest": script.digest, "voice": GONE, "fell_back": False}
        levels = {"loudness": -16.0, "true_peak": -1.3, "warnings": ()}
        cast = {"": (GONE, f"{GONE}@1")}
        with new_clip(studio.root / "audio", "bai", digest, CLIP_RATE) as draft:
            draft.write([bytes(96_000)])
            clip = draft.keep({**facts, **levels}, cast, recipes.words_digest(script))
        assert studio.renderer.find(script) == clip
        assert studio.render(script).kept == ("bai",)

    def test_a_speaker_whose_voice_is_gone_speaks_in_the_station_s(self, studio: Studio) -> None:
        script = studio.script("Mời nghe.\nAn: Chào.", front=f'voices = {{ An = "{GONE}" }}')
        clip = studio.clip(script)
        assert (clip.voice, clip.fell_back) == ("silent", True)

    def test_a_voice_that_does_not_exist_is_a_mistake_in_the_script(self, studio: Studio) -> None:
        good = studio.script(name="tot")
        with pytest.raises(InputError, match=r'bai\.md:3: voices\.An: there is no voice "espek:vi"'):
            studio.script("An: Chào.", front='voices = { An = "espek:vi" }')
        read_by_an_older_version = replace(
            studio.script("An: Chào.", front='voices = { An = "silent" }'), voices={"An": "espek:vi"}
        )
        report = studio.render(read_by_an_older_version, good)
        assert report.made == ("tot",)
        assert 'bai.md: voices.An: there is no voice "espek:vi"' in report.failed["bai"]

    def test_a_voice_that_does_not_exist_is_a_mistake_in_the_station(self, studio: Studio) -> None:
        studio.speech = SpeechSettings(voices=("espek:vi", "silent"))
        with pytest.raises(InputError, match=r'station\.toml: speech\.voices: there is no voice "espek:vi"'):
            studio.render(studio.script())

    @pytest.mark.parametrize("chime", ["khong-co.wav", "../chuong.wav", "chuong"])
    def test_a_chime_that_does_not_exist_is_a_mistake_in_the_station(self, studio: Studio, chime: str) -> None:
        studio.mix = MixSettings(chime=chime)
        with pytest.raises(InputError, match=r"station\.toml: mix\.chime"):
            studio.render(studio.script())

    def test_ranks(self, studio: Studio) -> None:
        front = 'voices = { An = "espeak:vi+f2" }'
        choices = choices_for(studio.script("Mời.\n\nAn: Chào.", front=front), ("gtts", "espeak:vi"))
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
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
        studio.speech = SpeechSettings(voices=("gtts", "silent"))
        scripts = [studio.script(name=f"bai-{number}") for number in range(4)]
        report = studio.render(*scripts)
        assert len(report.made) == len(report.fell_back) == 4
        assert list(report.not_speaking) == ["gtts"]

    def test_the_better_voice_is_back(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        studio.speech = SpeechSettings(voices=("gtts", "silent"))
        script = studio.script()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
        assert studio.render(script).fell_back == {"bai": "silent"}
        assert studio.render(script).kept == ("bai",)
        with GoogleStandIn(speaks(GOOD_MP3)) as server:
            monkeypatch.setenv("https_proxy", server.url)
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(HERE / "cert.pem"))
            report = studio.render(script)
        assert (report.made, report.fell_back) == (("bai",), {})
        clip = studio.renderer.find(script)
        assert clip is not None
        assert clip.voice == "gtts"
        assert clip.loudness == pytest.approx(-16, abs=0.5)
