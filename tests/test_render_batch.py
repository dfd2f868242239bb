"""Many scripts at once: each with its result, and whatever stops one of them leaves the others whole."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sounds import noise, write_wav
from studios import SENTENCE, Studio
from waiting import GIVE_UP

from broadcaster.models import CLIP_RATE, Clip, Script
from broadcaster.speech.clip_recipe import Recipes
from broadcaster.speech.make_clip import ClipMaker
from broadcaster.speech.render import RenderReport, RenderResult, RenderStep, every_clip, verify_clip


class TestBatch:
    def test_progress_counts_to_the_end(self, studio: Studio) -> None:
        scripts = [studio.script(name=f"bai-{number}") for number in range(5)]
        studio.render(scripts[0])
        bad = studio.script("---", "loi")
        steps: list[RenderStep] = []
        studio.renderer.render([*scripts, bad], progress=steps.append)
        assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6]
        assert {step.total for step in steps} == {6}
        assert {step.script: step.result for step in steps} == {
            "bai-0": RenderResult.KEPT,
            **{f"bai-{number}": RenderResult.MADE for number in range(1, 5)},
            "loi": RenderResult.FAILED,
        }
        assert next(step.reason for step in steps if step.script == "loi")

    def test_a_report_is_in_the_order_of_the_batch(self, studio: Studio) -> None:
        scripts = [studio.script(SENTENCE * (9 - number), f"bai-{number}") for number in range(6)]
        assert studio.render(*reversed(scripts)).made == tuple(f"bai-{number}" for number in reversed(range(6)))

    def test_no_scripts_no_work(self, studio: Studio) -> None:
        assert studio.render() == RenderReport()

    def test_the_same_script_made_many_times_at_once_is_one_clip(self, studio: Studio) -> None:
        script = studio.script()
        threads = [threading.Thread(target=studio.render, args=(script,)) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clip = studio.renderer.find(script)
        assert clip is not None
        verify_clip(clip)
        assert len(studio.files()) == 2

    def test_a_disk_that_refuses_is_told_and_stops_nothing_else(self, studio: Studio) -> None:
        script = studio.script()
        (studio.root / "audio").write_bytes(b"no folder")
        assert "audio" in studio.render(script).failed["bai"]

    def test_interrupted_between_two_clips_leaves_whole_ones(self, studio: Studio) -> None:
        scripts = [studio.script(name=f"bai-{number}") for number in range(20)]

        def interrupt(step: RenderStep) -> None:
            if step.done == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            studio.renderer.render(scripts, progress=interrupt)
        assert_only_whole_clips(studio, scripts)

    @pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of another process is a POSIX signal")
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_a_process_stopped_anywhere_leaves_whole_clips(self, studio: Studio, number: int) -> None:
        scripts = [studio.script(f"{SENTENCE} Đoạn số {n}.", f"bai-{n}") for n in range(6)]
        process = subprocess.Popen([sys.executable, "-c", RENDER_ALL, str(studio.root)], stderr=subprocess.DEVNULL)
        audio = studio.root / "audio"
        while process.poll() is None and len(list(audio.glob("*.wav"))) < 3:
            time.sleep(0.001)
        process.send_signal(number)
        process.wait(GIVE_UP)
        assert_only_whole_clips(studio, scripts)


RENDER_ALL = """
import sys
from pathlib import Path
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.render import Renderer
from broadcaster.speech.script import read_scripts
root = Path(sys.argv[1])
Renderer(root, SpeechSettings(), MixSettings()).render(read_scripts(root / "scripts")[0].values())
"""


def assert_only_whole_clips(studio: Studio, scripts: list[Script]) -> None:
    for path in (studio.root / "audio").glob("*.wav"):
        known = json.loads(path.with_suffix(".json").read_text("utf-8"))
        del known["cast"], known["said"]
        verify_clip(Clip(path=path, **known))
    assert not studio.render(*scripts).failed


class TestOneOfMany:
    def test_a_bug_in_one_script_costs_no_other_its_clip(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        make = ClipMaker.make

        def fail_for_one(maker: ClipMaker, script: Script) -> tuple[Clip, bool]:
            if script.id == "hai":
                raise ZeroDivisionError("division by zero")
            return make(maker, script)

        monkeypatch.setattr(ClipMaker, "make", fail_for_one)
        report = studio.render(studio.script(name="mot"), studio.script(name="hai"), studio.script(name="ba"))
        assert report.made == ("mot", "ba")
        assert report.failed == {"hai": "ZeroDivisionError: division by zero"}
        assert "hai could not be rendered" in caplog.text

    def test_failures_are_counted_by_threads_while_others_ask_which_voices_are_down(self, studio: Studio) -> None:
        maker = ClipMaker(Recipes(studio.root, studio.speech, studio.mix), every_clip)
        errors: list[RuntimeError] = []

        def count() -> None:
            for number in range(2000):
                maker._count_failure(f"voice-{number}-{threading.get_ident()}", "")

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
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("broadcaster.speech.make_clip.LONGEST_SOUND", timedelta(hours=0.001))  # 3.6 s
        write_wav(studio.root / "scripts" / "thu.wav", noise(2), rate=CLIP_RATE)
        write_wav(studio.root / "scripts" / "hai.wav", noise(2, seed=2), rate=CLIP_RATE)
        both = studio.script("[ghi âm: thu.wav]\n[ghi âm: hai.wav]", "both", "chime = false")
        pauses = studio.script("[ghi âm: thu.wav]\n[nghỉ 1m]\n[ghi âm: thu.wav]", "pauses", "chime = false")
        one = studio.script("[ghi âm: thu.wav]", "one", "chime = false")
        report = studio.render(both, pauses, one)
        assert report.made == ("one",)
        assert set(report.failed.values()) == {"the clip would be longer than 0.001 hours, which is the limit"}
        assert {name.split("-")[0] for name in studio.files()} == {"one"}

    def test_a_disk_that_is_nearly_full_is_left_as_it_is(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("broadcaster.speech.sound.spool.FREE_DISK", 1 << 60)
        report = studio.render(studio.script())
        assert "the disk is too full to make the clip" in report.failed["bai"]
        assert studio.files() == set()
