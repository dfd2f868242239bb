"""The daemon as its operator meets it: a real process, real time, signals, edits, and the plug pulled."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sounds import read_wav
from stations import ZONE, Maker
from waiting import GIVE_UP, wait_for

from broadcaster.models import Outcome
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.records.verify import verify
from broadcaster.station.folder import open_station

A_MINUTE = "[nghỉ 60s]\n\nTham gia bảo hiểm xã hội."
QUICK = '[airing]\nlead = "2s"\ngrace = "2m"\n[rules]\nhours = ["00:00-23:59"]'


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    maker = Maker(tmp_path, SimulatedClock(datetime.now(UTC))).settings(QUICK)
    maker.script("bai-1").script("dai", A_MINUTE)
    maker.render()
    return maker


@contextmanager
def daemon(maker: Maker, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `broadcaster run` on the station until the block ends; what it wrote goes to `daemon.log`."""
    command = [sys.executable, "-m", "broadcaster", "--lang", "en", "--station", str(maker.root), "run", *options]
    with (maker.root / "daemon.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: heartbeat(maker).get("pid") == process.pid or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def heartbeat(maker: Maker) -> dict[str, object]:
    path = maker.root / "state" / "heartbeat.json"
    return json.loads(path.read_bytes()) if path.exists() else {}


def soon(seconds: float) -> datetime:
    return (datetime.now(ZONE) + timedelta(seconds=seconds)).replace(microsecond=0)


def campaign(maker: Maker, *starts: datetime, script: str = "bai-1") -> None:
    """Plan a script at these instants; the file's dates are those days only."""
    days = sorted({start.date() for start in starts}) or [datetime.now(UTC).date()]
    dates = f'from = "{days[0]}"\nto = "{days[-1]}"'
    slots = "".join(
        maker.slot(f"{start:%H:%M:%S}", script, f'from = "{start:%Y-%m-%d}"\nto = "{start:%Y-%m-%d}"', f"luot-{n}")
        for n, start in enumerate(starts)
    )
    maker.campaign(slots, dates=dates)


def rows(maker: Maker, *kinds: Kind) -> list[object]:
    if not (maker.root / "broadcaster.db").exists():
        return []
    with Ledger.open(maker.root / "broadcaster.db", read_only=True) as ledger:
        return list(ledger.rows(kinds))


def plays(maker: Maker) -> list[Play]:
    return [from_body(row.occurrence, row.body) for row in rows(maker, Kind.PLAYED)]  # type: ignore[attr-defined]


def test_an_edit_is_taken_up_while_the_daemon_runs_and_airs_on_its_second(maker: Maker) -> None:
    """A daemon that is late by itself is late each time; a busy computer makes one of many late."""
    with daemon(maker, "--output", "file"):
        starts: list[datetime] = []

        def on_its_second() -> Play | None:
            starts.append(soon(7))
            campaign(maker, *starts)
            wait_for(lambda: len(plays(maker)) == len(starts))
            play = plays(maker)[-1]
            assert (play.outcome, play.planned_start, play.device) == (Outcome.AIRED, starts[-1], "file")
            assert play.lateness_s is not None
            return play if abs(play.lateness_s) < 0.05 else None

        wait_for(on_its_second)

    (clip,) = (maker.root / "audio").glob("bai-1-*.wav")
    for sound in (maker.root / "aired").glob("*.wav"):
        assert np.array_equal(read_wav(sound), read_wav(clip))


def test_a_new_script_is_rendered_and_aired_without_a_restart(maker: Maker) -> None:
    with daemon(maker):
        maker.script("moi", "Thông báo mới.")
        campaign(maker, soon(8), script="moi")

        wait_for(lambda: plays(maker))

    assert [(play.outcome, play.scripts[0].id) for play in plays(maker)] == [(Outcome.AIRED, "moi")]


def test_a_mistyped_file_is_told_and_the_last_good_plan_stays(maker: Maker) -> None:
    campaign(maker, soon(3600))
    with daemon(maker):
        wait_for(lambda: rows(maker, Kind.PLANNED))
        (maker.root / "schedules" / "thu.toml").write_text('title = "Thử"\nfrom = 5\n', "utf-8")

        wait_for(lambda: rows(maker, Kind.SCHEDULE_CHANGED))

        (change,) = rows(maker, Kind.SCHEDULE_CHANGED)
        assert any("thu.toml:2" in problem for problem in change.body["problems"])  # type: ignore[attr-defined]
        assert rows(maker, Kind.WITHDRAWN) == []
    assert "thu.toml:2" in (maker.root / "daemon.log").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such entries")
def test_after_a_power_cut_broken_settings_and_odd_entries_do_not_keep_the_desk_from_airing(maker: Maker) -> None:
    campaign(maker, soon(3600))
    with daemon(maker):
        wait_for(lambda: rows(maker, Kind.PLANNED))
    (maker.root / "station.toml").write_text("[station]\nname = 5\n", "utf-8")
    os.mkfifo(maker.root / "scripts" / "ong.md")
    (maker.root / "scripts" / "vong.md").symlink_to("vong.md")
    (maker.root / "schedules" / "z.toml").mkdir()

    with daemon(maker):
        campaign(maker, soon(8))
        wait_for(lambda: plays(maker))

    assert [play.outcome for play in plays(maker)] == [Outcome.AIRED]
    log = (maker.root / "daemon.log").read_text("utf-8")
    for told in ("station.toml has mistakes", "ong.md: is a pipe", "vong.md: cannot be read", "z.toml: is a folder"):
        assert told in log


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_play_cleanly_and_the_ledger_says_so(maker: Maker, number: signal.Signals) -> None:
    with daemon(maker, "--output", "file") as process:
        campaign(maker, soon(7), script="dai")
        wait_for(lambda: heartbeat(maker).get("started"))
        process.send_signal(number)

        assert process.wait(GIVE_UP) == 0

    (play,) = plays(maker)
    (stopped,) = rows(maker, Kind.DAEMON_STOPPED)
    assert play.outcome is Outcome.CUT
    assert 0 < play.heard_s < 60
    assert number.name in play.reason
    assert number.name in stopped.body["reason"]  # type: ignore[attr-defined]
    assert verify(maker.root / "broadcaster.db").ok


def test_a_history_that_is_locked_at_the_start_is_waited_for(maker: Maker) -> None:
    Ledger.open(maker.root / "broadcaster.db").close()
    command = [sys.executable, "-m", "broadcaster", "--lang", "en", "--station", str(maker.root), "run"]
    log = maker.root / "daemon.log"
    with closing(sqlite3.connect(maker.root / "broadcaster.db", isolation_level=None)) as other, log.open("w") as file:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: "nothing airs until then" in log.read_text() or process.poll() is not None)
            other.execute("ROLLBACK")
            other.close()
            wait_for(lambda: rows(maker, Kind.DAEMON_STARTED) or process.poll() is not None)
            assert process.poll() is None
            assert log.read_text().count("nothing airs until then") == 1
        finally:
            process.kill()
            process.wait()


def test_a_second_daemon_is_refused(maker: Maker) -> None:
    with daemon(maker) as first:
        command = [sys.executable, "-m", "broadcaster", "--lang", "en", "--station", str(maker.root), "run"]
        second = subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP, check=False)

        assert second.returncode == 1
        assert str(first.pid) in second.stderr
        assert "Traceback" not in second.stderr
        assert first.poll() is None
    assert len(rows(maker, Kind.DAEMON_STARTED)) == 1


def test_a_clock_below_the_last_record_holds_the_desk_until_a_person_says_so(maker: Maker) -> None:
    from broadcaster.records.ledger import Entry

    with Ledger.open(maker.root / "broadcaster.db") as ledger:
        ledger.append([Entry(Kind.ALIVE, "daemon", datetime.now(UTC) + timedelta(days=400))])
    campaign(maker, soon(3600))

    with daemon(maker):
        wait_for(lambda: rows(maker, Kind.CLOCK_UNTRUSTED))
        assert rows(maker, Kind.PLANNED) == []
    with daemon(maker, "--trust-clock"):
        wait_for(lambda: rows(maker, Kind.PLANNED))


def test_the_station_is_free_again_after_a_kill(maker: Maker) -> None:
    with daemon(maker) as process:
        process.kill()
        process.wait()
    with daemon(maker) as process:
        assert process.poll() is None
    assert open_station(maker.root).ledger_path.exists()
    assert len(rows(maker, Kind.DAEMON_STARTED)) == 2
