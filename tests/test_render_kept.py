"""What lies in audio/: kept while nothing changed, found by all that shaped it, verified before it airs."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sounds import noise, write_wav
from studios import SENTENCE, Studio

from broadcaster.errors import RenderError
from broadcaster.models import Clip
from broadcaster.office.wording_script import warning_text
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.render import verify_clip
from broadcaster.speech.script import read_script

REPOSITORY = Path(__file__).parents[1]


class TestKeeping:
    def test_nothing_changed_nothing_is_made(self, studio: Studio) -> None:
        script = studio.script()
        clip = studio.clip(script)
        written = clip.path.stat().st_mtime_ns
        report = studio.render(script)
        assert (report.made, report.kept) == ((), ("bai",))
        assert clip.path.stat().st_mtime_ns == written

    @pytest.mark.parametrize(
        "change",
        [
            lambda studio: studio.script("Câu khác."),
            lambda studio: studio.script(f"{SENTENCE}\n\n{SENTENCE}"),
            lambda studio: studio.script(front="chime = false"),
            lambda studio: studio.script(front="valid_until = 2030-01-01"),
            lambda studio: setattr(studio, "mix", MixSettings(preset="flat")),
            lambda studio: setattr(studio, "mix", MixSettings(loudness=-20.0)),
            lambda studio: setattr(studio, "mix", MixSettings(chime="none")),
            lambda studio: setattr(studio, "mix", MixSettings(sentence_pause=timedelta(seconds=1))),
            lambda studio: setattr(studio, "speech", SpeechSettings(voices=("silent",), words_per_minute=120)),
            lambda studio: setattr(studio, "speech", SpeechSettings(voices=("espeak:vi",))),
        ],
    )
    def test_whatever_shapes_a_clip_renames_it(self, studio: Studio, change: Callable[[Studio], object]) -> None:
        old = studio.clip(studio.script())
        change(studio)
        script = read_script(old.path.parents[1] / "scripts" / "bai.md")
        assert studio.renderer.find(script) is None
        assert studio.clip(script).digest != old.digest

    def test_only_the_lexicon_entries_that_a_script_uses_change_it(self, studio: Studio) -> None:
        script = studio.script("Mời bà con TDP số ba.")
        old = studio.clip(script)
        lexicon = studio.root / "lexicon.toml"
        lexicon.write_text('XYZQ = "một từ khác"\n', "utf-8")
        assert studio.renderer.find(script) == old
        lexicon.write_text('TDP = "tổ dân phố thân yêu"\n', "utf-8")
        assert studio.renderer.find(script) is None

    def test_a_renderer_that_lives_long_sees_a_new_lexicon(self, studio: Studio) -> None:
        renderer, script = studio.renderer, studio.script("Mời bà con TDP.")
        before = [reading.spoken for _block, reading in renderer.spoken(script) if reading]
        (studio.root / "lexicon.toml").write_text('TDP = "tổ dân phố thân yêu"\n', "utf-8")
        after = [reading.spoken for _block, reading in renderer.spoken(script) if reading]
        assert before != after
        assert "thân yêu" in after[0]

    def test_region_counts_only_where_it_is_heard(self, studio: Studio) -> None:
        counted, plain = studio.script("Có 1005 người.", "dem"), studio.script(SENTENCE, "khong")
        studio.render(counted, plain)
        studio.speech = SpeechSettings(voices=("silent",), region="south")
        assert studio.renderer.find(counted) is None
        assert studio.renderer.find(plain) is not None

    def test_a_changed_sound_file_changes_the_clip(self, studio: Studio) -> None:
        path = write_wav(studio.root / "scripts" / "thu.wav", noise(1))
        script = studio.script("[ghi âm: thu.wav]")
        old = studio.clip(script)
        write_wav(path, noise(1, seed=2))
        assert studio.renderer.find(script) is None
        path.unlink()
        assert studio.renderer.find(script) is None
        report = studio.render(script)
        assert "thu.wav" in report.failed["bai"]
        assert old.path.exists()

    def test_a_script_whose_name_begins_like_another_s_is_another(self, studio: Studio) -> None:
        longer = studio.clip(studio.script(name="bai-0123456789abcdef"))
        assert studio.renderer.find(studio.script()) is None
        assert longer.script == "bai-0123456789abcdef"

    @pytest.mark.parametrize(
        "spoil", ["", "{}", "[]", "null", '{"cast": {"": 3}}', "\xff", '{"cast": {}, "warnings": []}']
    )
    def test_a_spoilt_note_beside_a_clip_only_makes_it_again(self, studio: Studio, spoil: str) -> None:
        script = studio.script()
        clip = studio.clip(script)
        clip.path.with_suffix(".json").write_text(spoil, "latin-1")
        assert studio.renderer.find(script) is None
        assert studio.clip(script) == clip

    def test_a_clip_of_version_0_1_has_sentences_for_warnings_and_keeps_them(self, studio: Studio) -> None:
        script = studio.script()
        note = studio.clip(script).path.with_suffix(".json")
        note.write_text(json.dumps(json.loads(note.read_text("utf-8")) | {"warnings": ["thu.wav: quá to"]}), "utf-8")
        clip = studio.renderer.find(script)
        assert clip is not None
        assert [warning_text(warning) for warning in clip.warnings] == ["thu.wav: quá to"]

    def test_a_lost_wav_is_made_again(self, studio: Studio) -> None:
        script = studio.script()
        clip = studio.clip(script)
        clip.path.unlink()
        assert studio.renderer.find(script) is None
        assert studio.clip(script) == clip

    def test_half_written_files_of_a_killed_process_are_swept_away(self, studio: Studio) -> None:
        audio = studio.root / "audio"
        audio.mkdir()
        old, new = audio / ".bai-1.wav.x.tmp", audio / ".bai-2.wav.y.tmp"
        for path in (old, new):
            path.write_bytes(b"half")
        os.utime(old, (time.time() - 90_000, time.time() - 90_000))
        studio.render(studio.script())
        assert not old.exists()
        assert new.exists()


class TestVerify:
    @pytest.fixture
    def clip(self, studio: Studio) -> Iterator[Clip]:
        return studio.clip(studio.script())

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


def test_finding_loads_no_numpy_no_sound_and_no_rules_of_reading(studio: Studio) -> None:
    studio.speech = SpeechSettings()
    script = studio.script()
    studio.clip(script)
    code = (
        "import sys; from pathlib import Path; from broadcaster.settings import *;"
        "from broadcaster.speech.render import *;"
        "from broadcaster.speech.script import read_script;"
        f"root = Path({str(studio.root)!r}); script = read_script(root / 'scripts/bai.md');"
        "assert Renderer(root, SpeechSettings(), MixSettings()).find(script);"
        "print(*{'numpy', 'pydub', 'soxr', 'miniaudio', 'gtts', 'broadcaster.speech.normalise'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
