"""Orders to a desk that really sounds: what is heard ends, and what the command tells is what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from commands import RunCommand
from desk_process import heartbeat, running_desk
from pulse import PulseServer, Recorder
from stations import ZONE, Maker
from waiting import wait_for

from broadcaster.models import CLIP_RATE, Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.desk_orders import answer_of
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.records.verify import verify

SPEECH = " ".join(["Tham gia bảo hiểm xã hội là đầu tư cho tương lai."] * 8)
AUDIBLE = 50
"""The least value of a sample that is taken for sound."""


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station with half a minute of speech that begins in some seconds, and another right behind it."""
    maker = Maker(tmp_path, SimulatedClock(datetime.now(UTC)))
    maker.settings('[airing]\nlead = "2s"\n[rules]\nhours = ["00:00-24:00"]')
    path = tmp_path / "station.toml"
    text = path.read_text("utf-8").replace('voices = ["silent"]', 'voices = ["espeak:vi"]')
    path.write_text(text.replace('devices = ["silent"]', 'devices = ["default"]'), "utf-8")
    maker.script("dai", SPEECH).script("sau", SPEECH).render()
    begin = datetime.now(ZONE) + timedelta(seconds=6)
    only = f'from = "{begin:%Y-%m-%d}"\nto = "{begin:%Y-%m-%d}"'
    behind = begin + timedelta(seconds=2)
    slots = maker.slot(f"{begin:%H:%M:%S}", "dai", only, "a") + maker.slot(f"{behind:%H:%M:%S}", "sau", only, "b")
    return maker.campaign(slots, dates=only)


def sounds(maker: Maker) -> bool:
    return bool(heartbeat(maker).get("heard_s"))


def outcomes(maker: Maker) -> dict[str, Play]:
    with Ledger.open(maker.root / "broadcaster.db", read_only=True) as ledger:
        plays = [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]
    return {play.slot: play for play in plays}


def last_sound(recorder: Recorder) -> float:
    """Return when the last sound of the recording was heard, in seconds since 1970."""
    (loud,) = np.nonzero(np.abs(recorder.samples().astype(int)) > AUDIBLE)
    return recorder.zero() + (loud[-1] + 1) / CLIP_RATE


def test_stop_is_silence_and_the_command_says_since_when(
    recorder: Recorder, maker: Maker, broadcaster: RunCommand
) -> None:
    with running_desk(maker):
        wait_for(lambda: sounds(maker) and "b" in str(heartbeat(maker).get("waiting")))
        stopped = broadcaster("stop", "--as", "Hòa", "--reason", "đọc nhầm", station=maker.root)
        assert stopped.code == 0, stopped.err
        before = len(recorder.samples())
        wait_for(lambda: len(recorder.samples()) > before + CLIP_RATE)  # a second more
        assert heartbeat(maker)["on_air"] is None
    with Ledger.open(maker.root / "broadcaster.db", read_only=True) as ledger:
        (answer,) = [answer_of(row.body) for row in ledger.rows([Kind.ORDER_ANSWERED])]
    assert answer is not None
    assert answer.silent_at is not None
    local = answer.silent_at.astimezone(ZONE)
    assert f"silence confirmed {local:%H:%M:%S}.{local.microsecond // 100_000}" in stopped.out
    assert abs(last_sound(recorder) - answer.silent_at.timestamp()) < 0.15
    played = outcomes(maker)
    assert (played["a"].outcome, played["b"].outcome) == (Outcome.CUT, Outcome.SKIPPED)
    assert played["a"].reason == "stopped by Hòa: đọc nhầm"
    assert played["a"].heard_s == pytest.approx(answer.heard_s, abs=0.001)
    assert verify(maker.root / "broadcaster.db").breaks == ()


def test_stop_ends_also_what_a_sound_server_that_hangs_still_has(
    pulse: PulseServer, recorder: Recorder, maker: Maker, broadcaster: RunCommand
) -> None:
    with running_desk(maker):
        wait_for(lambda: sounds(maker))
        pulse.freeze()
        stopped = broadcaster("stop", station=maker.root)
        pulse.thaw()
        wait_for(lambda: {"a", "b"} <= outcomes(maker).keys())
        before = len(recorder.samples())
        wait_for(lambda: len(recorder.samples()) > before + CLIP_RATE)
    assert "stop asked" in stopped.out
    assert outcomes(maker)["a"].outcome is Outcome.CUT
    (loud,) = np.nonzero(np.abs(recorder.samples().astype(int)) > AUDIBLE)
    sounded = (loud[-1] - loud[0]) / CLIP_RATE
    assert sounded < outcomes(maker)["a"].heard_s + 1, "it does not go on once the server works again"


def test_without_a_desk_nothing_is_ordered(maker: Maker, broadcaster: RunCommand) -> None:
    for order in (("stop",), ("skip",), ("pause", "--until", "15 phút"), ("resume",)):
        result = broadcaster(*order, station=maker.root)
        assert (result.code, "no desk runs" in result.err) == (2, True)
    with Ledger.open(maker.root / "broadcaster.db", read_only=True) as ledger:
        assert list(ledger.rows([Kind.ORDER])) == []
