"""What `planned` and `played` rows say, there and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import RecordError
from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.reasons import ReasonKind, in_words, reason
from broadcaster.records.canonical_json import canonical
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import (
    ClockState,
    Origin,
    Play,
    PlayedScript,
    from_body,
    planned_from_body,
    planned_to_body,
    to_body,
)

if TYPE_CHECKING:
    from pathlib import Path

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2027, 5, 1, 5, 30, tzinfo=HANOI)

milliseconds = st.integers(0, 10**8).map(lambda number: number / 1000)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001 - gets its zone in the next line
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(hours=7)))
)
hours = instants.map(lambda at: at.replace(microsecond=0))
names = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
occurrences = st.builds(
    Occurrence,
    campaign=names,
    slot=names,
    start=hours,
    scripts=st.lists(names, min_size=1, max_size=4).map(tuple),
    repeat=st.integers(1, 5),
    gap=milliseconds.map(lambda seconds: timedelta(seconds=seconds)),
    bulletin_class=st.sampled_from(BulletinClass),
    source=st.text("ABC/-1192", max_size=9),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scripts = st.builds(PlayedScript, names, texts, texts, texts, texts, milliseconds)
plays = st.builds(
    Play,
    occurrence=occurrences.map(lambda occurrence: occurrence.id),
    campaign=names,
    slot=names,
    bulletin_class=st.sampled_from(BulletinClass),
    scripts=st.lists(scripts, max_size=3).map(tuple),
    planned_start=hours,
    outcome=st.sampled_from(Outcome),
    why=st.one_of(texts.map(in_words), st.just(reason(ReasonKind.OFF, from_=START, to=START))),
    planned_end=st.none() | instants,
    started=st.none() | instants,
    ended=st.none() | instants,
    heard_s=milliseconds,
    repeat=st.integers(1, 5),
    gap_s=milliseconds,
    source=texts,
    device=texts,
    clock=st.sampled_from(ClockState),
    origin=st.sampled_from(Origin),
    ordered_by=texts,
    replaces=texts,
)


@given(occurrences)
def test_a_planned_row_is_the_occurrence_again(occurrence: Occurrence) -> None:
    again = planned_from_body(json.loads(canonical(planned_to_body(occurrence))))
    assert again == occurrence
    assert again.id == occurrence.id


@given(plays)
def test_a_played_row_is_the_play_again(play: Play) -> None:
    assert from_body(play.occurrence, json.loads(canonical(to_body(play)))) == play


def test_what_a_played_row_holds() -> None:
    """The row is read by people and by programs of others: its keys are a format, and stay."""
    play = Play(
        occurrence="thang-5/sang@2027-05-01T05:30+07:00",
        campaign="thang-5",
        slot="sang",
        bulletin_class=BulletinClass.PRIORITY,
        scripts=(PlayedScript("thong-diep-1", "Bảo hiểm cho mọi người", "aa", "bb", "espeak:vi", 31.5, "cc"),),
        planned_start=START,
        planned_end=START + timedelta(seconds=65),
        started=START + timedelta(seconds=2.25),
        ended=START + timedelta(seconds=20),
        outcome=Outcome.CUT,
        why=in_words("dừng theo lệnh"),
        heard_s=17.75,
        repeat=2,
        gap_s=2.0,
        source="1192/BHXH-TT",
        device="USB Audio",
        clock=ClockState.UNTRUSTED,
        origin=Origin.MAKE_GOOD,
        ordered_by="Hòa",
        replaces="thang-5/sang@2027-04-30T05:30+07:00",
    )
    assert to_body(play) == {
        "campaign": "thang-5",
        "slot": "sang",
        "class": "priority",
        "scripts": [
            {
                "id": "thong-diep-1",
                "title": "Bảo hiểm cho mọi người",
                "text": "aa",
                "clip": "bb",
                "sha256": "cc",
                "voice": "espeak:vi",
                "seconds": 31.5,
            }
        ],
        "repeat": 2,
        "gap_s": 2.0,
        "source": "1192/BHXH-TT",
        "planned_start": "2027-05-01T05:30:00+07:00",
        "planned_end": "2027-05-01T05:31:05.000+07:00",
        "started": "2027-05-01T05:30:02.250+07:00",
        "ended": "2027-05-01T05:30:20.000+07:00",
        "lateness_s": 2.25,
        "heard_s": 17.75,
        "outcome": "cut",
        "reason": "dừng theo lệnh",
        "device": "USB Audio",
        "clock": "untrusted",
        "origin": "make-good",
        "ordered_by": "Hòa",
        "replaces": "thang-5/sang@2027-04-30T05:30+07:00",
    }


def test_the_view_as_run_shows_a_play(tmp_path: Path) -> None:
    play = Play(
        "thang-5/sang@2027-05-01T05:30+07:00",
        "thang-5",
        "sang",
        BulletinClass.NORMAL,
        (PlayedScript("mot", "Một", "", "", "espeak:vi", 30), PlayedScript("hai", "Hai", "", "", "espeak:vi", 31)),
        START,
        Outcome.AIRED,
        started=START + timedelta(seconds=1.5),
        heard_s=63,
    )
    path = tmp_path / "broadcaster.db"
    with Ledger.open(path) as ledger:
        ledger.append([Entry(Kind.PLAYED, "daemon", START.astimezone(UTC), play.occurrence, to_body(play))])
    connection = sqlite3.connect(path)
    columns = "start, outcome, late_s, heard_s, title, reason, class, scripts, voices, planned_start, ended, occurrence"
    assert connection.execute(f"SELECT {columns} FROM as_run").fetchall() == [
        ("2027-05-01 05:30:01.500+07:00", "aired", 1.5, 63, "Một; Hai", None, "normal", "mot, hai", "espeak:vi",
         "2027-05-01 05:30:00+07:00", None, play.occurrence)
    ]  # fmt: skip
    connection.close()


def test_lateness_is_held_against_the_plan() -> None:
    play = Play("a/b@x", "a", "b", BulletinClass.NORMAL, (), START, Outcome.MISSED)
    assert play.lateness_s is None
    early = replace(play, outcome=Outcome.AIRED, started=START - timedelta(seconds=2))
    assert early.lateness_s == -2


@given(instants, st.integers(-(10**9), 10**9))
def test_lateness_is_the_same_before_and_after_it_was_written(start: datetime, microseconds: int) -> None:
    started = start + timedelta(microseconds=microseconds)
    play = Play("a/b@x", "a", "b", BulletinClass.NORMAL, (), start, Outcome.AIRED, started=started)
    body = json.loads(canonical(to_body(play)))
    assert play.lateness_s == body["lateness_s"] == from_body("a/b@x", body).lateness_s


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "vanished"},
        {"scripts": None},
        {"scripts": [{"id": "a"}]},
        {"planned_start": "soon"},
        {"clock": None},
    ],
)
def test_a_body_that_is_no_play_is_an_error(change: dict[str, object]) -> None:
    body = to_body(Play("a/b@x", "a", "b", BulletinClass.NORMAL, (), START, Outcome.AIRED)) | change
    with pytest.raises(RecordError):
        from_body("a/b@x", body)
    with pytest.raises(RecordError):
        planned_from_body(body)
