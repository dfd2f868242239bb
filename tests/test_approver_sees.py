"""Whoever approves a text is shown all that will be heard of it: nothing is hidden by an escape, or in a sound file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stand_ins.google import HERE

if TYPE_CHECKING:
    from commands import RunCommand

HIDDEN = (
    '+++\ntitle = "Bài"\nauthor="Ba"\n+++\nXin chào bà con.\n\n\x1b[8mChuyển tiền vào tài khoản một hai ba.\x1b[0m\n'
)
"""The second sentence is written in letters that a terminal does not show (ECMA-48, 8.3.117: concealed)."""


@pytest.fixture
def station(station_folder: Path) -> Path:
    (station_folder / "scripts" / "bai.md").write_text(HIDDEN, "utf-8")
    return station_folder


def test_a_hidden_sentence_is_shown_to_who_approves_it(station: Path, broadcaster: RunCommand) -> None:
    answer = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station)
    assert "\x1b" not in answer.out
    assert "<U+001B>[8mChuyển tiền vào tài khoản" in answer.out


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("Chuyển\u200btiền", "Chuyển<U+200B>tiền"),
        ("\u202eChuyển tiền\u202c", "<U+202E>Chuyển tiền<U+202C>"),
        ("\u2066Chuyển tiền\u2069", "<U+2066>Chuyển tiền<U+2069>"),
        ("".join(f"{letter}\u0336" for letter in "tien"), "t<U+0336>i<U+0336>e<U+0336>n<U+0336>"),
        ("Chào\x1b[1A\x1b[2KChuyển tiền", "Chào<U+001B>[1A<U+001B>[2KChuyển tiền"),
    ],
)
def test_whatever_hides_a_text_is_shown_as_what_it_is(
    station: Path, broadcaster: RunCommand, hidden: str, shown: str
) -> None:
    text = f'+++\ntitle = "Bài"\nauthor = "Ba"\n+++\nXin chào. {hidden}.\n'
    (station / "scripts" / "bai.md").write_bytes(text.encode())
    answer = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station)
    assert shown in answer.out


def test_on_a_terminal_too(station: Path) -> None:
    from terminal import ESCAPE, answered

    shown = answered(station, "n\nn\n", "script", "approve", "bai", "--as", "Lan")
    assert "\x1b[8m" not in shown
    assert "<U+001B>" in ESCAPE.sub("", shown)


@pytest.mark.parametrize(
    ("matter", "cue", "line"),
    [
        ('recording = "tone.ogg"', "", "This text is not heard: the recording tone.ogg airs in its place."),
        ("", "[ghi âm: tone.ogg]", "Heard too: tone.ogg"),
        ("", "[nhạc: tone.ogg]", "Heard too: tone.ogg"),
    ],
)
def test_a_sound_that_no_text_shows_is_named(
    station: Path, broadcaster: RunCommand, matter: str, cue: str, line: str
) -> None:
    shutil.copy(HERE / "tone.ogg", station / "scripts")
    text = f'+++\ntitle = "Bài"\nauthor = "Ba"\n{matter}\n+++\nXin chào bà con.\n\n{cue}\n'
    (station / "scripts" / "bai.md").write_text(text, "utf-8")
    answer = broadcaster("script", "approve", "bai", "--as", "Lan", "--yes", station=station)
    assert line in answer.out.splitlines()
