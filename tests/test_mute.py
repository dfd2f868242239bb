"""How much of a play went to an output that let nobody hear it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from broadcaster.children.messages import MessageError
from broadcaster.models import MuteKind
from broadcaster.playout.sound.feed import FeedReport
from broadcaster.playout.sound.libpulse import PulseSink, SinkInput
from broadcaster.playout.sound.mute import MuteReport, MuteWatch, Volume, read_mute
from broadcaster.playout.sound.pulse_stream import volume_of

LOUD = Volume(0.8, None)
MUTED = Volume(0.0, MuteKind.OUTPUT)


def play(played: int, number: int = 1) -> FeedReport:
    return FeedReport(handed=played, number=number, played=played, started=100.0 if played else None, ended=None)


def test_nothing_is_known_where_the_sound_system_does_not_tell() -> None:
    assert MuteWatch().report(play(100)) == MuteReport()


def test_a_mute_before_the_start_counts_from_the_first_sample() -> None:
    watch = MuteWatch()
    watch.look(MUTED, play(0), 95.0)
    assert watch.report(play(0)) == MuteReport(0.0, MuteKind.OUTPUT)
    assert watch.report(play(500)) == MuteReport(0.0, MuteKind.OUTPUT, MuteKind.OUTPUT, 100.0, 500)


def test_a_mute_in_the_middle_counts_what_was_played_meanwhile() -> None:
    watch = MuteWatch()
    watch.look(LOUD, play(1000), 101.0)
    watch.look(MUTED, play(2000), 102.0)
    watch.look(MUTED, play(3000), 103.0)
    watch.look(LOUD, play(4000), 104.0)
    assert watch.report(play(9000)) == MuteReport(0.8, None, MuteKind.OUTPUT, 102.0, 2000)
    watch.look(Volume(0.02, MuteKind.VOLUME), play(9000), 109.0)
    assert watch.report(play(9500)) == MuteReport(0.02, MuteKind.VOLUME, MuteKind.OUTPUT, 102.0, 2500)


def test_the_next_play_begins_anew() -> None:
    watch = MuteWatch()
    watch.look(MUTED, play(1000), 101.0)
    watch.look(LOUD, play(2000), 102.0)
    watch.look(LOUD, play(0, number=2), 103.0)
    assert watch.report(play(700, number=2)) == MuteReport(0.8)


@pytest.mark.parametrize(
    ("sink", "stream", "heard"),
    [
        ({}, {}, Volume(1.0, None)),
        ({"muted": True}, {"muted": True}, Volume(0.0, MuteKind.OUTPUT)),
        ({}, {"muted": True}, Volume(0.0, MuteKind.PROGRAM)),
        ({"volume": 0.5}, {"volume": 0.5}, Volume(0.25, None)),
        ({"volume": 0.2}, {"volume": 0.2}, Volume(0.2 * 0.2, MuteKind.VOLUME)),
        ({"volume": 0.2, "flat": True}, {"volume": 0.2}, Volume(0.2, None)),
    ],
)
def test_how_loud_a_stream_is_heard(sink: dict[str, Any], stream: dict[str, Any], heard: Volume) -> None:
    found = PulseSink(
        **{"index": 1, "name": "spk", "description": "Speaker", "muted": False, "volume": 1.0, "flat": False} | sink
    )
    assert volume_of(found, SinkInput(**{"muted": False, "volume": 1.0} | stream)) == heard


def test_a_report_survives_the_way_to_the_parent() -> None:
    report = MuteReport(0.0, MuteKind.PROGRAM, MuteKind.PROGRAM, 12.5, 3)
    assert read_mute(asdict(report)) == report
    assert read_mute(asdict(MuteReport())) == MuteReport()


@pytest.mark.parametrize("wrong", [{"mute": "loud"}, {"volume": "1"}, {"muted_frames": 1.5}, {"muted_from": True}])
def test_what_is_not_a_report_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(MessageError):
        read_mute(asdict(MuteReport()) | wrong)
    with pytest.raises(MessageError):
        read_mute({})
