"""The whole line, once, for real: text to speech to a loudspeaker at a planned second, to a row that says so."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pulse import NAME, Recorder, find
from sounds import read_wav
from stations import ZONE, Maker
from waiting import GIVE_UP, wait_for

from broadcaster.models import CLIP_RATE, Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.records.verify import verify

TEXTS = {
    "bai-1": "Tham gia bảo hiểm xã hội là đầu tư cho tương lai.",
    "bai-2": "Liên hệ số hotline 1900.90.68 để được tư vấn.",
    "bai-3": "Phát thanh từ 15-25/5 trên loa của xã.",
}
TOLERANCE = 0.030
"""Seconds between the planned and the heard start."""


def test_three_scripts_are_heard_whole_once_at_their_second_and_the_ledger_says_the_same(
    recorder: Recorder, tmp_path: Path
) -> None:
    maker = Maker(tmp_path, SimulatedClock(datetime.now(UTC)))
    maker.settings('[airing]\nlead = "2s"\n[rules]\nhours = ["00:00-24:00"]')
    text = (tmp_path / "station.toml").read_text("utf-8")
    for old, new in (
        ('voices = ["silent"]', 'voices = ["espeak:vi"]'),
        ('devices = ["silent"]', 'devices = ["default"]'),
    ):
        text = text.replace(old, new)
    (tmp_path / "station.toml").write_text(text, "utf-8")
    for name, body in TEXTS.items():
        maker.script(name, body)
    maker.render()
    clips = [read_wav(next((tmp_path / "audio").glob(f"{name}-*.wav"))) for name in TEXTS]
    begin = (datetime.now(ZONE) + timedelta(seconds=10)).replace(microsecond=0)
    starts = [begin + timedelta(seconds=7 * number) for number in range(3)]
    maker.campaign(
        "".join(
            maker.slot(f"{start:%H:%M:%S}", name, f'from = "{start:%Y-%m-%d}"\nto = "{start:%Y-%m-%d}"', f"l-{name}")
            for name, start in zip(TEXTS, starts, strict=True)
        ),
        dates=f'from = "{starts[0]:%Y-%m-%d}"\nto = "{starts[-1]:%Y-%m-%d}"',
    )

    plays = air(maker, 3)

    heard, late = recorder.samples(), []
    for start, clip, play in zip(starts, clips, plays, strict=True):
        place, likeness = find(clip, heard)
        assert likeness >= 0.99
        late.append((abs(recorder.zero() + place / CLIP_RATE - start.timestamp()), abs(play.lateness_s or 0)))
        heard = silenced(heard, place, len(clip))
        assert find(clip, heard)[1] < 0.5  # and nowhere else
        assert (play.outcome, play.planned_start, play.device) == (Outcome.AIRED, start, NAME)
        assert play.lateness_s is not None
        assert play.heard_s == pytest.approx(len(clip) / CLIP_RATE, abs=0.001)
    # a desk that is late by itself is late each time; a busy computer makes one of three late
    assert min(sound for sound, _row in late) < TOLERANCE
    assert min(row for _sound, row in late) < TOLERANCE
    assert verify(tmp_path / "broadcaster.db").ok


def silenced(heard: object, place: int, length: int) -> object:
    """Return the recording without what was found, so that a second airing of it would be found next."""
    rest = heard.copy()  # type: ignore[attr-defined]
    rest[place : place + length] = 0
    return rest


def air(maker: Maker, count: int) -> list[Play]:
    """Run the daemon until the ledger holds so many outcomes; return them in their order."""
    command = [sys.executable, "-m", "broadcaster", "--station", str(maker.root), "run"]
    with (maker.root / "daemon.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(lambda: len(outcomes(maker.root)) >= count, (maker.root / "daemon.log").read_text)
        return outcomes(maker.root)
    finally:
        process.terminate()
        process.wait(GIVE_UP)


def outcomes(root: Path) -> list[Play]:
    if not (root / "state" / "heartbeat.json").exists():  # still starting
        return []
    with Ledger.open(root / "broadcaster.db", read_only=True) as ledger:
        return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]
