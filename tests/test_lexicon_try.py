"""Hearing how a word is read before anything is changed."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest

from broadcaster.models import CLIP_RATE
from broadcaster.office.wording_reading import RULES, TABLES
from broadcaster.speech.normalise import read
from broadcaster.speech.normalise.lexicon import CASELESS, SHIPPED, STATION
from broadcaster.speech.normalise.reader import rule_names

if TYPE_CHECKING:
    from pathlib import Path

    from commands import RunCommand


def test_every_table_and_every_rule_has_its_words() -> None:
    assert {*TABLES} == {*SHIPPED, *CASELESS, STATION}
    assert {*RULES} == rule_names()


@pytest.mark.parametrize(
    ("text", "lexicon", "by"),
    [
        ("TDP", {}, "lexicon.tsv"),
        ("TDP", {"TDP": "tổ"}, "station"),
        ("BTC", {}, "ambiguous.tsv"),
        ("Krông Pắk", {}, "highland.tsv"),
        ("15/5/2027", {}, "date"),
        ("5h30", {}, "time"),
        ("1900.90.68", {}, "phone"),
        ("- Bà con", {}, "line_head"),
    ],
)
def test_a_reading_says_what_decided(text: str, lexicon: dict[str, str], by: str) -> None:
    assert [change.by for change in read(text, lexicon).changes] == [by]


def test_what_the_text_explains_is_not_what_the_tables_say() -> None:
    changes = read("Ban tổ chức hội thi (BTCHT) gặp BTCHT").changes
    assert changes[-1].by == "glossed"


def trial(broadcaster: RunCommand, station: Path, *typed: str) -> str:
    result = broadcaster("lexicon", "try", *typed, station=station)
    assert result.code == 0
    return result.out


def test_it_says_the_words_what_decided_and_what_was_not_sure(broadcaster: RunCommand, station_folder: Path) -> None:
    out = trial(broadcaster, station_folder, "BTC", "--no-play")
    assert '"BTC" is read "Ban tổ chức".' in out
    assert "(the program's abbreviations of several meanings)" in out
    assert "could be read in two ways" in out
    assert "Played" not in out


def test_it_is_played_as_listening_is_and_leaves_nothing(broadcaster: RunCommand, station_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in station_folder.rglob("*") if path.is_file()}
    out = trial(broadcaster, station_folder, "TDP")
    assert "silent reads it." in out
    assert "Played on silent: " in out
    assert {path: path.stat().st_mtime_ns for path in station_folder.rglob("*") if path.is_file()} == before


def test_on_the_loudspeakers_nobody_is_asked_in_a_pipe(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("lexicon", "try", "TDP", "--output", "Tăng âm", station=station_folder)
    assert result.code == 2
    assert not (station_folder / "broadcaster.db").exists()


def test_an_entry_is_tried_without_being_added(broadcaster: RunCommand, station_folder: Path) -> None:
    lexicon = station_folder / "lexicon.toml"
    before = lexicon.read_bytes() if lexicon.exists() else None
    out = trial(broadcaster, station_folder, "TDP", "tổ dân phố số 5", "--no-play")
    assert '"TDP" is read "Tổ dân phố số năm".' in out
    assert "(the entry that is tried)" in out
    assert (lexicon.read_bytes() if lexicon.exists() else None) == before


def test_a_tried_entry_goes_before_the_station_s_own(broadcaster: RunCommand, station_folder: Path) -> None:
    broadcaster("lexicon", "add", "TDP", "tổ", station=station_folder)
    assert "the station's own lexicon.toml" in trial(broadcaster, station_folder, "TDP", "--no-play")
    assert "Khu phố" in trial(broadcaster, station_folder, "TDP", "khu phố", "--no-play")


def test_it_can_be_saved_instead(broadcaster: RunCommand, station_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "tdp.wav"
    out = trial(broadcaster, station_folder, "TDP", "--save", str(target))
    assert "Played" not in out
    with wave.open(str(target), "rb") as file:
        assert (file.getframerate(), file.getnchannels()) == (CLIP_RATE, 1)
        assert file.getnframes() > CLIP_RATE / 10
    again = broadcaster("lexicon", "try", "TDP", "--save", str(target), station=station_folder)
    assert again.code == 2


@pytest.mark.parametrize("typed", [("",), (" ",), ("TDP", " ")])
def test_nothing_to_read_is_told(broadcaster: RunCommand, station_folder: Path, typed: tuple[str, ...]) -> None:
    result = broadcaster("lexicon", "try", *typed, "--no-play", station=station_folder)
    assert (result.code, result.err.count("\n")) == (2, 1)


def test_a_lexicon_with_a_mistake_is_told(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "lexicon.toml").write_text("TDP = 5\n", "utf-8")
    for typed in (("TDP",), ("TDP", "tổ")):
        result = broadcaster("lexicon", "try", *typed, station=station_folder)
        assert result.code == 2
        assert "lexicon.toml:1" in result.err
