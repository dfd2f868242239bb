"""How exactly the first sample leaves the loudspeaker when it was planned to, beside other ways to play at a time.

    python benchmarks/start_accuracy.py [--starts 60] [--hogs 28] [--players broadcaster paplay …] [--every 3]
    python benchmarks/start_accuracy.py --stops 60 [--hogs 28] | --idle-cost

A PulseAudio server of its own with a null sink for each player takes the sound; each monitor is recorded and held
against the plan.
`broadcaster` is the real daemon, `broadcaster run` on a station folder with a slot for each start, which opens the
device anew for each. `library` is the output of this program as on computers without PulseAudio: through the device
library, opened 4 s before each start. `paplay`, `mpv` and `pydub` are started by APScheduler at the planned second,
`liquidsoap` by its own clock. All play the same clip, in turns, so that they see the same load; `--hogs` runs so many
processes that only compute beside them, one that sweeps memory and one that syncs to disk. The table is Markdown.

Needs pulseaudio and pulseaudio-utils; for the others, those that are installed are measured:
`apt-get install --no-install-recommends mpv liquidsoap ffmpeg`.

Where zero is: the null sink takes a block of 10 ms (the recorder asks for that) when the block before it is over, and
says so to its clients: a sample of it is heard during the 10 ms after that. The recorder gets the block when it is
taken. So a sample is heard a block later than its place before the earliest arrival says. Other sinks, other blocks;
but the same for all players, and spreads do not depend on it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from pulse import PulseServer, Recorder, find
from sounds import noise, read_wav, write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.playout.sound.output import Segment, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK_MS = 10
CLIP_SECONDS = 1.0
FIRST_SECONDS = 40.0  # from the beginning to the first start
LOAD_AHEAD = 10.0  # the load begins so long before it: that a daemon takes long to begin then is another matter
AHEAD_SECONDS = 4.0
LIQUIDSOAP_SECONDS = 3  # how long a time of day is to last, so that the clip is not cut at its end
HEAD = CLIP_RATE // 5
NEEDS = {"paplay": "paplay", "mpv": "mpv", "pydub": "ffplay", "liquidsoap": "liquidsoap"}
PLAYERS = ("broadcaster", "library", *NEEDS)


def now() -> datetime:
    return datetime.now(UTC)


# ---- load --------------------------------------------------------------------------------------------------------


def spin() -> None:
    while True:
        sum(range(100_000))


def sweep_memory() -> None:
    while True:
        np.ones(20_000_000).sum()


def sync_disk() -> None:
    with tempfile.TemporaryFile() as file:
        while True:
            file.seek(0)
            file.write(os.urandom(20_000_000))
            os.fsync(file.fileno())


@contextlib.contextmanager
def load(hogs: int) -> Iterator[None]:
    works = [spin] * hogs + [sweep_memory, sync_disk] if hogs else []
    processes = [multiprocessing.Process(target=work, daemon=True) for work in works]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


# ---- the players: each a process, which is told when ---------------------------------------------------------------


def make_station(folder: Path) -> Path:
    """Make a station with one script, a recording of noise, and return its clip."""
    from broadcaster.office.rendering import render_scripts
    from broadcaster.station.folder import open_station

    for name in ("scripts", "schedules"):
        (folder / name).mkdir(parents=True)
    write_wav(folder / "scripts" / "noise.wav", noise(CLIP_SECONDS))
    (folder / "scripts" / "tin.md").write_text('+++\ntitle = "Tin"\nrecording = "noise.wav"\n+++\n', "utf-8")
    # a zone in which it is about noon now: no start falls on another day
    zone = f"Etc/GMT{now().hour - 12:+d}" if now().hour != 12 else "Etc/GMT"
    settings = f'[station]\nname = "Xã"\ntimezone = "{zone}"\n[output]\ndevices = ["broadcaster"]\n'
    settings += '[mix]\npreset = "flat"\nchime = "none"\n[rules]\nhours = ["00:00-24:00"]\n'
    (folder / "station.toml").write_text(settings, "utf-8")
    station = open_station(folder)
    scripts, problems = station.scripts()
    report = render_scripts(station, scripts.values(), "benchmark")
    if problems or report.failed:
        raise SystemExit(f"{problems} {report.failed}")
    return next((folder / "audio").glob("*.wav"))


def plan_starts(folder: Path, plans: Sequence[float]) -> None:
    from broadcaster.station.folder import open_station

    zone = open_station(folder).settings.timezone
    at = [datetime.fromtimestamp(plan, zone) for plan in plans]
    times = ", ".join(f'"{start:%H:%M:%S}"' for start in at)
    day = f'from = "{at[0]:%Y-%m-%d}"\nto = "{at[0]:%Y-%m-%d}"'
    text = f'title = "Đo"\n{day}\n[[slot]]\nid = "do"\nat = [{times}]\nscripts = ["tin"]\n'
    (folder / "schedules" / "do.toml").write_text(text, "utf-8")


def liquidsoap_script(clip: Path, plans: Sequence[float]) -> str:
    """Return a script as people write them: a switch by time of day over silence."""
    choices = []
    for plan in plans:
        begin, end = (datetime.fromtimestamp(plan + more, UTC) for more in (0, LIQUIDSOAP_SECONDS))
        choices.append(f'({{{begin:%Hh%Mm%Ss}-{end:%Hh%Mm%Ss}}}, once(single("{clip}")))')
    joined = ",\n  ".join([*choices, "({true}, blank())"])
    return f"settings.init.allow_root.set(true)\noutput.pulseaudio(switch(track_sensitive=false, [\n  {joined}\n]))\n"


def by_apscheduler(name: str, clip: Path, plans: Sequence[float]) -> None:
    from apscheduler.schedulers.blocking import BlockingScheduler
    from pydub import AudioSegment
    from pydub.playback import play

    sound = AudioSegment.from_wav(clip)
    commands = {"paplay": ["paplay", clip], "mpv": ["mpv", "--no-config", "--no-video", "--ao=pulse", clip]}

    def start() -> None:
        if name == "pydub":
            play(sound)
        else:
            subprocess.run(commands[name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    scheduler = BlockingScheduler(timezone="UTC")
    for plan in plans:
        scheduler.add_job(start, "date", run_date=datetime.fromtimestamp(plan, UTC), misfire_grace_time=None)
    scheduler.start()


def by_library(clip: Path, plans: Sequence[float]) -> None:
    levels: dict[str, float] = {}
    frames = len(read_wav(clip))
    for plan in plans:
        time.sleep(max(0.0, plan - AHEAD_SECONDS - time.time()))
        output = DeviceOutput("library", now, levels=levels, backends=("pulseaudio",))
        with contextlib.closing(output):
            output.open()
            output.play([Segment(clip, frames)], datetime.fromtimestamp(plan, UTC))
            while output.progress().state not in (State.ENDED, State.LOST):
                time.sleep(0.05)


def start_player(name: str, folder: Path, clip: Path, plans: Sequence[float]) -> subprocess.Popen[bytes]:
    env = {**os.environ, "TZ": "UTC", "PULSE_SINK": name}
    if name == "broadcaster":
        plan_starts(folder, plans)
        command = [sys.executable, "-m", "broadcaster", "--station", str(folder), "run"]
    elif name == "liquidsoap":
        script = folder.parent / "starts.liq"
        script.write_text(liquidsoap_script(clip, plans), "utf-8")
        command = ["liquidsoap", str(script)]
    else:
        command = [sys.executable, __file__, "--as", name, str(clip), json.dumps(list(plans))]
    with (folder.parent / f"{name}.log").open("wb") as log:
        # a session of its own: a player that reaches for the terminal (ffplay does) would stop all of us
        return subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def be_player(name: str, clip: str, plans: str) -> None:
    if name == "library":
        by_library(Path(clip), json.loads(plans))
    else:
        by_apscheduler(name, Path(clip), json.loads(plans))


# ---- the measurement -------------------------------------------------------------------------------------------------


def installed(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in NEEDS or shutil.which(NEEDS[name])]


def measure(folder: Path, names: Sequence[str], starts: int, every: float, hogs: int) -> None:
    clip = make_station(folder / "station")
    server = PulseServer(folder)
    os.environ.update(server.env)
    server.start()
    for name in names:
        server.add_sink(name)
    recorders = {name: Recorder(server, BLOCK_MS, name) for name in names}
    first = int(time.time() + FIRST_SECONDS)
    plans = {
        name: [float(int(first + (number * len(names) + place) * every)) for number in range(starts)]
        for place, name in enumerate(names)
    }
    players = [start_player(name, folder / "station", clip, plans[name]) for name in names]
    loads = []
    time.sleep(max(0.0, first - LOAD_AHEAD - time.time()))
    with load(hogs):
        while time.time() < max(map(max, plans.values())) + 4:
            time.sleep(5)
            if time.time() > first:
                loads.append(os.getloadavg()[0])
    for player in players:
        player.send_signal(signal.SIGTERM)
    for recorder in recorders.values():
        recorder.stop()
    for player in players:
        player.kill()
        player.wait()
    server.stop()
    report(recorders, read_wav(clip), plans, float(np.mean(loads)), every * len(names))


def report(
    recorders: dict[str, Recorder], clip: np.ndarray, plans: dict[str, list[float]], load_mean: float, turn: float
) -> None:
    print("| load | started by | heard | p50, ms | p99, ms | worst, ms | whole |")
    print("|---|---|---|---|---|---|---|")
    for name, mine in plans.items():
        heard, zero = recorders[name].samples(), recorders[name].zero() + BLOCK_MS / 1000
        found = [found for plan in mine if (found := one_start(heard, zero, clip, plan, turn))]
        if not found:
            print(f"| {load_mean:.0f} | {name} | 0 of {len(mine)} | | | | |")
            continue
        errors = np.array([error for error, _whole in found]) * 1000
        size = np.abs(errors)
        print(
            f"| {load_mean:.0f} | {name} | {len(found)} of {len(mine)} | {np.median(errors):.1f} | "
            f"{np.percentile(size, 99):.1f} | {size.max():.1f} | {sum(whole for _error, whole in found)} |",
            flush=True,
        )


def one_start(heard: np.ndarray, zero: float, clip: np.ndarray, plan: float, turn: float) -> tuple[float, bool] | None:
    """Return by how many seconds the clip began after `plan`, and whether it was whole; None where it was not heard."""
    low = max(0, round((plan - 1 - zero) * CLIP_RATE))
    window = heard[low : round((plan + turn - 1 - zero) * CLIP_RATE)]
    place, likeness = find(clip[:HEAD], window)
    if likeness < 0.9:
        return None
    place += low
    return place / CLIP_RATE + zero - plan, bool(np.array_equal(heard[place : place + len(clip)], clip))


def measure_stops(folder: Path, stops: int, hogs: int) -> None:
    """Print how long after its order a stop is heard, through the output of a daemon."""
    server = PulseServer(folder)
    os.environ.update(server.env)
    server.start()
    clip = noise(5.0)
    segment = Segment(write_wav(folder / "clip.wav", clip), len(clip))
    recorder = Recorder(server, BLOCK_MS)
    for name, backends in (("broadcaster", ()), ("library", ("pulseaudio",))):
        ordered = []
        with load(hogs), contextlib.closing(DeviceOutput("default", now, backends=backends)) as output:
            for _number in range(stops):
                output.open()
                output.play([segment], now() + timedelta(seconds=1))
                time.sleep(2.5)
                ordered.append(time.time())
                output.stop()
                time.sleep(0.5)
        sounding = np.flatnonzero(recorder.samples())
        zero = recorder.zero() + BLOCK_MS / 1000
        last = [sounding[np.searchsorted(sounding, (each + 0.9 - zero) * CLIP_RATE) - 1] for each in ordered]
        times = (np.array(last) / CLIP_RATE + zero - np.array(ordered)) * 1000
        print(
            f"{name}: {stops} stops, silent after p50 {np.median(times):.0f} ms, worst {times.max():.0f} ms", flush=True
        )
    recorder.stop()
    server.stop()


# ---- what an open stream costs ---------------------------------------------------------------------------------------


def idle_cost(folder: Path, seconds: int = 10) -> None:
    """Print what an open stream that feeds silence costs."""
    server = PulseServer(folder)
    os.environ.update(server.env)
    server.start()
    for name, backends in (("broadcaster", ()), ("library", ("pulseaudio",))):
        with contextlib.closing(DeviceOutput("default", now, backends=backends)) as output:
            output.open()
            child = output_process()
            ticks = os.sysconf("SC_CLK_TCK")
            before, own = cpu(child), time.process_time()
            time.sleep(seconds)
            parent_share, child_share = (time.process_time() - own) / seconds, (cpu(child) - before) / ticks / seconds
            pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
        megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        print(f"{name}: child {child_share:.2%} CPU, {megabytes:.0f} MB; parent {parent_share:.2%} CPU", end=", ")
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB with numpy")
    server.stop()


def output_process() -> int:
    """Return the process that holds the device: the one child of ours that is not the server."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return next(
        int(child) for child in children if b"sound.device_process" in Path(f"/proc/{child}/cmdline").read_bytes()
    )


def cpu(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=60, help="of each player")
    parser.add_argument("--every", type=float, default=3.0, help="seconds from one start to the next player's")
    parser.add_argument("--players", nargs="+", choices=PLAYERS, default=PLAYERS)
    parser.add_argument("--hogs", type=int, default=0, help="processes that keep the computer busy; 28: a load of 30")
    parser.add_argument("--stops", type=int, default=0, help="measure so many stops instead")
    parser.add_argument("--idle-cost", action="store_true", help="measure an open, silent stream instead")
    parser.add_argument("--keep", type=Path, help="a new folder that stays: what the players said, the play history")
    parser.add_argument("--as", nargs=3, dest="player", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.player:
        be_player(*options.player)
        return
    with contextlib.ExitStack() as stack:
        folder = options.keep or stack.enter_context(tempfile.TemporaryDirectory())
        Path(folder).mkdir(exist_ok=True)
        if options.idle_cost:
            idle_cost(Path(folder))
        elif options.stops:
            measure_stops(Path(folder), options.stops, options.hogs)
        else:
            measure(Path(folder), installed(options.players), options.starts, options.every, options.hogs)


if __name__ == "__main__":
    main()
