"""Hearing a script from one of its sentences on."""

from __future__ import annotations

import json
import wave
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from officers import rows_of
from sounds import noise, read_wav, write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.records.kinds import Kind
from broadcaster.settings import MixSettings, SpeechSettings

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand
    from studios import Studio

TALK = """+++
title = "Họp"
chime = false
+++

Kính thưa bà con. Sáng mai xã họp.

[nghỉ 2s]

Gọi 1900.90.68. Xin cảm ơn bà con.
"""
MS = CLIP_RATE // 1000


@pytest.fixture
def station(station_folder: Path) -> Path:
    (station_folder / "scripts" / "hop.md").write_text(TALK, "utf-8")
    return station_folder


def level(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    return float(np.sqrt(np.mean(np.square(samples.astype(float)))))


def test_a_clip_knows_where_each_sentence_begins(studio: Studio) -> None:
    studio.speech, studio.mix = SpeechSettings(voices=("espeak:vi",)), MixSettings(preset="flat", chime="none")
    clip = studio.clip(studio.script("Kính thưa bà con. Sáng mai xã họp.\n\n[nghỉ 2s]\n\nXin cảm ơn bà con."))
    samples = read_wav(clip.path)
    assert len(clip.sentences) == 3
    assert clip.sentences[0] == 0
    for start in clip.sentences[1:]:
        assert level(samples[start - 100 * MS : start]) < 30
        assert level(samples[start : start + 200 * MS]) > 300
    assert 2 * CLIP_RATE < clip.sentences[2] - clip.sentences[1] < 5 * CLIP_RATE


def test_music_that_begins_before_a_sentence_counts(studio: Studio) -> None:
    write_wav(studio.root / "scripts" / "a.wav", noise(20))
    studio.mix = MixSettings(chime="none")
    clip = studio.clip(studio.script("[nhạc: a.wav]\n\nKính thưa bà con. Sáng mai xã họp."))
    assert clip.sentences[0] == 6 * CLIP_RATE


def test_a_sentence_without_words_begins_where_the_next_one_does(studio: Studio) -> None:
    studio.mix = MixSettings(chime="none")
    clip = studio.clip(studio.script("Kính thưa bà con. …. Sáng mai xã họp. …."))
    starts = clip.sentences
    assert list(starts) == sorted(starts)
    assert starts[-1] <= clip.frames


def saved(broadcaster: RunCommand, station: Path, begin: str) -> tuple[int, str]:
    """Return how many frames sound from there on, and what was said of it."""
    path = station / f"rest-{len(list(station.glob('rest-*')))}.wav"
    result = broadcaster("script", "listen", "hop", "--from", begin, "--save", str(path), station=station)
    assert (result.code, result.err) == (0, "")
    with wave.open(str(path), "rb") as file:
        return file.getnframes(), result.out


@pytest.mark.parametrize(
    ("begin", "number"),
    [
        ("1", 1), ("3", 3), (" 4 ", 4), ("Sáng mai", 2), ("sáng MAI xã", 2), ("sang mai", 2), ("cảm ơn bà con.", 4),
        ("1900.90.68", 3), ("một chín không không", 3),
    ],
)  # fmt: skip
def test_it_begins_at_the_sentence_that_was_meant(
    broadcaster: RunCommand, station: Path, begin: str, number: int
) -> None:
    frames, said = saved(broadcaster, station, begin)
    clip = json.loads(next((station / "audio").glob("hop-*.json")).read_bytes())
    assert frames == clip["frames"] - clip["sentences"][number - 1]
    assert f"From sentence {number}: " in said


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        ("0", "there is no sentence 0; the script has 4"),
        ("5", "there is no sentence 5; the script has 4"),
        ("bà con", '"bà con" stands in several sentences: 1, 4; give the number of one'),
        ("trời mưa", 'no sentence has the words "trời mưa"; see: broadcaster script read hop'),
        ("áng", 'no sentence has the words "áng"'),
        ("...", 'no sentence has the words "..."'),
        (" ", "no sentence has the words"),
    ],
)
def test_what_is_not_one_sentence_is_told_in_a_line(
    broadcaster: RunCommand, station: Path, begin: str, told: str
) -> None:
    result = broadcaster("script", "listen", "hop", "--from", begin, station=station)
    assert (result.code, result.err.count("\n"), result.out) == (2, 1, "")
    assert told in result.err


def test_a_recording_in_place_of_the_text_has_no_sentences(broadcaster: RunCommand, station: Path) -> None:
    write_wav(station / "scripts" / "a.wav", noise(2))
    text = TALK.replace("chime = false", 'recording = "a.wav"')
    (station / "scripts" / "hop.md").write_text(text, "utf-8")
    result = broadcaster("script", "listen", "hop", "--from", "1", station=station)
    assert (result.code, result.err.count("\n")) == (2, 1)
    paragraphs = broadcaster("script", "read", "hop", "--json", station=station).json["paragraphs"]
    assert [part["sentences"] for part in paragraphs] == [[], []]


def test_it_is_played_where_listening_is_and_nothing_is_left(broadcaster: RunCommand, station: Path) -> None:
    result = broadcaster("script", "listen", "hop", "--from", "4", station=station)
    assert result.code == 0
    clip = json.loads(next((station / "audio").glob("hop-*.json")).read_bytes())
    rest = timedelta(seconds=(clip["frames"] - clip["sentences"][3]) / CLIP_RATE)
    assert f"Played on silent: {rest.total_seconds():.1f} s." in result.out
    assert [path.name for path in (station / "state").glob("*listen*")] == []


def test_a_clip_of_an_earlier_version_stays_as_it_is(broadcaster: RunCommand, station: Path) -> None:
    assert broadcaster("script", "render", "hop", station=station).code == 0
    (facts,) = (station / "audio").glob("hop-*.json")
    known = json.loads(facts.read_bytes())
    del known["sentences"]
    facts.write_text(json.dumps(known), "utf-8")
    before = {path.name: path.read_bytes() for path in (station / "audio").iterdir()}
    rows = len(rows_of(station, Kind.CLIP_MADE))
    frames, _said = saved(broadcaster, station, "3")
    assert 0 < frames < known["frames"]
    assert {path.name: path.read_bytes() for path in (station / "audio").iterdir()} == before
    assert len(rows_of(station, Kind.CLIP_MADE)) == rows


def test_reading_shows_the_numbers(broadcaster: RunCommand, station: Path) -> None:
    out = broadcaster("script", "read", "hop", station=station).out
    assert "  1 = Kính thưa bà con." in out
    assert "  4 = Xin cảm ơn bà con." in out
    paragraphs = broadcaster("script", "read", "hop", "--json", station=station).json["paragraphs"]
    assert [each["number"] for part in paragraphs for each in part["sentences"]] == [1, 2, 3, 4]


def test_reading_shows_them_on_a_narrow_terminal_too(station: Path) -> None:
    from terminal import on_terminal, seen

    lines = seen(on_terminal(station, "script", "read", "hop", columns=80))
    assert any("3  Gọi một chín không" in line for line in lines)
    assert max(map(len, lines)) <= 80
