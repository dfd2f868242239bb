"""One text in every voice at hand, on a page that holds the sound."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import TYPE_CHECKING

import browser as browsers
import pytest
import soundfile
from officers import write_script

from broadcaster.office.voice_compare import voices_at_hand
from broadcaster.speech.voices import available
from broadcaster.station.folder import open_station

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Result, RunCommand

TALK = """+++
title = "Kịch <b>hay</b>"
[voices]
"Bác Ba" = "piper:khong-co"
+++

Gọi 1900.90.68. Xin cảm ơn bà con.

Bác Ba: Mời bà con BTC tham gia.
"""


@pytest.fixture
def station(station_folder: Path) -> Path:
    write_script(station_folder, "kich", TALK)
    return station_folder


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "giong.html"


def compare(broadcaster: RunCommand, station: Path, page: Path, *voices: str) -> Result:
    named = [word for voice in voices for word in ("--voice", voice)]
    return broadcaster("voice", "compare", "kich", *named, "--offline", "--out", str(page), station=station)


def sounds(text: str) -> list[tuple[float, int]]:
    """Return the length in seconds and the rate of each sound that is in a page."""
    found = []
    for data in re.findall(r'<audio [^>]*src="data:audio/mpeg;base64,([^"]+)"', text):
        with soundfile.SoundFile(io.BytesIO(base64.b64decode(data))) as sound:
            found.append((sound.frames / sound.samplerate, sound.samplerate))
    return found


def test_every_speaker_has_the_voice_that_is_compared_and_the_sound_is_in_the_page(
    broadcaster: RunCommand, station: Path, page: Path
) -> None:
    result = compare(broadcaster, station, page, "espeak:vi", "espeak:vi+f2", "silent")
    assert result.code == 0
    assert "(3 voices, " in result.out
    text = page.read_text("utf-8")
    heard = sounds(text)
    assert [rate for _seconds, rate in heard] == [48_000] * 3
    assert all(3 < seconds < 30 for seconds, _rate in heard)
    assert "Kịch &lt;b&gt;hay&lt;/b&gt;" in text
    assert "một chín không không" in text
    assert "could be read in two ways" in text
    assert re.findall(r"(?:src|href)=\"(?!data:)", text) == []
    without_sound = re.sub(r"base64,[\w+/=]+", "", text)  # in which any four letters may stand by chance
    assert "http" not in without_sound.replace("http-equiv", "")


def test_nothing_of_it_stays_at_the_station(broadcaster: RunCommand, station: Path, page: Path) -> None:
    before = {path for path in station.rglob("*") if path.is_file()}
    assert compare(broadcaster, station, page, "silent").code == 0
    assert {path for path in station.rglob("*") if path.is_file()} == before


def test_a_voice_that_fails_stops_no_other(broadcaster: RunCommand, station: Path, page: Path) -> None:
    result = compare(broadcaster, station, page, "piper:khong-co", "espeak:vi")
    assert result.code == 0
    assert "piper:khong-co: " in result.err
    text = page.read_text("utf-8")
    assert len(sounds(text)) == 1
    assert re.search(r'<article class="bad">\s*<h3><span>piper:khong-co</span></h3>\s*<p>voice piper:khong-co: ', text)


def test_where_none_speaks_there_is_no_page(broadcaster: RunCommand, station: Path, page: Path) -> None:
    result = compare(broadcaster, station, page, "piper:khong-co")
    assert (result.code, page.exists()) == (1, False)


def test_a_name_that_is_no_voice_is_told(broadcaster: RunCommand, station: Path, page: Path) -> None:
    result = compare(broadcaster, station, page, "espeak:vi", "nobody")
    assert (result.code, page.exists()) == (2, False)
    assert "nobody" in result.err


def test_a_script_that_nobody_reads_is_told(broadcaster: RunCommand, station: Path, page: Path) -> None:
    write_script(station, "kich", '+++\ntitle = "Kịch"\n+++\n\n[chuông]\n')
    result = compare(broadcaster, station, page, "silent")
    assert (result.code, result.err.count("\n")) == (2, 1)


def test_a_voice_that_reads_too_fast_is_told(broadcaster: RunCommand, station: Path, page: Path) -> None:
    settings = station / "station.toml"
    text = settings.read_text("utf-8")
    assert "words_per_minute = 300" in text
    assert "espeak:vi: fast" in compare(broadcaster, station, page, "espeak:vi").err
    settings.write_text(text.replace("words_per_minute = 300", "words_per_minute = 130"), "utf-8")
    result = compare(broadcaster, station, page, "espeak:vi")
    assert result.err == ""
    assert 'class="good"' in page.read_text("utf-8")


def test_those_at_hand_are_the_installed_ones_the_station_s_own_first(
    station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = station / "station.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('voices = ["silent"]', 'voices = ["gtts", "espeak:vi+m3"]'), "utf-8"
    )
    here, away = voices_at_hand(open_station(station), probe=False)
    assert [info.spec for info in here][:2] == ["espeak:vi+m3", "espeak:vi"]
    assert [info.configured for info in here][:2] == [True, False]
    assert "gtts" in [info.spec for info in away]
    monkeypatch.setattr(available, "_reach", lambda engines: dict.fromkeys(engines, True))
    here, away = voices_at_hand(open_station(station))
    assert [info.spec for info in here][:2] == ["gtts", "espeak:vi+m3"]
    assert "silent" not in [info.spec for info in [*here, *away]]


def test_a_browser_plays_it_and_runs_no_script_but_ours(
    broadcaster: RunCommand, station: Path, page: Path, tmp_path: Path
) -> None:
    assert compare(broadcaster, station, page, "espeak:vi", "espeak:vi+f2").code == 0
    text = page.read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    program = browsers.find()
    if program is None:
        pytest.skip("no browser is installed")
    found = browsers.Browser(program, tmp_path).measure(
        page,
        """return { lengths: [...document.querySelectorAll("audio")].map(one => one.duration),
          over: document.documentElement.scrollWidth - window.innerWidth };""",
        width=360,
    )
    assert found["over"] <= 0
    assert [round(length) for length in found["lengths"]] == [round(seconds) for seconds, _rate in sounds(text)]
