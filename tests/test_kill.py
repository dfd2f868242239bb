"""kill −9 at random moments: nothing airs twice, nothing lacks its outcome, the chain holds.

The ledger is not asked what was heard: a witness outside it is. In simulated time that is a file written as each play
begins; in real time it is a recording of the loudspeaker.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pulse import Recorder
from sounds import noise, write_wav
from stations import Maker, at
from waiting import wait_for

from broadcaster.models import CLIP_RATE, Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body, planned_from_body
from broadcaster.records.verify import verify
from broadcaster.settings import DEFAULT_TIMEZONE

KILLS, KILLS_IN_ALL = 8, 25
"""In simulated time, and as many again in real time; the second with --thorough."""
DRIVER = Path(__file__).with_name("kill_driver.py")
EVERY = 3
"""Seconds between two plays in real time; each is a second and a half of noise that no other play has."""
UNDER_WAY = timedelta(seconds=12)
"""From an edit to the play that it adds: the daemon has it read and the device open long before."""
SMOOTHED, THINNED = 24, 6
"""How many samples are averaged, and how many lie between two that are looked at: noise is noise at 8 kHz too."""


def plays(root: Path) -> list[Play]:
    with Ledger.open(root / "broadcaster.db", read_only=True) as ledger:
        return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]


def planned(root: Path, start: datetime, end: datetime) -> set[str]:
    with Ledger.open(root / "broadcaster.db", read_only=True) as ledger:
        return {planned_from_body(row.body).id for row in ledger.planned(start, end)}


@pytest.mark.timeout(600)
def test_killed_in_rehearsal(tmp_path: Path, chance: random.Random, thorough: bool) -> None:
    maker = (
        Maker(tmp_path, SimulatedClock(at("2027-05-01 00:00"))).settings().script("bai-1", "[nghỉ 30s]\n\nXin chào.")
    )
    hours = " ".join(f"{hour:02}:{minute:02}" for hour in range(5, 20) for minute in (0, 20, 40))
    maker.campaign(maker.slot(hours), dates='from = "05-01"\nto = "05-16"')
    maker.render()
    begin, end = at("2027-05-01 00:00"), at("2027-05-16 23:59")
    witness = tmp_path / "heard.txt"
    witness.touch()

    for _kill in range(KILLS_IN_ALL if thorough else KILLS):
        written = witness.stat().st_size + chance.randint(0, 1000)  # up to forty plays more, or while it starts
        driver = subprocess.Popen([sys.executable, str(DRIVER), str(tmp_path), end.isoformat()])
        wait_for(lambda: witness.stat().st_size >= written or driver.poll() is not None)  # noqa: B023 - called at once
        time.sleep(chance.uniform(0, 0.02))
        driver.kill()
        driver.wait()
    subprocess.run([sys.executable, str(DRIVER), str(tmp_path), end.isoformat()], check=True)

    heard = Counter(witness.read_text().split())
    outcomes = plays(tmp_path)
    assert max(heard.values()) == 1
    assert planned(tmp_path, begin, end) == {play.occurrence for play in outcomes}
    assert len(outcomes) == 16 * 15 * 3
    # what the ledger calls aired was heard, and what was heard is aired, or cut by a kill
    aired = {play.planned_start for play in outcomes if play.outcome is Outcome.AIRED}
    sounded = {play.planned_start for play in outcomes if play.outcome in (Outcome.AIRED, Outcome.CUT)}
    assert aired <= {datetime.fromisoformat(line) for line in heard} <= sounded
    assert verify(tmp_path / "broadcaster.db").ok


@pytest.mark.timeout(900)
def test_killed_while_really_playing(recorder: Recorder, tmp_path: Path, chance: random.Random, thorough: bool) -> None:
    count = (KILLS_IN_ALL if thorough else KILLS) + 6
    maker = Maker(tmp_path, SimulatedClock(datetime.now(ZoneInfo(DEFAULT_TIMEZONE)))).settings(
        '[airing]\nlead = "2s"\ngrace = "4s"\n[rules]\nhours = ["00:00-23:59"]'
    )
    (tmp_path / "scripts").mkdir()
    for number in range(count + 1):
        write_wav(tmp_path / "scripts" / f"on-{number}.wav", noise(1.5, 10 * number))
        maker.script(f"bai-{number}", "Tiếng ồn.", f'recording = "on-{number}.wav"')
    maker.render()
    begin = (datetime.now(ZoneInfo(DEFAULT_TIMEZONE)) + timedelta(seconds=6)).replace(microsecond=0)
    starts = [begin + timedelta(seconds=EVERY * number) for number in range(count)]
    plan(maker, starts)

    while datetime.now(begin.tzinfo) < starts[-1]:
        run(maker, lambda: time.sleep(chance.uniform(0, 2 * EVERY)), started=chance.random() < 0.7)
    run(maker, lambda: play_one_more(maker, starts))

    outcomes = {play.planned_start: play for play in plays(tmp_path)}
    recording = thin(recorder.samples())
    times_heard = {start: times(clip(tmp_path, n), recording) for n, start in enumerate(starts)}
    assert {play.occurrence for play in outcomes.values()} == planned(tmp_path, starts[0], starts[-1] + UNDER_WAY)
    assert max(times_heard.values()) == 1
    assert all(times_heard[start] == 1 for start, play in outcomes.items() if play.outcome is Outcome.AIRED)
    silent = (Outcome.MISSED, Outcome.FAILED)
    assert all(times_heard[start] == 0 for start, play in outcomes.items() if play.outcome in silent)
    assert outcomes[starts[-1]].outcome is Outcome.AIRED
    assert verify(tmp_path / "broadcaster.db").ok


def plan(maker: Maker, starts: list[datetime]) -> None:
    """Plan one script at each of these instants."""
    maker.campaign(
        "".join(
            maker.slot(f"{start:%H:%M:%S}", f"bai-{n}", f'from = "{start:%Y-%m-%d}"\nto = "{start:%Y-%m-%d}"', f"l-{n}")
            for n, start in enumerate(starts)
        ),
        dates=f'from = "{starts[0]:%Y-%m-%d}"\nto = "{starts[-1]:%Y-%m-%d}"',
    )


def play_one_more(maker: Maker, starts: list[datetime]) -> None:
    """Add a play that no kill comes near to `starts`, and wait until all have their outcome."""
    start = datetime.now(starts[0].tzinfo) + UNDER_WAY
    starts.append(start.replace(microsecond=0))
    plan(maker, starts)
    wait_for(lambda: starts[-1] in {play.planned_start for play in plays(maker.root)})


def run(maker: Maker, until: Callable[[], object], *, started: bool = True) -> None:
    """Run the daemon until something is over, from its process's first moment on or from when it has `started`."""
    command = [sys.executable, "-m", "broadcaster", "--station", str(maker.root), "run", "--output", "default"]
    with (maker.root / "daemon.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    if started:
        wait_for(lambda: owner(maker) == process.pid)
    until()
    process.kill()
    process.wait()


def owner(maker: Maker) -> object:
    """Return the process id of the daemon that last took the station over."""
    heartbeat = maker.root / "state" / "heartbeat.json"
    return json.loads(heartbeat.read_bytes())["pid"] if heartbeat.exists() else None


def clip(root: Path, number: int) -> np.ndarray:
    (path,) = (root / "audio").glob(f"bai-{number}-*.wav")
    samples = np.frombuffer(path.read_bytes()[44:], "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(float)) > 500)
    return samples[loud[0] : loud[-1]]


def times(clip: np.ndarray, recording: np.ndarray) -> int:
    """Count how often a clip was heard, by its beginning, its middle and its end.

    What was killed soon after its start has a beginning only; what a starved server left a hole in has the others.
    """
    length = CLIP_RATE // 5
    places = (0, (len(clip) - length) // 2, len(clip) - length)
    return max(count_of(thin(clip[place : place + length]), recording) for place in places)


def thin(samples: np.ndarray) -> np.ndarray:
    """Keep what lies below 1 kHz, in every sixth sample: where in the recording a clip begins then matters little."""
    sums = np.concatenate([[0.0], np.cumsum(samples, dtype=float)])
    return (sums[SMOOTHED::THINNED] - sums[:-SMOOTHED:THINNED]) / SMOOTHED


def count_of(needle: np.ndarray, hay: np.ndarray) -> int:
    """Count how often a piece of noise was heard, by normalised cross-correlation."""
    size = 1 << (len(hay) + len(needle) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size)), size)[: len(hay)]
    power = np.concatenate([[0], np.cumsum(hay**2)])
    ends = np.minimum(np.arange(len(hay)) + len(needle), len(hay))
    energy = np.sqrt((power[ends] - power[: len(hay)]) * np.sum(needle**2)) + 1
    peaks = np.flatnonzero(product / energy > 0.7)
    return int(np.sum(np.diff(peaks, prepend=-(10**9)) > len(needle)))
