"""A muted loudspeaker, from the sound server through the desk to what people read."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import RunCommand
from desks import run_through
from pulse import NAME, SINK, PulseServer
from stations import SETTINGS, ZONE, Maker

from broadcaster.models import MuteKind, Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import MutedPart, Play, from_body, to_body
from broadcaster.station.content import read_content


def now() -> datetime:
    return datetime.now(UTC)


def test_a_play_on_a_muted_loudspeaker_is_recorded_as_one_that_nobody_heard(
    pulse: PulseServer, tmp_path: Path, broadcaster: RunCommand, caplog: pytest.LogCaptureFixture
) -> None:
    maker = Maker(tmp_path / "station", SimulatedClock(now()))
    maker.root.mkdir()
    text = SETTINGS.replace('["silent"]\n[speech]', '["default"]\n[speech]') + '[rules]\nhours = ["00:00-24:00"]'
    (maker.root / "station.toml").write_text(text, "utf-8")
    start = now().astimezone(ZONE).replace(microsecond=0) + timedelta(seconds=8)
    day = f'from = "{start:%Y-%m-%d}"\nto = "{start:%Y-%m-%d}"'
    maker.script("bai-1").campaign(maker.slot(f"{start:%H:%M:%S}"), dates=day)
    pulse.ask("set-sink-mute", SINK, "1")

    play = aired(maker)

    assert play.outcome is Outcome.AIRED
    assert play.started is not None
    assert play.muted is not None
    assert (play.muted.by, play.muted.volume) == (MuteKind.OUTPUT, 0.0)
    assert abs(play.muted.since - play.started) <= timedelta(milliseconds=1)
    assert play.muted.seconds == pytest.approx(play.heard_s, abs=0.001)
    assert f"{NAME} is muted in the computer's sound settings" in caplog.text
    (row,) = broadcaster("log", "--json", station=maker.root).json
    assert row["muted"]["by"] == "output"
    said = f"the output was muted from {play.muted.since + timedelta(milliseconds=500):%H:%M:%S} on"  # rounded
    assert said in " ".join(broadcaster("log", station=maker.root).out.split())
    assert said in " ".join(broadcaster("now", station=maker.root).out.split())
    assert said in " ".join(broadcaster("plan", station=maker.root).out.split())
    assert (
        f"of 1 occurrence nobody heard all: {play.occurrence}, {said}" in broadcaster("check", station=maker.root).out
    )
    assert said in " ".join(broadcaster("why", play.occurrence, station=maker.root).out.split())


def aired(maker: Maker) -> Play:
    """Let a desk air the one item of a station, in real time."""
    station = maker.render()
    with closing(Ledger.open(station.ledger_path)) as ledger:
        make = lambda name: DeviceOutput(name, now)  # noqa: E731
        desk = Desk(station, ledger, read_content(station), make, lambda _scripts: None)
        desk.begin()
        while not (rows := list(ledger.rows([Kind.PLAYED]))):
            time.sleep(0.02)
            maker.clock.now = now()
            desk.tick()
    return from_body(rows[0].occurrence or "", rows[0].body)


def test_the_row_keeps_what_was_muted_and_older_rows_have_none(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    (play,) = run_through(maker, ledger, "2027-05-03 06:00")
    assert play.muted is None
    assert "muted" not in to_body(play)
    muted = MutedPart(MuteKind.VOLUME, play.planned_start, 12.5, 0.03)
    part = {"by": "volume", "since": play.planned_start.isoformat(), "seconds": 12.5, "volume": 0.03}
    body = to_body(play) | {"muted": part}
    assert from_body(play.occurrence, body).muted == muted
    assert from_body(play.occurrence, to_body(from_body(play.occurrence, body))).muted == muted
