"""A child process that reports of itself, and what it may find in the folder that it is started from."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from stand_ins.google import HERE

from broadcaster.children.messages import Message
from broadcaster.children.process import Child, LossKind, environment
from broadcaster.children.stderr_tail import KEPT_LINES, StderrTail, choose_words
from broadcaster.playout.sound.device import list_devices
from broadcaster.speech.voices.espeak import EspeakVoice

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20.0


@pytest.fixture(autouse=True)
def _odd_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE.parent))


def test_reports_are_heard_in_their_order_and_are_no_answers() -> None:
    heard: list[int] = []

    def hear(message: Message) -> bool:
        if message.head.get("event") != "report":
            return False
        heard.append(message.head["number"])
        return True

    child = Child("stand_ins.odd_child", hear)
    assert child.ask({"do": "report"}, SECONDS) == ({"did": "report"}, b"")
    assert heard == [0, 1, 2]
    child.end("no more use")
    assert child.lost is not None
    assert (child.lost.kind, child.lost.text) == (LossKind.CLOSED, "no more use")


def test_a_listener_that_fails_loses_the_child_with_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    def hear(message: Message) -> bool:
        return bool(message.head["no such key"])

    child = Child("stand_ins.odd_child", hear)
    assert child.ask({"do": "echo"}, SECONDS) is None
    assert child.lost is not None
    assert (child.lost.kind, child.lost.text) == (LossKind.UNREADABLE, "KeyError: 'no such key'")
    assert "Traceback" in caplog.text
    child.end()


def test_the_first_reason_stays_and_orders_to_the_dead_do_nothing() -> None:
    child = Child("stand_ins.odd_child")
    child.give_up("it was too slow")
    child.give_up("it was too loud")
    child.end("closed")
    child.send({"do": "echo"})
    assert child.ask({"do": "echo"}, SECONDS) is None
    assert child.lost is not None
    assert (child.lost.kind, child.lost.text) == (LossKind.GIVEN_UP, "it was too slow")


@pytest.mark.parametrize("search", ["", os.pathsep], ids=["no search path", "an empty search path"])
def test_modules_in_the_present_folder_are_not_taken_for_ours(
    search: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("click", "json", "struct", "signal", "traceback", "ctypes", "wave", "miniaudio", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('hijacked')\n", "utf-8")
    (tmp_path / "broadcaster").mkdir()
    (tmp_path / "broadcaster" / "__init__.py").write_text("raise SystemExit('hijacked')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", search)
    monkeypatch.chdir(tmp_path)
    plain = subprocess.run([sys.executable, "-c", "import click"], capture_output=True, text=True, check=False)
    assert plain.stderr.endswith("hijacked\n")

    assert [device.name for device in list_devices(("null",))] == ["NULL Playback Device"]
    voice = EspeakVoice("vi", 150)
    assert voice.speak("Xin chào.").samples
    voice.close()


def test_a_search_path_means_the_same_to_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["libs", "", str(tmp_path / "more")]))
    assert environment()["PYTHONPATH"].split(os.pathsep) == [str(tmp_path / "libs"), str(tmp_path / "more")]
    monkeypatch.delenv("PYTHONPATH")
    assert "PYTHONPATH" not in environment()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], ""),
        (["a", "ValueError: b"], "ValueError: b"),
        (["chatter", "Fatal Python error: Segmentation fault", "  File …", "Extension modules: x"],
         "Fatal Python error: Segmentation fault"),
        (["Assertion failed", "Fatal Python error: Aborted", "  File …"], "Assertion failed"),
        (["Fatal Python error: Aborted", "  File …"], "Fatal Python error: Aborted"),
    ],
)  # fmt: skip
def test_the_words_that_say_why(lines: list[str], words: str) -> None:
    assert choose_words(lines) == words


def test_a_crash_told_at_length_is_kept_from_the_line_that_names_it() -> None:
    # Python 3.14 adds every thread and the stack of the C code: more lines than are kept of other ends.
    before = [f"chatter {number}" for number in range(100)]
    crash = [
        "Fatal Python error: Segmentation fault",
        *(f'  Binary file "python", at +{number}' for number in range(90)),
    ]
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        pipe.write("\n".join([*before, *crash]))
    tail = StderrTail(os.fdopen(reading, "rb", buffering=0))
    tail.wait_for_end(SECONDS)
    assert tail.last_words() == "Fatal Python error: Segmentation fault"
    assert tail.lines() == [*before[-KEPT_LINES:], *crash]
